/** What a handler can be told: each option, from outside. */
import { describe, expect, test } from 'vitest'
import { createHandler, faults } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import { AgentSight, RateLimitError, ServerError } from '../clients/v1.ts'
import { newWorld, READ_KEY, thrown, type World, WRITE_KEY } from './world.ts'

type Row = Record<string, unknown>

const OTHER_KEY = 'ags_11111111111111111111111111111111_222222'

const talk = (conversation_id: string, more: object = {}) => ({
  conversation_id,
  started_at: '2026-08-01T10:00:00Z',
  ...more,
})

describe('strict', () => {
  test('names a parameter that is unknown, and the nearest that is not', async () => {
    const { ask } = newWorld(ConversationStore.from([talk('a')]), { strict: true })
    for (const [query, name, near] of [
      ['devise=mobile', 'devise', 'device'],
      ['__proto__=1', '__proto__', ''],
      ['constructor=', 'constructor', ''],
      ['feedback_sentimnt=positive', 'feedback_sentimnt', 'feedback_sentiment'],
    ] as const) {
      const { status, body } = await ask('GET', `/api/conversations/?${query}`)
      expect([query, status]).toEqual([query, 400])
      expect(Object.keys(body)).toEqual([name])
      expect(String(body[name])).toContain(near)
    }
    expect((await ask('GET', '/api/conversations/?device=&page=1&full=true&metadata=a:1')).status).toBe(200)
  })
})

describe('environments', () => {
  test('more of them may be written, asked for and shown', async () => {
    const { tracker, v1, ask } = newWorld(undefined, { environments: ['staging'] })
    await tracker.getOrCreate({ conversation_id: 's', environment: ' Staging ' })
    await tracker.getOrCreate({ conversation_id: 'd' })
    const environments = (await v1.me()).environments as Row[]
    expect(environments.map(({ slug }) => slug)).toEqual(
      expect.arrayContaining(['production', 'development', 'staging']),
    )
    const { results } = await v1.list({ environment: 'staging' })
    expect(results).toMatchObject([
      { conversation_id: 's', environment_id: environments.find(({ slug }) => slug === 'staging')!.id },
    ])
    expect((await ask('GET', '/api/conversations/?env=qa')).body).toEqual({
      env: ['Select a valid choice. qa is not one of the available choices.'],
    })
  })

  test('a slug that nobody named is served with no id', async () => {
    const { v1, store } = newWorld(ConversationStore.from([talk('a', { environment: 'qa' })]))
    expect(await v1.conversation('a')).toMatchObject({ environment: 'qa', environment_id: null })
    expect(store.get('a')).not.toHaveProperty('environment_id')
  })
})

