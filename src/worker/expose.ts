/** The worker's side: lets pages ask its store, one connection a page. */
import { expose, finalizer } from 'comlink'
import { ConversationStoreError } from '../base/errors.ts'
import type { LocalStore } from '../features/async-store/local.ts'
import { Connection } from './connection.ts'
import { checkPort, type Endpoint, endpointOf, type StorePort, whenGone } from './port.ts'
import { ARE_YOU_READY, CONNECT, PRESENCE, READY } from './protocol.ts'

/**
 * Lets pages use a store: called in the worker's file, which `connectStore` on the page is connected to. Call it before
 * anything slow: the store may be filled before, after, or by the page. Live queries of the page hear of every write,
 * whoever makes it.
 *
 * In a web worker the second argument is left out. In Node it is `parentPort` of `node:worker_threads`, in a shared worker
 * each port that connects. Throws `NO_STORE` where there is no port.
 *
 * @example
 * import { ConversationStore } from 'conversation-store'
 * import { exposeStore } from 'conversation-store/worker'
 *
 * const store = new ConversationStore()
 * exposeStore(store)
 * await store.load(await fetch('/conversations.ndjson.gz'))
 */
export function exposeStore<Metadata>(store: LocalStore<Metadata>, port?: StorePort): void {
  const own = port ?? ownPort()
  checkPort('port', own)
  const endpoint = endpointOf(own)
  endpoint.addEventListener('message', ({ data }) => {
    if (data === ARE_YOU_READY) endpoint.postMessage(READY)
    const { [CONNECT]: connected, [PRESENCE]: name } = Object(data) as Greeting
    if (connected === undefined) return
    const connection = new Connection(store as unknown as LocalStore<unknown>)
    expose(connection, connected as never)
    // A page that is gone says no more. In Node its port closes; in browsers the lock that it held is free.
    connected.addEventListener('close', () => connection[finalizer]())
    if (name !== undefined) whenGone(name, () => connection[finalizer]())
  })
  endpoint.start?.()
  endpoint.postMessage(READY)
}

interface Greeting {
  readonly [CONNECT]?: Endpoint
  readonly [PRESENCE]?: string
}

/** The worker's own global, where that is a port to the page. */
function ownPort(): StorePort {
  const own = globalThis as unknown as Partial<StorePort>
  if (typeof own.postMessage === 'function' && typeof own.addEventListener === 'function') return own as StorePort
  const message =
    'There is no page to expose the store to. Call exposeStore(store) in a worker; in Node, exposeStore(store, parentPort).'
  throw new ConversationStoreError([{ parameter: 'port', value: undefined, code: 'NO_STORE', message }])
}
