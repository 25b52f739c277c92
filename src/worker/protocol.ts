/** What the two sides say to each other. Only this crosses: specs one way; pages, counts, facets and errors the other. */
import type { CountOptions, PageOptions } from '../features/live/types.ts'
import type { LoadOptions, LoadProgress } from '../features/load/index.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { PlainError } from './errors.ts'

/** One question: what is asked (an entry of `QUESTIONS`), of which query, and what else its method takes. */
export interface Question {
  readonly kind: 'run' | 'count' | 'facets' | 'histogram' | 'highlights'
  readonly spec: QuerySpec
  readonly args: readonly unknown[]
  /** Whose question it is: a newer one of the same kind by the same subscriber takes the place of one not yet begun. */
  readonly subscriber?: string | undefined
}

/** What became of a question or of a load. */
export type Outcome = { readonly value: unknown } | { readonly error: PlainError }

/** The part of the options of a subscription that can be cloned. */
export type LiveOptions = Omit<PageOptions, 'onWaiting' | 'signal'> | Omit<CountOptions, 'signal'>

/** What is done to live queries; ids are the page's. */
export type LiveCommand =
  | { readonly do: 'open'; readonly id: number; readonly spec: QuerySpec; readonly options: LiveOptions }
  | { readonly do: 'release'; readonly id: number }
  | { readonly do: 'close'; readonly id: number }

/** What the page hears without having asked just now; `id` is the live query or the task that it is about. */
export type StoreEvent =
  | { readonly type: 'notice'; readonly id: number; readonly notice: object }
  | { readonly type: 'waiting'; readonly id: number; readonly waiting: number }
  | { readonly type: 'error'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'progress'; readonly id: number; readonly progress: object }

/** Hears events, those of one commit together. */
export type Notify = (events: readonly StoreEvent[]) => unknown

/** The part of a load's options that can be cloned. */
export type LoadSettings = Pick<LoadOptions, 'onInvalid' | 'maxRowBytes'> & { readonly reports: boolean }

/** The settings of the building of indexes that can be cloned. */
export interface WarmSettings {
  readonly text?: boolean | undefined
  readonly metadata?: readonly (string | readonly string[])[] | undefined
  readonly sliceMs?: number | undefined
  readonly reports: boolean
}

/** The store's side of one connection. */
export interface RemoteStore {
  /** Tells whom events go to, before anything is asked. */
  listen(notify: Notify): void
  ask(id: number, question: Question): Promise<Outcome>
  load(id: number, source: unknown, settings: LoadSettings): Promise<Outcome>
  warm(id: number, settings: WarmSettings): Promise<Outcome>
  /** Drops a question that has not begun, or aborts a load. */
  drop(id: number): void
  live(commands: readonly LiveCommand[]): void
}

/**
 * The first words. A page that speaks before the worker listens would not be heard, for a worker may load its store
 * first: so the worker says that it is ready, at once and whenever it is asked. Then the page sends, as the value of this
 * key, a port for all the rest, which is Comlink's.
 */
export const READY = 'conversation-store: ready'
export const ARE_YOU_READY = 'conversation-store: are you ready?'
export const CONNECT = 'conversation-store: connect'
/** Beside it, the name by which a page is known to be there. */
export const PRESENCE = 'conversation-store: presence'

/** What a load tells of itself. */
export type { LoadProgress }
