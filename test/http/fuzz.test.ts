/**
 * Requests of every kind, most of them broken in some way: never a 500, never a word of what is inside, every answer in the
 * API's shape, and never a change by a request that failed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHandler, type OneAgentOptions } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { queryString } from '../arbitraries/wire.ts'
import { inSegments } from '../in-segments.ts'
import { READ_KEY, UNKNOWN_KEY, WRITE_KEY } from './blackbox/world.ts'
import { type FormPart, multipart } from './clients/python.ts'

type Handler = (request: Request) => Promise<Response>

/** Ten requests for each of the runs: 2,000 by default, 10,000 in CI (`FC_RUNS=1000`); in a soak one for each. */
const REQUESTS = 20
const given = fc.readConfigureGlobal().numRuns!
const RUNS = Math.ceil((given >= 100_000 ? given : given * 10) / REQUESTS)

// What is asked

/** A request, before it is one: plain data, so that a counterexample can be read. */
interface Plan {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body | null
}

type Body =
  | { readonly text: string }
  | { readonly bytes: readonly number[] }
  /** Comes in pieces, and ends or breaks. */
  | { readonly pieces: readonly string[]; readonly breaks: boolean }

const among = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
/** What is sound mostly, and now and then what is not. */
const sound = (values: readonly unknown[], ...broken: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: fc.constantFrom(...values), weight: 8 }, fc.constantFrom(...broken))
/** The first mostly, else one of the others. */
const mostly = <T>(first: fc.Arbitrary<T>, ...others: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: first, weight: 4 * others.length }, ...others)

const PKS = ['1', '1', '2', '2', '3', '0', '-1', '01', '1.0', '1e0', '9007199254740993', '99999999999999999999']
const STRANGE_PKS = [
  '٣',
  '__proto__',
  'constructor',
  '%31',
  '%',
  '%zz',
  '%00',
  '%2F',
  '%E0%A4%A',
  '..',
  '.',
  '1;x',
  ' 1',
]
const pk = mostly(among(...PKS), among(...STRANGE_PKS))

const ROUTES = [
  '/api/conversations/',
  '/api/conversations/lookup/',
  '/api/conversations/metadata-keys/',
  '/api/conversations/message-metadata-keys/',
  '/api/conversations/metadata-values/',
  '/api/conversations/PK/',
  '/api/conversations/PK/attachments/',
  '/api/conversations/PK/rename/',
  '/api/conversations/PK/mark/',
  '/api/conversations/PK/update/',
  '/api/conversations/PK/delete/',
  '/api/conversations/PK/restore/',
  '/api/track/',
  '/api/track/PK/',
  '/api/action_logs/',
  '/api/buttons/',
  '/api/attachments/',
  '/api/conversation-feedbacks/',
  '/api/feedbacks/',
  '/api/feedbacks/PK/',
  '/api/files/PK/',
  '/api/me/',
  '/api/ingest/',
  '/api/spans/',
  '/api/spans/PK/',
  '/api/traces/PK/',
  '/api/token-usage/',
  '/api/token-usage/summary/',
  '/api/actions/',
  '/api/actions/PK/',
  '/api/actions/PK/logs/',
  '/api/tickets/',
  '/api/tickets/PK/',
  '/api/tickets/PK/comments/',
  '/api/imports/schema/',
  '/api/imports/PK/',
  '/api/nothing/',
  '/api/',
  '/',
  '/favicon.ico',
] as const

const path = fc.tuple(among(...ROUTES), pk).map(([route, id]) => route.replace('PK', id))
const strangePath = fc
  .tuple(path, among('no slash', 'two slashes', 'upper', 'escaped', 'more', 'long', 'base'))
  .map(([sound, how]) => {
    const CHANGES: Readonly<Record<typeof how, string>> = {
      'no slash': sound.slice(0, -1),
      'two slashes': sound.replace('/api/', '/api//'),
      upper: sound.toUpperCase(),
      escaped: sound.replaceAll('a', '%61').replaceAll('i', '%69'),
      more: `${sound}%F0%9F%98%80/\ud83d/`,
      long: `${sound}${'x'.repeat(70_000)}/`,
      base: `/mock${sound}`,
    }
    return CHANGES[how]
  })

