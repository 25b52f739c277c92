/** All live queries of a store: which of them a commit concerns, and telling their listeners. */

import type { Engine } from '../../engine/engine.ts'
import { sharingRuns } from '../../engine/kept-runs.ts'
import type { Change, ChangeFeed } from '../../store/changes.ts'
import type { QueryExecutor } from '../../store/executor.ts'
import type { Asked } from '../../store/inside.ts'
import { LiveQuery } from './live-query.ts'
import { Registry } from './registry.ts'
import type { LiveQuestion, Subscription } from './types.ts'

/** By the change feed that they watch. */
const found = new WeakMap<ChangeFeed, LiveQueries>()

/** The live queries of the store of an executor. */
export function liveQueriesOf(executor: QueryExecutor): LiveQueries {
  const live = found.get(executor.changes) ?? new LiveQueries(executor)
  found.set(executor.changes, live)
  return live
}

/** A subscription as it is kept. */
interface Entry {
  /** In the order of subscription. */
  readonly number: number
  /** The first change that it is told. */
  readonly from: number
  readonly query: LiveQuery
  /** What is to be called for changes. */
  react(changes: readonly Change<unknown>[]): readonly (() => void)[]
}

const NO_CALLS: readonly (() => void)[] = []

/** The live queries of one store. */
class LiveQueries {
  readonly #executor: QueryExecutor
  /** What tests of rows are good for: they are made anew for another. */
  #preparedFor: Engine
  readonly #entries = new Set<Entry>()
  readonly #registry = new Registry<Entry>()
  #subscribed = 0
  #unwatch = () => {}

  constructor(executor: QueryExecutor) {
    this.#executor = executor
    this.#preparedFor = executor.engine
  }

  /** Subscribes: the listener is called once before this returns. Throws what the query throws, and then has not. */
  subscribe(asked: Asked, question: LiveQuestion): Subscription {
    const { listener, onWaiting, signal } = question
    if (signal?.aborted === true)
      return subscription(
        () => {},
        () => false,
      )
    this.#prepare()
    const { changes } = this.#executor
    const query = new LiveQuery(asked, question)
    const hear = (notice: unknown) => () => {
      if (this.#entries.has(entry)) listener(notice as never)
    }
    const react = (follow: () => unknown): readonly (() => void)[] => {
      const { waiting } = query
      const notice = follow()
      const now = query.waiting
      if (notice === undefined && now === waiting) return NO_CALLS
      const calls = notice === undefined ? [] : [hear(notice)]
      if (now !== waiting && onWaiting) calls.push(() => this.#entries.has(entry) && onWaiting(now))
      return calls
    }
    const entry: Entry = {
      number: this.#subscribed++,
      from: changes.next,
      query,
      react: (theirs) => react(() => query.react(theirs)),
    }
    const forget = this.#registry.add(entry, query.where)
    this.#entries.add(entry)
    if (this.#entries.size === 1) this.#unwatch = changes.watch((...commit) => this.#judge(...commit))
    const end = () => {
      if (this.#entries.delete(entry) && this.#entries.size === 0) this.#unwatch()
      forget()
      signal?.removeEventListener('abort', end)
    }
    signal?.addEventListener('abort', end, { once: true })
    changes.call(hear(query.first()))
    return subscription(
      end,
      () => this.#entries.has(entry),
      query,
      () => {
        if (this.#entries.has(entry)) for (const call of react(() => query.release())) changes.call(call)
      },
    )
  }

  /** What a commit gives to tell. */
  #judge(changes: readonly Change<unknown>[], first: number): readonly (() => void)[] {
    this.#prepare()
    const told: { readonly number: number; readonly calls: readonly (() => void)[] }[] = []
    const ask = (entry: Entry, theirs: readonly Change<unknown>[]) => {
      try {
        const calls = entry.react(theirs)
        if (calls.length > 0) told.push({ number: entry.number, calls })
      } catch (error) {
        // A histogram of too many buckets, say: no fault of the writer.
        this.#executor.changes.report(error)
      }
    }
    sharingRuns(this.#executor.engine, () => this.#askAll(changes, first, ask))
    return told.sort((a, b) => a.number - b.number).flatMap(({ calls }) => calls)
  }

  /** Asks each live query that a commit may concern, with the changes that are for it. */
  #askAll(
    changes: readonly Change<unknown>[],
    first: number,
    ask: (entry: Entry, theirs: readonly Change<unknown>[]) => void,
  ): void {
    for (const entry of this.#registry.others) {
      if (entry.from <= first) ask(entry, changes)
      else if (entry.from < first + changes.length) ask(entry, changes.slice(entry.from - first))
    }
    const found = new Map<Entry, Change<unknown>[]>()
    changes.forEach((change, i) => {
      this.#registry.eachConcerned([change.before, change.after], (entry) => {
        if (entry.from > first + i) return
        const theirs = found.get(entry)
        if (theirs === undefined) found.set(entry, [change])
        else if (theirs.at(-1) !== change) theirs.push(change)
      })
    })
    for (const [entry, theirs] of found) ask(entry, theirs)
  }

  #prepare(): void {
    const { engine } = this.#executor
    if (engine === this.#preparedFor) return
    this.#preparedFor = engine
    for (const { query } of this.#entries) query.prepare()
  }
}

/** What a subscriber gets: a function that ends it, with what else it can do. */
function subscription(
  end: () => void,
  isActive: () => boolean,
  query?: LiveQuery,
  release: () => void = () => {},
): Subscription {
  const sub = () => end()
  return Object.defineProperties(sub, {
    unsubscribe: { value: end },
    isActive: { get: isActive },
    waiting: { get: () => query?.waiting ?? 0 },
    release: { value: release },
  }) as unknown as Subscription
}
