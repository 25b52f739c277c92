/**
 * A store that is elsewhere, asked by promises. `connectStore` gives one for a store in a worker, `asAsyncStore` one for a
 * store of this thread; nothing here is about either. It stands among the features because it names what each of them takes.
 */
import type { AbortSignalLike } from '../../base/host.ts'
import type { MetadataPathInput, MetadataPathOf } from '../../query/metadata-path.ts'
import type { QuerySpec, Scalar } from '../../query/spec.ts'
import type { Conversation, ConversationInput, Feedback, JsonObject, Message } from '../../row/conversation.ts'
import type { ConversationPatch } from '../../row/read.ts'
import type { AddManyOptions, AddManyResult, Ref } from '../../store/store.ts'
import type { Envelope } from '../../wire/envelope.ts'
import type { AggregateGroup, AggregateOptions, AggregateRequest } from '../aggregate/request.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { FacetCounts, FacetOptions, FacetRequest, NoOtherFacets } from '../facets/request.ts'
import type { Highlight } from '../highlights/highlights.ts'
import type { HistogramBucket, HistogramField, HistogramOptions } from '../histogram/request.ts'
import type { CountNotice, CountOptions, PageNotice, PageOptions, Subscription } from '../live/types.ts'
import type { BlobLike, LoadOptions, LoadResult, ReadableStreamLike } from '../load/index.ts'
import type { MetadataKey } from '../metadata/census.ts'
import type { WhyEmpty } from '../why-empty/why.ts'
import type { Preview } from './preview.ts'

/** A query as an `AsyncStore` takes it: its spec. A `Query` of any copy of the package is one; the type parameter is its row. */
export interface AsyncQuery<Row = unknown> {
  readonly spec: QuerySpec
  /** Tells the type of a row. It is never called. */
  [Symbol.iterator]?(): Iterator<Row>
}

/** The options of every call. */
export interface CallOptions {
  /**
   * Ends the call: it rejects with the signal's reason, or with the code `ABORTED` where it has none. A question and an
   * iteration end at once. A write that has not begun is not made; one that has begun is finished, and its promise
   * resolves. A load rejects once it has stopped.
   */
  readonly signal?: AbortSignalLike | undefined
}

/** Anything that can be sent: a string, bytes, a `Blob` or `File`, a `ReadableStream`. Of a `Response` pass the `body`. */
export type AsyncSource = string | Uint8Array | ArrayBuffer | BlobLike | ReadableStreamLike

/** How all rows of a query are written. */
export interface ExportOptions extends CallOptions {
  /** `ndjson` (the default) loses nothing and can be loaded again; `csv` is for spreadsheets. See `toNDJSON` and `toCSV`. */
  readonly format?: 'csv' | 'ndjson' | undefined
}

/** What a subscription to a store elsewhere takes besides. */
export interface AsyncSubscribeOptions {
  /** Hears why there is no answer: a page past the end, an unknown facet, a worker that ended. The subscription is over then. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** A page whose rows come as what a list shows of them. */
export interface PreviewOptions<Request extends FacetRequest = FacetRequest> extends PageOptions<Request> {
  /** Gives a `Preview` of each row: a few hundred bytes, however long the conversation is. */
  readonly preview: true
}

/** Subscribes to a query: see `AsyncStore.subscribe`. */
export interface AsyncSubscribe {
  <const Request extends FacetRequest = FacetRequest>(
    query: AsyncQuery,
    listener: (notice: CountNotice<Request>) => void,
    options: CountOptions<Request> & AsyncSubscribeOptions,
  ): Subscription
  <const Request extends FacetRequest = FacetRequest>(
    query: AsyncQuery,
    listener: (notice: PageNotice<Preview, Request>) => void,
    options: PreviewOptions<Request> & AsyncSubscribeOptions,
  ): Subscription
  <Row, const Request extends FacetRequest = FacetRequest>(
    query: AsyncQuery<Row>,
    listener: (notice: PageNotice<Row, Request>) => void,
    options?: PageOptions<Request> & AsyncSubscribeOptions,
  ): Subscription
}

/**
 * The methods of a store and of its queries as promises. Queries are made without a store, by `query()`. Calls of one
 * store take effect in the order in which they are made. Rows that come back may be copies, and need not be frozen.
 *
 * Every call rejects with the library's errors, as the method of the same name of `ConversationStore` or `Query` throws
 * them; tell them apart by `code`.
 *
 * @example
 * async function markRefunds(store: AsyncStore) {
 *   for (const id of await store.ids(query().search('refund'))) await store.mark(id)
 * }
 */
export interface AsyncStore<Metadata = JsonObject, Options extends CallOptions = CallOptions> {
  /** One page, as `query.fetch()` gives it. */
  run<Row>(query: AsyncQuery<Row>, options?: Options): Promise<Envelope<Row>>
  /** How many rows match. */
  count(query: AsyncQuery, options?: Options): Promise<number>
  /** Whether any row matches. */
  exists(query: AsyncQuery, options?: Options): Promise<boolean>
  /** The ids of all rows in order, pages aside. */
  ids(query: AsyncQuery, options?: Options): Promise<number[]>
  /** The first row in order. */
  first<Row>(query: AsyncQuery<Row>, options?: Options): Promise<Row | undefined>
  /**
   * All rows in order, pages aside, as they are when the iteration begins. They come in parts, as they are asked for.
   * Nothing is asked before the first `next()`; a `break` ends it on the other side too. It throws at `next()`.
   *
   * @example for await (const row of store.all(query().marked())) console.log(row.conversation_id)
   */
  all<Row>(query: AsyncQuery<Row>, options?: Options): AsyncIterable<Row>
  /**
   * All rows of a query as NDJSON or CSV, as they are when the iteration begins, in strings of some 64 kB. It begins, ends
   * and throws as `all` does.
   *
   * @example for await (const chunk of store.export(query(), { format: 'csv' })) response.write(chunk)
   */
  export(query: AsyncQuery, options?: ExportOptions): AsyncIterable<string>

