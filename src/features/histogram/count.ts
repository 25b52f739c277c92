/** Histograms: how many of the rows that match fall into each stretch of time. No document is read. */

import { lowerBound, upperBound } from '../../base/bisect.ts'
import { formatInstant } from '../../base/text/instant.ts'
import type { Engine } from '../../engine/engine.ts'
import { column } from '../../engine/pages/ordered.ts'
import { type Part, run } from '../../engine/run.ts'
import { countBits, lastTo, nextFrom, popcount, type RowSet } from '../../engine/sets/rowset.ts'
import { raise } from '../../query/faults.ts'
import type { QuerySpec } from '../../query/spec.ts'
import { beginnings, ZoneOffsets } from './calendar.ts'
import type { HistogramBucket, HistogramField, HistogramPlan } from './request.ts'

/** The most buckets that a histogram has. */
const MOST_BUCKETS = 10_000

/** The times of the rows of one segment, in whole milliseconds. */
interface Times {
  readonly first: number
  readonly last: number
  /** Adds how many rows are from each edge up to the next. */
  addTo(counts: Uint32Array, edges: Float64Array): void
}

/** A bisection is about so many steps, each dearer than one along the rows. */
const FEW_ROWS = 32

/**
 * By `started_at`: slots are in this order, so each edge is found by bisection, and what is between two of them counted
 * by popcount. Where buckets have few rows each, the rows are walked instead.
 */
function startTimes({ segment, rows }: Part): Times {
  const { ms, size } = segment
  const end = lastTo(rows, size - 1)
  const first = ms[nextFrom(rows, 0)]!
  return {
    first,
    last: ms[end]!,
    addTo: (counts, edges) => {
      let i = upperBound(edges, first) - 1
      if (rows.count < (upperBound(edges, ms[end]!) - i) * FEW_ROWS) {
        for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) {
          while (ms[slot]! >= edges[i + 1]!) i++
          counts[i]!++
        }
        return
      }
      for (let from = 0; from <= end; i++) {
        const to = lowerBound(ms, edges[i + 1]!, from)
        counts[i]! += countBetween(rows, from, to)
        from = to
      }
    },
  }
}

/** By any other time, which is in no order: each row is put into its bucket. Null is in none. */
function otherTimes({ segment, rows }: Part, field: HistogramField, engine: Engine): Times | undefined {
  const [ms] = column(segment, field, engine).numbers
  const found: number[] = []
  for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) {
    if (!Number.isNaN(ms[slot])) found.push(ms[slot]!)
  }
  if (found.length === 0) return undefined
  return {
    first: found.reduce((a, b) => Math.min(a, b)),
    last: found.reduce((a, b) => Math.max(a, b)),
    addTo: (counts, edges) => {
      for (const each of found) counts[upperBound(edges, each) - 1]!++
    },
  }
}

/**
 * Counts rows by time. Throws `InvalidQueryError` for more than 10,000 buckets. By `started_at`: O(buckets × log rows +
 * words) a segment; by another time: O(matches × log buckets).
 */
export function histogram(spec: QuerySpec, plan: HistogramPlan, engine: Engine): HistogramBucket[] {
  return run(spec, engine, (matches) => {
    const parts = matches.parts.flatMap(
      (part) => (plan.field === 'started_at' ? startTimes(part) : otherTimes(part, plan.field, engine)) ?? [],
    )
    if (parts.length === 0) return []
    const first = Math.min(...parts.map((part) => part.first))
    const last = Math.max(...parts.map((part) => part.last))
    const { edges, texts } = scaleOf(plan, first, last, engine)
    const from = upperBound(edges, first) - 1
    const counts = new Uint32Array(edges.length - 1)
    for (const part of parts) part.addTo(counts, edges)
    const buckets: HistogramBucket[] = []
    for (let i = from; edges[i]! <= last; i++) buckets.push({ from: texts[i]!, to: texts[i + 1]!, count: counts[i]! })
    return buckets
  })
}

/** Where buckets begin, and that in ISO 8601. */
export interface Scale {
  readonly key: string
  readonly offsets: ZoneOffsets
  readonly edges: Float64Array
  readonly texts: readonly string[]
}

/** The last scale of each store: a page asks for one again and again, over the same rows or fewer, and it costs more than the counting. */
const lastScales = new WeakMap<Engine, Scale>()

/**
 * Where the buckets of a plan begin, from that of the first instant or earlier to the end of that of the last or later. Throws
 * `InvalidQueryError` for more than 10,000 buckets.
 */
export function scaleOf(plan: HistogramPlan, first: number, last: number, engine: Engine): Scale {
  const key = `${plan.every} ${plan.timeZone}`
  const before = lastScales.get(engine)
  if (before?.key === key && before.edges[0]! <= first && before.edges.at(-1)! > last) return before
  const offsets = before?.offsets.timeZone === plan.timeZone ? before.offsets : new ZoneOffsets(plan.timeZone)
  const edges = edgesOf(plan, first, last, offsets)
  const texts = Array.from(edges, (ms) => new Date(ms).toISOString().replace('.000', ''))
  const scale = { key, offsets, edges, texts }
  lastScales.set(engine, scale)
  return scale
}

/** Where buckets begin, from that of the first instant to the end of that of the last. */
function edgesOf(plan: HistogramPlan, first: number, last: number, offsets: ZoneOffsets): Float64Array {
  const { every } = plan
  // To find out bucket by bucket takes seconds where each clock is looked up for the first time.
  if ((last - first) / LONGEST_MS[every] > MOST_BUCKETS) tooMany(plan, first, last)
  const edges: number[] = []
  for (const edge of beginnings(every, offsets, first)) {
    edges.push(edge)
    if (edge > last) break
    if (edges.length > MOST_BUCKETS) tooMany(plan, first, last)
  }
  return Float64Array.from(edges)
}

const HOUR = 3_600_000

/** No bucket is as long, however clocks change. */
const LONGEST_MS = { hour: 2 * HOUR, day: 48 * HOUR, week: 9 * 24 * HOUR, month: 33 * 24 * HOUR } as const

function tooMany({ field, every }: HistogramPlan, first: number, last: number): void {
  const span = [first, last].map((ms) => formatInstant({ ms, us: 0 })).join(' to ')
  const message = `every: expected at most ${MOST_BUCKETS} buckets, but ${field} of the rows spans ${span}, more than that many times one ${every}. Take a longer unit, or bound the time.`
  raise([{ parameter: 'every', value: every, code: 'INVALID_VALUE', message }])
}

/** How many slots of the set are from `from` to before `to`. O(log count) for a list, O(to - from) bits for a bitmap. */
function countBetween({ list, words, lo, hi }: RowSet, from: number, to: number): number {
  if (list !== undefined) return lowerBound(list, to, lo, hi) - lowerBound(list, from, lo, hi)
  const below = (slot: number) => {
    const w = slot >>> 5
    return w < lo || w >= hi ? 0 : popcount(words![w]! & ~(-1 << (slot & 31)))
  }
  const clamp = (slot: number) => Math.min(Math.max(slot >>> 5, lo), hi)
  return countBits(words!, clamp(from), clamp(to)) + below(to) - below(from)
}
