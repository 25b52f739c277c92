/**
 * Conditions and specs over domains that the caller chooses, canonical or as they come. `AWKWARD` holds what URLs, JSON
 * and objects treat in their own ways; `TINY` so few values that they collide.
 */
import fc from 'fast-check'
import { Query } from '../../src/index.ts'
import type { OrderTerm, QuerySpec, Scalar } from '../../src/query/spec.ts'

/** The values that conditions are made of. */
export interface Domains {
  readonly texts: fc.Arbitrary<string>
  readonly keys: fc.Arbitrary<string>
  readonly numbers: fc.Arbitrary<number>
  readonly instants: fc.Arbitrary<string>
}

/** A condition as JSON, perhaps not canonical: lists in any order, with repeats, of one value. */
export type RawCondition = Readonly<Record<string, unknown>>

const INSTANTS = [
  '2024-01-15T10:30:00Z',
  '2024-01-15 11:30:00.000000+01:00',
  '2024-01-15T10:30:00.000001Z',
  '0001-01-01',
  '9999-12-31T23:59:59.999999Z',
  '1969-12-31T23:59:59.999999Z',
]

export const TINY: Domains = {
  texts: fc.constantFrom('a', 'A', 'ab', 'b'),
  keys: fc.constantFrom('a', 'b'),
  numbers: fc.constantFrom(0, 1, 2, 1.5),
  instants: fc.constantFrom(...INSTANTS.slice(0, 3)),
}

const AWKWARD_TEXTS = [
  'a,b',
  ',',
  ' a',
  'a ',
  ' ',
  'a:b',
  ':',
  '"',
  '"a"',
  '""',
  'true',
  'null',
  '1',
  '01',
  '-0',
  '1e999',
  '1.0',
  '\ud83d',
  'a\udc00',
  '😀',
  '__proto__',
  'constructor',
  'prototype',
  'prod',
  'production',
  'development',
  'staging',
  '%41',
  'a+b',
  'a&b=c',
  '?',
  '#',
  'a.b',
  '.',
  '\ufeffa',
  'a\nb',
  '[]',
  'last',
]

export const AWKWARD: Domains = {
  texts: fc.oneof(fc.constantFrom(...AWKWARD_TEXTS), fc.string({ unit: 'binary', minLength: 1, maxLength: 4 })),
  keys: fc.oneof(fc.constantFrom('', ...AWKWARD_TEXTS), fc.string({ maxLength: 3 })),
  numbers: fc.oneof(
    fc.constantFrom(0, -0, 0.5, 1e21, 1e-7, -1, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 51 + 0.5, Number.MAX_VALUE),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
  ),
  instants: fc.oneof(
    fc.constantFrom(...INSTANTS),
    fc
      .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
      .map((at) => at.toISOString()),
  ),
}

const TEXT_FIELDS = [
  'conversation_id',
  'customer_id',
  'name',
  'device',
  'language',
  'customer_ip_address',
  'environment',
  'action_name',
]
const TEXT_LOOKUPS = ['exact', 'iexact', 'contains', 'icontains', 'startswith', 'istartswith']
const RANGES = ['gt', 'gte', 'lt', 'lte']
const NUMBER_FIELDS = ['message_count', 'action_count', 'feedback_count', 'attachment_count', 'duration']
const FLAGS = ['is_marked', 'is_used', 'has_messages', 'has_action', 'has_feedback']

