/** From terms to rows, for all fields alike. */
import type { Context } from '../context.ts'
import { type Estimate, UNITS } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import { filter, intersect, unite } from '../sets/algebra.ts'
import { NO_ROWS, type RowSet } from '../sets/rowset.ts'
import type { TermIndex } from './inverted.ts'
import type { Postings } from './postings.ts'

/**
 * The rows of a segment that have any of some terms, found once a query for the same list. O(terms of the query × log terms of
 * the segment), or O(terms of the segment) if that is less, and of their rows.
 */
export function rowsOfTerms(index: TermIndex, wanted: readonly number[], segment: Segment, context: Context): RowSet {
  const postings = index.postings(segment, context.documents, context.work)
  if (wanted.length === 0) return NO_ROWS
  if (wanted.length === 1) return postings.rows(wanted[0]!)
  return context.shared.of(wanted, segment, () => union(index, wanted, segment, context))
}

/** From so many slots in lists on it may be worth looking at rows in place of lists. */
const MANY_SLOTS = 1 << 14

function union(index: TermIndex, wanted: readonly number[], segment: Segment, context: Context): RowSet {
  const { meter, shared, documents, work } = context
  const { scratch } = shared
  const postings = index.postings(segment, documents, work)
  const found = survey(index, wanted, postings)
  const { dense, slots } = found
  meter.spend(workOf(found))
  if (slots > MANY_SLOTS) {
    // Of a letter, some words that many rows have leave few rows in which thousands of words would have to be sought.
    const common = unite(dense, segment.size, scratch)
    const rest = intersect([segment.live.set], [common], 0, segment.size, scratch)
    const units = rest.count * postings.rowUnits
    const has = units < slots ? postings.tester(wanted, index.dictionary) : undefined
    if (has !== undefined) {
      meter.spend(units * UNITS.slot)
      return unite([common, filter(rest, has, scratch)], segment.size, scratch)
    }
  }
  meter.spend(slots * UNITS.slot)
  return unite(setsOf(found, postings), segment.size, scratch)
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
    const found = survey(index, wanted, postings)
    const { dense, slots } = found
    let rows = slots
    // As if terms stood in rows independently of each other.
    let rest = segment.size
    for (const { count } of dense) {
      rows += count
      rest *= 1 - count / segment.size
    }
    const least = slots > MANY_SLOTS ? Math.min(slots, (rest + SPARE) * postings.rowUnits) : slots
    size.work += UNITS.ask + workOf(found) + least * UNITS.slot
    size.rows += Math.min(segment.size, rows)
  }
  return size
}

/** More rows than are expected to be left may be left. */
const SPARE = 64

/** What a segment has of some terms. */
interface Survey {
  /** The places of those that it has, among its terms. */
  readonly places: readonly number[]
  /** The rows of those that are bitmaps. */
  readonly dense: RowSet[]
  /** How many slots the lists of the others have. */
  readonly slots: number
}

/** Finds the terms that a segment has, without making a set of each. */
function survey(index: TermIndex, wanted: readonly number[], postings: Postings): Survey {
  const { terms } = postings
  const places: number[] = []
  const dense: RowSet[] = []
  let slots = 0
  const add = (place: number) => {
    places.push(place)
    const bitmap = postings.bitmapAt(place)
    if (bitmap === undefined) slots += postings.slotsAt(place)
    else dense.push(bitmap)
  }
  if (wanted.length * 8 < terms.length) {
    for (const term of wanted) {
      const place = postings.place(term)
      if (place !== -1) add(place)
    }
  } else {
    const isWanted = new Uint8Array(index.dictionary.size)
    for (const term of wanted) isWanted[term] = 1
    for (let place = 0; place < terms.length; place++) if (isWanted[terms[place]!] === 1) add(place)
  }
  return { places, dense, slots }
}

function setsOf({ places }: Survey, postings: Postings): RowSet[] {
  return places.map((place) => postings.at(place))
}

/** Units of work of finding the terms, and of uniting those that are bitmaps. */
function workOf({ places, dense }: Survey): number {
  return places.length * UNITS.term + dense.reduce((words, { lo, hi }) => words + hi - lo, 0) * UNITS.slot
}

/** The places of those terms that a segment has. O(wanted × log terms), or O(terms) if that is less. */
export function placesOf(index: TermIndex, wanted: readonly number[], postings: Postings): readonly number[] {
  return survey(index, wanted, postings).places
}
