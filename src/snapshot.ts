/**
 * A store as one file: documents, compressed, and indexes, opened by laying views over its bytes. The entry point
 * `conversation-store/snapshot`.
 */
import { invalidSnapshot } from './features/snapshot/fault.ts'
import {
  isInParts,
  joinParts,
  openSnapshot,
  type ReadSnapshotOptions,
  type SnapshotInParts,
  type SnapshotSource,
} from './features/snapshot/index.ts'
import { bytesOf } from './features/snapshot/source.ts'
import { ConversationStore } from './full/store.ts'
import type { JsonObject } from './row/conversation.ts'

export {
  type BytesSource,
  type CompactOptions,
  compact,
  type ReadSnapshotOptions,
  type SnapshotInParts,
  type SnapshotManifest,
  type SnapshotPart,
  type SnapshotSource,
  type SplitOptions,
  splitSnapshot,
  type WriteSnapshotOptions,
  writeSnapshot,
  writeSnapshotStream,
} from './features/snapshot/index.ts'

/**
 * Opens a snapshot: the store as it was written, with all its indexes, and an ordinary one from then on. The bytes are the
 * store's own: what is written into them later makes answers wrong.
 *
 * Rejects with `INVALID_SNAPSHOT` for anything but a whole, undamaged snapshot, and the error says where; nothing is opened
 * then. A document whose block is damaged is noticed when it is given out: that throws `INVALID_SNAPSHOT` with the row's id, and
 * other rows are not affected. O(rows + terms), and the bytes of indexes once for their checksums.
 *
 * @example
 * const store = await readSnapshot(await fetch('/inbox.snap'))
 * store.query().device('mobile').messageContains('refund').count()
 */
export async function readSnapshot<Metadata = JsonObject, Extra = unknown>(
  source: SnapshotSource,
  options: ReadSnapshotOptions = {},
): Promise<ConversationStore<Metadata, Extra>> {
  return ConversationStore.fromSnapshot(source, options)
}

/**
 * The same at once, for bytes, or parts, that are there already: in the module scope of a Worker. Throws as `readSnapshot`
 * rejects. Gzip is not undone.
 */
export function readSnapshotSync<Metadata = JsonObject, Extra = unknown>(
  bytes: Uint8Array | ArrayBuffer | SnapshotInParts<Uint8Array | ArrayBuffer>,
  options: ReadSnapshotOptions = {},
): ConversationStore<Metadata, Extra> {
  const own = isInParts<SnapshotInParts<Uint8Array | ArrayBuffer>>(bytes) ? joinParts(bytes) : bytesOf(bytes)
  if (own === undefined) throw invalidSnapshot('source', 'readSnapshotSync takes a Uint8Array or an ArrayBuffer.')
  return openSnapshot(own, (pages) => new ConversationStore<Metadata, Extra>(pages), options)
}
