/** How strings are found by a piece of them: what an engine can be given. Without it, it looks at each string. */
import type { ActionMatch, MessageMatch } from '../../query/spec.ts'
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
  messages(): PartsIndex<MessageMatch>
  /** @internal A new index of what the runs of actions were asked and answered. */
  actions(): PartsIndex<ActionMatch>
}

/** An index of texts: of what messages say, or of what the runs of actions were asked and answered. */
export interface PartsIndex<Match> extends TermIndex {
  /** What is kept of each message, or of each run. */
  readonly parts: TermIndex
  /** Rows of which one and the same message, or run, has all that is asked; `undefined` where the index cannot tell. */
  matching(asked: Match, context: Context): PartsRows | undefined
  /** Rows with a text that contains a string, ignoring case; `undefined` for the empty string. */
  find(content: string, context: Context): MessageRows | undefined
}

/** The rows that a condition on one part finds. Lives for one query. */
export interface PartsRows extends Omit<MessageRows, 'rows' | 'canSift'> {
  /** Rows that may match; `undefined` where nothing is known before `sift`. */
  rows(segment: Segment): RowSet | undefined
}

/** The rows that an index of texts finds. Lives for one query. */
export interface MessageRows {
  /** Whether `rows` are just those that match, or more. */
  readonly isExact: boolean
  rows(segment: Segment): RowSet
  /** Whether it can tell more of the rows; else they are to be read. */
  readonly canSift: boolean
  /** Those of some rows in `rows` that match. */
  sift(segment: Segment, among: RowSet): RowSet
  /** What `rows`, and sifting so many of them at most, takes in these segments. */
  estimate(segments: readonly Segment[], left: number): Estimate
}
