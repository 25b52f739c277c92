/** The second generation of clients against the handler: lists, pages, feedback, messages, and each class of error. */
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import type { JsonObject } from '../../../src/row/conversation.ts'
import type { Send } from '../clients/python.ts'
import {
  AgentSight,
  AuthenticationError,
  MethodNotAllowedError,
  NotFoundError,
  type Page,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  SubscriptionError,
  ValidationError,
} from '../clients/v1.ts'
import { expectShape } from './shapes.ts'
import { newWorld, READ_KEY, thrown, UNKNOWN_KEY, WRITE_KEY } from './world.ts'

type Row = Record<string, unknown>

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = []
  for await (const row of rows) found.push(row)
  return found
}

/** A store of so many talks, a minute apart, newest last. */
function storeOf(count: number): ConversationStore {
  const start = Date.parse('2026-08-01T00:00:00Z')
  return ConversationStore.from<JsonObject>(
    Array.from({ length: count }, (_, i) => ({
      conversation_id: `talk ${i}`,
      started_at: new Date(start + i * 60_000).toISOString(),
      is_deleted: i % 50 === 49,
      metadata: { i, even: i % 2 === 0 },
    })),
  )
}

describe('lists', () => {
  test('are read whole, a hundred rows at a time', async () => {
    const { v1, log } = newWorld(storeOf(250))
    const rows = await all(v1.iterate({ full: 'false' }))
    expect(rows.map(({ conversation_id }) => conversation_id)).toEqual(
      Array.from({ length: 250 }, (_, i) => i)
        .filter((i) => i % 50 !== 49)
        .reverse()
        .map((i) => `talk ${i}`),
    )
    expect(log.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await all(v1.iterate({ metadata: 'even:true', include_deleted: 'true' }))).toHaveLength(125)
    expect(await all(v1.iterate({ device: 'none' }))).toEqual([])
  })

  test('have the envelope, and links that can be followed', async () => {
    const { v1, ask } = newWorld(storeOf(30))
    const query = { page_size: 7, metadata: 'even:true', colour: 'a b', device: '', full: 'false' }
    const first = await v1.list(query)
    expectShape(first, 'envelope')
    expect(Object.keys(first).sort()).toEqual(
      ['count', 'current_page', 'next', 'page_size', 'previous', 'results', 'total_pages'].sort(),
    )
    expect(first).toMatchObject({ count: 15, page_size: 7, total_pages: 3, current_page: 1, previous: null })
    const next = new URL(first.next!)
    expect(`${next.origin}${next.pathname}`).toBe('http://localhost/api/conversations/')
    expect([...next.searchParams]).toEqual([
      ['colour', 'a b'],
      ['device', ''],
      ['full', 'false'],
      ['metadata', 'even:true'],
      ['page', '2'],
      ['page_size', '7'],
    ])
    const follow = async (url: string) => {
      const { status, body } = await ask('GET', `${new URL(url).pathname}${new URL(url).search}`)
      expect(status).toBe(200)
      return body as unknown as Page
    }
    const second = await follow(first.next!)
    const third = await follow(second.next!)
    expect([second.current_page, third.current_page, third.next]).toEqual([2, 3, null])
    expect(third.results).toHaveLength(1)
    expect(await follow((await follow(third.previous!)).previous!)).toEqual(first)
    expect(new URL(second.previous!).searchParams.has('page')).toBe(false)
  })

  test('links name the host that was asked', async () => {
    const { send } = newWorld(storeOf(30))
    for (const base of ['http://127.0.0.1:8123', 'https://api.example.com']) {
      const response = await send(
        new Request(`${base}/api/conversations/?page=2`, { headers: { Authorization: `Api-Key ${WRITE_KEY}` } }),
      )
      const { next, previous } = (await response.json()) as Page
      expect([next, previous]).toEqual([`${base}/api/conversations/?page=3`, `${base}/api/conversations/`])
    }
  })

  test('clamp the page size, and refuse pages that are not there', async () => {
    const { v1, ask } = newWorld(storeOf(130))
    expect(await v1.list({ page_size: 1000 })).toMatchObject({ page_size: 100, total_pages: 2 })
    expect(await v1.list()).toMatchObject({ page_size: 10, current_page: 1 })
    expect(await v1.list({ page: 'last', page_size: 100 })).toMatchObject({ current_page: 2 })
    for (const page of ['0', '3', '-1', 'x']) {
      expect(await thrown(v1.list({ page, page_size: 100 })), page).toBeInstanceOf(NotFoundError)
    }
    expect(await v1.list({ device: 'none', page: 1 })).toMatchObject({ count: 0, results: [], total_pages: 1 })
    const fifteen = newWorld(storeOf(130), { pageSize: 15 })
    expect(await fifteen.v1.list()).toMatchObject({ page_size: 15, total_pages: 9 })
    expect((await ask('GET', '/api/conversations/?page_size=abc')).body.page_size).toBe(10)
  })

  test('all bad parameters come together, before a page that is not there', async () => {
    const { v1 } = newWorld(storeOf(3))
    const error = (await thrown(
      v1.list({ page: 99, is_marked: 'perhaps', started_at_after: 'soon', feedback_sentiment: 'meh' }),
    )) as ValidationError
    expect(error).toBeInstanceOf(ValidationError)
    expect(error.errors).toEqual({
      is_marked: ['Enter a valid boolean.'],
      started_at_after: ['Enter a valid date/time.'],
      feedback_sentiment: ['Select a valid choice. meh is not one of the available choices.'],
    })
  })
})

