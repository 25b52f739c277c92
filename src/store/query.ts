/** Queries of a store: the builder, the parameters of a URL, and the methods that run it. */

import { ConversationStoreError } from '../base/errors.ts'
import { host, type SearchParams } from '../base/host.ts'
import { changed, QueryBuilder, set } from '../query/builder.ts'
import type { SpecParts } from '../query/canonical.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { readSpec } from '../query/read-spec.ts'
import type { Conversation, JsonObject, LeanConversation } from '../row/conversation.ts'
import { type Envelope, envelopeOf, envelopesOf } from '../wire/envelope.ts'
import { type Links, links } from '../wire/links.ts'
import { type Param, readParams, type WriteOptions, writeParams } from '../wire/params.ts'
import { type ReadOptions, readObject } from '../wire/read-parameters.ts'
import type { QueryExecutor } from './executor.ts'
import { type Asked, asked, executorOf, type QueryLike, type StoreLike } from './inside.ts'

/** A row, whole or lean: what a query gives of which only the running program knows whether it is lean. */
export type AnyConversation<Metadata = JsonObject> = Conversation<Metadata> | LeanConversation<Metadata>

/** What queries of both entry points have. `Self` is the class that the methods make. */
export abstract class StoreQuery<Metadata, Row, Self>
  extends QueryBuilder<Metadata, Self>
  implements Iterable<Row>, QueryLike<Metadata, Row>
{
  readonly #executor: QueryExecutor | undefined
  /** The parameters that the query was read from, as given, as long as it still asks just that. */
  readonly #given: readonly Param[] | undefined
  /** The page size that comes from a URL, which a store cuts to its maximum. One of code must be within it. */
  readonly #urlPageSize: SpecParts['pageSize']
  #links: Links | undefined

  /** @internal Stores make queries by `query()`; `parts` are valid and frozen. */
  constructor(
    executor?: QueryExecutor,
    parts?: SpecParts,
    given?: readonly Param[],
    urlPageSize: SpecParts['pageSize'] = given && parts?.pageSize,
  ) {
    const isOfUrl = urlPageSize !== undefined && parts?.pageSize === urlPageSize
    const within = executor === undefined ? parts : withinMaximum(parts, isOfUrl, executor)
    super(within)
    this.#executor = executor
    this.#given = given
    this.#urlPageSize = isOfUrl ? within?.pageSize : undefined
  }

  /** @internal */
  override [changed](parts: SpecParts): Self {
    return this.#make(this.#executor, parts, undefined, this.#urlPageSize)
  }

  /** @internal */
  [asked](): Asked {
    const executor = this.#store
    return { spec: this.spec, executor, links: this.#linksOf(executor) }
  }

  /**
   * One page with the number of all matches and the URLs of the pages beside it. Throws `InvalidPageError` for a page
   * past the end.
   *
   * @example const { count, results, next } = store.query().customerId('c-1').pageSize(20).fetch()
   */
  fetch(): Envelope<Row> {
    const executor = this.#store
    return envelopeOf(executor.page(this.spec), this.#linksOf(executor)) as Envelope<Row>
  }

  /** The pages from the query's own to the last, over the rows as they are at this call. */
  pages(): IterableIterator<Envelope<Row>> {
    const executor = this.#store
    return envelopesOf(executor.pages(this.spec), this.#linksOf(executor)) as IterableIterator<Envelope<Row>>
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
    return this.count() > 0
  }

  /** Whether the query holds for this row, stored or not. Throws `InvalidRowError` for an invalid row. */
  matches(row: Conversation<Metadata> | object): boolean {
    return this.#store.matches(this.spec, row)
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

  /** The same question to another store. Throws `INVALID_VALUE` for anything else than a store, and for its page size. */
  withSource(store: StoreLike<Metadata>): Self {
    return this.#make(executorOf(store), this.spec, this.#given, this.#urlPageSize)
  }

  get #store(): QueryExecutor {
    if (this.#executor !== undefined) return this.#executor
    const message = 'This query has no store to answer it. Run it by store.run(query), or begin it with store.query().'
    throw new ConversationStoreError([{ parameter: 'query', value: this.key, code: 'NO_STORE', message }])
  }

  #linksOf({ baseUrl }: QueryExecutor): Links {
    this.#links ??= links(baseUrl, () => this.#given ?? writeParams(this.spec))
    return this.#links
  }

  #make(...parts: QueryParts): Self {
    return new (this.constructor as QueryClass<Self>)(...parts)
  }
}

/** A query of either entry point. */
export type AnyQuery<Metadata, Row> = StoreQuery<Metadata, Row, { fetch(): Envelope<Row> }>

type QueryParts = [
  executor?: QueryExecutor | undefined,
  parts?: SpecParts,
  given?: readonly Param[] | undefined,
  urlPageSize?: SpecParts['pageSize'],
]

/** The parts with a page size that the store has. Throws `INVALID_VALUE` for a larger one, unless it is that of a URL. */
function withinMaximum(
  parts: SpecParts | undefined,
  isOfUrl: boolean,
  { maxPageSize }: QueryExecutor,
): SpecParts | undefined {
  const size = parts?.pageSize ?? 0
  if (!(size > maxPageSize)) return parts
  const expected = `a whole number from 1 to ${maxPageSize}, the store's maxPageSize`
  if (!isOfUrl) raise([invalidValue('page_size', size, { expected }, ' .all() gives all rows.')])
  return { ...parts!, pageSize: maxPageSize }
}

/** What makes queries of one class. */
type QueryClass<Self> = new (...parts: QueryParts) => Self

/** @internal What URL parameters make of a query. */
export function partsOfParams(
  params: string | Iterable<Param>,
  store: StoreLike | undefined,
  options: ReadOptions | undefined,
): QueryParts {
  const { spec, given } = readParams(params, options)
  return [store && executorOf(store), spec, given]
}

/**
 * A question to a store of conversations, and the way to its answer.
 *
 * All conditions must hold. A condition added twice must hold twice; `page`, `pageSize`, `orderBy`, `lean` and
 * `includeDeleted` replace what they said before. A query is never changed: keep it, share it, run it again.
 *
 * An argument that is `undefined` adds nothing, so that optional filters can be passed through. `null`, `''`, NaN and
 * no argument at all throw `InvalidQueryError` (`INVALID_VALUE`), for nothing may widen an answer by accident.
 *
 * Adding a condition is O(conditions); the spec is made when it is first needed. Facets, histograms, highlights,
 * explanations and live answers are functions over a query, each with an entry point of its own: `facets(query, request)`
 * of `conversation-store/facets` and so on.
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
   * Throws `InvalidQueryError` with all faults together, else `InvalidPageError`. O(length).
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
    object: object,
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
  lean(yes?: true): Query<Metadata, LeanConversation<Metadata>>
  lean(yes: false): Query<Metadata, Conversation<Metadata>>
  lean(yes: boolean | undefined): Query<Metadata, AnyConversation<Metadata>>
  lean(...yes: [yes?: boolean]): Query<Metadata, AnyConversation<Metadata>> {
    return this[set]('full', yes) as unknown as Query<Metadata, AnyConversation<Metadata>>
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
