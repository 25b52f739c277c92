/** Every method of an `AsyncStore`, called in every place and on a store itself: the same comes of it. */
import { describe, expect, test } from 'vitest'
import { ConversationStore as CoreStore } from '../../src/core.ts'
import { toCSV, toNDJSON } from '../../src/features/export/index.ts'
import {
  type AsyncStore,
  asAsyncStore,
  type ConversationInput,
  ConversationStore,
  ConversationStoreError,
  query,
} from '../../src/index.ts'
import { textIndex } from '../../src/text.ts'
import { METHODS } from '../../src/worker/methods.ts'
import { expectEqual } from '../arbitraries/plain.ts'
import { pageOf, thread } from './connected.ts'

const ROWS: readonly ConversationInput[] = Array.from({ length: 230 }, (_, i) => ({
  conversation_id: `c${i}`,
  started_at: new Date(Date.UTC(2026, 0, 1) + i * 3_600_000).toISOString(),
  device: i % 3 === 0 ? 'desktop' : 'mobile',
  name: i % 50 === 0 ? 'A refund' : null,
  metadata: { plan: i % 2 === 0 ? 'pro' : 'free', score: i },
  messages: [
    { sender: 'agent', content: `Refund number ${i}` },
    { sender: 'agent', content: '', action_name: 'pay', action_logs: [{ tools_used: { sum: i }, duration_ms: i }] },
  ],
}))
const ROW = { conversation_id: 'new', started_at: '2026-03-01T00:00:00Z', metadata: { plan: 'pro' } }
const BAD = { conversation_id: 'bad', started_at: 'soon', device: 7 } as never as ConversationInput
const MESSAGE = { sender: 'end_user', content: 'Where is it?' } as const
const AT = '2026-04-01T00:00:00Z'

const mobile = query().device('mobile')
const refunds = query().search('refund').pageSize(3).page(2)
const said = query().message({ sender: 'agent', contains: ['refund', '7'] })
const done = query().action({ name: 'pay', input: '"sum":7', longerThan: 5 })
const nothing = query().device('Mobile').metadata('plan', 'pro')
const lines = `${JSON.stringify({ ...ROW, conversation_id: 'loaded' })}\n{"conversation_id":"broken"}\n`

/** A call of a store elsewhere, and what it is on a store itself. In order, since some of them write. */
type Step = readonly [
  method: string,
  there: (store: AsyncStore) => unknown,
  here: (store: ConversationStore) => unknown,
]

