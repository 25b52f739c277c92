/** Where an opening puts what it reads, and whom it tells how far it is. */
import type { ConversationStore } from 'conversation-store'
import type { Failure, ReadFault } from '../contract.ts'
import type { ServedSession } from '../served-session.ts'
import type { Room } from './room.ts'

export interface Opening {
  readonly signal: AbortSignal
  /** The store that rows go to. */
  readonly store: ConversationStore
  readonly room: Room
  /** Opens another store in place of the one that is there. `bytes`: the snapshot that it was opened from. */
  use(store: ConversationStore, bytes?: Uint8Array): void
  /** Tells of rows that were added, and how far the reading is: from 0 to 1, or null where that is unknown. */
  tell(progress?: number | null): void
  addFault(fault: ReadFault): void
  /** Faults of which nothing more is known. */
  addUnlisted(count: number): void
  /** There are more rows than fit: so many in all, if that is known. */
  limit(of: number | null): void
  /** What the server says of what it serves. */
  serve(session: ServedSession): void
  /** Whether the server answers. */
  setOffline(isOffline: boolean): void
}

/** Why nothing is open, with what to do about it. */
export class OpenFailure extends Error {
  readonly failure: Failure

  constructor(title: string, advice: string, asksFor: Failure['asksFor'] = null) {
    super(`${title} ${advice}`)
    this.failure = { title, advice, asksFor }
  }
}
