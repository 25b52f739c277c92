/** Where the conversations of a server come from, and where writes of clients go. */
import { counted } from '../base/text/counted.ts'
import type { Persistence } from '../http/persistence.ts'
import type { AgentState } from '../http/state.ts'
import { openJournal } from '../node/journal/index.ts'
import { foreignOf } from './any-files.ts'
import { isLibraryError, UsageError } from './failure.ts'
import { kindOf } from './file-bytes.ts'
import { fillStore, showLoad } from './input.ts'
import { Progress } from './progress.ts'
import type { ServeSettings } from './serve-options.ts'
import { WatchedFiles } from './serve-watch.ts'
import { type Streams, say } from './streams.ts'

/** What is behind the state of a server, once its conversations are read. */
export interface Backing {
  /** Where writes are kept; nowhere when absent. */
  readonly persistence?: Persistence
  /** The conversations as a snapshot, where they came from one alone. */
  readonly snapshot?: Uint8Array
  /** Resolves with why the server must stop; never as long as all is well. */
  readonly failed: Promise<Error>
  /** The server listens now. */
  start(): void
  /** The server has answered all requests: closes files. Rejects where what was written may not be safe. */
  stop(): Promise<void>
}

/** Fills the state as the settings say. Rejects with the signal's reason when aborted. */
export function openBacking(
  settings: ServeSettings,
  state: AgentState,
  streams: Streams,
  signal: AbortSignal,
): Promise<Backing> {
  const open = settings.save !== undefined ? openSaved : settings.watch ? openWatched : openFiles
  return open(settings, state, streams, signal)
}

type Open = typeof openBacking

/** What is behind conversations that are in memory alone. */
export const NOTHING: Backing = { failed: new Promise(() => {}), start() {}, async stop() {} }

const openFiles: Open = async ({ files, skipInvalid: isLenient }, { store }, streams, signal) => {
  if (files.length === 0) return NOTHING
  const progress = await Progress.of(streams, 'Reading')
  let snapshot: Uint8Array | undefined
  const onSnapshot = (bytes: Uint8Array) => {
    if (files.length === 1) snapshot = bytes
  }
  const warnings = await fillStore(store, files, { isLenient, streams, progress, signal, onSnapshot })
  for (const warning of warnings) say(streams, warning)
  return { ...NOTHING, ...(snapshot !== undefined && { snapshot }) }
}

const openWatched: Open = async (settings, { store }, streams, signal) => {
  for (const file of settings.files) {
    const kind = await kindOf(file)
    if (kind !== 'rows') {
      const which = kind === 'manifest' ? 'snapshot in parts' : kind
      throw new UsageError(`${file} is a ${which}, which --watch does not follow. Leave --watch out to read it once.`)
    }
  }
  const other = await foreignOf(settings.files)
  if (other !== undefined)
    throw new UsageError(`${other} is no file of rows, which alone --watch follows. Leave --watch out to read it once.`)
  const watched = new WatchedFiles(store, settings.files, settings.skipInvalid, (line) => say(streams, line))
  const progress = await Progress.of(streams, 'Reading')
  try {
    await watched.load({ onProgress: (at) => showLoad(progress, at), signal })
  } finally {
    progress.stop()
  }
  return { ...NOTHING, start: () => watched.start(), stop: () => watched.stop() }
}

const openSaved: Open = (settings, state, streams, signal) => {
  const { save, repair, files } = settings
  const seed = async () => {
    await openFiles(settings, state, streams, signal)
  }
  return openJournalFile({ path: save!, repair, hasFiles: files.length > 0, seed }, state, streams, signal)
}

/** A journal that takes the writes of clients. */
export interface JournalFile {
  readonly path: string
  /** Whether damaged lines are dropped. */
  readonly repair: boolean
  /** Whether files were given, which are read only where the journal is new. */
  readonly hasFiles: boolean
  /** Fills the state of a journal that is new. */
  seed(): Promise<void>
}

/** Opens a journal, or makes one. */
export async function openJournalFile(
  { path, repair, hasFiles, seed }: JournalFile,
  state: AgentState,
  streams: Streams,
  signal: AbortSignal,
): Promise<Backing> {
  const progress = await Progress.of(streams, 'Reading')
  try {
    const journal = await openJournal(path, state, {
      seed,
      repair,
      signal,
      onReport: (text) => say(streams, text),
      onProgress: (bytes, totalBytes) => progress.show(bytes, totalBytes),
    })
    if (!journal.isNew && hasFiles)
      say(streams, `${path} exists, with ${counted(state.store.size, 'conversation')}: no FILE was read.`)
    return { persistence: journal, failed: journal.failed, start() {}, stop: () => journal.close() }
  } catch (error) {
    signal.throwIfAborted()
    // An invalid FILE is reported as without --save.
    const { cause } = Object(error) as { cause?: unknown }
    throw isLibraryError(cause) ? cause : error
  } finally {
    progress.stop()
  }
}
