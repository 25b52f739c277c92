/** One condition, made ready to be run on every segment: what planning and running know of it, for all kinds of field alike. */
import type { FieldCondition } from '../query/spec.ts'
import { type Estimate, UNITS } from './meter.ts'
import type { Row } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import type { RowSet } from './sets/rowset.ts'
import type { TermIndex } from './terms/inverted.ts'

/** What it costs to get the rows of a segment: a few are found by key; an index has the set; the set must be computed. */
export const COST = { key: 0, lookup: 1, computed: 2 } as const

/** Lives for one query. */
export interface Predicate {
  readonly condition: FieldCondition
  /** What answers it, for `explain`. */
  readonly index: string
  /** Whether `rows` are just those for which it holds, or more. */
  readonly isExact: boolean
  /** Whether it holds for the rows that are *not* in `rows`. Only where exact. */
  readonly isNegated: boolean
  /** Of `COST`. */
  readonly cost: number
  /** Whether rows are read for a string that a text index would have found. */
  readonly isScan: boolean
  /** The rows of a segment, dead ones too. `undefined`: all of them. */
  rows(segment: Segment): RowSet | undefined
  /** `rows` by segment number, once they were looked up to know how many there are. */
  known: (RowSet | undefined)[] | undefined
  /** For conditions on the time order: the slots between which it holds. They are asked for in place of `rows`. */
  readonly range: ((segment: Segment) => readonly [from: number, to: number]) | undefined
  /** Those of some rows in `rows` for which it holds, found without their documents. */
  readonly sift: ((segment: Segment, among: RowSet) => RowSet) | undefined
  /** The index that it asks, so that it can be built before. */
  readonly needs: TermIndex | undefined
  /** What it takes in these segments, where the others leave so many rows at most. Spends no more than that. */
  estimate(segments: readonly Segment[], left: number): Estimate
  /** The meaning, for one row. Reads the document. */
  holds(row: Row): boolean
}

/** What makes a predicate. What is left out is `false` or absent; `isExact` is true, and the cost that of computing. */
type Parts = Pick<Predicate, 'rows' | 'holds'> & {
  readonly [Key in
    | 'isExact'
    | 'isNegated'
    | 'cost'
    | 'isScan'
    | 'range'
    | 'sift'
    | 'needs'
    | 'estimate']?: Predicate[Key]
}

/** One literal, so that all predicates have one hidden class: a third of a short query was spent on spreading them. */
export function predicate(condition: FieldCondition, index: string, parts: Parts): Predicate {
  const { isExact = true, isNegated = false, cost = COST.computed, isScan = false, rows, range, sift } = parts
  const { needs, estimate = asked, holds } = parts
  const known = undefined
  return { condition, index, isExact, isNegated, cost, isScan, rows, known, range, sift, needs, estimate, holds }
}

/** The same condition, negated. */
export function opposite(it: Predicate): Predicate {
  return { ...it, isNegated: !it.isNegated, holds: (row) => !it.holds(row) }
}

/** Where all that it takes is to ask. */
function asked(segments: readonly Segment[], left: number): Estimate {
  return { work: segments.length * UNITS.ask, rows: left }
}
