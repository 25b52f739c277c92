/** What the recorders of frameworks share: whose conversation it is, and that nothing is thrown into the agent. */
import { type Clock, readClock } from '../../base/clock.ts'
import { host } from '../../base/host.ts'
import { checkOptions, invalidOption } from '../../base/options.ts'
import { compareInstants, formatInstant, type Instant } from '../../base/text/instant.ts'
import { HttpLog, type SendTo } from './http-log.ts'
import type { Log } from './log.ts'
import { type ChatInput, checkIds, conversationBody, randomId } from './recorder.ts'
import { type AnyStore, StoreLog } from './store-log.ts'
import { Writer } from './writer.ts'

/** Where a framework's recorder writes to, and how. Either `store` or `sendTo` is given. */
export interface RecordOptions {
  /** The store that gets the conversations. */
  readonly store?: AnyStore
  /** The handler or the hosted API that gets them. Nothing waits for it. */
  readonly sendTo?: SendTo
  /** What is known of the conversations: `device`, `environment` and so on. `conversation_id` is that of calls that name none. */
  readonly conversation?: ChatInput
  /** The clock; the machine's when absent. Where it stands still it goes on by a microsecond, so that times keep the order. */
  readonly now?: Clock
  /** The conversation id of calls that name none, asked once. Random when absent. */
  readonly ids?: () => string | number
  /** Gets each thing that could not be recorded, once. Without it the first of them is a warning on the console. */
  readonly onError?: (error: unknown) => void
}

const OPTIONS = ['store', 'sendTo', 'conversation', 'now', 'ids', 'onError']

/** The keys of a conversation that a framework's metadata may have. */
const FACTS = ['customer_id', 'customer_ip_address', 'device', 'source', 'language', 'name', 'environment'] as const

/** Thrown where something belongs to a conversation that could not be made: that was reported when it could not. */
export const TOLD: unique symbol = Symbol('told already')

/** The writers of conversations, and the way in that never throws. */
export class Feed {
  readonly #options: RecordOptions
  readonly #log: Log
  readonly #now: () => Instant
  #ownId: string | undefined
  #hasWarned = false

  /** Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER`, named after `of`, the function that was called. */
  constructor(of: string, options: RecordOptions) {
    checkOptions(of, options, OPTIONS)
    const { store, sendTo, now = Date.now, conversation = {}, onError } = options
    if ((store === undefined) === (sendTo === undefined))
      throw invalidOption(of, { store, sendTo }, 'either a store or sendTo: { url, key }')
    if (store !== undefined && typeof store?.addMany !== 'function')
      throw invalidOption('store', store, 'a ConversationStore')
    checkIds(options.ids)
    if (onError !== undefined && typeof onError !== 'function') throw invalidOption('onError', onError, 'a function')
    this.#options = options
    this.#now = strictly(readClock(now))
    this.#log = store === undefined ? new HttpLog(sendTo!, (error) => this.report(error)) : new StoreLog(store)
    // Whatever is wrong with the facts is said now, not to each call.
    conversationBody(conversation, () => ({ ms: 0, us: 0 }), randomId)
  }

  /**
   * The writer of the conversation that a framework's metadata names by `conversation_id` (or `conversationId`), with the facts
   * that it has beside; without one, that of the recorder's own conversation. The conversation is made if it is not there.
   */
  writer(metadata: unknown, id?: unknown): Writer {
    const given = Object(metadata) as Readonly<Record<string, unknown>>
    const named = id ?? given.conversation_id ?? given.conversationId
    const facts = FACTS.flatMap((key) => (typeof given[key] === 'string' ? [[key, given[key]] as const] : []))
    const conversation_id = named === undefined || named === null || named === '' ? this.#own() : `${named}`
    const input: ChatInput = { ...this.#options.conversation, ...Object.fromEntries(facts), conversation_id }
    this.#log.conversation(conversationBody(input, this.#now, randomId))
    return new Writer(conversation_id, this.#log, this.#now)
  }

  /** The time, as it is stored. */
  now(): string {
    return formatInstant(this.#now())
  }

  /** The same handler, of which nothing is thrown or awaited: what it throws is reported. */
  guard<Args extends unknown[]>(handler: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      try {
        handler(...args)
      } catch (error) {
        this.report(error)
      }
    }
  }

  /** Tells `onError`. */
  report(error: unknown): void {
    if (error === TOLD) return
    try {
      if (this.#options.onError !== undefined) this.#options.onError(error)
      else if (!this.#hasWarned) host.console?.warn('conversation-store could not record all that an agent did.', error)
      this.#hasWarned = true
    } catch {
      // Nobody is left to tell.
    }
  }

  /** Resolves when all that was recorded so far is in the store or sent. Never rejects. */
  flush(): Promise<void> {
    return this.#log.flush()
  }

  /** Sends the runs that have not ended, and resolves when all is sent. Never rejects. */
  close(): Promise<void> {
    return this.#log instanceof HttpLog ? this.#log.close() : this.#log.flush()
  }

  #own(): string {
    this.#ownId ??= this.#options.conversation?.conversation_id ?? `${(this.#options.ids ?? randomId)()}`
    return this.#ownId
  }
}

/**
 * The same clock, going on by a microsecond where it stands still: rows are in the order of their times, and a run that is
 * sent when it ends has its place by when it began.
 */
function strictly(now: () => Instant): () => Instant {
  let last: Instant = { ms: Number.NEGATIVE_INFINITY, us: 0 }
  return () => {
    const given = now()
    const next = last.us === 999 ? { ms: last.ms + 1, us: 0 } : { ms: last.ms, us: last.us + 1 }
    last = compareInstants(given, last) > 0 ? given : next
    return last
  }
}
