/** `conversation-store query`: prints the rows that the options ask for. */

import { type AnyConversation, Query } from '../index.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { PARAMETER_NAMES } from '../query/filters.ts'
import { order, pageSize } from '../query/paging.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { JsonObject } from '../row/conversation.ts'
import type { Streams } from './command.ts'
import { type Answer, FORMATS, type FormatName } from './formats.ts'
import { readStore } from './input.ts'
import { writeAll } from './output.ts'

/** The options as they were parsed: those of the query by wire parameter, the command's own by their names. */
type Options = Readonly<Record<string, unknown>>

const KEY_AND_VALUE = { expected: 'a value beside its other half, --metadata-key KEY --metadata-value VALUE' }

/** Columns of an answer that is not for a terminal. */
const WIDTH = 160

/** Runs the command. */
export async function runQuery(files: readonly string[], options: Options, streams: Streams): Promise<void> {
  // Read before the files are: nobody should wait a minute to be told of a misspelt value.
  const spec = readSpec(options)
  const store = await readStore(files, options.skipInvalid === true, streams)
  const query = store.query(spec)
  const format = options.format as FormatName
  if (options.explain === true) {
    const explanation = query.explain()
    const text = format === 'json' ? JSON.stringify(explanation, null, 2) : explanation.text
    return writeAll(streams.stdout, [text.trimEnd(), '\n'])
  }
  const width = streams.stdout.isTTY ? streams.stdout.columns : WIDTH
  await writeAll(streams.stdout, FORMATS[format]({ ...answerOf(query, options.all === true), width }))
}

function answerOf(query: Query<JsonObject, AnyConversation>, isAll: boolean): Omit<Answer, 'width'> {
  if (isAll) {
    const rows = query.all()
    return { rows, summary: { count: rows.length } }
  }
  const { results, ...summary } = query.fetch()
  return { rows: results, summary }
}

/** The spec that the options say, by the rules of the wire; but what the wire leaves out in silence is refused. */
function readSpec(options: Options): QuerySpec {
  const given = PARAMETER_NAMES.flatMap((name): [string, string][] => {
    const value = options[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  const { ordering, page_size: size, metadata_key: key, metadata_value: value } = Object.fromEntries(given)
  const terms = ordering?.split(',').map((term) => term.trim())
  if (terms !== undefined && order.fromCode(terms) === undefined) raise([invalidValue('ordering', terms, order)])
  const isSize = size === undefined || (/^\d+$/.test(size.trim()) && pageSize.fromCode(Number(size)) !== undefined)
  if (!isSize) raise([invalidValue('page_size', size, pageSize)])
  if ((key === undefined) !== (value === undefined))
    raise([invalidValue(key === undefined ? 'metadata_key' : 'metadata_value', undefined, KEY_AND_VALUE)])
  return Query.fromSearchParams(given).spec
}
