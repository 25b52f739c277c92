/** Conversations over tiny domains: absent keys, nulls, old spellings, and every part of a message. */
import fc, { type Arbitrary } from 'fast-check'
import type { ActionLog, ConversationInput, Feedback, Message } from '../../row/conversation.ts'
import {
  ACTIONS,
  ADDRESSES,
  CONVERSATION_IDS,
  DEVICES,
  ENVIRONMENTS,
  INSTANTS,
  KEYS,
  LABELS,
  LANGUAGES,
  LENGTHS,
  SCALARS,
  SENTIMENTS,
  SOURCES,
} from './domains.ts'
import { content } from './strings.ts'

/** An object of these entries, each of them its own property, `__proto__` too. */
export function objectOf<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries)
}

/** Metadata: scalars, lists and objects, a few levels deep. */
export const metadata: Arbitrary<Record<string, unknown>> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { arbitrary: fc.constantFrom<unknown>(...SCALARS), weight: 5 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }), weight: 2 },
    { arbitrary: tie('object'), weight: 2 },
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 3 })
    .map((entries) => objectOf(entries)),
})).object as Arbitrary<Record<string, unknown>>

/** Old rows have their metadata as text. */
const metadataText = metadata.map((document) => JSON.stringify(document))

const absent = fc.constant(undefined)

/** A value, null, or no key at all. */
function nullable<Value>(value: Arbitrary<Value>): Arbitrary<Value | null | undefined> {
  return fc.oneof({ arbitrary: value, weight: 6 }, fc.constant(null), absent)
}

/** An object without the keys whose value is undefined. */
function present<Shape extends object>(shape: Shape): Shape {
  return objectOf(Object.entries(shape).filter(([, value]) => value !== undefined)) as Shape
}

/** Ids of messages and feedbacks: mostly none, a few that repeat. */
const partId = fc.oneof({ arbitrary: absent, weight: 3 }, fc.constantFrom<unknown>(null, 1, 2, 7, 'm-1'))

/** What tools were asked and what they answered: strings, nested JSON, and what has to be escaped in it. */
const payload = fc.oneof(
  { arbitrary: content, weight: 3 },
  { arbitrary: metadata, weight: 3 },
  fc.array(fc.oneof(content, metadata, fc.constantFrom<unknown>(...SCALARS)), { maxLength: 3 }),
  fc.constantFrom<unknown>(null, 0, 1, 17.5, true, false, '', 'null', {}, [], 'a "quoted"\nline'),
)

/** One entry of a log, any key of it absent or of another type. */
const actionLog = fc
  .record({
    id: partId,
    started_at: fc.oneof(absent, fc.constantFrom<unknown>(...INSTANTS.slice(0, 11), null, 'soon', 17)),
    ended_at: fc.oneof(absent, fc.constantFrom<unknown>(...INSTANTS.slice(0, 11), null, '2024-01-15T12:00:00.001005Z')),
    duration_ms: fc.oneof({ arbitrary: absent, weight: 2 }, fc.constantFrom<unknown>(...LENGTHS, null, '500', [500])),
    tools_used: fc.oneof(absent, { arbitrary: payload, weight: 3 }),
    response: fc.oneof(absent, { arbitrary: payload, weight: 3 }),
    error_message: fc.oneof(absent, { arbitrary: content, weight: 2 }, fc.constantFrom<unknown>(null, '', 5, {})),
  })
  .map((it) => present(it) as ActionLog)

const attachments = fc.oneof(
  { arbitrary: absent, weight: 3 },
  fc.constantFrom(null, [], [{ id: 1, filename: 'a.png' }], [{}, {}]),
)

/** A message: said or done, with any of its keys absent. */
export const message: Arbitrary<Message> = fc
  .record({
    id: partId,
    sender: fc.constantFrom('end_user', 'agent'),
    content,
    action_name: fc.oneof(
      { arbitrary: absent, weight: 3 },
      { arbitrary: fc.constantFrom<string | null>(...ACTIONS), weight: 3 },
      fc.constant(null),
    ),
    metadata: fc.oneof({ arbitrary: absent, weight: 4 }, metadata),
    attachments,
    action_logs: fc.oneof({ arbitrary: absent, weight: 2 }, fc.constant(null), {
      arbitrary: fc.array(actionLog, { maxLength: 2 }),
      weight: 3,
    }),
  })
  .map((it) => present(it) as unknown as Message)

