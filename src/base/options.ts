/** Options that a caller gives, checked one by one, with one wording of what is wrong. */
import { didYouMean, type Fault, InvalidQueryError, show } from './errors.ts'

/** The error of an option that is not what it takes. `hint` says what to write instead. */
export function invalidOption(parameter: string, value: unknown, expected: string, hint = ''): InvalidQueryError {
  const message = `${parameter} is ${show(value)}. Expected ${expected}.${hint}`
  return new InvalidQueryError([{ parameter, value, code: 'INVALID_VALUE', message }])
}

/**
 * Throws for anything but an object of options, and for options that `of` does not have, each with the nearest that it has.
 * `hint` says what to write instead of something that is not an object of options.
 */
export function checkOptions(of: string, given: object, known: readonly string[], hint = ''): void {
  if (typeof given !== 'object' || given === null || Symbol.iterator in given)
    throw invalidOption(`The argument of ${of}`, given, `an object of options: ${known.join(', ')}`, hint)
  const [first, ...others] = Object.entries(given).flatMap(([name, value]): Fault[] => {
    if (known.includes(name)) return []
    const hint = didYouMean(name, known) || ` It has ${known.join(', ')}.`
    const message = `${of} has no option ${show(name)}.${hint}`
    return [{ parameter: name, value, code: 'UNKNOWN_PARAMETER', message }]
  })
  if (first !== undefined) throw new InvalidQueryError([first, ...others])
}

/** Throws for anything but a whole number within these bounds. */
export function checkInteger(parameter: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return
  const bounds = most === Number.MAX_SAFE_INTEGER ? `${least}` : `${least} to ${most}`
  throw invalidOption(parameter, value, `an integer from ${bounds}`)
}

/** Throws for anything but a boolean; `undefined` passes. */
export function checkFlag(parameter: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw invalidOption(parameter, value, 'true or false')
}

/** Throws for anything but one of these strings. */
export function checkChoice(parameter: string, value: unknown, choices: readonly string[]): void {
  if (choices.includes(value as string)) return
  const expected = `${choices.slice(0, -1).map(show).join(', ')} or ${show(choices.at(-1))}`
  throw invalidOption(parameter, value, expected, didYouMean(value, choices))
}

/** Throws for anything but units of work or `Infinity`; `undefined` passes. */
export function checkMaxWork(value: unknown): void {
  if (value !== undefined && value !== Number.POSITIVE_INFINITY) checkInteger('maxWork', value, 0)
}
