/** `conversation-store serve`: answers as the hosted API does, from files or from what clients record. */
import { stats, type WarmAsyncOptions, warmAsync } from '../features/indexes/index.ts'
import { AgentState, createHandler, type Handler } from '../http/index.ts'
import { ConversationStore } from '../index.ts'
import { explorerFolder } from './explore-page.ts'
import { Explorer, withExplorer } from './explore-routes.ts'
import { sourceName } from './explore-session.ts'
import { reporting } from './listening.ts'
import { Progress } from './progress.ts'
import { runServer, type ServerHandler } from './run-server.ts'
import { type Backing, openBacking } from './serve-backing.ts'
import { readSettings, type ServeSettings } from './serve-options.ts'
import { withPage } from './serve-page.ts'
import { describeKeys, describeServer } from './serve-text.ts'
import { type Streams, sayRaw, writeAll } from './streams.ts'

/** Serves until a signal comes. Throws a `StopError` where it had to stop by itself. */
export async function runServe(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const settings = readSettings(files, options, process.env)
  const state = new AgentState(new ConversationStore())
  await runServer(
    {
      gate: settings,
      open: (signal) => openBacking(settings, state, streams, signal),
      async handle(backing, signal) {
        const api = makeApi(settings, state, backing)
        await warm(api, state, streams, signal)
        return withPages(api, settings, state, backing, streams)
      },
      async announce({ url }) {
        sayRaw(streams, describeKeys(settings.keys))
        const facts = { url, size: state.store.size, keys: settings.keys }
        await writeAll(streams.stdout, [describeServer(facts)])
      },
    },
    streams,
  )
}

function makeApi(settings: ServeSettings, state: AgentState, { persistence }: Backing): Handler {
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

/** The API, the page of its routes at `/` and the explorer, where its page is installed. */
function withPages(
  api: Handler,
  { keys, files, save, ...settings }: ServeSettings,
  state: AgentState,
  { snapshot }: Backing,
  streams: Streams,
): ServerHandler {
  const folder = explorerFolder()
  const facts = () => ({ size: state.store.size, needsKey: keys.size > 0, hasExplorer: folder !== undefined })
  const handler = withPage(reporting(api, { keys, ...settings }, streams), facts)
  if (folder === undefined) return { handler, end() {} }
  const explorer = new Explorer({ store: state.store, folder, keys, name: sourceName(files, save), snapshot })
  return { handler: withExplorer(handler, explorer), end: () => explorer.close() }
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
