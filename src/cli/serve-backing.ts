/** Where the conversations of a server come from, and where what clients write goes to. */
import { ConversationStoreError } from '../base/errors.ts'
import { type LoadOptions, type LoadProgress, loadFilesInto, loadInto } from '../features/load/node.ts'
import type { RecordedEvent } from '../http/events.ts'
import type { Persistence } from '../http/persistence.ts'
import type { AgentState } from '../http/state.ts'
import { openJournal } from '../node/journal/index.ts'
import type { Streams } from './command.ts'
import type { ServeSettings } from './serve-options.ts'
import { Progress } from './serve-progress.ts'
import { WatchedFiles } from './serve-watch.ts'

/** What stands behind the state of a server, once its conversations are in. */
export interface Backing {
  /** Where writes are kept; nowhere if it is not there. */
  readonly persistence?: Persistence
  /** Resolves with why the server must stop; never as long as all is well. */
  readonly failed: Promise<Error>
  /** The server listens now. */
  start(): void
  /** The server has answered all: lets go of files. Rejects where what was written may not be safe. */
  stop(): Promise<void>
}

/** Fills the state and gives what stands behind it, as the settings say. Rejects with the signal's reason when aborted. */
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

const NOTHING: Backing = { failed: new Promise(() => {}), start() {}, async stop() {} }

const openFiles: Open = async (settings, { store }, streams, signal) => {
  const { files, skipInvalid } = settings
  if (files.length === 0) return NOTHING
  const progress = await Progress.of(streams.stderr, 'Reading')
  const options: LoadOptions = { onInvalid: skipInvalid ? 'skip' : 'throw', onProgress: showLoad(progress), signal }
  try {
    const source = files[0] === '-' ? loadInto(store, streams.stdin, options) : loadFilesInto(store, files, options)
    const { rejected } = await source
    for (const { file = 'standard input', line, error } of rejected) {
      streams.stderr.write(`skipped: ${file}: line ${line}: ${error.message.replaceAll('\n', ' ')}\n`)
    }
  } finally {
    progress.stop()
  }
  return NOTHING
}

const openWatched: Open = async (settings, { store }, streams, signal) => {
  const report = (line: string) => streams.stderr.write(`${line}\n`)
  const watched = new WatchedFiles(store, settings.files, settings.skipInvalid, report)
  const progress = await Progress.of(streams.stderr, 'Reading')
  try {
    await watched.load({ onProgress: showLoad(progress), signal })
  } finally {
    progress.stop()
  }
  return { ...NOTHING, start: () => watched.start(), stop: () => watched.stop() }
}

const openSaved: Open = async (settings, state, streams, signal) => {
  const progress = await Progress.of(streams.stderr, 'Reading')
  try {
    const journal = await openJournal<RecordedEvent>(settings.save!, {
      replay: (event) => state.apply(event),
      snapshot: () => state.snapshot(),
      seed: async () => {
        await openFiles(settings, state, streams, signal)
      },
      repair: settings.repair,
      onReport: (text) => streams.stderr.write(`${text}\n`),
      onProgress: (bytes, totalBytes) => {
        // Not in `replay`, where an error is damage, and damage may be cut out.
        signal.throwIfAborted()
        progress.show(bytes, totalBytes)
      },
    })
    if (!journal.isNew && settings.files.length > 0) {
      streams.stderr.write(`${settings.save} has conversations already: no FILE was read.\n`)
    }
    return { persistence: journal, failed: journal.failed, start() {}, stop: () => journal.close() }
  } catch (error) {
    signal.throwIfAborted()
    // What was wrong with a FILE is told as it is without --save.
    const { cause } = error as { cause?: unknown }
    throw cause instanceof ConversationStoreError ? cause : error
  } finally {
    progress.stop()
  }
}

function showLoad(progress: Progress): (at: LoadProgress) => void {
  return ({ rows, bytes, totalBytes }) => {
    if (totalBytes) progress.show(bytes, totalBytes, `${rows.toLocaleString('en')} conversations`)
  }
}
