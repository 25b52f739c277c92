/** The rules of every route: keys, verbs, slashes, the order of judgement, and answers without a body. */
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import { newWorld, READ_KEY, UNKNOWN_KEY, WRITE_KEY } from './world.ts'

/** Every route, with the verbs it offers. */
const ROUTES: readonly (readonly [path: string, verbs: readonly string[]])[] = [
  ['/api/conversations/', ['GET', 'POST']],
  ['/api/conversations/lookup/', ['GET']],
  ['/api/conversations/metadata-keys/', ['GET']],
  ['/api/conversations/message-metadata-keys/', ['GET']],
  ['/api/conversations/metadata-values/', ['GET']],
  ['/api/conversations/1/', ['GET', 'DELETE']],
  ['/api/conversations/1/attachments/', ['GET']],
  ['/api/conversations/1/rename/', ['PATCH']],
  ['/api/conversations/1/mark/', ['POST']],
  ['/api/conversations/1/update/', ['PATCH']],
  ['/api/conversations/1/delete/', ['DELETE']],
  ['/api/conversations/1/restore/', ['POST']],
  ['/api/track/', ['POST']],
  ['/api/track/1/', ['GET', 'PATCH']],
  ['/api/action_logs/', ['POST']],
  ['/api/buttons/', ['POST']],
  ['/api/attachments/', ['POST']],
  ['/api/conversation-feedbacks/', ['POST']],
  ['/api/feedbacks/', ['GET', 'POST']],
  ['/api/feedbacks/1/', ['GET', 'PATCH', 'DELETE']],
  ['/api/me/', ['GET']],
]
const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const UNKNOWN = [
  '/api/',
  '/api/nothing/',
  '/api/conversations/1/nothing/',
  '/api/conversations/1/rename/x/',
  '/api/conversations/lookup/1/',
  '/api/attachments/1/2/3/',
  '/api/feedbacks/1/x/',
  '/api/me/x/',
  '/API/conversations/',
  '/api//conversations/',
]

function world() {
  const store = ConversationStore.from([
    {
      id: 1,
      conversation_id: 'one',
      started_at: '2026-08-01T10:00:00Z',
      messages: [{ id: 1, content: 'x', sender: 'agent' }],
      feedbacks: [{ id: 1, sentiment: 'positive' }],
    },
  ])
  return newWorld(store)
}

const withKey = (key: string): Record<string, string> => ({ Authorization: key === '' ? '' : `Api-Key ${key}` })
const isDetail = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && typeof (body as { detail: unknown }).detail === 'string'

