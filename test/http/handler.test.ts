/** Who may ask what, how requests are judged, and what a handler is told. */
import { describe, expect, test } from 'vitest'
import { InvalidQueryError } from '../../src/base/errors.ts'
import { AgentState, type AgentsOptions, createHandler, type OneAgentOptions } from '../../src/http/index.ts'
import { ROUTES } from '../../src/http/routes.ts'
import { ConversationStore } from '../../src/index.ts'
import { ask, KEY, READ_KEY, row, serving } from './asking.ts'

const NO_KEY = { status: 401, body: { detail: 'Authentication credentials were not provided.' } }
const BAD_KEY = { status: 401, body: { detail: 'Invalid API key.' } }
const FORBIDDEN = { status: 403, body: { detail: 'You do not have permission to perform this action.' } }

const paths = Object.keys(ROUTES).map((pattern) =>
  pattern
    .replace('{pk}', '1')
    .replace('{id}', '1')
    .replace(/\{\w+\}/, 'f'),
)

describe('keys', () => {
  test.each([
    ['', NO_KEY],
    ['Api-Key', NO_KEY],
    ['Api-Key ', NO_KEY],
    [`Bearer ${KEY}`, NO_KEY],
    [KEY, NO_KEY],
    ['Api-Key x', BAD_KEY],
    [`Api-Key ${KEY}x`, BAD_KEY],
    [`Api-Key ${KEY.slice(0, -1)}`, BAD_KEY],
    [`Api-Key ${KEY} ${KEY}`, BAD_KEY],
    [`Api-Key ${KEY.toUpperCase()}`, BAD_KEY],
    [`api-key   ${KEY} `, { status: 200 }],
  ])('%j', async (authorization, expected) => {
    expect(await serving().get('/api/me/', { authorization })).toMatchObject(expected)
  })

  test('none given: the handler is open, and any header will do', async () => {
    const handler = createHandler(new ConversationStore())
    for (const authorization of ['', 'Bearer x', 'Api-Key y']) {
      expect((await ask(handler, 'GET', '/api/me/', undefined, { authorization })).body.role).toBe('write')
    }
    expect((await handler(new Request('http://localhost/api/conversations/'))).status).toBe(200)
  })

  test.each(paths)('%s: a key that reads may not write, and no key comes first', async (path) => {
    const { handler, store } = serving([row('a')], { strict: true })
    const headers = { authorization: `Api-Key ${READ_KEY}` }
    const before = JSON.stringify([...store])
    for (const verb of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']) {
      const noKey = path === '/api/ingest/' ? { ...NO_KEY, status: 403 } : NO_KEY
      expect(await ask(handler, verb, `${path}?nonsense=1`, undefined, { authorization: '' })).toMatchObject(noKey)
      const { status, body } = await ask(handler, verb, `${path}?nonsense=1`, verb === 'GET' ? undefined : '{', headers)
      const route = ROUTES[Object.keys(ROUTES)[paths.indexOf(path)]!]!
      if (!(verb in route)) expect([status, body]).toEqual([405, { detail: `Method "${verb}" not allowed.` }])
      else if (verb === 'GET' && !/imports\/(f\/)?$/.test(path))
        expect([status, Object.keys(body)]).toEqual([400, ['nonsense']])
      else expect({ status, body }).toEqual(FORBIDDEN)
    }
    expect(JSON.stringify([...store])).toBe(before)
  })

  test('a handler that only reads refuses every write, and says so', async () => {
    const { post, get } = serving([], { readOnly: true })
    expect(await post('/api/track/', '{')).toMatchObject(FORBIDDEN)
    expect((await get('/api/me/')).body).toMatchObject({ role: 'read' })
  })
})

