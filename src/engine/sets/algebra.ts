/** Intersection and union of row sets. The results stand in a `Scratch`. */
import { lowerBound } from '../../base/bisect.ts'
import { countBits, listSet, NO_ROWS, nextFrom, type RowSet, wordSet } from './rowset.ts'
import type { Scratch } from './scratch.ts'

/**
 * The slots from `from` to `to` that are in all of `sets` and in none of `without`. `sets` has one at least.
 * With a list among `sets`: the shortest is walked and the others probed, O(shortest x sets). Without: one fused pass
 * of AND and popcount over the words of the range, O(words x sets).
 */
export function intersect(
  sets: readonly RowSet[],
  without: readonly RowSet[],
  from: number,
  to: number,
  scratch: Scratch,
): RowSet {
  let shortest: RowSet | undefined
  for (const set of sets) {
    if (set.count === 0) return NO_ROWS
    if (set.list !== undefined && (shortest === undefined || set.count < shortest.count)) shortest = set
  }
  return shortest === undefined
    ? intersectWords(sets, without, from, to, scratch)
    : probe(shortest, sets, without, from, to, scratch)
}

/** Walks a list and keeps the slots that the other sets agree on. The output is no longer than the list. */
function probe(
  shortest: RowSet,
  sets: readonly RowSet[],
  without: readonly RowSet[],
  from: number,
  to: number,
  scratch: Scratch,
): RowSet {
  const list = shortest.list!
  let { lo: start, hi: end } = shortest
  if (from > 0) start = lowerBound(list, from, start, end)
  if (start < end && to <= list[end - 1]!) end = lowerBound(list, to, start, end)
  const room = scratch.room(end - start)
  const left: Left = { slots: list, start, end, out: scratch.slots, room }
  let a: RowSet | undefined
  let b: RowSet | undefined
  for (const set of sets) {
    if (set === shortest) continue
    if (set.list !== undefined) keepListed(left, set, true)
    else if (a === undefined) a = set
    else if (b === undefined) b = set
    else {
      keepDense(left, a, b, set)
      a = b = undefined
    }
  }
  if (a !== undefined) keepDense(left, a, b ?? a, a)
  for (const set of without) {
    if (set.list !== undefined) keepListed(left, set, false)
    else dropDense(left, set)
  }
  return listSet(left.slots, left.start, left.end)
}

/** The slots that are left of a walk: `slots[start]` to `slots[end]`; from the first step on they stand in `out` from `room` on. */
interface Left {
  slots: Uint16Array
  start: number
  end: number
  readonly out: Uint16Array
  readonly room: number
}

/** Notes that what is left stands in the room, up to `end`. */
function settle(left: Left, end: number): void {
  left.slots = left.out
  left.start = left.room
  left.end = end
}

// Each of these keeps some of what is left. Where bits decide, each slot is written and counted if it stays: a branch on
// a bit that cannot be predicted takes four times as long.

/** Those that are in three bitmaps: three in one pass take as long as one. */
function keepDense(left: Left, a: RowSet, b: RowSet, c: RowSet): void {
  const { slots, start, end, out, room } = left
  const x = a.words!
  const y = b.words!
  const z = c.words!
  const first = Math.max(a.lo, b.lo, c.lo) << 5
  const last = Math.min(a.hi, b.hi, c.hi) << 5
  let i = start
  while (i < end && slots[i]! < first) i++
  let kept = room
  for (; i < end; i++) {
    const slot = slots[i]!
    if (slot >= last) break
    const w = slot >>> 5
    out[kept] = slot
    kept += ((x[w]! & y[w]! & z[w]!) >>> (slot & 31)) & 1
  }
  settle(left, kept)
}

/** Those that are not in a bitmap. */
function dropDense(left: Left, { words, lo, hi }: RowSet): void {
  const { slots, start, end, out, room } = left
  let kept = room
  for (let i = start; i < end; i++) {
    const slot = slots[i]!
    const w = slot >>> 5
    out[kept] = slot
    kept += w >= lo && w < hi ? (~words![w]! >>> (slot & 31)) & 1 : 1
  }
  settle(left, kept)
}

/** Those that are (`wanted`) or are not in a list. */
function keepListed(left: Left, { list, lo, hi }: RowSet, wanted: boolean): void {
  const { slots, start, end, out, room } = left
  // Both ascending: walk the other list along where the two are of a size, search in it where it is much longer.
  const others = list!
  const isFar = hi - lo > (end - start) * 16
  let kept = room
  let j = lo
  for (let i = start; i < end; i++) {
    const slot = slots[i]!
    if (isFar) j = lowerBound(others, slot, j, hi)
    else while (j < hi && others[j]! < slot) j++
    if ((j < hi && others[j] === slot) === wanted) out[kept++] = slot
  }
  settle(left, kept)
}

