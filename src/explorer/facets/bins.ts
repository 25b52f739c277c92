/** Bins of numbers: round edges that stay the same whatever is asked, so that a ticked range is always a row of bins. */

/** What is known of the numbers of a field among all conversations. Null where there is none. */
export interface Scale {
  readonly min: number | null
  readonly max: number | null
  /** The number that a hundredth of them is above. */
  readonly p99: number | null
  readonly distinct: number
}

/** So many different numbers are listed one by one. */
export const FEW_NUMBERS = 12
const BINS = 8

/**
 * The edges of bins, infinite at both ends so that no number is ever left out; round in between. They end at the 99th
 * percentile, since a single outlier would put all others into the first bin. Undefined for few numbers, which are
 * listed, and for none. O(1).
 *
 * @example edgesOf({ min: 0, max: 900, p99: 78, distinct: 300 }) // [-Infinity, 10, 20, 30, 40, 50, 60, 70, Infinity]
 */
export function edgesOf({ min, max, p99, distinct }: Scale, unit?: 'seconds'): readonly number[] | undefined {
  if (min === null || max === null || distinct <= FEW_NUMBERS) return undefined
  const end = p99 !== null && p99 > min ? p99 : max
  const least = (end - min) / BINS
  const step = (unit === 'seconds' ? TIME_STEPS.find((each) => each >= least) : undefined) ?? roundStep(least)
  if (!(step > 0) || !Number.isFinite(step)) return undefined
  const inner: number[] = []
  for (let n = Math.floor(min / step) + 1; n * step < end && inner.length <= 2 * BINS; n++) inner.push(times(n, step))
  const edges = [...new Set(inner)].filter((edge, i, all) => i === 0 || edge > all[i - 1]!)
  return edges.length === 0 ? undefined : [Number.NEGATIVE_INFINITY, ...edges, Number.POSITIVE_INFINITY]
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]

/** The least of 1, 2 or 5 times a power of ten that is not less. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10)
}

/** `n` times a round step, without the noise of binary fractions: 3 × 0.1 is 0.3. */
function times(n: number, step: number): number {
  return Number((n * step).toPrecision(12))
}

/** The bin that is in a range: whole, in part, or not at all. Open ends are null. */
export function overlap(
  bin: { readonly from: number; readonly to: number },
  range: { readonly from: number | null; readonly to: number | null },
): 'whole' | 'part' | 'none' {
  const from = range.from ?? Number.NEGATIVE_INFINITY
  const to = range.to ?? Number.POSITIVE_INFINITY
  if (from <= bin.from && bin.to <= to) return 'whole'
  return bin.from < to && from < bin.to ? 'part' : 'none'
}

/** A range with open ends as null, or nothing at all. */
export type Range = { readonly from: number | null; readonly to: number | null }
const ALL: Range = { from: null, to: null }

/**
 * The range after a bin is ticked: ticked bins are always in a row. A bin beside or beyond the range widens it; one at an
 * end of it is taken off; one in the middle is left alone. The last one that is taken off leaves no range.
 */
export function ticked(bin: { readonly from: number; readonly to: number }, range: Range): Range {
  const own = open(bin.from, bin.to)
  if (range.from === null && range.to === null) return own
  const from = range.from ?? Number.NEGATIVE_INFINITY
  const to = range.to ?? Number.POSITIVE_INFINITY
  if (overlap(bin, range) !== 'whole') return open(Math.min(from, bin.from), Math.max(to, bin.to))
  if (bin.from === from && bin.to === to) return ALL
  if (bin.from === from) return open(bin.to, to)
  if (bin.to === to) return open(from, bin.from)
  return own
}

function open(from: number, to: number): Range {
  return { from: Number.isFinite(from) ? from : null, to: Number.isFinite(to) ? to : null }
}
