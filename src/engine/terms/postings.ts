/**
 * Which rows of a segment have which terms: packed, no object a term.
 *
 *     terms    [ 2,    5,    9 ]        ascending; place p of a term is found by bisection
 *     offsets  [ 0,    3,    3,    4 ]  slots of the term at place p: slots[offsets[p]] … slots[offsets[p + 1]]
 *     slots    [ 1, 8, 9,          4 ]
 *     bitmaps  [ -,    x,    - ]        terms of over a sixteenth of the rows stand here
 */
import { search } from '../../base/bisect.ts'
import { listSet, NO_ROWS, nextFrom, type RowSet } from '../sets/rowset.ts'
import type { Dictionary } from './dictionary.ts'

/** What postings are made of: the four arrays above. */
export interface Packed {
  readonly terms: Uint32Array
  readonly offsets: Uint32Array
  readonly slots: Uint16Array
  readonly bitmaps: readonly (RowSet | undefined)[]
}

/** Term to set of rows, within one segment. */
export class Postings {
  readonly packed: Packed
  /** Terms that some row has, ascending. */
  readonly terms: Uint32Array
  readonly #offsets: Uint32Array
  readonly #slots: Uint16Array
  readonly #bitmaps: readonly (RowSet | undefined)[]

  constructor(packed: Packed) {
    this.packed = packed
    this.terms = packed.terms
    this.#offsets = packed.offsets
    this.#slots = packed.slots
    this.#bitmaps = packed.bitmaps
  }

  /** The place of a term among `terms`, or -1. O(log terms). */
  place(term: number): number {
    return search(this.terms, term)
  }

  /** The rows at a place, of a segment as it was built: dead rows are among them. A view, O(1). */
  at(place: number): RowSet {
    return this.#bitmaps[place] ?? listSet(this.#slots, this.#offsets[place]!, this.#offsets[place + 1]!)
  }

  /** The bitmap at a place, if the rows there are one. O(1). */
  bitmapAt(place: number): RowSet | undefined {
    return this.#bitmaps[place]
  }

  /** How many slots the list at a place has. O(1). */
  slotsAt(place: number): number {
    return this.#offsets[place + 1]! - this.#offsets[place]!
  }

  /** The rows that have a term. O(log terms). */
  rows(term: number): RowSet {
    const place = term < 0 ? -1 : this.place(term)
    return place === -1 ? NO_ROWS : this.at(place)
  }

  /** How many numbers `tester` goes through a row, on the average. */
  get rowUnits(): number {
    return Number.POSITIVE_INFINITY
  }

  /** Says of a row whether it has one of some terms, where that can be told row by row. */
  tester(_wanted: readonly number[], _dictionary: Dictionary): ((slot: number) => boolean) | undefined {
    return undefined
  }

  /** Calls `visit` with every pair of a term and a slot, terms ascending, slots ascending within each. O(pairs). */
  eachPair(visit: (term: number, slot: number) => void): void {
    for (let place = 0; place < this.terms.length; place++) {
      const term = this.terms[place]!
      const bitmap = this.#bitmaps[place]
      if (bitmap === undefined) {
        for (let i = this.#offsets[place]!; i < this.#offsets[place + 1]!; i++) visit(term, this.#slots[i]!)
      } else {
        for (let slot = nextFrom(bitmap, 0); slot !== -1; slot = nextFrom(bitmap, slot + 1)) visit(term, slot)
      }
    }
  }

  /** The same postings under renumbered terms; the order of terms must be kept. O(terms). */
  renumbered(numbers: Uint32Array): Postings {
    return new Postings(renumberedTerms(this.packed, numbers))
  }

  /** Bytes in memory. */
  get bytes(): number {
    const bitmaps = this.#bitmaps.reduce((sum, set) => sum + (set?.words?.byteLength ?? 0), 0)
    return this.terms.byteLength + this.#offsets.byteLength + this.#slots.byteLength + bitmaps
  }
}

/** The same arrays under renumbered terms. O(terms). */
export function renumberedTerms(packed: Packed, numbers: Uint32Array): Packed {
  return { ...packed, terms: packed.terms.map((term) => numbers[term]!) }
}
