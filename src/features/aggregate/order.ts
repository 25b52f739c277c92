/** The order that groups are given in. */
import { compareBooleansFirst } from '../../base/scalars.ts'
import type { Scalar } from '../../query/spec.ts'
import { MISSING } from '../facets/scope.ts'
import type { GroupValue } from './dimensions.ts'
import type { AggregatePlan } from './request.ts'

/** What was found, by group. */
export interface Found {
  readonly count: number
  /** Where groups have buckets of time. */
  readonly buckets: Int32Array | undefined
  /** Of each field. */
  readonly keys: readonly (readonly GroupValue[])[]
  /** Of each aggregate. */
  readonly values: readonly (readonly (number | null)[])[]
}

/** Below 0 when one group comes before another. */
type Order = (a: number, b: number) => number

/** As asked, then by key. What is null comes last in either direction. */
export function orderOf({ orderBy, measures, by }: AggregatePlan, { buckets, keys, values }: Found): Order {
  const places = (named: readonly { readonly name: string }[], wanted: string) =>
    named.findIndex(({ name }) => name === wanted)
  const orders = orderBy.map(({ name, isDescending }) => {
    const sign = isDescending ? -1 : 1
    const [measure, field] = [places(measures, name), places(by, name)]
    if (measure !== -1) return byNumbers(values[measure]!, sign)
    return field !== -1 ? byValues(keys[field]!, sign) : byNumbers(buckets!, sign)
  })
  for (const column of keys) orders.push(byValues(column, 1))
  if (buckets !== undefined) orders.push(byNumbers(buckets, 1))
  return (a, b) => {
    for (let i = 0; i < orders.length; i++) {
      const order = orders[i]!(a, b)
      if (order !== 0) return order
    }
    return 0
  }
}

/** Some may be infinite. */
function byNumbers(column: ArrayLike<number | null>, sign: number): Order {
  return (one, other) => {
    const [a, b] = [column[one]!, column[other]!]
    if (a === b) return 0
    if (a === null || b === null) return a === null ? 1 : -1
    return a < b ? -sign : sign
  }
}

/** By type and value. */
function byValues(column: readonly GroupValue[], sign: number): Order {
  return (one, other) => {
    const [a, b] = [column[one]!, column[other]!]
    if (a === b) return 0
    const places = rank(a) - rank(b)
    return places !== 0 ? places : compareBooleansFirst(a as Scalar, b as Scalar) * sign
  }
}

/** Values, then null, then nothing. */
function rank(value: GroupValue): number {
  return value === MISSING ? 2 : value === null ? 1 : 0
}
