/** The conversation that is replayed: a row, or what records one. */
import { invalidOption } from '../../base/options.ts'
import type { Conversation, ConversationInput } from '../../row/conversation.ts'
import { readRow } from '../../row/read.ts'

/** A stored row, one as it may be given, or a chat. */
export type Replayable = ConversationInput<object> | Conversation<object> | { toConversation(): Conversation<object> }

/** A copy of the row, as a store reads it. Throws `INVALID_VALUE` for what is no row at all, `InvalidRowError` for one with faults. */
export function rowOf(subject: Replayable, by: string): Conversation {
  const given: unknown = typeof Object(subject).toConversation === 'function' ? toConversation(subject) : subject
  if (typeof given !== 'object' || given === null || !('conversation_id' in given))
    throw invalidOption('row', subject, 'a conversation of a store, or a chat', ` Write ${by}(store.get("chat-1"), …).`)
  const row = readRow(given, false).row as unknown as Conversation
  // One that no store has read has no id, and may be read again.
  return row.id > 0 ? row : { ...row, id: 1 }
}

function toConversation(subject: unknown): unknown {
  return (subject as { toConversation(): unknown }).toConversation()
}
