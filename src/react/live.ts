/** One live answer for one component: what `useSyncExternalStore` subscribes to and reads. */
import type { ConversationStoreError } from '../base/errors.ts'
import type { AbortSignalLike } from '../base/host.ts'
import type { AggregateOptions, AggregateRequest } from '../features/aggregate/request.ts'
import type { AsyncQuery, AsyncStore, CallOptions } from '../features/async-store/contract.ts'
import type { FacetRequest } from '../features/facets/request.ts'
import type { HistogramField, HistogramOptions } from '../features/histogram/request.ts'
import type { PageOptions, Subscription } from '../features/live/types.ts'
import type { Query } from '../full/query.ts'
import type { ConversationStore } from '../full/store.ts'
import type { Envelope } from '../wire/envelope.ts'
import { shared } from './shared.ts'

// biome-ignore lint/suspicious/noExplicitAny: a query is asked by its spec alone, whatever the metadata of its store.
type Any = any
type LocalStore = ConversationStore<Any>

/** A store of the page, or one that is elsewhere: in a worker, say. */
export type AnyStore = LocalStore | AsyncStore<Any>

/** Options of a page or of a count, which the types of `subscribe` have apart. */
type AnyOptions = Omit<PageOptions, 'select'> & { readonly select: 'page' | 'count' }

/** What is asked of a query. The hooks' types say what comes. */
export interface Answer {
  /** The options of `subscribe`. */
  readonly options: AnyOptions
  /** Asks a store of the page. */
  ask(query: Query<Any, Any>): Any
  /** Asks a store elsewhere. */
  askAsync(store: AsyncStore<Any>, query: AsyncQuery<Any>, options: CallOptions): Promise<Any>
  /** The answer in a notice. */
  read(notice: Any): Any
}

export function pageOf(hold: boolean): Answer {
  return {
    options: { select: 'page', hold },
    ask: (query) => query.fetch(),
    askAsync: (store, query, options) => store.run(query, options),
    read: ({ page }) => page,
  }
}

export const COUNT: Answer = {
  options: { select: 'count' },
  ask: (query) => query.count(),
  askAsync: (store, query, options) => store.count(query, options),
  read: ({ count }) => count,
}

export function facetsOf(facets: FacetRequest): Answer {
  return {
    options: { select: 'count', facets },
    ask: (query) => query.facets(facets),
    askAsync: (store, query, options) => store.facets(query, facets, options),
    read: (notice) => notice.facets,
  }
}

export function histogramOf(field: HistogramField, every: HistogramOptions): Answer {
  return {
    options: { select: 'count', histogram: { ...every, field } },
    ask: (query) => query.histogram(field, every),
    askAsync: (store, query, options) => store.histogram(query, field, { ...every, ...options }),
    read: (notice) => notice.histogram,
  }
}

export function aggregateOf(request: AggregateRequest, options: AggregateOptions | undefined): Answer {
  return {
    options: { select: 'count', aggregate: [request, options] },
    ask: (query) => query.aggregate(request, options),
    askAsync: (store, query, others) => store.aggregate(query, request, { ...options, ...others }),
    read: (notice) => notice.aggregate,
  }
}

/** What is known of an answer. */
export interface State<Data> {
  readonly data: Data | undefined
  readonly error: Error | null
  readonly status: 'pending' | 'success' | 'error'
  readonly isPlaceholder: boolean
  readonly waiting: number
  readonly release: () => void
  readonly refetch: () => void
}

/** Asks when it is first read, is told of changes while someone listens, and keeps its state while nothing has changed. */
export class Live<Data> {
  readonly #store: AnyStore | null
  readonly #query: AsyncQuery
  readonly #answer: Answer
  readonly #initial: State<Data>
  #state: State<Data> | undefined
  #subscription: Pick<Subscription, 'unsubscribe' | 'release' | 'waiting'> | undefined
  #refetch: (() => void) | undefined

