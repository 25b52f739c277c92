/** What metadata a store has: the entry point `conversation-store/metadata`. */
import type { Row } from '../../engine/segments/documents.ts'
import type { MetadataPathInput, MetadataPathOf } from '../../query/metadata-path.ts'
import type { Scalar } from '../../query/spec.ts'
import { executorOf, type StoreLike } from '../../store/inside.ts'
import {
  messageMetadataKeys as keysOfMessages,
  metadataKeys as keysOfRows,
  type MetadataKey,
  metadataValues as valuesAt,
} from './census.ts'

export type { MetadataKey, MetadataType } from './census.ts'

/**
 * All paths to values in the metadata of a store's rows that are not deleted, the most used first. Reads all documents.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { metadataKeys } from 'conversation-store/metadata'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05', metadata: { plan: 'pro' } }])
 * metadataKeys(store) // [{ path: 'plan', type: 'string', rows: 1 }]
 */
export function metadataKeys(store: StoreLike): MetadataKey[] {
  return keysOfRows(visible(store))
}

/** The same for the metadata of messages. Reads all documents. */
export function messageMetadataKeys(store: StoreLike): MetadataKey[] {
  return keysOfMessages(visible(store))
}

/**
 * The distinct scalars at a metadata path in a store's rows that are not deleted, the most used first. O(distinct values)
 * once indexed.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { metadataValues } from 'conversation-store/metadata'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05', metadata: { plan: 'pro' } }])
 * metadataValues(store, 'plan') // ['pro']
 */
export function metadataValues<Metadata, const Path extends MetadataPathInput>(
  store: StoreLike<Metadata>,
  path: MetadataPathOf<Metadata, Path>,
): Scalar[] {
  return valuesAt(path as MetadataPathInput, executorOf(store).engine)
}

function* visible(store: StoreLike): Iterable<Row> {
  const { documents } = executorOf(store).engine
  for (const number of documents.numbers()) {
    const row = documents.read(number)
    if (row.is_deleted !== true) yield row
  }
}