const query = fc.oneof(
  { arbitrary: fc.constant(''), weight: 4 },
  { arbitrary: queryString.map((text) => `?${text}`), weight: 2 },
  among(
    '?conversation_id=one',
    '?conversation_id=two&include_deleted=true',
    '?key=a.b',
    '?key=__proto__',
    '?key=',
    '?kind=agent',
    '?kind=product',
    '?has_comment=x&created_at_after=y&env=z',
    '?conversation=abc',
    '?conversation=1e999',
    '?ordering=-kind,created_at,nothing',
    '?comment_contains=%ff&search=%',
    '?include_tickets=1&ticket_status=open&ticket_status=x',
    '?include_tickets=&has_ticket=true',
    '?status=open&status=ok&priority=high&tags=a,,b&has_feedback=1',
    '?payload=true&kind=tool&trace_id=t&ordering=-duration_ms,x',
    '?group_by=day&currency=eur&incomplete=false&environment=prod',
    '?group_by=__proto__',
    '?name__icontains=%00&display_name=x',
    `?${'a=1&'.repeat(1_001)}`,
    `?name=${'x'.repeat(70_000)}`,
    '?__proto__=1&constructor=2&page_size=0&page=last',
  ),
)

const TIMES = ['2026-08-01T10:00:00.123456+00:00', '2026-08-01', '2026-08-02 10:00', null]
const NAMES = ['one', 'two', 'new', 'None', '', '\ud83d', '__proto__', 'x'.repeat(256)]

