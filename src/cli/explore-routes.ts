/** Everything under `/explore/`: the page, which is open to all, and its conversations, for which a key is asked. */
import { badField, notFound, Refusal, refuse, respond } from '../http/answer.ts'
import { Keys, type Role } from '../http/keys.ts'
import type { AnyStore } from '../http/state.ts'
import type { Handler } from '../node/listen.ts'
import { ChangeLog, changesAfter } from './explore-changes.ts'
import { bodyOf, rowsOf, Snapshots } from './explore-data.ts'
import type { FileFaults } from './explore-faults.ts'
import { fileResponse, isKnown, SAFETY } from './explore-page.ts'
import type { Session } from './explore-session.ts'

/** What an explorer shows. */
export interface ExplorerOptions {
  readonly store: AnyStore
  /** The folder of the built page. */
  readonly folder: string
  /** The keys that let a client in; without any every client is. */
  readonly keys: ReadonlyMap<string, Role>
  /** What to call the conversations. Without a name there are none, and the page makes its own. */
  readonly name: string | undefined
  readonly isReadOnly?: boolean
  readonly faults?: FileFaults
  /** The store as it is now, where it was opened from a snapshot. */
  readonly snapshot?: Uint8Array | undefined
}

/** The page of a store, and what it asks for. It follows the store until it is closed. */
export class Explorer {
  readonly options: ExplorerOptions
  readonly log: ChangeLog
  readonly snapshots: Snapshots
  readonly #keys: Keys<null> | undefined

  constructor(options: ExplorerOptions) {
    const { store, keys, snapshot } = options
    this.options = options
    this.log = new ChangeLog(store)
    this.snapshots = new Snapshots(store, this.log, snapshot)
    const entries = [...keys].map(([key, role]) => ({ key, role, agent: null }))
    this.#keys = entries.length === 0 ? undefined : new Keys(entries)
  }

  /** Answers a request. `path` is what follows `/explore/`. */
  async answer(path: string, request: Request): Promise<Response> {
    try {
      const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new Refusal(405, `Method "${request.method}" not allowed.`, { allow: 'GET, HEAD' })
      if (route !== undefined) return await route(this, request, this.#roleOf(request))
      const file = await fileResponse(this.options.folder, path, request)
      if (file === undefined) throw notFound()
      return file
    } catch (error) {
      if (this.log.isClosed) return safe(respond(503, { detail: 'The server stops.' }))
      if (!(error instanceof Refusal)) throw error
      return safe(refuse(error))
    }
  }

  /** Ends the streams, and the making of a snapshot. */
  close(): void {
    this.log.close()
    this.snapshots.close()
  }

  /** What the request's key may do. Throws the 401s. */
  #roleOf({ headers }: Request): Role {
    return this.#keys === undefined ? 'write' : this.#keys.find(headers.get('authorization')).role
  }
}

/** What the page asks for. */
const ROUTES: Readonly<Record<string, (explorer: Explorer, request: Request, role: Role) => Promise<Response>>> = {
  async 'session.json'({ options, log, snapshots }, _, role) {
    const { name, store, isReadOnly = false, faults } = options
    const { held } = snapshots
    const hasRows = name !== undefined
    const session: Session = {
      source: { kind: hasRows ? 'served' : 'generated', name: name ?? 'generated conversations' },
      rows: store.size,
      isReadOnly: isReadOnly || role === 'read',
      faults: faults?.listed ?? [],
      faultCount: faults?.count ?? 0,
      api: '../',
      data: hasRows ? (held ? `data.snap?as_of=${held.sequence}` : 'data.ndjson') : null,
      sequence: hasRows ? log.sequence : null,
    }
    return safe(respond(200, session))
  },

  async 'data.snap'(explorer, request) {
    checkRows(explorer)
    const { log, snapshots } = explorer
    const { held } = snapshots
    const asOf = numberOf(request, 'as_of') ?? log.sequence
    // A page that goes on from there by the changes need not wait for a later one.
    const isHeld = held?.sequence === asOf
    const etag = `"${isHeld ? asOf : log.sequence}"`
    const headers = { 'content-type': 'application/octet-stream', etag, 'x-sequence': etag.slice(1, -1) }
    if (isKnown(request, etag)) return safe(new Response(null, { status: 304, headers }))
    // A snapshot is not made to tell how long it is.
    if (request.method === 'HEAD' && !isHeld) return safe(new Response(null, { headers }))
    const { bytes, sequence } = isHeld ? held : await snapshots.now()
    return safe(
      new Response(request.method === 'HEAD' ? null : bodyOf(bytes), {
        headers: {
          ...headers,
          etag: `"${sequence}"`,
          'x-sequence': String(sequence),
          'content-length': String(bytes.length),
          'content-disposition': 'attachment; filename="conversations.snap"',
        },
      }),
    )
  },

  async 'data.ndjson'(explorer, { method }) {
    checkRows(explorer)
    const { log, options } = explorer
    const headers = { 'content-type': 'application/x-ndjson', 'x-sequence': String(log.sequence) }
    return safe(new Response(method === 'HEAD' ? null : rowsOf(options.store), { headers }))
  },

  async changes(explorer, request) {
    checkRows(explorer)
    const { log } = explorer
    const after = numberOf(request, 'after') ?? log.sequence
    const headers = { 'content-type': 'text/event-stream' }
    return safe(new Response(request.method === 'HEAD' ? null : changesAfter(log, after), { headers }))
  },
}

/** The pages and the data of an explorer beside another handler. */
export function withExplorer(handler: Handler, explorer: Explorer): Handler {
  const answer = (request: Request) => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/explore') return leadTo(`explore/${search}`)
    return pathname.startsWith(PREFIX) ? explorer.answer(pathname.slice(PREFIX.length), request) : handler(request)
  }
  return Object.assign(answer, { allowsOrigin: (origin: string) => handler.allowsOrigin?.(origin) ?? false })
}

/** The same where the explorer is what there is to see: `/` leads to it. */
export function withExplorerFirst(handler: Handler, explorer: Explorer): Handler {
  const all = withExplorer(handler, explorer)
  const answer = (request: Request) => {
    const { pathname, search } = new URL(request.url)
    return pathname === '/' ? leadTo(`explore/${search}`) : all(request)
  }
  return Object.assign(answer, { allowsOrigin: (origin: string) => all.allowsOrigin?.(origin) ?? false })
}

const PREFIX = '/explore/'

function leadTo(location: string): Response {
  return new Response(null, { status: 302, headers: { location, ...SAFETY } })
}

/** Conversations are not left in the browser's cache. */
function safe(response: Response): Response {
  for (const [name, value] of Object.entries(SAFETY)) response.headers.set(name, value)
  response.headers.set('cache-control', 'no-store')
  return response
}

function checkRows({ options }: Explorer): void {
  if (options.name === undefined)
    throw new Refusal(404, 'There are no conversations here: the page shows generated ones.')
}

/** A parameter that is the number of a change. Throws a 400. */
function numberOf({ url }: Request, name: string): number | undefined {
  const text = new URL(url).searchParams.get(name)
  if (text === null) return undefined
  if (/^\d{1,16}$/.test(text)) return Number(text)
  throw badField(name, 'Expected the number of a change.')
}
