/**
 * What `GET /api/conversations/` and its neighbours must answer, said a second time and shared with no line of the library:
 * the naive store of `test/reference.ts` finds the rows, and this page says how they are completed when they are served.
 */
import { type Conversation, open } from '../../src/row/conversation.ts'
import type { ReferenceStore, WireAnswer } from '../reference.ts'

type Row = Record<string, unknown>

/** What the handler under test says of itself at `/api/me/`. */
export interface Served {
  readonly agent: number
  /** The id of each environment that it knows, by slug. */
  readonly environments: ReadonlyMap<string, number>
}

/** Stands for any value of a kind that the contract leaves open. */
export class Open {
  readonly holds: (value: unknown) => boolean

  constructor(holds: (value: unknown) => boolean) {
    this.holds = holds
  }
}

const isPk = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0
const isText = (value: unknown): boolean => typeof value === 'string'
const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value as object).length === 0)

/** No id was stored: an id or null. */
const someId = new Open((value) => value === null || isPk(value))
/** No time was stored: a time or null. */
const someTime = new Open((value) => value === null || isText(value))
const noText = new Open((value) => value === null || value === '')
const noObject = new Open(isEmpty)
const someText = new Open((value) => isText(value) && value !== '')
const anything = new Open((value) => value !== undefined)

/** A conversation as a list serves it whole. */
export function fullOf(row: Row, served: Served): Row {
  const { agent } = served
  const environment_id = served.environments.get(String(row.environment)) ?? null
  const whole: Row = { agent, environment_id, ...row }
  if (Array.isArray(row.messages)) whole.messages = row.messages.map((message: Row) => messageOf(message, row))
  if (Array.isArray(row.feedbacks)) {
    whole.feedbacks = row.feedbacks.map((feedback: Row) => feedbackOf(feedback, row, served))
  }
  return whole
}

/** A conversation as a list serves it lean: the numbers of its parts are there already. */
export function leanOf(row: Row, { agent, environments }: Served): Row {
  return { agent, environment_id: environments.get(String(row.environment)) ?? null, ...row }
}

/** A conversation as its own route serves it. */
export function detailOf(row: Conversation, served: Served): Row {
  return { tickets: anything, token_usage: anything, ...fullOf(open(row), served) }
}

/** A message of a conversation. */
export function messageOf(message: Row, row: Row): Row {
  const parts = (kind: 'attachments' | 'action_logs', of: (part: Row, message: Row) => Row) =>
    Array.isArray(message[kind]) ? { [kind]: (message[kind] as Row[]).map((part) => of(part, message)) } : {}
  return {
    id: someId,
    conversation: row.id,
    timestamp: someTime,
    action_name: null,
    metadata: noObject,
    attachments: [],
    action_logs: [],
    button: null,
    feedback: null,
    ...message,
    ...parts('attachments', attachmentOf),
    ...parts('action_logs', actionLogOf),
  }
}

/** A file of a message: where it is found is made at reading, if it is not stored. */
function attachmentOf(attachment: Row, message: Row): Row {
  return {
    id: someId,
    message: message.id ?? someId,
    type: someText,
    filename: anything,
    mime_type: anything,
    size_bytes: anything,
    file_url: anything,
    ...attachment,
  }
}

function actionLogOf(log: Row, message: Row): Row {
  return {
    id: someId,
    action: someId,
    message: message.id ?? someId,
    started_at: someTime,
    ended_at: someTime,
    duration_ms: anything,
    tools_used: anything,
    response: anything,
    error_message: anything,
    metadata: noObject,
    ...log,
  }
}

/** A feedback of a conversation. */
export function feedbackOf(feedback: Row, row: Row, { agent, environments }: Served): Row {
  return {
    id: someId,
    kind: 'conversation',
    agent,
    conversation: row.id,
    conversation_id: row.conversation_id,
    user: null,
    environment: row.environment,
    environment_id: environments.get(String(row.environment)) ?? null,
    category: null,
    comment: noText,
    created_at: someTime,
    source: 'customer',
    metadata: noObject,
    message: null,
    topic: null,
    reason: null,
    ...feedback,
  }
}

