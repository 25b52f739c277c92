/** Collects turns from the parts of messages, and brings the results of tools to their calls. */
import { isPlain } from '../../base/plain.ts'
import { formatInstant, toInstant } from '../../base/text/instant.ts'
import type { Json, JsonObject } from '../../row/conversation.ts'
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
  /** Whether ids, bytes of files and what has no place in a turn are kept too. */
  readonly keepsAll: boolean
  /** The calls that may still get a result, by the framework's id. */
  readonly #calls = new Map<unknown, TurnTool>()
  #role: TurnRole = 'user'
  #facts: TurnFacts = {}

  constructor({ keepsAll = false }: { readonly keepsAll?: boolean } = {}) {
    this.keepsAll = keepsAll
  }

  /** Begins a message. */
  begin(role: TurnRole, facts: TurnFacts = {}): void {
    this.#role = role
    this.#facts = facts
    this.#next()
    // What counts once per message is not said again of its later turns.
    if (this.keepsAll) this.#facts = { ...(facts.model && { model: facts.model }), ...(facts.at && { at: facts.at }) }
  }

  /** Keeps what a message has besides the keys that are read. Its `id` is that of the turn. */
  rest(message: Part, read: readonly string[]): void {
    if (!this.keepsAll) return
    const { id } = message
    const turn = this.#current
    if (typeof id === 'string' && id !== '' && turn.id === undefined) Object.assign(turn, { id })
    const rest = restOf(message, id === turn.id ? [...read, 'id'] : read)
    if (rest !== undefined) turn.extra = { ...turn.extra, ...rest }
  }

  /** Keeps what a part of a message has besides the keys that are read; with none read, all of it. */
  restOfPart(part: Part, read: readonly string[]): void {
    if (!this.keepsAll) return
    const rest = restOf(part, read)
    if (rest === undefined || Object.keys(rest).every((key) => key === 'type')) return
    const turn = this.#current
    turn.extra = { ...turn.extra, parts: [...listOf(turn.extra?.parts), rest] as Json }
  }

  /** Keeps what is known of the call with this id besides: `read` are the keys of `part` that are read. */
  restOfCall(id: unknown, part: Part, read: readonly string[]): void {
    if (!this.keepsAll) return
    const tool = this.#calls.get(id) ?? this.turns.at(-1)?.tools.at(-1)
    const rest = restOf(part, read)
    if (tool === undefined || rest === undefined) return
    tool.extra = { ...tool.extra, ...rest }
  }

  /** The times of the call with this id. */
  timesOfCall(id: unknown, startedAt: string | undefined, endedAt: string | undefined): void {
    const tool = this.#calls.get(id)
    if (tool === undefined) return
    if (startedAt !== undefined) tool.startedAt = startedAt
    if (endedAt !== undefined) tool.endedAt = endedAt
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
    const isLink = typeof url === 'string' && (this.keepsAll || !url.startsWith('data:'))
    this.#current.files.push({ name: stringOf(name), mediaType: stringOf(mediaType), url: isLink ? url : null })
  }

  /** Adds a call of a tool, and its result if that is known. */
  call(id: unknown, name: unknown, input: unknown, result: ToolResult = {}): void {
    // A call that is known by the name of its tool has no id of its own.
    const hasId = this.keepsAll && id !== name && (typeof id === 'string' || typeof id === 'number')
    const own = hasId ? { id: String(id) } : {}
    const tool: TurnTool = { ...own, name: stringOf(name) ?? 'tool', input: parsed(input), output: null, error: '' }
    this.#current.tools.push(tool)
    if (id !== undefined && id !== null) this.#calls.set(id, tool)
    settle(tool, result)
  }

  /** Brings a result to the call with this id; a result without a call is a call of which no more is known. */
  answer(id: unknown, name: unknown, result: ToolResult): void {
    const tool = id === undefined || id === null ? undefined : this.#calls.get(id)
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

/** The keys of a part besides those that are read, as JSON; without those that say nothing. `undefined` where there are none. */
export function restOf(part: Part, read: readonly string[]): JsonObject | undefined {
  const rest = Object.entries(part).filter(([key, value]) => !read.includes(key) && !isNothing(value))
  return rest.length === 0 ? undefined : (json(Object.fromEntries(rest)) as JsonObject)
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
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

/**
 * A time in ISO 8601, if a value is one: a date, ISO 8601, or the number of seconds, milliseconds, microseconds or nanoseconds
 * since 1970, told by its size, as a number or as digits.
 */
export function timeOf(value: unknown): { readonly at?: string } {
  const at =
    value === undefined || value === null
      ? undefined
      : toInstant(typeof value === 'string' ? textTime(value) : numberTime(value))
  return at === undefined ? {} : { at: formatInstant(at) }
}

function textTime(text: string): string | number {
  return /^\d{9,20}(\.\d+)?$/.test(text) ? (numberTime(Number(text)) as number) : text
}

/** A number of whichever unit as whole milliseconds; any other value as it is. Until the year 5138 seconds have fewer digits. */
function numberTime(value: unknown): unknown {
  if (typeof value !== 'number') return value
  const size = Math.abs(value)
  const unit = size < 1e11 ? 1_000 : size < 1e14 ? 1 : size < 1e17 ? 1e-3 : 1e-6
  return Math.round(value * unit)
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
