/**
 * An immutable, time-sorted run of rows. A row's place in it is its slot, a 16-bit number; slots ascend by
 * (started_at, id). Postings and columns are built when first asked for and never change; what changes often, whether a
 * row is live, deleted or marked, is a bit that is flipped in place.
 */
import { partitionPoint } from '../../base/bisect.ts'
import { LastN } from '../../base/last-n.ts'
import { compareInstants, type Instant, parseInstant } from '../../base/text/instant.ts'
import type { NumberPart } from '../columns/number-part.ts'
import { countBits, type RowSet, wordSet } from '../sets/rowset.ts'
import type { Postings } from '../terms/postings.ts'
import type { Documents, Row } from './documents.ts'

/** Orders that a segment is kept sorted in. */
const KEPT_PERMUTATIONS = 8

/** What is told of a live row by a bit. */
const FLAGS = ['visible', 'marked', 'unmarked'] as const
/** The bitmaps of a segment. */
export const BITS = ['live', ...FLAGS] as const

/** A bitmap with its count, flipped in place. */
export class Bits {
  /** The bits as a set of rows, good until the next change: one object, since each short query asks for it in each segment. */
  readonly set: RowSet
  readonly #words: Int32Array
  /** The same object as `set`. */
  readonly #own: { -readonly [Key in keyof RowSet]: RowSet[Key] }

  constructor(rows: number) {
    this.#words = new Int32Array((rows + 31) >>> 5)
    this.#own = wordSet(this.#words, 0)
    this.set = this.#own
  }

  /** Sets or clears a bit. O(1). */
  put(slot: number, isSet: boolean): void {
    const before = this.#words[slot >>> 5]!
    const after = isSet ? before | (1 << (slot & 31)) : before & ~(1 << (slot & 31))
    if (after === before) return
    this.#words[slot >>> 5] = after
    this.#own.count += isSet ? 1 : -1
  }

  /** Takes in the words of others of the same length. O(words). */
  take(words: Int32Array): void {
    this.#words.set(words)
    this.#own.count = countBits(this.#words, 0, this.#words.length)
  }

  /** Sets the bits of so many rows, as many as it was made for. O(words). */
  fill(rows: number): void {
    this.#words.fill(-1)
    if (rows % 32 !== 0) this.#words[rows >>> 5] = (1 << (rows & 31)) - 1
    this.#own.count = rows
  }

