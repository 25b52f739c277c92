/** Where a row has what a query looks for: the entry point `conversation-store/highlights`. */
import { type QueryLike, specOf } from '../../store/inside.ts'
import { type Highlight, highlightsOf } from './highlights.ts'

export type { Highlight, HighlightRange } from './highlights.ts'

/**
 * Where in a row the strings of a query's `messageContains`, `message`, `action`, `name` and `search` stand, ignoring case;
 * those asked for within `or` too, within `not` not. What one message or run must have is marked in those alone that have
 * all of it. One entry a string that has any: messages first, each with its runs, then name, conversation and customer
 * id. Ranges are UTF-16 offsets, the leftmost and of those the longest first, none over another.
 *
 * Needs no store. Throws `InvalidRowError` for an invalid row. O(units of the row x strings looked for).
 *
 * @example
 * import { query } from 'conversation-store/core'
 * import { highlights } from 'conversation-store/highlights'
 *
 * const row = { conversation_id: 'a', messages: [{ sender: 'agent', content: 'Your refund is on its way' }] }
 * highlights(query().messageContains('refund'), row)[0]?.ranges // [[5, 11]]
 */
export function highlights(query: QueryLike, row: object): Highlight[] {
  return highlightsOf(specOf(query), row)
}
