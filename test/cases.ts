/**
 * What a query means, row by row: at least one case for each sentence of the contract.
 *
 * Each case runs by every road: the reference, the engine, the check of a single row and the wire.
 * `keeps` and `drops` say what must and what must not match; of the rows that neither names a case says nothing.
 * Groups are written in the order that reads best, which need not be the canonical one.
 */

import type {
  Condition,
  FeedbackCondition,
  FeedbackSource,
  FlagCondition,
  Group,
  IdCondition,
  IdInCondition,
  InstantCondition,
  IsNullCondition,
  MessageCondition,
  MetadataCondition,
  MetadataExistsCondition,
  MetadataInCondition,
  MetadataPath,
  MetadataRangeCondition,
  NotCondition,
  NumberCondition,
  NumberField,
  NumberInCondition,
  OrCondition,
  QuerySpec,
  Scalar,
  SearchCondition,
  Sentiment,
  SentimentCondition,
  SourceCondition,
  TextCondition,
  TextField,
  TextInCondition,
} from '../src/query/spec.ts'
import type { ConversationInput, Feedback, Message } from '../src/row/conversation.ts'
import { agentCases } from './cases-agents.ts'

export interface MatchCase {
  readonly name: string
  /** The shared `rows` when absent. */
  readonly rows?: readonly ConversationInput[]
  /** The conditions, or a whole query. */
  readonly query: Group | QuerySpec
  /** The same question as a query string, where the wire has a parameter of its own for it. */
  readonly wire?: string
  /** Conversation ids that match. */
  readonly keeps: readonly string[]
  /** Conversation ids that do not. */
  readonly drops: readonly string[]
}

/** All matches of a page in order, over the `orderRows`. */
export interface OrderCase {
  readonly name: string
  readonly spec: QuerySpec
  readonly wire?: string
  /** The conversation ids of the page. */
  readonly ids: readonly string[]
  /** What else the envelope says. */
  readonly envelope?: {
    readonly count?: number
    readonly page_size?: number
    readonly total_pages?: number
    readonly current_page?: number
  }
}

/** A query string that is refused, whatever the rows: the `orderRows`, where pages matter. */
export interface FaultCase {
  readonly name: string
  readonly wire: string
  readonly status: 400 | 404
  /** The whole body. */
  readonly body?: Readonly<Record<string, string | readonly string[]>>
  /** Of a body whose texts are free: its keys. */
  readonly keys?: readonly string[]
}

/** The links of a page over the `orderRows`. */
export interface LinkCase {
  readonly name: string
  /** The default base when absent. */
  readonly baseUrl?: string
  readonly wire: string
  readonly next: string | null
  readonly previous: string | null
}

// Conditions, tersely

const text = (field: TextField, lookup: TextCondition['lookup'], value: string): TextCondition => {
  return { field, lookup, value }
}
const is = (field: TextField, value: string): TextCondition => text(field, 'exact', value)
const anyOf = (field: TextField, ...value: string[]): TextInCondition => ({ field, lookup: 'in', value })
const isNull = (field: IsNullCondition['field'], value = true): IsNullCondition => ({ field, lookup: 'isnull', value })
const named = (value: string): TextCondition => text('name', 'icontains', value)
const time = (
  field: InstantCondition['field'],
  lookup: InstantCondition['lookup'],
  value: string,
): InstantCondition => {
  return { field, lookup, value }
}
const since = (value: string): InstantCondition => time('started_at', 'gte', value)
const until = (value: string): InstantCondition => time('started_at', 'lte', value)
const id = (lookup: IdCondition['lookup'], value: number): IdCondition => ({ field: 'id', lookup, value })
const idIn = (...value: number[]): IdInCondition => ({ field: 'id', lookup: 'in', value })
const count = (field: NumberField, lookup: NumberCondition['lookup'], value: number): NumberCondition => {
  return { field, lookup, value }
}
const countIn = (field: NumberField, ...value: number[]): NumberInCondition => ({ field, lookup: 'in', value })
const flag = (field: FlagCondition['field'], value = true): FlagCondition => ({ field, lookup: 'exact', value })
const said = (value: string): MessageCondition => ({ field: 'message', lookup: 'icontains', value })
const search = (value: string): SearchCondition => ({ field: 'search', lookup: 'icontains', value })
const sentiment = (value: Sentiment): SentimentCondition => ({ field: 'feedback_sentiment', lookup: 'exact', value })
const source = (value: FeedbackSource): SourceCondition => ({ field: 'feedback_source', lookup: 'exact', value })
const feedback = (value: FeedbackCondition['value']): FeedbackCondition => ({
  field: 'feedback',
  lookup: 'exact',
  value,
})
const or = (...groups: Group[]): OrCondition => ({ or: groups })
const not = (...group: Condition[]): NotCondition => ({ not: group })

const keysOf = (path: string | MetadataPath): MetadataPath => (typeof path === 'string' ? path.split('.') : path)
const meta = (path: string | MetadataPath, value: Scalar): MetadataCondition => {
  return { field: 'metadata', path: keysOf(path), lookup: 'exact', value }
}
const metaIn = (path: string, ...value: Scalar[]): MetadataInCondition => {
  return { field: 'metadata', path: keysOf(path), lookup: 'in', value }
}
const metaHas = (path: string, value: Scalar): MetadataCondition => {
  return { field: 'metadata', path: keysOf(path), lookup: 'contains', value }
}
const metaRange = (
  path: string,
  lookup: MetadataRangeCondition['lookup'],
  value: string | number,
): MetadataRangeCondition => {
  return { field: 'metadata', path: keysOf(path), lookup, value }
}
const metaExists = (path: string | MetadataPath, value = true): MetadataExistsCondition => {
  return { field: 'metadata', path: keysOf(path), lookup: 'exists', value }
}

/** A query string of parameters that are not plain ASCII. */
const wire = (params: Readonly<Record<string, string>>): string => new URLSearchParams(params).toString()
/** The parameter for what no other can say. */
const whereOf = (...group: Condition[]): string => wire({ where: JSON.stringify(group) })

// Rows

const user = (content: string, more: Partial<Message> = {}): Message => ({ sender: 'end_user', content, ...more })
const agent = (content: string, more: Partial<Message> = {}): Message => ({ sender: 'agent', content, ...more })
const action = (action_name: string | null): Message => agent('', { action_name })

/** A row of no interest but for what is named. */
const row = (
  conversation_id: string,
  more: Omit<Partial<ConversationInput>, 'conversation_id'>,
): ConversationInput => ({
  conversation_id,
  started_at: '2024-03-01T12:00:00Z',
  ...more,
})
const withName = (conversation_id: string, name: string): ConversationInput => row(conversation_id, { name })
const withTime = (conversation_id: string, started_at: string): ConversationInput =>
  row(conversation_id, { started_at })
/** Metadata is given as JSON, so that `__proto__` is an own key and `1.0` can be written. */
const withMeta = (conversation_id: string, json: string): ConversationInput =>
  row(conversation_id, { metadata: JSON.parse(json) })
const withMessages = (conversation_id: string, ...messages: Message[]): ConversationInput =>
  row(conversation_id, { messages })
const withFeedback = (conversation_id: string, ...feedbacks: Feedback[]): ConversationInput =>
  row(conversation_id, { feedbacks })

/** Fewer than a hundred, so that one page of the greatest size has them all. */
export const rows: readonly ConversationInput[] = [
  // Whole, empty and null
  {
    conversation_id: 'whole',
    name: 'Order status',
    customer_id: 'cust-1',
    customer_ip_address: '10.0.0.1',
    device: 'mobile',
    language: 'en',
    environment: 'production',
    is_marked: true,
    is_deleted: false,
    is_used: true,
    started_at: '2024-02-01T10:30:00Z',
    ended_at: '2024-02-01T10:45:00.000001Z',
    deleted_at: null,
    metadata: { plan: 'pro', nested: { deep: { level: 3 } } },
    geo_location: { country: 'NL', city: null },
    messages: [
      user('Where is my order 4711?', { id: 1, timestamp: '2024-02-01T10:30:00Z' }),
      agent('', { id: 2, action_name: 'lookup_order', action_logs: [{ id: 1, duration_ms: 12.5 }] }),
      agent('It left our house yesterday.', { id: 3, attachments: [], button: null }),
    ],
    feedbacks: [{ id: 1, sentiment: 'positive', source: 'customer', comment: 'quick' }],
    ticket: { open: true },
  } as ConversationInput,
  {
    conversation_id: 'other',
    name: 'Refund',
    customer_id: 'cust-2',
    customer_ip_address: '10.0.0.10',
    device: 'desktop',
    language: 'de',
    environment: 'development',
    is_marked: false,
    started_at: '2024-02-02T10:30:00+02:00',
    ended_at: '2024-02-02 09:00',
  },
  row('bare', {}),
  row('nulls', {
    name: null,
    customer_id: null,
    customer_ip_address: null,
    device: null,
    language: null,
    environment: null,
    ended_at: null,
    deleted_at: null,
    metadata: null,
    geo_location: null,
  }),
  row('null lists', { messages: null, feedbacks: null }),
  row('unused', { is_used: false }),
  row('dev', { environment: 'dev' }),
  row('Prod', { environment: 'Prod' }),
  row('null flags', { is_marked: null, is_deleted: null, is_used: null }),
  row('empty texts', { name: '', customer_id: '', device: '', language: '' }),
  row('MOBILE', { device: 'MOBILE', language: 'en-GB', environment: 'staging' }),
  row('mobile app', { device: 'mobile app', language: 'EN', environment: 'prod' }),
  row(' padded ', { customer_id: ' padded ' }),
  row('a,b', { device: 'a,b' }),

  // Deleted
  row('deleted', { is_deleted: true, deleted_at: '2024-03-02T00:00:00Z', device: 'mobile', name: 'Gone' }),
  row('deleted without a time', { is_deleted: true, device: 'tablet' }),
  row('restored', { is_deleted: false, deleted_at: '2024-03-02T00:00:00Z', device: 'tablet' }),

  // Times: one instant in many hands, and its neighbours
  withTime('noon', '2024-01-15T12:00:00Z'),
  withTime('noon, space', '2024-01-15 12:00:00+00:00'),
  withTime('noon, offset', '2024-01-15T13:00:00.000000+01:00'),
  withTime('noon, no offset', '2024-01-15T12:00:00'),
  withTime('noon, no seconds', '2024-1-15 12:00'),
  withTime('noon, hours of offset', '2024-01-15T07:00-05'),
  withTime('noon, offset without colon', '2024-01-15T17:30:00+0530'),
  withTime('noon, cut', '2024-01-15T12:00:00.000000999999Z'),
  withTime('noon and 1', '2024-01-15T12:00:00.000001Z'),
  withTime('noon and 1, comma', '2024-01-15T12:00:00,000001Z'),
  withTime('noon less 1', '2024-01-15T11:59:59.999999Z'),
  withTime('date alone', '2024-1-5'),
  withTime('date midnight', '2024-01-05T0:00Z'),
  withTime('leap day', '2024-02-29T23:59:59.5Z'),
  withTime('before 1970', '1969-12-31T23:59:59.999999Z'),
  withTime('first year', '0001-01-01T00:00:00Z'),
  withTime('last year', '9999-12-31T23:59:59.999999Z'),

  // Case
  withName('STRASSE', 'STRASSE'),
  withName('straße', 'straße'),
  withName('STRAẞE', 'STRAẞE'),
  withName('ΟΔΟΣ', 'ΟΔΟΣ'),
  withName('οδοσ', 'οδοσ'),
  withName('οδος', 'οδος'),
  withName('É', 'É'),
  withName('é', 'é'),
  withName('e + acute', 'e\u0301'),
  withName('Å', '\u00c5ngstr\u00f6m'),
  withName('A + ring', 'A\u030angstro\u0308m'),
  withName('Ångström sign', '\u212bngstr\u00f6m'),
  withName('Kelvin', '300 \u212a'),
  withName('k', '300 k'),
  withName('İ', 'İstanbul'),
  withName('ı', 'ısı'),
  withName('I', 'ISTANBUL'),
  withName('Deseret', '\u{10400}'),
  withName('long s', 'ſay'),
  withName('emoji', 'Thanks 👍🏽!'),
  withName('CJK', '配送状況'),
  withName('high half', 'x\ud83d'),
  withName('low half', '\udc4dx'),
  withName('pattern signs', '100%_*.+[a]'),

  // Metadata
  withMeta('order 1', '{"order": 1}'),
  withMeta('order 1.0', '{"order": 1.0}'),
  withMeta('order "1"', '{"order": "1"}'),
  withMeta('order true', '{"order": true}'),
  withMeta('order "true"', '{"order": "true"}'),
  withMeta('order null', '{"order": null}'),
  withMeta('order "null"', '{"order": "null"}'),
  withMeta('order list', '{"order": [1, "a", null, [2]]}'),
  withMeta('order object', '{"order": {"0": 1, "1": "a"}}'),
  withMeta('order ""', '{"order": ""}'),
  withMeta('order -0', '{"order": -0}'),
  withMeta('order 2.5', '{"order": 2.5}'),
  withMeta('order 1e3', '{"order": 1e3}'),
  withMeta('order a:b', '{"order": "a:b"}'),
  withMeta('order text', '{"order": "a:b,c"}'),
  withMeta('order quoted', '{"order": "\\"1\\""}'),
  withMeta('order halfwidth', '{"order": "\uff5e"}'),
  withMeta('order emoji', '{"order": "😀"}'),
  withMeta('empty metadata', '{}'),
  row('metadata text', { metadata: '{"order": 1, "items": [{"sku": "T"}]}' }),
  row('metadata text null', { metadata: 'null' }),
  withMeta('items', '{"items": [{"sku": "A"}, {"sku": "B"}], "length": null}'),
  withMeta('items object', '{"items": {"01": {"sku": "B"}, "-1": {"sku": "C"}}}'),
  withMeta('dotted', '{"a.b": {"c": 1}, "": "empty key", "x y": 2}'),
  withMeta('telemetry', '{"gen_ai.request": {"m,n:o": "x"}, "5\\"": "y", "\\"q\\"": "z"}'),
  withMeta('telemetry nested', '{"gen_ai": {"request": {"m,n:o": "x"}}, "q": "z"}'),
  withMeta('nested', '{"a": {"b": {"c": 1}, "": 2}}'),
  withMeta('reserved', '{"__proto__": {"admin": true}, "constructor": "c", "prototype": {"toString": 1}}'),

  // Messages, actions and search
  withMessages(
    'talk',
    user('My BIKE\nis broken'),
    agent('Which bike, please?'),
    user('?!…'),
    user('The \u{10428} one, "red" model'),
  ),
  withMessages('empty message', user('')),
  withMessages('lookup', action('lookup')),
  withMessages('Lookup_Order', action('Lookup_Order')),
  withMessages('two actions', user('hi'), action('lookup_order'), action('refund')),
  withMessages('empty action', action(''), action(null), user('lookup')),
  row('searched', {
    name: 'Red, or blue',
    customer_id: 'ACME-77',
    messages: [user('a very red  car'), user('and a "quoted word')],
  }),

  // Feedback
  withFeedback('positive customer', { sentiment: 'positive', source: 'customer' }),
  withFeedback(
    'crossing',
    { sentiment: 'positive', source: 'platform' },
    { sentiment: 'negative', source: 'customer' },
  ),
  withFeedback(
    'both ways',
    { sentiment: 'positive', source: 'customer' },
    { sentiment: 'positive', source: 'platform' },
    { sentiment: 'neutral', source: 'platform' },
  ),
  withFeedback('no source', { sentiment: 'negative' }),
]

