/** Rows that are read before they are added: a load reads them in steps, so that adding all of them is short. */
import type { BigNumbers } from '../base/json.ts'
import { isContainer, MAX_LEVEL } from './json.ts'
import { type ReadRow, readRow } from './read.ts'

/** By the object that was read. It belongs to whoever reads ahead, and does not change in between. */
const READ = new WeakMap<object, ReadRow>()

/** Reads a row that is given away, and remembers that. One that is refused is left to whoever adds it to refuse. */
export function readAhead(raw: object, bigNumbers?: BigNumbers): void {
  try {
    const read = readRow(raw, true, bigNumbers)
    // To a store that does not know of it, of another copy of the package, a row without an id says so with null.
    if (read.row.id === 0) Reflect.set(read.row, 'id', null)
    READ.set(raw, read)
  } catch {
    // It is read again when it is added, and the error is thrown then.
  }
}

/**
 * Reads a row that is given away, unless that was done ahead. One with getters is copied, each of which is read once: what
 * was checked would not be what the next reading gives. Throws `InvalidRowError`.
 */
export function readOwn(raw: unknown, bigNumbers?: BigNumbers): ReadRow {
  const read = READ.get(raw as object)
  if (read === undefined) return readRow(raw, !hasGetters(raw, 1), bigNumbers)
  READ.delete(raw as object)
  read.row.id ??= 0
  return read
}

/** Whether a value has a getter anywhere, or is too deep to tell. Calls none. O(values). */
function hasGetters(value: unknown, level: number): boolean {
  if (!isContainer(value)) return false
  if (level > MAX_LEVEL) return true
  for (const key of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (property === undefined || property.get !== undefined || hasGetters(property.value, level + 1)) return true
  }
  return false
}
