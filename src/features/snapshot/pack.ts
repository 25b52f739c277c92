/** Packing documents: rows to blocks. */
import { deflateSync } from 'fflate'
import { crc32 } from '../../base/crc32.ts'
import { zlibWithDictionaries } from '../../base/zlib.ts'
import type { Numbers } from '../../engine/image/numbers.ts'
import type { Row } from '../../engine/segments/documents.ts'
import { utf8Encoder } from '../load/codec.ts'
import { concatenated } from './format.ts'
import type { Blocks } from './packed.ts'

/** A block has about so many bytes: to read one row, all of its block is unpacked. */
const BLOCK_BYTES = 4_096
/** DEFLATE looks no further back. */
const DICTIONARY_BYTES = 32_768
/** The dictionary is made of so many rows at most, evenly spread over the oldest 2^k: it stays the same while others are appended. */
const SAMPLES = 1_024
/** So many of them stand in it whole. */
const WHOLE_ROWS = 4
/** Words, with a space or quotes around, and what stands between words. */
const PIECES = /[ "]?[\p{L}_]{3,40}"?|[^\p{L}]{2,40}/gu

/** The runtime's own DEFLATE, several times as fast, where it has one: Node, Bun, Deno. */
function nativeDeflate(dictionary: Uint8Array): ((bytes: Uint8Array) => Uint8Array) | undefined {
  const zlib = zlibWithDictionaries()
  return zlib.deflateRawSync && ((bytes) => zlib.deflateRawSync!(bytes, { level: 9, memLevel: 9, dictionary }))
}

/** How rows are packed. */
export interface Packing {
  /** Gives a row by its place. */
  readonly rowAt: (at: number) => Row
  /** Called after each block; what it rejects with ends the packing. */
  readonly pause: () => Promise<void>
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
  /** About how many bytes are packed together: 4,096. */
  readonly blockBytes?: number | undefined
  /** Is told the JSON of all rows, piece by piece. */
  readonly hear?: (json: string) => void
}

/** Packs so many rows, in their order, block by block. O(bytes): some 100 µs a row of 3 kB in Node, 350 elsewhere. */
export async function packRows(
  count: number,
  { rowAt, pause, onProgress, blockBytes = BLOCK_BYTES, hear }: Packing,
): Promise<Blocks> {
  const encoder = utf8Encoder()
  const dictionary = await dictionaryOf(count, rowAt, pause)
  const deflate = nativeDeflate(dictionary) ?? ((bytes: Uint8Array) => deflateSync(bytes, { level: 6, dictionary }))
  const [firsts, starts, lengths, crcs]: number[][] = [[], [0], [], []]
  const pieces: Uint8Array[] = []
  let first = 0
  let lines = ''
  for (let at = 0; at < count; at++) {
    lines += `${lineOf(rowAt(at))}\n`
    if (lines.length < blockBytes && at + 1 < count) continue
    hear?.(lines)
    const bytes = encoder.encode(lines)
    const packed = deflate(bytes)
    firsts!.push(first)
    starts!.push(starts!.at(-1)! + packed.length)
    lengths!.push(bytes.length)
    crcs!.push(crc32(bytes))
    // A copy: that of the runtime may be a view of a larger buffer.
    pieces.push(new Uint8Array(packed))
    first = at + 1
    lines = ''
    onProgress?.({ done: at + 1, total: count })
    await pause()
  }
  const [a, b, c, d] = [firsts, starts, lengths, crcs].map((numbers) => Uint32Array.from(numbers!))
  return { dictionary, firsts: a!, starts: b!, lengths: c!, crcs: d!, bytes: concatenated(pieces) }
}

/** As arrays of a section: the blocks themselves are one of their own. */
export function writeBlocks({ dictionary, firsts, starts, lengths, crcs }: Blocks): Numbers[] {
  return [dictionary, firsts, starts, lengths, crcs]
}

/**
 * What rows have in common: their words, and what stands between these, the most frequent last, and then a few rows whole. The last
 * bytes are the cheapest to refer to. (Beginnings of rows alone make the file 3 % longer, and take half as long again to look through.)
 */
async function dictionaryOf(count: number, rowAt: Packing['rowAt'], pause: Packing['pause']): Promise<Uint8Array> {
  // The most rows that are a power of two, and as many samples or a power of two of them.
  const reach = count === 0 ? 0 : 2 ** Math.floor(Math.log2(count))
  const chosen = Math.min(reach, SAMPLES)
  const counts = new Map<string, number>()
  const whole: string[] = []
  let units = 0
  for (let i = 0; i < chosen; i++) {
    const line = lineOf(rowAt((i * reach) / chosen))
    units += line.length
    if (i < WHOLE_ROWS) whole.push(line)
    for (const [piece] of line.matchAll(PIECES)) counts.set(piece, (counts.get(piece) ?? 0) + 1)
    await pause()
  }
  const rows = whole.join('\n')
  const pieces: string[] = []
  // A dictionary that is long for its rows is not worth its bytes.
  let left = Math.min(DICTIONARY_BYTES, units / 8) - rows.length
  const repeated = [...counts].filter(([, times]) => times > 1)
  for (const [piece] of repeated.sort(([, a], [, b]) => b - a)) {
    left -= piece.length
    if (left < 0) break
    pieces.push(piece)
  }
  const all = `${pieces.reverse().join('')}${rows}`
  return utf8Encoder().encode(all).slice(-DICTIONARY_BYTES)
}

/** A row as JSON that parses to the same row: JSON.stringify makes 0 of -0. O(size of the row). */
export function lineOf(row: Row): string {
  const json = JSON.stringify(row)
  // Nothing that is written as 0 can be -0 in a text without a 0.
  if (!/[[:,]0[,\]}]/.test(json) || !hasNegativeZero(row)) return json
  let mark = '-0'
  while (json.includes(mark)) mark += '-0'
  return JSON.stringify(row, (_, value: unknown) => (Object.is(value, -0) ? mark : value)).replaceAll(`"${mark}"`, '-0')
}

function hasNegativeZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0)
  return Object.values(value).some(hasNegativeZero)
}
