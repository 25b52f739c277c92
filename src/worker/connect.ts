/** The page's side: a store in a worker, asked by the same queries, answered by promises. */
import { proxy, type Remote, releaseProxy, transfer, wrap } from 'comlink'
import { ConversationStoreError, InvalidQueryError, InvalidSourceError, show } from '../base/errors.ts'
import type { AbortSignalLike } from '../base/host.ts'
import type { FacetCounts, FacetOptions, FacetRequest, NoOtherFacets } from '../features/facets/request.ts'
import type { HistogramBucket, HistogramField, HistogramOptions } from '../features/histogram/request.ts'
import type { CountNotice, CountOptions, PageNotice, PageOptions, Subscription } from '../features/live/types.ts'
import type { BlobLike, LoadOptions, LoadProgress, LoadResult, ReadableStreamLike } from '../features/load/index.ts'
import type { Query } from '../full/query.ts'
import { invalidValue } from '../query/faults.ts'
import type { MetadataPath, QuerySpec } from '../query/spec.ts'
import type { Envelope } from '../wire/envelope.ts'
import { fromPlainError, type PlainError } from './errors.ts'
import { endpointOf, onFailure, type Presence, presenceFor, type StorePort } from './port.ts'
import {
  ARE_YOU_READY,
  CONNECT,
  type LiveCommand,
  type Outcome,
  PRESENCE,
  type Question,
  READY,
  type RemoteStore,
  type StoreEvent,
} from './protocol.ts'

/** How a question is asked. */
export interface AskOptions {
  /** Gives the question up: the promise rejects with the signal's reason at once, and what has not begun is dropped. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * Whose question it is, a name of your choice (`'search box'`). A newer question of the same method by the same
   * subscriber drops its older one that has not begun, whose promise rejects with the code `ABORTED`.
   */
  readonly subscriber?: string | undefined
}

/** A query of any store's rows. */
// biome-ignore lint/suspicious/noExplicitAny: a query is asked by its spec alone, whatever the metadata of its store.
type AnyQuery<Row = any> = Query<any, Row>

/** What a subscription in a worker takes besides. */
export interface ConnectedSubscribeOptions {
  /** Hears why there is no answer: a page past the end, a facet that there is not, a worker that ended. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** What can be sent to a worker: a text, bytes (copied), a `Blob` or `File`, a `ReadableStream` (which moves there). */
export type ConnectedSource = string | Uint8Array | ArrayBuffer | BlobLike | ReadableStreamLike

/** How a source is loaded there. */
export interface ConnectedLoadOptions extends Pick<LoadOptions, 'onInvalid' | 'maxRowBytes'> {
  /** Called before each batch and once at the end. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  /** Ends the load: it rejects with the signal's reason, unless it was over already. */
  readonly signal?: AbortSignalLike | undefined
}

/** How indexes are built there. */
export interface ConnectedWarmOptions {
  /** The text index over messages too. True. */
  readonly text?: boolean
  /** Metadata paths to index besides those that were asked for already. */
  readonly metadata?: readonly (string | MetadataPath)[]
  /** Milliseconds of work between two pauses, in which questions are answered. 8. */
  readonly sliceMs?: number
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignalLike
}

/**
 * A store in a worker. Every question is sent as `query.spec`, so queries are made without a store, by `query()`. Only
 * pages, counts and facets come back, as copies that are not frozen. Errors are those of the library, of the same classes.
 */
export interface ConnectedStore {
  /** The query's page, as `query.fetch()` gives it. Rejects as that throws. */
  run<Row>(query: AnyQuery<Row>, options?: AskOptions): Promise<Envelope<Row>>
  /** How many rows match. */
  count(query: AnyQuery, options?: AskOptions): Promise<number>
  /** As `query.facets(request, options)`. */
  facets<const Request extends FacetRequest>(
    query: AnyQuery,
    request: Request & NoOtherFacets<Request>,
    options?: FacetOptions & AskOptions,
  ): Promise<FacetCounts<Request>>
  /** As `query.histogram(field, options)`. */
  histogram(query: AnyQuery, field: HistogramField, options: HistogramOptions & AskOptions): Promise<HistogramBucket[]>
  /** As `query.highlights(row)`; the row is sent there. */
  highlights(query: AnyQuery, row: object, options?: AskOptions): Promise<ReturnType<Query['highlights']>>
  /**
   * As `query.subscribe(listener, options)`, but the first answer comes later, and errors come to `onError`. What one
   * commit tells to several live queries is told in one turn of the page's event loop. One that is ended before its turn
   * has come is never run.
   */
  subscribe<const Request extends FacetRequest = FacetRequest>(
    query: AnyQuery,
    listener: (notice: CountNotice<Request>) => void,
    options: CountOptions<Request> & ConnectedSubscribeOptions,
  ): Subscription
  subscribe<Row, const Request extends FacetRequest = FacetRequest>(
    query: AnyQuery<Row>,
    listener: (notice: PageNotice<Row, Request>) => void,
    options?: PageOptions<Request> & ConnectedSubscribeOptions,
  ): Subscription
  /**
   * Loads a source into the store, there: see `store.load`. Of a `Response` pass the `body`. Rejects as that does, and with
   * `INVALID_SOURCE` for what cannot be sent.
   */
  load(source: ConnectedSource, options?: ConnectedLoadOptions): Promise<LoadResult>
  /** Builds the indexes there, in slices between which questions are answered: see `store.warmAsync`. */
  warm(options?: ConnectedWarmOptions): Promise<void>
  /** Ends all live queries and rejects what is asked from now on, or not yet answered. Does not end the worker. */
  close(): void
}

/**
 * Connects to the store that a worker exposes. Give it the `Worker`, a `MessagePort` (`sharedWorker.port`), or a `Worker`
 * of Node's `worker_threads`. Questions may be asked at once; they are sent when the worker says that it has its store.
 *
 * @example
 * import { query } from 'conversation-store'
 * import { connectStore } from 'conversation-store/worker'
 *
 * const store = connectStore(new Worker(new URL('./store-worker.js', import.meta.url), { type: 'module' }))
 * const page = await store.run(query().device('mobile'))
 */
export function connectStore(worker: StorePort): ConnectedStore {
  return new Connected(worker)
}

/** A live query as the page knows it. */
interface Live {
  hear(event: StoreEvent): void
  fail(error: unknown): void
}

class Connected implements ConnectedStore {
  readonly #remote: Promise<Remote<RemoteStore>>
  readonly #live = new Map<number, Live>()
  /** Hear the progress of loads and the like. */
  readonly #progress = new Map<number, (progress: never) => void>()
  /** Give up what waits for an answer. */
  readonly #pending = new Set<(error: unknown) => void>()
  #commands: LiveCommand[] = []
  #lastId = 0
  #isReady = false
  #presence: Presence | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(worker: StorePort) {
    onFailure(worker, (isOver, why) => {
      if (isOver || !this.#isReady) this.#fail(noStore(why))
    })
    this.#remote = this.#open(worker)
    this.#remote.catch(ignore)
  }

