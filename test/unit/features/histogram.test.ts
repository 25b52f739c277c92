/** Histograms on a few rows, the clocks that go back over midnight, and what is refused. */
import { describe, expect, test } from 'vitest'
import { InvalidQueryError } from '../../../src/base/errors.ts'
import type { HistogramUnit } from '../../../src/features/histogram/request.ts'
import { ConversationStore } from '../../../src/index.ts'

const storeOf = (...times: string[]) =>
  ConversationStore.from(times.map((started_at, i) => ({ conversation_id: `c${i}`, started_at })))

/** `from count`, and the end of the last. */
function brief(times: string[], every: HistogramUnit, timeZone?: string): string[] {
  const buckets = storeOf(...times)
    .query()
    .histogram('started_at', { every, timeZone })
  return [...buckets.map(({ from, count }) => `${from} ${count}`), ...buckets.slice(-1).map(({ to }) => to)]
}

describe('buckets', () => {
  test('none without rows', () => {
    expect(brief([], 'day')).toEqual([])
  })

  test('empty ones between are there; UTC unless told otherwise', () => {
    expect(brief(['2024-02-28T23:59:59.999999Z', '2024-03-01'], 'day')).toEqual([
      '2024-02-28T00:00:00Z 1',
      '2024-02-29T00:00:00Z 0',
      '2024-03-01T00:00:00Z 1',
      '2024-03-02T00:00:00Z',
    ])
  })

  test('weeks begin on Monday', () => {
    expect(brief(['2024-01-07T23:00Z', '2024-01-08'], 'week')).toEqual([
      '2024-01-01T00:00:00Z 1',
      '2024-01-08T00:00:00Z 1',
      '2024-01-15T00:00:00Z',
    ])
  })

  test('months of another zone', () => {
    expect(brief(['2024-02-29T22:59:59.999999Z', '2024-02-29T23:00Z', '2024-04-30'], 'month', 'Europe/Berlin')).toEqual(
      ['2024-01-31T23:00:00Z 1', '2024-02-29T23:00:00Z 1', '2024-03-31T22:00:00Z 1', '2024-04-30T22:00:00Z'],
    )
  })

  test('a day has 23 hours where clocks go forward, and 25 where they go back', () => {
    const hours = (from: string, to: string) => brief([from, to], 'hour', 'Europe/Berlin').length - 1
    expect(hours('2024-03-30T23:00Z', '2024-03-31T21:59Z')).toBe(23)
    expect(hours('2024-10-26T22:00Z', '2024-10-27T22:59Z')).toBe(25)
    expect(brief(['2024-10-26T22:00Z', '2024-10-27T22:59Z'], 'day', 'Europe/Berlin')).toEqual([
      '2024-10-26T22:00:00Z 2',
      '2024-10-27T23:00:00Z',
    ])
  })

  test('hours of a zone that is half an hour off, and of an offset', () => {
    expect(brief(['2024-01-01T00:10Z'], 'hour', 'Asia/Kolkata')).toEqual([
      '2023-12-31T23:30:00Z 1',
      '2024-01-01T00:30:00Z',
    ])
    expect(brief(['2024-01-01T00:10Z'], 'hour', '+05:30')).toEqual(['2023-12-31T23:30:00Z 1', '2024-01-01T00:30:00Z'])
    expect(brief(['2024-01-01T00:10Z'], 'hour', '-00:30')).toEqual(['2023-12-31T23:30:00Z 1', '2024-01-01T00:30:00Z'])
  })

  test('clocks that move by half an hour cut an hour', () => {
    expect(
      brief(['2024-04-06T14:00Z', '2024-04-06T15:10Z', '2024-04-06T15:40Z'], 'hour', 'Australia/Lord_Howe'),
    ).toEqual(['2024-04-06T14:00:00Z 1', '2024-04-06T15:00:00Z 1', '2024-04-06T15:30:00Z 1', '2024-04-06T16:30:00Z'])
  })

  test('a day that was left out has no bucket, and one whose midnight was leapt over begins with the leap', () => {
    expect(brief(['2011-12-29T12:00Z', '2011-12-30T12:00Z'], 'day', 'Pacific/Apia')).toEqual([
      '2011-12-29T10:00:00Z 1',
      '2011-12-30T10:00:00Z 1',
      '2011-12-31T10:00:00Z',
    ])
    expect(brief(['2018-11-04T03:00Z', '2018-11-04T02:59Z'], 'day', 'America/Sao_Paulo')).toEqual([
      '2018-11-03T03:00:00Z 1',
      '2018-11-04T03:00:00Z 1',
      '2018-11-05T02:00:00Z',
    ])
  })

  test('clocks that went back over midnight: the day begins when it was first shown', () => {
    // At 00:01 on 7 November 2010 clocks went back to 23:01 on the 6th.
    expect(brief(['2010-11-07T02:29Z', '2010-11-07T02:30Z', '2010-11-07T03:00Z'], 'day', 'America/St_Johns')).toEqual([
      '2010-11-06T02:30:00Z 1',
      '2010-11-07T02:30:00Z 2',
      '2010-11-08T03:30:00Z',
    ])
    expect(brief(['2010-11-07T03:00Z'], 'day', 'America/St_Johns')).toEqual([
      '2010-11-07T02:30:00Z 1',
      '2010-11-08T03:30:00Z',
    ])
  })

  test('before there were zones, London was 75 seconds behind', () => {
    expect(brief(['1800-01-01T00:01:14Z', '1800-01-01T00:01:15Z'], 'day', 'Europe/London')).toEqual([
      '1799-12-31T00:01:15Z 1',
      '1800-01-01T00:01:15Z 1',
      '1800-01-02T00:01:15Z',
    ])
  })

  test('the first and the last instant that there are', () => {
    expect(brief(['0001-01-01'], 'month', 'America/New_York')).toEqual([
      '0000-12-01T04:56:02Z 1',
      '0001-01-01T04:56:02Z',
    ])
    expect(brief(['9999-12-31T23:59:59.999999Z'], 'week')).toEqual([
      '9999-12-27T00:00:00Z 1',
      '+010000-01-03T00:00:00Z',
    ])
  })

  test('by the end, where null is in no bucket', () => {
    const store = ConversationStore.from([
      { conversation_id: 'a', started_at: '2024-01-01', ended_at: '2024-01-03T10:00Z' },
      { conversation_id: 'b', started_at: '2024-01-01', ended_at: '2024-01-02T10:00Z' },
      { conversation_id: 'c', started_at: '2024-01-01' },
    ])
    expect(
      store
        .query()
        .histogram('ended_at', { every: 'day' })
        .map(({ count }) => count),
    ).toEqual([1, 1])
    expect(store.query().where('ended_at', 'isnull', true).histogram('ended_at', { every: 'day' })).toEqual([])
  })

  test('of fewer rows, after those of more', () => {
    const store = storeOf('2024-01-01', '2024-01-02', '2024-01-05')
    expect(store.query().histogram('started_at', { every: 'day' })).toHaveLength(5)
    expect(
      store.query().startedAfter('2024-01-02').startedBefore('2024-01-03').histogram('started_at', { every: 'day' }),
    ).toEqual([{ from: '2024-01-02T00:00:00Z', to: '2024-01-03T00:00:00Z', count: 1 }])
  })
})

