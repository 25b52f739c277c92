/** What is JSON, and in words what is not. Values are told apart by shape, since they may come from another realm. */
import { show } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'

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

/** Says what a value is that is not a scalar, unless it is a list or an object of JSON. */
export function strangeness(value: unknown): string | undefined {
  if (!isContainer(value)) return typeof value === 'number' ? show(value) : `of type ${typeof value}`
  if (Array.isArray(value) ? !hasToJson(value) : isPlain(value)) return undefined
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (tag !== 'Object' && tag !== 'Array') return `of type ${tag}`
  return hasToJson(value) ? 'an object with a method toJSON' : undefined
}

function hasToJson(value: object): boolean {
  return typeof (value as Bag).toJSON === 'function'
}
