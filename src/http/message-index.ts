/** Which conversation has the message with an id. */
import type { Conversation, Message } from '../row/conversation.ts'
import { differing } from '../row/grown.ts'
import type { ConversationStore } from '../store/core.ts'
import type { View } from './view.ts'

/** Conversation ids by message id: mostly one, which stands alone, for there may be millions. */
export class MessageIndex implements View {
  readonly #holders = new Map<number, number | number[]>()

  /** The least id of a conversation that has such a message. O(1). */
  find(message: number): number | undefined {
    const holders = this.#holders.get(message)
    return Array.isArray(holders) ? Math.min(...holders) : holders
  }

  change(before: Conversation | null, after: Conversation | null): void {
    const { gone, come } = differing(before, after, 'messages')
    for (const { id } of gone) if (isId(id)) this.#remove(id, before!.id)
    for (const { id } of come) if (isId(id)) this.#add(id, after!.id)
  }

  #add(message: number, conversation: number): void {
    const holders = this.#holders.get(message)
    this.#holders.set(message, holders === undefined ? conversation : [holders, conversation].flat())
  }

  #remove(message: number, conversation: number): void {
    const left = [this.#holders.get(message) ?? []].flat()
    const at = left.indexOf(conversation)
    if (at >= 0) left.splice(at, 1)
    if (left.length === 0) this.#holders.delete(message)
    else this.#holders.set(message, left.length === 1 ? left[0]! : left)
  }
}

/** What has the store. */
interface Holder {
  readonly agent: { readonly state: { readonly store: Pick<ConversationStore, 'get'> } }
}

/** A message, and where it is. */
export interface FoundMessage {
  readonly row: Conversation
  /** Its place among the messages of the row. */
  readonly index: number
  readonly message: Message
}

/** The message with an id; undefined where there is none. O(messages of its conversation). */
export function findMessage({ agent }: Holder, messages: MessageIndex, id: number): FoundMessage | undefined {
  const holder = messages.find(id)
  const row = holder === undefined ? undefined : agent.state.store.get(holder)
  const index = row?.messages?.findIndex((message) => message.id === id) ?? -1
  return row === undefined || index < 0 ? undefined : { row, index, message: row.messages[index]! }
}

/** Whether a message can be named in a path. */
function isId(id: Message['id']): id is number {
  return Number.isSafeInteger(id) && (id as number) > 0
}
