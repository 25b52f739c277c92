/** Counts how many rows have each value of a field, from sets of rows. */
import type { Engine } from '../../engine/engine.ts'
import { UNITS } from '../../engine/meter.ts'
import { column } from '../../engine/pages/ordered.ts'
import type { Part } from '../../engine/run.ts'
import { unite } from '../../engine/sets/algebra.ts'
import { countCommon, eachSlot, type RowSet } from '../../engine/sets/rowset.ts'
import { bySlot } from '../../engine/terms/by-slot.ts'
import { type Dictionary, PRESENT } from '../../engine/terms/dictionary.ts'
import { FIELDS_OF_FEW_VALUES, type ValueTerm } from '../../engine/terms/fields.ts'
import type { TermFieldName } from '../../engine/terms/indexes.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import type { Postings } from '../../engine/terms/postings.ts'
import type { Scalar } from '../../query/spec.ts'
import { isNumberField, type NumberField } from '../../row/numbers.ts'
import type { Facet } from './request.ts'

/** Rows by value: those that a dictionary numbers by term, and others. */
export interface Tally {
  readonly counts: Uint32Array
  readonly dictionary: Dictionary | undefined
  readonly others: readonly Counted[]
}

export interface Counted {
  readonly value: Scalar
  readonly count: number
  readonly missing?: true
}

/** Counts the values of a field among rows. */
export function tally(facet: Facet, parts: readonly Part[], engine: Engine): Tally {
  const few = FIELDS_OF_FEW_VALUES[facet.field]
  if (few !== undefined) return { counts: NO_COUNTS, dictionary: undefined, others: countFew(few, parts, engine) }
  if (isNumberField(facet.field)) {
    const others = countNumbers(numbersOf(facet.field, parts, engine))
    return { counts: NO_COUNTS, dictionary: undefined, others }
  }
  if (facet.field === 'metadata') return tallyMetadata(facet, parts, engine)
  const index = engine.indexes.field(facet.field as TermFieldName)
  return { counts: countTerms(index, parts, engine), dictionary: index.dictionary, others: [] }
}

const NO_COUNTS = new Uint32Array(0)

/** A number of each row, NaN for a row without. O(rows). */
export function numbersOf(field: NumberField, parts: readonly Part[], engine: Engine): Float64Array {
  const found = new Float64Array(parts.reduce((sum, { rows }) => sum + rows.count, 0))
  let length = 0
  for (const { segment, rows } of parts) {
    const [numbers] = column(segment, field, engine).numbers
    eachSlot(rows, (slot) => {
      found[length++] = numbers[slot]!
    })
  }
  return found
}

/** Whole numbers below this are counted in an array, which takes a tenth of the time of a map. */
const SMALL = 1_024

/** How many rows have each number, and how many have none. O(rows). */
function countNumbers(numbers: Float64Array): Counted[] {
  const small = new Uint32Array(SMALL)
  const others = new Map<number, number>()
  for (const number of numbers) {
    if (number >= 0 && number < SMALL && Number.isInteger(number)) small[number]!++
    else others.set(number, (others.get(number) ?? 0) + 1)
  }
  return [...small.entries(), ...others].map(([number, count]) => {
    return { value: Number.isNaN(number) ? null : number, count }
  })
}

function countFew(
  [rest, ...few]: readonly [Scalar, ...ValueTerm[]],
  parts: readonly Part[],
  engine: Engine,
): Counted[] {
  const counted = [...few.map(([value]) => ({ value, count: 0 })), { value: rest, count: 0 }]
  for (const { segment, rows } of parts) {
    const sets = few.map(([, tells, term]) => {
      if (tells === 'marked' || tells === 'unmarked') return segment[tells].set
      const index = engine.indexes.field(tells)
      return index.postings(segment, engine.documents, engine.work).rows(index.dictionary.term(term!))
    })
    sets.forEach((set, i) => {
      counted[i]!.count += countCommon(rows, set)
    })
    counted.at(-1)!.count += rows.count - countCommon(rows, unite(sets, segment.size, engine.scratch))
  }
  return counted
}

/** The scalars at a path, and those in the lists there: a row has either. */
function tallyMetadata({ path }: Facet, parts: readonly Part[], engine: Engine): Tally {
  const scalars = engine.indexes.scalars(path)
  const { dictionary } = scalars
  const counts = countTerms(scalars, parts, engine)
  const items = engine.indexes.items(path)
  const others: Counted[] = []
  countTerms(items, parts, engine).forEach((count, item) => {
    if (count === 0) return
    const value = items.dictionary.value(item) as Scalar
    const term = dictionary.term(value)
    if (term === -1) others.push({ value, count })
    else counts[term]! += count
  })
  const present = dictionary.term(PRESENT)
  const rows = parts.reduce((sum, part) => sum + part.rows.count, 0)
  const missing = rows - (counts[present] ?? 0)
  if (present !== -1) counts[present] = 0
  return { counts, dictionary, others: [...others, { value: null, count: missing, missing: true }] }
}

/** How many rows have each term of an index. */
export function countTerms(index: TermIndex, parts: readonly Part[], engine: Engine): Uint32Array {
  const { meter, segments } = engine
  // What a row has, and what there is to count.
  meter.expect(
    index.lacking(segments) * UNITS.indexed + parts.reduce((rows, part) => rows + part.rows.count, 0) * UNITS.tested,
  )
  engine.build(index)
  const counts = new Uint32Array(index.dictionary.size)
  for (const { segment, rows } of parts) {
    if (rows.count === 0) continue
    const postings = index.postings(segment, engine.documents, engine.work)
    if (!countByTerm(postings, rows, counts)) countBySlot(postings, segment.size, rows, counts)
  }
  return counts
}

/** A segment's terms are counted one by one when there are at most so many. */
const FEW_TERMS = 1_024
/** What going to the terms of one row costs, in words of a bitmap. */
const WORDS_A_ROW = 10

/** Adds how often each term is among the rows, term by term, if that is the shorter way. */
function countByTerm(postings: Postings, rows: RowSet, counts: Uint32Array): boolean {
  const { terms } = postings
  if (terms.length > FEW_TERMS || rows.list !== undefined) return false
  const { sets, cost } = byTerm(postings)
  if (rows.count * WORDS_A_ROW < cost) return false
  for (let place = 0; place < sets.length; place++) counts[terms[place]!]! += countCommon(sets[place]!, rows)
  return true
}

/** The rows of each of a few terms, and what counting them costs, in words. */
interface ByTerm {
  readonly sets: readonly RowSet[]
  readonly cost: number
}

/** Postings never change; those that are gone take theirs along. */
const setsByTerm = new WeakMap<Postings, ByTerm>()

function byTerm(postings: Postings): ByTerm {
  let made = setsByTerm.get(postings)
  if (made === undefined) {
    const sets = Array.from(postings.terms, (_, place) => postings.at(place))
    made = { sets, cost: sets.reduce((sum, set) => sum + (set.words?.length ?? set.count), 0) }
    setsByTerm.set(postings, made)
  }
  return made
}

/** Adds how often each term is among the rows, row by row. */
function countBySlot(postings: Postings, size: number, rows: RowSet, counts: Uint32Array): void {
  const { offsets, terms } = bySlot(postings, size)
  eachSlot(rows, (slot) => {
    for (let i = offsets[slot]!; i < offsets[slot + 1]!; i++) counts[terms[i]!]!++
  })
}
