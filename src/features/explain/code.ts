/** A query as the code that asks it. */
import type { SETTINGS } from '../../query/filters.ts'
import type { QuerySpec } from '../../query/spec.ts'
import { callOf } from '../why-empty/words.ts'

/** The method of the builder for each setting of a spec, in the order in which they are written. */
const METHODS: { readonly [Key in (typeof SETTINGS)[keyof typeof SETTINGS]['key']]: string } = {
  includeDeleted: 'includeDeleted',
  orderBy: 'orderBy',
  page: 'page',
  after: 'after',
  pageSize: 'pageSize',
  lean: 'lean',
}

/** More calls than these stand on lines of their own. */
const MOST_ON_A_LINE = 3

/** The calls of the builder that make a spec, after an expression that begins a query. */
export function codeOf(spec: QuerySpec, start: string): string {
  const settings = Object.entries(METHODS).flatMap(([key, method]) => {
    const value = spec[key as keyof typeof METHODS]
    return value === undefined ? [] : [`${method}(${value === true ? '' : [value].flat().map(literal).join(', ')})`]
  })
  const calls = [...spec.where.map((condition) => callOf(condition, literal)), ...settings]
  const between = calls.length > MOST_ON_A_LINE ? '\n  .' : '.'
  return [start, ...calls].join(between)
}

/** JSON data as an expression of JavaScript, on one line. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, inner]) => `${property(key)}: ${literal(inner)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

/** A string in single quotes; what is not seen is escaped. */
function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inside.replace(UNSEEN, escaped)}'`
}

/** Marks of direction, separators and others that an editor does not show. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A key of an object. `__proto__` would be another thing where it is not computed. */
function property(key: string): string {
  if (key === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)
}
