/** What an import file says in another way than the API: its version, the names of its senders, its fixed list of keys. */
import { nearest, show } from '../../base/errors.ts'
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

/** The keys that an import file has by its schema: of a conversation, and of a message. */
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

/**
 * What is wrong with a row that has a misspelt key, to follow the row's number. The service refuses every key that is not
 * in its schema; here those are kept that nobody can have meant for another.
 */
export function misspeltKey(row: unknown): string | undefined {
  if (!isObject(row)) return undefined
  let found = misspelt(row, ROW_KEYS, '')
  messagesOf(row).forEach((message, i) => {
    found ??= misspelt(message, MESSAGE_KEYS, `messages[${i}].`)
  })
  return found
}

/** What to say of keys that the schema does not have: the service refuses them, and here they are kept. */
export function unknownKeys(row: unknown): string[] {
  if (!isObject(row)) return []
  const keys = Object.keys(row).filter((key) => !ROW_KEYS.includes(key))
  const ofMessages = messagesOf(row).flatMap((message) => Object.keys(message))
  const inMessages = [...new Set(ofMessages)].filter((key) => !MESSAGE_KEYS.includes(key))
  const places = [...keys, ...inMessages.map((key) => `messages[].${key}`)]
  return places.map(
    (place) => `${place}: an import file has no such key. The hosted service refuses it; here it is kept.`,
  )
}

function misspelt(object: Record<string, unknown>, known: readonly string[], place: string): string | undefined {
  for (const key of Object.keys(object)) {
    const meant = known.includes(key) ? undefined : nearest(key, known, key.length < 6 ? 1 : 2)
    if (meant !== undefined) return `has the key ${show(place + key)}. Did you mean ${show(meant)}?`
  }
  return undefined
}

function messagesOf(row: unknown): Record<string, unknown>[] {
  const messages: unknown = isObject(row) ? row.messages : undefined
  return Array.isArray(messages) ? messages.filter(isObject) : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