describe('one conversation', () => {
  const talks = storeOf(1_000)

  test('is found by the caller’s own id, deleted or not', async () => {
    const { v1, store } = newWorld(storeOf(60))
    const pk = store.get('talk 49')!.id
    expect(await v1.pkOf('talk 49')).toBe(pk)
    const detail = await v1.conversation('talk 49')
    expect(detail).toMatchObject({
      id: pk,
      is_deleted: true,
      tickets: [],
      token_usage: null,
      messages: [],
      feedbacks: [],
    })
    for (const full of ['true', 'false', 'x']) {
      expect(await v1.conversation(pk, { full })).toEqual(detail)
    }
    expect(await thrown(v1.conversation('nobody'))).toBeInstanceOf(NotFoundError)
  })

  test.each([
    '0',
    '-1',
    '1.5',
    'abc',
    '9007199254740993',
    '99999999999999999999',
    '1e3',
    '٣',
    '%31x',
    '+1',
    ' 1',
    '__proto__',
  ])('a pk of %j is 404', async (pk) => {
    const { ask } = newWorld(talks)
    for (const [method, rest, body] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', 'attachments/'],
      ['PATCH', 'rename/', { name: 'x' }],
      ['POST', 'mark/', { is_marked: true }],
      ['PATCH', 'update/', { name: 'x' }],
      ['DELETE', 'delete/'],
    ] as const) {
      const answer = await ask(method, `/api/conversations/${encodeURI(pk)}/${rest}`, body)
      expect([method, rest, answer.status]).toEqual([method, rest, 404])
      expect(answer.body.detail).toBeTypeOf('string')
    }
  })

  test('metadata is read, changed and written', async () => {
    const { v1, store } = newWorld()
    store.add({ conversation_id: 'm', started_at: '2026-08-01', metadata: { a: 1, 'b.c': [1], d: { e: null } } })
    const answer = await v1.updateMetadata('m', { a: 2, f: '' }, { remove: ['b.c', 'nothing'] })
    expect(answer).toMatchObject({ updated_fields: ['metadata'], metadata: { a: 2, d: { e: null }, f: '' } })
    expect(store.get('m')!.metadata).toEqual({ a: 2, d: { e: null }, f: '' })
    await v1.update('m', { metadata: null })
    await v1.updateMetadata('m', { g: 1 })
    expect(store.get('m')!.metadata).toEqual({ g: 1 })
  })

  test('is renamed, marked, changed and deleted', async () => {
    const { v1, store } = newWorld(storeOf(3))
    const { id } = store.get('talk 1')!
    const names = { id, conversation_id: 'talk 1' }
    expect(await v1.rename('talk 1', 'Other')).toMatchObject({ ...names, name: 'Other' })
    expect(await v1.mark('talk 1')).toMatchObject({ ...names, is_marked: true })
    expect(await v1.update('talk 1', { nothing: 1, started_at: '2000-01-01' })).toMatchObject({
      ...names,
      updated_fields: [],
    })
    expect(await v1.delete('talk 1')).toMatchObject({ ...names, is_deleted: true, deleted_at: expect.any(String) })
    expect((await all(v1.iterate())).map(({ conversation_id }) => conversation_id)).toEqual(['talk 2', 'talk 0'])
    const other = await v1.remove('talk 2')
    // This road may answer nothing.
    if (Object.keys(other).length > 0) expect(other.is_deleted).toBe(true)
    expect(store.get('talk 2')!.is_deleted).toBe(true)
    expect(await v1.conversation('talk 2')).toMatchObject({ is_deleted: true })
    for (const call of [v1.rename(99, 'x'), v1.mark(99), v1.update(99, {}), v1.delete(99), v1.remove(99)]) {
      expect(await thrown(call)).toBeInstanceOf(NotFoundError)
    }
  })

  test('bad bodies change nothing', async () => {
    const { v1, ask, store } = newWorld(storeOf(1))
    const before = JSON.stringify([...store])
    const bodies: readonly (readonly [method: string, path: string, body: unknown])[] = [
      ['POST', 'mark/', {}],
      ['POST', 'mark/', { is_marked: 'perhaps' }],
      ['POST', 'mark/', { is_marked: null }],
      ['POST', 'mark/', { is_marked: [] }],
      ['PATCH', 'rename/', {}],
      ['PATCH', 'rename/', { name: 5 }],
      ['PATCH', 'rename/', { name: null }],
      ['PATCH', 'update/', { name: 5 }],
      ['PATCH', 'update/', { name: 'fine', is_marked: 'perhaps' }],
      ['PATCH', 'update/', { name: 'fine', device: {} }],
      ['PATCH', 'update/', { name: 'fine', metadata: [1] }],
      ['PATCH', 'update/', []],
      ['PATCH', 'update/', 'null'],
    ]
    for (const [method, rest, body] of bodies) {
      const answer = await ask(method, `/api/conversations/1/${rest}`, body)
      expect([rest, body, answer.status]).toEqual([rest, body, 400])
    }
    expect(JSON.stringify([...store])).toBe(before)
    const missing = (await thrown(v1.request('POST', '/api/conversations/1/mark/', {}))) as ValidationError
    expect(missing.errors).toEqual({ detail: "Missing field 'is_marked'." })
  })
})

