/** Counts how many rows have a number in each range. */
import { upperBound } from '../../base/bisect.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Part } from '../../engine/run.ts'
import { unite } from '../../engine/sets/algebra.ts'
import { countCommon, type RowSet } from '../../engine/sets/rowset.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import { isNumberField } from '../../row/numbers.ts'
import type { Facet, FacetRange } from './request.ts'
import { countTerms, numbersOf } from './tally.ts'

/** Rows by the ranges that their numbers are in. */
export function countRanges(
  { field, path, ranges, bins }: Facet,
  parts: readonly Part[],
  engine: Engine,
): FacetRange[] {
  if (isNumberField(field)) {
    const numbers = numbersOf(field, parts, engine)
    const { found, add } = scaleOf(ranges ?? edgesOf(numbers, bins!))
    for (const number of numbers) if (!Number.isNaN(number)) add(number, 1)
    return found
  }
  const [scalars, items] = [engine.indexes.scalars(path), engine.indexes.items(path)]
  const counts = countTerms(scalars, parts, engine)
  const itemCounts = countTerms(items, parts, engine)
  const numbers = () => [...numbersIn(scalars, counts), ...numbersIn(items, itemCounts)]
  const { found, rangeOf, add } = scaleOf(ranges ?? edgesOf(numbers(), bins!))
  counts.forEach((count, term) => {
    add(scalars.dictionary.value(term), count)
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

/** The ranges between edges, and finding the one that a number is in. */
function scaleOf(edges: readonly number[]) {
  const found = edges.slice(1).map((to, i) => ({ from: edges[i]!, to, count: 0 }))
  const rangeOf = (value: unknown) =>
    typeof value === 'number' ? found[upperBound(edges as never, value) - 1] : undefined
  const add = (value: unknown, count: number) => {
    const range = rangeOf(value)
    if (range !== undefined) range.count += count
  }
  return { found, rangeOf, add }
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
 * Fewer where the numbers are too near each other for so many, one for a single number, none for no numbers.
 */
function edgesOf(numbers: Iterable<number>, bins: number): readonly number[] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const number of numbers) {
    // Adding 0 turns -0 into 0. NaN is neither less nor more.
    if (number < least) least = number + 0
    if (number > most) most = number + 0
  }
  if (least > most) return []
  const at = (i: number) => {
    const exact = least + ((most - least) * i) / bins
    return Number.isFinite(exact) ? exact : least * (1 - i / bins) + most * (i / bins)
  }
  const inner = Array.from({ length: bins }, (_, i) => at(i))
  const end = most + Math.max(Math.abs(most) * Number.EPSILON, Number.MIN_VALUE)
  return [...new Set(inner)].filter((edge) => edge <= most).concat(end)
}
