/**
 * An engine as plain data: typed arrays, values of dictionaries and which index is what. Rows are numbered as they stand in the
 * segments, one segment after another: packed in that order, those that are read together lie together.
 */

import type { OrderField } from '../../query/spec.ts'
import { FIELDS } from '../../row/fields.ts'
import { isNumberField } from '../../row/numbers.ts'
import type { Engine } from '../engine.ts'
import { column } from '../pages/ordered.ts'
import { BITS, type Segment } from '../segments/segment.ts'
import type { SearchImage, TermValues } from '../terms/dictionary.ts'
import { codecOf } from './codecs.ts'
import { type Numbers, narrowed } from './numbers.ts'

/** One index. */
export interface IndexImage {
  /** That of the index: a field, `message`, `metadata:["plan"]`. */
  readonly key: string
  /** By term. */
  readonly values: TermValues
  /** What its codec gives, segment by segment. */
  readonly arrays: readonly Numbers[]
  /** What finds its terms by a piece of them, where making it takes long. */
  readonly search: SearchImage | undefined
}

/** What orders rows by a field, for each segment; null is the greatest number of the type, of doubles NaN. */
export interface ColumnImage {
  readonly field: OrderField
  readonly segments: readonly (readonly Numbers[])[]
}

/** All of an engine but its documents. */
export interface EngineImage {
  /** Rows of each segment. */
  readonly sizes: readonly number[]
  /** The rows as they came. */
  readonly order: Uint32Array
  /** By row. */
  readonly ids: Float64Array
  readonly ms: Float64Array
  readonly us: Uint16Array
  /** By segment, its bits in the order of `BITS` without the first. */
  readonly bits: readonly (readonly Int32Array[])[]
  readonly columns: readonly ColumnImage[]
  readonly indexes: readonly IndexImage[]
}

/** The bits that are kept: all rows are live. */
export const KEPT_BITS = BITS.slice(1)

/** The fields whose columns are read from documents, and that no index has. */
export const COLUMN_FIELDS = (Object.keys(FIELDS) as OrderField[]).filter(
  (field) => isNumberField(field) || (field !== 'started_at' && FIELDS[field].asked === 'instant'),
)

/** The rows of an engine by segment, in the order of the image: their numbers in the engine. */
export function rowNumbersOf({ segments }: Engine): number[] {
  return segments.flatMap(({ rows }) => Array.from(rows))
}

/** The image of an engine in which every row stands where it was put and nothing died: see `Engine.copied`. O(what it has). */
export function imageOf(engine: Engine): EngineImage {
  const { segments, documents } = engine
  const numbers = rowNumbersOf(engine)
  const places = new Uint32Array(numbers.reduce((most, number) => Math.max(most, number + 1), 0))
  numbers.forEach((number, place) => {
    places[number] = place
  })
  return {
    sizes: segments.map(({ size }) => size),
    order: Uint32Array.from(documents.numbers(), (number) => places[number]!),
    ids: joined(segments, 'ids', new Float64Array(numbers.length)),
    ms: joined(segments, 'ms', new Float64Array(numbers.length)),
    us: joined(segments, 'us', new Uint16Array(numbers.length)),
    bits: segments.map((segment) => KEPT_BITS.map((name) => segment[name].set.words!)),
    columns: COLUMN_FIELDS.map((field) => ({
      field,
      segments: segments.map((segment) => {
        const [first, us] = column(segment, field, engine).numbers
        return [narrowed(first), ...(us === undefined ? [] : [us])]
      }),
    })),
    indexes: engine.indexes
      .all()
      .filter((index) => segments.every((segment) => index.isBuilt(segment)))
      .map((index) => ({
        key: index.key,
        values: index.dictionary.values,
        arrays: segments.flatMap((segment) => codecOf(index).write(index.postings(segment, documents, engine.work))),
        search: index.search?.image?.(),
      })),
  }
}

function joined<All extends Float64Array | Uint16Array>(
  segments: readonly Segment[],
  key: 'ids' | 'ms' | 'us',
  all: All,
): All {
  let at = 0
  for (const segment of segments) {
    all.set(segment[key], at)
    at += segment.size
  }
  return all
}
