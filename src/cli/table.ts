/** A table of text for a terminal, in which wide characters take two columns. */
import { onOneLine } from './printable.ts'

/** One column: its title, how many columns of the terminal it takes at most, and whether it is flush right. */
export interface Column {
  readonly title: string
  readonly limit: number
  /** How narrow it may get where the terminal is; it keeps its width when absent. */
  readonly least?: number
  /** Left out where the terminal is too narrow for all columns; the last of them goes first. */
  readonly isOptional?: true
  readonly isNumber?: true
}

/** Blanks between two columns. */
const GAP = 2

/**
 * The lines of a table, titles first, each column as wide as it needs to be. Where that is wider than `width`, the
 * widest columns are narrowed; where that does not do, optional ones are left out.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const lines = [columns.map(({ title }) => title), ...rows.map((cells) => cells.map(shown))]
  const needs = columns.map(({ limit }, i) => Math.min(limit, Math.max(...lines.map((cells) => widthOf(cells[i]!)))))
  const kept = new Set(columns.keys())
  const leastOf = (i: number) => Math.min(needs[i]!, columns[i]!.least ?? needs[i]!)
  const totalOf = (widthAt: (i: number) => number) => [...kept].reduce((sum, i) => sum + widthAt(i) + GAP, -GAP)
  for (const i of [...columns.keys()].reverse()) {
    if (columns[i]!.isOptional && totalOf(leastOf) > width) kept.delete(i)
  }
  const widths = [...needs]
  for (let excess = totalOf((i) => widths[i]!) - width; excess > 0; excess--) {
    const widest = [...kept].reduce((a, b) => (widths[b]! - leastOf(b) > widths[a]! - leastOf(a) ? b : a))
    if (widths[widest]! <= leastOf(widest)) break
    widths[widest]!--
  }
  return lines.map((cells) => {
    const padded = [...kept].map((i) => fitted(cells[i]!, widths[i]!, columns[i]!.isNumber === true))
    return padded.join(' '.repeat(GAP)).trimEnd()
  })
}

/** More of a cell is never shown, so the rest of a long message is not measured. */
const LONGEST_CELL = 1_000

function shown(cell: string): string {
  return onOneLine(cell.slice(0, LONGEST_CELL))
}

/** The text in exactly `width` columns, cut with an ellipsis or filled with blanks. */
function fitted(text: string, width: number, isRight: boolean): string {
  let kept = text
  if (widthOf(text) > width) {
    kept = ''
    let taken = 1
    for (const { segment } of GRAPHEMES.segment(text)) {
      taken += widthOfGrapheme(segment)
      if (taken > width) break
      kept += segment
    }
    kept += '…'
  }
  const blanks = ' '.repeat(width - widthOf(kept))
  return isRight ? blanks + kept : kept + blanks
}

/** The columns that a string takes on a terminal. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of GRAPHEMES.segment(text)) width += widthOfGrapheme(segment)
  return width
}

/** Cuts a string into what people see as one character: a letter with its accents, a flag, a family of emoji. */
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

function widthOfGrapheme(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : NO_WIDTH.test(grapheme) ? 0 : 1
}

/** East Asian letters and emoji. U+FE0F makes a sign an emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
