/** Recording over HTTP: what is sent, what is refused, and that nobody waits for it. */
import { describe, expect, test, vi } from 'vitest'
import { Feed, type RecordOptions } from '../../../src/features/recording/feed.ts'
import { createHandler } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import type { Conversation } from '../../../src/row/conversation.ts'
import { steps } from '../../../src/testing/index.ts'

const KEY = 'secret'

/** A feed that sends to a handler over a store, and one that writes to a store beside it. */
function both() {
  const errors: unknown[] = []
  const sent = new ConversationStore()
  const stored = new ConversationStore()
  const handler = createHandler(sent, { keys: { [KEY]: 'write' }, now: () => '2026-01-05T12:00:00Z' })
  const fetch = (url: string, init: RequestInit) => handler(new Request(url, init))
  const options = () => ({ now: steps('2026-01-05T10:00:00Z'), onError: (error: unknown) => errors.push(error) })
  const far = new Feed('test', { ...options(), sendTo: { url: 'https://api.example.com', key: KEY, fetch } })
  const near = new Feed('test', { ...options(), store: stored })
  return { errors, far, near, sent, stored }
}

/** A row without what differs: ids are given as things arrive, and the time of a feedback is the handler's. */
const comparable = (row: Conversation | undefined) =>
  JSON.parse(JSON.stringify(row, (key, value) => (['id', 'action', 'created_at'].includes(key) ? undefined : value)))

test('the rows of a handler are those of a store, but for ids', async () => {
  const { errors, far, near, sent, stored } = both()
  for (const feed of [far, near]) {
    const facts = { conversation_id: 'ß/1', device: 'mobile', customer_id: 'kim', environment: 'prod', other: 1 }
    const chat = feed.writer(facts)
    chat.user('Where is it?', {
      files: [{ filename: 'a.png', mime_type: 'image/png', data: new Uint8Array([1, 2, 3]) }],
      metadata: { a: [1] },
    })
    const long = chat.run('long', { order: 17 })
    chat.run('short', [1])({ output: { ok: true } })
    chat.run('late')({ input: 'known at its end', error: new Error('Timeout') })
    chat.agent('', { files: [{ filename: 'b', data: 'YWJj' }] })
    long({ output: undefined })
    long({ output: 'again' })
    chat.tokens({ prompt_tokens: 5 }).tokens({ completion_tokens: 7 })
    chat.button('Yes', { value: 1 }).attachment({ filename: 'c.txt', mime_type: 'text/plain', data: '' })
    chat.feedback('negative', { comment: 'slow' })
    chat.run('never', {})
    feed.writer({ conversationId: 'ß/1', device: 'tablet' }).agent('Bye.')
    feed.writer(undefined, 'other').agent('Hi!')
  }
  await far.flush()
  expect(sent.get('ß/1')!.messages.some(({ action_name }) => action_name === 'never')).toBe(false)
  await Promise.all([far.close(), near.close(), near.flush()])
  await far.close()
  expect(errors).toEqual([])
  expect(comparable(sent.get('ß/1'))).toEqual(comparable(stored.get('ß/1')))
  expect(stored.get('ß/1')).toMatchObject({ device: 'mobile', customer_id: 'kim', environment: 'production' })
  expect(comparable(sent.get('other'))).toEqual(comparable(stored.get('other')))
})

