/** Postings of runs as arrays, and back. */
import { type Codec, readPacked, writePacked } from '../image/codec.ts'
import { check } from '../image/numbers.ts'
import { Postings } from '../terms/postings.ts'
import { Neighbours } from './neighbours.ts'
import { RunPostings } from './run-postings.ts'
import { HIGH, LOW, Sequences, tokenAt } from './sequence.ts'
import { termOf } from './tokens.ts'

export const RUNS: Codec<RunPostings> = {
  write: ({ packed, sequences: { all, starts }, neighbours: { terms, pairs } }) => [
    ...writePacked(packed),
    all,
    starts,
    terms,
    ...writePacked(pairs.packed),
  ],
  read(taken, bounds) {
    const packed = readPacked(taken, bounds)
    const all = taken.next('u16')
    const sequences = new Sequences(all, taken.starts(bounds.rows, all.length))
    if (taken.isFull) checkTokens(sequences, bounds.terms)
    const common = Array.from(taken.next('u32'))
    check(
      common.every((term) => term < bounds.terms) && new Set(common).size === common.length,
      'a common term is none, or there twice',
    )
    const pairs = readPacked(taken, { rows: bounds.rows, terms: common.length ** 2 })
    return new RunPostings(packed, sequences, new Neighbours(common, new Postings(pairs)))
  },
}

/** That each row is whole tokens of terms that there are. O(units). */
function checkTokens({ all, starts }: Sequences, terms: number): void {
  for (let slot = 0; slot + 1 < starts.length; slot++) {
    const end = starts[slot + 1]!
    for (let at = starts[slot]!; at < end; at++) {
      const unit = all[at]!
      if (unit < HIGH) {
        check(termOf(unit) < terms, 'a token is of no term')
        continue
      }
      check(unit < LOW && at + 1 < end && all[at + 1]! >= LOW, 'a token is cut')
      check(termOf(tokenAt(all, at++)) < terms, 'a token is of no term')
    }
  }
}