/** Rows of ids that are given. */
const idRows: readonly ConversationInput[] = [
  row('one', { id: 1 }),
  row('two', { id: 2 }),
  row('ten', { id: 10 }),
  row('greatest', { id: Number.MAX_SAFE_INTEGER }),
]

const noons = ['noon', 'noon, space', 'noon, offset', 'noon, no offset', 'noon, no seconds', 'noon, hours of offset']
const allNoons = [...noons, 'noon, offset without colon', 'noon, cut']

/** Rows to count in. */
const counted: readonly ConversationInput[] = [
  { conversation_id: 'bare', started_at: '2024-01-15T12:00:00Z' },
  { conversation_id: 'null lists', started_at: '2024-01-15', messages: null, feedbacks: null, ended_at: null },
  {
    conversation_id: 'runs',
    started_at: '2024-01-15T12:00:00Z',
    ended_at: '2024-01-15T14:00:00.000001+01:00',
    messages: [
      { sender: 'agent', content: '', action_name: 'lookup', action_logs: [{ id: 1 }, { id: 2 }], attachments: [{}] },
      { sender: 'agent', content: '', action_logs: [{}], attachments: [{}, {}] },
      { sender: 'agent', content: '', action_name: 'lookup', action_logs: [], attachments: null },
    ],
    feedbacks: [{ sentiment: 'positive' }, { sentiment: 'negative' }],
  },
  {
    conversation_id: 'named',
    started_at: '2024-01-15T12:00:00.5Z',
    ended_at: '2024-01-15T12:00:00Z',
    messages: [{ sender: 'agent', content: '', action_name: 'refund' }],
    feedbacks: [{ sentiment: 'neutral' }],
  },
  {
    conversation_id: 'lying',
    started_at: '2024-01-15T12:00:00Z',
    ended_at: '2024-01-15T12:00:00Z',
    messages: [{ sender: 'agent', content: '', action_name: '', action_logs: null }],
    ...{ duration: 99, action_count: 99, attachment_count: 99 },
  },
  { conversation_id: 'all of time', started_at: '0001-01-01', ended_at: '9999-12-31T23:59:59.999999Z' },
]

