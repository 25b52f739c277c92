/** Replaying a recorded conversation with an agent. */

import type { Clock } from '../../base/clock.ts'
import { type ConversationStoreError, InvalidQueryError, show } from '../../base/errors.ts'
import { checkOptions, invalidOption } from '../../base/options.ts'
import type { Attachment, Conversation, Message } from '../../row/conversation.ts'
import { type AnyStore, type Chat, type ChatInput, createRecorder, steps } from '../recording/index.ts'
import { chatTools } from './chat-tools.ts'
import { Drift } from './drift.ts'
import { say } from './say.ts'
import { type Replayable, rowOf } from './subject.ts'
import { checkOnMiss, type OnMiss, recordedTools, type Tools } from './tools.ts'
import { type Turn, turnOf, turnsOf } from './turns.ts'

/** What an agent gets besides what the user said. */
export interface ReplayTurn<Own extends object = Tools, Store extends AnyStore = AnyStore> {
  /** From 1. */
  readonly number: number
  /** What the user said: the texts of the user's messages in a row, a line each. */
  readonly text: string
  /** The user's messages, as they were recorded. */
  readonly messages: readonly Message[]
  /** The files that came with them: what the row has of them, which is not their bytes. */
  readonly files: readonly Attachment[]
  /** The tools, whose calls are recorded. */
  readonly tools: Own
  /** What records the replay: all that was said and done until now. */
  readonly chat: Chat<Store>
}

/** What an agent gives: its text, an object that has it (such as the result of `generateText`), or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: an agent that records its texts itself returns nothing.
export type AgentAnswer = string | { readonly text: string } | null | undefined | void

/**
 * An agent: it is given what the user said in a turn, calls tools, and answers. More than one text, or a text before a call, it
 * records itself with `chat.agent(text)`.
 */
export type Agent<Own extends object = Tools, Store extends AnyStore = AnyStore> = (
  text: string,
  turn: ReplayTurn<Own, Store>,
) => AgentAnswer | Promise<AgentAnswer>

/** How a conversation is replayed. */
export interface ReplayOptions<Own extends object = Tools, Store extends AnyStore = AnyStore> {
  readonly agent: Agent<Own, Store>
  /** `recordedTools(row)`, which is meant when absent; or functions by name, recorded ones among them. */
  readonly tools?: Own | undefined
  /** Where the replay is recorded: a store of its own, or that of the recording. */
  readonly store: Store
  /** What answers a call of a recorded tool that has no answer; what `recordedTools` was told when absent. */
  readonly onMiss?: OnMiss | undefined
  /** The clock of the replay. It starts when the recording did and goes on by a second a call, when absent. */
  readonly now?: Clock | undefined
  /** The `conversation_id` of the replay: that of the recording, with `-replay` where the store has it, when absent. */
  readonly conversation_id?: string | undefined
}

/** What came of a replay. */
export interface Replay<Store extends AnyStore = AnyStore> {
  /** What was said and done now. */
  readonly chat: Chat<Store>
  /** How that differs from the recording. */
  readonly drift: Drift
}

const KNOWN = ['agent', 'tools', 'store', 'onMiss', 'now', 'conversation_id']

/**
 * Replays a recorded conversation: the agent is given the user's side, turn by turn, its tools answer from the recording, and
 * what it does is recorded into the store and compared. What the agent said before the user did is recorded as it was. No model
 * is called, unless the agent calls one.
 *
 * Rejects with what the agent throws; with an error of the code `NOT_RECORDED` if a call has no answer and `onMiss` is `throw`,
 * even if the agent swallows it; with `InvalidRowError` for what is no row, and `InvalidQueryError` for options that are wrong
 * and a row in which the user says nothing. O(messages) besides what the agent does.
 *
 * @example
 * const { chat, drift } = await replay(row, { agent: (text, { tools }) => answer(text, tools), tools: recordedTools(row), store })
 * expect(drift.isEmpty, String(drift)).toBe(true)
 */
