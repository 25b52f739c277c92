/** What the hooks subscribe to: one live answer, over a store of this side and over one of the other. */
import { MessageChannel } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { AbortSignalLike } from '../../src/base/host.ts'
import {
  type AsyncStore,
  asAsyncStore,
  type Conversation,
  type ConversationInput,
  ConversationStore,
  type Envelope,
  InvalidPageError,
  query,
} from '../../src/index.ts'
import { type AnyStore, aggregateOf, COUNT, facetsOf, histogramOf, Live, pageOf } from '../../src/react/live.ts'
import { shared } from '../../src/react/shared.ts'
import { connectStore, exposeStore } from '../../src/worker/index.ts'

const ROWS: ConversationInput[] = [
  { conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', device: 'mobile' },
  { conversation_id: 'b', started_at: '2026-01-06T10:00:00Z', device: 'mobile', metadata: { tags: ['x'] } },
]
const NEWER = { conversation_id: 'c', started_at: '2026-01-07T10:00:00Z', device: 'mobile' }

const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A store, and the same as the hooks get it: itself, or connected through a port. */
const PLACES: Record<string, (store: ConversationStore) => AnyStore> = {
  'a store of the page': (store) => store,
  'a store behind promises': asAsyncStore,
  'a store in a worker': (store) => {
    const { port1, port2 } = new MessageChannel()
    const remote = connectStore(port1)
    exposeStore(store, port2)
    ends.push(() => {
      remote.close()
      port1.close()
    })
    return remote
  },
}

type Page = Envelope<Conversation>
const ids = (page: Page | undefined) => page?.results.map(({ conversation_id: id }) => id)

describe.each(Object.entries(PLACES))('%s', (name, placed) => {
  const isLocal = name === 'a store of the page'

  /** A mounted answer, settled. */
  async function mounted<Data>(live: Live<Data>) {
    const onChange = vi.fn()
    const unsubscribe = live.subscribe(onChange)
    await vi.waitFor(() => expect(live.state().status).not.toBe('pending'))
    onChange.mockClear()
    return { onChange, unsubscribe }
  }

  test('is pending only where it must be, then follows the store', async () => {
    const store = ConversationStore.from(ROWS)
    const live = new Live<Page>(placed(store), query().device('mobile'), pageOf(false), undefined, undefined)
    expect(live.state().status).toBe(isLocal ? 'success' : 'pending')
    expect(live.state()).toBe(live.state())
    const { onChange } = await mounted(live)
    expect(live.state()).toMatchObject({ status: 'success', error: null, isPlaceholder: false, waiting: 0 })
    expect(ids(live.state().data)).toEqual(['b', 'a'])
    const [before] = live.state().data!.results
    store.add(NEWER)
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['c', 'b', 'a']))
    expect(onChange).toHaveBeenCalledTimes(1)
    // A row that did not change is the same object.
    expect(live.state().data!.results[1]).toBe(before)
  })

  test('does not change with a write that leaves the answer as it was, nor when it is mounted again', async () => {
    const store = ConversationStore.from(ROWS)
    const live = new Live<Page>(
      placed(store),
      query().device('mobile').lean() as never,
      pageOf(false),
      undefined,
      undefined,
    )
    const { onChange, unsubscribe } = await mounted(live)
    const state = live.state()
    unsubscribe()
    await mounted(live)
    store.add({ ...NEWER, device: 'desktop' })
    store.addMessage('a', { sender: 'agent', content: 'Hello' })
    await vi.waitFor(() => expect(live.state().data?.results[1]).toMatchObject({ message_count: 1 }))
    expect(onChange).not.toHaveBeenCalled()
    expect(state.data).not.toBe(live.state().data)
    expect(state.data?.results[0]).toBe(live.state().data?.results[0])
  })

  test('hears of what happened between rendering and mounting', async () => {
    const store = ConversationStore.from(ROWS)
    const live = new Live<number>(placed(store), query(), COUNT, undefined, undefined)
    live.state()
    store.add(NEWER)
    await mounted(live)
    expect(live.state().data).toBe(3)
  })

  test('holds a page still until it is released', async () => {
    const store = ConversationStore.from(ROWS)
    const live = new Live<Page>(placed(store), query(), pageOf(true), undefined, undefined)
    await mounted(live)
    const { release } = live.state()
    store.add(NEWER)
    await vi.waitFor(() => expect(live.state().waiting).toBe(1))
    expect(ids(live.state().data)).toEqual(['b', 'a'])
    live.state().release()
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['c', 'b', 'a']))
    await vi.waitFor(() => expect(live.state().waiting).toBe(0))
    expect(live.state().release).toBe(release)
  })

  test('facets change though the count does not', async () => {
    const store = ConversationStore.from(ROWS)
    const fields = { device: true, language: true } as const
    const live = new Live<{ device: object[]; language: object[] }>(
      placed(store),
      query(),
      facetsOf(fields),
      undefined,
      undefined,
    )
    await mounted(live)
    const { language } = live.state().data!
    store.update('a', { device: 'desktop' })
    await vi.waitFor(() => expect(live.state().data?.device.length).toBe(2))
    expect(live.state().data).toEqual({ ...store.query().facets(fields) })
    expect(live.state().data?.language).toBe(language)
  })

  test('aggregates change with the rows', async () => {
    const store = ConversationStore.from(ROWS)
    const answer = aggregateOf({ rows: ['count'] }, { by: 'device' })
    const live = new Live<object[]>(placed(store), query(), answer, undefined, undefined)
    await mounted(live)
    expect(live.state().data).toEqual([{ key: { device: 'mobile' }, rows: 2 }])
    store.update('a', { device: 'desktop' })
    await vi.waitFor(() => expect(live.state().data?.length).toBe(2))
    expect(live.state().data).toEqual([
      { key: { device: 'desktop' }, rows: 1 },
      { key: { device: 'mobile' }, rows: 1 },
    ])
  })

  test('a histogram changes with the rows', async () => {
    const store = ConversationStore.from(ROWS)
    const answer = histogramOf('started_at', { every: 'day', timeZone: '+01:00' })
    const live = new Live<object[]>(placed(store), query(), answer, undefined, undefined)
    await mounted(live)
    expect(live.state().data).toEqual([
      { from: '2026-01-04T23:00:00Z', to: '2026-01-05T23:00:00Z', count: 1 },
      { from: '2026-01-05T23:00:00Z', to: '2026-01-06T23:00:00Z', count: 1 },
    ])
    store.add(NEWER)
    await vi.waitFor(() => expect(live.state().data).toHaveLength(3))
  })

  test('an error is that of the library; a page that is not there yet is shown once it is', async () => {
    const store = ConversationStore.from(ROWS)
    const live = new Live<Page>(placed(store), query().pageSize(2).page(2), pageOf(false), undefined, undefined)
    await mounted(live)
    expect(live.state()).toMatchObject({ status: 'error', data: undefined })
    expect(live.state().error).toBeInstanceOf(InvalidPageError)
    store.add(NEWER)
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['a']))
    expect(live.state()).toMatchObject({ status: 'success', error: null })
    store.add({ ...NEWER, conversation_id: 'd' })
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['b', 'a']))
  })

  test('the answer before stands in while another is pending', async () => {
    const store = ConversationStore.from(ROWS)
    const previous = store.query().fetch() as Page
    const live = new Live<Page>(placed(store), query().device('mobile').pageSize(1), pageOf(false), undefined, previous)
    if (!isLocal) {
      expect(live.state()).toMatchObject({ status: 'success', isPlaceholder: true })
      expect(live.state().data).toBe(previous)
    }
    await mounted(live)
    await vi.waitFor(() => expect(live.state().isPlaceholder).toBe(false))
    expect(ids(live.state().data)).toEqual(['b'])
  })

  test('data that is given is no placeholder, and stays the same object if it was right', async () => {
    const store = ConversationStore.from(ROWS)
    const place = placed(store)
    const initial = structuredClone(store.query().fetch()) as Page
    const live = new Live<Page>(place, query(), pageOf(false), initial, undefined)
    expect(live.firstState()).toMatchObject({ status: 'success', isPlaceholder: false, data: initial })
    const first = live.firstState()
    await mounted(live)
    // What is asked later is answered later.
    await mounted(new Live<number>(place, query(), COUNT, undefined, undefined))
    expect(live.state()).toBe(first)
    store.add(NEWER)
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['c', 'b', 'a']))
  })
})

