/**
 * Which rows have a message that contains a string. Folded messages are cut into runs, the terms of an inverted index:
 *
 *     Hi, 你好!  order_17  ->  hi  ,  你  好  !  order_17
 *
 * Letters, marks, digits and `_` stick together. Characters of scripts that are written without spaces stand alone, and
 * so does every other character that is not white space. A pattern is cut in the same way. Inside one run it is looked
 * for among the distinct runs, and the answer is exact. So it is for two neighbours of a script without spaces, which
 * are a term too.
 *
 * Across runs, a pattern's first piece must end a run, its last begin one and all between be whole. The index keeps the
 * runs of each row in their order too, and what stands between them, so that no document is read. White space other than
 * a single space between two runs is a term of its own, a stretch:
 *
 *     Hi,\n\nyou   ->   hi  ,  \n\n  you
 *
 * What lost: trigrams over messages have about 1,000 distinct a row, verify always and do nothing for two characters; a
 * suffix array takes four times the bytes of the text.
 */
import { fold, foldInSteps } from '../../base/text/fold.ts'
import type { Row } from '../segments/documents.ts'
import { type ReadingSteps, STEP_UNITS } from '../terms/steps.ts'
import { GLUE, runToken } from './tokens.ts'

/** White space: no part of a run. */
export const SPACE = 1
/** Stands alone. */
export const MARK = 2
/** Stands alone, and is a term with a neighbour of its kind. */
export const LETTER = 3
/** Sticks to its neighbours of the kind. */
export const WORD = 4
export type CharacterClass = typeof SPACE | typeof MARK | typeof LETTER | typeof WORD

const IS_SPACE = /^\s$/
const IS_WORD = /^[\p{L}\p{M}\p{N}_]$/u
const IS_LETTER = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]$/u

/** The class of each UTF-16 unit seen so far, 0 for the others. 64 kB, on first use. */
let unitClasses: Uint8Array | undefined

function classify(character: string): CharacterClass {
  if (IS_SPACE.test(character)) return SPACE
  if (!IS_WORD.test(character)) return MARK
  return IS_LETTER.test(character) ? LETTER : WORD
}

/** The class of the character that a string begins with. */
export function classOf(text: string): CharacterClass {
  return (unitClasses?.[text.charCodeAt(0)] || classify(String.fromCodePoint(text.codePointAt(0)!))) as CharacterClass
}

/** Told the bounds and the class of each run of a string, in order. */
type VisitRun = (from: number, to: number, kind: CharacterClass) => void

/** Calls `visit` with each run of a string. O(units). */
export function eachRun(text: string, visit: VisitRun): void {
  new RunCutter(text, visit).next(text.length)
}

/** Cuts a string into runs, some of its units at a time. */
class RunCutter {
  readonly #text: string
  readonly #visit: VisitRun
  #at = 0
  /** Where the word under way begins, or -1. */
  #wordFrom = -1

  constructor(text: string, visit: VisitRun) {
    this.#text = text
    this.#visit = visit
  }

  /** Goes on by so many units, or one more. Returns whether that was all. */
  next(units: number): boolean {
    unitClasses ??= new Uint8Array(65_536)
    const classes = unitClasses
    const text = this.#text
    const visit = this.#visit
    const end = Math.min(text.length, this.#at + units)
    let wordFrom = this.#wordFrom
    let i = this.#at
    while (i < end) {
      const unit = text.charCodeAt(i)
      let width = 1
      let kind = classes[unit]! as CharacterClass | 0
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
        if (wordFrom !== -1) visit(wordFrom, i, WORD)
        wordFrom = -1
        if (kind !== SPACE) visit(i, i + width, kind)
      }
      i += width
    }
    this.#at = i
    this.#wordFrom = wordFrom
    if (i < text.length) return false
    if (wordFrom !== -1) visit(wordFrom, text.length, WORD)
    return true
  }
}

/** What stands between the end of a run and the next, of that class; `undefined` where it is the usual. */
export function glueOf(text: string, to: number, next: number, kind: CharacterClass): number | undefined {
  if (to === next) return kind === WORD ? GLUE.nothing : undefined
  if (next - to > 1 || text[to] !== ' ') return GLUE.stretch
  return kind === WORD ? undefined : GLUE.space
}

/** Takes what is read of a row's messages. */
export interface TextReader {
  /** The term of a stretch of a string. The row does not have it by this alone. */
  term(text: string, from: number, to: number): number
  /** The row's next token; see `Sequences`. It has the terms of the runs among them. */
  next(token: number): void
  /** Another term that the row has. */
  add(term: number): void
  /** The row has a single space between two runs. */
  space(): void
}

/**
 * Reads the runs of a row's messages, looked up where they stand in the string. Returns how many units it read; of a row
 * that has more than 16,384 it has read nothing yet and returns the steps of doing so.
 */
export function messageRuns(row: Pick<Row, 'messages'>, reader: TextReader): number | ReadingSteps {
  const messages = row.messages ?? []
  let units = 0
  for (const { content } of messages) units += content.length
  if (units > STEP_UNITS) return readInSteps(messages, reader)
  for (const { content } of messages) {
    const reading = new RunReader(fold(content), reader)
    eachRun(reading.text, reading.visit)
    reading.end()
  }
  return units
}

function* readInSteps(messages: readonly { readonly content: string }[], reader: TextReader): ReadingSteps {
  for (const { content } of messages) {
    const reading = new RunReader(yield* foldInSteps(content, STEP_UNITS), reader)
    const cutter = new RunCutter(reading.text, reading.visit)
    while (!cutter.next(STEP_UNITS)) yield STEP_UNITS
    reading.end()
    yield Math.min(content.length, STEP_UNITS)
  }
}

/** Tells a reader of each run of a folded message, and of what stands before, between and after them. */
class RunReader {
  readonly text: string
  readonly visit: VisitRun
  /** Tells of the white space at the end. */
  readonly end: () => void

  constructor(text: string, reader: TextReader) {
    this.text = text
    let before = 0
    let letterFrom = -1
    let letterTo = -1
    const tell = (from: number, to: number) => reader.next(runToken(reader.term(text, from, to), from === 0))
    this.visit = (from, to, kind) => {
      const glue = before === 0 ? (from === 0 ? undefined : GLUE.stretch) : glueOf(text, before, from, kind)
      if (glue === GLUE.stretch) tell(before, from)
      else {
        if (before !== 0 && before !== from) reader.space()
        if (glue !== undefined) reader.next(glue)
      }
      tell(from, to)
      before = to
      if (kind !== LETTER) return
      if (letterTo === from) reader.add(reader.term(text, letterFrom, to))
      letterFrom = from
      letterTo = to
    }
    this.end = () => {
      if (before < text.length) tell(before, text.length)
    }
  }
}
