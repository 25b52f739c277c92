/**
 * Facets: how many of the rows that match have each value of a field. Only sets of rows are counted, no document is read.
 *
 * Few values in many rows are counted by `AND` and popcount of each value's bitmap with the matches. Many values, or few
 * matches, by one pass over the matches through the postings turned round: for each slot its terms.
 */

import { upperBound } from '../../base/bisect.ts'
import { compareCodePoints } from '../../base/text/compare.ts'
import { fold } from '../../base/text/fold.ts'
import type { Engine } from '../../engine/engine.ts'
import { plan } from '../../engine/plan.ts'
import { base, narrow, type Part } from '../../engine/run.ts'
import { countCommon, intersect, type RowSet, unite } from '../../engine/sets/rowset.ts'
import { type Dictionary, PRESENT } from '../../engine/terms/dictionary.ts'
import { TOLD, type Told } from '../../engine/terms/fields.ts'
import type { TermFieldName } from '../../engine/terms/indexes.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import type { Postings } from '../../engine/terms/postings.ts'
import type { Condition, QuerySpec, Scalar } from '../../query/spec.ts'
import type { Facet, FacetCounts, FacetPlan, FacetRange, FacetValue } from './request.ts'

/** What a field is counted over: the rows of each segment, empty ones too. */
type Parts = readonly Part[]

/**
 * Counts fields. The conditions that no counted field has to leave out are run once for all of them. O(matches) a field,
 * or O(words × values) where that is less; then O(distinct values), and the sorting of those listed.
 */
export function facets(spec: QuerySpec, asked: FacetPlan, engine: Engine): FacetCounts {
  engine.scratch.reset()
  const { own, partsOf } = select(spec, asked, engine)
  const counts: Record<string, FacetValue[] | FacetRange[]> = Object.create(null)
  for (const facet of asked.facets) {
    const parts = partsOf(facet)
    const isOfNumbers = facet.ranges !== undefined || facet.bins !== undefined
    counts[facet.key] = isOfNumbers
      ? countRanges(facet, parts, engine)
      : list(facet, tally(facet, parts, engine), selectedBy(own(facet), facet))
  }
  return counts
}

// Which rows

/** Conditions on fields of one unit are left out together, or not: those on feedback say something of one another. */
function unitOf({ field, path = [] }: { readonly field: string; readonly path?: readonly string[] }): string {
  return field.startsWith('feedback') ? 'feedback' : JSON.stringify([field, ...path])
}

/** The rows that each facet counts, and the query's own conditions on its field. */
function select(spec: QuerySpec, { facets, isDisjunctive }: FacetPlan, engine: Engine) {
  const { segments } = engine
  const units = new Map<string, Condition[]>(facets.map((facet) => [unitOf(facet), []]))
  const shared: Condition[] = []
  for (const condition of spec.where) {
    const unit = 'field' in condition ? units.get(unitOf(condition)) : undefined
    unit?.push(condition)
    if (!isDisjunctive || unit === undefined) shared.push(condition)
  }
  const run = (where: readonly Condition[], within: readonly RowSet[]) => {
    const group = plan(where, engine)
    return segments.map((segment, i) => narrow(group, segment, within[i]!, engine))
  }
  const start = segments.map((segment) => base(segment, spec))
  const within = shared.length === 0 ? start : run(shared, start)
  const left = [...units].filter(([, conditions]) => isDisjunctive && conditions.length > 0)
  const kept = left.map(([unit, conditions]) => [unit, run(conditions, within)] as const)
  const common = (sets: readonly (readonly RowSet[])[]) =>
    sets.length === 1
      ? sets[0]!
      : segments.map((segment, i) =>
          intersect(
            sets.map((set) => set[i]!),
            [],
            0,
            segment.size,
            engine.scratch,
          ),
        )
  let all: readonly RowSet[] | undefined

  return {
    own: (facet: Facet) => units.get(unitOf(facet))!,
    partsOf: (facet: Facet): Parts => {
      const unit = unitOf(facet)
      let rows: readonly RowSet[]
      if (left.some(([name]) => name === unit)) {
        const others = kept.filter(([name]) => name !== unit).map(([, sets]) => sets)
        rows = common([within, ...others])
        const rest = units.get(unit)!.flatMap((condition) => without(condition, facet))
        if (rest.length > 0) rows = run(rest, rows)
      } else {
        all ??= common([within, ...kept.map(([, sets]) => sets)])
        rows = all
      }
      return segments.map((segment, i) => ({ segment, rows: rows[i]! }))
    },
  }
}

/** What a condition of a facet's unit says of other fields than the facet's. */
function without(condition: Condition, { field }: Facet): readonly Condition[] {
  if (!('field' in condition) || condition.field === field) return []
  if (condition.field !== 'feedback') return [condition]
  const value = { ...condition.value }
  delete value[field.slice('feedback_'.length) as keyof typeof value]
  return Object.keys(value).length === 0 ? [] : [{ ...condition, value }]
}

