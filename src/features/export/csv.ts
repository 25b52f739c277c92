/** Records of CSV by RFC 4180, safe to open in a spreadsheet. */

/** The value of a cell. A null is an empty cell. */
export type Cell = string | number | boolean | null

/** One record with its line end, which is CRLF. */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** Any separator that a reader may be set to, a quote, a control character or a line end, or white space that may be trimmed. */
const NEEDS_QUOTES = /[",;|\p{Cc}\u2028\u2029]|^\s|\s$/u

/**
 * A cell that a spreadsheet may run: it begins with a tab or a line end, or with a sign of formulas, full-width ones too,
 * after nothing but characters that spreadsheets skip (controls, white space, characters without a glyph).
 */
const FORMULA = /^(?:[\t\r\n]|[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠])/u

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/

function csvCell(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return NEEDS_QUOTES.test(value) ? `"${text.replaceAll('"', '""')}"` : text
}
