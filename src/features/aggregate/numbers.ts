/** The numbers of the rows of each group, from one source. */
import { lowerBound } from '../../base/bisect.ts'
import { select } from '../../base/select.ts'
import type { NumberPart } from '../../engine/columns/number-part.ts'
import type { Engine } from '../../engine/engine.ts'
import { numbersIn } from './dimensions.ts'
import type { Grouped, Groups } from './groups.ts'
import type { Source } from './request.ts'

/** The numbers of the rows of a segment, each with its group, -1 for none. A row in several groups has its numbers in each. */
interface GroupedNumbers {
  readonly groups: Int32Array
  readonly values: Float64Array
}

/** Made once for all aggregates of the same numbers. */
export class NumbersOfGroups {
  /** Segment by segment. */
  readonly parts: readonly GroupedNumbers[]
  /** How many numbers a group has, however many a row has. */
  readonly counts: Uint32Array
  /** All numbers, those of a group beside each other, and where those of each group end. */
  #spread: { readonly values: Float64Array; readonly ends: Uint32Array } | undefined

  /** O(numbers). */
  constructor(source: Source, { count, parts }: Groups, engine: Engine) {
    this.parts = parts.map((grouped) => groupNumbers(numbersIn(source, grouped.part.segment, engine), grouped))
    this.counts = new Uint32Array(count)
    for (const { groups } of this.parts) countEach(groups, this.counts)
  }

  /** The number of a group at which so many percent are reached, by nearest rank; `undefined` without numbers. O(numbers of the group). */
  percentile(group: number, percent: number): number | undefined {
    this.#spread ??= this.#spreadOut()
    const { values, ends } = this.#spread
    const count = this.counts[group]!
    const end = ends[group]!
    return count === 0
      ? undefined
      : select(values, end - count, end, end - count + Math.ceil((percent * count) / 100) - 1)
  }

  /** 8 bytes a number. */
  #spreadOut() {
    const { counts } = this
    const ends = new Uint32Array(counts.length)
    let total = 0
    for (let group = 0; group < ends.length; group++) {
      ends[group] = total
      total += counts[group]!
    }
    const spread = new Float64Array(total)
    for (const { groups, values } of this.parts) {
      for (let i = 0; i < groups.length; i++) if (groups[i]! >= 0) spread[ends[groups[i]!]!++] = values[i]!
    }
    return { values: spread, ends }
  }
}

/** Adds how often each group is there. O(groups). */
export function countEach(groups: Int32Array, counts: Uint32Array): void {
  for (let i = 0; i < groups.length; i++) if (groups[i]! >= 0) counts[groups[i]!]!++
}

/** Puts the numbers of a segment beside the groups of their rows. O(numbers); O(1) where every row has one and most are in a group. */
function groupNumbers({ slots, values, isWhole }: NumberPart, { slots: rows, of, more }: Grouped): GroupedNumbers {
  if (isWhole && more.length === 0 && rows.length * 2 > of.length) return { groups: of, values }
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
