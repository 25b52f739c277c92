/** Freezing rows that a store gives out. */
import { isContainer } from './json.ts'

/**
 * Freezes a row to the bottom and gives it back. A row whose top is frozen is left alone: only this function freezes
 * rows, the top last. O(size of the row) the first time. Recursive, since stored rows have at most 100 levels.
 */
export function freezeRow<Row extends object>(row: Row): Row {
  return Object.isFrozen(row) ? row : freezeDeeply(row)
}

/** Walks frozen parts too: a caller may have frozen their top alone. */
export function freezeDeeply<T extends object>(container: T): T {
  if (Array.isArray(container)) {
    for (const item of container) if (isContainer(item)) freezeDeeply(item)
  } else {
    for (const key in container) {
      const value = container[key]
      if (isContainer(value) && Object.hasOwn(container, key)) freezeDeeply(value)
    }
  }
  return Object.freeze(container)
}