/** Stands for nothing at a metadata path. */
const MISSING = PRESENT
type Selected = ReadonlySet<Scalar | typeof MISSING>

/** The values that conditions on a field ask for. */
function selectedBy(conditions: readonly Condition[], { field }: Facet): Selected {
  const selected = new Set<Scalar | typeof MISSING>()
  for (const condition of conditions as readonly { field: string; lookup: string; value: unknown }[]) {
    const { lookup, value } = condition
    if (condition.field === 'feedback') {
      const part = Object(value)[field.slice('feedback_'.length)]
      if (part !== undefined) selected.add(part)
    } else if (condition.field !== field) continue
    else if (lookup === 'exact' || lookup === 'in' || (field === 'metadata' && lookup === 'contains'))
      for (const one of [value].flat()) selected.add(one as Scalar)
    else if (lookup === 'isnull' && value === true) selected.add(null)
    else if (lookup === 'exists' && value === false) selected.add(MISSING)
  }
  return selected
}

// Counting

/** Rows by value: those that a dictionary numbers by term, and others. */
interface Tally {
  readonly counts: Uint32Array
  readonly dictionary: Dictionary | undefined
  readonly others: readonly Counted[]
}

interface Counted {
  readonly value: Scalar
  readonly count: number
  readonly missing?: true
}

function tally(facet: Facet, parts: Parts, engine: Engine): Tally {
  const few = TOLD[facet.field]
  if (few !== undefined) return { counts: NO_COUNTS, dictionary: undefined, others: countFew(few, parts, engine) }
  if (facet.field === 'metadata') return tallyMetadata(facet, parts, engine)
  const index = engine.indexes.field(facet.field as TermFieldName)
  return { counts: countTerms(index, parts, engine), dictionary: index.dictionary, others: [] }
}

const NO_COUNTS = new Uint32Array(0)

