/** Options by their names, and errors that show no key. */
import { InvalidQueryError } from '../base/errors.ts'
import { raise, unknownName } from '../query/faults.ts'

/** Throws for an option by another name. */
export function checkNames(given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw unsaid('options', given, 'an object')
  raise(Object.keys(given).flatMap((name) => (known.includes(name) ? [] : unknownName('option', name, known))))
}

/** The error of a value that may be a key or hold one: it shows the type alone. */
export function unsaid(parameter: string, value: unknown, expected: string): InvalidQueryError {
  const type = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
  const message = `${parameter} is of type ${type}. Expected ${expected}.`
  return new InvalidQueryError([{ parameter, value: type, code: 'INVALID_VALUE', message }])
}
