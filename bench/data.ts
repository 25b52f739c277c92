/**
 * Generated conversations: the one source of rows for the demo and the benchmarks.
 *
 * The same options give the same rows on every machine: a seeded generator of its own, integer and division arithmetic
 * alone (no `Math.log` or `Math.pow`, whose last bits differ between machines), no clock. A row's content depends on the
 * seed, its number and how many there are, so a shuffled stream holds exactly the rows of the sorted one.
 */

import type { Sentiment } from '../src/query/spec.ts'
import type { ConversationInput, Feedback, Message } from '../src/row/conversation.ts'
import { type Alias, Random, weighted, zipf } from './random.ts'
import { makeVocabulary } from './vocabulary.ts'

/** The eight keys of a generated row's `metadata`. */
export type GeneratedMetadata = {
  readonly analysis: { readonly sentiment: Sentiment; readonly topic: string; readonly resolved: boolean }
  readonly order: { readonly id: string; readonly total: number }
  readonly channel: string
  readonly plan: string
  readonly vip: boolean
  readonly wait_seconds: number
  readonly agent_version: string
  readonly tags: readonly string[]
}

/** A generated row. */
export type GeneratedConversation = ConversationInput<GeneratedMetadata> & { readonly messages: readonly Message[] }

/** What to generate. */
export interface GenerateOptions {
  readonly rows: number
  /** Any whole number; 1 when absent. */
  readonly seed?: number
  /** `full`: 6 to 16 messages of about 100 characters. `short`: two of about 30. */
  readonly messages?: 'full' | 'short'
  /** `time`: oldest first. `shuffled`: the same rows in no order. */
  readonly order?: 'time' | 'shuffled'
}

/** The year in which generated conversations start: `[from, to)`. */
export const GENERATED_YEAR = { from: '2024-07-01T00:00:00Z', to: '2025-07-01T00:00:00Z' } as const

const YEAR_START_MS = Date.UTC(2024, 6, 1)
const YEAR_MICROSECONDS = 365 * 86_400 * 1_000_000

/** Words of generated messages, the most frequent first. The k-th is met 1/k times as often as the first. */
export const VOCABULARY: readonly string[] = makeVocabulary(30_000, new Random(0x5eed))

/** Names of generated actions, the most frequent first. */
export const ACTIONS: readonly string[] = [
  ...['lookup_order', 'search_help_articles', 'get_customer', 'create_ticket', 'issue_refund', 'track_shipment'],
  ...['check_refund_status', 'update_address', 'cancel_order', 'verify_identity', 'send_email', 'transfer_to_human'],
  ...['list_invoices', 'reset_password', 'change_plan', 'apply_discount', 'schedule_callback', 'get_subscription'],
  ...[
    'update_payment_method',
    'reorder_item',
    'check_stock',
    'estimate_delivery',
    'create_return_label',
    'close_ticket',
  ],
  ...[
    'pause_subscription',
    'resume_subscription',
    'report_fraud',
    'unlock_account',
    'translate_text',
    'merge_accounts',
  ],
  ...['export_data', 'delete_account', 'add_loyalty_points', 'redeem_voucher', 'book_appointment', 'move_appointment'],
  ...['get_weather', 'convert_currency', 'file_complaint', 'escalate_incident'],
]

/** Languages with their share in percent and how a conversation is opened in them. */
const LANGUAGES: readonly (readonly [language: string, percent: number, greeting: string])[] = [
  ['en', 60, ''],
  ['de', 8, 'Guten Tag, schöne Grüße. '],
  ['fr', 6, 'Bonjour, ça va ? '],
  ['es', 6, '¡Buenos días! '],
  ['it', 4, 'Buongiorno, perché no. '],
  ['pt', 4, 'Olá, não é urgente. '],
  ['nl', 3, 'Goedendag. '],
  ['pl', 2, 'Dzień dobry, proszę. '],
  ['tr', 2, 'İyi günler, ışık yok. '],
  ['ru', 2, 'Добрый день. '],
  ['ja', 2, 'こんにちは。 '],
  ['zh', 1, '你好，我要退款。 '],
]

