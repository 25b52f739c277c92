import { expect, test } from 'vitest'
import { toCSV } from '../../../src/features/export/index.ts'
import { ConversationStore } from '../../../src/index.ts'

const row = (conversation_id: string, environment: string | null) => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  environment,
})

function stored() {
  return ConversationStore.from([
    row('a', 'prod'),
    row('b', 'production'),
    row('c', 'dev'),
    row('d', 'qa'),
    row('e', null),
  ])
}

test('a stored prod is found as production, and given back as stored', () => {
  const store = stored()
  for (const asked of ['prod', 'production'])
    expect(store.query().environment(asked).orderBy('id').all()).toMatchObject([
      { conversation_id: 'a', environment: 'prod' },
      { conversation_id: 'b', environment: 'production' },
    ])
  expect(store.query().environment('dev', 'qa').ids().sort()).toEqual([3, 4])
  expect(store.query().where('environment', 'exact', 'prod').count()).toBe(0)
  expect(store.query().where('environment', 'in', ['dev', 'production']).count()).toBe(2)
  expect(store.query().where('environment', 'iexact', 'DEVELOPMENT').count()).toBe(1)
  expect(store.query().where('environment', 'isnull', true).ids()).toEqual([5])
  expect(store.query().environment('dev').matches(row('x', 'dev'))).toBe(true)
  expect(store.query().environment('dev').matches(row('x', 'Dev'))).toBe(false)
})

test('it is counted as production, selected or not', () => {
  const facets = stored()
    .query()
    .environment('prod')
    .facets({ environment: true, env: { match: 'dev' } })
  expect(facets.environment).toEqual([
    { value: 'production', count: 2, selected: true },
    { value: 'development', count: 1, selected: false },
    { value: 'qa', count: 1, selected: false },
    { value: null, count: 1, selected: false },
  ])
  expect(facets.env).toEqual([
    { value: 'production', count: 2, selected: true },
    { value: 'development', count: 1, selected: false },
  ])
})

test('a live query hears of it, by its registered value too', () => {
  const store = stored()
  const counts: number[] = []
  store
    .query()
    .environment('production')
    .subscribe(({ count }) => counts.push(count), { select: 'count' })
  store.add(row('f', 'prod'))
  store.upsert(row('f', 'dev'))
  store.upsert(row('c', 'production'))
  expect(counts).toEqual([2, 3, 2, 3])
})

test('CSV has it as stored', async () => {
  let csv = ''
  for await (const piece of toCSV(stored().query().orderBy('id'))) csv += piece
  const [, ...records] = csv.trim().split('\r\n')
  expect(records.map((record) => record.split(',')[7])).toEqual(['prod', 'production', 'dev', 'qa', ''])
})