describe('metadata', () => {
  test('keys: the most used first, then by code point; nested ones dotted, without their parents', async () => {
    const { v1, store } = newWorld()
    const row = (conversation_id: string, metadata: object, more: object = {}) =>
      store.add({ conversation_id, started_at: '2026-08-01', metadata, ...more } as never)
    row('a', { z: 1, a: { b: 1, c: { d: 2 } }, '😀': 1, '\uff5e': 1 })
    row('b', { z: 2, a: { b: 1 } })
    row('c', { z: 2, gone: 1 }, { is_deleted: true })
    const message = { sender: 'agent', content: 'x' } as const
    row(
      'd',
      {},
      {
        messages: [
          { ...message, metadata: { m: { n: 1 } } },
          { ...message, metadata: { o: 1 } },
        ],
      },
    )
    row('e', {}, { messages: [{ ...message, metadata: { o: 2 } }] })
    expect(await v1.metadataKeys()).toEqual({ keys: ['a.b', 'z', 'a.c.d', '\uff5e', '😀'] })
    expect(await v1.messageMetadataKeys()).toEqual({ keys: ['o', 'm.n'] })
  })

  test('values: distinct, of a dotted key too; unknown: none', async () => {
    const { v1, ask } = newWorld(
      ConversationStore.from<JsonObject>(
        [3, 3, '3', true, null, { x: 1 }].map((value, i) => ({
          conversation_id: `${i}`,
          started_at: '2026-08-01',
          metadata: { k: value, deep: { er: value } },
        })),
      ),
    )
    for (const key of ['k', 'deep.er']) {
      const answer = await v1.metadataValues(key)
      expect(Object.keys(answer).sort()).toEqual(['key', 'values'])
      expect(answer.key).toBe(key)
      expect((answer.values as unknown[])[0]).toBe(3)
      expect(new Set(answer.values as unknown[])).toEqual(new Set([3, '3', true, null]))
    }
    expect(await v1.metadataValues('nothing')).toEqual({ key: 'nothing', values: [] })
    expect(await v1.metadataValues('__proto__')).toEqual({ key: '__proto__', values: [] })
    expect((await ask('GET', '/api/conversations/metadata-values/')).status).toBe(400)
  })

  test('at most two hundred of each', async () => {
    const { v1 } = newWorld(
      ConversationStore.from<JsonObject>(
        Array.from({ length: 250 }, (_, i) => ({
          conversation_id: `${i}`,
          started_at: '2026-08-01',
          metadata: { [`k${i}`]: 1, same: i },
          messages: [{ sender: 'agent' as const, content: '', metadata: { [`m${i}`]: 1 } }],
        })),
      ),
    )
    expect((await v1.metadataKeys()).keys).toHaveLength(200)
    expect((await v1.messageMetadataKeys()).keys).toHaveLength(200)
    expect((await v1.metadataValues('same')).values).toHaveLength(200)
  })
})

