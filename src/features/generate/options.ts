/** What to generate. */
import { didYouMean, show } from '../../base/errors.ts'
import { checkChoice, checkInteger, checkOptions, invalidOption } from '../../base/options.ts'
import { isPlain } from '../../base/plain.ts'
import type { Json, Sentiment } from '../../row/conversation.ts'
import type { Draw } from './random.ts'

/** The eight keys of a generated row's `metadata`, where no other metadata is asked for. */
export type GeneratedMetadata = {
  readonly analysis: { readonly sentiment: Sentiment; readonly topic: string; readonly resolved: boolean }
  readonly order: { readonly id: string; readonly total: number }
  readonly channel: string
  readonly plan: string
  readonly vip: boolean
  readonly wait_seconds: number
  readonly agent_version: string
  readonly tags: readonly string[]
}

/** What a generated tool was asked and what it answered. */
export interface GeneratedRun {
  /** `{}` when absent. */
  readonly input?: Json
  /** `'done'` when absent, and `''` with an error. */
  readonly output?: Json
  /** The text of the error, where the tool failed. */
  readonly error?: string
}

/** Makes the run of a tool. It may draw from nothing but `draw`, so that the same seed gives the same rows. */
export type ToolMaker = (draw: Draw) => GeneratedRun

/** Makes the metadata of the row with this number, from 0. It may draw from nothing but `draw`. */
export type MetadataMaker<Metadata> = (draw: Draw, number: number) => Metadata

/** What to generate. All of it has a default. */
export interface GenerateOptions {
  /** Any whole number; 1 when absent. */
  readonly seed?: number | undefined
  /** How many conversations; 100 when absent. */
  readonly count?: number | undefined
  /** The languages, each as frequent as the others; a dozen, most of them `en`, when absent. */
  readonly languages?: readonly string[] | undefined
  /**
   * The actions: names, the most frequent first, or functions by name that make what the tool was asked and what it
   * answered. None for an empty list. Forty names of customer service when absent.
   */
  readonly tools?: readonly string[] | { readonly [name: string]: ToolMaker } | undefined
  /** The metadata of every row, or a function that makes one. `GeneratedMetadata` when absent. */
  readonly metadata?: undefined
  /** `full`, the default: 6 to 16 messages of about 100 characters. `short`: two of about 30. */
  readonly messages?: 'full' | 'short' | undefined
  /** `time`, the default: oldest first. `shuffled`: the same rows in no order. */
  readonly order?: 'time' | 'shuffled' | undefined
}

/** What to generate, with metadata of the caller's. */
export interface GenerateOptionsWith<Metadata> extends Omit<GenerateOptions, 'metadata'> {
  /** The metadata of every row, or a function that makes one. */
  readonly metadata: Metadata | MetadataMaker<Metadata>
}

const KNOWN = ['seed', 'count', 'languages', 'tools', 'metadata', 'messages', 'order']

/** Throws `InvalidQueryError` for options that are wrong. */
export function checkGenerateOptions(options: GenerateOptions | GenerateOptionsWith<object>): void {
  checkOptions('generateConversations', options, KNOWN)
  const { seed, count, languages, tools, metadata, messages, order } = options
  if (seed !== undefined) checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  if (count !== undefined) checkInteger('count', count, 0)
  if (messages !== undefined) checkChoice('messages', messages, ['full', 'short'])
  if (order !== undefined) checkChoice('order', order, ['time', 'shuffled'])
  if (languages !== undefined && !(isListOfNames(languages) && languages.length > 0))
    throw invalidOption('languages', languages, 'a list of languages, such as ["en", "de"]')
  if (tools !== undefined) checkTools(tools)
  if (metadata !== undefined && typeof metadata !== 'function' && !isPlain(metadata))
    throw invalidOption('metadata', metadata, 'an object, or a function that makes one')
}

function checkTools(tools: unknown): void {
  if (isListOfNames(tools)) return
  if (!isPlain(tools))
    throw invalidOption(
      'tools',
      tools,
      'a list of names, or an object of functions: { lookup_order: () => ({ input }) }',
    )
  for (const [name, make] of Object.entries(tools))
    if (typeof make !== 'function' || name === '')
      throw invalidOption(`tools[${show(name)}]`, make, 'a function that makes a run: () => ({ input, output })')
}

const RUN = ['input', 'output', 'error']

/** What a function of `tools` made, checked. */
export function checkRun(name: string, run: unknown): GeneratedRun {
  const parameter = `The run that tools[${show(name)}] made`
  if (!isPlain(run)) throw invalidOption(parameter, run, 'an object { input, output, error }')
  const unknown = Object.keys(run).find((key) => !RUN.includes(key))
  if (unknown === undefined) return run
  throw invalidOption(`${parameter}`, run, `the keys ${RUN.join(', ')}`, didYouMean(unknown, RUN))
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}
