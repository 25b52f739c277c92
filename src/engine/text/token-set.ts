/** Sets of tokens: small ones, those of many terms, and those that pass a test. */
import { beginsMessage, GLUE, GLUES, runToken, termOf } from './tokens.ts'

/** Some tokens. */
export interface TokenSet {
  has(token: number): boolean
  /** Calls `visit` with each, once. An open set, whose tokens are not known one by one, has none of this. */
  readonly each: ((visit: (token: number) => void) => void) | undefined
}

/** Tokens next to each other, each one of a set. */
export interface Tokens {
  readonly sets: readonly TokenSet[]
  /** Which of them is looked for, with the one before it: the rarer, the faster. It is not open. */
  readonly sought: number
}

/** The sets of what stands between runs, one token each. */
export const GLUE_TOKENS: readonly TokenSet[] = [GLUE.space, GLUE.nothing].map((glue) => ({
  has: (token) => token === glue,
  each: (visit) => visit(glue),
}))

/** The set of the tokens that pass. */
export function testedTokens(has: (token: number) => boolean): TokenSet {
  return { has, each: undefined }
}

/** More terms than this are looked up by a bit each. */
const MOST_LISTED = 8

/** The tokens of some of `size` terms, those with which messages begin too (`isFirst`) or not. O(terms + size / 32). */
export function termTokens(terms: readonly number[], isFirst: boolean, size: number): TokenSet {
  const hasTerm = terms.length > MOST_LISTED ? bitsOf(terms, size) : (term: number) => terms.includes(term)
  return {
    has: (token) => token >= GLUES && (isFirst || !beginsMessage(token)) && hasTerm(termOf(token)),
    each: (visit) => {
      for (const term of terms) {
        visit(runToken(term, false))
        if (isFirst) visit(runToken(term, true))
      }
    },
  }
}

function bitsOf(terms: readonly number[], size: number): (term: number) => boolean {
  const words = new Int32Array((size + 31) >>> 5)
  for (const term of terms) words[term >>> 5]! |= 1 << (term & 31)
  return (term) => ((words[term >>> 5]! >>> (term & 31)) & 1) === 1
}
