'use client'
/**
 * Live answers in React components, 18 and 19: the entry point `conversation-store/react`. The hooks work over a store of
 * the page and, unchanged, over any `AsyncStore`, such as one in a worker. They never suspend, and nothing is subscribed to
 * before a component is mounted, so renders that are thrown away (strict mode, Suspense, transitions) leave nothing behind.
 *
 * A store without `subscribe` is asked when a component is mounted or its query changes, and on `refetch()`.
 */
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react'
import { ConversationStoreError } from '../base/errors.ts'
import type { AggregateGroup, AggregateOptions, AggregateRequest } from '../features/aggregate/request.ts'
import type { AsyncQuery } from '../features/async-store/contract.ts'
import type { FacetCounts, FacetRequest, NoOtherFacets } from '../features/facets/request.ts'
import type { HistogramBucket, HistogramField, HistogramOptions } from '../features/histogram/request.ts'
import type { Envelope } from '../wire/envelope.ts'
import {
  type Answer,
  type AnyStore,
  aggregateOf,
  COUNT,
  facetsOf,
  histogramOf,
  Live,
  pageOf,
  type State,
} from './live.ts'

export type { AnyStore } from './live.ts'

/** How a page of conversations is shown. */
export interface UseConversationsOptions<Row> {
  /** Keeps the page still while rows arrive: `waiting` counts them, `release()` shows them. */
  readonly hold?: boolean | undefined
  /** While the answer to another query is pending, gives the one before, with `isPlaceholder`. */
  readonly keepPrevious?: boolean | undefined
  /**
   * The answer on the server and in the first render of the page, as `fetch()` or the HTTP API gave it. It belongs to the
   * query of the same rendering; give another query its own, or leave it out.
   */
  readonly initialData?: Envelope<Row> | undefined
}

/** The state of an answer, in TanStack Query's words. Equal answers are one object, so it can be compared by `===`. */
export interface Conversations<Row> {
  /** The page, as `fetch()` gives it. Undefined while it is pending, and after an error that came first. */
  readonly data: Envelope<Row> | undefined
  /** What the library threw; null unless `status` is `error`. */
  readonly error: Error | null
  /** A store of the page is never `pending`. */
  readonly status: 'pending' | 'success' | 'error'
  /** Whether `data` is the answer to the query before. */
  readonly isPlaceholder: boolean
  /** With `hold`: how many rows have arrived or moved since the page was last told. */
  readonly waiting: number
  /** With `hold`: shows the page as it is now. One function as long as the query is the same. */
  readonly release: () => void
  /** Asks again, where the store has no `subscribe`; else the answer is kept in step and this does nothing. */
  readonly refetch: () => void
}

/** What an answer that is no page is asked with besides. */
export interface UseAnswerOptions {
  /** While the answer to another query is pending, gives the one before. */
  readonly keepPrevious?: boolean | undefined
}

/** Undefined where there is no provider, null where it has no store yet. */
const StoreContext = createContext<AnyStore | null | undefined>(undefined)

/**
 * Gives a store to the hooks of the components inside. Null, as on a server whose pages have their store in a worker,
 * means that answers are pending, except for `initialData`.
 *
 * @example createRoot(element).render(createElement(StoreProvider, { store }, createElement(App)))
 */
export function StoreProvider({
  store,
  children,
}: {
  readonly store: AnyStore | null
  readonly children?: ReactNode
}): ReactElement {
  return createElement(StoreContext.Provider, { value: store }, children)
}

/**
 * A page of conversations, kept in step with the store. Queries written inline are compared by `query.key`: with an equal
 * one nothing is asked and nothing renders again, and so it is after a write that leaves the page as it was.
 *
 * A query with `startedWithin` is another one at each rendering when it is written inline: make it in `useMemo`, or pass
 * it a `now` that you keep.
 *
 * Errors (a page past the end, a worker that ended) are given as `error`. Throws `NO_STORE` outside a `StoreProvider`.
 *
 * @example
 * const { data } = useConversations(query().search(text).device('mobile'), { keepPrevious: true })
 */
