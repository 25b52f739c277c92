/** The AI SDK: lists of `UIMessage`s of versions 4 to 7, chats with such lists, and tables of messages with the chat of each. */
import { listOf, type Part, partOf } from '../turns/collect.ts'
import { isUIMessage, readUIMessage } from '../turns/ui-messages.ts'
import { firstString, firstTime, idOf, objectOf, opened, rests } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, readMessages } from './messages.ts'

/** The format. */
export const aiSdk: Format = {
  title: 'AI SDK messages',
  detect: (value) => isTableMessage(value) || isChat(value),
  open: openReader,
}

/** A message; of a table its parts may be a string of JSON. */
function isTableMessage(value: Part): boolean {
  if (isUIMessage({ ...value, parts: opened(value.parts) })) return !isGenAI(value)
  // Of version 4, without calls of tools.
  const { id, role, content, createdAt } = value
  return typeof id === 'string' && typeof role === 'string' && typeof content === 'string' && createdAt !== undefined
}

/** Messages of OpenTelemetry have parts with content, and no id. */
const isGenAI = (value: Part) => {
  const [first] = listOf(opened(value.parts)).map(partOf)
  return (
    first !== undefined &&
    (typeof first.content === 'string' || first.type === undefined || /^tool_call/.test(String(first.type)))
  )
}

function isChat({ messages }: Part): boolean {
  return listOf(opened(messages)).some((message) => isTableMessage(partOf(message)))
}

/** A chat under way: its messages in the order of their times. */
interface Chat {
  readonly id: string | undefined
  readonly line: number
  readonly messages: Part[]
  facts: Part
}

/** Keys of tables that name the chat of a message. */
const chatOf = (value: Part) =>
  idOf(
    value.chatId,
    value.chat_id,
    value.conversationId,
    value.conversation_id,
    value.threadId,
    value.thread_id,
    value.sessionId,
    value.session_id,
  )

function openReader(context: FormatContext): FormatReader {
  const chats = new Map<string, Chat>()
  const chat = (key: string, id: string | undefined, line: number): Chat => {
    let found = chats.get(key)
    if (found === undefined) {
      found = { id, line, messages: [], facts: {} }
      chats.set(key, found)
    }
    return found
  }
  const addMessage = (message: Part, line: number, list: number | undefined) => {
    const id = chatOf(message)
    chat(id === undefined ? `list ${list ?? 0}` : `id ${id}`, id, line).messages.push(message)
  }
  return {
    read({ value, line, list }) {
      const given = partOf(value)
      if (isTableMessage(given)) {
        addMessage(given, line, list)
        return true
      }
      const messages = listOf(opened(given.messages)).map(partOf)
      const id = idOf(given.id, chatOf(given))
      if (messages.some((message) => chatOf(message) !== undefined && chatOf(message) !== id)) {
        for (const message of messages) addMessage(message, line, undefined)
        for (const each of listOf(given.chats).map(partOf)) addChat(each, line)
        return true
      }
      if (messages.some(isTableMessage)) {
        const found = chat(id === undefined ? `line ${line}/${chats.size}` : `id ${id}`, id, line)
        found.messages.push(...messages)
        found.facts = { ...found.facts, ...given }
        return true
      }
      return addChat(given, line)
    },
    end: () => [...chats.values()].filter(({ messages }) => messages.length > 0).map((each) => draftOf(each, context)),
  }

  /** A line of a table of chats: what is known of one besides its messages. */
  function addChat(given: Part, line: number): boolean {
    const id = idOf(given.id)
    if (id === undefined || given.role !== undefined || (given.title === undefined && given.userId === undefined))
      return false
    const found = chat(`id ${id}`, id, line)
    found.facts = { ...found.facts, ...given }
    return true
  }
}

const CHAT_KEYS = [
  'chatId',
  'chat_id',
  'conversationId',
  'conversation_id',
  'threadId',
  'thread_id',
  'sessionId',
  'session_id',
]

function draftOf({ id, line, messages, facts }: Chat, context: FormatContext): Draft {
  const into = collector(context)
  for (const message of inOrder(distinct(messages))) {
    const { created_at, attachments, experimental_attachments = opened(attachments), ...rest } = message
    const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !CHAT_KEYS.includes(key)))
    const parts = opened(message.parts)
    const read = { ...own, createdAt: message.createdAt ?? created_at, parts, experimental_attachments }
    if (typeof parts === 'object' || own.toolInvocations !== undefined) readUIMessage(read, into)
    else readMessages([read], into)
  }
  const extra = rests([
    '',
    facts,
    [
      'id',
      'messages',
      'title',
      'name',
      'userId',
      'user_id',
      'createdAt',
      'created_at',
      'updatedAt',
      'metadata',
      'chats',
      ...CHAT_KEYS,
    ],
  ])
  return {
    id,
    line,
    turns: into.turns,
    isHistory: true,
    name: firstString(facts.title, facts.name),
    customer_id: idOf(facts.userId, facts.user_id),
    started_at: firstTime(facts.createdAt, facts.created_at),
    ended_at: firstTime(facts.updatedAt),
    metadata: objectOf(facts.metadata),
    ...(extra !== undefined && { extra }),
  }
}

/** Messages without those that come again, told by their ids: the last of each, where the first was. */
function distinct(messages: readonly Part[]): readonly Part[] {
  return [...new Map(messages.map((message, i) => [idOf(message.id) ?? i, message])).values()]
}

/** Messages of a table by their times, if each has one; else as they came. */
function inOrder(messages: readonly Part[]): readonly Part[] {
  const timed = messages.map((message) => ({
    message,
    at: Date.parse(firstTime(message.createdAt, message.created_at) ?? ''),
  }))
  if (timed.some(({ at }) => Number.isNaN(at))) return messages
  return timed.sort((a, b) => a.at - b.at).map(({ message }) => message)
}
