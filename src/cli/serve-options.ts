/** The options of `conversation-store serve`, and what they mean together. */
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { originOf } from '../http/cors.ts'
import { isLoopback } from '../node/gate.ts'
import { MAX_PAGE_SIZE } from '../query/paging.ts'
import { UsageError } from './failure.ts'
import { HELP } from './help.ts'
import { freshKey } from './serve-key.ts'

/** What a key may do. */
export type Role = 'read' | 'write'

/** How a server is set up. Its options fit together. */
export interface ServeSettings {
  readonly files: readonly string[]
  readonly port: number
  readonly host: string
  /** Without any key every request is let in. */
  readonly keys: ReadonlyMap<string, Role>
  readonly pageSize: number | undefined
  readonly maxWork: number | undefined
  /** Slugs besides those of the API. */
  readonly environments: readonly string[]
  /** The environment of what names none; that of each route when absent. */
  readonly defaultEnvironment: string | undefined
  readonly strict: boolean
  readonly watch: boolean
  readonly save: string | undefined
  readonly repair: boolean
  readonly allowHosts: readonly string[]
  readonly cors: readonly string[]
  readonly baseUrl: string | undefined
  readonly trustProxy: boolean
  readonly log: boolean
  readonly skipInvalid: boolean
}

/** The environment variables with keys, several with commas between. */
const KEYS_VARIABLE = 'CONVERSATION_STORE_KEY'
const READ_KEYS_VARIABLE = 'CONVERSATION_STORE_READ_KEY'

/** The port when none is named. */
const DEFAULT_PORT = 8400

/** Adds the options to the command. */
export function addServeOptions(command: Command): Command {
  return command
    .argument('[FILE...]', 'conversations to begin with, in any form that query reads')
    .option('--port <number>', 'the port to listen on; 0 takes a free one and prints it', readPort, DEFAULT_PORT)
    .option('--host <address>', 'the address to listen on; one that other machines reach needs a key', '127.0.0.1')
    .option('--key <key>', `a key that may write, repeatable; also from ${KEYS_VARIABLE}`, collect)
    .option('--read-key <key>', `a key that may only read, repeatable; also from ${READ_KEYS_VARIABLE}`, collect)
    .option(
      '--page-size <rows>',
      `rows a page where a request does not say, 1 to ${MAX_PAGE_SIZE} (default: 10)`,
      readPageSize,
    )
    .option('--max-work <units>', HELP.maxWork, readMaxWork)
    .option('--environment <slug>', 'an environment besides production and development, repeatable', collect)
    .option('--default-environment <slug>', 'the environment of what names none (default: what each route documents)')
    .option('--strict', 'answer 400 to an unknown query parameter, naming the nearest known one')
    .option('--watch', 'read FILEs again when they change')
    .option('--save <file>', 'keep what clients write in this file; FILEs are read only when it is new')
    .option('--repair', 'with --save: drop damaged lines of that file, after copying it')
    .option('--allow-host <name>', 'a host name to be served under besides localhost, repeatable', collect)
    .option('--cors <origin>', 'an origin whose pages may call, repeatable; * for all, with keys', collect)
    .option('--base-url <url>', 'where links in answers point; by default where the request was sent')
    .option('--trust-proxy', 'trust X-Forwarded-Host and X-Forwarded-Proto of the proxy in front')
    .option('--log', 'print each request to standard error')
    .option('--skip-invalid', HELP.skipInvalid)
}

/** The options as commander gives them. */
type Parsed = Readonly<Record<string, unknown>>

/** The settings from options and environment. Throws a `UsageError` where they do not fit together. */
export function readSettings(
  files: readonly string[],
  options: Parsed,
  environment: Readonly<Record<string, string | undefined>>,
): ServeSettings {
  const settings: ServeSettings = {
    files,
    port: options.port as number,
    host: readHost(options.host as string),
    keys: readKeys(options, environment),
    pageSize: options.pageSize as number | undefined,
    maxWork: options.maxWork as number | undefined,
    environments: list(options.environment),
    defaultEnvironment: options.defaultEnvironment as string | undefined,
    strict: options.strict === true,
    watch: options.watch === true,
    save: options.save as string | undefined,
    repair: options.repair === true,
    allowHosts: list(options.allowHost).map(readHostName),
    cors: list(options.cors).map(readOrigin),
    baseUrl: options.baseUrl === undefined ? undefined : readBaseUrl(options.baseUrl as string),
    trustProxy: options.trustProxy === true,
    log: options.log === true,
    skipInvalid: options.skipInvalid === true,
  }
  for (const [isWrong, text] of CONFLICTS) {
    if (isWrong(settings)) throw new UsageError(typeof text === 'string' ? text : text(settings))
  }
  return settings
}