describe('paths and verbs', () => {
  test.each([
    '/',
    '/api',
    '/api/',
    '/api/nothing/',
    '/api/conversations//',
    '/api/conversations/a',
    '/api/conversations/1/rename/x',
    '/api/Conversations/',
    '/api/constructor/',
    '/__proto__/',
    '/api/conversations/constructor/',
    '/api/conversations/1/__proto__/',
    '/api/files//',
    '/api/files/a/b/',
    '/conversations/',
  ])('%s is unknown, whatever the key', async (path) => {
    const { handler } = serving([row('a')])
    for (const authorization of ['', `Api-Key ${KEY}`]) {
      expect(await ask(handler, 'POST', path, {}, { authorization })).toMatchObject({
        status: 404,
        body: { detail: 'Not found.' },
      })
    }
  })

  test.each([
    '/api/conversations',
    '/api/conversations/1',
    '/api/conversations/lookup',
    '/api/conversations/1/rename',
    '/api/feedbacks/1',
    '/api/files/abc',
    '/api/me',
  ])('%s lacks its last slash, and the 404 says so', async (path) => {
    const { handler } = serving([row('a')])
    for (const verb of ['GET', 'POST', 'DELETE'])
      expect(await ask(handler, verb, `${path}?x=1`)).toMatchObject({
        status: 404,
        body: { detail: `Not found. Did you mean "${path}/"?` },
      })
  })

  test('a missing slash under a base path is named with it; a long path is not repeated', async () => {
    const { handler } = serving([row('a')], { basePath: '/mock' })
    expect((await ask(handler, 'GET', '/mock/api/me')).body).toEqual({
      detail: 'Not found. Did you mean "/mock/api/me/"?',
    })
    expect((await ask(handler, 'GET', '/api/me')).body).toEqual({ detail: 'Not found.' })
    const long = `/mock/api/conversations/${'1'.repeat(1_000)}`
    expect((await ask(handler, 'GET', long)).body).toEqual({ detail: 'Not found.' })
  })

  test('a 405 says what is allowed', async () => {
    const { handler } = serving([row('a')])
    const answer = await ask(handler, 'PUT', '/api/conversations/1/')
    expect(answer.body).toEqual({ detail: 'Method "PUT" not allowed.' })
    expect(answer.headers.get('allow')).toBe('GET, DELETE, HEAD')
    expect((await ask(handler, 'GET', '/api/track/')).headers.get('allow')).toBe('POST')
    expect((await ask(handler, 'HEAD', '/api/track/')).status).toBe(405)
    expect(
      (
        await handler(
          new Request('http://x/api/me/', { method: 'constructor', headers: { authorization: `Api-Key ${KEY}` } }),
        )
      ).status,
    ).toBe(405)
  })

  test('HEAD answers as GET, without a body', async () => {
    const { handler } = serving([row('a')])
    for (const path of ['/api/conversations/', '/api/conversations/9/', '/api/conversations/?page=7']) {
      const [head, get] = [await ask(handler, 'HEAD', path), await ask(handler, 'GET', path)]
      expect([head.status, [...head.headers], head.text]).toEqual([get.status, [...get.headers], ''])
    }
  })

  test('a broken percent escape in a path is a 400', async () => {
    for (const path of ['/api/conversations/%/', '/api/conversations/%E0%A4/', '/%zz']) {
      const { status, body } = await serving().get(path)
      expect([status, Object.keys(body)]).toEqual([400, ['detail']])
    }
  })

  test('no body is read where none is taken', async () => {
    const { del } = serving([row('a')])
    const { handler } = serving([row('a')])
    expect((await del('/api/conversations/1/')).status).toBe(200)
    expect((await ask(handler, 'DELETE', '/api/conversations/1/', '{')).status).toBe(200)
  })
})

