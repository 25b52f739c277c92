/**
 * Which rows of a segment have which terms: packed, no object a term.
 *
 *     terms    [ 2,    5,    9 ]        ascending; place p of a term is found by bisection
 *     offsets  [ 0,    3,    3,    4 ]  slots of the term at place p: slots[offsets[p]] … slots[offsets[p + 1]]
 *     slots    [ 1, 8, 9,          4 ]
 *     bitmaps  [ -,    x,    - ]        terms over a sixteenth of the rows stand here instead
 */
import { search } from './bisect.ts'
import { countBits, DENSE_PART, listSet, NO_ROWS, nextFrom, type RowSet, wordSet } from './rowset.ts'

/** Term to set of rows, within one segment. */
export class Postings {
  /** Terms that some row has, ascending. */
  readonly terms: Uint32Array
  readonly #offsets: Uint32Array
  readonly #slots: Uint16Array
  readonly #bitmaps: readonly (RowSet | undefined)[]

  constructor(terms: Uint32Array, offsets: Uint32Array, slots: Uint16Array, bitmaps: readonly (RowSet | undefined)[]) {
    this.terms = terms
    this.#offsets = offsets
    this.#slots = slots
    this.#bitmaps = bitmaps
  }

  /** The place of a term among `terms`, or -1. O(log terms). */
  place(term: number): number {
    return search(this.terms, term)
  }

  /** The rows at a place, of a segment as it was built: dead rows are among them. A view, O(1). */
  at(place: number): RowSet {
    return this.#bitmaps[place] ?? listSet(this.#slots.subarray(this.#offsets[place]!, this.#offsets[place + 1]!))
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

  /** The same postings under renumbered terms; the order of terms must be kept. O(terms). */
  renumbered(numbers: Uint32Array): Postings {
    const terms = this.terms.map((term) => numbers[term]!)
    return new Postings(terms, this.#offsets, this.#slots, this.#bitmaps)
  }

  /** Bytes held. */
  get bytes(): number {
    const bitmaps = this.#bitmaps.reduce((sum, set) => sum + (set?.words?.byteLength ?? 0), 0)
    return this.terms.byteLength + this.#offsets.byteLength + this.#slots.byteLength + bitmaps
  }
}

/** Collects pairs of a term and a slot, in any order, and packs them. Pairs grow by doubling: 6 bytes each while building. */
export class PostingsBuilder {
  #terms = new Uint32Array(256)
  #slots = new Uint16Array(256)
  #length = 0

  /** Adds a pair; one given twice counts once. O(1) amortised. */
  add(term: number, slot: number): void {
    if (this.#length === this.#terms.length) this.#grow()
    this.#terms[this.#length] = term
    this.#slots[this.#length++] = slot
  }

  #grow(): void {
    const terms = new Uint32Array(this.#length * 2)
    terms.set(this.#terms)
    this.#terms = terms
    const slots = new Uint16Array(this.#length * 2)
    slots.set(this.#slots)
    this.#slots = slots
  }

  /** Packs the pairs for a segment of `rows` rows, with terms below `termCount`. O(pairs + terms), O(pairs log pairs) for few. */
  build(rows: number, termCount: number): Postings {
    return pack(this.#length * 4 < termCount ? this.#sortFew() : this.#sortMany(termCount), rows)
  }

  /** Few pairs beside many terms: each pair as one number, 2^16 × term + slot, sorted by the runtime. */
  #sortFew(): Pairs {
    const keys = new Float64Array(this.#length)
    for (let i = 0; i < keys.length; i++) keys[i] = this.#terms[i]! * 65_536 + this.#slots[i]!
    keys.sort()
    const terms = new Uint32Array(keys.length)
    const slots = new Uint16Array(keys.length)
    for (let i = 0; i < keys.length; i++) {
      terms[i] = Math.floor(keys[i]! / 65_536)
      slots[i] = keys[i]! % 65_536
    }
    return { terms, slots }
  }

  /** Counting sort by term; a term's slots keep the order in which they came and are sorted only where that was not ascending. */
  #sortMany(termCount: number): Pairs {
    const ends = new Uint32Array(termCount + 1)
    for (let i = 0; i < this.#length; i++) ends[this.#terms[i]! + 1]!++
    for (let t = 0; t < termCount; t++) ends[t + 1]! += ends[t]!
    const terms = new Uint32Array(this.#length)
    const slots = new Uint16Array(this.#length)
    for (let i = 0; i < this.#length; i++) {
      const at = ends[this.#terms[i]!]!++
      terms[at] = this.#terms[i]!
      slots[at] = this.#slots[i]!
    }
    for (let i = 1, from = 0, isAscending = true; i <= slots.length; i++) {
      if (i < slots.length && terms[i] === terms[from]) {
        if (slots[i]! < slots[i - 1]!) isAscending = false
        continue
      }
      if (!isAscending) slots.subarray(from, i).sort()
      from = i
      isAscending = true
    }
    return { terms, slots }
  }
}

interface Pairs {
  readonly terms: Uint32Array
  readonly slots: Uint16Array
}

/** Sorted pairs to postings: repeats dropped, dense terms to bitmaps. O(pairs). */
function pack({ terms: pairTerms, slots: pairSlots }: Pairs, rows: number): Postings {
  let distinct = 0
  for (let i = 0; i < pairTerms.length; i++) if (i === 0 || pairTerms[i] !== pairTerms[i - 1]) distinct++
  const terms = new Uint32Array(distinct)
  const offsets = new Uint32Array(distinct + 1)
  const bitmaps: (RowSet | undefined)[] = []
  let place = 0
  let kept = 0
  for (let i = 0; i < pairTerms.length; ) {
    const term = pairTerms[i]!
    const from = kept
    let last = -1
    for (; i < pairTerms.length && pairTerms[i] === term; i++) {
      if (pairSlots[i] === last) continue
      last = pairSlots[i]!
      pairSlots[kept++] = last
    }
    terms[place] = term
    if ((kept - from) * DENSE_PART > rows && rows > DENSE_PART) {
      bitmaps[place] = toBitmap(pairSlots.subarray(from, kept), rows)
      kept = from
    }
    offsets[++place] = kept
  }
  return new Postings(terms, offsets, pairSlots.slice(0, kept), bitmaps)
}

function toBitmap(slots: Uint16Array, rows: number): RowSet {
  const words = new Int32Array((rows + 31) >>> 5)
  for (const slot of slots) words[slot >>> 5]! |= 1 << (slot & 31)
  return wordSet(words, countBits(words, 0, words.length))
}
