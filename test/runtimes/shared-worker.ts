/** A shared worker with a store, which says how many live queries it has. */
import { ConversationStore, Query } from 'conversation-store'
import { exposeStore } from 'conversation-store/worker'
import { rowsOf } from './react-rows.ts'

interface Port {
  postMessage(message: unknown): void
  addEventListener(type: 'message', hear: (event: { readonly data: unknown }) => void): void
}

const store = ConversationStore.from(rowsOf(4))
const subscriptions: { readonly isActive: boolean }[] = []
const { subscribe } = Query.prototype
Query.prototype.subscribe = function (this: Query, ...args: never[]) {
  const subscription = (subscribe as (...args: never[]) => ReturnType<typeof subscribe>).apply(this, args)
  subscriptions.push(subscription)
  return subscription
} as typeof subscribe

Object.assign(globalThis, {
  onconnect({ ports: [port] }: { readonly ports: readonly [Port] }) {
    exposeStore(store, port)
    port.addEventListener('message', ({ data }) => {
      if (data === 'how many?') port.postMessage({ active: subscriptions.filter(({ isActive }) => isActive).length })
    })
  },
})
