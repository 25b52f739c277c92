/** The routes that list, show and change conversations. */
import { describe, expect, test } from 'vitest'
import { type Json, NOW, READ_KEY, row, serving } from './asking.ts'

const three = [
  row('a', {
    device: 'mobile',
    started_at: '2026-07-01T10:00:00+02:00',
    environment: 'production',
    metadata: { n: 1 },
  }),
  row('b', { device: 'mobile', started_at: '2026-07-02T10:00:00Z', environment: 'lab', extra: 'kept' }),
  row('c', { device: 'desktop', started_at: '2026-07-03T10:00:00Z', is_deleted: true }),
]

const ids = ({ results }: Json) => results.map(({ id }: Json) => id)

describe('GET /api/conversations/', () => {
  test('gives full rows, complete, as they are stored', async () => {
    const stored = {
      messages: [{ sender: 'agent', content: 'hi', action_name: 'pay', action_logs: [{ response: 'ok' }], extra: 1 }],
      feedbacks: [{ sentiment: 'neutral', source: null }],
    }
    const { get, store } = serving([row('a', stored)])
    const before = JSON.stringify(store.get(1))
    const { body } = await get('/api/conversations/')
    expect(body.results).toEqual([
      {
        ...JSON.parse(before),
        agent: 1,
        environment_id: null,
        messages: [
          {
            id: null,
            conversation: 1,
            timestamp: null,
            sender: 'agent',
            content: 'hi',
            action_name: 'pay',
            metadata: null,
            attachments: [],
            button: null,
            feedback: null,
            extra: 1,
            action_logs: [
              {
                id: null,
                action: 1,
                message: null,
                started_at: null,
                ended_at: null,
                duration_ms: null,
                tools_used: null,
                response: 'ok',
                error_message: '',
                metadata: null,
              },
            ],
          },
        ],
        feedbacks: [
          {
            id: null,
            kind: 'conversation',
            agent: 1,
            conversation: 1,
            conversation_id: 'a',
            user: null,
            environment: null,
            environment_id: null,
            sentiment: 'neutral',
            category: null,
            comment: null,
            created_at: null,
            source: null,
            metadata: null,
            message: null,
            topic: null,
            reason: null,
          },
        ],
      },
    ])
    expect(JSON.stringify(store.get(1))).toBe(before)
  })

  test('never alters a key that is there, and keeps one called __proto__', async () => {
    const own = JSON.parse(
      '{"__proto__": {"x": 1}, "agent": "theirs", "environment_id": null, "tickets": [1], "token_usage": 0}',
    )
    const { get } = serving([
      row('a', { ...own, messages: [{ ...own, sender: 'agent', content: '', attachments: null, conversation: 'x' }] }),
    ])
    const { text, body } = await get('/api/conversations/1/')
    expect(body).toMatchObject({ agent: 'theirs', environment_id: null, tickets: [1], token_usage: 0 })
    expect(body.messages[0]).toMatchObject({ attachments: null, action_logs: [], conversation: 'x' })
    expect(text.match(/"__proto__":\{"x":1\}/g)).toHaveLength(2)
  })

  test('gives lean rows, with numbers', async () => {
    const { get } = serving([
      row('a', { messages: [{ sender: 'agent', content: '' }], feedbacks: [{ sentiment: 'neutral' }] }),
    ])
    const { body } = await get('/api/conversations/?full=false')
    expect(body.results[0]).toMatchObject({
      id: 1,
      message_count: 1,
      feedback_count: 1,
      agent: 1,
      environment_id: null,
    })
    expect(body.results[0]).not.toHaveProperty('messages')
    expect(body.results[0]).not.toHaveProperty('feedbacks')
  })

  test('narrows, pages and links', async () => {
    const { get } = serving(three)
    const { body } = await get('/api/conversations/?zz=%C3%BC&device=mobile&page_size=1&empty=')
    expect(Object.keys(body)).toEqual([
      'count',
      'page_size',
      'total_pages',
      'current_page',
      'next',
      'previous',
      'results',
    ])
    expect([body.count, body.page_size, body.total_pages, body.current_page, ids(body)]).toEqual([2, 1, 2, 1, [2]])
    expect(body.next).toBe('http://localhost:8000/api/conversations/?device=mobile&empty=&page=2&page_size=1&zz=%C3%BC')
    expect(body.previous).toBe(null)
    const { body: second } = await get(new URL(body.next).pathname + new URL(body.next).search)
    expect([ids(second), second.next]).toEqual([[1], null])
    expect(second.previous).toBe('http://localhost:8000/api/conversations/?device=mobile&empty=&page_size=1&zz=%C3%BC')
    expect((await get('/api/conversations/?page=3&page_size=1')).body).toEqual({ detail: 'Invalid page.' })
    expect((await get('/api/conversations/?device=none')).body).toMatchObject({ count: 0, total_pages: 1, results: [] })
    expect((await get('/api/conversations/?page_size=1000')).body.page_size).toBe(100)
    expect(ids((await get('/api/conversations/?include_deleted=true')).body)).toEqual([3, 2, 1])
  })

  test('names all that is wrong with its parameters', async () => {
    const { status, body } = await serving(three).get('/api/conversations/?env=staging&is_marked=maybe&page=x')
    expect(status).toBe(400)
    expect(body).toEqual({
      env: ['Select a valid choice. staging is not one of the available choices.'],
      is_marked: ['Enter a valid boolean.'],
    })
  })
})

