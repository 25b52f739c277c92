/** What a page gives out: rows, frozen and perhaps lean, and the cursor after them. */

import { keyOf } from '../engine/pages/order-key.ts'
import type { Row } from '../engine/segments/documents.ts'
import { writeCursor } from '../query/cursor.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { DEFAULT_ORDER, type QuerySpec } from '../query/spec.ts'
import type { Conversation, LeanConversation } from '../row/conversation.ts'
import { freezeRow } from '../row/freeze.ts'
import { countOf, withoutLists } from '../row/grown.ts'

/** What a store was told about pages and links. */
export interface PageSettings {
  readonly defaultPageSize: number
  readonly maxPageSize: number
  readonly baseUrl: string | undefined
}

/** The cursor that goes on after the last of some rows. */
export function cursorAfter(rows: readonly Row[], spec: QuerySpec): string {
  return writeCursor(spec, keyOf(rows.at(-1)!, spec.orderBy ?? DEFAULT_ORDER))
}

/** A row as it is given out: frozen, lean if the query says so. */
export function given(row: Row, spec: QuerySpec): Row | LeanConversation<unknown> {
  freezeRow(row)
  return spec.lean === true ? leanRow(row) : row
}

/** A row with the numbers of its messages and feedbacks instead of them. O(keys). */
export function leanRow<Metadata>(row: Conversation<Metadata>): LeanConversation<Metadata> {
  return Object.freeze({
    ...withoutLists(row),
    message_count: countOf(row, 'messages'),
    feedback_count: countOf(row, 'feedbacks'),
  }) as unknown as LeanConversation<Metadata>
}

/**
 * What is asked, with a page size that the store has. Throws `INVALID_VALUE` for a larger one, unless it comes from a URL:
 * then it is cut.
 */
export function withinMaximum<Parts extends { readonly pageSize?: number | null }>(
  parts: Parts,
  isOfUrl: boolean,
  { maxPageSize }: Pick<PageSettings, 'maxPageSize'>,
): Parts {
  const size = parts.pageSize ?? 0
  if (!(size > maxPageSize)) return parts
  const expected = `a whole number from 1 to ${maxPageSize}, the store's maxPageSize`
  if (!isOfUrl) raise([invalidValue('page_size', size, { expected }, ' .all() gives all rows.')])
  return { ...parts, pageSize: maxPageSize }
}
