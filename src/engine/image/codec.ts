/** Postings as arrays, and back: what all codecs are made of. */
import { type RowSet, uncountedSet } from '../sets/rowset.ts'
import type { Packed, Postings } from '../terms/postings.ts'
import { check, isAscending, type Numbers, type Taken } from './numbers.ts'

/** What postings must fit: the rows of their segment, and the terms of their index. */
export interface Bounds {
  readonly rows: number
  readonly terms: number
}

/** Postings to arrays and back. `read` throws `Damage` for arrays that are not what `write` gives. */
export interface Codec<Kind extends Postings = Postings> {
  write(postings: Kind): Numbers[]
  read(taken: Taken, bounds: Bounds): Kind
}

const wordsOf = (rows: number) => (rows + 31) >>> 5

/** The five arrays of packed postings: bitmaps stand one after another, each as long as its segment. */
export function writePacked({ terms, offsets, slots, bitmaps }: Packed): Numbers[] {
  const places = bitmaps.flatMap((set, place) => (set === undefined ? [] : [place]))
  const length = places.length === 0 ? 0 : bitmaps[places[0]!]!.words!.length
  const words = new Int32Array(places.length * length)
  places.forEach((place, i) => {
    words.set(bitmaps[place]!.words!, i * length)
  })
  return [terms, offsets, slots, Uint32Array.from(places), words]
}

/** What `writePacked` gave. O(terms), with all numbers checked O(postings). */
export function readPacked(taken: Taken, { rows, terms: count }: Bounds): Packed {
  const terms = taken.next('u32')
  const offsets = taken.next('u32', terms.length + 1)
  const slots = taken.next('u16')
  const places = taken.next('u32')
  const length = wordsOf(rows)
  const words = taken.next('i32', places.length * length)
  check(isAscending(terms, 0, terms.length, true) && below(terms, count), 'terms do not ascend, or are none')
  check(isAscending(places, 0, places.length, true) && below(places, terms.length), 'bitmaps belong to no term')
  check(offsets[0] === 0 && offsets[terms.length] === slots.length, 'lists do not end where their array does')
  check(isAscending(offsets, 0, offsets.length, false), 'lists do not ascend')
  const bitmaps: (RowSet | undefined)[] = []
  places.forEach((place, i) => {
    const own = words.subarray(i * length, (i + 1) * length)
    check(fits(own, rows), 'a bitmap has rows that the segment has not')
    bitmaps[place] = uncountedSet(own)
  })
  if (taken.isFull) {
    for (let i = 0; i < terms.length; i++) {
      const [from, to] = [offsets[i]!, offsets[i + 1]!]
      check(from < to !== (bitmaps[i] !== undefined), 'a term has no rows, or two lists of them')
      checkList(slots, from, to, rows)
    }
  }
  return { terms, offsets, slots, bitmaps }
}

/** Whether a bitmap has no bit beyond so many rows. */
export function fits(words: Int32Array, rows: number): boolean {
  return rows % 32 === 0 || words[words.length - 1]! >>> (rows % 32) === 0
}

function checkList(slots: Uint16Array, from: number, to: number, rows: number): void {
  check(isAscending(slots, from, to, true), 'the rows of a term do not ascend')
  check(from === to || slots[to - 1]! < rows, 'a term has rows that the segment has not')
}

/** Whether ascending numbers are all below a bound. */
export function below(numbers: ArrayLike<number>, bound: number): boolean {
  return numbers.length === 0 || numbers[numbers.length - 1]! < bound
}
