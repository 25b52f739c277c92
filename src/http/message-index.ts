/** Which conversation has the message with an id. */
import type { Conversation, Message } from '../row/conversation.ts'
import { differing } from '../row/grown.ts'
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

/** Whether a message can be named in a path. */
function isId(id: Message['id']): id is number {
  return Number.isSafeInteger(id) && (id as number) > 0
}
