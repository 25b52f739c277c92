/** Rows by group: a group is a combination of the values of each dimension. */
import type { Part } from '../../engine/run.ts'
import { eachSlot } from '../../engine/sets/rowset.ts'
import { raise } from '../../query/faults.ts'
import type { Dimension, Values } from './dimensions.ts'

/** The most groups that an aggregate has. */
export const MOST_GROUPS = 100_000

/** Up to so many combinations their groups stand in an array, from then on in a map. */
const MOST_IN_ARRAY = 1 << 21

/** The groups of the rows of one segment. */
export interface Grouped {
  readonly part: Part
  /** By slot: its first group, or -1. */
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
  let grouped: Grouped[] = parts.map((part) => ({ part, of: allIn(part), more: [] }))
  let [count, values]: [number, readonly (readonly number[])[]] = [1, []]
  for (const { name, dimension } of dimensions) {
    // All segments first: only then it is known how many values there are.
    const read = grouped.map(({ part }) => dimension.read(part))
    const numbers = new Numbering(count, dimension.size)
    grouped = grouped.map((each, i) => combine(each, read[i]!, numbers))
    const { pairs } = numbers
    if (pairs.length > MOST_GROUPS) raise([tooMany(name, pairs.length, dimensions)])
    values = [...values.map((of) => pairs.map(([group]) => of[group]!)), pairs.map(([, value]) => value)]
    count = pairs.length
  }
  return { count, parts: grouped, values: values.map((of) => Int32Array.from(of)) }
}

/** Without dimensions all rows are in one group. */
function allIn({ segment, rows }: Part): Int32Array {
  const of = new Int32Array(segment.size).fill(-1)
  eachSlot(rows, (slot) => {
    of[slot] = 0
  })
  return of
}

/** Numbers pairs of a group and a value as they come. */
class Numbering {
  readonly pairs: (readonly [group: number, value: number])[] = []
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
    const next = this.pairs.push([group, value])
    if (this.#array === undefined) this.#map.set(key, next)
    else this.#array[key] = next
    return next - 1
  }
}

/** The rows of a segment in the groups that they are in, each with its values. */
function combine({ part, of, more }: Grouped, values: Values, numbers: Numbering): Grouped {
  const combined = new Int32Array(of.length).fill(-1)
  const others: [number, number][] = []
  const add = (slot: number, group: number) => {
    if (combined[slot] === -1) combined[slot] = group
    else others.push([slot, group])
  }
  const first = values.of
  eachSlot(part.rows, (slot) => {
    const value = first[slot]!
    if (of[slot] !== -1 && value !== -1) combined[slot] = numbers.number(of[slot]!, value)
  })
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
  return { part, of: combined, more: others }
}

function tooMany(name: string, count: number, dimensions: readonly Named[]) {
  const by = dimensions.map((each) => each.name)
  const groups = by.length === 1 ? `${name} makes` : `${by.join(', ')} make, with the values of ${name},`
  const message = `by: expected at most ${MOST_GROUPS.toLocaleString('en')} groups, but ${groups} ${count.toLocaleString('en')}. Add a condition, or group by something that fewer values stand for.`
  return { parameter: 'by', value: by, code: 'INVALID_VALUE', message } as const
}
