/** Collects which row of a segment has which term, and packs that as postings. */
import { countBits, DENSE_PART, type RowSet, wordSet } from '../sets/rowset.ts'
import { type Packed, Postings } from './postings.ts'

/** Work that gives its result in the end, and the thread in between. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Rows, and pairs, that a step goes through. */
const STEP_ROWS = 1_024
const STEP_PAIRS = 1 << 18

/** Does something for all rows, a step's after another's. */
export function* stepwise(rows: number, act: (from: number, to: number) => void): Steps<void> {
  for (let from = 0; from < rows; from += STEP_ROWS) {
    act(from, Math.min(rows, from + STEP_ROWS))
    yield
  }
}

/** Collects pairs of a term and a slot, in any order, and packs them. Pairs grow by doubling: 6 bytes each while building. */
export class PostingsBuilder {
  #terms = new Uint32Array(256)
  #slots = new Uint16Array(256)
  #length = 0

  /** Takes over what other postings have of a row beyond its terms, where there is such. Slots ascend. */
  take?(slot: number, postings: Postings, from: number): void

  /** Adds a pair; one given twice counts once. O(1) amortised. */
  add(term: number, slot: number): void {
    if (this.#length === this.#terms.length) this.#grow()
    this.#terms[this.#length] = term
    this.#slots[this.#length++] = slot
  }

  #grow(): void {
    const terms = new Uint32Array(2 * this.#length)
    terms.set(this.#terms)
    this.#terms = terms
    const slots = new Uint16Array(2 * this.#length)
    slots.set(this.#slots)
    this.#slots = slots
  }

  /** Packs the pairs for a segment of `rows` rows, with terms below `termCount`. O(pairs + terms + tokens), O(pairs log pairs) for few. */
  build(rows: number, termCount: number): Postings {
    const steps = this.inSteps(rows, termCount)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }

  /** The same in steps of about a millisecond. */
  *inSteps(rows: number, termCount: number): Steps<Postings> {
    return new Postings(yield* this.pack(rows, termCount))
  }

  /** Packs the pairs, with those of `more`, and forgets the former. */
  protected *pack(rows: number, termCount: number, more?: Pairs): Steps<Packed> {
    const most = this.#length + (more?.units ?? 0)
    const groups =
      most * 4 < termCount ? this.#groupFew(most, rows, more) : yield* this.#groupMany(termCount, rows, more)
    this.#length = 0
    return yield* pack(groups, rows)
  }

  /** Few pairs beside many terms: each pair as one number, 2^16 × term + slot, sorted by the runtime. */
  #groupFew(most: number, rows: number, more?: Pairs): Groups {
    const given = new Float64Array(most)
    let length = 0
    for (; length < this.#length; length++) given[length] = this.#terms[length]! * 65_536 + this.#slots[length]!
    more?.eachRun(0, rows, (term, slot) => {
      given[length++] = term * 65_536 + slot
    })
    const keys = given.subarray(0, length).sort()
    const terms = new Uint32Array(length)
    const ends = new Uint32Array(length)
    const slots = new Uint16Array(length)
    let distinct = 0
    for (let i = 0; i < length; i++) {
      const term = Math.floor(keys[i]! / 65_536)
      slots[i] = keys[i]! - term * 65_536
      if (i === 0 || term !== terms[distinct - 1]) terms[distinct++] = term
      ends[distinct - 1] = i + 1
    }
    return { terms: terms.slice(0, distinct), ends, slots }
  }

  /** Counting sort by term; a term's slots keep the order in which they came. */
  *#groupMany(termCount: number, rows: number, more?: Pairs): Steps<Groups> {
    const ends = new Uint32Array(termCount + 1)
    for (let i = 0; i < this.#length; i++) ends[this.#terms[i]! + 1]!++
    const count = (term: number) => {
      ends[term + 1]!++
    }
    if (more !== undefined) yield* stepwise(rows, (from, to) => more.eachRun(from, to, count))
    let distinct = 0
    for (let t = 0; t < termCount; t++) {
      if (ends[t + 1]! > 0) distinct++
      ends[t + 1]! += ends[t]!
    }
    const slots = new Uint16Array(ends[termCount]!)
    // What ends term t is where term t + 1 begins, until it has been filled up to its own end.
    for (let i = 0; i < this.#length; i++) slots[ends[this.#terms[i]!]!++] = this.#slots[i]!
    const put = (term: number, slot: number) => {
      slots[ends[term]!++] = slot
    }
    if (more !== undefined) yield* stepwise(rows, (from, to) => more.eachRun(from, to, put))
    const terms = new Uint32Array(distinct)
    const lasts = new Uint32Array(distinct)
    for (let t = 0, place = 0, before = 0; t < termCount; t++) {
      if (ends[t] === before) continue
      before = ends[t]!
      terms[place] = t
      lasts[place++] = before
    }
    return { terms, ends: lasts, slots }
  }
}

/** Pairs that are kept elsewhere already. */
export interface Pairs {
  /** No fewer than there are pairs. */
  readonly units: number
  /** Calls `visit` with the pairs of the rows from one slot to before another, slots ascending. */
  eachRun(from: number, to: number, visit: (term: number, slot: number) => void): void
}

/** Slots by term: those of `terms[p]` end before `ends[p]`, where those of the next begin. */
interface Groups {
  readonly terms: Uint32Array
  readonly ends: ArrayLike<number>
  readonly slots: Uint16Array
}

/** Grouped pairs to postings: slots put in order where they are not, repeats dropped, dense terms to bitmaps. O(pairs). */
function* pack({ terms, ends, slots }: Groups, rows: number): Steps<Packed> {
  const offsets = new Uint32Array(terms.length + 1)
  const bitmaps: (RowSet | undefined)[] = []
  let kept = 0
  let from = 0
  let rest = STEP_PAIRS
  for (let place = 0; place < terms.length; place++) {
    const end = ends[place]!
    if (end > rest) {
      rest = end + STEP_PAIRS
      yield
    }
    const start = kept
    if (!isAscending(slots, from, end)) slots.subarray(from, end).sort()
    for (let last = -1; from < end; from++) {
      if (slots[from] === last) continue
      last = slots[from]!
      slots[kept++] = last
    }
    if ((kept - start) * DENSE_PART > rows && rows > DENSE_PART) {
      bitmaps[place] = toBitmap(slots.subarray(start, kept), rows)
      kept = start
    }
    offsets[place + 1] = kept
  }
  return { terms, offsets, slots: slots.slice(0, kept), bitmaps }
}

function isAscending(slots: Uint16Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (slots[i]! < slots[i - 1]!) return false
  return true
}

function toBitmap(slots: Uint16Array, rows: number): RowSet {
  const words = new Int32Array((rows + 31) >>> 5)
  for (const slot of slots) words[slot >>> 5]! |= 1 << (slot & 31)
  return wordSet(words, countBits(words, 0, words.length))
}
