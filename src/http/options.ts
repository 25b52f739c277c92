/** The options of a handler, checked once. */
import { type Clock, readClock } from '../base/clock.ts'
import { InvalidQueryError } from '../base/errors.ts'
import type { BigNumbers } from '../base/json.ts'
import { checkFlag, checkInteger, checkMaxWork, invalidOption } from '../base/options.ts'
import { formatInstant, type Instant } from '../base/text/instant.ts'
import { raise, unknownName } from '../query/faults.ts'
import { originOf } from './cors.ts'
import { type Environment, type EnvironmentInput, environmentOf, readEnvironments } from './environments.ts'
import { type InjectedFault, type InjectedFaultOptions, readFault } from './faults.ts'
import { BodiesInFlight } from './in-flight.ts'
import type { Role } from './keys.ts'
import type { Persistence } from './persistence.ts'
import type { AgentState, AnyStore } from './state.ts'

/** Limits of a request. Beyond one the answer has the status named, and nothing changes. */
export interface Limits {
  /** Bytes of a URL. 64 KiB; 414. */
  readonly urlBytes: number
  /** Parameters in a URL; with `files`, also the parts of a form. 1,000; 400 and 413. */
  readonly parameters: number
  /** Bytes of a body, counted while they come. 40 MiB; 413. */
  readonly bodyBytes: number
  /** Bytes of a body of JSON, except one with attachments or spans. 4 MiB; 413. */
  readonly jsonBytes: number
  /** Values in a body of JSON: objects, lists, keys and what is in them, counted while they come. 50,000; 413. */
  readonly jsonValues: number
  /** Bytes of all bodies that are in memory at a time. The largest that is still coming gets a 503. 64 MiB. */
  readonly bodyBytesInFlight: number
  /** Levels of objects and lists in JSON. 100; 400. */
  readonly jsonDepth: number
  /** Paths to values in one metadata document. 1,000; 400. */
  readonly metadataPaths: number
  /** Conditions in the parameter `where`, those within `or` and `not` too. 256; 400. */
  readonly conditions: number
  /** Files in one request. 10; 413. */
  readonly files: number
  /** Bytes of one file, decoded. 25 MiB; 413. */
  readonly fileBytes: number
  /** Bytes of all files that an agent has, decoded. 256 MiB; 413. */
  readonly attachmentBytes: number
  /** Bytes of the JSON of a batch of spans, counted while it is unpacked. 16 MiB; 413. */
  readonly ingestBytes: number
  /** Values in a batch of spans, counted as `jsonValues` are. 250,000; 413. */
  readonly ingestValues: number
  /** Spans that an agent has. 100,000; 413. */
  readonly spans: number
  /** Definitions of actions that an agent has when another one is declared. 10,000; 413. */
  readonly actions: number
  /** Tickets that an agent has. 10,000; 413. */
  readonly tickets: number
  /** Comments that a ticket has. 1,000; 413. */
  readonly comments: number
}

/** How a handler answers. */
export interface HandlerOptions {
  /** Environments besides production and development: slugs, or more of each. */
  readonly environments?: readonly (string | EnvironmentInput)[]
  /**
   * The environment of what names none: `production` of spans and tickets, `development` of all else when absent. One of
   * those that the handler knows.
   */
  readonly defaultEnvironment?: string
  /** Rows a page when a request does not say. The store's own, 10, when absent. */
  readonly pageSize?: number
  /** Whether an unknown query parameter is a 400 that names the nearest known one. It is ignored otherwise. */
  readonly strict?: boolean
  /** The origins (`https://app.example.com`) whose pages may call, or `*`, with keys only, for all. None when absent. */
  readonly cors?: readonly string[] | string
  /** The clock, as a Date, epoch milliseconds or an ISO 8601 string. The machine's when absent. */
  readonly now?: Clock
  /** The prefix of `/api/` in the paths that are answered: `/mock` answers `/mock/api/...`. Empty when absent. */
  readonly basePath?: string
  /** The prefix of `basePath` in links, `https://api.example.com`. The origin of each request when absent. */
  readonly baseUrl?: string
  /** Whether every write is a 403. */
  readonly readOnly?: boolean
  readonly limits?: Partial<Limits>
  /**
   * The most work that the conditions of a request with `where` may be expected to take, in units of about a microsecond: a
   * 400 (`TOO_COSTLY`) beyond. 30,000 when absent; `Infinity` for no limit. Requests without `where` are always answered.
   */
  readonly maxWork?: number
  /** Injected faults, see `faults`. */
  readonly faults?: InjectedFault | InjectedFaultOptions | readonly (InjectedFault | InjectedFaultOptions)[]
  /**
   * What becomes of a number in a body or a metadata filter that a double cannot hold as written (`1234567890123456789`,
   * `1e400`): a 400 that names its place (`'refuse'`), a string of its digits, or the nearest double (`'round'`).
   * `'refuse'` when absent.
   */
  readonly bigNumbers?: BigNumbers
}

