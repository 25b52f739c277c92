/**
 * The naive store: arrays and `filter`, no index, nothing shared with the library but its types.
 *
 * It is what the engine is judged by, so it is written to be trusted by reading. Every filter is a predicate on one row;
 * a query keeps the rows that pass, sorts them and cuts a page. Rows given to it are taken to be valid.
 */

import type {
  ActionMatch,
  Condition,
  FeedbackSource,
  Group,
  InstantField,
  MessageMatch,
  MetadataPath,
  MetadataRangeCondition,
  NumberField,
  OrderField,
  OrderTerm,
  QuerySpec,
  RangeLookup,
  Scalar,
  Sender,
  Sentiment,
  TextField,
  TextLookup,
} from '../src/query/spec.ts'
import type {
  ActionLog,
  Conversation,
  ConversationInput,
  Feedback,
  LeanConversation,
  Message,
} from '../src/row/conversation.ts'
import folding from './data/case-folding.json' with { type: 'json' }

export type Row = Conversation
/** A row by its id (a number) or by its conversation id (a text). */
export type Ref = number | string
/** Whether a row passes. */
type Test = (row: Row) => boolean

// Text

const folded: Readonly<Record<string, number>> = folding

/** Simple case folding, code point by code point. */
export function fold(text: string): string {
  return Array.from(text, (char) => {
    const code = char.codePointAt(0)!
    return String.fromCodePoint(folded[code] ?? code)
  }).join('')
}

/** Below zero when `a` comes first by code point. */
export function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0)!)
  const right = Array.from(b, (char) => char.codePointAt(0)!)
  const at = left.findIndex((code, i) => code !== right[i])
  if (at === -1) return left.length - right.length
  return at < right.length ? left[at]! - right[at]! : 1
}

/** The terms of a search: phrases in double quotes, and stretches without white space and commas. */
export function termsOf(text: string): string[] {
  return Array.from(text.matchAll(/"([^"]*)"|[^\s,]+/g), (match) => match[1] ?? match[0]).filter((term) => term !== '')
}

// Time

const INSTANT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?:Z|([+-])(\d{2})(?::?(\d{2}))?)?)?$/

/** Microseconds since 1970, or null when the text is no instant. */
export function instantOf(text: string): bigint | null {
  const match = INSTANT.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0)) as number[]
  const [fraction = '', sign, offsetHours, offsetMinutes] = match.slice(7)
  const date = new Date(0)
  date.setUTCFullYear(year!, month! - 1, day!)
  if (date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return null
  if (hour! > 23 || minute! > 59 || second! > 59) return null
  date.setUTCHours(hour!, minute!, second!)
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return null
  const offset = (sign === '-' ? -60 : 60) * (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0))
  const seconds = date.getTime() / 1000 - offset
  if (year! < 1 || seconds < Date.parse('0001-01-01T00:00:00Z') / 1000) return null
  if (seconds > Date.parse('9999-12-31T23:59:59Z') / 1000) return null
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

const compareInstants = (a: string, b: string): number => {
  const [left, right] = [instantOf(a)!, instantOf(b)!]
  return left < right ? -1 : left > right ? 1 : 0
}

// What a row has

const messagesOf = (row: Row): readonly Message[] => row.messages ?? []
const feedbacksOf = (row: Row): readonly Feedback[] => row.feedbacks ?? []

const ENVIRONMENTS = new Map([
  ['production', 'production'],
  ['development', 'development'],
  ['prod', 'production'],
  ['dev', 'development'],
])

/** The texts of a field: none for null, and of `action_name` as many as the row has actions. `prod` and `dev` are compared by their long names. */
function textsOf(row: Row, field: TextField): string[] {
  if (field === 'environment' && row.environment !== null) return [ENVIRONMENTS.get(row.environment) ?? row.environment]
  const values = field === 'action_name' ? messagesOf(row).map((message) => message.action_name || null) : [row[field]]
  return values.filter((value) => typeof value === 'string')
}

const ABSENT = Symbol('absent')

