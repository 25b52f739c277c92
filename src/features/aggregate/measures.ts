/** What is made of the rows, the numbers and the values of each group: one function from group to result an aggregate. */
import { lowerBound } from '../../base/bisect.ts'
import { ExactSums } from '../../base/exact-sum.ts'
import type { Engine } from '../../engine/engine.ts'
import { MISSING } from '../facets/scope.ts'
import { type Dimension, dimensionOf, numbersIn } from './dimensions.ts'
import type { Groups } from './groups.ts'
import { countEach, NumbersOfGroups } from './numbers.ts'
import type { Measure, NumberFunction, Source } from './request.ts'

/** What an aggregate comes to in a group. */
type ResultOf = (group: number) => number | null

/** What aggregates come to, by measure and group. O(rows + numbers) each, one after the other. */
export function measured(
  measures: readonly Measure[],
  groups: Groups,
  engine: Engine,
): readonly (readonly (number | null)[])[] {
  const known = new Map<string, NumbersOfGroups>()
  const numbersOf = (source: Source): NumbersOfGroups => {
    const numbers = known.get(source.name) ?? new NumbersOfGroups(source, groups, engine)
    known.set(source.name, numbers)
    return numbers
  }
  return measures.map(({ make, source }) => {
    const resultOf =
      source === undefined || (make === 'distinct' && source.field === 'id')
        ? rowCounts(groups)
        : make === 'count'
          ? rowsWithNumbers(groups, source, engine, numbersOf)
          : make === 'distinct'
            ? distinctValues(groups, dimensionOf(source, engine))
            : NUMBERS[make as NumberFunction](numbersOf(source))
    const values: (number | null)[] = []
    for (let group = 0; group < groups.count; group++) values.push(resultOf(group))
    return values
  })
}

/** How many rows. */
function rowCounts({ count, parts }: Groups): ResultOf {
  const counts = new Uint32Array(count)
  for (const { of, more } of parts) {
    countEach(of, counts)
    for (const [, group] of more) counts[group]!++
  }
  return (group) => counts[group]!
}

/** How many rows have a number. */
function rowsWithNumbers(
  { count, parts }: Groups,
  source: Source,
  engine: Engine,
  numbersOf: (source: Source) => NumbersOfGroups,
): ResultOf {
  if (parts.every(({ part }) => numbersIn(source, part.segment, engine).isWhole)) {
    // Every row has one number: there are as many rows.
    const { counts } = numbersOf(source)
    return (group) => counts[group]!
  }
  const counts = new Uint32Array(count)
  for (const { part, of, more } of parts) {
    const { slots } = numbersIn(source, part.segment, engine)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      if (slot !== slots[i - 1] && of[slot]! >= 0) counts[of[slot]!]!++
    }
    for (const [slot, group] of more) if (slots[lowerBound(slots, slot)] === slot) counts[group]!++
  }
  return (group) => counts[group]!
}

function sums({ parts, counts }: NumbersOfGroups): ResultOf {
  const exact = new ExactSums(counts.length)
  for (const { groups, values } of parts) exact.addEach(groups, values)
  return (group) => (counts[group] === 0 ? null : exact.get(group))
}

function averages(numbers: NumbersOfGroups): ResultOf {
  const sumOf = sums(numbers)
  return (group) => {
    const sum = sumOf(group)
    return sum === null ? null : sum / numbers.counts[group]! + 0
  }
}

/** The greatest numbers; of -1 the least. */
function greatest(sign: 1 | -1): (numbers: NumbersOfGroups) => ResultOf {
  return ({ parts, counts }) => {
    const found = new Float64Array(counts.length).fill(Number.NaN)
    for (const { groups, values } of parts) {
      for (let i = 0; i < groups.length; i++) {
        const group = groups[i]!
        // True for the first number too: nothing compares with NaN.
        if (group >= 0 && !((found[group]! - values[i]!) * sign >= 0)) found[group] = values[i]!
      }
    }
    return (group) => (counts[group] === 0 ? null : found[group]! + 0)
  }
}

/** The numbers at which so many percent are reached. */
function percentiles(percent: number): (numbers: NumbersOfGroups) => ResultOf {
  return (numbers) => (group) => {
    const value = numbers.percentile(group, percent)
    return value === undefined ? null : value + 0
  }
}

/** What makes numbers of the numbers of each group. */
const NUMBERS: Readonly<Record<NumberFunction, (numbers: NumbersOfGroups) => ResultOf>> = {
  ...{ sum: sums, avg: averages, min: greatest(-1), max: greatest(1) },
  ...{ p50: percentiles(50), p90: percentiles(90), p95: percentiles(95), p99: percentiles(99) },
}

/** How many different values, null and nothing aside. */
function distinctValues({ count, parts }: Groups, dimension: Dimension): ResultOf {
  const counts = new Uint32Array(count)
  const seen = new Set<number>()
  const see = (group: number, number: number) => {
    const key = number * count + group
    if (number === -1 || seen.has(key)) return
    seen.add(key)
    const value = dimension.value(number)
    if (value !== null && value !== MISSING) counts[group]!++
  }
  for (const { part, slots, of, more } of parts) {
    const values = dimension.read(part)
    const seeAll = (slot: number, group: number) => {
      see(group, values.of[slot]!)
      if (values.more.size === 0) return
      for (const value of values.more.get(slot) ?? []) see(group, value)
    }
    for (const slot of slots) if (of[slot] !== -1) seeAll(slot, of[slot]!)
    for (const [slot, group] of more) seeAll(slot, group)
  }
  return (group) => counts[group]!
}