describe('refused', () => {
  test('more than 10,000 buckets, naming the span; 10,000 are not', () => {
    const day = 86_400_000
    const times = (days: number) => ['2000-01-01', new Date(Date.parse('2000-01-01') + (days - 1) * day).toISOString()]
    expect(brief(times(10_000), 'day')).toHaveLength(10_001)
    expect(() => brief(times(10_001), 'day')).toThrow(InvalidQueryError)
    expect(() => brief(['0001-01-01', '9999-12-31'], 'month')).toThrow('0001-01-01T00:00:00Z to 9999-12-31T00:00:00Z')
  })

  test.each<[unknown, unknown, string]>([
    ['startd_at', { every: 'day' }, 'Did you mean "started_at"?'],
    ['started_at', { every: 'days' }, 'every: expected one of hour, day, week, month, got "days". Did you mean "day"?'],
    ['started_at', {}, 'every: expected one of'],
    ['started_at', undefined, 'histogram: expected { every'],
    ['started_at', { every: 'day', zone: 'UTC' }, 'There is no option of a histogram "zone".'],
    ['started_at', { every: 'day', timeZone: 'Europe/Berln' }, 'Did you mean "Europe/Berlin"?'],
    ['started_at', { every: 'day', timeZone: '' }, 'timeZone: expected an IANA time zone'],
    ['started_at', { every: 'day', timeZone: null }, 'timeZone: expected an IANA time zone'],
    ['started_at', { every: 'day', timeZone: 'x+05' }, 'timeZone: expected an IANA time zone'],
    ['started_at', { every: 'day', timeZone: '+99:00' }, 'timeZone: expected an IANA time zone'],
  ])('%j %j', (field, options, message) => {
    const ask = () =>
      storeOf('2024-01-01')
        .query()
        .histogram(field as never, options as never)
    expect(ask).toThrow(InvalidQueryError)
    expect(ask).toThrow(message)
  })
})
