/** The numbers of the rows of one segment, packed: to be added up, counted and ranked without a document. */
import { countedFrom } from '../segments/documents.ts'
import { Postings } from '../terms/postings.ts'

const NO_TERMS = new Uint32Array(0)
const WITHOUT_TERMS = { terms: NO_TERMS, offsets: NO_TERMS, slots: new Uint16Array(0), bitmaps: [] }

/** The slots of a part in which every row has one number: one array for all such parts, as long as the longest. */
let everySlot = new Uint16Array(0)

/** The slots of so many rows. A view that is shared, not to be changed. */
export function slotsOfAll(rows: number): Uint16Array {
  if (everySlot.length < rows) everySlot = Uint16Array.from(countedFrom(0, rows))
  return everySlot.subarray(0, rows)
}

/** `values[i]` is a number of the row at `slots[i]`. Slots ascend; a row may have several. Dead rows are among them, as in postings. */
export class NumberPart extends Postings {
  readonly slots: Uint16Array
  readonly values: Float64Array
  /** Whether every row has one number. */
  readonly isWhole: boolean

  /** `rows`: how many rows the segment has. */
  constructor(slots: ArrayLike<number>, values: Float64Array, rows: number) {
    super(WITHOUT_TERMS)
    this.values = values
    this.isWhole = slots.length === rows && isEvery(slots)
    this.slots = this.isWhole ? slotsOfAll(rows) : Uint16Array.from(slots)
  }

  /** Bytes in memory: 8 a number, and 2 for its slot unless every row has one number. */
  override get bytes(): number {
    return this.values.byteLength + (this.isWhole ? 0 : this.slots.byteLength)
  }
}

/** Whether slots are those from 0 on. */
function isEvery(slots: ArrayLike<number>): boolean {
  for (let i = 0; i < slots.length; i++) if (slots[i] !== i) return false
  return true
}