export const cases: readonly MatchCase[] = [
  // All of a query, and nothing given
  {
    name: 'nothing asked keeps all but the deleted',
    query: [],
    wire: '',
    keeps: ['whole', 'bare', 'nulls'],
    drops: ['deleted'],
  },
  {
    name: 'all filters must hold',
    query: [is('device', 'mobile'), is('language', 'en')],
    wire: 'device=mobile&language=en',
    keeps: ['whole'],
    drops: ['MOBILE', 'mobile app', 'other', 'bare'],
  },
  {
    name: 'a filter called again adds a condition',
    query: [is('customer_id', 'cust-1'), is('customer_id', 'cust-2')],
    keeps: [],
    drops: ['whole', 'other', 'bare'],
  },
  {
    name: 'a filter called again may be met by another message',
    query: [said('bike'), said('broken'), said('!…')],
    keeps: ['talk'],
    drops: ['whole', 'searched'],
  },
  {
    name: 'an empty value on the wire is not applied',
    query: [],
    wire: 'device=&name=&metadata=&started_at_after=&is_marked=&id__in=&search=&where=&feedback_sentiment=&env',
    keeps: ['whole', 'other', 'bare'],
    drops: ['deleted'],
  },
  {
    name: 'white space alone is empty',
    query: [],
    wire: 'device=%20%09%C2%A0',
    keeps: ['whole', 'bare'],
    drops: ['deleted'],
  },
  {
    name: 'white space around a value is cut, as JavaScript trims',
    query: [is('device', 'mobile')],
    wire: 'device=%0A%20mobile%C2%A0%EF%BB%BF',
    keeps: ['whole'],
    drops: ['mobile app', 'other'],
  },
  {
    name: 'what has white space around it is out of the reach of a plain parameter',
    query: [is('customer_id', 'padded')],
    wire: 'customer_id=%20padded%20',
    keeps: [],
    drops: [' padded '],
  },
  { name: 'white space counts in code', query: [is('customer_id', ' padded ')], keeps: [' padded '], drops: ['whole'] },
  {
    name: 'the last of a repeated parameter counts',
    query: [is('device', 'mobile')],
    wire: 'device=desktop&device=mobile',
    keeps: ['whole'],
    drops: ['other'],
  },
  {
    name: 'the last of a repeated parameter counts when it is empty',
    query: [],
    wire: 'device=desktop&device=',
    keeps: ['whole', 'other'],
    drops: ['deleted'],
  },
  {
    name: 'an unknown parameter is ignored',
    query: [is('device', 'mobile')],
    wire: 'device=mobile&colour=red&__proto__=1&constructor=2&id=1&started_at=x&env__exact=prod&Device=desktop',
    keeps: ['whole'],
    drops: ['other'],
  },
  {
    name: 'a bare plus is a space',
    query: [named('order status')],
    wire: 'name=order+status',
    keeps: ['whole'],
    drops: ['other'],
  },
  {
    name: 'a text field in none of no values holds for nothing',
    query: [anyOf('device')],
    keeps: [],
    drops: ['whole', 'bare', 'empty texts'],
  },
  { name: 'an id in no list holds for nothing', query: [idIn()], keeps: [], drops: ['whole', 'bare'] },

  // Equality of text fields
  {
    name: 'conversation_id is equal',
    query: [is('conversation_id', 'whole')],
    wire: 'conversation_id=whole',
    keeps: ['whole'],
    drops: ['other', 'bare'],
  },
  {
    name: 'conversation_id minds case',
    query: [is('conversation_id', 'Whole')],
    wire: 'conversation_id=Whole',
    keeps: [],
    drops: ['whole'],
  },
  {
    name: 'conversation_id, any of several',
    query: [anyOf('conversation_id', 'other', 'whole')],
    wire: 'conversation_id__in=other,whole',
    keeps: ['other', 'whole'],
    drops: ['bare'],
  },
  {
    name: 'customer_id is equal',
    query: [is('customer_id', 'cust-1')],
    wire: 'customer_id=cust-1',
    keeps: ['whole'],
    drops: ['other', 'nulls', 'bare', 'empty texts'],
  },
  {
    name: 'customer_id, any of several',
    query: [anyOf('customer_id', 'cust-1', 'cust-2', 'cust-3')],
    wire: 'customer_id__in=cust-1,cust-2,cust-3',
    keeps: ['whole', 'other'],
    drops: ['bare', 'searched'],
  },
  {
    name: 'customer_ip_address is equal, not a prefix',
    query: [is('customer_ip_address', '10.0.0.1')],
    wire: 'customer_ip_address=10.0.0.1',
    keeps: ['whole'],
    drops: ['other', 'nulls'],
  },
  {
    name: 'device is equal and minds case',
    query: [is('device', 'mobile')],
    wire: 'device=mobile',
    keeps: ['whole'],
    drops: ['MOBILE', 'mobile app', 'nulls', 'bare', 'empty texts', 'deleted'],
  },
  {
    name: 'device, any of several',
    query: [anyOf('device', 'MOBILE', 'mobile')],
    wire: 'device__in=MOBILE,mobile',
    keeps: ['whole', 'MOBILE'],
    drops: ['other', 'mobile app', 'bare'],
  },
  {
    name: 'a comma in a plain value is text',
    query: [is('device', 'a,b')],
    wire: 'device=a,b',
    keeps: ['a,b'],
    drops: ['whole'],
  },
  {
    name: 'language is equal',
    query: [is('language', 'en')],
    wire: 'language=en',
    keeps: ['whole'],
    drops: ['MOBILE', 'mobile app', 'other', 'nulls'],
  },
  {
    name: 'environment is equal',
    query: [is('environment', 'production')],
    wire: 'environment=production',
    keeps: ['whole', 'mobile app'],
    drops: ['other', 'MOBILE', 'dev', 'Prod', 'bare'],
  },
  {
    name: 'a stored prod or dev is compared as the long name, by lookups too',
    query: [{ field: 'environment', lookup: 'istartswith', value: 'PRODUC' }],
    wire: 'environment__istartswith=PRODUC',
    keeps: ['whole', 'mobile app'],
    drops: ['dev', 'MOBILE', 'nulls'],
  },
  {
    name: 'a stored dev is development',
    query: [is('environment', 'development')],
    wire: 'environment=dev',
    keeps: ['other', 'dev'],
    drops: ['whole', 'mobile app', 'Prod'],
  },
  {
    name: 'no part of a stored prod is found that production has not',
    query: [{ field: 'environment', lookup: 'contains', value: 'prod' }],
    wire: 'environment__contains=prod',
    keeps: ['whole', 'mobile app'],
    drops: ['dev', 'Prod'],
  },
  {
    name: 'environment, any of several',
    query: [anyOf('environment', 'development', 'staging')],
    keeps: ['other', 'MOBILE'],
    drops: ['whole', 'bare'],
  },
  {
    name: 'env is environment',
    query: [is('environment', 'development')],
    wire: 'env=development',
    keeps: ['other'],
    drops: ['whole', 'MOBILE'],
  },
  {
    name: 'prod means production',
    query: [is('environment', 'production')],
    wire: 'environment=prod',
    keeps: ['whole', 'mobile app'],
    drops: ['other', 'dev'],
  },
  {
    name: 'dev means development',
    query: [is('environment', 'development')],
    wire: 'env=dev',
    keeps: ['other'],
    drops: ['whole'],
  },
  {
    name: 'env and environment together must both hold',
    query: [is('environment', 'development'), is('environment', 'production')],
    wire: 'env=dev&environment=prod',
    keeps: [],
    drops: ['whole', 'other', 'bare'],
  },
  {
    name: 'the aliases are for the plain parameter alone',
    query: [is('environment', 'prod')],
    wire: 'environment__exact=prod',
    keeps: [],
    drops: ['whole', 'mobile app'],
  },
  {
    name: 'a lookup takes any environment',
    query: [is('environment', 'staging')],
    wire: 'environment__exact=staging',
    keeps: ['MOBILE'],
    drops: ['whole', 'other'],
  },

  // Ignoring case
  {
    name: 'the name contains the text, ignoring case',
    query: [named('ORDER')],
    wire: 'name=ORDER',
    keeps: ['whole'],
    drops: ['other', 'bare', 'nulls', 'empty texts', 'lookup', 'order text'],
  },
  {
    name: 'ss is not ß',
    query: [named('STRASSE')],
    wire: 'name=STRASSE',
    keeps: ['STRASSE'],
    drops: ['straße', 'STRAẞE'],
  },
  {
    name: 'ẞ matches ß',
    query: [named('straẞe')],
    wire: wire({ name: 'straẞe' }),
    keeps: ['straße', 'STRAẞE'],
    drops: ['STRASSE'],
  },
  {
    name: 'Σ matches σ and final ς',
    query: [named('ΟΔΟΣ')],
    wire: wire({ name: 'ΟΔΟΣ' }),
    keeps: ['ΟΔΟΣ', 'οδοσ', 'οδος'],
    drops: ['whole'],
  },
  {
    name: 'final ς matches the others',
    query: [named('οδος')],
    wire: wire({ name: 'οδος' }),
    keeps: ['ΟΔΟΣ', 'οδοσ', 'οδος'],
    drops: ['whole'],
  },
  { name: 'É matches é', query: [named('É')], wire: wire({ name: 'É' }), keeps: ['É', 'é'], drops: ['e + acute'] },
  {
    name: 'no accent is removed',
    query: [named('e\u0301')],
    wire: wire({ name: 'e\u0301' }),
    keeps: ['e + acute'],
    drops: ['é', 'É'],
  },
  {
    name: 'a letter matches where a mark follows',
    query: [named('E')],
    wire: 'name=E',
    keeps: ['e + acute', 'whole'],
    drops: ['é', 'É'],
  },
  {
    name: 'nothing is normalised but what folds',
    query: [named('\u00e5NGSTR\u00d6M')],
    wire: wire({ name: '\u00e5NGSTR\u00d6M' }),
    keeps: ['Å', 'Ångström sign'],
    drops: ['A + ring'],
  },
  {
    name: 'the Kelvin sign matches k',
    query: [named('300 K')],
    wire: 'name=300+K',
    keeps: ['Kelvin', 'k'],
    drops: ['whole'],
  },
  {
    name: 'k matches when the Kelvin sign is asked for',
    query: [named('300 \u212a')],
    wire: wire({ name: '300 \u212a' }),
    keeps: ['Kelvin', 'k'],
    drops: ['whole'],
  },
  {
    name: 'İ matches only itself',
    query: [named('İ')],
    wire: wire({ name: 'İ' }),
    keeps: ['İ'],
    drops: ['I', 'ı', 'whole'],
  },
  { name: 'ı matches only itself', query: [named('ı')], wire: wire({ name: 'ı' }), keeps: ['ı'], drops: ['I', 'İ'] },
  {
    name: 'i matches I, without a locale',
    query: [named('istanbul')],
    wire: 'name=istanbul',
    keeps: ['I'],
    drops: ['İ', 'ı'],
  },
  {
    name: 'letters beyond the basic plane fold',
    query: [named('\u{10428}')],
    wire: wire({ name: '\u{10428}' }),
    keeps: ['Deseret'],
    drops: ['whole'],
  },
  { name: 'ſ matches s', query: [named('SAY')], wire: 'name=SAY', keeps: ['long s'], drops: ['whole'] },
  {
    name: 'an emoji is found',
    query: [named('👍')],
    wire: wire({ name: '👍' }),
    keeps: ['emoji'],
    drops: ['high half', 'low half'],
  },
  {
    name: 'one character of a script without spaces is found',
    query: [named('送')],
    wire: wire({ name: '送' }),
    keeps: ['CJK'],
    drops: ['emoji'],
  },
  {
    name: 'a high half is found by UTF-16 unit',
    query: [named('\ud83d')],
    keeps: ['high half', 'emoji'],
    drops: ['low half'],
  },
  {
    name: 'a low half is found by UTF-16 unit',
    query: [named('\udc4d')],
    keeps: ['low half', 'emoji'],
    drops: ['high half'],
  },
  { name: '% is text', query: [named('%')], wire: 'name=%25', keeps: ['pattern signs'], drops: ['whole', 'bare'] },
  { name: '_ is text', query: [named('_')], wire: 'name=_', keeps: ['pattern signs'], drops: ['whole'] },
  {
    name: '. is text',
    query: [named('*.+[A]')],
    wire: wire({ name: '*.+[A]' }),
    keeps: ['pattern signs'],
    drops: ['whole'],
  },

  // Flags
  {
    name: 'an absent is_used reads as true, a null equals nothing',
    query: [flag('is_used', false)],
    wire: 'is_used=false',
    keeps: ['unused'],
    drops: ['whole', 'bare', 'null flags'],
  },
  {
    name: 'is_marked is equal',
    query: [flag('is_marked')],
    wire: 'is_marked=true',
    keeps: ['whole'],
    drops: ['other', 'bare', 'null flags'],
  },
  {
    name: 'an absent is_marked reads as false, a null equals nothing',
    query: [flag('is_marked', false)],
    wire: 'is_marked=false',
    keeps: ['other', 'bare'],
    drops: ['whole', 'null flags'],
  },
  {
    name: 'a boolean is read in capitals',
    query: [flag('is_marked')],
    wire: 'is_marked=TRUE',
    keeps: ['whole'],
    drops: ['bare'],
  },
  { name: 'a boolean is 1 too', query: [flag('is_marked')], wire: 'is_marked=1', keeps: ['whole'], drops: ['bare'] },
  {
    name: 'a boolean is 0 too',
    query: [flag('is_marked', false)],
    wire: 'is_marked=0',
    keeps: ['bare'],
    drops: ['whole'],
  },
  {
    name: 'a boolean is read in any case',
    query: [flag('is_marked', false)],
    wire: 'is_marked=fALSE',
    keeps: ['bare'],
    drops: ['whole'],
  },
  {
    name: 'deleted rows never match',
    query: [is('device', 'tablet')],
    wire: 'device=tablet&include_deleted=false',
    keeps: ['restored'],
    drops: ['deleted without a time'],
  },
  {
    name: 'deleted rows match when they are included',
    query: { where: [is('device', 'tablet')], includeDeleted: true },
    wire: 'device=tablet&include_deleted=true',
    keeps: ['restored', 'deleted without a time'],
    drops: ['deleted'],
  },
  {
    name: 'is_deleted alone decides',
    query: [],
    wire: '',
    keeps: ['restored', 'null flags'],
    drops: ['deleted', 'deleted without a time'],
  },
  {
    name: 'deleted rows are dropped outside the whole expression',
    query: [not(is('device', 'desktop'))],
    keeps: ['whole', 'restored'],
    drops: ['other', 'deleted', 'deleted without a time'],
  },
  {
    name: 'deleted rows are dropped outside of a branch too',
    query: [or([is('device', 'tablet')], [is('device', 'mobile')])],
    keeps: ['whole', 'restored'],
    drops: ['deleted', 'deleted without a time'],
  },

  // Times
  {
    name: 'startedAfter has its end in',
    query: [since('2024-01-15T12:00:00Z')],
    wire: 'started_at_after=2024-01-15T12:00:00Z',
    keeps: [...allNoons, 'noon and 1', 'noon and 1, comma', 'whole', 'last year'],
    drops: ['noon less 1', 'date alone', 'before 1970', 'first year'],
  },
  {
    name: 'startedBefore has its end in',
    query: [until('2024-01-15T12:00:00Z')],
    wire: 'started_at_before=2024-01-15T12:00:00Z',
    keeps: [...allNoons, 'noon less 1', 'date alone', 'before 1970', 'first year'],
    drops: ['noon and 1', 'noon and 1, comma', 'whole', 'last year'],
  },
  {
    name: 'one instant, in whatever way it is written',
    query: [since('2024-01-15T12:00:00Z'), until('2024-01-15T12:00:00Z')],
    wire: 'started_at_after=2024-01-15T13:00:00%2B01:00&started_at_before=2024-1-15+12:00',
    keeps: allNoons,
    drops: ['noon less 1', 'noon and 1', 'noon and 1, comma'],
  },
  {
    name: 'instants are compared to the microsecond',
    query: [since('2024-01-15T12:00:00.000001Z'), until('2024-01-15T12:00:00.000001Z')],
    wire: 'started_at_after=2024-01-15T12:00:00,000001&started_at_before=2024-01-15T12:00:00.000001999999Z',
    keeps: ['noon and 1', 'noon and 1, comma'],
    drops: [...allNoons, 'noon less 1'],
  },
  {
    name: 'a date alone is its midnight in UTC, at both ends',
    query: [since('2024-01-05T00:00:00Z'), until('2024-01-05T00:00:00Z')],
    wire: 'started_at_after=2024-01-05&started_at_before=2024-1-5',
    keeps: ['date alone', 'date midnight'],
    drops: ['noon', 'whole'],
  },
  {
    name: 'no offset means UTC',
    query: [since('2024-01-15T12:00:00Z'), until('2024-01-15T12:00:00Z')],
    wire: 'started_at_after=2024-01-15T12:00:00&started_at_before=2024-01-15+12:00:00.0',
    keeps: allNoons,
    drops: ['noon and 1', 'noon less 1'],
  },
  {
    name: 'offsets of hours and without a colon',
    query: [since('2024-01-15T12:00:00Z'), until('2024-01-15T12:00:00Z')],
    wire: 'started_at_after=2024-01-15T17:30%2B0530&started_at_before=2024-01-15T04:00:00-08',
    keeps: allNoons,
    drops: ['noon and 1', 'noon less 1'],
  },
  {
    name: 'a range before 1970',
    query: [time('started_at', 'lt', '1970-01-01T00:00:00Z'), since('1969-12-31T23:59:59.999999Z')],
    wire: 'started_at__lt=1970-01-01&started_at_after=1969-12-31T23:59:59.999999Z',
    keeps: ['before 1970'],
    drops: ['first year', 'noon'],
  },
  {
    name: 'exact at the first instant of all',
    query: [until('0001-01-01T00:00:00Z')],
    wire: 'started_at_before=0001-01-01',
    keeps: ['first year'],
    drops: ['before 1970', 'noon'],
  },
  {
    name: 'exact at the last instant of all',
    query: [since('9999-12-31T23:59:59.999999Z')],
    wire: 'started_at_after=9999-12-31T23:59:59.999999',
    keeps: ['last year'],
    drops: ['noon'],
  },
  {
    name: 'a leap day',
    query: [since('2024-02-29T23:59:59.500000Z'), until('2024-02-29T23:59:59.500000Z')],
    wire: 'started_at_after=2024-02-29T23:59:59.5Z&started_at_before=2024-03-01T00:59:59.500%2B01:00',
    keeps: ['leap day'],
    drops: ['bare', 'noon'],
  },
  {
    name: 'started_at__gt leaves its end out',
    query: [time('started_at', 'gt', '2024-01-15T12:00:00Z')],
    wire: 'started_at__gt=2024-01-15T12:00:00Z',
    keeps: ['noon and 1', 'whole'],
    drops: [...allNoons, 'noon less 1'],
  },
  {
    name: 'started_at__lt leaves its end out',
    query: [time('started_at', 'lt', '2024-01-15T12:00:00Z')],
    wire: 'started_at__lt=2024-01-15T12:00:00Z',
    keeps: ['noon less 1', 'first year'],
    drops: [...allNoons, 'noon and 1'],
  },
  {
    name: 'started_at__gte and __lte have their ends in',
    query: [since('2024-01-15T12:00:00Z'), until('2024-01-15T12:00:00Z')],
    wire: 'started_at__gte=2024-01-15T12:00:00Z&started_at__lte=2024-01-15T12:00:00Z',
    keeps: allNoons,
    drops: ['noon less 1', 'noon and 1'],
  },
  {
    name: 'a time with nothing before its beginning',
    query: [since('2024-03-01T12:00:00Z'), until('2024-02-01T00:00:00Z')],
    wire: 'started_at_after=2024-03-01T12:00:00Z&started_at_before=2024-02-01',
    keeps: [],
    drops: ['bare', 'whole', 'other', 'leap day'],
  },
  {
    name: 'ended_at, of those that have one',
    query: [time('ended_at', 'gt', '2024-02-01T10:45:00Z')],
    wire: 'ended_at__gt=2024-02-01T10:45:00Z',
    keeps: ['whole', 'other'],
    drops: ['nulls', 'bare'],
  },
  {
    name: 'a null time is not before anything',
    query: [time('ended_at', 'lte', '2024-02-01T10:45:00.000001Z')],
    wire: 'ended_at__lte=2024-02-01T10:45:00.000001Z',
    keeps: ['whole'],
    drops: ['other', 'nulls', 'bare'],
  },
  {
    name: 'ended_at is null',
    query: [isNull('ended_at')],
    wire: 'ended_at__isnull=true',
    keeps: ['nulls', 'bare'],
    drops: ['whole', 'other'],
  },
  {
    name: 'ended_at is not null',
    query: [isNull('ended_at', false)],
    wire: 'ended_at__isnull=0',
    keeps: ['whole', 'other'],
    drops: ['nulls', 'bare'],
  },
  {
    name: 'started_at is never null',
    query: [isNull('started_at')],
    wire: 'started_at__isnull=1',
    keeps: [],
    drops: ['whole', 'bare'],
  },

  // Messages
  {
    name: 'has messages',
    query: [flag('has_messages')],
    wire: 'has_messages=true',
    keeps: ['whole', 'talk', 'empty message', 'lookup'],
    drops: ['bare', 'other', 'null lists'],
  },
  {
    name: 'has no messages',
    query: [flag('has_messages', false)],
    wire: 'has_messages=false',
    keeps: ['bare', 'other', 'null lists'],
    drops: ['whole', 'talk', 'empty message'],
  },
  {
    name: 'a message contains the text, ignoring case',
    query: [said('bike')],
    wire: 'message_contains=bike',
    keeps: ['talk'],
    drops: ['whole', 'bare', 'null lists', 'empty message'],
  },
  {
    name: 'a text is found in the middle of a word',
    query: [said('rde')],
    wire: 'message_contains=rde',
    keeps: ['whole'],
    drops: ['talk'],
  },
  {
    name: 'it is one message that contains the whole text',
    query: [said('broken which')],
    wire: 'message_contains=broken+which',
    keeps: [],
    drops: ['talk'],
  },
  {
    name: 'a new line is text',
    query: [said('bike\nis')],
    wire: 'message_contains=bike%0Ais',
    keeps: ['talk'],
    drops: ['whole'],
  },
  {
    name: 'a new line is no space',
    query: [said('bike is')],
    wire: 'message_contains=bike+is',
    keeps: [],
    drops: ['talk'],
  },
  {
    name: 'two spaces are not one',
    query: [said('red car')],
    wire: 'message_contains=red+car',
    keeps: [],
    drops: ['searched'],
  },
  {
    name: 'punctuation alone is found',
    query: [said('?!')],
    wire: 'message_contains=?!',
    keeps: ['talk'],
    drops: ['whole'],
  },
  {
    name: 'quotes and commas are text',
    query: [said('one, "red"')],
    wire: 'message_contains=one,+"red"',
    keeps: ['talk'],
    drops: ['searched'],
  },
  {
    name: 'a name is no message',
    query: [said('status')],
    wire: 'message_contains=status',
    keeps: [],
    drops: ['whole'],
  },
  {
    name: 'letters beyond the basic plane fold in messages',
    query: [said('\u{10400}')],
    wire: wire({ message_contains: '\u{10400}' }),
    keeps: ['talk'],
    drops: ['Deseret'],
  },

  // Actions
  {
    name: 'action_name contains the text, ignoring case',
    query: [text('action_name', 'icontains', 'lookup')],
    wire: 'action_name=lookup',
    keeps: ['whole', 'lookup', 'Lookup_Order', 'two actions'],
    drops: ['empty action', 'talk', 'bare'],
  },
  {
    name: 'action_name__exact is equal',
    query: [is('action_name', 'lookup')],
    wire: 'action_name__exact=lookup',
    keeps: ['lookup'],
    drops: ['whole', 'Lookup_Order', 'two actions', 'empty action'],
  },
  {
    name: 'an action, any of several',
    query: [anyOf('action_name', 'lookup', 'refund')],
    wire: 'action_name__in=lookup,refund',
    keeps: ['lookup', 'two actions'],
    drops: ['whole', 'Lookup_Order'],
  },
  {
    name: 'several action conditions may be met by several messages',
    query: [is('action_name', 'refund'), text('action_name', 'startswith', 'look')],
    wire: 'action_name__exact=refund&action_name__startswith=look',
    keeps: ['two actions'],
    drops: ['whole', 'lookup'],
  },
  {
    name: 'has an action',
    query: [flag('has_action')],
    wire: 'has_action=true',
    keeps: ['whole', 'lookup', 'two actions'],
    drops: ['empty action', 'talk', 'bare'],
  },
  {
    name: 'an action without a name is none',
    query: [flag('has_action', false)],
    wire: 'has_action=false',
    keeps: ['empty action', 'talk', 'bare', 'null lists'],
    drops: ['whole', 'lookup', 'two actions'],
  },
  {
    name: 'action_name is null when no message has one',
    query: [isNull('action_name')],
    wire: 'action_name__isnull=true',
    keeps: ['empty action', 'talk', 'bare', 'null lists'],
    drops: ['whole', 'lookup', 'two actions'],
  },
  {
    name: 'action_name is not null when some message has one',
    query: [isNull('action_name', false)],
    wire: 'action_name__isnull=false',
    keeps: ['whole', 'lookup', 'two actions'],
    drops: ['empty action', 'talk', 'bare'],
  },

  // Feedback
  {
    name: 'has feedback',
    query: [flag('has_feedback')],
    wire: 'has_feedback=true',
    keeps: ['whole', 'crossing', 'no source'],
    drops: ['bare', 'null lists'],
  },
  {
    name: 'has no feedback',
    query: [flag('has_feedback', false)],
    wire: 'has_feedback=false',
    keeps: ['bare', 'null lists'],
    drops: ['whole', 'crossing', 'no source'],
  },
  {
    name: 'some feedback has the sentiment',
    query: [sentiment('negative')],
    wire: 'feedback_sentiment=negative',
    keeps: ['crossing', 'no source'],
    drops: ['whole', 'positive customer', 'both ways', 'bare'],
  },
  {
    name: 'some feedback has the source; an absent one is the customer',
    query: [source('customer')],
    wire: 'feedback_source=customer',
    keeps: ['whole', 'positive customer', 'crossing', 'both ways', 'no source'],
    drops: ['bare'],
  },
  {
    name: 'a source that is absent is not the platform',
    query: [source('platform')],
    wire: 'feedback_source=platform',
    keeps: ['crossing', 'both ways'],
    drops: ['no source', 'positive customer'],
  },
  {
    name: 'sentiment and source are of one feedback',
    query: [sentiment('positive'), source('customer')],
    wire: 'feedback_sentiment=positive&feedback_source=customer',
    keeps: ['whole', 'positive customer', 'both ways'],
    drops: ['crossing', 'no source'],
  },
  {
    name: 'sentiment and source are of one feedback, wherever in the query they stand',
    query: [sentiment('positive'), source('customer')],
    wire: `feedback_sentiment=positive&${whereOf(source('customer'))}`,
    keeps: ['whole', 'positive customer', 'both ways'],
    drops: ['crossing', 'no source'],
  },
  {
    name: 'sentiment and source of different groups may be of two feedbacks',
    query: [sentiment('positive'), or([source('customer')], [is('device', 'none')])],
    keeps: ['whole', 'crossing', 'both ways'],
    drops: ['no source', 'bare'],
  },
  {
    name: 'sentiment and source of one branch are of one feedback',
    query: [or([sentiment('positive'), source('customer')], [is('device', 'none')])],
    keeps: ['whole', 'positive customer', 'both ways'],
    drops: ['crossing', 'no source'],
  },
  {
    name: 'sentiment and source inside a not are of one feedback',
    query: [flag('has_feedback'), not(sentiment('positive'), source('customer'))],
    keeps: ['crossing', 'no source'],
    drops: ['whole', 'positive customer', 'both ways', 'bare'],
  },
  {
    name: 'several sentiments may be of several feedbacks',
    query: [sentiment('negative'), sentiment('positive')],
    keeps: ['crossing'],
    drops: ['whole', 'both ways', 'no source'],
  },
  {
    name: 'several sources with a sentiment: a feedback for each pair',
    query: [sentiment('positive'), source('customer'), source('platform')],
    keeps: ['both ways'],
    drops: ['crossing', 'whole'],
  },
  {
    name: 'several sentiments with a source: a feedback for each pair',
    query: [sentiment('neutral'), sentiment('positive'), source('platform')],
    keeps: ['both ways'],
    drops: ['crossing', 'whole'],
  },
  {
    name: 'feedback() names what one feedback has',
    query: [feedback({ sentiment: 'negative', source: 'customer' })],
    keeps: ['crossing', 'no source'],
    drops: ['whole', 'both ways'],
  },
  {
    name: 'feedback() can be repeated, each met by another',
    query: [feedback({ sentiment: 'positive' }), feedback({ sentiment: 'negative', source: 'customer' })],
    keeps: ['crossing'],
    drops: ['no source', 'positive customer', 'both ways'],
  },
  {
    name: 'feedback() does not bind the other filters',
    query: [feedback({ source: 'platform' }), sentiment('negative')],
    keeps: ['crossing'],
    drops: ['no source', 'both ways'],
  },

  // Metadata
  {
    name: 'a number equals a number, however it was written',
    query: [meta('order', 1)],
    wire: 'metadata=order:1',
    keeps: ['order 1', 'order 1.0', 'metadata text'],
    drops: ['order "1"', 'order true', 'order list', 'order object', 'order quoted', 'empty metadata', 'nulls', 'bare'],
  },
  {
    name: 'a number typed with a fraction',
    query: [meta('order', 1)],
    wire: 'metadata=order:1.0',
    keeps: ['order 1'],
    drops: ['order "1"'],
  },
  {
    name: 'a number typed with an exponent',
    query: [meta('order', 1000)],
    wire: 'metadata=order:1E3',
    keeps: ['order 1e3'],
    drops: ['order 1'],
  },
  {
    name: '-0 is 0',
    query: [meta('order', 0)],
    wire: 'metadata=order:-0',
    keeps: ['order -0'],
    drops: ['order ""', 'order null', 'order 1'],
  },
  {
    name: 'a text in double quotes is a text',
    query: [meta('order', '1')],
    wire: 'metadata=order:"1"',
    keeps: ['order "1"'],
    drops: ['order 1', 'order 1.0', 'order quoted'],
  },
  {
    name: 'one quote alone is a text',
    query: [meta('order', '"')],
    wire: 'metadata=order:"',
    keeps: [],
    drops: ['order ""', 'order quoted'],
  },
  {
    name: 'quotes within the outer ones are text',
    query: [meta('order', '"1"')],
    wire: 'metadata=order:""1""',
    keeps: ['order quoted'],
    drops: ['order "1"', 'order 1'],
  },
  {
    name: 'true is a boolean',
    query: [meta('order', true)],
    wire: 'metadata=order:true',
    keeps: ['order true'],
    drops: ['order "true"', 'order 1'],
  },
  {
    name: '"true" is a text',
    query: [meta('order', 'true')],
    wire: 'metadata=order:"true"',
    keeps: ['order "true"'],
    drops: ['order true'],
  },
  {
    name: 'True is a text',
    query: [meta('order', 'True')],
    wire: 'metadata=order:True',
    keeps: [],
    drops: ['order true', 'order "true"'],
  },
  {
    name: 'null is matched only by a stored null',
    query: [meta('order', null)],
    wire: 'metadata=order:null',
    keeps: ['order null'],
    drops: ['order "null"', 'empty metadata', 'nulls', 'metadata text null', 'order ""', 'bare'],
  },
  {
    name: 'a key with nothing after the colon asks for the empty text',
    query: [meta('order', '')],
    wire: 'metadata=order:',
    keeps: ['order ""'],
    drops: ['order null', 'order -0', 'empty metadata'],
  },
  {
    name: 'a number is no part of a number',
    query: [meta('order', 2)],
    wire: 'metadata=order:2',
    keeps: [],
    drops: ['order 2.5'],
  },
  {
    name: 'what is no JSON number is a text',
    query: [meta('order', '01')],
    wire: 'metadata=order:01',
    keeps: [],
    drops: ['order 1', 'order "1"'],
  },
  {
    name: 'an object or a list equals no scalar',
    query: [metaIn('order', '[object Object]', '1,a,,2', 'a')],
    keeps: [],
    drops: ['order list', 'order object'],
  },
  {
    name: 'several pairs must all hold, white space around them is cut',
    query: [meta('plan', 'pro'), meta('nested.deep.level', 3)],
    wire: 'metadata=plan+:+pro+,+nested.deep.level+:+3',
    keeps: ['whole'],
    drops: ['order 1', 'bare'],
  },
  {
    name: 'pairs are cut at their first colon',
    query: [meta('order', 'a:b')],
    wire: 'metadata=order:a:b',
    keeps: ['order a:b'],
    drops: ['order text'],
  },
  {
    name: 'metadata_key and metadata_value take commas and colons',
    query: [meta('order', 'a:b,c')],
    wire: 'metadata_key=order&metadata_value=a:b,c',
    keeps: ['order text'],
    drops: ['order 1'],
  },
  {
    name: 'a quoted step of metadata_key is one key, dots, commas and colons included',
    query: [meta(['gen_ai.request', 'm,n:o'], 'x')],
    wire: 'metadata_key="gen_ai.request"."m,n:o"&metadata_value=x',
    keeps: ['telemetry'],
    drops: ['telemetry nested'],
  },
  {
    name: 'a quote inside a plain step is a part of the key',
    query: [meta(['5"'], 'y')],
    wire: 'metadata=5":y',
    keeps: ['telemetry'],
    drops: ['telemetry nested'],
  },
  {
    name: 'a key that begins with a quote is reached by its list',
    query: [meta(['"q"'], 'z')],
    keeps: ['telemetry'],
    drops: ['telemetry nested'],
  },
  {
    name: 'a quoted step does not reach a key with quotes',
    query: [meta(['q'], 'z')],
    wire: 'metadata="q":z',
    keeps: ['telemetry nested'],
    drops: ['telemetry'],
  },
  {
    name: 'metadata_value is typed as it looks',
    query: [meta('order', 1)],
    wire: 'metadata_key=order&metadata_value=1',
    keeps: ['order 1', 'order 1.0'],
    drops: ['order "1"'],
  },
  {
    name: 'metadata_value in quotes is a text, and the empty one can be asked for',
    query: [meta('order', '')],
    wire: 'metadata_key=order&metadata_value=""',
    keeps: ['order ""'],
    drops: ['order null'],
  },
  {
    name: 'metadata_key alone does nothing',
    query: [],
    wire: 'metadata_key=order',
    keeps: ['bare', 'order 1'],
    drops: ['deleted'],
  },
  {
    name: 'metadata_value alone does nothing',
    query: [],
    wire: 'metadata_value=1e999&metadata_key=',
    keeps: ['bare', 'order 1'],
    drops: ['deleted'],
  },
  {
    name: 'metadata and metadata_key must both hold',
    query: [meta('plan', 'pro'), meta('order', 1)],
    wire: 'metadata=plan:pro&metadata_key=order&metadata_value=1',
    keeps: [],
    drops: ['whole', 'order 1'],
  },
  {
    name: 'a step of digits is an index of a list',
    query: [meta('items.1.sku', 'B')],
    wire: 'metadata=items.1.sku:B',
    keeps: ['items'],
    drops: ['items object', 'metadata text'],
  },
  {
    name: '01 is the index 1, and the key 01 of an object',
    query: [meta('items.01.sku', 'B')],
    wire: 'metadata=items.01.sku:B',
    keeps: ['items', 'items object'],
    drops: ['metadata text'],
  },
  {
    name: 'a signed step is a key, never an index',
    query: [metaExists('items.-1.sku')],
    keeps: ['items object'],
    drops: ['items', 'metadata text'],
  },
  {
    name: 'only digits are an index',
    query: [or(...['1e0', '+1', '0x1', '', ' 1', '١'].map((step) => [metaExists(['items', step, 'sku'])]))],
    keeps: [],
    drops: ['items', 'items object'],
  },
  { name: 'past the end of a list is nothing', query: [metaExists('items.2')], keeps: [], drops: ['items'] },
  { name: 'a list has no length', query: [metaExists('items.length')], keeps: [], drops: ['items', 'metadata text'] },
  { name: 'a text has no characters to reach', query: [metaExists('plan.0')], keeps: [], drops: ['whole'] },
  {
    name: 'digits are a key of an object',
    query: [meta('order.1', 'a')],
    wire: 'metadata=order.1:a',
    keeps: ['order list', 'order object'],
    drops: ['order 1'],
  },
  {
    name: 'a null in a list is there',
    query: [meta('order.2', null)],
    wire: 'metadata=order.2:null',
    keeps: ['order list'],
    drops: ['order object', 'order 1'],
  },
  {
    name: 'lists within lists',
    query: [meta('order.3.0', 2)],
    wire: 'metadata=order.3.0:2',
    keeps: ['order list'],
    drops: ['order object'],
  },
  {
    name: 'dots join keys',
    query: [meta('a.b.c', 1)],
    wire: 'metadata=a.b.c:1',
    keeps: ['nested'],
    drops: ['dotted'],
  },
  {
    name: 'a list of keys reaches a key that has a dot',
    query: [meta(['a.b', 'c'], 1)],
    wire: 'metadata="a.b".c:1',
    keeps: ['dotted'],
    drops: ['nested'],
  },
  {
    name: 'the empty path is the one empty key',
    query: [meta('', 'empty key')],
    wire: 'metadata=:empty+key',
    keeps: ['dotted'],
    drops: ['nested'],
  },
  {
    name: 'an empty step is an empty key',
    query: [meta('a.', 2)],
    wire: 'metadata=a.:2',
    keeps: ['nested'],
    drops: ['dotted'],
  },
  {
    name: 'a key may have a space',
    query: [meta('x y', 2)],
    wire: 'metadata=x+y:2',
    keeps: ['dotted'],
    drops: ['nested'],
  },
  {
    name: 'reserved names are keys like any others',
    query: [meta('__proto__.admin', true)],
    wire: 'metadata=__proto__.admin:true',
    keeps: ['reserved'],
    drops: ['whole', 'empty metadata', 'bare'],
  },
  {
    name: 'reserved names reach nothing but stored data',
    query: [metaExists('constructor')],
    keeps: ['reserved'],
    drops: ['whole', 'empty metadata', 'items'],
  },
  {
    name: 'prototype is a key',
    query: [meta('prototype.toString', 1)],
    wire: 'metadata=prototype.toString:1',
    keeps: ['reserved'],
    drops: ['whole'],
  },
  {
    name: 'nothing is inherited',
    query: [metaExists('toString')],
    keeps: [],
    drops: ['whole', 'reserved', 'empty metadata'],
  },
  {
    name: 'nothing is inherited by a list',
    query: [metaExists('items.__proto__')],
    keeps: [],
    drops: ['items', 'items object'],
  },
  {
    name: 'metadata given as JSON text is read',
    query: [meta('items.0.sku', 'T')],
    wire: 'metadata=items.0.sku:T',
    keeps: ['metadata text'],
    drops: ['items'],
  },
  {
    name: 'metadata in',
    query: [metaIn('order', null, true, 1, 'null')],
    keeps: ['order 1', 'order 1.0', 'order true', 'order null', 'order "null"'],
    drops: ['order "1"', 'order "true"', 'order list', 'empty metadata'],
  },
  {
    name: 'metadata in nothing',
    query: [metaIn('order')],
    keeps: [],
    drops: ['order 1', 'order null', 'empty metadata'],
  },
  {
    name: 'metadata gt: numbers with numbers',
    query: [metaRange('order', 'gt', 1)],
    keeps: ['order 2.5', 'order 1e3'],
    drops: ['order 1', 'order 1.0', 'order "1"', 'order true', 'order list', 'order text', 'empty metadata'],
  },
  {
    name: 'metadata gte has its end in',
    query: [metaRange('order', 'gte', 1)],
    keeps: ['order 1', 'order 1.0', 'order 2.5'],
    drops: ['order -0', 'order true'],
  },
  {
    name: 'metadata lt: neither null nor a text is a number',
    query: [metaRange('order', 'lt', 1)],
    keeps: ['order -0'],
    drops: ['order 1', 'order null', 'order ""', 'order true', 'empty metadata', 'nulls'],
  },
  {
    name: 'metadata lte has its end in',
    query: [metaRange('order', 'lte', 0)],
    keeps: ['order -0'],
    drops: ['order 1', 'order null'],
  },
  {
    name: 'metadata texts by code point',
    query: [metaRange('order', 'gt', '\uff5e')],
    keeps: ['order emoji'],
    drops: ['order halfwidth', 'order text', 'order 1e3'],
  },
  {
    name: 'metadata texts, up to and with an end',
    query: [metaRange('order', 'lte', '\uff5e')],
    keeps: ['order halfwidth', 'order text', 'order "1"', 'order ""'],
    drops: ['order emoji', 'order 1', 'order null'],
  },
  {
    name: 'metadata contains: a list holds the scalar',
    query: [metaHas('order', 'a')],
    keeps: ['order list'],
    drops: ['order object', 'order text', 'order 1'],
  },
  {
    name: 'metadata contains a null',
    query: [metaHas('order', null)],
    keeps: ['order list'],
    drops: ['order null', 'empty metadata'],
  },
  { name: 'metadata contains by type', query: [metaHas('order', '1')], keeps: [], drops: ['order list', 'order "1"'] },
  {
    name: 'metadata contains looks into one list only',
    query: [metaHas('order', 2)],
    keeps: [],
    drops: ['order list'],
  },
  {
    name: 'metadata exists, a null too',
    query: [metaExists('order')],
    keeps: ['order null', 'order list', 'order ""'],
    drops: ['empty metadata', 'nulls', 'bare'],
  },
  {
    name: 'metadata does not exist',
    query: [metaExists('order', false)],
    keeps: ['empty metadata', 'nulls', 'bare', 'metadata text null'],
    drops: ['order null', 'order 1'],
  },

  // Search
  {
    name: 'every term is contained somewhere',
    query: [search('red acme')],
    wire: 'search=red+acme',
    keeps: ['searched'],
    drops: ['talk', 'bare'],
  },
  {
    name: 'search looks into the name',
    query: [search('STATUS')],
    wire: 'search=STATUS',
    keeps: ['whole'],
    drops: ['talk', 'other'],
  },
  {
    name: 'search looks into the conversation id',
    query: [search('Offset')],
    wire: 'search=Offset',
    keeps: ['noon, offset', 'noon, hours of offset'],
    drops: ['noon'],
  },
  {
    name: 'search looks into the customer id',
    query: [search('cust-')],
    wire: 'search=cust-',
    keeps: ['whole', 'other'],
    drops: ['bare'],
  },
  {
    name: 'search looks into each message',
    query: [search('broken please')],
    wire: 'search=broken+please',
    keeps: ['talk'],
    drops: ['whole'],
  },
  {
    name: 'search looks nowhere else',
    query: [search('10.0.0.1')],
    wire: 'search=10.0.0.1',
    keeps: [],
    drops: ['whole', 'other'],
  },
  {
    name: 'a term in nothing drops the row',
    query: [search('red nowhere')],
    wire: 'search=red+nowhere',
    keeps: [],
    drops: ['searched', 'talk'],
  },
  {
    name: 'commas and white space part terms',
    query: [search('red,blue\tcar')],
    wire: 'search=red,blue%09car',
    keeps: ['searched'],
    drops: ['talk'],
  },
  {
    name: 'a phrase keeps its inner spaces',
    query: [search('"red  car"')],
    wire: 'search="red++car"',
    keeps: ['searched'],
    drops: ['talk'],
  },
  {
    name: 'a phrase is not its words',
    query: [search('"car red"')],
    wire: 'search="car+red"',
    keeps: [],
    drops: ['searched'],
  },
  {
    name: 'a phrase keeps its commas',
    query: [search('"red, or" acme')],
    wire: 'search="red,+or"+acme',
    keeps: ['searched'],
    drops: ['talk'],
  },
  {
    name: 'an unclosed quote is plain text',
    query: [search('"quoted word')],
    wire: 'search="quoted+word',
    keeps: ['searched'],
    drops: ['talk'],
  },
  {
    name: 'an inner quote is plain text',
    query: [search('a"b c"d')],
    wire: 'search=a"b+c"d',
    keeps: [],
    drops: ['searched', 'talk'],
  },
  {
    name: 'empty terms are dropped',
    query: [search(',red, "" ,')],
    wire: 'search=,red,+""+,',
    keeps: ['searched', 'talk'],
    drops: ['whole', 'bare'],
  },
  {
    name: 'a search without terms applies nothing',
    query: [],
    wire: 'search=,+,+""',
    keeps: ['whole', 'bare'],
    drops: ['deleted'],
  },
  {
    name: 'search ignores case as everything does',
    query: [search('STRAẞE')],
    wire: wire({ search: 'STRAẞE' }),
    keeps: ['straße', 'STRAẞE'],
    drops: ['STRASSE'],
  },

  // Lookups of texts
  {
    name: 'exact',
    query: [is('name', 'Refund')],
    wire: 'name__exact=Refund',
    keeps: ['other'],
    drops: ['whole', 'bare'],
  },
  { name: 'exact minds case', query: [is('name', 'refund')], wire: 'name__exact=refund', keeps: [], drops: ['other'] },
  {
    name: 'iexact ignores case',
    query: [text('device', 'iexact', 'Mobile')],
    wire: 'device__iexact=Mobile',
    keeps: ['whole', 'MOBILE'],
    drops: ['mobile app', 'nulls'],
  },
  {
    name: 'iexact folds simply',
    query: [text('name', 'iexact', 'STRAßE')],
    wire: wire({ name__iexact: 'STRAßE' }),
    keeps: ['straße', 'STRAẞE'],
    drops: ['STRASSE'],
  },
  {
    name: 'contains minds case',
    query: [text('customer_id', 'contains', 'ust-')],
    wire: 'customer_id__contains=ust-',
    keeps: ['whole', 'other'],
    drops: ['searched', 'nulls', 'empty texts'],
  },
  {
    name: 'contains minds case, too',
    query: [text('customer_id', 'contains', 'acme')],
    wire: 'customer_id__contains=acme',
    keeps: [],
    drops: ['searched'],
  },
  {
    name: 'icontains ignores case',
    query: [text('customer_id', 'icontains', 'acme')],
    wire: 'customer_id__icontains=acme',
    keeps: ['searched'],
    drops: ['whole'],
  },
  {
    name: 'startswith minds case',
    query: [text('language', 'startswith', 'en')],
    wire: 'language__startswith=en',
    keeps: ['whole', 'MOBILE'],
    drops: ['mobile app', 'other', 'nulls'],
  },
  {
    name: 'istartswith ignores case',
    query: [text('language', 'istartswith', 'en')],
    wire: 'language__istartswith=en',
    keeps: ['whole', 'MOBILE', 'mobile app'],
    drops: ['other', 'nulls'],
  },
  {
    name: 'startswith is not contains',
    query: [text('customer_ip_address', 'startswith', '0.0')],
    wire: 'customer_ip_address__startswith=0.0',
    keeps: [],
    drops: ['whole', 'other'],
  },
  {
    name: 'startswith on an address',
    query: [text('customer_ip_address', 'startswith', '10.0.0.1')],
    wire: 'customer_ip_address__startswith=10.0.0.1',
    keeps: ['whole', 'other'],
    drops: ['nulls'],
  },
  {
    name: 'in: items are trimmed, empty ones dropped',
    query: [anyOf('device', 'desktop', 'mobile')],
    wire: 'device__in=,+mobile+,,desktop,',
    keeps: ['whole', 'other'],
    drops: ['MOBILE', 'empty texts', 'bare'],
  },
  {
    name: 'in of nothing on the wire is not applied',
    query: [],
    wire: 'device__in=,+,&id__in=,',
    keeps: ['whole', 'bare'],
    drops: ['deleted'],
  },
  {
    name: 'an item of a list has no comma',
    query: [anyOf('device', 'a', 'b')],
    wire: 'device__in=a,b',
    keeps: [],
    drops: ['a,b'],
  },
  {
    name: 'isnull true',
    query: [isNull('device')],
    wire: 'device__isnull=true',
    keeps: ['nulls', 'bare'],
    drops: ['whole', 'empty texts'],
  },
  {
    name: 'isnull false',
    query: [isNull('device', false)],
    wire: 'device__isnull=false',
    keeps: ['whole', 'empty texts'],
    drops: ['nulls', 'bare'],
  },
  {
    name: 'isnull of the conversation id',
    query: [isNull('conversation_id')],
    wire: 'conversation_id__isnull=1',
    keeps: [],
    drops: ['bare', 'whole'],
  },
  {
    name: 'action_name__iexact',
    query: [text('action_name', 'iexact', 'LOOKUP_ORDER')],
    wire: 'action_name__iexact=LOOKUP_ORDER',
    keeps: ['whole', 'Lookup_Order', 'two actions'],
    drops: ['lookup'],
  },
  {
    name: 'action_name__contains minds case',
    query: [text('action_name', 'contains', 'Order')],
    wire: 'action_name__contains=Order',
    keeps: ['Lookup_Order'],
    drops: ['whole', 'two actions'],
  },
  {
    name: 'action_name__icontains is action_name',
    query: [text('action_name', 'icontains', 'ORDER')],
    wire: 'action_name__icontains=ORDER',
    keeps: ['whole', 'Lookup_Order', 'two actions'],
    drops: ['lookup'],
  },
  {
    name: 'action_name__istartswith',
    query: [text('action_name', 'istartswith', 'LOOKUP_')],
    wire: 'action_name__istartswith=LOOKUP_',
    keeps: ['whole', 'Lookup_Order', 'two actions'],
    drops: ['lookup', 'empty action'],
  },
  {
    name: 'null never contains anything',
    query: [text('name', 'contains', 'u')],
    wire: 'name__contains=u',
    keeps: ['whole', 'other'],
    drops: ['nulls', 'bare'],
  },

  // Ids
  {
    name: 'id exact',
    rows: idRows,
    query: [id('exact', 2)],
    wire: 'id__exact=2',
    keeps: ['two'],
    drops: ['one', 'ten', 'greatest'],
  },
  {
    name: 'id exact, written as a decimal',
    rows: idRows,
    query: [id('exact', 2)],
    wire: 'id__exact=%2B02.00',
    keeps: ['two'],
    drops: ['one'],
  },
  {
    name: 'no id is between two',
    rows: idRows,
    query: [id('exact', 1.5)],
    wire: 'id__exact=1.5',
    keeps: [],
    drops: ['one', 'two'],
  },
  {
    name: 'id in',
    rows: idRows,
    query: [idIn(1, 1.5, 10)],
    wire: 'id__in=10,+1,,1.5',
    keeps: ['one', 'ten'],
    drops: ['two', 'greatest'],
  },
  {
    name: 'id gt',
    rows: idRows,
    query: [id('gt', 2)],
    wire: 'id__gt=2',
    keeps: ['ten', 'greatest'],
    drops: ['one', 'two'],
  },
  {
    name: 'id gt a fraction',
    rows: idRows,
    query: [id('gt', 1.5)],
    wire: 'id__gt=1.5',
    keeps: ['two', 'ten'],
    drops: ['one'],
  },
  { name: 'id gte', rows: idRows, query: [id('gte', 2)], wire: 'id__gte=2', keeps: ['two', 'ten'], drops: ['one'] },
  { name: 'id lt', rows: idRows, query: [id('lt', 2)], wire: 'id__lt=2', keeps: ['one'], drops: ['two', 'ten'] },
  {
    name: 'id lte',
    rows: idRows,
    query: [id('lte', 2)],
    wire: 'id__lte=2',
    keeps: ['one', 'two'],
    drops: ['ten', 'greatest'],
  },
  {
    name: 'ids are compared as numbers',
    rows: idRows,
    query: [id('lt', 10)],
    wire: 'id__lt=10',
    keeps: ['one', 'two'],
    drops: ['ten'],
  },
  {
    name: 'a negative number',
    rows: idRows,
    query: [id('gt', -1)],
    wire: 'id__gt=-1',
    keeps: ['one', 'greatest'],
    drops: [],
  },
  {
    name: 'the greatest id',
    rows: idRows,
    query: [id('exact', Number.MAX_SAFE_INTEGER)],
    wire: 'id__exact=9007199254740991',
    keeps: ['greatest'],
    drops: ['one'],
  },
  {
    name: 'beyond the greatest id there is nothing',
    rows: idRows,
    query: [id('exact', Number.MAX_SAFE_INTEGER + 1)],
    wire: 'id__exact=9007199254740992',
    keeps: [],
    drops: ['greatest'],
  },

  // Boolean algebra
  {
    name: 'not holds for a null',
    query: [not(is('device', 'mobile'))],
    keeps: ['nulls', 'bare', 'other', 'MOBILE', 'empty texts'],
    drops: ['whole'],
  },
  {
    name: 'not of several conditions: not all of them',
    query: [not(is('device', 'mobile'), is('language', 'de'))],
    keeps: ['whole', 'other', 'bare'],
    drops: [],
  },
  { name: 'not of not', query: [not(not(is('device', 'mobile')))], keeps: ['whole'], drops: ['nulls', 'other'] },
  {
    name: 'not of a time keeps the null',
    query: [not(time('ended_at', 'lt', '9999-01-01T00:00:00Z'))],
    keeps: ['nulls', 'bare'],
    drops: ['whole'],
  },
  {
    name: 'not of a metadata value keeps those without',
    query: [not(meta('order', 1))],
    keeps: ['order "1"', 'empty metadata', 'nulls'],
    drops: ['order 1', 'order 1.0'],
  },
  {
    name: 'not of a flag keeps the null',
    query: [not(flag('is_marked'))],
    keeps: ['bare', 'other', 'null flags'],
    drops: ['whole'],
  },
  {
    name: 'messages and feedbacks are counted, null and absent lists as empty',
    rows: counted,
    query: [count('message_count', 'gte', 3), count('feedback_count', 'exact', 2)],
    wire: 'message_count__gte=3&feedback_count__exact=2',
    keeps: ['runs'],
    drops: ['bare', 'null lists', 'named'],
  },
  {
    name: 'none is a number too',
    rows: counted,
    query: [count('message_count', 'lt', 1), count('feedback_count', 'exact', 0)],
    wire: 'message_count__lt=1&feedback_count__exact=0',
    keeps: ['bare', 'null lists'],
    drops: ['runs', 'named'],
  },
  {
    name: 'a run is an entry of action_logs, whatever the message is named, and a named message without one is a run',
    rows: counted,
    query: [count('action_count', 'exact', 4)],
    wire: 'action_count__exact=4',
    keeps: ['runs'],
    drops: ['bare', 'named', 'lying'],
  },
  {
    name: 'an empty name and an empty list are no run',
    rows: counted,
    query: [countIn('action_count', 0, 7)],
    wire: 'action_count__in=7,0,0',
    keeps: ['bare', 'null lists', 'lying'],
    drops: ['named', 'runs'],
  },
  {
    name: 'attachments of all messages are added up',
    rows: counted,
    query: [count('attachment_count', 'gt', 2), count('attachment_count', 'lte', 3)],
    wire: 'attachment_count__gt=2.5&attachment_count__lte=3.0',
    keeps: ['runs'],
    drops: ['bare', 'named'],
  },
  {
    name: 'an extra key with the name of a number is not it',
    rows: counted,
    query: [count('duration', 'exact', 99)],
    wire: 'duration__exact=99',
    keeps: [],
    drops: ['lying'],
  },
  {
    name: 'a duration is exact to the microsecond, whatever the offsets',
    rows: counted,
    query: [count('duration', 'exact', 3_600.000001)],
    wire: 'duration__exact=3600.000001',
    keeps: ['runs'],
    drops: ['named', 'bare'],
  },
  {
    name: 'it is negative where the end is before the start',
    rows: counted,
    query: [count('duration', 'lt', 0), count('duration', 'gte', -0.5)],
    wire: 'duration__lt=0&duration__gte=-0.5',
    keeps: ['named'],
    drops: ['runs', 'lying', 'bare'],
  },
  {
    name: 'more microseconds than a double counts are rounded once',
    rows: counted,
    query: [count('duration', 'exact', 315_537_897_600)],
    keeps: ['all of time'],
    drops: ['runs', 'named', 'lying', 'bare'],
  },
  {
    name: 'without an end there is none, which no comparison meets',
    rows: counted,
    query: [or([count('duration', 'gte', -1e12)], [count('duration', 'lt', -1e12)])],
    wire: whereOf(or([count('duration', 'gte', -1e12)], [count('duration', 'lt', -1e12)])),
    keeps: ['runs', 'named', 'lying', 'all of time'],
    drops: ['bare', 'null lists'],
  },
  {
    name: 'and isnull finds it',
    rows: counted,
    query: [isNull('duration')],
    wire: 'duration__isnull=true',
    keeps: ['bare', 'null lists'],
    drops: ['runs', 'named', 'lying', 'all of time'],
  },
  {
    name: 'or the others',
    rows: counted,
    query: [not(isNull('duration', false))],
    keeps: ['bare', 'null lists'],
    drops: ['runs', 'named', 'lying', 'all of time'],
  },
  { name: 'not of nothing is all', query: [not(anyOf('device'))], keeps: ['whole', 'bare'], drops: ['deleted'] },
  {
    name: 'or holds when a branch does',
    query: [or([is('device', 'mobile')], [is('device', 'desktop')])],
    keeps: ['whole', 'other'],
    drops: ['MOBILE', 'bare'],
  },
  {
    name: 'a branch holds when all of it does',
    query: [or([is('device', 'mobile'), is('language', 'de')], [is('device', 'desktop')])],
    keeps: ['other'],
    drops: ['whole', 'bare'],
  },
  {
    name: 'or beside other conditions',
    query: [is('language', 'en'), or([is('device', 'mobile')], [is('device', 'desktop')])],
    wire: `language=en&${whereOf(or([is('device', 'mobile')], [is('device', 'desktop')]))}`,
    keeps: ['whole'],
    drops: ['other', 'MOBILE'],
  },
  {
    name: 'nested to any depth',
    query: [not(or([is('device', 'mobile')], [not(isNull('device'), or([isNull('name')], [is('name', 'nobody')]))]))],
    keeps: ['bare', 'nulls'],
    drops: ['whole', 'other', 'MOBILE'],
  },
  {
    name: 'neither of two',
    query: [not(or([said('bike')], [flag('has_action')]))],
    keeps: ['bare', 'empty action'],
    drops: ['talk', 'whole'],
  },

  // Messages and runs of actions
  ...agentCases,
]

