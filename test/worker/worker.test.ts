/** A store on the other side of a port: what is asked crosses as data, and comes back as if it had been asked here. */
import { MessageChannel, markAsUntransferable } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import * as live from '../../src/features/live/index.ts'
import {
  ConversationStore,
  ConversationStoreError,
  InvalidPageError,
  InvalidQueryError,
  InvalidRowError,
  InvalidSourceError,
  NotFoundError,
  Query,
  query,
} from '../../src/index.ts'
import { fromPlainError, toPlainError } from '../../src/worker/errors.ts'
import { type ConnectedStore, connectStore, exposeStore } from '../../src/worker/index.ts'
import { expectEqual } from '../arbitraries/plain.ts'
import { conditionSpec, pagedSpec } from '../arbitraries/questions.ts'
import { rows } from '../arbitraries/rows.ts'
import { atEnd, connected, endAll, ROWS, thread, waitingPage } from './connected.ts'

// What the store's side subscribes to is looked at, as it happens.
vi.mock('../../src/features/live/index.ts', { spy: true })

/** Rejects with what the call throws on this side, in class and words. */
async function expectSameError(rejected: Promise<unknown>, call: () => unknown): Promise<void> {
  const theirs = await rejected.then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    call()
  } catch (ours) {
    expect(theirs).toBeInstanceOf((ours as object).constructor)
    const { message, code, faults } = ours as ConversationStoreError
    expect(theirs).toMatchObject({ message, code, faults })
    expect((theirs as ConversationStoreError).toJSON()).toEqual((ours as ConversationStoreError).toJSON())
    return
  }
  throw new Error('Nothing was thrown on this side.')
}

