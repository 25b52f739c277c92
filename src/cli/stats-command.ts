/** `conversation-store stats`: tells what the files hold and what indexing them takes. */

import type { ConversationStore } from '../index.ts'
import type { Conversation } from '../row/conversation.ts'
import type { Streams } from './command.ts'
import { readStore } from './input.ts'
import { writeAll } from './output.ts'
import { tableLines } from './table.ts'

/** The values of a list that are printed, the most frequent first. */
const LONGEST_LIST = 10

/** Runs the command. */
export async function runStats(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const store = await readStore(files, options.skipInvalid === true, streams)
  store.warm()
  const stats = { ...store.stats(), values: valuesOf(store), metadata: store.metadataKeys() }
  const pieces = options.format === 'json' ? [JSON.stringify(asObjects(stats), null, 2), '\n'] : describe(stats)
  await writeAll(streams.stdout, pieces)
}

/** How many rows have each value of a field, deleted rows too. */
type Counts = ReadonlyMap<string, number>

interface Stats extends ReturnType<ConversationStore['stats']> {
  /** The most frequent first: in an object, numbers would come before. */
  readonly values: { readonly [field: string]: readonly (readonly [value: string, count: number])[] }
  readonly metadata: ReturnType<ConversationStore['metadataKeys']>
}

const FIELDS: { readonly [field: string]: (row: Conversation) => Iterable<string | null | undefined> } = {
  device: ({ device }) => [device],
  language: ({ language }) => [language],
  environment: ({ environment }) => [environment],
  feedback_sentiment: ({ feedbacks }) => new Set((feedbacks ?? []).map(({ sentiment }) => sentiment)),
  action_name: ({ messages }) => new Set((messages ?? []).flatMap(({ action_name: name }) => name || [])),
  customer_id: ({ customer_id: customer }) => [customer],
}

function valuesOf(store: ConversationStore): Stats['values'] {
  const counts = new Map<string, Map<string, number>>(Object.keys(FIELDS).map((field) => [field, new Map()]))
  for (const row of store) {
    for (const [field, read] of Object.entries(FIELDS)) {
      const counted = counts.get(field)!
      for (const value of read(row)) {
        const name = value ?? '(none)'
        counted.set(name, (counted.get(name) ?? 0) + 1)
      }
    }
  }
  return Object.fromEntries(Array.from(counts, ([field, counted]) => [field, mostFrequent(counted)]))
}

function mostFrequent(counts: Counts): (readonly [string, number])[] {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, LONGEST_LIST)
}

function asObjects(stats: Stats): object {
  const values = Object.entries(stats.values).map(([field, counts]) => [field, Object.fromEntries(counts)])
  return { ...stats, values: Object.fromEntries(values) }
}

function* describe({ rows, deleted, segments, terms, bytes, totalBytes, values, metadata }: Stats): Iterable<string> {
  yield `${number(rows)} conversations, ${number(deleted)} of them deleted, in ${number(segments)} segments\n`
  for (const [field, counts] of Object.entries(values)) {
    yield section(
      field,
      ['conversations'],
      counts.map(([value, count]) => [value, number(count)]),
    )
  }
  const keys = metadata.slice(0, 2 * LONGEST_LIST)
  yield section(
    'metadata',
    ['type', 'conversations'],
    keys.map(({ path, type, rows }) => [[path].flat().join(' > '), type, number(rows)]),
  )
  const sizes = Object.entries(bytes).sort(([, a], [, b]) => b - a)
  yield section(
    'index',
    ['distinct values', 'bytes'],
    [
      ...sizes.map(([index, size]) => [index, number(terms[index] ?? 0), number(size)]),
      ['all', '', number(totalBytes)],
    ],
  )
}

function section(title: string, others: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const columns = [
    { title, limit: 48 },
    ...others.map((other) =>
      other === 'type' ? { title: other, limit: 20 } : { title: other, limit: 16, isNumber: true as const },
    ),
  ]
  return `\n${tableLines(columns, rows).join('\n')}\n`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
