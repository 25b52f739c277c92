/** What a live query is asked for and what it tells. */
import type { AbortSignalLike } from '../../base/host.ts'
import type { Envelope } from '../../wire/envelope.ts'
import type { AggregateGroup, AggregateOptions, AggregateRequest } from '../aggregate/request.ts'
import type { FacetCounts, FacetRequest, NoOtherFacets } from '../facets/request.ts'
import type { HistogramBucket, HistogramField, HistogramOptions } from '../histogram/request.ts'

/** What a subscription to a page and one to a count have in common. */
interface CommonOptions<Request extends FacetRequest> {
  /** Facets that come with every answer, as `query.facets` takes them. */
  readonly facets?: (Request & NoOtherFacets<Request>) | undefined
  /** Whether a facet leaves out the conditions on its own field, as in `query.facets`. Default: true. */
  readonly disjunctive?: boolean | undefined
  /** A histogram that comes with every answer: what `query.histogram` takes, with the field (`started_at` if absent). */
  readonly histogram?: (HistogramOptions & { readonly field?: HistogramField | undefined }) | undefined
  /** Aggregates that come with every answer: what `query.aggregate` takes, or a list of that and its options. */
  readonly aggregate?: AggregateRequest | readonly [AggregateRequest, (AggregateOptions | undefined)?] | undefined
  /** Ends the subscription when it is aborted. One that is aborted already: nothing is subscribed to, nothing told. */
  readonly signal?: SubscribeSignal | undefined
}

/** How a page is subscribed to. */
export interface PageOptions<Request extends FacetRequest = FacetRequest> extends CommonOptions<Request> {
  readonly select?: 'page' | undefined
  /** Keeps the rows of the page where they are while others arrive, until `release()`. */
  readonly hold?: boolean | undefined
  /** Hears `waiting` whenever it has changed; the listener does not hear of what waits. */
  readonly onWaiting?: ((waiting: number) => void) | undefined
}

/** How a count is subscribed to. */
export interface CountOptions<Request extends FacetRequest = FacetRequest> extends CommonOptions<Request> {
  readonly select: 'count'
}

/** How a query is subscribed to. */
export type SubscribeOptions<Request extends FacetRequest = FacetRequest> = PageOptions<Request> | CountOptions<Request>

/** The part of `AbortSignal` that a subscription uses; the real one fits. */
export interface SubscribeSignal extends AbortSignalLike {
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * What became of the rows of the page since the answer before, by id. A row stands in one list at most. All are empty
 * in the first answer, and where the answer is a count.
 */
export interface RowChanges {
  /** Rows on the page that were not there before, in the order of the page. */
  readonly inserted: readonly number[]
  /** Rows that changed and kept their place among those that stayed. */
  readonly updated: readonly number[]
  /** Rows that are no longer on the page. */
  readonly removed: readonly number[]
  /** Rows that changed and have another place among those that stayed. */
  readonly moved: readonly number[]
}

/** What comes with an answer of either kind. */
interface CommonNotice<Request extends FacetRequest> {
  readonly changes: RowChanges
  /** As `query.facets` gives them; only where asked for. */
  readonly facets?: FacetCounts<Request>
  /** As `query.histogram` gives it; only where asked for. */
  readonly histogram?: readonly HistogramBucket[]
  /** As `query.aggregate` gives them; only where asked for. */
  readonly aggregate?: readonly (AggregateGroup & { readonly [Name in string]: unknown })[]
}

/** An answer of a page. */
export interface PageNotice<Row, Request extends FacetRequest = FacetRequest> extends CommonNotice<Request> {
  /**
   * The page as `fetch()` gives it; a row that did not change is the same object as before. Where so many rows are gone
   * that the page is past the end, it is empty and `current_page` is more than `total_pages`, until rows come back.
   */
  readonly page: Envelope<Row>
}

/** An answer of a count. */
export interface CountNotice<Request extends FacetRequest = FacetRequest> extends CommonNotice<Request> {
  /** How many rows match. */
  readonly count: number
}

/** A live query. Calling it ends it, as `unsubscribe` does; both may be called again. */
export interface Subscription {
  (): void
  /** Ends it: the listener is not called again, not even for a write that is being told. */
  unsubscribe(): void
  /** Whether it is not ended. */
  readonly isActive: boolean
  /** With `hold`: how many rows have arrived, or belong elsewhere by now, since the page stands still. Else 0. */
  readonly waiting: number
  /** With `hold`: tells the page as it is now, before it returns, if anything waits. Rows that come later wait again. */
  release(): void
}

/** What a subscription asks for, checked. */
export interface LiveQuestion extends Pick<CommonOptions<FacetRequest>, 'signal'>, Pick<PageOptions, 'onWaiting'> {
  readonly select: 'page' | 'count'
  readonly hold: boolean
  /** What the listener gets beside the answer, made anew. Absent where nothing is asked for. */
  readonly extras?: () => Pick<CommonNotice<FacetRequest>, 'facets' | 'histogram' | 'aggregate'>
  /** The fields whose conditions facets leave out. */
  readonly facetFields: readonly string[]
  readonly listener: (notice: never) => void
}
