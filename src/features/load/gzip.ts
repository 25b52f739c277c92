/**
 * Gzip undone, member by member, by pako's port of zlib, which checks the checksum and the length of each.
 *
 * What lost: the runtime's `DecompressionStream` stops at the end of a member or not, by runtime, and not every runtime
 * has one; `fflate` takes a wrong checksum; pako's own `Inflate` loses a member that comes after padding.
 */
import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako'
import { grouped } from '../../base/text/counted.ts'
import type { SourceFaults } from './fault.ts'

/** zlib's number for gzip alone, with windows of any size. */
const GZIP = 15 + 16
/** So many bytes of data are made at a time. */
const PIECE = 65_536
/** What a member begins with: the two bytes of gzip, and the only method of compression that it has. */
const MAGIC = [0x1f, 0x8b, 8]

/**
 * Gives the data of all members, one after another, in pieces whose memory is used again. Zeros after a member are
 * padding. Throws `INVALID_SOURCE` with its byte where the gzip is cut off, damaged, or followed by something else; what
 * comes before that is given first.
 *
 * @param first The beginning, which was looked at already.
 */
export async function* gunzip(
  first: Uint8Array,
  next: () => Promise<Uint8Array | undefined>,
  faults: SourceFaults,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = new ZStream()
  zlibInflateInit2(stream, GZIP)
  const output = new Uint8Array(PIECE)
  /** How many bytes came before the input at hand, and where the member under way begins. */
  let base = 0
  let start = 0
  let isInside = true
  /** The first bytes of the member under way. */
  let head: number[] = []
  for (let input: Uint8Array | undefined = first; input !== undefined; input = await next()) {
    let at = 0
    for (;;) {
      if (!isInside) {
        while (input[at] === 0) at++
        if (at === input.length) break
        zlibInflateReset(stream)
        start = base + at
        isInside = true
        head = []
      }
      head.push(...input.subarray(at, at + MAGIC.length - head.length))
      Object.assign(stream, { input, next_in: at, avail_in: input.length - at })
      Object.assign(stream, { output, next_out: 0, avail_out: PIECE })
      const status = zlibInflate(stream, Z_NO_FLUSH)
      at = stream.next_in
      if (stream.next_out > 0) yield output.subarray(0, stream.next_out)
      if (status === Z_STREAM_END) isInside = false
      else if (status !== Z_OK && status !== Z_BUF_ERROR) throw damaged(stream.msg, start, faults)
      // Room that is left says that all input was used.
      else if (stream.avail_out > 0) break
    }
    base += input.length
  }
  if (!isInside) return
  if (head.some((byte, i) => byte !== MAGIC[i])) throw damaged('unknown compression method', start, faults)
  const message = `Byte ${grouped(base)}: the gzip data ends here, inside the member that begins at byte ${grouped(start)}.`
  throw faults.at(`byte ${base}`, base, message)
}

function damaged(why: string, start: number, faults: SourceFaults): Error {
  const what = start === 0 ? 'the gzip data' : 'what follows the gzip data'
  return faults.at(
    `byte ${start}`,
    why,
    `Byte ${grouped(start)}: ${what} from here on is not a whole gzip member: ${why}.`,
  )
}
