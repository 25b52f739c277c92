/**
 * Which rows of a segment have which terms: packed, no object a term.
 *
 *     terms    [ 2,    5,    9 ]        ascending; place p of a term is found by bisection
 *     offsets  [ 0,    3,    3,    4 ]  slots of the term at place p: slots[offsets[p]] … slots[offsets[p + 1]]
 *     slots    [ 1, 8, 9,          4 ]
 *     bitmaps  [ -,    x,    - ]        terms over a sixteenth of the rows stand here instead
 */
import { search } from '../../base/bisect.ts'
import { countBits, DENSE_PART, listSet, NO_ROWS, nextFrom, type RowSet, wordSet } from '../sets/rowset.ts'
import { commonTerms, eachPairOf, Neighbours } from '../text/neighbours.ts'
import { type Sequences, SequencesBuilder } from '../text/sequence.ts'
import { renumberToken } from '../text/tokens.ts'

/** In which order a segment's rows have their terms. */
export interface TermOrder {
  readonly sequences: Sequences
  readonly neighbours: Neighbours
}

/** Term to set of rows, within one segment. */
export class Postings {
  /** Terms that some row has, ascending. */
  readonly terms: Uint32Array
  readonly #offsets: Uint32Array
  readonly #slots: Uint16Array
  readonly #bitmaps: readonly (RowSet | undefined)[]
  /** What was read, in order, if the index keeps that. */
  readonly order: TermOrder | undefined

  constructor(
    terms: Uint32Array,
    offsets: Uint32Array,
    slots: Uint16Array,
    bitmaps: readonly (RowSet | undefined)[],
    order?: TermOrder,
  ) {
    this.terms = terms
    this.#offsets = offsets
    this.#slots = slots
    this.#bitmaps = bitmaps
    this.order = order
  }

