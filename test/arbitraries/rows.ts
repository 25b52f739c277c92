/**
 * Rows of tiny domains, so that values collide: few texts, few instants in many spellings, few metadata keys, and each
 * trap of the contract among them.
 */
import fc from 'fast-check'
import type { ActionLog, ConversationInput, Feedback, Message } from '../../src/row/conversation.ts'

/** Pieces of texts. Joined without anything between them, the two halves of a surrogate pair make one character. */
export const WORDS = [
  'refund',
  'Refunds',
  'REF',
  'order_17',
  '1',
  'straße',
  'STRASSE',
  'ẞ',
  'İ',
  'ı',
  'i',
  'I',
  'ΟΔΟΣ',
  'οδος',
  'σ',
  '\u00c5',
  'a\u030a',
  '\u212b',
  '\u212a',
  'k',
  'ſ',
  '😀',
  '👍🏽',
  '\ud83d',
  '\ude00',
  '\u{10400}',
  '\u{10428}',
  '配送',
  '送',
  'สวัสดี',
  'ส',
  'か\u3099',
  '\u0301',
  '?',
  '?!…',
  '—',
  '"',
  '%_*',
  '\u200b',
] as const

/** What may stand between two words. */
export const GAPS = ['', '', ' ', '  ', '\n', '\r\n', ', ', '\t', '\u00a0', '\u3000', '.', '-'] as const

/** Texts of fields that are short: equal, parts of each other, equal but for case, in an order that is not UTF-16's. */
export const LABELS = ['a', 'A', 'ab', 'b', 'ß', 'ẞ', 'k', '\u212a', '\uff5e', '😀', '\ud83d', ' a', 'a,b', ''] as const

export const DEVICES = ['mobile', 'Mobile', 'mobile app', 'desktop', ''] as const
export const LANGUAGES = ['en', 'EN', 'en-GB', 'de', '\uff5e', '😀'] as const
export const ENVIRONMENTS = ['production', 'development', 'prod', 'dev', 'staging'] as const
export const ADDRESSES = ['10.0.0.1', '10.0.0.10', '::1'] as const

/** Names that are parts of each other, equal but for case, or empty, which is no action. */
export const ACTIONS = ['lookup', 'lookup_order', 'Lookup', 'order', 'refund', '1', ' ', ''] as const

/** One instant in many spellings, its neighbours, and the ends of time. */
export const INSTANTS = [
  '2024-01-15T12:00:00Z',
  '2024-01-15 12:00:00+00:00',
  '2024-01-15T13:00:00.000000+01:00',
  '2024-1-15 07:00-05',
  '2024-01-15T12:00:00,0000009Z',
  '2024-01-15T12:00:00.000001Z',
  '2024-01-15T17:30:00.000001+0530',
  '2024-01-15T12:00:00.000002Z',
  '2024-01-15T12:00:00.001Z',
  '2024-01-15T11:59:59.999999Z',
  '2024-01-15',
  '2024-1-16T0:00',
  '1969-12-31T23:59:59.999999Z',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999Z',
] as const

/** Keys of metadata: dotted, empty, of digits, and names that objects have by birth. */
export const KEYS = [
  'a',
  'b',
  'a.b',
  '',
  '0',
  '01',
  '-1',
  'x y',
  'length',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
] as const

/** Scalars that are alike in one way and different in another. `1.0` is `1` by the time it is a value. */
export const SCALARS = [
  1,
  '1',
  true,
  'true',
  false,
  null,
  'null',
  0,
  -0,
  -1,
  0.1,
  1e21,
  'a',
  'A',
  '',
  '\uff5e',
  '😀',
  '\ud83d',
] as const

export const SENTIMENTS = ['positive', 'neutral', 'negative'] as const
export const SOURCES = ['customer', 'platform'] as const

/** A word, a common one as often as not, so that rows and questions meet. */
export const word: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('refund', 'Refunds', 'REF', '1', '?', 'straße', 'STRASSE'),
  fc.constantFrom(...WORDS),
)

/** Words with gaps between them, newlines too, or only punctuation. */
export const content: fc.Arbitrary<string> = fc
  .array(fc.tuple(word, fc.constantFrom(...GAPS)), { maxLength: 4 })
  .map((parts) => parts.flat().join(''))

/** An object of these entries, each of them its own property, `__proto__` too. */
export function objectOf<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries)
}

/** Metadata: scalars, lists and objects, a few levels deep. */
export const metadata: fc.Arbitrary<Record<string, unknown>> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { arbitrary: fc.constantFrom<unknown>(...SCALARS), weight: 5 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }), weight: 2 },
    { arbitrary: tie('object'), weight: 2 },
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 3 })
    .map((entries) => objectOf(entries)),
})).object as fc.Arbitrary<Record<string, unknown>>

/** Old rows have their metadata as text. */
const metadataText = metadata.map((document) => JSON.stringify(document))

const absent = fc.constant(undefined)

/** A value, null, or no key at all. */
function nullable<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null | undefined> {
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

/** Milliseconds, and what is none. Thousandths, of which no double is the same. */
export const LENGTHS = [0, 1, 1.005, 4.35, 500, 500.001, 60_000, -3] as const

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

export const message: fc.Arbitrary<Message> = fc
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

export const feedback: fc.Arbitrary<Feedback> = fc
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
export function rowOf(conversationId: fc.Arbitrary<string>): fc.Arbitrary<ConversationInput> {
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

/** Conversation ids: a few, which look like other things. */
export const CONVERSATION_IDS = [
  'c1',
  'C1',
  '1',
  '42',
  'a,b',
  ' a',
  'ß',
  'ẞ-2',
  '😀',
  '\ud83d',
  'order_17',
  '__proto__',
] as const

/** A conversation id that no other of a list has: a label and a number. */
const numberedId = fc
  .tuple(fc.constantFrom(...CONVERSATION_IDS), fc.integer({ min: 0, max: 99 }))
  .map(([label, number]) => (number < 10 ? label : `${label}/${number}`))

/**
 * Rows that one store can hold. None of them has an `id`, or all have one: 1 to 199 in any order, and sometimes the
 * greatest that there is.
 */
export function rowsOf({ maxLength }: { readonly maxLength: number }): fc.Arbitrary<ConversationInput[]> {
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

/** Few rows, so that counterexamples are small; the small thresholds of tests are crossed by five. */
export const rows: fc.Arbitrary<ConversationInput[]> = rowsOf({ maxLength: 14 })

/**
 * More rows than the words of a bitmap have bits: a few rows again and again, each copy with a place in time of its own,
 * or in the hand of the others.
 */
export const manyRows: fc.Arbitrary<ConversationInput[]> = fc
  .record({
    base: fc.oneof(rowsOf({ maxLength: 5 }), rowsOf({ maxLength: 25 })),
    copies: fc.integer({ min: 1, max: 30 }),
    seed: fc.nat(0xffff),
  })
  .map(({ base, copies, seed }) => {
    const start = Date.parse('2024-01-15T12:00:00Z')
    const next = numbers(seed)
    return Array.from({ length: copies }, (_, copy) =>
      base.map(({ id: _id, ...row }): ConversationInput => {
        const minutes = next() % 400
        const started_at = minutes < 40 ? row.started_at : new Date(start + minutes * 60_000).toISOString()
        return { ...row, conversation_id: `${row.conversation_id}#${copy}`, started_at }
      }),
    ).flat()
  })

/** Whole numbers that look random: the high bits of a linear congruential generator. */
export function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
