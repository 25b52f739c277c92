/** Characters that show nothing and change how others are read: they are shown as a symbol, so that nobody is misled. */

/** The ones that turn the direction of writing, or hide. */
const NAMES: Readonly<Record<number, readonly [symbol: string, name: string]>> = {
  1564: ['ALM', 'Arabic letter mark'],
  8203: ['ZWSP', 'zero width space'],
  8206: ['LRM', 'left-to-right mark'],
  8207: ['RLM', 'right-to-left mark'],
  8232: ['LS', 'line separator'],
  8233: ['PS', 'paragraph separator'],
  8234: ['LRE', 'left-to-right embedding'],
  8235: ['RLE', 'right-to-left embedding'],
  8236: ['PDF', 'end of an embedding or override'],
  8237: ['LRO', 'left-to-right override'],
  8238: ['RLO', 'right-to-left override'],
  8288: ['WJ', 'word joiner'],
  8294: ['LRI', 'left-to-right isolate'],
  8295: ['RLI', 'right-to-left isolate'],
  8296: ['FSI', 'first strong isolate'],
  8297: ['PDI', 'end of an isolate'],
  65279: ['BOM', 'byte order mark'],
}

/** Control characters except tabs and line ends; those of the table; tags, which spell hidden words, except in flags. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for.
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/gu

/** A piece of a string: words, or one hidden character by its symbol and its name. */
export type Piece = string | { readonly symbol: string; readonly name: string }

/** A string as pieces, in order. O(units). */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { index, 0: character } of text.matchAll(HIDDEN)) {
    if (index > from) pieces.push(text.slice(from, index))
    pieces.push(shown(character.codePointAt(0)!))
    from = index + character.length
  }
  if (from < text.length) pieces.push(text.slice(from))
  return pieces
}

function shown(code: number): Exclude<Piece, string> {
  const [symbol, name] = NAMES[code] ?? [symbolOf(code), `control character ${hex(code)}`]
  return { symbol, name }
}

function symbolOf(code: number): string {
  // As terminals show them: few fonts have their pictures.
  if (code < 0x20) return `^${String.fromCodePoint(0x40 + code)}`
  if (code === 0x7f) return '^?'
  return code >= 0xe0020 && code < 0xe007f ? `tag ${String.fromCodePoint(code - 0xe0000)}` : hex(code)
}

function hex(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** A stretch of a string, and which match it is in; null for none. */
export interface Stretch {
  readonly text: string
  readonly match: number | null
}

/** The stretches of `text` between `from` and `to`, cut at ranges that ascend without overlap; matches are counted from the first range. */
export function stretchesOf(
  text: string,
  ranges: readonly (readonly [start: number, end: number])[],
  from = 0,
  to = text.length,
): readonly Stretch[] {
  const stretches: Stretch[] = []
  let at = from
  const upTo = (end: number, match: number | null) => {
    if (end > at) stretches.push({ text: text.slice(at, end), match })
    at = Math.max(at, end)
  }
  for (const [match, [start, end]] of ranges.entries()) {
    if (end <= from) continue
    if (start >= to) break
    upTo(Math.max(start, from), null)
    upTo(Math.min(end, to), match)
  }
  upTo(to, null)
  return stretches
}
