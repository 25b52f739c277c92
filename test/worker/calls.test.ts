/** How calls end: aborts, iterations that are left, connections that are closed, workers that never say that they are there. */
import { describe, expect, test, vi } from 'vitest'
import {
  asAsyncStore,
  type ConversationInput,
  ConversationStore,
  InvalidRowError,
  NotFoundError,
  Query,
  query,
} from '../../src/index.ts'
import { Connection } from '../../src/worker/connection.ts'
import { fromPlainError, toPlainError } from '../../src/worker/errors.ts'
import { connected, pageOf, ROWS, waitingPage } from './connected.ts'

const ROW = { conversation_id: 'new', started_at: '2026-03-01T00:00:00Z' }
const MANY: readonly ConversationInput[] = Array.from({ length: 1_000 }, (_, i) => ({
  ...ROW,
  conversation_id: `c${i}`,
}))

/** Iterations of pages that are open in a store of this process, and how many pages they have given. */
function watchedPages() {
  const seen = { open: 0, given: 0 }
  const { pages } = Query.prototype
  const spy = vi.spyOn(Query.prototype, 'pages').mockImplementation(function* (this: Query) {
    seen.open++
    try {
      for (const page of pages.call(this)) {
        seen.given++
        yield page as never
      }
    } finally {
      seen.open--
    }
  })
  return { seen, end: () => spy.mockRestore() }
}

