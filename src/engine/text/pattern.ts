/** A string to look for, cut as messages are: which terms its rows have, and which tokens stand next to each other where it matches. */
import { CUTS_A_PAIR } from '../../base/text/contains.ts'
import { fold } from '../../base/text/fold.ts'
import type { Dictionary, Place } from '../terms/dictionary.ts'
import { classOf, eachRun, glueOf, LETTER, SPACE, WORD } from './substring.ts'
import { GLUE_TOKENS, type TokenSet, type Tokens, testedTokens } from './token-set.ts'
import { beginsMessage, GLUE, GLUES, termOf } from './tokens.ts'

/** A run or a stretch of white space that rows must have, whole or in part. */
export interface Need {
  readonly text: string
  readonly place: Place | 'whole'
}

/** A piece of a pattern. */
interface Piece extends Need {
  /** What stands before it, if that is not the usual. */
  readonly glue: number | undefined
  /** Whether it is a single space at an end: between two runs that is no token. */
  readonly isSpace: boolean
}

/** A string to look for. */
export interface Pattern {
  /** The string, folded. */
  readonly text: string
  /** Rows that match have these in this order, next to each other; rows that have them so match. */
  readonly pieces: readonly Piece[]
  /** Rows that match have all of these: the pieces, or two neighbours that are a term where they are. */
  readonly needs: readonly Need[]
  /** Whether it begins or ends within a character. It has no pieces then, and rows need the halves. */
  readonly isCut: boolean
}

/** Cuts a string to look for. O(units). */
export function patternOf(content: string): Pattern {
  const text = fold(content)
  const pieces: Piece[] = []
  const needs: Need[] = []
  if (CUTS_A_PAIR.test(text)) {
    const halves = [...new Set([text[0]!, text.at(-1)!])].filter((unit) => CUTS_A_PAIR.test(unit))
    return { text, pieces, needs: halves.map((unit) => ({ text: unit, place: 'anywhere' })), isCut: true }
  }
  let before = 0
  let isAfterLetter = false
  const stretch = (from: number, to: number) => {
    const isFirst = from === 0
    const isLast = to === text.length
    const place = isFirst ? (isLast ? 'anywhere' : 'end') : isLast ? 'start' : 'whole'
    const piece = { text: text.slice(from, to), place, glue: undefined } as const
    pieces.push({ ...piece, isSpace: piece.text === ' ' && isFirst !== isLast })
    needs.push(piece)
  }
  eachRun(text, (from, to, kind) => {
    const canGoOnBefore = kind === WORD && from === 0
    const canGoOnAfter = kind === WORD && to === text.length
    const place = canGoOnBefore ? (canGoOnAfter ? 'anywhere' : 'end') : canGoOnAfter ? 'start' : 'whole'
    const between = pieces.length === 0 ? undefined : glueOf(text, before, from, kind)
    const isAfterStretch = pieces.length === 0 ? from > 0 : between === GLUE.stretch
    if (isAfterStretch) stretch(before, from)
    const piece = {
      text: text.slice(from, to),
      place,
      glue: isAfterStretch ? undefined : between,
      isSpace: false,
    } as const
    const neighbour = isAfterLetter && kind === LETTER && before === from ? pieces.at(-1) : undefined
    if (neighbour !== undefined && needs.at(-1) === neighbour) needs.pop()
    needs.push(neighbour === undefined ? piece : { text: neighbour.text + piece.text, place })
    pieces.push(piece)
    before = to
    isAfterLetter = kind === LETTER
  })
  if (before < text.length) stretch(before, text.length)
  return { text, pieces, needs, isCut: false }
}

/** The tokens of some terms, those with which messages begin too or not. */
type TokensOfTerms = (terms: readonly number[], isFirst: boolean) => TokenSet

/**
 * The tokens that stand next to each other where a pattern matches whose pieces are these terms; `rarest` is the piece that
 * the fewest rows have. O(terms + pieces).
 */
export function tokensOf(
  { pieces }: Pattern,
  terms: readonly (readonly number[])[],
  rarest: number,
  dictionary: Dictionary,
  setOf: TokensOfTerms,
): Tokens {
  const sets: TokenSet[] = []
  // The first is sought with the second, unless that is open.
  const soughtPiece = pieces[Math.max(1, rarest)]?.isSpace === false ? Math.max(1, rarest) : rarest
  let sought = 0
  pieces.forEach(({ glue, isSpace }, i) => {
    if (isSpace) {
      const stretches = setOf(terms[i]!, i === 0)
      sets.push(i === 0 ? spaceBefore(pieces[1]!, stretches, dictionary) : spaceAfter(stretches, dictionary))
      return
    }
    if (glue !== undefined) sets.push(GLUE_TOKENS[glue]!)
    if (i === soughtPiece) sought = sets.length
    // Before a pattern's first piece anything may stand.
    sets.push(setOf(terms[i]!, i === 0))
  })
  return { sets, sought }
}

/** What stands before a run where there is a space before it; `stretches` are those that end with one. */
function spaceBefore({ text }: Piece, stretches: TokenSet, dictionary: Dictionary): TokenSet {
  if (classOf(text) !== WORD) return testedTokens((token) => token === GLUE.space || stretches.has(token))
  return testedTokens((token) => token >= GLUES && (classOfToken(token, dictionary) !== SPACE || stretches.has(token)))
}

/** What stands after a run where there is a space after it; `stretches` are those that begin with one. */
function spaceAfter(stretches: TokenSet, dictionary: Dictionary): TokenSet {
  const isWord = (token: number) => token >= GLUES && classOfToken(token, dictionary) === WORD
  return testedTokens(
    (token) => token === GLUE.space || (!beginsMessage(token) && (isWord(token) || stretches.has(token))),
  )
}

function classOfToken(token: number, dictionary: Dictionary) {
  // All values are strings.
  return classOf(dictionary.value(termOf(token)) as string)
}
