/** Tells listeners of changes, in the order in which they were made. */
import type { Conversation, JsonObject } from './conversation.ts'

/** What was done to a row: `mark`, `rename` and the like are updates, `delete` is soft, `purge` is for good. */
export type ChangeType = 'add' | 'update' | 'delete' | 'restore' | 'purge'

/** One change of one row, after it was made. */
export interface Change<Metadata = JsonObject> {
  readonly type: ChangeType
  /** The row as it was, frozen; null when it was not there. */
  readonly before: Conversation<Metadata> | null
  /** The row as it is, frozen; null when it is gone. */
  readonly after: Conversation<Metadata> | null
}

/** Hears of each change. What it throws reaches no one but `onListenerError`. */
export type ChangeListener<Metadata = JsonObject> = (change: Change<Metadata>) => void

/** The listeners of one store. */
export class Changes<Metadata> {
  readonly #onError: ((error: unknown) => void) | undefined
  /** An object a subscription, so that one function may listen twice. */
  readonly #listeners = new Set<{ readonly hear: ChangeListener<Metadata> }>()
  readonly #queue: Change<Metadata>[] = []
  #isDelivering = false

  constructor(onError: ((error: unknown) => void) | undefined) {
    this.#onError = onError
  }

  /** Whether anyone listens: if not, nothing needs to be told. */
  get areHeard(): boolean {
    return this.#listeners.size > 0
  }

  /** Adds a listener; the function that comes back takes it away, however often it is called. */
  listen(hear: ChangeListener<Metadata>): () => void {
    const listener = { hear }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Tells all listeners. Changes that a listener makes are told after the ones being told now. */
  tell(changes: readonly Change<Metadata>[]): void {
    for (const change of changes) this.#queue.push(change)
    if (this.#isDelivering) return
    this.#isDelivering = true
    // The queue may grow while it is walked.
    for (let i = 0; i < this.#queue.length; i++) {
      for (const listener of [...this.#listeners]) {
        if (this.#listeners.has(listener)) this.#call(listener.hear, this.#queue[i]!)
      }
    }
    this.#queue.length = 0
    this.#isDelivering = false
  }

  #call(hear: ChangeListener<Metadata>, change: Change<Metadata>): void {
    try {
      hear(change)
    } catch (error) {
      this.#report(error)
    }
  }

  /** To `onListenerError`, or else as an unhandled rejection: never to the writer. */
  #report(error: unknown): void {
    try {
      if (this.#onError === undefined) throw error
      this.#onError(error)
    } catch (unhandled) {
      void Promise.reject(unhandled)
    }
  }
}