describe('a write', () => {
  test('that has begun when it is aborted is finished, and its promise resolves', async () => {
    const { store, remote } = connected()
    const control = new AbortController()
    store.onChange(() => control.abort())
    expect(await remote.mark('a', true, { signal: control.signal })).toMatchObject({ is_marked: true })
    expect(control.signal.aborted).toBe(true)
    await expect(remote.mark('b', true, { signal: control.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(store.get('b')?.is_marked).toBe(false)
  })

  test('that waits behind others is dropped by an abort', async () => {
    const { store, remote } = connected()
    await remote.count(query())
    const control = new AbortController()
    const before = Array.from({ length: 20 }, () => remote.count(query()))
    const added = remote.add(ROW, { signal: control.signal })
    const after = remote.mark('a')
    await Promise.resolve()
    control.abort()
    await expect(added).rejects.toMatchObject({ name: 'AbortError' })
    await Promise.all([...before, after])
    expect(store.has('new')).toBe(false)
  })

  test('takes its arguments as they are when it is called, sent at once or later', async () => {
    const { remote, expose } = waitingPage()
    const write = async (conversation_id: string) => {
      const row = { ...ROW, conversation_id, metadata: { tags: ['x'] } }
      const added = remote.add(row)
      const listed = remote.addMany([{ ...row, conversation_id: `${conversation_id}2` }])
      row.metadata.tags.push('y')
      row.conversation_id = 'spoilt'
      if (conversation_id === 'early') expose(new ConversationStore())
      expect(await added).toMatchObject({ conversation_id, metadata: { tags: ['x'] } })
      expect(await listed).toMatchObject({ added: 1, rejected: [] })
    }
    await write('early')
    await write('late')
    expect(await remote.ids(query())).toEqual([4, 3, 2, 1])
  })

  test('of rows that cannot be sent names the row, and adds none', async () => {
    const { store, remote } = connected()
    const bad = { ...ROW, metadata: { call: () => 1 } } as never
    for (const isOpen of [false, true]) {
      const added = remote.addMany([{ ...ROW, conversation_id: 'x' }, bad])
      await expect(added).rejects.toMatchObject({ code: 'INVALID_ROW', parameter: 'row 1' })
      const error = await remote.add(bad).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(InvalidRowError)
      expect(error).toMatchObject({ code: 'INVALID_ROW', parameter: 'add' })
      if (!isOpen) await remote.count(query())
    }
    expect(store.size).toBe(ROWS.length)
  })

  test('of one page is told to the live queries of another, and to its own before its promise resolves', async () => {
    const store = new ConversationStore()
    const [one, other] = [pageOf(store), pageOf(store)]
    const counts: Record<string, number[]> = { one: [], other: [] }
    one.subscribe(query(), ({ count }) => counts.one!.push(count), { select: 'count' })
    other.subscribe(query(), ({ count }) => counts.other!.push(count), { select: 'count' })
    await Promise.all([one.count(query()), other.count(query())])
    await one.add(ROW)
    expect(counts.one!.at(-1)).toBe(1)
    await vi.waitFor(() => expect(counts.other!.at(-1)).toBe(1))

    const rows = (page: string) =>
      MANY.slice(0, 50).map((row) => ({ ...row, conversation_id: `${page} ${row.conversation_id}` }))
    const written = [...rows('one').map((row) => one.add(row)), ...rows('other').map((row) => other.add(row))]
    const ids = (await Promise.all(written)).map(({ id }) => id)
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 2))
    await expect(Promise.all([one.purge('new'), other.purge('new')])).rejects.toBeInstanceOf(NotFoundError)
    await vi.waitFor(() => expect([counts.one!.at(-1), counts.other!.at(-1)]).toEqual([100, 100]))
  })
})

const PLACES = {
  'of a store here': asAsyncStore,
  'of a store behind a port': pageOf,
}

describe.each(Object.entries(PLACES))('an iteration %s', (place, open) => {
  const isLocal = place === 'of a store here'

  test('gives the rows as they were when it began, in parts', async () => {
    const store = ConversationStore.from(MANY)
    const page = open(store)
    const { seen, end } = watchedPages()
    const rows = page.all(query().orderBy('id'))
    expect(seen).toEqual({ open: 0, given: 0 })
    const names: string[] = []
    for await (const row of rows) {
      if (names.length === 0) {
        expect(seen.given).toBeLessThanOrEqual(11)
        for (const { conversation_id } of MANY.slice(500)) await page.purge(conversation_id)
        await page.add(ROW)
        await page.update('c1', { name: 'Changed' })
      }
      expect(row.name).toBe(null)
      names.push(row.conversation_id)
    }
    expect(names).toEqual(MANY.map((row) => row.conversation_id))
    expect(seen.open).toBe(0)
    end()
  })

  test('that is left leaves nothing behind', async () => {
    const page = open(ConversationStore.from(MANY))
    const { seen, end } = watchedPages()
    for await (const row of page.all(query())) if (row.id > 0) break
    await vi.waitFor(() => expect(seen.open).toBe(0))
    expect(seen.given).toBeLessThanOrEqual(11)
    // One that is never begun asks nothing.
    await (page.all(query()) as AsyncGenerator<unknown>).return(undefined)
    await page.count(query())
    expect(seen.open).toBe(0)
    for await (const chunk of page.export(query(), { format: 'csv' })) {
      expect(chunk).toMatch(/^id,/)
      break
    }
    end()
  })

  test('that is aborted rejects with the reason and is over', async () => {
    const page = open(ConversationStore.from(MANY))
    const { seen, end } = watchedPages()
    for (const iterate of [page.all, page.export] as const) {
      const control = new AbortController()
      const reason = new Error('Enough.')
      const rows = (iterate(query(), { signal: control.signal }) as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      expect((await rows.next()).done).toBe(false)
      control.abort(reason)
      // Where the store is elsewhere, it does not wait for the next one to be asked for.
      if (!isLocal) await vi.waitFor(() => expect(seen.open).toBe(0))
      await expect(rows.next()).rejects.toBe(reason)
      expect(await rows.next()).toEqual({ done: true, value: undefined })
    }
    await vi.waitFor(() => expect(seen.open).toBe(0))
    end()
  })

  test('rejects when it begins: an invalid query, an unknown format', async () => {
    const page = open(ConversationStore.from(ROWS))
    const refused = { code: 'INVALID_VALUE', parameter: 'query' }
    for (const given of [undefined, null, {}, 'device=mobile', { device: 'mobile' }] as never[]) {
      await expect((page.all(given) as AsyncGenerator<unknown>).next()).rejects.toMatchObject(refused)
      await expect((page.export(given) as AsyncGenerator<unknown>).next()).rejects.toMatchObject(refused)
    }
    const unknown = { format: 'cvs' as 'csv' }
    await expect((page.export(query(), unknown) as AsyncGenerator<unknown>).next()).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: expect.stringContaining('Did you mean "csv"?'),
    })
    const sent = { spec: { where: [{ field: 'nothing' }] } } as never
    await expect((page.all(sent) as AsyncGenerator<unknown>).next()).rejects.toMatchObject({
      name: 'InvalidQueryError',
    })
  })
})

