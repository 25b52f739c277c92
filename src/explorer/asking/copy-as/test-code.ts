/** A conversation as a test of the testing kit: it records the same conversation, and asserts on what the agent did. */
import type { ActionLog, Conversation, Feedback, Message } from 'conversation-store/core'
import { toLiteral } from 'conversation-store/explain'

/** Calls of tools that are asserted on one by one. */
const MOST_CALLS = 20
/** Characters of a message that are asserted on; the rest may differ. */
const MOST_CHARACTERS = 200

const START_KEYS = ['customer_id', 'customer_ip_address', 'device', 'language', 'name', 'environment'] as const
/** What the recorder tells of tokens is no call of a tool. */
const TOKEN_USAGE = 'token_usage'

/**
 * A test for Vitest that starts from an empty store, records the conversation message by message and call by call at the
 * times of the original, and asserts on its calls, its last answer and its facts. To test an agent, let it speak in place of
 * `chat.agent` and `chat.run`. O(units of the conversation).
 */
export function conversationTest(row: Conversation): string {
  const lines = [
    `const store = new ConversationStore()`,
    `let now = ${toLiteral(row.started_at)}`,
    `const chat = createRecorder(store, { now: () => now }).start(${toLiteral(startOf(row))})`,
    '',
    ...recordingOf(row),
    '',
    ...assertionsOf(row),
  ]
  return `import { ConversationStore } from 'conversation-store'
import { createRecorder } from 'conversation-store/testing'
import 'conversation-store/testing/vitest'
import { expect, test } from 'vitest'

test(${toLiteral(`conversation ${row.conversation_id}`)}, () => {
${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}
})
`
}

function startOf(row: Conversation): object {
  const { conversation_id, metadata, is_used } = row
  const strings = START_KEYS.flatMap((key) => (row[key] ? [[key, row[key]] as const] : []))
  return {
    conversation_id,
    ...Object.fromEntries(strings),
    ...(isEmpty(metadata) ? {} : { metadata }),
    ...(is_used === false && { is_used }),
  }
}

/** A stored list may be null. */
function messagesOf({ messages }: Conversation): readonly Message[] {
  return messages ?? []
}

function recordingOf(row: Conversation): string[] {
  const clock = new Clock(row.started_at)
  return [
    ...messagesOf(row).flatMap((message) => recorded(message, clock)),
    ...(row.feedbacks ?? []).flatMap((feedback) => given(feedback, clock)),
    ...(row.is_marked ? ['store.mark(chat.conversation_id)'] : []),
  ]
}

function recorded(message: Message, clock: Clock): string[] {
  const { sender, content, action_name, action_logs, attachments, metadata, button, timestamp } = message
  const isSaid = !action_name && isEmpty(action_logs) && isEmpty(attachments) && isEmpty(button) && content !== ''
  const [log, ...others] = action_logs ?? []
  if (isSaid) {
    const options = isEmpty(metadata) ? '' : `, { metadata: ${toLiteral(metadata)} }`
    const call = sender === 'agent' ? 'agent' : 'user'
    return [...clock.to(timestamp), `chat.${call}(${toLiteral(content)}${options})`]
  }
  if (action_name && others.length === 0 && sender === 'agent' && isEmpty(attachments) && isEmpty(button))
    return ran(action_name, log ?? {}, timestamp, clock)
  // What the recorder does not tell itself is added as it stands.
  const { id: _, ...rest } = message
  return [`store.addMessage(chat.conversation_id, ${toLiteral(rest)})`]
}

function ran(name: string, log: ActionLog, timestamp: unknown, clock: Clock): string[] {
  const { started_at, ended_at, tools_used, response } = log
  const error_message = errorOf(log)
  const input = tools_used === undefined || tools_used === null ? '' : `, ${toLiteral(tools_used)}`
  const call = `chat.run(${toLiteral(name)}${input})`
  const begin = clock.to(started_at ?? timestamp)
  const end = error_message
    ? `{ error: ${toLiteral(error_message)} }`
    : ended_at || (response !== undefined && response !== null)
      ? `{ output: ${toLiteral(response ?? null)} }`
      : undefined
  if (end === undefined) return [...begin, call]
  const later = clock.to(ended_at)
  if (later.length === 0) return [...begin, `${call}(${end})`]
  const ender = clock.name('end')
  return [...begin, `const ${ender} = ${call}`, ...later, `${ender}(${end})`]
}

