/** Faults on purpose. */
import { describe, expect, test } from 'vitest'
import { InvalidQueryError } from '../../src/base/errors.ts'
import { faults, type InjectedFaultOptions } from '../../src/http/index.ts'
import { row, serving } from './asking.ts'

const LIST = '/api/conversations/'

test('a status comes so many times, for one route', async () => {
  const { get, post, store } = serving([row('a')], {
    faults: faults({ route: 'POST /api/track/', status: 429, count: 2 }),
  })
  const send = () => post('/api/track/', { conversation: 1, sender: 'agent', content: 'x' })
  expect((await get(LIST)).status).toBe(200)
  const throttled = await send()
  expect([throttled.status, throttled.headers.get('retry-after'), Object.keys(throttled.body)]).toEqual([
    429,
    '1',
    ['detail'],
  ])
  expect((await send()).status).toBe(429)
  expect(store.get(1)?.messages).toHaveLength(0)
  expect((await send()).status).toBe(201)
})

test('any status, with or without Retry-After, before anyone is asked for a key', async () => {
  const { handler, get } = serving()
  const end = handler.faults({ status: 503, retryAfter: 7 })
  const answer = await get(LIST, { authorization: '' })
  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([
    503,
    '7',
    'application/json',
  ])
  end()
  end()
  expect((await get(LIST)).status).toBe(200)
  handler.faults(faults({ status: 500, count: 1 }))
  expect((await get('/nothing')).headers.get('retry-after')).toBe(null)
})

test('a lost connection rejects with a TypeError: before the write, or after it', async () => {
  const { handler, post, store } = serving([row('a')])
  const send = () => post('/api/track/', { conversation: 1, sender: 'agent', content: 'x' })
  handler.faults({ drop: true, count: 1 })
  await expect(send()).rejects.toThrow(TypeError)
  expect(store.get(1)?.messages).toHaveLength(0)
  handler.faults({ drop: 'after', count: 1 })
  await expect(send()).rejects.toThrow(TypeError)
  expect(store.get(1)?.messages).toHaveLength(1)
  expect((await send()).status).toBe(201)
})

test('a lost connection rejects where pages may call too', async () => {
  const { get } = serving([], { cors: ['https://app.test'], faults: [faults({ drop: true })] })
  await expect(get(LIST)).rejects.toThrow(TypeError)
})

test('latency waits, and ends with the signal of the fault or of the request', async () => {
  const { handler, get } = serving()
  const end = handler.faults({ latency: 30 })
  const before = performance.now()
  expect((await get(LIST)).status).toBe(200)
  // Timers may come a millisecond early.
  expect(performance.now() - before).toBeGreaterThan(28)
  end()
  const controller = new AbortController()
  handler.faults({ latency: 1e8, signal: controller.signal })
  const waiting = get(LIST)
  controller.abort()
  expect((await waiting).status).toBe(200)
  expect((await get(LIST)).status).toBe(200)
  handler.faults({ latency: 1e8 })
  const gone = new AbortController()
  const left = handler(new Request(`http://x${LIST}`, { signal: gone.signal }))
  gone.abort()
  expect((await left).status).toBe(401)
})

test('the same seed draws the same', async () => {
  const draws = async (seed: number | undefined) => {
    const { get } = serving([], {
      faults: faults({ probability: 0.5, status: 500, ...(seed !== undefined && { seed }) }),
    })
    const statuses = []
    for (let i = 0; i < 40; i++) statuses.push((await get(LIST)).status)
    return statuses
  }
  const first = await draws(7)
  expect(await draws(7)).toEqual(first)
  expect(await draws(8)).not.toEqual(first)
  expect(await draws(undefined)).toEqual(await draws(1))
  const failed = first.filter((status) => status === 500).length
  expect(failed).toBeGreaterThan(8)
  expect(failed).toBeLessThan(32)
  expect((await serving([], { faults: faults({ probability: 0, status: 500 }) }).get(LIST)).status).toBe(200)
})

