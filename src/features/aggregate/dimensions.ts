/** What rows are grouped by: the values of each row, as small numbers, counted as facets count them. */
import { upperBound } from '../../base/bisect.ts'
import type { NumberPart } from '../../engine/columns/number-part.ts'
import { numbersOf } from '../../engine/columns/numbers.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Part } from '../../engine/run.ts'
import type { Segment } from '../../engine/segments/segment.ts'
import { eachSlot, nextFrom, type RowSet } from '../../engine/sets/rowset.ts'
import { bySlot } from '../../engine/terms/by-slot.ts'
import { PRESENT } from '../../engine/terms/dictionary.ts'
import { FIELDS_OF_FEW_VALUES, type ValueTerm } from '../../engine/terms/fields.ts'
import type { TermFieldName } from '../../engine/terms/indexes.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import type { Scalar } from '../../query/spec.ts'
import { isNumberField, type NumberField } from '../../row/numbers.ts'
import { MISSING } from '../facets/scope.ts'
import type { Scale } from '../histogram/count.ts'
import type { Source } from './request.ts'

/** A value that groups can have. */
export type GroupValue = Scalar | typeof MISSING

/** The values of the rows of one segment. */
export interface Values {
  /** By slot of those rows: the number of its first value, or -1. */
  readonly of: Int32Array
  /** By slot with several: the numbers of the others. */
  readonly more: ReadonlyMap<number, readonly number[]>
}

/** One thing that rows are grouped by. */
export interface Dimension {
  /** The numbers of the values of some rows. */
  read(part: Part): Values
  /** The value of a number that `read` gave. */
  value(number: number): GroupValue
  /** More than any number that `read` gave so far. */
  readonly size: number
}

/** What rows are grouped by for a field or a metadata path. */
export function dimensionOf(source: Source, engine: Engine): Dimension {
  const few = FIELDS_OF_FEW_VALUES[source.field]
  if (few !== undefined) return new FewValues(few, engine)
  if (source.field === 'metadata') return new MetadataValues(source, engine)
  if (isNumberField(source.field)) return new Numbers(source, engine)
  return new Terms(engine.indexes.field(source.field as TermFieldName), engine)
}

/** The numbers of the rows of a segment, by slot: those at a metadata path, or a number of the row. */
export function numbersIn({ field, path }: Source, segment: Segment, engine: Engine): NumberPart {
  const column = numbersOf(engine, field === 'metadata' ? path : (field as NumberField))
  return column.part(segment, engine.documents, engine.work)
}

/** Collects the values of the rows of a segment. */
class Collected implements Values {
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

/** The terms of a field: every row has some. */
class Terms implements Dimension {
  readonly #index: TermIndex
  readonly #engine: Engine

  constructor(index: TermIndex, engine: Engine) {
    engine.build(index)
    this.#index = index
    this.#engine = engine
  }

  get size(): number {
    return this.#index.dictionary.size
  }

