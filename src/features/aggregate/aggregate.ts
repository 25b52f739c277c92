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

/** A group on its way out. */
interface Group {
  readonly number: number
  readonly bucket: number
  readonly key: readonly GroupValue[]
  readonly values: readonly (number | null)[]
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
    const found = Array.from(
      { length: groups.count },
      (_, number): Group => ({
        number,
        bucket: buckets?.[number] ?? 0,
        key: keys.map((of, i) => fields[i]!.dimension.value(of[number]!)),
        values: accumulators.map((accumulator) => accumulator.get(number)),
      }),
    )
    return bestN(found, plan.limit, orderOf(plan)).map((group) => give(group, plan, scale))
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
function orderOf({ orderBy, measures, by }: AggregatePlan): (a: Group, b: Group) => number {
  const terms = orderBy.map(({ name, isDescending }) => {
    const sign = isDescending ? -1 : 1
    const measure = measures.findIndex((each) => each.name === name)
    const field = by.findIndex((each) => each.name === name)
    const sortValue = ({ bucket, key, values }: Group): GroupValue =>
      measure !== -1 ? values[measure]! : field !== -1 ? key[field]! : bucket
    return (a: Group, b: Group) => compareValues(sortValue(a), sortValue(b), sign)
  })
  return (a, b) => {
    for (const compare of terms) {
      const order = compare(a, b)
      if (order !== 0) return order
    }
    for (let i = 0; i < a.key.length; i++) {
      const order = compareValues(a.key[i]!, b.key[i]!, 1)
      if (order !== 0) return order
    }
    return a.bucket - b.bucket
  }
}

function compareValues(a: GroupValue, b: GroupValue, sign: number): number {
  const places = rank(a) - rank(b)
  return places !== 0 || rank(a) > 0 ? places : compareBooleansFirst(a as Scalar, b as Scalar) * sign
}

/** Values, then null, then nothing. */
function rank(value: GroupValue): number {
  return value === MISSING ? 2 : value === null ? 1 : 0
}

function give(
  { bucket, key, values }: Group,
  { by, measures, scale: hasBuckets }: AggregatePlan,
  scale: Scale | undefined,
): AggregateGroup {
  const missing = by.filter((_, i) => key[i] === MISSING).map(({ name }) => name)
  const scalarOf = (value: GroupValue): Scalar =>
    value === MISSING ? null : typeof value === 'number' ? value + 0 : (value as Scalar)
  return {
    key: Object.fromEntries(by.map(({ name }, i) => [name, scalarOf(key[i]!)])),
    ...(missing.length > 0 && { missing }),
    ...(hasBuckets !== undefined && { from: scale!.texts[bucket]!, to: scale!.texts[bucket + 1]! }),
    // Own keys, `__proto__` too: they are the caller's.
    ...Object.fromEntries(measures.map(({ name }, i) => [name, values[i]!])),
  } as unknown as AggregateGroup
}
