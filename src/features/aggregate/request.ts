/** What an aggregate is asked for, and what it is: the types, and the door where a request is checked. */
import type { Fault } from '../../base/errors.ts'
import { isPlain } from '../../base/plain.ts'
import { invalidValue, nameOf, raise, unknownName } from '../../query/faults.ts'
import { readPath } from '../../query/metadata-path.ts'
import type { MetadataPath, Scalar } from '../../query/spec.ts'
import { fieldsWith } from '../../row/fields.ts'
import { type NumberField, ROW_NUMBERS } from '../../row/numbers.ts'
import type { FacetField } from '../facets/request.ts'
import { type HistogramPlan, type HistogramUnit, readScale } from '../histogram/request.ts'

/** A number of the row, or `metadata.` and a path, whose numbers are read: `metadata.tokens.total`. */
export type AggregateNumber = NumberField | `metadata.${string}`

/** Something whose values are grouped by, or counted when distinct: a facet's field, or `metadata.` and a path. */
export type AggregateField = FacetField

/** What is made of the numbers of a group. Percentiles are by nearest rank. */
export type NumberFunction = 'sum' | 'min' | 'max' | 'avg' | 'p50' | 'p90' | 'p95' | 'p99'

/**
 * One aggregate: `['count']` rows, `['count', NUMBER]` rows that have a number there, `['sum', NUMBER]` and the like, or
 * `['distinct', FIELD]`, how many different values there are, null aside.
 */
export type Aggregate =
  | readonly ['count']
  | readonly ['count' | NumberFunction, AggregateNumber]
  | readonly ['distinct', AggregateField]

/** What is asked, by the names that the answers have. */
export type AggregateRequest = { readonly [Name in string]: Aggregate }

/** How rows are grouped, and which groups are given. */
export interface AggregateOptions<Name extends string = string> {
  /** Up to three fields or metadata paths. A group is a combination of their values; a row with several values is in several. */
  readonly by?: AggregateField | readonly AggregateField[] | undefined
  /** Groups by a stretch of `started_at` too, by the calendar and the clocks of the time zone. Weeks begin on Monday. */
  readonly every?: HistogramUnit | undefined
  /** The time zone of `every`: an IANA name or an offset. Default: UTC. */
  readonly timeZone?: string | undefined
  /** At most so many groups, from 1: the first ones in order. Absent: all. */
  readonly limit?: number | undefined
  /**
   * Names of aggregates, of fields in `by`, or `from`; descending with a leading `-`. Ties go by key. Default: `from`, the
   * first aggregate descending, key. What is null comes last.
   */
  readonly orderBy?: AggregateOrder<Name> | readonly AggregateOrder<Name>[] | undefined
}

/** What groups are ordered by. */
export type AggregateOrder<Name extends string = string> = `${'' | '-'}${Name | AggregateField | 'from'}`

/** One group of rows. Beside what stands here it has the aggregates by their names: numbers, or null where there was none. */
export type AggregateGroup<Request extends AggregateRequest = Record<never, never>> = {
  /** The values of the group by field of `by`; `{}` where rows are not grouped. Null stands for rows that have none. */
  readonly key: { readonly [Field in string]: Scalar }
  /** The metadata paths of `key` at which there is nothing, where without it a null is stored. */
  readonly missing?: readonly string[]
  /** With `every`: the first instant that is in, ISO 8601 in UTC. */
  readonly from?: string
  /** With `every`: the first instant that is no longer in. */
  readonly to?: string
} & {
  readonly [Name in keyof Request]: Request[Name][0] extends 'count' | 'distinct' ? number : number | null
}

/** Whose values are read: a field, or a metadata path. */
export interface Source {
  /** Its name in the request. */
  readonly name: string
  readonly field: string
  /** Where it is in the metadata; empty for any other field. */
  readonly path: MetadataPath
}

/** One aggregate as it is to be made. */
export interface Measure {
  readonly name: string
  readonly make: Aggregate[0]
  readonly source: Source | undefined
}

/** A checked request. */
export interface AggregatePlan {
  readonly measures: readonly Measure[]
  readonly by: readonly Source[]
  readonly scale: HistogramPlan | undefined
  readonly limit: number
  readonly orderBy: readonly { readonly name: string; readonly isDescending: boolean }[]
}

const MOST_FIELDS = 3
const METADATA = 'metadata.'
const NUMBERS: readonly string[] = Object.keys(ROW_NUMBERS)
const VALUES: readonly string[] = [...fieldsWith({ isFaceted: true }), 'env'].sort()
const FUNCTIONS = ['count', 'sum', 'min', 'max', 'avg', 'p50', 'p90', 'p95', 'p99', 'distinct'] as const
const OPTION_NAMES = ['by', 'every', 'timeZone', 'limit', 'orderBy']
/** What a group has besides its aggregates. */
const TAKEN = ['key', 'missing', 'from', 'to']

