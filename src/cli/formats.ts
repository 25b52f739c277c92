/** How answers are printed: one entry a format. */

import { counted, grouped } from '../base/text/counted.ts'
import { csvPieces, ndjsonPieces } from '../features/export/pieces.ts'
import type { Conversation, LeanConversation } from '../row/conversation.ts'
import { printableJson, printableLines, printableRecords } from './printable.ts'
import { type Column, tableLines } from './table.ts'

/** A row as a query gives it. */
export type AnswerRow = Conversation | LeanConversation

/** What is printed: rows of an answer, and a summary of the whole answer. */
export interface Answer {
  readonly rows: readonly AnswerRow[]
  /** The page's envelope without its rows, or the count alone where all rows are printed. */
  readonly summary: { readonly count: number; readonly current_page?: number | null; readonly total_pages?: number }
  /** Columns of the terminal. */
  readonly width: number
  /** Whether a person reads it, not a program. */
  readonly isTerminal: boolean
}

/** Gives an answer piece by piece, so that a large one is never held whole. */
export type Format = (answer: Answer) => Iterable<string>

/** The formats by name. None lets a control character reach a terminal. */
export const FORMATS = {
  /** For people. */
  table: formatTable,
  /** One JSON document: the envelope of the page, or with all rows `{ count, results }`. */
  *json({ rows, summary }) {
    yield `${JSON.stringify(summary).slice(0, -1)},"results":[`
    let separator = '\n'
    for (const row of rows) {
      yield separator + printableJson(row)
      separator = ',\n'
    }
    yield '\n]}\n'
  },
  /** One row a line, fit to be loaded again. */
  *ndjson({ rows }) {
    for (const piece of ndjsonPieces(rows, (row) => row)) yield printableLines(piece)
  },
  /**
   * One row a record, messages and feedbacks as numbers, a column for each metadata path of the rows printed. CSV has no
   * escapes, so control characters stand in files and pipes as they are, and are escaped for a terminal alone.
   */
  *csv({ rows, isTerminal }) {
    for (const piece of csvPieces(rows)) yield isTerminal ? printableRecords(piece) : piece
  },
  /** One id a line. */
  *ids({ rows }) {
    for (const { id } of rows) yield `${id}\n`
  },
} as const satisfies Record<string, Format>

/** The name of a format. */
export type FormatName = keyof typeof FORMATS

const TABLE_COLUMNS: readonly (Column & { readonly cell: (row: AnswerRow) => string })[] = [
  { title: 'id', limit: 16, isNumber: true, cell: ({ id }) => String(id) },
  { title: 'conversation', limit: 26, least: 20, cell: ({ conversation_id }) => conversation_id },
  { title: 'started', limit: 16, cell: ({ started_at }) => started_at.slice(0, 16) },
  { title: 'customer', limit: 20, least: 8, isOptional: true, cell: ({ customer_id }) => customer_id ?? '' },
  { title: 'device', limit: 10, isOptional: true, cell: ({ device }) => device ?? '' },
  { title: 'lang', limit: 5, isOptional: true, cell: ({ language }) => language ?? '' },
  { title: 'msgs', limit: 6, isNumber: true, cell: (row) => String(countMessages(row)) },
  { title: 'feedback', limit: 12, least: 8, isOptional: true, cell: showFeedbacks },
  { title: 'name or first message', limit: 100, least: 21, cell: showSubject },
]

/** Rows beyond these are printed with the widths of these. */
const TABLE_BLOCK = 500

function* formatTable({ rows, summary, width }: Answer): Iterable<string> {
  const { count, current_page: page, total_pages: pages } = summary
  for (let from = 0; from < rows.length; from += TABLE_BLOCK)
    yield tableText(rows.slice(from, from + TABLE_BLOCK), width)
  const found = counted(count, 'conversation')
  yield page == null ? `${found}\n` : `${found}, page ${grouped(page)} of ${grouped(pages ?? 1)}\n`
}

function tableText(rows: readonly AnswerRow[], width: number): string {
  // Columns without any value are left out.
  const columns = TABLE_COLUMNS.filter(({ cell }) => rows.some((row) => cell(row) !== ''))
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)))
  return `${tableLines(columns, cells, width).join('\n')}\n\n`
}

function countMessages(row: AnswerRow): number {
  return row.messages ? row.messages.length : Number(row.message_count ?? 0)
}

function showFeedbacks(row: AnswerRow): string {
  if (!row.feedbacks) return row.feedback_count ? String(row.feedback_count) : ''
  return row.feedbacks.map(({ sentiment }) => sentiment).join(' ')
}

function showSubject(row: AnswerRow): string {
  return row.name ?? row.messages?.[0]?.content ?? ''
}
