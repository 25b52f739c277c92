/** The query of the full package: that of a store, with each feature as a method. */

import {
  type AggregateGroup,
  type AggregateOptions,
  type AggregateRequest,
  aggregate,
} from '../features/aggregate/index.ts'
import { type Explanation, explain } from '../features/explain/index.ts'
import {
  type FacetCounts,
  type FacetOptions,
  type FacetRequest,
  facets,
  type NoOtherFacets,
} from '../features/facets/index.ts'
import { type Highlight, highlights } from '../features/highlights/index.ts'
import {
  type HistogramBucket,
  type HistogramField,
  type HistogramOptions,
  histogram,
} from '../features/histogram/index.ts'
import {
  type CountNotice,
  type CountOptions,
  type PageNotice,
  type PageOptions,
  type Subscription,
  subscribe,
} from '../features/live/index.ts'
import { type WhyEmpty, whyEmpty } from '../features/why-empty/index.ts'
import { set } from '../query/builder.ts'
import { readSpec } from '../query/read-spec.ts'
import type { Conversation, ExtraOf, JsonObject, LeanConversation } from '../row/conversation.ts'
import { executorOf, type StoreLike } from '../store/inside.ts'
import { type AnyConversation, partsOfParams, StoreQuery } from '../store/query.ts'
import type { ConversationParameters } from '../wire/parameters.ts'
import type { Param } from '../wire/params.ts'
import { type ReadOptions, readObject } from '../wire/read-parameters.ts'

/**
 * A question to a store of conversations, and the way to its answer.
 *
 * All conditions must hold. A condition added twice must hold twice; `page`, `pageSize`, `orderBy`, `lean` and
 * `includeDeleted` replace what they said before. A query is never changed: keep it, share it, run it again.
 *
 * An argument that is `undefined` adds nothing, so that optional filters can be passed through. `null`, `''`, NaN and
 * no argument at all throw `InvalidQueryError` (`INVALID_VALUE`), for nothing may widen an answer by accident.
 *
 * Adding a condition is O(conditions); the spec is made when it is first needed.
 *
 * @example
 * const page = store.query().device('mobile').messageContains('refund').startedAfter('2024-01-15').fetch()
 * console.log(page.count, page.results[0]?.conversation_id)
 */
export class Query<Metadata = JsonObject, Row = Conversation<Metadata>> extends StoreQuery<
  Metadata,
  Row,
  Query<Metadata, Row>
