/** Collects which row of a segment has which term, and packs that as postings. */
import { countBits, DENSE_PART, type RowSet, wordSet } from '../sets/rowset.ts'
import { type Packed, Postings } from './postings.ts'
import { finish, STEP_NUMBERS, type Steps, stepwise } from './steps.ts'

/** So many pairs are collected in one array: growing copies no more than that at once. */
const CHUNK_PAIRS = 1 << 16
/** The most pairs that are sorted by the runtime, which cannot be done in steps. */
const MOST_FEW = 1 << 16

/** Collects pairs of a term and a slot, in any order, and packs them. Takes 6 bytes a pair while building. */
export class PostingsBuilder {
  /** Full chunks. */
  #chunks: Chunk[] = []
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
    if (this.#length >= CHUNK_PAIRS) {
      this.#chunks.push({ terms: this.#terms, slots: this.#slots, length: this.#length })
      this.#terms = new Uint32Array(CHUNK_PAIRS)
      this.#slots = new Uint16Array(CHUNK_PAIRS)
      this.#length = 0
      return
    }
    const terms = new Uint32Array(2 * this.#length)
    terms.set(this.#terms)
    this.#terms = terms
    const slots = new Uint16Array(2 * this.#length)
    slots.set(this.#slots)
    this.#slots = slots
  }

  /** Packs the pairs for a segment of `rows` rows, with terms below `termCount`. O(pairs + terms + tokens), O(pairs log pairs) for few. */
  build(rows: number, termCount: number): Postings {
    return finish(this.inSteps(rows, termCount))
  }

  /** The same in steps of about a millisecond. */
  *inSteps(rows: number, termCount: number): Steps<Postings> {
    return new Postings(yield* this.pack(rows, termCount))
  }

  /** Packs the pairs, with those of `more`, and forgets the former. */
  protected *pack(rows: number, termCount: number, more?: Pairs): Steps<Packed> {
    const chunks = [...this.#chunks, { terms: this.#terms, slots: this.#slots, length: this.#length }]
    this.#chunks = []
    this.#length = 0
    const most = chunks.reduce((sum, { length }) => sum + length, more?.units ?? 0)
    const isFew = most * 4 < termCount && most <= MOST_FEW
    const groups = isFew ? groupFew(most, chunks, more) : yield* groupMany(termCount, chunks, more)
    return yield* pack(groups, rows)
  }
}

/** Collected pairs. */
interface Chunk {
  readonly terms: Uint32Array
  readonly slots: Uint16Array
  readonly length: number
}

/** Pairs that are kept elsewhere already. */
export interface Pairs {
  /** What there is to go through: no fewer than there are pairs. */
  readonly units: number
  /** Calls `visit` with the pairs of the units from one to before another, slots ascending. */
  eachPair(from: number, to: number, visit: (term: number, slot: number) => void): void
}

/** Few pairs beside many terms: each pair as one number, 2^16 × term + slot, sorted by the runtime. */
function groupFew(most: number, chunks: readonly Chunk[], more?: Pairs): Groups {
  const given = new Float64Array(most)
  let length = 0
  const put = (term: number, slot: number) => {
    given[length++] = term * 65_536 + slot
  }
  for (const chunk of chunks) for (let i = 0; i < chunk.length; i++) put(chunk.terms[i]!, chunk.slots[i]!)
  more?.eachPair(0, more.units, put)
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
function* groupMany(termCount: number, chunks: readonly Chunk[], more?: Pairs): Steps<Groups> {
  const ends = new Uint32Array(termCount + 1)
  for (const [c, { terms, length }] of chunks.entries()) {
    if (c > 0) yield
    for (let i = 0; i < length; i++) ends[terms[i]! + 1]!++
  }
  const count = (term: number) => {
    ends[term + 1]!++
  }
  if (more !== undefined) yield* stepwise(more.units, (from, to) => more.eachPair(from, to, count))
  let distinct = 0
  yield* stepwise(termCount, (from, to) => {
    for (let t = from; t < to; t++) {
      if (ends[t + 1]! > 0) distinct++
      ends[t + 1]! += ends[t]!
    }
  })
  const slots = new Uint16Array(ends[termCount]!)
  // What ends term t is where term t + 1 begins, until it has been filled up to its own end.
  for (const [c, { terms, slots: given, length }] of chunks.entries()) {
    if (c > 0) yield
    for (let i = 0; i < length; i++) slots[ends[terms[i]!]!++] = given[i]!
  }
  const put = (term: number, slot: number) => {
    slots[ends[term]!++] = slot
  }
  if (more !== undefined) yield* stepwise(more.units, (from, to) => more.eachPair(from, to, put))
  const terms = new Uint32Array(distinct)
  const lasts = new Uint32Array(distinct)
  let place = 0
  let before = 0
  yield* stepwise(termCount, (from, to) => {
    for (let t = from; t < to; t++) {
      if (ends[t] === before) continue
      before = ends[t]!
      terms[place] = t
      lasts[place++] = before
    }
  })
  return { terms, ends: lasts, slots }
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
  let rest = STEP_NUMBERS
  for (let place = 0; place < terms.length; place++) {
    const end = ends[place]!
    const start = kept
    if (!isAscending(slots, from, end)) slots.subarray(from, end).sort()
    for (let last = -1; from < end; ) {
      if (from >= rest) {
        rest = from + STEP_NUMBERS
        yield
      }
      for (const to = Math.min(end, rest); from < to; from++) {
        if (slots[from] === last) continue
        last = slots[from]!
        slots[kept++] = last
      }
    }
    if ((kept - start) * DENSE_PART > rows && rows > DENSE_PART) {
      bitmaps[place] = toBitmap(slots.subarray(start, kept), rows)
      kept = start
    }
    offsets[place + 1] = kept
  }
  const whole = new Uint16Array(kept)
  yield* stepwise(kept, (from, to) => whole.set(slots.subarray(from, to), from))
  return { terms, offsets, slots: whole, bitmaps }
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
