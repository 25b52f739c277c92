/** The commands and their options; what they do stands in a file each. */
import { Command, CommanderError, Option } from 'commander'
import { version } from '../../package.json'
import { ConversationStoreError, type Fault, InvalidPageError, InvalidQueryError, nearest } from '../base/errors.ts'
import { JournalError } from '../node/journal/errors.ts'
import { FORMATS, type FormatName } from './formats.ts'
import { UsageError } from './input.ts'
import { runQuery } from './query-command.ts'
import { addServeOptions, ServeFailure } from './serve-options.ts'
import { runStats } from './stats-command.ts'
import { describeLookups, normalizeArguments, optionName, wireOptions } from './wire-options.ts'

/** The streams that a command reads and writes. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** The exit code of input that cannot be used: an unknown option, a bad value, a file that is none. */
const BAD_INPUT = 2
/** The exit code of a command that began well and had to stop. */
const FAILED = 1

/** Runs the command with these arguments and gives its exit code. Only bugs throw. */
export async function runCommand(args: readonly string[], streams: Streams): Promise<number> {
  const program = makeProgram(streams)
  try {
    await program.parseAsync(normalizeArguments(args), { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const text = describe(error, program)
    if (text === undefined) throw error
    streams.stderr.write(`error: ${text}\n`)
    return error instanceof ServeFailure ? FAILED : BAD_INPUT
  }
}

function makeProgram(streams: Streams): Command {
  const program = new Command('conversation-store')
    .description(
      'Asks conversations in files: NDJSON, a JSON array, a page of the API or an import file, gzipped or not.',
    )
    .version(version)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      // Errors are written once, by runCommand.
      writeErr: () => {},
    })

  const query = program
    .command('query')
    .description('Print the conversations that all filters hold for, newest first.')
    .argument('[FILE...]', 'files to read; - or none for standard input')
  for (const option of wireOptions()) query.addOption(option)
  query
    .addOption(
      new Option('--format <name>', 'how to print').choices(Object.keys(FORMATS)).default('table' satisfies FormatName),
    )
    .option('--all', 'print all that match, not one page')
    .option('--explain', 'print how the store answers the query, and what that takes, instead of rows')
    .option('--skip-invalid', 'leave out rows that are no conversations, and tell them, instead of stopping')
    .addHelpText('after', `\n${describeLookups()}\n${QUERY_EXAMPLES}`)
    .action((files: string[], options: Readonly<Record<string, unknown>>) => runQuery(files, options, streams))

  program
    .command('stats')
    .description('Print how many conversations there are, by what they can be filtered, and what the indexes take.')
    .argument('[FILE...]', 'files to read; - or none for standard input')
    .addOption(new Option('--format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--skip-invalid', 'leave out rows that are no conversations, and tell them, instead of stopping')
    .addHelpText('after', STATS_EXAMPLES)
    .action((files: string[], options: Readonly<Record<string, unknown>>) => runStats(files, options, streams))

  addServeOptions(program.command('serve'))
    .description('Answer as the hosted API does, over HTTP on this machine, with these conversations or with none.')
    .addHelpText('after', SERVE_EXAMPLES)
    .action(async (files: string[], options: Readonly<Record<string, unknown>>) => {
      // The other commands need neither the server nor the router.
      const { runServe } = await import('./serve-command.ts')
      await runServe(files, options, streams)
    })

  return program.addHelpText('after', EXAMPLES)
}

const QUERY_EXAMPLES = `
Examples:
  $ conversation-store query chats.ndjson.gz --device mobile --message-contains refund
  $ conversation-store query chats.ndjson.gz --metadata analysis.sentiment:negative --is-marked --format csv --all
  $ conversation-store query *.ndjson --started-at-after 2024-06-01 --feedback-sentiment negative --explain`

const STATS_EXAMPLES = `
Examples:
  $ conversation-store stats chats.ndjson.gz
  $ zcat chats.ndjson.gz | conversation-store stats --format json`

const SERVE_EXAMPLES = `
Examples:
  $ conversation-store serve --save recorded.journal
  $ conversation-store serve chats.ndjson.gz --port 0 --watch --log
  $ CONVERSATION_STORE_KEY=ags_... conversation-store serve --host 0.0.0.0`

const EXAMPLES = `
Examples:
  $ conversation-store query chats.ndjson.gz --device mobile --message-contains refund
  $ conversation-store stats chats.ndjson.gz
  $ conversation-store serve chats.ndjson.gz`

/** One line for a person of what was wrong with their input; `undefined` for what is our own fault. */
function describe(error: unknown, program: Command): string | undefined {
  if (error instanceof CommanderError) {
    const text = onOneLine(error.message.replace(/^error: /, ''))
    // Without arguments commander would print its help, which is an answer to no question.
    if (error.code === 'commander.help') return 'say what to do: serve, query or stats. See conversation-store --help.'
    return text + suggestion(error, program)
  }
  if (error instanceof UsageError || error instanceof ServeFailure || error instanceof JournalError) {
    return onOneLine(error.message)
  }
  if (error instanceof InvalidQueryError || error instanceof InvalidPageError) {
    return onOneLine(error.faults.map(describeFault).join(' '))
  }
  if (error instanceof ConversationStoreError) return onOneLine(error.message)
  return undefined
}

/** The fault's message with the option's name in the stead of the parameter's. */
function describeFault({ parameter, message }: Fault): string {
  return message.startsWith(`${parameter}:`) ? optionName(parameter) + message.slice(parameter.length) : message
}

function suggestion(error: CommanderError, program: Command): string {
  const [, unknown] = /unknown (?:option|command) '([^']+)'/.exec(error.message) ?? []
  if (unknown === undefined) return ''
  const known = program.commands.flatMap((command) => [
    command.name(),
    ...command.options.map(({ long }) => long ?? ''),
  ])
  const near = nearest(unknown, known)
  return near === undefined ? '' : `. Did you mean ${near}?`
}

function onOneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}