describe('questions', () => {
  test('a query over the limit of the store rejects with TOO_COSTLY, its condition and its text', async () => {
    const { store, remote } = connected(ConversationStore.from(ROWS, { maxWork: 1 }))
    const costly = query().or(
      (q) => q.messageContains('e'),
      (q) => q.search('a b c'),
    )
    await expectSameError(remote.run(costly), () => store.query(costly.spec).fetch())
    await expect(remote.count(costly)).rejects.toMatchObject({ code: 'TOO_COSTLY', parameter: 'where' })
    await expect(remote.count(costly)).rejects.toBeInstanceOf(InvalidQueryError)
    expect(await remote.count(query())).toBe(3)
  })

  test('any page and count are those of the store itself', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(pagedSpec, { minLength: 1, maxLength: 3 }), async (given, specs) => {
        const { store, remote } = connected(ConversationStore.from(given))
        for (const spec of specs) {
          const asked = Query.fromSpec(spec)
          const [page, count] = await Promise.allSettled([remote.run(asked), remote.count(asked)])
          const here = store.query(asked.spec)
          expect(count).toEqual({ status: 'fulfilled', value: here.count() })
          if (page.status === 'fulfilled') expectEqual(page.value, here.fetch())
          else expect(() => here.fetch()).toThrow(page.reason.message)
        }
        endAll()
      }),
    )
  })

  test('facets, histogram and highlights', async () => {
    const { store, remote } = connected()
    const asked = query().search('refund')
    const here = store.query(asked.spec)
    const request = { device: true, 'metadata.plan': { limit: 2 } } as const
    const facets = await remote.facets(query(), request, { disjunctive: false })
    expect(facets).toEqual({ ...store.query().facets(request, { disjunctive: false }) })
    expect(facets.device[0]).toEqual({ value: 'mobile', count: 2, selected: false })
    expect(await remote.histogram(query(), 'started_at', { every: 'day' })).toEqual(
      store.query().histogram('started_at', { every: 'day' }),
    )
    const { results } = await remote.run(asked)
    expect(await remote.highlights(asked, results[0]!)).toEqual(here.highlights(store.get('a')!))
    expect((await remote.highlights(asked, results[0]!)).length).toBe(1)
  })

  test('errors are of their own classes, with code and faults', async () => {
    const { store, remote } = connected()
    await expectSameError(remote.run(query().page(9)), () => store.query().page(9).fetch())
    const wrong = { divice: true } as never
    await expectSameError(remote.facets(query(), wrong), () => store.query().facets(wrong))
    await expect(remote.run(query().page(9))).rejects.toBeInstanceOf(InvalidPageError)
    await expect(remote.facets(query(), wrong)).rejects.toBeInstanceOf(InvalidQueryError)
  })

  test('an invalid query asks for nothing, on either side', async () => {
    const { remote } = connected()
    const tenant = query().customerId('tenant-1')
    const refused = { code: 'INVALID_VALUE', parameter: 'query' }
    for (const given of [
      tenant.spec,
      'customer_id=tenant-1',
      { customer_id: 'tenant-1' },
      undefined,
      null,
    ] as never[]) {
      await expect(remote.run(given)).rejects.toMatchObject(refused)
      await expect(remote.count(given)).rejects.toMatchObject(refused)
      await expect(remote.facets(given, { device: true })).rejects.toMatchObject(refused)
      await expect(remote.histogram(given, 'started_at', { every: 'day' })).rejects.toMatchObject(refused)
      await expect(remote.highlights(given, ROWS[0]!)).rejects.toMatchObject(refused)
      expect(() => remote.subscribe(given, () => {})).toThrow(expect.objectContaining(refused))
    }
    // Another page's code may send what it likes.
    const sent = { spec: {} } as never
    await expect(remote.count(sent)).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: 'where' })
    expect(await remote.count(tenant)).toBe(0)
  })

  test('arguments that are invalid, or cannot be sent, are refused in the words of the library', async () => {
    const { remote } = connected()
    const refused = { code: 'INVALID_VALUE' }
    expect(() => remote.subscribe(query(), undefined as never)).toThrow(expect.objectContaining(refused))
    await expect(remote.histogram(query(), 'started_at', undefined as never)).rejects.toMatchObject(refused)
    await expect(remote.facets(query(), { device: true }, null as never)).rejects.toMatchObject(refused)
    const uncloneable = { device: () => true } as never
    await expect(remote.facets(query(), uncloneable)).rejects.toMatchObject({ ...refused, parameter: 'facets' })
    expect(await remote.count(query())).toBe(3)
  })

  test('a newer question of one subscriber drops its older one that has not begun', async () => {
    const { store, remote } = connected()
    await remote.count(query())
    const asked = vi.spyOn(store, 'query')
    const by = { subscriber: 'search box' }
    const answers = await Promise.allSettled([
      remote.run(query().search('r'), by),
      remote.run(query().search('re'), by),
      remote.facets(query().search('re'), { device: true }, by),
      remote.run(query().search('ref'), by),
      remote.run(query().search('re'), { subscriber: 'another' }),
      remote.run(query().search('re')),
    ])
    expect(answers.map((it) => (it.status === 'rejected' ? it.reason.code : 'answered'))).toEqual([
      ...['ABORTED', 'ABORTED', 'answered', 'answered', 'answered', 'answered'],
    ])
    expect(asked).toHaveBeenCalledTimes(4)
  })

  test('an aborted question rejects at once with the reason, and is not run', async () => {
    const { store, remote } = connected()
    await remote.count(query())
    const asked = vi.spyOn(store, 'query')
    const control = new AbortController()
    const answer = remote.run(query(), { signal: control.signal })
    const reason = new Error('No longer wanted.')
    await Promise.resolve()
    control.abort(reason)
    await expect(answer).rejects.toBe(reason)
    await expect(remote.run(query(), { signal: control.signal })).rejects.toBe(reason)
    await remote.count(query())
    expect(asked).toHaveBeenCalledTimes(1)
  })

  test('a store that comes late answers what was asked before', async () => {
    const { remote, expose } = waitingPage()
    const answer = remote.count(query())
    await new Promise((resolve) => setTimeout(resolve, 20))
    expose(ConversationStore.from(ROWS))
    expect(await answer).toBe(3)
  })

  test('closing rejects what waits and what comes', async () => {
    const { remote } = connected()
    const waiting = remote.run(query())
    remote.close()
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
    await expect(remote.count(query())).rejects.toMatchObject({ code: 'ABORTED' })
    const onError = vi.fn()
    remote.subscribe(query(), () => {}, { onError })
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'ABORTED' })))
  })

  test.each([[undefined], [null], ['store-worker.js'], [{}], [{ postMessage() {} }]])(
    'what is not a port: %j',
    (port) => {
      const error = expect.objectContaining({ code: 'INVALID_VALUE', message: expect.stringContaining('Worker') })
      expect(() => connectStore(port as never)).toThrow(error)
      if (port != null) expect(() => exposeStore(new ConversationStore(), port as never)).toThrow(error)
    },
  )

  test('a stream that has failed, or fails on the way', async () => {
    const { remote, store } = connected()
    const line = new TextEncoder().encode('{"conversation_id":"x","started_at":"2026-01-01"}\n')
    const parts = [line]
    const before = store.size
    for (const stream of [
      new ReadableStream({ start: (to) => to.error(new Error('lost')) }),
      new ReadableStream({ pull: (to) => (parts.length > 0 ? to.enqueue(parts.pop()) : to.error(new Error('lost'))) }),
    ])
      await expect(remote.load(stream)).rejects.toMatchObject({ message: expect.stringContaining('lost') })
    expect(store.size).toBe(before)
  })

  test('where there is no page to expose a store to', () => {
    expect(() => exposeStore(new ConversationStore())).toThrow(expect.objectContaining({ code: 'NO_STORE' }))
  })
})

