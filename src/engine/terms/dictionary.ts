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

/** Values by term; an array is such. */
export interface TermValues {
  readonly length: number
  at(term: number): TermValue | undefined
}

/** Strings of a dictionary that a search has joined: a line feed stands before each and after the last. */
export interface BlockImage {
  readonly text: string
  /** Where each string begins. */
  readonly starts: Uint32Array
  /** The term of each. */
  readonly terms: Uint32Array
  /** What tells where in a long text a piece can be: see `blocks.ts`. Empty for a short one. */
  readonly masks: Int32Array
}

/** What a search of a dictionary is restored from. */
export interface SearchImage {
  /** The terms of stretches of white space, which stand in no block. Ascending. */
  readonly spaces: Uint32Array
  readonly blocks: readonly BlockImage[]
}

/** Finds the strings of a dictionary by a piece of them. */
export interface TermSearch {
  /** The terms of the strings that, folded, have `piece` (folded) at `place`. */
  containing(piece: string, place: Place): readonly number[]
  /** How many UTF-16 units `containing` goes through for a piece, at most about. */
  reach(piece: string, place: Place): number
  /** Reads new strings, of about so many UTF-16 units, so that the next search need not. Returns whether that was all. */
  prepare(units?: number): boolean
  /** All of it as plain data, made anew: the same for the same dictionary. Of a search that is long in the making. O(units). */
  image?(): SearchImage
  /** Takes in what `image` gave for the same dictionary. Nothing was searched yet. O(white space and blocks). */
  restore?(image: SearchImage): void
  /** Bytes held, estimated. */
  readonly bytes: number
}

/**
 * Values to terms and back. Terms count from 0 in the order in which values came, until `compact` renumbers them.
 * Some 17 bytes a term beside the text, which the documents hold anyway.
 */
export class Dictionary {
  /** By term; `undefined` for one of a snapshot that was not asked for. */
  #values: (TermValue | undefined)[] = []
  /** Those of a snapshot; `undefined` once all of them are in `#values`. */
  #stored: TermValues | undefined
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

  /** Takes in the values of a snapshot, each once: their terms are their places. Each is asked for when it is needed. There are none yet. */
  restore(values: TermValues): void {
    this.#values = new Array(values.length)
    this.#stored = values
    this.#terms.addLater(values.length)
  }

  /** All values, by term. Not to be changed. O(1), and O(values) the first time after a restore. */
  get values(): readonly TermValue[] {
    if (this.#stored !== undefined) for (let term = 0; term < this.#stored.length; term++) this.value(term)
    this.#stored = undefined
    return this.#values as TermValue[]
  }

  #add(value: TermValue): number {
    const term = this.#values.push(value) - 1
    this.#terms.add(term)
    return term
  }

  #empty(): HashTable {
    return new HashTable((term) => this.peek(term))
  }

  /** The value of a term. O(1). */
  value(term: number): TermValue {
    const value = this.peek(term)
    // A row without a name has a term that there is not, whose value is `undefined`.
    if (this.#stored !== undefined && value !== undefined) this.#values[term] = value
    return value
  }

  /** The same for whoever goes through many: a value of a snapshot is not kept. O(1). */
  peek(term: number): TermValue {
    const known = this.#values[term]
    if (known !== undefined || this.#stored === undefined) return known!
    return (term >= 0 && term < this.#stored.length ? this.#stored.at(term) : undefined)!
  }

  /** The terms whose value passes. O(distinct values). */
  filter(test: (value: TermValue) => boolean): number[] {
    const found: number[] = []
    const { values } = this
    for (let term = 0; term < values.length; term++) if (test(values[term]!)) found.push(term)
    return found
  }

  /** Keeps the terms marked in `used` and renumbers them in their order. Gives the new term of each old one. O(terms). */
  compact(used: Uint8Array): Uint32Array {
    const renumbered = new Uint32Array(this.#values.length)
    const values: TermValue[] = []
    for (let term = 0; term < used.length; term++) {
      if (used[term] === 0) continue
      renumbered[term] = values.push(this.value(term)) - 1
    }
    this.#stored = undefined
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
