/** The distinct values of one field, over all segments, each with a small number: its term. */

import type { Scalar } from '../../query/spec.ts'
import { HashTable } from '../segments/hash-table.ts'

/** From this length on a slice is a view of the whole string. */
const SLICE_UNITS = 13

/** Emitted for a row that has anything at a metadata path, so that `exists` asks for a term. Two copies of the package share it. */
export const PRESENT: unique symbol = Symbol.for('conversation-store.present')

/** What a dictionary numbers: a scalar by type (`1`, `"1"` and `true` are three), or `PRESENT`. */
export type TermValue = Scalar | typeof PRESENT

/** Where in a string a piece must stand. */
export type Place = 'anywhere' | 'start' | 'end'

/** Finds the strings of a dictionary by a piece of them. */
export interface TermSearch {
  /** The terms of the strings that, folded, have `piece` (folded) at `place`. */
  containing(piece: string, place: Place): readonly number[]
  /** How many UTF-16 units `containing` goes through for a piece, at most about. */
  reach(piece: string, place: Place): number
  /** Reads new strings, of about so many UTF-16 units, so that the next search need not. Returns whether that was all. */
  prepare(units?: number): boolean
  /** Bytes held, estimated. */
  readonly bytes: number
}

/**
 * Values to terms and back. Terms count from 0 in the order in which values came, until `compact` renumbers them.
 * Some 17 bytes a term beside the text, which the documents hold anyway.
 */
export class Dictionary {
  #values: TermValue[] = []
  #terms = this.#empty()
  /** Counts the renumberings. */
  generation = 0

  /** How many distinct values there are. */
  get size(): number {
    return this.#values.length
  }

  /** Changes when terms are added or renumbered: what was found before holds for the same version only. */
  get version(): string {
    return `${this.generation}.${this.#values.length}`
  }

  /** The term of a value, or -1. O(1). */
  term(value: TermValue): number {
    return this.#terms.find(value)
  }

  /** The term of a value, a new one if need be. O(1). */
  intern(value: TermValue): number {
    const term = this.#terms.find(value)
    return term === -1 ? this.#add(value) : term
  }

  /** The term of a stretch of a string, a new one if need be. Makes a string only then. O(units). */
  internSlice(text: string, from: number, to: number): number {
    const term = this.#terms.findSlice(text, from, to)
    if (term !== -1) return term
    // The runtime keeps a longer slice as a view that holds the whole string in memory: it is copied.
    return this.#add(to - from < SLICE_UNITS ? text.slice(from, to) : ` ${text.slice(from, to)}`.slice(1))
  }

  /** Takes in the values of a snapshot, each once: their terms are their places. There are none yet. */
  restore(values: TermValue[]): void {
    this.#values = values
    this.#terms.addLater(values.length)
  }

  /** All values, by term. Not to be changed. */
  get values(): readonly TermValue[] {
    return this.#values
  }

  #add(value: TermValue): number {
    const term = this.#values.push(value) - 1
    this.#terms.add(term)
    return term
  }

  #empty(): HashTable {
    return new HashTable((term) => this.#values[term]!)
  }

  /** The value of a term. O(1). */
  value(term: number): TermValue {
    return this.#values[term]!
  }

  /** The terms whose value passes. O(distinct values). */
  filter(test: (value: TermValue) => boolean): number[] {
    const found: number[] = []
    const values = this.#values
    for (let term = 0; term < values.length; term++) if (test(values[term]!)) found.push(term)
    return found
  }

  /** Keeps the terms marked in `used` and renumbers them in their order. Gives the new term of each old one. O(terms). */
  compact(used: Uint8Array): Uint32Array {
    const renumbered = new Uint32Array(this.#values.length)
    const values: TermValue[] = []
    for (let term = 0; term < used.length; term++) {
      if (used[term] === 0) continue
      renumbered[term] = values.push(this.#values[term]!) - 1
    }
    this.#values = values
    this.#terms = this.#empty()
    for (let term = 0; term < values.length; term++) this.#terms.add(term)
    this.generation++
    return renumbered
  }

  /** Bytes in memory beyond the strings of the documents, estimated. */
  get bytes(): number {
    return this.#values.length * 10 + this.#terms.bytes
  }
}
