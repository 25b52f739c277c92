/** Reading all that can be read of a person's files: people want to look, so what is broken is noted and the rest kept. */
import { getHeapStatistics } from 'node:v8'
import { MOST_LISTED } from '../base/best-n.ts'
import { show } from '../base/errors.ts'
import { counted, grouped } from '../base/text/counted.ts'
import type { FormatReport } from '../features/formats/reader.ts'
import type { AnyStore } from '../http/state.ts'
import { isJournalError } from '../node/journal/errors.ts'
import { report } from './any-files.ts'
import { FileFaults } from './explore-faults.ts'
import { type FoundFile, findFiles } from './explore-files.ts'
import { HeapWatch, MemoryFull } from './explore-memory.ts'
import { READERS, type Receiver } from './explore-readers.ts'
import { isLibraryError, UsageError } from './failure.ts'
import { warningLines } from './input.ts'
import { Progress } from './progress.ts'
import { type Streams, say } from './streams.ts'

/** What came of some files. */
export interface ReadFiles {
  readonly faults: FileFaults
  /** The bytes of the only file, where it is a snapshot. */
  readonly snapshot: Uint8Array | undefined
}

/** How files are read. */
export interface ReadingOptions {
  readonly streams: Streams
  readonly signal: AbortSignal
  /** Says when the memory is full; one of this process when absent. */
  readonly watch?: Pick<HeapWatch, 'check' | 'stop'>
}

/** Rows of JSON come last: those of snapshots and journals have ids, and no other row may be given one of these. */
const ORDER: readonly FoundFile['kind'][] = ['snapshot', 'manifest', 'journal', 'pipe', 'rows']

/**
 * Reads files and folders into an empty store, and says on standard error what was left out. Throws a `UsageError` where no
 * file is there; rejects with the signal's reason.
 */
export async function readLeniently(
  store: AnyStore,
  given: readonly string[],
  { streams, signal, watch = new HeapWatch() }: ReadingOptions,
): Promise<ReadFiles> {
  const faults = new FileFaults()
  const found = await findFiles(given, faults)
  if (found.length === 0) throw nothingFound(given, faults)
  const files = ORDER.flatMap((kind) => found.filter((file) => file.kind === kind))
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const progress = await Progress.of(streams, 'Reading')
  const warnings = new Warnings()
  const reports: FormatReport[] = []
  let snapshot: Uint8Array | undefined
  let bytesBefore = 0
  let bytesRead = 0
  try {
    for (const [i, file] of files.entries()) {
      const sizeBefore = store.size
      const duplicates = new Duplicates()
      const receiver: Receiver = {
        store,
        signal,
        streams,
        name: file.path === '-' ? 'standard input' : file.path,
        onRead(bytes, rows) {
          bytesRead = bytesBefore + bytes
          signal.throwIfAborted()
          watch.check()
          const count = sizeBefore + rows
          if (totalBytes > 0) progress.show(bytesRead, totalBytes, count === 0 ? '' : counted(count, 'conversation'))
        },
        onSnapshot(bytes) {
          snapshot = bytes
        },
        onFault: (line, message) => faults.add(receiver.name, line, message),
        onMoreFaults: (count) => faults.addUnlisted(count),
        onReport: (report) => void reports.push(report),
        onDuplicate: (line, id) => duplicates.add(line, id),
        onWarnings: (placed, count) => warnings.add(placed, count),
      }
      try {
        await READERS[file.kind](file, receiver)
      } catch (error) {
        signal.throwIfAborted()
        if (isOfMemory(error)) {
          receiver.onFault(
            null,
            tooLarge(store.size - sizeBefore, files.length - i - 1, totalBytes > 0 ? bytesRead / totalBytes : 0.5),
          )
          break
        }
        if (!isOfFile(error)) throw error
        receiver.onFault(lineOf(error), (error as Error).message)
      } finally {
        duplicates.report(receiver)
      }
      bytesBefore += file.bytes
    }
  } finally {
    watch.stop()
    progress.stop()
  }
  report(reports, streams)
  for (const line of warnings.lines()) say(streams, line)
  faults.print(streams)
  return { faults, snapshot: found.length === 1 && faults.count === 0 ? snapshot : undefined }
}

/** The conversations of one file that were there already: often all of it, as where a folder has a file and its copy. */
class Duplicates {
  #first: { readonly line: number | null; readonly id: number | string } | undefined
  #count = 0

  add(line: number | null, id: number | string): void {
    this.#first ??= { line, id }
    this.#count++
  }

  /** Tells of them as one fault. */
  report({ onFault }: Receiver): void {
    if (this.#first === undefined) return
    const { line, id } = this.#first
    const what = `A conversation with ${typeof id === 'number' ? 'id' : 'conversation_id'} ${show(id)} was read before.`
    onFault(line, this.#count === 1 ? what : `${what} So it is with ${grouped(this.#count - 1)} more of this file.`)
  }
}

/** What was noticed of rows that were taken: the first hundred. */
class Warnings {
  readonly #listed: { readonly file: string; readonly line: number; readonly message: string }[] = []
  #count = 0

  add(placed: readonly { readonly file: string; readonly line: number; readonly message: string }[], count: number) {
    this.#count += count
    this.#listed.push(...placed.slice(0, MOST_LISTED - this.#listed.length))
  }

  lines(): string[] {
    return warningLines({ warnings: this.#listed, warningCount: this.#count })
  }
}

function nothingFound(given: readonly string[], { listed }: FileFaults): UsageError {
  const [fault] = listed
  return new UsageError(
    fault === undefined ? `${given.join(', ')}: no file is in it.` : `${fault.file}: ${fault.message}`,
  )
}

/** Whether an error says that the memory is full. Others of its class are bugs. */
function isOfMemory(error: unknown): boolean {
  const isRefused = error instanceof RangeError && /allocation failed|invalid .*length/i.test(error.message)
  return isRefused || error instanceof MemoryFull
}

/** Whether an error is the file's, not ours. */
function isOfFile(error: unknown): boolean {
  const isKnown = error instanceof UsageError || isJournalError(error) || isLibraryError(error)
  return isKnown || (Object(error) as NodeJS.ErrnoException).syscall !== undefined
}

/** The line of an error of a journal or of the loader. */
function lineOf(error: unknown): number | null {
  const { line, faults = [] } = Object(error) as { line?: number; faults?: readonly { readonly parameter?: string }[] }
  const text = /(?:^|: )line (\d+)$/.exec(faults[0]?.parameter ?? '')?.[1]
  return line ?? (text === undefined ? null : Number(text))
}

/** @param share How much of all bytes was read, from 0 to 1. */
function tooLarge(kept: number, filesLeft: number, share: number): string {
  const others =
    filesLeft === 0 ? '' : ` ${counted(filesLeft, 'more file')} ${filesLeft === 1 ? 'is' : 'are'} not read.`
  const { heap_size_limit: limit } = getHeapStatistics()
  const gibibytes = Math.ceil((1.5 * limit) / Math.max(share, 0.01) / 2 ** 30)
  return (
    `The first ${counted(kept, 'conversation')} of it fit into the memory of this process, and the rest is not read.${others} ` +
    'A snapshot of all needs far less memory to be explored: ' +
    `NODE_OPTIONS=--max-old-space-size=${1_024 * gibibytes} conversation-store build FILE -o FILE.snap`
  )
}