  run<Row>(query: AnyQuery<Row>, options: AskOptions = {}): Promise<Envelope<Row>> {
    return this.#ask('run', query, [], options)
  }

  count(query: AnyQuery, options: AskOptions = {}): Promise<number> {
    return this.#ask('count', query, [], options)
  }

  facets<const Request extends FacetRequest>(
    query: AnyQuery,
    request: Request & NoOtherFacets<Request>,
    options: FacetOptions & AskOptions = {},
  ): Promise<FacetCounts<Request>> {
    const { signal, subscriber, ...others } = Object(options) as FacetOptions & AskOptions
    return this.#ask('facets', query, [request, options && others], { signal, subscriber })
  }

  histogram(
    query: AnyQuery,
    field: HistogramField,
    options: HistogramOptions & AskOptions,
  ): Promise<HistogramBucket[]> {
    const { signal, subscriber, ...others } = Object(options) as HistogramOptions & AskOptions
    return this.#ask('histogram', query, [field, options && others], { signal, subscriber })
  }

  highlights(query: AnyQuery, row: object, options: AskOptions = {}): Promise<ReturnType<Query['highlights']>> {
    return this.#ask('highlights', query, [row], options)
  }

  subscribe(
    query: AnyQuery,
    listener: (notice: never) => void,
    { onWaiting, onError, signal, ...options }: Omit<PageOptions, 'select'> & ConnectedSubscribeOptions = {},
  ): Subscription {
    const spec = specOf(query)
    if (typeof listener !== 'function') throw invalid('listener', listener, 'a function that takes the answer')
    const id = ++this.#lastId
    let waiting = 0
    const end = () => {
      signal?.removeEventListener('abort', end)
      if (!this.#live.delete(id)) return
      const isUnsent = this.#commands.some((command) => command.do === 'open' && command.id === id)
      this.#commands = this.#commands.filter((command) => command.id !== id)
      if (!isUnsent) this.#send({ do: 'close', id })
    }
    const fail = (error: unknown) => {
      end()
      onError?.(error)
    }
    const hear = (event: StoreEvent) => {
      if (event.type === 'notice') listener(event.notice as never)
      else if (event.type === 'waiting') {
        waiting = event.waiting
        onWaiting?.(waiting)
      } else if (event.type === 'error') fail(fromPlainError(event.error))
    }
    const live = this.#live
    const subscription = Object.defineProperties(() => end(), {
      unsubscribe: { value: end },
      release: { value: () => live.has(id) && this.#send({ do: 'release', id }) },
      isActive: { get: () => live.has(id) },
      waiting: { get: () => waiting },
    }) as unknown as Subscription
    if (signal?.aborted) return subscription
    signal?.addEventListener('abort', end)
    live.set(id, { hear, fail })
    try {
      this.#send({ do: 'open', id, spec, options: host.structuredClone(options) })
    } catch (error) {
      // What cannot be cloned would stop what is sent with it.
      void Promise.resolve().then(() => fail(error))
    }
    return subscription
  }

  async load(source: ConnectedSource, options: ConnectedLoadOptions = {}): Promise<LoadResult> {
    const { onInvalid, maxRowBytes, onProgress, signal } = options
    const settings = { onInvalid, maxRowBytes, reports: onProgress !== undefined }
    const send = (sent: ConnectedSource) =>
      this.#run<LoadResult>(onProgress, signal, (remote, id) => remote.load(id, sent, settings))
    const result = await send(sendable(source)).catch(async (error: unknown) => {
      // Where streams cannot be moved between threads (Safari), it is still open here, and what it holds is sent.
      const isHere = isStream(source) && source.locked === false
      if (!isHere || signal?.aborted || this.#failure !== undefined) throw error
      return send(await new host.Response(source).blob())
    })
    const rejected = result.rejected.map((row) => ({
      ...row,
      error: fromPlainError(row.error as unknown as PlainError) as ConversationStoreError,
    }))
    return { ...result, rejected }
  }

  async warm({ onProgress, signal, ...options }: ConnectedWarmOptions = {}): Promise<void> {
    const settings = { ...options, reports: onProgress !== undefined }
    await this.#run(onProgress, signal, (remote, id) => remote.warm(id, settings))
  }

  close(): void {
    if (this.#failure !== undefined) return
    const message = 'The connection to the store was closed.'
    const remote = this.#remote
    this.#fail(new ConversationStoreError([{ parameter: 'close', value: undefined, code: 'ABORTED', message }]))
    remote.then((it) => it[releaseProxy](), ignore).then(() => this.#presence?.end())
  }

  /** Waits until the worker has its store, then opens a connection of its own. */
  async #open(worker: StorePort): Promise<Remote<RemoteStore>> {
    const endpoint = endpointOf(worker)
    await new Promise<void>((resolve, reject) => {
      const hear = ({ data }: { readonly data: unknown }) => {
        if (data !== READY) return
        endpoint.removeEventListener('message', hear)
        this.#pending.delete(reject)
        resolve()
      }
      this.#pending.add(reject)
      endpoint.addEventListener('message', hear)
      endpoint.start?.()
      endpoint.postMessage(ARE_YOU_READY)
    })
    this.#isReady = true
    const { port1, port2 } = new host.MessageChannel()
    // Node's workers say with which code they ended.
    if (endpoint === worker) port1.addEventListener('close', () => this.#fail(noStore('Its connection was closed.')))
    this.#presence = await presenceFor(worker)
    endpoint.postMessage({ [CONNECT]: port2, [PRESENCE]: this.#presence?.name }, [port2])
    const remote = wrap<RemoteStore>(port1 as never)
    await remote.listen(proxy((events: readonly StoreEvent[]) => this.#hear(events)))
    return remote
  }

  async #ask<Value>(kind: Question['kind'], query: AnyQuery, args: readonly unknown[], options: AskOptions) {
    const { signal, subscriber } = options
    const spec = specOf(query)
    try {
      return await this.#call<Value>(signal, true, (remote, id) => remote.ask(id, { kind, spec, args, subscriber }))
    } catch (error) {
      if (Object(error).name !== 'DataCloneError') throw error
      throw invalid(kind, args[0], `what can be sent to a worker (${(error as Error).message})`)
    }
  }

  async #run<Value>(
    onProgress: ((progress: never) => void) | undefined,
    signal: AbortSignalLike | undefined,
    send: (remote: Remote<RemoteStore>, id: number) => Promise<Outcome>,
  ): Promise<Value> {
    let id = 0
    try {
      return await this.#call<Value>(signal, false, (remote, given) => {
        id = given
        if (onProgress !== undefined) this.#progress.set(id, onProgress)
        return send(remote, id)
      })
    } finally {
      this.#progress.delete(id)
    }
  }

  /** @param isHasty Whether an abort rejects at once, or only when the other side has stopped. */
  #call<Value>(
    signal: AbortSignalLike | undefined,
    isHasty: boolean,
    send: (remote: Remote<RemoteStore>, id: number) => Promise<Outcome>,
  ): Promise<Value> {
    const id = ++this.#lastId
    return new Promise<Value>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error)
      if (signal?.aborted) return reject(reasonOf(signal))
      const { addEventListener, removeEventListener } = (signal ?? {}) as Partial<EventSource>
      let isSent = false
      const settle = (act: () => void) => {
        this.#pending.delete(giveUp)
        removeEventListener?.call(signal, 'abort', abort)
        act()
      }
      const giveUp = (error: unknown) => settle(() => reject(error))
      const abort = () => {
        if (isSent) void this.#remote.then((remote) => remote.drop(id)).catch(ignore)
        if (isHasty || !isSent) giveUp(reasonOf(signal))
      }
      this.#pending.add(giveUp)
      addEventListener?.call(signal, 'abort', abort)
      this.#remote
        .then((remote) => {
          if (!this.#pending.has(giveUp)) return undefined
          isSent = true
          return send(remote, id)
        })
        .then((outcome) => {
          if (outcome === undefined) return
          if ('value' in outcome) settle(() => resolve(outcome.value as Value))
          else giveUp(signal?.aborted ? reasonOf(signal) : fromPlainError(outcome.error))
        }, giveUp)
    })
  }

  /** Commands of one turn are sent together. */
  #send(command: LiveCommand): void {
    if (this.#commands.push(command) > 1) return
    const flush = (remote: Remote<RemoteStore>) => {
      const commands = this.#commands
      this.#commands = []
      if (this.#failure !== undefined) throw this.#failure.error
      return remote.live(commands)
    }
    this.#remote.then(flush).catch((error) => this.#fail(error))
  }

  #hear(events: readonly StoreEvent[]): void {
    for (const event of events) {
      try {
        if (event.type === 'progress') this.#progress.get(event.id)?.(event.progress as never)
        else this.#live.get(event.id)?.hear(event)
      } catch (error) {
        // What a listener throws silences no other: it becomes an unhandled rejection.
        void Promise.reject(error)
      }
    }
  }

  #fail(reason: unknown): void {
    this.#failure ??= { error: reason }
    const { error } = this.#failure
    for (const giveUp of this.#pending) giveUp(error)
    for (const { fail } of [...this.#live.values()]) fail(error)
  }
}

/** The spec of a query. What is no query has none, and would ask for everything. */
function specOf(query: AnyQuery): QuerySpec {
  const spec: unknown = Object(query).spec
  if (typeof spec !== 'object' || spec === null) throw invalid('query', query, "a query: query().device('mobile')")
  return spec as QuerySpec
}

function invalid(parameter: string, value: unknown, expected: string): InvalidQueryError {
  return new InvalidQueryError([invalidValue(parameter, value, { expected })])
}

interface EventSource {
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

const host = globalThis as unknown as {
  readonly MessageChannel: new () => {
    readonly port1: { addEventListener(type: 'close', listener: () => void): void }
    readonly port2: unknown
  }
  readonly Response: new (body: object) => { blob(): Promise<BlobLike> }
  structuredClone<Value>(value: Value): Value
}

function ignore(): void {}

function noStore(why: string): ConversationStoreError {
  const message = `The worker has no store to answer.${why === '' ? '' : ` ${why}`}`
  return new ConversationStoreError([{ parameter: 'worker', value: why, code: 'NO_STORE', message }])
}

function reasonOf(signal: AbortSignalLike | undefined): unknown {
  if (signal?.reason !== undefined) return signal.reason
  const message = 'The question was aborted by its signal.'
  return new ConversationStoreError([{ parameter: 'signal', value: undefined, code: 'ABORTED', message }])
}

function isStream(source: unknown): source is ReadableStreamLike & { readonly locked?: boolean } {
  return Object.prototype.toString.call(source) === '[object ReadableStream]'
}

/** The source ready to be sent: a stream moves, the rest is copied. */
function sendable(source: ConnectedSource): ConnectedSource {
  const kind = Object.prototype.toString.call(source).slice(8, -1)
  if (isStream(source)) return transfer(source, [source as never])
  if (kind === 'String' || kind === 'Blob' || kind === 'File' || kind === 'ArrayBuffer') return source
  if (ArrayBuffer.isView(source)) return source
  const hint = kind === 'Response' ? ' Pass its body.' : ''
  const message = `The source is ${show(source)}, which cannot be sent to a worker. Expected a text, bytes, a Blob or a ReadableStream.${hint}`
  throw new InvalidSourceError([{ parameter: 'source', value: source, code: 'INVALID_SOURCE', message }])
}
