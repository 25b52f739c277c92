/** How strings are found by a piece of them: what an engine can be given. Without it, it looks at each string. */
import type { Context } from '../context.ts'
import type { Estimate } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import type { RowSet } from '../sets/rowset.ts'
import type { Dictionary, TermSearch } from './dictionary.ts'
import type { TermIndex } from './inverted.ts'

/** The structures that find strings by a piece of them. It holds no data of its own: many engines may have one. */
export interface TextIndex {
  readonly name: 'text index'
  /** @internal A search of the strings of a dictionary. */
  search(dictionary: Dictionary): TermSearch
  /** @internal A new index of the contents of messages. */
  messages(): MessageIndex
}

/** An index of what messages say. */
export interface MessageIndex extends TermIndex {
  /** Rows with a message that contains a string, ignoring case; `undefined` for a string that tells it nothing. */
  find(content: string, context: Context): MessageRows | undefined
}

/** The rows that a message index finds. Lives for one query. */
export interface MessageRows {
  /** Whether `rows` are just those that match, or more. */
  readonly isExact: boolean
  rows(segment: Segment): RowSet
  /** Those of some rows in `rows` that match. */
  sift(segment: Segment, among: RowSet): RowSet
  /** What `rows`, and sifting so many of them at most, takes in these segments. */
  estimate(segments: readonly Segment[], left: number): Estimate
}
