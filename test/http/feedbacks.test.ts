/** Feedback, on conversations and on the agent. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FeedbackList } from '../../src/http/feedback-list.ts'
import { AgentState } from '../../src/http/index.ts'
import { SortedList } from '../../src/http/sorted-list.ts'
import { ConversationStore } from '../../src/index.ts'
import type { Feedback, Open } from '../../src/row/conversation.ts'
import { type Json, NOW, row, serving } from './asking.ts'

const DERIVED = { environment: ['Derived from the conversation.'] }
const FORBIDDEN = { detail: 'You do not have permission to perform this action.' }

const feedback = (id: number, created_at: string | null, more: Partial<Open<Feedback>> = {}): Feedback => ({
  id,
  sentiment: 'neutral',
  created_at,
  ...more,
})

const rows = [
  row('a', {
    name: 'Refund',
    environment: 'production',
    feedbacks: [
      feedback(1, '2026-07-01T10:00:00Z', { sentiment: 'positive', comment: 'GROSSE Klasse' }),
      feedback(2, '2026-07-03T10:00:00+02:00', { user: 7, category: 'speed' }),
    ],
  }),
  row('b', { environment: 'dev', feedbacks: [feedback(3, null, { sentiment: 'negative', comment: '' })] }),
  row('c', { is_deleted: true, feedbacks: [feedback(4, '2026-07-03T08:00:00Z', { comment: 'late' })] }),
]

const ids = ({ body }: Json) => body.results.map(({ id }: Json) => id)

describe('making one', () => {
  test.each(['/api/conversation-feedbacks/', '/api/feedbacks/'])('on a conversation, by %s', async (path) => {
    const { post, get, store } = serving(rows)
    const sent = {
      kind: 'conversation',
      sentiment: 'negative',
      conversation_id: 'a',
      comment: 'slow',
      metadata: { a: 1 },
    }
    const { status, body } = await post(path, sent)
    expect(status).toBe(201)
    expect(body).toEqual({
      id: 5,
      kind: 'conversation',
      agent: 1,
      conversation: 1,
      conversation_id: 'a',
      user: null,
      environment: 'production',
      environment_id: 1,
      sentiment: 'negative',
      category: null,
      comment: 'slow',
      created_at: NOW,
      source: 'customer',
      metadata: { a: 1 },
      message: null,
      topic: null,
      reason: null,
    })
    expect((await post(path, { kind: 'conversation', sentiment: 'negative', conversation: 1 })).body.id).toBe(6)
    expect(store.get(1)?.feedbacks).toHaveLength(4)
    expect((await get('/api/conversations/?feedback_source=customer&feedback_sentiment=negative')).body.count).toBe(2)
    expect((await get('/api/feedbacks/5/')).body).toEqual({ ...body, ticket: null })
  })

  test('on the agent', async () => {
    const { post, get, store } = serving(rows)
    const { status, body } = await post('/api/feedbacks/', {
      kind: 'agent',
      agent: 1,
      sentiment: 'positive',
      environment: 'prod',
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      id: 5,
      kind: 'agent',
      agent: 1,
      conversation: null,
      environment: 'production',
      environment_id: 1,
    })
    expect(store.size).toBe(3)
    expect((await get('/api/feedbacks/?kind=agent')).body).toMatchObject({
      count: 1,
      counts: { all: 1 },
      results: [body],
    })
    // One count of ids for both kinds.
    expect(
      (await post('/api/feedbacks/', { kind: 'conversation', conversation: 1, sentiment: 'neutral' })).body.id,
    ).toBe(6)
  })

  test.each([
    ['/api/conversation-feedbacks/', { conversation_id: 'a' }, 400, 'sentiment'],
    ['/api/conversation-feedbacks/', { conversation_id: 'a', sentiment: 'meh' }, 400, 'sentiment'],
    ['/api/conversation-feedbacks/', { sentiment: 'neutral' }, 400, 'conversation_id'],
    ['/api/conversation-feedbacks/', { sentiment: 'neutral', conversation_id: 'x' }, 400, 'conversation_id'],
    ['/api/conversation-feedbacks/', { sentiment: 'neutral', conversation: 9 }, 404, 'detail'],
    [
      '/api/conversation-feedbacks/',
      { sentiment: 'neutral', conversation: 1, comment: 'x'.repeat(5001) },
      400,
      'comment',
    ],
    ['/api/feedbacks/', { sentiment: 'neutral', conversation: 1 }, 400, 'kind'],
    ['/api/feedbacks/', { kind: 'ticket', sentiment: 'neutral', conversation: 1 }, 400, 'kind'],
    ['/api/feedbacks/', { kind: 'conversation', conversation: 1 }, 400, 'sentiment'],
    ['/api/feedbacks/', { kind: 'agent', sentiment: 'neutral' }, 400, 'agent'],
    ['/api/feedbacks/', { kind: 'agent', sentiment: 'neutral', agent: 2 }, 400, 'agent'],
    ['/api/feedbacks/', { kind: 'agent', sentiment: 'neutral', agent: 1, environment: 'x' }, 400, 'environment'],
  ])('%s refuses %j with %i', async (path, body, status, field) => {
    const { post, store, get } = serving(rows)
    const answer = await post(path, body)
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, [field]])
    expect([store.size, (await get('/api/feedbacks/')).body.count]).toEqual([3, 4])
  })

  test.each([
    ['a number that is none', '{"a":1e999}'],
    ['more levels than rows have', `${'{"a":'.repeat(98)}1${'}'.repeat(98)}`],
  ])('metadata with %s is refused by both kinds', async (_, metadata) => {
    const { post, get } = serving(rows)
    for (const target of ['"kind":"agent","agent":1', '"kind":"conversation","conversation":1']) {
      const answer = await post('/api/feedbacks/', `{${target},"sentiment":"neutral","metadata":${metadata}}`)
      expect([answer.status, Object.keys(answer.body)]).toEqual([400, [expect.stringMatching(/^metadata\.a/)]])
    }
    expect((await get('/api/feedbacks/')).body.count).toBe(4)
  })

  test('texts that the contract prescribes', async () => {
    const { post } = serving(rows)
    const on = { kind: 'conversation', conversation: 1 }
    expect((await post('/api/feedbacks/', { ...on, sentiment: 'meh' })).body).toEqual({
      sentiment: ['"meh" is not a valid choice.'],
    })
    expect((await post('/api/feedbacks/', { ...on, sentiment: 'neutral', environment: 'production' })).body).toEqual(
      DERIVED,
    )
    expect(await post('/api/feedbacks/', { kind: 'product' })).toMatchObject({ status: 403, body: FORBIDDEN })
  })
})

describe('the list', () => {
  test('is newest first, whole, with its envelope', async () => {
    const { get } = serving(rows)
    const answer = await get('/api/feedbacks/?page_size=3')
    expect(Object.keys(answer.body).sort()).toEqual(
      ['count', 'counts', 'current_page', 'next', 'page_size', 'previous', 'results', 'total_pages'].sort(),
    )
    expect(answer.body).toMatchObject({ count: 4, counts: { all: 4 }, page_size: 3, total_pages: 2, previous: null })
    expect(ids(answer)).toEqual([4, 2, 1])
    expect(answer.body.next).toBe('http://localhost:8000/api/feedbacks/?page=2&page_size=3')
    const last = await get('/api/feedbacks/?page=last&page_size=3')
    expect([ids(last), last.body.current_page]).toEqual([[3], 2])
    expect(await get('/api/feedbacks/?page=3&page_size=3')).toMatchObject({
      status: 404,
      body: { detail: 'Invalid page.' },
    })
    expect((await get('/api/feedbacks/?page_size=1000')).body.page_size).toBe(100)
  })

  test.each([
    ['kind=conversation', [4, 2, 1, 3]],
    ['kind=agent', []],
    ['sentiment=positive', [1]],
    ['conversation=1', [2, 1]],
    ['conversation=9007199254740993', []],
    ['conversation_id=c', [4]],
    ['agent=1', [4, 2, 1, 3]],
    ['agent=2', []],
    ['user=7', [2]],
    ['category=speed', [2]],
    ['environment=prod', [2, 1]],
    ['env=development', [3]],
    ['has_comment=true', [4, 1]],
    ['has_comment=0', [2, 3]],
    ['comment_contains=grosse+k', [1]],
    ['comment_contains=große', []],
    ['search=refund', [2, 1]],
    ['search=refund+klasse', [1]],
    ['created_at_after=2026-07-03T08:00:00Z', [4, 2]],
    ['created_at_before=2026-07-02', [1]],
    ['ordering=created_at', [3, 1, 2, 4]],
    ['ordering=id', [1, 2, 3, 4]],
    ['ordering=-id', [4, 3, 2, 1]],
    ['ordering=sentiment,-id', [3, 4, 2, 1]],
    ['ordering=category', [1, 3, 4, 2]],
    ['ordering=-kind', [4, 3, 2, 1]],
    ['ordering=--id,nonsense,', [4, 2, 1, 3]],
    ['sentiment=&nonsense=1', [4, 2, 1, 3]],
  ])('%s', async (query, expected) => {
    const { get } = serving(rows)
    expect(ids(await get(`/api/feedbacks/?${query}`))).toEqual(expected)
  })

  test('refuses bad values together, and product outright', async () => {
    const { get } = serving(rows)
    const bad = 'sentiment=meh&conversation=x&has_comment=maybe&created_at_after=x&env=staging&kind=ticket&page=0'
    const { status, body } = await get(`/api/feedbacks/?${bad}`)
    expect(status).toBe(400)
    expect(body).toEqual({
      kind: ['Select a valid choice. ticket is not one of the available choices.'],
      sentiment: ['Select a valid choice. meh is not one of the available choices.'],
      conversation: ['Enter a number.'],
      env: ['Select a valid choice. staging is not one of the available choices.'],
      has_comment: ['Enter a valid boolean.'],
      created_at_after: ['Enter a valid date/time.'],
    })
    expect(await get('/api/feedbacks/?kind=product&env=staging')).toMatchObject({ status: 403, body: FORBIDDEN })
  })
})

describe('one of them', () => {
  test('is changed, whole', async () => {
    const { patch, post, store, get } = serving(rows)
    const { status, body } = await patch('/api/feedbacks/1/', {
      sentiment: 'negative',
      kind: 'agent',
      id: 99,
      created_at: 'x',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: 1, kind: 'conversation', sentiment: 'negative', comment: 'GROSSE Klasse' })
    expect(store.get(1)?.feedbacks[0]).toMatchObject({
      id: 1,
      sentiment: 'negative',
      created_at: '2026-07-01T10:00:00Z',
    })
    expect((await patch('/api/feedbacks/1/', { comment: null })).body.comment).toBe(null)
    expect((await patch('/api/feedbacks/1/', { environment: 'production' })).body).toEqual(DERIVED)
    expect((await patch('/api/feedbacks/1/', { sentiment: null })).status).toBe(400)
    expect((await patch('/api/feedbacks/77/', { comment: 'x' })).status).toBe(404)
    await post('/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'positive' })
    expect((await patch('/api/feedbacks/5/', { environment: 'dev', comment: 'hm' })).body).toMatchObject({
      kind: 'agent',
      environment: 'development',
      environment_id: 2,
      comment: 'hm',
    })
    expect((await get('/api/feedbacks/?comment_contains=hm')).body.count).toBe(1)
  })

  test('is deleted once', async () => {
    const { del, get, post, store } = serving(rows)
    await post('/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'positive' })
    for (const id of [2, 5]) {
      expect(await del(`/api/feedbacks/${id}/`)).toMatchObject({ status: 204, text: '' })
      expect((await del(`/api/feedbacks/${id}/`)).status).toBe(404)
      expect((await get(`/api/feedbacks/${id}/`)).status).toBe(404)
    }
    expect(store.get(1)?.feedbacks).toMatchObject([{ id: 1 }])
    expect(ids(await get('/api/feedbacks/'))).toEqual([4, 1, 3])
    // Its id is not given again.
    expect((await post('/api/conversation-feedbacks/', { conversation: 1, sentiment: 'neutral' })).body.id).toBe(6)
  })
})

test('ids that stand twice in loaded rows: that of the least conversation is meant', async () => {
  const twice = (id: number) => row(`r${id}`, { id, feedbacks: [feedback(1, null), feedback(1, null)] })
  const { get, del, store } = serving([twice(8), twice(3)])
  expect((await get('/api/feedbacks/1/')).body.conversation).toBe(3)
  await del('/api/feedbacks/1/')
  await del('/api/feedbacks/1/')
  expect([store.get(3)?.feedbacks.length, (await get('/api/feedbacks/1/')).body.conversation]).toEqual([0, 8])
})

test('a sorted list is what sorting gives, whatever comes and goes', () => {
  const op = fc.record({ value: fc.nat(50), isThere: fc.boolean(), isRead: fc.boolean() })
  fc.assert(
    fc.property(fc.array(op, { maxLength: 300 }), (ops) => {
      const expected = new Set<number>()
      const list = new SortedList<number>((a, b) => a - b)
      for (const { value, isThere, isRead } of ops) {
        if (isThere && !expected.has(value)) list.add(value)
        if (!isThere && expected.has(value)) list.remove(value)
        if (isThere) expected.add(value)
        else expected.delete(value)
        if (isRead) expect(list.items).toEqual([...expected].sort((a, b) => a - b))
      }
      expect(list.items).toEqual([...expected].sort((a, b) => a - b))
    }),
  )
  const many = Array.from({ length: 500 }, (_, at) => (at * 7) % 500)
  const list = new SortedList<number>((a, b) => a - b)
  for (const value of many) list.add(value)
  expect(list.items).toEqual(many.toSorted((a, b) => a - b))
})

test('more orders than are kept are answered all the same', () => {
  const list = new FeedbackList(new AgentState(new ConversationStore()))
  const store = ConversationStore.from(rows)
  for (const row of store) list.change(null, row)
  const fields = ['created_at', 'id', 'kind', 'sentiment', 'category']
  const orders = fields.flatMap((a) =>
    fields.flatMap((b) => [
      [a, b],
      [`-${a}`, b],
    ]),
  )
  const asked = () => orders.map((order) => list.inOrder(order).map(({ feedback }) => feedback.id))
  const before = asked()
  expect(asked()).toEqual(before)
  expect(before[0]).toEqual([3, 1, 2, 4])
  store.onChange(({ before, after }) => list.change(before, after))
  store.purge('a')
  expect(asked()).toEqual(before.map((ids) => ids.filter((id) => id === 3 || id === 4)))
})