  /** The same with the order of what was read. O(1). */
  with(order: TermOrder): Postings {
    return new Postings(this.terms, this.#offsets, this.#slots, this.#bitmaps, order)
  }

  /** The terms that have a bitmap, with it. O(terms). */
  dense(): [term: number, rows: RowSet][] {
    const dense: [number, RowSet][] = []
    this.#bitmaps.forEach((rows, place) => {
      if (rows !== undefined) dense.push([this.terms[place]!, rows])
    })
    return dense
  }

  /** The place of a term among `terms`, or -1. O(log terms). */
  place(term: number): number {
    return search(this.terms, term)
  }

  /** The rows at a place, of a segment as it was built: dead rows are among them. A view, O(1). */
  at(place: number): RowSet {
    return this.#bitmaps[place] ?? listSet(this.#slots, this.#offsets[place]!, this.#offsets[place + 1]!)
  }

  /** The rows that have a term. O(log terms). */
  rows(term: number): RowSet {
    const place = term < 0 ? -1 : this.place(term)
    return place === -1 ? NO_ROWS : this.at(place)
  }

  /** Calls `visit` with every pair of a term and a slot, terms ascending, slots ascending within each. O(pairs). */
  eachPair(visit: (term: number, slot: number) => void): void {
    for (let place = 0; place < this.terms.length; place++) {
      const term = this.terms[place]!
      const bitmap = this.#bitmaps[place]
      if (bitmap === undefined) {
        for (let i = this.#offsets[place]!; i < this.#offsets[place + 1]!; i++) visit(term, this.#slots[i]!)
      } else {
        for (let slot = nextFrom(bitmap, 0); slot !== -1; slot = nextFrom(bitmap, slot + 1)) visit(term, slot)
      }
    }
  }

  /** The same postings under renumbered terms; the order of terms must be kept. O(terms + tokens). */
  renumbered(numbers: Uint32Array): Postings {
    const terms = this.terms.map((term) => numbers[term]!)
    const order = this.order && {
      sequences: this.order.sequences.renumbered((token) => renumberToken(token, numbers)),
      neighbours: this.order.neighbours.renumbered(numbers),
    }
    return new Postings(terms, this.#offsets, this.#slots, this.#bitmaps, order)
  }

  /** Bytes held. */
  get bytes(): number {
    const bitmaps = this.#bitmaps.reduce((sum, set) => sum + (set?.words?.byteLength ?? 0), 0)
    const order = this.order === undefined ? 0 : this.order.sequences.bytes + this.order.neighbours.bytes
    return this.terms.byteLength + this.#offsets.byteLength + this.#slots.byteLength + bitmaps + order
  }
}

/** Work that gives its result in the end, and the thread in between. */
type Steps<Result> = Generator<undefined, Result, undefined>

/** Rows, and pairs, that a step goes through. */
const STEP_ROWS = 1_024
const STEP_PAIRS = 1 << 18

/** Does something for all rows, a step's after another's. */
function* stepwise(rows: number, act: (from: number, to: number) => void): Steps<void> {
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
  /** Collects what is read, in order, if that is kept. */
  readonly sequences: SequencesBuilder | undefined
  readonly #hasRuns: boolean

  /** `hasRuns`: rows have the terms of the runs among their tokens, which are not added apart. */
  constructor(keepsOrder = false, hasRuns = false) {
    this.sequences = keepsOrder ? new SequencesBuilder() : undefined
    this.#hasRuns = hasRuns
  }

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
    if (this.sequences === undefined) return yield* pack(yield* this.#group(termCount, rows), rows)
    const sequences = this.sequences.build(rows)
    yield
    const groups = yield* this.#group(termCount, rows, this.#hasRuns ? sequences : undefined)
    const postings = yield* pack(groups, rows)
    const common = commonTerms(postings, rows)
    this.#length = 0
    if (common.length > 0)
      yield* stepwise(
        rows,
        eachPairOf(common, sequences, (pair, slot) => this.add(pair, slot)),
      )
    const pairs = yield* pack(yield* this.#group(common.length ** 2, rows), rows)
    return postings.with({ sequences, neighbours: new Neighbours(common, pairs) })
  }

  /** The pairs by term, with those of the runs of all rows. */
  *#group(termCount: number, rows: number, runs?: Sequences): Steps<Groups> {
    const most = this.#length + (runs?.units ?? 0)
    return most * 4 < termCount ? this.#groupFew(most, rows, runs) : yield* this.#groupMany(termCount, rows, runs)
  }

  /** Few pairs beside many terms: each pair as one number, 2^16 × term + slot, sorted by the runtime. */
  #groupFew(most: number, rows: number, runs?: Sequences): Groups {
    const given = new Float64Array(most)
    let length = 0
    for (; length < this.#length; length++) given[length] = this.#terms[length]! * 65_536 + this.#slots[length]!
    runs?.eachRun(0, rows, (term, slot) => {
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
  *#groupMany(termCount: number, rows: number, runs?: Sequences): Steps<Groups> {
    const ends = new Uint32Array(termCount + 1)
    for (let i = 0; i < this.#length; i++) ends[this.#terms[i]! + 1]!++
    const count = (term: number) => {
      ends[term + 1]!++
    }
    if (runs !== undefined) yield* stepwise(rows, (from, to) => runs.eachRun(from, to, count))
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
    if (runs !== undefined) yield* stepwise(rows, (from, to) => runs.eachRun(from, to, put))
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

/** Slots by term: those of `terms[p]` end before `ends[p]`, where those of the next begin. */
interface Groups {
  readonly terms: Uint32Array
  readonly ends: ArrayLike<number>
  readonly slots: Uint16Array
}

/** Grouped pairs to postings: slots put in order where they are not, repeats dropped, dense terms to bitmaps. O(pairs). */
function* pack({ terms, ends, slots }: Groups, rows: number): Steps<Postings> {
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
  return new Postings(terms, offsets, slots.slice(0, kept), bitmaps)
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
