/** Conditions over the tiny domains of the rows: every field with every lookup. */
import fc, { type Arbitrary } from 'fast-check'
import type {
  FieldCondition,
  FlagCondition,
  IdCondition,
  InstantCondition,
  IsNullCondition,
  MetadataRangeCondition,
  NumberField,
  Scalar,
  TextField,
  TextLookup,
} from '../../query/spec.ts'
import {
  ADDRESSES,
  CONVERSATION_IDS,
  DEVICES,
  ENVIRONMENTS,
  INSTANTS,
  KEYS,
  LABELS,
  LANGUAGES,
  SCALARS,
  SENTIMENTS,
  SOURCES,
} from './domains.ts'
import { action, actionName, message, messageMatch, search, told } from './said-and-done.ts'
import { content, isNotEmpty, wanted } from './strings.ts'

const FIELDS: Readonly<Record<TextField, Arbitrary<string>>> = {
  conversation_id: wanted(...CONVERSATION_IDS, 'c', '#1', '/1'),
  customer_id: wanted(...LABELS),
  name: fc.oneof(wanted(...LABELS), content.filter(isNotEmpty)),
  device: wanted(...DEVICES, 'mob', 'app', 'flood'),
  language: wanted(...LANGUAGES),
  customer_ip_address: wanted(...ADDRESSES, '10', '0.1'),
  environment: wanted(...ENVIRONMENTS),
  action_name: actionName,
}

const textField = fc.constantFrom(...(Object.keys(FIELDS) as TextField[]))

const text: Arbitrary<FieldCondition> = textField.chain((field) => {
  const value = FIELDS[field]
  const lookups: TextLookup[] = ['exact', 'iexact', 'contains', 'icontains', 'startswith', 'istartswith']
  return fc.oneof(
    { arbitrary: fc.record({ field: fc.constant(field), lookup: fc.constantFrom(...lookups), value }), weight: 6 },
    fc.record({ field: fc.constant(field), lookup: fc.constant('in'), value: fc.array(value, { maxLength: 3 }) }),
    fc.record({ field: fc.constant(field), lookup: fc.constant('isnull'), value: fc.boolean() }),
  ) as Arbitrary<FieldCondition>
})

const instantField = fc.constantFrom('started_at', 'ended_at')
export const rangeLookup = fc.constantFrom('gt', 'gte', 'lt', 'lte')

/** An instant that rows begin at, or one between them. */
export const instant = fc.oneof(
  fc.constantFrom(...INSTANTS),
  fc.constantFrom('2024-01-15T12:00:30Z', '2024-01-15T13:17Z', '2024-01-15T15:00+01', '2024-01-15T16:00:00.5Z'),
)

const time: Arbitrary<InstantCondition | IsNullCondition> = fc.oneof(
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
) as Arbitrary<IdCondition>

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
) as Arbitrary<FieldCondition>

const flag: Arbitrary<FlagCondition> = fc.record({
  field: fc.constantFrom('is_marked', 'is_used', 'has_messages', 'has_action', 'has_feedback'),
  lookup: fc.constant('exact'),
  value: fc.boolean(),
})

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
) as Arbitrary<FieldCondition>

const path = fc.array(fc.constantFrom(...KEYS, '1', '2'), { minLength: 1, maxLength: 3 })
const scalar = fc.constantFrom<Scalar>(...SCALARS)
const comparable = scalar.filter((value) => typeof value === 'string' || typeof value === 'number') as Arbitrary<
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
) as Arbitrary<FieldCondition>

/** A condition that no text of a message has to be read for. */
export const textlessField: Arbitrary<FieldCondition> = fc.oneof(
  { arbitrary: text, weight: 8 },
  { arbitrary: time, weight: 4 },
  { arbitrary: id, weight: 2 },
  { arbitrary: number, weight: 4 },
  { arbitrary: flag, weight: 3 },
  { arbitrary: feedback, weight: 4 },
  { arbitrary: metadata, weight: 5 },
  { arbitrary: told, weight: 2 },
)

export const anyField: Arbitrary<FieldCondition> = fc.oneof(
  { arbitrary: textlessField, weight: 8 },
  ...[message, search, messageMatch, action],
)
