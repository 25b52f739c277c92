/** Plan to sets: what a group leaves of a set of rows, segment by segment. One path for all conditions. */
import type { QuerySpec } from '../query/spec.ts'
import type { Engine } from './engine.ts'
import type { Leaf } from './kinds.ts'
import { Order } from './pages/ordered.ts'
import { type Branch, type GroupPlan, plan } from './plan.ts'
import type { Segment } from './segments/segment.ts'
import { addTo, countBits, intersect, listSet, NO_ROWS, nextFrom, type RowSet, wordSet } from './sets/rowset.ts'

/** The rows of one segment that match. */
export interface Part {
  readonly segment: Segment
  readonly rows: RowSet
}

/** All rows that match a query, good until the next query or write. */
export interface Matches {
  /** Only segments with a match. */
  readonly parts: readonly Part[]
  /** Rows in all parts. */
  readonly count: number
  readonly order: Order
}

/** The order when a query says none. */
const NEWEST_FIRST = new Order()

/** Runs a query: the sets of rows that match, by segment. No document is read but where a text must be verified. */
export function match(spec: QuerySpec, engine: Engine): Matches {
  engine.scratch.reset()
  const segments = engine.segments
  const group = plan(spec.where, engine)
  const parts: Part[] = []
  let count = 0
  for (const segment of segments) {
    const rows = narrow(group, segment, base(segment, spec), engine)
    if (rows.count === 0) continue
    parts.push({ segment, rows })
    count += rows.count
  }
  return { parts, count, order: spec.orderBy === undefined ? NEWEST_FIRST : new Order(spec.orderBy) }
}

/** The rows that a query starts from: deleted ones are dropped outside the whole expression. */
export function base(segment: Segment, spec: QuerySpec): RowSet {
  return spec.includeDeleted === true ? segment.live.set : segment.visible.set
}

/** The rows of `within` for which all parts of a group hold. */
export function narrow(group: GroupPlan, segment: Segment, within: RowSet, engine: Engine): RowSet {
  let from = 0
  let to = segment.size
  for (const range of group.ranges) {
    const bounds = range.range!(segment)
    from = Math.max(from, bounds[0])
    to = Math.min(to, bounds[1])
  }
  if (from >= to || within.count === 0) return NO_ROWS
  const sets = [within]
  const without: RowSet[] = []
  for (const leaf of group.leaves) {
    const rows = leaf.rows(segment)
    if (leaf.isNegated) {
      if (rows === undefined) return NO_ROWS
      if (rows.count > 0) without.push(rows)
    } else if (rows !== undefined) {
      if (rows.count === 0) return NO_ROWS
      sets.push(rows)
    }
  }
  const isUntouched = sets.length === 1 && without.length === 0 && from === 0 && to === segment.size
  let left = isUntouched ? within : intersect(sets, without, from, to, engine.scratch)
  for (const branch of group.branches) left = narrowBranch(branch, segment, left, engine)
  return left
}

/** The rows of `within` for which a group within a group holds, or a condition that must be checked by reading. */
export function narrowBranch(branch: Branch, segment: Segment, within: RowSet, engine: Engine): RowSet {
  if (within.count === 0) return NO_ROWS
  if ('check' in branch) return check(branch.check, segment, within, engine)
  if ('not' in branch) {
    const rows = narrow(branch.not, segment, within, engine)
    return intersect([within], [rows], 0, segment.size, engine.scratch)
  }
  const words = (segment.size + 31) >>> 5
  const out = engine.scratch.clearedWords(words)
  for (const group of branch.or) addTo(out, narrow(group, segment, within, engine))
  return wordSet(out, countBits(out, 0, words), 0, words)
}

/** Sifts the rows that may match, and reads those that are left in doubt. O(candidates × what that costs for one row). */
function check(leaf: Leaf, segment: Segment, within: RowSet, engine: Engine): RowSet {
  const superset = leaf.rows(segment)
  const candidates = superset === undefined ? within : engine.intersect([within, superset], segment)
  if (candidates.count === 0) return NO_ROWS
  const sieve = leaf.sift?.(segment)
  const from = engine.scratch.room(candidates.count)
  const out = engine.scratch.slots
  let kept = from
  let read = 0
  for (let slot = nextFrom(candidates, 0); slot !== -1; slot = nextFrom(candidates, slot + 1)) {
    if (sieve !== undefined && !sieve.isIn(slot)) continue
    if (sieve?.isExact !== true) {
      read++
      if (!leaf.holds(engine.documents.row(segment.rows[slot]!))) continue
    }
    out[kept++] = slot
  }
  engine.work.documentsRead += read
  if (leaf.index === 'text scan') engine.noteScan(read)
  return listSet(out, from, kept)
}