/** Values that a field may have been meant to have, and others. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  {
    arbitrary: among<unknown>(null, true, false, 0, 1, -1, 1.5, 1e21, 2 ** 53, '', ' ', 'x', '1', '0', [], {}, [1]),
    weight: 4,
  },
  {
    arbitrary: among<unknown>(...TIMES, '2026-02-30', 'x'.repeat(5_001), '\ud83d', '😀', '\u0000', { a: { b: 1 } }),
    weight: 2,
  },
  fc.jsonValue({ maxDepth: 3 }),
)

const metadata = fc.oneof(
  { arbitrary: among<unknown>({}, null, { a: 1 }, { a: { b: [1, { c: null }] } }, { 'a.b': '', '': 0 }), weight: 12 },
  among<unknown>([], 'x', '{"a":1}', '{'),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown),
)

const named = {
  timestamp: sound([...TIMES, '9999-12-31T23:59:59.999999Z', '0001-01-01'], 'nonsense', 5),
  conversation: sound([null, null, 1, '1', 2, '2', 0, 'None'], 99, '99', -1, 1.5, true, [1]),
  conversation_id: sound(
    NAMES.filter((name) => name !== '' && name.length < 256),
    null,
    '',
    'x'.repeat(256),
    5,
  ),
  metadata,
}
const sentiment = sound(['positive', 'neutral', 'negative'], 'meh', null)
const files = fc.array(
  fc.record(
    {
      filename: sound(['a.txt', 'é😀.png', '../../etc', 'a\r\nb"', '\ud83d'], '', null, 5, 'x'.repeat(1_000)),
      mime_type: sound(['text/plain', 'image/png', 'nonsense', 'text/html\r\nX: y'], '', null, 5),
      data: sound(['YQ==', 'YW\nJj', ''], 'YQ', '*', null, 5, 'data:text/plain;base64,YQ==', 'A'.repeat(9_000)),
    },
    { requiredKeys: ['data'] },
  ),
  { maxLength: 3 },
)

const attribute = fc
  .oneof(
    fc.tuple(
      among('turn.id', 'tool.name', 'tool.arguments', 'tool.error', 'message.metadata', 'llm.usage_reported'),
      among<unknown>(
        's1',
        's2',
        '{"a":1}',
        '{',
        '\ud83d',
        `${'['.repeat(200)}${']'.repeat(200)}`,
        '1e999',
        false,
        7,
        null,
      ),
    ),
    fc.tuple(among('turn.complete'), among<unknown>(true, true, false, 'true')),
    fc.tuple(among('x'), strange),
  )
  .map(([name, value]): [string, unknown] => [`agentsight.${name}`, value])
const attributes = fc.array(attribute, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))
const anySpan = fc.record(
  {
    span_id: sound(['s1', 's2', 's3'], '', null, 5),
    trace_id: sound(['t', '__proto__'], null),
    name: sound(['find', 'pay'], null),
    started_at: sound([TIMES[0], TIMES[2], '9999-12-31T23:59:59Z'], null, 'x'),
    parent_span_id: among<unknown>(null, 's1', 's2', 's3', 5),
    kind: among<unknown>('turn', 'tool', 'llm', 'conversation', 'x', null, 7),
    ended_at: among<unknown>(...TIMES, 'x', 5),
    duration_ms: among<unknown>(1, null, -1, 'x'),
    status: among<unknown>('ok', 'x', null),
    attributes: fc.oneof({ arbitrary: attributes, weight: 9 }, strange),
    events: fc.oneof(
      fc.array(
        fc.record({
          name: among('agentsight.message', 'exception'),
          timestamp: sound([TIMES[0]], null, 'x'),
          attributes: fc.record({
            'agentsight.message.sender': sound(['agent', 'end_user'], 'x', null),
            'agentsight.message.content': sound(['hi', '\ud83d', ''], null, 5),
          }),
        }),
        { maxLength: 2 },
      ),
      strange,
    ),
  },
  { requiredKeys: ['span_id', 'trace_id', 'name', 'started_at', 'kind', 'attributes'] },
)
const spanBlock = fc.record(
  {
    conversation_id: named.conversation_id,
    spans: fc.oneof({ arbitrary: fc.array(anySpan, { maxLength: 4 }), weight: 9 }, strange),
    metadata,
    environment: sound([null, 'prod'], 'x', 5),
    customer_ip_address: sound([null, '::1'], 'x'),
    name: sound([null, 'n'], 5),
    is_used: strange,
    future: strange,
  },
  { requiredKeys: ['conversation_id', 'spans'] },
)

/** What the routes read. */
const BODIES: readonly fc.Arbitrary<object>[] = [
  fc.record({
    timestamp: named.timestamp,
    conversation_id: named.conversation_id,
    environment: sound([null, 'prod', ' DEV '], 'staging'),
    name: among<unknown>(null, 'n', '\ud83d'),
    device: sound([null, 'mobile'], 5),
    metadata,
    is_used: among<unknown>(true, false, null),
  }),
  fc.record({ ...named, content: sound(['hello', '\ud83d'], ''), sender: sound(['agent', 'end_user'], 'robot') }),
  fc.record(
    {
      ...named,
      action_name: sound(['find', 'token_usage', '__proto__'], '', ' ', 7),
      started_at: named.timestamp,
      duration_ms: sound([1, 0.5], -1, '1', 1e308),
      tools_used: metadata,
      response: sound(['r', null], {}),
      error_msg: sound(['e', null], 5),
    },
    { requiredKeys: ['action_name', 'conversation_id'] },
  ),
  fc.record({ ...named, button_event: among<unknown>('click', null), label: sound(['L'], ''), value: strange }),
  fc.record(
    {
      ...named,
      attachments: files,
      mode: sound(['base64'], 'x'),
      sender: sound(['agent'], 'x'),
      message: sound([1, '1', null], 99),
    },
    { requiredKeys: ['attachments', 'sender', 'conversation_id'] },
  ),
  fc.record(
    {
      kind: sound(['conversation', 'agent'], 'product', 'x'),
      agent: sound([1], '1', 2),
      sentiment,
      comment: sound(['c', '', null], 5, 'x'.repeat(5_001)),
      conversation_id: named.conversation_id,
    },
    { requiredKeys: ['kind', 'sentiment', 'conversation_id'] },
  ),
  fc.record(
    { sentiment, comment: among<unknown>('c', '', null), environment: sound(['prod'], 'x', null) },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      name: sound(['N'], ' ', '', null, 'x'.repeat(256)),
      is_marked: sound([true, false], 'true', 1, null, 'x'),
      customer_id: sound(['c', null], 5),
      language: sound(['de', null], 5),
      metadata,
    },
    { requiredKeys: ['name', 'is_marked', 'metadata'] },
  ),
  fc.record(
    {
      kind: among('message'),
      message: sound([1, '1', 2], 99, null, 'x'),
      sentiment,
      comment: among<unknown>('c', null),
      topic: sound(['t', null], 5, 'x'.repeat(51)),
      reason: sound(['r', null], {}),
    },
    { requiredKeys: ['kind', 'message', 'sentiment'] },
  ),
  fc.record(
    {
      title: sound(['T', ' T '], ' ', '', 5, 'x'.repeat(256)),
      status: sound(['open', 'done'], 'x', null),
      priority: sound(['high', null], 'x'),
      tags: sound([[], ['a']], 'a', [1], null),
      environment: sound([null, 'dev'], 'x'),
      conversation_id: sound([null, 1, '2'], 99, 'one', 1.5),
      feedback_id: sound([null, 1], 99, 'x'),
      body: sound(['b'], ' '),
      display_name: sound(['D', null], 5),
      description: sound(['d', null], []),
      name: sound(['find', 'pay'], '', ' '),
    },
    { requiredKeys: ['title'] },
  ),
  fc.record({ sdk: among<unknown>(null, {}), conversations: fc.array(fc.oneof(spanBlock, strange), { maxLength: 3 }) }),
]

