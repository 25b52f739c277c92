/** Plan to sets: the matches of each segment, found by one path for all conditions, and given to a collector. */
import type { Group, QuerySpec } from '../query/spec.ts'
import type { Engine } from './engine.ts'
import { expect } from './estimate.ts'
import type { Branch, GroupPlan } from './group.ts'
import type { KeptRuns } from './kept-runs.ts'
import { rowsOf, UNITS } from './meter.ts'
import { Order } from './pages/ordered.ts'
import { cheapestFirst, plan, sizeIn } from './plan.ts'
import type { Predicate } from './predicate.ts'
import { readingOf } from './reading.ts'
import type { Segment } from './segments/segment.ts'
import { addTo, filter, intersect } from './sets/algebra.ts'
import { countBits, NO_ROWS, type RowSet, wordSet } from './sets/rowset.ts'

/** The rows of one segment that match. */
export interface Part {
  readonly segment: Segment
  readonly rows: RowSet
}

/** All rows that match a query. Its sets are void once the collector returns. */
export class Matches {
  /** The conditions in the order in which they were asked. */
  readonly plan: GroupPlan
  readonly order: Order
  /** Only segments with a match. */
  readonly parts: readonly Part[]
  /** Rows in all parts. */
  readonly count: number
  readonly #run: Run

  constructor(plan: GroupPlan, order: Order, parts: readonly Part[], count: number, run: Run) {
    this.plan = plan
    this.order = order
    this.parts = parts
    this.count = count
    this.#run = run
  }