test('GET /api/conversations/lookup/ finds by the very id, deleted ones too', async () => {
  const { get } = serving([row(' a/b?&c '), row('d', { is_deleted: true })])
  expect(
    (await get(`/api/conversations/lookup/?conversation_id=${encodeURIComponent(' a/b?&c ')}`)).body,
  ).toMatchObject({
    id: 1,
    conversation_id: ' a/b?&c ',
  })
  expect((await get('/api/conversations/lookup/?conversation_id=d')).body).toMatchObject({ id: 2, is_deleted: true })
  expect((await get('/api/conversations/lookup/?conversation_id=x')).status).toBe(404)
  for (const query of ['', '?conversation_id=']) {
    const { status, body } = await get(`/api/conversations/lookup/${query}`)
    expect([status, Object.keys(body)]).toEqual([400, ['conversation_id']])
  }
})

test('GET /api/conversations/{pk}/ shows deleted rows too', async () => {
  const { get } = serving(three)
  expect((await get('/api/conversations/3/?full=false')).body).toMatchObject({
    is_deleted: true,
    tickets: [],
    messages: [],
  })
  expect((await get('/api/conversations/9/')).body).toEqual({ detail: 'Not found.' })
  for (const pk of ['0', '9007199254740993', '-1', '1.0', 'x', '%20', '1%2F2', '１']) {
    expect((await get(`/api/conversations/${pk}/`)).status).toBe(404)
  }
})

describe('changing', () => {
  test('rename trims', async () => {
    const { patch, store } = serving(three)
    const { body } = await patch('/api/conversations/1/rename/', { name: '  new \n', is_marked: true })
    expect(body).toEqual({ id: 1, conversation_id: 'a', name: 'new' })
    expect(store.get(1)).toMatchObject({ name: 'new', is_marked: false })
    for (const name of ['', ' \t', null, undefined]) {
      expect((await patch('/api/conversations/1/rename/', { name })).body).toEqual({
        detail: "Field 'name' cannot be empty.",
      })
    }
    expect(Object.keys((await patch('/api/conversations/1/rename/', { name: 7 })).body)).toEqual(['name'])
    expect((await patch('/api/conversations/1/rename/', { name: 'x'.repeat(256) })).status).toBe(400)
    // Characters are counted, not units.
    expect((await patch('/api/conversations/1/rename/', { name: '😀'.repeat(255) })).status).toBe(200)
    expect((await patch('/api/conversations/1/rename/', { name: '😀'.repeat(256) })).status).toBe(400)
    expect((await patch('/api/conversations/9/rename/', { name: 'x' })).status).toBe(404)
    expect((await patch('/api/conversations/9/rename/', { name: '' })).status).toBe(400)
  })

  test('mark', async () => {
    const { post, store } = serving(three)
    expect((await post('/api/conversations/3/mark/', { is_marked: true })).body).toEqual({
      id: 3,
      conversation_id: 'c',
      is_marked: true,
    })
    expect(store.get(3)).toMatchObject({ is_marked: true, is_deleted: true })
    for (const body of [{}, { is_marked: null }]) {
      expect((await post('/api/conversations/1/mark/', body)).body).toEqual({ detail: "Missing field 'is_marked'." })
    }
    expect(Object.keys((await post('/api/conversations/1/mark/', { is_marked: 'true' })).body)).toEqual(['is_marked'])
  })

  test('update changes what can be changed, and says which that was', async () => {
    const { patch, store } = serving(three)
    const sent = {
      metadata: { a: null, b: false, c: 0, d: '' },
      name: ' n ',
      customer_id: null,
      conversation_id: 'z',
      started_at: '2020-01-01',
      agent: 9,
      nonsense: [],
    }
    const { body } = await patch('/api/conversations/1/update/', sent)
    expect(body).toEqual({
      id: 1,
      conversation_id: 'a',
      updated_fields: ['name', 'customer_id', 'metadata'],
      name: 'n',
      customer_id: null,
      metadata: { a: null, b: false, c: 0, d: '' },
    })
    expect(store.get(1)).toMatchObject({ conversation_id: 'a', name: 'n', metadata: sent.metadata })
    expect((await patch('/api/conversations/1/update/', { agent: 1 })).body).toEqual({
      id: 1,
      conversation_id: 'a',
      updated_fields: [],
    })
    const before = store.get(1)
    const wrong = { device: 1, is_marked: null, metadata: false, name: 'x'.repeat(256) }
    const refused = await patch('/api/conversations/1/update/', wrong)
    expect([refused.status, Object.keys(refused.body).sort()]).toEqual([400, Object.keys(wrong).sort()])
    expect(store.get(1)).toBe(before)
    expect((await patch('/api/conversations/1/update/', { metadata: null })).body.metadata).toBe(null)
  })

  test.each(['/api/conversations/1/delete/', '/api/conversations/1/'])(
    'DELETE %s deletes softly, once',
    async (path) => {
      const { del, get, store } = serving(three)
      const answer = { id: 1, conversation_id: 'a', is_deleted: true, deleted_at: NOW }
      expect((await del(path)).body).toEqual(answer)
      const row = store.get(1)
      expect((await del(path)).body).toEqual(answer)
      expect(store.get(1)).toBe(row)
      expect((await get('/api/conversations/')).body.count).toBe(1)
      expect((await del(path.replace('1', '9'))).status).toBe(404)
    },
  )
})