/** Sound, or with one field that is gone, strange or new. */
const json = fc
  .tuple(
    fc.oneof(...BODIES),
    fc.option(fc.tuple(fc.nat(), among('gone', 'strange', 'new'), strange, among('__proto__', 'x', 'id', 'agent')), {
      freq: 3,
    }),
  )
  .map(([sound, change]) => {
    if (change === null) return sound
    const [at, how, value, name] = change
    const entries = Object.entries(sound)
    const spot = entries.length === 0 ? 0 : at % entries.length
    if (how === 'new') entries.push([name, value])
    else if (how === 'gone') entries.splice(spot, 1)
    else if (entries[spot]) entries[spot] = [entries[spot][0], value]
    return Object.fromEntries(entries)
  })

const nested = (levels: number) =>
  `{"conversation_id":"one","content":"x","sender":"agent","metadata":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`

const BROKEN_TEXTS = [
  '',
  ' ',
  '{',
  '[]',
  'null',
  '"x"',
  '1e999',
  '{"a":1}{',
  "{'a':1}",
  '{"a":NaN}',
  '{"a":1,}',
  '{"is_marked":1e999,"name":1e999}',
  '{"content":"\\ud83d","sender":"agent","conversation_id":"one"}',
  '{"content":"x","sender":"agent","conversation_id":"one","metadata":{"a":1e999}}',
  '{"content":"x","sender":"agent","conversation_id":"one","metadata":{"a":-0,"a":1}}',
  '{"__proto__":{"conversation_id":"one","content":"x","sender":"agent"}}',
  '\ufeff{"is_marked":true}',
  nested(90),
  nested(97),
  nested(101),
  nested(5_000),
  '['.repeat(100_000),
  `{"name":"${'x'.repeat(20_000)}"}`,
  `{"metadata":{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":1`).join()}}}`,
]

const form = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.tuple(among('conversation', 'message'), among('1', '2', '99', 'x', '')),
        fc.tuple(among('timestamp'), among('2026-08-01T10:00:00+00:00', 'x')),
        fc.tuple(among('sender', 'mode'), among('agent', 'form_data', 'x')),
        fc.tuple(among('metadata'), among('{}', '{"a":1}', '{', '[]', '')),
        fc.tuple(
          among('attachment_0', 'attachment_1', 'x', '__proto__'),
          fc.record({
            filename: among('a.txt', 'é"\n.png', ''),
            mime_type: among('text/plain', 'image/png', 'x y'),
            data: fc.uint8Array({ maxLength: 20 }),
          }),
        ),
      ) as fc.Arbitrary<FormPart>,
      { maxLength: 6 },
    ),
    mostly(among('sound'), among('cut', 'no boundary', 'other boundary', 'garbage')),
  )
  .map(([parts, how]): { type: string; body: Body } => {
    const { body, type } = multipart([['conversation', '1'], ...parts])
    const bytes = Array.from(body)
    if (how === 'cut') bytes.length = Math.floor(bytes.length / 2)
    if (how === 'garbage') bytes.splice(3, 9, 0, 255, 13, 10)
    const types: Readonly<Record<string, string>> = {
      'no boundary': 'multipart/form-data',
      'other boundary': `${type}x`,
    }
    return { type: types[how] ?? type, body: { bytes } }
  })

const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  '',
  'application/x-www-form-urlencoded',
  'x',
]

const content: fc.Arbitrary<{ type: string; body: Body | null }> = fc.oneof(
  {
    arbitrary: fc.record({
      type: fc.constant('application/json'),
      body: json.map((it) => ({ text: JSON.stringify(it) })),
    }),
    weight: 8,
  },
  { arbitrary: form, weight: 2 },
  fc.record({ type: among(...TYPES, 'multipart/form-data; boundary=x'), body: fc.constant(null) }),
  fc.record({
    type: among(...TYPES, 'multipart/form-data; boundary='),
    body: json.map((it) => ({ text: JSON.stringify(it) })),
  }),
  fc.record({ type: among(...TYPES), body: among(...BROKEN_TEXTS).map((text) => ({ text })) }),
  fc.record({ type: among(...TYPES), body: fc.uint8Array({ maxLength: 40 }).map((it) => ({ bytes: Array.from(it) })) }),
  fc.record({
    type: among(...TYPES),
    body: fc.record({ pieces: json.map((it) => JSON.stringify(it).match(/.{1,30}/gsu) ?? []), breaks: fc.boolean() }),
  }),
)

const AUTHORIZATIONS = ['', `Api-Key ${READ_KEY}`, `Api-Key ${UNKNOWN_KEY}`, 'Api-Key', 'Bearer x', 'Api-Key __proto__']
const otherHeaders = fc.oneof(
  { arbitrary: fc.constant({}), weight: 6 },
  among<Record<string, string>>(
    { origin: 'https://evil.example' },
    { origin: 'https://app.example.com', 'access-control-request-method': 'PATCH' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { accept: 'text/html', 'accept-encoding': 'br' },
    { 'content-length': '99999999999' },
    { 'content-length': 'x' },
    { 'content-encoding': 'gzip' },
    { 'if-none-match': '*', range: 'bytes=0-0' },
    { 'x-forwarded-host': 'evil.example', 'x-http-method-override': 'DELETE' },
    { host: 'evil.example' },
  ),
)

const method = fc.oneof(
  { arbitrary: among('POST', 'POST', 'POST', 'PATCH', 'GET', 'DELETE'), weight: 12 },
  among('HEAD', 'OPTIONS', 'PUT', 'PROPFIND', 'patch', 'X-Y'),
)

/** Bodies go where they are read as often as not: at random few requests would do anything. */
const anyPlan = fc.tuple(
  method,
  mostly(path, strangePath),
  query,
  content,
  mostly(fc.constant(`Api-Key ${WRITE_KEY}`), among(...AUTHORIZATIONS)),
  otherHeaders,
)

const HOMES: readonly (readonly [method: string, path: string, bodies: readonly number[]])[] = [
  ['POST', '/api/conversations/', [0]],
  ['POST', '/api/track/', [1]],
  ['POST', '/api/action_logs/', [2]],
  ['POST', '/api/buttons/', [3]],
  ['POST', '/api/attachments/', [4]],
  ['POST', '/api/feedbacks/', [5]],
  ['POST', '/api/conversation-feedbacks/', [5]],
  ['PATCH', '/api/feedbacks/PK/', [6]],
  ['PATCH', '/api/conversations/PK/update/', [7]],
  ['PATCH', '/api/conversations/PK/rename/', [7]],
  ['POST', '/api/conversations/PK/mark/', [7]],
  ['PATCH', '/api/track/PK/', [7]],
  ['DELETE', '/api/conversations/PK/delete/', []],
  ['POST', '/api/conversations/PK/restore/', []],
  ['DELETE', '/api/feedbacks/PK/', []],
  ['POST', '/api/feedbacks/', [8]],
  ['PATCH', '/api/feedbacks/PK/', [8]],
  ['POST', '/api/tickets/', [9]],
  ['PATCH', '/api/tickets/PK/', [9]],
  ['POST', '/api/tickets/PK/comments/', [9]],
  ['DELETE', '/api/tickets/PK/', []],
  ['POST', '/api/actions/', [9]],
  ['PATCH', '/api/actions/PK/', [9]],
  ['POST', '/api/ingest/', [10]],
  ['POST', '/api/ingest/', [10]],
]
const soundPlan = fc.constantFrom(...HOMES).chain(([method, path, bodies]) =>
  fc.tuple(
    fc.constant(method),
    among('1', '2', '3').map((id) => path.replace('PK', id)),
    fc.constant(''),
    (bodies.length === 0 ? fc.constant(null) : fc.oneof(...bodies.map((at) => BODIES[at]!))).map((it) => ({
      type: 'application/json',
      body: it === null ? null : { text: JSON.stringify(it) },
    })),
    fc.constant(`Api-Key ${WRITE_KEY}`),
    fc.constant({}),
  ),
)
/** Reads of what is there. `FILE` is a file that is. */
const READS = [
  '/api/conversations/',
  '/api/conversations/1/',
  '/api/conversations/2/attachments/',
  '/api/conversations/lookup/',
  '/api/conversations/metadata-keys/',
  '/api/conversations/metadata-values/',
  '/api/feedbacks/',
  '/api/feedbacks/1/',
  '/api/track/1/',
  '/api/files/FILE/',
  '/api/me/',
  '/api/spans/',
  '/api/spans/1/',
  '/api/traces/t/',
  '/api/token-usage/',
  '/api/token-usage/summary/',
  '/api/actions/',
  '/api/actions/1/logs/',
  '/api/tickets/',
  '/api/tickets/1/',
  '/api/tickets/1/comments/',
  '/api/imports/limits/',
]
const readPlan = fc.tuple(
  among('GET', 'GET', 'HEAD'),
  among(...READS),
  query,
  fc.constant({ type: 'application/json', body: null }),
  among(...AUTHORIZATIONS, ...Array(6).fill(`Api-Key ${READ_KEY}`)),
  otherHeaders,
)
const formPlan = form.map((it) => ['POST', '/api/attachments/', '', it, `Api-Key ${WRITE_KEY}`, {}] as const)

const plan: fc.Arbitrary<Plan> = fc
  .oneof(
    { arbitrary: anyPlan, weight: 4 },
    { arbitrary: soundPlan, weight: 6 },
    { arbitrary: readPlan, weight: 2 },
    { arbitrary: formPlan, weight: 1 },
  )
  .map(([method, path, query, { type, body }, authorization, others]) => ({
    method,
    target: `${path}${query}`,
    headers: {
      ...others,
      ...(type !== '' && { 'content-type': type }),
      ...(authorization !== '' && { authorization }),
    },
    body: method === 'GET' || method === 'HEAD' ? null : body,
  }))

function requestOf({ method, target, headers, body }: Plan): Request {
  const init = { method, headers, ...(body !== null && { body: payloadOf(body), duplex: 'half' as const }) }
  return new Request(`http://localhost${target}`, init)
}

