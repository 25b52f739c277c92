/** Questions over the tiny domains of the rows: every field with every lookup, nested to any depth, in every order. */
import fc from 'fast-check'
import type {
  Condition,
  FieldCondition,
  FlagCondition,
  Group,
  IdCondition,
  InstantCondition,
  IsNullCondition,
  MetadataRangeCondition,
  NumberField,
  OrderTerm,
  QuerySpec,
  Scalar,
  TextField,
  TextLookup,
} from '../../src/query/spec.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import {
  ACTIONS,
  ADDRESSES,
  CONVERSATION_IDS,
  content,
  DEVICES,
  ENVIRONMENTS,
  INSTANTS,
  KEYS,
  LABELS,
  LANGUAGES,
  SCALARS,
  SENTIMENTS,
  SOURCES,
  word,
} from './rows.ts'

const isNotEmpty = (text: string) => text !== ''

/** A text that is asked of a field: one that rows have, a part of one, or of another field. */
const wanted = (...values: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...values.filter(isNotEmpty)), weight: 8 },
    word,
    fc.constantFrom(...LABELS.filter(isNotEmpty)),
  )

const FIELDS: Readonly<Record<TextField, fc.Arbitrary<string>>> = {
  conversation_id: wanted(...CONVERSATION_IDS, 'c', '#1', '/1'),
  customer_id: wanted(...LABELS),
  name: fc.oneof(wanted(...LABELS), content.filter(isNotEmpty)),
  device: wanted(...DEVICES, 'mob', 'app', 'flood'),
  language: wanted(...LANGUAGES),
  customer_ip_address: wanted(...ADDRESSES, '10', '0.1'),
  environment: wanted(...ENVIRONMENTS),
  action_name: wanted(...ACTIONS, 'look', '_o'),
}

const textField = fc.constantFrom(...(Object.keys(FIELDS) as TextField[]))

const text: fc.Arbitrary<FieldCondition> = textField.chain((field) => {
  const value = FIELDS[field]
  const lookups: TextLookup[] = ['exact', 'iexact', 'contains', 'icontains', 'startswith', 'istartswith']
  return fc.oneof(
    { arbitrary: fc.record({ field: fc.constant(field), lookup: fc.constantFrom(...lookups), value }), weight: 6 },
    fc.record({ field: fc.constant(field), lookup: fc.constant('in'), value: fc.array(value, { maxLength: 3 }) }),
    fc.record({ field: fc.constant(field), lookup: fc.constant('isnull'), value: fc.boolean() }),
  ) as fc.Arbitrary<FieldCondition>
})

const instantField = fc.constantFrom('started_at', 'ended_at')
const rangeLookup = fc.constantFrom('gt', 'gte', 'lt', 'lte')

/** An instant that rows begin at, or one between them. */
const instant = fc.oneof(
  fc.constantFrom(...INSTANTS),
  fc.constantFrom('2024-01-15T12:00:30Z', '2024-01-15T13:17Z', '2024-01-15T15:00+01', '2024-01-15T16:00:00.5Z'),
)

const time: fc.Arbitrary<InstantCondition | IsNullCondition> = fc.oneof(
  { arbitrary: fc.record({ field: instantField, lookup: rangeLookup, value: instant }), weight: 6 },
  fc.record({ field: instantField, lookup: fc.constant('isnull' as const), value: fc.boolean() }),
)

const idNumber = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 20 }), weight: 4 },
  fc.constantFrom(-1, 1.5, 100, 199, Number.MAX_SAFE_INTEGER, 1e300),
)
const id = fc.oneof(
  {
    arbitrary: fc.record({
      field: fc.constant('id'),
      lookup: fc.constantFrom('exact', 'gt', 'gte', 'lt', 'lte'),
      value: idNumber,
    }),
    weight: 3,
  },
  fc.record({ field: fc.constant('id'), lookup: fc.constant('in'), value: fc.array(idNumber, { maxLength: 4 }) }),
) as fc.Arbitrary<IdCondition>

