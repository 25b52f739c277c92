/** What a step of a trace was given, or gave, where that may be anything: messages, an object around them, or a value of its own. */
import { json, listOf, partOf } from '../turns/collect.ts'
import { readMessage, type Turn, type TurnCollector } from '../turns/index.ts'
import { opened, stringsIn } from './facts.ts'
import { isMessageList, looksLikeMessage, readMessages, sayAs } from './messages.ts'

/** Keys under which messages stand. */
const LISTS = ['messages', 'chat_history', 'history', 'input', 'output', 'inputs', 'outputs']
/** Keys under which one message, or a text, stands. */
const ONE = [
  'message',
  'content',
  'text',
  'query',
  'question',
  'prompt',
  'answer',
  'response',
  'result',
  'input',
  'output',
  'completion',
]

/** Reads messages in a value, or says what it says in this role. Gives whether it had messages. */
export function readValue(given: unknown, role: Turn['role'], into: TurnCollector): boolean {
  const value = opened(given)
  if (value === undefined || value === null || value === '') return false
  if (typeof value === 'string') {
    sayAs(role, value, into)
    return false
  }
  const list = messagesIn(value)
  if (list !== undefined) {
    readMessages(list, into)
    return true
  }
  const item = partOf(value)
  if (!Array.isArray(value) && looksLikeMessage(item)) return readMessage(item, into)
  const [choice] = listOf(item.choices).map(partOf)
  if (choice?.message !== undefined) return readMessage(partOf(choice.message), into)
  for (const key of ONE) {
    const inner = opened(item[key])
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && looksLikeMessage(inner))
      return readMessage(partOf(inner), into)
  }
  const text = ONE.map((key) => item[key]).find((inner) => typeof inner === 'string' && inner !== '')
  const strings = [...stringsIn(value)]
  // An object that says one thing says that; else it is said as JSON, so that each of its strings is found.
  sayAs(role, text !== undefined && strings.length === 1 ? text : JSON.stringify(json(value)), into)
  return false
}

/** The list of messages in a value: itself, a list in a list, or under a key. */
export function messagesIn(value: unknown): readonly unknown[] | undefined {
  const given = opened(value)
  if (isMessageList(given)) return given as unknown[]
  if (Array.isArray(given)) {
    const inner = given.map(opened)
    return inner.length > 0 && inner.every(isMessageList) ? (inner as unknown[][]).flat() : undefined
  }
  for (const key of LISTS) {
    const inner = opened(partOf(given)[key])
    if (inner === undefined || inner === null) continue
    const found = isMessageList(inner) ? (inner as unknown[]) : Array.isArray(inner) ? messagesIn(inner) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
