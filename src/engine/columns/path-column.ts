/**
 * The numbers at a metadata path, built segment by segment like any index: where that has postings, this has the numbers
 * themselves. So what builds, merges and gives up indexes does the same with it.
 */
import { lowerBound } from '../../base/bisect.ts'
import type { MetadataPath } from '../../query/spec.ts'
import type { Documents } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { valueAt } from '../terms/fields.ts'
import { type ReadRow, TermIndex, type Work } from '../terms/inverted.ts'
import { PostingsBuilder } from '../terms/postings-builder.ts'
import type { Steps } from '../terms/steps.ts'
import { NumberPart } from './number-part.ts'

class NumbersBuilder extends PostingsBuilder {
  readonly #slots: number[] = []
  readonly #values: number[] = []

  push(slot: number, value: number): void {
    this.#slots.push(slot)
    this.#values.push(value)
  }

  override take(slot: number, { slots, values }: NumberPart, from: number): void {
    for (let i = lowerBound(slots, from); slots[i] === from; i++) this.push(slot, values[i]!)
  }

  override *inSteps(rows: number): Steps<NumberPart> {
    // Collecting them was a step.
    yield
    return new NumberPart(this.#slots, Float64Array.from(this.#values), rows)
  }
}

/** A list gives each of its numbers, -0 as it is; strings, booleans and nulls give none. */
export class PathColumn extends TermIndex {
  readonly #path: MetadataPath

  constructor(key: string, path: MetadataPath) {
    super(key, () => undefined)
    this.#path = path
  }

  /** The numbers of a segment, built if need be: O(live rows), each document read once. */
  part(segment: Segment, documents: Documents, work: Work): NumberPart {
    // Its builder makes no others.
    return this.postings(segment, documents, work) as NumberPart
  }

  override builder(): NumbersBuilder {
    return new NumbersBuilder()
  }

  override reader(builder: NumbersBuilder): ReadRow {
    return (row, slot) => {
      const values = [valueAt(row, this.#path)].flat()
      for (const value of values) if (typeof value === 'number') builder.push(slot, value)
      return values.length
    }
  }
}