describe('closing in the middle', () => {
  test('ends iterations, loads and what waits, on both sides', async () => {
    const { store, remote } = connected(ConversationStore.from(MANY))
    const { seen, end } = watchedPages()
    const rows = remote.all(query()) as AsyncGenerator<unknown>
    const idle = remote.all(query()) as AsyncGenerator<unknown>
    await Promise.all([rows.next(), idle.next()])
    for (let i = 1; i < 100; i++) await rows.next()
    const next = rows.next()
    const added = remote.add(ROW)
    const loading = remote.load(new Blob([JSON.stringify([ROW])]).stream())
    remote.close()
    for (const waiting of [
      next,
      added,
      loading,
      idle
        .return(undefined)
        .then(() => idle.next())
        .then(() => remote.count(query())),
    ]) {
      await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
    }
    await vi.waitFor(() => expect(seen.open).toBe(0))
    await expect((remote.all(query()) as AsyncGenerator<unknown>).next()).rejects.toMatchObject({ code: 'ABORTED' })
    expect(store.size).toBeLessThanOrEqual(MANY.length + 1)
    end()
  })
})

describe('a worker that never calls exposeStore', () => {
  /** Time that passes only when it is told to. Ports are real. */
  async function withClock(use: (pass: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await use(async (ms) => {
        await vi.advanceTimersByTimeAsync(ms)
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      })
    } finally {
      vi.useRealTimers()
    }
  }

  test('makes calls reject after 10 s, and those after it at once; once it has, they are answered', async () => {
    await withClock(async (pass) => {
      const { remote, expose } = waitingPage()
      const settled: string[] = []
      const note = (name: string) => (error: { code: string; message: string }) =>
        settled.push(`${name} ${error.code} ${/exposeStore within 10 s/.test(error.message)}`)
      const onError = vi.fn()
      remote.count(query()).catch(note('count'))
      remote.add(ROW).catch(note('add'))
      remote.load('[]').catch(note('load'))
      ;(remote.all(query()) as AsyncGenerator<unknown>).next().catch(note('all'))
      const early = remote.subscribe(query(), () => {}, { onError })
      await pass(9_999)
      expect(settled).toEqual([])
      await pass(1)
      expect(settled.sort()).toEqual(['add', 'all', 'count', 'load'].map((name) => `${name} NO_STORE true`))
      expect(onError).toHaveBeenCalledTimes(1)
      expect(early.isActive).toBe(false)
      await expect(remote.count(query())).rejects.toMatchObject({ code: 'NO_STORE' })
      const late = remote.subscribe(query(), () => {}, { onError })
      await pass(0)
      expect([onError.mock.calls.length, late.isActive]).toEqual([2, false])
      const store = ConversationStore.from(ROWS)
      expose(store)
      await pass(0)
      expect(await remote.count(query())).toBe(ROWS.length)
      const counts: number[] = []
      remote.subscribe(query(), ({ count }) => counts.push(count), { select: 'count' })
      await remote.add(ROW)
      expect(counts.at(-1)).toBe(ROWS.length + 1)
      // The write whose promise was rejected was not made.
      expect(store.size).toBe(ROWS.length + 1)
    })
  })

  test.each([0, Number.POSITIVE_INFINITY, 2 ** 40])('timeoutMs %s: they wait', async (timeoutMs) => {
    await withClock(async (pass) => {
      const { remote, expose } = waitingPage({ timeoutMs })
      const answer = remote.count(query())
      await pass(1e9)
      expose(ConversationStore.from(ROWS))
      expect(await answer).toBe(ROWS.length)
    })
  })

  test('timeoutMs is checked, and another time is named', async () => {
    for (const timeoutMs of [-1, Number.NaN, '5', null] as never[]) {
      expect(() => waitingPage({ timeoutMs })).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }))
    }
    const { remote } = waitingPage({ timeoutMs: 20 })
    await expect(remote.count(query())).rejects.toThrow('The worker has not called exposeStore within 0.02 s.')
  })
})

