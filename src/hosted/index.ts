/** The hosted API as a store elsewhere: the entry point `conversation-store/hosted`. */

export { connectHosted, type HostedStore } from './connect.ts'
export type { HostedOptions } from './options.ts'
export type { HostedFetch, ResponseLike } from './requests.ts'
