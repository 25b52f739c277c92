/** Keeps what is open as a snapshot in this browser, once a person has asked for it, and with it what is changed later. */
import { canKeep, deleteCached, keepSnapshot } from 'conversation-store/snapshot'
import type { SourceKind } from '../contract.ts'
import { KEPT } from '../sources/kept.ts'
import type { OpeningState } from './state.ts'

/** Made up ones are made again, and what is served is kept by the server. */
const KEEPABLE: readonly SourceKind[] = ['files', 'url', 'kept']
/** So long after the last change it is written again, in milliseconds. */
const PAUSE_MS = 3_000

export class Keeper {
  readonly #state: OpeningState
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Writings follow each other. */
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(state: OpeningState) {
    this.#state = state
    state.store.onChange(() => this.#changed())
  }

  /** Undefined where nothing of the kind can be kept here. */
  static async of(state: OpeningState, kind: SourceKind): Promise<Keeper | undefined> {
    if (!KEEPABLE.includes(kind) || !(await canKeep(KEPT))) return undefined
    state.change({ keeping: kind === 'kept' ? 'kept' : 'possible' })
    return new Keeper(state)
  }

  async keep(): Promise<void> {
    await this.#write()
    this.#state.change({ keeping: 'kept' })
  }

  async forget(): Promise<void> {
    clearTimeout(this.#timer)
    this.#state.change({ keeping: 'possible' })
    await this.#writing.catch(() => {})
    await deleteCached(KEPT)
  }

  #changed(): void {
    if (this.#state.status.keeping !== 'kept') return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // Without room for it, a person is asked anew.
      this.#write().catch(() => this.#state.change({ keeping: 'possible' }))
    }, PAUSE_MS)
  }

  #write(): Promise<unknown> {
    this.#writing = this.#writing
      .catch(() => {})
      .then(() => keepSnapshot(KEPT, this.#state.bytes ?? this.#state.store, { signal: this.#state.signal }))
    return this.#writing
  }
}
