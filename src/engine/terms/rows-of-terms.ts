/** From terms to rows, for all fields alike. */
import type { Context } from '../context.ts'
import { type Estimate, UNITS } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import { filter, intersect, unite } from '../sets/algebra.ts'
import type { RowSet } from '../sets/rowset.ts'
import type { TermIndex } from './inverted.ts'
import type { Postings } from './postings.ts'

/**
 * The rows of a segment that have any of some terms, found once a query for the same list. O(terms of the query × log terms of
 * the segment), or O(terms of the segment) if that is less, and of their rows.
 */
export function rowsOfTerms(index: TermIndex, wanted: readonly number[], segment: Segment, context: Context): RowSet {
  const postings = index.postings(segment, context.documents, context.work)
  if (wanted.length === 1) return postings.rows(wanted[0]!)
  return context.shared.of(wanted, segment, () => union(index, wanted, segment, context))
}

/** From so many slots in lists on it may be worth looking at rows in place of lists. */
const MANY_SLOTS = 1 << 14

function union(index: TermIndex, wanted: readonly number[], segment: Segment, context: Context): RowSet {
  const { meter, shared, documents, work } = context
  const { scratch } = shared
  const postings = index.postings(segment, documents, work)
  const sets = setsOfTerms(index, wanted, postings)
  const { words, slots } = walked(sets)
  meter.spend(sets.length * UNITS.term + words * UNITS.slot)
  if (slots > MANY_SLOTS && slots > postings.rowUnits) {
    // Of a letter, some words that many rows have leave few rows in which thousands of words would have to be sought.
    const common = unite(
      sets.filter((set) => set.words !== undefined),
      segment.size,
      scratch,
    )
    const rest = intersect([segment.live.set], [common], 0, segment.size, scratch)
    const has = rest.count * postings.rowUnits < slots ? postings.tester(wanted, index.dictionary) : undefined
    if (has !== undefined) {
      meter.spend(rest.count * postings.rowUnits * UNITS.slot)
      return unite([common, filter(rest, has, scratch)], segment.size, scratch)
    }
  }
  meter.spend(slots * UNITS.slot)
  return unite(sets, segment.size, scratch)
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
    const postings = index.postings(segment, documents, work)
    const sets = setsOfTerms(index, wanted, postings)
    const { words, slots } = walked(sets)
    // As if terms stood in rows independently of each other.
    const rest = sets.reduce(
      (rows, { words, count }) => (words === undefined ? rows : rows * (1 - count / segment.size)),
      segment.size,
    )
    const least = slots > MANY_SLOTS ? Math.min(slots, (rest + 64) * postings.rowUnits) : slots
    size.work += UNITS.ask + sets.length * UNITS.term + (words + least) * UNITS.slot
    size.rows += Math.min(
      segment.size,
      sets.reduce((rows, { count }) => rows + count, 0),
    )
  }
  return size
}

/** Words of bitmaps, and slots of lists, in all of the sets. */
function walked(sets: readonly RowSet[]): { words: number; slots: number } {
  let words = 0
  let slots = 0
  for (const set of sets) {
    if (set.list === undefined) words += set.hi - set.lo
    else slots += set.count
  }
  return { words, slots }
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