  /** As `query.facets(request, options)`. */
  facets<const Request extends FacetRequest>(
    query: AsyncQuery,
    request: Request & NoOtherFacets<Request, Metadata>,
    options?: FacetOptions & Options,
  ): Promise<FacetCounts<Request>>
  /** As `query.histogram(field, options)`. */
  histogram(query: AsyncQuery, field: HistogramField, options: HistogramOptions & Options): Promise<HistogramBucket[]>
  /** As `query.aggregate(request, options)`. */
  aggregate<const Request extends AggregateRequest>(
    query: AsyncQuery,
    request: Request,
    options?: AggregateOptions<keyof Request & string> & Options,
  ): Promise<AggregateGroup<Request>[]>
  /** As `query.highlights(row)`; the row need not be in the store. */
  highlights(query: AsyncQuery, row: object, options?: Options): Promise<Highlight[]>
  /** As `query.explain()`. */
  explain(query: AsyncQuery, options?: Options): Promise<Explanation>
  /** As `query.whyEmpty()`. */
  whyEmpty(query: AsyncQuery, options?: Options): Promise<WhyEmpty>
  /** As `store.metadataKeys()`. */
  metadataKeys(options?: Options): Promise<MetadataKey[]>
  /** As `store.metadataValues(path)`. */
  metadataValues<const Path extends MetadataPathInput>(
    path: MetadataPathOf<Metadata, Path>,
    options?: Options,
  ): Promise<Scalar[]>

  /**
   * As `query.subscribe(listener, options)`, except that the first answer may come later, and that errors come to
   * `onError`. Throws `INVALID_VALUE` for an invalid query or listener. Absent where a store cannot tell of changes.
   */
  readonly subscribe?: AsyncSubscribe

  /** The row of that id (a number) or conversation id (a string), soft-deleted ones too; `undefined` if it is absent. */
  get(ref: Ref, options?: Options): Promise<Conversation<Metadata> | undefined>
  /** Adds a row and gives it back as it is stored. */
  add(row: ConversationInput<Metadata>, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Adds rows, all of them in one message. The iterable is read before this returns. */
  addMany(rows: Iterable<ConversationInput<Metadata>>, options?: AddManyOptions & CallOptions): Promise<AddManyResult>
  /** Adds a row, or replaces the row with its conversation id. */
  upsert(row: ConversationInput<Metadata>, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Changes fields of a row. */
  update(ref: Ref, patch: ConversationPatch<Metadata>, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Sets and removes keys at the top level of a row's metadata. */
  updateMetadata(
    ref: Ref,
    changes: Partial<Metadata> | JsonObject,
    options?: { readonly remove?: readonly string[] } & CallOptions,
  ): Promise<Conversation<Metadata>>
  /** Gives a row another name, or none. */
  rename(ref: Ref, name: string | null, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Marks a row, or with `false` removes the mark. */
  mark(ref: Ref, yes?: boolean, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Deletes a row softly; `at`, or now, is its time. */
  delete(ref: Ref, at?: string | Date | number, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Takes a soft deletion back. */
  restore(ref: Ref, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Removes a row for good and gives it back. */
  purge(ref: Ref, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Adds a message after the others. */
  addMessage(ref: Ref, message: Message, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Adds a feedback after the others. */
  addFeedback(ref: Ref, feedback: Feedback, options?: CallOptions): Promise<Conversation<Metadata>>
  /** Loads a source into the store. A source that cannot be sent is `INVALID_SOURCE`. */
  load(source: AsyncSource, options?: LoadOptions): Promise<LoadResult>
}
