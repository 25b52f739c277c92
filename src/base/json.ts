/**
 * `JSON.parse` that changes no number in silence.
 *
 * JavaScript reads `1234567890123456789` as ...800 and `1e400` as Infinity. Such a number always reads as more than
 * 2^53-1, so a walk over the parsed value tells whether the text has to be looked at again. Most texts need no more than
 * that walk, which takes a quarter of the time of `JSON.parse`.
 */

import { placeOf } from './place.ts'

/**
 * What becomes of a JSON number that a double cannot hold as written: a whole number beyond 2^53-1 that would change, or
 * one that would be infinite.
 *
 * - `'refuse'`: it is an error.
 * - `'string'`: it becomes a string of the digits as they were written.
 * - `'round'`: it becomes what `JSON.parse` makes of it, the nearest double or Infinity.
 */
export type BigNumbers = 'refuse' | 'string' | 'round'

/** A number in a JSON text that a double cannot hold as it is written. */
export class UnsafeNumberError extends Error {
  /** Where it stands in the value: `metadata.user`, `messages[3].id`. Empty where the whole text is the number. */
  readonly place: string
  /** The number as it is written. */
  readonly digits: string

  constructor(place: string, digits: string) {
    const name = place === '' ? 'The number' : place
    const shown = digits.length > 60 ? `${digits.slice(0, 57)}...` : digits
    super(
      `${name} is ${shown}, which a JavaScript number cannot hold. Expected a smaller number, or a string of its digits.`,
    )
    this.name = 'UnsafeNumberError'
    this.place = place
    this.digits = digits
  }
}

/** What to do about NaN and Infinity, which are not JSON, but which Python writes. */
export const NAN_ADVICE =
  "Python's json.dump(..., allow_nan=False) refuses to write it. Write null or a number instead."

/** The walk follows so many containers within each other; below that the text is looked at instead. */
const MAX_WALK = 200

/**
 * Reads a JSON text.
 *
 * @returns What `JSON.parse` gives; with `'string'`, strings where numbers would have changed.
 * @throws `UnsafeNumberError` with the first number that would change, under `'refuse'`. `SyntaxError` as `JSON.parse`
 * throws it; where nothing but a bare NaN or Infinity is wrong, its message names the place and Python's `json.dump`.
 *
 * O(length). A text with a number beyond 2^53-1 is read once more, and with `'string'` twice.
 *
 * @example
 * parseJson('{"user":1234567890123456789}', 'string') // { user: '1234567890123456789' }
 */
export function parseJson(text: string, bigNumbers: BigNumbers = 'refuse'): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw bareNumberError(text) ?? error
  }
  if (bigNumbers === 'round' || !hasGreatNumber(value, 0)) return value
  const rewritten = rewrite(text, (token, steps) => {
    if (!isChanged(token)) return token
    if (bigNumbers === 'refuse') throw new UnsafeNumberError(placeOf(steps()), token)
    return `"${token}"`
  })
  return rewritten === text ? value : JSON.parse(rewritten)
}

/** Whether a number beyond 2^53-1 is in a value, or may be, deeper than the walk goes. */
function hasGreatNumber(value: unknown, level: number): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return false
  if (level > MAX_WALK) return true
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (hasGreatNumber(value[i], level + 1)) return true
    return false
  }
  for (const key in value) if (hasGreatNumber((value as Record<string, unknown>)[key], level + 1)) return true
  return false
}

/**
 * Whether a JSON number that a double is made of becomes another number: an infinite one, or a whole one whose value is
 * neither exactly that of the double nor what the double prints as (`1e23` is not exact, but comes back as it is written).
 */
function isChanged(token: string): boolean {
  const double = Number(token)
  if (Math.abs(double) === Number.POSITIVE_INFINITY) return true
  if (!Number.isInteger(double) || Number.isSafeInteger(double)) return false
  const written = decimal(token)
  const isFraction = written.includes('e-')
  return !isFraction && written !== decimal(String(double)) && written !== decimal(String(BigInt(double)))
}

/** The size of a number other than 0 in one way, by its text: digits without zeros at either end, and the power of ten of the last. */
function decimal(token: string): string {
  const [mantissa = '', exponent = '0'] = token.replace(/^-/, '').split(/e/i)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  // Only the first of the zeros at the end is a place to begin at: each of them would take the square of their number.
  const kept = digits.replace(/(?<!0)0+$/, '')
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}

/** The error for JSON in which nothing but bare NaN and Infinity is wrong. */
function bareNumberError(text: string): SyntaxError | undefined {
  if (!/NaN|Infinity/.test(text)) return undefined
  let found: string | undefined
  try {
    const mended = rewrite(text, (token, steps) => {
      if (!/^(NaN|-?Infinity)$/.test(token)) return token
      const place = placeOf(steps())
      found ??= `${place === '' ? 'The value' : place} is ${token}, which is not JSON.`
      return 'null'
    })
    JSON.parse(mended)
  } catch {
    return undefined
  }
  return found === undefined ? undefined : new SyntaxError(`${found} ${NAN_ADVICE}`)
}

type Steps = () => (string | number)[]

/** What a JSON text is made of between white space: the beginning of a string, a mark, or a bare token. */
const PART = /["{}[\],:]|[^\s"{}[\],:]+/g

/**
 * A JSON text with its bare tokens (numbers and literals) replaced by what `replace` gives for each and for the keys and
 * indexes that lead to it. Strings stay as they are.
 */
function rewrite(text: string, replace: (token: string, steps: Steps) => string): string {
  /** By level: the index in a list, or the key as it is written. */
  const open: (string | number)[] = []
  const steps: Steps = () => open.map((step) => (typeof step === 'number' ? step : String(JSON.parse(step))))
  const parts = new RegExp(PART)
  let result = ''
  let taken = 0
  let string = ''
  for (let part = parts.exec(text); part !== null; part = parts.exec(text)) {
    const [token] = part
    const top = open.length - 1
    if (token === '"') {
      parts.lastIndex = endOfString(text, part.index)
      string = text.slice(part.index, parts.lastIndex)
    } else if (token === ':') open[top] = string
    else if (token === ',') {
      const index = open[top]
      if (typeof index === 'number') open[top] = index + 1
    } else if (token === '{' || token === '[') open.push(token === '{' ? '""' : 0)
    else if (token === '}' || token === ']') open.pop()
    else {
      const replacement = replace(token, steps)
      if (replacement === token) continue
      result += text.slice(taken, part.index) + replacement
      taken = parts.lastIndex
    }
  }
  return taken === 0 ? text : result + text.slice(taken)
}

/** A quote that ends a string: an even number of backslashes stands before it. */
const END = /"(?<=[^\\](?:\\\\)*")/g

/** The place after the string that begins at `from`, or the end of the text where it is not closed. */
function endOfString(text: string, from: number): number {
  END.lastIndex = from + 1
  END.test(text)
  return END.lastIndex || text.length
}
