/** Sets to rows in order: the slots of one page, found by skipping, or of all pages. */
import FixedReverseHeap from 'mnemonist/fixed-reverse-heap'
import type { Engine } from './engine.ts'
import type { Matches, Part } from './execute.ts'
import type { Order } from './ordered.ts'
import { has, lastTo, nextFrom, type RowSet, rank, select } from './rowset.ts'
import type { Segment } from './segment.ts'

/** How a page is found. */
export type PageStrategy = 'walk' | 'select' | 'permutation' | 'heap'

/** Other orders than time walk a sorted permutation, probing the set, when it has more than this part of the rows. */
const WALKED_PART = 8

/** Up to this place the rows of the pages before are walked over; further on they are skipped by counts. */
const WALKED_ROWS = 64

/** Which strategy finds the page that begins at `offset`. */
export function strategy({ parts, count, order }: Matches, offset: number): PageStrategy {
  if (order.isTime) return offset > WALKED_ROWS ? 'select' : 'walk'
  const rows = parts.reduce((sum, { segment }) => sum + segment.size, 0)
  return count * WALKED_PART < rows ? 'heap' : 'permutation'
}

/**
 * The row numbers of the matches from `offset` on, `size` at most, in order.
 * By time: O(size × parts), and for a far page O(log rows × words). In another order: O(rows) along a permutation
 * (sorted once, see `Order.permutation`), or O(matches × log(offset + size)) through a heap.
 */
export function rowNumbers(matches: Matches, offset: number, size: number, engine: Engine): number[] {
  const length = Math.min(size, matches.count - offset)
  if (length <= 0) return []
  const { parts, order } = matches
  const how = strategy(matches, offset)
  if (how === 'heap') return heaped(matches, offset, length, engine)
  const skipped = order.isTime ? skips(parts, offset, order.isBackwards) : parts.map(() => 0)
  const walks = parts.map((part, i) => walk(part, order, skipped[i]!, engine))
  if (!order.isTime) for (let i = 0; i < offset; i++) walks[earliest(walks, order)]!.next()
  return Array.from({ length }, () => {
    const first = walks[earliest(walks, order)]!
    const { segment, slot } = first
    first.next()
    return segment.rows[slot]!
  })
}

/** Goes over the matches of one segment in order. */
interface Walk {
  readonly segment: Segment
  /** The match it stands at, or -1 past the last. */
  slot: number
  next(): void
}

function walk(part: Part, order: Order, skip: number, engine: Engine): Walk {
  const { segment, rows } = part
  if (!order.isTime) return permutationWalk(segment, rows, order.permutation(segment, engine))
  if (skip >= rows.count) return { segment, slot: -1, next: () => undefined }
  return order.isBackwards
    ? {
        segment,
        slot: select(rows, rows.count - 1 - skip),
        next() {
          this.slot = lastTo(rows, this.slot - 1)
        },
      }
    : {
        segment,
        slot: select(rows, skip),
        next() {
          this.slot = nextFrom(rows, this.slot + 1)
        },
      }
}

function permutationWalk(segment: Segment, rows: RowSet, slots: Uint16Array): Walk {
  let at = -1
  const it: Walk = {
    segment,
    slot: -1,
    next() {
      do at++
      while (at < slots.length && !has(rows, slots[at]!))
      it.slot = slots[at] ?? -1
    },
  }
  it.next()
  return it
}

/** The walk that stands at the first row of all. One is not at its end. O(walks). */
function earliest(walks: readonly Walk[], order: Order): number {
  let best = -1
  for (let i = 0; i < walks.length; i++) {
    const { segment, slot } = walks[i]!
    if (slot === -1) continue
    if (best === -1 || compare(order, segment, slot, walks[best]!.segment, walks[best]!.slot) < 0) best = i
  }
  return best
}

function compare(order: Order, segment: Segment, slot: number, other: Segment, otherSlot: number): number {
  if (!order.isTime) return order.compare(segment, slot, other, otherSlot)
  const ascending = segment.compareSlots(slot, other, otherSlot)
  return order.isBackwards ? -ascending : ascending
}

