/** What the strip of numbers can be asked: of which number, by what, and which figure the bars show. */
import type {
  AggregateField,
  AggregateNumber,
  AggregateOptions,
  AggregateRequest,
  HistogramUnit,
} from 'conversation-store'
import type { View } from '../asking/contract.ts'
import { FACETS, type Facet } from '../facets/fields.ts'

/** A figure, by the name of its function. */
export const FIGURES = [
  { make: 'count', label: 'Count' },
  { make: 'sum', label: 'Sum' },
  { make: 'avg', label: 'Average' },
  { make: 'min', label: 'Minimum' },
  { make: 'p50', label: 'Median' },
  { make: 'p95', label: 'p95' },
  { make: 'max', label: 'Maximum' },
] as const
export type Make = (typeof FIGURES)[number]['make']

/** A checked choice. `by`: a field, a metadata path or a unit of time; null: all together. */
export interface Choice {
  readonly measure: Make
  readonly of: string
  readonly by: string | null
}

const TIMES: readonly HistogramUnit[] = ['hour', 'day', 'week', 'month']
const FIRST: Choice = { measure: 'avg', of: 'duration', by: null }
const WITHOUT_DURATION: Choice = { ...FIRST, of: 'message_count' }

/**
 * What the view says, as far as it can be asked. A link may name a path that these conversations do not have: it is asked.
 * Where nothing was chosen: the duration, or messages where no conversation has one.
 */
export function choiceOf({ numbers }: View, hasDuration = true): Choice {
  if (numbers === null) return hasDuration ? FIRST : WITHOUT_DURATION
  const measure = FIGURES.find(({ make }) => make === numbers.measure)?.make ?? FIRST.measure
  const of = numbers.of !== null && isNumber(numbers.of) ? numbers.of : FIRST.of
  const by = numbers.by !== null && (isTime(numbers.by) || isField(numbers.by)) ? numbers.by : null
  return { measure, of, by }
}

/** Whether rows are grouped by time. */
export function isTime(by: string): by is HistogramUnit {
  return (TIMES as readonly string[]).includes(by)
}

/** An option of a select. */
export interface Option {
  readonly value: string
  readonly label: string
}

/** The numbers that can be summed: of the row, and at metadata paths that have numbers. */
export function numberOptions(paths: readonly Facet[]): readonly Option[] {
  return [...FACETS, ...paths].filter(({ isOfNumbers }) => isOfNumbers).map(optionOf)
}

/** What can be grouped by. */
export function byOptions(paths: readonly Facet[]): {
  readonly time: readonly Option[]
  readonly fields: readonly Option[]
} {
  return {
    time: TIMES.map((unit) => ({ value: unit, label: unit })),
    fields: [...FACETS.filter(({ field }) => !UNGROUPED.has(field)), ...paths].map(optionOf),
  }
}

/** A group for each conversation says nothing. */
const UNGROUPED: ReadonlySet<string> = new Set(['conversation_id'])

function optionOf({ field, label }: Facet): Option {
  return { value: field, label }
}

function isNumber(field: string): boolean {
  return isPath(field) || FACETS.some((facet) => facet.field === field && facet.isOfNumbers)
}

function isField(field: string): boolean {
  return isPath(field) || FACETS.some((facet) => facet.field === field)
}

function isPath(field: string): boolean {
  return field.startsWith('metadata.') && field.length > 'metadata.'.length
}

/** All figures of the number, together. */
export function totalRequest({ of }: Choice): AggregateRequest {
  const number = of as AggregateNumber
  const made = FIGURES.map(({ make }) => [make, [make, number]] as const)
  return Object.fromEntries([['rows', ['count']], ...made])
}

/** So many groups are shown at first, and with "show more"; so many of time. */
export const GROUP_LIMITS = [8, 40] as const
export const MOST_TIMES = 400

/** The chosen figure by group. One group more than is shown is asked for: it tells whether there are more. */
export function groupRequest(
  { measure, of, by }: Choice,
  limit: number,
  timeZone: string,
): readonly [AggregateRequest, AggregateOptions] {
  const request: AggregateRequest = { figure: [measure, of as AggregateNumber], rows: ['count'] }
  if (by !== null && isTime(by)) return [request, { every: by, timeZone, limit: MOST_TIMES + 1 }]
  return [request, { by: by as AggregateField, limit: limit + 1, orderBy: '-figure' as never }]
}
