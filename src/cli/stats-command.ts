/** `conversation-store stats`: prints what the files hold and the size of their indexes. */

import { counted, grouped } from '../base/text/counted.ts'
import type { FacetRequest, FacetValue } from '../features/facets/request.ts'
import type { ConversationStore } from '../index.ts'
import type { Scalar } from '../query/spec.ts'
import { fieldsWith } from '../row/fields.ts'
import { readStore } from './input.ts'
import { onOneLine, printableJson } from './printable.ts'
import { type Streams, writeAll } from './streams.ts'
import { tableLines } from './table.ts'

/** The values of a list that are printed, the most frequent first. */
const LONGEST_LIST = 10

/** The fields whose values are counted, deleted rows too. */
const VALUES: FacetRequest = Object.fromEntries(
  fieldsWith({ isListed: true }).map((field) => [field, { limit: LONGEST_LIST }]),
)

/** Runs the command. */
export async function runStats(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const { store, warnings } = await readStore(files, options.skipInvalid === true, streams)
  store.warm()
  const values = store.query().includeDeleted().facets(VALUES) as Stats['values']
  const stats = { ...store.stats(), warnings, values, metadata: store.metadataKeys() }
  await writeAll(streams.stdout, options.format === 'json' ? [printableJson(asData(stats), 2), '\n'] : describe(stats))
}

interface Stats extends ReturnType<ConversationStore['stats']> {
  /** What is odd about the rows. */
  readonly warnings: readonly string[]
  /** By field, the most frequent first; null stands for rows without a value. */
  readonly values: { readonly [field: string]: readonly FacetValue[] }
  readonly metadata: ReturnType<ConversationStore['metadataKeys']>
}

/** The statistics as JSON: counts by value, and separately the rows without a value. */
function asData({ values, metadata, ...stats }: Stats): object {
  const byField = (toCounts: (list: readonly FacetValue[]) => unknown) =>
    Object.fromEntries(Object.entries(values).map(([field, list]) => [field, toCounts(list)]))
  return {
    ...stats,
    values: byField((list) =>
      Object.fromEntries(list.flatMap(({ value, count }) => (value === null ? [] : [[String(value), count]]))),
    ),
    without: byField((list) => list.find(({ value }) => value === null)?.count ?? 0),
    metadata,
  }
}

function* describe(stats: Stats): Iterable<string> {
  const { rows, deleted, segments, terms, bytes, totalBytes, warnings, values, metadata } = stats
  yield `${counted(rows, 'conversation')}, ${grouped(deleted)} of them deleted, in ${counted(segments, 'segment')}\n`
  for (const warning of warnings) yield `${onOneLine(warning)}\n`
  for (const [field, list] of Object.entries(values)) {
    yield section(
      field,
      ['conversations'],
      list.map(({ value, count }) => [shown(value), grouped(count)]),
    )
  }
  const keys = metadata.slice(0, 2 * LONGEST_LIST)
  yield section(
    'metadata',
    ['type', 'conversations'],
    keys.map(({ path, type, rows: count }) => [[path].flat().join(' > '), type, grouped(count)]),
  )
  const sizes = Object.entries(bytes).flatMap(([index, size]) =>
    typeof size === 'number' ? [[index, size] as const] : [],
  )
  sizes.sort(([, a], [, b]) => b - a)
  yield section(
    'index',
    ['distinct values', 'bytes'],
    [
      ...sizes.map(([index, size]) => [index, grouped(terms[index] ?? 0), grouped(size)]),
      ['all', '', grouped(totalBytes)],
    ],
  )
}

/** A value; in quotes where it could be taken for another one, or for nothing. */
function shown(value: Scalar): string {
  if (value === null) return '(none)'
  const text = String(value)
  return /^\(none\)$|^"|^\s|\s$|^$/.test(text) ? JSON.stringify(text) : text
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
