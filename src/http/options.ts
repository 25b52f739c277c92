/** What a handler is told when it is made, checked once. */
import { InvalidQueryError, nearest, show } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'
import { formatInstant, type Instant, toInstant } from '../base/text/instant.ts'
import { Fault, type FaultOptions } from './faults.ts'
import { type KeyEntry, Keys, type Role } from './keys.ts'
import type { Persistence } from './persistence.ts'
import { RowTexts } from './row-texts.ts'
import { fullShape, leanShape } from './shapes.ts'
import { AgentState, type AnyStore } from './state.ts'
import { Views } from './views.ts'

/** The most that a request may ask for. Beyond it the answer is the status named, and nothing has changed. */
export interface Limits {
  /** Bytes of a URL. 64 KiB; 414. */
  readonly urlBytes: number
  /** Parameters in a URL. 1,000; 400. */
  readonly parameters: number
  /** Bytes of a body, counted while they come. 32 MiB; 413. */
  readonly bodyBytes: number
  /** Levels of objects and lists in JSON. 100; 400. */
  readonly jsonDepth: number
  /** Paths to values in one metadata document. 1,000; 400. */
  readonly metadataPaths: number
  /** Files in one request. 100; 413. */
  readonly files: number
  /** Bytes of all files that an agent has, decoded. 256 MiB; 413. */
  readonly attachmentBytes: number
}

/** An environment that conversations may be in, besides production and development. */
export interface EnvironmentInput {
  /** As stored and as filters name it. */
  readonly slug: string
  /** For people; the slug when absent. */
  readonly name?: string
  /** False when absent. */
  readonly is_production?: boolean
}

/** How a handler answers. */
export interface HandlerOptions {
  /** Environments besides production and development: slugs, or more of each. */
  readonly environments?: readonly (string | EnvironmentInput)[]
  /** Rows a page when a request does not say. The store's own, 10, when absent. */
  readonly pageSize?: number
  /** Whether an unknown query parameter is a 400 that names the nearest known one. It is ignored otherwise. */
  readonly strict?: boolean
  /** The origins (`https://app.example.com`) whose pages may call, or `*`, with keys only, for all. None when absent. */
  readonly cors?: readonly string[] | string
  /** The clock, as a Date, epoch milliseconds or ISO 8601 text. The machine's when absent. */
  readonly now?: () => Date | number | string
  /** What stands before `/api/` in the paths that are answered: `/mock` answers `/mock/api/...`. Nothing when absent. */
  readonly basePath?: string
  /** What stands before `basePath` in links, `https://api.example.com`. The origin of each request when absent. */
  readonly baseUrl?: string
  /** Whether every write is a 403. */
  readonly readOnly?: boolean
  readonly limits?: Partial<Limits>
  /** What goes wrong on purpose, see `faults`. */
  readonly faults?: Fault | FaultOptions | readonly (Fault | FaultOptions)[]
}

/** What belongs to one agent. */
export interface AgentParts {
  /** The keys that open the agent, each with what it may do. None: it is open, and any Authorization header is accepted. */
  readonly keys?: Readonly<Record<string, Role>> | ReadonlyMap<string, Role>
  /** What else there is of the agent, with its store: for one that was restored. Made from the store when absent. */
  readonly state?: AgentState
  /** Where writes are kept. Nowhere when absent. */
  readonly persistence?: Persistence
}

/** One agent of several. */
export interface AgentOptions extends AgentParts {
  /** The id that rows and `/api/me/` show; 1, 2, ... when absent. */
  readonly id?: number
  /** The name that `/api/me/` shows. */
  readonly name?: string
  /** The agent's conversations. */
  readonly store?: AnyStore
}

/** How a handler of one agent answers. */
export type OneAgentOptions = HandlerOptions & Omit<AgentOptions, 'store'>

/** How a handler of several agents answers, told apart by their keys alone. */
export interface AgentsOptions extends HandlerOptions {
  readonly agents: readonly AgentOptions[]
}

/** An agent as it is served. */
export interface Agent {
  readonly id: number
  readonly name: string
  readonly state: AgentState
  readonly views: Views
  readonly texts: { readonly lean: RowTexts; readonly full: RowTexts }
  readonly persistence: Persistence | undefined
}

/** An environment as `/api/me/` shows it. */
export interface Environment {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly is_production: boolean
}

/** All that a handler was told, in the form in which it is used. */
export interface Settings {
  readonly agents: readonly Agent[]
  /** Who asks; undefined in an open handler, where the first agent is asked. */
  readonly keys: Keys<Agent> | undefined
  readonly environments: readonly Environment[]
  readonly pageSize: number | undefined
  readonly isStrict: boolean
  readonly origins: readonly string[]
  readonly now: () => Instant
  /** When the environments came to be: the time when this is first called. */
  readonly since: () => string
  readonly basePath: string
  readonly baseUrl: string | undefined
  readonly isReadOnly: boolean
  readonly limits: Limits
  readonly faults: Fault[]
}