/** As all streams are in Safari. */
function unmovable<Value extends object>(value: Value): Value {
  markAsUntransferable(value)
  return value
}

describe('load', () => {
  const lines = ROWS.map((row) => JSON.stringify(row)).join('\n')

  test.each([
    ['a string', () => lines],
    ['bytes', () => new TextEncoder().encode(lines)],
    ['a buffer', () => new TextEncoder().encode(lines).buffer as ArrayBuffer],
    ['a Blob', () => new Blob([lines])],
    ['a stream', () => new Blob([lines]).stream()],
    ['a stream that cannot be moved', () => unmovable(new Blob([lines]).stream())],
  ])('%s', async (_, source) => {
    const { store, remote } = connected(new ConversationStore())
    const heard: object[] = []
    expect(await remote.load(source(), { onProgress: (progress) => heard.push(progress) })).toMatchObject({
      added: 3,
      rejected: [],
    })
    expect(store.size).toBe(3)
    expect(heard.at(-1)).toMatchObject({ rows: 3, bytes: lines.length })
  })

  test('what is left out comes back with its errors', async () => {
    const { remote } = connected(new ConversationStore())
    const bad = `${lines}\n{"conversation_id":"d"}\n{"conversation_id":`
    const { added, rejected } = await remote.load(bad, { onInvalid: 'skip' })
    expect(added).toBe(3)
    expect(rejected.map(({ line, error }) => [line, error.code])).toEqual([
      [4, 'INVALID_ROW'],
      [5, 'INVALID_SOURCE'],
    ])
    expect(rejected[0]?.error).toBeInstanceOf(InvalidRowError)
    await expect(remote.load(bad)).rejects.toBeInstanceOf(ConversationStoreError)
  })

  test('what cannot be sent is refused', async () => {
    const { remote } = connected(new ConversationStore())
    await expect(remote.load(new Response(lines) as never)).rejects.toThrow(/Pass its body/)
    await expect(remote.load(7 as never)).rejects.toBeInstanceOf(InvalidSourceError)
    await expect(remote.load({ stream: 1 } as never)).rejects.toBeInstanceOf(InvalidSourceError)
  })

  test('is aborted: it rejects with the reason, and nothing was added', async () => {
    const { store, remote } = connected(new ConversationStore())
    const control = new AbortController()
    const many = Array.from({ length: 20_000 }, (_, i) => `{"conversation_id":"c${i}","started_at":"2026-01-05"}`)
    const reason = new Error('Enough.')
    const loading = remote.load(many.join('\n'), {
      signal: control.signal,
      onProgress: () => control.abort(reason),
    })
    await expect(loading).rejects.toBe(reason)
    expect(store.size).toBe(0)
  })

  test('questions are answered in between, and indexes built on request', async () => {
    const { remote } = connected(new ConversationStore())
    const many = Array.from({ length: 5_000 }, (_, i) => `{"conversation_id":"c${i}","started_at":"2026-01-05"}`)
    let counted = 0
    const loading = remote.load(many.join('\n'), {
      onInvalid: 'skip',
      onProgress: () => void remote.count(query()).then(() => counted++),
    })
    await loading
    expect(counted).toBeGreaterThan(0)
    const done: number[] = []
    await remote.warm({ onProgress: (progress) => done.push(progress.done / progress.total) })
    expect(done.at(-1)).toBe(1)
  })
})

