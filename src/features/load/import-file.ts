/** What an import file says in another way than the API: its version, the names of its senders, its fixed list of keys. */
import { didYouMean, show } from '../../base/errors.ts'
import type { SourceFaults } from './fault.ts'

const SCHEMA_VERSION = 1

/** The senders of an import file, by what they are called there, in lower case and without white space around. */
const SENDERS: ReadonlyMap<string, string> = new Map([
  ['user', 'end_user'],
  ['human', 'end_user'],
  ['customer', 'end_user'],
  ['end_user', 'end_user'],
  ['assistant', 'agent'],
  ['bot', 'agent'],
  ['ai', 'agent'],
  ['agent', 'agent'],
])

/** The keys that an import file has by its schema. */
export const FILE_KEYS: readonly string[] = ['schema_version', 'conversations']

/** The keys of its conversations, and of their messages. */
const ROW_KEYS = ['conversation_id', 'started_at', 'messages', 'name', 'customer_id', 'language', 'device', 'metadata']
const MESSAGE_KEYS = ['sender', 'content', 'timestamp', 'metadata']

/** Throws where the file has another version than the one there is, or none. */
export function checkVersion(version: { readonly value: unknown } | undefined, faults: SourceFaults): void {
  if (version?.value === SCHEMA_VERSION) return
  const came = version === undefined ? 'no schema_version' : `schema_version ${show(version.value)}`
  const help =
    version === undefined ? ' If it is another kind of file, load the list alone, or under the key "results".' : ''
  const message = `The import file has ${came}. Expected schema_version ${SCHEMA_VERSION}.${help}`
  throw faults.at('schema_version', version?.value, message)
}

/** Gives the senders of a row the names that they have elsewhere. The row is changed: it is ours. */
export function renameSenders(row: unknown): void {
  for (const message of messagesOf(row)) {
    if (typeof message.sender !== 'string') continue
    const sender = SENDERS.get(message.sender.trim().toLowerCase())
    if (sender !== undefined) message.sender = sender
  }
}

/** Throws where the file has a key besides the two that it may have. */
export function checkKey(key: string | undefined, faults: SourceFaults): void {
  if (key !== undefined) throw faults.at(key, key, `The import file ${hasUnknown(key, '', FILE_KEYS)}`)
}

/** What is wrong with a row that has a key which its schema does not have, to follow the row's number. */
export function unknownKey(row: unknown): string | undefined {
  if (!isObject(row)) return undefined
  let found = firstUnknown(row, ROW_KEYS, '')
  messagesOf(row).forEach((message, i) => {
    found ??= firstUnknown(message, MESSAGE_KEYS, `messages[${i}].`)
  })
  return found
}

function firstUnknown(object: Record<string, unknown>, known: readonly string[], place: string): string | undefined {
  const key = Object.keys(object).find((each) => !known.includes(each))
  return key === undefined ? undefined : hasUnknown(key, place, known)
}

function hasUnknown(key: string, place: string, known: readonly string[]): string {
  const hint = didYouMean(key, known) || ` Expected ${known.join(', ')}.`
  return `has the key ${show(place + key)}, which an import file does not have.${hint}`
}

function messagesOf(row: unknown): Record<string, unknown>[] {
  const messages: unknown = isObject(row) ? row.messages : undefined
  return Array.isArray(messages) ? messages.filter(isObject) : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