/** What is at a metadata path, or ABSENT. */
function reach(row: Row, path: MetadataPath): unknown {
  let value: unknown = row.metadata
  for (const key of path) {
    const isStep = Array.isArray(value) ? /^[0-9]+$/.test(key) && Number(key) < value.length : isObject(value)
    const name = Array.isArray(value) ? String(Number(key)) : key
    if (!isStep || !Object.hasOwn(value as object, name)) return ABSENT
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// Numbers

/** The double nearest to so many microseconds in seconds: of the doubles around a rough one, the one that is nearest by exact fractions. */
export function secondsOf(micros: bigint): number {
  const rough = Number(micros) / 1e6
  const bits = new BigInt64Array(new Float64Array([rough]).buffer)[0]!
  const around = [-2n, -1n, 0n, 1n, 2n].map((step) => new Float64Array(new BigInt64Array([bits + step]).buffer)[0]!)
  // A double is a whole number of 2^-80 where it is more than 2^-27: below a microsecond there is only 0.
  const gap = (value: number) => {
    const scaled = BigInt(value * 2 ** 80) * 1_000_000n - micros * 2n ** 80n
    return scaled < 0n ? -scaled : scaled
  }
  if (micros === 0n) return 0
  return around.reduce((best, value) => (gap(value) < gap(best) ? value : best))
}

/** The numbers of a row; `duration` is null without an end. */
export const NUMBERS: Readonly<Record<NumberField, (row: Row) => number | null>> = {
  message_count: (row) => messagesOf(row).length,
  action_count: (row) => {
    const runs = messagesOf(row).map(({ action_logs, action_name }) => {
      if (action_logs && action_logs.length > 0) return action_logs.length
      return typeof action_name === 'string' && action_name !== '' ? 1 : 0
    })
    return runs.reduce((a, b) => a + b, 0)
  },
  feedback_count: (row) => feedbacksOf(row).length,
  attachment_count: (row) => messagesOf(row).flatMap(({ attachments }) => attachments ?? []).length,
  duration: (row) => {
    if (row.ended_at === null) return null
    return secondsOf(instantOf(row.ended_at)! - instantOf(row.started_at)!)
  },
}

// Filters

const everyRow: Test = () => true

const RANGES: Readonly<Record<RangeLookup, (gap: number) => boolean>> = {
  gt: (gap) => gap > 0,
  gte: (gap) => gap >= 0,
  lt: (gap) => gap < 0,
  lte: (gap) => gap <= 0,
}

const TEXTS: Readonly<Record<Exclude<TextLookup, 'in' | 'isnull'>, (value: string, asked: string) => boolean>> = {
  exact: (value, asked) => value === asked,
  iexact: (value, asked) => fold(value) === fold(asked),
  contains: (value, asked) => value.includes(asked),
  icontains: (value, asked) => fold(value).includes(fold(asked)),
  startswith: (value, asked) => value.startsWith(asked),
  istartswith: (value, asked) => fold(value).startsWith(fold(asked)),
}

const textIs =
  (field: TextField, lookup: keyof typeof TEXTS, asked: string): Test =>
  (row) =>
    textsOf(row, field).some((value) => TEXTS[lookup](value, asked))

const textIn =
  (field: TextField, asked: readonly string[]): Test =>
  (row) =>
    textsOf(row, field).some((value) => asked.includes(value))

const isNull =
  (field: TextField | InstantField, yes: boolean): Test =>
  (row) =>
    (field === 'action_name' ? textsOf(row, field).length === 0 : row[field] === null) === yes

const timeIs =
  (field: InstantField, lookup: RangeLookup, asked: string): Test =>
  (row) =>
    row[field] !== null && RANGES[lookup](compareInstants(row[field], asked))

const NUMBER_TESTS: Readonly<Record<'exact' | RangeLookup, (value: number, asked: number) => boolean>> = {
  exact: (value, asked) => value === asked,
  gt: (value, asked) => value > asked,
  gte: (value, asked) => value >= asked,
  lt: (value, asked) => value < asked,
  lte: (value, asked) => value <= asked,
}

/** Null is met by nothing but `isnull`. */
const numberIs =
  (field: NumberField, lookup: string, asked: unknown): Test =>
  (row) => {
    const value = NUMBERS[field](row)
    if (lookup === 'isnull') return (value === null) === asked
    if (value === null) return false
    if (lookup === 'in') return (asked as readonly number[]).includes(value)
    return NUMBER_TESTS[lookup as RangeLookup](value, asked as number)
  }

const FLAGS: Readonly<Record<string, (row: Row) => boolean | null>> = {
  is_marked: (row) => row.is_marked,
  is_used: (row) => row.is_used,
  has_messages: (row) => messagesOf(row).length > 0,
  has_action: (row) => textsOf(row, 'action_name').length > 0,
  has_feedback: (row) => feedbacksOf(row).length > 0,
}

const flagIs =
  (name: string, yes: boolean): Test =>
  (row) =>
    FLAGS[name]!(row) === yes

const messageContains =
  (text: string): Test =>
  (row) =>
    messagesOf(row).some((message) => fold(message.content).includes(fold(text)))

/** One message has what is named. An empty list of strings is met by none. */
export function isMeant(message: Message, { sender, contains, hasAttachments }: MessageMatch): boolean {
  if (sender !== undefined && message.sender !== sender) return false
  if (hasAttachments !== undefined && (message.attachments ?? []).length > 0 !== hasAttachments) return false
  if (contains === undefined) return true
  const texts = [contains].flat()
  return texts.length > 0 && texts.every((text) => fold(message.content).includes(fold(text)))
}

/** A run of an action: an entry of the log of a message, or all that is known of an action without entries, its name. */
export interface Run {
  readonly name: string | null
  readonly log: ActionLog
}

export function runsOf(message: Message): Run[] {
  const name = message.action_name || null
  const logs = message.action_logs ?? []
  if (logs.length === 0 && name !== null) return [{ name, log: {} }]
  return logs.map((log) => ({ name, log }))
}

const hasFailed = ({ error_message }: ActionLog): boolean => typeof error_message === 'string' && error_message !== ''

/** Milliseconds that a run took; null when it does not say so. */
function took({ duration_ms, started_at, ended_at }: ActionLog): number | null {
  if (duration_ms != null) return typeof duration_ms === 'number' ? duration_ms : null
  const [from, to] = [started_at, ended_at].map((text) => (typeof text === 'string' ? instantOf(text) : null))
  return from == null || to == null ? null : Number(to - from) / 1000
}

/** What a part of a run is searched as: a string as it stands, anything else as compact JSON, null not at all. */
export function textOf({ log }: Run, part: 'input' | 'output' | 'error'): string | null {
  if (part === 'error') return typeof log.error_message === 'string' ? log.error_message : null
  const value = part === 'input' ? log.tools_used : log.response
  if (value == null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** One run has what is named. */
export function isMeantRun(run: Run, asked: ActionMatch): boolean {
  const { name, failed, longerThan, shorterThan } = asked
  if (name !== undefined && !(run.name !== null && [name].flat().includes(run.name))) return false
  if (failed !== undefined && hasFailed(run.log) !== failed) return false
  const ms = took(run.log)
  if (longerThan !== undefined && !(ms !== null && ms > longerThan)) return false
  if (shorterThan !== undefined && !(ms !== null && ms < shorterThan)) return false
  return (['input', 'output', 'error'] as const).every((part) => {
    const text = textOf(run, part)
    return asked[part] === undefined || (text !== null && fold(text).includes(fold(asked[part])))
  })
}

const messageIs =
  (asked: MessageMatch): Test =>
  (row) =>
    messagesOf(row).some((message) => isMeant(message, asked))

const runIs =
  (asked: ActionMatch): Test =>
  (row) =>
    messagesOf(row)
      .flatMap(runsOf)
      .some((run) => isMeantRun(run, asked))

const searched =
  (text: string): Test =>
  (row) => {
    const texts = [row.name, row.conversation_id, row.customer_id, ...messagesOf(row).map(({ content }) => content)]
    const inside = texts.filter((value) => value !== null).map(fold)
    return termsOf(text).every((term) => inside.some((value) => value.includes(fold(term))))
  }

/** One feedback has what is named; a feedback without a source is the customer's. */
const feedbackIs =
  (sentiment: Sentiment | undefined, source: FeedbackSource | undefined): Test =>
  (row) =>
    feedbacksOf(row).some((feedback) => {
      const by = feedback.source === undefined ? 'customer' : feedback.source
      return (sentiment ?? feedback.sentiment) === feedback.sentiment && (source ?? by) === by
    })

const metadataIs =
  (path: MetadataPath, asked: Scalar): Test =>
  (row) =>
    reach(row, path) === asked

const metadataRange =
  (path: MetadataPath, lookup: RangeLookup, asked: string | number): Test =>
  (row) => {
    const value = reach(row, path)
    if (typeof value === 'number' && typeof asked === 'number') return RANGES[lookup](value - asked)
    return typeof value === 'string' && typeof asked === 'string' && RANGES[lookup](compareCodePoints(value, asked))
  }

const metadataHolds =
  (path: MetadataPath, asked: Scalar): Test =>
  (row) => {
    const value = reach(row, path)
    return Array.isArray(value) && value.includes(asked)
  }

/** The predicate of one condition. Sentiments and sources are judged by their group; an empty text is not applied. */
function testOf(condition: Condition): Test {
  if ('or' in condition) return (row) => condition.or.some((group) => groupHolds(group, row))
  if ('not' in condition) return (row) => !groupHolds(condition.not, row)
  const isTyped = ['name', 'message', 'action_name'].includes(condition.field) && condition.lookup === 'icontains'
  if (isTyped && condition.value === '') return everyRow
  switch (condition.field) {
    case 'id': {
      const { lookup, value } = condition
      if (lookup === 'in') return (row) => value.includes(row.id)
      return lookup === 'exact' ? (row) => row.id === value : (row) => RANGES[lookup](row.id - value)
    }
    case 'started_at':
    case 'ended_at':
      if (condition.lookup === 'isnull') return isNull(condition.field, condition.value)
      return timeIs(condition.field, condition.lookup, condition.value)
    case 'is_marked':
    case 'is_used':
    case 'has_messages':
    case 'has_action':
    case 'has_feedback':
      return flagIs(condition.field, condition.value)
    case 'message':
      return condition.lookup === 'matches' ? messageIs(condition.value) : messageContains(condition.value)
    case 'message_sender':
      return messageIs({ sender: condition.value })
    case 'action':
      return runIs(condition.value)
    case 'action_failed':
      return runIs({ failed: condition.value })
    case 'search':
      return searched(condition.value)
    case 'feedback':
      return feedbackIs(condition.value.sentiment, condition.value.source)
    case 'feedback_sentiment':
    case 'feedback_source':
      return everyRow
    case 'metadata': {
      const { path } = condition
      if (condition.lookup === 'exact' || condition.lookup === 'contains') {
        return (condition.lookup === 'exact' ? metadataIs : metadataHolds)(path, condition.value)
      }
      if (condition.lookup === 'in') return (row) => condition.value.some((value) => metadataIs(path, value)(row))
      if (condition.lookup === 'exists') return (row) => (reach(row, path) !== ABSENT) === condition.value
      const { lookup, value } = condition as MetadataRangeCondition
      return metadataRange(path, lookup, value)
    }
    case 'message_count':
    case 'action_count':
    case 'feedback_count':
    case 'attachment_count':
    case 'duration':
      return numberIs(condition.field, condition.lookup, condition.value)
    default:
      if (condition.lookup === 'isnull') return isNull(condition.field, condition.value)
      if (condition.lookup === 'in') return textIn(condition.field, condition.value)
      return textIs(condition.field, condition.lookup, condition.value)
  }
}

/** All conditions hold, and for every sentiment and source named here some one feedback has both. */
function groupHolds(group: Group, row: Row): boolean {
  const conditions = group.filter((condition) => 'field' in condition)
  const sentiments = conditions.flatMap((one) => (one.field === 'feedback_sentiment' ? [one.value] : []))
  const sources = conditions.flatMap((one) => (one.field === 'feedback_source' ? [one.value] : []))
  return (
    group.every((condition) => testOf(condition)(row)) &&
    sentiments.every((sentiment) => feedbackIs(sentiment, undefined)(row)) &&
    sources.every((source) => feedbackIs(undefined, source)(row)) &&
    sentiments.every((sentiment) => sources.every((source) => feedbackIs(sentiment, source)(row)))
  )
}

// Order

const ORDERS: Readonly<Record<OrderField, (a: Row, b: Row) => number>> = {
  started_at: (a, b) => nullsLast(a.started_at, b.started_at, compareInstants),
  ended_at: (a, b) => nullsLast(a.ended_at, b.ended_at, compareInstants),
  id: (a, b) => a.id - b.id,
  customer_id: (a, b) => nullsLast(a.customer_id, b.customer_id, compareCodePoints),
  is_marked: (a, b) => nullsLast(a.is_marked, b.is_marked, (x, y) => Number(x) - Number(y)),
  is_used: (a, b) => nullsLast(a.is_used, b.is_used, (x, y) => Number(x) - Number(y)),
  language: (a, b) => nullsLast(a.language, b.language, compareCodePoints),
  message_count: byNumber('message_count'),
  action_count: byNumber('action_count'),
  feedback_count: byNumber('feedback_count'),
  attachment_count: byNumber('attachment_count'),
  duration: byNumber('duration'),
}

function byNumber(field: NumberField): (a: Row, b: Row) => number {
  return (a, b) => nullsLast(NUMBERS[field](a), NUMBERS[field](b), (x, y) => x - y)
}

function nullsLast<T>(a: T | null, b: T | null, compare: (a: T, b: T) => number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return compare(a, b)
}

const fieldOf = (term: string): string => term.replace(/^-/, '')

/** Ties are broken by id, in the direction of the last field. */
function compareRows(terms: readonly OrderTerm[], a: Row, b: Row): number {
  const last: OrderTerm = terms.at(-1)?.startsWith('-') ? '-id' : 'id'
  for (const term of [...terms, last]) {
    const gap = ORDERS[fieldOf(term) as OrderField](a, b)
    if (gap !== 0) return term.startsWith('-') ? -gap : gap
  }
  return 0
}

// Wire parameters: each value is read to a predicate, or to the text of its fault

type Reading = Test | string

const NO_BOOLEAN = 'Enter a valid boolean.'
const NO_INSTANT = 'Enter a valid date/time.'
const NO_NUMBER = 'Enter a number.'
const noChoice = (value: string): string => `Select a valid choice. ${value} is not one of the available choices.`

const booleanOf = (value: string): boolean | undefined =>
  /^(true|1)$/i.test(value) ? true : /^(false|0)$/i.test(value) ? false : undefined

function yesOrNo(value: string, test: (yes: boolean) => Test): Reading {
  const yes = booleanOf(value)
  return yes === undefined ? NO_BOOLEAN : test(yes)
}

const itemsOf = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Below zero when the id is less than the decimal number. Exact, however long the number. */
function compareToNumber(id: number, number: string): number {
  const [, sign, whole, part = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(number)!
  const gap = BigInt(id) * 10n ** BigInt(part.length) - BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n)
  return gap < 0n ? -1 : gap > 0n ? 1 : 0
}

const RANGES_AND_EQUAL: Readonly<Record<string, (gap: number) => boolean>> = { ...RANGES, exact: (gap) => gap === 0 }

const isNumber = (text: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(text)

/** The whole number that a numeral says; null for a fraction. */
function wholeOf(numeral: string): bigint | null {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(numeral)!
  const shift = Number(exponent) - fraction.length
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const power = 10n ** BigInt(Math.abs(shift))
  return shift >= 0 ? digits * power : digits % power === 0n ? digits / power : null
}

/** Whether a double holds a numeral: fractions are rounded, but a whole number may not change, nor any be infinite. */
function isHeld(text: string): boolean {
  const double = Number(text)
  if (!Number.isFinite(double)) return false
  if (Math.abs(double) < 2 ** 53) return true
  const whole = wholeOf(text)
  return whole === null || whole === BigInt(double) || whole === wholeOf(String(double))
}

/** A metadata value typed as it looks; undefined for a number that a double cannot hold. */
function scalarOf(text: string): Scalar | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  const isNumeral = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)
  if (isNumeral) return isHeld(text) ? Number(text) : undefined
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/** The keys that a path in text names, letter by letter; null for a quote that is not closed or closed too early. */
export function keysOf(path: string): string[] | null {
  const keys = ['']
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  for (const letter of path.split('')) {
    const isDot = letter === '.' && state !== 'quoted'
    if (isDot) {
      keys.push('')
      state = 'start'
    } else if (letter === '"' && state === 'start') state = 'quoted'
    else if (letter === '"' && state === 'quoted') state = 'closed'
    else if (state === 'closed') return null
    else {
      keys[keys.length - 1] += letter
      if (state === 'start') state = 'plain'
    }
  }
  return state === 'quoted' ? null : keys
}

function metadataPair(key: string, text: string): Reading {
  const [keys, value] = [keysOf(key), scalarOf(text)]
  if (keys === null) return `${key} is no path.`
  return value === undefined ? `${text} is too large a number.` : metadataIs(keys, value)
}

function metadataPairs(text: string): Reading {
  const readings = text.split(',').map((pair): Reading => {
    const colon = pair.indexOf(':')
    if (colon === -1) return 'Enter key:value pairs, separated by commas.'
    return metadataPair(pair.slice(0, colon).trim(), pair.slice(colon + 1).trim())
  })
  const fault = readings.find((reading) => typeof reading === 'string')
  return fault ?? ((row) => readings.every((reading) => typeof reading === 'function' && reading(row)))
}

function environment(value: string): Reading {
  const asked = ENVIRONMENTS.get(value)
  return asked === undefined ? noChoice(value) : textIs('environment', 'exact', asked)
}

const instant = (field: InstantField, lookup: RangeLookup, value: string): Reading =>
  instantOf(value) === null ? NO_INSTANT : timeIs(field, lookup, value)

const PARAMETERS = new Map<string, (value: string) => Reading>([
  ['name', (value) => textIs('name', 'icontains', value)],
  ['environment', environment],
  ['env', environment],
  ['started_at_after', (value) => instant('started_at', 'gte', value)],
  ['started_at_before', (value) => instant('started_at', 'lte', value)],
  ['message_contains', messageContains],
  ['action_name', (value) => textIs('action_name', 'icontains', value)],
  ['metadata', metadataPairs],
  ['search', searched],
])
for (const field of ['conversation_id', 'customer_id', 'device', 'language', 'customer_ip_address'] as const) {
  PARAMETERS.set(field, (value) => textIs(field, 'exact', value))
}
for (const name of Object.keys(FLAGS)) {
  PARAMETERS.set(name, (value) => yesOrNo(value, (yes) => flagIs(name, yes)))
}

const TEXT_FIELDS: readonly TextField[] = [
  'conversation_id',
  'customer_id',
  'name',
  'device',
  'language',
  'customer_ip_address',
  'environment',
  'action_name',
]
for (const field of TEXT_FIELDS) {
  for (const lookup of Object.keys(TEXTS) as (keyof typeof TEXTS)[]) {
    PARAMETERS.set(`${field}__${lookup}`, (value) => textIs(field, lookup, value))
  }
  PARAMETERS.set(`${field}__in`, (value) => (itemsOf(value).length === 0 ? everyRow : textIn(field, itemsOf(value))))
}
for (const field of ['started_at', 'ended_at'] as const) {
  for (const lookup of Object.keys(RANGES) as RangeLookup[]) {
    PARAMETERS.set(`${field}__${lookup}`, (value) => instant(field, lookup, value))
  }
}
for (const field of [...TEXT_FIELDS, 'started_at', 'ended_at'] as const) {
  PARAMETERS.set(`${field}__isnull`, (value) => yesOrNo(value, (yes) => isNull(field, yes)))
}
for (const lookup of Object.keys(RANGES) as RangeLookup[]) {
  PARAMETERS.set(`id__${lookup}`, (value) =>
    isNumber(value) ? (row) => RANGES[lookup](compareToNumber(row.id, value)) : NO_NUMBER,
  )
}
PARAMETERS.set('id__exact', (value) => (isNumber(value) ? (row) => compareToNumber(row.id, value) === 0 : NO_NUMBER))
PARAMETERS.set('id__in', (value) => {
  const items = itemsOf(value)
  if (!items.every(isNumber)) return NO_NUMBER
  return items.length === 0 ? everyRow : (row) => items.some((item) => compareToNumber(row.id, item) === 0)
})

for (const field of Object.keys(NUMBERS) as NumberField[]) {
  // Counts are compared with the very number, as ids are; a duration is a double, and so is what it is compared with.
  const test = (lookup: string, value: string): Test =>
    field === 'duration'
      ? numberIs(field, lookup, Number(value))
      : (row) => RANGES_AND_EQUAL[lookup]!(compareToNumber(NUMBERS[field](row)!, value))
  for (const lookup of Object.keys(NUMBER_TESTS)) {
    PARAMETERS.set(`${field}__${lookup}`, (value) => (isNumber(value) ? test(lookup, value) : NO_NUMBER))
  }
  PARAMETERS.set(`${field}__in`, (value) => {
    const items = itemsOf(value)
    if (!items.every(isNumber)) return NO_NUMBER
    return items.length === 0 ? everyRow : (row) => items.some((item) => test('exact', item)(row))
  })
}
PARAMETERS.set('duration__isnull', (value) => yesOrNo(value, (yes) => numberIs('duration', 'isnull', yes)))

// The `where` parameter

type Check = (value: unknown) => boolean

const SENTIMENTS: readonly string[] = ['positive', 'neutral', 'negative']
const SOURCES: readonly string[] = ['customer', 'platform']
const SENDERS: readonly string[] = ['end_user', 'agent']

const isText: Check = (value) => typeof value === 'string'
const isTrueOrFalse: Check = (value) => typeof value === 'boolean'
const isFiniteNumber: Check = (value) => Number.isFinite(value)
const isInstant: Check = (value) => typeof value === 'string' && instantOf(value) !== null
const isScalar: Check = (value) => value === null || isText(value) || isTrueOrFalse(value) || isFiniteNumber(value)
const isSentiment: Check = (value) => SENTIMENTS.includes(value as string)
const isSource: Check = (value) => SOURCES.includes(value as string)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const ranges = (check: Check): Record<string, Check> => ({ gt: check, gte: check, lt: check, lte: check })
const isFeedback: Check = (value) =>
  isObject(value) &&
  Object.entries(value).every(([key, of]) => (key === 'sentiment' ? isSentiment(of) : key === 'source' && isSource(of)))

/** An object with one of these keys or more and no other, each with such a value. */
const objectOf =
  (parts: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(([key, part]) => Object.hasOwn(parts, key) && parts[key]!(part))
const isSender: Check = (value) => SENDERS.includes(value as string)
const isWord: Check = (value) => isText(value) && value !== ''
const areWords: Check = (value) => [value].flat().every(isWord)
const isLength: Check = (value) => isFiniteNumber(value) && (value as number) >= 0
const isMessageMatch = objectOf({ sender: isSender, contains: areWords, hasAttachments: isTrueOrFalse })
const isActionMatch = objectOf({
  ...{ name: areWords, input: isWord, output: isWord, error: isWord },
  ...{ failed: isTrueOrFalse, longerThan: isLength, shorterThan: isLength },
})

/** What the value of a condition must be, by field and lookup. */
const CONDITIONS = new Map<unknown, Readonly<Record<string, Check>>>([
  ['id', { exact: isFiniteNumber, in: listOf(isFiniteNumber), ...ranges(isFiniteNumber) }],
  ['started_at', { isnull: isTrueOrFalse, ...ranges(isInstant) }],
  ['ended_at', { isnull: isTrueOrFalse, ...ranges(isInstant) }],
  ['message', { icontains: isText, matches: isMessageMatch }],
  ['message_sender', { exact: isSender }],
  ['action', { matches: isActionMatch }],
  ['action_failed', { exact: isTrueOrFalse }],
  ['search', { icontains: isText }],
  ['feedback_sentiment', { exact: isSentiment }],
  ['feedback_source', { exact: isSource }],
  ['feedback', { exact: isFeedback }],
  [
    'metadata',
    {
      exact: isScalar,
      in: listOf(isScalar),
      contains: isScalar,
      exists: isTrueOrFalse,
      ...ranges((value) => isText(value) || isFiniteNumber(value)),
    },
  ],
])
for (const field of Object.keys(NUMBERS)) {
  const lookups = { exact: isFiniteNumber, in: listOf(isFiniteNumber), ...ranges(isFiniteNumber) }
  CONDITIONS.set(field, field === 'duration' ? { ...lookups, isnull: isTrueOrFalse } : lookups)
}
for (const name of Object.keys(FLAGS)) CONDITIONS.set(name, { exact: isTrueOrFalse })
for (const field of TEXT_FIELDS) {
  const lookups = Object.keys(TEXTS).map((lookup) => [lookup, isText])
  CONDITIONS.set(field, { ...Object.fromEntries(lookups), in: listOf(isText), isnull: isTrueOrFalse })
}

function isCondition(value: unknown): value is Condition {
  if (!isObject(value)) return false
  if ('or' in value) return Array.isArray(value.or) && value.or.length > 0 && value.or.every(isBranch)
  if ('not' in value) return isBranch(value.not)
  const check = CONDITIONS.get(value.field)
  if (check === undefined || !Object.hasOwn(check, String(value.lookup))) return false
  if (value.field === 'metadata' && !(listOf(isText)(value.path) && (value.path as unknown[]).length > 0)) return false
  return check[String(value.lookup)]!(value.value)
}

const isBranch = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isCondition)

/** The conditions that `where` holds, or null when it holds something else. */
function conditionsOf(json: string): Group | null {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) && value.every(isCondition) ? value : null
  } catch {
    return null
  }
}

// The store

/** A copy that nothing else holds. Keys whose value is undefined are left out; `__proto__` is a key like any other. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(entries.map(([key, inner]) => [key, copyOf(inner)])) as T
}

/** The row of a document: keys that are absent as they read, the rest as given. */
function completed(raw: object, id: number): Row {
  const given: Record<string, unknown> = copyOf({ ...raw })
  const metadata = typeof given.metadata === 'string' ? JSON.parse(given.metadata) : (given.metadata ?? null)
  return {
    name: null,
    customer_id: null,
    customer_ip_address: null,
    device: null,
    language: null,
    environment: null,
    is_marked: false,
    is_deleted: false,
    is_used: true,
    ended_at: null,
    deleted_at: null,
    geo_location: null,
    messages: [],
    feedbacks: [],
    ...given,
    metadata,
    id,
  } as unknown as Row
}

function leanOf({ messages, feedbacks, ...rest }: Row): LeanConversation {
  return { ...rest, message_count: messages?.length ?? 0, feedback_count: feedbacks?.length ?? 0 } as LeanConversation
}

export interface ReferenceOptions {
  /** 10 when absent. */
  readonly defaultPageSize?: number
  /** 100 when absent. */
  readonly maxPageSize?: number
  /** Where links point. An origin alone means its `/api/conversations/`. */
  readonly baseUrl?: string
}

/** One page. `ids` are the `id`s of its rows. */
export interface Answer {
  readonly count: number
  readonly page_size: number
  readonly total_pages: number
  readonly current_page: number
  readonly ids: readonly number[]
  readonly results: readonly (Row | LeanConversation)[]
}

export interface InvalidPage {
  readonly invalidPage: true
}

export interface WireEnvelope {
  readonly count: number
  readonly page_size: number
  readonly total_pages: number
  readonly current_page: number
  readonly next: string | null
  readonly previous: string | null
  readonly results: readonly (Row | LeanConversation)[]
}

export type WireAnswer =
  | { readonly status: 200; readonly envelope: WireEnvelope }
  | { readonly status: 400; readonly body: Readonly<Record<string, readonly string[]>> }
  | { readonly status: 404; readonly body: { readonly detail: string } }

export class ReferenceStore {
  #rows: Row[] = []
  #greatest = { conversation: 0, message: 0, feedback: 0 }
  readonly #defaultPageSize: number
  readonly #maxPageSize: number
  readonly #base: string

  constructor(options: ReferenceOptions = {}) {
    this.#defaultPageSize = options.defaultPageSize ?? 10
    this.#maxPageSize = options.maxPageSize ?? 100
    const url = new URL(options.baseUrl ?? 'http://localhost')
    const path = url.pathname === '/' ? '/api/conversations/' : url.pathname
    this.#base = `${url.origin}${path.endsWith('/') ? path : `${path}/`}`
  }

  /** Every row, deleted ones too, in the order they came. */
  get rows(): readonly Row[] {
    return this.#rows
  }

  get(ref: Ref): Row | undefined {
    return this.#rows.find((row) => (typeof ref === 'number' ? row.id : row.conversation_id) === ref)
  }

  // Writes. Those that name a row give it as it is afterwards, or undefined when there is none.

  add(raw: ConversationInput): Row {
    const row = completed(raw, raw.id ?? this.#greatest.conversation + 1)
    if (this.get(row.id) !== undefined || this.get(row.conversation_id) !== undefined) throw new Error('duplicate')
    this.#rows.push(row)
    return this.#noted(row)
  }

  upsert(raw: ConversationInput): Row {
    const old = this.get(raw.conversation_id)
    if (old === undefined) return this.add(raw)
    if ((raw.id ?? old.id) !== old.id) throw new Error('duplicate')
    return this.#replace(old, completed(raw, old.id))
  }

  update(ref: Ref, patch: Partial<ConversationInput>): Row | undefined {
    const old = this.get(ref)
    if (old === undefined) return undefined
    const row = completed({ ...old, ...copyOf({ ...patch }) }, patch.id ?? old.id)
    if (this.#rows.some((other) => other !== old && other.conversation_id === row.conversation_id)) {
      throw new Error('duplicate')
    }
    if (row.id !== old.id) throw new Error('duplicate')
    return this.#replace(old, row)
  }

  /** First the removed keys go, then the changed ones are set; all at the root of the metadata. */
  updateMetadata(ref: Ref, changes: object, { remove = [] }: { remove?: readonly string[] } = {}): Row | undefined {
    const kept = Object.entries(this.get(ref)?.metadata ?? {}).filter(([key]) => !remove.includes(key))
    return this.#set(ref, { metadata: Object.fromEntries([...kept, ...Object.entries(copyOf(changes))]) })
  }

  rename(ref: Ref, name: string | null): Row | undefined {
    return this.#set(ref, { name })
  }

  mark(ref: Ref, yes = true): Row | undefined {
    return this.#set(ref, { is_marked: yes })
  }

  delete(ref: Ref, at?: string): Row | undefined {
    const old = this.get(ref)
    if (old?.is_deleted && at === undefined) return old
    return this.#set(ref, { is_deleted: true, deleted_at: at ?? new Date().toISOString() })
  }

  restore(ref: Ref): Row | undefined {
    return this.#set(ref, { is_deleted: false, deleted_at: null })
  }

  purge(ref: Ref): Row | undefined {
    const old = this.get(ref)
    this.#rows = this.#rows.filter((row) => row !== old)
    return old
  }

  addMessage(ref: Ref, message: Message): Row | undefined {
    const row = this.get(ref)
    const added = { ...copyOf(message), id: message.id ?? this.#greatest.message + 1 }
    return row && this.#set(ref, { messages: [...messagesOf(row), added] })
  }

  addFeedback(ref: Ref, feedback: Feedback): Row | undefined {
    const row = this.get(ref)
    const added = { ...copyOf(feedback), id: feedback.id ?? this.#greatest.feedback + 1 }
    return row && this.#set(ref, { feedbacks: [...feedbacksOf(row), added] })
  }

  clear(): void {
    this.#rows = []
  }

  #set(ref: Ref, change: Partial<Row>): Row | undefined {
    const old = this.get(ref)
    return old && this.#replace(old, { ...old, ...change } as Row)
  }

  #replace(old: Row, row: Row): Row {
    this.#rows = this.#rows.map((other) => (other === old ? row : other))
    return this.#noted(row)
  }

  /** Remembers the greatest ids, of which the next ones are made. */
  #noted(row: Row): Row {
    const whole = (ids: readonly unknown[]): number[] => ids.filter((id) => Number.isSafeInteger(id)) as number[]
    const messages = whole(messagesOf(row).map(({ id }) => id))
    const feedbacks = whole(feedbacksOf(row).map(({ id }) => id))
    this.#greatest = {
      conversation: Math.max(this.#greatest.conversation, row.id),
      message: messages.reduce((a, b) => Math.max(a, b), this.#greatest.message),
      feedback: feedbacks.reduce((a, b) => Math.max(a, b), this.#greatest.feedback),
    }
    return row
  }

  // Reads

  holds(spec: QuerySpec, row: Row): boolean {
    return (spec.includeDeleted === true || row.is_deleted !== true) && groupHolds(spec.where, row)
  }

  /** The ids of all matches, over all pages, in order. */
  ids(spec: QuerySpec): number[] {
    return this.#matches(spec).map((row) => row.id)
  }

  answer(spec: QuerySpec): Answer | InvalidPage {
    return this.#page(this.#matches(spec), spec.page ?? 1, spec.pageSize ?? this.#defaultPageSize, spec.lean === true)
  }

  /** The rows after one that ended a page, `size` at most, and whether more follow. It is as it was then; it may be gone. */
  after(spec: QuerySpec, last: Row, size = spec.pageSize ?? this.#defaultPageSize): { ids: number[]; isLast: boolean } {
    const terms = spec.orderBy ?? ['-started_at']
    const later = this.#matches(spec).filter((row) => compareRows(terms, row, last) > 0)
    return { ids: later.slice(0, size).map((row) => row.id), isLast: later.length <= size }
  }

  /** The answer to a query string. `baseUrl` stands for that of the request. */
  wire(params: string | [string, string][]): WireAnswer {
    const pairs = new URLSearchParams(params)
    const given = new Map(Array.from(pairs, ([name, value]) => [name, value.trim()] as const))
    for (const [name, value] of given) if (value === '') given.delete(name)

    const faults = new Map<string, string[]>()
    const tests: Test[] = []
    const take = (name: string, reading: Reading): void => {
      if (typeof reading === 'string') faults.set(name, [reading])
      else tests.push(reading)
    }
    for (const [name, value] of given) {
      const read = PARAMETERS.get(name)
      if (read !== undefined) take(name, read(value))
    }
    const [key, metadataValue] = [given.get('metadata_key'), given.get('metadata_value')]
    if (key !== undefined && metadataValue !== undefined) {
      const [keys, value] = [keysOf(key), scalarOf(metadataValue)]
      if (keys === null) faults.set('metadata_key', [`${key} is no path.`])
      if (value === undefined) faults.set('metadata_value', [`${metadataValue} is too large a number.`])
      if (keys !== null && value !== undefined) tests.push(metadataIs(keys, value))
    }

    const [sender, contains] = [given.get('message_sender'), given.get('message_contains')]
    if (sender !== undefined && !isSender(sender)) faults.set('message_sender', [noChoice(sender)])
    else if (sender) tests.push(messageIs({ sender: sender as Sender, ...(contains && { contains: [contains] }) }))

    const flag = (name: string, fallback: boolean): boolean => {
      const yes = booleanOf(given.get(name) ?? String(fallback))
      if (yes === undefined) faults.set(name, [NO_BOOLEAN])
      return yes ?? fallback
    }
    const includeDeleted = flag('include_deleted', false)
    const isLean = !flag('full', true)

    // These meet in one group: a sentiment and a source must be met by one feedback, wherever they were written.
    const group: Condition[] = []
    const [sentiment, source, where] = ['feedback_sentiment', 'feedback_source', 'where'].map((name) => given.get(name))
    if (sentiment !== undefined && !isSentiment(sentiment)) faults.set('feedback_sentiment', [noChoice(sentiment)])
    else if (sentiment) group.push({ field: 'feedback_sentiment', lookup: 'exact', value: sentiment as Sentiment })
    if (source !== undefined && !isSource(source)) faults.set('feedback_source', [noChoice(source)])
    else if (source) group.push({ field: 'feedback_source', lookup: 'exact', value: source as FeedbackSource })
    const conditions = conditionsOf(where ?? '[]')
    if (conditions === null) faults.set('where', ['Enter the JSON of a list of conditions.'])
    else group.push(...conditions)

    if (faults.size > 0) return { status: 400, body: Object.fromEntries(faults) }

    const orderBy = itemsOf(given.get('ordering') ?? '').filter((term) => Object.hasOwn(ORDERS, fieldOf(term)))
    const matches = this.#rows
      .filter((row) => includeDeleted || row.is_deleted !== true)
      .filter((row) => tests.every((test) => test(row)) && groupHolds(group, row))
      .sort((a, b) => compareRows(orderBy.length > 0 ? (orderBy as OrderTerm[]) : ['-started_at'], a, b))

    const pageText = given.get('page') ?? '1'
    const page = pageText === 'last' ? pageText : /^[0-9]+$/.test(pageText) ? Number(pageText) : 0
    const sizeText = given.get('page_size') ?? ''
    const size = /^[0-9]+$/.test(sizeText) && Number(sizeText) > 0 ? Number(sizeText) : this.#defaultPageSize
    const answer = this.#page(matches, page, size, isLean)
    if ('invalidPage' in answer) return { status: 404, body: { detail: 'Invalid page.' } }

    const { ids: _, results, ...counts } = answer
    const { current_page, total_pages } = counts
    const next = current_page < total_pages ? this.#link(pairs, current_page + 1) : null
    const previous = current_page > 1 ? this.#link(pairs, current_page - 1) : null
    return { status: 200, envelope: { ...counts, next, previous, results } }
  }

  #matches(spec: QuerySpec): Row[] {
    const terms = spec.orderBy ?? ['-started_at']
    return this.#rows.filter((row) => this.holds(spec, row)).sort((a, b) => compareRows(terms, a, b))
  }

  #page(rows: readonly Row[], asked: number | 'last', askedSize: number, isLean: boolean): Answer | InvalidPage {
    const size = Math.min(askedSize, this.#maxPageSize)
    const pages = Math.max(1, Math.ceil(rows.length / size))
    const page = asked === 'last' ? pages : asked
    if (page < 1 || page > pages) return { invalidPage: true }
    const cut = rows.slice((page - 1) * size, page * size)
    return {
      count: rows.length,
      page_size: size,
      total_pages: pages,
      current_page: page,
      ids: cut.map((row) => row.id),
      results: isLean ? cut.map(leanOf) : cut,
    }
  }

  /** The query's own URL at another page: sorted by name, everything else as given. */
  #link(pairs: URLSearchParams, page: number): string {
    const params = new URLSearchParams(pairs)
    params.delete('page')
    if (page > 1) params.append('page', String(page))
    params.sort()
    return `${this.#base}${params.toString() === '' ? '' : '?'}${params}`
  }
}
