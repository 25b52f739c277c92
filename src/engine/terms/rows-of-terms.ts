/** From terms to rows, for all fields alike. */
import { search } from '../../base/bisect.ts'
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
  const sets = placesOf(wanted, postings.terms, index.dictionary.size).map((place) => postings.at(place))
  return unite(sets, segment.size, context.shared.scratch)
}

/** The places of those terms that a segment has, of `size` terms in all. O(wanted × log terms), or O(terms) if that is less. */
export function placesOf(wanted: readonly number[], terms: Uint32Array, size: number): number[] {
  if (wanted.length * 8 < terms.length) return wanted.map((term) => search(terms, term)).filter((place) => place !== -1)
  const isWanted = new Uint8Array(size)
  for (const term of wanted) isWanted[term] = 1
  const places: number[] = []
  for (let place = 0; place < terms.length; place++) if (isWanted[terms[place]!] === 1) places.push(place)
  return places
}
