/** What is asked and looked at, kept in the URL of a window: a link, a reload and the back button give the same again. */
import type { Fault, Query } from 'conversation-store/core'
import type { Asked, Explore, View } from '../contract.ts'
import { NOTHING, queryOfRows } from '../query.ts'
import { readUrl, type UrlParts, writeUrl } from './index.ts'

/** The part of `window` that holds the URL. */
export interface UrlWindow {
  readonly location: UrlParts & { readonly pathname: string }
  readonly history: {
    pushState(data: unknown, unused: string, url: string): void
    replaceState(data: unknown, unused: string, url: string): void
  }
  addEventListener(type: 'popstate' | 'pagehide', listener: () => void): void
  removeEventListener(type: 'popstate' | 'pagehide', listener: () => void): void
  setTimeout(run: () => void, ms: number): number
  clearTimeout(timer: number): void
}

/** What the URL says now. Another object at each change. */
export interface UrlSnapshot {
  readonly asked: Asked
  readonly view: View
  /** The query of all rows that are asked for: one object as long as that is the same. */
  readonly query: Query
  /** What is wrong with the URL. `asked` is what the rest of it asks, which a person has not agreed to yet. */
  readonly faults: readonly Fault[]
}

/** What is typed reaches the URL after so long: browsers refuse to change it a hundred times in half a minute. */
const TYPING_MS = 300

/** The one place where the URL is read and written. */
export class UrlState {
  readonly #window: UrlWindow
  readonly #listeners = new Set<() => void>()
  #state: UrlSnapshot
  #timer: number | undefined

  /** Reads the URL. It is listened to while anyone subscribes. */
  constructor(window: UrlWindow) {
    this.#window = window
    this.#state = this.#read()
  }

  get state(): UrlSnapshot {
    return this.#state
  }

  /** Calls the listener after each change; the function that comes back ends it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      this.#window.addEventListener('popstate', this.#reread)
      this.#window.addEventListener('pagehide', this.#flush)
    }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#flush()
      this.#window.removeEventListener('popstate', this.#reread)
      this.#window.removeEventListener('pagehide', this.#flush)
    }
  }

  /** Changes what is asked: a new entry of the history, or with `replace` the entry that there is. */
  readonly ask: Explore['ask'] = (change, options) => {
    this.#move({ asked: change(this.#state.asked) }, options?.replace)
  }

  /** Changes what is looked at. */
  readonly look: Explore['look'] = (change, options) => {
    this.#move({ view: { ...this.#state.view, ...change } }, options?.replace)
  }

  /** Asks for what was sound in a URL with faults. */
  readonly askRest = (): void => {
    this.#move({ faults: [] })
  }

  /** Asks for everything, in place of a URL with faults. */
  readonly startOver = (): void => {
    this.#move({ asked: NOTHING, faults: [] })
  }

  #move(change: Partial<UrlSnapshot>, isReplaced = false): void {
    const before = this.#state
    const next = { ...before, ...change }
    if (next.asked === before.asked && next.faults === before.faults && isSame(next.view, before.view)) return
    if (!isReplaced) this.#flush()
    this.#state = { ...next, query: queryFor(next.asked, before.query) }
    if (isReplaced) this.#timer ??= this.#window.setTimeout(this.#flush, TYPING_MS)
    else this.#write('pushState')
    this.#tell()
  }

  /** Writes what was typed. */
  readonly #flush = (): void => {
    if (this.#timer === undefined) return
    this.#window.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#write('replaceState')
  }

  #write(how: 'pushState' | 'replaceState'): void {
    const { location, history } = this.#window
    const { asked, view } = this.#state
    const url = `${location.pathname}${writeUrl(asked, view, location.search)}`
    if (url === `${location.pathname}${location.search}${location.hash}`) return
    try {
      history[how](null, '', url)
    } catch {
      // Longer than the browser takes, or too often: what is asked is asked all the same.
    }
  }

  readonly #reread = (): void => {
    if (this.#timer !== undefined) this.#window.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#state = this.#read(this.#state.query)
    this.#tell()
  }

  #read(before?: Query): UrlSnapshot {
    const said = readUrl(this.#window.location)
    return { ...said, query: queryFor(said.asked, before) }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function queryFor(asked: Asked, before: Query | undefined): Query {
  const query = queryOfRows(asked)
  return before?.key === query.key ? before : query
}

function isSame(a: View, b: View): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
