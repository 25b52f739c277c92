/** What the worker of a source has open, as one opening fills it and its tabs are told. */
import { ConversationStore } from 'conversation-store'
import type { Failure, ReadFault, SourceKind, Status } from '../contract.ts'
import type { Opening } from '../reading/opening.ts'
import { Room } from '../reading/room.ts'
import type { ServedSession } from '../served-session.ts'
import { emptyStatus } from '../status.ts'

const MOST_FAULTS = 100
/** Tabs are told no more often, in milliseconds, while rows are read. */
const TELL_MS = 50

/** One opening: what it reads goes through here. */
export class OpeningState implements Opening {
  readonly signal: AbortSignal
  readonly room: Room
  /** Which store is open, from 1; 0 until the first rows are there. */
  storeNumber = 0
  session: ServedSession | null = null
  #store = new ConversationStore()
  #bytes: Uint8Array | undefined
  #status: Status
  readonly #onTell: () => void
  readonly #start = performance.now()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(kind: SourceKind, name: string, signal: AbortSignal, onTell: () => void, room = new Room()) {
    this.signal = signal
    this.room = room
    this.#onTell = onTell
    this.#status = emptyStatus(kind, name)
  }

  get store(): ConversationStore {
    return this.#store
  }

  /** The snapshot that the store was opened from, as long as nothing of it has changed. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes
  }

  get status(): Status {
    return this.#status
  }

  use(store: ConversationStore, bytes?: Uint8Array): void {
    this.#store = store
    this.#bytes = bytes
    store.onChange(() => {
      this.#bytes = undefined
    })
    this.storeNumber++
    this.change({ rows: store.size })
  }

  tell(progress: number | null = this.#status.progress): void {
    const rows = this.#store.size
    if (rows > 0 && this.storeNumber === 0) this.storeNumber = 1
    const isFirst = this.#status.phase === 'starting' || (rows > 0 && this.#status.rows === 0)
    const phase = this.#status.phase === 'starting' ? 'loading' : this.#status.phase
    this.#status = { ...this.#status, phase, rows, progress }
    if (isFirst) this.#now()
    else this.#timer ??= setTimeout(() => this.#now(), TELL_MS)
  }

  addFault(fault: ReadFault): void {
    const { faults, faultCount } = this.#status
    const listed = faultCount < MOST_FAULTS ? [...faults, fault] : faults
    this.#status = { ...this.#status, faults: listed, faultCount: faultCount + 1 }
  }

  addUnlisted(count: number): void {
    this.#status = { ...this.#status, faultCount: this.#status.faultCount + count }
  }

  limit(of: number | null): void {
    this.#status = { ...this.#status, limit: { rows: this.#store.size, of: of ?? this.session?.rows ?? null } }
  }

  serve(session: ServedSession): void {
    this.session = session
    const { source, faults, faultCount = faults.length } = session
    this.change({ source: { kind: 'served', name: source.name }, faults, faultCount })
  }

  setOffline(isOffline: boolean): void {
    if (isOffline !== this.#status.isOffline) this.change({ isOffline })
  }

  /** All rows are there. */
  complete(): void {
    if (this.storeNumber === 0) this.storeNumber = 1
    this.change({ phase: 'indexing', rows: this.#store.size, progress: 0 })
  }

  ready(): void {
    this.change({ phase: 'ready', progress: 1, ms: performance.now() - this.#start })
  }

  fail(failure: Failure): void {
    this.change({ phase: 'failed', failure, progress: null })
  }

  /** Changes the status and tells of it at once. */
  change(change: Partial<Status>): void {
    this.#status = { ...this.#status, ...change }
    this.#now()
  }

  #now(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#onTell()
  }
}
