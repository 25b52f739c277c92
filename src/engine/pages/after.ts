/** Rows after a place in an order: a page that is found by what came before it, however deep it is. */
import type { OrderKey } from '../../query/spec.ts'
import type { Engine } from '../engine.ts'
import type { Matches, Part } from '../run.ts'
import type { Segment } from '../segments/segment.ts'
import { nextFrom, rank } from '../sets/rowset.ts'
import type { Order } from './ordered.ts'
import { earliest, permutationWalk, strategy, timeWalk, type Walk } from './pages.ts'

/**
 * The row numbers of the matches that come after a key, `size` at most, in order. No row need have the key.
 * By time: O(log rows + words) a part, and O(size × parts). In another order: O(log rows) along a permutation (sorted
 * once, see `Order.permutation`), then the slots that are passed; of few matches O(matches).
 */
export function rowNumbersAfter(matches: Matches, key: OrderKey, size: number, engine: Engine): number[] {
  const { parts, order } = matches
  const isWalked = strategy(matches) === 'permutation'
  const walks = parts.map((part): Walk => {
    if (order.isTime) return timeWalk(part, order.isBackwards, passed(part, key, order))
    // Along a permutation that is there already it is not far to the next match, but where there are very few.
    const isNear = order.isSorted(part.segment) && part.rows.count ** 2 > part.segment.size
    if (!isWalked && !isNear) return permutationWalk(part, firstAfter(part, key, size, order, engine))
    const slots = order.permutation(part.segment, engine)
    return permutationWalk(part, slots.subarray(placeAfter(slots, part.segment, key, order)))
  })
  const numbers: number[] = []
  for (let at = earliest(walks, order); at !== -1 && numbers.length < size; at = earliest(walks, order)) {
    const walk = walks[at]!
    numbers.push(walk.segment.rows[walk.slot]!)
    walk.next()
  }
  return numbers
}

/** How many matches of a part come no later than a key, in the order of time. */
function passed({ segment, rows }: Part, key: OrderKey, order: Order): number {
  if (!order.isBackwards) {
    return rank(
      rows,
      segment.firstSlot((slot) => order.compareToKey(segment, slot, key) > 0),
    )
  }
  const first = segment.firstSlot((slot) => order.compareToKey(segment, slot, key) <= 0)
  return rows.count - rank(rows, first)
}

/** The first place of a permutation whose slot comes after a key. O(log rows). */
function placeAfter(slots: Uint16Array, segment: Segment, key: OrderKey, order: Order): number {
  let lo = 0
  let hi = slots.length
  while (lo < hi) {
    const mid = (lo + hi) >>> 1
    if (order.compareToKey(segment, slots[mid]!, key) > 0) hi = mid
    else lo = mid + 1
  }
  return lo
}

/** The first `size` matches of a part after a key, in order. One pass that keeps the best: O(matches + size × log size). */
function firstAfter({ segment, rows }: Part, key: OrderKey, size: number, order: Order, engine: Engine): Uint16Array {
  order.prepare(segment, engine)
  const compare = (a: number, b: number) => order.compare(segment, a, segment, b)
  const slots: number[] = []
  // Past the worst of a full page nothing is of use.
  let worst = -1
  for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) {
    if (order.compareToKey(segment, slot, key) <= 0 || (worst !== -1 && compare(slot, worst) > 0)) continue
    slots.push(slot)
    if (slots.length < 4 * size + 64) continue
    slots.sort(compare).length = size
    worst = slots.at(-1)!
  }
  return Uint16Array.from(slots.sort(compare))
}
