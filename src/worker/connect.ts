/** The page's side: a store in a worker, asked by the same queries, answered by promises. */

import { invalidOption } from '../base/options.ts'
import type { AsyncSource } from '../features/async-store/contract.ts'
import type { LoadOptions, LoadResult } from '../features/load/index.ts'
import type { JsonObject } from '../row/conversation.ts'
import { Calls } from './calls.ts'
import type { ConnectedStore, ConnectOptions } from './contract.ts'
import { Link } from './link.ts'
import { LiveQueries } from './live.ts'
import { METHODS, type Method } from './methods.ts'
import { checkPort, type StorePort } from './port.ts'
import type { StoreEvent } from './protocol.ts'
import { loadThrough } from './source.ts'

const TIMEOUT_MS = 10_000

/**
 * Connects to the store that a worker exposes. Give it the `Worker`, a `MessagePort` (`sharedWorker.port`), or a `Worker`
 * of Node's `worker_threads`. Calls may be made at once; they are sent when the worker says that it has its store. A worker
 * that does not call `exposeStore` within `timeoutMs` makes them reject with `NO_STORE`.
 *
 * @example
 * import { query } from 'conversation-store'
 * import { connectStore } from 'conversation-store/worker'
 *
 * const store = connectStore(new Worker(new URL('./store-worker.js', import.meta.url), { type: 'module' }))
 * await store.add({ conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', device: 'mobile' })
 * const page = await store.run(query().device('mobile'))
 */
export function connectStore<Metadata = JsonObject>(
  worker: StorePort,
  { timeoutMs = TIMEOUT_MS }: ConnectOptions = {},
): ConnectedStore<Metadata> {
  checkPort('worker', worker)
  if (!(typeof timeoutMs === 'number' && timeoutMs >= 0))
    throw invalidOption('timeoutMs', timeoutMs, 'milliseconds, 0 or more')
  const link: Link = new Link(worker, timeoutMs, (events) => hear(events, calls, live))
  const calls: Calls = new Calls(link)
  const live: LiveQueries = new LiveQueries(link, () => calls.nextId())
  const methods = Object.entries(METHODS).map(([name, { does }]) => {
    const method = name as Method
    const call =
      does === 'iterate'
        ? (...args: readonly unknown[]) => calls.iterate(method, args)
        : (...args: readonly unknown[]) => calls.ask(method, args)
    return [method, call]
  })
  const store = {
    ...Object.fromEntries(methods),
    load(source: AsyncSource, options?: LoadOptions) {
      const isOver = () => options?.signal?.aborted === true || link.fault !== undefined
      return loadThrough((sent) => calls.ask('load', [sent, options]) as Promise<LoadResult>, source, isOver)
    },
    subscribe: live.subscribe.bind(live),
    close: () => link.close(),
  }
  return store as unknown as ConnectedStore<Metadata>
}

function hear(events: readonly StoreEvent[], calls: Calls, live: LiveQueries): void {
  for (const event of events) {
    try {
      if (event.type === 'heard') calls.hear(event.id, event.listener, event.value)
      else live.hear(event)
    } catch (error) {
      // What a listener throws silences no other: it becomes an unhandled rejection.
      void Promise.reject(error)
    }
  }
}
