/** Rows as pieces of text, one by one: what any writer of them shares. */
import { Columns, type ExportRow } from './columns.ts'
import { csvRecord } from './csv.ts'

/** Rows whose paths are noted between two pieces. */
const NOTED_ROWS = 64

/** The records of rows as CSV, that of the titles first. While the columns are being decided, empty pieces come. */
export function* csvPieces(rows: Iterable<ExportRow>): Generator<string, void, undefined> {
  const columns = new Columns()
  let noted = 0
  for (const row of rows) {
    columns.add(row)
    if (noted++ % NOTED_ROWS === 0) yield ''
  }
  yield csvRecord(columns.titles())
  for (const row of rows) yield csvRecord(columns.cells(row))
}

/** Rows as NDJSON, each as `give` has it. */
export function* ndjsonPieces<Row extends object>(
  rows: Iterable<Row>,
  give: (row: Row) => object,
): Generator<string, void, undefined> {
  for (const row of rows) yield `${JSON.stringify(give(row))}\n`
}
