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
 * runs of each row in their order too, and what stands between them, so that no document of the rows which have all
 * pieces is read. Only white space other than single spaces, and a pattern that begins or ends with
 * white space, leave rows to read.
 *
 * What lost: trigrams over messages have about 1,000 distinct a row, verify always and do nothing for two characters; a
 * suffix array takes four times the bytes of the text.
 */
import { CUTS_A_PAIR } from '../../base/text/contains.ts'
import { fold, foldInSteps } from '../../base/text/fold.ts'
import type { Row } from '../segments/documents.ts'
import type { TermIndex } from '../terms/inverted.ts'
import { type ReadingSteps, STEP_UNITS } from '../terms/steps.ts'
import type { TokenSet, Tokens } from './sequence.ts'
import { GLUE, runToken } from './tokens.ts'

const SPACE = 1
/** Stands alone. */
const MARK = 2
/** Stands alone, and is a term with a neighbour of its kind. */
const LETTER = 3
/** Sticks to its neighbours of the kind. */
const WORD = 4
type CharacterClass = typeof SPACE | typeof MARK | typeof LETTER | typeof WORD

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
function glueOf(text: string, to: number, next: number, kind: CharacterClass): number | undefined {
  if (to === next) return kind === WORD ? GLUE.nothing : undefined
  if (next - to > 1 || text[to] !== ' ') return GLUE.gap
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
}

/**
 * Reads the runs of a row's messages, looked up where they stand in the string. Returns how many units it read; of a row
 * that has more than 16,384 it has read nothing yet and returns the steps of doing so.
 */
export function messageRuns(row: Row, reader: TextReader): number | ReadingSteps {
  const messages = row.messages ?? []
  let units = 0
  for (const { content } of messages) units += content.length
  if (units > STEP_UNITS) return readInSteps(messages, reader)
  for (const { content } of messages) {
    const text = fold(content)
    eachRun(text, runReader(text, reader))
  }
  return units
}

function* readInSteps(messages: readonly { readonly content: string }[], reader: TextReader): ReadingSteps {
  for (const { content } of messages) {
    const folded = yield* foldInSteps(content, STEP_UNITS)
    const cutter = new RunCutter(folded, runReader(folded, reader))
    while (!cutter.next(STEP_UNITS)) yield STEP_UNITS
    yield Math.min(folded.length, STEP_UNITS)
  }
}

/** Tells a reader of each run of a folded string, and of what stands between them. */
function runReader(text: string, reader: TextReader): VisitRun {
  let before = 0
  let letterFrom = -1
  let letterTo = -1
  return (from, to, kind) => {
    const glue = before === 0 ? GLUE.gap : glueOf(text, before, from, kind)
    if (glue !== undefined && glue !== GLUE.gap) reader.next(glue)
    reader.next(runToken(reader.term(text, from, to), glue === GLUE.gap))
    before = to
    if (kind !== LETTER) return
    if (letterTo === from) reader.add(reader.term(text, letterFrom, to))
    letterFrom = from
    letterTo = to
  }
}

/** A run that rows must have, whole or in part. */
interface Need {
  readonly text: string
  readonly place: 'anywhere' | 'start' | 'end' | 'whole'
}

/** A piece of a pattern. */
interface Piece extends Need {
  /** What stands before it, if that is not the usual. */
  readonly glue: number | undefined
}

/** A string to look for, cut as messages are. */
export interface Pattern {
  /** The string, folded. */
  readonly text: string
  /** Rows that match have these in this order, next to each other. */
  readonly pieces: readonly Piece[]
  /** Rows that match have all of these: the pieces, or two neighbours that are a term where they are. */
  readonly needs: readonly Need[]
  /** Rows that have the pieces so match; else they may. */
  readonly isExact: boolean
}

/** Cuts a string to look for. O(units). */
export function patternOf(content: string): Pattern {
  const text = fold(content)
  const pieces: Piece[] = []
  const needs: Need[] = []
  if (CUTS_A_PAIR.test(text)) return { text, pieces, needs, isExact: false }
  let start = 0
  let before = 0
  let isAfterLetter = false
  eachRun(text, (from, to, kind) => {
    const canGoOnBefore = kind === WORD && from === 0
    const canGoOnAfter = kind === WORD && to === text.length
    const place = canGoOnBefore ? (canGoOnAfter ? 'anywhere' : 'end') : canGoOnAfter ? 'start' : 'whole'
    const glue = pieces.length === 0 ? undefined : glueOf(text, before, from, kind)
    if (pieces.length === 0) start = from
    const piece = { text: text.slice(from, to), place, glue } as const
    const neighbour = isAfterLetter && kind === LETTER && before === from ? pieces.at(-1) : undefined
    if (neighbour !== undefined && needs.at(-1) === neighbour) needs.pop()
    needs.push(neighbour === undefined ? piece : { text: neighbour.text + piece.text, place })
    pieces.push(piece)
    before = to
    isAfterLetter = kind === LETTER
  })
  const isWhole = start === 0 && before === text.length
  return { text, pieces, needs, isExact: isWhole && pieces.every(({ glue }) => glue !== GLUE.gap) }
}

/** The terms that a run of a pattern can be. */
export function termsOf({ text, place }: Need, { dictionary, search }: TermIndex): readonly number[] {
  if (place !== 'whole') return search!.containing(text, place)
  const term = dictionary.term(text)
  return term === -1 ? [] : [term]
}

/**
 * The tokens that stand next to each other where a pattern matches whose pieces are these terms; `rarest` is the piece that
 * the fewest rows have. O(terms + pieces).
 */
export function tokensOf({ pieces }: Pattern, terms: readonly (readonly number[])[], rarest: number): Tokens {
  const sets: TokenSet[] = []
  let sought = 0
  pieces.forEach(({ glue }, i) => {
    // Before a pattern's first run anything may stand.
    const gaps = i === 0 ? [false, true] : [glue === GLUE.gap]
    if (glue !== undefined && glue !== GLUE.gap) sets.push(new Set([glue]))
    if (i === Math.max(1, rarest)) sought = sets.length
    sets.push(new Set(gaps.flatMap((hasGap) => terms[i]!.map((term) => runToken(term, hasGap)))))
  })
  return { sets, sought }
}