/** Seven rows of which one is deleted; their ids are 1 to 7. The customer of `e` is U+FF5E, after an emoji by UTF-16 unit alone. */
export const orderRows: readonly ConversationInput[] = [
  {
    conversation_id: 'a',
    started_at: '2024-01-02T00:00:00.000002Z',
    customer_id: 'b',
    language: 'en',
    is_marked: true,
  },
  { conversation_id: 'b', started_at: '2024-01-02', ended_at: '2024-01-03T00:00:00.000001+01:00', customer_id: 'B' },
  {
    conversation_id: 'c',
    started_at: '2024-01-02T01:00:00+01:00',
    ended_at: '2024-01-03T01:00+02:00',
    language: 'de',
    is_used: false,
  },
  {
    conversation_id: 'd',
    started_at: '2024-01-02T00:00:00.000001Z',
    customer_id: '😀',
    language: 'en',
    is_marked: true,
  },
  { conversation_id: 'e', started_at: '1999-12-31T23:59:59Z', customer_id: '\uff5e', language: 'ß' },
  { conversation_id: 'f', started_at: '2025-01-01', customer_id: 'b', is_deleted: true },
  {
    conversation_id: 'g',
    started_at: '2023-06-01',
    ended_at: '2023-06-02',
    customer_id: 'b',
    language: 'EN',
    is_used: null,
  },
]

