/** The names of the actions in an agent's rows, and the ids that their logs give them. */
import { type Conversation, type Message, open } from '../row/conversation.ts'
import { differing } from '../row/grown.ts'
import type { ActionDefinitions } from './action-definitions.ts'
import type { ActionDefinition } from './events.ts'
import type { View } from './view.ts'

/** The definitions of an agent, those that only its rows know too. */
export interface Known {
  /** By id. */
  readonly all: readonly ActionDefinition[]
  /** Gives the ids that names of rows have in `all`, for as long as the state lives. Until then nothing has changed. */
  readonly keep: () => void
}

/** All definitions: those on record, and those of names that only rows have. O(definitions x log definitions + names). */
export function knownActions(actions: ActionDefinitions, names: ActionNames): Known {
  const byId = new Map(actions.all().map((action) => [action.id, action]))
  const known = new Set(Array.from(byId.values(), ({ name }) => name))
  const added: ActionDefinition[] = []
  let greatest = actions.greatestId
  for (const [name, ids] of names) {
    const isOfOthers = ids.every((id) => id !== null && byId.has(id))
    if (known.has(name) || isOfOthers) continue
    const given = ids.find((id) => id !== null && !byId.has(id))
    const id = given ?? greatest + 1
    greatest = Math.max(greatest, id)
    const action = { id, name, display_name: name, description: '' }
    known.add(name)
    byId.set(id, action)
    added.push(action)
  }
  return {
    all: [...byId.values()].sort((a, b) => a.id - b.id),
    keep: () => {
      for (const { id, name } of added) actions.loaded(name, id)
    },
  }
}

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
