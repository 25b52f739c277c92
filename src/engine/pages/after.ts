/** Rows after a place in an order: a page that is found by what came before it, however deep it is. */
import { bestN } from '../../base/best-n.ts'
import { partitionPoint } from '../../base/bisect.ts'
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
  return partitionPoint(0, slots.length, (at) => order.compareToKey(segment, slots[at]!, key) > 0)
}

/** The first `size` matches of a part after a key, in order. One pass that keeps the best: O(matches + size × log size). */
function firstAfter({ segment, rows }: Part, key: OrderKey, size: number, order: Order, engine: Engine): Uint16Array {
  order.prepare(segment, engine)
  const compare = (a: number, b: number) => order.compare(segment, a, segment, b)
  const after: number[] = []
  for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) {
    if (order.compareToKey(segment, slot, key) > 0) after.push(slot)
  }
  return Uint16Array.from(bestN(after, size, compare))
}
