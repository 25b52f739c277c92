/**
 * Everything that a query matches as text, piece by piece: CSV for spreadsheets, NDJSON for everything else. The entry
 * point `conversation-store/export`.
 */

import { askedOf, type QueryLike } from '../../store/inside.ts'
import { leanRow } from '../../store/page.ts'
import { csvPieces, ndjsonPieces } from './pieces.ts'
import { inSlices } from './slices.ts'

/**
 * All rows of a query as CSV, pages and cursors aside, in its order, as they are when the iteration begins. Gives text in
 * chunks of some 64 kB, and once the rows are found and in order leaves the thread free about every 8 ms.
 *
 * The first record has the titles: the fields of a conversation, `message_count`, `feedback_count`, `action_count`,
 * `attachment_count` and `duration` (seconds), then `metadata.PATH` for each path to a value in the metadata of these
 * rows, sorted by code point. They are decided from all rows before the first line is written, so no later row can
 * bring another. A list, and an object that is empty, is written as JSON; a null or missing value is an empty cell.
 * Messages, feedbacks and extra keys are left out.
 *
 * RFC 4180: lines end with CRLF, the last one too. Cells and titles stand in quotes where they hold a comma, semicolon,
 * tab or bar, a quote, a control character or a line end, or white space at an end. A cell that a spreadsheet may run as
 * a formula gets an apostrophe in front, unless it is a number: one that begins with a tab or a line end, or with `=`,
 * `+`, `-` or `@` (full-width ones too), also after characters that spreadsheets skip, such as NUL, a space or a BOM.
 *
 * Throws `NO_STORE` at the first `next()` for a query made without a store, `INVALID_VALUE` for anything else than a query.
 * O(rows × columns).
 *
 * @example
 * for await (const text of toCSV(store.query().device('mobile'))) response.write(text)
 */
export async function* toCSV(query: QueryLike): AsyncGenerator<string, void, undefined> {
  const { spec, executor } = askedOf(query)
  yield* inSlices(csvPieces(executor.held(spec)))
}

/**
 * All rows of a query as NDJSON, one document a line, pages and cursors aside, in its order, as they are when the
 * iteration begins. What is read back is equal to what the query gives (`query.all()`), so this is the lossless one, and
 * `store.load` takes it. Gives text in chunks of some 64 kB, and once the rows are found and in order leaves the thread
 * free about every 8 ms.
 *
 * Throws `NO_STORE` at the first `next()` for a query made without a store, `INVALID_VALUE` for anything else than a query.
 * O(bytes of the rows).
 *
 * @example
 * let text = ''
 * for await (const chunk of toNDJSON(store.query().marked())) text += chunk
 */
export async function* toNDJSON(query: QueryLike): AsyncGenerator<string, void, undefined> {
  const { spec, executor } = askedOf(query)
  yield* inSlices(ndjsonPieces(executor.held(spec), spec.lean === true ? leanRow : (row) => row))
}
