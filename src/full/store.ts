/** The store of the full package: the core's, with the text index, and each feature as a method. */

import { textIndex } from '../engine/text/index.ts'
import {
  type StoreStats,
  stats,
  type WarmAsyncOptions,
  type WarmOptions,
  warm,
  warmAsync,
} from '../features/indexes/index.ts'
import type { LoadOptions, LoadResult, LoadSource, RowBatches } from '../features/load/index.ts'
import { type MetadataKey, messageMetadataKeys, metadataKeys, metadataValues } from '../features/metadata/index.ts'
import type {
  CompactOptions,
  ReadSnapshotOptions,
  SnapshotSource,
  WriteSnapshotOptions,
} from '../features/snapshot/index.ts'
import type { MetadataPathInput, MetadataPathOf } from '../query/metadata-path.ts'
import { readSpec } from '../query/read-spec.ts'
import type { QuerySpec, Scalar } from '../query/spec.ts'
import type { Conversation, ConversationInput, JsonObject, Stated } from '../row/conversation.ts'
import { executor } from '../store/inside.ts'
import { type ConversationStoreOptions as CoreOptions, checkStoreOptions } from '../store/options.ts'
import type { AnyConversation } from '../store/query.ts'
import { type AddManyOptions, partOptions, StoreBase } from '../store/store.ts'
import { Query } from './query.ts'

/** How a store pages and links, and where errors of listeners go. */
export type ConversationStoreOptions = Omit<CoreOptions, 'text'>

/**
 * Conversations in memory, asked through `query()`. Rows are checked once when they come in and are the store's own from
 * then on; rows that are given out are frozen to the bottom.
 *
 * @example
 * const store = ConversationStore.from([
 *   { conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', device: 'mobile' },
 * ])
 * store.query().device('mobile').count() // 1
 */
export class ConversationStore<Metadata = JsonObject, Extra = unknown> extends StoreBase<Metadata, Extra> {
  /** An empty store. Throws `INVALID_VALUE` for page sizes that are not positive integers. O(1). */
  constructor(options: ConversationStoreOptions = {}) {
    super({ ...checkStoreOptions(options), text: textIndex })
  }

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

  /**
   * Loads what a source holds: NDJSON, a JSON array, a page of the API or an import file, gzipped or not. See
   * `conversation-store/load`, which this fetches when it is first called.
   */
  async load(source: LoadSource | RowBatches, options: LoadOptions = {}): Promise<LoadResult> {
    const { loadInto } = await import('../features/load/index.ts')
    return loadInto(this, source, options)
  }

  /** The store as one file: see `writeSnapshot` of `conversation-store/snapshot`, which this fetches when it is first called. */
  async toSnapshot(options?: WriteSnapshotOptions): Promise<Uint8Array> {
    const { writeSnapshot } = await import('../features/snapshot/writing.ts')
    return writeSnapshot(this, options)
  }

  /** Packs the documents, several times smaller: see `compact` of `conversation-store/snapshot`, which this fetches when it is first called. */
  async compact(options?: CompactOptions): Promise<void> {
    const { compact } = await import('../features/snapshot/compact.ts')
    return compact(this, options)
  }

  /** Opens a snapshot: see `readSnapshot` of `conversation-store/snapshot`. The code for it is fetched when it is first called. */
  static async fromSnapshot<Metadata = JsonObject, Extra = unknown>(
    source: SnapshotSource,
    options: ConversationStoreOptions & ReadSnapshotOptions = {},
  ): Promise<ConversationStore<Metadata, Extra>> {
    const { isRemote, openSnapshot, partReadOptions, readSource } = await import('../features/snapshot/reading.ts')
    const [own, { verify = isRemote(source) ? 'full' : 'checksums', ...reading }] = partReadOptions(options)
    const bytes = await readSource(source)
    const make = (pages: ConversationStoreOptions) => new ConversationStore<Metadata, Extra>({ ...pages, ...own })
    return openSnapshot(bytes, make, { verify, ...reading })
  }

  /** All paths to values in the metadata of rows that are not deleted, the most used first. Reads all documents. */
  metadataKeys(): MetadataKey[] {
    return metadataKeys(this)
  }

  /** The same for the metadata of messages. Reads all documents. */
  messageMetadataKeys(): MetadataKey[] {
    return messageMetadataKeys(this)
  }

  /** The distinct scalars at a metadata path in rows that are not deleted, the most used first. O(distinct values) once indexed. */
  metadataValues<const Path extends MetadataPathInput>(path: MetadataPathOf<Metadata, Path>): Scalar[] {
    return metadataValues<Metadata, Path>(this, path)
  }

  /** How many rows, segments and terms there are, and about how many bytes the indexes take. O(indexes × segments). */
  stats(): StoreStats {
    return stats(this)
  }

  /** Builds the indexes now, so that no query waits for one. Seconds for the messages of 100,000 rows: see `warmAsync`. */
  warm(options?: WarmOptions): void {
    warm(this, options)
  }

  /** Builds the indexes in slices of `sliceMs`, leaving the thread free between them. Rejects with the signal's reason. */
  warmAsync(options?: WarmAsyncOptions): Promise<void> {
    return warmAsync(this, options)
  }
}