/** What belongs to one agent. */
export interface AgentParts {
  /**
   * The keys that open the agent, one or more, each with what it may do. Where the option is left out the agent is open, and
   * any Authorization header is accepted.
   */
  readonly keys?: Readonly<Record<string, Role>> | ReadonlyMap<string, Role>
  /** The store and all else of an agent that was restored. Made from the store when absent. */
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

/** The options of a handler, in the form in which they are used. */
export interface Options {
  readonly environments: readonly Environment[]
  readonly defaultEnvironment: string | undefined
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
  readonly bodies: BodiesInFlight
  readonly faults: InjectedFault[]
  readonly bigNumbers: BigNumbers
  readonly maxWork: number
}

/** What takes some 30 ms. */
const MAX_WORK = 20_000

const MIB = 1_048_576

const LIMITS: Limits = {
  urlBytes: 65_536,
  parameters: 1_000,
  bodyBytes: 40 * MIB,
  jsonBytes: 4 * MIB,
  jsonValues: 50_000,
  bodyBytesInFlight: 64 * MIB,
  jsonDepth: 100,
  metadataPaths: 1_000,
  conditions: 256,
  files: 10,
  fileBytes: 25 * MIB,
  attachmentBytes: 256 * MIB,
  ingestBytes: 16 * MIB,
  ingestValues: 250_000,
  spans: 100_000,
  actions: 10_000,
  tickets: 10_000,
  comments: 1_000,
}

/** The options of a handler, besides its agents. */
export const OPTION_NAMES: readonly string[] = [
  ...[
    'environments',
    'defaultEnvironment',
    'pageSize',
    'strict',
    'cors',
    'now',
    'basePath',
    'baseUrl',
    'readOnly',
    'limits',
    'faults',
  ],
  'bigNumbers',
  'maxWork',
]

/** The options of one agent. */
export const AGENT_NAMES: readonly string[] = ['id', 'name', 'keys', 'state', 'persistence', 'store']

const BIG_NUMBERS: readonly BigNumbers[] = ['refuse', 'string', 'round']

/** Checks the options of a handler. Throws `InvalidQueryError` naming the option. */
export function readOptions(options: HandlerOptions, hasKeys: boolean): Options {
  const { pageSize, strict, readOnly, baseUrl, basePath = '', bigNumbers = 'refuse', maxWork = MAX_WORK } = options
  if (pageSize !== undefined) checkInteger('pageSize', pageSize, 1)
  checkMaxWork(maxWork)
  checkFlag('strict', strict)
  checkFlag('readOnly', readOnly)
  if (!BIG_NUMBERS.includes(bigNumbers)) throw invalidOption('bigNumbers', bigNumbers, '"refuse", "string" or "round"')
  const now = readClock(options.now ?? Date.now)
  const limits = readLimits(options.limits)
  const environments = readEnvironments(options.environments ?? [])
  let since: string | undefined
  return {
    environments,
    defaultEnvironment: readDefault(options.defaultEnvironment, environments),
    pageSize,
    isStrict: strict ?? false,
    origins: readOrigins(options.cors, hasKeys),
    now,
    since: () => {
      since ??= formatInstant(now())
      return since
    },
    basePath: readBasePath(basePath),
    baseUrl: baseUrl === undefined ? undefined : readBaseUrl(baseUrl),
    isReadOnly: readOnly ?? false,
    limits,
    bodies: new BodiesInFlight(limits.bodyBytesInFlight),
    faults: [options.faults ?? []].flat().map(readFault),
    bigNumbers,
    maxWork,
  }
}

function readLimits(given: Partial<Limits> = {}): Limits {
  checkNames(given, Object.keys(LIMITS))
  const limits = { ...LIMITS, ...given }
  for (const [name, value] of Object.entries(limits)) checkInteger(`limits.${name}`, value, 0)
  // The store holds nothing deeper.
  checkInteger('limits.jsonDepth', limits.jsonDepth, 0, LIMITS.jsonDepth)
  // A larger body would be refused each time that it is sent again.
  return { ...limits, bodyBytes: Math.min(limits.bodyBytes, limits.bodyBytesInFlight) }
}

function readDefault(given: unknown, environments: readonly Environment[]): string | undefined {
  if (given === undefined) return undefined
  const slug = environmentOf(given, environments)
  if (slug === undefined)
    throw invalidOption('defaultEnvironment', given, `one of ${environments.map((each) => each.slug).join(', ')}`)
  return slug
}

function readOrigins(given: readonly string[] | string | undefined, hasKeys: boolean): readonly string[] {
  const origins = given === undefined ? [] : [given].flat()
  for (const origin of origins) {
    if (origin === '*') {
      if (!hasKeys) throw invalidOption('cors', origin, 'origins by name, for "*" is allowed together with keys only')
    } else if (typeof origin !== 'string' || originOf(origin) !== origin) {
      throw invalidOption('cors', origin, 'origins such as "https://app.example.com", without a path, or "*"')
    }
  }
  return origins
}

function readBasePath(given: string): string {
  if (typeof given !== 'string' || !/^(\/[^?#{}:*]*)?$/.test(given)) {
    throw invalidOption('basePath', given, 'a path such as "/mock"')
  }
  return given.replace(/\/+$/, '')
}

function readBaseUrl(given: string): string {
  const [origin] = typeof given === 'string' ? (/^https?:\/\/[^/?#]+(?=[^?#]*$)/i.exec(given) ?? []) : []
  if (origin === undefined || originOf(origin) === undefined)
    throw invalidOption('baseUrl', given, 'a URL such as "https://api.example.com"')
  return given.replace(/\/+$/, '')
}

/** Throws for an option by another name. */
export function checkNames(given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw unsaid('options', given, 'an object')
  raise(Object.keys(given).flatMap((name) => (known.includes(name) ? [] : unknownName('option', name, known))))
}

/** The error of a value that may be a key or hold one: it shows the type alone. */
export function unsaid(parameter: string, value: unknown, expected: string): InvalidQueryError {
  const type = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
  const message = `${parameter} is of type ${type}. Expected ${expected}.`
  return new InvalidQueryError([{ parameter, value: type, code: 'INVALID_VALUE', message }])
}