export const orderCases: readonly OrderCase[] = [
  {
    name: 'by duration: null last, ties by id',
    spec: { where: [], orderBy: ['duration'] },
    wire: 'ordering=duration',
    ids: ['c', 'b', 'g', 'a', 'd', 'e'],
  },
  {
    name: 'by duration backwards: null first',
    spec: { where: [], orderBy: ['-duration', 'started_at'] },
    wire: 'ordering=-duration,started_at',
    ids: ['e', 'd', 'a', 'g', 'b', 'c'],
  },
  {
    name: 'by a count that all have: ties by id in the direction of the last field',
    spec: { where: [], orderBy: ['-message_count'], pageSize: 2, page: 2 },
    wire: 'ordering=-message_count,-message_counts&page=2&page_size=2',
    ids: ['d', 'c'],
  },
  {
    name: 'newest first, ties by id descending',
    spec: { where: [] },
    wire: '',
    ids: ['a', 'd', 'c', 'b', 'g', 'e'],
    envelope: { count: 6, page_size: 10, total_pages: 1, current_page: 1 },
  },
  {
    name: 'started_at ascending, ties by id ascending',
    spec: { where: [], orderBy: ['started_at'] },
    wire: 'ordering=started_at',
    ids: ['e', 'g', 'b', 'c', 'd', 'a'],
  },
  {
    name: 'id ascending',
    spec: { where: [], orderBy: ['id'] },
    wire: 'ordering=id',
    ids: ['a', 'b', 'c', 'd', 'e', 'g'],
  },
  {
    name: 'id descending',
    spec: { where: [], orderBy: ['-id'] },
    wire: 'ordering=-id',
    ids: ['g', 'e', 'd', 'c', 'b', 'a'],
  },
  {
    name: 'null comes last ascending',
    spec: { where: [], orderBy: ['ended_at'] },
    wire: 'ordering=ended_at',
    ids: ['g', 'c', 'b', 'a', 'd', 'e'],
  },
  {
    name: 'null comes first descending',
    spec: { where: [], orderBy: ['-ended_at'] },
    wire: 'ordering=-ended_at',
    ids: ['e', 'd', 'a', 'b', 'c', 'g'],
  },
  {
    name: 'text by code point',
    spec: { where: [], orderBy: ['customer_id'] },
    wire: 'ordering=customer_id',
    ids: ['b', 'a', 'g', 'e', 'd', 'c'],
  },
  {
    name: 'text by code point, descending',
    spec: { where: [], orderBy: ['-customer_id'] },
    wire: 'ordering=-customer_id',
    ids: ['c', 'd', 'e', 'g', 'a', 'b'],
  },
  {
    name: 'language',
    spec: { where: [], orderBy: ['language'] },
    wire: 'ordering=language',
    ids: ['g', 'c', 'a', 'd', 'e', 'b'],
  },
  {
    name: 'false before true',
    spec: { where: [], orderBy: ['is_marked'] },
    wire: 'ordering=is_marked',
    ids: ['b', 'c', 'e', 'g', 'a', 'd'],
  },
  {
    name: 'by whether it was used, null last',
    spec: { where: [], orderBy: ['is_used', '-started_at'] },
    wire: 'ordering=is_used,-started_at',
    ids: ['c', 'a', 'd', 'b', 'e', 'g'],
  },
  {
    name: 'true before false descending',
    spec: { where: [], orderBy: ['-is_marked'] },
    wire: 'ordering=-is_marked',
    ids: ['d', 'a', 'g', 'e', 'c', 'b'],
  },
  {
    name: 'several fields',
    spec: { where: [], orderBy: ['-is_marked', 'started_at'] },
    wire: 'ordering=-is_marked,started_at',
    ids: ['d', 'a', 'e', 'g', 'b', 'c'],
  },
  {
    name: 'ties in the direction of the last field',
    spec: { where: [], orderBy: ['is_marked', '-started_at'] },
    wire: 'ordering=+is_marked+,,+-started_at+',
    ids: ['c', 'b', 'g', 'e', 'a', 'd'],
  },
  {
    name: 'unknown names are dropped on the wire',
    spec: { where: [], orderBy: ['id'] },
    wire: 'ordering=name,id,-device,--started_at,__proto__,-,toString',
    ids: ['a', 'b', 'c', 'd', 'e', 'g'],
  },
  {
    name: 'nothing but unknown names is the default',
    spec: { where: [] },
    wire: 'ordering=name,-constructor',
    ids: ['a', 'd', 'c', 'b', 'g', 'e'],
  },
  {
    name: 'deleted rows have their place',
    spec: { where: [], includeDeleted: true },
    wire: 'include_deleted=1',
    ids: ['f', 'a', 'd', 'c', 'b', 'g', 'e'],
  },
  {
    name: 'the first page',
    spec: { where: [], pageSize: 4 },
    wire: 'page_size=4',
    ids: ['a', 'd', 'c', 'b'],
    envelope: { count: 6, page_size: 4, total_pages: 2, current_page: 1 },
  },
  {
    name: 'the next page',
    spec: { where: [], pageSize: 4, page: 2 },
    wire: 'page_size=4&page=2',
    ids: ['g', 'e'],
    envelope: { count: 6, page_size: 4, total_pages: 2, current_page: 2 },
  },
  {
    name: 'the last page by name',
    spec: { where: [], pageSize: 4, page: 'last' },
    wire: 'page_size=4&page=last',
    ids: ['g', 'e'],
    envelope: { current_page: 2, total_pages: 2 },
  },
  {
    name: 'a page that is just full has none after it',
    spec: { where: [], pageSize: 3, page: 'last' },
    wire: 'page_size=3&page=last',
    ids: ['b', 'g', 'e'],
    envelope: { current_page: 2, total_pages: 2 },
  },
  {
    name: 'an empty page is page 1',
    spec: { where: [], pageSize: 2 },
    wire: 'page_size=2&page=',
    ids: ['a', 'd'],
    envelope: { current_page: 1 },
  },
  {
    name: 'a page with zeros before it and spaces around it',
    spec: { where: [], pageSize: 2, page: 2 },
    wire: 'page_size=2&page=+02+',
    ids: ['c', 'b'],
    envelope: { current_page: 2 },
  },
  {
    name: 'page 1 of nothing is valid and empty',
    spec: { where: [is('device', 'none')] },
    wire: 'device=none&page=1',
    ids: [],
    envelope: { count: 0, page_size: 10, total_pages: 1, current_page: 1 },
  },
  {
    name: 'the last page of nothing is page 1',
    spec: { where: [is('device', 'none')], page: 'last' },
    wire: 'device=none&page=last',
    ids: [],
    envelope: { count: 0, total_pages: 1, current_page: 1 },
  },
  {
    name: 'a page size beyond the maximum is cut to it on the wire',
    spec: { where: [], orderBy: ['id'], pageSize: 100 },
    wire: 'ordering=id&page_size=1000',
    ids: ['a', 'b', 'c', 'd', 'e', 'g'],
    envelope: { page_size: 100 },
  },
  ...['0', '-1', '2.5', 'abc', '1e2', ''].map((size) => ({
    name: `a page size of ${JSON.stringify(size)} on the wire is the default`,
    spec: { where: [], orderBy: ['id'] } as const,
    wire: `ordering=id&page_size=${size}`,
    ids: ['a', 'b', 'c', 'd', 'e', 'g'],
    envelope: { page_size: 10 },
  })),
  {
    name: 'the count is of all pages, of what matches',
    spec: { where: [is('customer_id', 'b')], pageSize: 1, page: 2 },
    wire: 'customer_id=b&page_size=1&page=2',
    ids: ['g'],
    envelope: { count: 2, page_size: 1, total_pages: 2, current_page: 2 },
  },
]