describe('bodies', () => {
  test.each([
    ['broken JSON', '{"a":', 'detail'],
    ['no JSON', 'hello', 'detail'],
    ['a list', '[]', 'detail'],
    ['null', 'null', 'detail'],
    ['a text', '"a"', 'detail'],
    ['broken UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'detail'],
    ['nothing', '', 'sender'],
    ['an empty object', '{}', 'sender'],
  ])('%s is a 400', async (_, body, field) => {
    const { post } = serving()
    const answer = await post('/api/track/', body)
    expect(answer.status).toBe(400)
    expect(answer.body).toHaveProperty(field)
    expect(answer.text).not.toMatch(/\bat \w|SyntaxError|position/)
  })

  test('a body that breaks off, or was read already, is a 400', async () => {
    const { handler } = serving()
    const breaking = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"content":'))
        controller.error(new Error('secret'))
      },
    })
    const init = { method: 'POST', headers: { authorization: `Api-Key ${KEY}` }, duplex: 'half' } as const
    const broken = await handler(new Request('http://x/api/track/', { ...init, body: breaking } as RequestInit))
    expect([broken.status, await broken.text()]).toEqual([400, '{"detail":"The body could not be read to its end."}'])
    const read = new Request('http://x/api/track/', { ...init, body: '{}' })
    await read.text()
    expect((await handler(read)).status).toBe(400)
  })
})

describe('several agents', () => {
  const OTHER = `ags_${'9'.repeat(32)}_abcdef`
  const several = (options: Omit<AgentsOptions, 'agents'> = {}) => {
    const stores = [
      ConversationStore.from([row('a', { id: 5 })]),
      ConversationStore.from([row('a', { id: 6 })]),
    ] as const
    const handler = createHandler({
      agents: [
        { id: 10, name: 'One', store: stores[0], keys: { [KEY]: 'write' } },
        { id: 20, name: 'Two', store: stores[1], keys: new Map([[OTHER, 'write' as const]]) },
      ],
      ...options,
    })
    const as = (key: string) => (verb: string, path: string, body?: unknown) =>
      ask(handler, verb, path, body, { authorization: `Api-Key ${key}` })
    return { stores, one: as(KEY), two: as(OTHER) }
  }

  test('are told apart by their keys, and see nothing of each other', async () => {
    const { stores, one, two } = several()
    expect((await one('GET', '/api/me/')).body).toMatchObject({ agent_id: 10, agent_name: 'One' })
    expect((await two('GET', '/api/conversations/')).body.results).toMatchObject([{ id: 6, agent: 20 }])
    const { body: sent } = await one('POST', '/api/attachments/', {
      attachments: [{ filename: 'f', mime_type: 'text/plain', data: 'QQ==' }],
      sender: 'agent',
      conversation: 5,
    })
    await one('POST', '/api/feedbacks/', { kind: 'agent', agent: 10, sentiment: 'neutral' })
    await one('POST', '/api/feedbacks/', { kind: 'conversation', conversation: 5, sentiment: 'neutral' })
    const foreign = [
      '/api/conversations/5/',
      '/api/conversations/5/attachments/',
      `/api/track/${sent.id}/`,
      '/api/feedbacks/1/',
      '/api/feedbacks/2/',
      new URL(sent.attachments[0].file_url).pathname,
    ]
    for (const path of foreign) {
      expect([path, (await one('GET', path)).status]).toEqual([path, 200])
      expect([path, (await two('GET', path)).status]).toEqual([path, 404])
    }
    expect((await two('GET', '/api/feedbacks/')).body.count).toBe(0)
    expect((await two('POST', '/api/feedbacks/', { kind: 'agent', agent: 10, sentiment: 'neutral' })).status).toBe(400)
    for (const [verb, path, body] of [
      ['PATCH', '/api/conversations/5/rename/', { name: 'x' }],
      ['PATCH', '/api/conversations/5/update/', { name: 'x' }],
      ['POST', '/api/conversations/5/mark/', { is_marked: true }],
      ['DELETE', '/api/conversations/5/', undefined],
      ['POST', '/api/track/', { conversation: 5, sender: 'agent', content: 'x' }],
      ['PATCH', `/api/track/${sent.id}/`, { metadata: {} }],
      ['DELETE', '/api/feedbacks/1/', undefined],
    ] as const) {
      expect([path, (await two(verb, path, body)).status]).toEqual([path, 404])
    }
    expect([stores[0].get(5)?.name, stores[1].size, stores[1].get(6)?.messages.length]).toEqual([null, 1, 0])
  })
})

