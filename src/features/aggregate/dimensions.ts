/** What rows are grouped by: the values of each row, as small numbers, counted as facets count them. */
import { lowerBound, upperBound } from '../../base/bisect.ts'
import type { NumberPart } from '../../engine/columns/number-part.ts'
import { numbersOf } from '../../engine/columns/numbers.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Part } from '../../engine/run.ts'
import type { Segment } from '../../engine/segments/segment.ts'
import { eachSlot, lastTo, nextFrom, type RowSet } from '../../engine/sets/rowset.ts'
import { PRESENT } from '../../engine/terms/dictionary.ts'
import { FIELDS_OF_FEW_VALUES, type ValueTerm } from '../../engine/terms/fields.ts'
import type { TermFieldName } from '../../engine/terms/indexes.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import type { Scalar } from '../../query/spec.ts'
import { isNumberField, type NumberField } from '../../row/numbers.ts'
import { MISSING } from '../facets/scope.ts'
import type { Scale } from '../histogram/count.ts'
import type { Source } from './request.ts'
import { Collected, eachTerm, singles, termOfEach, type Values } from './values.ts'

/** A value that groups can have. */
export type GroupValue = Scalar | typeof MISSING

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

/** The terms of a field, numbered from 1: every row has some. */
class Terms implements Dimension {
  readonly #index: TermIndex
  readonly #engine: Engine

  constructor(index: TermIndex, engine: Engine) {
    engine.build(index)
    this.#index = index
    this.#engine = engine
  }

  get size(): number {
    return this.#index.dictionary.size + 1
  }

  read(part: Part): Values {
    const { segment } = part
    const postings = this.#index.postings(segment, this.#engine.documents, this.#engine.work)
    const one = termOfEach(postings, segment.size)
    if (one !== undefined) return singles(one)
    const found = new Collected(segment)
    eachTerm(this.#index, part, this.#engine, (slot, term) => found.add(slot, term + 1))
    return found
  }

  value(number: number): GroupValue {
    return this.#index.dictionary.value(number - 1) as Scalar
  }
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

  /** Nothing, then terms of scalars, then of items that no scalar is equal to. */
  get size(): number {
    return this.#scalars.dictionary.size + this.#items.dictionary.size + 1
  }

  read(part: Part): Values {
    const { segment } = part
    const { documents, work } = this.#engine
    const { dictionary } = this.#scalars
    const items = this.#items.dictionary
    const present = dictionary.term(PRESENT)
    if (this.#items.postings(segment, documents, work).terms.length === 0) {
      const one = termOfEach(this.#scalars.postings(segment, documents, work), segment.size, present)
      if (one !== undefined) return singles(one)
    }
    const found = new Collected(segment)
    const isThere = new Uint8Array(segment.size)
    eachTerm(this.#scalars, part, this.#engine, (slot, term) => {
      if (term === present) isThere[slot] = 1
      else found.add(slot, term + 1)
    })
    eachTerm(this.#items, part, this.#engine, (slot, item) => {
      const term = dictionary.term(items.value(item))
      found.add(slot, (term === -1 ? dictionary.size + item : term) + 1)
    })
    eachSlot(part.rows, (slot) => {
      if (isThere[slot] === 0) found.add(slot, 0)
    })
    return found
  }

  value(number: number): GroupValue {
    if (number === 0) return MISSING
    const { dictionary } = this.#scalars
    const item = number - 1 - dictionary.size
    return (item < 0 ? dictionary.value(number - 1) : this.#items.dictionary.value(item)) as Scalar
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
    const { ms, size } = segment
    const edges = this.#edges
    const of = new Int32Array(size)
    // Slots are in the order of time.
    const last = lastTo(rows, size - 1)
    let from = nextFrom(rows, 0)
    for (let bucket = upperBound(edges, ms[from]!) - 1; from <= last; bucket++) {
      const to = lowerBound(ms, edges[bucket + 1]!, from)
      of.fill(bucket, from, to)
      from = to
    }
    return singles(of)
  }

  value(number: number): GroupValue {
    return number
  }
}
