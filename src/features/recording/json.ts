/** What a tool was given and what it gave, as JSON: values of any kind are recorded, and nothing throws. */
import type { Json } from '../../row/conversation.ts'

/** Levels of objects and lists that are kept. */
const MOST_LEVELS = 32

/**
 * A copy of a value as JSON, as `JSON.stringify` makes it: `toJSON` is called, and functions and `undefined` are left out. What
 * that loses or refuses is kept in words: a Map is an object, a Set a list, an error its name and message, a bigint its
 * digits, bytes their number; a cycle is `[cycle]`, and what is deeper than 32 levels `[...]`. `undefined` is null. O(values).
 */
export function asJson(value: unknown): Json {
  return copy(value, []) ?? null
}

function copy(value: unknown, open: readonly unknown[]): Json | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value === 'bigint') return `${value}`
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean' ? value : undefined
  if (value === null) return null
  if (open.includes(value)) return '[cycle]'
  if (open.length === MOST_LEVELS) return '[...]'
  try {
    return copyObject(value, [...open, value])
  } catch {
    // A getter or a `toJSON` that throws, or a revoked proxy.
    return '[unreadable]'
  }
}

function copyObject(value: object, open: readonly unknown[]): Json | undefined {
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (typeof toJSON === 'function') return copy(toJSON.call(value, ''), open)
  if (value instanceof Error) return { name: value.name, message: value.message }
  if (value instanceof Map) return copy(Object.fromEntries(value), open)
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, (item) => copy(item, open) ?? null)
  const entries = Object.entries(value).map(([key, item]) => [key, copy(item, open)] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** What was thrown, as the error of a run: never empty, for an empty one means that all went well. */
export function errorText(error: unknown): string {
  try {
    const { message, name } = Object(error) as Partial<Error>
    if (typeof message === 'string' && message !== '') return message
    if (error instanceof Error) return `${name}`
    const text = typeof error === 'object' && error !== null ? JSON.stringify(error) : String(error)
    return text || 'Error'
  } catch {
    return 'Error'
  }
}