export async function replay<Own extends object = Tools, Store extends AnyStore = AnyStore>(
  subject: Replayable,
  options: ReplayOptions<Own, Store>,
): Promise<Replay<Store>> {
  checkReplayOptions(options)
  const { agent, onMiss, store } = options
  const row = rowOf(subject, 'replay')
  const turns = turnsOf(row)
  const recorded = turns.filter(({ number }) => number > 0)
  if (recorded.length === 0) {
    const message = `The conversation ${show(row.conversation_id)} has no message of the user, so there is nothing to replay.`
    throw new InvalidQueryError([{ parameter: 'messages', value: row.messages, code: 'INVALID_VALUE', message }])
  }
  const recorder = createRecorder(store, { now: options.now ?? steps(row.started_at, 1_000) })
  const chat = recorder.start(factsOf(row, options.conversation_id ?? freeId(store, row.conversation_id)))
  const misses: ConversationStoreError[] = []
  const replaying = { chat: chat as Chat, onMiss, missed: (error: ConversationStoreError) => misses.push(error) }
  const { tools, end } = chatTools((options.tools ?? recordedTools(row)) as Tools, replaying)
  try {
    const replayed: Turn[] = []
    for (const turn of turns) {
      const before = new Set(chat.toConversation().messages)
      say(chat, turn.number === 0 ? turn.agent : turn.user)
      if (turn.number === 0) continue
      await answerOf(agent, turn, tools as unknown as Own, chat)
      if (misses.length > 0) throw misses[0]
      const added = chat.toConversation().messages.filter((message) => !before.has(message))
      replayed.push(
        turnOf(
          turn.number,
          turn.user,
          added.filter(({ sender }) => sender === 'agent'),
        ),
      )
    }
    return { chat, drift: new Drift(row.conversation_id, recorded, replayed) }
  } catch (error) {
    throw misses[0] ?? error
  } finally {
    end()
  }
}

/** Has the agent answer a turn, and records the text that it gives. */
async function answerOf<Own extends object, Store extends AnyStore>(
  agent: Agent<Own, Store>,
  { number, said: text, user: messages }: Turn,
  tools: Own,
  chat: Chat<Store>,
): Promise<void> {
  const files = messages.flatMap(({ attachments }) => attachments ?? [])
  const given: unknown = await agent(text, { number, text, messages, files, tools, chat })
  const answer = typeof given === 'object' && given !== null ? (given as { readonly text?: unknown }).text : given
  if (answer === undefined && (given === undefined || given === null)) return
  if (answer === null) return
  if (typeof answer !== 'string')
    throw invalidOption(`What the agent returned in turn ${number}`, given, 'a string, an object { text }, or nothing')
  if (answer !== '') chat.agent(answer)
}

function checkReplayOptions<Own extends object, Store extends AnyStore>(options: ReplayOptions<Own, Store>): void {
  checkOptions('replay', options, KNOWN)
  const { agent, tools, onMiss } = options
  if (typeof agent !== 'function')
    throw invalidOption('agent', agent, 'a function', ' Write agent: (text, { tools }) => "an answer".')
  if (tools !== undefined && (typeof tools !== 'object' || tools === null))
    throw invalidOption('tools', tools, 'functions by name', ' Write recordedTools(row).')
  checkOnMiss(onMiss)
}

/** What is known of the conversation when it starts. */
function factsOf(row: Conversation, conversation_id: string): ChatInput {
  const { customer_id, customer_ip_address, device, language, name, environment, metadata, is_used } = row
  const known = { customer_id, customer_ip_address, device, language, name, environment, metadata }
  return { conversation_id, ...known, is_used: is_used ?? true }
}

/** The id, or one like it that the store does not have. */
function freeId(store: AnyStore, id: string): string {
  let free = id
  for (let count = 1; store.has(free); count++) free = count === 1 ? `${id}-replay` : `${id}-replay-${count}`
  return free
}
