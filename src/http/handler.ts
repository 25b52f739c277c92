/** The handler: requests in, responses out, in the web's own types. */
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { TrieRouter } from 'hono/router/trie-router'
import type { H, RouterRoute } from 'hono/types'
import type { WarmAsyncOptions } from '../engine/warm.ts'
import { warmAsync } from '../features/indexes/index.ts'
import { raise, unknownName } from '../query/faults.ts'
import type { Agent } from './agents.ts'
import { forbidden, notFound, Refusal, refuse, respond } from './answer.ts'
import type { Call, Outcome } from './call.ts'
import { type InjectedFault, type InjectedFaultOptions, readFault, wait } from './faults.ts'
import type { KeyEntry } from './keys.ts'
import type { AgentsOptions, OneAgentOptions } from './options.ts'
import { checkParameters } from './parameters.ts'
import { allowed, ROUTES, type Route, routeOf, routerPath, WITHOUT_401 } from './routes.ts'
import { type Settings, settingsOf } from './settings.ts'
import type { AnyStore } from './state.ts'

/**
 * Answers requests to the hosted API from stores in memory. Give it to whatever takes a function from `Request` to
 * `Response`.
 *
 * It never rejects, except where an injected fault drops the connection: then with a `TypeError`, as `fetch` does.
 */
export interface Handler {
  (request: Request): Promise<Response>
  /** Builds the indexes of all stores, in slices, so that no request waits for one. */
  warm(options?: WarmAsyncOptions): Promise<void>
  /** Injects a fault from now on; the returned function ends it. Throws `InvalidQueryError` for invalid options. */
  faults(fault: InjectedFault | InjectedFaultOptions): () => void
  /** Whether pages of this origin may call, as `cors` says. */
  allowsOrigin(origin: string): boolean
}

/**
 * A handler of one agent, whose conversations are in the store; or of several, told apart by their keys alone.
 *
 * Throws `InvalidQueryError` naming the option that is wrong.
 *
 * @example
 * const handler = createHandler(store, { keys: { [key]: 'write' } })
 * const response = await handler(new Request('http://localhost/api/conversations/?device=mobile'))
 */
export function createHandler(store: AnyStore, options?: OneAgentOptions): Handler
export function createHandler(options: AgentsOptions): Handler
export function createHandler(first: AnyStore | AgentsOptions, options: OneAgentOptions = {}): Handler {
  const settings = settingsOf(first, options)
  const { agents, faults, origins } = settings
  faults.forEach(checkRoute)
  const { fetch } = appOf(settings)
  const handle = async (request: Request): Promise<Response> => {
    try {
      return await fetch(request)
    } catch (error) {
      if (error instanceof ConnectionLost) throw error
      return refuse(error)
    }
  }
  return Object.assign(handle, {
    async warm(options?: WarmAsyncOptions): Promise<void> {
      for (const { state, views } of agents) {
        await warmAsync(state.store, options)
        await views.warm()
      }
    },
    faults(given: InjectedFault | InjectedFaultOptions): () => void {
      const fault = readFault(given)
      checkRoute(fault)
      faults.push(fault)
      return () => {
        if (faults.includes(fault)) faults.splice(faults.indexOf(fault), 1)
      }
    },
    allowsOrigin: (origin: string) => origins.includes('*') || origins.includes(origin),
  })
}

/** A fault at an unknown route would never strike. */
function checkRoute({ path }: InjectedFault): void {
  if (path === undefined || routeOf(path) !== undefined || Object.hasOwn(ROUTES, path)) return
  raise([unknownName('route', path, Object.keys(ROUTES), 'faults.route')])
}

/** The headers of an answer that pages may read, besides those that browsers always show. */
const EXPOSED = ['Allow', 'Content-Disposition', 'Retry-After', 'X-Ignored-Parameters']

/** The router: the table of routes, and the unknown paths. */
function appOf(settings: Settings): Hono {
  const router = new TrieRouter<[H, RouterRoute]>()
  // All verbs of a path are routed alike and told apart by the table, in which "constructor" is not a verb.
  const match: typeof router.match = (_, path) => router.match('GET', path)
  const app = new Hono({ router: { name: router.name, add: router.add.bind(router), match } })
  const { origins, basePath } = settings
  if (origins.length > 0)
    app.use('*', cors({ origin: origins.includes('*') ? '*' : [...origins], exposeHeaders: EXPOSED }))
  for (const [pattern, route] of Object.entries(ROUTES)) {
    app.all(basePath + routerPath(pattern), (c) =>
      serve(settings, { request: c.req.raw, pattern, route, path: c.req.param() }),
    )
  }
  app.notFound((c) => serve(settings, { request: c.req.raw, pattern: undefined, route: undefined, path: {} }))
  app.onError((error) => {
    throw error
  })
  return app
}

/** A request and where it leads. */
interface Arrival {
  readonly request: Request
  /** The row of the table of routes; undefined for an unknown path. */
  readonly pattern: string | undefined
  readonly route: Route | undefined
  readonly path: Readonly<Record<string, string>>
}

