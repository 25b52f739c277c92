/** What rows can be ordered by: one column of values a field in each segment, and permutations of slots in other orders than time. */
import { DEFAULT_ORDER, type OrderField, type OrderTerm } from '../query/spec.ts'
import { compareCodePoints } from '../text/compare.ts'
import { type Instant, parseInstant } from '../text/instant.ts'
import type { Documents, Row } from './documents.ts'
import type { Work } from './inverted.ts'
import type { Segment } from './segment.ts'

/** The values of one field by slot. Dead rows have a value, which is never asked for. */
export interface Column {
  isNull(slot: number): boolean
  /** Compares two values, neither null, the other perhaps of another segment's column of the same field. */
  compare(slot: number, other: Column, otherSlot: number): number
}

/** Instants; NaN milliseconds stand for null. */
export class InstantColumn implements Column {
  readonly ms: Float64Array
  readonly us: Uint16Array

  constructor(ms: Float64Array, us: Uint16Array) {
    this.ms = ms
    this.us = us
  }

  isNull(slot: number): boolean {
    return Number.isNaN(this.ms[slot])
  }

  compare(slot: number, other: InstantColumn, otherSlot: number): number {
    return this.ms[slot]! - other.ms[otherSlot]! || this.us[slot]! - other.us[otherSlot]!
  }

  /** The instant at a slot, `undefined` where it is null. */
  instant(slot: number): Instant | undefined {
    return this.isNull(slot) ? undefined : { ms: this.ms[slot]!, us: this.us[slot]! }
  }
}

/** Numbers, none of them null. */
class NumberColumn implements Column {
  readonly #numbers: Float64Array

  constructor(numbers: Float64Array) {
    this.#numbers = numbers
  }

  isNull(): boolean {
    return false
  }

  compare(slot: number, other: NumberColumn, otherSlot: number): number {
    return this.#numbers[slot]! - other.#numbers[otherSlot]!
  }
}

/** Texts by code point, or null. */
class TextColumn implements Column {
  readonly #texts: readonly (string | null)[]

  constructor(texts: readonly (string | null)[]) {
    this.#texts = texts
  }

  isNull(slot: number): boolean {
    return this.#texts[slot] == null
  }

  compare(slot: number, other: TextColumn, otherSlot: number): number {
    return compareCodePoints(this.#texts[slot]!, other.#texts[otherSlot]!)
  }
}

/** The segment's own marks: they change in place, so the column is only a view. */
class MarkColumn implements Column {
  readonly #segment: Segment

  constructor(segment: Segment) {
    this.#segment = segment
  }

  isNull(): boolean {
    return false
  }

  compare(slot: number, other: MarkColumn, otherSlot: number): number {
    return Number(this.#segment.marked.has(slot)) - Number(other.#segment.marked.has(otherSlot))
  }
}

/** What a column is made from. */
interface Ground {
  readonly documents: Documents
  readonly work: Work
}

/** How the column of each field is made. */
const columns: Record<OrderField, (segment: Segment, ground: Ground) => Column> = {
  started_at: (segment) => new InstantColumn(segment.ms, segment.us),
  ended_at: instantColumn,
  id: (segment) => new NumberColumn(segment.ids),
  is_marked: (segment) => new MarkColumn(segment),
  customer_id: textColumn('customer_id'),
  language: textColumn('language'),
}

function instantColumn(segment: Segment, ground: Ground): InstantColumn {
  const column = new InstantColumn(new Float64Array(segment.size).fill(Number.NaN), new Uint16Array(segment.size))
  eachLiveRow(segment, ground, (row, slot) => {
    const at = row.ended_at == null ? undefined : parseInstant(row.ended_at)
    if (at === undefined) return
    column.ms[slot] = at.ms
    column.us[slot] = at.us
  })
  return column
}

function textColumn(field: 'customer_id' | 'language') {
  return (segment: Segment, ground: Ground): Column => {
    const texts = new Array<string | null>(segment.size).fill(null)
    eachLiveRow(segment, ground, (row, slot) => {
      texts[slot] = row[field]
    })
    return new TextColumn(texts)
  }
}

function eachLiveRow(segment: Segment, { documents, work }: Ground, visit: (row: Row, slot: number) => void): void {
  for (let slot = 0; slot < segment.size; slot++) {
    if (!segment.live.has(slot)) continue
    visit(documents.row(segment.rows[slot]!), slot)
    work.indexed++
  }
}

/** The column of a field in a segment, built if need be: O(live rows). */
export function column(segment: Segment, field: OrderField, ground: Ground): Column {
  let built = segment.columns.get(field)
  if (built === undefined) {
    built = columns[field](segment, ground)
    segment.columns.set(field, built)
  }
  return built
}

/** One field of an order. */
interface Key {
  readonly field: OrderField
  readonly sign: 1 | -1
}

/** A total order of rows, within and across segments. */
export class Order {
  readonly #keys: readonly Key[]
  /** The direction of the last field, which ties by id follow. */
  readonly #tieSign: 1 | -1
  readonly #key: string
  /** `started_at` alone, forwards or backwards: slots stand in this order already. */
  readonly isTime: boolean

  constructor(terms: readonly OrderTerm[] = DEFAULT_ORDER) {
    this.#keys = terms.map((term) =>
      term[0] === '-' ? { field: term.slice(1) as OrderField, sign: -1 } : { field: term as OrderField, sign: 1 },
    )
    this.#tieSign = this.#keys.at(-1)!.sign
    this.#key = terms.join()
    this.isTime = this.#keys[0]!.field === 'started_at' && this.#keys.length === 1
  }

  /** Whether slots run against the order: only asked where `isTime`. */
  get isBackwards(): boolean {
    return this.#tieSign === -1
  }

  /** Builds the columns that comparing needs. */
  prepare(segment: Segment, ground: Ground): void {
    for (const { field } of this.#keys) column(segment, field, ground)
  }

  /** Below 0 when slot `a` of a segment comes before slot `b` of another or the same. Both must be prepared. */
  compare(segment: Segment, a: number, other: Segment, b: number): number {
    for (const { field, sign } of this.#keys) {
      const one = segment.columns.get(field)!
      const two = other.columns.get(field)!
      const [isNull, isOtherNull] = [one.isNull(a), two.isNull(b)]
      // Null last ascending, first descending: as if it were the greatest.
      const order = isNull || isOtherNull ? Number(isNull) - Number(isOtherNull) : one.compare(a, two, b)
      if (order !== 0) return order * sign
    }
    return (segment.ids[a]! - other.ids[b]!) * this.#tieSign
  }

  /** All slots of a segment in this order, sorted when first asked: O(rows log rows), 2 bytes a row. A handful is kept. */
  permutation(segment: Segment, ground: Ground): Uint16Array {
    // Marks change in place, so an order by them is good until the next one.
    const key = this.#keys.some(({ field }) => field === 'is_marked') ? `${this.#key}@${segment.marks}` : this.#key
    let slots = segment.permutations.get(key)
    if (slots === undefined) {
      this.prepare(segment, ground)
      slots = Uint16Array.from({ length: segment.size }, (_, slot) => slot)
      slots.sort((a, b) => this.compare(segment, a, segment, b))
      for (const old of segment.permutations.keys()) {
        if (segment.permutations.size < KEPT_PERMUTATIONS) break
        segment.permutations.delete(old)
      }
      segment.permutations.set(key, slots)
    }
    return slots
  }
}

const KEPT_PERMUTATIONS = 8
