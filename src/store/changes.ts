/** The change feed: tells listeners and watchers of every change, in the order in which they were made. */

import { InvalidQueryError, show } from '../base/errors.ts'
import type { Conversation, JsonObject } from '../row/conversation.ts'
import { freezeRow } from '../row/freeze.ts'

/** What was done to a row: `mark`, `rename` and the like are updates, `delete` is soft, `purge` is for good. */
export type ChangeType = 'add' | 'update' | 'delete' | 'restore' | 'purge'

/** One change of one row, after it was made. */
export interface Change<Metadata = JsonObject, Extra = unknown> {
  readonly type: ChangeType
  /** The row as it was, frozen; null when it was not there. */
  readonly before: Conversation<Metadata, Extra> | null
  /** The row as it is, frozen; null when it is gone. */
  readonly after: Conversation<Metadata, Extra> | null
}

/** Hears of each change. What it throws reaches no one but `onListenerError`. */
export type ChangeListener<Metadata = JsonObject, Extra = unknown> = (change: Change<Metadata, Extra>) => void

/** Looks at each commit while the store is as that left it, and gives what is to be told after its changes. */
export type Watcher = (changes: readonly Change<unknown>[], first: number) => readonly (() => void)[]

/** What one write, or one batch of writes, changed. */
interface Commit {
  readonly changes: readonly Change<unknown>[]
  readonly first: number
  readonly notices: readonly (() => void)[]
}

/** The listeners and watchers of one store. */
export class ChangeFeed {
  readonly #onError: ((error: unknown) => void) | undefined
  /** An object a subscription, so that one function may listen twice. `from` is the first change that it is told. */
  readonly #listeners = new Set<{ readonly hear: ChangeListener<unknown>; readonly from: number }>()
  readonly #watchers = new Set<Watcher>()
  readonly #queue: Commit[] = []
  #isDelivering = false
  /** Changes of the batch that is being written. */
  #written: Change<unknown>[] = []
  #openBatches = 0
  /** How many changes were committed. */
  #committed = 0

  constructor(onError: ((error: unknown) => void) | undefined) {
    this.#onError = onError
  }

  /** Whether anyone listens: if not, nothing needs to be told. */
  get areHeard(): boolean {
    return this.#listeners.size > 0 || this.#watchers.size > 0
  }

  /** The number of the next change. A listener added now hears this change and later ones. */
  get next(): number {
    return this.#committed + this.#written.length
  }

  /** Has each commit looked at before it is told. `first`: the number of its first change. The function that comes back ends it. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    return () => {
      this.#watchers.delete(watcher)
    }
  }

  /** Adds a listener for all changes from now on; the function that comes back removes it, however often it is called. */
  listen(hear: ChangeListener<unknown>): () => void {
    const listener = { hear, from: this.next }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /**
   * Tells all listeners, or in a batch, keeps that for its end. What a listener's own writes change is told after what is
   * being told.
   */
  tell(changes: readonly Change<unknown>[]): void {
    if (this.#openBatches === 0) this.#commit(changes)
    else for (const change of changes) this.#written.push(change)
  }

  /** Runs `write`, whose changes are one commit, told when it ends or throws. Throws `INVALID_VALUE` when it is async, or no function. */
  batch<Result>(write: () => Result): Result {
    const kind = Object.prototype.toString.call(write)
    // Async functions and generators have written nothing, or not all, when they return.
    if (kind !== '[object Function]') throw invalidBatch(write, typeof write === 'function')
    this.#openBatches++
    try {
      const result = write()
      if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result
      // It is refused here; what it may still reject with is no news.
      void Promise.resolve(result).catch(() => undefined)
      throw invalidBatch(result, true)
    } finally {
      if (--this.#openBatches === 0) {
        const changes = this.#written
        this.#written = []
        this.#commit(changes)
      }
    }
  }

  /** Calls one listener at once; what its writes change is told after it. */
  call(hear: () => void): void {
    const isFirst = !this.#isDelivering
    this.#isDelivering = true
    this.#guard(hear)
    if (isFirst) this.#deliver()
  }

  /** To `onListenerError`, or else as an unhandled rejection: never to the writer. */
  report(error: unknown): void {
    try {
      if (this.#onError === undefined) throw error
      this.#onError(error)
    } catch (unhandled) {
      void Promise.reject(unhandled)
    }
  }

  #commit(changes: readonly Change<unknown>[]): void {
    if (changes.length === 0) return
    const first = this.#committed
    this.#committed += changes.length
    const notices: (() => void)[] = []
    for (const watch of this.#watchers) notices.push(...watch(changes, first))
    this.#queue.push({ changes, first, notices })
    if (!this.#isDelivering) this.#deliver()
  }

  #deliver(): void {
    this.#isDelivering = true
    // The queue may grow while it is walked, and so may the set of listeners; a listener that is removed hears no more.
    for (let i = 0; i < this.#queue.length; i++) {
      const { changes, first, notices } = this.#queue[i]!
      for (let at = 0; at < changes.length && this.#listeners.size > 0; at++) this.#hear(changes[at]!, first + at)
      for (const tell of notices) this.#guard(tell)
    }
    this.#queue.length = 0
    this.#isDelivering = false
  }

  #hear(change: Change<unknown>, number: number): void {
    if (change.before !== null) freezeRow(change.before)
    if (change.after !== null) freezeRow(change.after)
    for (const { hear, from } of this.#listeners) if (from <= number) this.#guard(() => hear(change))
  }

  #guard(hear: () => void): void {
    try {
      hear()
    } catch (error) {
      this.report(error)
    }
  }
}

function invalidBatch(value: unknown, isAsync: boolean): InvalidQueryError {
  const message = isAsync
    ? 'batch: the function is async or a generator. Expected one that has written everything when it returns: await first, then batch the writes. What it wrote before it returned stands.'
    : `batch: expected a function that writes, () => store.addMany(rows), got ${show(value)}.`
  return new InvalidQueryError([{ parameter: 'batch', value, code: 'INVALID_VALUE', message }])
}