const DEVICES = weighted<string | null>([
  ['mobile', 45],
  ['desktop', 40],
  ['tablet', 10],
  [null, 5],
])
const LANGUAGE_NUMBERS = weighted(LANGUAGES.map(([, percent], number) => [number, percent]))
const SENTIMENTS = weighted<Sentiment>([
  ['positive', 55],
  ['neutral', 20],
  ['negative', 25],
])
const TOPICS = ['order', 'refund', 'shipping', 'billing', 'account', 'returns', 'product', 'subscription']
const TITLES = [
  ...['Where is my order', 'Refund request', 'Shipping delay', 'Wrong amount billed', 'Locked out of account'],
  ...['Return of an item', 'Question on a product', 'Change of plan'],
]
const CHANNELS = ['web', 'app', 'email', 'phone', 'partner']
const PLANS = ['free', 'basic', 'pro', 'enterprise']
const TAGS = ['new', 'vip', 'urgent', 'follow-up', 'bug', 'praise', 'churn-risk', 'upsell', 'fraud', 'gift']
const COMMENTS = ['Quick and friendly.', 'Solved it.', 'Took too long.', 'Did not answer my question.', 'It was fine.']

/**
 * Yields `rows` conversations, one by one. About 50 µs a row with full messages; holds no row itself.
 *
 * @example
 * const store = ConversationStore.from(generate({ rows: 1_000, seed: 7 }))
 */
export function* generate(options: GenerateOptions): Generator<GeneratedConversation> {
  const { rows, seed = 1, messages = 'full', order = 'time' } = options
  if (!Number.isSafeInteger(rows) || rows < 0) throw new RangeError(`rows must be a whole number from 0, not ${rows}.`)
  const tables = makeTables(rows)
  const numbers = order === 'time' ? undefined : shuffled(rows, new Random(seed))
  for (let i = 0; i < rows; i++) yield makeConversation(numbers?.[i] ?? i, rows, seed, messages === 'full', tables)
}

/** What is drawn from by Zipf's law. */
interface Tables {
  readonly words: Alias
  readonly actions: Alias
  readonly customers: Alias
}

function makeTables(rows: number): Tables {
  return {
    words: zipf(VOCABULARY.length),
    actions: zipf(ACTIONS.length),
    customers: zipf(Math.max(1, Math.floor(rows / 8))),
  }
}

/** The row with this number (from 0) of `rows`. */
function makeConversation(
  number: number,
  rows: number,
  seed: number,
  isFull: boolean,
  tables: Tables,
): GeneratedConversation {
  const random = new Random(seed ^ Math.imul(number + 1, 0x9e37_79b1))
  // One start in each n-th of the year: in order, at random within, and unique enough that ties are rare.
  const startedAt = Math.floor((number + random.fraction()) * (YEAR_MICROSECONDS / rows))
  const [language, , greeting] = LANGUAGES[random.pick(LANGUAGE_NUMBERS)]!
  const topic = random.below(TOPICS.length)
  const orderId = `ORD-${String(random.below(Math.max(rows, 1) * 50)).padStart(7, '0')}`
  const messages = makeMessages({ random, tables, number, startedAt, greeting, orderId, isFull })
  const endedAt = startedAt + messages.length * 45_000_000 + random.below(30_000_000)
  const isDeleted = random.percent(3)
  const octet = 1 + random.below(254)
  return {
    id: number + 1,
    conversation_id: `conv_${String(number + 1).padStart(7, '0')}`,
    name: random.percent(90) ? `${TITLES[topic]!} ${orderId}` : null,
    customer_id: `customer_${tables.customers.draw(random) + 1}`,
    customer_ip_address: random.percent(85) ? `203.0.113.${octet}` : null,
    device: random.pick(DEVICES),
    language,
    environment: random.percent(90) ? 'production' : 'development',
    is_marked: random.percent(5),
    is_deleted: isDeleted,
    is_used: true,
    started_at: timestamp(startedAt),
    ended_at: random.percent(96) ? timestamp(endedAt) : null,
    deleted_at: isDeleted ? timestamp(endedAt + 86_400_000_000) : null,
    metadata: makeMetadata(random, topic, orderId),
    geo_location: null,
    messages,
    feedbacks: random.percent(30) ? makeFeedbacks(random, number, endedAt) : [],
  }
}