const REQUEST = { expected: "an object of aggregates: { rows: ['count'], total: ['sum', 'metadata.tokens.total'] }" }
const AGGREGATE = { expected: "a list of a function and what it reads: ['sum', 'metadata.tokens.total']" }
const NAME = { expected: `a name other than ${TAKEN.join(', ')}` }
const OPTIONS = { expected: "an object of options: { by: 'metadata.model', every: 'day', limit: 10 }" }
const PATH = { expected: `a path after 'metadata.', its keys joined by dots, one with a dot in double quotes` }
const BY = { expected: `at most ${MOST_FIELDS} different fields` }
const LIMIT = { expected: 'a whole number from 1' }
const ZONE = { expected: 'a time zone beside every, or neither' }

/**
 * Checks a request. Throws `InvalidQueryError` with all faults together: `UNKNOWN_PARAMETER` for a function, a field or an
 * option that there is not, naming the nearest, and `INVALID_VALUE`.
 */
export function readAggregate(request: unknown, options: unknown = {}): AggregatePlan {
  const faults: Fault[] = []
  const measures = readMeasures(request, faults)
  if (!isPlain(options)) faults.push(invalidValue('aggregate', options, OPTIONS))
  const { by, every, timeZone, limit, orderBy, ...others } = isPlain(options) ? options : {}
  for (const name of Object.keys(others))
    faults.push(unknownName('option of an aggregate', name, OPTION_NAMES, 'aggregate'))
  const fields = listOf(by).map((field) => readSource('by', field, VALUES, faults))
  const names = new Set(fields.map((field) => JSON.stringify([field.field, ...field.path])))
  if (fields.length > MOST_FIELDS || names.size < fields.length) faults.push(invalidValue('by', by, BY))
  if (every === undefined && timeZone !== undefined) faults.push(invalidValue('timeZone', timeZone, ZONE))
  const scale =
    every === undefined ? undefined : { field: 'started_at' as const, ...readScale({ every, timeZone }, faults) }
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) > 0))
    faults.push(invalidValue('limit', limit, LIMIT))
  const known = [...measures, ...fields].map(({ name }) => name).concat(scale === undefined ? [] : 'from')
  const order = listOf(orderBy).map((term) => readTerm(term, known, faults))
  raise(faults)
  return {
    measures,
    by: fields,
    scale,
    limit: (limit as number | undefined) ?? Number.POSITIVE_INFINITY,
    orderBy: order.length > 0 ? order : defaultOrder(measures, scale !== undefined),
  }
}

function defaultOrder([first]: readonly Measure[], hasBuckets: boolean): AggregatePlan['orderBy'] {
  const buckets = hasBuckets ? [{ name: 'from', isDescending: false }] : []
  return [...buckets, { name: first!.name, isDescending: true }]
}

function readMeasures(request: unknown, faults: Fault[]): Measure[] {
  const entries = isPlain(request) ? Object.entries(request).filter(([, value]) => value !== undefined) : []
  if (entries.length === 0) faults.push(invalidValue('aggregate', request, REQUEST))
  return entries.map(([name, aggregate]) => {
    if (TAKEN.includes(name)) faults.push(invalidValue('aggregate', name, NAME))
    const [make, source, ...more] = Array.isArray(aggregate) ? (aggregate as readonly unknown[]) : []
    const measure = { name, make: make as Measure['make'], source: undefined }
    if (!Array.isArray(aggregate) || more.length > 0) faults.push(invalidValue(name, aggregate, AGGREGATE))
    else if (!FUNCTIONS.includes(make as never)) faults.push(unknownName('function', make, FUNCTIONS, name))
    else if (source === undefined && aggregate.length > 1) faults.push(invalidValue(name, aggregate, AGGREGATE))
    else if (source === undefined && make !== 'count') faults.push(invalidValue(name, aggregate, AGGREGATE))
    else if (source !== undefined)
      return { ...measure, source: readSource(name, source, make === 'distinct' ? [...VALUES, 'id'] : NUMBERS, faults) }
    return measure
  })
}

/** Reads a field, which is one of `known` or a metadata path. */
function readSource(parameter: string, given: unknown, known: readonly string[], faults: Fault[]): Source {
  const name = nameOf(given)
  if (typeof given === 'string' && given.startsWith(METADATA)) {
    const path = readPath(given.slice(METADATA.length))
    if (path === undefined) faults.push(invalidValue(parameter, given, PATH))
    return { name, field: 'metadata', path: path ?? [] }
  }
  if (!known.includes(given as string))
    faults.push(unknownName('field', given, [...known, `${METADATA}PATH`], parameter))
  return { name, field: name === 'env' ? 'environment' : name, path: [] }
}

function readTerm(given: unknown, known: readonly string[], faults: Fault[]): AggregatePlan['orderBy'][number] {
  const isDescending = typeof given === 'string' && given.startsWith('-') && !known.includes(given)
  const name = isDescending ? given.slice(1) : given
  if (!known.includes(name as string)) faults.push(unknownName('order of groups', name, known, 'orderBy'))
  return { name: String(name), isDescending }
}

/** One or several, as a list; none where nothing was given. */
function listOf(given: unknown): readonly unknown[] {
  return given === undefined ? [] : [given].flat()
}
