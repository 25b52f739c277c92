/** Every method of a store elsewhere and of one here, call by call: what differs is thrown. */
import { type AsyncStore, asAsyncStore, type ConversationInput, ConversationStore, query } from 'conversation-store'

const ROW: ConversationInput = { conversation_id: 'new', started_at: '2026-03-01T00:00:00Z', metadata: { plan: 'pro' } }
const BAD = { ...ROW, started_at: 'soon' }
const mobile = query().device('mobile')

const CALLS: readonly ((store: AsyncStore) => unknown)[] = [
  (store) => store.run(mobile.pageSize(2)),
  (store) => store.run(query().page(99)),
  (store) => store.count(mobile),
  (store) => store.exists(mobile),
  (store) => store.ids(mobile),
  (store) => store.first(mobile.lean()),
  (store) => listed(store.all(mobile)),
  (store) => listed(store.export(mobile)),
  (store) => listed(store.export(mobile, { format: 'csv' })),
  (store) => store.facets(mobile, { device: true }, { disjunctive: false }),
  (store) => store.facets(mobile, { divice: true } as never),
  (store) => store.histogram(mobile, 'started_at', { every: 'day' }),
  (store) => store.highlights(query().search('word'), { messages: [{ sender: 'agent', content: 'A word.' }] }),
  (store) => store.explain(mobile),
  async (store) => String(await store.explain(mobile)),
  (store) => store.add(ROW),
  (store) => store.add(ROW),
  (store) => store.add(BAD),
  (store) => store.addMany(manyOf(300)),
  (store) => store.addMany([BAD, ROW], { onInvalid: 'skip' }),
  (store) => store.upsert({ ...ROW, device: 'tv' }),
  (store) => store.update('new', { language: 'de' }),
  (store) => store.update('nobody', { language: 'de' }),
  (store) => store.updateMetadata('new', { a: [1] }, { remove: ['plan'] }),
  (store) => store.rename('new', 'Named'),
  (store) => store.mark('new'),
  (store) => store.delete('new', new Date(0)),
  (store) => store.restore('new'),
  (store) => store.addMessage('new', { sender: 'agent', content: 'Hello' }),
  (store) => store.addFeedback('new', { sentiment: 'positive' }),
  (store) => store.load(JSON.stringify([{ ...ROW, conversation_id: 'loaded' }])),
  (store) => store.load('{"conversation_id":"broken"}'),
  (store) => store.purge('loaded'),
  (store) => store.metadataKeys(),
  (store) => store.metadataValues('plan'),
  (store) => store.get('new'),
  (store) => listed(store.all(query().includeDeleted())),
]

/** Makes all calls of a store that has these rows, and of one here. */
export async function compareCalls(there: AsyncStore, rows: readonly ConversationInput[]): Promise<void> {
  const here = asAsyncStore(ConversationStore.from(rows))
  for (const call of CALLS) {
    const [actual, expected] = [await outcomeOf(() => call(there)), await outcomeOf(() => call(here))]
    if (actual !== expected) throw new Error(`${call}: ${actual}, expected ${expected}`)
  }
}

function manyOf(count: number): ConversationInput[] {
  return Array.from({ length: count }, (_, i) => ({ ...ROW, conversation_id: `many${i}`, device: 'mobile' }))
}

async function listed(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = []
  for await (const value of values) list.push(value)
  return list
}

/** What came of a call as one string: JSON with sorted keys, of an error its code and words. */
async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await call(), sorted) ?? 'undefined'
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `${code} ${message}`
  }
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
