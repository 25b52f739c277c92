/** What the two sides say to each other. Only this crosses: calls with specs and rows one way, answers, events and errors the other. */
import type { CountOptions, PageOptions } from '../features/live/types.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { PlainError } from './errors.ts'
import type { Method } from './methods.ts'

/** A call of a method. */
export interface Call {
  readonly method: Method
  /** The arguments before the options. A query is its spec, `{ spec }`. */
  readonly args: readonly unknown[]
  /** The options without functions and signal, or whatever was given as options. */
  readonly options: unknown
  /** The options that are functions, by name: each call of one is an event. */
  readonly listeners: readonly string[]
  /** Who asks: a newer question of the same method by the same subscriber replaces one that has not begun. */
  readonly subscriber: string | undefined
}

/** The outcome of a call. */
export type Outcome = { readonly value: unknown } | { readonly error: PlainError }

/** A part of an iteration: what an `Outcome` has for a method that iterates. */
export interface Part {
  readonly items: readonly unknown[]
  /** Whether it is the last one. */
  readonly isLast: boolean
}

/** The part of the options of a subscription that can be cloned. */
export type LiveOptions = Omit<PageOptions, 'onWaiting' | 'signal'> | Omit<CountOptions, 'signal'>

/** A command to a live query; ids are the page's. */
export type LiveCommand =
  | { readonly do: 'open'; readonly id: number; readonly spec: QuerySpec; readonly options: LiveOptions }
  | { readonly do: 'release'; readonly id: number }
  | { readonly do: 'close'; readonly id: number }

/** What the page hears without having asked just now; `id` is that of the live query or the call. */
export type StoreEvent =
  | { readonly type: 'notice'; readonly id: number; readonly notice: object }
  | { readonly type: 'waiting'; readonly id: number; readonly waiting: number }
  | { readonly type: 'error'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'heard'; readonly id: number; readonly listener: string; readonly value: unknown }

/** Hears events, those of one commit together. */
export type Notify = (events: readonly StoreEvent[]) => unknown

/** The store's side of one connection. */
export interface RemoteStore {
  /** Tells whom events go to, before anything is asked. */
  listen(notify: Notify): void
  call(id: number, call: Call): Promise<Outcome>
  /** The next part of an iteration, by the id of the call that began it. */
  more(id: number): Promise<Outcome>
  /** Drops a call that has not begun, aborts a load, or ends an iteration. */
  drop(id: number): void
  live(commands: readonly LiveCommand[]): void
}

/**
 * The first words. A message that comes before the worker listens is lost, since a worker may load its store first: so the
 * worker says that it is ready, at once and whenever it is asked. Then the page sends, as the value of this key, a port for
 * all the rest, which is Comlink's.
 */
export const READY = 'conversation-store: ready'
export const ARE_YOU_READY = 'conversation-store: are you ready?'
export const CONNECT = 'conversation-store: connect'
/** Beside it, the name of the lock that a page holds. */
export const PRESENCE = 'conversation-store: presence'
