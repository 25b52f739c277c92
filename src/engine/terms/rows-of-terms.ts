/** From terms to rows, for all fields alike. */
import type { Context } from '../context.ts'
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
  return context.shared.of(wanted, segment, () => union(index, postings, wanted, segment, context))
}

function union(
  index: TermIndex,
  postings: Postings,
  wanted: readonly number[],
  segment: Segment,
  context: Context,
): RowSet {
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
  return unite(sets, segment.size, context.shared.scratch)
}
