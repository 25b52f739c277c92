/** One generated conversation. */
import type { Conversation, Feedback, Message } from '../../row/conversation.ts'
import { makeMessages } from './messages.ts'
import type { GeneratedMetadata, MetadataMaker, ToolMaker } from './options.ts'
import { Random } from './random.ts'
import { CHANNELS, COMMENTS, PLANS, TAGS, type Tables, TITLES, TOPICS } from './tables.ts'
import { timestamp, YEAR_MICROSECONDS } from './time.ts'

/** A generated row: every key of the wire is present. */
export type GeneratedConversation<Metadata = GeneratedMetadata> = Conversation<Metadata> & {
  readonly metadata: Metadata
  readonly messages: readonly Message[]
}

/** What the rows of one call have in common. */
export interface Plan<Metadata> {
  readonly count: number
  readonly seed: number
  readonly isFull: boolean
  readonly tables: Tables
  readonly tools: { readonly [name: string]: ToolMaker } | undefined
  /** `undefined` for `GeneratedMetadata`. */
  readonly metadata: MetadataMaker<Metadata> | undefined
}

/** The row with this number, from 0. */
export function makeConversation<Metadata>(number: number, plan: Plan<Metadata>): GeneratedConversation<Metadata> {
  const { count, seed, tables, tools, isFull } = plan
  const own = seed ^ Math.imul(number + 1, 0x9e37_79b1)
  const random = new Random(own)
  // One start in each n-th of the year: in order, at random within, and unique enough that ties are rare.
  const startedAt = Math.floor((number + random.fraction()) * (YEAR_MICROSECONDS / count))
  const { language, greeting } = random.draw(tables.languages)
  const topic = random.below(TOPICS.length)
  const orderId = `ORD-${String(random.below(Math.max(count, 1) * 50)).padStart(7, '0')}`
  const messages = makeMessages({ random, own: ~own, tables, tools, number, startedAt, greeting, orderId, isFull })
  const endedAt = startedAt + messages.length * 45_000_000 + random.below(30_000_000)
  const isDeleted = random.percent(3)
  const octet = 1 + random.below(254)
  return {
    id: number + 1,
    conversation_id: `conv_${String(number + 1).padStart(7, '0')}`,
    name: random.percent(90) ? `${TITLES[topic]!} ${orderId}` : null,
    customer_id: `customer_${tables.customers.draw(random) + 1}`,
    customer_ip_address: random.percent(85) ? `203.0.113.${octet}` : null,
    device: random.draw(tables.devices),
    language,
    environment: random.percent(90) ? 'production' : 'development',
    is_marked: random.percent(5),
    is_deleted: isDeleted,
    is_used: true,
    started_at: timestamp(startedAt),
    ended_at: random.percent(96) ? timestamp(endedAt) : null,
    deleted_at: isDeleted ? timestamp(endedAt + 86_400_000_000) : null,
    metadata: metadataOf(plan, number, own, makeMetadata(random, tables, topic, orderId)),
    geo_location: null,
    messages,
    feedbacks: random.percent(30) ? makeFeedbacks(random, tables, number, endedAt) : [],
  }
}

/** The metadata that the caller makes, from numbers of its own: whatever it draws changes nothing else of the row. */
function metadataOf<Metadata>(
  { metadata }: Plan<Metadata>,
  number: number,
  own: number,
  usual: GeneratedMetadata,
): Metadata {
  return metadata === undefined ? (usual as Metadata) : metadata(new Random(~own), number)
}

function makeMetadata(random: Random, { sentiments }: Tables, topic: number, orderId: string): GeneratedMetadata {
  const firstTag = random.below(TAGS.length)
  const tagCount = random.below(4)
  return {
    analysis: { sentiment: random.draw(sentiments), topic: TOPICS[topic]!, resolved: random.percent(70) },
    order: { id: orderId, total: random.below(50_000) / 100 },
    channel: random.pick(CHANNELS),
    plan: random.pick(PLANS),
    vip: random.percent(8),
    wait_seconds: random.below(900),
    agent_version: `2.${random.below(12)}.0`,
    tags: Array.from({ length: tagCount }, (_, i) => TAGS[(firstTag + i * 3) % TAGS.length]!),
  }
}

function makeFeedbacks(random: Random, { sentiments }: Tables, number: number, endedAt: number): Feedback[] {
  const count = random.percent(5) ? 2 : 1
  return Array.from({ length: count }, (_, i) => ({
    id: number * 2 + i + 1,
    sentiment: random.draw(sentiments),
    source: random.percent(80) ? 'customer' : 'platform',
    comment: random.percent(40) ? random.pick(COMMENTS) : '',
    metadata: null,
    created_at: timestamp(endedAt + i * 1_000_000),
  }))
}
