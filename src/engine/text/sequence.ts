/**
 * What stands in each row's messages, in order: tokens, one after the other, in 16-bit units.
 *
 *     Hi, you!   ->   hi' | , | you | !      a token is a run (with what stands before it, if unusual) or a sign between
 *
 * Tokens below 49,152 are one unit. Larger ones, the rarer half of a large vocabulary, are two, as in UTF-16: one from
 * 0xC000 and one from 0xE000, neither of which is a token of its own. So tokens are found without a branch on how many
 * units they have. English takes 360 bytes for the 180 tokens of a row of 1,100 letters.
 *
 * What lost: digits of 7 bits with a mark on the last, 304 bytes, but twice as slow to go through (700 ns a row), however
 * the digits are looked at; and an index of hashed pairs of neighbours, 320 bytes a row, whose rows had to be read: a
 * phrase of two common words took 147 ms over 100,000 rows.
 */

import { upperBound } from '../../base/bisect.ts'
import { finish, type Steps } from '../terms/steps.ts'
import { termOf } from './tokens.ts'

/** The first unit of a token of two, and the second. Tokens below the first are one unit, themselves. */
export const HIGH = 0xc000
const LOW = 0xe000
const LOW_BITS = 13

/** Some tokens. */
export type TokenSet = ReadonlySet<number>

/** Tokens next to each other, each one of a set. */
export interface Tokens {
  readonly sets: readonly TokenSet[]
  /** Which of them is looked for, with the one before it: the rarer, the faster. */
  readonly sought: number
}

/** Tokens by row: `units[starts[slot]] … units[starts[slot + 1]]`. Immutable. */
export class Sequences {
  readonly #units: Uint16Array
  readonly #starts: Uint32Array

  constructor(units: Uint16Array, starts: Uint32Array) {
    this.#units = units
    this.#starts = starts
  }

