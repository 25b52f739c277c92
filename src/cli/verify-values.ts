/** The parameters that a verification gives, and awkward values of each, made of a row. */
import type { Draw } from '../features/generate/random.ts'
import type { ServedRow } from '../hosted/pages.ts'
import { writePath } from '../query/metadata-path.ts'

/** The values of one parameter that tell rules apart, the plainest first; none where the row has nothing to make them of. */
export type Values = (row: ServedRow, draw: Draw) => readonly string[]

/** A string that is there, as it is and changed. */
function twisted(text: unknown, draw: Draw): readonly string[] {
  if (typeof text !== 'string' || text.trim() === '') return []
  const given = text.slice(0, 200)
  const from = draw.below(given.length)
  return [
    given,
    given.toUpperCase(),
    given.toLowerCase(),
    // A part of it: its beginning, its end, and something in between.
    given.slice(0, -1) || given,
    given.slice(1) || given,
    given.slice(from, from + 1 + draw.below(given.length - from)),
    ` ${given}\t`,
    `${given}x`,
    given.replace(/\w/, '_'),
    given.replace(/\w/, '%'),
    '',
    'ß',
  ]
}

const ofField =
  (name: string): Values =>
  (row, draw) =>
    twisted(row[name], draw)
const fixed =
  (...values: readonly string[]): Values =>
  () =>
    values

const FLAGS = fixed('true', 'false', '', 'TRUE', '1', '0', 'False', ' true ', 'yes')
const ENVIRONMENTS = fixed('production', 'prod', 'development', 'dev', ' Prod ', 'staging', '')

/** A piece of some message, up to twenty characters. */
const piece: Values = (row, draw) => {
  const content = draw.pick(messagesOf(row))?.content ?? ''
  const from = draw.below(content.length)
  return twisted(content.slice(from, from + 2 + draw.below(20)), draw)
}

/** A time of the row and beside it, in the spellings that ISO 8601 allows. */
const times: Values = ({ started_at }) => {
  const time = String(started_at)
  const day = time.slice(0, 10)
  return [
    time,
    day,
    `${day}T12:00:00+02:00`,
    time.replace('Z', ''),
    `${day}T12:00:00.000001Z`,
    '',
    'yesterday',
    '2026-02-30',
  ]
}

/** Pairs of the row's metadata, as text; with a value of another type where types must differ. */
const pairs: Values = ({ metadata }, draw) => {
  const all = pairsOf(metadata)
  if (all.length === 0) return []
  const [path, value] = draw.pick(all)
  const isBare = all.find(([, text]) => /^(\d+|true|false)$/.test(text)) ?? draw.pick(all)
  return [
    `${path}:${value}`,
    isBare.join(':'),
    `${isBare[0]}:"${isBare[1]}"`,
    `${path}:${value},${draw.pick(all).join(':')}`,
    `${path}:${value}x`,
    `${path}:${value.toUpperCase()}`,
    `${path}.x:${value}`,
    path,
    '',
  ]
}

const searched: Values = (row, draw) => {
  const words = messagesOf(row).flatMap(({ content }) => content.split(/\s+/).filter((word) => word !== ''))
  if (words.length === 0) return []
  const word = () => draw.pick(words)
  return [
    word(),
    `${word()} ${word()}`,
    `${word()} ${String(row.conversation_id)}`,
    `${word()},${word()}x`,
    `"${word()} ${word()}"`,
    ...twisted(draw.pick([row.name, row.customer_id, row.conversation_id]), draw),
    `"${word()}`,
  ]
}

const ORDERED = ['started_at', 'ended_at', 'id', 'customer_id', 'is_marked', 'language', 'name'] as const
const orders: Values = (_, draw) => {
  const term = () => `${draw.percent(50) ? '-' : ''}${draw.pick(ORDERED)}`
  // Without an order the service promises none.
  return [`${term()},id`, `${term()},-id`, `${term()},${term()},id`]
}

const actions: Values = (row, draw) =>
  twisted(draw.pick(messagesOf(row).flatMap(({ action_name }) => action_name ?? [])), draw)

/** The filters of the service's documentation. */
export const FILTERS: Readonly<Record<string, Values>> = {
  conversation_id: ofField('conversation_id'),
  customer_id: ofField('customer_id'),
  customer_id__icontains: ofField('customer_id'),
  customer_ip_address: ofField('customer_ip_address'),
  device: ofField('device'),
  language: ofField('language'),
  name: ofField('name'),
  environment: ENVIRONMENTS,
  env: ENVIRONMENTS,
  is_marked: FLAGS,
  has_messages: FLAGS,
  has_feedback: FLAGS,
  has_action: FLAGS,
  action_name: actions,
  message_contains: piece,
  feedback_sentiment: fixed('positive', 'neutral', 'negative', 'Positive', 'meh', ''),
  feedback_source: fixed('customer', 'platform', 'agent', ''),
  search: searched,
  metadata: pairs,
  started_at_after: times,
  started_at_before: times,
  include_deleted: FLAGS,
}

/** What a query says besides. */
export const SETTINGS: Readonly<Record<string, Values>> = {
  ordering: orders,
  page: fixed('2', '1', '3', 'last', '0', '-1', '1.5', 'x', ''),
  page_size: fixed('2', '100', '101', '1', '15', '0', '-5', 'x', ''),
  full: fixed('false', 'true', 'FALSE', ''),
}

/** A pair of metadata that is given by two parameters. */
export function pairApart(row: ServedRow, draw: Draw): readonly (readonly [string, string])[] {
  const [path, value] = draw.pick([...pairsOf(row.metadata), ['a', 'b'] as const])
  return [
    ['metadata_key', path],
    ['metadata_value', draw.pick([value, value, `"${value}"`, `${value}x`])],
  ]
}

interface ServedMessage {
  readonly content: string
  readonly action_name?: string | null
}

function messagesOf({ messages }: ServedRow): readonly ServedMessage[] {
  return ((messages ?? []) as readonly ServedMessage[]).filter(({ content }) => content !== '')
}

/** The paths to scalars of a document, with their values as text. */
function pairsOf(metadata: unknown, path: readonly string[] = []): (readonly [path: string, value: string])[] {
  if (typeof metadata === 'object' && metadata !== null)
    return Object.entries(metadata).flatMap(([key, value]) => pairsOf(value, [...path, key]))
  const text = path.length === 0 ? undefined : writePath(path)
  return text === undefined ? [] : [[text, String(metadata)]]
}
