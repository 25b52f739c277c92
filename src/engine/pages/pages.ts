/** Sets to rows in order: the rows of one page, found by skipping, or of all pages. */
import type { Engine } from '../engine.ts'
import type { Matches, Part } from '../run.ts'
import type { Segment } from '../segments/segment.ts'
import { has, lastTo, nextFrom, rank, select, slotsOf } from '../sets/rowset.ts'
import type { Order } from './ordered.ts'

/** How a page is found. */
export type PageStrategy = 'time' | 'permutation' | 'sort'

/** Other orders than time walk a sorted permutation, probing the set, when it has more than this part of the rows. */
const WALKED_PART = 8

/** One comparison of a sort takes about as long as so many steps along a permutation. */
const STEPS_A_COMPARISON = 8

/**
 * Which strategy finds the first `reach` rows of these matches. Where permutations are there already, a walk along them is
 * taken for few matches too, if it ends soon: with one match in twenty rows, page 5 is 1,000 steps away.
 */
export function strategy({ parts, count, order }: Matches, reach = count): PageStrategy {
  if (order.isTime) return 'time'
  const rows = parts.reduce((sum, { segment }) => sum + segment.size, 0)
  if (count * WALKED_PART >= rows) return 'permutation'
  const [steps, comparisons] = [(rows / count) * reach, count * Math.log2(count)]
  const isNear = steps < comparisons * STEPS_A_COMPARISON && parts.every(({ segment }) => order.isSorted(segment))
  return isNear ? 'permutation' : 'sort'
}

/**
 * The row numbers of the matches from `offset` on, `size` at most, in order.
 * By time: O(size × parts of a band), and for the skipping O(log rows × words) such a part, O(1) others. In another order:
 * O(rows) along a permutation (sorted once, see `Order.permutation`), or, of few matches, O(matches × log matches).
 *
 * A bounded heap for few matches lost: it saves some 20 % of the sort and costs a fifth of the library's weight.
 */
export function rowNumbers(matches: Matches, offset: number, size: number, engine: Engine): number[] {
  const { parts, count, order } = matches
  const length = Math.max(0, Math.min(size, count - offset))
  if (order.isTime) return timeNumbers(parts, offset, length, order)
  const isWalked = strategy(matches, offset + length) === 'permutation'
  const walks = parts.map((part) => {
    if (isWalked) return permutationWalk(part, order.permutation(part.segment, engine))
    order.prepare(part.segment, engine)
    const slots = slotsOf(part.rows).sort((a, b) => order.compare(part.segment, a, part.segment, b))
    return permutationWalk(part, slots)
  })
  for (let i = 0; i < offset; i++) take(walks, order)
  return Array.from({ length }, () => take(walks, order))
}

/** Band by band: those that a page is before or behind are not looked at. */
function timeNumbers(parts: readonly Part[], offset: number, length: number, order: Order): number[] {
  const numbers: number[] = []
  const inOrder = order.isBackwards ? [...parts].reverse() : parts
  let skipped = offset
  for (let from = 0; numbers.length < length; ) {
    let to = from
    let count = 0
    const { band } = inOrder[from]!.segment
    for (; to < inOrder.length && inOrder[to]!.segment.band === band; to++) count += inOrder[to]!.rows.count
    if (skipped < count) {
      const overlapping = inOrder.slice(from, to)
      const passed = skips(overlapping, skipped, order)
      const walks = overlapping.map((part, i) => timeWalk(part, order.isBackwards, passed[i]!))
      const end = Math.min(length, numbers.length + count - skipped)
      while (numbers.length < end) numbers.push(take(walks, order))
    }
    skipped = Math.max(0, skipped - count)
    from = to
  }
  return numbers
}

/** The row number at the earliest walk, which goes on. */
function take(walks: readonly Walk[], order: Order): number {
  const first = walks[walks.length === 1 ? 0 : earliest(walks, order)]!
  const number = first.segment.rows[first.slot]!
  first.next()
  return number
}

/** Goes over the matches of one segment in order. */
export interface Walk {
  readonly segment: Segment
  /** The match it stands at, or -1 past the last. */
  slot: number
  next(): void
}

/** Along the slots, in either direction. */
export function timeWalk({ segment, rows }: Part, isBackwards: boolean, skip: number): Walk {
  const next = isBackwards ? (slot: number) => lastTo(rows, slot - 1) : (slot: number) => nextFrom(rows, slot + 1)
  const start = isBackwards ? rows.count - 1 - skip : skip
  return {
    segment,
    slot: skip < rows.count ? select(rows, start) : -1,
    next() {
      this.slot = next(this.slot)
    },
  }
}

/** Along slots in another order, past those that do not match. */
export function permutationWalk({ segment, rows }: Part, slots: Uint16Array): Walk {
  let at = -1
  const walk: Walk = {
    segment,
    slot: -1,
    next() {
      do at++
      while (at < slots.length && !has(rows, slots[at]!))
      walk.slot = slots[at] ?? -1
    },
  }
  walk.next()
  return walk
}

/** The walk that stands at the first row of all. One is not at its end. O(walks). */
export function earliest(walks: readonly Walk[], order: Order): number {
  let best = -1
  for (let i = 0; i < walks.length; i++) {
    const { segment, slot } = walks[i]!
    if (slot === -1) continue
    if (best === -1 || order.compare(segment, slot, walks[best]!.segment, walks[best]!.slot) < 0) best = i
  }
  return best
}

/**
 * How many matches of each part come before the one at `offset` in the order of time. Guesses a row in the middle of
 * the part with the most rows in question, counts by `rank` how many rows come before it in each part, and keeps the
 * half that `offset` is in: about 16 guesses a part.
 */
function skips(parts: readonly Part[], offset: number, order: Order): number[] {
  if (parts.length === 1) return [offset]
  const lo = parts.map(() => 0)
  const hi = parts.map(({ rows }) => rows.count)
  let left = offset
  while (left > 0) {
    const widest = lo.reduce((best, _, i) => (hi[i]! - lo[i]! > hi[best]! - lo[best]! ? i : best), 0)
    const guess = (lo[widest]! + hi[widest]!) >>> 1
    const { segment, rows } = parts[widest]!
    const slot = select(rows, order.isBackwards ? rows.count - 1 - guess : guess)
    const before = parts.map((part, i) =>
      i === widest ? guess : Math.min(Math.max(countBefore(part, segment, slot, order), lo[i]!), hi[i]!),
    )
    const passed = before.reduce((sum, n, i) => sum + n - lo[i]!, 0)
    const side = passed > left ? hi : lo
    for (const [i, n] of before.entries()) side[i] = n
    if (passed > left) continue
    left -= passed
    if (left === 0) break
    // The guessed row itself comes before the one at `offset` too.
    lo[widest] = guess + 1
    left--
  }
  return lo
}

/** How many matches of a part come before a row of another segment, in the order of time. O(log rows + words). */
function countBefore({ segment, rows }: Part, other: Segment, slot: number, order: Order): number {
  const earlier = rank(
    rows,
    segment.firstSlot((at) => segment.compareSlots(at, other, slot) >= 0),
  )
  return order.isBackwards ? rows.count - earlier : earlier
}
