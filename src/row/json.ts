/** Telling JSON from other values. Values are told apart by shape, since they may come from another realm. */
import { show } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'
import { formatInstant, toInstant } from '../base/text/instant.ts'

/** Levels of objects and lists in a row, itself being the first: a message is at the third. */
export const MAX_LEVEL = 100

/** An object whose keys are not known. */
export type Bag = Record<string, unknown>

export function isString(value: unknown): value is string {
  return typeof value === 'string'
}

/** Whether a value is an object or a list. */
export function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

export function isObject(value: unknown): value is Bag {
  return isContainer(value) && !Array.isArray(value)
}

/** Whether a value is JSON that holds no other value. */
export function isScalar(value: unknown): boolean {
  return isString(value) || value === null || typeof value === 'boolean' || Number.isFinite(value)
}

/** Whether a value can stay as it is: JSON to the bottom, of plain objects without `undefined`. O(values). */
export function isJson(value: unknown, level: number): boolean {
  if (isScalar(value)) return true
  if (!isContainer(value) || level > MAX_LEVEL) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isJson(value[i], level + 1)) return false
    return !hasToJson(value)
  }
  let last: string | undefined
  for (const key in value) {
    if (!isJson((value as Bag)[key], level + 1)) return false
    last = key
  }
  // Own keys come first, so the last key tells whether all are own.
  return isPlain(value) && (last === undefined || Object.hasOwn(value, last))
}

/** What is wrong with a value that is not JSON, and what to write instead. */
export type Strange = readonly [came: string, expected: string]

/** Says what is wrong with a value that is not a scalar; `undefined` for a list or an object of JSON. */
export function strangeness(value: unknown): Strange | undefined {
  if (typeof value === 'number') return [show(value), NUMBER]
  if (typeof value === 'bigint') return [`${show(value)}, a bigint`, `a number up to 2^53-1, or a string: "${value}"`]
  if (!isContainer(value)) return [`of type ${typeof value}`, 'JSON']
  if (Array.isArray(value) ? !hasToJson(value) : isPlain(value)) return undefined
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (tag === 'Date') return ['a Date', `a string: ${written(value)}`]
  if (tag !== 'Object' && tag !== 'Array') return [`of type ${tag}`, 'JSON']
  return hasToJson(value) ? ['an object with a method toJSON', 'JSON'] : undefined
}

const NUMBER =
  "a finite number or null: JSON has no other, though Python's json.dump writes NaN and Infinity unless it is told allow_nan=False"

/** A Date as it is written: in ISO 8601, except where it is invalid. */
function written(date: unknown): string {
  const at = toInstant(date)
  return at === undefined ? 'in ISO 8601' : show(formatInstant(at))
}

function hasToJson(value: object): boolean {
  return typeof (value as Bag).toJSON === 'function'
}