function given({ sentiment, source, comment, metadata, created_at }: Feedback, clock: Clock): string[] {
  const options = { ...(comment && { comment }), ...(isEmpty(metadata) ? {} : { metadata }) }
  if (source === 'platform' || source === null)
    return [`store.addFeedback(chat.conversation_id, ${toLiteral({ sentiment, source, ...options })})`]
  const more = isEmpty(options) ? '' : `, ${toLiteral(options)}`
  return [...clock.to(created_at), `chat.feedback(${toLiteral(sentiment)}${more})`]
}

function assertionsOf(row: Conversation): string[] {
  const calls = messagesOf(row).filter(({ action_name }) => action_name && action_name !== TOKEN_USAGE)
  // Each entry of a message's log is a call.
  const names = calls.flatMap(({ action_name, action_logs }) =>
    Array.from({ length: Math.max(1, action_logs?.length ?? 0) }, () => action_name as string),
  )
  const said = messagesOf(row).filter(({ action_name, content }) => !action_name && content !== '')
  const answer = said.findLast(({ sender }) => sender === 'agent')
  return [
    ...(names.length > 0 ? [`expect(chat).toHaveTrajectory(${toLiteral(names)})`] : []),
    ...calls.slice(0, MOST_CALLS).flatMap(calledAs),
    ...(answer === undefined
      ? []
      : [`expect(chat).toHaveMessage(${startOfText(answer.content)}, { sender: 'agent' })`]),
    `expect(chat).toMatchConversation(${factsOf(row, said)})`,
  ]
}

function calledAs({ action_name, action_logs }: Message): string[] {
  if (action_logs !== undefined && action_logs !== null && action_logs.length > 1) return []
  const { tools_used, response, ended_at } = action_logs?.[0] ?? {}
  const error_message = errorOf(action_logs?.[0] ?? {})
  const hasInput = tools_used !== undefined && tools_used !== null
  const hasOutput = response !== undefined && response !== null
  const options = [
    hasInput && `input: ${toLiteral(tools_used)}`,
    hasOutput && !error_message && `output: ${toLiteral(response)}`,
    error_message && `error: ${toLiteral(error_message)}`,
    !error_message && ended_at && 'failed: false',
  ].filter((option) => typeof option === 'string' && option !== '')
  if (options.length === 0) return []
  return [`expect(chat).toHaveAction(${toLiteral(action_name)}, { ${options.join(', ')} })`]
}

function factsOf(row: Conversation, said: readonly Message[]): string {
  // The recorder writes `production` for `prod`.
  const stored = Object.entries(startOf(row)).filter(([key]) => key !== 'environment')
  const facts = stored.map(([key, value]) => `${key}: ${toLiteral(value)}`)
  const messages = said.map(
    ({ sender, content }) => `    { sender: ${toLiteral(sender)}, content: ${startOfText(content)} },`,
  )
  return `{\n    ${[...facts, ...(messages.length === 0 ? [] : [`messages: [\n  ${messages.join('\n  ')}\n    ]`])].join(',\n    ')},\n  }`
}

/** The message of a run that failed; a run fails with a string. */
function errorOf({ error_message }: ActionLog): string {
  return typeof error_message === 'string' ? error_message : ''
}

/** A string to compare with: whole, or where it is long its start. */
function startOfText(text: string): string {
  if (text.length <= MOST_CHARACTERS) return toLiteral(text)
  return `expect.stringContaining(${toLiteral(text.slice(0, MOST_CHARACTERS))})`
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** The time of the recording, which never goes back. */
class Clock {
  #now: number
  #text: string
  readonly #names = new Map<string, number>()

  constructor(start: string) {
    this.#text = start
    this.#now = Date.parse(start)
  }

  /** The line that sets the clock, if that is needed. */
  to(time: unknown): string[] {
    const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
    if (typeof time !== 'string' || !(at >= this.#now) || time === this.#text) return []
    this.#now = at
    this.#text = time
    return [`now = ${toLiteral(time)}`]
  }

  /** A name that no other constant has. */
  name(of: string): string {
    const count = (this.#names.get(of) ?? 0) + 1
    this.#names.set(of, count)
    return count === 1 ? of : `${of}${count}`
  }
}
