/** What rows can be ordered by: one column of values a field in each segment, and permutations of slots in other orders than time. */

import { compareCodePoints } from '../../base/text/compare.ts'
import { parseInstant } from '../../base/text/instant.ts'
import { DEFAULT_ORDER, type OrderField, type OrderKey, type OrderTerm, type OrderValue } from '../../query/spec.ts'
import { FIELDS } from '../../row/fields.ts'
import { isNumberField, ROW_NUMBERS } from '../../row/numbers.ts'
import type { Documents, Row } from '../segments/documents.ts'
import type { Column, Segment } from '../segments/segment.ts'
import type { Work } from '../terms/inverted.ts'
import { compareOrderValues } from './order-key.ts'
import { allSlots, ranksOf, sortedBy } from './ranks.ts'

/** What a column is made from. */
interface ColumnSource {
  readonly documents: Documents
  readonly work: Work
}

/** The columns that a segment has, or makes from its bits. */
const ownColumns: { readonly [Name in OrderField]?: (segment: Segment) => Column } = {
  started_at: (segment) => ({ numbers: [segment.ms, segment.us] }),
  id: (segment) => ({ numbers: [segment.ids] }),
  is_marked: (segment) => ({
    numbers: [
      Float64Array.from(segment.rows, (_, slot) =>
        segment.marked.has(slot) ? 1 : segment.unmarked.has(slot) ? 0 : Number.NaN,
      ),
    ],
  }),
}

/** The column of a field, read from the documents. */
function readColumn(field: OrderField, segment: Segment, source: ColumnSource): Column {
  if (isNumberField(field))
    return { numbers: [numbersOf(segment, source, (row) => ROW_NUMBERS[field](row) ?? undefined)] }
  const { asked } = FIELDS[field]
  const us = asked === 'instant' ? new Uint16Array(segment.size) : undefined
  const texts = asked === 'string' ? new Array<string | null>(segment.size).fill(null) : undefined
  const numbers = numbersOf(segment, source, (row, slot) => {
    const value = row[field]
    if (value == null) return undefined
    if (texts !== undefined) texts[slot] = value as string
    if (us === undefined) return Number(value === true)
    const at = parseInstant(value as string)!
    us[slot] = at.us
    return at.ms
  })
  return texts === undefined ? { numbers: us === undefined ? [numbers] : [numbers, us] } : { numbers: [numbers], texts }
}

/** A number of each live row, NaN for a row without one. Reads the documents. */
function numbersOf(
  segment: Segment,
  { documents, work }: ColumnSource,
  of: (row: Row, slot: number) => number | undefined,
): Float64Array {
  work.indexed += segment.live.count
  return Float64Array.from(segment.rows, (number, slot) =>
    segment.live.has(slot) ? (of(documents.read(number), slot) ?? Number.NaN) : Number.NaN,
  )
}

/** The column of a field in a segment, built if need be: O(live rows). */
export function column(segment: Segment, field: OrderField, source: ColumnSource): Column {
  const built = segment.columns.get(field)
  if (built !== undefined) return built
  const made = (ownColumns[field] ?? segment.stored?.get(field))?.(segment) ?? readColumn(field, segment, source)
  segment.columns.set(field, made)
  return made
}

/** Where a row of a merged segment was. */
export interface MergedSlot {
  readonly input: Segment
  readonly slot: number
}

/** Whether no index has the values of a field. */
const isFromDocuments = (field: OrderField) => isNumberField(field) || FIELDS[field].asked === 'instant'

/**
 * The fields whose columns some segments have, read from documents. Those that lack one get it: O(their live rows). Then
 * `takeColumns` makes those of the segments that they are merged into, without a document.
 */
export function columnsToTake(inputs: readonly Segment[], source: ColumnSource): readonly OrderField[] {
  const fields = new Set(
    inputs.flatMap(({ columns, stored = new Map() }) => [
      ...(columns.keys() as Iterable<OrderField>),
      ...([...stored.keys()] as OrderField[]).filter(isFromDocuments),
    ]),
  )
  const taken = [...fields].filter((field) => ownColumns[field] === undefined)
  for (const field of taken) for (const input of inputs) column(input, field, source)
  return taken
}

/** What makes the columns of terms of a segment that others are merged into, if one of them came from a snapshot. O(fields). */
export function storedToTake(inputs: readonly Segment[]): Segment['stored'] {
  const stored = inputs.find((input) => input.stored !== undefined)?.stored
  return stored && new Map([...stored].filter(([field]) => !isFromDocuments(field as OrderField)))
}

/** Gives a segment the columns of the segments that its rows come from, slot by slot. O(rows × fields). */
export function takeColumns(segment: Segment, fields: readonly OrderField[], from: readonly MergedSlot[]): void {
  for (const field of fields) {
    const valuesOf =
      <Value>(of: (column: Column) => ArrayLike<Value> | undefined) =>
      ({ input, slot }: MergedSlot): Value =>
        of(input.columns.get(field)!)![slot]!
    const { numbers, texts } = from[0]!.input.columns.get(field)!
    const values = Float64Array.from(
      from,
      valuesOf((column) => column.numbers[0]),
    )
    const us =
      numbers[1] &&
      Uint16Array.from(
        from,
        valuesOf((column) => column.numbers[1]),
      )
    segment.columns.set(field, {
      numbers: us === undefined ? [values] : [values, us],
      ...(texts && { texts: from.map(valuesOf((column) => column.texts)) }),
    })
  }
}