export const NUMBER_FIELDS = [
  'message_count',
  'action_count',
  'feedback_count',
  'attachment_count',
  'duration',
] as const

/** What rows of these instants have, its neighbours, and what none has. */
const SECONDS = [
  ...[0, 1e-6, 2e-6, -1e-6, 0.001, 43_200, -43_200, 0.5, -1, 1e300],
  // From one end of time to the other: more microseconds than a double counts.
  ...['315537897599.999999', '-315537897599.999999', '62135596800', '251697023999.999999'].map(Number),
]
const numberOf = (field: NumberField) =>
  field === 'duration'
    ? fc.constantFrom(...SECONDS)
    : fc.oneof({ arbitrary: fc.integer({ min: 0, max: 4 }), weight: 8 }, fc.constantFrom(-1, 1.5, 99, 1e300))
const number = fc.constantFrom(...NUMBER_FIELDS).chain((field) =>
  fc.oneof(
    {
      arbitrary: fc.record({
        field: fc.constant(field),
        lookup: fc.constantFrom('exact', 'gt', 'gte', 'lt', 'lte'),
        value: numberOf(field),
      }),
      weight: 5,
    },
    fc.record({
      field: fc.constant(field),
      lookup: fc.constant('in'),
      value: fc.array(numberOf(field), { maxLength: 3 }),
    }),
    fc.record({ field: fc.constant('duration'), lookup: fc.constant('isnull'), value: fc.boolean() }),
  ),
) as fc.Arbitrary<FieldCondition>

const flag: fc.Arbitrary<FlagCondition> = fc.record({
  field: fc.constantFrom('is_marked', 'is_used', 'has_messages', 'has_action', 'has_feedback'),
  lookup: fc.constant('exact'),
  value: fc.boolean(),
})

/** A text that messages are searched for: a word, a piece of one, pieces across runs, blanks alone. */
export const pattern: fc.Arbitrary<string> = fc
  .oneof(
    { arbitrary: word, weight: 3 },
    { arbitrary: content, weight: 4 },
    fc.tuple(content, fc.nat(6), fc.nat(6)).map(([of, from, length]) => of.slice(from, from + length + 1)),
    fc.constantFrom<string>(' ', '\n', '. ', 'und', 'd, r', 'flood', 'refund, f'),
  )
  .filter(isNotEmpty)

const message = pattern.map((value): FieldCondition => ({ field: 'message', lookup: 'icontains', value }))

/** Terms, phrases, and quotes that are open or inside. */
const search = fc
  .array(
    fc.oneof(
      pattern,
      pattern.map((of) => `"${of}"`),
      fc.constantFrom(...CONVERSATION_IDS, ...LABELS.filter(isNotEmpty)),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((terms) => fc.constantFrom(' ', ',', ' , ', '\n', '').map((gap) => terms.join(gap)))
  .map((value): FieldCondition => ({ field: 'search', lookup: 'icontains', value }))

const feedback = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      field: fc.constant('feedback_sentiment'),
      lookup: fc.constant('exact'),
      value: fc.constantFrom(...SENTIMENTS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      field: fc.constant('feedback_source'),
      lookup: fc.constant('exact'),
      value: fc.constantFrom(...SOURCES),
    }),
  },
  fc.record({
    field: fc.constant('feedback'),
    lookup: fc.constant('exact'),
    value: fc.oneof(
      fc.record({ sentiment: fc.constantFrom(...SENTIMENTS), source: fc.constantFrom(...SOURCES) }),
      fc.record({ sentiment: fc.constantFrom(...SENTIMENTS) }),
      fc.record({ source: fc.constantFrom(...SOURCES) }),
    ),
  }),
) as fc.Arbitrary<FieldCondition>

/** Some of these parts, one at least. */
function partsOf(parts: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(parts, { requiredKeys: [] }).filter((some) => Object.keys(some).length > 0)
}

const sender = fc.constantFrom('end_user', 'agent')
const contains = fc.array(pattern, { maxLength: 2 })