const invalidPage = { status: 404, body: { detail: 'Invalid page.' } } as const
const badTimes = [
  'yesterday',
  '2024',
  '2024-01',
  '2024-02-30',
  '2023-02-29',
  '2024-13-01',
  '2024-00-10',
  '0000-01-01',
  '0000-12-31T23:59:00-00:01',
  '24-01-15',
  '2024-W03-1',
  '2024-015',
  '20240115',
  '2024-01-15T24:00:00Z',
  '2024-01-15T10:60:00Z',
  '2024-01-15T10:30:60Z',
  '2024-01-15T10',
  '2024-01-15T10:3',
  '2024-01-15T10:30:5Z',
  '2024-01-15T10:30:00.Z',
  '2024-01-15T10:30:00.1234567890123Z',
  '2024-01-15t10:30:00Z',
  '2024-01-15T10:30:00z',
  '2024-01-15T10:30:00 Z',
  '2024-01-15  10:30:00',
  '2024-01-15Z',
  '2024-01-15+01:00',
  '2024-01-15T10:30:00+24:00',
  '2024-01-15T10:30:00+01:60',
  '2024-01-15T10:30:00+1',
  '2024-01-15T10:30:00+01:',
  '0001-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '٢٠٢٤-01-15',
  '1705314600000',
]

