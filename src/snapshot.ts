/**
 * A store as one file: documents, compressed, and indexes, opened by laying views over its bytes. The entry point
 * `conversation-store/snapshot`.
 */
import {
  type CachedOptions,
  type CachedSnapshot,
  type KeptIn,
  keepBytes,
  keptBytes,
  openKept,
  partCachedOptions,
} from './features/snapshot/cached.ts'
import { invalidSnapshot } from './features/snapshot/fault.ts'
import {
  isInParts,
  joinParts,
  openSnapshot,
  partReadOptions,
  type ReadSnapshotOptions,
  type SnapshotInParts,
  type SnapshotSource,
  type WriteSnapshotOptions,
  writeSnapshot,
} from './features/snapshot/index.ts'
import { bytesOf } from './features/snapshot/source.ts'
import { ConversationStore, type ConversationStoreOptions } from './full/store.ts'
import type { JsonObject } from './row/conversation.ts'
import type { StoreLike } from './store/inside.ts'

export {
  type CachedOptions,
  type CachedSnapshot,
  type CacheWarning,
  canKeep,
  deleteCached,
  type KeptIn,
} from './features/snapshot/cached.ts'
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
  options: ConversationStoreOptions & ReadSnapshotOptions = {},
): Promise<ConversationStore<Metadata, Extra>> {
  return ConversationStore.fromSnapshot(source, options)
}

/**
 * The same at once, for bytes, or parts, that are there already: in the module scope of a Worker. Throws as `readSnapshot`
 * rejects. Gzip is not undone.
 */
export function readSnapshotSync<Metadata = JsonObject, Extra = unknown>(
  bytes: Uint8Array | ArrayBuffer | SnapshotInParts<Uint8Array | ArrayBuffer>,
  options: ConversationStoreOptions & ReadSnapshotOptions = {},
): ConversationStore<Metadata, Extra> {
  const own = isInParts<SnapshotInParts<Uint8Array | ArrayBuffer>>(bytes) ? joinParts(bytes) : bytesOf(bytes)
  if (own === undefined) throw invalidSnapshot('source', 'readSnapshotSync takes a Uint8Array or an ArrayBuffer.')
  const [given, reading] = partReadOptions(options)
  return openSnapshot(own, (pages) => new ConversationStore<Metadata, Extra>({ ...pages, ...given }), reading)
}

/**
 * Opens a snapshot of a server and keeps it in the browser, so that the next visit opens it without a download: in the page's
 * files (OPFS), or in IndexedDB where these cannot be written. Later calls ask the server by ETag, or by date, whether there is
 * a later file. In a page or a worker; elsewhere it is a plain fetch. Without a file one of several pages downloads it, and the
 * others wait; with one nobody waits.
 *
 * Where the server cannot be asked (offline, a status from 500 on, no answer within `timeoutMs`, no snapshot in the answer) the
 * kept file is opened and the result says `isStale`. A damaged file is fetched again. `onWarning` hears both, and that a file
 * could not be kept. A name stands for one file of one user: put the user into it, and call `deleteCached` at a logout.
 *
 * Rejects with `INVALID_SOURCE` for a status from 400 to 499, file or no file; with nothing kept, also with what `fetch` throws
 * and with `INVALID_SNAPSHOT`; and with the signal's reason.
 *
 * @example
 * const { store, from, isStale } = await openCached('inbox of anna', { url: '/inbox.snap' })
 */
export async function openCached<Metadata = JsonObject, Extra = unknown>(
  name: string,
  options: CachedOptions & ConversationStoreOptions & ReadSnapshotOptions,
): Promise<CachedSnapshot<ConversationStore<Metadata, Extra>>> {
  const [keeping, opening] = partCachedOptions(options)
  return openKept(name, keeping, (bytes) => readSnapshotSync<Metadata, Extra>(bytes, opening))
}

/**
 * Keeps a store in the browser as a snapshot, as `openCached` keeps that of a server: for conversations that came from no
 * server, such as a file that was dropped on the page; the bytes of a snapshot are kept as they are. It replaces what the name stood for, at once and in full; `deleteCached`
 * removes it. The moment of the call, as `writeSnapshot` has it. In a page or a worker.
 *
 * Resolves to where it is kept. Rejects with `NOT_KEPT` where there is no storage, or none is allowed, with a
 * `QuotaExceededError` where there is no room, and as `writeSnapshot` does; what was kept before stays then. It costs what
 * `writeSnapshot` does.
 *
 * @example
 * await keepSnapshot('dropped by anna', store)
 * const again = await readKept('dropped by anna')
 */
export async function keepSnapshot(
  name: string,
  store: StoreLike | Uint8Array,
  options?: WriteSnapshotOptions,
): Promise<KeptIn> {
  return keepBytes(name, async () => (store instanceof Uint8Array ? store : writeSnapshot(store, options)))
}

/**
 * Opens what is kept by a name, whoever kept it; no server is asked. `undefined` where nothing is. Rejects with
 * `INVALID_SNAPSHOT` for a file that is damaged or of another version: `deleteCached` removes it.
 */
export async function readKept<Metadata = JsonObject, Extra = unknown>(
  name: string,
  options?: ConversationStoreOptions & ReadSnapshotOptions,
): Promise<ConversationStore<Metadata, Extra> | undefined> {
  const bytes = await keptBytes(name)
  return bytes && readSnapshotSync<Metadata, Extra>(bytes, options)
}
