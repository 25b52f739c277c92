/** The options of `conversation-store serve`, and what they mean together. */
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { isLoopback } from '../node/gate.ts'
import { UsageError } from './input.ts'
import { freshKey } from './serve-key.ts'

/** A server that had to stop by itself; the message is for the person who started it. */
export class ServeFailure extends Error {}

/** What a key may do. */
export type Role = 'read' | 'write'

/** How a server is to be, once its options are known to fit together. */
export interface ServeSettings {
  readonly files: readonly string[]
  readonly port: number
  readonly host: string
  /** No key: any request is let in. */
  readonly keys: ReadonlyMap<string, Role>
  readonly pageSize: number | undefined
  /** Slugs that are known besides the API's own. */
  readonly environments: readonly string[]
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

/** Where keys are looked for besides the options, several with commas between. */
const KEYS_VARIABLE = 'CONVERSATION_STORE_KEY'
const READ_KEYS_VARIABLE = 'CONVERSATION_STORE_READ_KEY'

/** The port when none is named. */
const DEFAULT_PORT = 8400

/** Puts the options to the command. */
export function addServeOptions(command: Command): Command {
  return command
    .argument('[FILE...]', 'conversations to begin with, in any form that query reads; none: it starts empty')
    .option('--port <number>', 'the port to listen on; 0 takes a free one and prints it', readPort, DEFAULT_PORT)
    .option('--host <address>', 'the address to listen on; any that other machines reach needs a key', '127.0.0.1')
    .option('--key <key>', `a key that may write, repeatable; also from ${KEYS_VARIABLE}`, collect)
    .option('--read-key <key>', `a key that may only read, repeatable; also from ${READ_KEYS_VARIABLE}`, collect)
    .option('--page-size <rows>', 'rows a page where a request does not say, 1 to 100 (default: 10)', readPageSize)
    .option('--environment <slug>', 'an environment besides production and development, repeatable', collect)
    .option('--strict', 'answer 400 to a query parameter that is unknown, naming the nearest known one')
    .option('--watch', 'read files again when they change')
    .option('--save <file>', 'keep what clients write in this file; FILEs are read only when it is new')
    .option('--repair', 'with --save: drop what is damaged in the file, and keep a copy of it')
    .option('--allow-host <name>', 'a host name to be served under besides localhost, repeatable', collect)
    .option('--cors <origin>', 'an origin whose pages may use the server, repeatable; * for all, with keys', collect)
    .option('--base-url <url>', 'where links in answers point, in place of where the request was sent')
    .option('--trust-proxy', 'believe X-Forwarded-Host and X-Forwarded-Proto of the proxy in front')
    .option('--log', 'print each request to standard error')
    .option('--skip-invalid', 'leave out rows that are no conversations, and tell them, instead of stopping')
}

/** The options as commander gives them. */
type Parsed = Readonly<Record<string, unknown>>

/** The settings that the options and the environment say. Throws a `UsageError` where they do not fit together. */
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
    environments: list(options.environment),
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

/** What does not go together, and what to say of it. */
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
  if (/^\d+$/.test(text) && size >= 1 && size <= 100) return size
  throw new InvalidArgumentError('Expected a number from 1 to 100.')
}

/** The address; the name `localhost` is 127.0.0.1, since what it resolves to differs from machine to machine. */
function readHost(host: string): string {
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) !== 0) return address
  throw new UsageError(`--host ${host} is no IP address. Expected one, such as 127.0.0.1, ::1 or 0.0.0.0.`)
}

function readHostName(name: string): string {
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(:\d+)?$/i.test(name)) return name
  throw new UsageError(
    `--allow-host ${name} is no host name. Expected one, such as api.test, without a scheme or path.`,
  )
}

function readOrigin(origin: string): string {
  if (origin === '*') return origin
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url !== undefined && url.origin === origin.replace(/\/$/, '').toLowerCase()) return url.origin
  const hint = url === undefined || url.origin === 'null' ? 'https://app.example' : url.origin
  throw new UsageError(`--cors ${origin} is no origin. Expected a scheme and a host, such as ${hint}.`)
}

function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return text
  throw new UsageError(`--base-url ${text} is no base of links. Expected an http(s) URL, such as https://api.example.`)
}

function readKeys(options: Parsed, environment: Readonly<Record<string, string | undefined>>): Map<string, Role> {
  const keys = new Map<string, Role>()
  const give = (role: Role, given: readonly string[]) => {
    for (const key of given) {
      // Neither the key nor a part of it is printed.
      if (!/^[\x21-\x7e]+$/.test(key))
        throw new UsageError('A key is empty or has characters that no header can carry.')
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
