/** Conversations from files or standard input into a store. */
import { fstatSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { throwIfAborted } from '../base/abort.ts'
import { counted } from '../base/text/counted.ts'
import type { ConversationStore as CoreStore } from '../core.ts'
import { SourceFaults } from '../features/load/fault.ts'
import { addBatches } from '../features/load/into.ts'
import type { LoadOptions, LoadProgress, LoadResult } from '../features/load/node.ts'
import { ConversationStore } from '../index.ts'
import { readAnyFiles, readAnyStream } from './any-files.ts'
import { UsageError, withoutCalls } from './failure.ts'
import { collected, type FileKind, headOf, kindOf, kindOfHead, unpacked } from './file-bytes.ts'
import { findFiles } from './found-files.ts'
import { Progress } from './progress.ts'
import { type Streams, say } from './streams.ts'

/** Standard input, as an argument. */
const PIPE = '-'

/** A store with the conversations of the files, and what is odd about them; `-`, or no file, is standard input. */
export async function readStore(
  files: readonly string[],
  isLenient: boolean,
  streams: Streams,
): Promise<{ readonly store: ConversationStore; readonly warnings: readonly string[] }> {
  if (files.length === 0 && streams.stdin.isTTY)
    throw new UsageError('give at least one FILE, or pipe conversations in.')
  if (files.includes(PIPE) && files.length > 1)
    throw new UsageError('"-" is standard input, which cannot be read beside files.')
  const store = new ConversationStore()
  const progress = await Progress.of(streams, 'Reading', 'nothing')
  const warnings = await fillStore(store, files.length === 0 ? [PIPE] : files, { isLenient, streams, progress })
  return { store, warnings }
}

/** How files are read into a store. */
export interface FillOptions {
  /** Whether invalid rows are reported and left out. */
  readonly isLenient: boolean
  readonly streams: Streams
  /** Is stopped at the end. */
  readonly progress: Progress
  readonly signal?: AbortSignal
  /** Hears the bytes of each snapshot, whose memory its rows may share. */
  readonly onSnapshot?: (bytes: Uint8Array) => void
}

/**
 * Reads files into a store without rows: conversations in any form, snapshots, and journals of `serve --save`, which are only
 * read. Gives a line for each warning.
 */
export async function fillStore(
  store: CoreStore,
  files: readonly string[],
  { isLenient, streams, progress, signal, onSnapshot = () => {} }: FillOptions,
): Promise<readonly string[]> {
  const options: LoadOptions = {
    onInvalid: isLenient ? 'skip' : 'throw',
    onProgress: (at) => showLoad(progress, at),
    signal,
  }
  try {
    const fill =
      files[0] === PIPE
        ? fillFromPipe(store, streams, options)
        : fillFromFiles(store, files, streams, options, onSnapshot)
    const result = await fill
    if (result === undefined) return []
    sayRejected(result, streams)
    return warningLines(result)
  } finally {
    progress.stop()
  }
}

/** Says which rows were left out. */
export function sayRejected({ rejected, rejectedCount }: LoadResult, streams: Streams): void {
  for (const { error, ...place } of rejected)
    say(streams, `skipped: ${placeText(place)}: ${withoutCalls(error.message)}`)
  const more = rejectedCount - rejected.length
  if (more > 0) say(streams, `skipped: and ${counted(more, 'more row')}`)
}

/** Shows how far a load is. Of a snapshot no rows are known before all of it is read. */
export function showLoad(progress: Progress, { rows, bytes, totalBytes }: LoadProgress): void {
  progress.show(bytes, totalBytes, rows === 0 ? '' : counted(rows, 'conversation'))
}

async function fillFromFiles(
  store: CoreStore,
  given: readonly string[],
  streams: Streams,
  options: LoadOptions,
  onSnapshot: (bytes: Uint8Array) => void,
): Promise<LoadResult | undefined> {
  const { files, walked, left } = await findFiles(given)
  for (const { path, why } of left) say(streams, `left out: ${path}: The folder cannot be read: ${why}.`)
  if (files.length === 0) throw new UsageError(`${given.join(', ')}: there is no file in it.`)
  const kinds: FileKind[] = []
  for (const file of files) kinds.push(await kindOf(file))
  const isOf = (...those: readonly FileKind[]) => files.filter((_, i) => those.includes(kinds[i]!))
  // Snapshots and journals first: their rows have ids, and no other row may be given one of these. Of all, the first snapshot
  // is opened as it is, and the others are added to it.
  for (const file of isOf('snapshot', 'manifest')) {
    const { fillFromSnapshot, readSnapshotFile } = await import('./snapshot-input.ts')
    const onRead = (bytes: number, totalBytes: number) => {
      throwIfAborted(options.signal, 'load')
      options.onProgress?.({ bytes, rows: store.size, totalBytes })
    }
    const bytes = await readSnapshotFile(file, kinds[files.indexOf(file)]!, onRead)
    await fillFromSnapshot(store, file, bytes)
    onSnapshot(bytes)
  }
  for (const journal of isOf('journal')) {
    const file = await open(journal)
    try {
      const { fillFromJournal } = await import('./journal-input.ts')
      await fillFromJournal(store, journal, unpacked(file, new SourceFaults(journal)), streams, options)
    } finally {
      await file.close()
    }
  }
  const others = isOf('rows')
  if (others.length === 0) return undefined
  // One bad row does not keep a whole folder out.
  const onInvalid = others.every((file) => walked.has(file)) ? 'skip' : options.onInvalid
  return addBatches(store, (own) => readAnyFiles(others, { streams, walked }, own), { ...options, onInvalid })
}

async function fillFromPipe(store: CoreStore, streams: Streams, options: LoadOptions): Promise<LoadResult | undefined> {
  const { fd = 0 } = streams.stdin as { readonly fd?: number }
  // Node takes a directory for an empty stream.
  if (fstatSync(fd).isDirectory()) throw new UsageError('standard input is a directory.')
  const chunks = unpacked(streams.stdin, new SourceFaults())
  const head = await headOf(chunks)
  const whole = (async function* () {
    yield* head
    yield* chunks
  })()
  const kind = kindOfHead(Buffer.concat(head))
  if (kind === 'rows') return addBatches(store, (own) => readAnyStream(whole, { streams }, own), options)
  if (kind === 'manifest')
    throw new UsageError('standard input is the manifest of a snapshot in parts. Give it as a FILE beside its parts.')
  if (kind === 'snapshot') {
    const { fillFromSnapshot } = await import('./snapshot-input.ts')
    await fillFromSnapshot(store, 'standard input', await collected(whole))
    return undefined
  }
  const { fillFromJournal } = await import('./journal-input.ts')
  await fillFromJournal(store, 'standard input', whole, streams, options)
  return undefined
}

/** Where a row stands. */
interface Place {
  readonly file?: string
  readonly line: number
}

function placeText({ file = 'standard input', line }: Place): string {
  return `${file}: line ${line}`
}

/** What a load says of rows that it took. */
interface Warned {
  readonly warnings?: readonly (Place & { readonly message: string })[]
  readonly warningCount?: number
}

/** A line for each distinct warning, since a key that is misspelt once is so in every row; and how many are not listed. */
export function warningLines({ warnings = [], warningCount = warnings.length }: Warned): string[] {
  const places = new Map<string, Place[]>()
  for (const { message, ...place } of warnings) places.set(message, [...(places.get(message) ?? []), place])
  const lines = Array.from(places, ([message, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` (and in ${counted(others.length, 'other row')})`
    return `warning: ${placeText(first!)}: ${message}${more}`
  })
  const unlisted = warningCount - warnings.length
  return unlisted === 0 ? lines : [...lines, `warning: and ${counted(unlisted, 'more warning')}`]
}
