/** Objects that are nothing but their own keys. */

/**
 * Whether a value is an object of keys: no list, no `Date`, `Map`, `URL` or instance of another class, whose own keys would
 * not say what it holds. Told by shape, since values may come from another realm: above it is nothing, or a root alone.
 */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty')
}
