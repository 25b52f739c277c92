/** Making text from files, arguments and requests safe for a terminal. */

/**
 * Control characters (escape sequences begin with one), and those that change the direction of text or separate lines: a
 * terminal obeys them instead of showing them.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/gu

/** The text with each such character as `\uXXXX`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** The same on one line: line breaks, with the white space around them, and tabs become a space. */
export function onOneLine(text: string): string {
  return printable(text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').replaceAll('\t', ' ')).trim()
}

/** Lines of text, their ends kept. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' ? character : escaped(character)))
}

/** Records of CSV, which end with CRLF. */
export function printableRecords(text: string): string {
  return text.split('\r\n').map(printableLines).join('\r\n')
}

/** JSON that reads back equal, without such characters. `indent`: spaces a level. */
export function printableJson(value: unknown, indent?: number): string {
  // JSON has line feeds between its tokens only, and no other of these characters there.
  return printableLines(JSON.stringify(value, null, indent))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
