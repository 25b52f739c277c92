/** The names under which the SDK puts things into a span, and reading their values. Nothing here throws. */
import { type BigNumbers, parseJson } from '../../base/json.ts'
import type { Json, JsonObject } from '../../row/conversation.ts'

/** Levels of a document in an attribute: a row holds a hundred, and its place in one takes four. */
const MOST_LEVELS = 90

/** Attributes of spans and events, by what they say. */
export const ATTRIBUTES = {
  kind: 'agentsight.span.kind',
  turn: 'agentsight.turn.id',
  isComplete: 'agentsight.turn.complete',
  incompleteReason: 'agentsight.turn.incomplete_reason',
  sender: 'agentsight.message.sender',
  content: 'agentsight.message.content',
  metadata: 'agentsight.message.metadata',
  tool: 'agentsight.tool.name',
  arguments: 'agentsight.tool.arguments',
  response: 'agentsight.tool.response',
  error: 'agentsight.tool.error',
  model: 'gen_ai.request.model',
  isReported: 'agentsight.llm.usage_reported',
} as const

/** The event of a turn that is a message. */
export const MESSAGE_EVENT = 'agentsight.message'

/** An object; an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** A string; undefined for anything else. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/**
 * What a string of JSON says. A number that a double cannot hold becomes a string of its digits, unless it is to be
 * rounded. Undefined for what is not JSON, and for what nests too deep to be held. O(length).
 */
export function documentOf(text: unknown, bigNumbers: BigNumbers): Json | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value = parseJson(text, bigNumbers === 'round' ? 'round' : 'string') as Json
    return isWithin(value, MOST_LEVELS) ? value : undefined
  } catch {
    return undefined
  }
}

/** The object that a string of JSON says; undefined for anything else. */
export function objectIn(text: unknown, bigNumbers: BigNumbers): JsonObject | undefined {
  const document = documentOf(text, bigNumbers)
  return isObject(document) ? document : undefined
}

/** Whether this is an object of JSON, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((each) => isWithin(each, levels - 1))
}