/** One message that has several things. */
export const messageMatch = fc.oneof(
  partsOf({ sender, contains, hasAttachments: fc.boolean() }).map((value) => ({
    ...{ field: 'message', lookup: 'matches' },
    value,
  })),
  fc.record({ sender, contains: fc.tuple(pattern) }).map((value) => ({ field: 'message', lookup: 'matches', value })),
) as fc.Arbitrary<FieldCondition>

/** What terms tell of messages and runs. */
const told = fc.oneof(
  sender.map((value) => ({ field: 'message_sender', lookup: 'exact', value })),
  fc.boolean().map((value) => ({ field: 'action_failed', lookup: 'exact', value })),
) as fc.Arbitrary<FieldCondition>

/** A string that tools are asked or answer: as in messages, and pieces of JSON. */
const searchedPart = fc.oneof(
  { arbitrary: pattern, weight: 3 },
  fc.constantFrom<string>('"', ':', '":', '{', '[]', '\\', '\\u', '\\n', ',', 'null', 'true', '1', '17'),
)
const milliseconds = fc.constantFrom(0, 1, 1.005, 4.35, 500, 500.001, 60_000)
export const action = fc
  .oneof(
    partsOf({
      name: fc.oneof(
        { arbitrary: fc.array(FIELDS.action_name, { minLength: 1, maxLength: 3 }), weight: 5 },
        fc.constant([]),
      ),
      input: searchedPart,
      output: searchedPart,
      error: searchedPart,
      failed: fc.boolean(),
      longerThan: milliseconds,
      shorterThan: milliseconds,
    }),
    partsOf({ name: fc.tuple(FIELDS.action_name), failed: fc.boolean() }),
    partsOf({ input: searchedPart, longerThan: milliseconds }),
    partsOf({ failed: fc.boolean(), error: searchedPart, shorterThan: milliseconds }),
    fc.record({ output: searchedPart }),
  )
  .map((value) => ({ field: 'action', lookup: 'matches', value })) as fc.Arbitrary<FieldCondition>

const path = fc.array(fc.constantFrom(...KEYS, '1', '2'), { minLength: 1, maxLength: 3 })
const scalar = fc.constantFrom<Scalar>(...SCALARS)
const comparable = scalar.filter((value) => typeof value === 'string' || typeof value === 'number') as fc.Arbitrary<
  MetadataRangeCondition['value']
>
const metadata = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      field: fc.constant('metadata'),
      path,
      lookup: fc.constantFrom('exact', 'contains'),
      value: scalar,
    }),
  },
  fc.record({
    field: fc.constant('metadata'),
    path,
    lookup: fc.constant('in'),
    value: fc.array(scalar, { maxLength: 3 }),
  }),
  fc.record({ field: fc.constant('metadata'), path, lookup: rangeLookup, value: comparable }),
  fc.record({ field: fc.constant('metadata'), path, lookup: fc.constant('exists'), value: fc.boolean() }),
) as fc.Arbitrary<FieldCondition>

/** A condition that no text of a message has to be read for. */
export const textlessField: fc.Arbitrary<FieldCondition> = fc.oneof(
  { arbitrary: text, weight: 8 },
  { arbitrary: time, weight: 4 },
  { arbitrary: id, weight: 2 },
  { arbitrary: number, weight: 4 },
  { arbitrary: flag, weight: 3 },
  { arbitrary: feedback, weight: 4 },
  { arbitrary: metadata, weight: 5 },
  { arbitrary: told, weight: 2 },
)

export const anyField: fc.Arbitrary<FieldCondition> = fc.oneof(
  { arbitrary: textlessField, weight: 8 },
  ...[message, search, messageMatch, action],
)

/** Conditions with `or` and `not` around them. */
export function groupsOf(field: fc.Arbitrary<FieldCondition>): fc.Arbitrary<Group> {
  return fc.letrec<{ condition: Condition; group: Group }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      { arbitrary: field as fc.Arbitrary<Condition>, weight: 6 },
      { arbitrary: fc.record({ or: fc.array(tie('group'), { minLength: 1, maxLength: 3 }) }), weight: 3 },
      { arbitrary: fc.record({ not: tie('group') }), weight: 2 },
    ),
    group: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
  })).group
}

