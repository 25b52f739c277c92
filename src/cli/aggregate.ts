/** `conversation-store query --aggregate`: what numbers come to, as a table with bars, JSON or CSV. */
import type { AggregateRequest } from '../features/aggregate/index.ts'
import { readAggregate } from '../features/aggregate/request.ts'
import { csvRecord } from '../features/export/csv.ts'
import type { Query } from '../index.ts'
import type { Scalar } from '../query/spec.ts'
import type { AnyConversation } from '../store/query.ts'
import { UsageError } from './failure.ts'
import { printableJson, printableRecords } from './printable.ts'
import { type Column, tableLines } from './table.ts'

/** What is printed of numbers, and how. */
export interface AggregateQuestion {
  /** By the strings that they were typed as. */
  readonly request: AggregateRequest
  readonly options: object
  readonly format: keyof typeof PRINTED
}

/** How wide a terminal is, and whether it is one. */
interface Screen {
  readonly width: number
  readonly isTerminal: boolean
}

/** A line of the answer: what the group is, and its numbers. */
interface Line {
  readonly names: readonly string[]
  readonly numbers: readonly (number | null)[]
}

/** The longest bar, in columns. */
const BAR = 24
const EIGHTHS = [...' ▏▎▍▌▋▊▉']

/** The question of the options; undefined where none of them asks for numbers. Throws for what cannot be asked. */
export function readAggregateOptions(given: Readonly<Record<string, unknown>>): AggregateQuestion | undefined {
  const { aggregate, by, every, timeZone, limit, format } = given
  if (aggregate === undefined) {
    const other = Object.entries({ '--by': by, '--every': every, '--time-zone': timeZone, '--limit': limit })
    const [name] = other.find(([, value]) => value !== undefined) ?? []
    if (name !== undefined) throw new UsageError(`${name} is of --aggregate: --aggregate 'sum metadata.tokens.total'.`)
    return undefined
  }
  if (!Object.hasOwn(PRINTED, format as string)) {
    const formats = Object.keys(PRINTED).join(', ')
    throw new UsageError(`--aggregate is printed as one of ${formats}, not as ${format}.`)
  }
  const texts = aggregate as readonly string[]
  const request = Object.fromEntries(
    texts.map((text) => [
      text.trim(),
      text
        .trim()
        .split(/\s+(.*)/s)
        .filter(Boolean),
    ]),
  )
  const options = {
    ...(by !== undefined && {
      by: (by as readonly string[]).flatMap((list) => list.split(',')).map((it) => it.trim()),
    }),
    ...(every !== undefined && { every }),
    ...(timeZone !== undefined && { timeZone }),
    ...(limit !== undefined && { limit: /^\d+$/.test(limit as string) ? Number(limit) : limit }),
  }
  // Before the files are read.
  readAggregate(request, options)
  return { request: request as unknown as AggregateRequest, options, format: format as keyof typeof PRINTED }
}

/** The answer, as it is printed. */
export function* aggregateText(
  query: Query<unknown, AnyConversation>,
  { request, options, format }: AggregateQuestion,
  screen: Screen,
): Iterable<string> {
  const groups = query.aggregate(request, options)
  const aggregates = Object.keys(request)
  const keys = Object.keys(groups[0]?.key ?? {})
  const hasBuckets = groups[0]?.from !== undefined
  const lines = groups.map((group): Line => {
    const names = keys.map((name) => shown(group.key[name]!, group.missing?.includes(name) === true))
    const numbers = aggregates.map((name) => (group as unknown as Record<string, number | null>)[name]!)
    return { names: hasBuckets ? [group.from!, ...names] : names, numbers }
  })
  if (format === 'json') yield `${printableJson(groups, 2)}\n`
  else yield* PRINTED[format](hasBuckets ? ['from', ...keys] : keys, aggregates, lines, screen)
}

/** By format, the texts of an answer. */
const PRINTED = {
  *table(keys: readonly string[], aggregates: readonly string[], lines: readonly Line[], screen: Screen) {
    if (lines.length === 0) {
      yield 'no conversations\n'
      return
    }
    const bars = screen.isTerminal && lines.length > 1 ? barsOf(lines.map(({ numbers }) => numbers[0]!)) : undefined
    const columns: Column[] = [
      ...keys.map((title) => ({ title, limit: 40, least: 8 })),
      ...aggregates.map((title) => ({ title, limit: 40, isNumber: true }) as const),
      ...(bars === undefined ? [] : [{ title: '', limit: BAR, isOptional: true } as const]),
    ]
    const cells = lines.map(({ names, numbers }, i) => {
      const texts = [...names, ...numbers.map(inDigits)]
      return bars === undefined ? texts : [...texts, bars[i]!]
    })
    yield `${tableLines(columns, cells, screen.width).join('\n')}\n`
  },
  json: undefined as never,
  *csv(keys: readonly string[], aggregates: readonly string[], lines: readonly Line[], screen: Screen) {
    const records = [[...keys, ...aggregates], ...lines.map(({ names, numbers }) => [...names, ...numbers])]
    for (const record of records) yield screen.isTerminal ? printableRecords(csvRecord(record)) : csvRecord(record)
  },
}

/** A value of a group. Strings that look like another value stand in quotes, as on the wire. */
function shown(value: Scalar, isMissing: boolean): string {
  if (isMissing) return '(missing)'
  if (value === null) return '(none)'
  return typeof value === 'string' && /^(\(missing\)|\(none\)|true|false|-?\d.*|)$/.test(value)
    ? JSON.stringify(value)
    : String(value)
}

function inDigits(number: number | null): string {
  return number === null ? '-' : number.toLocaleString('en', { maximumSignificantDigits: 12 })
}

/** Bars as long as their numbers are great, in eighths of a column; none for what is not above 0. */
function barsOf(numbers: readonly (number | null)[]): readonly string[] {
  const most = numbers.reduce<number>((greatest, number) => Math.max(greatest, number ?? 0), 0)
  return numbers.map((number) => {
    const eighths = most > 0 && number !== null && number > 0 ? Math.max(1, Math.round((number / most) * BAR * 8)) : 0
    return `${'█'.repeat(eighths >> 3)}${EIGHTHS[eighths & 7]!.trim()}`
  })
}
