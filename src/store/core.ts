/** The query and the store of the core, without features. The full ones, in `full/`, stand beside them on the same bases. */

import { set } from '../query/builder.ts'
import { readSpec } from '../query/read-spec.ts'
import type { QuerySpec } from '../query/spec.ts'
import type {
  Conversation,
  ConversationInput,
  ExtraOf,
  JsonObject,
  LeanConversation,
  Stated,
} from '../row/conversation.ts'
import type { ConversationParameters } from '../wire/parameters.ts'
import type { Param } from '../wire/params.ts'
import { type ReadOptions, readObject } from '../wire/read-parameters.ts'
import { executor, executorOf, type StoreLike } from './inside.ts'
import type { ConversationStoreOptions } from './options.ts'
import { type AnyConversation, partsOfParams, StoreQuery } from './query.ts'
import { type AddManyOptions, partOptions, StoreBase } from './store.ts'

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
}

/**
 * A query without a store, to be kept or sent and run by `store.run(query)`. Its terminal methods throw `NO_STORE`.
 *
 * @example const marked = query().marked(); store.run(marked).count
 */
export function query<Metadata = JsonObject>(): Query<Metadata> {
  return new Query<Metadata>()
}

/**
 * Conversations in memory, asked through `query()`. Rows are checked once when they come in and are the store's own from
 * then on; rows that are given out are frozen to the bottom. Strings are found by looking at each, unless `textIndex` of
 * `conversation-store/text` is handed in. What else can be done with a store is functions, each with an entry point.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { textIndex } from 'conversation-store/text'
 *
 * const store = ConversationStore.from([
 *   { conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', device: 'mobile' },
 * ], { text: textIndex })
 * store.query().device('mobile').count() // 1
 */
export class ConversationStore<Metadata = JsonObject, Extra = unknown> extends StoreBase<Metadata, Extra> {
  /** A store with these rows; see `addMany`. */
  static from<Metadata = JsonObject, Extra = unknown>(
    rows: Iterable<ConversationInput<Metadata, Stated<Extra>>>,
    options: ConversationStoreOptions & AddManyOptions = {},
  ): ConversationStore<Metadata, Extra> {
    const [own, adding] = partOptions(options)
    const store = new ConversationStore<Metadata, Extra>(own)
    store.addMany(rows, adding)
    return store
  }

  /** A query of all rows that are not deleted, to be narrowed; or that of a spec, which is checked as `Query.fromSpec` does. */
  query(): Query<Metadata, Conversation<Metadata, Extra>>
  query(spec: QuerySpec): Query<Metadata, AnyConversation<Metadata, Extra>>
  query(spec?: QuerySpec): Query<Metadata, AnyConversation<Metadata, Extra>> {
    return new Query(this[executor], spec && readSpec(spec))
  }
}
