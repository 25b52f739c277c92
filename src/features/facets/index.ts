/** Counts by value: the entry point `conversation-store/facets`. */
import { askedOf, type QueryLike } from '../../store/inside.ts'
import { facets as countFacets } from './count.ts'
import { type FacetCounts, type FacetOptions, type FacetRequest, type NoOtherFacets, readFacets } from './request.ts'

export type {
  FacetBinsOptions,
  FacetCounts,
  FacetField,
  FacetListing,
  FacetOptions,
  FacetRange,
  FacetRangesOptions,
  FacetRequest,
  FacetValue,
  FacetValuesOptions,
  NoOtherFacets,
} from './request.ts'

/**
 * How many rows of a query have each value of some fields, pages aside: by field, the most frequent value first. `true`
 * lists every value; `{ limit, match }` the most frequent that contain a string; at a metadata path `{ ranges }` or
 * `{ bins }` count numbers instead. A field is counted as if the query's own conditions on it were not there, unless
 * `disjunctive` is false. Values that those conditions ask for are always listed, and `selected`.
 *
 * Throws `NO_STORE` for a query without a store, `InvalidQueryError` for an unknown field or option and for a bad value.
 * Reads no row: O(rows that match) a field at most, and O(its distinct values).
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { facets } from 'conversation-store/facets'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05', device: 'mobile' }])
 * facets(store.query(), { device: true }).device // [{ value: 'mobile', count: 1, selected: false }]
 */
export function facets<Metadata, const Request extends FacetRequest>(
  query: QueryLike<Metadata>,
  request: Request & NoOtherFacets<Request, Metadata>,
  options?: FacetOptions,
): FacetCounts<Request> {
  const { spec, executor } = askedOf(query)
  return countFacets(spec, readFacets(request, options), executor.engine) as FacetCounts<Request>
}
