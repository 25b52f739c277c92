/** What is made of the numbers of each group: one accumulator an aggregate. */
import { ExactSums } from '../../base/exact-sum.ts'
import type { NumberPart } from '../../engine/columns/number-column.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Segment } from '../../engine/segments/segment.ts'
import { lowerBound } from '../../base/bisect.ts'
import { type Dimension, dimensionOf, eachSlot, type GroupValue, numbersIn } from './dimensions.ts'
import { MISSING } from '../facets/scope.ts'
import type { Grouped } from './groups.ts'
import type { Measure, NumberFunction } from './request.ts'

/** Takes the rows of all groups, a segment at a time, and gives a value a group. */
export interface Accumulator {
  add(grouped: Grouped): void
  get(group: number): number | null
}

/** The accumulator of an aggregate, for so many groups. */
export function accumulatorOf({ make, source }: Measure, groups: number, engine: Engine): Accumulator {
  if (source === undefined) return new RowCounts(groups)
  if (make === 'distinct') {
    return source.field === 'id' ? new RowCounts(groups) : new DistinctValues(groups, dimensionOf(source, engine))
  }
  const numbers = (segment: Segment) => numbersIn(source, segment, engine)
  if (make === 'count') return new RowsWithNumbers(groups, numbers)
  if (make === 'sum' || make === 'avg') return new Sums(groups, numbers, make === 'avg')
  if (make === 'min' || make === 'max') return new Extremes(groups, numbers, make === 'max')
  return new Percentiles(groups, numbers, PERCENT[make as keyof typeof PERCENT])
}

const PERCENT = { p50: 50, p90: 90, p95: 95, p99: 99 } as const satisfies { [_ in NumberFunction & `p${number}`]: number }

/** The numbers of a segment's rows. */
type NumbersOf = (segment: Segment) => NumberPart

/** How many rows. */
class RowCounts implements Accumulator {
  readonly #counts: Uint32Array

  constructor(groups: number) {
    this.#counts = new Uint32Array(groups)
  }

  add({ part, of, more }: Grouped): void {
    const counts = this.#counts
    eachSlot(part.rows, (slot) => {
      if (of[slot] !== -1) counts[of[slot]!]!++
    })
    for (const [, group] of more) counts[group]!++
  }

  get(group: number): number {
    return this.#counts[group]!
  }
}

/** How many rows have a number. */
class RowsWithNumbers implements Accumulator {
  readonly #counts: Uint32Array
  readonly #numbers: NumbersOf

  constructor(groups: number, numbers: NumbersOf) {
    this.#counts = new Uint32Array(groups)
    this.#numbers = numbers
  }

  add(grouped: Grouped): void {
    let last = -1
    let lastGroup = -1
    eachNumber(this.#numbers(grouped.part.segment), grouped, (group, _, slot) => {
      if (slot === last && group === lastGroup) return
      last = slot
      lastGroup = group
      this.#counts[group]!++
    })
  }

  get(group: number): number {
    return this.#counts[group]!
  }
}

/** Calls `visit` with each number of the rows of each group; those of one row in one group come one after the other. */
function eachNumber(
  { slots, values }: NumberPart,
  { of, more }: Grouped,
  visit: (group: number, value: number, slot: number) => void,
): void {
  for (let i = 0; i < slots.length; i++) {
    const group = of[slots[i]!]!
    if (group >= 0) visit(group, values[i]!, slots[i]!)
  }
  for (const [slot, group] of more) {
    for (let i = lowerBound(slots, slot); slots[i] === slot; i++) visit(group, values[i]!, slot)
  }
}

/** Sums, and averages: of the numbers, however many a row has. */
class Sums implements Accumulator {
  readonly #sums = new ExactSums()
  readonly #counts: Uint32Array
  readonly #numbers: NumbersOf
  readonly #isAverage: boolean

  constructor(groups: number, numbers: NumbersOf, isAverage: boolean) {
    this.#sums.reserve(groups)
    this.#counts = new Uint32Array(groups)
    this.#numbers = numbers
    this.#isAverage = isAverage
  }