const wrong = { divice: true } as never
const STEPS: readonly Step[] = [
  ['run', (s) => s.run(refunds), (s) => s.query(refunds.spec).fetch()],
  ['run', (s) => s.run(mobile.lean()), (s) => s.query(mobile.lean().spec).fetch()],
  ['run', (s) => s.run(query().page(99)), (s) => s.query().page(99).fetch()],
  ['count', (s) => s.count(mobile), (s) => s.query(mobile.spec).count()],
  ['exists', (s) => s.exists(query().device('none')), (s) => s.query().device('none').exists()],
  ['ids', (s) => s.ids(refunds), (s) => s.query(refunds.spec).ids()],
  ['first', (s) => s.first(refunds), (s) => s.query(refunds.spec).first()],
  ['first', (s) => s.first(query().device('none')), (s) => s.query().device('none').first()],
  ['all', (s) => collected(s.all(refunds)), (s) => s.query(refunds.spec).all()],
  ['all', (s) => collected(s.all(query().device('none'))), () => []],
  ['all', (s) => collected(s.all(mobile.lean())), (s) => s.query(mobile.lean().spec).all()],
  ['export', (s) => joined(s.export(refunds)), (s) => joined(toNDJSON(s.query(refunds.spec)))],
  ['export', (s) => joined(s.export(mobile, { format: 'csv' })), (s) => joined(toCSV(s.query(mobile.spec)))],
  ['count', (s) => s.count(said), (s) => s.query(said.spec).count()],
  ['ids', (s) => s.ids(done), (s) => s.query(done.spec).ids()],
  ['facets', (s) => s.facets(done, AGENTS), (s) => ({ ...s.query(done.spec).facets(AGENTS) })],
  ['highlights', (s) => s.highlights(done, ROWS[7]!), (s) => s.query(done.spec).highlights(ROWS[7]!)],
  ['facets', (s) => s.facets(mobile, FACETS), (s) => ({ ...s.query(mobile.spec).facets(FACETS) })],
  [
    'facets',
    (s) => s.facets(mobile, FACETS, { disjunctive: false }),
    (s) => ({ ...s.query(mobile.spec).facets(FACETS, { disjunctive: false }) }),
  ],
  ['facets', (s) => s.facets(mobile, wrong), (s) => s.query(mobile.spec).facets(wrong)],
  [
    'histogram',
    (s) => s.histogram(mobile, 'started_at', DAYS),
    (s) => s.query(mobile.spec).histogram('started_at', DAYS),
  ],
  [
    'histogram',
    (s) => s.histogram(mobile, 'began' as never, DAYS),
    (s) => s.query(mobile.spec).histogram('began' as never, DAYS),
  ],
  [
    'aggregate',
    (s) => s.aggregate(mobile, { rows: ['count'] }, { by: 'metadata.plan', every: 'day' }),
    (s) => s.query(mobile.spec).aggregate({ rows: ['count'] }, { by: 'metadata.plan', every: 'day' }),
  ],
  [
    'aggregate',
    (s) => s.aggregate(mobile, { rows: ['cuont'] } as never),
    (s) => s.query(mobile.spec).aggregate({ rows: ['cuont'] } as never),
  ],
  ['highlights', (s) => s.highlights(refunds, ROWS[0]!), (s) => s.query(refunds.spec).highlights(ROWS[0]!)],
  ['explain', (s) => s.explain(refunds), (s) => s.query(refunds.spec).explain()],
  ['whyEmpty', (s) => s.whyEmpty(nothing), (s) => s.query(nothing.spec).whyEmpty()],
  ['whyEmpty', async (s) => String(await s.whyEmpty(nothing)), (s) => String(s.query(nothing.spec).whyEmpty())],
  ['whyEmpty', (s) => s.whyEmpty(mobile), (s) => s.query(mobile.spec).whyEmpty()],
  ['metadataKeys', (s) => s.metadataKeys(), (s) => s.metadataKeys()],
  ['metadataValues', (s) => s.metadataValues('plan'), (s) => s.metadataValues('plan')],
  ['get', (s) => s.get('c7'), (s) => s.get('c7')],
  ['get', (s) => s.get(7), (s) => s.get(7)],
  ['get', (s) => s.get('nobody'), (s) => s.get('nobody')],
  ['add', (s) => s.add(ROW), (s) => s.add(ROW)],
  ['add', (s) => s.add(ROW), (s) => s.add(ROW)],
  ['add', (s) => s.add(BAD), (s) => s.add(BAD)],
  ['addMany', (s) => s.addMany(many(5)), (s) => s.addMany(many(5))],
  ['addMany', (s) => s.addMany(many(6)), (s) => s.addMany(many(6))],
  ['addMany', (s) => s.addMany([BAD, ...many(7)], SKIP), (s) => s.addMany([BAD, ...many(7)], SKIP)],
  ['addMany', (s) => s.addMany(OVERLAP, REPLACE), (s) => s.addMany(OVERLAP, REPLACE)],
  ['addMany', (s) => s.addMany(OVERLAP, PASS_OVER), (s) => s.addMany(OVERLAP, PASS_OVER)],
  ['addMany', (s) => s.addMany([], { onInvalid: 'no' as never }), (s) => s.addMany([], { onInvalid: 'no' as never })],
  ['upsert', (s) => s.upsert({ ...ROW, device: 'tv' }), (s) => s.upsert({ ...ROW, device: 'tv' })],
  [
    'upsert',
    (s) => s.upsert({ ...ROW, conversation_id: 'other' }),
    (s) => s.upsert({ ...ROW, conversation_id: 'other' }),
  ],
  ['update', (s) => s.update('new', { device: 'pc' }), (s) => s.update('new', { device: 'pc' })],
  ['update', (s) => s.update('nobody', { device: 'pc' }), (s) => s.update('nobody', { device: 'pc' })],
  ['update', (s) => s.update('new', { id: 3 } as never), (s) => s.update('new', { id: 3 } as never)],
  [
    'updateMetadata',
    (s) => s.updateMetadata('new', { a: [1] }, REMOVE),
    (s) => s.updateMetadata('new', { a: [1] }, REMOVE),
  ],
  ['rename', (s) => s.rename('new', 'Named'), (s) => s.rename('new', 'Named')],
  ['rename', (s) => s.rename('new', undefined as never), (s) => s.rename('new', undefined as never)],
  ['mark', (s) => s.mark('new'), (s) => s.mark('new')],
  ['mark', (s) => s.mark('c1', false), (s) => s.mark('c1', false)],
  ['delete', (s) => s.delete('new', new Date(AT)), (s) => s.delete('new', new Date(AT))],
  ['delete', (s) => s.delete('c3', AT), (s) => s.delete('c3', AT)],
  ['restore', (s) => s.restore('new'), (s) => s.restore('new')],
  ['purge', (s) => s.purge('c5'), (s) => s.purge('c5')],
  ['purge', (s) => s.purge('c5'), (s) => s.purge('c5')],
  ['addMessage', (s) => s.addMessage('new', MESSAGE), (s) => s.addMessage('new', MESSAGE)],
  [
    'addFeedback',
    (s) => s.addFeedback('new', { sentiment: 'meh' } as never),
    (s) => s.addFeedback('new', { sentiment: 'meh' } as never),
  ],
  [
    'addFeedback',
    (s) => s.addFeedback('new', { sentiment: 'positive' }),
    (s) => s.addFeedback('new', { sentiment: 'positive' }),
  ],
  ['load', (s) => s.load(lines, SKIP), (s) => s.load(lines, SKIP)],
  ['load', (s) => s.load(lines), (s) => s.load(lines)],
  ['all', (s) => collected(s.all(query().includeDeleted())), (s) => s.query().includeDeleted().all()],
]

