/** The names of the actions in an agent's rows, and the ids that their logs give them. */
import type { Conversation, Message } from '../row/conversation.ts'
import { open } from '../row/conversation.ts'
import { differing } from '../row/grown.ts'
import type { View } from './view.ts'

/** How many messages have a log of each name and id. A log without an id has the id null. */
export class ActionNames implements View {
  readonly #counts = new Map<string, Map<number | null, number>>()

  change(before: Conversation | null, after: Conversation | null): void {
    const { gone, come } = differing(before, after, 'messages')
    for (const message of gone) this.#count(message, -1)
    for (const message of come) this.#count(message, 1)
  }

  /** Each name, with the ids that its logs give it. */
  *[Symbol.iterator](): Generator<readonly [name: string, ids: readonly (number | null)[]]> {
    for (const [name, ids] of this.#counts) yield [name, [...ids.keys()]]
  }

  #count(message: Message, by: number): void {
    const { action_name: name } = message
    if (typeof name !== 'string' || name === '') return
    const logs = message.action_logs ?? []
    for (const id of logs.length === 0 ? [null] : new Set(logs.map(idOf))) {
      const ids = this.#counts.get(name) ?? new Map<number | null, number>()
      this.#counts.set(name, ids)
      const count = (ids.get(id) ?? 0) + by
      if (count > 0) ids.set(id, count)
      else ids.delete(id)
      if (ids.size === 0) this.#counts.delete(name)
    }
  }
}

/** The id that a log gives its action; null for none. */
function idOf(log: object): number | null {
  const { action } = open(log as { readonly action?: unknown })
  return Number.isSafeInteger(action) && (action as number) > 0 ? (action as number) : null
}