  /** The matches for which more conditions hold. */
  refine(where: Group): Matches {
    const { engine } = this.#run
    const group = plan(where, engine)
    if (engine.meter.isLimited) expect(group, engine.segments, this.count, engine)
    return narrowAll(group, this.order, this.parts, this.#run)
  }
}

/** Makes an answer of the matches: a page, counts, ids. It reads no sets of other runs and lets none of these out. */
export type Collector<Result> = (matches: Matches) => Result

/**
 * Called with each part of the plan, for each segment that it was asked of: for how many rows at most it holds, by its
 * index, and how many rows are left by it and all parts before it.
 */
export type Trace = (part: Predicate | Branch, estimated: number, left: number) => void

/** How a query is run. */
export interface RunOptions {
  readonly trace?: Trace | undefined
  readonly maxWork?: number | undefined
}

/** What a run carries along. */
interface Run {
  readonly engine: Engine
  readonly trace: Trace | undefined
  /** How many rows were read that a text index would have found. */
  scanned: number
}

/** The order when a query says none. */
const NEWEST_FIRST = new Order()

/**
 * Runs a query. It owns the scratch buffers, in which most sets stand, so a collector starts no run. A run with a `trace`
 * does not count towards building the text index.
 *
 * `maxWork` is the most that it may take, in units of `meter.ts`. Throws `TOO_COSTLY` before it runs when more is expected;
 * and when it has taken more by far.
 */
export function run<Result>(
  spec: QuerySpec,
  engine: Engine,
  collect: Collector<Result>,
  { trace, maxWork = engine.maxWork }: RunOptions = {},
): Result {
  const { segments, scratch, shared, meter } = engine
  let rows = 0
  for (const { size } of segments) if (size > rows) rows = size
  scratch.reset(rows)
  shared.reset(rows)
  meter.begin(spec.where, maxWork)
  const order = spec.orderBy === undefined ? NEWEST_FIRST : new Order(spec.orderBy)
  // Deleted rows are dropped outside the whole expression.
  const all = segments.map(spec.includeDeleted === true ? liveRows : visibleRows)
  engine.indexes.begin()
  try {
    const own: Run = { engine, trace, scanned: 0 }
    const { runs } = engine
    if (runs !== undefined && trace === undefined && !meter.isLimited && spec.where.length > 0)
      return collect(sharedMatches(spec, order, all, own, runs))
    const group = plan(spec.where, engine)
    if (meter.isLimited) expect(group, segments, rowsOf(segments), engine)
    return collect(narrowAll(group, order, all, own))
  } finally {
    scratch.trim()
    shared.trim()
  }
}

/** The matches from those of a query that was asked together with this one, and kept for the next. */
function sharedMatches(spec: QuerySpec, order: Order, all: readonly Part[], own: Run, runs: KeptRuns): Matches {
  const { where, includeDeleted = false } = spec
  const { from = all, rest } = runs.find(where, includeDeleted)
  const matches = narrowAll(plan(rest, own.engine), order, from, own)
  if (rest.length > 0) runs.keep(where, includeDeleted, matches.parts)
  return matches
}

const liveRows = (segment: Segment): Part => ({ segment, rows: segment.live.set })
const visibleRows = (segment: Segment): Part => ({ segment, rows: segment.visible.set })

/** How many rows match. */
export function count(spec: QuerySpec, engine: Engine): number {
  return run(spec, engine, countOf)
}

const countOf: Collector<number> = (matches) => matches.count

/** The rows of each segment for which a group of conditions holds. */
function narrowAll(group: GroupPlan, order: Order, within: readonly Part[], run: Run): Matches {
  const { engine, trace } = run
  const parts: Part[] = []
  let count = 0
  for (const { segment, rows: all } of within) {
    const rows = narrow(group, segment, all, run, trace)
    if (rows.count === 0) continue
    parts.push({ segment, rows })
    count += rows.count
  }
  if (trace === undefined) engine.noteScan(run.scanned)
  run.scanned = 0
  return new Matches(group, order, parts, count, run)
}

/** The rows of `within` for which all parts of a group hold. */
function narrow(group: GroupPlan, segment: Segment, within: RowSet, run: Run, trace?: Trace): RowSet {
  const { scratch, segments } = run.engine
  let from = 0
  let to = segment.size
  for (const range of group.ranges) {
    const bounds = range.range!(segment)
    from = Math.max(from, bounds[0])
    to = Math.min(to, bounds[1])
    trace?.(range, bounds[1] - bounds[0], intersect([within], [], Math.min(from, to), to, scratch).count)
  }
  if (from >= to || within.count === 0) return NO_ROWS
  const { meter } = run.engine
  const sets = [within]
  const without: RowSet[] = []
  let least = Math.min(within.count, segment.size >>> 5)
  for (const it of cheapestFirst(group, segments)) {
    meter.condition = it.condition
    const rows = it.known === undefined ? it.rows(segment) : it.known[segment.number]
    const isEmpty = it.isNegated ? rows === undefined : rows?.count === 0
    if (rows !== undefined) (it.isNegated ? without : sets).push(rows)
    if (rows !== undefined && !it.isNegated) least = Math.min(least, rows.count)
    trace?.(it, sizeIn(it, rows, segment), isEmpty ? 0 : intersect(sets, without, from, to, scratch).count)
    if (isEmpty) return NO_ROWS
  }
  meter.spend((sets.length + without.length) * (UNITS.ask + least * UNITS.slot))
  const isUntouched = sets.length === 1 && without.length === 0 && from === 0 && to === segment.size
  let left = isUntouched ? within : intersect(sets, without, from, to, scratch)
  for (const branch of group.branches) {
    if (left.count === 0) return NO_ROWS
    const estimated = trace === undefined ? 0 : estimateOf(branch, segment)
    left = narrowBranch(branch, segment, left, run)
    trace?.(branch, estimated, left.count)
  }
  return left
}

/** The rows of `within` for which a group within a group holds, or a condition that must be checked by reading. */
function narrowBranch(branch: Branch, segment: Segment, within: RowSet, run: Run): RowSet {
  const { scratch } = run.engine
  if ('check' in branch) return check(branch.check, segment, within, run)
  if ('not' in branch) {
    const rows = narrow(branch.not, segment, within, run)
    return intersect([within], [rows], 0, segment.size, scratch)
  }
  const narrowed = branch.narrow?.(segment, within)
  if (narrowed !== undefined) return narrowed
  const words = (segment.size + 31) >>> 5
  const out = scratch.clearedWords(words)
  run.engine.meter.spend(2 * words * UNITS.slot)
  const found = wordSet(out, 0, 0, words)
  const mark = scratch.mark()
  for (const group of branch.or) {
    // What is found need not be looked for again, where looking is dear.
    const isDear = group.branches.length > 0 && group !== branch.or[0]
    const rest = isDear ? intersect([within], [found], 0, segment.size, scratch) : within
    addTo(out, narrow(group, segment, rest, run))
    scratch.release(mark)
  }
  return wordSet(out, countBits(out, 0, words), 0, words)
}

/** How many rows a part of a group is asked of at most. */
function estimateOf(branch: Branch, segment: Segment): number {
  return ('check' in branch ? branch.check.rows(segment)?.count : undefined) ?? segment.size
}

/** Sifts the rows that may match, or reads them. O(candidates × what that costs for one row). */
function check(it: Predicate, segment: Segment, within: RowSet, run: Run): RowSet {
  const { engine } = run
  const { meter } = engine
  meter.condition = it.condition
  const superset = it.rows(segment)
  const candidates = superset === undefined ? within : engine.intersect([within, superset], segment)
  if (candidates.count === 0) return NO_ROWS
  meter.spend(UNITS.ask + candidates.count * UNITS.slot)
  if (it.sift !== undefined) return it.sift(segment, candidates)
  const read = candidates.count
  if (meter.isLimited)
    meter.spend(read * (it.condition.field === 'message' ? readingOf([segment], engine) : UNITS.document))
  engine.work.documentsRead += read
  if (it.isScan) run.scanned += read
  const { documents, scratch } = engine
  return filter(candidates, (slot) => it.holds(documents.read(segment.rows[slot]!)), scratch)
}
