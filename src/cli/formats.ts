/** How answers are printed: one entry a format. */

import { csvPieces, ndjsonPieces } from '../features/export/pieces.ts'
import type { Conversation, LeanConversation } from '../row/conversation.ts'
import { type Column, tableLines } from './table.ts'

/** A row as a query gives it. */
export type AnswerRow = Conversation | LeanConversation

/** What is printed: some rows of an answer, and what the whole answer is. */
export interface Answer {
  readonly rows: readonly AnswerRow[]
  /** The page's envelope without its rows, or the count alone where all rows are printed. */
  readonly summary: { readonly count: number; readonly current_page?: number | null; readonly total_pages?: number }
  /** Columns of the terminal. */
  readonly width: number
}

/** Gives the pieces of text that make up an answer, one by one, so that a large one is never held whole. */
export type Format = (answer: Answer) => Iterable<string>

/** The formats by name. */
export const FORMATS = {
  /** For people. */
  table: formatTable,
  /** One JSON document: the envelope of the page, or with all rows `{ count, results }`. */
  *json({ rows, summary }) {
    yield `${JSON.stringify(summary).slice(0, -1)},"results":[`
    let separator = '\n'
    for (const row of rows) {
      yield separator + JSON.stringify(row)
      separator = ',\n'
    }
    yield '\n]}\n'
  },
  /** One row a line, fit to be loaded again. */
  ndjson: ({ rows }) => ndjsonPieces(rows, (row) => row),
  /** One row a record, messages and feedbacks as numbers, a column for each metadata path of the rows printed. */
  csv: ({ rows }) => csvPieces(rows),
  /** One id a line. */
  *ids({ rows }) {
    for (const { id } of rows) yield `${id}\n`
  },
} as const satisfies Record<string, Format>

/** The name of a format. */
export type FormatName = keyof typeof FORMATS

const TABLE_COLUMNS: readonly (Column & { readonly cell: (row: AnswerRow) => string })[] = [
  { title: 'id', limit: 16, isNumber: true, cell: ({ id }) => String(id) },
  { title: 'conversation', limit: 26, cell: ({ conversation_id }) => conversation_id },
  { title: 'started', limit: 20, cell: ({ started_at }) => started_at.slice(0, 19) },
  { title: 'customer', limit: 20, cell: ({ customer_id }) => customer_id ?? '' },
  { title: 'device', limit: 10, cell: ({ device }) => device ?? '' },
  { title: 'lang', limit: 5, cell: ({ language }) => language ?? '' },
  { title: 'msgs', limit: 6, isNumber: true, cell: (row) => String(countMessages(row)) },
  { title: 'feedback', limit: 12, cell: showFeedbacks },
  { title: 'name, or what was said first', limit: 60, cell: showSubject },
]

/** Rows beyond these are printed with the widths of these. */
const TABLE_BLOCK = 500

function* formatTable({ rows, summary, width }: Answer): Iterable<string> {
  const { count, current_page: page, total_pages: pages } = summary
  let block: AnswerRow[] = []
  for (const row of rows) {
    block.push(row)
    if (block.length === TABLE_BLOCK) {
      yield tableText(block, width)
      block = []
    }
  }
  if (block.length > 0) yield tableText(block, width)
  const found = count === 1 ? '1 conversation' : `${count.toLocaleString('en')} conversations`
  yield page == null ? `${found}\n` : `${found}, page ${page} of ${pages}\n`
}

function tableText(rows: readonly AnswerRow[], width: number): string {
  // A column without any value says nothing; the last one takes what the others leave of the terminal.
  const [last, ...others] = TABLE_COLUMNS.toReversed().filter(({ cell }) => rows.some((row) => cell(row) !== ''))
  const left = others.toReversed()
  const taken = Math.max(...tableLines(left, cellsOf(rows, left)).map((line) => line.length))
  const columns = [...left, { ...last!, limit: Math.max(12, width - taken - 2) }]
  return `${tableLines(columns, cellsOf(rows, columns)).join('\n')}\n\n`
}

function cellsOf(rows: readonly AnswerRow[], columns: typeof TABLE_COLUMNS): string[][] {
  return rows.map((row) => columns.map(({ cell }) => cell(row)))
}

function countMessages({ messages, message_count: count }: AnswerRow): number {
  return messages ? messages.length : Number(count ?? 0)
}

function showFeedbacks(row: AnswerRow): string {
  if (!row.feedbacks) return row.feedback_count ? String(row.feedback_count) : ''
  return row.feedbacks.map(({ sentiment }) => sentiment).join(' ')
}

function showSubject(row: AnswerRow): string {
  return row.name ?? row.messages?.[0]?.content ?? ''
}
