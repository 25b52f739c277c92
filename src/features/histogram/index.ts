/** Counts over time: the entry point `conversation-store/histogram`. */
import { askedOf, type QueryLike } from '../../store/inside.ts'
import { histogram as countOverTime } from './count.ts'
import { type HistogramBucket, type HistogramField, type HistogramOptions, readHistogram } from './request.ts'

export type { HistogramBucket, HistogramField, HistogramOptions, HistogramUnit } from './request.ts'

/**
 * How many rows of a query fall into each hour, day, week (from Monday) or month of a time zone, from the first row's to
 * the last's, empty ones too. Where the clocks change, a day has 23 or 25 hours. None where no row has the time.
 *
 * Throws `NO_STORE` for a query without a store, `InvalidQueryError` for an unknown field, unit or time zone and for more
 * than 10,000 buckets. Reads no row: O(buckets x log rows) by `started_at`.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { histogram } from 'conversation-store/histogram'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05T10:00:00Z' }])
 * histogram(store.query(), 'started_at', { every: 'day' })
 * // [{ from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z', count: 1 }]
 */
export function histogram(query: QueryLike, field: HistogramField, options: HistogramOptions): HistogramBucket[] {
  const { spec, executor } = askedOf(query)
  return countOverTime(spec, readHistogram(field, options), executor.engine)
}
