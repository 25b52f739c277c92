/** Rows by group: a group is a combination of the values of each dimension. */
import type { Part } from '../../engine/run.ts'
import { slotsOf } from '../../engine/sets/rowset.ts'
import { raise } from '../../query/faults.ts'
import type { Dimension } from './dimensions.ts'
import type { Values } from './values.ts'

/** The most groups that an aggregate has. */
export const MOST_GROUPS = 100_000

/** Up to so many combinations their groups stand in an array, from then on in a map. */
const MOST_IN_ARRAY = 1 << 21

/** The values of a first dimension of so many are groups as they are, until the next one makes groups of them. */
const MOST_AS_GROUPS = 2048

/** The groups of the rows of one segment. */
export interface Grouped {
  readonly part: Part
  /** The slots of the rows. */
  readonly slots: Uint16Array
  /** By slot: its first group; -1 for rows in none and for all others. */
  readonly of: Int32Array
  /** Slots with several groups, with each of the others. */
  readonly more: readonly (readonly [slot: number, group: number])[]
}

/** All groups, and which rows are in them. */
export interface Groups {
  readonly count: number
  readonly parts: readonly Grouped[]
  /** By dimension and group: the number of the value. */
  readonly values: readonly Int32Array[]
}

/** A dimension, and what an error calls it. */
export interface Named {
  readonly name: string
  readonly dimension: Dimension
}

/** Puts rows into groups. Throws `InvalidQueryError` for more than 100,000. O(rows × dimensions). */
export function groupsOf(parts: readonly Part[], dimensions: readonly Named[]): Groups {
  let grouped = parts.map((part) => inOne(part, dimensions.length > 0))
  let [count, values]: [number, readonly Int32Array[]] = [1, []]
  dimensions.forEach(({ name, dimension }, at) => {
    // All segments first: only then it is known how many values there are.
    const read = grouped.map(({ part }) => dimension.read(part))
    if (at === 0 && dimensions.length > 1 && dimension.size <= MOST_AS_GROUPS) {
      // The next one numbers those that there are.
      grouped = grouped.map((each, i) => byValue(each, read[i]!))
      count = dimension.size
      values = [Int32Array.from({ length: count }, (_, value) => value)]
      return
    }
    const numbers = new Numbering(count, dimension.size)
    grouped = grouped.map((each, i) => combine(each, read[i]!, numbers))
    count = numbers.groups.length
    if (count > MOST_GROUPS) raise([tooMany(name, count, dimensions)])
    values = [...values.map((of) => placed(of, numbers.groups)), Int32Array.from(numbers.values)]
  })
  return { count, parts: grouped, values }
}

/** The rows of a segment in groups that have the numbers of their values. */
function byValue({ part, slots }: Grouped, values: Values): Grouped {
  const more = [...values.more].flatMap(([slot, others]) => others.map((value) => [slot, value] as const))
  return { part, slots, of: values.of, more }
}

/** All rows in one group. Dimensions look at the slots of rows alone (`isRowsOnly`), so what stands at others means nothing. */
function inOne(part: Part, isRowsOnly: boolean): Grouped {
  const slots = slotsOf(part.rows)
  const of = new Int32Array(part.segment.size)
  if (isRowsOnly) return { part, slots, of, more: [] }
  of.fill(-1)
  for (let i = 0; i < slots.length; i++) of[slots[i]!] = 0
  return { part, slots, of, more: [] }
}

/** What stands at some places. */
function placed(of: Int32Array, places: readonly number[]): Int32Array {
  const found = new Int32Array(places.length)
  for (let i = 0; i < places.length; i++) found[i] = of[places[i]!]!
  return found
}

/** Numbers pairs of a group and a value as they come. */
class Numbering {
  /** By number, the group and the value. */
  readonly groups: number[] = []
  readonly values: number[] = []
  readonly #size: number
  /** One more than the number of a pair, by group × size + value. */
  readonly #array: Int32Array | undefined
  readonly #map = new Map<number, number>()

  constructor(groups: number, size: number) {
    this.#size = size
    this.#array = groups * size <= MOST_IN_ARRAY ? new Int32Array(groups * size) : undefined
  }

  number(group: number, value: number): number {
    const key = group * this.#size + value
    const known = this.#array === undefined ? this.#map.get(key) : this.#array[key]
    if (known !== undefined && known !== 0) return known - 1
    this.values.push(value)
    const next = this.groups.push(group)
    if (this.#array === undefined) this.#map.set(key, next)
    else this.#array[key] = next
    return next - 1
  }

  /** Writes the number of the pair of each of some slots to `out`, where both are at least 0. As `number` of each, 2 ns a slot. */
  each(slots: Uint16Array, groups: Int32Array, values: Int32Array, out: Int32Array): void {
    const [array, size] = [this.#array, this.#size]
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      const group = groups[slot]!
      const value = values[slot]!
      if ((group | value) < 0) continue
      const known = array === undefined ? 0 : array[group * size + value]!
      out[slot] = known === 0 ? this.number(group, value) : known - 1
    }
  }
}

/** The rows of a segment in the groups that they are in, each with its values. */
function combine({ part, slots, of, more }: Grouped, values: Values, numbers: Numbering): Grouped {
  const combined = new Int32Array(of.length).fill(-1)
  const others: [number, number][] = []
  const add = (slot: number, group: number) => {
    if (combined[slot] === -1) combined[slot] = group
    else others.push([slot, group])
  }
  const first = values.of
  numbers.each(slots, of, first, combined)
  // A row with several groups or several values is in each combination.
  for (const [slot, found] of values.more) {
    if (of[slot] === -1) continue
    for (const value of found) add(slot, numbers.number(of[slot]!, value))
  }
  for (const [slot, group] of more) {
    if (first[slot] === -1) continue
    add(slot, numbers.number(group, first[slot]!))
    for (const value of values.more.get(slot) ?? []) add(slot, numbers.number(group, value))
  }
  return { part, slots, of: combined, more: others }
}

function tooMany(name: string, count: number, dimensions: readonly Named[]) {
  const by = dimensions.map((each) => each.name)
  const groups = by.length === 1 ? `${name} makes` : `${by.join(', ')} make, with the values of ${name},`
  const message = `by: expected at most ${MOST_GROUPS.toLocaleString('en')} groups, but ${groups} ${count.toLocaleString('en')}. Add a condition, or group by something that fewer values stand for.`
  return { parameter: 'by', value: by, code: 'INVALID_VALUE', message } as const
}
