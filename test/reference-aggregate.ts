/**
 * Aggregates, naively: rows are put into groups one by one, sums are fractions of whole numbers. Nothing is shared with the
 * library but its types.
 */
import type { Aggregate, AggregateOptions, AggregateRequest } from '../src/features/aggregate/request.ts'
import type { HistogramUnit } from '../src/features/histogram/request.ts'
import type { QuerySpec } from '../src/query/spec.ts'
import { instantOf, type ReferenceStore, type Row } from './reference.ts'
import { compareValues, histogramOf, MISSING, rowsOf, type Value, valuesOf } from './reference-facets.ts'

/** A group as it is given out. */
type Given = Record<string, unknown>

interface Group {
  readonly key: readonly Value[]
  readonly bucket: number
  readonly rows: Row[]
}

/** A double as a whole number of units of 2^-1074. */
function unitsOf(value: number): bigint {
  let size = Math.abs(value)
  let shift = 0
  while (size !== Math.floor(size)) {
    size *= 2
    shift++
  }
  const units = BigInt(size) << BigInt(1074 - shift)
  return value < 0 ? -units : units
}

/** The double nearest to so many units, of two as near the one whose last bit is 0: by trying both sides of a guess. */
function nearest(units: bigint): number {
  if (units < 0n) return -nearest(-units)
  let [low, high] = [0, Number.MAX_VALUE]
  // Half a step beyond the largest double begins infinity.
  if (units >= unitsOf(high) + (1n << (970n + 1074n))) return Number.POSITIVE_INFINITY
  if (units >= unitsOf(high)) return high
  for (;;) {
    const middle = between(low, high)
    if (middle === low || middle === high) break
    if (unitsOf(middle) <= units) low = middle
    else high = middle
  }
  const [below, above] = [units - unitsOf(low), unitsOf(high) - units]
  if (below === above) return isEven(low) ? low : high
  return below < above ? low : high
}

const bits = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0]!
const isEven = (value: number) => bits(value) % 2n === 0n
/** The double half way between two that are not negative, counted in doubles. */
const between = (low: number, high: number) =>
  new Float64Array(BigUint64Array.of((bits(low) + bits(high)) / 2n).buffer)[0]!

const numbersOf = (row: Row, source: string) =>
  valuesOf(row, source).filter((value) => typeof value === 'number') as number[]

function resultOf([make, source]: Aggregate, rows: readonly Row[]): number | null {
  if (source === undefined) return rows.length
  if (make === 'distinct') {
    const values = rows.flatMap((row): Value[] => (source === ('id' as string) ? [row.id] : valuesOf(row, source)))
    return new Set(values.filter((value) => value !== null && value !== MISSING)).size
  }
  if (make === 'count') return rows.filter((row) => numbersOf(row, source).length > 0).length
  const numbers = rows.flatMap((row) => numbersOf(row, source)).sort((a, b) => a - b)
  if (numbers.length === 0) return null
  const sum = nearest(numbers.reduce((all, number) => all + unitsOf(number), 0n))
  switch (make) {
    case 'sum':
      return sum + 0
    case 'avg':
      return sum / numbers.length + 0
    case 'min':
      return numbers[0]! + 0
    case 'max':
      return numbers.at(-1)! + 0
    default:
      return numbers.find((_, i) => (i + 1) * 100 >= Number(make.slice(1)) * numbers.length)! + 0
  }
}

/** All combinations of one of each. */
function combined(lists: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  let found: readonly (readonly Value[])[] = [[]]
  for (const list of lists) found = found.flatMap((key) => list.map((value): readonly Value[] => [...key, value]))
  return found
}

/** The groups of a query, without a limit those of all rows. */
export function aggregateOf(
  reference: ReferenceStore,
  spec: QuerySpec,
  request: AggregateRequest,
  { by = [], every, timeZone = 'UTC', limit, orderBy = [] }: AggregateOptions,
): Given[] {
  const fields = [by].flat()
  const rows = rowsOf(reference, spec, spec.where)
  const buckets =
    every === undefined ? [] : histogramOf(reference, spec, 'started_at', every as HistogramUnit, timeZone)
  const groups: Group[] = fields.length === 0 && every === undefined ? [{ key: [], bucket: 0, rows: [] }] : []
  for (const row of rows) {
    const at = instantOf(row.started_at)!
    const isIn = (time: string, end: string) => at >= instantOf(time)! && at < instantOf(end)!
    const bucket = every === undefined ? 0 : buckets.findIndex(({ from, to }) => isIn(from, to))
    for (const key of combined(fields.map((field) => [...new Set(valuesOf(row, field))]))) {
      const known = groups.find((one) => one.bucket === bucket && key.every((value, i) => value === one.key[i]))
      if (known === undefined) groups.push({ key, bucket, rows: [row] })
      else known.rows.push(row)
    }
  }
  const found = groups.map(({ key, bucket, rows }) => ({
    key,
    bucket,
    values: Object.entries(request).map(([, aggregate]) => resultOf(aggregate, rows)),
  }))
  const names = Object.keys(request)
  const asked = [orderBy].flat().map((term): [string, number] => {
    return term.startsWith('-') && !names.includes(term) ? [term.slice(1), -1] : [term, 1]
  })
  const usual: [string, number][] = [...(every === undefined ? [] : [['from', 1] as [string, number]]), [names[0]!, -1]]
  type Found = (typeof found)[number]
  const sortValue = (one: Found, name: string): Value => {
    if (names.includes(name)) return one.values[names.indexOf(name)]!
    return (fields as string[]).includes(name) ? one.key[(fields as string[]).indexOf(name)]! : one.bucket
  }
  const isNone = (value: Value) => value === null || value === MISSING
  const compare = (a: Value, b: Value, sign: number) => {
    if (isNone(a) || isNone(b))
      return isNone(a) && isNone(b) ? compareValues(a, b) : Number(isNone(a)) - Number(isNone(b))
    return sign * compareValues(a, b)
  }
  found.sort((a, b) => {
    for (const [name, sign] of asked.length > 0 ? asked : usual) {
      const order = compare(sortValue(a, name), sortValue(b, name), sign)
      if (order !== 0) return order
    }
    const different = a.key.findIndex((value, i) => value !== b.key[i])
    return different === -1 ? a.bucket - b.bucket : compare(a.key[different]!, b.key[different]!, 1)
  })
  return found.slice(0, limit).map(({ key, bucket, values }) => {
    const missing = fields.filter((_, i) => key[i] === MISSING)
    const shown = key.map((value) => (value === MISSING ? null : value === 0 ? 0 : value))
    return {
      key: Object.fromEntries(fields.map((field, i) => [field, shown[i]])),
      ...(missing.length > 0 && { missing }),
      ...(every !== undefined && { from: buckets[bucket]!.from, to: buckets[bucket]!.to }),
      ...Object.fromEntries(names.map((name, i) => [name, values[i]])),
    }
  })
}
