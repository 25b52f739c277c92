/** `conversation-store serve`: answers as the hosted API does, from files or from what clients record. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { constants } from 'node:os'
import { stats, type WarmAsyncOptions, warmAsync } from '../features/indexes/index.ts'
import { AgentState, createHandler, type Handler } from '../http/index.ts'
import { ConversationStore } from '../index.ts'
import { type Listening, listen, type RequestEntry } from '../node/listen.ts'
import { codeOf, StopError, UsageError } from './failure.ts'
import { printableLines } from './printable.ts'
import { Progress } from './progress.ts'
import { type Backing, openBacking } from './serve-backing.ts'
import { reportingIgnored } from './serve-ignored.ts'
import { withoutKeys } from './serve-key.ts'
import { readSettings, type ServeSettings } from './serve-options.ts'
import { withPage } from './serve-page.ts'
import { describeKeys, describeServer } from './serve-text.ts'
import { type Streams, say, sayRaw, writeAll } from './streams.ts'

/** Characters of a path and query that are logged. */
const LOGGED_TARGET = 500

/** Serves until a signal comes. Throws a `StopError` where it had to stop by itself. */
export async function runServe(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const settings = readSettings(files, options, process.env)
  const stop = new Stop()
  try {
    await checkAddress(settings)
    const state = new AgentState(new ConversationStore())
    const backing = await openBacking(settings, state, streams, stop.signal)
    await closing(backing, () => serve(settings, state, backing, streams, stop))
  } catch (error) {
    // A signal before it listens ends the reading, which is no failure.
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error
  } finally {
    stop.forget()
  }
}

/** Listens until it is to stop, and answers the requests that have come by then. */
async function serve(
  settings: ServeSettings,
  state: AgentState,
  backing: Backing,
  streams: Streams,
  stop: Stop,
): Promise<void> {
  const handler = makeHandler(settings, state, backing)
  await warm(handler, state, streams, stop.signal)
  const server = await start(settings, state, handler, streams)
  try {
    sayRaw(streams, describeKeys(settings.keys))
    const facts = { url: server.url, size: state.store.size, keys: settings.keys }
    await writeAll(streams.stdout, [describeServer(facts)])
    backing.start()
    await Promise.race([backing.failed, stop.requested])
  } finally {
    await server.close()
  }
  // It may have failed with the last requests.
  const failure = await Promise.race([backing.failed, undefined])
  if (failure !== undefined) throw new StopError(`${failure.message} The server has stopped.`)
}

/** Does the work, and closes the backing however it ends. */
async function closing(backing: Backing, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    // The first failure says more than those that follow from it.
    await backing.stop().catch(() => {})
    throw error
  }
  try {
    await backing.stop()
  } catch (error) {
    throw new StopError((error as Error).message)
  }
}

function makeHandler(settings: ServeSettings, state: AgentState, { persistence }: Backing): Handler {
  const { keys, pageSize, maxWork, environments, defaultEnvironment, strict, cors, baseUrl } = settings
  return createHandler({
    agents: [{ state, ...(keys.size > 0 && { keys }), ...(persistence !== undefined && { persistence }) }],
    environments,
    strict,
    cors,
    ...(defaultEnvironment !== undefined && { defaultEnvironment }),
    ...(pageSize !== undefined && { pageSize }),
    ...(maxWork !== undefined && { maxWork }),
    ...(baseUrl !== undefined && { baseUrl }),
  })
}

/**
 * Builds what requests need. Of a snapshot that is the indexes that it lacks: what walks all rows, such as the paths in
 * metadata, would unpack each of them, so it is built when it is first asked for.
 */
async function warm(handler: Handler, { store }: AgentState, streams: Streams, signal: AbortSignal): Promise<void> {
  const progress = await Progress.of(streams, 'Indexing')
  const isPacked = stats(store).bytes.documents.packed > 0
  let isIndexing = false
  const onProgress: WarmAsyncOptions['onProgress'] = ({ done, total }) => {
    // A snapshot mostly lacks nothing.
    isIndexing ||= done < total || !isPacked
    if (isIndexing) progress.show(done, total)
  }
  const options: WarmAsyncOptions = { signal, onProgress }
  try {
    await (isPacked ? warmAsync(store, options) : handler.warm(options))
  } finally {
    progress.stop()
  }
}

async function start(
  settings: ServeSettings,
  state: AgentState,
  handler: Handler,
  streams: Streams,
): Promise<Listening> {
  const { port, host, keys, allowHosts, trustProxy } = settings
  const shown = (text: string) => withoutKeys(text, keys.keys()).slice(0, LOGGED_TARGET)
  const reporting = reportingIgnored(handler, (line) => say(streams, line), shown)
  const page = withPage(reporting, () => ({ size: state.store.size, needsKey: keys.size > 0 }))
  const onError = (error: unknown) => sayRaw(streams, printableLines(`error: ${stackOf(error)}\n`))
  const log = ({ method, target, status, ms }: RequestEntry) => {
    const time = new Date().toISOString()
    say(streams, `${time} ${method} ${shown(target)} ${status ?? 'cut off'} ${ms.toFixed(1)} ms`)
  }
  try {
    const options = { port, host, allowHosts, trustProxy, onError }
    return await listen(page, settings.log ? { ...options, onRequest: log } : options)
  } catch (error) {
    throw unable(error, settings)
  }
}

/** Throws where it cannot listen: a port that is taken is reported before the files are read, which may take long. */
async function checkAddress(settings: ServeSettings): Promise<void> {
  const { port, host } = settings
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw unable(error, settings)
  }
  server.close()
  await once(server, 'close')
}

/** Why it cannot listen there, in the words of the options. */
function unable(error: unknown, settings: ServeSettings): unknown {
  const why = UNABLE[String(codeOf(error))]
  return why === undefined ? error : new UsageError(why(settings))
}

/** By the code of Node's error. */
const UNABLE: Readonly<Record<string, (settings: ServeSettings) => string>> = {
  EADDRINUSE: ({ port, host }) =>
    `--port ${port} of ${host} is taken. Stop the process that has it, or give another port; 0 takes a free one.`,
  EADDRNOTAVAIL: ({ host }) => `--host ${host} is not an address of this machine.`,
  EACCES: ({ port }) => `--port ${port} needs more rights. Give a port from 1024 on, or 0.`,
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Hears SIGINT and SIGTERM: the first asks to stop, the second ends the process at once. */
class Stop {
  readonly #controller = new AbortController()
  readonly requested: Promise<void>
  readonly #hear = (name: 'SIGINT' | 'SIGTERM') => {
    if (this.signal.aborted) process.exit(128 + constants.signals[name])
    this.#controller.abort()
  }

  constructor() {
    this.requested = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    process.on('SIGINT', this.#hear).on('SIGTERM', this.#hear)
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  forget(): void {
    process.off('SIGINT', this.#hear).off('SIGTERM', this.#hear)
  }
}
