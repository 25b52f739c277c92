/** Any query of the wire, over data made to be awkward: the handler answers it as the naive reference does, to the last key. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHandler, type OneAgentOptions } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { rowsOf } from '../arbitraries/rows.ts'
import { everyParameter, queryString } from '../arbitraries/wire.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore } from '../reference.ts'
import { detailOf, differenceOf, type ExpectedAnswer, listOf, openTexts, type Served } from './wire-reference.ts'

/** A share of the runs. */
const part = (of: number): number => Math.ceil(fc.readConfigureGlobal().numRuns! / of)

const ORIGINS = ['http://localhost', 'http://127.0.0.1:8123', 'https://api.example.com:8443'] as const

/** Files and logs, with much or little said of them. */
const some = (keys: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(keys, { requiredKeys: [] })
const attachment = some({
  id: fc.constantFrom<unknown>(1, 2, 'f', null),
  filename: fc.constantFrom('a.png', 'b "c".txt', '', null),
  mime_type: fc.constantFrom('image/png', 'text/plain', null),
  size_bytes: fc.constantFrom(0, 12, null),
  file_url: fc.constantFrom('https://files.example.com/1', '', null),
  own: fc.constant({ kept: [true] }),
})
const actionLog = some({
  id: fc.constantFrom<unknown>(1, 'l', null),
  action: fc.constantFrom(7, null),
  duration_ms: fc.constantFrom(0.5, null),
  response: fc.constantFrom('ok', null),
  error_message: fc.constantFrom('', 'no'),
})
const partsOfMessage = fc.record(
  {
    timestamp: fc.constantFrom('2024-01-15T12:00:00Z', '2024-1-15 07:00-05', 'nonsense', null),
    attachments: fc.oneof(fc.array(attachment, { maxLength: 2 }), fc.constant(null)),
    action_logs: fc.oneof(fc.array(actionLog, { maxLength: 2 }), fc.constant(null)),
    button: fc.constantFrom<unknown>(null, { label: 'x' }),
    conversation: fc.constant('as stored'),
  },
  { requiredKeys: [] },
)
const partsOfFeedback = fc.record(
  {
    kind: fc.constant('as stored'),
    created_at: fc.constantFrom('2024-01-15T12:00:00Z', null),
    conversation: fc.constant(999),
    user: fc.constant('someone'),
    metadata: fc.constantFrom<unknown>(null, { a: 1 }),
  },
  { requiredKeys: [] },
)
/** Keys of the shapes that a loaded row may have already: they are served as they stand. */
const partsOfRow = fc.record(
  {
    agent: fc.constantFrom<unknown>(42, null),
    environment_id: fc.constantFrom<unknown>(42, null),
    tickets: fc.constant([{ id: 1 }]),
    token_usage: fc.constantFrom<unknown>(null, { total_tokens: 1 }),
  },
  { requiredKeys: [] },
)

/** Rows with awkward parts in them, and now and then with keys that the handler would add. */
const rows: fc.Arbitrary<ConversationInput[]> = fc
  .tuple(rowsOf({ maxLength: 12 }), someOf(partsOfRow, 3), someOf(partsOfMessage, 2), someOf(partsOfFeedback, 2))
  .map(([rows, ofRow, ofMessage, ofFeedback]) => {
    let at = 0
    const next = (parts: readonly object[]) => parts[at++ % parts.length]
    return rows.map((row) => ({
      ...row,
      ...next(ofRow),
      ...(row.messages && { messages: row.messages.map((it) => ({ ...it, ...next(ofMessage) })) }),
      ...(row.feedbacks && { feedbacks: row.feedbacks.map((it) => ({ ...it, ...next(ofFeedback) })) }),
    }))
  }) as fc.Arbitrary<ConversationInput[]>

/** Parts to add to one thing after another; one in `freq` of them is nothing. */
function someOf(parts: fc.Arbitrary<object>, freq: number): fc.Arbitrary<object[]> {
  return fc.array(
    fc.option(parts, { freq }).map((it) => it ?? {}),
    { minLength: 1, maxLength: 7 },
  )
}

/** What breaks query strings, or seems to. */
const ODDITIES = [
  '&',
  '&&',
  '=',
  '=x',
  'x',
  'device',
  'device=',
  'page_size',
  '%',
  '%zz',
  '%f',
  'name=%ff%fe',
  'name=%ED%A0%80',
  'search=%00',
  'a%3Db=c%26d',
  'page%5Fsize=2',
  'page_size=2&page_size=3',
  'page=1&page=2',
  'page=2&page=',
  'full=false',
  'full=false&full=true',
  'FULL=false',
  'include_deleted=true',
  'ordering=-started_at,,id',
  'started_at_after=2024-01-15T12:00:00+00:00',
  'started_at_after=2024-01-15T12:00:00%2B00:00',
  'started_at_before=2024-01-15+12:00:00Z',
  'metadata=a:1;b:2',
  'a[]=1',
  'where=%5B%5D',
  "name='",
  'name="a',
  'name=<script>',
  'name=|^`{}',
  ';device=mobile',
  '?',
  '??page=2',
  'é=ü',
  'search=+',
  'search=%2B',
  '__proto__=1',
  'constructor=1',
  '#page=2',
] as const

/** A query string as somebody typed it. */
const rawQuery = fc
  .tuple(queryString, fc.array(fc.constantFrom(...ODDITIES), { maxLength: 2 }), fc.boolean())
  .map(([sound, odd, isFirst]) => (isFirst ? [...odd, sound] : [sound, ...odd]).join('&'))

interface Asked {
  readonly get: (path: string) => Promise<{ status: number; body: unknown }>
  readonly served: Served
  readonly reference: ReferenceStore
}

/** Queries of one run: 2,000 by default, 10,000 in CI, besides those of each parameter alone. */
const QUERIES = 20

/** A handler and the reference over the same rows. */
async function ask(
  given: readonly ConversationInput[],
  origin: string,
  isWarm: boolean,
  options: OneAgentOptions = {},
): Promise<Asked> {
  const reference = new ReferenceStore({ baseUrl: origin })
  for (const row of given) reference.add(row)
  const store = ConversationStore.from(given, inSegments(4, 2))
  if (isWarm) store.warm()
  const handler = createHandler(store, options)
  const get = async (path: string) => {
    const response = await handler(new Request(`${origin}${path}`))
    expect(response.headers.get('content-type')).toMatch(/^application\/json\b/)
    return { status: response.status, body: await response.json() }
  }
  const me = (await get('/api/me/')).body as { agent_id: number; environments: { id: number; slug: string }[] }
  const environments = new Map(me.environments.map(({ id, slug }) => [slug, id]))
  return { get, reference, served: { agent: me.agent_id, environments } }
}

function expectAnswer(answer: { status: number; body: unknown }, expected: ExpectedAnswer, what: string): void {
  const open = openTexts(expected)
  const difference =
    answer.status === open.status ? differenceOf(answer.body, open.body) : `status ${answer.status}, not ${open.status}`
  if (difference !== null) {
    throw new Error(`${what}: ${difference}\n${JSON.stringify(answer.body)}\n${JSON.stringify(expected.body)}`)
  }
}

/** The query as it goes over the wire: a URL writes some characters of its own accord, and drops others. */
const searchOf = (origin: string, query: string): string => new URL(`${origin}/?${query}`).search

describe('the handler and the reference', () => {
  test('agree on any query: status, count, rows in order, documents, links and error bodies', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(rawQuery, { minLength: QUERIES, maxLength: QUERIES }),
        fc.constantFrom(...ORIGINS),
        fc.boolean(),
        async (given, queries, origin, isWarm) => {
          const { get, reference, served } = await ask(given, origin, isWarm)
          for (const query of queries) {
            const expected = listOf(reference, searchOf(origin, query), served)
            expectAnswer(await get(`/api/conversations/?${query}`), expected, query)
          }
        },
      ),
      { numRuns: part(2) },
    )
  })

  test('agree on every parameter alone', async () => {
    const sides = fc.tuple(rowsOf({ maxLength: 5 }), everyParameter)
    await fc.assert(
      fc.asyncProperty(sides, async ([given, values]) => {
        const { get, reference, served } = await ask(given, 'http://localhost', false)
        for (const [name, value] of Object.entries(values)) {
          const query = String(new URLSearchParams([[name, value]]))
          const expected = listOf(reference, searchOf('http://localhost', query), served)
          expectAnswer(await get(`/api/conversations/?${query}`), expected, query)
        }
      }),
      { numRuns: part(20) },
    )
  })

  test('agree on what is unknown, where that is refused', async () => {
    const sides = fc.tuple(rowsOf({ maxLength: 3 }), fc.array(rawQuery, { minLength: 5, maxLength: 5 }))
    const known = Object.keys(fc.sample(everyParameter, { numRuns: 1, seed: 1 })[0]!)
    await fc.assert(
      fc.asyncProperty(sides, async ([given, queries]) => {
        const { get, reference, served } = await ask(given, 'http://localhost', false, { strict: true })
        for (const query of queries) {
          const search = searchOf('http://localhost', query)
          const expected = listOf(reference, search, served)
          const unknown = [...new URLSearchParams(search).keys()].filter((name) => !known.includes(name))
          const answer = await get(`/api/conversations/?${query}`)
          if (unknown.length === 0) expectAnswer(answer, expected, query)
          else {
            const faults = expected.status === 400 ? Object.keys(expected.body as object) : []
            const named = Object.keys(answer.body as object)
            expect([query, answer.status, named.sort()]).toEqual([
              query,
              400,
              [...new Set([...unknown, ...faults])].sort(),
            ])
          }
        }
      }),
      { numRuns: part(4) },
    )
  })

  test('agree on each row alone: detail and lookup, deleted ones too', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (given, isWarm) => {
        const { get, reference, served } = await ask(given, 'http://localhost', isWarm)
        for (const row of reference.rows) {
          expectAnswer(
            await get(`/api/conversations/${row.id}/?full=false&page=9&is_marked=x`),
            { status: 200, body: detailOf(row, served) },
            `detail of ${row.id}`,
          )
          if (row.is_deleted === true || row.conversation_id !== row.conversation_id.trim()) continue
          if (/\p{Surrogate}/u.test(row.conversation_id)) continue
          const query = String(new URLSearchParams({ conversation_id: row.conversation_id }))
          const { status, body } = await get(`/api/conversations/lookup/?${query}`)
          expect([status, (body as { id: number }).id]).toEqual([200, row.id])
        }
      }),
      { numRuns: part(4) },
    )
  })
})
