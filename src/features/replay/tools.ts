/** Tools that answer from a recorded conversation. */

import { isEqual } from '../../base/equal.ts'
import { ConversationStoreError, didYouMean, show } from '../../base/errors.ts'
import { checkOptions, invalidOption } from '../../base/options.ts'
import type { Conversation, Json } from '../../row/conversation.ts'
import type { Chat } from '../recording/index.ts'
import { inputOf } from '../recording/input.ts'
import { asJson } from '../recording/json.ts'
import { differencesOf } from './differences.ts'
import { type Replayable, rowOf } from './subject.ts'
import { type Action, turnsOf } from './turns.ts'

/** A call that the recording has no answer for. */
export interface Miss {
  readonly name: string
  /** What the tool was given: its argument, or a list of several; `{}` for none. */
  readonly input: Json
  /** The recorded call of this name that is most like it; `undefined` where there is none. */
  readonly nearest: Pick<Action, 'turn' | 'name' | 'input' | 'output' | 'error'> | undefined
}

/**
 * What answers a call that the recording has no answer for: `throw` an error, the answer of the `nearest` recorded call of the
 * same name, or a function, whose result (or error) is the tool's.
 */
export type OnMiss = 'throw' | 'nearest' | ((miss: Miss) => unknown)

/** Tools by their names. */
export interface Tools {
  // biome-ignore lint/suspicious/noExplicitAny: tools take and give what they like.
  readonly [name: string]: (...args: any[]) => any
}

/** How recorded tools answer. */
export interface RecordedToolsOptions {
  /** What answers a call that the recording has no answer for. `throw` when absent. */
  readonly onMiss?: OnMiss | undefined
}

const _HINTS = ' Write "throw", "nearest", or a function that gives the result.'

/** Throws `INVALID_VALUE` for anything that is no `onMiss`; `undefined` passes. */
export function checkOnMiss(onMiss: unknown): void {
  if (onMiss === undefined || typeof onMiss === 'function' || onMiss === 'throw' || onMiss === 'nearest') return
  throw invalidOption('onMiss', onMiss, '"throw", "nearest" or a function', didYouMean(onMiss, ['throw', 'nearest']))
}

/** The property of recorded tools, and of each of them, that has the recording which answers. */
export const recording: unique symbol = Symbol.for('conversation-store.recording')

/**
 * The tools of a recorded conversation, which answer as they did then: a call with equal arguments, whatever the order of
 * their keys, gives the recorded result, as a promise of a copy, or throws the recorded error. Equal calls are answered in
 * recorded order, each once. Where the row does not say what a tool was given, any arguments are equal.
 *
 * A call without an answer is a miss: see `onMiss`. Every name is a tool, so that a call of one that was not recorded is a miss
 * too. A call costs O(recorded calls of that name).
 *
 * Throws `InvalidRowError` for what is no row.
 *
 * @example
 * const tools = recordedTools(row)
 * await tools.lookup_order({ order: 17 })
 * @example recordedTools<MyTools>(row, { onMiss: 'nearest' })
 */
export function recordedTools(row: Replayable, options?: RecordedToolsOptions): Tools
export function recordedTools<Own extends object>(row: Replayable, options?: RecordedToolsOptions): Own
export function recordedTools(row: Replayable, options: RecordedToolsOptions = {}): Tools {
  checkOptions('recordedTools', options, ['onMiss'])
  checkOnMiss(options.onMiss)
  return new Recording(rowOf(row, 'recordedTools'), options.onMiss).tools
}

/** Answers calls from what was recorded. */
export class Recording {
  readonly tools: Tools
  readonly #conversation: string
  readonly #calls: readonly Action[]
  readonly #onMiss: OnMiss | undefined
  readonly #used = new Set<Action>()
  /** The replay that is going on, if any. */
  #replay: Replaying | undefined

