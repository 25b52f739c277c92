/** `conversation-store inspect`: prints what a snapshot holds, and checks it. */
import { counted, grouped } from '../base/text/counted.ts'
import { ConversationStore } from '../core.ts'
import { rowNumbersOf } from '../engine/image/image.ts'
import { textIndex } from '../engine/text/index.ts'
import { readFacts } from '../features/snapshot/facts.ts'
import { readDirectory, type Section } from '../features/snapshot/format.ts'
import { openSnapshot } from '../features/snapshot/index.ts'
import { isCutAlike, TEXT_RULES } from '../features/snapshot/unicode.ts'
import type { Facts } from '../features/snapshot/write.ts'
import { executorOf } from '../store/inside.ts'
import { kindOf } from './file-bytes.ts'
import { printable, printableJson } from './printable.ts'
import { Progress } from './progress.ts'
import { naming, readSnapshotFile } from './snapshot-input.ts'
import { type Streams, writeAll } from './streams.ts'
import { tableLines } from './table.ts'

/** What is told of a snapshot. */
interface Inspection {
  readonly file: string
  readonly format: string
  /** When it was written, ISO 8601. */
  readonly date: string
  readonly rows: number
  readonly deleted: number
  readonly bytes: number
  readonly documents: { readonly jsonBytes: number; readonly bytes: number; readonly ratio: number | null }
  readonly pages: Facts['pages']
  readonly text: { readonly rules: string; readonly isCurrent: boolean; readonly isIndexed: boolean }
  readonly sections: readonly SectionFacts[]
  /** Whether all was checked, and found whole. */
  readonly verified: boolean
}

interface SectionFacts {
  readonly name: string
  readonly bytes: number
  /** Of the file, from 0 to 1. */
  readonly share: number
  /** The distinct values of an index. */
  readonly terms?: number
}

/** Runs the command. */
export async function runInspect(
  file: string,
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const kind = await kindOf(file)
  const bytes = await readSnapshotFile(file, kind)
  const inspection = await naming(file, () => inspect(file, bytes))
  if (options.verify === true) await verify(file, bytes, streams)
  const told = { ...inspection, verified: options.verify === true }
  await writeAll(streams.stdout, options.format === 'json' ? [printableJson(told, 2), '\n'] : describe(told))
}

function inspect(file: string, bytes: Uint8Array): Omit<Inspection, 'verified'> {
  const { facts, sections, version } = readDirectory<unknown>(bytes)
  const { date, rows, deleted, pages, indexes, jsonBytes, text, characters } = readFacts(facts)
  const packed = sections.find(({ name }) => name === 'documents')?.length ?? 0
  return {
    ...{ file, format: version, date, rows, deleted, bytes: bytes.length, pages },
    documents: { jsonBytes, bytes: packed, ratio: packed === 0 ? null : jsonBytes / packed },
    text: {
      rules: text,
      isCurrent: text === TEXT_RULES && isCutAlike(characters),
      isIndexed: indexes.includes('message'),
    },
    sections: sectionFacts(sections, bytes.length, rows),
  }
}

const IDS = 'index conversation_id'

/** The sections of all segments together: `index device`, `index device/0`, `index device/1`. */
function sectionFacts(sections: readonly Section[], total: number, rows: number): SectionFacts[] {
  const facts = new Map<string, SectionFacts>()
  for (const { name: own, length, arrays } of sections) {
    const name = own.replace(/\/\d+$/, '')
    const bytes = length + (facts.get(name)?.bytes ?? 0)
    // The first array of an index has where each of its values begins, and where the last ends.
    const isIndex = own === name && name.startsWith('index ')
    // Conversation ids stand with the rows.
    const terms = facts.get(name)?.terms ?? (isIndex ? (arrays[0]?.[1] ?? 1) - 1 || (IDS === name ? rows : 0) : 0)
    facts.set(name, { name, bytes, share: bytes / total, ...(terms > 0 && { terms }) })
  }
  return [...facts.values()]
}

/** Checks everything: each number of each index, and each document. Throws a `UsageError` with the first damage. */
async function verify(file: string, bytes: Uint8Array, streams: Streams): Promise<void> {
  const progress = await Progress.of(streams, 'Checking', 'nothing')
  try {
    await naming(file, () => {
      const store = openSnapshot(bytes, () => new ConversationStore({ text: textIndex }), {
        verify: 'full',
        rowCache: 0,
      })
      const { engine } = executorOf(store)
      const numbers = rowNumbersOf(engine)
      // In the order in which they lie, so that each block is unpacked once.
      numbers.forEach((number, i) => {
        engine.documents.row(number)
        if (i % 100 === 0) progress.show(i, numbers.length)
      })
    })
  } finally {
    progress.stop()
  }
}

function* describe(inspection: Inspection): Iterable<string> {
  const { file, format, date, rows, deleted, bytes, documents, pages, text, sections, verified } = inspection
  const { defaultPageSize, maxPageSize, baseUrl } = pages
  const lines: readonly (readonly [string, string])[] = [
    ['file', `${file}, a snapshot of format ${format}`],
    ['written', date],
    ['conversations', `${grouped(rows)}, ${grouped(deleted)} of them deleted`],
    ['bytes', grouped(bytes)],
    ['documents', documentsLine(documents)],
    ['pages', `${counted(defaultPageSize, 'row')}, at most ${grouped(maxPageSize)}`],
    ...(baseUrl === undefined ? [] : [['links', `under ${baseUrl}`] as const]),
    ['text', text.isIndexed ? 'indexed' : 'not indexed: strings are looked at one by one'],
    [
      'text rules',
      `${text.rules}${text.isCurrent ? '' : `; this version has ${TEXT_RULES}, or its runtime another Unicode, and indexes text again`}`,
    ],
    ['checked', verified ? 'all of it, and nothing is damaged' : 'its table of contents; --verify checks all of it'],
  ]
  for (const [name, value] of lines) yield `${name.padEnd(15)}${printable(value)}\n`
  yield `\n${tableLines(COLUMNS, [...sections].sort((a, b) => b.bytes - a.bytes).map(cellsOf)).join('\n')}\n`
}

const COLUMNS = [
  { title: 'section', limit: 60 },
  { title: 'distinct values', limit: 16, isNumber: true },
  { title: 'bytes', limit: 16, isNumber: true },
  { title: 'share', limit: 8, isNumber: true },
] as const

function cellsOf({ name, bytes, share, terms }: SectionFacts): readonly string[] {
  return [name, terms === undefined ? '' : grouped(terms), grouped(bytes), `${(100 * share).toFixed(1)} %`]
}

function documentsLine({ jsonBytes, bytes, ratio }: Inspection['documents']): string {
  if (ratio === null) return 'none'
  return `${counted(jsonBytes, 'byte')} of JSON in ${grouped(bytes)}, ${ratio.toFixed(1)} times smaller`
}