function makeMetadata(random: Random, topic: number, orderId: string): GeneratedMetadata {
  const firstTag = random.below(TAGS.length)
  const tagCount = random.below(4)
  return {
    analysis: { sentiment: random.pick(SENTIMENTS), topic: TOPICS[topic]!, resolved: random.percent(70) },
    order: { id: orderId, total: random.below(50_000) / 100 },
    channel: CHANNELS[random.below(CHANNELS.length)]!,
    plan: PLANS[random.below(PLANS.length)]!,
    vip: random.percent(8),
    wait_seconds: random.below(900),
    agent_version: `2.${random.below(12)}.0`,
    tags: Array.from({ length: tagCount }, (_, i) => TAGS[(firstTag + i * 3) % TAGS.length]!),
  }
}

function makeFeedbacks(random: Random, number: number, endedAt: number): Feedback[] {
  const count = random.percent(5) ? 2 : 1
  return Array.from({ length: count }, (_, i) => ({
    id: number * 2 + i + 1,
    sentiment: random.pick(SENTIMENTS),
    source: random.percent(80) ? 'customer' : 'platform',
    comment: random.percent(40) ? COMMENTS[random.below(COMMENTS.length)]! : '',
    metadata: null,
    created_at: timestamp(endedAt + i * 1_000_000),
  }))
}

interface Talk {
  readonly random: Random
  readonly tables: Tables
  readonly number: number
  readonly startedAt: number
  readonly greeting: string
  readonly orderId: string
  readonly isFull: boolean
}

/** The messages of a conversation: customer and agent in turn; about every sixth is an action of the agent. */
function makeMessages({ random, tables, number, startedAt, greeting, orderId, isFull }: Talk): Message[] {
  const count = isFull ? 6 + random.below(11) : 2
  const messages: Message[] = []
  for (let i = 0; i < count; i++) {
    const id = number * 20 + i + 1
    const at = timestamp(startedAt + i * 45_000_000)
    const isAgent = i % 2 === 1
    if (isAgent && random.percent(isFull ? 33 : 20)) {
      messages.push(makeAction(random, id, at, ACTIONS[tables.actions.draw(random)]!, orderId))
    } else {
      const length = isFull ? 60 + random.below(80) : 20 + random.below(20)
      const content = makeText(random, tables.words, length, i === 0 ? greeting : '')
      messages.push({ id, timestamp: at, sender: isAgent ? 'agent' : 'end_user', content, action_name: null })
    }
  }
  return messages
}

function makeAction(random: Random, id: number, at: string, action: string, orderId: string): Message {
  const failed = random.percent(4)
  return {
    id,
    timestamp: at,
    sender: 'agent',
    content: `Action ${action} performed`,
    action_name: action,
    action_logs: [
      {
        id,
        started_at: at,
        duration_ms: 20 + random.below(2_000),
        tools_used: { order_id: orderId },
        response: failed ? '' : 'done',
        error_message: failed ? 'The service did not answer in time.' : '',
      },
    ],
  }
}

/**
 * A greeting and sentences of words by Zipf's law, of at least `length` UTF-16 units. Joined once: a text made by `+=` is a tree of its
 * pieces, which takes ten times the memory and is made flat by the first who searches it.
 */
function makeText(random: Random, words: Alias, length: number, greeting: string): string {
  const pieces = [greeting]
  let left = 0
  for (let written = 0; written < length; ) {
    const word = VOCABULARY[words.draw(random)]!
    if (left > 0) {
      pieces.push(' ', word)
      left--
    } else {
      if (written > 0) pieces.push(random.percent(25) ? '? ' : '. ')
      pieces.push(word[0]!.toUpperCase(), word.slice(1))
      left = 3 + random.below(11)
    }
    written += word.length + 1
  }
  pieces.push('.')
  return pieces.join('')
}

/** Microseconds since the start of the year, as `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
function timestamp(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return `${new Date(YEAR_START_MS + milliseconds).toISOString().slice(0, -1)}${rest}Z`
}

/** The numbers from 0 to `count`, in no order (Fisher and Yates). */
function shuffled(count: number, random: Random): Uint32Array {
  const numbers = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swap = numbers[i]!
    numbers[i] = numbers[j]!
    numbers[j] = swap
  }
  return numbers
}