  read({ segment, rows }: Part): Values {
    const found = new Collected(segment)
    eachTerm(this.#index, { segment, rows }, this.#engine, (slot, term) => found.add(slot, term))
    return found
  }

  value(number: number): GroupValue {
    return this.#index.dictionary.value(number) as Scalar
  }
}

/** Calls `visit` with the terms of each of some rows. */
function eachTerm(
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

/** The scalars at a metadata path, those in lists there, and whether there is nothing. */
class MetadataValues implements Dimension {
  readonly #scalars: TermIndex
  readonly #items: TermIndex
  readonly #engine: Engine

  constructor({ path }: Source, engine: Engine) {
    this.#scalars = engine.indexes.scalars(path)
    this.#items = engine.indexes.items(path)
    engine.build(this.#scalars)
    engine.build(this.#items)
    this.#engine = engine
  }

  /** Terms of scalars, then of items that no scalar is equal to, then nothing. */
  get size(): number {
    return this.#scalars.dictionary.size + this.#items.dictionary.size + 1
  }

  read(part: Part): Values {
    const { dictionary } = this.#scalars
    const items = this.#items.dictionary
    const missing = this.size - 1
    const present = dictionary.term(PRESENT)
    const found = new Collected(part.segment)
    const isThere = new Uint8Array(part.segment.size)
    eachTerm(this.#scalars, part, this.#engine, (slot, term) => {
      if (term === present) isThere[slot] = 1
      else found.add(slot, term)
    })
    eachTerm(this.#items, part, this.#engine, (slot, item) => {
      const term = dictionary.term(items.value(item))
      found.add(slot, term === -1 ? dictionary.size + item : term)
    })
    eachSlot(part.rows, (slot) => {
      if (isThere[slot] === 0) found.add(slot, missing)
    })
    return found
  }

  value(number: number): GroupValue {
    const { size } = this.#scalars.dictionary
    if (number === this.size - 1) return MISSING
    return (
      number < size ? this.#scalars.dictionary.value(number) : this.#items.dictionary.value(number - size)
    ) as Scalar
  }
}

/** A field of few values, which has no terms of its own. */
class FewValues implements Dimension {
  readonly #few: readonly ValueTerm[]
  readonly #rest: Scalar
  readonly #engine: Engine

  constructor([rest, ...few]: readonly [Scalar, ...ValueTerm[]], engine: Engine) {
    this.#rest = rest
    this.#few = few
    this.#engine = engine
    for (const [, by] of few) if (by !== 'marked' && by !== 'unmarked') engine.build(engine.indexes.field(by))
  }

  get size(): number {
    return this.#few.length + 1
  }

  read({ segment, rows }: Part): Values {
    const found = new Collected(segment)
    this.#few.forEach(([, by, term], number) => {
      eachSlot(this.#engine.intersect([rows, this.#rowsOf(segment, by, term)], segment), (slot) =>
        found.add(slot, number),
      )
    })
    eachSlot(rows, (slot) => {
      if (found.of[slot] === -1) found.add(slot, this.#few.length)
    })
    return found
  }

  #rowsOf(segment: Segment, by: ValueTerm[1], term: ValueTerm[2]): RowSet {
    if (by === 'marked' || by === 'unmarked') return segment[by].set
    const index = this.#engine.indexes.field(by)
    const postings = index.postings(segment, this.#engine.documents, this.#engine.work)
    return postings.rows(index.dictionary.term(term!))
  }

  value(number: number): GroupValue {
    return this.#few[number]?.[0] ?? this.#rest
  }
}

/** A number of the row; null for a row without it. */
class Numbers implements Dimension {
  readonly #source: Source
  readonly #engine: Engine
  readonly #numbers = new Map<number | null, number>()
  readonly #values: (number | null)[] = []

  constructor(source: Source, engine: Engine) {
    this.#source = source
    this.#engine = engine
  }

  get size(): number {
    return this.#values.length
  }

  read({ segment, rows }: Part): Values {
    const found = new Collected(segment)
    const { slots, values } = numbersIn(this.#source, segment, this.#engine)
    let i = 0
    eachSlot(rows, (slot) => {
      while (i < slots.length && slots[i]! < slot) i++
      found.add(slot, this.#numberOf(slots[i] === slot ? values[i]! + 0 : null))
    })
    return found
  }

  #numberOf(value: number | null): number {
    const known = this.#numbers.get(value)
    if (known !== undefined) return known
    const number = this.#values.push(value) - 1
    this.#numbers.set(value, number)
    return number
  }

  value(number: number): GroupValue {
    return this.#values[number]!
  }
}

/** The buckets of time that rows began in. */
export class Buckets implements Dimension {
  readonly #edges: Float64Array

  constructor({ edges }: Scale) {
    this.#edges = edges
  }

  get size(): number {
    return this.#edges.length
  }

  read({ segment, rows }: Part): Values {
    const { ms } = segment
    const edges = this.#edges
    const found = new Collected(segment)
    // Slots are in the order of time.
    let bucket = upperBound(edges, ms[nextFrom(rows, 0)]!) - 1
    eachSlot(rows, (slot) => {
      while (ms[slot]! >= edges[bucket + 1]!) bucket++
      found.add(slot, bucket)
    })
    return found
  }

  value(number: number): GroupValue {
    return number
  }
}
