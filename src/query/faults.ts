/** The faults of queries: how their texts are put together, and raising all of them at once. */
import { didYouMean, type ErrorCode, type Fault, InvalidPageError, InvalidQueryError, show } from '../base/errors.ts'
import { toInstant } from '../base/text/instant.ts'

/** What a value should have been, as far as a fault tells it. */
export interface Expectation {
  /** What is expected, `a non-empty string`. */
  readonly expected: string
  /** All that is valid, where that is a short list: the nearest is named. */
  readonly choices?: readonly string[]
  /** `INVALID_VALUE` when absent. */
  readonly code?: ErrorCode
  /** What the HTTP API says of it. */
  readonly wire?: (value: unknown) => string
  /** Names the part of the value that is wrong, with a space in front. */
  readonly wrongPart?: (value: unknown) => string
}

/** A value that is not what its parameter takes. `hint` says what to write instead. */
export function invalidValue(parameter: string, value: unknown, expectation: Expectation, hint = ''): Fault {
  const { expected, choices = [], code = 'INVALID_VALUE', wire, wrongPart } = expectation
  const wrong = [value].flat().find((item) => typeof item === 'string' && !choices.includes(item))
  const more = `${didYouMean(wrong, choices)}${wrongPart?.(value) ?? ''}${hint}`
  const message = `${parameter}: expected ${expected}, got ${show(value)}.${more}`
  const fault: Fault = { parameter, value, code: isNothing(value) ? 'INVALID_VALUE' : code, message }
  return wire === undefined ? fault : { ...fault, wire: wire(value) }
}

/** So many names are listed where none is near. */
const MOST_LISTED = 20

/** A name that nothing has. `kind` says what kind of name it is, `parameter` where it stood. */
export function unknownName(kind: string, name: unknown, known: Iterable<string>, parameter = nameOf(name)): Fault {
  const names = [...known]
  const list = names.length === 1 ? ` There is only ${names[0]}.` : ` There are ${names.join(', ')}.`
  const hint = didYouMean(name, names) || (names.length === 0 || names.length > MOST_LISTED ? '' : list)
  const message = `There is no ${kind} ${show(name)}.${hint}`
  return { parameter, value: name, code: 'UNKNOWN_PARAMETER', message }
}

/** A group of conditions without any. */
export function emptyGroup(kind: 'or' | 'not', value: unknown, parameter: string = kind): Fault {
  const message = `${parameter}: expected a condition in every branch, .${kind}((q) => q.device('mobile')), got none.`
  return { parameter, value, code: 'EMPTY_GROUP', message }
}

/** Throws all faults as one error: all that is wrong with the query, else the invalid page. */
export function raise(faults: readonly Fault[]): void {
  const [page] = faults
  if (page === undefined) return
  const [first, ...rest] = faults.filter((fault) => fault.code !== 'INVALID_PAGE')
  if (first !== undefined) throw new InvalidQueryError([first, ...rest])
  throw new InvalidPageError(page.value, page.message)
}

/** Whether this is no value: what an optional variable, an empty input or a failed calculation leaves. */
export function isNothing(value: unknown): boolean {
  const isDate = Object.prototype.toString.call(value) === '[object Date]'
  if (isDate) return toInstant(value) === undefined
  return value === undefined || value === null || value === '' || Number.isNaN(value)
}

/** A text as it is, anything else as an error shows it. */
export function nameOf(name: unknown): string {
  return typeof name === 'string' ? name : show(name)
}
