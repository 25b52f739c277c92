/** A table of text for a terminal, in which wide characters take two columns. */

/** One column: its title, how many columns of the terminal it takes at most, and whether it is flush right. */
export interface Column {
  readonly title: string
  readonly limit: number
  readonly isNumber?: true
}

/** The lines of a table, titles first, each column as wide as it needs to be. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(onOneLine))]
  const widths = columns.map(({ limit }, i) => Math.min(limit, Math.max(...lines.map((cells) => widthOf(cells[i]!)))))
  return lines.map((cells) => {
    const padded = cells.map((cell, i) => fitted(cell, widths[i]!, columns[i]!.isNumber === true))
    return padded.join('  ').trimEnd()
  })
}

/** The text in exactly `width` columns, cut with an ellipsis or filled with blanks. */
function fitted(text: string, width: number, isRight: boolean): string {
  let kept = text
  if (widthOf(text) > width) {
    kept = ''
    let taken = 1
    for (const character of text) {
      taken += widthOf(character)
      if (taken > width) break
      kept += character
    }
    kept += '…'
  }
  const blanks = ' '.repeat(width - widthOf(kept))
  return isRight ? blanks + kept : kept + blanks
}

/** Columns of a terminal that a text takes. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : NO_WIDTH.test(character) ? 0 : 1
  return width
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u

/** Without what would break the line or, in a hostile text, drive the terminal. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}
