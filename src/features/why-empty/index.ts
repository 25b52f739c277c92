/** Why a query finds nothing: the entry point `conversation-store/why-empty`. */
import { askedOf, type QueryLike } from '../../store/inside.ts'
import { report } from './report.ts'
import type { WhyEmpty } from './why.ts'

export type { WhyEmpty, WhyEmptyCondition, WhyEmptyNearest } from './why.ts'

/**
 * Why a query finds nothing: how many rows meet each of its conditions alone, how many would match without it, which one
 * empties the answer, what was perhaps meant, and the row that meets the most with what it has instead. Pages aside; for a query
 * that finds something the same without the last two. As data, and as a string by `String()`.
 *
 * Throws `NO_STORE` for a query without a store. Costs about what running each condition alone does: milliseconds for 10,000
 * rows. Where no row has a metadata path at all, it also reads the metadata of every row once.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { whyEmpty } from 'conversation-store/why-empty'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05', customer_id: 'Kim' }])
 * whyEmpty(store.query().customerId('kim')).conditions[0].didYouMean // 'customerId("Kim")'
 */
export function whyEmpty(query: QueryLike<never>): WhyEmpty {
  const { spec, executor } = askedOf(query)
  return report(spec, executor)
}