describe('options', () => {
  test('a store with a type of metadata is served as any other', async () => {
    const store = ConversationStore.from<{ plan: string }>([
      { conversation_id: 'a', started_at: '2026-01-01', metadata: { plan: 'x' } },
    ])
    expect((await ask(createHandler(store), 'GET', '/api/conversations/?metadata=plan:x')).body.count).toBe(1)
    const agents = [{ store, keys: { [KEY]: 'read' as const } }]
    expect((await ask(createHandler({ agents }), 'GET', '/api/conversations/1/')).body.metadata).toEqual({ plan: 'x' })
  })

  test('pageSize wins over the store, and is cut to its maximum', async () => {
    const rows = Array.from({ length: 40 }, (_, at) => row(`r${at}`))
    const store = ConversationStore.from(rows, { defaultPageSize: 3, maxPageSize: 20 })
    const size = async (options: OneAgentOptions, query = '') =>
      (await ask(createHandler(store, options), 'GET', `/api/conversations/${query}`)).body.page_size
    expect(await size({})).toBe(3)
    expect(await size({ pageSize: 15 })).toBe(15)
    expect(await size({ pageSize: 15 }, '?page_size=2')).toBe(2)
    expect(await size({ pageSize: 50 })).toBe(20)
    const { body } = await ask(createHandler(store, { pageSize: 15 }), 'GET', '/api/conversations/?page=2')
    expect(body.next).toBe('http://localhost:8000/api/conversations/?page=3')
    expect((await ask(createHandler(store, { pageSize: 15 }), 'GET', '/api/feedbacks/')).body.page_size).toBe(15)
  })

  test('strict names the nearest known parameter, together with what else is wrong', async () => {
    const { get, post } = serving([row('a')], { strict: true })
    expect((await get('/api/conversations/?devise=mobile&is_marked=x&__proto__=1')).text).toBe(
      JSON.stringify({
        devise: ['There is no parameter "devise". Did you mean "device"?'],
        is_marked: ['Enter a valid boolean.'],
        ['__proto__']: ['There is no parameter "__proto__".'],
      }),
    )
    expect((await get('/api/feedbacks/?sentimnt=x&user=y')).body).toEqual({
      sentimnt: ['There is no parameter "sentimnt". Did you mean "sentiment"?'],
      user: ['Enter a number.'],
    })
    expect((await get('/api/conversations/1/?full=true')).status).toBe(200)
    expect((await get('/api/conversations/1/?ful=true')).body.ful).toEqual([
      'There is no parameter "ful". Did you mean "full"?',
    ])
    expect((await post('/api/track/?x=1', { conversation: 1, sender: 'agent', content: 'x' })).status).toBe(400)
    for (const query of [
      'full=false',
      'page=1&page_size=1&ordering=id',
      'where=%5B%5D',
      'metadata_key=a&metadata_value=b',
    ]) {
      expect((await get(`/api/conversations/?${query}`)).status).toBe(200)
    }
  })

  test('basePath and baseUrl stand before the paths and in the links', async () => {
    const rows = [row('a'), row('b')]
    const next = async (options: OneAgentOptions, path: string) =>
      (await serving(rows, options).get(`${path}/api/conversations/?page_size=1`)).body.next
    expect(await next({ basePath: '/mock/' }, '/mock')).toBe(
      'http://localhost:8000/mock/api/conversations/?page=2&page_size=1',
    )
    expect(await next({ baseUrl: 'https://a.test/b/' }, '')).toBe(
      'https://a.test/b/api/conversations/?page=2&page_size=1',
    )
    expect(await next({ baseUrl: 'https://a.test', basePath: '/m' }, '/m')).toBe(
      'https://a.test/m/api/conversations/?page=2&page_size=1',
    )
    expect((await serving(rows, { basePath: '/mock' }).get('/api/conversations/')).status).toBe(404)
    expect((await serving(rows, { basePath: '/mock' }).get('/mockapi/conversations/')).status).toBe(404)
  })

  test('cors is off', async () => {
    const { handler } = serving()
    const { headers } = await ask(handler, 'GET', '/api/me/', undefined, { origin: 'https://app.test' })
    expect(headers.get('access-control-allow-origin')).toBe(null)
    const preflight = new Request('http://x/api/me/', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.test', 'access-control-request-method': 'GET' },
    })
    expect((await handler(preflight)).status).toBe(401)
    expect(handler.allowsOrigin('https://app.test')).toBe(false)
  })

  test.each([
    [['https://app.test'], 'https://app.test', 'https://app.test'],
    [['https://app.test'], 'https://evil.test', null],
    [['https://app.test', 'http://localhost:3000'], 'http://localhost:3000', 'http://localhost:3000'],
    ['*', 'https://any.test', '*'],
  ])('cors %j allows %s: %s', async (cors, origin, allowed) => {
    const { handler } = serving([], { cors })
    expect(handler.allowsOrigin(origin)).toBe(allowed !== null)
    const headers = {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type',
    }
    const preflight = await handler(new Request('http://x/api/track/', { method: 'OPTIONS', headers }))
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, allowed])
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
    for (const path of ['/api/me/', '/api/conversations/9/', '/nothing']) {
      const answer = await ask(handler, 'GET', path, undefined, { origin })
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed)
      expect(answer.headers.get('content-type')).toBe('application/json')
    }
    expect((await ask(handler, 'GET', '/api/me/', undefined, { origin, authorization: '' })).status).toBe(401)
  })

  test.each<[string, () => unknown]>([
    ['agents.store', () => createHandler(undefined as never)],
    ['agents.store', () => createHandler({} as never)],
    ['agents', () => createHandler({ agents: [] })],
    ['keys', () => createHandler(new ConversationStore(), { keys: { a: 'admin' as never } })],
    ['keys', () => createHandler(new ConversationStore(), { keys: { '': 'read' } })],
    [
      'agents.keys',
      () => createHandler({ agents: [{ store: new ConversationStore() }, { store: new ConversationStore() }] }),
    ],
    [
      'keys',
      () =>
        createHandler({
          agents: [
            { store: new ConversationStore(), keys: { k: 'read' } },
            { store: new ConversationStore(), keys: { k: 'read' } },
          ],
        }),
    ],
    [
      'agents.id',
      () =>
        createHandler({
          agents: [
            { id: 2, store: new ConversationStore(), keys: { k: 'read' } },
            { store: new ConversationStore(), keys: { l: 'read' } },
          ],
        }),
    ],
    ['keys', () => createHandler({ agents: [{ store: new ConversationStore() }], keys: { k: 'read' } } as never)],
    ['pagesize', () => createHandler(new ConversationStore(), { pagesize: 3 } as never)],
    ['pageSize', () => createHandler(new ConversationStore(), { pageSize: 0 })],
    ['strict', () => createHandler(new ConversationStore(), { strict: 'yes' as never })],
    ['cors', () => createHandler(new ConversationStore(), { cors: '*' })],
    ['cors', () => createHandler(new ConversationStore(), { cors: ['https://a.test/path'] })],
    ['cors', () => createHandler(new ConversationStore(), { cors: ['a.test'] })],
    ['baseUrl', () => createHandler(new ConversationStore(), { baseUrl: 'a.test' })],
    ['basePath', () => createHandler(new ConversationStore(), { basePath: 'mock' })],
    ['environments', () => createHandler(new ConversationStore(), { environments: [''] })],
    ['now', () => createHandler(new ConversationStore(), { now: 5 as never })],
    ['limits.bodyBytes', () => createHandler(new ConversationStore(), { limits: { bodyBytes: -1 } })],
    ['limits.jsonDepth', () => createHandler(new ConversationStore(), { limits: { jsonDepth: 101 } })],
    ['body', () => createHandler(new ConversationStore(), { limits: { body: 1 } as never })],
  ])('a wrong %s is refused at once', (parameter, make) => {
    expect(make).toThrow(InvalidQueryError)
    expect(make).toThrow(expect.objectContaining({ parameter }))
  })

  test.each([[{}], [new Map()], [[]], [null], [Object.create(null)], [new Set()]])(
    'keys without a key do not open a handler: %j',
    (keys) => {
      for (const make of [
        () => createHandler(new ConversationStore(), { keys: keys as never }),
        () => createHandler({ agents: [{ store: new ConversationStore(), keys: keys as never }] }),
      ]) {
        expect(make).toThrow(expect.objectContaining({ code: 'INVALID_VALUE', parameter: 'keys' }))
        expect(make).toThrow('Leave the option "keys" out to let everybody in.')
      }
    },
  )

  test('one store in two agents is an error that names both', () => {
    const store = new ConversationStore()
    for (const second of [{ store }, { state: new AgentState(store) }]) {
      const agents = [
        { id: 3, name: 'Shop', store, keys: { k: 'read' as const } },
        { name: 'Other', store: new ConversationStore(), keys: { l: 'read' as const } },
        { id: 5, name: 'Bank', ...second, keys: { m: 'read' as const } },
      ]
      expect(() => createHandler({ agents })).toThrow(expect.objectContaining({ parameter: 'agents.store' }))
      expect(() => createHandler({ agents })).toThrow('agents 3 ("Shop") and 5 ("Bank") have the same store.')
    }
  })

  test('an error never shows a key', () => {
    const make = () => createHandler(new ConversationStore(), { keys: { [` ${KEY}`]: 'read' } })
    expect(make).toThrow(expect.not.stringContaining(KEY))
  })

  test('nor does an answer, whole or in part, encoded or not', async () => {
    const secret = 'hush-hush-secret'
    const handler = createHandler(new ConversationStore(), { keys: { [KEY]: 'write', [secret]: 'read' }, strict: true })
    const lenient = createHandler(new ConversationStore(), { keys: { [KEY]: 'write', [secret]: 'read' } })
    for (const key of [KEY, secret]) {
      for (const part of [key, key.slice(0, 9), key.toUpperCase()]) {
        for (const sent of [
          part,
          encodeURIComponent(part.replace('-', '%2D')),
          `%25${part.charCodeAt(0).toString(16)}${part.slice(1)}`,
        ]) {
          for (const path of [
            `/api/conversations/?${sent}=1`,
            `/api/conversations/?ordering=${sent}`,
            `/api/conversations/?page=${sent}`,
            `/api/conversations/?where=${sent}`,
            `/api/me/?${sent}=1`,
            `/api/files/${sent}`,
            `/api/${sent}/`,
          ]) {
            for (const each of [handler, lenient]) {
              const { status, text, headers } = await ask(each, 'GET', path)
              const said = status === 200 ? '' : text
              const shown = (said + (headers.get('x-ignored-parameters') ?? '')).toLowerCase()
              expect([path, shown.includes(part.slice(1, 9).toLowerCase())]).toEqual([path, false])
            }
          }
        }
      }
    }
  })

  test.each<[name: string, options: unknown]>([
    ['a list of keys', { keys: [KEY] }],
    ['a set of keys', { keys: new Set([KEY]) }],
    ['a key itself', { keys: KEY }],
    ['a key in the place of its role', { keys: { write: KEY } }],
    ['pairs in a list', { keys: [[KEY, 'write']] }],
    ['a key that is no text', { keys: new Map([[[KEY], 'write']]) }],
    ['no options but a key', KEY],
  ])('nor does it where a key stands in a wrong place: %s', (_, options) => {
    for (const make of [
      () => createHandler(new ConversationStore(), options as OneAgentOptions),
      () => createHandler({ agents: [{ ...(options as object), store: new ConversationStore() }] }),
      () => createHandler({ agents: options as never }),
    ]) {
      expect(make).toThrow(InvalidQueryError)
      expect(make).toThrow(
        expect.toSatisfy(({ message, faults }: InvalidQueryError) => !(message + JSON.stringify(faults)).includes(KEY)),
      )
    }
  })

  test('a clock that gives no time is the fault of the server', async () => {
    const { post } = serving([], { now: () => 'bad' })
    expect(await post('/api/conversations/', { conversation_id: 'a' })).toMatchObject({
      status: 500,
      body: { detail: 'Internal server error.' },
    })
  })
})
