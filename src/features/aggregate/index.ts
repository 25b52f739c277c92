/** Aggregates of numbers, group by group: the entry point `conversation-store/aggregate`. */
import { askedOf, type QueryLike } from '../../store/inside.ts'
import { aggregate as aggregateRows } from './aggregate.ts'
import { type AggregateGroup, type AggregateOptions, type AggregateRequest, readAggregate } from './request.ts'

export type {
  Aggregate,
  AggregateField,
  AggregateGroup,
  AggregateNumber,
  AggregateOptions,
  AggregateOrder,
  AggregateRequest,
  NumberFunction,
} from './request.ts'

/**
 * What numbers come to over the rows of a query, pages aside: one group, or one a combination of the values of `by` and
 * the buckets of `every`. Rows are grouped as `facets` counts them, buckets begin as those of `histogram`; groups without
 * rows are left out. A function takes the numbers at a metadata path (of a list each of its numbers; strings, booleans
 * and null give none) or a number of the row.
 *
 * `count` is rows, or rows that have a number; `sum` is correctly rounded, the same in whatever order rows came; `avg` is
 * that sum divided by how many numbers there are; percentiles are by nearest rank; `distinct` counts different values,
 * null aside. Without a number `count` and `distinct` are 0, the others null.
 *
 * Throws `NO_STORE` for a query without a store, `InvalidQueryError` for an unknown function, field or option, for a bad
 * value, and for more than 100,000 groups. Reads no row once its indexes are built: O(rows that match × (fields +
 * aggregates)), and O(numbers × log numbers) for percentiles.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { aggregate } from 'conversation-store/aggregate'
 *
 * const store = ConversationStore.from([
 *   { conversation_id: 'a', started_at: '2026-01-05', metadata: { model: 'm-1', tokens: { total: 17 } } },
 * ])
 * aggregate(store.query(), { total: ['sum', 'metadata.tokens.total'] }, { by: 'metadata.model' })
 * // [{ key: { 'metadata.model': 'm-1' }, total: 17 }]
 */
export function aggregate<const Request extends AggregateRequest>(
  query: QueryLike,
  request: Request,
  options?: AggregateOptions<keyof Request & string>,
): AggregateGroup<Request>[] {
  const { spec, executor } = askedOf(query)
  return aggregateRows(spec, readAggregate(request, options), executor.engine) as AggregateGroup<Request>[]
}
