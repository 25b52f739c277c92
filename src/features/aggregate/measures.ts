/** What is made of the numbers of each group: one accumulator an aggregate. */
import { lowerBound } from '../../base/bisect.ts'
import { ExactSums } from '../../base/exact-sum.ts'
import type { NumberPart } from '../../engine/columns/number-part.ts'
import type { Engine } from '../../engine/engine.ts'
import { eachSlot } from '../../engine/sets/rowset.ts'
import { MISSING } from '../facets/scope.ts'
import { type Dimension, dimensionOf, type GroupValue, numbersIn } from './dimensions.ts'
import type { Grouped } from './groups.ts'
import type { Measure, NumberFunction, Source } from './request.ts'

/** The numbers of the rows of a segment, each with its group. A row in several groups has its numbers in each. */
export interface GroupedNumbers {
  readonly groups: Int32Array
  readonly values: Float64Array
}

/** Takes the rows of all groups, a segment at a time, and gives a value a group. */
export interface Accumulator {
  add(grouped: Grouped, numbersOf: (source: Source) => GroupedNumbers): void
  get(group: number): number | null
}

/** The accumulator of an aggregate, for so many groups. */
export function accumulatorOf({ make, source }: Measure, groups: number, engine: Engine): Accumulator {
  if (source === undefined) return new RowCounts(groups)
  if (make === 'count') return new RowsWithNumbers(groups, source, engine)
  if (make !== 'distinct') return new NUMBERS[make](groups, source, PERCENT[make])
  return source.field === 'id' ? new RowCounts(groups) : new DistinctValues(groups, dimensionOf(source, engine))
}

/** Puts the numbers of a segment beside the groups of their rows. O(numbers). */
export function groupNumbers({ slots, values }: NumberPart, { of, more }: Grouped): GroupedNumbers {
  const groups = new Int32Array(slots.length)
  const kept = new Float64Array(slots.length)
  let length = 0
  for (let i = 0; i < slots.length; i++) {
    const group = of[slots[i]!]!
    if (group < 0) continue
    groups[length] = group
    kept[length++] = values[i]!
  }
  const found = { groups: groups.subarray(0, length), values: kept.subarray(0, length) }
  if (more.length === 0) return found
  const [otherGroups, others]: [number[], number[]] = [[...found.groups], [...found.values]]
  for (const [slot, group] of more) {
    for (let i = lowerBound(slots, slot); slots[i] === slot; i++) {
      otherGroups.push(group)
      others.push(values[i]!)
    }
  }
  return { groups: Int32Array.from(otherGroups), values: Float64Array.from(others) }
}

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
  readonly #source: Source
  readonly #engine: Engine

  constructor(groups: number, source: Source, engine: Engine) {
    this.#counts = new Uint32Array(groups)
    this.#source = source
    this.#engine = engine
  }

  add({ part, of, more }: Grouped): void {
    const counts = this.#counts
    const { slots } = numbersIn(this.#source, part.segment, this.#engine)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      if (slot !== slots[i - 1] && of[slot]! >= 0) counts[of[slot]!]!++
    }
    for (const [slot, group] of more) if (slots[lowerBound(slots, slot)] === slot) counts[group]!++
  }

  get(group: number): number {
    return this.#counts[group]!
  }
}

/** Sums. */
class Sums implements Accumulator {
  protected readonly sums: ExactSums
  /** How many numbers there are, however many a row has. */
  protected readonly counts: Uint32Array
  readonly #source: Source

  constructor(groups: number, source: Source) {
    this.sums = new ExactSums(groups)
    this.counts = new Uint32Array(groups)
    this.#source = source
  }

  add(_: Grouped, numbersOf: (source: Source) => GroupedNumbers): void {
    const { groups, values } = numbersOf(this.#source)
    const { counts } = this
    this.sums.addEach(groups, values)
    for (let i = 0; i < groups.length; i++) counts[groups[i]!]!++
  }

  get(group: number): number | null {
    return this.counts[group] === 0 ? null : this.sums.get(group)
  }
}

/** Averages. */
class Averages extends Sums {
  override get(group: number): number | null {
    const count = this.counts[group]!
    return count === 0 ? null : this.sums.get(group) / count + 0
  }
}

/** Greatest numbers. */
class Greatest implements Accumulator {
  protected readonly sign: 1 | -1 = 1
  readonly #found: Float64Array
  readonly #source: Source

  constructor(groups: number, source: Source) {
    this.#found = new Float64Array(groups).fill(Number.NaN)
    this.#source = source
  }

  add(_: Grouped, numbersOf: (source: Source) => GroupedNumbers): void {
    const { groups, values } = numbersOf(this.#source)
    const found = this.#found
    const { sign } = this
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!
      // True for the first number too: nothing compares with NaN.
      if (!((found[group]! - values[i]!) * sign >= 0)) found[group] = values[i]!
    }
  }

  get(group: number): number | null {
    const value = this.#found[group]!
    return Number.isNaN(value) ? null : value + 0
  }
}

/** Least numbers. */
class Least extends Greatest {
  protected override readonly sign = -1
}

/** The numbers at which so many percent are reached, by nearest rank. 12 bytes a number while they are made. */
class Percentiles implements Accumulator {
  readonly #source: Source
  readonly #percent: number
  readonly #counts: Uint32Array
  readonly #parts: GroupedNumbers[] = []
  #found: Float64Array | undefined

  constructor(groups: number, source: Source, percent: number) {
    this.#source = source
    this.#percent = percent
    this.#counts = new Uint32Array(groups)
  }

  add(_: Grouped, numbersOf: (source: Source) => GroupedNumbers): void {
    const numbers = numbersOf(this.#source)
    const counts = this.#counts
    for (let i = 0; i < numbers.groups.length; i++) counts[numbers.groups[i]!]!++
    this.#parts.push(numbers)
  }

  get(group: number): number | null {
    this.#found ??= this.#find()
    const value = this.#found[group]!
    return Number.isNaN(value) ? null : value + 0
  }

  #find(): Float64Array {
    const ends = new Uint32Array(this.#counts.length)
    let total = 0
    this.#counts.forEach((count, group) => {
      ends[group] = total
      total += count
    })
    const sorted = new Float64Array(total)
    for (const { groups, values } of this.#parts) {
      for (let i = 0; i < groups.length; i++) sorted[ends[groups[i]!]!++] = values[i]!
    }
    return Float64Array.from(this.#counts, (count, group) => {
      const all = sorted.subarray(ends[group]! - count, ends[group]!).sort()
      return all[Math.ceil((this.#percent * count) / 100) - 1] ?? Number.NaN
    })
  }
}

/** What makes numbers of the numbers of each group. */
const NUMBERS = {
  ...{ sum: Sums, avg: Averages, min: Least, max: Greatest },
  ...{ p50: Percentiles, p90: Percentiles, p95: Percentiles, p99: Percentiles },
} as const satisfies Record<NumberFunction, new (groups: number, source: Source, percent: number) => Accumulator>

const PERCENT: Readonly<Record<NumberFunction, number>> = {
  ...{ sum: 0, avg: 0, min: 0, max: 0 },
  ...{ p50: 50, p90: 90, p95: 95, p99: 99 },
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
      if (values.more.size === 0) return
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
