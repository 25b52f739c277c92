/**
 * A store in a worker, asked from the page: the entry point `conversation-store/worker`. The worker's file calls
 * `exposeStore(store)`, the page `connectStore(worker)`.
 */
export { connectStore } from './connect.ts'
export type { AskOptions, ConnectedStore, ConnectedWarmOptions, ConnectOptions } from './contract.ts'
export { exposeStore } from './expose.ts'
export type { StorePort } from './port.ts'
