/** The conversation that is replayed: a row, or what records one. */
import { invalidOption } from '../../base/options.ts'
import type { Conversation, ConversationInput } from '../../row/conversation.ts'
import { ConversationStore } from '../../store/core.ts'

/** A stored row, one as it may be given, or a chat. */
export type Replayable = ConversationInput<object> | Conversation<object> | { toConversation(): Conversation<object> }

/** The row, as a store reads it. Throws `INVALID_VALUE` for what is no row at all, `InvalidRowError` for one with faults. */
export function rowOf(subject: Replayable, by: string): Conversation {
  const given: unknown = typeof Object(subject).toConversation === 'function' ? toConversation(subject) : subject
  if (typeof given !== 'object' || given === null || !('conversation_id' in given))
    throw invalidOption('row', subject, 'a conversation of a store, or a chat', ` Write ${by}(store.get("chat-1"), …).`)
  return new ConversationStore().add(given as ConversationInput)
}

function toConversation(subject: unknown): unknown {
  return (subject as { toConversation(): unknown }).toConversation()
}
