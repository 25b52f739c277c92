/** Query strings, sound and broken: every parameter, its aliases, repeats, blanks, and names that no parameter has. */
import fc from 'fast-check'
import { anyField, groupsOf, NUMBER_FIELDS } from './questions.ts'
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
  WORDS,
} from './rows.ts'

/** A value that means something, and now and then one that does not. */
const mostly = (sound: fc.Arbitrary<string>, ...broken: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: sound, weight: 12 }, fc.constantFrom(...broken, 'x', '?'))

const among = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)

const yesOrNo = mostly(among('true', 'false', '1', '0', 'TRUE', 'fAlSe'), 'yes', 'tru', '01', 'null', '2')

const instant = mostly(
  among(...INSTANTS),
  '2024-02-30',
  '2024-01-15T24:00Z',
  '2024-01-15T12:00:60Z',
  '2024-W03',
  '2024-015',
  '2024-01',
  '2024-01-15t12:00z',
  '2024-01-15T12:00:00 01:00',
  '0001-01-01T00:00+00:01',
  '10000-01-01',
  '1705320000000',
)

const number = mostly(
  among(
    '1',
    '7',
    '+2',
    '-1',
    '03',
    '1.5',
    '2.0',
    '199',
    '9007199254740991',
    '9007199254740992',
    '9007199254740990.99',
    '0.00000000000000000001',
    '0.99999999999999999999',
    '-0.99999999999999999999',
    '43200',
    '-0.000001',
    '0.000002',
  ),
  '1e3',
  '.5',
  '5.',
  '0x1',
  '٣',
  '1 2',
)

const texts = fc.oneof(among(...WORDS, ...LABELS), content)

/** Some of these, in a comma list that may have gaps. */
const listOf = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(fc.oneof({ arbitrary: item, weight: 5 }, among('', ' ')), { maxLength: 4 }).map((items) => items.join(','))

const scalar = fc.oneof(
  among(...SCALARS.map(String)),
  among(...SCALARS.map((value) => `"${value}"`)),
  among('1.0', '1e0', '-0', '01', '1e400', '-1e400', '"', '""', '"1', 'True', '{}', '[]', 'a:b'),
)
const key = fc.constantFrom(...KEYS, '1', '2')
/** Steps plain and in quotes, and some that are malformed. */
const step = fc.oneof(
  { arbitrary: key, weight: 8 },
  { arbitrary: key.map((plain) => `"${plain}"`), weight: 4 },
  among('"', 'a"', '"a"b', '""a', '" a"'),
)
const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('.'))
const pair = fc.tuple(path, among(':', ' : ', ':'), scalar).map((parts) => parts.join(''))
const pairs = fc
  .array(fc.oneof({ arbitrary: pair, weight: 12 }, among('', 'a', ':', ' a : 1 ')), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(','))

const ordering = listOf(
  among(
    ...[
      ...['started_at', 'ended_at', 'id', 'customer_id', 'is_marked', 'is_used', 'language'],
      ...NUMBER_FIELDS,
    ].flatMap((field) => [field, `-${field}`]),
    'name',
    '--id',
    '-',
    '+id',
    'ID',
    '__proto__',
  ),
)

const where = fc.oneof(
  { arbitrary: groupsOf(anyField).map((group) => JSON.stringify(group)), weight: 6 },
  among(
    '[]',
    '{}',
    'null',
    '[',
    '"x"',
    '[[]]',
    '[{}]',
    '[{"not":[]}]',
    '[{"or":[[]]}]',
    '[{"field":"device","lookup":"exact"}]',
    '[{"field":"device","lookup":"regex","value":"x"}]',
    '[{"field":"nothing","lookup":"exact","value":"x"}]',
    '[{"field":"__proto__","lookup":"exact","value":"x"}]',
    '[{"field":"device","lookup":"toString","value":"x"}]',
    '[{"field":"is_marked","lookup":"exact","value":"true"}]',
    '[{"field":"started_at","lookup":"gte","value":"2024-02-30"}]',
    '[{"field":"metadata","lookup":"exact","path":[],"value":1}]',
    '[{"field":"feedback","lookup":"exact","value":{"sentiment":"meh"}}]',
    '[{"field":"id","lookup":"in","value":1}]',
    '[{"field":"message","lookup":"matches","value":{}}]',
    '[{"field":"message","lookup":"matches","value":{"sender":"user"}}]',
    '[{"field":"message","lookup":"matches","value":{"contains":"refund"}}]',
    '[{"field":"message","lookup":"matches","value":{"contains":[""]}}]',
    '[{"field":"message","lookup":"exact","value":"refund"}]',
    '[{"field":"message_sender","lookup":"exact","value":"user"}]',
    '[{"field":"action","lookup":"matches","value":{"name":["lookup","lookup"],"failed":null}}]',
    '[{"field":"action","lookup":"matches","value":{"longerThan":-1}}]',
    '[{"field":"action","lookup":"matches","value":{"__proto__":1}}]',
    '[{"field":"action_failed","lookup":"exact","value":1}]',
  ),
)

const TEXT_VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  conversation_id: among(...CONVERSATION_IDS, 'c'),
  customer_id: among(...LABELS),
  name: texts,
  device: among(...DEVICES),
  language: among(...LANGUAGES),
  customer_ip_address: among(...ADDRESSES, '10'),
  environment: among(...ENVIRONMENTS),
  action_name: among(...ACTIONS, 'look'),
}

