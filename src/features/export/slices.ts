/** Much text without holding the thread or the memory: chunks of some size, made in slices of time. */
import { nextTurn } from '../load/host.ts'

/** UTF-16 units of a chunk, or a piece more. */
const CHUNK_UNITS = 65_536

/** Work between two turns of the event loop, in milliseconds: half of a frame. */
const SLICE_MS = 8

/** Joins pieces to chunks. Other work gets its turn between two slices, whether or not chunks are waited for. */
export async function* inSlices(pieces: Iterable<string>): AsyncGenerator<string, void, undefined> {
  let chunk = ''
  let end = Date.now() + SLICE_MS
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length >= CHUNK_UNITS) {
      yield chunk
      chunk = ''
    }
    if (Date.now() < end) continue
    await nextTurn()
    end = Date.now() + SLICE_MS
  }
  if (chunk !== '') yield chunk
}
