/** Strings of users as a sentence can hold them: short, on one line, with nothing in them that hides or turns text. */

/** Controls, marks of direction, joiners that are not seen, line ends, tags, and halves of surrogate pairs. */
const HIDDEN =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e007f}\p{Surrogate}]/gu

/** Line breaks and tabs with the white space around them. */
const BREAKS = /\s*[\r\n\t]\s*/g

/**
 * The string with each character that is not seen as `\u202e`, line breaks as a space, and cut after `most` characters
 * with an ellipsis. O(most), however long the string is.
 */
export function visible(text: string, most = 60): string {
  // Twice as many, for what is cut must be told from what just fits.
  const start = Array.from(text.slice(0, most * 4).replace(BREAKS, ' ')).slice(0, most + 1)
  const isCut = start.length > most || text.length > most * 4
  const shown = (isCut ? start.slice(0, most - 1) : start).join('').replace(HIDDEN, escaped)
  return isCut ? `${shown}…` : shown
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}
