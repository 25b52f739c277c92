import { describe, expect, test, vi } from 'vitest'
import { query } from '../../../src/index.ts'
import { faultsOf } from './faults-of.ts'

const within = (...values: unknown[]) =>
  (query() as unknown as { startedWithin(...values: unknown[]): ReturnType<typeof query> })
    .startedWithin(...values)
    .spec.where.map((condition) => ('field' in condition ? `${condition.lookup} ${condition.value}` : ''))

describe('startedWithin', () => {
  test.each<[object, string, string]>([
    [{ days: 7 }, '2024-03-31T12:00:00Z', '2024-03-24T12:00:00Z'],
    [{ weeks: 1, days: 1, hours: 1, minutes: 1, seconds: 1 }, '2024-03-31T12:00:00Z', '2024-03-23T10:58:59Z'],
    [{ months: 1 }, '2024-03-31T12:00:00Z', '2024-02-29T12:00:00Z'],
    [{ years: 1 }, '2024-02-29T12:00:00Z', '2023-02-28T12:00:00Z'],
    [{ years: 0.5 }, '2024-03-31T00:00:00Z', '2023-09-30T00:00:00Z'],
    [{ months: 1, days: 1 }, '2024-03-31T12:00:00Z', '2024-02-28T12:00:00Z'],
    [{ days: 0.5 }, '2024-03-31T12:00:00Z', '2024-03-31T00:00:00Z'],
    [{ days: 0 }, '2024-03-31T12:00:00Z', '2024-03-31T12:00:00Z'],
    [{ seconds: 0.001 }, '2024-03-31T12:00:00Z', '2024-03-31T11:59:59.999000Z'],
    [{ days: 1 }, '2024-03-31T12:00:00.000001Z', '2024-03-30T12:00:00.000001Z'],
    [{ months: 1 }, '2024-03-31T12:00:00.123456Z', '2024-02-29T12:00:00.123456Z'],
    [{ years: 2023 }, '2024-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    [{ months: 1 }, '0050-03-31T00:00:00Z', '0050-02-28T00:00:00Z'],
  ])('%o before %s', (duration, now, from) => {
    expect(within(duration, now)).toEqual([`gte ${from}`, `lte ${now}`])
  })

  test('is a range of started_at', () => {
    expect(query().startedWithin({ days: 1 }, '2024-01-02').spec.where).toStrictEqual([
      { field: 'started_at', lookup: 'gte', value: '2024-01-01T00:00:00Z' },
      { field: 'started_at', lookup: 'lte', value: '2024-01-02T00:00:00Z' },
    ])
  })

  test('counts in UTC, whatever the zone of the machine', () => {
    const zone = process.env.TZ
    try {
      for (const TZ of ['America/New_York', 'Pacific/Kiritimati', 'UTC']) {
        process.env.TZ = TZ
        // In New York the clocks went forward on 10 March 2024, and it was still the 9th there.
        expect(within({ days: 1 }, '2024-03-10T12:00:00Z')).toEqual([
          'gte 2024-03-09T12:00:00Z',
          'lte 2024-03-10T12:00:00Z',
        ])
        expect(within({ months: 1 }, '2024-04-10T02:00:00Z')).toEqual([
          'gte 2024-03-10T02:00:00Z',
          'lte 2024-04-10T02:00:00Z',
        ])
        expect(within({ months: 1 }, '2024-03-31T23:30:00Z')).toEqual([
          'gte 2024-02-29T23:30:00Z',
          'lte 2024-03-31T23:30:00Z',
        ])
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test('is resolved when it is called', () => {
    vi.useFakeTimers({ now: Date.UTC(2024, 0, 2) })
    try {
      const asked = query().startedWithin({ days: 1 })
      vi.setSystemTime(0)
      expect(asked.spec.where).toMatchObject([{ value: '2024-01-01T00:00:00Z' }, { value: '2024-01-02T00:00:00Z' }])
      expect(within({ days: 1 }, undefined)).toEqual(['gte 1969-12-31T00:00:00Z', 'lte 1970-01-01T00:00:00Z'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('without a duration is not applied', () => {
    expect(within(undefined)).toEqual([])
    expect(within(undefined, '2024-01-01')).toEqual([])
  })

  test.each([
    {},
    null,
    [],
    7,
    '7 days',
    { days: -1 },
    { days: Number.NaN },
    { days: Number.POSITIVE_INFINITY },
    { days: undefined },
    { days: '7' },
    { days: 7n },
    { days: Symbol('7') },
    { day: 7 },
    { days: 7, ms: 1 },
    { months: 0.5 },
    { years: 3000 },
    { days: 1e300 },
    { __proto__: { days: 7 } },
    new Date(0),
  ])('%o is no duration', (duration) => {
    expect(faultsOf(() => within(duration, '2024-01-01'))).toEqual(['startedWithin INVALID_VALUE'])
  })

  test('no argument, and what is no time, are errors', () => {
    expect(faultsOf(() => within())).toEqual(['startedWithin INVALID_VALUE'])
    for (const now of [null, '', 'now', Number.NaN, new Date(Number.NaN)])
      expect(faultsOf(() => within({ days: 1 }, now))).toEqual(['startedWithin INVALID_VALUE'])
  })
})