  /**
   * Says of a row whether it has one of these strings of tokens, four at most. O(tokens of the row), 1 ns each; making it
   * takes 64 kB for a while.
   */
  finder(strings: readonly Tokens[]): (slot: number) => boolean {
    const [units, starts] = [this.#units, this.#starts]
    /** By unit: a bit for each string that goes on after it, and one of the higher four for each that it is sought for. */
    const table = new Uint8Array(65_536)
    strings.forEach(({ sets, sought }, i) => {
      for (const token of sets[sought - 1] ?? []) table[token < HIGH ? token : lowOf(token)]! |= 1 << i
      for (const token of sets[sought]!) table[token < HIGH ? token : highOf(token)]! |= 16 << i
      // Before the first of a string there may be anything.
      if (sought === 0) for (let unit = 0; unit < table.length; unit++) table[unit]! |= 1 << i
    })
    const always = strings.reduce((bits, { sought }, i) => (sought === 0 ? bits | (1 << i) : bits), 0)
    /** Whether a string stands around its sought token, of which the first unit is at `at`, in a row. */
    const isAround = ({ sets, sought }: Tokens, at: number, start: number, end: number): boolean => {
      let before = at
      for (let i = sought - 1; i >= 0; i--) {
        before -= units[before - 1]! < LOW ? 1 : 2
        if (before < start || !sets[i]!.has(tokenAt(units, before))) return false
      }
      let after = at
      for (let i = sought; i < sets.length; i++) {
        if (after >= end || !sets[i]!.has(tokenAt(units, after))) return false
        after += units[after]! < HIGH ? 1 : 2
      }
      return true
    }
    const isAt = (at: number, start: number, end: number): boolean => {
      const sought = table[units[at]!]! >>> 4
      for (let i = 0; sought >>> i !== 0; i++)
        if (((sought >>> i) & 1) === 1 && isAround(strings[i]!, at, start, end)) return true
      return false
    }
    return (slot) => {
      const start = starts[slot]!
      const end = starts[slot + 1]!
      let at = start
      let last = always
      // Four at a time: a branch each takes three times as long.
      for (; at + 4 <= end; at += 4) {
        const a = table[units[at]!]!
        const b = table[units[at + 1]!]!
        const c = table[units[at + 2]!]!
        const d = table[units[at + 3]!]!
        const hits = (last & (a >>> 4)) | (a & (b >>> 4)) | (b & (c >>> 4)) | (c & (d >>> 4))
        last = d
        if (hits === 0) continue
        for (let i = at; i < at + 4; i++) if (isAt(i, start, end)) return true
      }
      for (; at < end; at++) if (isAt(at, start, end)) return true
      return false
    }
  }

  /**
   * Goes through the units from one to before another, in turn, and calls `visit` for each two units next to each other in
   * a row that both have a number, from 1, in these tables: with `width` × the first's + the second's, counted from 0, and
   * the slot; once a row. O(units), 4 ns each.
   */
  eachTwo(
    firsts: Uint8Array,
    seconds: Uint8Array,
    width: number,
    visit: (pair: number, slot: number) => void,
  ): (from: number, to: number) => void {
    const [units, starts] = [this.#units, this.#starts]
    /** By pair, one more than its last slot. */
    const lasts = new Uint32Array(width * width)
    let first = 0
    let slot = 0
    return (from, to) => {
      for (let at = from; at < to; slot++) {
        if (at === starts[slot]) first = 0
        const end = Math.min(to, starts[slot + 1]!)
        for (; at < end; at++) {
          const unit = units[at]!
          const second = seconds[unit]!
          if (first !== 0 && second !== 0) {
            const pair = (first - 1) * width + second - 1
            if (lasts[pair] !== slot + 1) {
              lasts[pair] = slot + 1
              visit(pair, slot)
            }
          }
          first = firsts[unit]!
        }
        if (end < starts[slot + 1]!) return
      }
    }
  }

  /** How many units there are: no fewer than tokens. */
  get units(): number {
    return this.#units.length
  }

  /** Calls `visit` with the term of each run whose first unit is from one to before another, and its slot, in order. O(units). */
  eachPair(from: number, to: number, visit: (term: number, slot: number) => void): void {
    const [units, starts] = [this.#units, this.#starts]
    // The second unit of a token does not begin one.
    let at = from > 0 && units[from - 1]! >= HIGH && units[from - 1]! < LOW ? from + 1 : from
    for (let slot = upperBound(starts, at) - 1; at < to; slot++) {
      const end = Math.min(to, starts[slot + 1]!)
      for (; at < end; at++) {
        const unit = units[at]!
        const term = termOf(unit < HIGH ? unit : tokenAt(units, at++))
        if (term >= 0) visit(term, slot)
      }
    }
  }

  /** The units of one row. A view, O(1). */
  row(slot: number): Uint16Array {
    return this.#units.subarray(this.#starts[slot]!, this.#starts[slot + 1]!)
  }

  /** The same under other numbers. O(tokens). */
  renumbered(number: (token: number) => number): Sequences {
    const builder = new SequencesBuilder()
    const [units, starts] = [this.#units, this.#starts]
    for (let slot = 0; slot + 1 < starts.length; slot++) {
      builder.begin(slot)
      for (let at = starts[slot]!; at < starts[slot + 1]!; ) {
        const token = tokenAt(units, at)
        builder.add(number(token))
        at += token < HIGH ? 1 : 2
      }
    }
    return builder.build(starts.length - 1)
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#units.byteLength + this.#starts.byteLength
  }
}

function highOf(token: number): number {
  return HIGH + ((token - HIGH) >>> LOW_BITS)
}

function lowOf(token: number): number {
  return LOW + ((token - HIGH) & ((1 << LOW_BITS) - 1))
}

/** The token that begins at a unit. */
function tokenAt(units: Uint16Array, at: number): number {
  const unit = units[at]!
  return unit < HIGH ? unit : HIGH + ((unit - HIGH) << LOW_BITS) + units[at + 1]! - LOW
}

/** So many units are collected in one array: growing copies no more than that at once. */
const CHUNK_UNITS = 1 << 18

/** Collects tokens row by row, slots ascending. Grows by doubling, then by chunks. */
export class SequencesBuilder {
  /** Full chunks, and how many units they have. */
  readonly #chunks: Uint16Array[] = []
  #before = 0
  #units = new Uint16Array(256)
  #length = 0
  readonly #starts: number[] = []

  /** Begins a row: what is added now is its. Rows between this and the one before have no tokens. */
  begin(slot: number): void {
    while (this.#starts.length <= slot) this.#starts.push(this.#before + this.#length)
  }

  /** Adds a token, below 2^26. O(1) amortised. */
  add(token: number): void {
    this.#reserve(2)
    if (token < HIGH) this.#units[this.#length++] = token
    else {
      this.#units[this.#length++] = highOf(token)
      this.#units[this.#length++] = lowOf(token)
    }
  }

  /** Adds the tokens of a row of others. */
  addRow(units: Uint16Array): void {
    this.#reserve(units.length)
    this.#units.set(units, this.#length)
    this.#length += units.length
  }

  #reserve(units: number): void {
    if (this.#length + units <= this.#units.length) return
    if (this.#units.length < CHUNK_UNITS) {
      const grown = new Uint16Array(Math.max(2 * this.#units.length, this.#length + units))
      grown.set(this.#units)
      this.#units = grown
      return
    }
    this.#chunks.push(this.#units.subarray(0, this.#length))
    this.#before += this.#length
    this.#units = new Uint16Array(Math.max(CHUNK_UNITS, units))
    this.#length = 0
  }

  /** The sequences of a segment of `rows` rows. */
  build(rows: number): Sequences {
    return finish(this.inSteps(rows))
  }

  /** The same in steps of a chunk. */
  *inSteps(rows: number): Steps<Sequences> {
    this.begin(rows)
    const units = new Uint16Array(this.#before + this.#length)
    let at = 0
    for (const chunk of this.#chunks) {
      units.set(chunk, at)
      at += chunk.length
      yield
    }
    units.set(this.#units.subarray(0, this.#length), at)
    return new Sequences(units, Uint32Array.from(this.#starts))
  }
}
