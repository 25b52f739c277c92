/** One inverted index: a field's distinct values over all segments, and in each segment the rows of each. */

import type { Codec } from '../image/codec.ts'
import type { Documents, Row } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { Dictionary, type TermSearch, type TermValue } from './dictionary.ts'
import type { Postings } from './postings.ts'
import { PostingsBuilder } from './postings-builder.ts'
import type { ReadingSteps } from './steps.ts'

/** Says which values a row has in a field: calls `emit` with each. Repeats are allowed. */
export type Extract = (row: Row, emit: (value: TermValue) => void) => void

/**
 * Adds what a row has to a builder. Returns about how many UTF-16 units it went through; of a long row it may have read
 * nothing yet and return the steps of doing so.
 */
export type ReadRow = (row: Row, slot: number) => number | ReadingSteps

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
  /** Finds terms by a piece of them; without it each term is looked at. */
  readonly search: TermSearch | undefined

  constructor(key: string, extract: Extract, search?: (dictionary: Dictionary) => TermSearch) {
    this.key = key
    this.extract = extract
    this.search = search?.(this.dictionary)
  }

  /** How its postings become arrays and come back, where they are no plain ones. */
  readonly codec?: Codec

  /** A builder of postings for this index, for terms that are known (`terms`) or for rows that are read (`rows`). */
  builder(_from: 'terms' | 'rows'): PostingsBuilder {
    return new PostingsBuilder()
  }

  /** A function that adds what a row has to a builder for rows that are read; `isAlone`: for the one row of a segment. */
  reader(builder: PostingsBuilder, _isAlone?: boolean): ReadRow {
    const { dictionary, extract } = this
    let at = 0
    let units = 0
    const emit = (value: TermValue) => {
      if (typeof value === 'string') units += value.length
      builder.add(dictionary.intern(value), at)
    }
    return (row, slot) => {
      at = slot
      units = 0
      extract(row, emit)
      return units
    }
  }

  /** Bytes in memory beyond the strings of the documents and the postings, estimated. */
  get bytes(): number {
    return this.dictionary.bytes + (this.search?.bytes ?? 0)
  }

  /** Whether a segment has its postings. */
  isBuilt(segment: Segment): boolean {
    return segment.postings.has(this)
  }

  /** How many rows of these segments would have to be read to build what is lacking. O(segments). */
  lacking(segments: readonly Segment[]): number {
    return segments.reduce((rows, segment) => (this.isBuilt(segment) ? rows : rows + segment.live.count), 0)
  }

  /** Whether it keeps what a row has from one version of the row to the next, so that little is to be read. */
  knows(_row: Row): boolean {
    return false
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
    let kept = 0
    for (const segment of segments) kept += segment.postings.get(this)?.terms.length ?? 0
    if (dictionary.size <= 2 * kept + 64) return
    const used = new Uint8Array(dictionary.size)
    for (const segment of segments) for (const term of segment.postings.get(this)?.terms ?? []) used[term] = 1
    const numbers = dictionary.compact(used)
    // So that it lets go of the strings that are gone.
    this.search?.prepare(0)
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
  readonly #read: ReadRow
  #slot = 0
  /** The rest of the long row that is being read. */
  #reading: ReadingSteps | undefined
  #packing: ReturnType<PostingsBuilder['inSteps']> | undefined

  constructor(index: TermIndex, segment: Segment, documents: Documents, work: Work) {
    this.#index = index
    this.#segment = segment
    this.#documents = documents
    this.#work = work
    this.#generation = index.dictionary.generation
    this.#builder = index.builder('rows')
    this.#read = index.reader(this.#builder, segment.size === 1)
  }

  /**
   * Reads the next rows, `rows` at most and fewer where they have more than `units` UTF-16 units, or packs some of what was
   * read. Returns true when the postings stand in the segment, or it came to nothing because terms were renumbered or the
   * segment was merged meanwhile.
   */
  step(rows: number, units = Number.POSITIVE_INFINITY): boolean {
    const { dictionary } = this.#index
    const segment = this.#segment
    if (segment.isGone || dictionary.generation !== this.#generation) return true
    const end = Math.min(segment.size, this.#slot + rows)
    for (let read = 0; this.#slot < end && read < units; ) read += this.#readOn()
    if (this.#slot < segment.size) return false
    this.#packing ??= this.#builder.inSteps(segment.size, dictionary.size)
    const { done, value } = this.#packing.next()
    if (done) segment.postings.set(this.#index, value)
    return done === true
  }

  /** Reads the next row, or the next step of a long one. Returns how many units that was. */
  #readOn(): number {
    const segment = this.#segment
    const slot = this.#slot
    if (this.#reading === undefined) {
      if (!segment.live.has(slot)) {
        this.#slot++
        return 0
      }
      this.#work.indexed++
      const read = this.#read(this.#documents.read(segment.rows[slot]!), slot)
      if (typeof read === 'number') {
        this.#slot++
        return read
      }
      this.#reading = read
    }
    const { done, value } = this.#reading.next()
    if (!done) return value
    this.#reading = undefined
    this.#slot++
    return 0
  }
}
