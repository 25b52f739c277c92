/** From terms to rows, for all fields alike. */
import type { Context } from '../context.ts'
import { type Estimate, UNITS } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import { unite } from '../sets/algebra.ts'
import type { RowSet } from '../sets/rowset.ts'
import type { TermIndex } from './inverted.ts'
import type { Postings } from './postings.ts'

/**
 * The rows of a segment that have any of some terms, found once a query for the same list. O(terms of the query × log terms of the segment), or
 * O(terms of the segment) if that is less.
 */
export function rowsOfTerms(index: TermIndex, wanted: readonly number[], segment: Segment, context: Context): RowSet {
  const postings = index.postings(segment, context.documents, context.work)
  if (wanted.length === 1) return postings.rows(wanted[0]!)
  return context.shared.of(wanted, segment, () => union(setsOfTerms(index, wanted, postings), segment, context))
}

function union(sets: readonly RowSet[], segment: Segment, { meter, shared }: Context): RowSet {
  meter.spend(sets.length * UNITS.term + walked(sets) * UNITS.slot)
  return unite(sets, segment.size, shared.scratch)
}

/** What uniting the rows of some terms takes, and how many they are at most. */
export function sizeOfTerms(
  index: TermIndex,
  wanted: readonly number[],
  segments: readonly Segment[],
  { documents, work }: Context,
): Estimate {
  const size = { work: 0, rows: 0 }
  for (const segment of segments) {
    const sets = setsOfTerms(index, wanted, index.postings(segment, documents, work))
    size.work += UNITS.ask + wanted.length * UNITS.term + walked(sets) * UNITS.slot
    size.rows += Math.min(
      segment.size,
      sets.reduce((rows, { count }) => rows + count, 0),
    )
  }
  return size
}

/** Slots and words in all of the sets. */
function walked(sets: readonly RowSet[]): number {
  let sum = 0
  for (const { lo, hi } of sets) sum += hi - lo
  return sum
}

/** The rows of each of some terms that a segment has. */
function setsOfTerms(index: TermIndex, wanted: readonly number[], postings: Postings): RowSet[] {
  const sets: RowSet[] = []
  if (wanted.length * 8 < postings.terms.length) {
    for (const term of wanted) {
      const rows = postings.rows(term)
      if (rows.count > 0) sets.push(rows)
    }
  } else {
    const isWanted = new Uint8Array(index.dictionary.size)
    for (const term of wanted) isWanted[term] = 1
    postings.terms.forEach((term, place) => {
      if (isWanted[term] === 1) sets.push(postings.at(place))
    })
  }
  return sets
}