describe('errors', () => {
  test('what cannot be cloned is shown instead', () => {
    const fault = { parameter: 'x', value: () => 1, code: 'INVALID_VALUE', message: 'x is no value.' } as const
    const back = fromPlainError(structuredClone(toPlainError(new InvalidQueryError([fault]))))
    expect(back).toBeInstanceOf(InvalidQueryError)
    expect(back).toMatchObject({ code: 'INVALID_VALUE', parameter: 'x', value: '() => 1', message: 'x is no value.' })
    expect(fromPlainError(structuredClone(toPlainError(new NotFoundError('a'))))).toBeInstanceOf(NotFoundError)
    expect(fromPlainError(structuredClone(toPlainError(new TypeError('A bug.'))))).toBeInstanceOf(TypeError)
  })
})

describe('a thread', () => {
  test('has the store: it loads, answers, and ends', async () => {
    const { worker, remote } = await thread(`setTimeout(() => exposeStore(new ConversationStore(), parentPort), 10)`)
    await remote.load(new Blob([JSON.stringify(ROWS)]).stream())
    expect((await remote.run(query().device('mobile').pageSize(1))).results[0]?.conversation_id).toBe('b')
    await worker.terminate()
    await expect(remote.count(query())).rejects.toMatchObject({ code: 'NO_STORE' })
  })

  test('whose script fails says so', async () => {
    const { remote } = await thread(`throw new Error('Broken.')`)
    await expect(remote.count(query())).rejects.toThrow('The worker has no store to answer. Broken.')
  })
})

