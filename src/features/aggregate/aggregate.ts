/** Aggregates: what numbers come to, over all rows that match or group by group. Only sets and columns are read, no document. */
import { bestN } from '../../base/best-n.ts'
import { compareBooleansFirst } from '../../base/scalars.ts'
import type { Engine } from '../../engine/engine.ts'
import { type Matches, run } from '../../engine/run.ts'
import { lastTo, nextFrom } from '../../engine/sets/rowset.ts'
import type { QuerySpec, Scalar } from '../../query/spec.ts'
import { MISSING } from '../facets/scope.ts'
import { type Scale, scaleOf } from '../histogram/count.ts'
import type { HistogramPlan } from '../histogram/request.ts'
import { Buckets, dimensionOf, type GroupValue, numbersIn } from './dimensions.ts'
import { groupsOf } from './groups.ts'
import { accumulatorOf, type GroupedNumbers, groupNumbers } from './measures.ts'
import type { AggregateGroup, AggregatePlan, Source } from './request.ts'

/** What was found, by group. */
interface Found {
  readonly buckets: readonly number[]
  /** Of each field. */
  readonly keys: readonly (readonly GroupValue[])[]
  /** Of each aggregate. */
  readonly values: readonly (readonly (number | null)[])[]
}

/**
 * Groups the matches and aggregates their numbers. Throws `InvalidQueryError` for more than 100,000 groups, and for more
 * than 10,000 buckets of time. O(matches × (fields + aggregates)), O(numbers log numbers) for percentiles.
 */
export function aggregate(spec: QuerySpec, plan: AggregatePlan, engine: Engine): AggregateGroup[] {
  // Orders are not for groups.
  const { orderBy: _, ...rows } = spec
  return run(rows, engine, (matches) => {
    const scale = plan.scale === undefined ? undefined : scaleAround(matches, plan.scale, engine)
    const fields = plan.by.map((source) => ({ name: source.name, dimension: dimensionOf(source, engine) }))
    const dimensions = scale === undefined ? fields : [{ name: 'started_at', dimension: new Buckets(scale) }, ...fields]
    const groups = groupsOf(matches.parts, dimensions)
    const accumulators = plan.measures.map((measure) => accumulatorOf(measure, groups.count, engine))
    for (const grouped of groups.parts) {
      const known = new Map<string, GroupedNumbers>()
      // Once for all aggregates of the same numbers.
      const numbersOf = (source: Source) => {
        const found = known.get(source.name) ?? groupNumbers(numbersIn(source, grouped.part.segment, engine), grouped)
        known.set(source.name, found)
        return found
      }
      for (const accumulator of accumulators) accumulator.add(grouped, numbersOf)
    }
    const buckets = scale === undefined ? undefined : groups.values[0]!
    const keys = scale === undefined ? groups.values : groups.values.slice(1)
    // Without fields and buckets there is one group, also of no rows.
    const columnOf = (value: (group: number) => GroupValue) => Array.from({ length: groups.count }, (_, i) => value(i))
    const found: Found = {
      buckets: columnOf((group) => buckets?.[group] ?? 0) as number[],
      keys: keys.map((of, i) => columnOf((group) => fields[i]!.dimension.value(of[group]!))),
      values: accumulators.map((accumulator) => columnOf((group) => accumulator.get(group)) as (number | null)[]),
    }
    return bestN([...found.buckets.keys()], plan.limit, orderOf(plan, found)).map((group) =>
      give(group, found, plan, scale),
    )
  })
}

/** The buckets of time that the rows that match are in. */
function scaleAround({ parts }: Matches, plan: HistogramPlan, engine: Engine): Scale | undefined {
  const firsts = parts.map(({ segment, rows }) => segment.ms[nextFrom(rows, 0)]!)
  const lasts = parts.map(({ segment, rows }) => segment.ms[lastTo(rows, segment.size - 1)]!)
  if (parts.length === 0) return { key: '', offsets: undefined as never, edges: new Float64Array(), texts: [] }
  return scaleOf(plan, Math.min(...firsts), Math.max(...lasts), engine)
}

/** The order that groups are given in: as asked, then by key. What is null comes last in either direction. */
function orderOf({ orderBy, measures, by }: AggregatePlan, { buckets, keys, values }: Found) {
  const columnOf = (name: string): readonly GroupValue[] => {
    const [measure, field] = [measures, by].map((named) => named.findIndex((each) => each.name === name))
    return measure !== -1 ? values[measure!]! : field !== -1 ? keys[field!]! : buckets
  }
  const terms = [
    ...orderBy.map(({ name, isDescending }) => ({ column: columnOf(name), sign: isDescending ? -1 : 1 })),
    ...[...keys, buckets].map((column) => ({ column, sign: 1 })),
  ]
  return (a: number, b: number): number => {
    for (const { column, sign } of terms) {
      const order = compareValues(column[a]!, column[b]!, sign)
      if (order !== 0) return order
    }
    return 0
  }
}

function compareValues(a: GroupValue, b: GroupValue, sign: number): number {
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign
  const places = rank(a) - rank(b)
  return places !== 0 || rank(a) > 0 ? places : compareBooleansFirst(a as Scalar, b as Scalar) * sign
}

/** Values, then null, then nothing. */
function rank(value: GroupValue): number {
  return value === MISSING ? 2 : value === null ? 1 : 0
}

function give(
  number: number,
  { buckets, keys, values }: Found,
  { by, measures, scale: hasBuckets }: AggregatePlan,
  scale: Scale | undefined,
): AggregateGroup {
  const bucket = buckets[number]!
  const missing = by.filter((_, i) => keys[i]![number] === MISSING).map(({ name }) => name)
  const scalarOf = (value: GroupValue): Scalar =>
    value === MISSING ? null : typeof value === 'number' ? value + 0 : (value as Scalar)
  const group: Record<string, unknown> = { key: {} }
  by.forEach(({ name }, i) => {
    put(group.key as Record<string, unknown>, name, scalarOf(keys[i]![number]!))
  })
  if (missing.length > 0) group.missing = missing
  if (hasBuckets !== undefined) {
    group.from = scale!.texts[bucket]!
    group.to = scale!.texts[bucket + 1]!
  }
  measures.forEach(({ name }, i) => {
    put(group, name, values[i]![number])
  })
  return group as unknown as AggregateGroup
}

/** Sets an own property, whatever its name: names are the caller's. */
function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}
