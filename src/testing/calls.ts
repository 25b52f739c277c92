/** The calls of tools in a conversation. */
import { TOKEN_USAGE } from '../features/recording/parts.ts'
import { parsed } from '../features/turns/index.ts'
import type { Json } from '../row/conversation.ts'
import { hasFailed, runsOf } from '../row/runs.ts'
import type { Row } from './subject.ts'

/** One call of a tool. */
export interface Call {
  readonly name: string
  readonly input: Json
  readonly output: Json
  /** What went wrong, `''` where nothing did. */
  readonly error: string
  /** Which call of its conversation it is, from 1. */
  readonly number: number
  /** The place of its message, from 0. */
  readonly at: number
}

/** The calls of a conversation in their order. Counts of tokens are none, unless they are asked for by name. O(runs). */
export function callsOf({ messages }: Row, asked?: string): Call[] {
  const calls: Call[] = []
  for (const [at, message] of (messages ?? []).entries()) {
    const { action_name: name } = message
    if (!name || (name === TOKEN_USAGE && asked !== TOKEN_USAGE)) continue
    for (const run of runsOf(message)) {
      const error = hasFailed(run) ? String(run.error_message) : ''
      const [input, output] = [run.tools_used ?? null, run.response ?? null]
      calls.push({ name, input, output, error, number: calls.length + 1, at })
    }
  }
  return calls
}

/** What a value may be compared as: itself, and for a string of a JSON object or list what that says. */
export function readingsOf(value: Json): readonly Json[] {
  const read = parsed(value)
  return read === value || typeof value !== 'string' ? [value] : [read, value]
}
