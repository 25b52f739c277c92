/**
 * Documents packed: rows as lines of JSON, some to a block, each block compressed by DEFLATE with one dictionary for all and
 * a checksum of its own. (Lucene's stored fields are kept like that.)
 *
 *     blocks   [ deflated lines of rows 0 to 2 | of rows 3 and 4 | … ]
 *     firsts   [ 0, 3, 5, … ]    the first row of each block
 *     starts   [ 0, 812, … ]     where its bytes begin
 *     lengths  [ 4310, … ]       how many bytes it unpacks to
 *     crcs     of what it unpacks to
 */
import { inflateSync } from 'fflate'
import { upperBound } from '../../base/bisect.ts'
import { crc32 } from '../../base/crc32.ts'
import { isStoreError } from '../../base/errors.ts'
import { LastN } from '../../base/last-n.ts'
import { zlibWithDictionaries } from '../../base/zlib.ts'
import { check, isAscending, type Taken } from '../../engine/image/numbers.ts'
import type { PackedRows, Row } from '../../engine/segments/documents.ts'
import { readOwn } from '../../row/ahead.ts'
import { utf8Decoder } from '../load/codec.ts'
import { invalidSnapshot } from './fault.ts'
import type { KeptValues } from './values.ts'

/** The blocks of some rows. */
export interface Blocks {
  readonly dictionary: Uint8Array
  readonly firsts: Uint32Array
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly crcs: Uint32Array
  readonly bytes: Uint8Array
}

const LINE_FEED = 0x0a
/** What DEFLATE makes of a byte at most: nobody has to make room for more. */
const MOST_RATIO = 1_032
/** So many rows that were read last are kept: at least as many as are indexed in turn, see `warm`. */
const NEAR = 32

/** What `writeBlocks` gave, of so many rows. Throws `Damage`. O(blocks). */
export function readBlocks(taken: Taken, rows: number, bytes: Uint8Array): Blocks {
  const dictionary = taken.next('u8')
  const firsts = taken.next('u32')
  const count = firsts.length
  check(
    count > 0 ? firsts[0] === 0 && firsts[count - 1]! < rows : rows === 0,
    'the blocks have other rows than there are',
  )
  check(isAscending(firsts, 0, count, true), 'the rows of blocks do not ascend')
  const starts = taken.starts(count, bytes.length)
  const lengths = taken.next('u32', count)
  check(
    lengths.every((length, i) => length <= MOST_RATIO * (starts[i + 1]! - starts[i]!)),
    'a block is too short for what it should unpack to',
  )
  return { dictionary, firsts, starts, lengths, crcs: taken.next('u32', count), bytes }
}

/** Notes that a row was given out. Older workers of Cloudflare cannot. */
export function remember(seen: Map<number, WeakRef<Row>>, at: number, row: Row): void {
  if (typeof WeakRef !== 'undefined') seen.set(at, new WeakRef(row))
}

/** What packed rows are unpacked with. */
export interface UnpackOptions {
  /** How many unpacked rows are kept. */
  readonly rowCache: number
  /** Whether each row is checked as one from outside is, beside the checksum of its block. */
  readonly isChecked: boolean
  /** Rows that anyone may hold already, by place. */
  readonly seen?: Map<number, WeakRef<Row>>
}

/** Rows of a snapshot, or of a store that was compacted. */
export class PackedDocuments implements PackedRows {
  readonly size: number
  unpacked = 0
  readonly #blocks: Blocks
  readonly #ids: Float64Array
  readonly #conversationIds: KeptValues
  readonly #options: UnpackOptions
  readonly #decoder = utf8Decoder(true)
  /** The rows that were used last. */
  readonly #kept: LastN<number, Row>
  /** All that anyone may still hold: a row is one object as long as it is seen. Where there is no `WeakRef`, as long as it is kept. */
  readonly #seen: Map<number, WeakRef<Row>>
  /** From so many on, those that are gone are swept. */
  #most = 1_024
  /** The rows that were read last, each at its place modulo how many there can be. */
  readonly #near: Row[] = []
  readonly #nearAt = new Float64Array(NEAR).fill(-1)
  /** The lines of the block that was unpacked last. */
  #lines: readonly string[] = []
  #block = -1

