/**
 * Which rows have two common terms next to each other: so that a phrase of words that nearly every row has somewhere need
 * not be looked for in nearly every row. A term is common that half of a segment's rows have; in English those are 25
 * words, and their pairs take 25 bytes a row.
 *
 * What it changes: the 40 commonest phrases of 100,000 conversations took 36 ms by going through the sequences of all rows
 * that have both words. All pairs of words would be some 600 bytes a row.
 */

import type { RowSet } from '../sets/rowset.ts'
import type { Packed, Postings } from '../terms/postings.ts'
import { HIGH, type Sequences } from './sequence.ts'
import { runToken } from './tokens.ts'

/** A term is common when it has more than this part of its segment's rows. */
const COMMON_PART = 2
/** The most terms that count as common, those of the most rows. */
const MOST_COMMON = 128

/** The pairs of common terms of one segment. Immutable. */
export class Neighbours {
  /** Common terms with their numbers, from 0. */
  readonly #numbers: ReadonlyMap<number, number>
  /** The rows of each pair: first × common terms + second. */
  readonly pairs: Postings

  constructor(common: readonly number[], pairs: Postings) {
    this.#numbers = new Map(common.map((term, number) => [term, number]))
    this.pairs = pairs
  }

  /** The common terms, by number. */
  get terms(): Uint32Array {
    return Uint32Array.from(this.#numbers.keys())
  }

  /** Those of some terms that are common: all pairs of them are known. O(terms). */
  common(terms: readonly number[]): number[] {
    return terms.filter((term) => this.#numbers.has(term))
  }

  /** The others. O(terms). */
  rare(terms: readonly number[]): number[] {
    return terms.filter((term) => !this.#numbers.has(term))
  }

  /** The rows that have the one term right before the other, joined as is usual; both are common. O(log pairs). */
  rows(first: number, second: number): RowSet {
    return this.pairs.rows(this.#numbers.get(first)! * this.#numbers.size + this.#numbers.get(second)!)
  }

  /** The same under other numbers. */
  renumbered(numbers: Uint32Array): Neighbours {
    return new Neighbours(
      Array.from(this.#numbers.keys(), (term) => numbers[term]!),
      this.pairs,
    )
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.pairs.bytes
  }
}

/** The common terms of a segment of so many rows: all have bitmaps. O(dense terms). */
export function commonTerms({ terms, bitmaps }: Packed, rows: number): number[] {
  const common: { readonly term: number; readonly count: number }[] = []
  bitmaps.forEach((set, place) => {
    const [term, count] = [terms[place]!, set?.count ?? 0]
    if (count * COMMON_PART > rows && runToken(term, true) < HIGH) common.push({ term, count })
  })
  common.sort((a, b) => b.count - a.count)
  return common.slice(0, MOST_COMMON).map(({ term }) => term)
}

/**
 * Goes through the units from one to before another, in turn, and calls `visit` with the number of each pair of common
 * terms next to each other in a row, once. O(tokens), 2 ns each.
 */
export function eachPairOf(
  common: readonly number[],
  sequences: Sequences,
  visit: (pair: number, slot: number) => void,
): (from: number, to: number) => void {
  // By unit, one more than a term's number. A term with a gap before it is joined to none before.
  const firsts = new Uint8Array(65_536)
  const seconds = new Uint8Array(65_536)
  common.forEach((term, number) => {
    firsts[runToken(term, false)] = firsts[runToken(term, true)] = seconds[runToken(term, false)] = number + 1
  })
  return sequences.eachTwo(firsts, seconds, common.length, visit)
}
