/** How conversations are changed: in the worker's store, or by the API of the server that holds them. */
import type { ConnectedStore } from 'conversation-store/worker'
import type { Writer } from '../contract.ts'
import type { Change } from '../protocol.ts'
import { plainMessage } from '../reading/words.ts'

type Send = (id: string, change: Change) => Promise<void>

/** What a change does to a store of this browser. */
const CHANGES: {
  readonly [Type in Change['type']]: (
    store: ConnectedStore,
    id: string,
    change: Change & { readonly type: Type },
  ) => Promise<unknown>
} = {
  mark: (store, id, { yes }) => store.mark(id, yes),
  rename: (store, id, { name }) => store.rename(id, name),
  feedback: (store, id, { sentiment, comment }) =>
    store.addFeedback(id, {
      sentiment: sentiment as 'positive',
      source: 'customer',
      comment: comment === '' ? null : comment,
      created_at: new Date().toISOString(),
    }),
  delete: (store, id) => store.delete(id),
  restore: (store, id) => store.restore(id),
}

/** Changes the store. Rejects with a sentence for a person. */
export function inStore(store: ConnectedStore): Send {
  return async (id, change) => {
    try {
      await CHANGES[change.type](store, id, change as never)
    } catch (error) {
      throw new Error(plainMessage(error))
    }
  }
}

export function writerOf(send: Send): Writer {
  return {
    mark: (id, yes) => send(id, { type: 'mark', yes }),
    rename: (id, name) => send(id, { type: 'rename', name }),
    feedback: (id, { sentiment, comment }) => send(id, { type: 'feedback', sentiment, comment }),
    delete: (id) => send(id, { type: 'delete' }),
    restore: (id) => send(id, { type: 'restore' }),
  }
}