const ORDER_FIELDS = [
  ...(['started_at', 'ended_at', 'id', 'customer_id', 'is_marked', 'is_used', 'language'] as const),
  ...NUMBER_FIELDS,
]
const orderTerm = fc.constantFrom<OrderTerm>(...ORDER_FIELDS.flatMap((field): OrderTerm[] => [field, `-${field}`]))

/** Settings besides conditions, each of them there or not. */
const settings = fc.record(
  {
    orderBy: fc.array(orderTerm, { minLength: 1, maxLength: 3 }),
    lean: fc.constant(true as const),
    includeDeleted: fc.constant(true as const),
  },
  { requiredKeys: [] },
)

const paging = fc.record(
  {
    page: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom('last' as const, 1_000)),
    pageSize: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(10, 99, 100)),
  },
  { requiredKeys: [] },
)

/** Several ends of time in one group, of which the nearest count. */
export const ends: fc.Arbitrary<Group> = fc.array(
  fc.record({ field: fc.constant('started_at' as const), lookup: rangeLookup, value: instant }),
  { minLength: 2, maxLength: 3 },
)

/** One condition more often than several, which few rows meet; now and then none. */
const group = (field: fc.Arbitrary<FieldCondition>): fc.Arbitrary<Group> =>
  fc.oneof(
    { arbitrary: fc.tuple(field), weight: 6 },
    { arbitrary: fc.tuple(field).map((inner): Group => [{ not: inner }]), weight: 2 },
    { arbitrary: ends, weight: 2 },
    { arbitrary: groupsOf(field), weight: 8 },
    fc.constant<Group>([]),
  )

/** A question without a page, of conditions on these fields. */
export function specsOf(field: fc.Arbitrary<FieldCondition>): fc.Arbitrary<QuerySpec> {
  return fc.record({ where: group(field), settings }).map((it) => ({ where: it.where, ...it.settings }))
}

/** A question without a page. */
export const conditionSpec: fc.Arbitrary<QuerySpec> = specsOf(anyField)

/** A question of a page, which there may not be. */
export const pagedSpec: fc.Arbitrary<QuerySpec> = fc
  .tuple(conditionSpec, paging)
  .map(([spec, page]) => ({ ...spec, ...page }))

/** Conditions that a row meets, of most fields: all of them together still find it. */
export function conditionsMetBy(row: ConversationInput): FieldCondition[] {
  const met: FieldCondition[] = [
    { field: 'started_at', lookup: 'gte', value: row.started_at },
    { field: 'started_at', lookup: 'lte', value: row.started_at },
    { field: 'has_messages', lookup: 'exact', value: (row.messages?.length ?? 0) > 0 },
    { field: 'has_feedback', lookup: 'exact', value: (row.feedbacks?.length ?? 0) > 0 },
    { field: 'ended_at', lookup: 'isnull', value: row.ended_at == null },
  ]
  for (const field of ['conversation_id', 'name', 'customer_id', 'device', 'language', 'environment'] as const) {
    const value = row[field] ?? null
    // A short environment is compared by its long name.
    const long =
      field !== 'environment' ? value : value === 'prod' ? 'production' : value === 'dev' ? 'development' : value
    if (long !== null && long !== '') met.push({ field, lookup: 'exact', value: long })
    met.push({ field, lookup: 'isnull', value: value === null })
  }
  if (row.is_used !== null) met.push({ field: 'is_used', lookup: 'exact', value: row.is_used ?? true })
  if (row.is_marked !== null) met.push({ field: 'is_marked', lookup: 'exact', value: row.is_marked ?? false })
  for (const { sentiment } of row.feedbacks ?? [])
    met.push({ field: 'feedback_sentiment', lookup: 'exact', value: sentiment })
  for (const { content } of row.messages ?? [])
    if (content !== '') met.push({ field: 'message', lookup: 'icontains', value: content })
  return met
}
