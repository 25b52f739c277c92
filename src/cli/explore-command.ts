/** `conversation-store explore`: shows files in the browser, on this machine alone. */
import { counted } from '../base/text/counted.ts'
import { AgentState, createHandler, type Handler } from '../http/index.ts'
import { ConversationStore } from '../index.ts'
import type { Listening } from '../node/listen.ts'
import type { FileFaults } from './explore-faults.ts'
import { type ExploreSettings, readExploreSettings } from './explore-options.ts'
import { explorerFolder } from './explore-page.ts'
import { readLeniently } from './explore-reading.ts'
import { Explorer, withExplorerFirst } from './explore-routes.ts'
import { sourceName } from './explore-session.ts'
import { UsageError } from './failure.ts'
import { reporting } from './listening.ts'
import { openBrowser } from './open-browser.ts'
import { runServer, type ServerHandler } from './run-server.ts'
import { type Backing, NOTHING, openJournalFile } from './serve-backing.ts'
import { describeKeys } from './serve-text.ts'
import { type Streams, sayRaw, writeAll } from './streams.ts'

/** Serves the explorer until a signal comes. Throws a `StopError` where it had to stop by itself. */
export async function runExplore(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const settings = readExploreSettings(files, options, process.env)
  const folder = explorerFolder()
  if (folder === undefined)
    throw new UsageError('the page of the explorer is not built: dist/explorer/ has no index.html. Run npm run build.')
  const state = new AgentState(new ConversationStore())
  let faults: FileFaults | undefined
  await runServer(
    {
      gate: settings,
      async open(signal) {
        let snapshot: Uint8Array | undefined
        const seed = async () => {
          if (files.length > 0) ({ faults, snapshot } = await readLeniently(state.store, files, { streams, signal }))
        }
        const { save: path } = settings
        let backing = NOTHING
        if (path === undefined) await seed()
        else {
          const journal = { path, repair: false, hasFiles: files.length > 0, seed }
          backing = await openJournalFile(journal, state, streams, signal)
        }
        return { ...backing, ...(snapshot !== undefined && { snapshot }) }
      },
      handle: async (backing) => handle(settings, state, backing, folder, faults, streams),
      announce: (server) => announce(settings, state, server, streams),
    },
    streams,
  )
}

function handle(
  settings: ExploreSettings,
  state: AgentState,
  { persistence, snapshot }: Backing,
  folder: string,
  faults: FileFaults | undefined,
  streams: Streams,
): ServerHandler {
  const { keys, files, save, readOnly, strict } = settings
  const api: Handler = createHandler({
    agents: [{ state, ...(keys.size > 0 && { keys }), ...(persistence !== undefined && { persistence }) }],
    readOnly,
    strict,
  })
  const hasSource = files.length > 0 || save !== undefined
  const explorer = new Explorer({
    store: state.store,
    folder,
    keys,
    name: hasSource ? sourceName(files, save) : undefined,
    isReadOnly: readOnly,
    snapshot,
    ...(faults !== undefined && { faults }),
  })
  return {
    handler: withExplorerFirst(reporting(api, settings, streams), explorer),
    end: () => explorer.close(),
  }
}

async function announce(settings: ExploreSettings, state: AgentState, { url }: Listening, streams: Streams) {
  const { files, save, keys, open } = settings
  sayRaw(streams, describeKeys(keys))
  const what =
    files.length > 0 || save !== undefined ? counted(state.store.size, 'conversation') : 'generated conversations'
  const page = `${url}/explore/`
  await writeAll(streams.stdout, [`Exploring ${what} at ${page}\n`])
  if (open) openBrowser(page, streams)
}