export function useConversations<Row>(
  query: AsyncQuery<Row>,
  { hold = false, keepPrevious = false, initialData }: UseConversationsOptions<Row> = {},
): Conversations<Row> {
  return useLive<Envelope<Row>>(query, pageOf(hold), keepPrevious, initialData)
}

/**
 * How many conversations match, kept in step with the store. Undefined while it is pending. Errors are thrown, to the
 * nearest error boundary.
 *
 * @example const marked = useCount(query().marked())
 */
export function useCount(query: AsyncQuery): number | undefined {
  return dataOf(useLive<number>(query, COUNT))
}

/**
 * The facets of a query, as `query.facets(fields)` gives them, kept in step with the store: what a write changes in them
 * and in other hooks is rendered together. Undefined while it is pending. Errors are thrown, to the nearest error
 * boundary. Fields written inline are compared by their JSON.
 *
 * @example const facets = useFacets(query().device('mobile'), { device: true, language: { limit: 10 } })
 */
export function useFacets<const Request extends FacetRequest>(
  query: AsyncQuery,
  fields: Request & NoOtherFacets<Request>,
  { keepPrevious }: UseAnswerOptions = {},
): FacetCounts<Request> | undefined {
  return dataOf(useLive<FacetCounts<Request>>(query, facetsOf(fields), keepPrevious))
}

/**
 * How many matches fall into each hour, day, week or month, as `query.histogram(field, options)` gives it, kept in step with
 * the store. Undefined while it is pending. Errors (a span of more than 10,000 buckets, say) are thrown, to the nearest error
 * boundary. Options written inline are compared by their JSON.
 *
 * @example const days = useHistogram(query().device('mobile'), 'started_at', { every: 'day', timeZone: 'Europe/Berlin' })
 */
export function useHistogram(
  query: AsyncQuery,
  field: HistogramField,
  { keepPrevious, ...options }: HistogramOptions & UseAnswerOptions,
): readonly HistogramBucket[] | undefined {
  return dataOf(useLive<HistogramBucket[]>(query, histogramOf(field, options), keepPrevious))
}

/**
 * What numbers come to, as `query.aggregate(request, options)` gives it, kept in step with the store. Undefined while it is
 * pending. Errors are thrown, to the nearest error boundary. Requests written inline are compared by their JSON.
 *
 * @example const byModel = useAggregate(query(), { total: ['sum', 'metadata.tokens.total'] }, { by: 'metadata.model' })
 */
export function useAggregate<const Request extends AggregateRequest>(
  query: AsyncQuery,
  request: Request,
  { keepPrevious, ...options }: AggregateOptions<keyof Request & string> & UseAnswerOptions = {},
): readonly AggregateGroup<Request>[] | undefined {
  return dataOf(useLive<AggregateGroup<Request>[]>(query, aggregateOf(request, options), keepPrevious))
}

function useLive<Data>(query: AsyncQuery, answer: Answer, keepPrevious = false, initialData?: Data): State<Data> {
  const store = useContext(StoreContext)
  if (store === undefined) throw noProvider(query)
  const shown = useRef<Data | undefined>(undefined)
  const key = JSON.stringify([query.spec, answer.options])
  // Initial data answer the query that they came with, and no other.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key of the rendering that they came with.
  const initialKey = useMemo(() => key, [initialData])
  const initial = key === initialKey ? initialData : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of query and answer; the rest is read at the beginning only.
  const live = useMemo(
    () => new Live<Data>(store, query, answer, initial, keepPrevious ? shown.current : undefined),
    [store, key],
  )
  const state = useSyncExternalStore(live.subscribe, live.state, live.firstState)
  useEffect(() => {
    shown.current = state.data
  }, [state])
  return state
}

function dataOf<Data>({ data, error }: State<Data>): Data | undefined {
  if (error !== null) throw error
  return data
}

function noProvider({ spec }: AsyncQuery): ConversationStoreError {
  const message = 'This component has no store to ask. Put it inside <StoreProvider store={store}>.'
  return new ConversationStoreError([{ parameter: 'store', value: spec, code: 'NO_STORE', message }])
}