describe('several agents', () => {
  function twoAgents() {
    const [one, two] = [ConversationStore.from([talk('mine')]), ConversationStore.from([talk('yours'), talk('mine')])]
    const handler = createHandler({
      agents: [
        { id: 10, name: 'One', store: one, keys: { [WRITE_KEY]: 'write' } },
        { id: 20, name: 'Two', store: two, keys: { [OTHER_KEY]: 'write', [READ_KEY]: 'read' } },
      ],
    })
    return {
      one,
      two,
      handler,
      first: new AgentSight({ send: handler, apiKey: WRITE_KEY }),
      second: new AgentSight({ send: handler, apiKey: OTHER_KEY }),
    }
  }

  test('each key opens one, and nothing of the others can be reached', async () => {
    const { first, second, one, two, handler } = twoAgents()
    expect(await first.me()).toMatchObject({ agent_id: 10, agent_name: 'One' })
    expect(await second.me()).toMatchObject({ agent_id: 20, agent_name: 'Two' })
    expect((await first.list()).results.map(({ conversation_id, agent }) => [conversation_id, agent])).toEqual([
      ['mine', 10],
    ])
    expect((await second.list()).count).toBe(2)
    const before = [JSON.stringify([...one]), JSON.stringify([...two])]
    for (const call of [
      first.conversation(2),
      first.rename(2, 'x'),
      first.mark(2),
      first.delete(2),
      first.update(2, {}),
    ]) {
      expect(await thrown(call)).toMatchObject({ status: 404 })
    }
    expect([JSON.stringify([...one]), JSON.stringify([...two])]).toEqual(before)

    const feedback = await second.createFeedback({ kind: 'agent', agent: 20, sentiment: 'positive' })
    expect(await thrown(first.feedback(feedback.id as number))).toMatchObject({ status: 404 })
    expect((await first.feedbacks()).count).toBe(0)
    const upload = await handler(
      new Request('http://localhost/api/attachments/', {
        method: 'POST',
        headers: { authorization: `Api-Key ${OTHER_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          conversation_id: 'yours',
          sender: 'agent',
          attachments: [{ filename: 'a.txt', mime_type: 'text/plain', data: 'YQ==' }],
        }),
      }),
    )
    expect([200, 201]).toContain(upload.status)
    const url = String(((await second.attachments('yours')).attachments as Row[])[0]!.file_url)
    const status = async (key: string) =>
      (await handler(new Request(url, { headers: { authorization: `Api-Key ${key}` } }))).status
    expect([await status(WRITE_KEY), await status(OTHER_KEY), await status(READ_KEY)]).toEqual([404, 200, 200])
  })
})

describe('cors', () => {
  const ORIGIN = 'https://app.example.com'
  const preflight = (send: World['send'], origin: string, path = '/api/conversations/1/rename/') =>
    send(
      new Request(`http://localhost${path}`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,content-type',
        },
      }),
    )

  test('off: no page of another origin is let in', async () => {
    const { send, ask } = newWorld(ConversationStore.from([talk('a')]))
    expect((await preflight(send, ORIGIN)).headers.get('access-control-allow-origin')).toBeNull()
    expect(
      (await ask('GET', '/api/me/', undefined, { origin: ORIGIN })).headers.get('access-control-allow-origin'),
    ).toBeNull()
  })

  test('on: those that are named, their preflight without a key', async () => {
    const { send, ask } = newWorld(ConversationStore.from([talk('a')]), { cors: [ORIGIN] })
    const allowed = await preflight(send, ORIGIN)
    expect(allowed.status).toBeLessThan(300)
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(allowed.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization')
    expect((await preflight(send, 'https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    for (const path of ['/api/me/', '/api/conversations/9/', '/api/nothing/']) {
      const { headers } = await ask('GET', path, undefined, { origin: ORIGIN })
      expect([path, headers.get('access-control-allow-origin')]).toEqual([path, ORIGIN])
      expect(headers.get('vary')?.toLowerCase()).toContain('origin')
    }
    const unknown = await ask('GET', '/api/me/', undefined, { origin: ORIGIN, authorization: 'Api-Key x' })
    expect([unknown.status, unknown.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN])
    const evil = await ask('GET', '/api/me/', undefined, { origin: 'https://evil.example' })
    expect(evil.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('all, with keys only', async () => {
    const store = new ConversationStore()
    for (const cors of ['*', ['*']]) {
      expect(() => createHandler(store, { cors } as never)).toThrow(/cors/)
      expect(() => createHandler(store, { cors, keys: { [WRITE_KEY]: 'write' } } as never)).not.toThrow()
    }
  })
})

describe('where it is', () => {
  test('under a path of its own', async () => {
    const { ask } = newWorld(ConversationStore.from(Array.from({ length: 11 }, (_, i) => talk(`${i}`))), {
      basePath: '/mock/v1',
    })
    const { status, body } = await ask('GET', '/mock/v1/api/conversations/')
    expect([status, body.count, body.next]).toEqual([200, 11, 'http://localhost/mock/v1/api/conversations/?page=2'])
    expect((await ask('GET', '/api/conversations/')).status).toBe(404)
    expect((await ask('GET', '/mock/v1/api/conversations')).status).toBe(404)
  })

  test('with links that name another address', async () => {
    const { ask, tracker, v1 } = newWorld(ConversationStore.from(Array.from({ length: 11 }, (_, i) => talk(`${i}`))), {
      baseUrl: 'https://api.example.com',
    })
    expect((await ask('GET', '/api/conversations/')).body.next).toBe(
      'https://api.example.com/api/conversations/?page=2',
    )
    tracker.use('files')
    tracker.trackAttachments([{ filename: 'a', mime_type: 'text/plain', data: Uint8Array.of(1) }])
    await tracker.send()
    const [attachment] = (await v1.attachments('files')).attachments as Row[]
    expect(attachment!.file_url).toMatch(/^https:\/\/api\.example\.com\//)
  })

  test('forwarded headers say nothing', async () => {
    const { ask } = newWorld(ConversationStore.from(Array.from({ length: 11 }, (_, i) => talk(`${i}`))))
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }
    expect((await ask('GET', '/api/conversations/', undefined, headers)).body.next).toBe(
      'http://localhost/api/conversations/?page=2',
    )
  })
})

describe('now', () => {
  test('is the clock of what has no time', async () => {
    const { ask, v1 } = newWorld(undefined, { now: () => new Date('2030-01-02T03:04:05.678Z') })
    await ask('POST', '/api/conversations/', { conversation_id: 'x' })
    const at = '2030-01-02T03:04:05.678000Z'
    expect(await v1.conversation('x')).toMatchObject({ started_at: at, ended_at: at })
    expect(Date.parse(String((await v1.delete('x')).deleted_at))).toBe(Date.parse(at))
    const feedback = await v1.createFeedback({ kind: 'conversation', conversation_id: 'x', sentiment: 'neutral' })
    expect(Date.parse(String(feedback.created_at))).toBe(Date.parse(at))
  })
})

describe('limits', () => {
  const upload = (...sizes: number[]) => ({
    conversation_id: 'a',
    sender: 'agent',
    attachments: sizes.map((size) => ({ filename: 'f', mime_type: 'text/plain', data: btoa('x'.repeat(size)) })),
  })
  const message = (metadata: unknown) => ({ conversation_id: 'a', sender: 'agent', content: 'x', metadata })
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

  /** Beyond the limit and at it. */
  const CASES = [
    ['urlBytes', { urlBytes: 200 }, 414, 'GET', (over: boolean) => [`/api/me/?a=${'x'.repeat(over ? 200 : 20)}`]],
    ['parameters', { parameters: 3 }, 400, 'GET', (over: boolean) => [`/api/conversations/?a&b&c${over ? '&d' : ''}`]],
    [
      'bodyBytes',
      { bodyBytes: 200 },
      413,
      'POST',
      (over: boolean) => ['/api/track/', message({ a: 'x'.repeat(over ? 200 : 1) })],
    ],
    ['jsonDepth', { jsonDepth: 5 }, 400, 'POST', (over: boolean) => ['/api/track/', message(deep(over ? 5 : 4))]],
    [
      'metadataPaths',
      { metadataPaths: 3 },
      400,
      'POST',
      (over: boolean) => ['/api/track/', message({ a: 1, b: { c: 1, d: 1, ...(over && { e: 1 }) } })],
    ],
    ['files', { files: 2 }, 413, 'POST', (over: boolean) => ['/api/attachments/', upload(1, 1, ...(over ? [1] : []))]],
    [
      'attachmentBytes',
      { attachmentBytes: 10 },
      413,
      'POST',
      (over: boolean) => ['/api/attachments/', upload(5, over ? 6 : 5)],
    ],
  ] as const

  test.each(CASES)('%s', async (_, limits, status, method, request) => {
    const { ask, store } = newWorld(undefined, { limits })
    const [path, body] = request(true)
    const refused = await ask(method, path as string, body)
    expect(refused.status).toBe(status)
    expect(refused.body).toBeTypeOf('object')
    expect(store.size).toBe(0)
    const [soundPath, soundBody] = request(false)
    expect([200, 201]).toContain((await ask(method, soundPath as string, soundBody)).status)
  })

  test('files in all are counted over requests', async () => {
    const { ask, store } = newWorld(undefined, { limits: { attachmentBytes: 10 } })
    expect([200, 201]).toContain((await ask('POST', '/api/attachments/', upload(6))).status)
    expect((await ask('POST', '/api/attachments/', upload(5))).status).toBe(413)
    expect(store.get('a')!.messages).toHaveLength(1)
    expect([200, 201]).toContain((await ask('POST', '/api/attachments/', upload(4))).status)
  })

  test('a body is counted while it comes', async () => {
    const { send, store } = newWorld(undefined, { limits: { bodyBytes: 1_000 } })
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          if (pulled > 1_000) controller.close()
          else controller.enqueue(new TextEncoder().encode('x'.repeat(100)))
        },
      },
      { highWaterMark: 0 },
    )
    const response = await send(
      new Request('http://localhost/api/track/', {
        method: 'POST',
        headers: { authorization: `Api-Key ${WRITE_KEY}`, 'content-type': 'application/json' },
        body,
        duplex: 'half',
      } as RequestInit),
    )
    expect(response.status).toBe(413)
    expect(pulled).toBeLessThan(20)
    expect(store.size).toBe(0)
  })
})

describe('faults', () => {
  const sight = (options: Parameters<typeof faults>[0]) => {
    const store = ConversationStore.from([talk('a')])
    const handler = createHandler(store, { keys: { [WRITE_KEY]: 'write' }, faults: faults(options) })
    const waits: number[] = []
    const v1 = new AgentSight({ apiKey: WRITE_KEY, send: handler, sleep: async (seconds) => void waits.push(seconds) })
    return { v1, waits, store, handler }
  }

  test('429 with the seconds to wait, which reads do', async () => {
    const { v1, waits } = sight({ count: 2, status: 429 })
    expect((await v1.list()).count).toBe(1)
    expect(waits).toHaveLength(2)
    for (const seconds of waits) expect(seconds).toBeGreaterThan(0)
  })

  test('500: reads try again, writes do not, and what fails is not done', async () => {
    const { v1, waits, store } = sight({ count: 3, status: 500 })
    expect(await thrown(v1.mark('a'))).toBeInstanceOf(ServerError)
    expect(waits).toEqual([0.5, 2])
    expect(store.get('a')!.is_marked).toBe(false)
    const again = sight({ count: 1, status: 500 })
    expect(await thrown(again.v1.mark(1))).toBeInstanceOf(ServerError)
    expect(again.store.get('a')!.is_marked).toBe(false)
    expect(await again.v1.mark(1)).toMatchObject({ is_marked: true })
    const limited = sight({ count: 1, status: 429 })
    expect(await thrown(limited.v1.mark(1))).toBeInstanceOf(RateLimitError)
  })

  test('a dropped connection rejects with a TypeError', async () => {
    const { v1, handler } = sight({ count: 1, drop: true })
    expect(await thrown(handler(new Request('http://localhost/api/me/')))).toBeInstanceOf(TypeError)
    expect((await v1.list()).count).toBe(1)
  })

  test('a row that was written shows after so many reads', async () => {
    const { v1, handler } = sight({ staleReads: 2 })
    await handler(
      new Request('http://localhost/api/conversations/', {
        method: 'POST',
        headers: { authorization: `Api-Key ${WRITE_KEY}`, 'content-type': 'application/json' },
        body: '{"conversation_id":"new"}',
      }),
    )
    const counts = [await v1.list(), await v1.list(), await v1.list()].map(({ count }) => count)
    expect(counts).toEqual([1, 1, 2])
  })

  test('by chance, the same for the same seed', async () => {
    const statuses = async (seed: number) => {
      const { handler } = sight({ probability: 0.5, seed, status: 500 })
      const found: number[] = []
      for (let i = 0; i < 40; i++) {
        const request = new Request('http://localhost/api/me/', { headers: { authorization: `Api-Key ${WRITE_KEY}` } })
        found.push((await handler(request)).status)
      }
      return found
    }
    const [once, again, other] = [await statuses(1), await statuses(1), await statuses(2)]
    expect(again).toEqual(once)
    expect(other).not.toEqual(once)
    expect(new Set(once)).toEqual(new Set([200, 500]))
  })
})
