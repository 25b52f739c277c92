/** What answering a query needs of an engine, as the structures below the plan see it. */
import type { Meter } from './meter.ts'
import type { Documents } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import type { RowSet } from './sets/rowset.ts'
import type { Scratch } from './sets/scratch.ts'
import type { Shared } from './sets/shared.ts'
import type { TermIndex, Work } from './terms/inverted.ts'

/** The rows, the buffers and the counters of one query. */
export interface Context {
  readonly documents: Documents
  readonly work: Work
  readonly scratch: Scratch
  /** What its parts share. */
  readonly shared: Shared
  readonly meter: Meter
  /** Builds what an index lacks, so that its dictionary knows all terms. */
  build(index: TermIndex): void
  /** The rows of a segment in all of the sets. */
  intersect(sets: readonly RowSet[], segment: Segment): RowSet
}
