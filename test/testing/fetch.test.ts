/** A `fetch` that a handler answers. */
import { describe, expect, test, vi } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore, InvalidQueryError } from '../../src/index.ts'
import { createFetch } from '../../src/testing/index.ts'

const API = 'https://api.example.com'

function stubbed(otherwise?: typeof fetch) {
  const store = new ConversationStore()
  return { store, fetch: createFetch(createHandler(store), { origin: API, otherwise }) }
}

describe('requests to the origin', () => {
  test('are answered by the handler, whatever says them', async () => {
    const { store, fetch } = stubbed()
    const body = JSON.stringify({ conversation_id: 'c-1', sender: 'end_user', content: 'Hello' })
    const calls = [
      () => fetch(`${API}/api/track/`, { method: 'POST', body }),
      () => fetch(new URL('/api/track/', API), { method: 'POST', body }),
      () => fetch(new Request(`${API}/api/track/`, { method: 'POST', body })),
      () => fetch(new Request(`${API}/api/track/`), { method: 'POST', body }),
      () => fetch('/api/track/', { method: 'POST', body }),
    ]
    for (const call of calls) expect((await call()).status).toBe(201)
    expect(store.get('c-1')!.messages.length).toBe(calls.length)
    const list = await fetch(`${API}/api/conversations/?message_contains=hello`)
    expect(await list.json()).toMatchObject({ count: 1 })
  })

  test('of several origins, and of an origin as URL', async () => {
    const answer = () => new Response('yes')
    const several = createFetch(answer, { origin: [API, 'http://localhost:8000/'] })
    expect(await (await several('http://localhost:8000/x')).text()).toBe('yes')
    expect(await (await several(`${API}/x`)).text()).toBe('yes')
    const url = createFetch(answer, { origin: new URL(API) })
    expect(await (await url(`${API}:443/x`)).text()).toBe('yes')
  })

  test('are rejected as the handler rejects', async () => {
    const fetch = createFetch(() => Promise.reject(new TypeError('fetch failed')), { origin: API })
    await expect(fetch(API)).rejects.toThrow('fetch failed')
  })

  test('are rejected with the reason of a signal, before and while they are answered', async () => {
    const answered = vi.fn(() => new Promise<Response>(() => {}))
    const fetch = createFetch(answered, { origin: API })
    const reason = new Error('enough')
    await expect(fetch(API, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(answered).not.toHaveBeenCalled()
    const stop = new AbortController()
    const pending = fetch(API, { signal: stop.signal })
    stop.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(answered).toHaveBeenCalledOnce()
  })
})

describe('requests to another origin', () => {
  test('are refused, and told what to do', async () => {
    const { fetch } = stubbed()
    await expect(fetch('https://elsewhere.example/x?y=1', { method: 'PUT', body: '' })).rejects.toThrow(
      new TypeError(
        'fetch failed: PUT https://elsewhere.example/x?y=1 is not a request to https://api.example.com, and no other is answered. ' +
          'Add its origin, or let it pass: createFetch(handler, { origin, otherwise: fetch }).',
      ),
    )
    await expect(fetch(new Request(`http://api.example.com/`, { method: 'DELETE' }))).rejects.toThrow(
      'fetch failed: DELETE http://api.example.com/ is not',
    )
  })

  test('go to otherwise, as they were given', async () => {
    const otherwise = vi.fn(async (input: unknown) => new Response(await (input as Request).text()))
    const { fetch } = stubbed(otherwise as never)
    const request = new Request('https://elsewhere.example/', { method: 'POST', body: 'whole' })
    expect(await (await fetch(request)).text()).toBe('whole')
    expect(otherwise).toHaveBeenCalledExactlyOnceWith(request, undefined)
  })
})

test.each([
  [{}, 'origin is undefined. Expected an origin such as "https://api.example.com".'],
  [{ origin: 'api.example.com' }, 'origin is "api.example.com". Expected an origin such as "https://api.example.com".'],
  [{ origin: 'data:x' }, 'origin is "data:x". Expected an origin such as "https://api.example.com".'],
  [{ origin: `${API}/api/` }, `origin is "${API}/api/". Expected an origin, which has no path. Write "${API}".`],
  [{ origin: [] }, 'origin is []. Expected at least one origin.'],
  [{ origin: API, otherwise: true }, 'otherwise is true. Expected a function such as fetch.'],
  [{ orign: API }, 'createFetch has no option "orign". Did you mean "origin"?'],
  [
    API,
    `The argument of createFetch is "${API}". Expected an object of options: origin, otherwise. Write createFetch(handler, { origin }).`,
  ],
])('options that are wrong: %o', (options, message) => {
  const call = () => createFetch(() => new Response(), options as never)
  expect(call).toThrow(InvalidQueryError)
  expect(call).toThrow(expect.objectContaining({ message }))
})

test('what is no handler', () => {
  expect(() => createFetch(new ConversationStore() as never, { origin: API })).toThrow('Write createHandler(store).')
})
