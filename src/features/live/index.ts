/** Answers that are kept up to date: the entry point `conversation-store/live`. */
import { askedOf, type QueryLike } from '../../store/inside.ts'
import type { FacetRequest } from '../facets/request.ts'
import { liveQueriesOf } from './live-queries.ts'
import { readQuestion } from './question.ts'
import type { CountNotice, CountOptions, PageNotice, PageOptions, Subscription } from './types.ts'

export type {
  CountNotice,
  CountOptions,
  PageNotice,
  PageOptions,
  RowChanges,
  SubscribeOptions,
  SubscribeSignal,
  Subscription,
} from './types.ts'

/**
 * Keeps the answer to a query up to date: calls the listener with it before this returns, and again, before the write
 * returns, for each commit (a write, an `addMany`, a `batch`) that changes it. `select` says what the answer is: the
 * query's page, or the number of all matches; `facets` and `histogram` bring theirs along. `hold` keeps the page still
 * while rows arrive, until `release()`.
 *
 * What a listener throws goes to the store's `onListenerError`. Its own writes are told after the notice that it hears.
 * Throws what `fetch` throws, `INVALID_VALUE` and `UNKNOWN_PARAMETER` for bad options; then nothing is subscribed to.
 * A commit that concerns no row of the query costs nothing where the query asks for equality in some field.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { subscribe } from 'conversation-store/live'
 *
 * const store = new ConversationStore()
 * const end = subscribe(store.query().device('mobile'), ({ page }) => console.log(page.count))
 * store.add({ conversation_id: 'a', started_at: '2026-01-05', device: 'mobile' }) // told before this returns
 * end()
 */
export function subscribe<const Request extends FacetRequest = FacetRequest>(
  query: QueryLike,
  listener: (notice: CountNotice<Request>) => void,
  options: CountOptions<Request>,
): Subscription
export function subscribe<Row, const Request extends FacetRequest = FacetRequest>(
  query: QueryLike<unknown, Row>,
  listener: (notice: PageNotice<Row, Request>) => void,
  options?: PageOptions<Request>,
): Subscription
export function subscribe(query: QueryLike, listener: unknown, options: unknown = {}): Subscription {
  const asked = askedOf(query)
  return liveQueriesOf(asked.executor).subscribe(asked, readQuestion(listener, options, asked))
}
