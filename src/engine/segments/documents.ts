/** The rows themselves: every document under a small row number, found by id and by conversation id. */
import type { Conversation } from '../../row/conversation.ts'
import { HashTable } from './hash-table.ts'

/** A document as the engine keeps it, with metadata of any type. */
export type Row = Conversation<unknown>

/** The place of a row that waits for a segment. A number that waits when its row is removed still waits: for the next row that gets it. */
export const WAITING = 0xffff_ffff

/** The place of a number whose row neither is in a segment nor waits for one. */
export const NOWHERE = WAITING - 1

/** Rows that lie packed, each at a place from 0. They never change. */
export interface PackedRows {
  /** How many there are. */
  readonly size: number
  /** The row at a place: the same object as long as anyone holds it. Throws for one that is damaged. */
  row(at: number): Row
  /** The row at a place, to be read and let go. It may be another object each time. Throws for one that is damaged. */
  read(at: number): Row
  id(at: number): number
  conversationId(at: number): string
  /** How many rows were unpacked so far. */
  readonly unpacked: number
  /** Bytes in memory: of the packed rows, and of what finds them. */
  readonly bytes: { readonly rows: number; readonly places: number }
}

/** No place among the packed rows. */
const RESIDENT = 0xffff_ffff

/**
 * Documents by row number. A row keeps its number through every change until it is purged; then the number is used
 * again, so memory follows the rows that are there. A row is an object here, or lies packed until it is asked for.
 */
export class Documents {
  #rows: (Row | undefined)[] = []
  #packed: PackedRows | undefined
  /** By row number, the place among the packed rows, `RESIDENT` for others. Empty where nothing is packed. */
  #packedAt: Uint32Array = new Uint32Array(0)
  #packedCount = 0
  #places = new Uint32Array(64).fill(NOWHERE)
  #free: number[] = []
  /** How many numbers were given, free ones too. */
  #length = 0
  readonly #came = new Arrivals()
  readonly #byId = new HashTable((number) => this.id(number))
  readonly #byConversationId = new HashTable((number) => this.conversationId(number))

  /** How many rows there are, deleted ones too. */
  get size(): number {
    return this.#length - this.#free.length
  }

  /** The row with this number, which must be in use. O(1), and unpacking it if it lies packed. */
  row(number: number): Row {
    return this.#rows[number] ?? this.#packed!.row(this.#packedAt[number]!)
  }

  /** The same to be read and let go: an object that lies packed may be another each time, and takes no memory for longer. */
  read(number: number): Row {
    return this.#rows[number] ?? this.#packed!.read(this.#packedAt[number]!)
  }

  /** The id of a row, without unpacking it. O(1). */
  id(number: number): number {
    return this.#rows[number]?.id ?? this.#packed!.id(this.#packedAt[number]!)
  }

  /** The conversation id of a row, without unpacking it. O(1). */
  conversationId(number: number): string {
    return this.#rows[number]?.conversation_id ?? this.#packed!.conversationId(this.#packedAt[number]!)
  }

  /** The number of the row that a reference names: a number is the id, a string the conversation id. O(1). */
  find(ref: number | string): number | undefined {
    const number = typeof ref === 'number' ? this.#byId.find(ref) : this.#byConversationId.find(ref)
    return number === -1 ? undefined : number
  }

  /** The numbers of all rows, in the order in which they were added. */
  numbers(): Iterable<number> {
    return this.#came.numbers()
  }