/** A feedback. */
export const feedback: Arbitrary<Feedback> = fc
  .record({
    id: partId,
    sentiment: fc.constantFrom(...SENTIMENTS),
    source: fc.oneof({ arbitrary: fc.constantFrom(...SOURCES), weight: 8 }, absent, absent, fc.constant(null)),
    comment: fc.oneof({ arbitrary: absent, weight: 3 }, content),
  })
  .map((it) => present(it) as unknown as Feedback)

/** Mostly false, and sometimes not said. */
const flag = fc.constantFrom(true, false, false, undefined)

/** One row, of the conversation id that is given. */
export function rowOf(conversationId: Arbitrary<string>): Arbitrary<ConversationInput> {
  return fc
    .record({
      conversation_id: conversationId,
      name: nullable(fc.oneof(content, fc.constantFrom(...LABELS))),
      customer_id: nullable(fc.constantFrom(...LABELS)),
      customer_ip_address: nullable(fc.constantFrom(...ADDRESSES)),
      device: nullable(fc.constantFrom(...DEVICES)),
      language: nullable(fc.constantFrom(...LANGUAGES)),
      environment: nullable(fc.constantFrom(...ENVIRONMENTS)),
      is_marked: fc.oneof({ arbitrary: flag, weight: 9 }, fc.constant(null)),
      is_used: fc.constantFrom(true, false, undefined, null),
      is_deleted: fc.constantFrom(true, false, false, false, undefined, null),
      started_at: fc.constantFrom(...INSTANTS),
      ended_at: nullable(fc.constantFrom(...INSTANTS)),
      metadata: fc.oneof({ arbitrary: metadata, weight: 6 }, metadataText, fc.constant(null), absent),
      geo_location: fc.oneof({ arbitrary: absent, weight: 6 }, metadata),
      messages: fc.oneof({ arbitrary: fc.array(message, { maxLength: 3 }), weight: 8 }, fc.constant(null), {
        arbitrary: absent,
        weight: 2,
      }),
      feedbacks: fc.oneof({ arbitrary: fc.array(feedback, { maxLength: 3 }), weight: 5 }, fc.constant(null), absent),
      ticket: fc.oneof({ arbitrary: absent, weight: 8 }, metadata),
      // Extra keys named like numbers of the row, which they are not.
      duration: fc.oneof({ arbitrary: absent, weight: 8 }, fc.constantFrom<unknown>(1, 'long', null)),
      action_count: fc.oneof({ arbitrary: absent, weight: 8 }, fc.constantFrom<unknown>(99, null)),
    })
    .map((it) => present(it) as unknown as ConversationInput)
}

/** A conversation id that no other of a list has: a label and a number. */
const numberedId = fc
  .tuple(fc.constantFrom(...CONVERSATION_IDS), fc.integer({ min: 0, max: 99 }))
  .map(([label, number]) => (number < 10 ? label : `${label}/${number}`))

/**
 * Rows that one store can hold. None of them has an `id`, or all have one: 1 to 199 in any order, and sometimes the
 * greatest that there is.
 */
export function rowsOf({ maxLength }: { readonly maxLength: number }): Arbitrary<ConversationInput[]> {
  const list = fc.uniqueArray(rowOf(numberedId), {
    maxLength,
    size: 'max',
    selector: ({ conversation_id }) => conversation_id,
  })
  const ids = fc.uniqueArray(
    fc.oneof({ arbitrary: fc.integer({ min: 1, max: 199 }), weight: 30 }, fc.constant(Number.MAX_SAFE_INTEGER)),
    {
      minLength: maxLength,
      maxLength,
    },
  )
  return fc
    .tuple(list, fc.option(ids))
    .map(([rows, given]) => (given === null ? rows : rows.map((row, i) => ({ ...row, id: given[i]! }))))
}
