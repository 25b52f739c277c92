/** The page of a live query: rows as they are held, until they are given out. */

import type { Row } from '../../engine/segments/documents.ts'
import type { QuerySpec } from '../../query/spec.ts'
import type { LeanConversation } from '../../row/conversation.ts'
import type { QueryExecutor } from '../../store/executor.ts'
import { cursorAfter, given } from '../../store/page.ts'
import type { Page } from '../../wire/envelope.ts'

/** A page of rows as they are held. */
export interface LivePage extends Page<Row> {
  /** How many rows come before the page; absent where that is no fixed number, after a cursor and on the last page. */
  readonly start?: number
}

/** The page of a spec. Past the end it throws the first time; later there are no rows. */
export function livePage(spec: QuerySpec, executor: QueryExecutor, isFirst: boolean): LivePage {
  const page = executor.documents(spec, isFirst)
  // Where the last page begins hangs on the count, and after a cursor how many rows come before is not known.
  return page.page === null || spec.page === 'last' ? page : { ...page, start: (page.page - 1) * page.pageSize }
}

/** The same page with other rows, of so many in all. */
export function turnedPage(page: LivePage, rows: readonly Row[], count: number, spec: QuerySpec): LivePage {
  const totalPages = Math.max(1, Math.ceil(count / page.pageSize))
  const isLast = rows.length === 0 || (page.page === null ? page.nextCursor() === null : page.page >= totalPages)
  return { ...page, rows, count, totalPages, nextCursor: () => (isLast ? null : cursorAfter(rows, spec)) }
}

/** Lean rows that were given out, by the row: as long as that does not change they are the same. */
const leanRows = new WeakMap<Row, Row | LeanConversation<unknown>>()

/** A row as it is given out, the same object each time. */
export function sameGiven(row: Row, spec: QuerySpec): unknown {
  if (spec.lean !== true) return given(row, spec)
  const lean = leanRows.get(row) ?? given(row, spec)
  leanRows.set(row, lean)
  return lean
}
