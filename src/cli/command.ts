/** The commands and their options; a file each says what they do. */
import { Command, type CommanderError, Option } from 'commander'
import { nearest } from '../base/errors.ts'
import { FORMAT_NAMES } from '../features/formats/names.ts'
import { addBuildOptions } from './build-options.ts'
import { addExploreOptions } from './explore-options.ts'
import { endOf } from './failure.ts'
import { FORMATS, type FormatName } from './formats.ts'
import { HELP } from './help.ts'
import { addPullOptions } from './pull-options.ts'
import { runQuery } from './query-command.ts'
import { addServeOptions } from './serve-options.ts'
import { runStats } from './stats-command.ts'
import { type Streams, say, writeAll } from './streams.ts'
import { addVerifyOptions } from './verify-options.ts'
import { version } from './version.ts'
import { describeLists, describeLookups, normalizeArguments, wireOptions } from './wire-options.ts'

/** The options as commander gives them. */
type Parsed = Readonly<Record<string, unknown>>

/** Runs the command with these arguments and gives its exit code. Only bugs throw. */
export async function runCommand(args: readonly string[], streams: Streams): Promise<number> {
  const help: string[] = []
  const program = makeProgram(streams, help)
  let failure: unknown
  try {
    await program.parseAsync(normalizeArguments(args), { from: 'user' })
  } catch (error) {
    failure = error
  }
  try {
    await writeAll(streams.stdout, help)
  } catch (error) {
    failure = error
  }
  if (failure === undefined) return 0
  const end = endOf(failure)
  if (end === undefined) throw failure
  if (end.line !== undefined) say(streams, `error: ${end.line}${suggestion(failure, program)}`)
  return end.code
}

