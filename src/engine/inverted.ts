/** One inverted index: a field's distinct values over all segments, and in each segment the rows of each. */
import { Dictionary, type TermValue } from './dictionary.ts'
import type { Documents, Row } from './documents.ts'
import { type Postings, PostingsBuilder } from './postings.ts'
import type { Segment } from './segment.ts'

/**
 * Says which values a row has in a field: calls `emit` with each, or `emitSlice` with where each stands in a text. Repeats
 * are allowed. An index that keeps the order of what it reads also gets each token by `next`; see `Sequences`.
 */
export type Extract = (
  row: Row,
  emit: (value: TermValue) => void,
  emitSlice: (text: string, from: number, to: number) => number,
  next: (token: number) => void,
) => void

/** Counts the documents that were read, and what for. */
export interface Work {
  /** To decide whether a row matches. */
  documentsRead: number
  /** To build indexes. */
  indexed: number
}

/** The terms of one field. Nothing is built before it is asked for; then each segment once, and new ones as they come. */
export class TermIndex {
  /** Its name in `stats()`. */
  readonly key: string
  readonly extract: Extract
  readonly dictionary = new Dictionary()
  /** Whether it keeps the order of what it reads. */
  readonly #keepsOrder: boolean

  constructor(key: string, extract: Extract, keepsOrder = false) {
    this.key = key
    this.extract = extract
    this.#keepsOrder = keepsOrder
  }

  /** A builder of postings for this index, from so many documents, if from any. */
  builder(documents = 0): PostingsBuilder {
    return new PostingsBuilder(this.#keepsOrder, documents)
  }

  /** Whether a segment has its postings. */
  isBuilt(segment: Segment): boolean {
    return segment.postings.has(this)
  }

  /** The postings of a segment, built if need be: O(live rows), each document read once. */
  postings(segment: Segment, documents: Documents, work: Work): Postings {
    const built = segment.postings.get(this)
    if (built !== undefined) return built
    const build = new PostingsBuild(this, segment, documents, work)
    build.step(segment.size)
    return segment.postings.get(this)!
  }

  /** Renumbers the terms when more than half of them are in no segment any more, so that memory follows live rows. */
  compact(segments: readonly Segment[]): void {
    const { dictionary } = this
    let held = 0
    for (const segment of segments) held += segment.postings.get(this)?.terms.length ?? 0
    if (dictionary.size <= 2 * held + 64) return
    const used = new Uint8Array(dictionary.size)
    for (const segment of segments) for (const term of segment.postings.get(this)?.terms ?? []) used[term] = 1
    const numbers = dictionary.compact(used)
    for (const segment of segments) {
      const postings = segment.postings.get(this)
      if (postings !== undefined) segment.postings.set(this, postings.renumbered(numbers))
    }
  }
}

/** The making of one segment's postings, in as many steps as one likes. */
export class PostingsBuild {
  readonly #index: TermIndex
  readonly #segment: Segment
  readonly #documents: Documents
  readonly #work: Work
  readonly #generation: number
  readonly #builder: PostingsBuilder
  #slot = 0

  constructor(index: TermIndex, segment: Segment, documents: Documents, work: Work) {
    this.#index = index
    this.#segment = segment
    this.#documents = documents
    this.#work = work
    this.#generation = index.dictionary.generation
    this.#builder = index.builder(segment.size)
  }

  /** Reads the next `rows` rows; true when the postings stand in the segment, or it came to nothing because terms were renumbered or the segment was merged meanwhile. */
  step(rows: number): boolean {
    const { dictionary, extract } = this.#index
    const segment = this.#segment
    if (segment.isGone || dictionary.generation !== this.#generation) return true
    const builder = this.#builder
    const end = Math.min(segment.size, this.#slot + rows)
    let slot = this.#slot
    const emit = (value: TermValue) => builder.add(dictionary.intern(value), slot)
    const emitSlice = (text: string, from: number, to: number) => {
      const term = dictionary.internSlice(text, from, to)
      builder.add(term, slot)
      return term
    }
    const next = (token: number) => builder.sequences?.add(token)
    for (; slot < end; slot++) {
      if (!segment.live.has(slot)) continue
      builder.sequences?.begin(slot)
      extract(this.#documents.row(segment.rows[slot]!), emit, emitSlice, next)
      this.#work.indexed++
    }
    this.#slot = slot
    if (slot < segment.size) return false
    segment.postings.set(this.#index, builder.build(segment.size, dictionary.size))
    return true
  }
}
