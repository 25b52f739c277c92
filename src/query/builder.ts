/** The query: immutable and fluent. Every call gives a new one; nothing is answered until one of its ends is called. */

import { ConversationStoreError, type Fault } from '../base/errors.ts'
import { host, type SearchParams } from '../base/host.ts'
import type { Explanation } from '../features/explain/explanation.ts'
import {
  type FacetCounts,
  type FacetOptions,
  type FacetRequest,
  type NoOtherFacets,
  readFacets,
} from '../features/facets/request.ts'
import { type Highlight, highlights } from '../features/highlights/highlights.ts'
import {
  type HistogramBucket,
  type HistogramField,
  type HistogramOptions,
  readHistogram,
} from '../features/histogram/request.ts'
import { readQuestion } from '../features/live/question.ts'
import type { CountNotice, CountOptions, PageNotice, PageOptions, Subscription } from '../features/live/types.ts'
import type { Conversation, JsonObject, LeanConversation } from '../row/conversation.ts'
import { type Param, readParams, type WriteOptions, writeParams } from '../wire/params.ts'
import { type ReadOptions, readObject } from '../wire/read-parameters.ts'
import { type SpecParts, specOf } from './canonical.ts'
import { argument, readValue } from './conditions.ts'
import { type Envelope, envelopeOf, envelopesOf, type Links, linksOf } from './envelope.ts'
import { raise } from './faults.ts'
import { SETTINGS } from './filters.ts'
import { pagedTwice } from './paging.ts'
import { readSpec } from './read-spec.ts'
import type { QuerySource } from './source.ts'
import { type Condition, EVERYTHING, type OrderTerm, type QuerySpec } from './spec.ts'
import { add, ConditionVerbs } from './verbs.ts'

/** A row, whole or lean: what a query gives of which only the running program knows whether it is lean. */
export type AnyConversation<Metadata = JsonObject> = Conversation<Metadata> | LeanConversation<Metadata>