function payloadOf(body: Body): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if ('text' in body) return body.text
  if ('bytes' in body) return Uint8Array.from(body.bytes)
  const pieces = body.pieces.map((piece) => new TextEncoder().encode(piece))
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift()
      if (piece !== undefined) controller.enqueue(piece)
      else if (body.breaks) controller.error(new Error('the connection broke'))
      else controller.close()
    },
  })
}

// What is asked of it

const ROWS: readonly ConversationInput[] = [
  {
    conversation_id: 'one',
    started_at: '2026-08-01T10:00:00Z',
    metadata: { a: { b: 1 } },
    messages: [
      { id: 1, content: 'hello', sender: 'end_user', timestamp: '2026-08-01T10:00:00Z', metadata: { m: 1 } },
      { content: 'no id, no time', sender: 'agent', action_name: 'find', attachments: null },
    ],
    feedbacks: [
      { id: 1, sentiment: 'positive' },
      { sentiment: 'negative', source: 'platform' },
    ],
  },
  { conversation_id: 'two', started_at: '2026-08-02', is_deleted: true, environment: 'staging' },
]

const OPTIONS: readonly OneAgentOptions[] = [
  {},
  {},
  {},
  {},
  {},
  {},
  { strict: true, environments: ['staging'] },
  { cors: ['https://app.example.com'], baseUrl: 'https://api.example.com', pageSize: 1 },
  { basePath: '/mock' },
  { readOnly: true },
  {
    limits: {
      bodyBytes: 400,
      files: 1,
      attachmentBytes: 8,
      metadataPaths: 3,
      jsonDepth: 4,
      parameters: 3,
      urlBytes: 300,
      spans: 2,
      tickets: 1,
      comments: 1,
      actions: 2,
      ingestValues: 60,
    },
  },
]