> {
  /**
   * The query that URL parameters ask for, by the rules of the wire: a query string, a URL (the `next` of an answer) or
   * `URLSearchParams`. The links of its answer keep every parameter as it was given.
   *
   * Throws `InvalidQueryError` with all faults together, also for an unknown parameter unless `{ strict: false }` is given,
   * else `InvalidPageError`. O(length).
   *
   * @example Query.fromSearchParams('?device=mobile&page=2').spec // { where: [...], page: 2 }
   */
  static fromSearchParams<Metadata = JsonObject>(
    params: string | Iterable<Param>,
    store?: StoreLike<Metadata>,
    options?: ReadOptions,
  ): Query<Metadata, AnyConversation<Metadata>> {
    return new Query(...partsOfParams(params, store, options))
  }

  /**
   * The query that an object of wire parameters asks for, by the rules of code: real booleans, numbers and `Date`s,
   * lists where the builder takes several values, `metadata` as an object of paths. Throws as `fromSearchParams` does,
   * and for an unknown parameter.
   *
   * @example Query.fromObject({ device: ['mobile', 'tablet'], metadata: { 'order.id': 17 } }).spec
   */
  static fromObject<Metadata = JsonObject>(
    object: ConversationParameters<Metadata>,
    store?: StoreLike<Metadata>,
  ): Query<Metadata, AnyConversation<Metadata>> {
    return new Query(store && executorOf(store), readObject(object))
  }

  /**
   * The query of a spec, which may be untrusted JSON: every part is checked. Throws as `fromSearchParams` does.
   *
   * @example Query.fromSpec(JSON.parse(JSON.stringify(query))).key === query.key // true
   */
  static fromSpec<Metadata = JsonObject>(
    spec: unknown,
    store?: StoreLike<Metadata>,
  ): Query<Metadata, AnyConversation<Metadata>> {
    return new Query(store && executorOf(store), readSpec(spec))
  }

  /** Rows without `messages` and `feedbacks`, with `message_count` and `feedback_count`; or with `false` whole ones. */
  lean(yes?: true): Query<Metadata, LeanConversation<Metadata, ExtraOf<Row>>>
  lean(yes: false): Query<Metadata, Conversation<Metadata, ExtraOf<Row>>>
  lean(yes: boolean | undefined): Query<Metadata, AnyConversation<Metadata, ExtraOf<Row>>>
  lean(...yes: [yes?: boolean]): Query<Metadata, AnyConversation<Metadata>> {
    return this[set]('full', yes) as unknown as Query<Metadata, AnyConversation<Metadata>>
  }

  /**
   * How many rows have each value of some fields, pages aside: by field, the most frequent value first, those with one
   * count in the order false, true, numbers, strings by code point, null. `true` lists every value; `{ limit, match }` the
   * most frequent that contain a string; at a metadata path `{ ranges }` or `{ bins }` count numbers instead.
   *
   * A field is counted as if the query's own conditions on it were not there, so that ticking one value does not hide
   * the others, unless `disjunctive` is false. Values that those conditions ask for are always listed, and `selected`.
   *
   * Throws `InvalidQueryError` for an unknown field or option and for a bad value. Reads no row: O(rows that match) a
   * field at most, and O(its distinct values).
   *
   * @example
   * const { device } = store.query().device('mobile').facets({ device: true, 'metadata.plan': { limit: 5 } })
   * console.log(device) // [{ value: 'mobile', count: 17, selected: true }, { value: 'desktop', ... }]
   */
  facets<const Request extends FacetRequest>(
    request: Request & NoOtherFacets<Request, Metadata>,
    options?: FacetOptions,
  ): FacetCounts<Request> {
    return facets<Metadata, Request>(this, request, options)
  }

  /**
   * How many rows fall into each hour, day, week (from Monday) or month of a time zone, from the first row's to the
   * last's, empty ones too. Where the clocks change, a day has 23 or 25 hours. None where no row has the time.
   *
   * Throws `InvalidQueryError` for an unknown field, unit or time zone, and for more than 10,000 buckets. Reads no row:
   * O(buckets x log rows) by `started_at`.
   *
   * @example
   * store.query().histogram('started_at', { every: 'day', timeZone: 'Europe/Berlin' })
   * // [{ from: '2024-01-14T23:00:00Z', to: '2024-01-15T23:00:00Z', count: 12 }, ...]
   */
  histogram(field: HistogramField, options: HistogramOptions): HistogramBucket[] {
    return histogram(this, field, options)
  }

  /**
   * What numbers come to, pages aside: one group, or one a combination of the values of `by` and the buckets of `every`,
   * counted as `facets` counts them. `count`, `sum` (correctly rounded), `min`, `max`, `avg`, percentiles by nearest rank
   * and `distinct`, of a metadata path or of a number of the row. Without a number `count` and `distinct` are 0, the others
   * null.
   *
   * Throws `InvalidQueryError` for an unknown function, field or option, for a bad value, and for more than 100,000 groups.
   * Reads no row once its indexes are built: O(rows that match x (fields + aggregates)).
   *
   * @example
   * store.query().aggregate({ total: ['sum', 'metadata.tokens.total'] }, { by: 'metadata.model', every: 'day' })
   * // [{ key: { 'metadata.model': 'm-1' }, from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z', total: 1204 }, ...]
   */
  aggregate<const Request extends AggregateRequest>(
    request: Request,
    options?: AggregateOptions<keyof Request & string>,
  ): AggregateGroup<Request>[] {
    return aggregate(this, request, options)
  }

  /**
   * Where in a row the strings of `messageContains`, `message`, `action`, `name` and `search` stand, ignoring case; those
   * asked for within `or` too, within `not` not. What one message or run must have is marked in those alone that have all of
   * it. One entry a string that has any: messages first, each with its runs, then name, conversation and customer id.
   * Ranges are UTF-16 offsets, the leftmost and of those the longest first, none over another.
   *
   * Needs no store. Throws `InvalidRowError` for an invalid row. O(units of the row x strings looked for).
   *
   * @example
   * const query = store.query().messageContains('refund')
   * for (const row of query.fetch().results) console.log(query.highlights(row)[0]?.snippet.text)
   */
  highlights(row: AnyConversation<Metadata> | object): Highlight[] {
    return highlights(this, row)
  }

  /**
   * Keeps an answer up to date: calls the listener with it before this returns, and again, before the write returns, for
   * each commit (a write, an `addMany`, a `batch`) that changes it. `select` says what the answer is: the query's page,
   * or the number of all matches; `facets` and `histogram` bring theirs along. `hold` keeps the page still while rows
   * arrive, until `release()`.
   *
   * A page is followed from the changed rows alone where they decide it; a commit that concerns no row of the query
   * costs nothing where the query asks for equality in some field. What a listener throws goes to `onListenerError`. Its
   * own writes are told after the notice that it hears. A time of `startedWithin` stays as it was when it was called.
   *
   * Throws what `fetch` throws, `INVALID_VALUE` and `UNKNOWN_PARAMETER` for bad options; then nothing is subscribed to.
   *
   * @example
   * const sub = store.query().marked().subscribe(({ page, changes }) => console.log(page.count, changes.inserted))
   * store.mark('a') // told before this returns
   * sub.unsubscribe()
   */
  subscribe<const Request extends FacetRequest = FacetRequest>(
    listener: (notice: CountNotice<Request>) => void,
    options: CountOptions<Request>,
  ): Subscription
  subscribe<const Request extends FacetRequest = FacetRequest>(
    listener: (notice: PageNotice<Row, Request>) => void,
    options?: PageOptions<Request>,
  ): Subscription
  subscribe(listener: (notice: never) => void, options?: object): Subscription {
    return subscribe(this, listener as (notice: unknown) => void, options as PageOptions)
  }

  /** How the store answers the query, and what that costs: as data, and as a string by `String()`. */
  explain(): Explanation {
    return explain(this)
  }

  /**
   * Why the query finds nothing, pages aside: how many rows meet each condition alone and how many would match without it,
   * which one empties the answer, what was perhaps meant, and the row that meets the most. As data, and as a string by
   * `String()`. Costs about what running each condition alone does.
   *
   * @example console.log(String(store.query().device('mobile').customerId('kim').whyEmpty()))
   */
  whyEmpty(): WhyEmpty {
    return whyEmpty(this)
  }
}

/**
 * A query without a store, to be kept or sent and run by `store.run(query)`. Its terminal methods throw `NO_STORE`.
 *
 * @example const marked = query().marked(); store.run(marked).count
 */
export function query<Metadata = JsonObject>(): Query<Metadata> {
  return new Query<Metadata>()
}
