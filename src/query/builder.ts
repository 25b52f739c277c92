/** The query: immutable and fluent. Every call gives a new one; nothing is answered until one of its ends is called. */
import type { Conversation, JsonObject, LeanConversation } from '../conversation.ts'
import { ConversationStoreError, type Fault } from '../errors.ts'
import { host, type SearchParams } from '../platform.ts'
import { type SpecParts, specOf } from './canonical.ts'
import { argument, readValue } from './conditions.ts'
import { type Envelope, envelopeOf, envelopesOf, type Links, linksOf } from './envelope.ts'
import type { Explanation } from './explanation.ts'
import { raise } from './faults.ts'
import { SETTINGS } from './filters.ts'
import { type Param, readParams, type WriteOptions, writeParams } from './params.ts'
import { type ReadOptions, readObject } from './read-parameters.ts'
import { readSpec } from './read-spec.ts'
import type { QuerySource } from './source.ts'
import { type Condition, EVERYTHING, type OrderTerm, type QuerySpec } from './spec.ts'
import { add, ConditionVerbs } from './verbs.ts'

/** A row, whole or lean: what a query gives of which only the running program knows whether it is lean. */
export type AnyConversation<Metadata = JsonObject> = Conversation<Metadata> | LeanConversation<Metadata>

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
    raise(faults)
    return this.#with({ [key]: value })
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
