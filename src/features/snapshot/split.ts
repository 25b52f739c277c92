/**
 * A snapshot in parts, for places where a file may only be so large. The parts one after another are the file. Each has the
 * name of its contents, so that of a snapshot that has changed little, most parts are there already.
 */
import { checkInteger, checkOptions } from '../../base/options.ts'
import { NUMBERS } from '../../engine/image/numbers.ts'
import { padded, readDirectory } from './format.ts'
import { FORMAT, type SnapshotManifest, VERSION } from './manifest.ts'

/** A part and its name. */
export interface SnapshotPart {
  readonly name: string
  readonly bytes: Uint8Array
}

/** How a snapshot is cut. */
export interface SplitOptions {
  /** The most bytes of a part. */
  readonly maxBytes: number
}

/** What all segments share, and the documents, are cut so that there are about so many parts, */
const PARTS = 32
/** none smaller than this. */
const LEAST_PIECE = 32_768

/**
 * Cuts a snapshot into parts by whole sections: those of a segment are one part, and long ones that grow as rows are appended,
 * such as the documents, are cut at multiples of a size. So of a snapshot with some newer rows, most parts have the same names.
 * A part that would have more than `maxBytes` is cut again. Rejects with `INVALID_SNAPSHOT`. O(bytes).
 *
 * @example
 * const { manifest, parts } = await splitSnapshot(await writeSnapshot(store), { maxBytes: 24 * 1024 * 1024 })
 */
export async function splitSnapshot(
  bytes: Uint8Array,
  options: SplitOptions,
): Promise<{ readonly manifest: SnapshotManifest; readonly parts: readonly SnapshotPart[] }> {
  checkOptions('splitSnapshot', options, ['maxBytes'])
  checkInteger('maxBytes', options.maxBytes, 1)
  const parts: SnapshotPart[] = []
  for (const piece of piecesOf(bytes, options.maxBytes)) parts.push({ name: await nameOf(piece), bytes: piece })
  const listed = parts.map(({ name, bytes: { length } }) => ({ name, bytes: length }))
  return { manifest: { format: FORMAT, version: VERSION, bytes: bytes.length, parts: listed }, parts }
}

/** The bytes of a snapshot, cut. */
function piecesOf(bytes: Uint8Array, most: number): Uint8Array[] {
  const { sections, from } = readDirectory(bytes)
  // A power of two: it stays the same while the file grows to twice its size.
  const step = Math.max(LEAST_PIECE, 2 ** Math.floor(Math.log2(bytes.length / PARTS)))
  const pieces: Uint8Array[] = []
  let begin = 0
  const cutAt = (end: number) => {
    for (; begin < end; begin += most) pieces.push(bytes.subarray(begin, Math.min(end, begin + most)))
    begin = end
  }
  // The directory has the date: it is always another.
  cutAt(from)
  let group: string | undefined
  for (const { name, at, length, arrays } of sections) {
    const own = groupOf(name)
    const isLong = own === undefined && length >= step
    if (own !== group || isLong || (own === undefined && from + at + length - begin > step)) cutAt(from + at)
    group = own
    if (!isLong) continue
    let array = from + at
    for (const [type, count] of arrays) {
      const size = count * NUMBERS[type].BYTES_PER_ELEMENT
      for (let cut = step; cut <= size; cut += step) cutAt(array + cut)
      array += padded(size)
    }
  }
  cutAt(bytes.length)
  return pieces
}

/**
 * What a section makes one part with: the others of its segment. Those of metadata paths are by themselves, since a few rows may
 * change which paths have an index. Undefined for what belongs to no segment.
 */
function groupOf(name: string): string | undefined {
  const segment = /\/\d+$/.exec(name)?.[0]
  return segment && segment + /^index (metadata|items|numbers):/.test(name)
}

interface Digesting {
  readonly crypto: { readonly subtle: { digest(algorithm: string, bytes: Uint8Array): Promise<ArrayBuffer> } }
}

/** The SHA-256 of bytes, in hexadecimal digits. */
async function nameOf(bytes: Uint8Array): Promise<string> {
  const digest = await (globalThis as unknown as Digesting).crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
