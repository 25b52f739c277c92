/** Where new messages go among those that a conversation has: by time, after their equals. */
import { compareInstants, type Instant, toInstant } from '../../base/text/instant.ts'
import type { Conversation, Message } from '../../row/conversation.ts'
import { countOf, itemOf } from '../../row/grown.ts'
import type { PlacedMessage } from '../events.ts'

/** A message that is to be placed, and its time. */
export interface TimedMessage {
  readonly at: Instant
  readonly message: Message
}

/**
 * The places of messages, as if each were added in turn: after those that are not later, read from the end. Messages
 * without a time stay before it. O(new x log new + messages that are later).
 */
export function placed(row: Conversation | undefined, messages: readonly TimedMessage[]): readonly PlacedMessage[] {
  const sorted = messages.slice().sort((a, b) => compareInstants(a.at, b.at))
  let place = row === undefined ? 0 : countOf(row, 'messages')
  const result: PlacedMessage[] = []
  for (let i = sorted.length - 1; i >= 0; i--) {
    const { at, message } = sorted[i]!
    for (; place > 0; place--) {
      const other = toInstant(itemOf(row!, 'messages', place - 1).timestamp)
      if (other === undefined || compareInstants(other, at) <= 0) break
    }
    result.push({ index: place, message })
  }
  return result.reverse()
}

/** The messages of a row from the first place on, with the new ones among them. O(messages from there on). */
export function merged(row: Conversation, messages: readonly PlacedMessage[]): readonly Message[] {
  const count = countOf(row, 'messages')
  const list: Message[] = []
  let at = messages[0]?.index ?? count
  for (const { index, message } of messages) {
    for (; at < index; at++) list.push(itemOf(row, 'messages', at))
    list.push(message)
  }
  for (; at < count; at++) list.push(itemOf(row, 'messages', at))
  return list
}
