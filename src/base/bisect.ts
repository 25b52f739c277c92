/**
 * Bisection of ascending typed arrays, by mnemonist: O(log length). `search` gives the place of a value or -1,
 * `lowerBound` the first place whose value is at least the given one, `upperBound` the first whose value is greater.
 * `lowerBoundWithComparator` does the same in any array, in the order of a comparator.
 */
export { lowerBound, lowerBoundWithComparator, search, upperBound } from 'mnemonist/utils/binary-search'

/** The first whole number from `from` to `to` that passes, where all after it pass too; `to` if none does. O(log(to - from)). */
export function partitionPoint(from: number, to: number, passes: (at: number) => boolean): number {
  let lo = from
  let hi = to
  while (lo < hi) {
    const mid = lo + Math.floor((hi - lo) / 2)
    if (passes(mid)) hi = mid
    else lo = mid + 1
  }
  return lo
}
