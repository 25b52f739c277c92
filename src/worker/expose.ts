/** The store's side: answers the questions of pages, one connection a page. */
import { expose, finalizer, releaseProxy } from 'comlink'
import { ConversationStoreError, show } from '../base/errors.ts'
import type { AbortSignalLike } from '../base/host.ts'
import type { Subscription } from '../features/live/types.ts'
import type { LoadResult, LoadSource } from '../features/load/index.ts'
import type { Query } from '../full/query.ts'
import type { ConversationStore } from '../full/store.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { AnyConversation } from '../store/query.ts'
import { toPlainError } from './errors.ts'
import { Line } from './line.ts'
import { type Endpoint, endpointOf, type StorePort, whenGone } from './port.ts'
import {
  ARE_YOU_READY,
  CONNECT,
  type LiveCommand,
  type LoadSettings,
  type Notify,
  type Outcome,
  PRESENCE,
  type Question,
  READY,
  type RemoteStore,
  type StoreEvent,
  type WarmSettings,
} from './protocol.ts'

type ProxyMethods = { [releaseProxy](): void }
type AnyStore = ConversationStore<unknown>
// biome-ignore lint/suspicious/noExplicitAny: the arguments come from the typed methods of the other side.
type Ask = (query: Query<unknown, AnyConversation<unknown>>, ...args: any[]) => unknown

/** What can be asked: nothing here gives more than a page. */
const QUESTIONS: Readonly<Record<Question['kind'], Ask>> = {
  run: (query) => query.fetch(),
  count: (query) => query.count(),
  facets: (query, request, options) => query.facets(request, options),
  histogram: (query, field, options) => query.histogram(field, options),
  highlights: (query, row) => query.highlights(row),
}

/**
 * Lets pages ask a store: called in the worker's file, which `connectStore` on the page is connected to. The store may be
 * filled before, after, or by the page's `load`; whatever the worker itself writes, the page's live queries are told.
 *
 * In a web worker the second argument is left out. In Node it is `parentPort` of `node:worker_threads`, in a shared worker
 * each port that connects.
 *
 * @example
 * import { ConversationStore } from 'conversation-store'
 * import { exposeStore } from 'conversation-store/worker'
 *
 * const store = new ConversationStore()
 * exposeStore(store)
 * await store.load(await fetch('/conversations.ndjson.gz'))
 */
export function exposeStore<Metadata>(store: ConversationStore<Metadata>, port?: StorePort): void {
  const endpoint = endpointOf(port ?? ownPort())
  endpoint.addEventListener('message', ({ data }) => {
    if (data === ARE_YOU_READY) endpoint.postMessage(READY)
    const { [CONNECT]: connected, [PRESENCE]: name } = Object(data) as Greeting
    if (connected === undefined) return
    const connection = new Connection(store as unknown as AnyStore)
    expose(connection, connected as never)
    // A page that is gone says no more: of its end hears its port, in Node, or who asks for its lock.
    connected.addEventListener('close', () => connection[finalizer]())
    if (name !== undefined) whenGone(name, () => connection[finalizer]())
  })
  endpoint.start?.()
  endpoint.postMessage(READY)
}

interface Greeting {
  readonly [CONNECT]?: Endpoint
  readonly [PRESENCE]?: string
}

/** The worker's own global, where that is a port to the page. */
function ownPort(): StorePort {
  const own = globalThis as unknown as Partial<StorePort>
  if (typeof own.postMessage === 'function' && typeof own.addEventListener === 'function') return own as StorePort
  const message =
    'There is no page to expose the store to. Call exposeStore(store) in a worker; in Node, exposeStore(store, parentPort).'
  throw new ConversationStoreError([{ parameter: 'port', value: undefined, code: 'NO_STORE', message }])
}

/** One page's questions, loads and live queries. */
class Connection implements RemoteStore {
  readonly #store: AnyStore
  #notify: (Notify & ProxyMethods) | undefined
  readonly #line = new Line()
  readonly #subscriptions = new Map<number, Subscription>()
  /** Live queries whose turn has not come. */
  readonly #opening = new Set<number>()
  /** Loads and the like, by their ids. */
  readonly #running = new Map<number, { abort(): void }>()
  #events: StoreEvent[] = []
  /** The page has heard all events. */
  #told: Promise<unknown> | undefined

  constructor(store: AnyStore) {
    this.#store = store
  }

  listen(notify: Notify): void {
    this.#notify = notify as Notify & ProxyMethods
  }

