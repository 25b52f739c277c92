/** The rows themselves: every document under a small row number, found by id and by conversation id. */
import type { Conversation } from '../../row/conversation.ts'
import { HashTable } from './hash-table.ts'

/** A document as the engine keeps it, with metadata of any type. */
export type Row = Conversation<unknown>

/** The place of a row that waits for a segment. A number that waits when its row is removed still waits: for the next row that gets it. */
export const WAITING = 0xffff_ffff

/** The place of a number whose row neither is in a segment nor waits for one. */
export const NOWHERE = WAITING - 1

/**
 * Documents by row number. A row keeps its number through every change until it is purged; then the number is used
 * again, so memory follows the rows that are there.
 */
export class Documents {
  #rows: (Row | undefined)[] = []
  #places = new Uint32Array(64).fill(NOWHERE)
  #free: number[] = []
  readonly #byId = new HashTable((number) => this.#rows[number]!.id)
  /** A `Map`, because it also keeps the order in which rows came. */
  readonly #byConversationId = new Map<string, number>()

  /** How many rows there are, deleted ones too. */
  get size(): number {
    return this.#byId.size
  }

  /** The row with this number, which must be in use. O(1). */
  row(number: number): Row {
    return this.#rows[number]!
  }

  /** The number of the row that a reference names: a number is the id, a string the conversation id. O(1). */
  find(ref: number | string): number | undefined {
    if (typeof ref !== 'number') return this.#byConversationId.get(ref)
    const number = this.#byId.find(ref)
    return number === -1 ? undefined : number
  }

  /** The numbers of all rows, in the order in which they were added. */
  numbers(): Iterable<number> {
    return this.#byConversationId.values()
  }

  /** Takes a new row in; its ids must be free. Gives its number. O(1). */
  add(row: Row): number {
    const number = this.#free.pop() ?? this.#rows.length
    this.#rows[number] = row
    if (number >= this.#places.length) {
      const places = new Uint32Array(this.#places.length * 2).fill(NOWHERE)
      places.set(this.#places)
      this.#places = places
    }
    this.#byId.add(number)
    this.#byConversationId.set(row.conversation_id, number)
    return number
  }

  /** Replaces a row by another document with the same ids. O(1). */
  replace(number: number, row: Row): void {
    this.#rows[number] = row
  }

  /** Forgets a row. O(1). */
  remove(number: number): void {
    const row = this.row(number)
    this.#byId.remove(number)
    this.#byConversationId.delete(row.conversation_id)
    this.#rows[number] = undefined
    if (this.#places[number] !== WAITING) this.#places[number] = NOWHERE
    this.#free.push(number)
  }

  /** Whether no row has this number. O(1). */
  isFree(number: number): boolean {
    return this.#rows[number] === undefined
  }

  /** Where a row is: 2^16 × its segment's number + its slot, or `WAITING`. O(1). */
  place(number: number): number {
    return this.#places[number]!
  }

  /** Notes where a row is now. O(1). */
  moveTo(number: number, place: number): void {
    this.#places[number] = place
  }

  /** Bytes in memory beyond the documents, estimated: an array slot, a place, a hash place and a map entry a row. */
  get bytes(): number {
    return this.#rows.length * 8 + this.#places.byteLength + this.#byId.bytes + this.#byId.size * 50
  }
}
