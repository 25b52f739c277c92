/** The options of a server that say where it listens and whom it lets in. */
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import type { Role } from '../http/index.ts'
import { isLoopback } from '../node/gate.ts'
import { UsageError } from './failure.ts'
import { freshKey } from './serve-key.ts'

/** Where a server listens, and whom it lets in. */
export interface GateSettings {
  readonly port: number
  /** Whether a free port will do where this one is taken. */
  readonly isPortFree: boolean
  readonly host: string
  /** Without any key every request is let in. */
  readonly keys: ReadonlyMap<string, Role>
  readonly allowHosts: readonly string[]
  readonly trustProxy: boolean
  readonly log: boolean
}

/** The options as commander gives them. */
export type Parsed = Readonly<Record<string, unknown>>

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment variables with keys, several with commas between. */
const KEYS_VARIABLE = 'CONVERSATION_STORE_KEY'
const READ_KEYS_VARIABLE = 'CONVERSATION_STORE_READ_KEY'

/** Adds the options of the address and the keys. */
export function addAddressOptions(command: Command, portText: string): Command {
  return command
    .option('--port <number>', portText, readPort)
    .option('--host <address>', 'the address to listen on; one that other machines reach needs a key', '127.0.0.1')
    .option('--key <key>', `a key that may write, repeatable; also from ${KEYS_VARIABLE}`, collect)
    .option('--read-key <key>', `a key that may only read, repeatable; also from ${READ_KEYS_VARIABLE}`, collect)
}

/** Adds the options of host names, proxies and the log. */
export function addGateOptions(command: Command): Command {
  return command
    .option('--allow-host <name>', 'a host name to be served under besides localhost, repeatable', collect)
    .option('--trust-proxy', 'trust X-Forwarded-Host and X-Forwarded-Proto of the proxy in front')
    .option('--log', 'print each request to standard error')
}

/** The port of a server that is not asked for one; `isFree`: whether a free one will do where that is taken. */
export interface DefaultPort {
  readonly number: number
  readonly isFree: boolean
}

/** The settings of these options. Throws a `UsageError`. */
export function readGate(options: Parsed, environment: Environment, { number, isFree }: DefaultPort): GateSettings {
  const settings: GateSettings = {
    port: (options.port as number | undefined) ?? number,
    isPortFree: isFree && options.port === undefined,
    host: readHost(options.host as string),
    keys: readKeys(options, environment),
    allowHosts: list(options.allowHost).map(readHostName),
    trustProxy: options.trustProxy === true,
    log: options.log === true,
  }
  const { host, keys } = settings
  if (keys.size === 0 && !isLoopback(host))
    throw new UsageError(
      `--host ${host} can be reached from other machines, so it needs a key. Add one, for instance --key ${freshKey()}, or set ${KEYS_VARIABLE}.`,
    )
  return settings
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('Expected a number from 0 to 65535.')
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

function readKeys(options: Parsed, environment: Environment): Map<string, Role> {
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

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** The values of such an option. */
export function list(value: unknown): readonly string[] {
  return (value as readonly string[] | undefined) ?? []
}
