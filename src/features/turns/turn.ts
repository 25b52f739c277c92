/** Turns: what one side of a conversation said and did at a time, whichever framework kept it. */
import type { Json, JsonObject } from '../../row/conversation.ts'

/** Who speaks in a turn. */
export type TurnRole = 'user' | 'agent' | 'system'

/** One call of a tool. */
export interface TurnTool {
  /** The id of the call, where everything is kept. */
  readonly id?: string
  readonly name: string
  /** The arguments; a string of JSON is its value. Null where none are known. */
  readonly input: Json
  /** The result; null for a call that has none so far. */
  output: Json
  /** What went wrong, `''` where nothing did. */
  error: string
  /** Times in ISO 8601, where the framework has them. */
  startedAt?: string
  endedAt?: string
  /** What the call and its result have besides, where everything is kept. */
  extra?: JsonObject
}

/** A file that came with a turn. The bytes of a `data:` URL are left out, unless everything is kept. */
export interface TurnFile {
  readonly name: string | null
  readonly mediaType: string | null
  readonly url: string | null
}

/** How many tokens a turn took. */
export interface TurnTokens {
  readonly input?: number
  readonly output?: number
  readonly total?: number
}

/** What is known of a whole message besides its parts. */
export interface TurnFacts {
  readonly model?: string
  readonly tokens?: TurnTokens
  /** When it was said, in ISO 8601. */
  readonly at?: string
  /** The message's own id, where everything is kept. */
  readonly id?: string
}

/** What one side says, and the tools that it calls after that. A message that speaks again after a tool is two turns. */
export interface Turn extends TurnFacts {
  readonly role: TurnRole
  text: string
  reasoning: string
  readonly files: TurnFile[]
  readonly tools: TurnTool[]
  /** What the message has besides, where everything is kept. */
  extra?: JsonObject
}
