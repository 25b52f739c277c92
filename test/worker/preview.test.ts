/** Pages of previews: what a list shows of each row, from a store in a worker. */
import { expect, test } from 'vitest'
import {
  type AsyncQuery,
  type AsyncStore,
  asAsyncStore,
  ConversationStore,
  type Preview,
  query,
} from '../../src/index.ts'
import { connected } from './connected.ts'

const STARTED = '2026-01-05T10:00:00Z'
const LONG = `${'word '.repeat(50_000)}refund`

/** The pages that a subscription tells: the first now, more as they come. */
function listened(store: AsyncStore, asked: AsyncQuery = query()) {
  const pages: (readonly Preview[])[] = []
  let wake = () => {}
  store.subscribe!(
    asked,
    ({ page }) => {
      pages.push(page.results)
      wake()
    },
    { preview: true },
  )
  const until = async (count: number) => {
    while (pages.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return pages[count - 1]!
  }
  return { pages, until }
}

const filled = () =>
  ConversationStore.from([
    {
      conversation_id: 'a',
      started_at: STARTED,
      name: 'A'.repeat(300),
      customer_id: 'kim',
      messages: [
        { sender: 'agent', content: 'Hello' },
        { sender: 'end_user', content: '  \n' },
        { sender: 'end_user', content: 'Where is my refund? '.repeat(20), attachments: [{ filename: 'a.png' }] },
        {
          sender: 'agent',
          content: 'Action pay performed',
          action_name: 'pay',
          action_logs: [{ error_message: 'Timeout' }, { response: 'paid' }],
        },
      ],
      feedbacks: [{ sentiment: 'negative' }, { sentiment: 'positive' }],
    },
  ])

test('A preview has what a list shows, cut', async () => {
  const { remote } = connected(filled())
  const [row] = await listened(remote, query().search('refund')).until(1)
  expect(row).toEqual({
    id: 1,
    conversation_id: 'a',
    name: 'A'.repeat(200),
    customer_id: 'kim',
    started_at: STARTED,
    is_marked: false,
    is_deleted: false,
    message_count: 4,
    action_count: 2,
    failed_count: 1,
    attachment_count: 1,
    duration: null,
    sentiments: ['negative', 'positive'],
    beginning: 'Where is my refund? '.repeat(10),
    match: {
      field: 'message',
      index: 2,
      sender: 'end_user',
      snippet: { text: expect.stringContaining('refund'), ranges: expect.arrayContaining([[12, 18]]) },
    },
  })
})

test('Without the user the agent begins; without words nothing does, and nothing is marked', async () => {
  const store = ConversationStore.from([
    { conversation_id: 'a', started_at: '2026-01-06', messages: [{ sender: 'agent', content: 'Hello' }] },
    { conversation_id: 'b', started_at: '2026-01-05' },
  ])
  const rows = await listened(asAsyncStore(store)).until(1)
  expect(rows.map(({ beginning, match, name }) => [beginning, match, name])).toEqual([
    ['Hello', null, null],
    ['', null, null],
  ])
})

test('A match in an action names its part; one in the name alone comes too', async () => {
  const { remote } = connected(filled())
  const [action] = await listened(remote, query().action({ error: 'time' })).until(1)
  expect(action!.match).toMatchObject({ field: 'action', index: 3, part: 'error', snippet: { text: 'Timeout' } })
  const [named] = await listened(remote, query().name('aaa')).until(1)
  expect(named!.match).toMatchObject({ field: 'name', index: null })
})

test('A long message is small in a preview, and is looked into as far as the limit', async () => {
  const messages = [{ sender: 'end_user' as const, content: LONG }]
  const store = ConversationStore.from([{ conversation_id: 'a', started_at: STARTED, messages }])
  const [row] = await listened(asAsyncStore(store), query().search('refund')).until(1)
  expect(JSON.stringify(row).length).toBeLessThan(1000)
  expect(row!.match).toBeNull()
})

test('A preview follows writes, of a lean query too; one that did not change is the same object', async () => {
  const store = ConversationStore.from([
    { conversation_id: 'a', started_at: '2026-01-06', messages: [{ sender: 'agent', content: 'Hello' }] },
    { conversation_id: 'b', started_at: '2026-01-05' },
  ])
  const { pages, until } = listened(asAsyncStore(store), { spec: query().lean().spec })
  await until(1)
  store.upsert({ ...store.get('a')!, messages: [{ sender: 'agent', content: 'Goodbye' }] })
  await until(2)
  expect(pages[1]![0]!.beginning).toBe('Goodbye')
  expect(pages[1]![1]).toBe(pages[0]![1])
})

test.each([
  ['select: count', { select: 'count', preview: true }],
  ['a string', { preview: 'yes' }],
])('previews of %s are refused', async (_, options) => {
  const { remote } = connected()
  const error = await new Promise((resolve) => {
    remote.subscribe(query(), () => {}, { ...options, onError: resolve } as never)
  })
  expect(error).toMatchObject({ code: 'INVALID_VALUE' })
})
