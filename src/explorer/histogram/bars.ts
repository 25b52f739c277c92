/** The bars of the histogram: every stretch of time that there are conversations in, with the count of those shown. */
import type { HistogramBucket } from 'conversation-store'
import type { Span } from './time.ts'

/** Bars in order, without gaps. Milliseconds since 1970. */
export interface Bars {
  /** Where each bar begins, and where the last one ends: one more than there are counts. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** `all`: the stretches of all conversations. Those of the shown ones beyond them, which a write brings, are added. O(buckets). */
export function barsOf(all: readonly HistogramBucket[], shown: readonly HistogramBucket[]): Bars {
  const counts = new Map<number, number>()
  const ends: number[] = []
  for (const { from, to } of [...all, ...shown]) {
    counts.set(Date.parse(from), 0)
    ends.push(Date.parse(to))
  }
  for (const { from, count } of shown) counts.set(Date.parse(from), count)
  const edges = [...counts.keys()].sort((a, b) => a - b)
  if (edges.length === 0) return { edges: [], counts: [] }
  const last = ends.reduce((most, end) => Math.max(most, end))
  return { edges: [...edges, last], counts: edges.map((edge) => counts.get(edge)!) }
}

/** The bar that an instant is in; the first or last for one before or after all. O(log bars). */
export function barAt({ edges }: Bars, ms: number): number {
  let low = 0
  let high = edges.length - 2
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (edges[middle]! <= ms) low = middle
    else high = middle - 1
  }
  return low
}

/** The edge that is nearest to an instant. O(log bars). */
export function edgeAt(bars: Bars, ms: number): number {
  const at = barAt(bars, ms)
  const [before, after] = [bars.edges[at]!, bars.edges[at + 1]!]
  return ms - before < after - ms ? at : at + 1
}

/** The span of the bars from one to another, both in, in either order. */
export function spanOf({ edges }: Bars, a: number, b: number): Span {
  return { from: edges[Math.min(a, b)]!, to: edges[Math.max(a, b) + 1]! }
}

/** How many conversations the bars have that begin in a span. O(bars). */
export function countIn({ edges, counts }: Bars, { from, to }: Span): number {
  return counts.reduce((sum, count, i) => (edges[i]! >= from && edges[i]! < to ? sum + count : sum), 0)
}

/** A span moved by some bars, as many bars long, without leaving them. */
export function moved(bars: Bars, span: Span, by: number): Span {
  const first = barAt(bars, span.from)
  const last = barAt(bars, span.to - 1)
  const most = bars.counts.length - 1 - last
  const steps = Math.min(Math.max(by, -first), most)
  return spanOf(bars, first + steps, last + steps)
}

/** A span with one edge put elsewhere; beyond the other edge they change places. Never without a bar. */
export function resized(bars: Bars, span: Span, end: 'from' | 'to', ms: number): Span {
  const fixed = edgeAt(bars, end === 'from' ? span.to : span.from)
  const at = edgeAt(bars, ms)
  if (at === fixed) return end === 'from' ? spanOf(bars, fixed - 1, fixed - 1) : spanOf(bars, fixed, fixed)
  return spanOf(bars, Math.min(at, fixed), Math.max(at, fixed) - 1)
}
