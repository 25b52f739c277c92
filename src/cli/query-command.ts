/** `conversation-store query`: prints the rows that the options ask for. */
import type { Fault } from '../base/errors.ts'
import { grouped } from '../base/text/counted.ts'
import { type AnyConversation, Query } from '../index.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { PARAMETER_NAMES, PARAMETERS } from '../query/filters.ts'
import { MAX_PAGE_SIZE, order, pageSize } from '../query/paging.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { JsonObject } from '../row/conversation.ts'
import { aggregateText, readAggregateOptions } from './aggregate.ts'
import { UsageError } from './failure.ts'
import { type Answer, FORMATS, type FormatName } from './formats.ts'
import { readStore } from './input.ts'
import { printableJson, printableLines } from './printable.ts'
import { type Streams, say, writeAll } from './streams.ts'
import { optionName } from './wire-options.ts'

/** The options as they were parsed: those of the query by wire parameter, the command's own by their names. */
type Options = Readonly<Record<string, unknown>>

const PAGE_SIZE = { expected: `a whole number from 1 to ${MAX_PAGE_SIZE} (--all prints all rows)` }

/** The formats in which the plan of a query is printed: as text, and as JSON. */
const EXPLAINED: readonly FormatName[] = ['table', 'json']

/** Columns of an answer that is not for a terminal. */
const WIDTH = 160

/** Runs the command. */
export async function runQuery(files: readonly string[], options: Options, streams: Streams): Promise<void> {
  // Before the files, which may take a minute: a misspelt value is reported at once.
  const spec = readSpec(options)
  const aggregate = readAggregateOptions(options)
  const format = options.format as FormatName
  if (options.explain === true && !EXPLAINED.includes(format)) {
    const formats = EXPLAINED.map((name) => `--format ${name}`).join(' or ')
    throw new UsageError(`--explain prints no rows, so --format ${format} does not go with it. Give ${formats}.`)
  }
  const { store, warnings } = await readStore(files, options.skipInvalid === true, streams)
  for (const warning of warnings) say(streams, warning)
  const query = store.query(spec)
  if (options.count === true) return writeAll(streams.stdout, [`${query.count()}\n`])
  if (options.explain === true) {
    const explanation = query.explain()
    const text = format === 'json' ? printableJson(explanation, 2) : printableLines(explanation.text)
    return writeAll(streams.stdout, [text.trimEnd(), '\n'])
  }
  const isTerminal = streams.stdout.isTTY === true
  const width = isTerminal ? streams.stdout.columns : WIDTH
  if (aggregate !== undefined) return writeAll(streams.stdout, aggregateText(query, aggregate, { width, isTerminal }))
  const answer = answerOf(query, options.all === true)
  await writeAll(streams.stdout, FORMATS[format]({ ...answer, isTerminal, width }))
  const [shown, count] = [answer.rows.length, answer.summary.count]
  if (shown < count) say(streams, `${grouped(shown)} of ${grouped(count)}; --all prints all`)
}

function answerOf(query: Query<JsonObject, AnyConversation>, isAll: boolean): Omit<Answer, 'width' | 'isTerminal'> {
  if (isAll) {
    const rows = query.all()
    return { rows, summary: { count: rows.length } }
  }
  const { results, ...summary } = query.fetch()
  return { rows: results, summary }
}

/** The spec of the options, by the rules of the wire, except that values which the wire ignores are errors. */
function readSpec(options: Options): QuerySpec {
  const given = PARAMETER_NAMES.flatMap((name): [string, string][] => {
    const value = options[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  const { ordering, page_size: size, metadata_key: key, metadata_value: value } = Object.fromEntries(given)
  const terms = ordering?.split(',').map((term) => term.trim())
  if (terms !== undefined && order.fromCode(terms) === undefined) raise([invalidValue('ordering', terms, order)])
  if (size !== undefined && !isPageSize(size)) raise([invalidValue('page_size', size, PAGE_SIZE)])
  if ((key === undefined) !== (value === undefined)) {
    const missing = key === undefined ? '--metadata-key' : '--metadata-value'
    throw new UsageError(`${missing} is missing: a pair is --metadata-key KEY --metadata-value VALUE.`)
  }
  const lists = PARAMETER_NAMES.flatMap((name): [string, readonly string[]][] => {
    const values = options[name]
    return Array.isArray(values) ? [[name, values]] : []
  })
  raise(lists.flatMap(([name, values]) => unknownChoices(name, values)))
  const { where, ...settings } = Query.fromSearchParams(given).spec
  return { ...settings, where: [...where, ...Query.fromObject(Object.fromEntries(lists)).spec.where] }
}

/** The faults of values that the wire does not know, such as a misspelt environment. */
function unknownChoices(name: string, values: readonly string[]): Fault[] {
  const type = PARAMETERS.get(name)!.value
  const expectation = {
    ...type,
    expected: `one of ${type.choices?.join(', ')} (another by ${optionName(name)}--exact)`,
  }
  return values
    .filter((value) => type.fromText(value, 'exact', []) === undefined)
    .map((value) => invalidValue(name, value, expectation))
}

function isPageSize(text: string): boolean {
  return /^\d+$/.test(text.trim()) && pageSize.fromCode(Number(text)) !== undefined && Number(text) <= MAX_PAGE_SIZE
}
