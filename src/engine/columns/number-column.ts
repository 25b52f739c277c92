/**
 * One column of numbers, built segment by segment like any index. Where an index has postings of terms, it has the numbers
 * themselves, so that they can be compared, added up and ordered by without a document.
 */
import { lowerBound } from '../../base/bisect.ts'
import type { Documents, Row } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { type ReadRow, TermIndex, type Work } from '../terms/inverted.ts'
import { Postings } from '../terms/postings.ts'
import { PostingsBuilder } from '../terms/postings-builder.ts'
import type { Steps } from '../terms/steps.ts'

/** Calls `emit` with each number that a row has. */
export type EachNumber = (row: Row, emit: (value: number) => void) => void

const NO_TERMS = new Uint32Array(0)
const NO_SLOTS = new Uint16Array(0)
const WITHOUT_TERMS = { terms: NO_TERMS, offsets: NO_TERMS, slots: NO_SLOTS, bitmaps: [] }

/** The slots of a part in which each row has one number: one array for all of them, as long as the longest. */
let everySlot = NO_SLOTS

/** The numbers of one segment: `values[i]` is of the row at `slots[i]`. Slots ascend; one may stand there several times. */
export class NumberPart extends Postings {
  /** Dead rows are among them, as in postings. */
  readonly slots: Uint16Array
  readonly values: Float64Array
  /** Whether every row has one number. Then `slots` is of all such parts. */
  readonly #isWhole: boolean

  constructor(slots: readonly number[], values: readonly number[], rows: number) {
    super(WITHOUT_TERMS)
    this.values = Float64Array.from(values)
    this.#isWhole = slots.length === rows && slots.every((slot, i) => slot === i)
    if (this.#isWhole && everySlot.length < rows) everySlot = Uint16Array.from(slots)
    this.slots = this.#isWhole ? everySlot.subarray(0, rows) : Uint16Array.from(slots)
  }

  /** Bytes in memory: 8 a number, and 2 for its slot unless every row has one number. */
  override get bytes(): number {
    return this.values.byteLength + (this.#isWhole ? 0 : this.slots.byteLength)
  }
}

class NumbersBuilder extends PostingsBuilder {
  readonly #slots: number[] = []
  readonly #values: number[] = []

  push(slot: number, value: number): void {
    this.#slots.push(slot)
    this.#values.push(value)
  }

  override take(slot: number, part: NumberPart, from: number): void {
    const { slots, values } = part
    for (let i = lowerBound(slots, from); slots[i] === from; i++) this.push(slot, values[i]!)
  }

  override *inSteps(rows: number): Steps<NumberPart> {
    // What collected them was a step.
    yield
    return new NumberPart(this.#slots, this.#values, rows)
  }
}

/** The numbers of a field or a metadata path. */
export class NumberColumn extends TermIndex {
  readonly #each: EachNumber

  constructor(key: string, each: EachNumber) {
    super(key, () => undefined)
    this.#each = each
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
    let at = 0
    const emit = (value: number) => builder.push(at, value)
    return (row, slot) => {
      at = slot
      this.#each(row, emit)
      return 0
    }
  }
}
