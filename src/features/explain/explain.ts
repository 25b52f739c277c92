/** Explains a run: its plan part by part, with what each part left and what the run read. */

import { counted } from '../../base/text/counted.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Branch, GroupPlan } from '../../engine/group.ts'
import { strategy } from '../../engine/pages/pages.ts'
import type { Predicate } from '../../engine/predicate.ts'
import { run, type Trace } from '../../engine/run.ts'
import { writePath } from '../../query/metadata-path.ts'
import type { FieldCondition, QuerySpec } from '../../query/spec.ts'
import { type ExplainedStep, type Explanation, printable } from './explanation.ts'

/** A part of the plan in words. */
type Step = Pick<ExplainedStep, 'condition' | 'index' | 'isExact'>

/** Runs a query and explains that run. It takes longer than the query alone, since the rows left by each part are counted. */
export function explain(spec: QuerySpec, engine: Engine): Explanation {
  const before = { ...engine.work, unpacked: engine.documents.unpacked }
  const counted = new Map<Predicate | Branch, { estimated: number; rows: number }>()
  const trace: Trace = (part, estimated, left) => {
    const counts = counted.get(part) ?? { estimated: 0, rows: 0 }
    counts.estimated += estimated
    counts.rows += left
    counted.set(part, counts)
  }
  const collect = run(
    spec,
    engine,
    (matches) => ({ plan: matches.plan, count: matches.count, page: strategy(matches, reachOf(spec, matches.count)) }),
    { trace },
  )
  const { plan, count, page } = collect
  const steps = partsOf(plan).map((part) => ({ ...stepOf(part), ...(counted.get(part) ?? { estimated: 0, rows: 0 }) }))
  const documentsRead = engine.work.documentsRead - before.documentsRead
  const indexed = engine.work.indexed - before.indexed
  const documentsUnpacked = engine.documents.unpacked - before.unpacked
  const found = { steps, count, segments: engine.segments.length, page, documentsRead, documentsUnpacked, indexed }
  const text = inWords(found, spec)
  return printable({ ...found, text })
}

/** How many rows come up to the end of the page that a spec asks for; after a cursor that is not known. */
function reachOf({ page = 1, pageSize = 10 }: QuerySpec, count: number): number {
  return page === 'last' ? count : Math.min(count, page * pageSize)
}

/** The parts of a group in the order in which they are asked. */
function partsOf({ ranges, sets, branches }: GroupPlan): (Predicate | Branch)[] {
  return [...ranges, ...sets, ...branches]
}

function stepOf(part: Predicate | Branch): Step {
  if ('condition' in part) {
    const { condition, index, isExact, isNegated } = part
    return { condition: `${isNegated ? 'not ' : ''}${conditionInWords(condition)}`, index, isExact }
  }
  if ('check' in part) return stepOf(part.check)
  const groups = ('or' in part ? part.or : [part.not]).map((group) => partsOf(group).map(stepOf))
  const inner = groups.map((steps) => steps.map((step) => `${step.condition} [${step.index}]`).join(' and '))
  const isExact = groups.flat().every((step) => step.isExact)
  if ('not' in part) return { condition: `not (${inner[0]})`, index: 'not', isExact }
  return { condition: inner.map((it) => `(${it})`).join(' or '), index: 'or', isExact }
}

function conditionInWords(condition: FieldCondition): string {
  const path = 'path' in condition ? `.${writePath(condition.path) ?? JSON.stringify(condition.path)}` : ''
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
    `matches: ${found.count}; page by ${found.page}; documents read: ${found.documentsRead}${found.documentsUnpacked > 0 ? `, unpacked: ${found.documentsUnpacked}` : ''}; rows indexed: ${found.indexed}`,
  ].join('\n')
}
