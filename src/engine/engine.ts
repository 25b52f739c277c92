/** What the rooms of the engine share: the rows, their segments and indexes, buffers and counters. No logic of its own. */

import type { Context } from './context.ts'
import type { KeptRuns } from './kept-runs.ts'
import { Meter } from './meter.ts'
import { cutByPowers } from './segments/cut.ts'
import { Documents } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import { Segments, THRESHOLDS, type Thresholds } from './segments/segments.ts'
import { Writes } from './segments/writes.ts'
import { intersect } from './sets/algebra.ts'
import type { RowSet } from './sets/rowset.ts'
import { Scratch } from './sets/scratch.ts'
import { Shared } from './sets/shared.ts'
import { Indexes } from './terms/indexes.ts'
import type { TermIndex, Work } from './terms/inverted.ts'
import type { TextIndex } from './terms/text-index.ts'

/** Scanning this many times the rows costs about as much as indexing their messages would. */
const SCANS_WORTH_AN_INDEX = 8

/** What an engine is made of. */
export interface EngineOptions {
  /** Where the representation changes its form. Tests set it low. */
  readonly thresholds?: Thresholds | undefined
  /** Finds strings by a piece of them: `textIndex` of `text/index.ts`. Without it, strings are looked at one by one. */
  readonly text?: TextIndex | undefined
  /** The most work of a query, in units: see `meter.ts`. No limit when absent. */
  readonly maxWork?: number | undefined
}

/** One store's engine. */
export class Engine implements Context {
  readonly documents = new Documents()
  readonly indexes: Indexes
  readonly work: Work = { documentsRead: 0, indexed: 0 }
  readonly scratch: Scratch
  readonly shared: Shared
  readonly meter = new Meter()
  readonly writes: Writes
  /** Whether conditions on messages are answered by the text index; until then they scan the rows that other conditions leave. */
  isTextIndexed = false
  readonly #options: EngineOptions
  readonly #segments: Segments
  /** Matches of queries that are asked together; undefined while none are. */
  runs: KeptRuns | undefined
  /** Has the text index built where no query is to wait for it. Without it, the first query that wants the index builds it. */
  indexLater: (() => void) | undefined
  #rowsScanned = 0
  /** The most work of a query that is not told another limit. */
  readonly maxWork: number

  constructor(options: EngineOptions = {}) {
    const { thresholds = THRESHOLDS, text, maxWork = Number.POSITIVE_INFINITY } = options
    this.#options = options
    this.maxWork = maxWork
    this.indexes = new Indexes(text)
    this.scratch = new Scratch(thresholds.segmentRows)
    this.shared = new Shared(thresholds.segmentRows)
    this.#segments = new Segments(this.documents, this.indexes, this.work, thresholds)
    this.writes = new Writes(this.documents, this.#segments)
  }

  /** An engine of the same kind without rows. */
  emptied(): Engine {
    const engine = new Engine(this.#options)
    engine.isTextIndexed = this.isTextIndexed
    return engine
  }

  /**
   * An engine of the same kind with the same rows, numbered as here, in segments of its own: cut anew, and so that most are cut
   * the same when rows are appended. O(rows).
   */
  copied(): Engine {
    const engine = new Engine(this.#options)
    engine.#segments.cut = cutByPowers
    engine.documents.copy(this.documents)
    for (const number of engine.documents.numbers()) engine.#segments.append(number)
    return engine
  }

  /** Takes in segments of a snapshot, whose rows are in the documents. There are none yet. */
  restoreSegments(segments: readonly Segment[]): void {
    this.#segments.restore(segments)
  }

  /** The most rows of a segment. */
  get segmentRows(): number {
    return (this.#options.thresholds ?? THRESHOLDS).segmentRows
  }

  /** All segments, with every row in one of them. */
  get segments(): readonly Segment[] {
    return this.#segments.settle()
  }

  /** Builds what an index lacks, so that its dictionary knows all terms. O(rows of segments without it). */
  build(index: TermIndex): void {
    for (const segment of this.segments) index.postings(segment, this.documents, this.work)
  }

  /** The rows of a segment in all of the sets. */
  intersect(sets: readonly RowSet[], segment: Segment): RowSet {
    return intersect(sets, [], 0, segment.size, this.scratch)
  }

  /** Where the rows with these ids or conversation ids are, by segment. */
  slotsOf(refs: readonly (number | string)[]): Map<Segment, number[]> {
    const slots = new Map<Segment, number[]>()
    for (const ref of refs) {
      const number = this.documents.find(ref)
      if (number === undefined) continue
      const { segment, slot } = this.#segments.placeOf(number)
      const others = slots.get(segment)
      if (others === undefined) slots.set(segment, [slot])
      else others.push(slot)
    }
    return slots
  }

  /** Notes that rows were read to look for a string. Once that has cost as much as the index would, the index is used, or built. */
  noteScan(rows: number): void {
    this.#rowsScanned += rows
    if (this.isTextIndexed || this.#rowsScanned <= SCANS_WORTH_AN_INDEX * this.documents.size) return
    if (this.indexLater === undefined) this.isTextIndexed = true
    else this.indexLater()
  }
}
