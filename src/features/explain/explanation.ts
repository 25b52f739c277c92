/** What `explain()` returns: the plan as data, with what running it counted, and the same as text. */

/** One condition of the plan, in the order in which it is asked: bounds of time, keys, sets by their size, then what needs the rows left. */
export interface ExplainedStep {
  /** The condition in words, `device exact "mobile"`. */
  readonly condition: string
  /**
   * What answers it: `terms`, `bits`, `instants`, `ids`, `numbers`, `text index`, `text scan`, `rows` (a metadata path without an index), `or`,
   * `not`. `scan` reads every row that is left; `terms + text index` narrows by both.
   */
  readonly index: string
  /** Whether that answer is exact, or a superset of which each row is checked. */
  readonly isExact: boolean
  /** Rows that the index says it holds for at most, in the segments that it was asked of: where no row is left, nothing is asked. */
  readonly estimated: number
  /** Rows left once this step and all before it are applied. */
  readonly rows: number
}

/** The plan of a query and what running it counted. */
export interface Explanation {
  readonly steps: readonly ExplainedStep[]
  /** Rows that match. */
  readonly count: number
  /** Immutable runs of rows that were asked. */
  readonly segments: number
  /** How the page is found: `time` (along the slots, skipping by counts), `permutation` (along another order) or `sort` (of few matches). */
  readonly page: string
  /** Documents read to decide whether a row matches. */
  readonly documentsRead: number
  /** Documents that lay packed, as in a store that was opened from a snapshot, and were unpacked for this run. */
  readonly documentsUnpacked: number
  /** Documents read to build indexes that this run needed first. */
  readonly indexed: number
  /** All of it for a person to read. */
  readonly text: string
  toString(): string
}

/** An explanation that prints as its text. Only data is seen of it: it is equal to its data, and can be sent. */
export function printable(data: Omit<Explanation, 'toString'>): Explanation {
  return Object.defineProperty(data, 'toString', { value: () => data.text })
}