  constructor(row: Conversation, onMiss: OnMiss | undefined) {
    this.#conversation = row.conversation_id
    this.#calls = turnsOf(row).flatMap(({ actions }) => actions)
    this.#onMiss = onMiss
    const known = new Map([...new Set(this.#calls.map(({ name }) => name))].map((name) => [name, this.#tool(name)]))
    this.tools = withEveryName(known, (name) => this.#tool(name), this)
  }

  /** Begins a replay: all answers can be given again, and calls are recorded. What comes back ends it. */
  begin(replaying: Replaying): () => void {
    if (this.#replay !== undefined) {
      const message = 'These tools answer another replay now. Call recordedTools(row) for each replay.'
      throw new ConversationStoreError([{ parameter: 'tools', value: undefined, code: 'INVALID_VALUE', message }])
    }
    this.#used.clear()
    this.#replay = replaying
    return () => {
      this.#replay = undefined
    }
  }

  #tool(name: string): Tools[string] {
    const call = (...args: unknown[]): Promise<unknown> => {
      const answer = async () => this.#answer(name, asJson(inputOf(args)))
      const { chat } = this.#replay ?? {}
      return chat === undefined
        ? answer()
        : chat.tool(name, answer as () => Promise<unknown>).apply(undefined, args as [])
    }
    Object.defineProperty(call, 'name', { value: name, configurable: true })
    return Object.assign(call, { [recording]: this })
  }

  async #answer(name: string, input: Json): Promise<unknown> {
    const same = this.#calls.filter((call) => call.name === name)
    const free = same.filter((call) => !this.#used.has(call))
    const found =
      free.find((call) => call.input !== undefined && isEqual(call.input, input)) ??
      free.find((call) => call.input === undefined)
    if (found !== undefined) return this.#give(found)
    const nearest = nearestOf(free, input) ?? nearestOf(same, input)
    const onMiss = this.#replay?.onMiss ?? this.#onMiss ?? 'throw'
    if (typeof onMiss === 'function') return onMiss({ name, input, nearest })
    if (onMiss === 'nearest' && nearest !== undefined) return this.#give(nearest)
    const error = this.#missed(name, input, same, nearest)
    this.#replay?.missed(error)
    throw error
  }

  #give(call: Action): unknown {
    this.#used.add(call)
    if (call.error !== undefined) throw new Error(call.error)
    return call.output === undefined ? undefined : asJson(call.output)
  }

  #missed(name: string, input: Json, same: readonly Action[], nearest: Action | undefined): ConversationStoreError {
    const message = missText(this.#conversation, this.#calls, name, input, same, nearest)
    return new ConversationStoreError([{ parameter: name, value: input, code: 'NOT_RECORDED', message }])
  }
}

/** A replay that is going on. */
export interface Replaying {
  readonly chat: Chat
  readonly onMiss: OnMiss | undefined
  /** Hears of each error of a miss, which the agent may swallow. */
  readonly missed: (error: ConversationStoreError) => void
}

/** The call whose input differs in the fewest places, the first of several. */
function nearestOf(calls: readonly Action[], input: Json): Action | undefined {
  let best: Action | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const call of calls) {
    const { length } = differencesOf(call.input, input)
    if (length < fewest) [best, fewest] = [call, length]
  }
  return best
}

/** Calls of one name that a text lists. */
const MOST_LISTED = 5

/** What was called, what the recording has instead, and what to do. */
function missText(
  conversation: string,
  calls: readonly Action[],
  name: string,
  input: Json,
  same: readonly Action[],
  nearest: Action | undefined,
): string {
  const called = `${name}(${show(input)}) was called`
  if (nearest === undefined) {
    const names = [...new Set(calls.map((call) => call.name))]
    const has = names.length === 0 ? 'It has no tool calls.' : `It has ${names.join(', ')}.${didYouMean(name, names)}`
    return `${called}, but the recording of ${conversation} has no call of ${name}. ${has} To answer such calls, give onMiss: a function.`
  }
  const equal = same.filter((call) => isEqual(call.input, input)).length
  if (equal > 0) {
    const times = equal === 1 ? 'once' : `${equal} times`
    return `${called} once more than in the recording of ${conversation}, which has it ${times}. ${ADVICE}`
  }
  const others = same.slice(0, MOST_LISTED).map((call) => `${name}(${show(call.input)})`)
  const more = same.length > MOST_LISTED ? ` and ${same.length - MOST_LISTED} more` : ''
  const [first] = differencesOf(nearest.input, input)
  const where = first!.path === '' ? 'The nearest differs:' : `The nearest differs in ${show(first!.path)}:`
  return (
    `${called}, but the recording of ${conversation} has no such call. It has ${others.join(', ')}${more}. ` +
    `${where} ${show(first!.recorded)} recorded, ${show(first!.replayed)} now. ${ADVICE}`
  )
}

const ADVICE = 'To answer such calls, give onMiss: "nearest" or a function.'

/** What is asked of any object, by the language and by test runners: no call of a tool. */
const NO_TOOLS = ['then', 'toJSON', 'asymmetricMatch', 'nodeType', 'tagName', '$$typeof', '@@__IMMUTABLE_ITERABLE__@@']

/** The known tools, and one for any other name that is asked for. */
function withEveryName(
  known: ReadonlyMap<string, Tools[string]>,
  make: (name: string) => Tools[string],
  of: Recording,
): Tools {
  const made = new Map(known)
  const target = Object.create(null) as Record<string | symbol, unknown>
  for (const [name, tool] of known) Object.defineProperty(target, name, { value: tool, enumerable: true })
  Object.defineProperty(target, recording, { value: of })
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'symbol' || known.has(key)) return target[key]
      if (NO_TOOLS.includes(key) || key in Object.prototype) return undefined
      if (!made.has(key)) made.set(key, make(key))
      return made.get(key)
    },
  }) as Tools
}