  /** Whether a bit is set. O(1). */
  has(slot: number): boolean {
    return ((this.#words[slot >>> 5]! >>> (slot & 31)) & 1) === 1
  }

  get count(): number {
    return this.#own.count
  }

  get bytes(): number {
    return this.#words.byteLength
  }
}

/** The values of one field by slot; those of dead rows mean nothing. */
export interface Column {
  /** Numbers to compare one after the other (an instant's milliseconds and microseconds), NaN for null. */
  readonly numbers: readonly [Float64Array, Uint16Array?]
  /** Strings to compare by code point, where the field has strings; their `numbers` only tell null. */
  readonly texts?: readonly (string | null)[]
  /** The numbers without those that are null, once they were asked for. */
  packed?: NumberPart
  /** By slot, the place of its value among the distinct ones; null is the last. Made when rows are first ordered by it. */
  ranks?: Uint16Array
}

/** Which rows of a segment stand where, and what orders them by time. */
export type Places = Pick<Segment, 'rows' | 'ms' | 'us' | 'ids'>

/** One run of rows. */
export class Segment {
  /** Place in the list of segments that places refer to. */
  readonly number: number
  /** Rows when it was built, dead ones too. */
  readonly size: number
  /** Row numbers by slot. Of a dead row the number may be another row's by now. */
  readonly rows: Uint32Array
  /** `started_at` by slot, whole milliseconds and the microseconds left. Ascending with `ids`. */
  readonly ms: Float64Array
  readonly us: Uint16Array
  readonly ids: Float64Array
  /** Rows that are here and nowhere else. */
  readonly live: Bits
  /** Live rows that are not soft-deleted. */
  readonly visible: Bits
  /** Live rows that are marked, and those that are not; a row with null there is neither. */
  readonly marked: Bits
  readonly unmarked: Bits
  /** Segments of one band overlap in time, if need be by others between; a later band's rows are all newer. Set by `Segments`. */
  band = 0
  /** Whether its rows were merged into another: stop building its indexes. */
  isGone = false
  /** By their index; those of an index that is given up go with it. */
  readonly postings = new WeakMap<object, Postings>()
  /** By the field that they order. */
  readonly columns = new Map<string, Column>()
  /** Columns that a snapshot has, by field: made when first asked for. */
  stored: ReadonlyMap<string, (segment: Segment) => Column | undefined> | undefined
  /** Slots in another order than time, by the key of that order. */
  readonly permutations = new LastN<string, Uint16Array>(KEPT_PERMUTATIONS)

  /** `places`: the rows by slot, where they are known already. */
  constructor(number: number, size: number, places?: Places) {
    this.number = number
    this.size = size
    this.rows = places?.rows ?? new Uint32Array(size)
    this.ms = places?.ms ?? new Float64Array(size)
    this.us = places?.us ?? new Uint16Array(size)
    this.ids = places?.ids ?? new Float64Array(size)
    this.live = new Bits(size)
    this.visible = new Bits(size)
    this.marked = new Bits(size)
    this.unmarked = new Bits(size)
  }

  /** Puts a row at a slot, while the segment is made. */
  fill(slot: number, { number, row, at }: Entry, documents: Documents): void {
    this.#put(slot, number, row.id, at, documents)
    this.reflect(slot, row)
  }

  /** Puts a live row of another segment at a slot, while this one is made. */
  take(slot: number, from: Segment, at: number, documents: Documents): void {
    this.#put(slot, from.rows[at]!, from.ids[at]!, from.instant(at), documents)
    for (const name of FLAGS) this[name].put(slot, from[name].has(at))
  }

  #put(slot: number, number: number, id: number, { ms, us }: Instant, documents: Documents): void {
    this.rows[slot] = number
    this.ms[slot] = ms
    this.us[slot] = us
    this.ids[slot] = id
    this.live.put(slot, true)
    documents.moveTo(number, this.number * 65_536 + slot)
  }

  /** Takes in the bits of a segment of which all rows are live, those of `FLAGS` in their order. */
  restore(flags: readonly Int32Array[], documents: Documents): void {
    FLAGS.forEach((name, i) => {
      this[name].take(flags[i]!)
    })
    this.live.fill(this.size)
    const [{ rows }, first] = [this, this.number * 65_536]
    for (let slot = 0; slot < rows.length; slot++) documents.moveTo(rows[slot]!, first + slot)
  }

  /** Sets the bits of a live row as its document has them. */
  reflect(slot: number, row: Row): void {
    this.visible.put(slot, row.is_deleted !== true)
    this.marked.put(slot, row.is_marked === true)
    this.unmarked.put(slot, row.is_marked === false)
    // What was ordered by marks is no longer.
    this.columns.delete('is_marked')
    for (const key of this.permutations.keys()) if (key.includes('is_marked')) this.permutations.delete(key)
  }

  /** Takes a row out. Its slot is never used again. */
  kill(slot: number): void {
    for (const name of BITS) this[name].put(slot, false)
  }

  /** The instant at a slot. */
  instant(slot: number): Instant {
    return { ms: this.ms[slot]!, us: this.us[slot]! }
  }

  /** The order of a slot and one of this or another segment: by started_at, then by id. */
  compareSlots(slot: number, other: Segment, otherSlot: number): number {
    return (
      this.ms[slot]! - other.ms[otherSlot]! ||
      this.us[slot]! - other.us[otherSlot]! ||
      this.ids[slot]! - other.ids[otherSlot]!
    )
  }

  /** The order of the ends of two segments. */
  compareEnds(other: Segment): number {
    return this.compareSlots(this.size - 1, other, other.size - 1)
  }

  /** The first slot whose `started_at` is at least (`isAfter`: later than) the instant. O(log rows). */
  slotFrom(at: Instant, isAfter: boolean): number {
    const least = isAfter ? 1 : 0
    return this.firstSlot((slot) => Math.sign(this.ms[slot]! - at.ms || this.us[slot]! - at.us) >= least)
  }

  /** The first slot that passes, where all after it pass too; the size if none does. O(log rows). */
  firstSlot(passes: (slot: number) => boolean): number {
    return partitionPoint(0, this.size, passes)
  }

  /** Bytes of what every segment has, without postings and columns. */
  get bytes(): number {
    return this.size * 22 + 4 * this.live.bytes
  }
}

/** A row on its way into a segment. */
export interface Entry {
  readonly number: number
  readonly row: Row
  readonly at: Instant
}

/** Reads what orders a row. Its `started_at` is valid. */
export function entry(number: number, row: Row): Entry {
  return { number, row, at: parseInstant(row.started_at)! }
}

/** The order of slots: by started_at, then by id. */
export function compareEntries(a: Entry, b: Entry): number {
  return compareInstants(a.at, b.at) || a.row.id - b.row.id
}

/** Makes a segment of entries, which are sorted. O(rows). */
export function segmentOf(entries: readonly Entry[], number: number, documents: Documents): Segment {
  const segment = new Segment(number, entries.length)
  entries.forEach((it, slot) => {
    segment.fill(slot, it, documents)
  })
  return segment
}
