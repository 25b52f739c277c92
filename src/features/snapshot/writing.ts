/** What is called to write a snapshot. */
import { checkOptions } from '../../base/options.ts'
import type { StoreLike } from '../../store/inside.ts'
import { concatenated } from './format.ts'
import { type ReadableStreamOf, streamOf } from './stream.ts'
import { snapshotPieces, type WriteSnapshotOptions } from './write.ts'

const WRITE_OPTIONS = ['text', 'metadata', 'actions', 'onProgress', 'signal', 'blockBytes']

/**
 * Writes a store as one file: its rows, compressed, and its indexes, which open without parsing. The moment of the call: what is
 * written to the store while the snapshot is made is not in it.
 *
 * Rejects with the signal's reason, `INVALID_VALUE` for anything but a store, `UNKNOWN_PARAMETER` for an unknown option.
 * O(bytes), in slices of some 8 ms: for 100,000 conversations of a dozen messages some 20 s in Node, and about as much memory
 * as the indexes have.
 *
 * @example
 * const bytes = await writeSnapshot(store)
 */
export async function writeSnapshot(store: StoreLike, options: WriteSnapshotOptions = {}): Promise<Uint8Array> {
  checkOptions('writeSnapshot', options, WRITE_OPTIONS)
  return concatenated(await snapshotPieces(store, options))
}

/** The same as a stream, so that the file is in memory once: to a file, a response, or storage of the page. */
export function writeSnapshotStream(
  store: StoreLike,
  options: WriteSnapshotOptions = {},
): ReadableStreamOf<Uint8Array> {
  checkOptions('writeSnapshotStream', options, WRITE_OPTIONS)
  const pieces = snapshotPieces(store, options)
  // Whoever cancels the stream before it was read is not to get a rejection of its own.
  pieces.catch(() => undefined)
  let next = 0
  return streamOf(async () => (await pieces)[next++])
}
