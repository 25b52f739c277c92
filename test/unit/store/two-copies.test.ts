/** Two copies of the package in one process, as an ES module beside a CommonJS one or a module registry that was reset make them. */
import { expect, test, vi } from 'vitest'
import * as core from '../../../src/core.ts'
import { explain } from '../../../src/features/explain/index.ts'
import { toCSV } from '../../../src/features/export/index.ts'
import { facets } from '../../../src/features/facets/index.ts'
import { highlights } from '../../../src/features/highlights/index.ts'
import { histogram } from '../../../src/features/histogram/index.ts'
import { stats, warm, warmAsync } from '../../../src/features/indexes/index.ts'
import { subscribe } from '../../../src/features/live/index.ts'
import { messageMetadataKeys, metadataKeys, metadataValues } from '../../../src/features/metadata/index.ts'
import * as full from '../../../src/index.ts'
import { textIndex } from '../../../src/text.ts'

vi.resetModules()
const otherCore = await import('../../../src/core.ts')
const otherFull = await import('../../../src/index.ts')
const otherText = await import('../../../src/text.ts')

const rows = (): full.ConversationInput[] => [
  {
    conversation_id: 'a',
    started_at: '2026-01-05T10:00:00Z',
    device: 'mobile',
    metadata: { plan: 'pro', tags: ['x'] },
    messages: [{ sender: 'agent', content: 'Your Refund', metadata: { ms: 3 } }],
  },
  { conversation_id: 'b', started_at: '2026-01-06T10:00:00Z', device: 'tv', metadata: { plan: null } },
  { conversation_id: 'c', started_at: '2026-01-06T12:00:00Z', metadata: { tags: [] } },
]

const exists = { field: 'metadata', path: ['plan'], lookup: 'exists', value: true }

const stores = {
  'the core of another copy': () => otherCore.ConversationStore.from(rows()),
  'the core of another copy, with the index of this one': () =>
    otherCore.ConversationStore.from(rows(), { text: textIndex }),
  'the core of this copy, with the index of another': () =>
    core.ConversationStore.from(rows(), { text: otherText.textIndex }),
  'the full store of another copy': () => otherFull.ConversationStore.from(rows()),
}

test('there are two copies', () => {
  expect(otherFull.ConversationStore).not.toBe(full.ConversationStore)
  expect(otherText.textIndex).not.toBe(textIndex)
})

test.each(Object.entries(stores))('the features of this copy work on %s', async (_, make) => {
  const store = make()
  const right = full.ConversationStore.from(rows())
  const asked = store.query().messageContains('refund')
  const same = right.query().messageContains('refund')
  const request = { device: true, 'metadata.plan': true, 'metadata.tags': true } as const
  const days = { every: 'day' } as const
  warm(store)
  await warmAsync(store, { metadata: ['plan'] })
  expect(stats(store).rows).toBe(3)
  expect(facets(store.query(), request)).toEqual(right.query().facets(request))
  expect(facets(asked, request)).toEqual(same.facets(request))
  expect(histogram(store.query(), 'started_at', days)).toEqual(right.query().histogram('started_at', days))
  expect(highlights(asked, store.get('a')!)).toEqual(same.highlights(right.get('a')!))
  expect(explain(asked).count).toBe(1)
  expect(metadataKeys(store)).toEqual(right.metadataKeys())
  expect(messageMetadataKeys(store)).toEqual(right.messageMetadataKeys())
  expect(metadataValues(store, 'plan')).toEqual(right.metadataValues('plan'))
  expect(store.run(otherCore.Query.fromSpec({ where: [exists] })).count).toBe(2)
  let csv = ''
  for await (const piece of toCSV(store.query())) csv += piece
  expect(csv.split('\r\n')).toHaveLength(5)
})