/** A handler under test. */
interface World {
  readonly store: ConversationStore
  readonly handler: Handler
  readonly request: (plan: Plan) => Request
}

/** A handler with a little in it, a file too, and a clock that stands. */
async function begin(options: OneAgentOptions): Promise<World> {
  const { basePath = '' } = options
  const store = ConversationStore.from(structuredClone(ROWS), inSegments(4, 2))
  const handler = createHandler(store, {
    keys: { [WRITE_KEY]: 'write', [READ_KEY]: 'read' },
    now: () => new Date('2026-08-03T00:00:00Z'),
    ...options,
  })
  const first = await handler(requestOf({ ...UPLOAD, target: `${basePath}${UPLOAD.target}` }))
  expect([200, 201, 403]).toContain(first.status)
  const url = store.get('one')!.messages.length < 3 ? '' : await fileUrl(handler, basePath)
  const file = /files\/([^/]+)\//.exec(url)?.[1] ?? 'none'
  const request = (plan: Plan): Request => {
    const target = plan.target.replace('FILE', file)
    return requestOf({ ...plan, target: target.startsWith('/mock') ? target : `${basePath}${target}` })
  }
  return { store, handler, request }
}

const UPLOAD: Plan = {
  method: 'POST',
  target: '/api/attachments/',
  headers: { authorization: `Api-Key ${WRITE_KEY}`, 'content-type': 'application/json' },
  body: {
    text: '{"conversation_id":"one","sender":"agent","attachments":[{"filename":"f.png","mime_type":"image/png","data":"YWI="}]}',
  },
}