/** ANDs bitmaps within the words that hold `from` to `to`, masking the slots outside at both ends. */
function intersectWords(
  sets: readonly RowSet[],
  without: readonly RowSet[],
  from: number,
  to: number,
  scratch: Scratch,
): RowSet {
  let lo = from >>> 5
  let hi = (to + 31) >>> 5
  for (const set of sets) {
    if (set.lo > lo) lo = set.lo
    if (set.hi < hi) hi = set.hi
  }
  if (lo >= hi) return NO_ROWS
  const out = scratch.words()
  const a = sets[0]!.words!
  const b = sets[1]?.words
  const c = sets[2]?.words
  const d = sets[3]?.words
  // One to four at a time: each pass over 2,048 words costs a microsecond, however many sets it takes.
  if (d !== undefined) for (let w = lo; w < hi; w++) out[w] = a[w]! & b![w]! & c![w]! & d[w]!
  else if (c !== undefined) for (let w = lo; w < hi; w++) out[w] = a[w]! & b![w]! & c[w]!
  else if (b !== undefined) for (let w = lo; w < hi; w++) out[w] = a[w]! & b[w]!
  else for (let w = lo; w < hi; w++) out[w] = a[w]!
  for (let i = 4; i < sets.length; i++) {
    const more = sets[i]!.words!
    for (let w = lo; w < hi; w++) out[w]! &= more[w]!
  }
  for (const set of without) subtractFrom(out, set, lo, hi)
  if (lo === from >>> 5) out[lo]! &= -1 << (from & 31)
  if (hi === (to + 31) >>> 5 && (to & 31) !== 0) out[hi - 1]! &= ~(-1 << (to & 31))
  return wordSet(out, countBits(out, lo, hi), lo, hi)
}

/** Clears in words `lo` to `hi` of `out` the slots of `set`. */
function subtractFrom(out: Int32Array, set: RowSet, lo: number, hi: number): void {
  if (set.words !== undefined) {
    const end = Math.min(hi, set.hi)
    for (let w = Math.max(lo, set.lo); w < end; w++) out[w]! &= ~set.words[w]!
    return
  }
  for (let i = set.lo; i < set.hi; i++) {
    const slot = set.list![i]!
    const w = slot >>> 5
    if (w >= lo && w < hi) out[w]! &= ~(1 << (slot & 31))
  }
}

/** Sets in `out` the slots of `set`. O(count) for a list, O(words) for a bitmap. */
export function addTo(out: Int32Array, set: RowSet): void {
  const { list, words, lo, hi } = set
  if (words !== undefined) for (let w = lo; w < hi; w++) out[w]! |= words[w]!
  else for (let i = lo; i < hi; i++) out[list![i]! >>> 5]! |= 1 << (list![i]! & 31)
}

/** The slots of a set that pass. O(count + words). */
export function filter(set: RowSet, passes: (slot: number) => boolean, scratch: Scratch): RowSet {
  const from = scratch.room(set.count)
  const out = scratch.slots
  let kept = from
  for (let slot = nextFrom(set, 0); slot !== -1; slot = nextFrom(set, slot + 1)) if (passes(slot)) out[kept++] = slot
  return listSet(out, from, kept)
}

/** Lists of at most this many slots in all are united by sorting; more by a bitmap, whose clearing costs as much. */
const SORTED_UNION = 256

/** The slots in any of the sets, of a segment of `rows` rows. O(slots + words). */
export function unite(sets: readonly RowSet[], rows: number, scratch: Scratch): RowSet {
  if (sets.length === 0) return NO_ROWS
  if (sets.length === 1) return sets[0]!
  let total = 0
  let isSparse = true
  for (const set of sets) {
    total += set.count
    isSparse &&= set.list !== undefined
  }
  if (isSparse && total <= SORTED_UNION) {
    const room = scratch.room(total)
    const all = scratch.slots.subarray(room, room + total)
    let n = 0
    for (const { list, lo, hi } of sets) for (let i = lo; i < hi; i++) all[n++] = list![i]!
    all.sort()
    let kept = 0
    for (let i = 0; i < total; i++) if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i]!
    return listSet(all, 0, kept)
  }
  const hi = (rows + 31) >>> 5
  const out = scratch.clearedWords(hi)
  for (const set of sets) addTo(out, set)
  return wordSet(out, countBits(out, 0, hi), 0, hi)
}
