/** Several segments into one: linear passes over rows and postings, no document read except for an index that one of them lacks. */

import { columnsToTake, type MergedSlot, storedToTake, takeColumns } from '../pages/ordered.ts'
import type { Indexes } from '../terms/indexes.ts'
import type { Work } from '../terms/inverted.ts'
import type { Documents } from './documents.ts'
import { Segment } from './segment.ts'

/** Where a row of an input goes: 2^16 × piece + slot. Dead rows have none. */
const NOWHERE = 0xffff_ffff

/**
 * Makers of `pieces` time-sorted segments of the live rows of all inputs, each to be called once with the number of its
 * segment, in turn. Postings and columns that any input has, the results have too. O(rows × inputs + postings).
 */
export function mergeSegments(
  inputs: readonly Segment[],
  pieces: number,
  indexes: Indexes,
  documents: Documents,
  work: Work,
): ((number: number) => Segment)[] {
  const total = inputs.reduce((sum, segment) => sum + segment.live.count, 0)
  const built = indexes.all().filter((index) => inputs.some((segment) => index.isBuilt(segment)))
  // Before rows move: what lacks an index reads its documents by the places they have now.
  for (const index of built) for (const segment of inputs) index.postings(segment, documents, work)
  const columns = columnsToTake(inputs, { documents, work })
  const stored = storedToTake(inputs)
  const targets = inputs.map((segment) => new Uint32Array(segment.size).fill(NOWHERE))
  const heads = inputs.map((segment) => nextLive(segment, 0))

  return Array.from({ length: pieces }, (_, piece) => (number: number) => {
    const from = Math.floor((piece * total) / pieces)
    const size = Math.floor(((piece + 1) * total) / pieces) - from
    const segment = new Segment(number, size)
    const sources: MergedSlot[] = []
    for (let slot = 0; slot < size; slot++) {
      const i = earliest(inputs, heads)
      const input = inputs[i]!
      const head = heads[i]!
      segment.take(slot, input, head, documents)
      targets[i]![head] = piece * 65_536 + slot
      sources.push({ input, slot: head })
      heads[i] = nextLive(input, head + 1)
    }
    takeColumns(segment, columns, sources)
    segment.stored = stored
    for (const index of built) {
      const builder = index.builder('terms')
      sources.forEach(({ input, slot: from }, slot) => {
        builder.take?.(slot, input.postings.get(index)!, from)
      })
      inputs.forEach((input, i) => {
        input.postings.get(index)!.eachPair((term, slot) => {
          const target = targets[i]![slot]!
          if (target !== NOWHERE && target >>> 16 === piece) builder.add(term, target & 0xffff)
        })
      })
      segment.postings.set(index, builder.build(size, index.dictionary.size))
    }
    return segment
  })
}

/** The first live slot from `slot` on, or the segment's size. */
function nextLive(segment: Segment, slot: number): number {
  let next = slot
  while (next < segment.size && !segment.live.has(next)) next++
  return next
}

/** The input whose head comes first by (started_at, id). One has rows left. */
function earliest(inputs: readonly Segment[], heads: readonly number[]): number {
  let best = -1
  for (let i = 0; i < inputs.length; i++) {
    if (heads[i]! >= inputs[i]!.size) continue
    if (best === -1 || inputs[i]!.compareSlots(heads[i]!, inputs[best]!, heads[best]!) < 0) best = i
  }
  return best
}