/** Few matches in another order: the first `offset + length` are kept in a bounded heap. */
function heaped({ parts, count, order }: Matches, offset: number, length: number, engine: Engine): number[] {
  for (const { segment } of parts) order.prepare(segment, engine)
  const places: number[] = []
  parts.forEach(({ rows }, i) => {
    for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) places.push(i * 65_536 + slot)
  })
  const segmentOf = (place: number) => parts[Math.floor(place / 65_536)]!.segment
  const compare = (a: number, b: number) => order.compare(segmentOf(a), a % 65_536, segmentOf(b), b % 65_536)
  const rowAt = (place: number) => segmentOf(place).rows[place % 65_536]!
  if (offset + length === count) return places.sort(compare).slice(offset).map(rowAt)
  const heap = new FixedReverseHeap<number>(Array, compare, offset + length)
  for (const place of places) heap.push(place)
  return Array.from(heap.consume()).slice(offset).map(rowAt)
}

/**
 * How many matches of each part come before the one at `offset` in the order of time. Parts that end before the others
 * begin are skipped by their counts. For the rest: guess a row in the middle of the largest part, count by `rank` how
 * many rows come before it in each, and keep the half that `offset` is in; about 16 guesses a part.
 */
function skips(parts: readonly Part[], offset: number, isBackwards: boolean): number[] {
  const lo = parts.map(() => 0)
  const hi = parts.map(({ rows }) => rows.count)
  let left = skipWhole(parts, offset, isBackwards, lo)
  while (left > 0) {
    const widest = lo.reduce((best, _, i) => (hi[i]! - lo[i]! > hi[best]! - lo[best]! ? i : best), 0)
    const guess = (lo[widest]! + hi[widest]!) >>> 1
    const { segment, rows } = parts[widest]!
    const slot = select(rows, isBackwards ? rows.count - 1 - guess : guess)
    const before = parts.map((part, i) => {
      const ranked = i === widest ? guess : countBefore(part, segment, slot, isBackwards)
      return Math.min(Math.max(ranked, lo[i]!), hi[i]!)
    })
    const passed = before.reduce((sum, n, i) => sum + n - lo[i]!, 0)
    if (passed > left) {
      before.forEach((n, i) => {
        hi[i] = n
      })
      continue
    }
    before.forEach((n, i) => {
      lo[i] = n
    })
    left -= passed
    if (left === 0) break
    // The guessed row itself comes before the one at `offset` too.
    lo[widest] = guess + 1
    left--
  }
  return lo
}

/** Skips whole parts, in the order of time, as long as they end before all others begin. Gives what is left to skip. */
function skipWhole(parts: readonly Part[], offset: number, isBackwards: boolean, lo: number[]): number {
  const bySign = isBackwards ? -1 : 1
  const [start, end] = isBackwards ? [last, first] : [first, last]
  const order = parts.map((_, i) => i)
  order.sort((a, b) => bySign * parts[a]!.segment.compareSlots(start(parts[a]!), parts[b]!.segment, start(parts[b]!)))
  let left = offset
  for (let at = 0; at < order.length; at++) {
    const part = parts[order[at]!]!
    const following = order[at + 1] === undefined ? undefined : parts[order[at + 1]!]!
    if (part.rows.count > left) break
    if (following !== undefined) {
      const overlap = bySign * part.segment.compareSlots(end(part), following.segment, start(following))
      if (overlap > 0) break
    }
    lo[order[at]!] = part.rows.count
    left -= part.rows.count
  }
  return left
}

const first = () => 0
const last = ({ segment }: Part) => segment.size - 1

/** How many matches of a part come before a row of another segment, in the order of time. O(log rows + words). */
function countBefore({ segment, rows }: Part, other: Segment, slot: number, isBackwards: boolean): number {
  let lo = 0
  let hi = segment.size
  while (lo < hi) {
    const mid = (lo + hi) >>> 1
    if (segment.compareSlots(mid, other, slot) < 0) lo = mid + 1
    else hi = mid
  }
  const earlier = rank(rows, lo)
  return isBackwards ? rows.count - earlier : earlier
}