  constructor(blocks: Blocks, ids: Float64Array, conversationIds: KeptValues, options: UnpackOptions) {
    this.size = ids.length
    this.#blocks = blocks
    this.#ids = ids
    this.#conversationIds = conversationIds
    this.#options = options
    this.#kept = new LastN(options.rowCache)
    this.#seen = options.seen ?? new Map()
  }

  /** O(1) for a row that is kept or held; else its block is unpacked, some 20 µs in Node and 40 elsewhere, unless it was the last. */
  row(at: number): Row {
    const kept = this.#kept.get(at)
    if (kept !== undefined) return kept
    const held = this.#seen.get(at)?.deref()
    if (held !== undefined) return this.#kept.set(at, held)
    const row = this.#unpacked(at)
    if (this.#seen.size >= this.#most) this.#sweep()
    remember(this.#seen, at, row)
    return this.#kept.set(at, row)
  }

  /**
   * As `row`, but it is soon let go: going through all rows holds a few of them, which several indexes read in turn. (What a
   * `WeakRef` is made of lives until the task ends.)
   */
  read(at: number): Row {
    const place = at % NEAR
    if (this.#nearAt[place] === at) return this.#near[place]!
    const row = this.#kept.get(at) ?? this.#seen.get(at)?.deref() ?? this.#unpacked(at)
    this.#near[place] = row
    this.#nearAt[place] = at
    return row
  }

  id(at: number): number {
    return this.#ids[at]!
  }

  conversationId(at: number): string {
    return this.#conversationIds.at(at) as string
  }

  get bytes(): PackedRows['bytes'] {
    const { bytes, dictionary, firsts } = this.#blocks
    return {
      rows: bytes.byteLength + dictionary.byteLength + firsts.length * 16,
      places: this.#ids.byteLength + this.#conversationIds.bytes,
    }
  }

  #sweep(): void {
    for (const [at, row] of this.#seen) if (row.deref() === undefined) this.#seen.delete(at)
    this.#most = Math.max(1_024, 2 * this.#seen.size)
  }

  #unpacked(at: number): Row {
    const block = upperBound(this.#blocks.firsts, at) - 1
    const { id, conversation_id } = { id: this.id(at), conversation_id: this.conversationId(at) }
    try {
      if (block !== this.#block) {
        this.#lines = this.#unpack(block)
        this.#block = block
      }
      const line = this.#lines[at - this.#blocks.firsts[block]!]
      check(line !== undefined, 'it has fewer rows than it should')
      const parsed: unknown = JSON.parse(line!)
      const row = (this.#options.isChecked ? readOwn(parsed).row : parsed) as Row
      check(row.id === id && row.conversation_id === conversation_id, 'its ids are others')
      this.unpacked++
      return row
    } catch (error) {
      if (isStoreError(error) && error.code === 'INVALID_SNAPSHOT') throw error
      const why = (error as Error).message.replace(/\.$/, '').replaceAll('\n', ' ')
      const which = `The conversation ${JSON.stringify(conversation_id)} (id ${id})`
      throw invalidSnapshot(
        `documents[${at}]`,
        `${which} cannot be unpacked, since its block ${block} is damaged: ${why}. Other rows, and all counts, are not affected.`,
      )
    }
  }

  #unpack(block: number): readonly string[] {
    const { dictionary, starts, lengths, crcs, bytes } = this.#blocks
    const length = lengths[block]!
    const unpacked = inflated(bytes.subarray(starts[block]!, starts[block + 1]!), dictionary, length + 1)
    check(unpacked.length === length, 'it unpacks to another length')
    check(crc32(unpacked) === crcs[block], 'its checksum does not match')
    check(unpacked[length - 1] === LINE_FEED, 'its last line is cut')
    return this.#decoder.decode(unpacked).split('\n').slice(0, -1)
  }
}

/** What a block unpacks to, up to so many bytes: one more than it should have, so that one that has more is noticed. */
function inflated(packed: Uint8Array, dictionary: Uint8Array, most: number): Uint8Array {
  const { inflateRawSync } = zlibWithDictionaries()
  if (inflateRawSync === undefined) return inflateSync(packed, { out: new Uint8Array(most), dictionary })
  try {
    return inflateRawSync(packed, { dictionary, maxOutputLength: most })
  } catch (error) {
    check(Reflect.get(error as Error, 'code') !== 'ERR_BUFFER_TOO_LARGE', 'it unpacks to another length')
    throw error
  }
}
