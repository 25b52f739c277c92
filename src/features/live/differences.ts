/** What is different between two answers. */
import type { Row } from '../../engine/segments/documents.ts'
import type { RowChanges } from './types.ts'

/** Nothing is. */
export const NO_CHANGES: RowChanges = Object.freeze({
  inserted: Object.freeze([]),
  updated: Object.freeze([]),
  removed: Object.freeze([]),
  moved: Object.freeze([]),
})

/**
 * What became of the rows of a page: rows are the same by id, unchanged as one object. A changed row has moved when
 * another number of the rows that stayed comes before it; one of `waited` changed earlier. O(rows).
 */
export function changesBetween(
  before: readonly Row[],
  after: readonly Row[],
  waited: ReadonlySet<number> = new Set(),
): RowChanges {
  const old = new Map(before.map((row) => [row.id, row]))
  const ids = new Set(after.map(({ id }) => id))
  const places = new Map<number, number>()
  for (const { id } of before) if (ids.has(id)) places.set(id, places.size)
  const changes = { inserted: [] as number[], updated: [] as number[], removed: [] as number[], moved: [] as number[] }
  let stayed = 0
  for (const row of after) {
    const { id } = row
    if (!old.has(id)) changes.inserted.push(id)
    else {
      const isChanged = old.get(id) !== row
      if (places.get(id) === stayed) isChanged && changes.updated.push(id)
      else if (isChanged || waited.has(id)) changes.moved.push(id)
      stayed++
    }
  }
  changes.removed.push(...before.map(({ id }) => id).filter((id) => !ids.has(id)))
  return changes
}
