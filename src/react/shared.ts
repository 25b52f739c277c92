/** Answers that are equal become one object, so that what shows them need not render again. */
import { isEqual } from '../base/equal.ts'

/** The old answer if the new one is equal to it, else the new one with the lists and rows of the old that are equal. O(values). */
export function shared<Data>(old: Data | undefined, next: Data): Data {
  if (isEqual(old, next)) return old as Data
  if (Array.isArray(next)) return sharedList(old, next) as Data
  if (!isObject(old) || !isObject(next)) return next
  const entries = Object.entries(next).map(([key, value]) => [key, sharedList(old[key], value)])
  return Object.fromEntries(entries) as Data
}

/** Rows are matched by their ids. */
function sharedList(old: unknown, next: unknown): unknown {
  if (isEqual(old, next)) return old
  if (!Array.isArray(old) || !Array.isArray(next)) return next
  const known = new Map(old.map((row: { id?: unknown }) => [row.id, row]))
  return next.map((row: { id?: unknown }) => {
    const before = known.get(row.id)
    return isEqual(before, row) ? before : row
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