export const faultCases: readonly FaultCase[] = [
  ...badTimes.map(
    (value): FaultCase => ({
      name: `${value} is no instant`,
      wire: wire({ started_at_after: value }),
      status: 400,
      body: { started_at_after: ['Enter a valid date/time.'] },
    }),
  ),
  {
    name: 'a message is from the end user or the agent',
    wire: 'message_sender=agnt&message_contains=refund',
    status: 400,
    body: { message_sender: ['Select a valid choice. agnt is not one of the available choices.'] },
  },
  ...[
    '{"field":"message","lookup":"matches","value":{}}',
    '{"field":"message","lookup":"matches","value":{"contains":[""]}}',
    '{"field":"message","lookup":"matches","value":{"sender":null}}',
    '{"field":"action","lookup":"matches","value":{"failed":"true"}}',
    '{"field":"action","lookup":"matches","value":{"shorterThan":-1}}',
    '{"field":"action","lookup":"matches","value":{"toString":1}}',
    '{"field":"action_failed","lookup":"exact","value":null}',
  ].map(
    (condition): FaultCase => ({
      name: `${condition} is no condition`,
      wire: wire({ where: `[${condition}]` }),
      status: 400,
      keys: ['where'],
    }),
  ),
  {
    name: 'a bare plus in a time is a space',
    wire: 'ended_at__lt=2024-01-15T10:30:00+00:00',
    status: 400,
    body: { ended_at__lt: ['Enter a valid date/time.'] },
  },
  ...[
    'is_marked',
    'has_messages',
    'has_action',
    'has_feedback',
    'include_deleted',
    'full',
    'device__isnull',
    'ended_at__isnull',
    'action_name__isnull',
  ].map(
    (name): FaultCase => ({
      name: `${name} is a boolean`,
      wire: `${name}=yes`,
      status: 400,
      body: { [name]: ['Enter a valid boolean.'] },
    }),
  ),
  {
    name: 'constructor is no boolean',
    wire: 'is_marked=constructor',
    status: 400,
    body: { is_marked: ['Enter a valid boolean.'] },
  },
  {
    name: 'a sentiment is one of three',
    wire: 'feedback_sentiment=meh',
    status: 400,
    body: { feedback_sentiment: ['Select a valid choice. meh is not one of the available choices.'] },
  },
  {
    name: 'a sentiment minds case',
    wire: 'feedback_sentiment=+Positive+',
    status: 400,
    body: { feedback_sentiment: ['Select a valid choice. Positive is not one of the available choices.'] },
  },
  {
    name: 'a source is one of two',
    wire: 'feedback_source=user',
    status: 400,
    body: { feedback_source: ['Select a valid choice. user is not one of the available choices.'] },
  },
  {
    name: 'an environment is one of four',
    wire: 'environment=staging&env=constructor',
    status: 400,
    body: {
      environment: ['Select a valid choice. staging is not one of the available choices.'],
      env: ['Select a valid choice. constructor is not one of the available choices.'],
    },
  },
  ...['exact', 'gt', 'gte', 'lt', 'lte', 'in'].map(
    (lookup): FaultCase => ({
      name: `id__${lookup} is a number`,
      wire: `id__${lookup}=ten`,
      status: 400,
      body: { [`id__${lookup}`]: ['Enter a number.'] },
    }),
  ),
  ...['1e3', '.5', '5.', '0x10', 'Infinity', '1 2', '--1', '١'].map(
    (value): FaultCase => ({
      name: `${value} is no decimal number`,
      wire: wire({ id__gt: value }),
      status: 400,
      body: { id__gt: ['Enter a number.'] },
    }),
  ),
  { name: 'one bad item spoils a list', wire: 'id__in=1,x,2', status: 400, body: { id__in: ['Enter a number.'] } },
  ...[
    'plan',
    'plan:pro,',
    ',plan:pro',
    'plan:pro,,a:1',
    'a:"x,y"',
    'a:1e999',
    'a:-1e999',
    '"a:1',
    '"a"b:1',
    '"a:b":1',
  ].map(
    (value): FaultCase => ({
      name: `${value} is no metadata`,
      wire: wire({ metadata: value }),
      status: 400,
      keys: ['metadata'],
    }),
  ),
  {
    name: 'an infinite metadata_value',
    wire: 'metadata_key=a&metadata_value=1e999',
    status: 400,
    keys: ['metadata_value'],
  },
  {
    name: 'a metadata_key whose quote is not closed',
    wire: 'metadata_key="a.b&metadata_value=1',
    status: 400,
    keys: ['metadata_key'],
  },
  ...[
    '{',
    'null',
    '1',
    '"x"',
    '{}',
    '[null]',
    '[[]]',
    '[{}]',
    '[{"field":"nothing","lookup":"exact","value":"x"}]',
    '[{"field":"device","lookup":"near","value":"x"}]',
    '[{"field":"device","lookup":"constructor","value":"x"}]',
    '[{"field":"__proto__","lookup":"exact","value":"x"}]',
    '[{"field":"device","lookup":"exact","value":1}]',
    '[{"field":"device","lookup":"in","value":"x"}]',
    '[{"field":"device","lookup":"isnull","value":"true"}]',
    '[{"field":"started_at","lookup":"gt","value":"yesterday"}]',
    '[{"field":"id","lookup":"gt","value":"1"}]',
    '[{"field":"is_marked","lookup":"exact","value":1}]',
    '[{"field":"feedback_sentiment","lookup":"exact","value":"meh"}]',
    '[{"field":"feedback","lookup":"exact","value":{"sentiment":"meh"}}]',
    '[{"field":"metadata","path":"a","lookup":"exact","value":1}]',
    '[{"field":"metadata","path":[],"lookup":"exact","value":1}]',
    '[{"field":"metadata","path":["a"],"lookup":"exact","value":{}}]',
    '[{"field":"metadata","path":["a"],"lookup":"gt","value":null}]',
    '[{"or":[]}]',
    '[{"or":[[],[]]}]',
    '[{"not":[]}]',
    '[{"not":[{"or":[[{"field":"x"}]]}]}]',
  ].map(
    (value): FaultCase => ({
      name: `where is not ${value}`,
      wire: wire({ where: value }),
      status: 400,
      keys: ['where'],
    }),
  ),
  {
    name: 'all bad parameters together',
    wire: 'started_at_after=x&started_at_before=2024-01-01&is_marked=maybe&feedback_sentiment=meh&id__in=x&device=mobile',
    status: 400,
    body: {
      started_at_after: ['Enter a valid date/time.'],
      is_marked: ['Enter a valid boolean.'],
      feedback_sentiment: ['Select a valid choice. meh is not one of the available choices.'],
      id__in: ['Enter a number.'],
    },
  },
  {
    name: 'bad parameters come before an invalid page',
    wire: 'page=0&is_marked=maybe',
    status: 400,
    body: { is_marked: ['Enter a valid boolean.'] },
  },
  ...['0', '-1', '%2B2', 'abc', '2', '1.0', '1e0', 'LAST', '%D9%A1', '00', `${'9'.repeat(400)}`].map(
    (page): FaultCase => ({
      name: `page=${page.slice(0, 20)} is invalid`,
      wire: `page=${page}`,
      ...invalidPage,
    }),
  ),
  { name: 'a page past the end of nothing', wire: 'device=none&page=2', ...invalidPage },
]

