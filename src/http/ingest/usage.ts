/** Tokens, by turn and model: one row for each, to which every call of a model adds. */
import type { JsonObject } from '../../row/conversation.ts'
import { ATTRIBUTES, stringOf } from './attributes.ts'
import type { ArchivedSpan } from './span.ts'

/** The columns of tokens, and the attribute that each is read from. */
const COLUMNS = {
  prompt_tokens: 'gen_ai.usage.input_tokens',
  completion_tokens: 'gen_ai.usage.output_tokens',
  embedding_tokens: 'agentsight.llm.embedding_tokens',
  cache_read_tokens: 'agentsight.llm.cache_read_tokens',
  cache_write_tokens: 'agentsight.llm.cache_write_tokens',
  reasoning_tokens: 'agentsight.llm.reasoning_tokens',
  audio_input_tokens: 'agentsight.llm.audio_input_tokens',
  audio_output_tokens: 'agentsight.llm.audio_output_tokens',
} as const

/** A column of tokens. */
export type TokenColumn = keyof typeof COLUMNS

/** The columns of tokens, in their order. */
export const TOKEN_COLUMNS = Object.keys(COLUMNS) as readonly TokenColumn[]

/** The columns that are paid for; the others are parts of them. */
const BILLED: readonly TokenColumn[] = [
  'prompt_tokens',
  'completion_tokens',
  'embedding_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
]

/** Numbers of tokens. */
export type Tokens = Record<TokenColumn, number>

/** The tokens of a model in a turn. */
export interface UsageRow {
  /** The id that it is read by; undefined while its turn has not come. */
  id: number | undefined
  readonly conversation: number
  /** Null outside turns. */
  readonly turnId: string | null
  /** `''` where the spans name none. */
  readonly model: string
  readonly tokens: Tokens
  /** Spans of calls, failed ones too. */
  calls: number
  /** Those of which a stream closed without saying its tokens. */
  unreported: number
  /** The turn, once it has come; outside turns the first and the last span of a call. */
  first: ArchivedSpan
  last: ArchivedSpan
}

/** No tokens. */
export function noTokens(): Tokens {
  return Object.fromEntries(TOKEN_COLUMNS.map((column) => [column, 0])) as Tokens
}

/** The model of a call; `''` where its span names none. */
export function modelOf({ attributes }: ArchivedSpan): string {
  return stringOf(attributes[ATTRIBUTES.model]) ?? ''
}

/** Adds the tokens of one call. A number that is not a whole one from 0 counts as 0. */
export function addCall(tokens: Tokens, attributes: JsonObject): void {
  for (const column of TOKEN_COLUMNS) {
    const count = attributes[COLUMNS[column]]
    if (Number.isSafeInteger(count) && (count as number) > 0) tokens[column] += count as number
  }
}

/** Adds tokens to others. */
export function addTokens(to: Tokens, from: Tokens): void {
  for (const column of TOKEN_COLUMNS) to[column] += from[column]
}

/** All tokens that are paid for. */
export function totalOf(tokens: Tokens): number {
  return BILLED.reduce((sum, column) => sum + tokens[column], 0)
}
