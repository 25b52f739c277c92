/** Queries over the tiny domains of the rows: conditions nested to any depth, in every order, of any page. */
import fc, { type Arbitrary } from 'fast-check'
import type { Condition, FieldCondition, Group, OrderTerm, QuerySpec } from '../../query/spec.ts'
import { anyField, instant, NUMBER_FIELDS, rangeLookup } from './conditions.ts'

/** Conditions with `or` and `not` around them. */
export function groupsOf(field: Arbitrary<FieldCondition>): Arbitrary<Group> {
  return fc.letrec<{ condition: Condition; group: Group }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      { arbitrary: field as Arbitrary<Condition>, weight: 6 },
      { arbitrary: fc.record({ or: fc.array(tie('group'), { minLength: 1, maxLength: 3 }) }), weight: 3 },
      { arbitrary: fc.record({ not: tie('group') }), weight: 2 },
    ),
    group: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
  })).group
}

const ORDER_FIELDS = [
  ...(['started_at', 'ended_at', 'id', 'customer_id', 'is_marked', 'is_used', 'language'] as const),
  ...NUMBER_FIELDS,
]
const orderTerm = fc.constantFrom<OrderTerm>(...ORDER_FIELDS.flatMap((field): OrderTerm[] => [field, `-${field}`]))

/** Settings besides conditions, each of them there or not. */
const settings = fc.record(
  {
    orderBy: fc.array(orderTerm, { minLength: 1, maxLength: 3 }),
    lean: fc.constant(true as const),
    includeDeleted: fc.constant(true as const),
  },
  { requiredKeys: [] },
)

const paging = fc.record(
  {
    page: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom('last' as const, 1_000)),
    pageSize: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(10, 99, 100)),
  },
  { requiredKeys: [] },
)

/** Several ends of time in one group, of which the nearest count. */
export const ends: Arbitrary<Group> = fc.array(
  fc.record({ field: fc.constant('started_at' as const), lookup: rangeLookup, value: instant }),
  { minLength: 2, maxLength: 3 },
)

/** One condition more often than several, which few rows meet; now and then none. */
const group = (field: Arbitrary<FieldCondition>): Arbitrary<Group> =>
  fc.oneof(
    { arbitrary: fc.tuple(field), weight: 6 },
    { arbitrary: fc.tuple(field).map((inner): Group => [{ not: inner }]), weight: 2 },
    { arbitrary: ends, weight: 2 },
    { arbitrary: groupsOf(field), weight: 8 },
    fc.constant<Group>([]),
  )

/** A question without a page, of conditions on these fields. */
export function specsOf(field: Arbitrary<FieldCondition>): Arbitrary<QuerySpec> {
  return fc.record({ where: group(field), settings }).map((it) => ({ where: it.where, ...it.settings }))
}

/** A question without a page. */
export const conditionSpec: Arbitrary<QuerySpec> = specsOf(anyField)

/** A question of a page, which there may not be. */
export const pagedSpec: Arbitrary<QuerySpec> = fc
  .tuple(conditionSpec, paging)
  .map(([spec, page]) => ({ ...spec, ...page }))
