/** By which rules strings were cut and folded: an index that others made would answer wrongly. */

/** How runs are cut: raised with every change of `engine/text/substring.ts` that cuts a string in another way. */
const CUTTING = 1
/** Folding has a table of its own: see `base/text/fold-table.ts`. */
const FOLDING = '17.0'

/** A letter that each version of Unicode brought, the newest first. */
const LETTERS: readonly (readonly [version: string, point: number])[] = [
  ['17.0', 0x10940],
  ['16.0', 0x105c0],
  ['15.1', 0x2ebf0],
  ['15.0', 0x11f04],
  ['14.0', 0x10570],
  ['13.0', 0x10e80],
]

/** The rules of this reader, or writer, as one string. */
export function textRules(): string {
  const isLetter = /^\p{L}$/u
  const version = LETTERS.find(([, point]) => isLetter.test(String.fromCodePoint(point)))?.[0] ?? 'older'
  return `cutting ${CUTTING}, letters of Unicode ${version}, folding of Unicode ${FOLDING}`
}
