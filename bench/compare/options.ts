/** What a run is asked to do. */
import { parseArgs } from 'node:util'
import { PEERS } from './peers/index.ts'
import { QUESTIONS } from './questions.ts'

/** The sizes of generated data. */
export const SIZES: Readonly<Record<string, { readonly rows: number; readonly messages: 'full' | 'short' }>> = {
  '10k': { rows: 10_000, messages: 'full' },
  '100k': { rows: 100_000, messages: 'full' },
  '1m': { rows: 1_000_000, messages: 'short' },
}

/** All that can be asked for by name: the questions, and what is measured in another way. */
export const QUESTION_IDS: readonly string[] = [...QUESTIONS.map(({ id }) => id), 'W9', 'W10', 'W11']

/** A run. */
export interface Options {
  readonly size: string
  readonly only: readonly string[]
  readonly peers: readonly string[]
  readonly seed: number
  /** A folder of real conversations, asked besides the generated ones of this size or alone. */
  readonly data: string | undefined
  readonly rounds: number
  /** Milliseconds of timed calls a question, peer and round. */
  readonly budget: number
  /** The most minutes that all peers together may take; what is left then is not run, and said so. */
  readonly minutes: number
  readonly isGrowth: boolean
  readonly isVerbose: boolean
  /** Whether the processes of the peers write a CPU profile. */
  readonly isProfiled: boolean
}

export const HELP = `npm run bench -- [options]

  --size 10k|100k|1m   how many generated conversations (100k)
  --data [folder]      the real conversations of a folder of *.ndjson.gz instead; the project's corpora, if none is named
  --only W2,W6         these questions alone; W6 means W6a to W6g (${QUESTION_IDS.join(', ')})
  --peers ours,...     these peers alone (${Object.keys(PEERS).join(', ')})
  --rounds 2           how often each peer is run, in a process of its own each time
  --budget 1000        milliseconds of timed calls a question, peer and round
  --minutes 25         the most that all peers together may take
  --seed 1             of the generated rows and of what is asked
  --growth             W1, W4 and W2 at 10k, 100k and 1m (or up to --size), at equal numbers of results
  --verbose            what the processes of the peers print
  --profile            a CPU profile of each process, in bench/results/profiles`

/** Reads the command line. Throws with a text for people. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: withFolder(args),
    options: {
      size: { type: 'string' },
      only: { type: 'string' },
      peers: { type: 'string' },
      seed: { type: 'string', default: '1' },
      data: { type: 'string' },
      rounds: { type: 'string', default: '2' },
      budget: { type: 'string', default: '1000' },
      minutes: { type: 'string', default: '25' },
      growth: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const size = values.size ?? (values.growth ? '1m' : '100k')
  if (SIZES[size] === undefined) {
    throw new Error(`--size is ${size}. Expected one of ${Object.keys(SIZES).join(', ')}.`)
  }
  return {
    size,
    only: questionsOf(values.only),
    peers: peersOf(values.peers ?? (values.growth ? GROWTH_PEERS : undefined)),
    seed: whole('seed', values.seed),
    data: values.data,
    rounds: whole('rounds', values.rounds),
    budget: whole('budget', values.budget),
    minutes: whole('minutes', values.minutes),
    isGrowth: values.growth,
    isVerbose: values.verbose,
    isProfiled: values.profile,
  }
}

/** Growth is a question to the library; the others stand beside it. */
const GROWTH_PEERS = 'ours,columns,better-sqlite3,roaring'

const DATA_FOLDER = '../shared/data'

/** `--data` may stand alone: the corpora lie beside the checkout, where there are any. */
function withFolder(args: readonly string[]): string[] {
  return args.flatMap((arg, i) =>
    arg === '--data' && (args[i + 1] === undefined || args[i + 1]!.startsWith('--')) ? [arg, DATA_FOLDER] : [arg],
  )
}

function questionsOf(list: string | undefined): string[] {
  if (list === undefined) return [...QUESTION_IDS]
  return list.split(',').flatMap((name) => {
    const ids = QUESTION_IDS.filter(
      (id) => id === name || (/^[a-z]$/.test(id.slice(name.length)) && id.startsWith(name)),
    )
    if (ids.length === 0) throw new Error(`--only names ${name}. There are ${QUESTION_IDS.join(', ')}.`)
    return ids
  })
}

function peersOf(list: string | undefined): string[] {
  if (list === undefined) return Object.keys(PEERS)
  return list.split(',').map((name) => {
    if (PEERS[name] === undefined) throw new Error(`--peers names ${name}. There are ${Object.keys(PEERS).join(', ')}.`)
    return name
  })
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} is ${text}. Expected a whole number from 1.`)
  return value
}