describe('every route', () => {
  test.each(ROUTES)('%s: 401 first, then 405 with Allow, then 403', async (path, verbs) => {
    const { ask, store } = world()
    const before = JSON.stringify([...store])
    for (const verb of VERBS) {
      const body = verb === 'GET' ? undefined : '{'
      for (const key of ['', UNKNOWN_KEY]) {
        const answer = await ask(verb, path, body, withKey(key))
        expect([verb, answer.status, isDetail(answer.body)]).toEqual([verb, 401, true])
        expect(JSON.stringify(answer.body)).not.toContain('subscription')
      }
      if (verbs.includes(verb)) {
        if (verb === 'GET') continue
        const answer = await ask(verb, path, body, withKey(READ_KEY))
        expect([verb, answer.status]).toEqual([verb, 403])
      } else {
        for (const key of [READ_KEY, WRITE_KEY]) {
          const answer = await ask(verb, path, body, withKey(key))
          expect([verb, answer.status, answer.body]).toEqual([verb, 405, { detail: `Method "${verb}" not allowed.` }])
          const allowed = (answer.headers.get('allow') ?? '').split(',').map((one) => one.trim())
          for (const offered of verbs) expect(allowed).toContain(offered)
          expect(allowed).not.toContain(verb)
        }
      }
    }
    expect(JSON.stringify([...store])).toBe(before)
  })

  test.each(ROUTES)('%s without its slash is 404, never a redirect, whatever the key', async (path) => {
    const { ask, store } = world()
    const before = JSON.stringify([...store])
    for (const key of ['', UNKNOWN_KEY, READ_KEY, WRITE_KEY]) {
      for (const verb of VERBS) {
        const answer = await ask(verb, path.slice(0, -1), verb === 'GET' ? undefined : {}, withKey(key))
        expect([verb, answer.status]).toEqual([verb, 404])
      }
    }
    expect(JSON.stringify([...store])).toBe(before)
  })

  test.each(ROUTES.filter(([, verbs]) => verbs.includes('GET')))('%s: HEAD is GET without a body', async (path) => {
    const { send } = world()
    const url = `http://localhost${path}?conversation_id=one&key=a`
    const ask = (method: string) => send(new Request(url, { method, headers: withKey(READ_KEY) }))
    const [get, head] = [await ask('GET'), await ask('HEAD')]
    expect(head.status).toBe(get.status)
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect(await head.text()).toBe('')
    expect(get.status).toBe(200)
  })

  test.each(UNKNOWN)('%s is 404 whatever the key and the verb', async (path) => {
    const { ask } = world()
    for (const key of ['', UNKNOWN_KEY, READ_KEY, WRITE_KEY]) {
      for (const verb of VERBS) {
        const answer = await ask(verb, path, verb === 'GET' ? undefined : {}, withKey(key))
        expect([verb, answer.status, isDetail(answer.body)]).toEqual([verb, 404, true])
      }
    }
  })

  test('JSON goes out as JSON, in UTF-8', async () => {
    const { send } = world()
    for (const path of ['/api/conversations/', '/api/conversations/9/', '/api/nothing/']) {
      const response = await send(new Request(`http://localhost${path}`, { headers: withKey(WRITE_KEY) }))
      expect(response.headers.get('content-type')).toMatch(/^application\/json\b/)
    }
  })

  test('a bad body is judged before a row that is not there', async () => {
    const { ask } = world()
    for (const [method, path, body] of [
      ['PATCH', 'conversations/9/rename', { name: '' }],
      ['POST', 'conversations/9/mark', {}],
      ['PATCH', 'conversations/9/update', { name: 5 }],
      ['PATCH', 'feedbacks/9', { sentiment: 'meh' }],
    ] as const) {
      expect([path, (await ask(method, `/api/${path}/`, body)).status]).toEqual([path, 400])
      expect([path, (await ask(method, `/api/${path}/`, '{')).status]).toEqual([path, 400])
    }
    expect((await ask('PATCH', '/api/track/9/', '{')).status).toBe(400)
  })

  test('an empty body with the JSON type is not read', async () => {
    const { ask } = world()
    expect((await ask('GET', '/api/conversations/1/')).status).toBe(200)
    expect((await ask('DELETE', '/api/conversations/1/delete/')).status).toBe(200)
    expect((await ask('DELETE', '/api/feedbacks/1/')).status).toBe(204)
  })
})

describe('without keys', () => {
  test('any Authorization header will do, and none', async () => {
    const store = world().store
    const { send } = newWorld(store, { keys: undefined } as never)
    for (const authorization of [undefined, '', 'Api-Key x', 'Bearer y', `Api-Key ${UNKNOWN_KEY}`]) {
      const headers = authorization === undefined ? {} : { Authorization: authorization }
      for (const [method, path, body] of [
        ['GET', '/api/conversations/', undefined],
        ['POST', '/api/conversations/1/mark/', '{"is_marked":true}'],
      ] as const) {
        const request = new Request(`http://localhost${path}`, { method, headers, ...(body !== undefined && { body }) })
        expect((await send(request)).status).toBe(200)
      }
    }
  })
})

describe('keys', () => {
  test.each([
    `Bearer ${WRITE_KEY}`,
    WRITE_KEY,
    'Api-Key',
    'Api-Key ',
    `Api-Key ${WRITE_KEY}x`,
    `Api-Key ${WRITE_KEY.slice(0, -1)}`,
    `Api-Key ${WRITE_KEY.toUpperCase()}`,
    'Api-Key __proto__',
    'Api-Key constructor',
    'Api-Key toString',
  ])('%s is no key', async (authorization) => {
    const { ask } = world()
    expect((await ask('GET', '/api/me/', undefined, { Authorization: authorization })).status).toBe(401)
  })
})