describe('what else is said', () => {
  test('a listener that throws ends its load, which adds nothing', async () => {
    const { store, remote } = connected(new ConversationStore())
    const lines = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ ...ROW, conversation_id: `c${i}` }))
    const error = new Error('A listener.')
    const onProgress = () => {
      throw error
    }
    await expect(remote.load(lines.join('\n'), { onProgress })).rejects.toBe(error)
    expect(store.size).toBe(0)
  })

  test('listeners hear of a batch: rows that are skipped with their errors, and how far it is', async () => {
    const { remote } = connected(new ConversationStore())
    const skipped: unknown[] = []
    const heard: unknown[] = []
    const lines = `${JSON.stringify(ROW)}\n{"conversation_id":\n`
    await remote.load(lines, { onInvalid: 'skip', onSkip: (row) => skipped.push(row) })
    expect(skipped).toMatchObject([{ line: 2, error: { code: 'INVALID_SOURCE', name: 'InvalidSourceError' } }])
    await remote.addMany(MANY, { onProgress: (progress) => heard.push(progress) })
    expect(heard).toEqual([{ rows: 1_000 }])
  })

  test('a method that the store does not know is refused by name', async () => {
    const connection = new Connection(ConversationStore.from(ROWS) as never)
    const call = { args: [], options: undefined, listeners: [], subscriber: undefined }
    for (const method of ['clear', 'toString', '__proto__', 'subscribe'] as never[]) {
      const outcome = await connection.call(1, { ...call, method })
      expect(outcome).toMatchObject({ error: { faults: [{ code: 'UNKNOWN_PARAMETER', value: method }] } })
    }
  })

  test('errors are known by their code, whichever copy of the package threw them', async () => {
    vi.resetModules()
    const other = await import('../../src/index.ts')
    expect(other.ConversationStore).not.toBe(ConversationStore)
    const remote = pageOf(other.ConversationStore.from(ROWS) as never)
    const missing = await remote.purge('nobody').catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(NotFoundError)
    expect((missing as NotFoundError).toJSON()).toEqual({ detail: 'Not found.' })
    // Queries too are asked by their spec, whose they are.
    const here = pageOf(ConversationStore.from(ROWS))
    expect(await here.count(other.query().device('mobile'))).toBe(2)
    expect(await asAsyncStore(ConversationStore.from(ROWS)).count(other.query().device('mobile'))).toBe(2)
    const own = Object.assign(new Error('A bug.'), { code: 'ENOENT' })
    expect(fromPlainError(structuredClone(toPlainError(own)))).toMatchObject({ message: 'A bug.' })
  })

  test('a store of this thread tells errors of subscriptions as one elsewhere does', async () => {
    for (const page of [asAsyncStore(ConversationStore.from(ROWS)), pageOf(ConversationStore.from(ROWS))]) {
      const onError = vi.fn()
      const listener = vi.fn()
      const subscription = page.subscribe(query().page(9), listener, { onError })
      await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(1))
      expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'INVALID_PAGE' }))
      expect([subscription.isActive, subscription.waiting]).toEqual([false, 0])
      expect(listener).not.toHaveBeenCalled()
      expect(() => page.subscribe({} as never, listener)).toThrow(expect.objectContaining({ parameter: 'query' }))
      expect(() => page.subscribe(query(), 7 as never)).toThrow(expect.objectContaining({ parameter: 'listener' }))
    }
  })
})