describe('sending', () => {
  const feed = (fetch: unknown, more: object = {}) => {
    const errors: Error[] = []
    const onError = (error: unknown) => errors.push(error as Error)
    return {
      errors,
      feed: new Feed('test', { sendTo: { url: 'http://localhost:1/api', fetch: fetch as never, ...more }, onError }),
    }
  }
  const answer = (status: number, text: string) => async () => ({ ok: status < 300, status, text: async () => text })

  test.each([
    [
      'a refusal',
      answer(403, '{"detail": "You do not have permission to perform this action."}'),
      'was answered with 403: {"detail"',
    ],
    ['an answer that is not JSON', answer(200, '<html>'), 'JSON'],
    ['no connection', async () => Promise.reject(new TypeError('fetch failed')), 'fetch failed'],
    [
      'a fetch that throws',
      () => {
        throw new Error('no fetch')
      },
      'no fetch',
    ],
  ])('%s is told once for each request, and the next is sent', async (_, fetch, text) => {
    const { feed: sending, errors } = feed(fetch)
    sending.writer(undefined, 'c').user('Hello')
    await sending.flush()
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining(text), expect.stringContaining(text)])
  })

  test('has the key, the body and the path of the API, one request after the other', async () => {
    const calls: unknown[] = []
    let running = 0
    const { feed: sending, errors } = feed(
      async (url: string, init: RequestInit) => {
        expect(++running).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 0))
        running--
        calls.push([url, init.method, init.headers, JSON.parse(init.body as string).conversation_id])
        return { ok: true, status: 201, text: async () => '' }
      },
      { key: KEY },
    )
    sending.writer(undefined, 'c').user('Hello')
    sending.writer(undefined, 'c').agent('Hi!')
    expect(calls).toEqual([])
    await sending.flush()
    const headers = { 'content-type': 'application/json', authorization: `Api-Key ${KEY}` }
    expect(calls).toEqual(
      ['conversations', 'track', 'track'].map((route) => [`http://localhost:1/api/${route}/`, 'POST', headers, 'c']),
    )
    expect(errors).toEqual([])
  })

  test('uses the global fetch where none is given', async () => {
    const sending = new Feed('test', { sendTo: { url: 'http://localhost:1' } })
    const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{}'))
    sending.writer(undefined, 'c')
    await sending.flush()
    expect(fetch.mock.calls.map(([url]) => url)).toEqual(['http://localhost:1/api/conversations/'])
    fetch.mockRestore()
  })

  test('loses what is beyond 10,000 waiting requests, and says so', async () => {
    const { feed: sending, errors } = feed(answer(201, '{}'))
    const chat = sending.writer(undefined, 'c')
    for (let i = 0; i < 10_001; i++) chat.agent(`${i}`)
    expect(errors.map(({ message }) => message)).toEqual(
      Array(2).fill('10000 requests wait for http://localhost:1/api/. A later one is lost.'),
    )
    await sending.flush()
    chat.agent('There is room again.')
    await sending.flush()
    expect(errors).toHaveLength(2)
  })
})

test('calls that name no conversation share one, which ids names', () => {
  const store = new ConversationStore()
  const ids = vi.fn(() => 7)
  const feed = new Feed('test', { store, ids })
  for (const metadata of [undefined, null, 'text', {}, { conversation_id: '' }]) feed.writer(metadata).agent('Hi!')
  expect([...store].map(({ conversation_id, messages }) => [conversation_id, messages.length])).toEqual([['7', 5]])
  expect(ids).toHaveBeenCalledOnce()
  new Feed('test', { store }).writer({}).agent('Hi!')
  expect(store.get(2)!.conversation_id).toMatch(/^[0-9a-f]{32}$/)
})

describe('options that are wrong are named', () => {
  const store = new ConversationStore()
  test.each<[string, RecordOptions | object | undefined]>([
    ['nowhere to write to', {}],
    ['two places to write to', { store, sendTo: { url: 'http://localhost' } }],
    ['a store that is none', { store: [] }],
    ['a misspelt option', { store, onerror: () => {} }],
    ['a handler of errors that is none', { store, onError: 'log' }],
    ['a clock that is none', { store, now: 5 }],
    ['facts that are none', { store, conversation: { devise: 'mobile' } }],
    ['a URL that is none', { sendTo: { url: 'api.example.com' } }],
    ['a key that is empty', { sendTo: { url: 'http://localhost', key: '' } }],
    ['a key that is a number', { sendTo: { url: 'http://localhost', key: 12345 } }],
    ['a URL for all of it', { sendTo: 'http://localhost' }],
    ['nothing for all of it', { sendTo: null }],
    ['a misspelt option of it', { sendTo: { url: 'http://localhost', kye: 'x' } }],
    ['ids that are not a function', { store, ids: 'chat' }],
    ['a fetch that is none', { sendTo: { url: 'http://localhost', fetch: 'fetch' } }],
  ])('%s', (_, options) => {
    expect(() => new Feed('record', options as RecordOptions)).toThrowErrorMatchingSnapshot()
  })
})
