/**
 * A store in a worker, asked from the page: the entry point `conversation-store/worker`. The worker's file calls
 * `exposeStore(store)`, the page `connectStore(worker)`.
 */
export {
  type AskOptions,
  type ConnectedLoadOptions,
  type ConnectedSource,
  type ConnectedStore,
  type ConnectedSubscribeOptions,
  type ConnectedWarmOptions,
  connectStore,
} from './connect.ts'
export { exposeStore } from './expose.ts'
export type { StorePort } from './port.ts'
