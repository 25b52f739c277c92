/** A shared worker with a store, which says how many live queries it has. */
import { ConversationStore } from 'conversation-store'
import { exposeStore } from 'conversation-store/worker'
import { rowsOf } from './react-rows.ts'
import { active } from './subscriptions.ts'

interface Port {
  postMessage(message: unknown): void
  addEventListener(type: 'message', hear: (event: { readonly data: unknown }) => void): void
}

const store = ConversationStore.from(rowsOf(4))

Object.assign(globalThis, {
  onconnect({ ports: [port] }: { readonly ports: readonly [Port] }) {
    exposeStore(store, port)
    port.addEventListener('message', ({ data }) => {
      if (data === 'how many?') port.postMessage({ active: active() })
    })
  },
})
