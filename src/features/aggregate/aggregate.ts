/** Aggregates: what numbers come to, over all rows that match or group by group. Only sets and columns are read, no document. */
import { bestN } from '../../base/best-n.ts'
import type { Engine } from '../../engine/engine.ts'
import { type Matches, run } from '../../engine/run.ts'
import { lastTo, nextFrom } from '../../engine/sets/rowset.ts'
import type { QuerySpec, Scalar } from '../../query/spec.ts'
import { MISSING } from '../facets/scope.ts'
import { type Scale, scaleOf } from '../histogram/count.ts'
import type { HistogramPlan } from '../histogram/request.ts'
import { Buckets, dimensionOf, type GroupValue } from './dimensions.ts'
import { groupsOf } from './groups.ts'
import { measured } from './measures.ts'
import { type Found, orderOf } from './order.ts'
import type { AggregateGroup, AggregatePlan } from './request.ts'

/**
 * Groups the matches and aggregates their numbers. Throws `InvalidQueryError` for more than 100,000 groups, and for more
 * than 10,000 buckets of time. O(matches × (fields + aggregates)), and O(groups × log groups) for their order.
 */
export function aggregate(spec: QuerySpec, plan: AggregatePlan, engine: Engine): AggregateGroup[] {
  // Orders are not for groups.
  const { orderBy: _, ...rows } = spec
  return run(rows, engine, (matches) => {
    // Without fields and buckets there is one group, also of no rows.
    if (matches.parts.length === 0 && plan.by.length + Number(plan.scale !== undefined) > 0) return []
    const scale = plan.scale && scaleAround(matches, plan.scale, engine)
    const fields = plan.by.map((source) => ({ name: source.name, dimension: dimensionOf(source, engine) }))
    const buckets = scale === undefined ? [] : [{ name: 'started_at', dimension: new Buckets(scale) }]
    const groups = groupsOf(matches.parts, [...buckets, ...fields])
    const found: Found = {
      count: groups.count,
      buckets: scale && groups.values[0]!,
      keys: groups.values.slice(buckets.length).map((numbers, i) => valuesOf(numbers, fields[i]!.dimension)),
      values: measured(plan.measures, groups, engine),
    }
    const numbers = Array.from({ length: found.count }, (_, group) => group)
    return bestN(numbers, plan.limit, orderOf(plan, found)).map((group) => give(group, found, plan, scale))
  })
}

/** The values of some numbers. */
function valuesOf(numbers: Int32Array, dimension: { value(number: number): GroupValue }): readonly GroupValue[] {
  const values: GroupValue[] = []
  for (let i = 0; i < numbers.length; i++) values.push(dimension.value(numbers[i]!))
  return values
}

/** The buckets of time that the rows that match are in. There is one. */
function scaleAround({ parts }: Matches, plan: HistogramPlan, engine: Engine): Scale {
  const firsts = parts.map(({ segment, rows }) => segment.ms[nextFrom(rows, 0)]!)
  const lasts = parts.map(({ segment, rows }) => segment.ms[lastTo(rows, segment.size - 1)]!)
  return scaleOf(plan, Math.min(...firsts), Math.max(...lasts), engine)
}

function give(
  number: number,
  { buckets, keys, values }: Found,
  { by, measures }: AggregatePlan,
  scale: Scale | undefined,
): AggregateGroup {
  const key: Record<string, unknown> = {}
  const group: Record<string, unknown> = { key }
  let missing: string[] | undefined
  for (let i = 0; i < by.length; i++) {
    const { name } = by[i]!
    const value = keys[i]![number]!
    if (value === MISSING) {
      missing ??= []
      missing.push(name)
    }
    put(key, name, value === MISSING ? null : typeof value === 'number' ? value + 0 : (value as Scalar))
  }
  if (missing !== undefined) group.missing = missing
  if (buckets !== undefined) {
    group.from = scale!.texts[buckets[number]!]!
    group.to = scale!.texts[buckets[number]! + 1]!
  }
  for (let i = 0; i < measures.length; i++) put(group, measures[i]!.name, values[i]![number])
  return group as unknown as AggregateGroup
}

/** Sets an own property, whatever its name: names are the caller's. */
function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}
