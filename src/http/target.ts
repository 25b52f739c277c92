/** Finding the conversation that a body names, and adding a message to it. */

import { type Draft, endOf, placeOf } from '../features/recording/parts.ts'
import type { Conversation, JsonObject, Message } from '../row/conversation.ts'
import { readMessage } from '../row/read.ts'
import { notFound, Refusal } from './answer.ts'
import { type Call, clock } from './call.ts'
import type { IdCounters, RecordedEvent } from './events.ts'
import type { Fields } from './fields.ts'

/** A stored conversation, or the id of one to be made. */
export type Target = Conversation | string

/**
 * The id by which a body names a row: an integer from 1, or its digits. `undefined` for anything else, so that other
 * fields decide.
 */
export function usableId(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value
  return typeof id === 'number' && Number.isInteger(id) && id > 0 ? id : undefined
}

/**
 * How a body names its conversation: by `conversation`, the pk, where that is usable, else by `conversation_id`. Notes a
 * fault where neither is usable. The returned function finds the conversation, once the rest of the body is judged.
 */
export function readTarget(call: Call, fields: Fields): () => Target {
  const { store } = call.agent.state
  const pk = usableId(fields.get('conversation'))
  if (pk !== undefined) {
    return () => {
      const row = store.get(pk)
      if (row === undefined) throw notFound()
      return row
    }
  }
  const id = fields.conversationId()
  return () => store.get(id) ?? id
}

/** The next id of a kind. Throws a 400 when the greatest one is used. */
export function nextId(call: Call, kind: keyof IdCounters): number {
  return idAfter(call.agent.state.ids[kind], kind)
}

/** Gives the next ids of all kinds, each once, for a request that uses several. Throws as `nextId` does. */
export function newIds({ agent }: Call): (kind: keyof IdCounters) => number {
  const greatest = agent.state.ids
  return (kind) => {
    greatest[kind] = idAfter(greatest[kind], kind)
    return greatest[kind]
  }
}

function idAfter(greatest: number, kind: string): number {
  if (greatest < Number.MAX_SAFE_INTEGER) return greatest + 1
  throw new Refusal(400, `No id is left for another ${kind}.`)
}

/**
 * A new conversation. Without a time it starts now. Its fields were judged one by one; the store checks the whole as it
 * takes it in, and completes it where it is.
 */
export function newConversation(call: Call, parts: JsonObject & { readonly conversation_id: string }): Conversation {
  const { started_at = clock(call), environment = call.settings.defaultEnvironment ?? 'development' } = parts
  const row = { ...parts, id: nextId(call, 'conversation'), started_at, ended_at: started_at, environment }
  return row as object as Conversation
}

/** A message that is added to a conversation, and the events that do it. */
export interface Addition {
  readonly row: Conversation
  readonly message: Message
  readonly events: readonly RecordedEvent[]
}

/**
 * Adds a message to a conversation, which is made if it is not there: after the messages that are not later, and the
 * end of the conversation moves with it. Throws `InvalidRowError`. O(messages that are later).
 */
export function addition(call: Call, target: Target, draft: Draft): Addition {
  const events: RecordedEvent[] = []
  let row: Conversation
  if (typeof target === 'string') {
    row = newConversation(call, { conversation_id: target, started_at: draft.timestamp })
    events.push({ type: 'conversation_added', row })
  } else row = target
  const id = nextId(call, 'message')
  const message = readMessage({ id, ...draft }, { message: 0, feedback: 0 })
  const ended = endOf(row, draft.timestamp)
  events.push({
    type: 'message_added',
    conversation: row.id,
    index: placeOf(row, draft.timestamp),
    message,
    ...(ended !== undefined && { ended_at: ended }),
  })
  return { row, message, events }
}
