/** The options of `conversation-store explore`, and what they mean together. */
import type { Command } from 'commander'
import { UsageError } from './failure.ts'
import {
  addAddressOptions,
  addGateOptions,
  type Environment,
  type GateSettings,
  type Parsed,
  readGate,
} from './gate-options.ts'

/** How the explorer is set up. Its options fit together. */
export interface ExploreSettings extends GateSettings {
  /** Files and folders. */
  readonly files: readonly string[]
  readonly open: boolean
  readonly readOnly: boolean
  readonly save: string | undefined
  readonly strict: boolean
}

/** The port when none is named: beside that of `serve`. Several explorers may be open. */
const PORT = { number: 8401, isFree: true }

/** Adds the options to the command. */
export function addExploreOptions(command: Command): Command {
  command
    .argument(
      '[FILE...]',
      'files and folders to open, in any form that query reads; without any, generated conversations',
    )
    .option('--open', 'open the page in the browser')
    .option('--read-only', 'let nobody mark, rename, rate or delete')
    .option('--save <file>', 'keep what is written in this journal; FILEs are read only when it is new')
  addAddressOptions(command, `the port to listen on; 0 takes a free one (default: ${PORT.number}, or a free one)`)
  addGateOptions(command)
  return command
    .option('--strict', 'let the API answer 400 to an unknown query parameter')
    .option('--skip-invalid', 'what explore does anyway: it reports invalid rows and leaves them out')
}

/** The settings from options and environment. Throws a `UsageError` where they do not fit together. */
export function readExploreSettings(
  files: readonly string[],
  options: Parsed,
  environment: Environment,
): ExploreSettings {
  const settings: ExploreSettings = {
    ...readGate(options, environment, PORT),
    files,
    open: options.open === true,
    readOnly: options.readOnly === true,
    save: options.save as string | undefined,
    strict: options.strict === true,
  }
  for (const [isWrong, text] of CONFLICTS) if (isWrong(settings)) throw new UsageError(text)
  return settings
}

/** Settings that do not go together, and what to say of them. */
const CONFLICTS: readonly (readonly [(settings: ExploreSettings) => boolean, string])[] = [
  [({ save }) => save === '', '--save needs the name of a file.'],
  [
    ({ save, readOnly }) => save !== undefined && readOnly,
    '--read-only and --save exclude each other: nothing is written that could be saved. To look at a journal give it as a FILE.',
  ],
]
