/** Collects turns from the parts of messages, and brings the results of tools to their calls. */
import { isPlain } from '../../base/plain.ts'
import { formatInstant, toInstant } from '../../base/text/instant.ts'
import type { Json } from '../../row/conversation.ts'
import type { Turn, TurnFacts, TurnRole, TurnTool } from './turn.ts'

/** An object of a framework, of which nothing is known. */
export type Part = { readonly [key: string]: unknown }

/** The result of a call. */
export interface ToolResult {
  readonly output?: unknown
  readonly error?: unknown
}

/** The turns of a list of messages, built up part by part. */
export class TurnCollector {
  readonly turns: Turn[] = []
  /** The calls that may still get a result, by the framework's id. */
  readonly #calls = new Map<unknown, TurnTool>()
  #role: TurnRole = 'user'
  #facts: TurnFacts = {}

  /** Begins a message. */
  begin(role: TurnRole, facts: TurnFacts = {}): void {
    this.#role = role
    this.#facts = facts
    this.#next()
  }

  /** Adds text to the message. After a call of a tool it is a turn of its own. */
  say(text: unknown): void {
    if (typeof text !== 'string' || text === '') return
    const turn = this.#current.tools.length > 0 ? this.#next() : this.#current
    turn.text = joined(turn.text, text)
  }

  /** Adds what the model thought. */
  think(text: unknown): void {
    if (typeof text === 'string') this.#current.reasoning = joined(this.#current.reasoning, text)
  }

  /** Adds a file. */
  file(name: unknown, mediaType: unknown, url: unknown): void {
    const isLink = typeof url === 'string' && !url.startsWith('data:')
    this.#current.files.push({ name: stringOf(name), mediaType: stringOf(mediaType), url: isLink ? url : null })
  }

  /** Adds a call of a tool, and its result if that is known. */
  call(id: unknown, name: unknown, input: unknown, result: ToolResult = {}): void {
    const tool: TurnTool = { name: stringOf(name) ?? 'tool', input: parsed(input), output: null, error: '' }
    this.#current.tools.push(tool)
    if (id !== undefined && id !== null) this.#calls.set(id, tool)
    settle(tool, result)
  }

  /** Brings a result to the call with this id; a result without a call is a call of which no more is known. */
  answer(id: unknown, name: unknown, result: ToolResult): void {
    const tool = this.#calls.get(id)
    if (tool !== undefined) {
      settle(tool, result)
      return
    }
    if (this.turns.at(-1)?.role !== 'agent') this.begin('agent')
    this.call(id, name, null, result)
  }

  get #current(): Turn {
    return this.turns.at(-1) ?? this.#next()
  }

  #next(): Turn {
    const turn: Turn = { role: this.#role, text: '', reasoning: '', files: [], tools: [], ...this.#facts }
    this.turns.push(turn)
    return turn
  }
}

function settle(tool: TurnTool, { output, error }: ToolResult): void {
  if (output !== undefined) tool.output = parsed(output)
  if (error !== undefined && error !== null) tool.error = textOf(error) || 'Error'
}

function joined(before: string, text: string): string {
  return before === '' ? text : `${before}\n${text}`
}

/** A string of a framework; `null` for anything else and for `''`. */
export function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** An object whose keys can be read; an empty one for anything else. */
export function partOf(value: unknown): Part {
  return Object(value) as Part
}

/** A list; an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** What an error says. */
function textOf(error: unknown): string {
  if (typeof error === 'string') return error
  return stringOf(partOf(error).message) ?? JSON.stringify(json(error))
}

/** A value as JSON; one that cannot be written as JSON is its string. */
export function json(value: unknown): Json {
  try {
    return value === undefined ? null : JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return String(value)
  }
}

/** The value that a string of a JSON object or list says; any other value as JSON. */
export function parsed(value: unknown): Json {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return json(value)
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** A time in ISO 8601, if a value is one. */
export function timeOf(value: unknown): { readonly at?: string } {
  const at = value === undefined || value === null ? undefined : toInstant(value)
  return at === undefined ? {} : { at: formatInstant(at) }
}

/** The tokens that a model reported, under whichever names. */
export function tokensOf(value: unknown): Pick<TurnFacts, 'tokens'> {
  if (!isPlain(value)) return {}
  const first = (...keys: string[]) => keys.map((key) => value[key]).find((count) => typeof count === 'number')
  const counts = {
    input: first('input_tokens', 'inputTokens', 'prompt_tokens', 'promptTokens'),
    output: first('output_tokens', 'outputTokens', 'completion_tokens', 'completionTokens'),
    total: first('total_tokens', 'totalTokens'),
  }
  const known = Object.entries(counts).filter(([, count]) => count !== undefined)
  return known.length === 0 ? {} : { tokens: Object.fromEntries(known) as TurnFacts['tokens'] & object }
}
