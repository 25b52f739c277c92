/** The rows of a query as they come into view: the pages that are seen are live, others are kept as long as nothing changes. */
import type { Preview } from 'conversation-store'
import { Query } from 'conversation-store/core'
import type { ConnectedStore } from 'conversation-store/worker'

/** What rows are asked of. */
export type PagedStore = Pick<ConnectedStore, 'subscribe'>

export const PAGE_SIZE = 50
/** Pages that are kept though they are not seen. */
const KEPT = 40
/** Rows above and below those that are seen, so that moving on finds them there. */
const AHEAD = 25

/** Rows of one query. */
export class Pages {
  readonly #store: PagedStore
  readonly #query: Query
  readonly #rows = new Map<number, readonly Preview[]>()
  readonly #open = new Map<number, () => void>()
  /**
   * The rows that were followed before the count changed, where they are if all that is new comes before them, as it does
   * while conversations are read in. They stand in until the rows there are known.
   */
  #guessed: ReadonlyMap<number, Preview> = new Map()
  readonly #listeners = new Set<() => void>()
  /** Of the query. */
  readonly key: string
  /** How many rows match. Null until that is known. */
  count: number | null = null
  /** Why there is no answer. */
  error: Error | null = null
  /** Another number whenever something has changed. */
  version = 0

  constructor(store: PagedStore, query: Query) {
    this.#store = store
    this.key = query.key
    const { page: _, after: __, lean: ___, ...spec } = query.spec
    this.#query = Query.fromSpec({ ...spec, pageSize: PAGE_SIZE }) as Query
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A row by its place; undefined until it comes. */
  row(index: number): Preview | undefined {
    const rows = this.#rows.get(Math.floor(index / PAGE_SIZE))
    return rows === undefined ? this.#guessed.get(index) : rows[index % PAGE_SIZE]
  }

  /** The place of a row among those that are known, or -1. The live pages are looked at first. */
  indexOf(conversationId: string): number {
    for (const [page, rows] of [...this.#rows].sort(
      ([a], [b]) => Number(this.#open.has(b)) - Number(this.#open.has(a)),
    )) {
      const at = rows.findIndex(({ conversation_id }) => conversation_id === conversationId)
      if (at !== -1) return page * PAGE_SIZE + at
    }
    for (const [index, row] of this.#guessed) if (row.conversation_id === conversationId) return index
    return -1
  }

  /** Follows the rows from one place to before another, and those around them. After an error it does nothing. */
  want(from: number, to: number): void {
    // Asking again what has failed would fail again, for ever.
    if (this.error !== null) return
    const count = this.count ?? Number.POSITIVE_INFINITY
    const last = this.count === null ? to : Math.min(to + AHEAD, count)
    const first = Math.floor(Math.max(0, Math.min(from - AHEAD, count - 1)) / PAGE_SIZE)
    const end = Math.max(first + 1, Math.ceil(last / PAGE_SIZE))
    for (const [page, close] of this.#open) {
      if (page >= first && page < end) continue
      close()
      this.#open.delete(page)
    }
    for (let page = first; page < end; page++) if (!this.#open.has(page)) this.#follow(page)
    this.#forget(first)
  }

  /** Follows nothing any more. The rows stay as they are. */
  close(): void {
    for (const close of this.#open.values()) close()
    this.#open.clear()
  }

  #follow(page: number): void {
    let isFirst = true
    const hear = ({ page: { count, results } }: { readonly page: { count: number; results: readonly Preview[] } }) => {
      if (this.count !== null && count !== this.count) this.#guess(count - this.count)
      // What is not followed may have moved.
      if (!isFirst || (this.count !== null && count !== this.count))
        for (const other of this.#rows.keys()) if (!this.#open.has(other)) this.#rows.delete(other)
      isFirst = false
      this.count = count
      this.#rows.set(page, results)
      this.#tell()
    }
    const fail = (error: unknown) => {
      this.#open.delete(page)
      this.#rows.delete(page)
      // There are fewer rows than before: the first page tells how many.
      if ((error as { code?: unknown }).code === 'INVALID_PAGE' && page > 0) this.want(0, 1)
      else this.error = error as Error
      this.#tell()
    }
    const subscription = this.#store.subscribe(this.#query.page(page + 1), hear, { preview: true, onError: fail })
    this.#open.set(page, () => subscription.unsubscribe())
  }

  #guess(by: number): void {
    const followed = [...this.#rows].filter(([page]) => this.#open.has(page))
    const known = followed.flatMap(([page, rows]) => rows.map((row, at) => [page * PAGE_SIZE + at, row] as const))
    // Where nothing is known yet, what was guessed before has moved on.
    const before = known.length > 0 ? known : [...this.#guessed]
    this.#guessed = new Map(before.map(([index, row]) => [index + by, row]))
  }

  /** Lets go of the pages that are farthest. */
  #forget(near: number): void {
    if (this.#rows.size <= KEPT + this.#open.size) return
    const others = [...this.#rows.keys()].filter((page) => !this.#open.has(page))
    others.sort((a, b) => Math.abs(b - near) - Math.abs(a - near))
    for (const page of others.slice(0, this.#rows.size - KEPT)) this.#rows.delete(page)
  }

  #tell(): void {
    this.version++
    for (const listener of this.#listeners) listener()
  }
}
