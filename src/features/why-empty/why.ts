/** What `whyEmpty()` returns: each condition by itself, as data and as text. */
import type { Condition, Group } from '../../query/spec.ts'

/** One condition of a query, by itself and among the others. */
export interface WhyEmptyCondition {
  /** As the builder asks for it, `device("mobile")`. */
  readonly call: string
  /** The condition. Those on the sentiment and the source of a feedback say something of one another, and stand together. */
  readonly where: Group
  /** Rows that meet it, whatever the other conditions say. */
  readonly alone: number
  /** Rows that match once it is left out. */
  readonly without: number
  /** A call that was perhaps meant, where no row meets this one: of the nearest value, or of the nearest metadata path. */
  readonly didYouMean?: string
  /** The condition that `didYouMean` calls. */
  readonly meant?: Condition
}

/** The row that meets the most conditions. */
export interface WhyEmptyNearest {
  readonly id: number
  readonly conversation_id: string
  /** How many conditions it meets. */
  readonly meets: number
  /** The first condition that it does not meet. */
  readonly call: string
  /** What it has instead: `its customer_id is "Kim"`. */
  readonly instead: string
}

/** Why a query has the answer that it has. */
export interface WhyEmpty {
  /** Rows that match. */
  readonly count: number
  /** Rows that were asked: all, soft-deleted ones only if the query includes them. */
  readonly total: number
  /** The conditions in the order of the spec. */
  readonly conditions: readonly WhyEmptyCondition[]
  /**
   * The place in `conditions` of the one that empties the answer: without it the most rows match; or where no single one
   * does, the first that leaves none of the rows that the conditions before it leave. `null` for an answer that is not empty.
   */
  readonly emptiedBy: number | null
  /** The row that meets the most conditions, unless one meets all or there is none. */
  readonly nearest: WhyEmptyNearest | null
  /** All of it for a person to read. */
  readonly text: string
  toString(): string
}

/** A report that prints as its text. Only data is seen of it: it is equal to its data, and can be sent. */
export function printable(data: Omit<WhyEmpty, 'toString'>): WhyEmpty {
  return Object.defineProperty(data, 'toString', { value: () => data.text })
}