async function read(handler: Handler, target: string): Promise<string> {
  const request = new Request(`http://localhost${target}`, { headers: { authorization: `Api-Key ${READ_KEY}` } })
  const response = await handler(request)
  if (response.status !== 200) throw new Error(`${target} is ${response.status}: ${await response.text()}`)
  return response.text()
}

async function fileUrl(handler: Handler, basePath: string): Promise<string> {
  const { attachments } = JSON.parse(await read(handler, `${basePath}/api/conversations/1/attachments/`))
  return String(attachments[0].file_url)
}

const ROWS_AND_FEEDBACK = [
  'conversations/?include_deleted=true&page_size=100',
  'feedbacks/?page_size=100',
  'tickets/?page_size=100',
  'spans/?page_size=100&payload=true',
]
const ALL = [
  ...ROWS_AND_FEEDBACK,
  'token-usage/?page_size=100',
  'actions/?page_size=100',
  'conversations/metadata-keys/',
  'conversations/message-metadata-keys/',
  'me/',
]

/** What a reader can see. Where files are to be had is opaque, and so left out. */
async function readable(
  { handler }: World,
  { basePath = '' }: OneAgentOptions,
  paths: readonly string[],
): Promise<string> {
  const texts: string[] = []
  for (const path of paths) texts.push(await read(handler, `${basePath}/api/${path}`))
  return texts.join('\n').replace(/"file_url":"[^"]*"/g, '"file_url":""')
}

