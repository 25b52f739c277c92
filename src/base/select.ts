/** The number of a rank, without sorting all. */

/** So few numbers are sorted by insertion. */
const FEW = 8
/** The greatest so many are found in one pass. */
const GREATEST = 8
/** The greatest seen so far, from the greatest on. */
const seen = new Float64Array(GREATEST)

/**
 * The number that would be at place `rank` were those from `from` to before `to` sorted. They may change places. -0 is
 * equal to 0, and none is NaN. O(to - from) on the average: each round keeps one side of a number amid three (Hoare's
 * quickselect). What is left after more `rounds` than usual is sorted, so that no order of numbers takes O(count²).
 */
export function select(
  values: Float64Array,
  from: number,
  to: number,
  rank: number,
  rounds = 2 * (32 - Math.clz32(to - from)),
): number {
  let first = from
  let last = to - 1
  for (let round = 0; last - first >= FEW; round++) {
    if (last - rank < GREATEST) return greatest(values, first, last, rank)
    if (round === rounds) {
      values.subarray(first, last + 1).sort()
      return values[rank]!
    }
    const pivot = middle(values[first]!, values[(first + last) >>> 1]!, values[last]!)
    let i = first
    let j = last
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const value = values[i]!
      values[i++] = values[j]!
      values[j--] = value
    }
    if (rank <= j) last = j
    else if (rank >= i) first = i
    else return values[rank]!
  }
  sortFew(values, first, last)
  return values[rank]!
}

/** The least of the greatest `1 + last - rank`. One pass, whose branch is seldom taken: quickselect mispredicts half of its own. */
function greatest(values: Float64Array, first: number, last: number, rank: number): number {
  const end = last - rank
  seen.fill(Number.NEGATIVE_INFINITY)
  let least = Number.NEGATIVE_INFINITY
  for (let i = first; i <= last; i++) {
    const value = values[i]!
    if (!(value > least)) continue
    let at = end
    for (; at > 0 && seen[at - 1]! < value; at--) seen[at] = seen[at - 1]!
    seen[at] = value
    least = seen[end]!
  }
  return least
}

function middle(a: number, b: number, c: number): number {
  if (a < b) return b < c ? b : a < c ? c : a
  return a < c ? a : b < c ? c : b
}

function sortFew(values: Float64Array, first: number, last: number): void {
  for (let i = first + 1; i <= last; i++) {
    const value = values[i]!
    let j = i - 1
    for (; j >= first && values[j]! > value; j--) values[j + 1] = values[j]!
    values[j + 1] = value
  }
}
