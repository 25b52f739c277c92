/** Any query of the list of feedback: the handler answers it as a few lines over plain arrays do. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHandler } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import type { ConversationInput } from '../../../src/row/conversation.ts'
import { ENVIRONMENTS, INSTANTS } from '../../arbitraries/rows.ts'
import { inSegments } from '../../in-segments.ts'
import { compareCodePoints, fold, instantOf } from '../../reference.ts'
import { differenceOf, feedbackOf, type Served } from '../wire-reference.ts'

type Row = Record<string, unknown>

const among = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const COMMENTS = ['Great', 'GROSSE Freude', 'große Sache', 'ΟΔΟΣ', ' ', '', null]
const SENTIMENTS = ['positive', 'neutral', 'negative'] as const

/** Talks with feedback of distinct ids, each with its time; agent feedback comes over HTTP. */
const talks: fc.Arbitrary<ConversationInput[]> = fc
  .array(
    fc.record({
      environment: among(...ENVIRONMENTS, null),
      is_deleted: fc.boolean(),
      feedbacks: fc.array(
        fc.record({ sentiment: among(...SENTIMENTS), comment: among(...COMMENTS), created_at: among(...INSTANTS) }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 4 },
  )
  .map((rows) => {
    let id = 0
    return rows.map(({ feedbacks, ...row }, i) => ({
      ...row,
      conversation_id: `c${i}`,
      started_at: '2026-08-01',
      feedbacks: feedbacks.map((it) => ({ ...it, id: ++id * 7 })),
    }))
  })
const agentFeedback = fc.record({
  kind: fc.constant('agent'),
  agent: fc.constant(1),
  sentiment: among(...SENTIMENTS),
  comment: among('Great', 'about the agent', null),
  environment: among('prod', 'development'),
})

const mostly = (values: readonly string[], ...others: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: among(...values), weight: 6 }, among(...others))

const PARAMETERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  kind: mostly(['conversation', 'agent'], 'other', 'Agent'),
  sentiment: mostly(SENTIMENTS, 'meh'),
  conversation: mostly(['1', '2', '3', '99'], 'x'),
  conversation_id: among('c0', 'c1', 'C1', 'nobody'),
  agent: mostly(['1', '1', '2'], 'x'),
  environment: mostly(['production', 'development', 'prod', 'dev'], 'staging'),
  env: mostly(['production', 'dev'], 'PROD'),
  category: among('x'),
  has_comment: mostly(['true', 'false', '1', 'FALSE'], 'perhaps'),
  comment_contains: among('gro', 'GROẞE', 'οδος', 'ss', 'agent'),
  created_at_after: mostly(INSTANTS, '2024-02-30'),
  created_at_before: mostly(INSTANTS, 'x'),
  ordering: among(
    'id',
    '-id',
    'created_at',
    '-created_at',
    'kind,-id',
    '-sentiment,created_at',
    'category',
    'nothing,id',
    '-',
  ),
  page: mostly(['1', '2', 'last'], '0', '99', 'x'),
  page_size: among('1', '2', '3', '1000', '0', 'x'),
  colour: among('red'),
  '': among('x'),
}
const query = fc
  .array(
    among(...Object.keys(PARAMETERS)).chain((name) =>
      fc.tuple(fc.constant(name), fc.oneof({ arbitrary: PARAMETERS[name]!, weight: 8 }, among('', ' '))),
    ),
    { maxLength: 3 },
  )
  .map((pairs): [string, string][] => pairs)

type Test = (entry: Row) => boolean
const CHOICE = (value: string) => `Select a valid choice. ${value} is not one of the available choices.`
const oneOf =
  (key: string, choices: readonly string[]) =>
  (value: string): Test | string =>
    choices.includes(value) ? (entry) => entry[key] === value : CHOICE(value)
const equal =
  (key: string) =>
  (value: string): Test =>
  (entry) =>
    entry[key] === value
const number =
  (key: string) =>
  (value: string): Test | string =>
    /^\d+$/.test(value) ? (entry) => entry[key] === Number(value) : 'Enter a number.'
const SLUGS = new Map([
  ['production', 'production'],
  ['prod', 'production'],
  ['development', 'development'],
  ['dev', 'development'],
])
const environment = (value: string): Test | string =>
  // A stored `prod` is filtered as `production`.
  SLUGS.has(value) ? (entry) => SLUGS.get(entry.environment as string) === SLUGS.get(value) : CHOICE(value)
const time =
  (holds: (gap: bigint) => boolean) =>
  (value: string): Test | string => {
    const asked = instantOf(value)
    if (asked === null) return 'Enter a valid date/time.'
    return (entry) => holds(instantOf(String(entry.created_at))! - asked)
  }
const hasComment = (value: string): Test | string => {
  if (!/^(true|false|1|0)$/i.test(value)) return 'Enter a valid boolean.'
  const yes = /^(true|1)$/i.test(value)
  return (entry) => (entry.comment !== null && entry.comment !== '') === yes
}

const FILTERS = new Map<string, (value: string) => Test | string>([
  ['kind', oneOf('kind', ['conversation', 'agent'])],
  ['sentiment', oneOf('sentiment', SENTIMENTS)],
  ['conversation', number('conversation')],
  ['conversation_id', equal('conversation_id')],
  ['agent', number('agent')],
  ['environment', environment],
  ['env', environment],
  ['category', equal('category')],
  ['has_comment', hasComment],
  ['comment_contains', (value) => (entry) => fold(String(entry.comment ?? '')).includes(fold(value))],
  ['created_at_after', time((gap) => gap >= 0n)],
  ['created_at_before', time((gap) => gap <= 0n)],
])

const ORDERS = new Map<string, (a: Row, b: Row) => number>([
  ['id', (a, b) => Number(a.id) - Number(b.id)],
  ['kind', (a, b) => compareCodePoints(String(a.kind), String(b.kind))],
  ['sentiment', (a, b) => compareCodePoints(String(a.sentiment), String(b.sentiment))],
  ['category', () => 0],
  [
    'created_at',
    (a, b) => {
      const gap = instantOf(String(a.created_at))! - instantOf(String(b.created_at))!
      return gap < 0n ? -1 : gap > 0n ? 1 : 0
    },
  ],
])

/** What the list must answer: its status and body; texts of faults as they are for conversations. */
function listOf(entries: readonly Row[], pairs: readonly [string, string][]): { status: number; body: unknown } {
  const given = new Map(pairs.map(([name, value]) => [name, value.trim()]))
  for (const [name, value] of given) if (value === '') given.delete(name)
  const tests: Test[] = []
  const faults: Record<string, string[]> = {}
  for (const [name, value] of given) {
    const reading = FILTERS.get(name)?.(value)
    if (typeof reading === 'string') faults[name] = [reading]
    else if (reading !== undefined) tests.push(reading)
  }
  if (Object.keys(faults).length > 0) return { status: 400, body: faults }
  const asked = (given.get('ordering') ?? '').split(',').filter((term) => ORDERS.has(term.replace(/^-/, '')))
  const terms = asked.length > 0 ? asked : ['-created_at']
  const all = [...terms, terms.at(-1)!.startsWith('-') ? '-id' : 'id']
  const found = entries
    .filter((entry) => tests.every((holds) => holds(entry)))
    .sort((a, b) => {
      for (const term of all) {
        const gap = ORDERS.get(term.replace(/^-/, ''))!(a, b)
        if (gap !== 0) return term.startsWith('-') ? -gap : gap
      }
      return 0
    })
  const sizeText = given.get('page_size') ?? ''
  const size = Math.min(100, /^\d+$/.test(sizeText) && Number(sizeText) > 0 ? Number(sizeText) : 10)
  const total_pages = Math.max(1, Math.ceil(found.length / size))
  const pageText = given.get('page') ?? '1'
  const page = pageText === 'last' ? total_pages : /^\d+$/.test(pageText) ? Number(pageText) : 0
  if (page < 1 || page > total_pages) return { status: 404, body: { detail: 'Invalid page.' } }
  const link = (to: number): string => {
    const params = new URLSearchParams(pairs as [string, string][])
    params.delete('page')
    if (to > 1) params.set('page', String(to))
    params.sort()
    return `http://localhost/api/feedbacks/${params.size > 0 ? '?' : ''}${params}`
  }
  const body = {
    count: found.length,
    counts: { all: found.length },
    page_size: size,
    total_pages,
    current_page: page,
    next: page < total_pages ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results: found.slice((page - 1) * size, page * size),
  }
  return { status: 200, body }
}

describe('the list of feedback', () => {
  test('agrees with arrays on any query', async () => {
    await fc.assert(
      fc.asyncProperty(
        talks,
        fc.array(agentFeedback, { maxLength: 3 }),
        fc.array(query, { minLength: 8, maxLength: 8 }),
        async (rows, ofAgent, queries) => {
          const store = ConversationStore.from(rows, inSegments(4, 2))
          let seconds = 0
          const handler = createHandler(store, { now: () => Date.parse('2024-01-15T12:00:00Z') + ++seconds * 1_000 })
          const ask = async (path: string, init?: RequestInit) => {
            const response = await handler(new Request(`http://localhost/api/${path}`, init))
            return { status: response.status, body: (await response.json()) as Row }
          }
          const me = (await ask('me/')).body as { agent_id: number; environments: { id: number; slug: string }[] }
          const environments = new Map(me.environments.map(({ id, slug }) => [slug, id]))
          const served: Served = { agent: me.agent_id, environments }
          const entries = [...store].flatMap((row) =>
            row.feedbacks.map((feedback) => feedbackOf(feedback as unknown as Row, row as unknown as Row, served)),
          )
          for (const body of ofAgent) {
            const made = await ask('feedbacks/', { method: 'POST', body: JSON.stringify(body) })
            expect(made.status).toBe(201)
            entries.push(made.body)
          }
          for (const pairs of queries) {
            const expected = listOf(entries, pairs)
            const path = `feedbacks/?${new URLSearchParams(pairs)}`
            const answer = await ask(path)
            const difference =
              answer.status === expected.status
                ? differenceOf(answer.body, expected.body)
                : `status ${answer.status}, not ${expected.status}`
            if (difference !== null) throw new Error(`${path}: ${difference}\n${JSON.stringify(answer.body)}`)
          }
        },
      ),
      { numRuns: Math.ceil(fc.readConfigureGlobal().numRuns! / 2) },
    )
  })
})
