/** Aggregates: what is asked, what comes, what is refused. */
import { describe, expect, test } from 'vitest'
import { ConversationStore, query } from '../../../src/index.ts'

const store = ConversationStore.from([
  row('a', '2026-01-05T10:00:00Z', { model: 'm-1', tokens: { total: 10 }, tags: ['x', 'y'] }),
  row('b', '2026-01-05T23:59:59.999999Z', { model: 'm-2', tokens: { total: 0.1 }, tags: [] }),
  row('c', '2026-01-06T00:00:00Z', { model: 'm-2', tokens: { total: 0.2 }, tags: ['x'] }),
  row('d', '2026-01-08T00:00:00Z', { model: null, tokens: { total: '7' } }),
  row('e', '2026-01-08T01:00:00Z', { tokens: { total: [1, 2, 'x', null, [3]] } }),
])

function row(conversation_id: string, started_at: string, metadata: object) {
  return { conversation_id, started_at, ended_at: started_at.replace(/:\d\d/, ':30'), metadata }
}

const total = 'metadata.tokens.total'

describe('one group', () => {
  test('every function, over all rows', () => {
    const found = store.query().aggregate({
      rows: ['count'],
      numbers: ['count', total],
      sum: ['sum', total],
      min: ['min', total],
      max: ['max', total],
      avg: ['avg', total],
      p50: ['p50', total],
      p90: ['p90', total],
      models: ['distinct', 'metadata.model'],
      ids: ['distinct', 'conversation_id'],
    })
    expect(found).toStrictEqual([
      {
        key: {},
        ...{ rows: 5, numbers: 4, sum: 13.3, min: 0.1, max: 10, avg: 13.3 / 5, p50: 1, p90: 10, models: 2, ids: 5 },
      },
    ])
  })

  test('no rows, or none with a number: counts are 0, the rest is null', () => {
    const nobody = store.query().device('none')
    const asked = { rows: ['count'], of: ['count', total], sum: ['sum', total], p: ['p99', 'duration'] } as const
    expect(nobody.aggregate(asked)).toEqual([{ key: {}, rows: 0, of: 0, sum: null, p: null }])
    expect(nobody.aggregate(asked, { by: 'device' })).toEqual([])
    expect(nobody.aggregate(asked, { every: 'day' })).toEqual([])
    expect(store.query().aggregate({ x: ['avg', 'metadata.nothing'], y: ['distinct', 'metadata.nothing'] })).toEqual([
      { key: {}, x: null, y: 0 },
    ])
  })

  test('pages, orders and sizes of the query count for nothing', () => {
    const asked = { rows: ['count'] } as const
    expect(store.query().page(2).pageSize(1).orderBy('-duration').aggregate(asked)).toEqual([{ key: {}, rows: 5 }])
  })
})

describe('groups', () => {
  test('are those that facets count: null and missing are two, a list is in several', () => {
    expect(store.query().aggregate({ rows: ['count'] }, { by: 'metadata.model' })).toStrictEqual([
      { key: { 'metadata.model': 'm-2' }, rows: 2 },
      { key: { 'metadata.model': 'm-1' }, rows: 1 },
      { key: { 'metadata.model': null }, rows: 1 },
      { key: { 'metadata.model': null }, missing: ['metadata.model'], rows: 1 },
    ])
    expect(store.query().aggregate({ sum: ['sum', total] }, { by: 'metadata.tags' })).toEqual([
      { key: { 'metadata.tags': 'x' }, sum: 10.2 },
      { key: { 'metadata.tags': 'y' }, sum: 10 },
      { key: { 'metadata.tags': null }, missing: ['metadata.tags'], sum: 3 },
    ])
  })

  test('by day, in the order of time, each as long as those of the histogram', () => {
    const days = store.query().aggregate({ sum: ['sum', total] }, { every: 'day', timeZone: 'UTC' })
    expect(days.map(({ from, to, sum }) => [from, to, sum])).toEqual([
      ['2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z', 10.1],
      ['2026-01-06T00:00:00Z', '2026-01-07T00:00:00Z', 0.2],
      ['2026-01-08T00:00:00Z', '2026-01-09T00:00:00Z', 3],
    ])
  })

  test('in any order, the first so many: what is null comes last', () => {
    const asked = { sum: ['sum', total] } as const
    const models = (orderBy: 'sum' | '-sum' | '-metadata.model', limit?: number) =>
      store
        .query()
        .aggregate(asked, { by: 'metadata.model', orderBy, limit })
        .map(({ sum }) => sum)
    expect(models('sum')).toEqual([0.30000000000000004, 3, 10, null])
    expect(models('-sum', 3)).toEqual([10, 3, 0.30000000000000004])
    expect(models('-metadata.model')).toEqual([0.30000000000000004, 10, null, 3])
  })

  test('keys and names are own properties, whatever they are', () => {
    const [found] = store.query().aggregate(Object.fromEntries([['__proto__', ['count']]]) as { x: ['count'] })
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype)
    expect(Object.entries(found!)).toEqual([
      ['key', {}],
      ['__proto__', 5],
    ])
  })
})