  /** @param previous What is shown until the answer comes. */
  constructor(
    store: AnyStore | null,
    query: AsyncQuery,
    answer: Answer,
    initialData: Data | undefined,
    previous: Data | undefined,
  ) {
    this.#store = store
    this.#query = query
    this.#answer = answer
    const data = initialData ?? previous
    this.#initial = {
      data,
      error: null,
      status: data === undefined ? 'pending' : 'success',
      isPlaceholder: initialData === undefined && data !== undefined,
      waiting: 0,
      release: () => this.#subscription?.release(),
      refetch: () => this.#refetch?.(),
    }
  }

  /** The state. One and the same object until something has changed. */
  readonly state = (): State<Data> => {
    if (this.#state === undefined) {
      this.#state = this.#initial
      const store = this.#store
      if (isLocal(store)) this.#answered(() => this.#answer.ask(store.query(this.#query.spec)))
    }
    return this.#state
  }

  /** The state on the server, and in the page's first render of what came from there. */
  readonly firstState = (): State<Data> => {
    const { data, isPlaceholder } = this.#initial
    return data === undefined || isPlaceholder ? this.state() : this.#initial
  }

  /** Begins to listen; the function that comes back ends it. */
  readonly subscribe = (onChange: () => void): (() => void) => {
    const store = this.#store
    if (store === null || isLocal(store) || store.subscribe !== undefined) this.#open(onChange)
    else this.#ask(store, onChange)
    return () => {
      this.#subscription?.unsubscribe()
      this.#refetch = undefined
    }
  }

  /** Asks a store that does not tell of changes: now, and whenever it is asked to. */
  #ask(store: AsyncStore<Any>, onChange: () => void): void {
    const control = new host.AbortController()
    const hear = (read: () => Data) => {
      if (!control.signal.aborted && this.#answered(read)) onChange()
    }
    this.#subscription?.unsubscribe()
    this.#subscription = { unsubscribe: () => control.abort(), release() {}, waiting: 0 }
    this.#refetch = () => this.#ask(store, onChange)
    this.#answer.askAsync(store, this.#query, { signal: control.signal }).then(
      (data) => hear(() => data),
      (error) =>
        hear(() => {
          throw error
        }),
    )
  }

  #open(onChange: () => void): void {
    const tell = (isChanged: boolean) => {
      if (isChanged) onChange()
    }
    const fail = (error: unknown) => {
      tell(this.#failed(error))
      // A page that is not there yet may come: the first one tells when.
      if ((error as Partial<ConversationStoreError>).code === 'INVALID_PAGE') this.#reopen(onChange)
    }
    const { options, read } = this.#answer
    const onWaiting = (waiting: number) => tell(this.#move({ waiting }))
    this.#subscribe(this.#query, { ...options, onWaiting }, (notice) => tell(this.#answered(() => read(notice))), fail)
  }

  #reopen(onChange: () => void): void {
    const { page: asked, ...spec } = this.#query.spec
    const hear = ({ page }: { readonly page: Envelope<unknown> }) => {
      if (page.total_pages < Number(asked)) return
      this.#subscription?.unsubscribe()
      this.#open(onChange)
    }
    this.#subscribe({ spec }, { select: 'page' }, hear, () => {})
  }

  #subscribe(
    query: AsyncQuery,
    anyOptions: AnyOptions,
    listener: (notice: never) => void,
    onError: (error: unknown) => void,
  ): void {
    const options = anyOptions as PageOptions
    const hear = listener as () => void
    const store = this.#store
    this.#subscription = undefined
    try {
      this.#subscription = isLocal(store)
        ? store.query(query.spec).subscribe(hear, options)
        : store?.subscribe?.(query, hear, { ...options, onError })
    } catch (error) {
      onError(error)
    }
  }

  /** Takes in an answer, or the error that reading it throws. */
  #answered(read: () => Data): boolean {
    try {
      const data = shared(this.state().data, read())
      const waiting = this.#subscription?.waiting ?? 0
      return this.#move({ data, error: null, status: 'success', isPlaceholder: false, waiting })
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): boolean {
    const { data, isPlaceholder } = this.state()
    const kept = isPlaceholder ? undefined : data
    return this.#move({ data: kept, error: error as Error, status: 'error', isPlaceholder: false })
  }

  /** Whether anything has changed. */
  #move(change: Partial<State<Data>>): boolean {
    const before = this.state()
    const keys = Object.keys(change) as (keyof State<Data>)[]
    if (keys.every((key) => change[key] === before[key])) return false
    this.#state = { ...before, ...change }
    return true
  }
}

function isLocal(store: AnyStore | null): store is LocalStore {
  return store !== null && 'query' in store
}

const host = globalThis as unknown as {
  readonly AbortController: new () => { abort(): void; readonly signal: AbortSignalLike }
}
