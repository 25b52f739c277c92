/** One inverted index: a field's distinct values over all segments, and in each segment the rows of each. */

import type { Documents, Row } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { Dictionary, type TermValue } from './dictionary.ts'
import { type Postings, PostingsBuilder } from './postings.ts'

/** Says which values a row has in a field: calls `emit` with each. Repeats are allowed. */
export type Extract = (row: Row, emit: (value: TermValue) => void) => void

/** Reads a row's texts, for an index that keeps the order of their runs. */
export type ReadTexts = (row: Row, reader: TextReader) => void

/** What is told of a row's texts. */
export interface TextReader {
  /** The term of a stretch of a text. The row does not have it by this alone. */
  term(text: string, from: number, to: number): number
  /** The row's next token; see `Sequences`. It has the terms of the runs among them. */
  next(token: number): void
  /** Another term that the row has. */
  add(term: number): void
}

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
  /** In the stead of `extract`, where the order is kept too. */
  readonly readTexts: ReadTexts | undefined
  readonly dictionary = new Dictionary()

  constructor(key: string, extract: Extract, readTexts?: ReadTexts) {
    this.key = key
    this.extract = extract
    this.readTexts = readTexts
  }

  /** A builder of postings for this index, for terms that are known or for tokens that are read. */
  builder(from: 'terms' | 'tokens'): PostingsBuilder {
    return new PostingsBuilder(this.readTexts !== undefined, from === 'tokens')
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
    while (!build.step(segment.size));
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
  #packing: ReturnType<PostingsBuilder['inSteps']> | undefined

  constructor(index: TermIndex, segment: Segment, documents: Documents, work: Work) {
    this.#index = index
    this.#segment = segment
    this.#documents = documents
    this.#work = work
    this.#generation = index.dictionary.generation
    this.#builder = index.builder('tokens')
  }

  /** Reads the next `rows` rows, or packs some of what was read; true when the postings stand in the segment, or it came to nothing because terms were renumbered or the segment was merged meanwhile. */
  step(rows: number): boolean {
    const { dictionary, extract, readTexts } = this.#index
    const segment = this.#segment
    if (segment.isGone || dictionary.generation !== this.#generation) return true
    const builder = this.#builder
    const end = Math.min(segment.size, this.#slot + rows)
    let slot = this.#slot
    const emit = (value: TermValue) => builder.add(dictionary.intern(value), slot)
    const reader: TextReader = {
      term: (text, from, to) => dictionary.internSlice(text, from, to),
      next: (token) => builder.sequences?.add(token),
      add: (term) => builder.add(term, slot),
    }
    for (; slot < end; slot++) {
      if (!segment.live.has(slot)) continue
      builder.sequences?.begin(slot)
      const row = this.#documents.row(segment.rows[slot]!)
      if (readTexts === undefined) extract(row, emit)
      else readTexts(row, reader)
      this.#work.indexed++
    }
    this.#slot = slot
    if (slot < segment.size) return false
    this.#packing ??= builder.inSteps(segment.size, dictionary.size)
    const { done, value } = this.#packing.next()
    if (done) segment.postings.set(this.#index, value)
    return done === true
  }
}
