/** The shapes of what is served, key by key. Each check names the place that is wrong. */
import { expect } from 'vitest'

type Check = (value: unknown) => boolean
type Shape = Readonly<Record<string, Check>>

const isText: Check = (value) => typeof value === 'string'
const isNull: Check = (value) => value === null
const isFlag: Check = (value) => typeof value === 'boolean'
const isPk: Check = (value) => Number.isInteger(value) && (value as number) >= 1
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0
const isList: Check = (value) => Array.isArray(value)
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isAny: Check = (value) => value !== undefined
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value)
/** A time that was sent: in UTC, to the microsecond. One on a second may leave its noughts out. */
const isStamp: Check = (value) => isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/.test(value as string)
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(value as string))

/** A stored time with all its digits. */
export const inMicros = (time: unknown): string => String(time).replace(/(:\d\d)Z$/, '$1.000000Z')

const ROW: Shape = {
  id: isPk,
  agent: isPk,
  conversation_id: isText,
  name: orNull(isText),
  customer_id: orNull(isText),
  customer_ip_address: orNull(isText),
  device: orNull(isText),
  language: orNull(isText),
  environment: isText,
  environment_id: isPk,
  metadata: orNull(isObject),
  started_at: isStamp,
  ended_at: isStamp,
  is_marked: isFlag,
  is_used: isFlag,
  is_deleted: isFlag,
  deleted_at: orNull(isTime),
  geo_location: orNull(isObject),
}

/** What was recorded over HTTP, as each route serves it. */
export const SHAPES = {
  lean: { ...ROW, message_count: isCount, feedback_count: isCount },
  full: { ...ROW, messages: isList, feedbacks: isList },
  detail: { ...ROW, messages: isList, feedbacks: isList, tickets: isList, token_usage: orNull(isObject) },
  message: {
    id: isPk,
    conversation: isPk,
    timestamp: isStamp,
    sender: oneOf('end_user', 'agent'),
    content: isText,
    action_name: orNull(isText),
    metadata: isAny,
    attachments: isList,
    action_logs: isList,
    button: orNull(isObject),
    feedback: orNull(isObject),
  },
  actionLog: {
    id: isPk,
    action: isPk,
    message: isPk,
    started_at: orNull(isTime),
    ended_at: orNull(isTime),
    duration_ms: orNull((value) => typeof value === 'number'),
    tools_used: isAny,
    response: orNull(isText),
    error_message: orNull(isText),
    metadata: isAny,
  },
  attachment: {
    id: isPk,
    message: isPk,
    type: isText,
    filename: isText,
    mime_type: isText,
    size_bytes: isCount,
    file_url: (value) => isText(value) && value !== '',
  },
  feedback: {
    id: isPk,
    kind: oneOf('conversation', 'agent', 'message'),
    agent: isPk,
    conversation: orNull(isPk),
    conversation_id: orNull(isText),
    user: isNull,
    environment: isText,
    environment_id: isPk,
    sentiment: oneOf('positive', 'neutral', 'negative'),
    category: isNull,
    comment: orNull(isText),
    created_at: isTime,
    source: oneOf('customer'),
    metadata: isAny,
    message: orNull(isPk),
    topic: orNull(isText),
    reason: orNull(isText),
  },
  envelope: {
    count: isCount,
    page_size: isPk,
    total_pages: isPk,
    current_page: isPk,
    next: orNull(isText),
    previous: orNull(isText),
    results: isList,
  },
} as const satisfies Readonly<Record<string, Shape>>

/** Expects every key of a shape to be there and of its type; other keys may be there too. */
export function expectShape(value: unknown, name: keyof typeof SHAPES): void {
  const given = value as Record<string, unknown>
  const wrong = Object.entries(SHAPES[name] as Shape)
    .filter(([key, check]) => !Object.hasOwn(given, key) || !check(given[key]))
    .map(([key]) => [key, given[key]])
  expect(Object.fromEntries(wrong), `keys of a ${name} that are missing or of another type`).toEqual({})
}

/** Expects a conversation that is served whole to be sound to the bottom. */
export function expectWhole(value: unknown, name: 'full' | 'detail'): void {
  expectShape(value, name)
  const { id, messages, feedbacks } = value as { id: number; messages: Part[]; feedbacks: Part[] }
  for (const message of messages) {
    expectShape(message, 'message')
    expect(message.conversation).toBe(id)
    for (const log of message.action_logs as Part[]) {
      expectShape(log, 'actionLog')
      expect(log.message).toBe(message.id)
    }
    for (const attachment of message.attachments as Part[]) {
      expectShape(attachment, 'attachment')
      expect(attachment.message).toBe(message.id)
    }
  }
  for (const feedback of feedbacks) {
    expectShape(feedback, 'feedback')
    expect(feedback.conversation).toBe(id)
  }
}

type Part = Record<string, unknown>