describe('who asks', () => {
  test('is told its agent, role and environments', async () => {
    const { v1, send } = newWorld()
    const me = await v1.me()
    expect(me).toMatchObject({ agent_id: expect.any(Number), agent_name: expect.any(String), role: 'write' })
    expect(me.capabilities).toBeInstanceOf(Array)
    const environments = me.environments as Row[]
    expect(environments.map(({ slug }) => slug)).toEqual(expect.arrayContaining(['production', 'development']))
    for (const environment of environments) {
      expect(environment).toMatchObject({
        id: expect.any(Number),
        name: expect.any(String),
        is_production: environment.slug === 'production',
        created_at: expect.any(String),
        updated_at: expect.any(String),
      })
    }
    expect(new Set(environments.map(({ id }) => id)).size).toBe(environments.length)
    expect(await new AgentSight({ send, apiKey: READ_KEY }).me()).toEqual({
      ...me,
      role: 'read',
      capabilities: expect.any(Array),
    })
  })

  test('and rows say the same of their environment', async () => {
    const { v1, tracker } = newWorld()
    await tracker.getOrCreate({ conversation_id: 'x', environment: 'prod' })
    const me = await v1.me()
    const production = (me.environments as Row[]).find(({ slug }) => slug === 'production')!
    const row = await v1.conversation('x')
    expect(row).toMatchObject({ agent: me.agent_id, environment: 'production', environment_id: production.id })
  })
})

