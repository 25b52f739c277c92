/** Checks a span batch: all of its blocks before anything is stored. One bad block refuses the whole. */
import { didYouMean } from '../../base/errors.ts'
import type { JsonObject } from '../../row/conversation.ts'
import { hasNull, NULLS } from '../../wire/nulls.ts'
import { Refusal, shorten } from '../answer.ts'
import type { Body } from '../body.ts'
import { environmentOf } from '../environments.ts'
import { isLonger, metadataFault, NAME_LENGTH, tooLong } from '../fields.ts'
import type { Options } from '../options.ts'
import { isObject, objectIn } from './attributes.ts'
import { isIpAddress } from './ip-address.ts'
import { instantIn } from './times.ts'

/** Fields of a conversation that a block may set. Only those that it has are present. */
export interface BlockFields {
  customer_id?: string
  customer_ip_address?: string
  device?: string
  language?: string
  name?: string
  environment?: string
  metadata?: JsonObject
}

/** What a batch says of one conversation. */
export interface Block {
  readonly conversationId: string
  readonly fields: BlockFields
  readonly spans: readonly JsonObject[]
}

/** What is wrong with a block, by its keys. */
type BlockFaults = Record<string, string[]>

/** Blocks that a refusal lists. */
const MOST_LISTED = 20

/** Faulty spans that a block lists. */
const MOST_SPANS = 5

/** Keys of a block that are strings. `source` is taken and kept nowhere. */
const TEXTS = ['customer_id', 'customer_ip_address', 'device', 'source', 'language', 'name'] as const

/** All keys of a block that are known. */
const KEYS = ['conversation_id', ...TEXTS, 'environment', 'metadata', 'is_used', 'spans']

/** The longest `conversation_id` that a refusal repeats as it came. */
const MOST_REPEATED = 1_000

/** The blocks of a batch, one a conversation. Throws the 400. O(size of the body). */
export function readBatch(body: Body, settings: Options): readonly Block[] {
  const { conversations } = body
  if (conversations === undefined || conversations === null) throw unread('This field is required.')
  if (!Array.isArray(conversations)) throw unread('Expected a list of conversation blocks.')
  const blocks = new Map<string, Block>()
  const faulty: object[] = []
  let faults = 0
  for (const [index, given] of (conversations as readonly unknown[]).entries()) {
    const errors: BlockFaults = Object.create(null)
    const block = readBlock(given, settings, errors)
    if (Object.keys(errors).length === 0) add(blocks, block!)
    else if (++faults <= MOST_LISTED) faulty.push({ index, ...named(given), errors })
  }
  if (faults > 0) {
    const detail = `${faults} of ${conversations.length} conversation blocks failed validation. Nothing was written; resend without the blocks listed here.`
    throw new Refusal(400, { detail, conversations: faulty, ...(faults > MOST_LISTED && { truncated: true }) })
  }
  return [...blocks.values()]
}

function unread(text: string): Refusal {
  return new Refusal(400, { conversations: text })
}

/** A second block of one conversation goes on where the first one ended. */
function add(blocks: Map<string, Block>, block: Block): void {
  const { conversationId, fields, spans } = block
  const before = blocks.get(conversationId)
  const both = before && { conversationId, fields: { ...before.fields, ...fields }, spans: [...before.spans, ...spans] }
  blocks.set(conversationId, both ?? block)
}

/** The `conversation_id` of a block, as it came, if it has one. */
function named(block: unknown): object {
  const id = isObject(block) ? block.conversation_id : undefined
  if (id === undefined) return {}
  return { conversation_id: typeof id !== 'string' || id.length <= MOST_REPEATED ? shown(id) : shorten(id) }
}

function shown(id: unknown): unknown {
  return typeof id === 'object' && id !== null ? shorten(JSON.stringify(id)) : id
}

/** A block, and what is wrong with it. */
function readBlock(block: unknown, settings: Options, errors: BlockFaults): Block | undefined {
  const refuse = (key: string, text: string) => {
    errors[key] = [...(errors[key] ?? []), text]
  }
  if (!isObject(block)) {
    refuse('non_field_errors', 'Expected an object.')
    return undefined
  }
  for (const [key, value] of Object.entries(block)) {
    if (hasNull(key) || hasNull(value)) refuse(key, NULLS)
    else if (settings.isStrict && !KEYS.includes(key)) refuse(key, `Unknown key.${didYouMean(key, KEYS)}`)
  }
  const fields: BlockFields = {}
  const conversationId = block.conversation_id ?? undefined
  if (conversationId === undefined) refuse('conversation_id', 'This field is required.')
  else if (typeof conversationId !== 'string') refuse('conversation_id', 'Not a valid string.')
  else if (conversationId === '') refuse('conversation_id', 'This field may not be blank.')
  else if (isLonger(conversationId, NAME_LENGTH)) refuse('conversation_id', tooLong(NAME_LENGTH))
  for (const key of TEXTS) {
    const text = block[key] ?? undefined
    if (text === undefined) continue
    if (typeof text !== 'string') refuse(key, 'Not a valid string.')
    else if (isLonger(text, NAME_LENGTH)) refuse(key, tooLong(NAME_LENGTH))
    else if (key === 'customer_ip_address' && !isIpAddress(text)) refuse(key, 'Enter a valid IPv4 or IPv6 address.')
    else if (key !== 'source') fields[key] = text
  }
  const environment = block.environment ?? undefined
  if (environment !== undefined) {
    const slug = environmentOf(environment, settings.environments)
    const said = typeof environment === 'string' ? shorten(environment) : shorten(JSON.stringify(environment))
    if (slug === undefined) refuse('environment', `Unknown environment: '${said}'.`)
    else fields.environment = slug
  }
  const metadata = block.metadata ?? undefined
  if (metadata !== undefined) {
    const document = typeof metadata === 'string' ? objectIn(metadata, settings.bigNumbers) : metadata
    const fault = isObject(document) ? metadataFault(document, settings) : NO_OBJECT
    if (fault !== undefined) refuse('metadata', fault)
    else fields.metadata = document as JsonObject
  }
  const spans = readSpans(block.spans ?? [], refuse)
  return { conversationId: String(conversationId), fields, spans }
}

const NO_OBJECT = 'Expected an object, or the JSON of one.'

function readSpans(spans: unknown, refuse: (key: string, text: string) => void): readonly JsonObject[] {
  if (!Array.isArray(spans)) {
    refuse('spans', 'Expected a list of spans.')
    return []
  }
  let faults = 0
  for (const [index, span] of (spans as readonly unknown[]).entries()) {
    const fault = spanFault(span)
    if (fault !== undefined && ++faults <= MOST_SPANS) refuse('spans', `Span ${index}: ${fault}`)
  }
  if (faults > MOST_SPANS) refuse('spans', `${faults - MOST_SPANS} more spans cannot be read.`)
  return spans as readonly JsonObject[]
}

/** What is wrong with a span. Whatever else it has is kept. */
function spanFault(span: unknown): string | undefined {
  if (!isObject(span)) return 'expected an object.'
  for (const key of ['span_id', 'trace_id', 'name'])
    if (typeof span[key] !== 'string' || span[key] === '') return `${key} is not a string with characters.`
  if (instantIn(span.started_at) === undefined)
    return 'started_at is not a time in ISO 8601, such as 2026-08-01T10:30:00.000000+00:00.'
  return undefined
}
