/** Batches of rows from files of any format, told by their content. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { counted } from '../base/text/counted.ts'
import type { FormatName } from '../features/formats/formats.ts'
import type { FormatReport } from '../features/formats/reader.ts'
import { BATCH_ROWS, batchOf, type LoadedBatch } from '../features/load/batch.ts'
import { SourceFaults } from '../features/load/fault.ts'
import { type LoadOptions, loadConversations, loadFiles } from '../features/load/node.ts'
import type { ConversationInput } from '../row/conversation.ts'
import { isLibraryError, UsageError, withoutCalls } from './failure.ts'
import { joinRows } from './joined-rows.ts'
import { type Streams, say } from './streams.ts'

/** How files are read. */
export interface AnyFilesOptions {
  readonly streams: Streams
  /** The files that were found in folders. */
  readonly walked?: ReadonlySet<string>
  /** The format that is given, or `auto`. */
  readonly format?: FormatName | 'auto'
  readonly lossy?: boolean
  /** Hears what was not understood of each file, instead of the person. */
  readonly onReport?: (report: FormatReport) => void
}

/** So many faults of files are printed. */
const MOST_PRINTED = 10

/**
 * The rows of files, in batches that name their file. Rows of other formats come after the store's own, since a conversation may
 * go on in a later file. Of a file that was found in a folder, what is wrong is reported and the rest is read; else it rejects.
 */
export async function* readAnyFiles(
  files: readonly string[],
  { streams, walked = new Set(), format = 'auto', lossy = false, onReport }: AnyFilesOptions,
  load: LoadOptions,
): AsyncGenerator<LoadedBatch, void, undefined> {
  const foreign: { readonly file: string; readonly format: FormatName | 'auto' }[] = []
  const left: string[] = []
  const sizes = await Promise.all(files.map(sizeOf))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  // Rows are numbered over all files, those that are skipped too.
  let count = 0
  const progress = (): LoadOptions => ({
    ...load,
    onSkip: (row) => load.onSkip?.({ ...row, index: count++ }),
    onProgress: ({ bytes, rows }) => load.onProgress?.({ bytes: before + bytes, rows, totalBytes }),
  })
  const attempt = async function* (file: string, batches: AsyncIterable<LoadedBatch>) {
    try {
      for await (const batch of batches) {
        const indexes = batch.map(() => count++)
        yield batchOf([...batch], batch.lines, indexes, file)
      }
    } catch (error) {
      if (!walked.has(file) || !isLibraryError(error) || error.code === 'ABORTED') throw error
      left.push(withoutCalls(error.message))
    }
    before += sizes[files.indexOf(file)]!
  }
  const { FORMATS, OWN, READ } = await import('../features/formats/formats.ts')
  for (const file of files) {
    const found = format === 'auto' ? await sniffFile(file) : format
    if (found === OWN || ((found === 'empty' || found === 'other') && !walked.has(file)))
      yield* attempt(file, loadFiles(file, progress()))
    else if (found in FORMATS) foreign.push({ file, format: found as FormatName })
    else if (walked.has(file)) {
      if (found !== 'empty') left.push(`${file}: It holds no conversations of a known format.`)
    } else if (load.onInvalid === 'skip') yield* attempt(file, loadFiles(file, progress()))
    else foreign.push({ file, format: 'auto' })
  }
  if (foreign.length > 0) {
    const { readSource } = await import('../features/formats/reader.ts')
    const reports: FormatReport[] = []
    const rows: { file: string; line: number; row: ConversationInput }[] = []
    for (const { file, format } of foreign) {
      const options = { format, lossy, file, onReport: (report: FormatReport) => void reports.push(report) }
      for await (const batch of attempt(
        file,
        readFile(file, (source) => readSource(source, options, progress())),
      ))
        for (const [i, row] of batch.entries()) rows.push({ file, line: batch.lines[i]!, row })
    }
    yield* batchesOf(joinRows(rows), count)
    if (onReport === undefined) report(reports, streams)
    else reports.forEach(onReport)
  }
  for (const line of left.slice(0, MOST_PRINTED)) say(streams, `left out: ${line}`)
  if (left.length > MOST_PRINTED) say(streams, `left out: and ${counted(left.length - MOST_PRINTED, 'more file')}`)
  if (left.length > 0 && left.length === files.length)
    throw new UsageError(`No file of the folder holds conversations. ${READ}`)
}

