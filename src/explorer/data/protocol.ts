/** What a tab and the worker of a source say to each other. Questions go through a connected store, on a port of their own. */

import type { Status } from './contract.ts'
import type { ServedSession } from './served-session.ts'

/** A file with its path among those that were dropped together. */
export interface NamedFile {
  readonly name: string
  readonly file: File
}

/** What a worker opens. `nothing`: it is asked whether it has something open already. */
export type Order =
  | { readonly kind: 'generated'; readonly count: number }
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly NamedFile[] }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'served'; readonly base: string; readonly key: string | null }
  | { readonly kind: 'kept'; readonly name: string }
  | { readonly kind: 'nothing' }

/** What a tab asks of a worker besides: each gives no value, or fails. */
export type Task =
  | { readonly do: 'keep' }
  | { readonly do: 'forget' }
  | { readonly do: 'send'; readonly id: string; readonly change: Change }

/** A change of a conversation that goes to the API of the server. */
export type Change =
  | { readonly type: 'mark'; readonly yes: boolean }
  | { readonly type: 'rename'; readonly name: string | null }
  | { readonly type: 'feedback'; readonly sentiment: string; readonly comment: string }
  | { readonly type: 'delete' }
  | { readonly type: 'restore' }

export type FromTab =
  /** `presence`: the name of a lock that the tab holds as long as it is there. */
  | { readonly say: 'open'; readonly order: Order; readonly presence: string | null }
  /** A port over which this tab asks the store as it is now. */
  | { readonly say: 'connect'; readonly port: MessagePort }
  | { readonly say: 'task'; readonly id: number; readonly task: Task }
  /** The tab has opened something else. */
  | { readonly say: 'bye' }

export type FromWorker =
  /** `store`: which store is open, from 1, another number when all was opened anew; 0 while there is none. */
  | {
      readonly tell: 'status'
      readonly status: Status
      readonly store: number
      readonly session: ServedSession | null
    }
  /** Nothing is open here, and nothing was ordered. */
  | { readonly tell: 'nothing' }
  | { readonly tell: 'done'; readonly id: number; readonly error: string | null }
