/** Tickets with their comments, votes on messages, and lists that are narrowed to what has a ticket. */
import { describe, expect, test } from 'vitest'
import { type Json, NOW, READ_KEY, row, serving } from './asking.ts'

const rows = [
  row('a', {
    name: 'Refund',
    environment: 'production',
    feedbacks: [{ id: 1, sentiment: 'negative', comment: 'slow' }],
  }),
  row('b', { messages: [{ id: 5, sender: 'agent', content: 'hi' }] }),
  row('c', { feedbacks: [{ id: 2, sentiment: 'positive' }] }),
]
const titles = ({ body }: Json) => body.results.map(({ title }: Json) => title).join()

describe('a ticket', () => {
  test('is made, read, changed and deleted', async () => {
    const { post, get, patch, del } = serving(rows, { name: 'Shop' })
    const made = await post('/api/tickets/', { title: ' T ', priority: 'high', tags: ['x'], conversation_id: 1 })
    const ticket = {
      ...{ id: 1, agent: 1, title: 'T', status: 'open', priority: 'high', tags: ['x'] },
      ...{ environment: 'production', environment_id: 1, feedback: null, comments: [], comments_count: 0 },
      conversation: { id: 1, conversation_id: 'a', name: 'Refund', environment: 'production', environment_id: 1 },
      ...{ created_at: NOW, updated_at: NOW },
    }
    expect([made.status, made.body]).toEqual([201, ticket])
    expect((await get('/api/tickets/1/')).body).toEqual(ticket)
    const changes = { title: 'U', status: 'done', priority: null, tags: [], conversation_id: 2, id: 9 }
    const { conversation_id, id, ...shown } = changes
    expect((await patch('/api/tickets/1/', changes)).body).toEqual({ ...ticket, ...shown })
    const { status, text } = await del('/api/tickets/1/')
    expect([status, text]).toEqual([204, ''])
    for (const ask of [get, del]) expect((await ask('/api/tickets/1/')).status).toBe(404)
    expect((await post('/api/tickets/', { title: 'T' })).body).toMatchObject({
      id: 2,
      conversation: null,
      priority: null,
    })
  })

  test('may be about a feedback, and then about its conversation', async () => {
    const { post, get, del } = serving(rows)
    expect((await post('/api/tickets/', { title: 'T', feedback_id: 1 })).body).toMatchObject({
      conversation: { id: 1 },
      feedback: { id: 1, kind: 'conversation', sentiment: 'negative', comment: 'slow', created_at: null },
    })
    expect((await post('/api/tickets/', { title: 'T', feedback_id: 1, conversation_id: '2' })).body).toMatchObject({
      conversation: { id: 2 },
    })
    await post('/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'positive' })
    expect((await post('/api/tickets/', { title: 'T', feedback_id: 3 })).body).toMatchObject({
      conversation: null,
      feedback: { id: 3, kind: 'agent' },
    })
    expect((await get('/api/feedbacks/1/?include_tickets=nonsense')).body.ticket).toEqual({
      ...{ id: 2, title: 'T', status: 'open', priority: null, tags: [], created_at: NOW, updated_at: NOW },
      ...{ comments: [], comments_count: 0 },
    })
    expect((await get('/api/feedbacks/2/')).body.ticket).toBeNull()
    await del('/api/feedbacks/1/')
    expect((await get('/api/tickets/1/')).body.feedback).toBeNull()
  })

  test.each<[object, string]>([
    [{}, 'title'],
    [{ title: ' ' }, 'title'],
    [{ title: 5 }, 'title'],
    [{ title: 'x'.repeat(256) }, 'title'],
    [{ title: 'T', status: 'new' }, 'status'],
    [{ title: 'T', status: null }, 'status'],
    [{ title: 'T', priority: 'urgent' }, 'priority'],
    [{ title: 'T', tags: 'x' }, 'tags'],
    [{ title: 'T', tags: [1] }, 'tags'],
    [{ title: 'T', environment: 'x' }, 'environment'],
    [{ title: 'T', conversation_id: 99 }, 'conversation_id'],
    [{ title: 'T', conversation_id: 'a' }, 'conversation_id'],
    [{ title: 'T', feedback_id: 99 }, 'feedback_id'],
  ])('%j is a 400 that names the field', async (body, field) => {
    const { post, get } = serving(rows)
    const answer = await post('/api/tickets/', body)
    expect([answer.status, Object.keys(answer.body)]).toEqual([400, [field]])
    expect((await get('/api/tickets/')).body.count).toBe(0)
  })

  test('keeps its environment, and a key that reads may not write', async () => {
    const { post, patch, get } = serving(rows)
    expect((await post('/api/tickets/', { title: 'T', environment: 'DEV ' })).body.environment).toBe('development')
    expect(await patch('/api/tickets/1/', { environment: 'prod' })).toMatchObject({ status: 400 })
    expect(await patch('/api/tickets/1/', { title: '' })).toMatchObject({ status: 400 })
    expect(await patch('/api/tickets/9/', { title: 'x' })).toMatchObject({ status: 404 })
    expect((await post('/api/tickets/', { title: 'T' }, { authorization: `Api-Key ${READ_KEY}` })).status).toBe(403)
    expect((await get('/api/tickets/', { authorization: `Api-Key ${READ_KEY}` })).body.count).toBe(1)
  })

  test('has comments, oldest first', async () => {
    const { post, get } = serving(rows, { name: 'Shop' })
    await post('/api/tickets/', { title: 'T', conversation_id: 1 })
    const made = await post('/api/tickets/1/comments/', { body: ' hi ', role: 'dev', author: 'me' })
    const comment = { id: 1, author: 'Shop', role: 'agent', body: ' hi ', created_at: NOW }
    expect([made.status, made.body]).toEqual([201, comment])
    await post('/api/tickets/1/comments/', { body: 'ho' })
    const { body } = await get('/api/tickets/1/comments/?page_size=1')
    expect(body).toMatchObject({ count: 2, total_pages: 2, results: [comment] })
    expect(body.next).toBe('http://localhost:8000/api/tickets/1/comments/?page=2&page_size=1')
    expect((await get('/api/tickets/1/')).body).toMatchObject({ comments_count: 2, comments: [{ id: 1 }, { id: 2 }] })
    expect((await get('/api/conversations/1/')).body.tickets[0].comments).toHaveLength(2)
    for (const body of [undefined, '', ' \n', 5])
      expect((await post('/api/tickets/1/comments/', { body })).status).toBe(400)
    for (const ask of [get, post])
      expect((await ask('/api/tickets/9/comments/', { body: 'x' } as never)).status).toBe(404)
  })

  test('and comments are limited', async () => {
    const { post } = serving(rows, { limits: { tickets: 1, comments: 1 } })
    expect((await post('/api/tickets/', { title: 'T' })).status).toBe(201)
    expect((await post('/api/tickets/', { title: 'T' })).status).toBe(413)
    expect((await post('/api/tickets/1/comments/', { body: 'x' })).status).toBe(201)
    expect((await post('/api/tickets/1/comments/', { body: 'x' })).status).toBe(413)
  })
})

describe('the list of tickets', () => {
  async function world() {
    let minute = 10
    const served = serving(rows, { now: () => `2026-08-01T12:${minute++}:00Z` })
    await served.post('/api/tickets/', { title: 'one', priority: 'low', tags: ['a', 'b'], conversation_id: 1 })
    await served.post('/api/tickets/', { title: 'Two', priority: 'high', status: 'closed', feedback_id: 2 })
    await served.post('/api/tickets/', { title: 'three', status: 'in_progress', tags: ['c'] })
    await served.patch('/api/tickets/1/', { status: 'done' })
    return served
  }

  test.each([
    ['', 'three,Two,one'],
    ['status=done', 'one'],
    ['status=done&status=closed', 'Two,one'],
    ['priority=high', 'Two'],
    ['conversation=1', 'one'],
    ['conversation_id=c', 'Two'],
    ['has_conversation=false', 'three'],
    ['has_feedback=true', 'Two'],
    ['tags=b', 'one'],
    ['tags=c,+a,', 'three,one'],
    ['tags=,', 'three,Two,one'],
    ['search=T', 'three,Two'],
    ['created_at_after=2026-08-01T12:11:00Z', 'three,Two'],
    ['created_at_before=2026-08-01T12:10:00Z', 'one'],
    ['updated_at_after=2026-08-01T12:13:00Z', 'one'],
    ['updated_at_before=2026-08-01T12:12:00Z', 'three,Two'],
    ['ordering=created_at', 'one,Two,three'],
    ['ordering=-updated_at', 'one,three,Two'],
    ['ordering=priority', 'three,one,Two'],
    ['ordering=-priority', 'Two,one,three'],
    ['ordering=status', 'three,one,Two'],
    ['ordering=title', 'Two,one,three'],
    ['environment=development', 'three,Two,one'],
    ['page=2&page_size=2', 'one'],
  ])('%s', async (query, expected) => {
    const { get } = await world()
    expect(titles(await get(`/api/tickets/?${query}`))).toBe(expected)
  })

  test.each([
    'status=x',
    'status=open&status=x',
    'priority=x',
    'conversation=x',
    'has_feedback=x',
    'created_at_after=x',
  ])('%s is a 400', async (query) => {
    const { get } = await world()
    const { status, body } = await get(`/api/tickets/?${query}`)
    expect([status, Object.keys(body)]).toEqual([400, [query.split('=')[0]]])
  })
})

describe('include_tickets', () => {
  async function world() {
    const served = serving(rows)
    const { post } = served
    await post('/api/tickets/', { title: 'one', conversation_id: 1 })
    await post('/api/tickets/', { title: 'two', feedback_id: 1, status: 'done' })
    await post('/api/tickets/', { title: 'three', feedback_id: 2, status: 'in_review' })
    await post('/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'positive' })
    return served
  }

  test.each(['1', 'true', 'yes', 'on', 'TRUE'])(
    '%s narrows conversations to those with a ticket, lean rows too',
    async (yes) => {
      const { get } = await world()
      for (const full of ['', '&full=false']) {
        const { body } = await get(`/api/conversations/?include_tickets=${yes}&ordering=id&page_size=1${full}`)
        expect(body).toMatchObject({ count: 2, results: [{ id: 1, tickets: [{ title: 'two' }, { title: 'one' }] }] })
        expect(body.next).toContain(`include_tickets=${yes}`)
        expect(Object.keys(body.results[0].tickets[0])).toEqual([
          ...['id', 'title', 'status', 'priority', 'tags', 'created_at', 'updated_at', 'comments'],
        ])
      }
      const { body } = await get(`/api/conversations/?include_tickets=${yes}&conversation_id=b`)
      expect([body.count, body.results]).toEqual([0, []])
    },
  )

  test('of an agent without tickets finds nothing', async () => {
    expect((await serving(rows).get('/api/conversations/?include_tickets=true')).body.count).toBe(0)
  })

  test.each(['0', 'false', 'no', 'off'])('%s leaves lists as they are', async (no) => {
    const { get } = await world()
    const { body } = await get(`/api/conversations/?include_tickets=${no}`)
    expect([body.count, 'tickets' in body.results[0]]).toEqual([3, false])
    const feedbacks = (await get(`/api/feedbacks/?include_tickets=${no}`)).body
    expect([feedbacks.counts, 'ticket' in feedbacks.results[0]]).toEqual([{ all: 3 }, false])
  })

  test.each(['', 'x', '2', 'y', 'null'])('%j is a 400 on both lists, for it would widen them', async (odd) => {
    for (const options of [{}, { strict: true }]) {
      const { get } = serving(rows, options)
      for (const path of ['conversations', 'feedbacks']) {
        const { status, body } = await get(`/api/${path}/?include_tickets=${odd}`)
        expect([status, Object.keys(body)]).toEqual([400, ['include_tickets']])
      }
      expect((await get(`/api/conversations/1/?include_tickets=${odd}`)).status).toBe(200)
    }
  })

  test('narrows feedback, and counts tickets whatever their status', async () => {
    const { get } = await world()
    const tally = { backlog: 0, open: 0, in_progress: 0, in_review: 1, done: 1, closed: 0 }
    const counts = { tickets: 2, open_tickets: 1, ...tally }
    const { body } = await get('/api/feedbacks/?include_tickets=true&ordering=id')
    expect(body).toMatchObject({ count: 2, counts: { all: 2, ...counts } })
    expect(body.results).toMatchObject([{ id: 1, ticket: { title: 'two', comments_count: 0 } }, { id: 2 }])
    const done = (await get('/api/feedbacks/?include_tickets=1&ticket_status=done&ticket_status=closed')).body
    expect([done.count, done.counts]).toEqual([1, { all: 1, ...counts }])
    expect((await get('/api/feedbacks/?include_tickets=1&has_ticket=true&sentiment=positive')).body.count).toBe(1)
    expect((await get('/api/feedbacks/?include_tickets=1&has_ticket=false')).body.count).toBe(0)
    expect((await get('/api/feedbacks/?include_tickets=1&ticket_status=x')).body).toHaveProperty('ticket_status')
  })

  test('is needed by the filters of tickets', async () => {
    const { get } = await world()
    const said = 'Ticket filters need ?include_tickets=true on the API-key plane.'
    const { status, body } = await get('/api/feedbacks/?has_ticket=true')
    expect([status, body]).toEqual([400, { has_ticket: said }])
    expect((await get('/api/feedbacks/?ticket_status=open&include_tickets=0')).body).toEqual({ ticket_status: said })
  })
})

describe('a vote on a message', () => {
  const vote = (more: object = {}) => ({ kind: 'message', message: 5, sentiment: 'negative', ...more })

  test('is made once, and changed by every other', async () => {
    const { post, get, store } = serving(rows)
    const made = await post('/api/feedbacks/', vote({ topic: 'style', comment: 'c' }))
    const expected = {
      ...{ id: 3, kind: 'message', agent: 1, message: 5, conversation: 2, conversation_id: 'b', user: null },
      ...{ environment: null, environment_id: null, sentiment: 'negative', category: null, comment: 'c' },
      ...{ topic: 'style', reason: null, created_at: NOW, source: 'customer', metadata: null },
    }
    expect([made.status, made.body]).toEqual([201, expected])
    const again = await post('/api/feedbacks/', vote({ sentiment: 'positive', comment: null, reason: 'r' }))
    const changed = { ...expected, sentiment: 'positive', comment: null, reason: 'r' }
    expect([again.status, again.body]).toEqual([200, changed])
    const detail = (await get('/api/conversations/2/')).body
    expect(detail.messages[0].feedback).toEqual(changed)
    expect([detail.feedbacks, store.get(2)?.feedbacks]).toEqual([[], []])
    expect((await get('/api/track/5/')).body.feedback).toEqual(changed)
    expect((await get('/api/conversations/?conversation_id=b')).body.results[0].messages[0].feedback).toEqual(changed)
    expect((await get('/api/conversations/?has_feedback=true')).body.count).toBe(2)
    expect((await get('/api/feedbacks/3/')).body).toEqual({ ...changed, ticket: null })
    expect((await post('/api/conversation-feedbacks/', { sentiment: 'neutral', conversation_id: 'a' })).body.id).toBe(4)
  })

  test('is found in the list', async () => {
    const { post, get } = serving(rows)
    await post('/api/feedbacks/', vote({ topic: 'style', reason: 'bold' }))
    const count = async (query: string) => (await get(`/api/feedbacks/?${query}`)).body.count
    const queries = ['kind=message', 'message=5', 'topic=style', 'reason=bold', 'conversation_id=b', 'conversation=2']
    for (const query of queries) expect([query, await count(query)]).toEqual([query, 1])
    for (const query of ['message=6', 'topic=x', 'kind=message&sentiment=positive']) expect(await count(query)).toBe(0)
    expect(await count('')).toBe(3)
  })

  test('is changed and taken off by its id', async () => {
    const { post, get, patch, del } = serving(rows)
    await post('/api/feedbacks/', vote())
    expect((await patch('/api/feedbacks/3/', { topic: 't', reason: null, comment: 'x' })).body).toMatchObject({
      ...{ id: 3, topic: 't', reason: null, comment: 'x', sentiment: 'negative' },
    })
    expect(await patch('/api/feedbacks/3/', { environment: 'prod' })).toMatchObject({ status: 400 })
    for (const id of [1, 2]) expect((await patch(`/api/feedbacks/${id}/`, { topic: 't' })).body).toHaveProperty('topic')
    expect((await del('/api/feedbacks/3/')).status).toBe(204)
    expect((await get('/api/track/5/')).body.feedback).toBeNull()
    expect((await del('/api/feedbacks/3/')).status).toBe(404)
    expect((await post('/api/feedbacks/', vote())).body.id).toBe(4)
  })

  test.each<[object, number, string]>([
    [{ sentiment: undefined }, 400, 'sentiment'],
    [{ sentiment: 'meh' }, 400, 'sentiment'],
    [{ message: undefined }, 400, 'message'],
    [{ message: null }, 400, 'message'],
    [{ message: 'x' }, 400, 'message'],
    [{ topic: 'x'.repeat(51) }, 400, 'topic'],
    [{ reason: 5 }, 400, 'reason'],
    [{ environment: 'production' }, 400, 'environment'],
    [{ message: 99 }, 404, 'detail'],
  ])('%j is refused', async (more, status, field) => {
    const { post, get } = serving(rows)
    const answer = await post('/api/feedbacks/', vote(more))
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, [field]])
    expect((await get('/api/track/5/')).body.feedback).toBeNull()
  })

  test('that was loaded is read, counts among ids, and stays where its message is', async () => {
    const feedback = { id: 40, sentiment: 'positive', created_at: '2026-07-02T00:00:00Z' }
    const messages = [{ id: 6, sender: 'agent', content: 'x', feedback, timestamp: '2026-07-01T10:00:00Z' }] as never
    const { get, post } = serving([row('d', { messages })])
    expect((await get('/api/feedbacks/')).body.results).toMatchObject([{ id: 40, kind: 'message', message: 6 }])
    expect(
      (await post('/api/feedbacks/', { kind: 'conversation', sentiment: 'neutral', conversation_id: 'd' })).body.id,
    ).toBe(41)
    await post('/api/track/', {
      conversation_id: 'd',
      sender: 'agent',
      content: 'first',
      timestamp: '2026-07-01T09:00:00Z',
    })
    expect(await post('/api/feedbacks/', vote({ message: 6 }))).toMatchObject({ status: 200, body: { id: 40 } })
    expect((await get('/api/track/6/')).body.feedback).toMatchObject({ id: 40, sentiment: 'negative' })
  })

  test('follows a message that gets files', async () => {
    const { post, get } = serving(rows)
    await post('/api/feedbacks/', vote())
    const attachments = [{ filename: 'f', mime_type: 'text/plain', data: btoa('x') }]
    const sent = {
      mode: 'base64',
      conversation: '2',
      message: '5',
      timestamp: NOW,
      metadata: {},
      sender: 'agent',
      attachments,
    }
    expect((await post('/api/attachments/', sent)).status).toBe(201)
    expect((await get('/api/track/5/')).body).toMatchObject({ feedback: { id: 3 }, attachments: [{ filename: 'f' }] })
    expect((await get('/api/feedbacks/?kind=message')).body.count).toBe(1)
    expect(await post('/api/attachments/', { ...sent, message: '1' })).toMatchObject({
      status: 404,
      body: { detail: 'Message 1 not found' },
    })
  })
})

test('a file of its own is a message that says so, and one that is too large is a 413 that names the limit', async () => {
  const { post } = serving(rows, { limits: { fileBytes: 3 } })
  const files = (...contents: string[]) => ({
    ...{
      conversation: '1',
      sender: 'end_user',
      mode: 'base64',
      metadata: { o: 1 },
      timestamp: '2026-08-01T10:00:00+00:00',
    },
    attachments: contents.map((content) => ({ filename: 'f', mime_type: 'text/plain', data: btoa(content) })),
  })
  expect((await post('/api/attachments/', files('abc'))).body).toMatchObject({
    content: '[Attachments]',
    timestamp: '2026-08-01T10:00:00Z',
    metadata: { o: 1 },
  })
  expect(await post('/api/attachments/', files('abc', 'abcd'))).toMatchObject({
    status: 413,
    body: { detail: 'File 1 too large. A file may have 3 bytes.' },
  })
})