/** Gives what an export writes. A symbol, so that it is no method for users; one for both builds of the package. */
export const held: unique symbol = Symbol.for('conversation-store.held')

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
export class Query<Metadata = JsonObject, Row = Conversation<Metadata>>
  extends ConditionVerbs<Metadata, Query<Metadata, Row>>
  implements Iterable<Row>
{
  readonly #source: QuerySource<Metadata> | undefined
  readonly #parts: SpecParts
  /** The parameters that the query was read from, as given, as long as it still asks just that. */
  readonly #given: readonly Param[] | undefined
  #spec: QuerySpec | undefined
  #links: Links | undefined

  /** @internal Stores make queries by `query()`; `parts` are valid and frozen. */
  constructor(source?: QuerySource<Metadata>, parts: SpecParts = EVERYTHING, given?: readonly Param[]) {
    super()
    this.#source = source
    this.#parts = parts
    this.#given = given
  }

  /**
   * The query that URL parameters ask for, by the rules of the wire: a query string, a URL (the `next` of an answer) or
   * `URLSearchParams`. The links of its answer keep every parameter as it was given.
   *
   * Throws `InvalidQueryError` with all faults together, else `InvalidPageError`. O(length).
   *
   * @example Query.fromSearchParams('?device=mobile&page=2').spec // { where: [...], page: 2 }
   */
  static fromSearchParams<Metadata = JsonObject>(
    params: string | Iterable<Param>,
    source?: QuerySource<Metadata>,
    options?: ReadOptions,
  ): Query<Metadata, AnyConversation<Metadata>> {
    const { spec, given } = readParams(params, options)
    return new Query(source, spec, given)
  }

  /**
   * The query that an object of wire parameters asks for, by the rules of code: real booleans, numbers and `Date`s,
   * lists where the builder takes several values, `metadata` as an object of paths. Throws as `fromSearchParams` does,
   * and for an unknown parameter.
   *
   * @example Query.fromObject({ device: ['mobile', 'tablet'], metadata: { 'order.id': 17 } }).spec
   */
  static fromObject<Metadata = JsonObject>(
    object: object,
    source?: QuerySource<Metadata>,
  ): Query<Metadata, AnyConversation<Metadata>> {
    return new Query(source, readObject(object))
  }

  /**
   * The query of a spec, which may be untrusted JSON: every part is checked. Throws as `fromSearchParams` does.
   *
   * @example Query.fromSpec(JSON.parse(JSON.stringify(query))).key === query.key // true
   */
  static fromSpec<Metadata = JsonObject>(
    spec: unknown,
    source?: QuerySource<Metadata>,
  ): Query<Metadata, AnyConversation<Metadata>> {
    return new Query(source, readSpec(spec))
  }

  override [add](conditions: readonly Condition[]): Query<Metadata, Row> {
    if (conditions.length === 0) return this
    return this.#with({ where: [...this.#parts.where, ...conditions] })
  }

  /** Also finds softly deleted rows, or with `false` no longer. Without it they never match. */
  includeDeleted(...yes: [yes?: boolean]): Query<Metadata, Row> {
    return this.#set('include_deleted', yes)
  }

  /**
   * The page that `fetch` gives and `pages` begins with, from 1; `'last'` is the last one. Throws `InvalidPageError`
   * for what is no page; a page past the end is one only when the query is run.
   */
  page(...page: [page: number | 'last' | undefined]): Query<Metadata, Row> {
    return this.#set('page', page)
  }

  /**
   * The page after the one whose `next_cursor` this is, for `fetch` and `pages`; unlike a page number it stays good while
   * rows come and go. No row is given twice or passed over, but one whose place in the order has changed meanwhile.
   *
   * Throws `INVALID_CURSOR` for a text that is no cursor, and when the query is run for the cursor of a query with other
   * filters or another order; `INVALID_VALUE` for null, and beside `page`. Running it is O(log rows + page).
   *
   * @example
   * const first = store.query().device('mobile').fetch()
   * if (first.next_cursor !== null) store.query().device('mobile').after(first.next_cursor).fetch()
   */
  after(...cursor: [cursor: string | undefined]): Query<Metadata, Row> {
    return this.#set('cursor', cursor)
  }

  /** Rows a page has, from 1; the store cuts it to its maximum (100 by default). Throws `INVALID_VALUE`. */
  pageSize(...rows: [rows: number | undefined]): Query<Metadata, Row> {
    return this.#set('page_size', rows)
  }

  /**
   * The order of rows: fields, descending with a leading `-`. Null comes last ascending, first descending; ties are
   * broken by `id` in the direction of the last field. Default: `-started_at`. Throws `INVALID_VALUE` for an unknown
   * field.
   *
   * @example store.query().orderBy('customer_id', '-started_at').all()
   */
  orderBy(
    ...terms: [term: OrderTerm | readonly OrderTerm[] | undefined] | [OrderTerm, ...OrderTerm[]]
  ): Query<Metadata, Row> {
    return this.#set('ordering', terms)
  }

  /** Rows without `messages` and `feedbacks`, with `message_count` and `feedback_count`; or with `false` whole ones. */
  lean(yes?: true): Query<Metadata, LeanConversation<Metadata>>
  lean(yes: false): Query<Metadata, Conversation<Metadata>>
  lean(yes: boolean | undefined): Query<Metadata, AnyConversation<Metadata>>
  lean(...yes: [yes?: boolean]): Query<Metadata, AnyConversation<Metadata>> {
    return this.#set('full', yes) as unknown as Query<Metadata, AnyConversation<Metadata>>
  }

  /**
   * One page with the number of all matches and the URLs of the pages beside it. Throws `InvalidPageError` for a page
   * past the end.
   *
   * @example const { count, results, next } = store.query().customerId('c-1').pageSize(20).fetch()
   */
  fetch(): Envelope<Row> {
    const source = this.#store
    return envelopeOf(source.page(this.spec), this.#linksOf(source)) as Envelope<Row>
  }

  /** The pages from the query's own to the last, over the rows as they are at this call. */
  pages(): IterableIterator<Envelope<Row>> {
    const source = this.#store
    return envelopesOf(source.pages(this.spec), this.#linksOf(source)) as IterableIterator<Envelope<Row>>
  }

  /** All rows in order, pages aside. A new array of frozen rows. */
  all(): Row[] {
    return this.#store.rows(this.spec) as Row[]
  }

  /** @internal The documents of all rows in order, pages aside, to be read and not given out: they are not frozen. */
  [held](): readonly Conversation<Metadata>[] {
    return this.#store.held(this.spec)
  }

  /** Goes through all rows in order, pages aside, as they are when the iteration begins. */
  [Symbol.iterator](): Iterator<Row> {
    return this.all()[Symbol.iterator]()
  }

  /** The ids of all rows in order, pages aside. Reads no row. */
  ids(): number[] {
    return this.#store.ids(this.spec)
  }

  /** The first row in order. */
  first(): Row | undefined {
    return this.#store.first(this.spec) as Row | undefined
  }

  /** How many rows match. Exact. */
  count(): number {
    return this.#store.count(this.spec)
  }

  /** Whether any row matches. */
  exists(): boolean {
    return this.#store.exists(this.spec)
  }

  /**
   * How many rows have each value of some fields, pages aside: by field, the most frequent value first, those with one
   * count in the order false, true, numbers, texts by code point, null. `true` lists every value; `{ limit, match }` the
   * most frequent that contain a text; at a metadata path `{ ranges }` or `{ bins }` count numbers instead.
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
    return this.#store.facets(this.spec, readFacets(request, options)) as FacetCounts<Request>
  }

  /**
   * How many rows fall into each hour, day, week (from Monday) or month of a time zone, from the first row's to the
   * last's, empty ones too. Where the clocks change, a day has 23 or 25 hours. None where no row has the time.
   *
   * Throws `InvalidQueryError` for what is no field, unit or time zone, and for more than 10,000 buckets. Reads no row:
   * O(buckets x log rows) by `started_at`.
   *
   * @example
   * store.query().histogram('started_at', { every: 'day', timeZone: 'Europe/Berlin' })
   * // [{ from: '2024-01-14T23:00:00Z', to: '2024-01-15T23:00:00Z', count: 12 }, ...]
   */
  histogram(field: HistogramField, options: HistogramOptions): HistogramBucket[] {
    return this.#store.histogram(this.spec, readHistogram(field, options))
  }

  /**
   * Where in a row the texts of `messageContains`, `name` and `search` stand, ignoring case; those asked for within
   * `or` too, within `not` not. One entry a text that has any: messages first, then name, conversation and customer id.
   * Ranges are UTF-16 offsets, the leftmost and of those the longest first, none over another.
   *
   * Needs no store. Throws `InvalidRowError` for what is no row. O(units of the row x texts looked for).
   *
   * @example
   * const query = store.query().messageContains('refund')
   * for (const row of query.fetch().results) console.log(query.highlights(row)[0]?.snippet.text)
   */
  highlights(row: AnyConversation<Metadata> | object): Highlight[] {
    return highlights(this.spec, row)
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
  subscribe(listener: unknown, options: unknown = {}): Subscription {
    const source = this.#store
    const links = this.#linksOf(source)
    const question = readQuestion(listener, options, this.spec, source)
    return source.subscribe(this.spec, question, (page) => envelopeOf(page, links))
  }

  /** How the store answers the query, and what that costs: as data, and as text by `String()`. */
  explain(): Explanation {
    return this.#store.explain(this.spec)
  }

  /** Whether the query holds for this row, stored or not. Throws `InvalidRowError` for what is no row. */
  matches(row: Conversation<Metadata> | object): boolean {
    return this.#store.matches(this.spec, row)
  }

  /** The question as plain frozen JSON data, equal for queries that ask the same whatever the order of their calls. */
  get spec(): QuerySpec {
    this.#spec ??= specOf(this.#parts)
    return this.#spec
  }

  /** The spec as one string, fit as a key: equal for queries that ask the same. */
  get key(): string {
    return JSON.stringify(this.spec)
  }

  /** The spec, so that `JSON.stringify(query)` can be read again by `Query.fromSpec`. */
  toJSON(): QuerySpec {
    return this.spec
  }

  /**
   * The URL parameters that ask the same, sorted by name: read again they give an equal spec. What has no parameter of
   * its own travels in `where`, as JSON.
   *
   * With `hosted: true` the parameters of the hosted API alone are used. Throws `NOT_ON_THE_WIRE` with a fault for each
   * condition that they cannot say.
   *
   * @example String(store.query().device('mobile').page(2).toSearchParams()) // 'device=mobile&page=2'
   */
  toSearchParams(options?: WriteOptions): SearchParams {
    return new host.URLSearchParams(writeParams(this.spec, options)) as unknown as SearchParams
  }

  /** The same question to another store. */
  withSource(source: QuerySource<Metadata>): Query<Metadata, Row> {
    return new Query<Metadata, Row>(source, this.#parts, this.#given)
  }

  get #store(): QuerySource<Metadata> {
    if (this.#source !== undefined) return this.#source
    const message = 'This query has no store to answer it. Run it by store.run(query), or begin it with store.query().'
    throw new ConversationStoreError([{ parameter: 'query', value: this.key, code: 'NO_STORE', message }])
  }

  /** Links cost more than the rest of an envelope, so they are made when the first one is needed. */
  #linksOf({ baseUrl }: QuerySource<Metadata>): Links {
    return (page) => {
      this.#links ??= linksOf(baseUrl, this.#given ?? writeParams(this.spec))
      return this.#links(page)
    }
  }

  #with(change: Partial<SpecParts>): Query<Metadata, Row> {
    return new Query<Metadata, Row>(this.#source, { ...this.#parts, ...change })
  }

  #set(name: keyof typeof SETTINGS, values: readonly unknown[]): Query<Metadata, Row> {
    if (values.length === 1 && values[0] === undefined) return this
    const { key, value: type } = SETTINGS[name]
    const faults: Fault[] = []
    const value = readValue(name, type, argument(values, type), faults)
    const change = { [key]: value }
    const { page, after } = this.#parts
    if (page !== undefined || after !== undefined) faults.push(...pagedTwice({ ...this.#parts, ...change }))
    raise(faults)
    return this.#with(change)
  }
}

/**
 * A query without a store, to be kept or sent and run by `store.run(query)`. Its ends throw `NO_STORE`.
 *
 * @example const marked = query().marked(); store.run(marked).count
 */
export function query<Metadata = JsonObject>(): Query<Metadata> {
  return new Query<Metadata>()
}