describe('live queries', () => {
  const settled = (remote: ConnectedStore) => remote.count(query())

  test('any history is told as the store itself tells it, in pages, counts and changes', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, conditionSpec, fc.boolean(), async (given, later, spec, isCount) => {
        const { store, remote } = connected(new ConversationStore())
        const added = store.addMany(given, { onInvalid: 'skip' })
        const options = { select: isCount ? 'count' : 'page', facets: { device: true } } as never
        const here: unknown[] = []
        const there: unknown[] = []
        remote.subscribe(Query.fromSpec(spec), (notice) => there.push(notice), options)
        await settled(remote)
        store.query(spec).subscribe((notice) => here.push(notice), options)
        store.addMany(
          later.map(({ id: _, ...row }) => row),
          { onInvalid: 'skip' },
        )
        for (const row of [...store].slice(0, added.added)) store.mark(row.id)
        for (const row of [...store].slice(0, 2)) store.purge(row.id)
        await vi.waitFor(() => expect(there.length).toBe(here.length))
        await settled(remote)
        expectEqual(there, here)
        endAll()
      }),
      { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4) },
    )
  })

  test('what one commit tells to several of them comes in one turn', async () => {
    const { store, remote } = connected()
    const turns: number[] = []
    let turn = 0
    for (let i = 0; i < 3; i++) remote.subscribe(query(), () => turns.push(turn), { select: 'count' })
    await settled(remote)
    turn = 1
    setTimeout(() => {
      store.delete('a')
      store.delete('b')
    })
    const next = () => {
      turn++
      if (turns.length < 9) setImmediate(next)
    }
    setImmediate(next)
    await vi.waitFor(() => expect(turns.length).toBe(9))
    expect(turns.slice(0, 3)).toEqual([0, 0, 0])
    expect(new Set(turns.slice(3)).size).toBe(1)
  })

  test('one that is ended before its turn is never run, nor told of', async () => {
    const { store, remote } = connected()
    await settled(remote)
    const asked = vi.spyOn(store, 'query')
    const listener = vi.fn()
    remote.subscribe(query(), listener).unsubscribe()
    const second = remote.subscribe(query(), listener)
    await Promise.resolve()
    await Promise.resolve()
    second()
    second()
    const control = new AbortController()
    const third = remote.subscribe(query(), listener, { signal: control.signal })
    expect(third.isActive).toBe(true)
    control.abort()
    expect([second.isActive, third.isActive]).toEqual([false, false])
    expect(remote.subscribe(query(), listener, { signal: control.signal }).isActive).toBe(false)
    await settled(remote)
    expect(asked).toHaveBeenCalledTimes(1)
    expect(listener).not.toHaveBeenCalled()
  })

  test('ended ones are ended in the store, and so are all when the page leaves', async () => {
    const { store, remote } = connected()
    const made = vi.mocked(live.subscribe)
    made.mockClear()
    const active = () => made.mock.results.map(({ value }) => value.isActive)
    const listener = vi.fn()
    const first = remote.subscribe(query(), listener)
    remote.subscribe(query(), listener)
    await settled(remote)
    expect(active()).toEqual([true, true])
    first.unsubscribe()
    await settled(remote)
    expect(active()).toEqual([false, true])
    store.delete('a')
    await settled(remote)
    expect(listener).toHaveBeenCalledTimes(3)
    remote.close()
    await vi.waitFor(() => expect(active()).toEqual([false, false]))
  })

  test('a page that is gone without a word has none left; a port that is closed answers no more', async () => {
    const opened: MessageChannel[] = []
    class Recorded extends MessageChannel {
      constructor() {
        super()
        opened.push(this)
      }
    }
    vi.stubGlobal('MessageChannel', Recorded)
    const made = vi.mocked(live.subscribe)
    made.mockClear()
    const active = () => made.mock.results.map(({ value }) => value.isActive)
    const { port1, port2 } = new MessageChannel()
    exposeStore(ConversationStore.from(ROWS), port2)
    const remote = connectStore(port1)
    remote.subscribe(query(), () => {})
    await settled(remote)
    expect(active()).toEqual([true])
    // The end of a page closes its ports, and no more is said.
    opened[0]!.port1.close()
    await vi.waitFor(() => expect(active()).toEqual([false]))
    await expect(remote.run(query())).rejects.toMatchObject({ code: 'NO_STORE' })
    port1.close()
    vi.unstubAllGlobals()

    const closed = new MessageChannel()
    const late = connectStore(closed.port1).run(query())
    closed.port2.close()
    await expect(late).rejects.toMatchObject({ code: 'NO_STORE' })
  })

  test('holds a page, tells what waits, and releases it', async () => {
    const { store, remote } = connected()
    const pages: string[][] = []
    const waiting: number[] = []
    const sub = remote.subscribe(
      query(),
      ({ page }) => pages.push(page.results.map((row: { conversation_id: string }) => row.conversation_id)),
      { hold: true, onWaiting: (count) => waiting.push(count) },
    )
    await settled(remote)
    store.add({ conversation_id: 'd', started_at: '2026-02-01' })
    await vi.waitFor(() => expect(sub.waiting).toBe(1))
    sub.release()
    await vi.waitFor(() => expect(sub.waiting).toBe(0))
    expect(pages).toEqual([
      ['c', 'b', 'a'],
      ['d', 'c', 'b', 'a'],
    ])
    expect(waiting).toEqual([1, 0])
  })

  test('errors come to onError, of their own class; what a listener throws silences no other', async () => {
    const { remote } = connected()
    const onError = vi.fn()
    const unhandled = vi.fn()
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', unhandled)
    atEnd(() => {
      process.removeAllListeners('unhandledRejection')
      for (const other of others) process.on('unhandledRejection', other)
    })
    const failed = remote.subscribe(query().page(9), () => {}, { onError })
    remote.subscribe(query(), () => {
      throw new Error('A listener.')
    })
    const listener = vi.fn()
    remote.subscribe(query(), listener)
    await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(1))
    expect(onError).toHaveBeenCalledWith(expect.any(InvalidPageError))
    expect(failed.isActive).toBe(false)
    // What cannot be sent fails alone.
    const unclonable = vi.fn()
    remote.subscribe(query(), () => {}, { facets: { device: () => 1 } as never, onError: unclonable })
    await vi.waitFor(() => expect(unclonable).toHaveBeenCalledTimes(1))
    expect(await remote.count(query())).toBe(3)
    await vi.waitFor(() => expect(unhandled).toHaveBeenCalledTimes(1))
  })
})