test('a soft deletion is taken back, once', async () => {
  const { del, get, post, store } = serving(three)
  const path = '/api/conversations/1/restore/'
  const answer = { id: 1, conversation_id: 'a', is_deleted: false, deleted_at: null }
  await del('/api/conversations/1/')
  expect(await post(path, {})).toMatchObject({ status: 200, body: answer })
  const row = store.get(1)
  expect(row).toMatchObject({ is_deleted: false, deleted_at: null })
  expect((await post(path, {})).body).toEqual(answer)
  expect(store.get(1)).toBe(row)
  expect((await get('/api/conversations/')).body.count).toBe(2)
  expect((await post('/api/conversations/9/restore/', {})).status).toBe(404)
})

describe('metadata', () => {
  const rows = [
    row('a', { metadata: { plan: { tier: 1 }, tags: ['x', 'y'], 'a.b': 'dotted', none: {} } }),
    row('b', { metadata: { plan: { tier: '1' }, é: null } }),
    row('c', { metadata: { plan: { tier: 2 } }, is_deleted: true }),
    row('d', { metadata: null, messages: [{ sender: 'agent', content: '', metadata: { m: { n: 1 } } }] }),
  ]

  test('keys are counted as rows change', async () => {
    const { get, store } = serving(rows)
    const keys = async (of = '') => (await get(`/api/conversations/${of}metadata-keys/`)).body
    expect(await keys()).toEqual({ keys: ['plan.tier', '"a.b"', 'none', 'tags', 'é'] })
    expect(await keys('message-')).toEqual({ keys: ['m.n'] })
    store.delete('a')
    store.addMessage('b', { sender: 'agent', content: '', metadata: { z: 1 } })
    store.addMessage('b', { sender: 'agent', content: '', metadata: { z: 1, m: 1 } })
    expect(await keys()).toEqual({ keys: ['plan.tier', 'é'] })
    expect(await keys('message-')).toEqual({ keys: ['z', 'm', 'm.n'] })
    store.restore('a')
    store.purge('b')
    expect(await keys()).toEqual({ keys: ['"a.b"', 'none', 'plan.tier', 'tags'] })
    expect(await keys('message-')).toEqual({ keys: ['m.n'] })
    store.clear()
    expect(await keys()).toEqual({ keys: [] })
  })

  test('what is offered can be asked, keys with dots at any depth too', async () => {
    const document = {
      'gen_ai.request.model': 'm-1',
      attributes: { 'a.b': { c: 2, 'd.e.': true } },
      ' edges ': 'x',
      '': 'empty',
      'say "hi"': 'quoted',
      '"starts': 'unsayable',
      'a.b"c': 'unsayable',
    }
    const { get } = serving([row('a', { metadata: document }), row('b')])
    const { keys } = (await get('/api/conversations/metadata-keys/')).body
    expect(keys).toEqual(
      ['"gen_ai.request.model"', 'attributes."a.b".c', 'attributes."a.b"."d.e."', '" edges "', '""', 'say "hi"'].sort(),
    )
    for (const key of keys) {
      const { values } = (await get(`/api/conversations/metadata-values/?${new URLSearchParams({ key })}`)).body
      expect(values).toHaveLength(1)
      const [value] = values
      for (const query of [{ metadata: `${key}:${value}` }, { metadata_key: key, metadata_value: String(value) }])
        expect((await get(`/api/conversations/?${new URLSearchParams(query)}`)).body.count).toBe(1)
    }
  })

  test('of many keys the 200 most used ones are given', async () => {
    const name = (at: number) => `k${String(at).padStart(4, '0')}`
    const rows = Array.from({ length: 3 }, (_, n) =>
      row(`r${n}`, { metadata: Object.fromEntries(Array.from({ length: 900 }, (_, at) => [name(at * (n + 1)), 1])) }),
    )
    const uses = new Map<string, number>()
    for (const { metadata } of rows)
      for (const key of Object.keys(metadata as object)) uses.set(key, (uses.get(key) ?? 0) + 1)
    const expected = [...uses].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 200)
    const { body } = await serving(rows).get('/api/conversations/metadata-keys/')
    expect(body.keys).toEqual(expected.map(([key]) => key))
  })

  test('values are distinct, typed and counted as rows change', async () => {
    const { get, store } = serving(rows)
    const values = async (key: string) => (await get(`/api/conversations/metadata-values/?key=${key}`)).body
    expect(await values('plan.tier')).toEqual({ key: 'plan.tier', values: ['1', 1] })
    expect((await values('tags.1')).values).toEqual(['y'])
    expect((await values('%22a.b%22')).values).toEqual(['dotted'])
    expect((await values('a.b')).values).toEqual([])
    expect((await values('%C3%A9')).values).toEqual([null])
    for (const key of ['plan', 'tags', 'nope', '__proto__', 'constructor.name'])
      expect((await values(key)).values).toEqual([])
    store.restore('c')
    store.update('a', { metadata: { plan: { tier: 2 } } })
    expect((await values('plan.tier')).values).toEqual([2, '1'])
    expect((await get('/api/conversations/metadata-values/')).status).toBe(400)
    for (const key of ['%22a', '%22a%22b', 'a.%22b'])
      expect(await get(`/api/conversations/metadata-values/?key=${key}`)).toMatchObject({
        status: 400,
        body: { key: [expect.stringMatching(/^key: expected /)] },
      })
  })

  test('paths that are asked for at once do not push each other out', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)
    const { get } = serving([row('a', { metadata: Object.fromEntries(keys.map((key, at) => [key, at])) })])
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(keys.map((key) => get(`/api/conversations/metadata-values/?key=${key}`)))
      expect(answers.map(({ body }) => body.values)).toEqual(keys.map((_, at) => [at]))
    }
  })
})