describe('feedback', () => {
  async function recorded() {
    const world = newWorld()
    const { tracker, v1 } = world
    await tracker.getOrCreate({ conversation_id: 'a', environment: 'prod' })
    await tracker.getOrCreate({ conversation_id: 'b' })
    const { agent_id } = await v1.me()
    return { ...world, agent: agent_id as number }
  }

  test('is made, read, changed and deleted', async () => {
    const { v1, store } = await recorded()
    const made = await v1.createFeedback({
      kind: 'conversation',
      sentiment: 'positive',
      conversation_id: 'a',
      comment: 'c',
    })
    expectShape(made, 'feedback')
    expect(made).toMatchObject({
      kind: 'conversation',
      conversation: store.get('a')!.id,
      conversation_id: 'a',
      environment: 'production',
      sentiment: 'positive',
      comment: 'c',
    })
    const id = made.id as number
    expect(await v1.feedback(id)).toEqual({ ...made, ticket: null })
    const changed = await v1.updateFeedback(id, { sentiment: 'negative', comment: '' })
    expect(changed).toMatchObject({ ...made, sentiment: 'negative', comment: '' })
    expect(await v1.feedback(id)).toEqual({ ...changed, ticket: null })
    expect(store.get('a')!.feedbacks).toMatchObject([{ id, sentiment: 'negative' }])
    expect((await v1.conversation('a')).feedbacks).toEqual([changed])
    expect(await v1.deleteFeedback(id)).toEqual({})
    expect(store.get('a')!.feedbacks).toEqual([])
    expect(await thrown(v1.feedback(id))).toBeInstanceOf(NotFoundError)
    expect(await thrown(v1.deleteFeedback(id))).toBeInstanceOf(NotFoundError)
    expect(await thrown(v1.updateFeedback(id, { sentiment: 'positive' }))).toBeInstanceOf(NotFoundError)
  })

  test('deleting answers 204 and an empty body', async () => {
    const { v1, ask } = await recorded()
    const { id } = await v1.createFeedback({ kind: 'conversation', sentiment: 'neutral', conversation_id: 'b' })
    const answer = await ask('DELETE', `/api/feedbacks/${id}/`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await ask('DELETE', `/api/feedbacks/${id}/`)).status).toBe(404)
  })

  test('ids are never used twice, and a repeat is a second row', async () => {
    const { v1, agent } = await recorded()
    const body = { kind: 'conversation', sentiment: 'neutral', conversation_id: 'b' }
    const ids: unknown[] = []
    for (let i = 0; i < 3; i++) ids.push((await v1.createFeedback(body)).id)
    await v1.deleteFeedback(ids[2] as number)
    ids.push((await v1.createFeedback({ kind: 'agent', agent, sentiment: 'positive' })).id)
    ids.push((await v1.createFeedback(body)).id)
    expect(new Set(ids).size).toBe(5)
    expect((await v1.feedbacks()).count).toBe(4)
  })

  test('of an agent has an environment of its own and no conversation', async () => {
    const { v1, agent } = await recorded()
    const made = await v1.createFeedback({
      kind: 'agent',
      agent,
      sentiment: 'negative',
      environment: 'PROD',
      comment: 'x',
    })
    expectShape(made, 'feedback')
    expect(made).toMatchObject({
      kind: 'agent',
      agent,
      conversation: null,
      conversation_id: null,
      environment: 'production',
    })
    expect((await v1.createFeedback({ kind: 'agent', agent, sentiment: 'negative' })).environment).toBe('development')
    expect(await v1.updateFeedback(made.id as number, { environment: 'development' })).toMatchObject({
      ...made,
      environment: 'development',
      environment_id: expect.any(Number),
    })
    expect(await v1.deleteFeedback(made.id as number)).toEqual({})
    expect(await thrown(v1.feedback(made.id as number))).toBeInstanceOf(NotFoundError)
  })

  test('that is no feedback is refused', async () => {
    const { v1, agent, store } = await recorded()
    const before = JSON.stringify([...store])
    const named = { kind: 'conversation', conversation_id: 'a', sentiment: 'positive' }
    const { kind: _, ...kindless } = named
    const { sentiment: __, ...mute } = named
    for (const [body, field] of [
      [kindless, 'kind'],
      [{ ...named, kind: 'other' }, 'kind'],
      [mute, 'sentiment'],
      [{ ...named, sentiment: 'meh' }, 'sentiment'],
      [{ ...named, sentiment: null }, 'sentiment'],
      [{ ...named, environment: 'production' }, 'environment'],
      [{ ...named, comment: 'x'.repeat(5001) }, 'comment'],
      [{ ...named, comment: 5 }, 'comment'],
      [{ kind: 'agent', sentiment: 'positive', agent, environment: 'staging' }, 'environment'],
    ] as const) {
      const error = (await thrown(v1.createFeedback(body))) as ValidationError
      expect(error).toBeInstanceOf(ValidationError)
      expect(Object.keys(error.errors), JSON.stringify(body)).toContain(field)
    }
    for (const [body, statuses] of [
      [{ kind: 'conversation', sentiment: 'positive' }, [400]],
      [{ ...named, conversation_id: 'nobody' }, [400, 404]],
      [{ kind: 'conversation', sentiment: 'positive', conversation: 99 }, [400, 404]],
      [{ kind: 'agent', sentiment: 'positive', agent: agent + 1 }, [400, 404]],
      [{ ...named, kind: 'product' }, [403]],
    ] as const) {
      const { status } = (await thrown(v1.createFeedback(body))) as ValidationError
      expect(statuses, JSON.stringify(body)).toContain(status)
    }
    expect(await thrown(v1.feedbacks({ kind: 'product' }))).toBeInstanceOf(PermissionDeniedError)
    expect(JSON.stringify([...store])).toBe(before)
    expect(await v1.feedbacks()).toMatchObject({ count: 0, counts: { all: 0 }, results: [] })
  })

  test('of the other generation are the same rows', async () => {
    const { v1, manager } = await recorded()
    const made = await manager.submitFeedback('a', 'positive', { comment: 'old road', metadata: { k: 1 } })
    expect(await v1.feedback(made.id as number)).toEqual({ ...made, ticket: null })
    expect((await v1.feedbacks()).results).toEqual([made])
    expect(await v1.updateFeedback(made.id as number, { comment: 'new road' })).toEqual({
      ...made,
      comment: 'new road',
    })
  })

  test('lists are filtered, ordered and paged', async () => {
    const { v1, agent, store } = await recorded()
    const ids: number[] = []
    const make = async (body: Row) => ids.push((await v1.createFeedback(body)).id as number)
    await make({ kind: 'conversation', sentiment: 'positive', conversation_id: 'a', comment: 'Große Freude' })
    await make({ kind: 'conversation', sentiment: 'negative', conversation_id: 'b' })
    await make({ kind: 'agent', sentiment: 'positive', agent, environment: 'prod', comment: 'fine' })
    await make({ kind: 'conversation', sentiment: 'neutral', conversation: store.get('a')!.id, comment: '' })
    const letters = async (query: Row) => {
      const page = await v1.feedbacks(query)
      expectShape(page, 'envelope')
      expect(page.counts).toEqual({ all: page.count })
      for (const row of page.results) expectShape(row, 'feedback')
      return page.results.map(({ id }) => 'wxyz'[ids.indexOf(id as number)]).join('')
    }
    for (const [query, found] of [
      [{}, 'zyxw'],
      [{ kind: 'conversation' }, 'zxw'],
      [{ kind: 'agent' }, 'y'],
      [{ sentiment: 'positive' }, 'yw'],
      [{ conversation: store.get('a')!.id }, 'zw'],
      [{ conversation_id: 'b' }, 'x'],
      [{ conversation_id: 'nobody' }, ''],
      [{ agent }, 'zyxw'],
      [{ agent: agent + 1 }, ''],
      [{ environment: 'production' }, 'zyw'],
      [{ env: 'dev' }, 'x'],
      [{ has_comment: 'true' }, 'yw'],
      [{ has_comment: 'false' }, 'zx'],
      [{ comment_contains: 'GROẞE' }, 'w'],
      [{ comment_contains: 'große freude' }, 'w'],
      [{ search: 'FINE' }, 'y'],
      [{ created_at_after: '2020-01-01' }, 'zyxw'],
      [{ created_at_before: '2020-01-01' }, ''],
      [{ ordering: 'id' }, 'wxyz'],
      [{ ordering: '-id' }, 'zyxw'],
      [{ ordering: 'created_at' }, 'wxyz'],
      [{ ordering: 'kind,id' }, 'ywxz'],
      [{ ordering: '-sentiment,id' }, 'wyzx'],
      [{ sentiment: 'positive', kind: 'agent' }, 'y'],
      [{ colour: 'red' }, 'zyxw'],
      [{ sentiment: '' }, 'zyxw'],
    ] as const) {
      expect(await letters(query), JSON.stringify(query)).toBe(found)
    }
    expect(await v1.feedbacks({ page_size: 3 })).toMatchObject({
      count: 4,
      total_pages: 2,
      page_size: 3,
      counts: { all: 4 },
    })
    expect((await all(v1.iterateFeedbacks())).map(({ id }) => id)).toEqual(ids.slice().reverse())
    expect(await thrown(v1.feedbacks({ page: 2 }))).toBeInstanceOf(NotFoundError)
    for (const query of [
      { env: 'staging' },
      { sentiment: 'meh' },
      { has_comment: 'perhaps' },
      { created_at_after: 'x' },
    ]) {
      const error = (await thrown(v1.feedbacks(query))) as ValidationError
      expect(Object.keys(error.errors)).toEqual(Object.keys(query))
    }
  })
})

