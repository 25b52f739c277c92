/**
 * Which rows have a message that contains a text. Folded messages are cut into runs, the terms of an inverted index:
 *
 *     Hi, 你好!  order_17  ->  hi  ,  你  好  !  order_17
 *
 * Letters, marks, digits and `_` stick together. Characters of scripts that are written without spaces stand alone, and
 * so does every other character that is not white space. A pattern is cut in the same way. Inside one run it is looked
 * for among the distinct runs, and the answer is exact. Across runs, its first piece must end a run, its last begin one
 * and all between be whole: that gives a superset, whose rows are read to be sure.
 *
 * What lost: trigrams over messages have about 1,000 distinct a row, verify always and do nothing for two characters; a
 * suffix array takes four times the bytes of the text.
 */
import { fold } from '../text/fold.ts'
import type { Dictionary } from './dictionary.ts'
import type { Row } from './documents.ts'
import type { Extract } from './inverted.ts'

const SPACE = 1
const ALONE = 2
const WORD = 3
type CharacterClass = typeof SPACE | typeof ALONE | typeof WORD

const IS_SPACE = /^\s$/
const IS_WORD = /^[\p{L}\p{M}\p{N}_]$/u
const IS_ALONE = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]$/u

/** The class of each UTF-16 unit seen so far, 0 for the others. 64 kB, on first use. */
let unitClasses: Uint8Array | undefined

function classify(character: string): CharacterClass {
  if (IS_SPACE.test(character)) return SPACE
  return IS_WORD.test(character) && !IS_ALONE.test(character) ? WORD : ALONE
}

/** Calls `visit` with the bounds of each run of a text, in order. O(units). */
export function eachRun(text: string, visit: (from: number, to: number, isWord: boolean) => void): void {
  unitClasses ??= new Uint8Array(65_536)
  const classes = unitClasses
  let wordFrom = -1
  for (let i = 0; i < text.length; ) {
    const unit = text.charCodeAt(i)
    let width = 1
    let kind = classes[unit]!
    if (kind === 0) {
      const isSurrogate = (unit & 0xf800) === 0xd800
      const character = isSurrogate ? String.fromCodePoint(text.codePointAt(i)!) : text[i]!
      width = character.length
      kind = classify(character)
      if (!isSurrogate) classes[unit] = kind
    }
    if (kind === WORD) {
      if (wordFrom === -1) wordFrom = i
    } else {
      if (wordFrom !== -1) visit(wordFrom, i, true)
      wordFrom = -1
      if (kind === ALONE) visit(i, i + width, false)
    }
    i += width
  }
  if (wordFrom !== -1) visit(wordFrom, text.length, true)
}

/** The terms of the text index: the runs of a row's messages, looked up where they stand in the text. */
export const messageRuns: Extract = (row, _emit, emitSlice) => {
  for (const { content } of row.messages ?? []) {
    const text = fold(content)
    eachRun(text, (from, to) => emitSlice(text, from, to))
  }
}

/** A piece of a pattern: a run that rows must have, whole or in part. */
interface Piece {
  readonly text: string
  readonly place: 'anywhere' | 'start' | 'end' | 'whole'
}

/** A text to look for, cut as messages are. */
export interface Pattern {
  /** The text, folded. */
  readonly text: string
  /** Rows that match have all of these. */
  readonly pieces: readonly Piece[]
  /** Rows that have all pieces match. */
  readonly isExact: boolean
}

/** A text that begins or ends within a surrogate pair cuts a character: what it is a part of need not have its folded pieces. */
export const CUTS_A_PAIR = /^[\udc00-\udfff]|[\ud800-\udbff]$/

/** Cuts a text to look for. O(units). */
export function patternOf(content: string): Pattern {
  const text = fold(content)
  const pieces: Piece[] = []
  if (CUTS_A_PAIR.test(text)) return { text, pieces, isExact: false }
  eachRun(text, (from, to, isWord) => {
    const canGoOnBefore = isWord && from === 0
    const canGoOnAfter = isWord && to === text.length
    const place = canGoOnBefore ? (canGoOnAfter ? 'anywhere' : 'end') : canGoOnAfter ? 'start' : 'whole'
    pieces.push({ text: text.slice(from, to), place })
  })
  return { text, pieces, isExact: pieces.length === 1 && pieces[0]!.text === text }
}

/** The runs that a piece can stand for. */
export function runsOf(piece: Piece, dictionary: Dictionary): number[] {
  if (piece.place !== 'whole') return dictionary.containing(piece.text, piece.place)
  const term = dictionary.term(piece.text)
  return term === -1 ? [] : [term]
}

/** Whether some one message contains the folded text. Reads the document: O(units of its messages). */
export function someMessageContains(row: Row, folded: string): boolean {
  for (const { content } of row.messages ?? []) if (fold(content).includes(folded)) return true
  return false
}
