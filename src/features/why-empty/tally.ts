/** How many conditions each row meets, counted from the sets of rows that the engine finds: no row is read for it. */
import type { Engine } from '../../engine/engine.ts'
import { type Matches, run } from '../../engine/run.ts'
import type { Segment } from '../../engine/segments/segment.ts'
import { eachSlot } from '../../engine/sets/rowset.ts'
import type { Group, QuerySpec } from '../../query/spec.ts'

/** What a tally comes to. */
export interface Tallied {
  /** Rows that were counted at all. */
  readonly total: number
  /** Rows that meet all. */
  readonly count: number
  /** By condition, the rows that meet all others. */
  readonly without: readonly number[]
  /** The number of the row that meets most, the nearest of them, of equals the one with the least id. */
  readonly nearest: number | undefined
}

/** Rows of which conditions are counted, each of several conditions in turn. */
export class Tally {
  readonly #engine: Engine
  readonly #base: QuerySpec
  readonly #conditions: number
  /** By segment and slot: for each condition met one more than their number, for each that is nearly met 1. */
  readonly #scores = new Map<Segment, Uint32Array>()
  /** By segment and slot, the sum of the places of the conditions that are met, from 1. */
  readonly #places = new Map<Segment, Uint32Array>()

  /** `base` says which rows are counted, `conditions` of how many. */
  constructor(base: QuerySpec, conditions: number, engine: Engine) {
    this.#base = base
    this.#conditions = conditions
    this.#engine = engine
  }

  /** Counts the rows that meet the condition at a place, and gives how many there are. */
  meet(where: Group, place: number): number {
    return this.#run(where, (matches) => {
      this.#add(this.#scores, matches, this.#conditions + 1)
      this.#add(this.#places, matches, place + 1)
      return matches.count
    })
  }

  /** Counts the rows that nearly meet a condition. */
  nearlyMeet(where: Group): void {
    this.#run(where, (matches) => this.#add(this.#scores, matches, 1))
  }

  /** What it comes to. O(rows). */
  result(): Tallied {
    const n = this.#conditions
    const without = new Array<number>(n).fill(0)
    const { documents } = this.#engine
    return this.#run([], ({ parts, count: total }) => {
      let count = 0
      let nearest: number | undefined
      let best = -1
      for (const { segment, rows } of parts) {
        const scores = this.#scores.get(segment)
        const places = this.#places.get(segment)
        eachSlot(rows, (slot) => {
          const score = scores?.[slot] ?? 0
          const met = Math.floor(score / (n + 1))
          if (met === n) count++
          // The one place that is not in the sum of all.
          if (met === n - 1) without[(n * (n + 1)) / 2 - (places?.[slot] ?? 0) - 1]!++
          if (score < best) return
          const number = segment.rows[slot]!
          if (score > best || documents.id(number) < documents.id(nearest!)) nearest = number
          best = score
        })
      }
      return { total, count, without: without.map((rows) => rows + count), nearest }
    })
  }

  /** Runs the base with more conditions. With a trace, for what a diagnosis reads is no reason to build a text index. */
  #run<Result>(where: Group, collect: (matches: Matches) => Result): Result {
    return run({ ...this.#base, where: [...this.#base.where, ...where] }, this.#engine, collect, { trace: () => {} })
  }

  #add(to: Map<Segment, Uint32Array>, { parts }: Matches, points: number): void {
    for (const { segment, rows } of parts) {
      const sums = to.get(segment) ?? new Uint32Array(segment.size)
      to.set(segment, sums)
      eachSlot(rows, (slot) => {
        sums[slot]! += points
      })
    }
  }
}
