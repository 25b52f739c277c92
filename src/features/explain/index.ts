/** How a query is answered: the entry point `conversation-store/explain`. */
import { askedOf, type QueryLike } from '../../store/inside.ts'
import { explain as explainRun } from './explain.ts'
import type { Explanation } from './explanation.ts'

export type { ExplainedStep, Explanation } from './explanation.ts'

/**
 * How the store answers a query, and what that costs: as data, and as a string by `String()`. Throws `NO_STORE` for a
 * query without a store. Costs what running the query does.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { explain } from 'conversation-store/explain'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05', device: 'mobile' }])
 * console.log(String(explain(store.query().device('mobile'))))
 */
export function explain(query: QueryLike): Explanation {
  const { spec, executor } = askedOf(query)
  return explainRun(spec, executor.engine)
}
