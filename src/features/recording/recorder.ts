/** Recording conversations into a store. */
import { type Clock, readClock } from '../../base/clock.ts'
import { show } from '../../base/errors.ts'
import { host } from '../../base/host.ts'
import { checkFlag, checkOptions, invalidOption } from '../../base/options.ts'
import { formatInstant, type Instant } from '../../base/text/instant.ts'
import { Chat } from './chat.ts'
import { readMetadata, readOptional, readString } from './input.ts'
import type { ConversationBody, Log } from './log.ts'
import { type AnyStore, StoreLog } from './store-log.ts'

/** How a recorder tells the time and names conversations. */
export interface RecorderOptions {
  /** The clock, as a Date, epoch milliseconds or an ISO 8601 string; `steps(...)` in tests. The machine's when absent. */
  readonly now?: Clock
  /** The conversation ids of conversations that are started without one; `counter()` in tests. Random when absent. */
  readonly ids?: () => string | number
}

/** What is known of a conversation when it starts: the keys that the hosted API takes. */
export interface ChatInput {
  /** The caller's own id. Made by `ids` when absent. */
  readonly conversation_id?: string
  readonly customer_id?: string | null
  readonly customer_ip_address?: string | null
  readonly device?: string | null
  /** Where the conversation comes from. The hosted API takes it; no row shows it. */
  readonly source?: string | null
  readonly language?: string | null
  readonly name?: string | null
  /** `development` when absent. `prod` and `dev` are stored as `production` and `development`. */
  readonly environment?: string | null
  readonly metadata?: object | null
  /** Whether the user has done anything yet. True when absent. */
  readonly is_used?: boolean
}

const STRINGS = ['customer_id', 'customer_ip_address', 'device', 'source', 'language', 'name'] as const
const KEYS = ['conversation_id', ...STRINGS, 'environment', 'metadata', 'is_used']

/** The environments that every agent has, by their names in lower case. */
const ENVIRONMENTS = new Map([
  ['prod', 'production'],
  ['production', 'production'],
  ['dev', 'development'],
  ['development', 'development'],
])

/** Records conversations into a store. */
export class Recorder<Store extends AnyStore = AnyStore> {
  /** The store that has the conversations. */
  readonly store: Store
  readonly #log: Log
  readonly #now: () => Instant
  readonly #ids: () => string | number

  /** @internal */
  constructor(store: Store, { now = Date.now, ids = randomId }: RecorderOptions) {
    this.store = store
    this.#log = new StoreLog(store)
    this.#now = readClock(now)
    this.#ids = ids
  }

  /**
   * Starts a conversation and gives the chat that records it. A conversation that the store has is taken up, and nothing of it
   * changes. Many may be recorded at a time. Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER`, and `InvalidRowError`.
   *
   * @example recorder.start({ conversation_id: 'chat-1', device: 'mobile' }).user('Hello').agent('Hi!')
   */
  start(given: ChatInput = {}): Chat<Store> {
    const body = conversationBody(given, this.#now, () => this.#newId())
    this.#log.conversation(body)
    return new Chat(body.conversation_id, this.store, this.#log, this.#now)
  }

  /** An id that no conversation of the store has. */
  #newId(): string {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const given = this.#ids()
      if (typeof given !== 'string' && typeof given !== 'number')
        throw new Error(`ids gave ${show(given)}. ${EXPECTED}`)
      if (!this.store.has(`${given}`)) return `${given}`
    }
    throw new Error(`ids gave ${MOST_TRIES} ids that conversations of the store have. Expected a new one.`)
  }
}

const MOST_TRIES = 10_000
const EXPECTED = 'Expected a string or a number.'

/**
 * Records what an agent does as conversations of a store: each row is what the HTTP handler makes of the Python SDK's calls.
 * Throws `INVALID_VALUE` for anything but a store, and for options that are not what they should be. Each call of a chat costs
 * what the store's write costs, the end of a tool O(messages of the conversation); nothing is kept beside the store.
 *
 * @example
 * const recorder = createRecorder(store, { now: steps('2026-01-05T10:00:00Z', 1_000), ids: counter() })
 * const chat = recorder.start({ device: 'mobile' })
 * chat.user('Where is order 17?')
 * const lookup = chat.tool('lookup_order', ({ order }: { order: number }) => ({ order, status: 'lost' }))
 * chat.agent(`It is ${lookup({ order: 17 }).status}.`)
 */
export function createRecorder<Store extends AnyStore>(store: Store, options: RecorderOptions = {}): Recorder<Store> {
  if (typeof store?.addMany !== 'function') throw invalidOption('store', store, 'a ConversationStore')
  checkOptions('createRecorder', options, ['now', 'ids'])
  checkIds(options.ids)
  return new Recorder(store, options)
}

/** Throws `INVALID_VALUE` for anything but a function; `undefined` passes. */
export function checkIds(ids: unknown): void {
  if (ids !== undefined && typeof ids !== 'function')
    throw invalidOption('ids', ids, 'a function that gives conversation ids, counter()')
}

/** The body of the call that starts a conversation. Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER`. */
export function conversationBody(given: ChatInput, now: () => Instant, newId: () => string): ConversationBody {
  checkOptions('start', given, KEYS)
  const { is_used = true } = given
  checkFlag('is_used', is_used)
  const strings = STRINGS.map((name) => [name, readOptional(name, given[name])] as const)
  const environment = readString('environment', readOptional('environment', given.environment)?.trim() ?? 'development')
  const metadata = readMetadata(given.metadata)
  const conversation_id =
    given.conversation_id === undefined ? newId() : readString('conversation_id', given.conversation_id)
  return {
    timestamp: formatInstant(now()),
    conversation_id,
    ...(Object.fromEntries(strings) as Pick<ConversationBody, (typeof STRINGS)[number]>),
    environment: ENVIRONMENTS.get(environment.toLowerCase()) ?? environment,
    metadata,
    is_used,
  }
}

/** 128 random bits, in hex. */
export function randomId(): string {
  const words = host.crypto!.getRandomValues(new Uint32Array(4))
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('')
}
