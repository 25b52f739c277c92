/** What a row's sequence of tokens is made of: runs, and what stands between them. */

/**
 * What stands before a run in a sequence: one space before a word, nothing before what stands alone. Anything else has a
 * token of its own.
 */
export const GLUE = {
  /** One space, as a token before the run. */
  space: 0,
  /** Nothing, as a token before the run. */
  nothing: 1,
  /** A text begins, or there is white space other than one space: the run has another token. */
  gap: 2,
} as const
const GLUES = 2

/** The token of a run: two for each term, the second where a gap stands before it. */
export const runToken = (term: number, hasGap: boolean) => GLUES + 2 * term + (hasGap ? 1 : 0)

/** The term of a run's token; below 0 for what stands between runs. */
export const termOf = (token: number) => (token - GLUES) >> 1

/** A run's token has another number when its term has. */
export const renumberToken = (token: number, numbers: Uint32Array) =>
  token < GLUES ? token : runToken(numbers[termOf(token)]!, (token - GLUES) % 2 === 1)