describe('routes', () => {
  test.each<[string | undefined, readonly number[]]>([
    [undefined, [500, 500, 500]],
    ['/api/conversations/{pk}/', [200, 500, 500]],
    ['GET /api/conversations/{pk}/', [200, 500, 500]],
    ['DELETE /api/conversations/{pk}/', [200, 200, 200]],
    ['/api/conversations/2/', [200, 200, 500]],
    ['/api/conversations/', [500, 200, 200]],
  ])('%s', async (route, expected) => {
    for (const basePath of ['', '/mock']) {
      const fault = faults({ status: 500, ...(route !== undefined && { route }) })
      const { get } = serving([row('a'), row('b')], { faults: [fault], basePath })
      const statuses = []
      for (const path of [LIST, `${LIST}1/`, `${LIST}2/`]) statuses.push((await get(basePath + path)).status)
      expect(statuses).toEqual(expected)
    }
  })
})

describe('stale reads', () => {
  test('a new conversation is seen after so many reads', async () => {
    const { get, post } = serving([row('a')], { faults: faults({ staleReads: 2 }) })
    const { body } = await post(LIST, { conversation_id: 'b' })
    expect(body.id).toBe(2)
    expect((await get(LIST)).body).toMatchObject({ count: 1, results: [{ id: 1 }] })
    expect((await get(`${LIST}2/`)).status).toBe(404)
    expect((await get(`${LIST}2/`)).status).toBe(200)
    expect((await get(LIST)).body.count).toBe(2)
  })

  test('writes see it, and only reads of the route are stale', async () => {
    const { get, post } = serving([], { faults: faults({ staleReads: 1, route: `GET ${LIST}` }) })
    await post('/api/track/', { conversation_id: 'a', sender: 'agent', content: 'x' })
    expect((await post('/api/track/', { conversation: 1, sender: 'agent', content: 'y' })).status).toBe(201)
    expect((await get(`${LIST}lookup/?conversation_id=a`)).status).toBe(200)
    expect((await get(LIST)).body.count).toBe(0)
    expect((await get(LIST)).body.count).toBe(1)
  })

  test('count says of how many conversations, and an abort shows all', async () => {
    const controller = new AbortController()
    const { get, post } = serving([], { faults: faults({ staleReads: 100, count: 1, signal: controller.signal }) })
    await post(LIST, { conversation_id: 'a' })
    await post(LIST, { conversation_id: 'b' })
    expect((await get(LIST)).body.results).toMatchObject([{ id: 2 }])
    controller.abort()
    expect((await get(LIST)).body.count).toBe(2)
  })
})

test('a route that there is not is refused, with the nearest', () => {
  const fault = faults({ route: 'POST /api/trak/', status: 500 })
  const texts = ['There is no route "/api/trak/". Did you mean "/api/track/"?', 'faults.route']
  for (const use of [() => serving([], { faults: fault }), () => serving().handler.faults(fault)]) {
    expect(use).toThrow(expect.objectContaining({ message: texts[0], parameter: texts[1] }))
  }
})

test('a name that is none is told with the nearest, in whole sentences', () => {
  expect(() => faults({ statsu: 500 } as never)).toThrow(
    expect.objectContaining({
      message: 'There is no option "statsu". Did you mean "status"?',
    }),
  )
})

test('plain options do as well', async () => {
  expect((await serving([], { faults: { status: 500 } }).get(LIST)).status).toBe(500)
  expect((await serving([], { faults: [{ status: 501, route: '/api/me/' }] }).get('/api/me/')).status).toBe(501)
})

test.each<[string, object]>([
  ['faults', {}],
  ['faults', { route: '/api/track/' }],
  ['faults', { latency: 0 }],
  ['faults', { stattus: 500 }],
  ['faults.route', { status: 500, route: 'track' }],
  ['faults.count', { status: 500, count: -1 }],
  ['faults.probability', { status: 500, probability: 2 }],
  ['faults.status', { status: 200 }],
  ['faults.latency', { latency: Number.NaN }],
  ['faults.drop', { drop: 'before' }],
  ['faults.staleReads', { staleReads: 0 }],
  ['faults.seed', { status: 500, seed: 0.5 }],
  ['faults.signal', { status: 500, signal: {} }],
])('%s: %j is refused', (parameter, options) => {
  expect(() => faults(options as InjectedFaultOptions)).toThrow(InvalidQueryError)
  expect(() => faults(options as InjectedFaultOptions)).toThrow(expect.objectContaining({ parameter }))
})
