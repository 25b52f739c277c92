/** `toMatchConversation`: a conversation has all that is named. */
import { didYouMean } from '../base/errors.ts'
import { invalidOption } from '../base/options.ts'
import { isPlain } from '../base/plain.ts'
import { KEYS } from '../row/blank.ts'
import { checkExpected, differences } from './differences.ts'
import { checkAssertion } from './options.ts'
import { isAsymmetric, print } from './print.ts'
import { listed, resultOf } from './result.ts'
import { type Conversations, conversationsOf, type Row, refuseEmpty, wrong } from './subject.ts'
import type { AssertionOptions, MatcherResult } from './types.ts'

/** So many differences are shown. */
const MOST = 10

/** So many conversations are compared to find the nearest. */
const MOST_COMPARED = 2_000

/**
 * Whether some conversation has all that is named. Of its lists (messages, feedbacks, attachments, runs of tools) the named
 * items must be there in their order, perhaps with others between; an empty list must be empty.
 */
export function toMatchConversation(subject: unknown, partial: unknown, given?: AssertionOptions): MatcherResult {
  const matcher = 'toMatchConversation'
  if (!isPlain(partial))
    throw invalidOption(`${matcher}(partial)`, partial, "a part of a conversation: { device: 'mobile' }")
  checkExpected(`${matcher}(partial)`, partial)
  if (Object.keys(partial).length === 0)
    throw wrong(matcher, partial, `${matcher}: {} names nothing, so any conversation has it. Name a key at least.`)
  const { allowEmpty } = checkAssertion(matcher, given)
  const conversations = conversationsOf(matcher, subject)
  refuseEmpty(matcher, subject, conversations, 'rows', allowEmpty)
  checkKeys(partial, '', conversations)
  let found: Row | undefined
  for (const row of conversations.rows()) {
    if (!isPart(row, partial)) continue
    found = row
    break
  }
  const pass = found !== undefined
  return resultOf(conversations, { pass, actual: found ?? conversations.one, expected: partial }, () => {
    const near = found ?? nearest(conversations, partial)
    const lines =
      near === undefined || pass ? [] : Array.from(differences(near, partial, 'row', ''), (line) => `  ${line}`)
    const head = near === undefined ? '' : headOf(near, conversations, pass)
    return { claim: `match ${print(partial)}.`, lines: [head, ...listed(lines, MOST, 'difference')], row: near }
  })
}

/** Says which conversation is spoken of. */
function headOf({ conversation_id }: Row, { one }: Conversations, pass: boolean): string {
  if (one !== undefined) return pass ? '' : 'It differs:'
  return `The conversation ${print(conversation_id)} ${pass ? 'does.' : 'is the nearest. It differs:'}`
}

function isPart(row: Row, partial: object): boolean {
  return differences(row, partial, 'row', '').next().done === true
}

/** The conversation with the fewest differences. */
function nearest({ rows }: Conversations, partial: object): Row | undefined {
  let near: Row | undefined
  let fewest = Number.POSITIVE_INFINITY
  let compared = 0
  for (const row of rows()) {
    if (++compared > MOST_COMPARED) break
    const count = [...differences(row, partial, 'row', '')].length
    if (count >= fewest) continue
    near = row
    fewest = count
  }
  return near
}

/** The keys of a conversation and of the items of its lists. */
const KNOWN: { readonly [list: string]: readonly string[] } = {
  '': KEYS,
  messages: [
    ...['id', 'timestamp', 'sender', 'content', 'action_name', 'metadata', 'attachments', 'action_logs', 'button'],
  ],
  feedbacks: ['id', 'sentiment', 'source', 'comment', 'metadata', 'created_at'],
  attachments: ['id', 'type', 'filename', 'mime_type', 'size_bytes', 'file_url'],
  action_logs: [
    ...['id', 'started_at', 'ended_at', 'duration_ms', 'tools_used', 'response', 'error_message', 'metadata'],
  ],
}

/** Throws for a key that neither the wire nor any of the conversations has: a misspelt one can never match. */
function checkKeys(partial: object, list: string, conversations: Conversations): void {
  for (const [key, value] of Object.entries(partial)) {
    if (!KNOWN[list]!.includes(key) && !isUsed(key, list, conversations)) {
      const hint = didYouMean(key, KNOWN[list]!) || ` There are ${KNOWN[list]!.join(', ')}.`
      const place = list === '' ? 'a conversation' : list
      throw wrong(key, value, `toMatchConversation: ${place} has no key ${print(key)}.${hint}`)
    }
    if (!Object.hasOwn(KNOWN, key) || !Array.isArray(value)) continue
    for (const item of value) if (isPlain(item) && !isAsymmetric(item)) checkKeys(item, key, conversations)
  }
}

function isUsed(key: string, list: string, { rows }: Conversations): boolean {
  for (const row of rows()) if (partsOf(row, list).some((part) => Object.hasOwn(part as object, key))) return true
  return false
}

/** The items of a list of a conversation, or the conversation. */
function partsOf(row: Row, list: string): readonly unknown[] {
  if (list === '') return [row]
  if (list === 'messages' || list === 'feedbacks') return row[list] ?? []
  return (row.messages ?? []).flatMap((message) => message[list as 'attachments'] ?? [])
}
