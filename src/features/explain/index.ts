/** How a query is answered: the entry point `conversation-store/explain`. */
import type { QuerySpec } from '../../query/spec.ts'
import { askedOf, type QueryLike } from '../../store/inside.ts'
import { codeOf, literal } from './code.ts'
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

/**
 * A query as the code that asks it: the calls of the builder, fit to be pasted. `start` is the expression before them.
 * O(units of the query).
 *
 * @example
 * import { query } from 'conversation-store/core'
 * import { toCode } from 'conversation-store/explain'
 *
 * toCode(query().device('mobile').search('refund')) // "store.query().device('mobile').search('refund')"
 */
export function toCode(query: { readonly spec: QuerySpec }, start = 'store.query()'): string {
  return codeOf(query.spec, start)
}

/** JSON data as an expression of JavaScript on one line, as `toCode` writes values: `{ plan: 'pro' }`. O(units). */
export function toLiteral(value: unknown): string {
  return literal(value)
}
