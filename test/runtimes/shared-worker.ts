/** A shared worker with a store, which says how many live queries it has. */
import { ConversationStore } from 'conversation-store'
import { exposeStore } from 'conversation-store/worker'
import { rowsOf } from './react-rows.ts'

interface Port {
  postMessage(message: unknown): void
  addEventListener(type: 'message', hear: (event: { readonly data: unknown }) => void): void
}

/** What a store has of its change feed, and those who look at each commit: they say what there is to tell. */
const EXECUTOR = Symbol.for('conversation-store.executor')
type Watcher = (...commit: unknown[]) => readonly unknown[]
interface Feed {
  watch(watcher: Watcher): () => void
}

const store = ConversationStore.from(rowsOf(4))

/** How many live queries there are: each is told of a write that changes a row of its page. */
function active(): number {
  told = 0
  store.mark(1, store.get(1)?.is_marked !== true)
  return told
}

let told = 0
const { changes } = (store as unknown as { readonly [name: symbol]: { readonly changes: Feed } })[EXECUTOR]!
const watch = changes.watch.bind(changes)
changes.watch = (watcher) =>
  watch((...commit) => {
    const calls = watcher(...commit)
    told = calls.length
    return calls
  })

Object.assign(globalThis, {
  onconnect({ ports: [port] }: { readonly ports: readonly [Port] }) {
    exposeStore(store, port)
    port.addEventListener('message', ({ data }) => {
      if (data === 'how many?') port.postMessage({ active: active() })
    })
  },
})