  /** Takes a new row in; its ids must be free. Gives its number. O(1). */
  add(row: Row): number {
    const number = this.#free.pop() ?? this.#length++
    this.#rows[number] = row
    if (number >= this.#places.length) {
      const places = new Uint32Array(this.#places.length * 2).fill(NOWHERE)
      places.set(this.#places)
      this.#places = places
    }
    this.#byId.add(number)
    this.#byConversationId.add(number)
    this.#came.add(number)
    return number
  }

  /** Replaces a row by another document with the same ids. O(1). */
  replace(number: number, row: Row): void {
    this.#rows[number] = row
    this.#forgetPacked(number)
  }

  /** Forgets a row. O(1). */
  remove(number: number): void {
    this.#byId.remove(number)
    this.#byConversationId.remove(number)
    this.#came.remove(number)
    this.#rows[number] = undefined
    this.#forgetPacked(number)
    if (this.#places[number] !== WAITING) this.#places[number] = NOWHERE
    this.#free.push(number)
  }

  #forgetPacked(number: number): void {
    if ((this.#packedAt[number] ?? RESIDENT) === RESIDENT) return
    this.#packedAt[number] = RESIDENT
    // Once none is left, their bytes are not held for nothing.
    if (--this.#packedCount === 0) this.#packed = undefined
  }

  /** Whether no row has this number. O(1). */
  isFree(number: number): boolean {
    return this.#rows[number] === undefined && (this.#packedAt[number] ?? RESIDENT) === RESIDENT
  }

  /** Where a row is: 2^16 × its segment's number + its slot, or `WAITING`. O(1). */
  place(number: number): number {
    return this.#places[number]!
  }

  /** Notes where a row is now. O(1). */
  moveTo(number: number, place: number): void {
    this.#places[number] = place
  }

  /** Takes in the rows of others, with their numbers; what is written there later is not seen here. There are no rows yet. O(rows). */
  copy(others: Documents): void {
    this.#rows = others.#rows.slice()
    this.#packed = others.#packed
    this.#packedAt = others.#packedAt.slice()
    this.#packedCount = others.#packedCount
    this.#places = new Uint32Array(Math.max(64, others.#length)).fill(NOWHERE)
    this.#free = others.#free.slice()
    this.#length = others.#length
    for (const number of others.numbers()) {
      this.#came.add(number)
      this.#byId.add(number)
      this.#byConversationId.add(number)
    }
  }

  /** Takes in the rows of a snapshot, numbered as they lie there; `order`: their numbers as they came. There are no rows yet. O(rows). */
  restore(packed: PackedRows, order: Uint32Array): void {
    this.#length = packed.size
    this.#packed = packed
    this.#packedCount = packed.size
    this.#packedAt = countedFrom(0, packed.size)
    this.#places = new Uint32Array(Math.max(64, packed.size)).fill(NOWHERE)
    this.#came.restore(order)
    for (const table of [this.#byId, this.#byConversationId]) table.addLater(packed.size)
  }

  /**
   * Keeps rows packed from now on: `numbers` are theirs, by place, and `rows` what was packed. One that was changed or removed
   * since stays as it is. What was packed before must be among them. O(rows).
   */
  pack(packed: PackedRows, numbers: readonly number[], rows: readonly (Row | undefined)[]): void {
    const packedAt = new Uint32Array(this.#length).fill(RESIDENT)
    this.#packedCount = 0
    numbers.forEach((number, at) => {
      if (this.isFree(number) || this.#rows[number] !== rows[at]) return
      packedAt[number] = at
      this.#rows[number] = undefined
      this.#packedCount++
    })
    this.#packedAt = packedAt
    this.#packed = this.#packedCount === 0 ? undefined : packed
  }

  /** Makes objects of all rows that lie packed. O(bytes). */
  unpackAll(): void {
    for (const number of this.numbers()) this.#rows[number] ??= this.row(number)
    this.#packedAt = new Uint32Array(0)
    this.#packed = undefined
    this.#packedCount = 0
  }

  /** The row with this number if it is an object here; `undefined` if it lies packed. O(1). */
  resident(number: number): Row | undefined {
    return this.#rows[number]
  }

  /** How many rows were unpacked so far. */
  get unpacked(): number {
    return this.#packed?.unpacked ?? 0
  }

  /** How many rows are objects here, the bytes of those that lie packed, and how many of these are of rows that are not there any more. */
  get counts(): { readonly resident: number; readonly packed: number; readonly dead: number } {
    const packed = this.#packed?.bytes.rows ?? 0
    const dead = Math.round(packed * (1 - this.#packedCount / (this.#packed?.size || 1)))
    return { resident: this.size - this.#packedCount, packed, dead }
  }

  /** What gives the rows as they are now, by number, whatever is written later: as `row` does, or as `read`. O(rows). */
  reader(how: 'row' | 'read'): (number: number) => Row {
    const [rows, packedAt, packed] = [this.#rows.slice(), this.#packedAt.slice(), this.#packed]
    return (number) => rows[number] ?? packed![how](packedAt[number]!)
  }

  /** Bytes in memory beyond the documents, estimated: an array slot, places and the order in which rows came. */
  get bytes(): number {
    const tables =
      this.#byId.bytes + this.#byConversationId.bytes + this.#came.bytes + (this.#packed?.bytes.places ?? 0)
    return this.#rows.length * 8 + this.#places.byteLength + this.#packedAt.byteLength + tables
  }
}

/** Numbers in the order in which they came. Those that were removed are left out, and swept once half of all are. */
class Arrivals {
  #order: Uint32Array = new Uint32Array(64)
  #length = 0
  /** By number, one more than its place in the order; 0 for none. */
  #at: Uint32Array = new Uint32Array(64)
  #size = 0

  /** Adds a number that is not there. O(1) amortised. */
  add(number: number): void {
    if (this.#length === this.#order.length) {
      if (this.#size * 2 < this.#length) this.#sweep()
      else this.#order = grown(this.#order, this.#length + 1)
    }
    if (number >= this.#at.length) this.#at = grown(this.#at, number + 1)
    this.#order[this.#length++] = number
    this.#at[number] = this.#length
    this.#size++
  }

  /** Takes in numbers as they came, each of those below how many there are. There are none yet. O(numbers). */
  restore(order: Uint32Array): void {
    this.#order = order.slice()
    this.#at = new Uint32Array(order.length)
    for (let i = 0; i < order.length; i++) this.#at[order[i]!] = i + 1
    this.#length = order.length
    this.#size = order.length
  }

  /** Takes a number away. O(1). */
  remove(number: number): void {
    this.#at[number] = 0
    this.#size--
  }

  *numbers(): Generator<number, void, undefined> {
    const [order, length] = [this.#order, this.#length]
    for (let i = 0; i < length; i++) if (this.#at[order[i]!] === i + 1) yield order[i]!
  }

  #sweep(): void {
    const kept = Uint32Array.from(this.numbers())
    this.#order.set(kept)
    this.#length = kept.length
    kept.forEach((number, i) => {
      this.#at[number] = i + 1
    })
  }

  get bytes(): number {
    return this.#order.byteLength + this.#at.byteLength
  }
}

function grown(numbers: Uint32Array, least: number): Uint32Array {
  const more = new Uint32Array(Math.max(least, 2 * numbers.length))
  more.set(numbers)
  return more
}

/** So many numbers from one on. (`Uint32Array.from` with a function takes ten times as long.) */
export function countedFrom(from: number, count: number): Uint32Array {
  const numbers = new Uint32Array(count)
  for (let i = 0; i < count; i++) numbers[i] = from + i
  return numbers
}