/** The rows of a stream of any format, in batches. */
export async function* readAnyStream(
  chunks: AsyncIterable<Uint8Array>,
  { streams, format = 'auto', lossy = false, onReport: hear }: AnyFilesOptions,
  load: LoadOptions,
): AsyncGenerator<LoadedBatch, void, undefined> {
  const { sniffFormat } = await import('../features/formats/sniff.ts')
  const { FORMATS } = await import('../features/formats/formats.ts')
  const iterator = chunks[Symbol.asyncIterator]()
  // What is looked at is read again.
  const head: Uint8Array[] = []
  const found =
    format === 'auto'
      ? await sniffFormat(async () => {
          const { done, value } = await iterator.next()
          if (done) return undefined
          head.push(value.slice())
          return value
        })
      : format
  const whole = (async function* () {
    yield* head
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  })()
  if (!(found in FORMATS) && (found !== 'json' || load.onInvalid === 'skip')) {
    yield* loadConversations(whole, load)
    return
  }
  const { readSource } = await import('../features/formats/reader.ts')
  const reports: FormatReport[] = []
  const onReport = (report: FormatReport) => void reports.push(report)
  yield* readSource(whole, { format: found in FORMATS ? (found as FormatName) : 'auto', lossy, onReport }, load)
  if (hear === undefined) report(reports, streams)
  else reports.forEach(hear)
}

/** Batches of at most 1,000 rows, each of one file. */
function* batchesOf(
  rows: readonly { readonly file: string; readonly line: number; readonly row: ConversationInput }[],
  firstIndex: number,
): Iterable<LoadedBatch> {
  for (let from = 0; from < rows.length; ) {
    const { file } = rows[from]!
    let to = from
    while (to < rows.length && to - from < BATCH_ROWS && rows[to]!.file === file) to++
    const part = rows.slice(from, to)
    yield batchOf(
      part.map(({ row }) => row),
      part.map(({ line }) => line),
      part.map((_, i) => firstIndex + from + i),
      file,
    )
    from = to
  }
}

/** Says what was not understood of all files, in one line. */
export function report(reports: readonly FormatReport[], streams: Streams): void {
  const types = new Map<string, number>()
  let [broken, unfinished] = [0, 0]
  for (const report of reports) {
    broken += report.broken
    if (report.isUnfinished) unfinished++
    for (const [type, count] of Object.entries(report.unknown)) types.set(type, (types.get(type) ?? 0) + count)
  }
  const count = [...types.values()].reduce((sum, each) => sum + each, 0)
  if (count > 0) {
    const named = [...types].map(([type, each]) => `${type} (${each})`).join(', ')
    say(streams, `note: ${counted(count, 'record')} of unknown types: ${named}`)
  }
  if (broken > 0)
    say(streams, `note: ${counted(broken, 'line')} of sessions ${broken === 1 ? 'is' : 'are'} not JSON and left out`)
  if (unfinished > 0)
    say(streams, `note: the last line of ${counted(unfinished, 'session')} is still being written and left out`)
}

/** The first of some files that is of another format than the store's rows. */
export async function foreignOf(files: readonly string[]): Promise<string | undefined> {
  const { FOREIGN_NAMES } = await import('../features/formats/names.ts')
  for (const file of files) if ((FOREIGN_NAMES as readonly string[]).includes(await sniffFile(file))) return file
  return undefined
}

async function sniffFile(file: string): Promise<string> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const stats = await handle.stat()
    // What a pipe has can be read once.
    if (!stats.isFile()) return 'other'
    const { sniffFormat } = await import('../features/formats/sniff.ts')
    const buffer = new Uint8Array(65_536)
    const own = handle
    return await sniffFormat(async () => {
      const { bytesRead } = await own.read(buffer, 0, buffer.length)
      return bytesRead === 0 ? undefined : buffer.slice(0, bytesRead)
    })
  } catch {
    // The loader says why.
    return 'other'
  } finally {
    await handle?.close()
  }
}

async function* readFile(
  file: string,
  read: (source: AsyncIterable<Uint8Array>) => AsyncIterable<LoadedBatch>,
): AsyncGenerator<LoadedBatch, void, undefined> {
  const handle = await open(file).catch((error: unknown) => {
    throw new SourceFaults(file).at('file', file, `The file cannot be read: ${(error as Error).message}.`)
  })
  try {
    yield* read(handle.createReadStream({ autoClose: false, start: 0, highWaterMark: 262_144 }))
  } finally {
    await handle.close()
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}
