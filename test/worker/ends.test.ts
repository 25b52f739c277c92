/** What a connection leaves behind when it ends: nothing. And what it does without locks. */
import { MessageChannel, type Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ConversationStore, query } from '../../src/index.ts'
import { connectStore, exposeStore, type StorePort } from '../../src/worker/index.ts'
import { atEnd, pageOf, ROWS, thread } from './connected.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('listeners', () => {
  const counts = (worker: Worker) => ['error', 'exit', 'message'].map((type) => worker.listenerCount(type))

  test('on a worker of Node: closing removes every one, whatever the connection had come to', async () => {
    const { worker, remote } = await thread(`exposeStore(ConversationStore.from([]), parentPort)`)
    await remote.count(query())
    remote.close()
    const before = counts(worker)
    for (let i = 0; i < 20; i++) {
      const used = connectStore(worker)
      await used.count(query())
      used.close()
      used.close()
      connectStore(worker).close()
      const opening = connectStore(worker)
      // The worker has been asked, and has not answered.
      await new Promise(setImmediate)
      opening.close()
      await expect(opening.count(query())).rejects.toMatchObject({ code: 'ABORTED' })
    }
    expect(counts(worker)).toEqual(before)
    expect(before).toEqual([0, 0, 0])
  })

  test('on a worker that has ended none is left', async () => {
    const { worker, remote } = await thread(`exposeStore(ConversationStore.from([]), parentPort)`)
    await remote.count(query())
    const waiting = connectStore(worker)
    await worker.terminate()
    for (const each of [remote, waiting]) await expect(each.count(query())).rejects.toMatchObject({ code: 'NO_STORE' })
    expect(counts(worker)).toEqual([0, 0, 0])
  })

  test('on a web worker or port', async () => {
    const { port1, port2 } = new MessageChannel()
    exposeStore(ConversationStore.from(ROWS), port2)
    atEnd(() => port1.close())
    const left: [type: string, listener: unknown][] = []
    const port: StorePort = {
      postMessage: (message, transfer) => port1.postMessage(message, transfer),
      addEventListener(type, listener) {
        left.push([type, listener])
        port1.addEventListener(type, listener)
      },
      removeEventListener(type, listener) {
        const at = left.findIndex(([a, b]) => a === type && b === listener)
        if (at >= 0) left.splice(at, 1)
        port1.removeEventListener(type, listener)
      },
      start: () => port1.start(),
    }
    for (let i = 0; i < 5; i++) {
      const remote = connectStore(port)
      expect(await remote.count(query())).toBe(3)
      expect(left.length).toBeGreaterThan(0)
      remote.close()
      connectStore(port).close()
      expect(left).toEqual([])
    }
  })
})

describe('a page', () => {
  const refuse = () => {
    throw new Error('SecurityError')
  }
  const navigators: { readonly [what: string]: unknown } = {
    'no navigator': undefined,
    'a navigator that is null': null,
    'no locks': {},
    'locks that are null': { locks: null },
    'locks that throw': { locks: { request: refuse } },
    'locks that reject': { locks: { request: async () => refuse() } },
    'locks of another kind': { locks: {} },
  }

  test.each(Object.entries(navigators))('with %s connects all the same', async (_, navigator) => {
    vi.stubGlobal('document', {})
    vi.stubGlobal('navigator', navigator)
    expect(await pageOf(ConversationStore.from(ROWS)).count(query())).toBe(3)
  })

  test('without randomUUID connects all the same', async () => {
    vi.stubGlobal('document', {})
    vi.stubGlobal('crypto', {})
    expect(await pageOf(ConversationStore.from(ROWS)).count(query())).toBe(3)
  })

  test('holds its lock until the connection ends, closed while it was opened or later', async () => {
    const held = new Set<string>()
    const request = async (name: string, hold: () => Promise<void>) => {
      // The store's side waits for the page's lock: here, for ever.
      if (held.has(name)) return
      held.add(name)
      await hold()
      held.delete(name)
    }
    vi.stubGlobal('document', {})
    vi.stubGlobal('navigator', { locks: { request } })
    const remote = pageOf(ConversationStore.from(ROWS))
    expect(await remote.count(query())).toBe(3)
    expect(held.size).toBe(1)
    remote.close()
    await vi.waitFor(() => expect(held.size).toBe(0))

    const store = ConversationStore.from(ROWS)
    const { port1, port2 } = new MessageChannel()
    exposeStore(store, port2)
    const early = connectStore(port1)
    await vi.waitFor(() => expect(held.size).toBe(1))
    early.close()
    await vi.waitFor(() => expect(held.size).toBe(0))
    port1.close()
  })
})

test.each(['skip', 'throw'] as const)(
  'a load that is aborted, with %s, rejects once the worker has stopped',
  async (onInvalid) => {
    const store = new ConversationStore()
    const remote = pageOf(store)
    const control = new AbortController()
    const reason = new Error('Enough.')
    let isOver = false
    const late: string[] = []
    store.onChange(() => {
      if (isOver) late.push('a write')
    })
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"conversation_id":"c${i}","started_at":"2026-01-05"}`)
    const loading = remote.load(lines.join('\n'), {
      signal: control.signal,
      onInvalid,
      onProgress: () => {
        if (isOver) late.push('progress')
        control.abort(reason)
      },
    })
    await expect(loading).rejects.toBe(reason)
    isOver = true
    const { size } = store
    // The store would go on in the next turns.
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate)
    expect([late, store.size]).toEqual([[], size])
    expect(size).toBeLessThan(20_000)
  },
)