export const linkCases: readonly LinkCase[] = [
  { name: 'one page has no links', wire: 'ordering=id', next: null, previous: null },
  {
    name: 'the first of three',
    wire: 'page_size=2',
    next: 'http://localhost/api/conversations/?page=2&page_size=2',
    previous: null,
  },
  {
    name: 'a previous that is page 1 has no page',
    wire: 'page=2&page_size=2',
    next: 'http://localhost/api/conversations/?page=3&page_size=2',
    previous: 'http://localhost/api/conversations/?page_size=2',
  },
  {
    name: 'the last by name',
    wire: 'page=last&page_size=2',
    next: null,
    previous: 'http://localhost/api/conversations/?page=2&page_size=2',
  },
  {
    name: 'sorted by name; unknown, empty, repeated and untrimmed ones kept as given',
    wire: 'z=1&page_size=2&device=&page=2&A=%20x&z=0&page=2&ordering=+id+',
    next: 'http://localhost/api/conversations/?A=+x&device=&ordering=+id+&page=3&page_size=2&z=1&z=0',
    previous: 'http://localhost/api/conversations/?A=+x&device=&ordering=+id+&page_size=2&z=1&z=0',
  },
  {
    name: 'values are encoded as forms are',
    wire: 'page_size=5&colour=r%C3%A9d%2Bblue%20~*&started_at_after=1990-01-01T00:00:00%2B00:00',
    next: 'http://localhost/api/conversations/?colour=r%C3%A9d%2Bblue+%7E*&page=2&page_size=5&started_at_after=1990-01-01T00%3A00%3A00%2B00%3A00',
    previous: null,
  },
  {
    name: 'an origin alone has its usual path',
    baseUrl: 'https://api.example.com',
    wire: 'page_size=4',
    next: 'https://api.example.com/api/conversations/?page=2&page_size=4',
    previous: null,
  },
  {
    name: 'an origin with a slash is an origin alone',
    baseUrl: 'https://api.example.com:8443/',
    wire: 'page_size=4&page=2',
    next: null,
    previous: 'https://api.example.com:8443/api/conversations/?page_size=4',
  },
  {
    name: 'any other path stands',
    baseUrl: 'https://example.com/v2/talks/',
    wire: 'page_size=4',
    next: 'https://example.com/v2/talks/?page=2&page_size=4',
    previous: null,
  },
  {
    name: 'a missing last slash is added',
    baseUrl: 'https://example.com/v2/talks',
    wire: 'page_size=4',
    next: 'https://example.com/v2/talks/?page=2&page_size=4',
    previous: null,
  },
]