const MIB = 1_048_576

const LIMITS: Limits = {
  urlBytes: 65_536,
  parameters: 1_000,
  bodyBytes: 32 * MIB,
  jsonDepth: 100,
  metadataPaths: 1_000,
  files: 100,
  attachmentBytes: 256 * MIB,
}

const OPTION_NAMES = [
  ...['environments', 'pageSize', 'strict', 'cors', 'now', 'basePath', 'baseUrl', 'readOnly', 'limits', 'faults'],
]
const PART_NAMES = ['id', 'name', 'keys', 'state', 'persistence']

/** The options of a handler of one agent as those of several: what is the agent's own goes to it. */
export function ofOne(store: AnyStore, options: OneAgentOptions): AgentsOptions {
  checkNames(options, [...OPTION_NAMES, ...PART_NAMES])
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const [parts, others] = [true, false].map((isPart) =>
    Object.fromEntries(given.filter(([name]) => PART_NAMES.includes(name) === isPart)),
  )
  return { ...others, agents: [{ ...parts, store }] }
}

/** Checks all that a handler was told. Throws `InvalidQueryError` naming the option. */
export function readOptions(options: AgentsOptions): Settings {
  checkNames(options, [...OPTION_NAMES, 'agents'])
  checkNames(options.limits ?? {}, Object.keys(LIMITS))
  const { pageSize, strict, readOnly, baseUrl, basePath = '' } = options
  if (pageSize !== undefined) checkInteger('pageSize', pageSize, 1)
  checkFlag('strict', strict)
  checkFlag('readOnly', readOnly)
  const limits = { ...LIMITS, ...options.limits }
  for (const [name, value] of Object.entries(limits)) checkInteger(`limits.${name}`, value, 0)
  // The store holds nothing deeper.
  if (limits.jsonDepth > LIMITS.jsonDepth)
    throw invalid('limits.jsonDepth', limits.jsonDepth, 'an integer from 0 to 100')
  const { agents, keys } = readAgents(options.agents)
  const origins = readOrigins(options.cors, keys !== undefined)
  const now = readClock(options.now ?? Date.now)
  let since: string | undefined
  return {
    agents,
    keys,
    environments: readEnvironments(options.environments ?? []),
    pageSize,
    isStrict: strict ?? false,
    origins,
    now,
    since: () => {
      since ??= formatInstant(now())
      return since
    },
    basePath: readBasePath(basePath),
    baseUrl: baseUrl === undefined ? undefined : readBaseUrl(baseUrl),
    isReadOnly: readOnly ?? false,
    limits,
    faults: [options.faults ?? []].flat().map(readFault),
  }
}

/** A fault, checked. */
export function readFault(given: Fault | FaultOptions): Fault {
  return given instanceof Fault ? given : new Fault(given)
}

function readAgents(given: readonly AgentOptions[]): { agents: Agent[]; keys: Keys<Agent> | undefined } {
  if (!Array.isArray(given) || given.length === 0) throw unsaid('agents', given, 'a list of one or more agents')
  const agents: Agent[] = []
  const entries: KeyEntry<Agent>[] = []
  for (const [at, agent] of (given as readonly AgentOptions[]).entries()) {
    checkNames(agent, [...PART_NAMES, 'store'])
    const { id = at + 1, name = `Agent ${id}`, store = agent.state?.store, keys, persistence } = agent
    checkInteger('agents.id', id, 1)
    if (typeof name !== 'string') throw invalid('agents.name', name, 'a text')
    if (typeof store?.fetchConversations !== 'function') throw invalid('agents.store', store, 'a ConversationStore')
    const state = agent.state ?? new AgentState(store)
    if (state.store !== store) throw invalid('agents.state', state, 'the state of the same store')
    if (agents.some((other) => other.id === id)) throw invalid('agents.id', id, 'an id that no other agent has')
    const texts = { lean: new RowTexts(leanShape), full: new RowTexts(fullShape) }
    const served: Agent = { id, name, state, views: new Views(state), texts, persistence }
    agents.push(served)
    const pairs = readKeys(keys)
    for (const [key, role] of pairs) {
      if (entries.some((entry) => entry.key === key)) throw invalid('keys', 'a key', 'no key in two agents')
      entries.push({ key, agent: served, role })
    }
    if (pairs.length === 0 && given.length > 1) throw unsaid('agents.keys', keys, 'a key or more for each agent')
  }
  return { agents, keys: entries.length === 0 ? undefined : new Keys(entries) }
}

