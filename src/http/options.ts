/** The options of a handler, checked once. */
import { type Clock, readClock } from '../base/clock.ts'
import type { BigNumbers } from '../base/json.ts'
import { checkFlag, checkInteger, checkMaxWork, invalidOption } from '../base/options.ts'
import { formatInstant, type Instant } from '../base/text/instant.ts'
import { originOf } from './cors.ts'
import { type Environment, type EnvironmentInput, environmentOf, readEnvironments } from './environments.ts'
import { type InjectedFault, type InjectedFaultOptions, readFault } from './faults.ts'
import { BodiesInFlight } from './in-flight.ts'
import type { Role } from './keys.ts'
import { type Limits, readLimits } from './limits.ts'
import type { Persistence } from './persistence.ts'
import type { AgentState, AnyStore } from './state.ts'

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