/** One comparison, of any field by any lookup. */
export function rawCondition({ texts, keys, numbers, instants }: Domains): fc.Arbitrary<RawCondition> {
  const condition = (fields: readonly string[], lookups: readonly string[], value: fc.Arbitrary<unknown>) =>
    fc.record({ field: fc.constantFrom(...fields), lookup: fc.constantFrom(...lookups), value })
  const sentiment = fc.constantFrom('positive', 'neutral', 'negative')
  const source = fc.constantFrom('customer', 'platform')
  const numeric = numbers.map((value) => value + 0)
  const scalar: fc.Arbitrary<Scalar> = fc.oneof(texts, fc.constant(''), numeric, fc.boolean(), fc.constant(null))
  const list = (item: fc.Arbitrary<unknown>) => fc.array(item, { maxLength: 4 })
  const sender = fc.constantFrom('end_user', 'agent')
  const some = fc.oneof(texts, list(texts))
  const milliseconds = numbers.map((value) => Math.abs(value))
  const partsOf = (parts: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
    fc.record(parts, { requiredKeys: [] }).filter((it) => Object.keys(it).length > 0)
  const metadata = (lookups: readonly string[], value: fc.Arbitrary<unknown>) =>
    fc.record({
      field: fc.constant('metadata'),
      path: fc.array(keys, { minLength: 1, maxLength: 3 }),
      lookup: fc.constantFrom(...lookups),
      value,
    })
  return fc.oneof(
    { arbitrary: condition(TEXT_FIELDS, TEXT_LOOKUPS, texts), weight: 6 },
    { arbitrary: condition(TEXT_FIELDS, ['in'], list(texts)), weight: 3 },
    condition([...TEXT_FIELDS, 'started_at', 'ended_at'], ['isnull'], fc.boolean()),
    { arbitrary: condition(['started_at', 'ended_at'], RANGES, instants), weight: 2 },
    { arbitrary: condition(['id'], ['exact', ...RANGES], numbers), weight: 2 },
    condition(['id'], ['in'], list(numbers)),
    { arbitrary: condition(NUMBER_FIELDS, ['exact', ...RANGES], numbers), weight: 2 },
    condition(NUMBER_FIELDS, ['in'], list(numbers)),
    condition(['duration'], ['isnull'], fc.boolean()),
    condition(FLAGS, ['exact'], fc.boolean()),
    { arbitrary: condition(['message', 'search'], ['icontains'], texts), weight: 2 },
    condition(['message_sender'], ['exact'], sender),
    {
      arbitrary: condition(['message'], ['matches'], partsOf({ sender, contains: some, hasAttachments: fc.boolean() })),
      weight: 2,
    },
    condition(['message'], ['matches'], fc.record({ sender, contains: texts })),
    condition(['action_failed'], ['exact'], fc.boolean()),
    {
      arbitrary: condition(
        ['action'],
        ['matches'],
        partsOf({
          ...{ name: some, input: texts, output: texts, error: texts, failed: fc.boolean() },
          ...{ longerThan: milliseconds, shorterThan: milliseconds },
        }),
      ),
      weight: 2,
    },
    condition(['feedback_sentiment'], ['exact'], sentiment),
    condition(['feedback_source'], ['exact'], source),
    condition(
      ['feedback'],
      ['exact'],
      fc.oneof(fc.record({ sentiment }), fc.record({ source }), fc.record({ source, sentiment })),
    ),
    { arbitrary: metadata(['exact'], scalar), weight: 4 },
    metadata(['contains'], scalar),
    metadata(['in'], list(scalar)),
    metadata(RANGES, fc.oneof(texts, numeric)),
    metadata(['exists'], fc.boolean()),
  )
}

/** A list of conditions with `or` and `not` in them, nested. */
export function rawGroup(domains: Domains): fc.Arbitrary<readonly RawCondition[]> {
  return fc.letrec<{ node: RawCondition; group: RawCondition[] }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      { arbitrary: rawCondition(domains), weight: 5 },
      { arbitrary: fc.record({ or: fc.array(tie('group'), { minLength: 1, maxLength: 3 }) }), weight: 1 },
      { arbitrary: fc.record({ not: tie('group') }), weight: 1 },
    ),
    group: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
  })).group
}

const ORDER_TERMS = [
  ...['started_at', 'ended_at', 'id', 'customer_id', 'is_marked', 'is_used', 'language'],
  ...NUMBER_FIELDS,
].flatMap((field) => [field, `-${field}`]) as OrderTerm[]

/** What a spec says besides its conditions, each of it there or not. */
export const rawSettings = fc.record(
  {
    orderBy: fc.array(fc.constantFrom(...ORDER_TERMS), { minLength: 1, maxLength: 4 }),
    page: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant('last'), fc.constant(Number.MAX_SAFE_INTEGER)),
    // More is an error of code, in a store that is not told of another maximum.
    pageSize: fc.integer({ min: 1, max: 100 }),
    lean: fc.boolean(),
    includeDeleted: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** A canonical spec over these domains. */
export function spec(domains: Domains): fc.Arbitrary<QuerySpec> {
  return fc
    .tuple(fc.oneof({ arbitrary: rawGroup(domains), weight: 9 }, fc.constant([])), rawSettings)
    .map(([where, settings]) => Query.fromSpec({ where, ...settings }).spec)
}