/** What a list must answer, its rows completed. */
export interface ExpectedAnswer {
  readonly status: number
  readonly body: unknown
}

/** The answer to a list's query string, as `URL.search` has it. The reference knows where links point. */
export function listOf(reference: ReferenceStore, search: string, served: Served): ExpectedAnswer {
  const params = new URLSearchParams(search)
  const nulls = new Set([...params].filter((param) => param.join('').includes('\0')).map(([name]) => name))
  if (nulls.size > 0) {
    // NULs are named together with all else that is wrong.
    for (const name of nulls) params.delete(name)
    const { status, body } = listOf(reference, `?${params}`, served)
    const named = Array.from(nulls, (name) => [name, ['Null characters are not allowed.']])
    return { status: 400, body: { ...(status === 400 && (body as object)), ...Object.fromEntries(named) } }
  }
  const answer: WireAnswer = reference.wire(search)
  if (answer.status !== 200) return { status: answer.status, body: answer.body }
  const { envelope } = answer
  const complete = envelope.results.some((row) => 'message_count' in row) ? leanOf : fullOf
  return { status: 200, body: { ...envelope, results: envelope.results.map((row) => complete({ ...row }, served)) } }
}

/** Keys that whole rows may have besides: the contract leaves them out of lists, but forbids them nowhere. */
const OPTIONAL: Readonly<Record<string, (value: unknown, row: Row) => boolean>> = {
  message_count: (value, row) => value === ((row.messages as unknown[] | null) ?? []).length,
  feedback_count: (value, row) => value === ((row.feedbacks as unknown[] | null) ?? []).length,
  tickets: (value) => Array.isArray(value),
  token_usage: (value) => value === null || typeof value === 'object',
}

/** The first difference of two values, as a path and both sides; `null` if they are the same. JSON knows no `-0`. */
export function differenceOf(actual: unknown, expected: unknown, path = '$'): string | null {
  if (expected instanceof Open) return expected.holds(actual) ? null : `${path} is ${JSON.stringify(actual)}`
  if (typeof expected !== 'object' || expected === null) {
    const isEqual = actual === expected || (expected === 0 && actual === 0)
    return isEqual ? null : `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
  }
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
  }
  const isRow = Object.hasOwn(expected, 'conversation_id') && Object.hasOwn(expected, 'messages')
  for (const key of Object.keys(actual)) {
    if (Object.hasOwn(expected, key)) continue
    const optional = isRow && Object.hasOwn(OPTIONAL, key) ? OPTIONAL[key] : undefined
    if (!optional?.((actual as Row)[key], actual as Row)) return `${path}[${JSON.stringify(key)}] is not expected`
  }
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) {
    return `${path} has ${(actual as unknown[]).length} items, expected ${expected.length}`
  }
  for (const [key, value] of Object.entries(expected)) {
    if (!Object.hasOwn(actual, key)) return `${path}[${JSON.stringify(key)}] is missing`
    const difference = differenceOf((actual as Row)[key], value, `${path}[${JSON.stringify(key)}]`)
    if (difference !== null) return difference
  }
  return null
}

/** The faults whose text the contract leaves open: it says which parameter is wrong, and no more. */
const FREE_TEXTS = ['metadata', 'metadata_key', 'metadata_value', 'where']

/** An error body with its free texts open. */
export function openTexts({ status, body }: ExpectedAnswer): ExpectedAnswer {
  if (status !== 400) return { status, body }
  const isTexts = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isText)
  const entries = Object.entries(body as Row).map(([name, texts]) =>
    FREE_TEXTS.includes(name) ? [name, new Open(isTexts)] : [name, texts],
  )
  return { status, body: Object.fromEntries(entries) }
}
