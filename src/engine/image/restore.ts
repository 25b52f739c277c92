/** An engine from its image. */
import { show } from '../../base/errors.ts'
import type { MetadataPath, OrderField } from '../../query/spec.ts'
import { FIELDS, fieldsWith } from '../../row/fields.ts'
import { pathColumn } from '../columns/numbers.ts'
import type { Engine } from '../engine.ts'
import type { PackedRows } from '../segments/documents.ts'
import { type Column, Segment } from '../segments/segment.ts'
import { TERM_FIELDS } from '../terms/fields.ts'
import type { Indexes, TermFieldName } from '../terms/indexes.ts'
import type { TermIndex } from '../terms/inverted.ts'
import { codecOf } from './codecs.ts'
import { COLUMN_FIELDS, type EngineImage, type IndexImage, KEPT_BITS, widened } from './image.ts'
import { check, Damage, type Numbers, Taken } from './numbers.ts'

/** How much is checked. */
export interface RestoreOptions {
  /** Whether every number is checked, or only what would lead out of an array. */
  readonly isFull: boolean
}

/**
 * Puts the rows of an image into an engine that has none. Throws `Damage` for what is no image, and the engine is then of no
 * use. O(rows + terms), with `isFull` O(what there is).
 */
export function restoreEngine(engine: Engine, image: EngineImage, packed: PackedRows, options: RestoreOptions): void {
  checkRows(image, packed)
  engine.documents.restore(packed, image.order)
  engine.restoreSegments(segmentsOf(image, engine, options))
  const { segments } = engine
  for (const given of image.indexes) restoreIndex(given, engine, segments, options)
}

function checkRows({ sizes, order, ids, ms, us, bits }: EngineImage, { size }: PackedRows): void {
  const rows = sizes.reduce((sum, each) => sum + each, 0)
  check(
    [order, ids, ms, us].every(({ length }) => length === rows) && size === rows,
    'there are not as many of something as there are rows',
  )
  const areBits = (words: readonly Int32Array[] | undefined, size: number) =>
    words?.length === KEPT_BITS.length && words.every(({ length }) => length === (size + 31) >>> 5)
  check(
    sizes.every((size, i) => areBits(bits[i], size)),
    'a segment has other bits than rows',
  )
  const seen = new Uint8Array(rows)
  for (const number of order) {
    check(number < rows && seen[number] === 0, 'the order of rows names one twice, or one that there is not')
    seen[number] = 1
  }
}

function segmentsOf(image: EngineImage, engine: Engine, { isFull }: RestoreOptions): Segment[] {
  let from = 0
  return image.sizes.map((size, number) => {
    check(size > 0 && size <= engine.segmentRows, 'a segment has more rows than it can, or none')
    const to = from + size
    const rows = Uint32Array.from({ length: size }, (_, slot) => from + slot)
    const [ids, ms, us] = [image.ids, image.ms, image.us].map((all) => all.subarray(from, to))
    const segment = new Segment(number, size, { rows, ids, ms, us } as never)
    segment.restore(image.bits[number]!, engine.documents)
    if (isFull) checkOrder(segment)
    segment.stored = storedColumns(image, number, size, engine)
    from = to
    return segment
  })
}

/** That rows stand by time, then by id: what finds pages takes it for granted. */
function checkOrder(segment: Segment): void {
  for (let slot = 1; slot < segment.size; slot++)
    check(segment.compareSlots(slot - 1, segment, slot) < 0, 'rows do not stand in their order')
  check(segment.ms.every(Number.isSafeInteger) && segment.us.every((us) => us < 1_000), 'a row begins at no time')
}

/** Columns are widened, or made of terms, when they are first asked for. */
function storedColumns({ columns }: EngineImage, number: number, size: number, engine: Engine): Segment['stored'] {
  const stored = new Map<string, (segment: Segment) => Column | undefined>()
  for (const field of TERM_COLUMNS) stored.set(field, (segment) => columnOfTerms(segment, field, engine))
  for (const { field, segments } of columns) {
    const [first, us] = segments[number] ?? []
    const isWhole = first?.length === size && (us === undefined || (us instanceof Uint16Array && us.length === size))
    check(isWhole && COLUMN_FIELDS.includes(field), 'a column is not as long as its segment, or of no field')
    stored.set(field, () => columnOf(first!, us as Uint16Array | undefined))
  }
  return stored
}

/** The fields with one term a row that rows can be ordered by. */
const TERM_COLUMNS = fieldsWith({ isOrdered: true }).filter((field): field is OrderField & TermFieldName =>
  Object.hasOwn(TERM_FIELDS, field),
)

/** What orders a segment by the terms of its rows; `undefined` where they are not known. O(rows). */
function columnOfTerms(segment: Segment, field: OrderField & TermFieldName, { indexes }: Engine): Column | undefined {
  const { dictionary } = indexes.field(field)
  const postings = segment.postings.get(indexes.field(field))
  if (postings === undefined) return undefined
  const numbers = new Float64Array(segment.size).fill(Number.NaN)
  const texts = new Array<string | null>(segment.size).fill(null)
  postings.eachPair((term, slot) => {
    const value = dictionary.value(term)
    if (value === null) return
    numbers[slot] = Number(value === true)
    if (typeof value === 'string') texts[slot] = value
  })
  return FIELDS[field].asked === 'string' ? { numbers: [numbers], texts } : { numbers: [numbers] }
}

function columnOf(first: Numbers, us: Uint16Array | undefined): Column {
  return { numbers: us === undefined ? [widened(first)] : [widened(first), us] }
}

function restoreIndex(
  { key, values, arrays }: IndexImage,
  engine: Engine,
  segments: readonly Segment[],
  { isFull }: RestoreOptions,
): void {
  const index = indexByKey(key, engine)
  // A store without a text index has no use for one.
  if (index === undefined) return
  index.dictionary.restore(values.slice())
  const taken = new Taken(arrays, isFull)
  for (const segment of segments)
    segment.postings.set(index, codecOf(index).read(taken, { rows: segment.size, terms: values.length }))
  check(taken.isEnd, 'an index has more than it should')
}

/** The index with a key; `undefined` for one of texts where the engine has no such. Throws `Damage` for any other key. */
function indexByKey(key: string, engine: Engine): TermIndex | undefined {
  const { indexes } = engine
  if (Object.hasOwn(TERM_FIELDS, key)) return indexes.field(key as TermFieldName)
  if (Object.hasOwn(TEXTS, key)) return TEXTS[key as keyof typeof TEXTS](indexes)
  const [kind, ...path] = key.split(':')
  check(Object.hasOwn(PATHED, kind!), `an index has an unknown key, ${show(key)}`)
  return PATHED[kind as keyof typeof PATHED](pathIn(path.join(':')), engine)
}

const TEXTS = {
  message: (indexes: Indexes) => indexes.messages(),
  messages: (indexes: Indexes) => indexes.messages()?.parts,
  action: (indexes: Indexes) => indexes.actions(),
  runs: (indexes: Indexes) => indexes.actions()?.parts,
}

const PATHED = {
  metadata: (path: MetadataPath, { indexes }: Engine) => indexes.scalars(path),
  items: (path: MetadataPath, { indexes }: Engine) => indexes.items(path),
  numbers: (path: MetadataPath, engine: Engine) => pathColumn(engine, path),
}

function pathIn(text: string): MetadataPath {
  try {
    const path: unknown = JSON.parse(text)
    if (Array.isArray(path) && path.length > 0 && path.every((step) => typeof step === 'string')) return path
  } catch {
    // Said below.
  }
  throw new Damage(`an index is of no metadata path, ${show(text)}`)
}
