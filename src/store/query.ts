/** Queries of a store: the builder, the parameters of a URL, and the methods that run it. */

import { ConversationStoreError } from '../base/errors.ts'
import { host, type SearchParams } from '../base/host.ts'
import { inspected } from '../base/inspect.ts'
import { changed, QueryBuilder } from '../query/builder.ts'
import type { SpecParts } from '../query/canonical.ts'
import type { Conversation, JsonObject, LeanConversation } from '../row/conversation.ts'
import { type Envelope, envelopeOf, envelopesOf } from '../wire/envelope.ts'
import { type Links, links } from '../wire/links.ts'
import { type Param, readParams, type WriteOptions, writeParams } from '../wire/params.ts'
import type { ReadOptions } from '../wire/read-parameters.ts'
import type { QueryExecutor } from './executor.ts'
import { type Asked, asked, executorOf, type QueryLike, type StoreLike } from './inside.ts'
import { withinMaximum } from './page.ts'

/** A row, whole or lean: what a query gives of which only the running program knows whether it is lean. */
export type AnyConversation<Metadata = JsonObject, Extra = unknown> =
  | Conversation<Metadata, Extra>
  | LeanConversation<Metadata, Extra>

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
    const within = executor === undefined ? parts : parts && withinMaximum(parts, isOfUrl, executor)
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
    return { spec: this.spec, executor, links: () => this.#linksOf(executor) }
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

  /**
   * Goes through all rows in order, pages aside, as they are when the iteration begins. A query without a store has no
   * rows to go through: it is not iterable, so that assertions can compare it without running it.
   */
  get [Symbol.iterator](): () => Iterator<Row> {
    const iterate = () => this.all()[Symbol.iterator]()
    return this.#executor === undefined ? (undefined as never) : iterate
  }

  /** @internal */
  [inspected](): string {
    return `Query ${String(this.toSearchParams())}`.trimEnd()
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

  #make(executor: QueryExecutor | undefined, parts: SpecParts, given: QueryParts[2], size: QueryParts[3]): Self {
    return new (this.constructor as QueryClass<Self>)(executor, parts, given, size)
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

/** What makes queries of one class. */
type QueryClass<Self> = new (...parts: QueryParts) => Self

/** @internal What URL parameters make of a query. */
export function partsOfParams(
  params: string | Iterable<Param>,
  store: StoreLike | undefined,
  options: ReadOptions = {},
): QueryParts {
  const { spec, given } = readParams(params, { ...options, strict: options.strict ?? true })
  return [store && executorOf(store), spec, given]
}