describe('bounds', () => {
  test('more than 100,000 groups are an error that names the number and the field', () => {
    const started_at = '2026-01-05'
    const many = ConversationStore.from(
      Array.from({ length: 100_001 }, (_, i) => ({ conversation_id: `c${i}`, started_at, customer_id: `u${i % 2}` })),
    )
    const count = { rows: ['count'] } as const
    expect(() => many.query().aggregate(count, { by: 'conversation_id' })).toThrow(
      'by: expected at most 100,000 groups, but conversation_id makes 100,001.',
    )
    expect(() => many.query().aggregate(count, { by: ['customer_id', 'conversation_id'] })).toThrow(
      'but customer_id, conversation_id make, with the values of conversation_id, 100,001.',
    )
    expect(many.query().aggregate(count, { by: 'customer_id' })).toEqual([
      { key: { customer_id: 'u0' }, rows: 50_001 },
      { key: { customer_id: 'u1' }, rows: 50_000 },
    ])
    expect(
      many
        .query()
        .customerId('u0')
        .aggregate({ rows: ['distinct', 'conversation_id'] }),
    ).toEqual([{ key: {}, rows: 50_001 }])
  })
})

describe('what is refused', () => {
  const refused = (request: unknown, options?: unknown) => {
    try {
      store.query().aggregate(request as never, options as never)
    } catch (error) {
      return (error as { faults: { parameter: string; code: string; message: string }[] }).faults.map(
        ({ parameter, code, message }) => `${parameter} ${code} ${message}`,
      )
    }
    return []
  }

  test.each([
    ['nothing', undefined, undefined, 'aggregate INVALID_VALUE aggregate: expected an object of aggregates'],
    ['no aggregate', {}, undefined, 'aggregate INVALID_VALUE aggregate: expected an object of aggregates'],
    ['a misspelt function', { x: ['sun', total] }, undefined, 'Did you mean "sum"?'],
    ['a function without numbers', { x: ['sum'] }, undefined, 'x: expected a list of a function and what it reads'],
    ['a function of nothing', { x: ['count', undefined] }, undefined, 'x: expected a list of a function'],
    ['a string', { x: 'count' }, undefined, 'x: expected a list of a function and what it reads'],
    ['a string field', { x: ['sum', 'device'] }, undefined, 'There is no field "device"'],
    ['a misspelt number', { x: ['sum', 'duratoin'] }, undefined, 'Did you mean "duration"?'],
    ['an empty path', { x: ['sum', 'metadata.'] }, undefined, "expected a path after 'metadata.'"],
    ['a name that is taken', { key: ['count'] }, undefined, 'expected a name other than key, missing, from, to'],
    ['a misspelt option', { x: ['count'] }, { evry: 'day' }, 'Did you mean "every"?'],
    ['a misspelt field', { x: ['count'] }, { by: 'devise' }, 'Did you mean "device"?'],
    [
      'four fields',
      { x: ['count'] },
      { by: ['device', 'language', 'name', 'metadata.a'] },
      'at most 3 different fields',
    ],
    ['a field twice', { x: ['count'] }, { by: ['env', 'environment'] }, 'at most 3 different fields'],
    ['null as a field', { x: ['count'] }, { by: null }, 'There is no field null'],
    ['a misspelt unit', { x: ['count'] }, { every: 'dya' }, 'Did you mean "day"?'],
    ['a zone without a unit', { x: ['count'] }, { timeZone: 'UTC' }, 'a time zone beside every'],
    ['a limit of 0', { x: ['count'] }, { limit: 0 }, 'limit: expected a whole number from 1, got 0'],
    ['an unknown order', { x: ['count'] }, { orderBy: '-y' }, 'There is no order of groups "y"'],
    ['options that are none', { x: ['count'] }, 'day', 'aggregate: expected an object of options'],
  ])('%s', (_, request, options, text) => {
    expect(refused(request, options).join('\n')).toContain(text)
  })

  test('all faults together', () => {
    expect(refused({ a: ['sun', total], b: ['sum', 'x'] }, { limit: -1, every: 'x' })).toHaveLength(4)
  })

  test('a query without a store', () => {
    expect(() => query().aggregate({ x: ['count'] })).toThrow(expect.objectContaining({ code: 'NO_STORE' }))
  })
})

describe('live', () => {
  test('aggregates come with every answer that changes them', () => {
    const live = new ConversationStore()
    const seen: unknown[] = []
    const asked = { sum: ['sum', 'metadata.n'] } as const
    live
      .query()
      .marked()
      .subscribe(({ count, aggregate }) => seen.push([count, aggregate]), {
        select: 'count',
        aggregate: [asked, { by: 'device' }],
      })
    live.add({ conversation_id: 'a', started_at: '2026-01-05', is_marked: true, device: 'x', metadata: { n: 0.1 } })
    live.updateMetadata('a', { n: 0.5 })
    live.add({ conversation_id: 'b', started_at: '2026-01-05', device: 'y', metadata: { n: 7 } })
    live.mark('b')
    live.mark('a', false)
    expect(seen).toEqual([
      [0, []],
      [1, [{ key: { device: 'x' }, sum: 0.1 }]],
      [1, [{ key: { device: 'x' }, sum: 0.5 }]],
      [
        2,
        [
          { key: { device: 'y' }, sum: 7 },
          { key: { device: 'x' }, sum: 0.5 },
        ],
      ],
      [1, [{ key: { device: 'y' }, sum: 7 }]],
    ])
  })

  test('without options; and a bad request is refused', () => {
    const seen: unknown[] = []
    store.query().subscribe(({ aggregate }) => seen.push(aggregate), { aggregate: { rows: ['count'] } })
    expect(seen).toEqual([[{ key: {}, rows: 5 }]])
    expect(() => store.query().subscribe(() => {}, { aggregate: { rows: ['cuont'] } as never })).toThrow('count')
  })
})