  ask(id: number, { kind, spec, args, subscriber }: Question): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#line.add({
        id,
        replaces: subscriber === undefined ? undefined : `${kind} ${subscriber}`,
        begin: () => resolve(outcomeOf(() => QUESTIONS[kind](this.#query(spec), ...args))),
        drop: () => resolve(outcomeOf(() => dropped(subscriber))),
      })
    })
  }

  load(id: number, source: unknown, { reports, ...settings }: LoadSettings): Promise<Outcome> {
    return this.#run(id, async (signal) => {
      const onProgress = reports ? (progress: object) => this.#emit({ type: 'progress', id, progress }) : undefined
      const result = await this.#store.load(source as LoadSource, { ...settings, signal, onProgress })
      return plainResult(result)
    })
  }

  warm(id: number, { reports, text = true, metadata = [], sliceMs = 8 }: WarmSettings): Promise<Outcome> {
    return this.#run(id, async (signal) => {
      const onProgress = reports ? (progress: object) => this.#emit({ type: 'progress', id, progress }) : () => {}
      await this.#store.warmAsync({ text, metadata, sliceMs, signal, onProgress })
    })
  }

  drop(id: number): void {
    this.#line.drop(id)
    this.#running.get(id)?.abort()
  }

  live(commands: readonly LiveCommand[]): void {
    const opens = commands.filter((command) => command.do === 'open')
    for (const { id } of opens) this.#opening.add(id)
    for (const command of commands) this.#live(command)
    if (opens.length === 0) return
    // In one turn, so that their first answers go out together.
    const begin = () => {
      for (const open of opens) if (this.#opening.delete(open.id)) this.#open(open)
    }
    this.#line.add({ id: opens[0]!.id, begin, drop: () => {} })
  }

  /** The page is gone. Called again, it does nothing. */
  [finalizer](): void {
    const notify = this.#notify
    this.#notify = undefined
    this.#line.clear()
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe()
    for (const task of this.#running.values()) task.abort()
    notify?.[releaseProxy]()
  }

  /** A spec that is missing is refused, as any that is wrong: it does not ask for everything. */
  #query(spec: QuerySpec | undefined) {
    return this.#store.query(spec ?? (null as never))
  }

  #live({ do: what, id }: LiveCommand): void {
    if (what === 'release') this.#subscriptions.get(id)?.release()
    if (what !== 'close') return
    this.#opening.delete(id)
    this.#subscriptions.get(id)?.unsubscribe()
    this.#subscriptions.delete(id)
  }

  #open({ id, spec, options }: LiveCommand & { readonly do: 'open' }): void {
    try {
      const onWaiting = (waiting: number) => this.#emit({ type: 'waiting', id, waiting })
      const hear = (notice: object) => this.#emit({ type: 'notice', id, notice })
      this.#subscriptions.set(id, this.#query(spec).subscribe(hear, { ...options, onWaiting } as never))
    } catch (error) {
      this.#emit({ type: 'error', id, error: toPlainError(error) })
    }
  }

  async #run(id: number, task: (signal: AbortSignalLike) => Promise<unknown>): Promise<Outcome> {
    const control = new host.AbortController()
    this.#running.set(id, control)
    try {
      return { value: await task(control.signal) }
    } catch (error) {
      return { error: toPlainError(error) }
    } finally {
      this.#running.delete(id)
      await this.#told
    }
  }

  /** What one commit tells goes out together, so that the page shows it in one frame. */
  #emit(event: StoreEvent): void {
    if (this.#events.push(event) > 1) return
    this.#told = Promise.resolve().then(() => {
      const events = this.#events
      this.#events = []
      return this.#notify?.(events)
    })
  }
}

function outcomeOf(answer: () => unknown): Outcome {
  try {
    return { value: answer() }
  } catch (error) {
    return { error: toPlainError(error) }
  }
}

function dropped(subscriber: string | undefined): never {
  const message = `A newer question of ${show(subscriber)} came before this one was begun.`
  throw new ConversationStoreError([{ parameter: 'subscriber', value: subscriber, code: 'ABORTED', message }])
}

/** The result of a load with its errors taken apart. */
function plainResult({ added, rejected }: LoadResult): object {
  return { added, rejected: rejected.map(({ error, ...row }) => ({ ...row, error: toPlainError(error) })) }
}

const host = globalThis as unknown as {
  readonly AbortController: new () => { abort(): void; readonly signal: AbortSignalLike }
}
