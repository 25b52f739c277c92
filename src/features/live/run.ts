/** A stretch of an order: rows that follow each other without a gap, and how many come before them and in all. */

import { lowerBoundWithComparator } from '../../base/bisect.ts'
import { compareKeys, keyOf } from '../../engine/pages/order-key.ts'
import type { Row } from '../../engine/segments/documents.ts'
import type { OrderTerm } from '../../query/spec.ts'

/** Rows in order, from the one that has `start` before it. `count` are all rows of the order. */
export interface Run {
  readonly start: number
  readonly rows: readonly Row[]
  readonly count: number
}

/** What a commit did to one row: null where it did not match before, or does not now. */
export interface Step {
  readonly before: Row | null
  readonly after: Row | null
}

/** The run after some steps, `undefined` where they do not tell it. O(steps × rows). */
export function stepped(run: Run, steps: readonly Step[], terms: readonly OrderTerm[]): Run | undefined {
  let { start, count } = run
  const rows = run.rows.slice()
  const compare = (a: Row, b: Row) => compareKeys(keyOf(a, terms), keyOf(b, terms), terms)
  for (const { before, after } of steps) {
    if (before !== null) {
      const at = rows.findIndex(({ id }) => id === before.id)
      if (at !== -1) rows.splice(at, 1)
      // Without a row to compare with, only at the ends is it known on which side another was.
      else if (rows.length === 0 && start > 0) return undefined
      else if (rows.length > 0 && compare(before, rows[0]!) < 0) start--
      count--
    }
    if (after !== null) {
      if (rows.length === 0 && count > 0) return undefined
      const at = lowerBoundWithComparator(compare, rows, after)
      const isBefore = at === 0 && start > 0
      const isBeyond = at === rows.length && start + at < count
      if (isBefore) start++
      else if (!isBeyond) rows.splice(at, 0, after)
      count++
    }
  }
  return { start, rows, count }
}

/** The rows of a run from place `from` on, `size` at most; `undefined` where the run lacks some of them. */
export function windowOf({ start, rows, count }: Run, from: number, size: number): Run | undefined {
  const to = Math.min(from + size, count)
  if (from >= to ? count > 0 : start > from || start + rows.length < to) return undefined
  return { start: from, rows: rows.slice(from - start, from - start + size), count }
}