function countFew([rest, ...few]: readonly [Scalar, ...Told[]], parts: Parts, engine: Engine): Counted[] {
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
function tallyMetadata({ path }: Facet, parts: Parts, engine: Engine): Tally {
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
function countTerms(index: TermIndex, parts: Parts, engine: Engine): Uint32Array {
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
const opened = new WeakMap<Postings, ByTerm>()

function byTerm(postings: Postings): ByTerm {
  let made = opened.get(postings)
  if (made === undefined) {
    const sets = Array.from(postings.terms, (_, place) => postings.at(place))
    made = { sets, cost: sets.reduce((sum, set) => sum + (set.words?.length ?? set.count), 0) }
    opened.set(postings, made)
  }
  return made
}

/** Postings turned round: the terms of slot s are `terms[offsets[s]]` to before `terms[offsets[s + 1]]`. */
interface BySlot {
  readonly offsets: Uint32Array
  readonly terms: Uint32Array
}

/** Made when first needed, 4 bytes a row and 4 a pair. Postings never change; those that are gone take theirs along. */
const turned = new WeakMap<Postings, BySlot>()

function bySlot(postings: Postings, size: number): BySlot {
  const made = turned.get(postings)
  if (made !== undefined) return made
  const offsets = new Uint32Array(size + 2)
  postings.eachPair((_, slot) => {
    offsets[slot + 2]!++
  })
  for (let slot = 0; slot < size; slot++) offsets[slot + 2]! += offsets[slot + 1]!
  // What begins slot s stands one place late, until the slot has been filled up to the next one's.
  const terms = new Uint32Array(offsets[size + 1]!)
  postings.eachPair((term, slot) => {
    terms[offsets[slot + 1]!++] = term
  })
  const result = { offsets, terms }
  turned.set(postings, result)
  return result
}

/** Adds how often each term is among the rows, row by row. */
function countBySlot(postings: Postings, size: number, { list, words, lo, hi }: RowSet, counts: Uint32Array): void {
  const { offsets, terms } = bySlot(postings, size)
  const add = (slot: number) => {
    for (let i = offsets[slot]!; i < offsets[slot + 1]!; i++) counts[terms[i]!]!++
  }
  if (list !== undefined) for (let i = lo; i < hi; i++) add(list[i]!)
  else
    for (let w = lo; w < hi; w++)
      for (let word = words![w]!; word !== 0; word &= word - 1) add((w << 5) + 31 - Math.clz32(word & -word))
}

// Listing

/** The values as they are given out: those that match, in order, up to the limit, and all selected ones. */
function list(facet: Facet, { counts, dictionary, others }: Tally, selected: Selected): FacetValue[] {
  const { limit = Number.POSITIVE_INFINITY, match = '' } = facet
  const piece = fold(match)
  const matches = (value: Scalar) => piece === '' || (value !== null && fold(String(value)).includes(piece))
  const scalarOf = (term: number) => dictionary!.value(term) as Scalar
  const give = ({ value, count, missing }: Counted): FacetValue => {
    const is = {
      value: typeof value === 'number' ? value + 0 : value,
      count,
      selected: selected.has(missing ? MISSING : value),
    }
    return missing ? { ...is, missing } : is
  }
  const terms: number[] = []
  for (let term = 0; term < counts.length; term++) if (counts[term] !== 0 && matches(scalarOf(term))) terms.push(term)
  const first = best(terms, limit, (a, b) => counts[b]! - counts[a]! || compareValues(scalarOf(a), scalarOf(b)))
  const listed = [
    ...first.map((term) => give({ value: scalarOf(term), count: counts[term]! })),
    ...others.filter(({ value, count }) => count > 0 && matches(value)).map(give),
  ]
  const given = best(listed, limit, compareGiven)
  for (const value of selected) {
    const isMissing = value === MISSING
    if (given.some((one) => one.selected && (isMissing ? one.missing : one.value === value && !one.missing))) continue
    const wanted = isMissing ? null : (value as Scalar)
    const count =
      others.find((one) => one.value === wanted && (one.missing === true) === isMissing)?.count ??
      counts[dictionary?.term(wanted) ?? -1] ??
      0
    given.push(give({ value: wanted, count, ...(isMissing && { missing: true }) }))
  }
  return given.sort(compareGiven)
}

/** The first `limit` in order. Of many, those that cannot be among them are dropped as they come. */
function best<Item>(items: readonly Item[], limit: number, compare: (a: Item, b: Item) => number): Item[] {
  const kept: Item[] = []
  let isFull = false
  for (const item of items) {
    if (isFull && compare(item, kept[limit - 1]!) >= 0) continue
    kept.push(item)
    if (kept.length < 2 * limit + 64) continue
    kept.sort(compare).length = limit
    isFull = true
  }
  return kept.sort(compare).slice(0, limit)
}

function compareGiven(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || compareValues(a.value, b.value) || Number(a.missing ?? 0) - Number(b.missing ?? 0)
}

const TYPES = ['boolean', 'number', 'string', 'object']

/** The order of values with one count: false, true, numbers by size, texts by code point, null. */
function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  return TYPES.indexOf(typeof a) - TYPES.indexOf(typeof b) || Number(a) - Number(b)
}

// Numbers

/** Rows by the ranges that their numbers are in. */
function countRanges({ path, ranges, bins }: Facet, parts: Parts, engine: Engine): FacetRange[] {
  const [scalars, items] = [engine.indexes.scalars(path), engine.indexes.items(path)]
  const counts = countTerms(scalars, parts, engine)
  const itemCounts = countTerms(items, parts, engine)
  const edges = ranges ?? edgesOf([...numbersIn(scalars, counts), ...numbersIn(items, itemCounts)], bins!)
  const found = edges.slice(1).map((to, i) => ({ from: edges[i]!, to, count: 0 }))
  const rangeOf = (value: unknown) =>
    typeof value === 'number' ? found[upperBound(edges as never, value) - 1] : undefined

  counts.forEach((count, term) => {
    const range = rangeOf(scalars.dictionary.value(term))
    if (range !== undefined) range.count += count
  })
  // A list may have several numbers in one range: there the rows are united.
  if (itemCounts.every((count) => count === 0)) return found
  for (const { segment, rows } of parts) {
    const postings = items.postings(segment, engine.documents, engine.work)
    const sets = new Map<FacetRange, RowSet[]>()
    postings.terms.forEach((term, place) => {
      const range = rangeOf(items.dictionary.value(term))
      if (range !== undefined) sets.set(range, [...(sets.get(range) ?? []), postings.at(place)])
    })
    for (const range of found) {
      const having = sets.get(range)
      if (having !== undefined) range.count += countCommon(rows, unite(having, segment.size, engine.scratch))
    }
  }
  return found
}

/** The numbers that some row has. */
function numbersIn({ dictionary }: TermIndex, counts: Uint32Array): number[] {
  const found: number[] = []
  counts.forEach((count, term) => {
    const value = dictionary.value(term)
    if (count > 0 && typeof value === 'number') found.push(value)
  })
  return found
}

/**
 * The ends of `bins` ranges of one width, from the least number. The last ends just above the greatest, which is in it.
 * Fewer where the numbers are too near each other for so many, one where there is one number, none where there is none.
 */
function edgesOf(numbers: readonly number[], bins: number): readonly number[] {
  if (numbers.length === 0) return []
  const least = numbers.reduce((a, b) => Math.min(a, b)) + 0
  const most = numbers.reduce((a, b) => Math.max(a, b)) + 0
  const at = (i: number) => {
    const exact = least + ((most - least) * i) / bins
    return Number.isFinite(exact) ? exact : least * (1 - i / bins) + most * (i / bins)
  }
  const inner = Array.from({ length: bins }, (_, i) => at(i))
  const end = most + Math.max(Math.abs(most) * Number.EPSILON, Number.MIN_VALUE)
  return [...new Set(inner)].filter((edge) => edge <= most).concat(end)
}