/** Settings that do not go together, and what to say of them. */
const CONFLICTS: readonly (readonly [
  (settings: ServeSettings) => boolean,
  string | ((settings: ServeSettings) => string),
])[] = [
  [
    ({ host, keys }) => keys.size === 0 && !isLoopback(host),
    ({ host }) =>
      `--host ${host} can be reached from other machines, so it needs a key. Add one, for instance --key ${freshKey()}, or set ${KEYS_VARIABLE}.`,
  ],
  [
    ({ defaultEnvironment: slug, environments }) =>
      slug !== undefined && !['production', 'development', 'prod', 'dev', ...environments].includes(slug),
    ({ defaultEnvironment: slug }) =>
      `--default-environment ${slug} is not a known environment. Add --environment ${slug}, or name another one.`,
  ],
  [
    ({ cors, keys }) => cors.includes('*') && keys.size === 0,
    '--cors "*" lets every page on the web in, so it needs a key. Add --key, or name the origins.',
  ],
  [
    ({ watch, save }) => watch && save !== undefined,
    '--watch and --save exclude each other: with --save the file given to it is the truth, and FILEs are read only once.',
  ],
  [({ watch, files }) => watch && files.length === 0, '--watch needs a FILE to watch.'],
  [({ watch, files }) => watch && files.includes('-'), '--watch cannot watch standard input.'],
  [({ files }) => files.includes('-') && files.length > 1, '"-" is standard input, which cannot be read beside files.'],
  [({ repair, save }) => repair && save === undefined, '--repair mends the file of --save, which is not given.'],
  [({ save }) => save === '', '--save needs the name of a file.'],
]

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('Expected a number from 0 to 65535.')
}

function readPageSize(text: string): number {
  const size = Number(text)
  if (/^\d+$/.test(text) && size >= 1 && size <= MAX_PAGE_SIZE) return size
  throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_PAGE_SIZE}.`)
}

function readMaxWork(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  throw new InvalidArgumentError('Expected a whole number of units of work, or none.')
}

/** The address. The name `localhost` is 127.0.0.1, for it resolves to another on some machines. */
function readHost(host: string): string {
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) !== 0) return address
  throw new UsageError(`--host ${host} is not an IP address. Expected one, such as 127.0.0.1, ::1 or 0.0.0.0.`)
}

function readHostName(name: string): string {
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(:\d+)?$/i.test(name)) return name
  throw new UsageError(
    `--allow-host ${name} is not a host name. Expected one, such as api.test, without a scheme or path.`,
  )
}

function readOrigin(given: string): string {
  const origin = given === '*' ? given : originOf(given)
  if (origin !== undefined) return origin
  const hint = URL.canParse(given) && new URL(given).host !== '' ? new URL(given) : new URL('https://app.example')
  const example = `${hint.protocol}//${hint.host}`
  throw new UsageError(`--cors ${given} is not an origin. Expected a scheme and a host, such as ${example}.`)
}

function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return text
  throw new UsageError(`--base-url ${text} cannot begin links. Expected an http(s) URL, such as https://api.example.`)
}

function readKeys(options: Parsed, environment: Readonly<Record<string, string | undefined>>): Map<string, Role> {
  const keys = new Map<string, Role>()
  const give = (role: Role, given: readonly string[]) => {
    for (const key of given) {
      // Neither the key nor a part of it is printed.
      if (!/^[\x21-\x7e]+$/.test(key))
        throw new UsageError('A key is empty or has characters that a header cannot carry.')
      if ((keys.get(key) ?? role) !== role) throw new UsageError('The same key is given to write and only to read.')
      keys.set(key, role)
    }
  }
  give('write', [...list(options.key), ...split(environment[KEYS_VARIABLE])])
  give('read', [...list(options.readKey), ...split(environment[READ_KEYS_VARIABLE])])
  return keys
}

function split(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}

function list(value: unknown): readonly string[] {
  return (value as readonly string[] | undefined) ?? []
}
