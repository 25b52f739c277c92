/** An engine from its image. */
import { show } from '../../base/errors.ts'
import type { MetadataPath, OrderField } from '../../query/spec.ts'
import { FIELDS, fieldsWith } from '../../row/fields.ts'
import { pathColumn } from '../columns/numbers.ts'
import type { Engine } from '../engine.ts'
import { countedFrom, type PackedRows } from '../segments/documents.ts'
import { type Column, Segment } from '../segments/segment.ts'
import { countCommon } from '../sets/rowset.ts'
import type { TermValue } from '../terms/dictionary.ts'
import { TERM_FIELDS } from '../terms/fields.ts'
import type { Indexes, TermFieldName } from '../terms/indexes.ts'
import type { TermIndex } from '../terms/inverted.ts'
import { fits } from './codec.ts'
import { codecOf } from './codecs.ts'
import { type EngineImage, type IndexImage, KEPT_BITS } from './image.ts'
import { check, Damage, type Numbers, Taken, widened } from './numbers.ts'
import { giveSearch } from './searches.ts'

/** Years 1 to 9999, in milliseconds. */
const [FIRST, LAST] = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'].map(Date.parse) as [number, number]
const MOST_SEGMENTS = 65_534

/** How much is checked. */
export interface RestoreOptions {
  /** Whether every number is checked, or only what would lead out of an array. */
  readonly isFull: boolean
}

/**
 * Puts the rows of an image into an engine without rows. Throws `Damage` for anything but an image; the engine cannot be used
 * then. O(rows).
 */
export function restoreRows(engine: Engine, image: EngineImage, packed: PackedRows, options: RestoreOptions): void {
  checkRows(image, packed)
  engine.documents.restore(packed, image.order)
  engine.restoreSegments(segmentsOf(image, engine, options))
}

function checkRows({ sizes, order, ids, ms, us, bits }: EngineImage, { size }: PackedRows): void {
  const rows = sizes.reduce((sum, each) => sum + each, 0)
  check(
    [order, ids, ms, us].every(({ length }) => length === rows) && size === rows,
    'there are not as many of something as there are rows',
  )
  const areBits = (words: readonly Int32Array[] | undefined, size: number) =>
    words?.length === KEPT_BITS.length && words.every((each) => each.length === (size + 31) >>> 5 && fits(each, size))
  check(
    sizes.every((size, i) => areBits(bits[i], size)),
    'a segment has other bits than rows',
  )
  // The place of a row in a segment is 32 bits.
  check(sizes.length < MOST_SEGMENTS, 'there are too many segments')
  let isTime = true
  for (let i = 0; i < rows; i++) isTime &&= ms[i]! >= FIRST && ms[i]! <= LAST && us[i]! < 1_000
  check(isTime, 'a row begins at no time')
  check(isPermutation(order), 'the order of rows names one twice, or one that there is not')
}

/** Whether each number below how many there are is there. O(numbers). */
function isPermutation(numbers: Uint32Array): boolean {
  const seen = new Uint8Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!
    // 1 for one that was seen, `undefined` for one that is too great.
    if (seen[number] !== 0) return false
    seen[number] = 1
  }
  return true
}

function segmentsOf(image: EngineImage, engine: Engine, { isFull }: RestoreOptions): Segment[] {
  let from = 0
  return image.sizes.map((size, number) => {
    check(size > 0 && size <= engine.segmentRows, 'a segment has more rows than it can, or none')
    const to = from + size
    const rows = countedFrom(from, size)
    const [ids, ms, us] = [image.ids, image.ms, image.us].map((all) => all.subarray(from, to))
    const segment = new Segment(number, size, { rows, ids, ms, us } as never)
    segment.restore(image.bits[number]!, engine.documents)
    if (isFull) checkOrder(segment)
    segment.stored = storedColumns(image, number, engine)
    from = to
    return segment
  })
}

