/** What running a query does, told: the plan step by step, with what each step left and what it read. */

import { counted } from '../../base/text/counted.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Leaf } from '../../engine/kinds.ts'
import { strategy } from '../../engine/pages/pages.ts'
import { type Branch, type GroupPlan, plan } from '../../engine/plan.ts'
import { base, match, narrowBranch } from '../../engine/run.ts'
import type { Segment } from '../../engine/segments/segment.ts'
import { intersect, type RowSet } from '../../engine/sets/rowset.ts'
import type { Condition, QuerySpec } from '../../query/spec.ts'
import type { ExplainedStep, Explanation } from './explanation.ts'

/** A part of the top group, as it is applied. */
interface Step {
  readonly condition: string
  readonly index: string
  readonly isExact: boolean
  readonly estimate: (segment: Segment) => number
  readonly narrow: (segment: Segment, within: RowSet) => RowSet
}

/**
 * Runs a query part by part and tells what it saw. The answer is the one that the query gives; time is not, since parts
 * that a query takes in one pass are taken one after the other here.
 */
export function explain(spec: QuerySpec, engine: Engine): Explanation {
  engine.scratch.reset()
  const before = { ...engine.work }
  const { segments } = engine
  const steps = stepsOf(plan(spec.where, engine), engine)
  const left = segments.map((segment) => base(segment, spec))
  const explained: ExplainedStep[] = []
  for (const { condition, index, isExact, estimate, narrow } of cheapestFirst(steps, segments)) {
    let rows = 0
    segments.forEach((segment, i) => {
      left[i] = narrow(segment, left[i]!)
      rows += left[i]!.count
    })
    explained.push({ condition, index, isExact, estimated: sum(segments, estimate), rows })
  }
  const documentsRead = engine.work.documentsRead - before.documentsRead
  const indexed = engine.work.indexed - before.indexed
  const count = left.reduce((total, rows) => total + rows.count, 0)
  const page = strategy(match(spec, engine))
  const found = { steps: explained, count, segments: segments.length, page, documentsRead, indexed }
  const text = inWords(found, spec)
  return { ...found, text, toString: () => text }
}

/** Exact parts by their size; then, in the plan's order, what needs the rows left by them. */
function cheapestFirst(steps: readonly Step[], segments: readonly Segment[]): Step[] {
  const exact = steps.filter((step) => step.isExact && step.index !== 'or' && step.index !== 'not')
  const sizes = new Map(exact.map((step) => [step, sum(segments, step.estimate)]))
  exact.sort((a, b) => sizes.get(a)! - sizes.get(b)!)
  return [...exact, ...steps.filter((step) => !sizes.has(step))]
}

function stepsOf(group: GroupPlan, engine: Engine): Step[] {
  return [
    ...[...group.ranges, ...group.leaves].map((leaf) => leafStep(leaf, engine)),
    ...group.branches.map((branch) => branchStep(branch, engine)),
  ]
}

function leafStep(leaf: Leaf, engine: Engine): Step {
  const slots = (segment: Segment) => leaf.range?.(segment) ?? ([0, segment.size] as const)
  return {
    condition: `${leaf.isNegated ? 'not ' : ''}${conditionInWords(leaf.condition)}`,
    index: leaf.index,
    isExact: leaf.isExact,
    estimate: (segment) => {
      const [from, to] = slots(segment)
      const rows = leaf.rows(segment)?.count ?? Math.max(0, to - from)
      return leaf.isNegated ? segment.size - rows : rows
    },
    narrow: (segment, within) => {
      const [from, to] = slots(segment)
      const rows = leaf.rows(segment)
      const [sets, without] = leaf.isNegated
        ? [[within], rows ? [rows] : [within]]
        : [rows ? [within, rows] : [within], []]
      return intersect(sets, without, Math.min(from, to), to, engine.scratch)
    },
  }
}

function branchStep(branch: Branch, engine: Engine): Step {
  const narrow = (segment: Segment, within: RowSet) => narrowBranch(branch, segment, within, engine)
  if ('check' in branch) return { ...leafStep(branch.check, engine), narrow }
  const groups = ('or' in branch ? branch.or : [branch.not]).map((group) => stepsOf(group, engine))
  const inner = groups.map((steps) => steps.map((step) => `${step.condition} [${step.index}]`).join(' and '))
  const index = 'or' in branch ? 'or' : 'not'
  const condition = 'or' in branch ? inner.map((it) => `(${it})`).join(' or ') : `not (${inner[0]})`
  const isExact = groups.flat().every((step) => step.isExact)
  return { condition, index, isExact, estimate: (segment) => segment.size, narrow }
}

function conditionInWords(condition: Condition): string {
  if ('or' in condition || 'not' in condition) return JSON.stringify(condition)
  const path = 'path' in condition ? `.${condition.path.join('.')}` : ''
  return `${condition.field}${path} ${condition.lookup} ${JSON.stringify(condition.value)}`
}

function inWords(found: Omit<Explanation, 'text' | 'toString'>, spec: QuerySpec): string {
  const start = spec.includeDeleted ? 'all rows, deleted ones too' : 'rows that are not deleted'
  const steps = found.steps.map(({ condition, index, isExact, estimated, rows }, i) => {
    const kind = isExact ? '' : ', each candidate checked'
    return `${i + 1}. ${condition}  [${index}${kind}]  at most ${estimated}, leaves ${rows}`
  })
  return [
    `from ${start}, in ${counted(found.segments, 'segment')}`,
    ...steps,
    `matches: ${found.count}; page by ${found.page}; documents read: ${found.documentsRead}; rows indexed: ${found.indexed}`,
  ].join('\n')
}

function sum(segments: readonly Segment[], of: (segment: Segment) => number): number {
  return segments.reduce((total, segment) => total + of(segment), 0)
}
