/** From terms to rows, for all fields alike. */
import { search } from '../../base/bisect.ts'
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

/** From so many slots and words on it may be worth looking at rows in place of sets. */
const MANY_SLOTS = 1 << 14
/** The rows that have none of so many terms, those of the most rows, are looked at. */
const MOST_COMMON = 8

function union(index: TermIndex, wanted: readonly number[], segment: Segment, context: Context): RowSet {
  const { meter, shared, documents, work } = context
  const { scratch } = shared
  const postings = index.postings(segment, documents, work)
  const found = survey(index, wanted, postings)
  const walked = found.words + found.slots
  meter.spend(found.places.length * UNITS.term)
  if (walked > MANY_SLOTS) {
    // Of a letter, the words that most rows have leave few rows in which thousands of words would have to be sought.
    const most = found.dense.sort((a, b) => b.count - a.count).slice(0, MOST_COMMON)
    const common = unite(most, segment.size, scratch)
    const rest = intersect([segment.live.set], [common], 0, segment.size, scratch)
    const units = rest.count * postings.rowUnits
    const has = units < walked ? postings.tester(wanted, index.dictionary) : undefined
    if (has !== undefined) {
      meter.spend(units * UNITS.slot)
      return unite([common, filter(rest, has, scratch)], segment.size, scratch)
    }
  }
  meter.spend(walked * UNITS.slot)
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
    const { dense, slots, words } = found
    // As if terms stood in rows independently of each other.
    const most = dense.sort((a, b) => b.count - a.count).slice(0, MOST_COMMON)
    const rest = most.reduce((rows, { count }) => rows * (1 - count / segment.size), segment.size)
    const walked = words + slots
    const least = walked > MANY_SLOTS ? Math.min(walked, (rest + SPARE) * postings.rowUnits) : walked
    size.work += UNITS.ask + found.places.length * UNITS.term + least * UNITS.slot
    size.rows += Math.min(
      segment.size,
      dense.reduce((rows, { count }) => rows + count, slots),
    )
  }
  return size
}

/** More rows than are expected to be left may be left. */
const SPARE = 64

/** What a segment has of some terms. */
interface Survey {
  /** The places of those that it has, among its terms. */
  readonly places: readonly number[]
  /** The rows of those that are bitmaps, and how many words these have. */
  readonly dense: RowSet[]
  readonly words: number
  /** How many slots the lists of the others have. */
  readonly slots: number
}

/** Finds the terms that a segment has, without making a set of each. */
function survey(index: TermIndex, wanted: readonly number[], postings: Postings): Survey {
  const { terms } = postings
  const places: number[] = []
  const dense: RowSet[] = []
  let slots = 0
  let words = 0
  const add = (place: number) => {
    places.push(place)
    const bitmap = postings.bitmapAt(place)
    if (bitmap === undefined) slots += postings.slotsAt(place)
    else {
      dense.push(bitmap)
      words += bitmap.hi - bitmap.lo
    }
  }
  if (wanted.length * 8 < terms.length) {
    // Most often both ascend, and where a segment has all terms between two, they are as far from each other as these.
    let from = 0
    for (const term of wanted) {
      if (!(term >= terms[from]!)) from = 0
      if (!(term >= terms[from]!)) continue
      const most = from + term - terms[from]!
      const place = terms[most] === term ? most : search(terms, term, from, Math.min(most, terms.length))
      if (place === -1) continue
      add(place)
      from = place
    }
  } else {
    const isWanted = new Uint8Array(index.dictionary.size)
    for (const term of wanted) isWanted[term] = 1
    for (let place = 0; place < terms.length; place++) if (isWanted[terms[place]!] === 1) add(place)
  }
  return { places, dense, words, slots }
}

function setsOf({ places }: Survey, postings: Postings): RowSet[] {
  return places.map((place) => postings.at(place))
}

/** The places of those terms that a segment has. O(wanted × log terms), or O(terms) if that is less. */
export function placesOf(index: TermIndex, wanted: readonly number[], postings: Postings): readonly number[] {
  return survey(index, wanted, postings).places
}
