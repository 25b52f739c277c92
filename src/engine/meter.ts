/**
 * What a query costs, in units of work: about a microsecond each. The same weights serve the estimate before a run and the
 * count during it.
 */
import { type Fault, InvalidQueryError, show } from '../base/errors.ts'
import { grouped } from '../base/text/counted.ts'
import { CONDITIONS, pairOf } from '../query/filters.ts'
import type { Condition, FieldCondition, Group } from '../query/spec.ts'

/** Units of work that each thing takes, measured at 100,000 rows. */
export const UNITS = {
  /** Asking a segment for the rows of one condition. */
  ask: 0.3,
  /** A slot of a list, or a word of a bitmap, that is gone through. */
  slot: 0.0015,
  /** A slot that is tested by a number. */
  tested: 0.03,
  /** A distinct value that is compared. */
  value: 0.1,
  /** A UTF-16 unit of the joined strings of a dictionary that is searched. */
  searched: 0.0006,
  /** A term that is found among those of a segment. */
  term: 0.05,
  /** A row whose document is read for a condition; and a UTF-16 unit of its messages. */
  document: 0.3,
  read: 0.002,
  /** A unit of a row's sequence of tokens that is gone through. */
  token: 0.0015,
  /** A row that is put into an index; into that of messages. */
  indexed: 0.5,
  cut: 30,
} as const

/** A query stops when the work counted is so many times what its estimate may be. */
const BY_FAR = 2

/** What a condition is thought to take and to leave. */
export interface Estimate {
  /** Units of work in all segments. */
  readonly work: number
  /** Rows that it holds for, at most about. */
  readonly rows: number
}

/** Counts the work of one query at a time. */
export class Meter {
  /** Units of work that the query is expected to take. Counted only where there is a limit. */
  expected = 0
  /** Units of work that the query has taken. */
  spent = 0
  /** The condition that is asked. */
  condition: FieldCondition | undefined
  #most = Number.POSITIVE_INFINITY
  #where: Group = []
  /** The most that was expected of one condition, and which. */
  #largest = 0

  /** Begins a query that may be expected to take so much. */
  begin(where: Group, maxWork: number): void {
    this.expected = this.spent = this.#largest = 0
    this.condition = undefined
    this.#most = maxWork
    this.#where = where
  }

  /** Whether there is a limit. */
  get isLimited(): boolean {
    return this.#most !== Number.POSITIVE_INFINITY
  }

  /** Whether so much more may be expected. */
  allows(units: number): boolean {
    return this.expected + units <= this.#most
  }

  /** Adds to what is expected, before the run. Throws `TOO_COSTLY` when that is over the limit. */
  expect(units: number, condition?: FieldCondition): void {
    this.expected += units
    if (condition !== undefined && units > this.#largest) {
      this.#largest = units
      this.condition = condition
    }
    if (this.expected > this.#most) throw this.#tooCostly(this.expected)
  }

  /** Counts work. Throws `TOO_COSTLY` when it is over the limit by far, whatever was expected. */
  spend(units: number): void {
    this.spent += units
    if (this.spent > BY_FAR * this.#most) throw this.#tooCostly(this.spent)
  }

  #tooCostly(units: number): InvalidQueryError {
    const { condition } = this
    const parameter = condition === undefined ? 'where' : parameterOf(condition, this.#where)
    const most = condition === undefined ? '' : ` The most costly condition is ${inWords(condition)}.`
    const message =
      `${parameter}: expected a query of at most ${shown(this.#most)} units of work (maxWork), ` +
      `got one of ${shown(units)} or more.${most} ` +
      'Ask for fewer alternatives, for longer or rarer strings, or beside conditions that leave few rows.'
    const fault: Fault = { parameter, value: condition, code: 'TOO_COSTLY', message }
    return new InvalidQueryError([fault])
  }
}

/** How many slots these segments have. */
export const rowsOf = (segments: readonly { readonly size: number }[]): number =>
  segments.reduce((rows, { size }) => rows + size, 0)

const shown = (units: number): string => grouped(Math.ceil(units))

function inWords(condition: FieldCondition): string {
  const path = 'path' in condition ? ` ${show(condition.path)}` : ''
  return `${condition.field}${path} ${condition.lookup} ${show(condition.value)}`
}

/** The parameter that a condition stands in: its own where it has one and stands alone, else `where`. */
function parameterOf(condition: FieldCondition, where: Group): string {
  const searches = (it: Condition) => 'field' in it && it.field === 'search' && condition.lookup === 'icontains'
  const [own] = where.includes(condition) ? [condition] : where.filter(searches)
  if (own === undefined || !('field' in own)) return 'where'
  if (own.field === 'metadata') return own.lookup === 'exact' ? 'metadata' : 'where'
  return CONDITIONS.get(pairOf(own.field, own.lookup))?.[0]?.parameter ?? 'where'
}
