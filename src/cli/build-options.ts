/** The options of `conversation-store build`. */
import { type Command, InvalidArgumentError } from 'commander'
import type { WriteSnapshotOptions } from '../features/snapshot/index.ts'
import { parsePath } from '../query/metadata-path.ts'
import { UsageError } from './failure.ts'
import { HELP } from './help.ts'

/** What is built, and where to. */
export interface BuildSettings {
  readonly files: readonly string[]
  readonly output: string
  readonly contents: Pick<WriteSnapshotOptions, 'text' | 'actions' | 'metadata'>
  /** The most bytes of a part; one file where absent. */
  readonly split: number | undefined
  readonly skipInvalid: boolean
}

/** Adds the options to the command. */
export function addBuildOptions(command: Command): Command {
  return command
    .argument('[FILE...]', HELP.files)
    .requiredOption('-o, --output <file>', 'the file to write; it has its name once it is whole')
    .option('--no-text', 'leave out what finds parts of strings in messages, names and ids: about a third of the file')
    .option('--actions', 'add what finds runs of actions by their input, output and error')
    .option(
      '--metadata <path,...>',
      'the metadata paths with an index, repeatable (default: the 64 most used)',
      readPaths,
    )
    .option('--no-metadata', 'no metadata path with an index')
    .option(
      '--split <size>',
      'write parts of at most this size, such as 24MiB, beside a manifest that is the file of --output',
      readSize,
    )
    .option('--skip-invalid', HELP.skipInvalid)
}

/** The settings of the options as commander gives them. */
export function readBuildSettings(files: readonly string[], options: Readonly<Record<string, unknown>>): BuildSettings {
  const output = options.output as string
  if (output === '' || output === '-')
    throw new UsageError('--output needs the name of a file: a snapshot is not written to standard output.')
  const metadata = options.metadata === false ? [] : ((options.metadata as readonly string[] | undefined) ?? 'auto')
  return {
    files,
    output,
    contents: { text: options.text as boolean, actions: options.actions === true, metadata },
    split: options.split as number | undefined,
    skipInvalid: options.skipInvalid === true,
  }
}

/** A path, or the nothing between two commas; a key in double quotes may hold commas. */
const PATH = /(?:"[^"]*"|[^,])+|(?<=^|,)(?=,|$)/g

/** Paths with commas between them. */
function readPaths(text: string, before: readonly string[] | false | undefined): readonly string[] {
  const paths = (text.match(PATH) ?? []).map((path) => path.trim())
  if (paths.includes('')) throw new InvalidArgumentError('A path is empty: leave it out.')
  const wrong = paths.find((path) => parsePath(path) === undefined)
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `${wrong} is no path. Expected keys with dots between, one with a dot in quotes: a."b.c"`,
    )
  return [...(before || []), ...paths]
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ...{ kb: 1e3, mb: 1e6, gb: 1e9 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
}

/** The smallest part that may be asked for. */
const LEAST_PART = 4_096

function readSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const size = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN))
  if (digits !== '' && size >= LEAST_PART && Number.isSafeInteger(size)) return size
  throw new InvalidArgumentError('Expected a size of at least 4KiB, such as 24MiB, 25MB or 1000000 (bytes).')
}
