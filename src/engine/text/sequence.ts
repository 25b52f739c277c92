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
import type { Tokens } from './token-set.ts'
import { termOf } from './tokens.ts'

/** The first unit of a token of two, and the second. Tokens below the first are one unit, themselves. */
export const HIGH = 0xc000
export const LOW = 0xe000
const LOW_BITS = 13

/** Tokens by row: `all[starts[slot]] … all[starts[slot + 1]]`. Immutable. */
export class Sequences {
  /** The units of all rows. */
  readonly all: Uint16Array
  readonly starts: Uint32Array

  constructor(units: Uint16Array, starts: Uint32Array) {
    this.all = units
    this.starts = starts
  }

  /**
   * Says of a row whether it has one of these strings of tokens, four at most. O(tokens of the row), 1 ns each; making it
   * takes 64 kB for a while.
   */
  finder(strings: readonly Tokens[]): (slot: number) => boolean {
    const { all: units, starts } = this
    // Before the first of a string there may be anything, and what stands in an open set is looked at later.
    const always = strings.reduce((bits, { sets, sought }, i) => (sets[sought - 1]?.each ? bits : bits | (1 << i)), 0)
    /** By unit: a bit for each string that goes on after it, and one of the higher four for each that it is sought for. */
    const table = new Uint8Array(65_536).fill(always)
    strings.forEach(({ sets, sought }, i) => {
      sets[sought - 1]?.each?.((token) => {
        table[token < HIGH ? token : lowOf(token)]! |= 1 << i
      })
      sets[sought]!.each!((token) => {
        table[token < HIGH ? token : highOf(token)]! |= 16 << i
      })
    })
    const isAt = (at: number, start: number, end: number): boolean => {
      const sought = table[units[at]!]! >>> 4
      for (let i = 0; sought >>> i !== 0; i++)
        if (((sought >>> i) & 1) === 1 && standsAround(strings[i]!, units, at, start, end)) return true
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
    const { all: units, starts } = this
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

  /** Says of a row whether it has the token of a term that is marked. O(tokens of the row). */
  tester(isWanted: Uint8Array): (slot: number) => boolean {
    const { all: units, starts } = this
    return (slot) => {
      const end = starts[slot + 1]!
      for (let at = starts[slot]!; at < end; ) {
        const token = units[at]! < HIGH ? units[at]! : tokenAt(units, at)
        const term = termOf(token)
        if (term >= 0 && isWanted[term] === 1) return true
        at += token < HIGH ? 1 : 2
      }
      return false
    }
  }

  /** How many units there are: no fewer than tokens. */
  get units(): number {
    return this.all.length
  }

  /** Calls `visit` with the term of each run whose first unit is from one to before another, and its slot, in order. O(units). */
  eachPair(from: number, to: number, visit: (term: number, slot: number) => void): void {
    const { all: units, starts } = this
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
    return this.all.subarray(this.starts[slot]!, this.starts[slot + 1]!)
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.all.byteLength + this.starts.byteLength
  }
}

export function highOf(token: number): number {
  return HIGH + ((token - HIGH) >>> LOW_BITS)
}

export function lowOf(token: number): number {
  return LOW + ((token - HIGH) & ((1 << LOW_BITS) - 1))
}

/** Whether some tokens stand around the sought one, of which the first unit is at `at`, in a row from `start` to `end`. */
export function standsAround(
  { sets, sought }: Tokens,
  units: Uint16Array,
  at: number,
  start: number,
  end: number,
): boolean {
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

/** The token that begins at a unit. */
export function tokenAt(units: Uint16Array, at: number): number {
  const unit = units[at]!
  return unit < HIGH ? unit : HIGH + ((unit - HIGH) << LOW_BITS) + units[at + 1]! - LOW
}
