/** Lines of CSV by RFC 4180, safe to open in a spreadsheet. */

/** What stands in a cell. A null is an empty one. */
export type Cell = string | number | boolean | null

/** One record with its line end, which is CRLF. */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = disarmed(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A spreadsheet runs a cell that begins like this as a formula, unless an apostrophe stands before it. Numbers are none. */
function disarmed(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? `'${text}` : text
}
