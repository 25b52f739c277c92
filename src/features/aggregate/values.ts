/** The values of the rows of one segment, as small numbers. */
import type { Engine } from '../../engine/engine.ts'
import type { Part } from '../../engine/run.ts'
import type { Segment } from '../../engine/segments/segment.ts'
import { eachSlot } from '../../engine/sets/rowset.ts'
import { bySlot } from '../../engine/terms/by-slot.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import type { Postings } from '../../engine/terms/postings.ts'

/** The values of the rows of one segment. */
export interface Values {
  /** By slot of those rows: the number of its first value, or -1. What stands at other slots means nothing. */
  readonly of: Int32Array
  /** By slot with several: the numbers of the others. */
  readonly more: ReadonlyMap<number, readonly number[]>
}

/** No row has several. */
const NO_MORE: Values['more'] = new Map()

/** The values of rows that have one each, or none. */
export function singles(of: Int32Array): Values {
  return { of, more: NO_MORE }
}

/** Collects the values of the rows of a segment. */
export class Collected implements Values {
  readonly of: Int32Array
  readonly more = new Map<number, number[]>()

  constructor(segment: Segment) {
    this.of = new Int32Array(segment.size).fill(-1)
  }

  add(slot: number, number: number): void {
    if (this.of[slot] === -1) this.of[slot] = number
    else {
      const others = this.more.get(slot)
      if (others === undefined) this.more.set(slot, [number])
      else others.push(number)
    }
  }
}

/** Calls `visit` with the terms of each of some rows. */
export function eachTerm(
  index: TermIndex,
  { segment, rows }: Part,
  engine: Engine,
  visit: (slot: number, term: number) => void,
): void {
  const { offsets, terms } = bySlot(index.postings(segment, engine.documents, engine.work), segment.size)
  eachSlot(rows, (slot) => {
    for (let i = offsets[slot]!; i < offsets[slot + 1]!; i++) visit(slot, terms[i]!)
  })
}

/** Postings never change; those that are gone take theirs along. `undefined` where a row has several terms. */
const termOfSlots = new WeakMap<Postings, Int32Array | undefined>()

/**
 * One more than the term of each slot, where no row has two: 0 for none, -1 for `mark` alone, which is not counted.
 * Made when first needed, 4 bytes a row. O(pairs), then O(1).
 */
export function termOfEach(postings: Postings, size: number, mark = -1): Int32Array | undefined {
  if (termOfSlots.has(postings)) return termOfSlots.get(postings)
  const of = new Int32Array(size)
  let hasSeveral = false
  postings.eachPair((term, slot) => {
    if (term === mark) of[slot] = of[slot] || -1
    else {
      hasSeveral ||= of[slot]! > 0
      of[slot] = term + 1
    }
  })
  const made = hasSeveral ? undefined : of
  termOfSlots.set(postings, made)
  return made
}