const environment = mostly(among('production', 'development', 'prod', 'dev'), 'staging', 'Production', 'PROD')

/** What each filter may be given. */
const FILTERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...TEXT_VALUES,
  environment,
  env: environment,
  is_marked: yesOrNo,
  is_used: yesOrNo,
  has_messages: yesOrNo,
  has_action: yesOrNo,
  has_feedback: yesOrNo,
  started_at_after: instant,
  started_at_before: instant,
  message_contains: texts,
  message_sender: mostly(among('end_user', 'agent'), 'Agent', 'user', 'end_user,agent'),
  feedback_sentiment: mostly(among(...SENTIMENTS), 'meh', 'Positive', 'positive,negative'),
  feedback_source: mostly(among(...SOURCES), 'Customer', 'agent'),
  metadata: pairs,
  metadata_key: path,
  metadata_value: scalar,
  search: fc
    .array(
      fc.oneof(
        texts,
        texts.map((of) => `"${of}"`),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) => all.join(' ')),
  where,
}

/** What says which rows come, and how. */
const SETTINGS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  include_deleted: yesOrNo,
  full: yesOrNo,
  ordering,
  page: mostly(
    among('1', '1', '2', '3', 'last', '001'),
    '0',
    '-1',
    '+2',
    'abc',
    '1.0',
    '99999999999999999999',
    'Last',
    '٣',
  ),
  page_size: mostly(
    among('1', '2', '3', '100', '101', '1000000', '99999999999999999999', '007'),
    '0',
    '-5',
    '+2',
    '1.5',
    '٣',
  ),
}

/** Every FIELD__LOOKUP that there is. */
const PAIRS: Readonly<Record<string, fc.Arbitrary<string>>> = Object.fromEntries([
  ...Object.entries(TEXT_VALUES).flatMap(([field, value]) => [
    ...['exact', 'iexact', 'contains', 'icontains', 'startswith', 'istartswith'].map((lookup) => [
      `${field}__${lookup}`,
      value,
    ]),
    [`${field}__in`, listOf(value)],
    [`${field}__isnull`, yesOrNo],
  ]),
  ...['started_at', 'ended_at'].flatMap((field) => [
    ...['gt', 'gte', 'lt', 'lte'].map((lookup) => [`${field}__${lookup}`, instant]),
    [`${field}__isnull`, yesOrNo],
  ]),
  ...['id', ...NUMBER_FIELDS].flatMap((field) => [
    ...['exact', 'gt', 'gte', 'lt', 'lte'].map((lookup) => [`${field}__${lookup}`, number]),
    [`${field}__in`, listOf(number)],
  ]),
  ['duration__isnull', yesOrNo],
])

/** Names that no parameter has, though some look like one. */
const UNKNOWN = [
  'colour',
  'Device',
  'device__regex',
  'device__EXACT',
  'is_marked__exact',
  'id',
  'id__isnull',
  'started_at',
  'started_at__exact',
  'duration',
  'message_count__isnull',
  'duration__contains',
  'message',
  'env__exact',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty__in',
  '',
  'é',
] as const

const named = (table: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<[string, string]> =>
  fc.constantFrom(...Object.keys(table)).chain((name) => fc.tuple(fc.constant(name), table[name]!))

/** A value for each parameter that there is. */
export const everyParameter: fc.Arbitrary<Record<string, string>> = fc.record({ ...FILTERS, ...SETTINGS, ...PAIRS })

/** Parameters, some with white space around the value. */
const some = (parameter: fc.Arbitrary<[string, string]>, maxLength: number): fc.Arbitrary<[string, string][]> =>
  fc.array(
    fc
      .tuple(parameter, among('', '', '', '', ' ', '\u00a0', '\n'))
      .map(([[name, value], blank]): [string, string] => [name, `${blank}${value}${blank}`]),
    { maxLength },
  )

const blank = fc.tuple(
  fc.constantFrom(...Object.keys(FILTERS), ...Object.keys(SETTINGS), ...Object.keys(PAIRS)),
  among('', ' ', '\u00a0', '\t\n'),
)

/** Parameters of a URL, filters few, for many of them are met by no row; some repeated, in any order. */
export const parameters: fc.Arbitrary<[string, string][]> = fc
  .tuple(
    some(fc.oneof({ arbitrary: named(FILTERS), weight: 3 }, { arbitrary: named(PAIRS), weight: 2 }), 2),
    some(named(SETTINGS), 3),
    some(fc.oneof(fc.tuple(fc.constantFrom(...UNKNOWN), texts), blank), 1),
    fc.oneof(fc.constant([]), some(named(FILTERS), 3)),
    fc.option(fc.nat(4)),
    fc.boolean(),
  )
  .map(([few, settings, others, more, again, isTurned]) => {
    const all = [...few, ...settings, ...others, ...more]
    if (again !== null && all[again] !== undefined) all.push([all[again][0], all[0]![1]])
    return isTurned ? all.reverse() : all
  })

/** A query string: as browsers write it, or as a person does, with signs that are not encoded. */
export const queryString: fc.Arbitrary<string> = fc
  .tuple(parameters, fc.constantFrom('form', 'form', 'percent', 'raw'), among('', '', '?'))
  .map(([pairs, how, start]) => {
    if (how === 'form') return start + new URLSearchParams(pairs).toString()
    const encode =
      how === 'percent'
        ? (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
        : (text: string) => text.replaceAll('&', '_')
    return start + pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  })
