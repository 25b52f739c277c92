/** All live queries of a store: which of them a commit concerns, and telling their listeners. */

import type { Row } from '../../engine/segments/documents.ts'
import type { Envelope } from '../../query/envelope.ts'
import type { PageAnswer } from '../../query/source.ts'
import type { QuerySpec } from '../../query/spec.ts'
import type { Change, Changes, Watcher } from '../../store/changes.ts'
import { LiveQuery, type LiveSource } from './live-query.ts'
import { Registry } from './registry.ts'
import type { LiveQuestion, Subscription } from './types.ts'

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
export class LiveQueries<Metadata> implements Watcher<Metadata> {
  readonly #source: LiveSource
  readonly #changes: Changes<Metadata>
  /** What tests of rows are good for: they are made anew for another. */
  readonly #ground: () => object
  #preparedFor: object
  readonly #entries = new Set<Entry>()
  readonly #registry = new Registry<Entry>()
  #subscribed = 0

  constructor(source: LiveSource, changes: Changes<Metadata>, ground: () => object) {
    this.#source = source
    this.#changes = changes
    this.#ground = ground
    this.#preparedFor = ground()
    changes.watch(this)
  }

  get isWatching(): boolean {
    return this.#entries.size > 0
  }

  /** Subscribes: the listener is called once before this returns. Throws what the query throws, and then has not. */
  subscribe(
    spec: QuerySpec,
    question: LiveQuestion,
    envelope: (page: PageAnswer<unknown>) => Envelope<unknown>,
  ): Subscription {
    const { listener, onWaiting, signal } = question
    if (signal?.aborted === true)
      return subscription(
        () => {},
        () => false,
      )
    this.#prepare()
    const query = new LiveQuery(spec, question, envelope, this.#source)
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
      from: this.#changes.next,
      query,
      react: (changes) => react(() => query.react(changes)),
    }
    const forget = this.#registry.add(entry, query.where)
    this.#entries.add(entry)
    const end = () => {
      this.#entries.delete(entry)
      forget()
      signal?.removeEventListener('abort', end)
    }
    signal?.addEventListener('abort', end, { once: true })
    this.#changes.call(hear(query.first()))
    return subscription(
      end,
      () => this.#entries.has(entry),
      query,
      () => {
        if (this.#entries.has(entry)) for (const call of react(() => query.release())) this.#changes.call(call)
      },
    )
  }

  judge(changes: readonly Change<Metadata>[], first: number): readonly (() => void)[] {
    this.#prepare()
    const told: { readonly number: number; readonly calls: readonly (() => void)[] }[] = []
    const ask = (entry: Entry, theirs: readonly Change<Metadata>[]) => {
      try {
        const calls = entry.react(theirs as readonly Change<unknown>[])
        if (calls.length > 0) told.push({ number: entry.number, calls })
      } catch (error) {
        // A histogram of too many buckets, say: no fault of the writer.
        this.#changes.report(error)
      }
    }
    for (const entry of this.#registry.others) {
      if (entry.from <= first) ask(entry, changes)
      else if (entry.from < first + changes.length) ask(entry, changes.slice(entry.from - first))
    }
    const found = new Map<Entry, Change<Metadata>[]>()
    changes.forEach((change, i) => {
      this.#registry.eachConcerned([change.before as Row | null, change.after as Row | null], (entry) => {
        if (entry.from > first + i) return
        const theirs = found.get(entry)
        if (theirs === undefined) found.set(entry, [change])
        else if (theirs.at(-1) !== change) theirs.push(change)
      })
    })
    for (const [entry, theirs] of found) ask(entry, theirs)
    return told.sort((a, b) => a.number - b.number).flatMap(({ calls }) => calls)
  }

  #prepare(): void {
    const ground = this.#ground()
    if (ground === this.#preparedFor) return
    this.#preparedFor = ground
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