/** Answers one request, with the faults that strike it. */
async function serve(settings: Settings, arrival: Arrival): Promise<Response> {
  const { request, pattern } = arrival
  const url = new URL(request.url)
  const path = url.pathname.slice(settings.basePath.length)
  const verb = request.method === 'HEAD' ? 'GET' : request.method
  const striking = settings.faults.filter((fault) => fault.strikes(verb, path, pattern)).map(({ options }) => options)
  for (const { latency, signal } of striking) if (latency !== undefined) await wait(latency, signal, request.signal)
  if (striking.some(({ drop }) => drop === true)) throw new ConnectionLost()
  const failing = striking.find(({ status }) => status !== undefined)
  const response =
    failing === undefined
      ? await answer(settings, arrival, url, verb, path).catch((error) => refuse(error, settings.hideKeys))
      : failed(failing.status!, failing.retryAfter)
  if (striking.some(({ drop }) => drop === 'after')) throw new ConnectionLost()
  return response
}

/** The error with which `fetch` rejects when a connection is lost. */
class ConnectionLost extends TypeError {
  override readonly message = 'fetch failed: an injected fault dropped the connection.'
}

function failed(status: number, retryAfter = status === 429 ? 1 : undefined): Response {
  const detail =
    status === 429
      ? `Request was throttled. Expected available in ${retryAfter} seconds.`
      : 'This request fails because of an injected fault.'
  return respond(status, { detail }, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
}

/** Judges a request in the order of the contract, and carries it out. Throws the refusal. */
async function answer(
  settings: Settings,
  { request, pattern, route, path: names }: Arrival,
  url: URL,
  verb: string,
  path: string,
): Promise<Response> {
  const { limits } = settings
  if (request.url.length > limits.urlBytes)
    throw new Refusal(414, `URL too long. It may have ${limits.urlBytes} bytes.`)
  checkEscapes(url.pathname)
  if (route === undefined) throw unknownPath(path, url)
  const { agent, role } =
    settings.keys === undefined
      ? ({ agent: settings.agents[0]!, role: 'write' } as const)
      : keyOf(settings.keys, request, WITHOUT_401.includes(pattern!))
  const endpoint = Object.hasOwn(route, verb) ? route[verb]! : undefined
  if (endpoint === undefined) {
    throw new Refusal(405, `Method "${request.method}" not allowed.`, { allow: allowed(route) })
  }
  if (endpoint.isWrite && (role === 'read' || settings.isReadOnly)) throw forbidden()
  const ignored = checkParameters(url.searchParams, endpoint, settings)
  const carry = async (): Promise<Response> => {
    const held = settings.bodies.begin()
    try {
      const content = endpoint.read === undefined ? { body: {} } : await endpoint.read(request, settings, held)
      const hidden = new Set<number>()
      const call: Call = {
        ...content,
        settings,
        agent,
        role,
        environments: settings.environments,
        api: `${settings.baseUrl ?? `${url.protocol}//${url.host}`}${settings.basePath}/api/`,
        query: url.searchParams,
        path: names,
        hidden,
      }
      const view = await endpoint.needs?.(call)
      if (!endpoint.isWrite) for (const fault of settings.faults) fault.hide(agent, verb, path, pattern, hidden)
      // Not awaited here: the body is let go once the events are applied, however long they take to be kept.
      return carryOut(endpoint.run(call, view as never), agent, settings)
    } finally {
      held.end()
    }
  }
  const response = await carry().catch((error) => refuse(error, settings.hideKeys))
  if (ignored !== '') response.headers.set('x-ignored-parameters', settings.hideKeys(ignored))
  return response
}

/** The entry of a request's key. Throws the 401, or where a route has none the same as a 403. */
function keyOf(keys: NonNullable<Settings['keys']>, request: Request, isWithout401: boolean): KeyEntry<Agent> {
  try {
    return keys.find(request.headers.get('authorization'))
  } catch (error) {
    throw isWithout401 && error instanceof Refusal ? new Refusal(403, error.body) : error
  }
}

/** The 404 of an unknown path. The commonest mistake is a missing slash at the end, which no redirect may mend. */
function unknownPath(path: string, { pathname }: URL): Refusal {
  const isSlashMissing = pathname.length < MOST_SHOWN && routeOf(`${path}/`) !== undefined
  return isSlashMissing ? new Refusal(404, `Not found. Did you mean "${pathname}/"?`) : notFound()
}

/** UTF-16 units of a path that an answer repeats. */
const MOST_SHOWN = 200

/** Applies the events, has them kept, and answers. */
async function carryOut(outcome: Outcome, agent: Agent, { faults }: Settings): Promise<Response> {
  const { status, events = [], answer, response } = outcome
  for (const event of events) {
    agent.state.apply(event)
    if (event.type === 'conversation_added') for (const fault of faults) fault.noteCreated(agent, event.row.id)
  }
  // Made before anything waits, so that it shows what this request did.
  const made = response?.() ?? respond(status, answer?.())
  if (events.length > 0 && agent.persistence !== undefined) {
    try {
      await agent.persistence.append(events)
    } catch {
      throw new Refusal(503, 'The write could not be kept.')
    }
  }
  return made
}

function checkEscapes(pathname: string): void {
  try {
    decodeURIComponent(pathname)
  } catch {
    throw new Refusal(400, 'The path has a percent escape that is not valid UTF-8.')
  }
}
