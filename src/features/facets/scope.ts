/** Which rows each facet counts: the matches, without the conditions on its own field where facets are disjunctive. */
import type { Engine } from '../../engine/engine.ts'
import { type Matches, type Part, run } from '../../engine/run.ts'
import { intersect } from '../../engine/sets/algebra.ts'
import { NO_ROWS, type RowSet } from '../../engine/sets/rowset.ts'
import { PRESENT } from '../../engine/terms/dictionary.ts'
import type { Condition, QuerySpec, Scalar } from '../../query/spec.ts'
import type { Facet, FacetPlan } from './request.ts'

/** Stands for nothing at a metadata path. */
export const MISSING = PRESENT

/** Values that a query asks for in a field. */
export type Selected = ReadonlySet<Scalar | typeof MISSING>

/** What the facets of a query are counted over. Void once the run is over. */
interface Scope {
  /** The rows of each segment that a facet counts, none where there are none. */
  partsOf(facet: Facet): readonly Part[]
  /** The values of a facet that the query asks for. */
  selectedOf(facet: Facet): Selected
}

/** Runs the conditions that no facet leaves out, and gives the scope to `count`. */
export function withScope<Result>(
  spec: QuerySpec,
  { facets, isDisjunctive }: FacetPlan,
  engine: Engine,
  count: (scope: Scope) => Result,
): Result {
  const units = new Map<string, Condition[]>(facets.map((facet) => [unitOf(facet), []]))
  const shared: Condition[] = []
  for (const condition of spec.where) {
    const unit = 'field' in condition ? units.get(unitOf(condition)) : undefined
    unit?.push(condition)
    if (!isDisjunctive || unit === undefined) shared.push(condition)
  }
  const selectedOf = (facet: Facet) => selectedBy(units.get(unitOf(facet))!, facet)
  return run({ ...spec, where: shared }, engine, (matches) => {
    if (!isDisjunctive) return count({ partsOf: () => matches.parts, selectedOf })
    const left = [...units].filter(([, conditions]) => conditions.length > 0)
    const narrowed = left.map(([unit, conditions]) => [unit, matches.refine(conditions)] as const)
    const all = common(
      matches,
      narrowed.map(([, each]) => each),
      engine,
    )
    const partsOf = (facet: Facet): readonly Part[] => {
      const unit = unitOf(facet)
      if (!left.some(([name]) => name === unit)) return all
      const others = narrowed.filter(([name]) => name !== unit).map(([, each]) => each)
      const rest = units.get(unit)!.flatMap((condition) => without(condition, facet))
      return common(rest.length === 0 ? matches : matches.refine(rest), others, engine)
    }
    return count({ partsOf, selectedOf })
  })
}

/** The rows that are among all of some matches. */
function common(matches: Matches, others: readonly Matches[], engine: Engine): readonly Part[] {
  if (others.length === 0) return matches.parts
  const sets = others.map(({ parts }) => new Map(parts.map(({ segment, rows }) => [segment, rows])))
  return matches.parts.map(({ segment, rows }) => {
    const all: RowSet[] = [rows, ...sets.map((each) => each.get(segment) ?? NO_ROWS)]
    return { segment, rows: intersect(all, [], 0, segment.size, engine.scratch) }
  })
}

/** Conditions on fields of one unit are left out together, or not: those on feedback say something of one another. */
function unitOf({ field, path = [] }: { readonly field: string; readonly path?: readonly string[] }): string {
  return field.startsWith('feedback') && field !== 'feedback_count' ? 'feedback' : JSON.stringify([field, ...path])
}

/** What a condition of a facet's unit says of other fields than the facet's. */
function without(condition: Condition, { field }: Facet): readonly Condition[] {
  if (!('field' in condition) || condition.field === field) return []
  if (condition.field !== 'feedback') return [condition]
  const value = { ...condition.value }
  delete value[field.slice('feedback_'.length) as keyof typeof value]
  return Object.keys(value).length === 0 ? [] : [{ ...condition, value }]
}

/** The values that conditions on a field ask for. */
function selectedBy(conditions: readonly Condition[], { field }: Facet): Selected {
  const selected = new Set<Scalar | typeof MISSING>()
  for (const condition of conditions as readonly { field: string; lookup: string; value: unknown }[]) {
    const { lookup, value } = condition
    if (condition.field === 'feedback') {
      const part = Object(value)[field.slice('feedback_'.length)]
      if (part !== undefined) selected.add(part)
    } else if (condition.field !== field) continue
    else if (lookup === 'exact' || lookup === 'in' || (field === 'metadata' && lookup === 'contains'))
      for (const one of [value].flat()) selected.add(one as Scalar)
    else if (lookup === 'isnull' && value === true) selected.add(null)
    else if (lookup === 'exists' && value === false) selected.add(MISSING)
  }
  return selected
}