/** @param help Takes what commander prints. */
function makeProgram(streams: Streams, help: string[]): Command {
  const program = new Command('conversation-store')
    .description(
      'Queries conversations in files and folders: rows as NDJSON or JSON, journals, snapshots, and what other tools write.',
    )
    .version(version)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => help.push(text),
      // Errors are written once, by runCommand.
      writeErr: () => {},
      getOutHelpWidth: () => (streams.stdout.isTTY ? streams.stdout.columns : 80),
    })

  const query = program
    .command('query')
    .description('Print the conversations that all filters hold for, newest first.')
    .argument('[FILE...]', HELP.files)
  for (const option of wireOptions()) query.addOption(option)
  query
    .optionsGroup('Output:')
    .addOption(
      new Option('--format <name>', 'how to print').choices(Object.keys(FORMATS)).default('table' satisfies FormatName),
    )
    .addOption(new Option('--all', 'print all rows that match, not one page').conflicts(['page', 'cursor']))
    .addOption(
      new Option('--count', 'print how many rows match, as a bare number').conflicts([
        ...['all', 'explain', 'format', 'page', 'page_size', 'cursor', 'ordering', 'full'],
      ]),
    )
    .addOption(
      new Option(
        '--aggregate <function field>',
        "print what numbers come to, not rows: count, sum, min, max, avg, p50, p90, p95, p99, distinct; repeatable; 'sum metadata.tokens.total'",
      )
        .argParser(collected)
        .conflicts(['all', 'count', 'explain', 'page', 'page_size', 'cursor', 'ordering', 'full']),
    )
    .addOption(new Option('--by <fields>', 'group by up to three fields or metadata paths').argParser(collected))
    .addOption(new Option('--every <unit>', 'group by time: hour, day, week or month'))
    .addOption(new Option('--time-zone <zone>', 'the time zone of --every (default: UTC)'))
    .addOption(new Option('--limit <n>', 'print at most so many groups'))
    .option('--explain', 'print how the store answers the query and what that costs, not rows')
    .option('--skip-invalid', HELP.skipInvalid)
    .addHelpText('after', `\n${describeLists()}\n\n${describeLookups()}\n${HELP.query}`)
    .action((files: string[], options: Parsed) => runQuery(files, options, streams))

  program
    .command('stats')
    .description('Print how many conversations there are, their most frequent values, and the size of the indexes.')
    .argument('[FILE...]', HELP.files)
    .addOption(new Option('--format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--skip-invalid', HELP.skipInvalid)
    .addHelpText('after', HELP.stats)
    .action((files: string[], options: Parsed) => runStats(files, options, streams))

  addBuildOptions(program.command('build'))
    .description('Write conversations and their indexes as a snapshot, which opens at once.')
    .addHelpText('after', HELP.build)
    .action(async (files: string[], options: Parsed) => {
      const { runBuild } = await import('./build-command.ts')
      await runBuild(files, options, streams)
    })

  program
    .command('inspect')
    .description('Print what a snapshot holds, and check it.')
    .argument('<FILE>', 'a snapshot, gzipped or not, or the manifest of one in parts')
    .option('--verify', 'check all of it, each document too, and report the first damage')
    .addOption(new Option('--format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText('after', HELP.inspect)
    .action(async (file: string, options: Parsed) => {
      const { runInspect } = await import('./inspect-command.ts')
      await runInspect(file, options, streams)
    })

  program
    .command('import')
    .description('Write conversations of other tools as rows, one a line.')
    .argument('[FILE...]', HELP.files)
    .addOption(
      new Option('--from <format>', 'the format of the files (default: found by their content)').choices(FORMAT_NAMES),
    )
    .option('-o, --output <file>', 'the file to write, gzipped where its name ends in .gz (default: standard output)')
    .option('--lossy', 'leave out what has no place in a row, and instructions')
    .option('--skip-invalid', HELP.skipInvalid)
    .addHelpText('after', HELP.import)
    .action(async (files: string[], options: Parsed) => {
      const { runImport } = await import('./import-command.ts')
      await runImport(files, options, streams)
    })

  addPullOptions(program.command('pull'))
    .description('Copy conversations of the hosted API, or of a server of serve, to a file.')
    .addHelpText('after', `\n${describeLists()}\n${HELP.pull}`)
    .action(async (options: Parsed) => {
      const { runPull } = await import('./pull-command.ts')
      await runPull(options, streams)
    })

  addExploreOptions(program.command('explore'))
    .description('Show conversations in the browser: filter, read, count, mark. Nothing leaves this machine.')
    .addHelpText('after', HELP.explore)
    .action(async (files: string[], options: Parsed) => {
      const { runExplore } = await import('./explore-command.ts')
      await runExplore(files, options, streams)
    })

  addVerifyOptions(program.command('verify'))
    .description('Ask a service and a store in memory the same queries over the same rows, and show where they differ.')
    .addHelpText('after', HELP.verify)
    .action(async (options: Parsed) => {
      const { runVerify } = await import('./verify-command.ts')
      await runVerify(options, streams)
    })

  addServeOptions(program.command('serve'))
    .description('Answer HTTP requests on this machine as the hosted API does, with these conversations or none.')
    .addHelpText('after', HELP.serve)
    .action(async (files: string[], options: Parsed) => {
      // The other commands need neither the server nor the router.
      const { runServe } = await import('./serve-command.ts')
      await runServe(files, options, streams)
    })

  return program.addHelpText('after', HELP.program)
}

/** The values of an option that may be given several times. */
function collected(value: string, others: readonly string[] = []): readonly string[] {
  return [...others, value]
}

/** The nearest option or command, where commander met an unknown one. */
function suggestion(failure: unknown, program: Command): string {
  const [, unknown] = /unknown (?:option|command) '([^']+)'/.exec((failure as CommanderError).message) ?? []
  if (unknown === undefined) return ''
  const known = program.commands.flatMap((command) => [
    command.name(),
    ...command.options.map(({ long }) => long ?? ''),
  ])
  const near = nearest(unknown, known)
  return near === undefined ? '' : `. Did you mean ${near}?`
}
