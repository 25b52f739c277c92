/** The store's side of one connection: the calls, iterations and live queries of one page. */
import { finalizer, releaseProxy } from 'comlink'
import { ConversationStoreError, show } from '../base/errors.ts'
import { sharingRuns } from '../engine/kept-runs.ts'
import { asAsyncStore, type LocalStore } from '../features/async-store/local.ts'
import { type WarmAsyncOptions, warmAsync } from '../features/indexes/index.ts'
import type { Subscription } from '../features/live/types.ts'
import { raise, unknownName } from '../query/faults.ts'
import { executorOf } from '../store/inside.ts'
import { toPlainError, withPlainError } from './errors.ts'
import { host } from './host.ts'
import { indexLater } from './index-later.ts'
import { METHODS } from './methods.ts'
import type { Call, LiveCommand, Notify, Outcome, Part, RemoteStore, StoreEvent } from './protocol.ts'
import { TaskQueue } from './queue.ts'

type ProxyMethods = { [releaseProxy](): void }

/** The methods that a page can call, by name. Their arguments come from the typed methods of the other side. */
type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** An iteration that has begun. */
interface Iteration {
  readonly iterator: AsyncIterator<unknown>
  readonly partSize: number
}

/** One page's calls and live queries. */
export class Connection implements RemoteStore {
  readonly #store: LocalStore<unknown>
  readonly #methods: Methods
  #notify: (Notify & ProxyMethods) | undefined
  readonly #queue = new TaskQueue()
  readonly #subscriptions = new Map<number, Subscription>()
  /** Live queries whose turn has not come. */
  readonly #opening = new Set<number>()
  /** Calls that have begun, by their ids. */
  readonly #running = new Map<number, { abort(): void }>()
  readonly #iterations = new Map<number, Iteration>()
  #events: StoreEvent[] = []
  /** The page has heard all events. */
  #told: Promise<unknown> | undefined

  constructor(store: LocalStore<unknown>) {
    this.#store = store
    indexLater(store)
    const warm = (options: WarmAsyncOptions) => warmAsync(store, options)
    this.#methods = { ...asAsyncStore(store), warm } as unknown as Methods
  }

  listen(notify: Notify): void {
    this.#notify = notify as Notify & ProxyMethods
  }

  call(id: number, call: Call): Promise<Outcome> {
    return this.#queued(id, () => this.#run(id, call), call)
  }

  more(id: number): Promise<Outcome> {
    return this.#queued(id, () => this.#part(id))
  }

  drop(id: number): void {
    this.#queue.drop(id)
    this.#running.get(id)?.abort()
    const iteration = this.#iterations.get(id)
    this.#iterations.delete(id)
    void iteration?.iterator.return?.()
  }

  live(commands: readonly LiveCommand[]): void {
    const opens = commands.filter((command) => command.do === 'open')
    for (const { id } of opens) this.#opening.add(id)
    for (const command of commands) this.#live(command)
    if (opens.length === 0) return
    // In one turn, so that their first answers go out together; facets first, since they leave conditions out, and others
    // go on from what is left.
    const isFirst = (open: LiveCommand & { readonly do: 'open' }) => open.options.facets !== undefined
    const inTurn = [...opens.filter(isFirst), ...opens.filter((open) => !isFirst(open))]
    const begin = () =>
      sharingRuns(executorOf(this.#store).engine, () => {
        for (const open of inTurn) if (this.#opening.delete(open.id)) this.#open(open)
      })
    this.#queue.add({ id: opens[0]!.id, begin, drop: () => {} })
  }

  /** The page is gone. Called again, it does nothing. */
  [finalizer](): void {
    const notify = this.#notify
    this.#notify = undefined
    this.#queue.clear()
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe()
    for (const id of [...this.#running.keys(), ...this.#iterations.keys()]) this.drop(id)
    notify?.[releaseProxy]()
  }

  #queued(id: number, begin: () => Promise<unknown>, call?: Call): Promise<Outcome> {
    const { method, subscriber } = call ?? {}
    const isReplaceable = subscriber !== undefined && METHODS[method!]?.does === 'ask'
    return new Promise((resolve) => {
      const end = (act: () => Promise<unknown>) => resolve(outcomeOf(act))
      this.#queue.add({
        id,
        replaces: isReplaceable ? `${method} ${subscriber}` : undefined,
        begin: () => end(begin),
        drop: () => end(async () => dropped(subscriber)),
      })
    })
  }

  async #run(id: number, { method, args, options, listeners }: Call): Promise<unknown> {
    const name: string = method
    if (!Object.hasOwn(METHODS, name)) raise([unknownName('method', name, Object.keys(METHODS))])
    const { does, reply = (value: unknown) => value, partSize = 1 } = METHODS[method]
    const control = new host.AbortController()
    this.#running.set(id, control)
    const hear = (listener: string) => (value: unknown) =>
      this.#emit({ type: 'heard', id, listener, value: withPlainError(value) })
    const heard = Object.fromEntries(listeners.map((listener) => [listener, hear(listener)]))
    const isGiven = options === undefined || Object(options) === options
    // The rows of a write are copies that nobody else holds.
    const own = does === 'write' ? { own: true } : {}
    try {
      const given = isGiven ? { ...Object(options), ...heard, ...own, signal: control.signal } : options
      const value = this.#methods[name]!(...args, given)
      if (does !== 'iterate') return reply((await value) as never)
      const iterator = (value as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      this.#iterations.set(id, { iterator, partSize })
      return await this.#part(id)
    } finally {
      this.#running.delete(id)
      // A listener has heard of it before the call is answered, and so has a live query of a write.
      if (does === 'write' || does === 'work') await this.#told
    }
  }

  async #part(id: number): Promise<Part> {
    const { iterator, partSize } = this.#iterations.get(id) ?? dropped(undefined)
    const items: unknown[] = []
    try {
      while (items.length < partSize) {
        const { done, value } = await iterator.next()
        if (done) {
          this.#iterations.delete(id)
          return { items, isLast: true }
        }
        items.push(value)
      }
    } catch (error) {
      this.#iterations.delete(id)
      throw error
    }
    return { items, isLast: false }
  }

  #live({ do: what, id }: LiveCommand): void {
    if (what === 'release') this.#subscriptions.get(id)?.release()
    if (what !== 'close') return
    this.#opening.delete(id)
    this.#subscriptions.get(id)?.unsubscribe()
    this.#subscriptions.delete(id)
  }

  #open({ id, spec, options }: LiveCommand & { readonly do: 'open' }): void {
    const hear = (notice: object) => this.#emit({ type: 'notice', id, notice })
    const onWaiting = (waiting: number) => this.#emit({ type: 'waiting', id, waiting })
    const onError = (error: unknown) => this.#emit({ type: 'error', id, error: toPlainError(error) })
    try {
      const subscription = this.#methods.subscribe!({ spec }, hear, { ...options, onWaiting, onError })
      this.#subscriptions.set(id, subscription as Subscription)
    } catch (error) {
      onError(error)
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

async function outcomeOf(act: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await act() }
  } catch (error) {
    return { error: toPlainError(error) }
  }
}

function dropped(subscriber: string | undefined): never {
  const message =
    subscriber === undefined
      ? 'The call was aborted before it began.'
      : `A newer question of ${show(subscriber)} came before this one had begun.`
  throw new ConversationStoreError([{ parameter: 'subscriber', value: subscriber, code: 'ABORTED', message }])
}