test.each(Object.entries(stores))('live queries of this copy and of its own hear of the writes to %s', (_, make) => {
  const store = make()
  const heard: string[] = []
  const end = subscribe(store.query().device('tv'), ({ page }) => heard.push(`page of ${page.count}`))
  const other = subscribe(
    store.query().messageContains('refund'),
    ({ count, facets }) => heard.push(`${count} refunds, ${facets!.device[0]!.count} mobile`),
    { select: 'count', facets: { device: true } },
  )
  if (store instanceof otherFull.ConversationStore) {
    store
      .query()
      .marked()
      .subscribe(({ page }) => heard.push(`${page.count} marked`))
    store.mark('b')
    expect(heard.splice(2)).toEqual(['0 marked', 'page of 1', '1 marked'])
    store.mark('b', false)
    heard.length = 2
  }
  store.upsert({ ...rows()[0]!, conversation_id: 'd' })
  store.purge('b')
  end()
  store.add({ conversation_id: 'e', started_at: '2026-01-07', device: 'tv' })
  other.unsubscribe()
  store.purge('d')
  expect(heard).toEqual(['page of 1', '1 refunds, 1 mobile', '2 refunds, 2 mobile', 'page of 0'])
})

test('a store runs the queries of another copy, and they keep their links', () => {
  const store = full.ConversationStore.from(rows(), { defaultPageSize: 1 })
  expect(store.run(otherFull.query().device('tv', 'mobile')).next).toContain('device__in=mobile%2Ctv&page=2')
  expect(store.run(otherCore.query().device('tv')).results).toEqual([store.get('b')])
  expect(otherFull.query().device('tv').withSource(store).count()).toBe(1)
  expect(otherFull.Query.fromSearchParams('device=tv&x=', store, { strict: false }).count()).toBe(1)
  expect(otherCore.Query.fromObject({ device: 'tv' }, store).count()).toBe(1)
  expect(otherCore.Query.fromSpec({ where: [] }, store).count()).toBe(3)
})

test('a row that another copy refuses is rejected, not thrown', () => {
  const store = full.ConversationStore.from(rows())
  const bad: full.ConversationInput = {
    conversation_id: 'y',
    started_at: '2026-01-08',
    get name() {
      return otherFull.ConversationStore.from(rows()).add(rows()[0]!).name
    },
  }
  const { added, rejected } = store.addMany([bad, { conversation_id: 'z', started_at: '2026-01-08' }], {
    onInvalid: 'skip',
  })
  expect(added).toBe(1)
  expect(rejected).toMatchObject([{ index: 0, error: { code: 'DUPLICATE_ID' } }])
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a spec', { where: [] }],
  ['a store', full.ConversationStore.from([])],
  ['a class', full.Query],
])('%s is not a query', (_, given) => {
  for (const ask of [
    () => facets(given as never, {}),
    () => histogram(given as never, 'started_at', { every: 'day' }),
    () => explain(given as never),
    () => highlights(given as never, rows()[0]!),
    () => subscribe(given as never, () => {}),
  ])
    expect(ask).toThrow(expect.objectContaining({ code: 'INVALID_VALUE', parameter: 'query' }))
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a query', full.query()],
  ['a list of rows', rows()],
])('%s is not a store', async (_, given) => {
  const right = expect.objectContaining({ code: 'INVALID_VALUE', parameter: 'store' })
  for (const ask of [
    () => metadataKeys(given as never),
    () => metadataValues(given as never, 'plan'),
    () => stats(given as never),
    () => warm(given as never),
    () => full.query().withSource(given as never),
  ])
    expect(ask).toThrow(right)
  await expect(warmAsync(given as never)).rejects.toEqual(right)
})

test('queries without a store say how to get one, those of another copy too', () => {
  for (const query of [full.query(), core.query(), otherFull.query(), otherCore.query()])
    for (const ask of [() => facets(query, {}), () => explain(query), () => subscribe(query, () => {})])
      expect(ask).toThrow(expect.objectContaining({ code: 'NO_STORE' }))
})
