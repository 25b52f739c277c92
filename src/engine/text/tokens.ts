/** What a row's sequence of tokens is made of: runs, stretches of white space, and signs for what else stands between. */

/**
 * What stands before a run in a sequence: one space before a word, nothing before what stands alone. Anything else has a
 * token of its own. So has white space at either end of a message.
 */
export const GLUE = {
  /** One space, as a token before the run. */
  space: 0,
  /** Nothing, as a token before the run. */
  nothing: 1,
  /** Other white space: a term of its own. */
  stretch: 2,
} as const
/** The tokens below this are no terms. */
export const GLUES = 2

/** The token of a run or a stretch of white space: two for each term, the second where a message begins with it. */
export const runToken = (term: number, isFirst: boolean) => GLUES + 2 * term + (isFirst ? 1 : 0)

/** Whether a message begins with a token. */
export const beginsMessage = (token: number) => token >= GLUES && (token & 1) === 1

/** The term of a run's token; below 0 for what stands between runs. */
export const termOf = (token: number) => (token - GLUES) >> 1

/** A run's token has another number when its term has. */
export const renumberToken = (token: number, numbers: Uint32Array) =>
  token < GLUES ? token : runToken(numbers[termOf(token)]!, (token - GLUES) % 2 === 1)
