/** The options of `conversation-store serve`, and what they mean together. */
import { type Command, InvalidArgumentError } from 'commander'
import { originOf } from '../http/cors.ts'
import { MAX_PAGE_SIZE } from '../query/paging.ts'
import { UsageError } from './failure.ts'
import {
  addAddressOptions,
  addGateOptions,
  collect,
  type Environment,
  type GateSettings,
  list,
  type Parsed,
  readGate,
} from './gate-options.ts'
import { HELP } from './help.ts'

/** How a server is set up. Its options fit together. */
export interface ServeSettings extends GateSettings {
  readonly files: readonly string[]
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
  readonly cors: readonly string[]
  readonly baseUrl: string | undefined
  readonly skipInvalid: boolean
}

/** The port when none is named. */
const PORT = { number: 8400, isFree: false }

/** Adds the options to the command. */
export function addServeOptions(command: Command): Command {
  command.argument('[FILE...]', 'conversations to begin with, in any form that query reads')
  addAddressOptions(command, `the port to listen on; 0 takes a free one and prints it (default: ${PORT.number})`)
  command
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
    .option('--cors <origin>', 'an origin whose pages may call, repeatable; * for all, with keys', collect)
    .option('--base-url <url>', 'where links in answers point; by default where the request was sent')
  return addGateOptions(command).option('--skip-invalid', HELP.skipInvalid)
}

/** The settings from options and environment. Throws a `UsageError` where they do not fit together. */
export function readSettings(files: readonly string[], options: Parsed, environment: Environment): ServeSettings {
  const settings: ServeSettings = {
    ...readGate(options, environment, PORT),
    files,
    pageSize: options.pageSize as number | undefined,
    maxWork: options.maxWork as number | undefined,
    environments: list(options.environment),
    defaultEnvironment: options.defaultEnvironment as string | undefined,
    strict: options.strict === true,
    watch: options.watch === true,
    save: options.save as string | undefined,
    repair: options.repair === true,
    cors: list(options.cors).map(readOrigin),
    baseUrl: options.baseUrl === undefined ? undefined : readBaseUrl(options.baseUrl as string),
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