test('GET /api/me/ says who asks', async () => {
  const { get } = serving([], { id: 7, name: 'Shop' })
  expect((await get('/api/me/')).body).toEqual({
    agent_id: 7,
    agent_name: 'Shop',
    role: 'write',
    environments: [
      { id: 1, slug: 'production', name: 'Production', is_production: true, created_at: NOW, updated_at: NOW },
      { id: 2, slug: 'development', name: 'Development', is_production: false, created_at: NOW, updated_at: NOW },
    ],
    capabilities: ['gzip-ingest'],
  })
  const reader = await get('/api/me/', { authorization: `Api-Key ${READ_KEY}` })
  expect(reader.body).toMatchObject({ role: 'read', capabilities: ['gzip-ingest'] })
})

describe('/api/track/{id}/', () => {
  const messages = [
    { id: 5, sender: 'agent', content: 'five', metadata: { a: 1 } },
    { id: 6, sender: 'end_user', content: 'six' },
  ]

  test('shows and changes a message', async () => {
    const { get, patch, post, store } = serving([row('a', { messages })])
    expect((await get('/api/track/6/')).body).toMatchObject({ id: 6, conversation: 1, content: 'six', metadata: null })
    const { body } = await patch('/api/track/5/', { metadata: { b: [1] }, content: 'changed' })
    expect(body).toMatchObject({ id: 5, content: 'five', metadata: { b: [1] } })
    expect(store.get(1)?.messages[0]).toMatchObject({ id: 5, content: 'five', metadata: { b: [1] } })
    const { body: added } = await post('/api/track/', { conversation: 1, sender: 'agent', content: 'seven' })
    expect((await get(`/api/track/${added.id}/`)).body.content).toBe('seven')
    expect((await patch('/api/track/5/', {})).status).toBe(400)
    expect((await patch('/api/track/5/', { metadata: 'x' })).status).toBe(400)
    store.purge(1)
    expect((await get('/api/track/6/')).status).toBe(404)
  })

  test('of messages with one id, that of the least conversation is meant', async () => {
    const { get, store } = serving([row('b', { id: 9, messages }), row('a', { id: 3, messages })])
    expect((await get('/api/track/5/')).body.conversation).toBe(3)
    store.purge(3)
    expect((await get('/api/track/5/')).body.conversation).toBe(9)
  })
})
