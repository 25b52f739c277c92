/** The inverse of postings: which terms each slot has. */
import type { Postings } from './postings.ts'

/** The terms of slot s are `terms[offsets[s]]` to before `terms[offsets[s + 1]]`. */
export interface BySlot {
  readonly offsets: Uint32Array
  readonly terms: Uint32Array
}

/** Postings never change; those that are gone take theirs along. */
const termsBySlot = new WeakMap<Postings, BySlot>()

/** The inverse of the postings of a segment of `size` rows. Made when first needed, 4 bytes a row and 4 a pair. O(pairs). */
export function bySlot(postings: Postings, size: number): BySlot {
  const made = termsBySlot.get(postings)
  if (made !== undefined) return made
  const offsets = new Uint32Array(size + 2)
  postings.eachPair((_, slot) => {
    offsets[slot + 2]!++
  })
  for (let slot = 0; slot < size; slot++) offsets[slot + 2]! += offsets[slot + 1]!
  // What begins slot s stands one place late, until the slot has been filled up to the next one's.
  const terms = new Uint32Array(offsets[size + 1]!)
  postings.eachPair((term, slot) => {
    terms[offsets[slot + 1]!++] = term
  })
  const result = { offsets, terms }
  termsBySlot.set(postings, result)
  return result
}
