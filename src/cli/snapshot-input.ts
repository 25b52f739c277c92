/** Conversations from a snapshot: opened where it is the first, else its rows are added. */
import { dirname, join } from 'node:path'
import { ConversationStore } from '../core.ts'
import { openSnapshot, readSource, type SnapshotSource } from '../features/snapshot/index.ts'
import { isLibraryError, UsageError, withoutCalls } from './failure.ts'
import { type FileKind, readWhole } from './file-bytes.ts'

/** Hears how many bytes of how many were read. */
type OnRead = (bytes: number, totalBytes: number) => void

/** The bytes of the snapshot in a file; of a manifest, those of its parts, which stand beside it. Throws a `UsageError`. */
export async function readSnapshotFile(file: string, kind: FileKind, onRead?: OnRead): Promise<Uint8Array> {
  const bytes = await readWhole(file, onRead)
  if (kind !== 'manifest') return bytes
  const part = (name: string) => readWhole(join(dirname(file), name))
  return naming(file, () => readSource({ manifest: bytes, part } satisfies SnapshotSource))
}

/**
 * Puts the rows of a snapshot into a store. An empty store takes its indexes too and leaves its documents packed. Throws a
 * `UsageError` that names the file.
 */
export async function fillFromSnapshot(store: ConversationStore, file: string, bytes: Uint8Array): Promise<void> {
  await naming(file, () => {
    if (store.size === 0) return openSnapshot(bytes, () => store, {})
    const other: ConversationStore = openSnapshot(bytes, () => new ConversationStore(), {})
    return store.addMany(other)
  })
}

/** The result of a call. Its errors name the file, and no calls. */
export async function naming<Result>(file: string, call: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    throw isLibraryError(error) ? new UsageError(`${file}: ${withoutCalls(error.message)}`) : error
  }
}