/** The order of two values, neither null: below 0 when the first is less. */
function compareValues(one: Column, a: number, two: Column, b: number): number {
  if (one.texts !== undefined) return compareCodePoints(one.texts[a]!, two.texts![b]!)
  const [first, second] = one.numbers
  return first[a]! - two.numbers[0][b]! || (second === undefined ? 0 : second[a]! - two.numbers[1]![b]!)
}

/** The value of a field at a slot, as keys have it. The column must be built, except those of `started_at` and `id`. */
function valueAt(segment: Segment, slot: number, field: OrderField): OrderValue {
  if (field === 'started_at') return segment.instant(slot)
  if (field === 'id') return segment.ids[slot]!
  const { numbers, texts } = segment.columns.get(field)!
  const [first, second] = numbers
  if (Number.isNaN(first[slot])) return null
  if (texts !== undefined) return texts[slot]!
  if (second !== undefined) return { ms: first[slot]!, us: second[slot]! }
  return isNumberField(field) ? first[slot]! : first[slot] === 1
}

/** A total order of rows, within and across segments. */
export class Order {
  readonly #keys: readonly { readonly field: OrderField; readonly sign: 1 | -1 }[]
  /** The direction of the last field, which ties by id follow. */
  readonly #tieSign: 1 | -1
  readonly #key: string
  /** `started_at` alone, forwards or backwards: slots stand in this order already. */
  readonly isTime: boolean

  constructor(terms: readonly OrderTerm[] = DEFAULT_ORDER) {
    this.#keys = terms.map((term) => ({
      field: term.replace('-', '') as OrderField,
      sign: term[0] === '-' ? -1 : 1,
    }))
    this.#tieSign = this.#keys.at(-1)!.sign
    this.#key = terms.join()
    this.isTime = this.#key === 'started_at' || this.#key === DEFAULT_ORDER[0]
  }

  /** Whether slots run against the order: only asked where `isTime`. */
  get isBackwards(): boolean {
    return this.#tieSign === -1
  }

  /** Builds the columns that comparing needs. */
  prepare(segment: Segment, source: ColumnSource): void {
    for (const { field } of this.#keys) column(segment, field, source)
  }

  /** Makes what sorting a segment needs, field by field: some of it at each step. */
  *inSteps(segment: Segment, source: ColumnSource): Generator<undefined, void, undefined> {
    if (this.isTime) return
    for (const { field } of this.#keys) {
      ranksOf(column(segment, field, source))
      yield
    }
    ranksOf(column(segment, 'id', source))
    yield
    this.permutation(segment, source)
  }

  /** Below 0 when slot `a` of a segment comes before slot `b` of another or the same. By other than time, both must be prepared. */
  compare(segment: Segment, a: number, other: Segment, b: number): number {
    if (this.isTime) return segment.compareSlots(a, other, b) * this.#tieSign
    for (const { field, sign } of this.#keys) {
      const one = segment.columns.get(field)!
      const two = other.columns.get(field)!
      const isNull = Number.isNaN(one.numbers[0][a])
      const isOtherNull = Number.isNaN(two.numbers[0][b])
      // Null last ascending, first descending: as if it were the greatest.
      const order = isNull || isOtherNull ? Number(isNull) - Number(isOtherNull) : compareValues(one, a, two, b)
      if (order !== 0) return order * sign
    }
    return (segment.ids[a]! - other.ids[b]!) * this.#tieSign
  }

  /** Below 0 when a slot comes before the row with this key, which may be gone. The segment must be prepared. */
  compareToKey(segment: Segment, slot: number, key: OrderKey): number {
    for (let i = 0; i < this.#keys.length; i++) {
      const { field, sign } = this.#keys[i]!
      const order = compareOrderValues(valueAt(segment, slot, field), key[i]!)
      if (order !== 0) return order * sign
    }
    return (segment.ids[slot]! - Number(key.at(-1))) * this.#tieSign
  }

  /** Whether the permutation of a segment is there already. */
  isSorted(segment: Segment): boolean {
    return segment.permutations.has(this.#key)
  }

  /**
   * All slots of a segment in this order, sorted when first asked: O(rows) a field by ranks, which a field gets when it is
   * first ordered by, O(rows log rows). 2 bytes a row. A handful is kept.
   */
  permutation(segment: Segment, source: ColumnSource): Uint16Array {
    this.prepare(segment, source)
    const known = segment.permutations.get(this.#key)
    if (known !== undefined) return known
    // From the last field to the first: sorting by one keeps the order by those after it.
    let slots = sortedBy(ranksOf(column(segment, 'id', source)), this.#tieSign, allSlots(segment.size))
    for (const { field, sign } of this.#keys.slice().reverse())
      slots = sortedBy(ranksOf(column(segment, field, source)), sign, slots)
    return segment.permutations.set(this.#key, slots)
  }
}