describe('one message', () => {
  test('is read, and its metadata replaced', async () => {
    const { v1, client, store } = newWorld()
    const body = { content: 'hello', sender: 'agent', conversation_id: 'm', conversation: null, metadata: { a: 1 } }
    const { id } = await client.track('/api/track/', body)
    const message = await v1.message(id as number)
    expectShape(message, 'message')
    expect(message).toMatchObject({ id, content: 'hello', sender: 'agent', metadata: { a: 1 } })
    const changed = await v1.updateMessage(id as number, { b: [2] })
    expect(changed).toEqual({ ...message, metadata: { b: [2] } })
    expect(await v1.message(id as number)).toEqual(changed)
    expect((await v1.conversation('m')).messages).toEqual([changed])
    expect(store.get('m')!.messages).toMatchObject([{ id, content: 'hello', metadata: { b: [2] } }])
    for (const call of [v1.message(999), v1.updateMessage(999, {})])
      expect(await thrown(call)).toBeInstanceOf(NotFoundError)
  })
})

describe('errors', () => {
  const sight = (apiKey: string, send: Send) => new AgentSight({ apiKey, send })

  test('each class by its status', async () => {
    const { v1, send } = newWorld(storeOf(1))
    expect(await thrown(v1.list({ is_marked: 'x' }))).toBeInstanceOf(ValidationError)
    expect(await thrown(v1.conversation(9))).toBeInstanceOf(NotFoundError)
    expect(await thrown(v1.request('PUT', '/api/conversations/1/', {}))).toBeInstanceOf(MethodNotAllowedError)
    const reader = sight(READ_KEY, send)
    for (const call of [
      reader.rename(1, 'x'),
      reader.mark(1),
      reader.delete(1),
      reader.remove(1),
      reader.createFeedback({}),
      reader.updateFeedback(1, {}),
      reader.deleteFeedback(1),
      reader.updateMessage(1, {}),
    ]) {
      expect(await thrown(call)).toBeInstanceOf(PermissionDeniedError)
    }
    const error = (await thrown(sight(UNKNOWN_KEY, send).list())) as AuthenticationError
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).not.toBeInstanceOf(SubscriptionError)
  })

  test('a read-only handler refuses every write and answers every read', async () => {
    const { v1, ask, store } = newWorld(storeOf(1), { readOnly: true })
    const before = JSON.stringify([...store])
    for (const call of [v1.rename(1, 'x'), v1.mark(1), v1.createFeedback({}), v1.deleteFeedback(1)]) {
      expect(((await thrown(call)) as PermissionDeniedError).body).toEqual({
        detail: 'You do not have permission to perform this action.',
      })
    }
    expect((await ask('POST', '/api/track/', {})).status).toBe(403)
    expect((await v1.list()).count).toBe(1)
    expect(JSON.stringify([...store])).toBe(before)
  })

  test('reads wait and try again, writes never', async () => {
    const { send } = newWorld(storeOf(1))
    const run = async (failures: Response[], call: (it: AgentSight) => Promise<unknown>) => {
      const waits: number[] = []
      let sent = 0
      const left = failures.slice()
      const client = new AgentSight({
        apiKey: WRITE_KEY,
        sleep: async (seconds) => void waits.push(seconds),
        send: async (request) => {
          sent++
          return left.shift() ?? send(request)
        },
      })
      const error = await call(client).then(
        () => null,
        (it: Error) => it.constructor,
      )
      return { waits, sent, error }
    }
    const slow = (seconds: string) =>
      Response.json({ detail: 'slow' }, { status: 429, headers: { 'Retry-After': seconds } })
    const broken = () => Response.json({ detail: 'broken' }, { status: 503 })
    expect(await run([slow('3'), slow('90')], (it) => it.list())).toEqual({ waits: [3, 30], sent: 3, error: null })
    expect(await run([broken(), broken()], (it) => it.list())).toEqual({ waits: [0.5, 2], sent: 3, error: null })
    expect(await run([broken(), broken(), broken()], (it) => it.list())).toMatchObject({ sent: 3, error: ServerError })
    expect(await run([broken()], (it) => it.mark(1))).toEqual({ waits: [], sent: 1, error: ServerError })
    expect(await run([slow('1')], (it) => it.mark(1))).toEqual({ waits: [], sent: 1, error: RateLimitError })
  })
})
