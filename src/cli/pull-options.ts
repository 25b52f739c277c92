/** The options of `conversation-store pull`. */
import { type Command, Option } from 'commander'
import { type HostedSettings, readHostedOptions } from '../hosted/options.ts'
import type { QuerySpec } from '../query/spec.ts'
import { writeParams } from '../wire/params.ts'
import { UsageError } from './failure.ts'
import { readSpec } from './query-spec.ts'
import { wireOptions } from './wire-options.ts'

/** Options of a query that say which rows of an answer come, and how: all come, by their time. */
const OF_PAGES = ['page', 'page_size', 'cursor', 'ordering', 'full']

/** What is fetched, and where to. */
export interface PullSettings {
  readonly hosted: HostedSettings
  readonly query: Pick<QuerySpec, 'where' | 'includeDeleted'>
  /** The query in the parameters of the API. */
  readonly asked: string
  readonly output: string
}

/** Adds the options to the command. */
export function addPullOptions(command: Command): Command {
  command
    .requiredOption('--from <url>', 'where the API is: https://api.example.com')
    .addOption(new Option('--key <key>', 'the key of the agent').env('AGENTSIGHT_API_KEY'))
    .requiredOption('-o, --output <file>', 'the file to write, gzipped where its name ends in .gz')
  for (const option of wireOptions()) if (!OF_PAGES.includes(option.attributeName())) command.addOption(option)
  return command
}

/** The settings of the options as commander gives them. Throws for a filter that the API has no parameter for. */
export function readPullSettings(options: Readonly<Record<string, unknown>>): PullSettings {
  const output = options.output as string
  if (output === '' || output === '-') throw new UsageError('--output needs the name of a file.')
  const { from, key } = options as { from: string; key?: string }
  const hosted = readHostedOptions({ url: from, ...(key !== undefined && key !== '' && { key }) })
  const { where, includeDeleted } = readSpec(options)
  const query = { where, ...(includeDeleted && { includeDeleted }) }
  return {
    hosted,
    query,
    asked: String(new URLSearchParams(writeParams(query, { hosted: true }) as [string, string][])),
    output,
  }
}
