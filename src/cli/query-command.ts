/** `conversation-store query`: prints the rows that the options ask for. */
import { grouped } from '../base/text/counted.ts'
import type { AnyConversation, Query } from '../index.ts'
import type { JsonObject } from '../row/conversation.ts'
import { aggregateText, readAggregateOptions } from './aggregate.ts'
import { UsageError } from './failure.ts'
import { type Answer, FORMATS, type FormatName } from './formats.ts'
import { readStore } from './input.ts'
import { printableJson, printableLines } from './printable.ts'
import { readSpec } from './query-spec.ts'
import { type Streams, say, writeAll } from './streams.ts'

/** The options as they were parsed: those of the query by wire parameter, the command's own by their names. */
type Options = Readonly<Record<string, unknown>>

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
