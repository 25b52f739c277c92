/** The distinct values of one field, over all segments, each with a small number: its term. */

import { fold } from '../../base/text/fold.ts'
import type { Scalar } from '../../query/spec.ts'
import { HashTable } from '../segments/hash-table.ts'
import { Haystack, type Place } from '../text/haystack.ts'
import { ShortWords } from '../text/short-words.ts'

/** A person typing, and a page that asks for counts beside it, come back to the same few pieces. */
const KEPT_PIECES = 16

/** From this length on a slice is a view of the whole text. */
const SLICE_UNITS = 13

/** Emitted for a row that has anything at a metadata path, so that `exists` is a term like others. */
export const PRESENT: unique symbol = Symbol('present')

/** What a dictionary numbers: a scalar by type (`1`, `"1"` and `true` are three), or `PRESENT`. */
export type TermValue = Scalar | typeof PRESENT

/**
 * Values to terms and back. Terms count from 0 in the order in which values came, until `compact` renumbers them.
 * Some 17 bytes a term beside the text, which the documents hold anyway.
 */
export class Dictionary {
  #values: TermValue[] = []
  #terms = this.#empty()
  /** Those of the texts that came as slices. */
  #short: ShortWords | undefined
  /** The texts of the terms below `#searchable`. */
  #haystack = new Haystack()
  #searchable = 0
  /** What the last pieces were found in, least recently asked first, and the version that this holds for. */
  readonly #found = new Map<string, readonly number[]>()
  #foundIn = ''
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

  /** The term of a stretch of a folded text, a new one if need be. Makes a string only then. O(units). */
  internSlice(text: string, from: number, to: number): number {
    this.#short ??= new ShortWords()
    const known = this.#short.find(text, from, to)
    if (known !== undefined && known !== -1) return known
    let term = this.#terms.findSlice(text, from, to)
    // The runtime keeps a longer slice as a view that holds the whole text in memory: it is copied.
    if (term === -1)
      term = this.#add(to - from < SLICE_UNITS ? text.slice(from, to) : ` ${text.slice(from, to)}`.slice(1))
    if (known === -1) this.#short.add(term)
    return term
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

  /**
   * The terms of the texts that hold `piece` (folded) when folded. O(units of all distinct texts), at memory speed; O(1)
   * for the last few pieces, while no text is added.
   */
  containing(piece: string, place: Place): readonly number[] {
    if (this.#foundIn !== this.version) {
      this.#found.clear()
      this.#foundIn = this.version
    }
    const key = `${place} ${piece}`
    this.prepareSearch()
    const found = this.#found.get(key) ?? this.#haystack.find(piece, place)
    this.#found.delete(key)
    this.#found.set(key, found)
    for (const oldest of this.#found.keys()) {
      if (this.#found.size <= KEPT_PIECES) break
      this.#found.delete(oldest)
    }
    return found
  }

  /**
   * Folds and joins the texts that are new, so that the next search need not: O(their units). At most so many at a time;
   * says whether that was all.
   */
  prepareSearch(most = Number.POSITIVE_INFINITY): boolean {
    const end = Math.min(this.#values.length, this.#searchable + most)
    for (; this.#searchable < end; this.#searchable++) {
      const value = this.#values[this.#searchable]
      if (typeof value === 'string') this.#haystack.add(this.#searchable, fold(value))
    }
    const isAll = end === this.#values.length
    if (isAll) this.#haystack.join()
    return isAll
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
    this.#short = undefined
    this.#haystack = new Haystack()
    this.#searchable = 0
    this.generation++
    return renumbered
  }

  /** Bytes held beyond the texts of the documents, estimated. */
  get bytes(): number {
    return this.#values.length * 10 + this.#terms.bytes + (this.#short?.bytes ?? 0) + this.#haystack.bytes
  }
}