describe('a store that does not tell of changes', () => {
  /** A store without `subscribe`, and how often it was asked. */
  function asked(store: ConversationStore) {
    const { subscribe: _, ...rest } = asAsyncStore(store)
    const signals: AbortSignalLike[] = []
    const run: AsyncStore['run'] = (query, options) => {
      signals.push(options!.signal!)
      return rest.run(query, options)
    }
    return { place: { ...rest, run } satisfies AsyncStore, signals }
  }

  test('is asked when it is mounted, and on refetch', async () => {
    const store = ConversationStore.from(ROWS)
    const { place, signals } = asked(store)
    const live = new Live<Page>(place, query(), pageOf(false), undefined, undefined)
    expect(live.state().status).toBe('pending')
    live.state().refetch()
    expect(signals).toEqual([])
    const onChange = vi.fn()
    const unsubscribe = live.subscribe(onChange)
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['b', 'a']))
    const [before] = live.state().data!.results
    const { refetch } = live.state()
    store.add(NEWER)
    refetch()
    await vi.waitFor(() => expect(ids(live.state().data)).toEqual(['c', 'b', 'a']))
    expect(live.state().data!.results[1]).toBe(before)
    expect([signals.length, onChange.mock.calls.length]).toEqual([2, 2])
    live.state().refetch()
    live.state().refetch()
    // An answer that changes nothing is no change.
    await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, false]))
    unsubscribe()
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    live.state().refetch()
    expect([signals.length, onChange.mock.calls.length]).toEqual([4, 2])
    live.subscribe(onChange)
    expect(signals.length).toBe(5)
  })

  test('gives errors as a state, and counts and facets as any', async () => {
    const { place } = asked(ConversationStore.from(ROWS))
    const page = new Live<Page>(place, query().page(9), pageOf(false), undefined, undefined)
    page.subscribe(() => {})
    await vi.waitFor(() => expect(page.state()).toMatchObject({ status: 'error', error: { code: 'INVALID_PAGE' } }))
    const count = new Live<number>(place, query(), COUNT, undefined, undefined)
    count.subscribe(() => {})
    await vi.waitFor(() => expect(count.state().data).toBe(2))
    const facets = new Live<{ device: object[] }>(place, query(), facetsOf({ device: true }), undefined, undefined)
    facets.subscribe(() => {})
    await vi.waitFor(() => expect(facets.state().data?.device).toMatchObject([{ value: 'mobile', count: 2 }]))
    const groups = new Live<object[]>(place, query(), aggregateOf({ rows: ['count'] }, undefined), undefined, undefined)
    groups.subscribe(() => {})
    await vi.waitFor(() => expect(groups.state().data).toEqual([{ key: {}, rows: 2 }]))
  })
})

describe('equal answers are one object', () => {
  test.each([
    [1, 1],
    [null, null],
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
    [JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])('%j', (a, b) => {
    expect(shared(a, b)).toBe(a)
  })

  test.each([
    [{ a: [] }, { a: {} }],
    [{ a: null }, { a: {} }],
    [{ a: 1 }, { b: 1 }],
    [{}, JSON.parse('{"__proto__":{"a":1}}')],
    [JSON.parse('{"__proto__":{"a":1}}'), { a: 1 }],
    [{ a: 1 }, { a: '1' }],
    [{ results: [{ id: 1 }] }, { results: [{ id: 1 }, { id: 2 }] }],
    [undefined, { a: 1 }],
  ])('%j is not %j', (a, b) => {
    expect(shared(a, b)).not.toBe(a)
    expect(shared(a, b)).toEqual(b)
  })
})