  add(grouped: Grouped): void {
    const numbers = this.#numbers(grouped.part.segment)
    const { slots, values } = numbers
    const { of, more } = grouped
    const [sums, counts] = [this.#sums, this.#counts]
    sums.addEach(of, slots, values)
    for (let i = 0; i < slots.length; i++) if (of[slots[i]!]! >= 0) counts[of[slots[i]!]!]!++
    for (const [slot, group] of more) {
      for (let i = lowerBound(slots, slot); slots[i] === slot; i++) {
        sums.add(group, values[i]!)
        counts[group]!++
      }
    }
  }

  get(group: number): number | null {
    const count = this.#counts[group]!
    if (count === 0) return null
    const sum = this.#sums.get(group)
    return this.#isAverage ? sum / count + 0 : sum
  }
}

/** Least or greatest numbers. */
class Extremes implements Accumulator {
  readonly #found: Float64Array
  readonly #numbers: NumbersOf
  readonly #sign: 1 | -1

  constructor(groups: number, numbers: NumbersOf, isGreatest: boolean) {
    this.#found = new Float64Array(groups).fill(Number.NaN)
    this.#numbers = numbers
    this.#sign = isGreatest ? 1 : -1
  }

  add(grouped: Grouped): void {
    const found = this.#found
    const sign = this.#sign
    eachNumber(this.#numbers(grouped.part.segment), grouped, (group, value) => {
      if (!((found[group]! - value) * sign >= 0)) found[group] = value
    })
  }

  get(group: number): number | null {
    const value = this.#found[group]!
    return Number.isNaN(value) ? null : value + 0
  }
}

/** The number below or at which so many percent stand, by nearest rank. 8 bytes a number while it is made. */
class Percentiles implements Accumulator {
  readonly #numbers: NumbersOf
  readonly #percent: number
  readonly #counts: Uint32Array
  readonly #chunks: { readonly groups: Int32Array; readonly values: Float64Array }[] = []
  #found: Float64Array | undefined

  constructor(groups: number, numbers: NumbersOf, percent: number) {
    this.#numbers = numbers
    this.#percent = percent
    this.#counts = new Uint32Array(groups)
  }

  add(grouped: Grouped): void {
    const numbers = this.#numbers(grouped.part.segment)
    const counts = this.#counts
    let length = numbers.values.length
    for (const [slot] of grouped.more) {
      for (let i = lowerBound(numbers.slots, slot); numbers.slots[i] === slot; i++) length++
    }
    const groups = new Int32Array(length)
    const values = new Float64Array(length)
    let at = 0
    eachNumber(numbers, grouped, (group, value) => {
      groups[at] = group
      values[at++] = value + 0
      counts[group]!++
    })
    this.#chunks.push({ groups: groups.subarray(0, at), values: values.subarray(0, at) })
  }

  get(group: number): number | null {
    this.#found ??= this.#find()
    const value = this.#found[group]!
    return Number.isNaN(value) ? null : value
  }

  #find(): Float64Array {
    const counts = this.#counts
    const ends = new Uint32Array(counts.length)
    let total = 0
    for (let group = 0; group < counts.length; group++) {
      ends[group] = total
      total += counts[group]!
    }
    const sorted = new Float64Array(total)
    for (const { groups, values } of this.#chunks) {
      for (let i = 0; i < groups.length; i++) sorted[ends[groups[i]!]!++] = values[i]!
    }
    return Float64Array.from(counts, (count, group) => {
      if (count === 0) return Number.NaN
      const from = ends[group]! - count
      return sorted.subarray(from, ends[group]!).sort()[Math.ceil((this.#percent * count) / 100) - 1]!
    })
  }
}

/** How many different values, null and nothing aside. */
class DistinctValues implements Accumulator {
  readonly #counts: Uint32Array
  readonly #dimension: Dimension
  readonly #seen = new Set<number>()
  readonly #groups: number

  constructor(groups: number, dimension: Dimension) {
    this.#counts = new Uint32Array(groups)
    this.#dimension = dimension
    this.#groups = groups
  }

  add({ part, of, more }: Grouped): void {
    const values = this.#dimension.read(part)
    const see = (slot: number, group: number) => {
      if (values.of[slot] === -1) return
      this.#see(group, values.of[slot]!)
      for (const value of values.more.get(slot) ?? []) this.#see(group, value)
    }
    eachSlot(part.rows, (slot) => {
      if (of[slot] !== -1) see(slot, of[slot]!)
    })
    for (const [slot, group] of more) see(slot, group)
  }

  #see(group: number, number: number): void {
    const key = number * this.#groups + group
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (isValue(this.#dimension.value(number))) this.#counts[group]!++
  }

  get(group: number): number {
    return this.#counts[group]!
  }
}

function isValue(value: GroupValue): boolean {
  return value !== null && value !== MISSING
}