/** That rows stand by time, then by id: what finds pages takes it for granted. */
function checkOrder(segment: Segment): void {
  for (let slot = 1; slot < segment.size; slot++)
    check(segment.compareSlots(slot - 1, segment, slot) < 0, 'rows do not stand in their order')
  check(segment.ms.every(Number.isSafeInteger), 'a row begins at no time')
  const { marked, unmarked } = segment
  check(countCommon(marked.set, unmarked.set) === 0, 'a row is both marked and not')
}

/** Columns are widened, or made of terms, when they are first asked for. */
function storedColumns({ columns }: EngineImage, number: number, engine: Engine): Segment['stored'] {
  const stored = new Map<string, (segment: Segment) => Column | undefined>()
  for (const field of TERM_COLUMNS) stored.set(field, (segment) => columnOfTerms(segment, field, engine))
  for (const { field, segments } of columns) {
    const [first, us] = segments[number]!
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

/** Gives an index that was put into an engine what its terms are searched in. Throws `Damage`. O(strings), with `isFull` O(units). */
export function restoreSearch(engine: Engine, { key, search }: IndexImage, { isFull }: RestoreOptions): void {
  const index = indexByKey(key, engine)
  if (index !== undefined && search !== undefined) giveSearch(index, search, isFull)
}

/**
 * Puts an index of an image into an engine that has its rows. Throws `Damage` for anything but an index. O(terms), with
 * `isFull` O(all numbers).
 */
export function restoreIndex(engine: Engine, { key, values, arrays }: IndexImage, { isFull }: RestoreOptions): void {
  const { segments } = engine
  const index = indexByKey(key, engine)
  // A store without a text index leaves them out.
  if (index === undefined) return
  index.dictionary.restore(values)
  if (isFull) checkValues(key, index.dictionary.values)
  const taken = new Taken(arrays, isFull)
  for (const segment of segments)
    segment.postings.set(index, codecOf(index).read(taken, { rows: segment.size, terms: values.length }))
  check(taken.isEnd, 'an index has more than it should')
}

/** That the values of a dictionary are of its kind, and each there once. O(values). */
function checkValues(key: string, values: readonly TermValue[]): void {
  check(new Set(values).size === values.length, 'a value is there twice')
  if (key.startsWith('metadata:')) return
  const isValue = VALUES[valuesOf(key)]
  check(values.every(isValue), 'a value is of another type')
}

const VALUES = {
  string: (value: TermValue) => typeof value === 'string',
  stringOrNull: (value: TermValue) => typeof value === 'string' || value === null,
  flag: (value: TermValue) => typeof value === 'boolean' || value === null,
  scalar: (value: TermValue) => typeof value !== 'symbol',
} as const

function valuesOf(key: string): keyof typeof VALUES {
  if (isTextKey(key)) return 'string'
  if (!Object.hasOwn(TERM_FIELDS, key)) return 'scalar'
  return FLAGS.includes(key) ? 'flag' : 'stringOrNull'
}

/** The fields whose terms are true and false. */
const FLAGS: readonly string[] = [...fieldsWith({ asked: 'flag' }), 'action_failed']

/** Whether an index with this key is of texts, which are cut by rules. */
export function isTextKey(key: string): boolean {
  return Object.hasOwn(TEXTS, key)
}

/** Whether an index can have this key. */
export function isIndexKey(key: string): boolean {
  return Object.hasOwn(TERM_FIELDS, key) || isTextKey(key) || Object.hasOwn(PATHED, key.split(':')[0]!)
}

/** The index with a key; `undefined` for one of texts where the engine has no such. */
function indexByKey(key: string, engine: Engine): TermIndex | undefined {
  const { indexes } = engine
  if (Object.hasOwn(TERM_FIELDS, key)) return indexes.field(key as TermFieldName)
  if (isTextKey(key)) return TEXTS[key as keyof typeof TEXTS](indexes)
  const [kind, ...path] = key.split(':')
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