/** The keys of one agent. What is wrong is never said, for it may be a key. */
function readKeys(given: AgentParts['keys']): (readonly [string, Role])[] {
  if (given === undefined || given === null) return []
  // Of another object, such as a set or a list, no entry or only numbers would be read: the agent would be open.
  const pairs = given instanceof Map ? [...given] : isPlain(given) ? Object.entries(given) : undefined
  if (pairs === undefined) throw unsaid('keys', given, 'an object or Map with "read" or "write" for each key')
  for (const [key, role] of pairs) {
    if (typeof key !== 'string' || key.trim() === '' || key.trim() !== key) {
      throw unsaid('keys', key, 'keys that are texts without white space around them')
    }
    if (role !== 'read' && role !== 'write') throw unsaid('keys', role, '"read" or "write" for each key')
  }
  return pairs
}

function readEnvironments(given: readonly (string | EnvironmentInput)[]): Environment[] {
  if (!Array.isArray(given)) throw invalid('environments', given, 'a list of slugs')
  const all: Environment[] = [
    { id: 1, slug: 'production', name: 'Production', is_production: true },
    { id: 2, slug: 'development', name: 'Development', is_production: false },
  ]
  for (const environment of given) {
    const {
      slug,
      name = slug,
      is_production = false,
    } = typeof environment === 'string' ? { slug: environment } : (environment as EnvironmentInput)
    if (typeof slug !== 'string' || slug.trim() === '' || slug.trim() !== slug) {
      throw invalid('environments', slug, 'slugs that are texts without white space around them')
    }
    const at = all.findIndex((other) => other.slug === slug)
    if (at < 0) all.push({ id: all.length + 1, slug, name, is_production })
  }
  return all
}

function readOrigins(given: readonly string[] | string | undefined, hasKeys: boolean): readonly string[] {
  const origins = given === undefined ? [] : [given].flat()
  for (const origin of origins) {
    if (origin === '*') {
      if (!hasKeys) throw invalid('cors', origin, 'origins by name, for "*" is allowed together with keys only')
    } else if (typeof origin !== 'string' || originOf(origin) !== origin) {
      throw invalid('cors', origin, 'origins such as "https://app.example.com", without a path, or "*"')
    }
  }
  return origins
}

function originOf(text: string): string | undefined {
  try {
    const url = new URL(text)
    return `${url.protocol}//${url.host}`
  } catch {
    return undefined
  }
}

function readClock(now: () => Date | number | string): () => Instant {
  if (typeof now !== 'function') throw invalid('now', now, 'a function that gives the time')
  return () => {
    const time = now()
    const instant = toInstant(typeof time === 'number' ? Math.floor(time) : time)
    // Of no class that a client is told: that the clock is wrong is no fault of the request.
    if (instant === undefined) throw new Error(`now gave ${show(time)}, no Date, epoch milliseconds or ISO 8601 text.`)
    return instant
  }
}

function readBasePath(given: string): string {
  if (typeof given !== 'string' || !/^(\/[^?#{}:*]*)?$/.test(given)) {
    throw invalid('basePath', given, 'a path such as "/mock"')
  }
  return given.replace(/\/+$/, '')
}

function readBaseUrl(given: string): string {
  const isUrl = typeof given === 'string' && originOf(given) !== undefined && /^https?:\/\/[^?#]+$/i.test(given)
  if (!isUrl) throw invalid('baseUrl', given, 'a URL such as "https://api.example.com"')
  return given.replace(/\/+$/, '')
}

function checkNames(given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw unsaid('options', given, 'an object')
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const message = `There is no option ${show(name)}.${near === undefined ? '' : ` Did you mean ${show(near)}?`}`
    throw new InvalidQueryError([{ parameter: name, value: undefined, code: 'UNKNOWN_PARAMETER', message }])
  }
}

function checkInteger(parameter: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) throw invalid(parameter, value, `an integer from ${least}`)
}

function checkFlag(parameter: string, value: boolean | undefined): void {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(parameter, value, 'true or false')
}

/** A fault of what may be a key or hold one: neither its text nor its value shows more than the type of what came. */
function unsaid(parameter: string, value: unknown, expected: string): InvalidQueryError {
  const type = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
  const message = `${parameter} is of type ${type}. Expected ${expected}.`
  return new InvalidQueryError([{ parameter, value: type, code: 'INVALID_VALUE', message }])
}

function invalid(parameter: string, value: unknown, expected: string): InvalidQueryError {
  const message = `${parameter} is ${show(value)}. Expected ${expected}.`
  return new InvalidQueryError([{ parameter, value, code: 'INVALID_VALUE', message }])
}