const FACETS = { device: true, 'metadata.plan': { limit: 1 } } as const
const AGENTS = { message_sender: true, action_failed: true } as const
const DAYS = { every: 'day', timeZone: 'Europe/Berlin' } as const
const SKIP = { onInvalid: 'skip' } as const
const REPLACE = { onDuplicate: 'replace' } as const
const PASS_OVER = { onDuplicate: 'skip' } as const
/** A row that is there, with a key that is misspelt. */
const OVERLAP = [{ ...ROW, conversation_id: 'many1', custmer_id: 'x' }]
const REMOVE = { remove: ['plan'] }

function many(count: number): ConversationInput[] {
  return Array.from({ length: count }, (_, i) => ({ ...ROW, conversation_id: `many${i}` }))
}

async function collected<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  return (await collected(chunks)).join('')
}

/** What came of a call: its value, or the error in class and words. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    const value = await call()
    const rejected: readonly { error: unknown }[] = Object(value).rejected ?? []
    return Array.isArray(rejected) && rejected.length > 0
      ? { ...(value as object), rejected: rejected.map((row) => ({ ...row, error: wordsOf(row.error) })) }
      : { value }
  } catch (error) {
    return { error: wordsOf(error) }
  }
}

function wordsOf(error: unknown): unknown {
  if (!(error instanceof ConversationStoreError)) throw error
  const { name, code, message, faults } = error
  return { name, code, message, faults, body: error.toJSON(), isError: error instanceof Error }
}

const PLACES: Readonly<Record<string, () => Promise<AsyncStore>>> = {
  'a store of this thread': async () => asAsyncStore(ConversationStore.from(ROWS)),
  'a store of the core': async () => asAsyncStore(CoreStore.from(ROWS, { text: textIndex })),
  'a store behind a port': async () => pageOf(ConversationStore.from(ROWS)),
  'a store in a thread': async () => {
    const { remote } = await thread(`exposeStore(ConversationStore.from(${JSON.stringify(ROWS)}), parentPort)`)
    return remote
  },
}

describe.each(Object.entries(PLACES))('%s', (_, open) => {
  test('does what the store itself does, call by call', async () => {
    const there = await open()
    const here = ConversationStore.from(ROWS)
    for (const [index, [method, call, same]] of STEPS.entries()) {
      expectEqual(await outcomeOf(() => call(there)), await outcomeOf(() => same(here)), `${index}: ${method}`)
    }
    expect(String(await there.explain(refunds))).toBe(String(here.query(refunds.spec).explain()))
  })

  test('does it in the order of the calls, though none is waited for', async () => {
    const there = await open()
    const here = ConversationStore.from(ROWS)
    const calls = STEPS.filter(([method]) => !['all', 'export', 'load'].includes(method))
    const outcomes = calls.map(([, call]) => outcomeOf(() => call(there)))
    for (const [index, [method, , same]] of calls.entries()) {
      expectEqual(await outcomes[index], await outcomeOf(() => same(here)), `${index}: ${method}`)
    }
  })

  test('an aborted signal: every call rejects with its reason and does nothing', async () => {
    const there = await open()
    const reason = new Error('No longer wanted.')
    const aborted = { signal: AbortSignal.abort(reason) }
    const args: Readonly<Record<string, readonly unknown[]>> = {
      aggregate: [query(), { rows: ['count'] }],
      ...{ facets: [query(), { device: true }], histogram: [query(), 'started_at'], highlights: [query(), ROWS[0]] },
      ...{ metadataKeys: [], metadataValues: ['plan'], get: ['c1'], restore: ['c1'], purge: ['c1'] },
      ...{ add: [ROW], addMany: [[ROW]], upsert: [ROW], update: ['c1', { device: 'x' }], rename: ['c1', 'x'] },
      ...{ updateMetadata: ['c1', { x: 1 }], mark: ['c1', true], delete: ['c1', AT], load: [lines] },
      ...{ addMessage: ['c1', MESSAGE], addFeedback: ['c1', { sentiment: 'positive' }] },
    }
    for (const method of names()) {
      const call = there[method] as (...args: readonly unknown[]) => unknown
      const result = call(...(args[method] ?? [query()]), aborted)
      const first = result instanceof Promise ? result : (result as AsyncIterator<unknown>).next()
      await expect(first, method).rejects.toBe(reason)
    }
    expectEqual(
      await collected(there.all(query().includeDeleted())),
      ConversationStore.from(ROWS).query().includeDeleted().all(),
    )
  })
})

function names(): readonly (keyof AsyncStore)[] {
  return Object.keys(METHODS).filter((name) => name !== 'warm') as (keyof AsyncStore)[]
}

test('all methods are among the calls', () => {
  expect([...new Set(STEPS.map(([method]) => method))].sort()).toEqual([...names()].sort())
})