/** What nobody outside needs to read. */
const INTERNAL =
  /\n\s+at |node_modules|node:internal|\.[cm]?[jt]s:\d|TypeError|RangeError|SyntaxError|ReferenceError|Cannot read|is not a function|is not iterable|Unexpected (token|end)|at position \d|\[object |undefined/

const isText = (value: unknown) => typeof value === 'string' || value === true

/** Whether this tells of a block of a batch. */
function isBlock(part: unknown): part is { readonly errors: object } {
  return typeof part === 'object' && part !== null && 'index' in part
}

async function expectSound(plan: Plan, response: Response): Promise<void> {
  const { status, headers } = response
  expect(status, 'status').toBeLessThan(500)
  expect(status, 'status').toBeGreaterThanOrEqual(200)
  expect([301, 302, 303, 307, 308]).not.toContain(status)
  const text = await response.text()
  if (plan.method === 'HEAD' || status === 204) {
    expect(text).toBe('')
    return
  }
  const type = headers.get('content-type') ?? ''
  if (!type.startsWith('application/json')) {
    expect([status, plan.method]).toEqual([200, 'GET'])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toBe('sandbox')
    return
  }
  const body: unknown = JSON.parse(text)
  // The one answer that is a list.
  if (Array.isArray(body) && status === 200 && /\/actions\/[^?]+\/logs\//.test(plan.target)) return
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error(`no object: ${text}`)
  expect(text).not.toContain(WRITE_KEY)
  if (status < 400) return
  expect(text).not.toMatch(INTERNAL)
  const values = Object.values(body)
  expect(values.length).toBeGreaterThan(0)
  for (const value of values) {
    const texts = [value].flat().map((part) => (isBlock(part) ? part.errors : part))
    if (
      texts.length === 0 ||
      !texts.flatMap((one) => (typeof one === 'object' ? Object.values(one).flat() : one)).every(isText)
    )
      throw new Error(`no texts: ${text}`)
  }
  if (status === 405) expect(headers.get('allow')).toBeTruthy()
}

async function run(plans: readonly Plan[], options: OneAgentOptions): Promise<void> {
  const world = await begin(options)
  // Hears only what succeeded. In the end both must be the same, the ids that come next too.
  const shadow = await begin(options)
  let seen = await readable(world, options, ROWS_AND_FEEDBACK)
  for (const plan of plans) {
    const rows = [...world.store]
    const response = await world.handler(world.request(plan))
    const { status } = response
    await expectSound(plan, response)
    const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(plan.method)
    if (isRead || status >= 400) expectSameRows([...world.store], rows, status)
    if (isRead) {
      // A definition that only rows have gets its id when it is read.
      if (status < 400) await shadow.handler(shadow.request(plan))
      continue
    }
    const after = await readable(world, options, ROWS_AND_FEEDBACK)
    if (status >= 400) expect(after, `what can be read after a ${status}`).toBe(seen)
    else await shadow.handler(shadow.request(plan))
    seen = after
  }
  for (const { handler, request } of [world, shadow]) await handler(request(LAST))
  const without = await readable(shadow, options, ALL)
  expect(without, 'without the requests that failed').toBe(await readable(world, options, ALL))
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
}

function expectSameRows(now: readonly object[], before: readonly object[], status: number): void {
  expect(now.length).toBe(before.length)
  for (const [i, row] of now.entries())
    if (row !== before[i]) expect(row, `row ${i} after a ${status}`).toEqual(before[i])
}

/** Takes an id of every kind. */
const LAST: Plan = {
  ...UPLOAD,
  body: {
    text: '{"conversation_id":"the last one","sender":"agent","attachments":[{"filename":"f","mime_type":"x","data":""}]}',
  },
}

describe('any request', () => {
  test('is answered in the shape of the API, and changes nothing if it fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: REQUESTS, maxLength: REQUESTS }), fc.constantFrom(...OPTIONS), run),
      { numRuns: RUNS },
    )
  })
})
