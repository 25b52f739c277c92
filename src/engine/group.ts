/** Conditions that are ready to be run, in groups: what planning makes and running takes. */
import type { FieldCondition } from '../query/spec.ts'
import type { Estimate } from './meter.ts'
import type { Predicate } from './predicate.ts'
import type { Row } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import type { RowSet } from './sets/rowset.ts'

/** A group of conditions, ready to be run: all its parts must hold. */
export interface GroupPlan {
  /** Conditions on the time order: they bound the slots of all else. */
  readonly ranges: readonly Predicate[]
  /** Conditions that an index answers exactly: keys, then lookups, by size once a run asks for that, then what must be computed. */
  readonly sets: Predicate[]
  /** Groups within, and conditions whose rows must be read; run on what the others leave. */
  readonly branches: readonly Branch[]
  /** Whether `sets` are in order. */
  isOrdered: boolean
}

/** A part of a group that needs the rows left by the parts before it. */
export type Branch =
  | {
      readonly or: readonly GroupPlan[]
      /** Those of some rows for which it holds, where that can be told without asking the groups one by one. */
      narrow?(segment: Segment, within: RowSet): RowSet | undefined
      /** What that takes; see `Predicate`. */
      estimate?(segments: readonly Segment[], left: number): Estimate
      readonly leaf?: FieldCondition
    }
  | { readonly not: GroupPlan }
  /** Each row of the predicate's superset is to be read. */
  | { readonly check: Predicate }

/** Whether a planned group holds for one row. Reads the document. */
export function groupHolds({ ranges, sets, branches }: GroupPlan, row: Row): boolean {
  return (
    ranges.every((it) => it.holds(row)) &&
    sets.every((it) => it.holds(row)) &&
    branches.every((branch) => {
      if ('or' in branch) return branch.or.some((group) => groupHolds(group, row))
      return 'not' in branch ? !groupHolds(branch.not, row) : branch.check.holds(row)
    })
  )
}
