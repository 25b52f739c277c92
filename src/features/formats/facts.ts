/** Reading facts of JSON of which nothing is known. */
import type { Json, JsonObject } from '../../row/conversation.ts'
import { json, type Part, partOf, restOf, stringOf, timeOf } from '../turns/collect.ts'

/** The first string or number among some values, as a string. */
export function idOf(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  }
  return undefined
}

/** The first value that is a time, in ISO 8601. */
export function firstTime(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const { at } = timeOf(value)
    if (at !== undefined) return at
  }
  return undefined
}

/** The first string that is not empty. */
export function firstString(...values: readonly unknown[]): string | undefined {
  return values.map(stringOf).find((value) => value !== null) ?? undefined
}

/** An object of JSON, if a value is one with keys. */
export function objectOf(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.keys(value).length === 0 ? undefined : (json(value) as JsonObject)
}

/** An object without keys whose value is `undefined`; `undefined` where none is left. */
export function known(facts: { readonly [key: string]: unknown }): JsonObject | undefined {
  return restOf(facts as Part, [])
}

/** The value that a string of JSON says, and any other value as it is. */
export function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The strings in a value, at any depth. */
export function* stringsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* stringsIn(inner)
}

/** A value with keys, whatever it is. */
export const part = partOf

/** The rest of some objects by their names, as far as each has one. */
export function rests(
  ...named: readonly (readonly [name: string, from: unknown, read: readonly string[]])[]
): JsonObject | undefined {
  const found: Record<string, Json> = {}
  for (const [name, from, read] of named) {
    const rest = restOf(partOf(from), read)
    if (rest === undefined) continue
    if (name === '') Object.assign(found, rest)
    else found[name] = rest
  }
  return Object.keys(found).length === 0 ? undefined : found
}
