import { runInNewContext } from 'node:vm'
import { UTCDate, UTCDateMini } from '@date-fns/utc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareInstants,
  formatInstant,
  type Instant,
  parseInstant,
  toInstant,
} from '../../../../src/base/text/instant.ts'

const FIRST = -62_135_596_800_000
const LAST = 253_402_300_799_999
const HALF_PAST_TEN = 1_705_314_600_000 // 2024-01-15T10:30:00Z

/** The canonical text of an instant that a text names, or that it is none. */
function canonical(text: string): string | undefined {
  const instant = parseInstant(text)
  return instant && formatInstant(instant)
}

describe('parseInstant takes', () => {
  test.each([
    // Dates alone: midnight UTC.
    ['2024-01-15', '2024-01-15T00:00:00Z'],
    ['2024-1-5', '2024-01-05T00:00:00Z'],
    ['2024-1-05', '2024-01-05T00:00:00Z'],
    ['2024-01-5', '2024-01-05T00:00:00Z'],
    ['1970-01-01', '1970-01-01T00:00:00Z'],
    // `T` or a space, hours of one or two digits, seconds or none.
    ['2024-01-15T10:30', '2024-01-15T10:30:00Z'],
    ['2024-01-15 10:30', '2024-01-15T10:30:00Z'],
    ['2024-01-15T9:30', '2024-01-15T09:30:00Z'],
    ['2024-1-5 9:05:07', '2024-01-05T09:05:07Z'],
    ['2024-01-15T00:00:00Z', '2024-01-15T00:00:00Z'],
    ['2024-01-15T23:59:59Z', '2024-01-15T23:59:59Z'],
    // Fractions of 1 to 12 digits, after a point or a comma, cut after the sixth.
    ['2024-01-15T10:30:00.5Z', '2024-01-15T10:30:00.500000Z'],
    ['2024-01-15T10:30:00,5Z', '2024-01-15T10:30:00.500000Z'],
    ['2024-01-15T10:30:00.123Z', '2024-01-15T10:30:00.123000Z'],
    ['2024-01-15T10:30:00.1234Z', '2024-01-15T10:30:00.123400Z'],
    ['2024-01-15T10:30:00.123456Z', '2024-01-15T10:30:00.123456Z'],
    ['2024-01-15T10:30:00.000001Z', '2024-01-15T10:30:00.000001Z'],
    ['2024-01-15T10:30:00.1234567Z', '2024-01-15T10:30:00.123456Z'],
    ['2024-01-15T10:30:00.999999999999', '2024-01-15T10:30:00.999999Z'],
    ['2024-01-15T10:30:00.000000999999Z', '2024-01-15T10:30:00Z'],
    ['2024-01-15T10:30:00.0Z', '2024-01-15T10:30:00Z'],
    // Offsets in their three writings, honoured; none is UTC.
    ['2024-01-15 10:30:00+00:00', '2024-01-15T10:30:00Z'],
    ['2024-01-15T11:30:00.000000+01:00', '2024-01-15T10:30:00Z'],
    ['2024-01-15T11:30+01', '2024-01-15T10:30:00Z'],
    ['2024-01-15T11:30+0100', '2024-01-15T10:30:00Z'],
    ['2024-01-15T05:00-05:30', '2024-01-15T10:30:00Z'],
    ['2024-01-15T05:00-0530', '2024-01-15T10:30:00Z'],
    ['2024-01-15T10:30-00:00', '2024-01-15T10:30:00Z'],
    ['2024-01-15T10:30:00,25+0545', '2024-01-15T04:45:00.250000Z'],
    ['2024-01-15T10:30Z', '2024-01-15T10:30:00Z'],
    ['2024-01-15T00:00+23:59', '2024-01-14T00:01:00Z'],
    ['2024-01-15T00:00-23:59', '2024-01-15T23:59:00Z'],
    ['2024-01-01T00:30+01:00', '2023-12-31T23:30:00Z'],
    // Leap years.
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2000-02-29', '2000-02-29T00:00:00Z'],
    ['0004-02-29', '0004-02-29T00:00:00Z'],
    ['2024-12-31', '2024-12-31T00:00:00Z'],
    // The ends of the range, and years that `Date.UTC` reads as 19xx.
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['0001-01-01T01:00+01:00', '0001-01-01T00:00:00Z'],
    ['0001-01-01T00:00-00:01', '0001-01-01T00:01:00Z'],
    ['0070-03-01', '0070-03-01T00:00:00Z'],
    ['0099-12-31T23:59:59', '0099-12-31T23:59:59Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999999Z'],
    ['9999-12-31T23:59:59+00:01', '9999-12-31T23:58:59Z'],
  ])('%s as %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })
})

describe('parseInstant refuses', () => {
  test.each([
    // Parts of dates, and other calendars.
    '',
    '2024',
    '2024-01',
    '2024-01-',
    '20240115',
    '2024-W03-1',
    '2024-015',
    '2024/01/15',
    '15-01-2024',
    '24-01-15',
    '02024-01-15',
    '+2024-01-15',
    '-2024-01-15',
    '+002024-01-15T00:00:00Z',
    '2024-001-15',
    '2024-01-015',
    // Days, hours, minutes and seconds that do not exist.
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2100-02-29',
    '2024-04-31',
    '2024-01-32',
    '2024-00-15',
    '2024-13-15',
    '2024-01-00',
    '2024-01-15T24:00',
    '2024-01-15T24:00:00Z',
    '2024-01-15T10:60',
    '2024-01-15T23:59:60Z',
    // Times of another shape.
    '2024-01-15T',
    '2024-01-15T10',
    '2024-01-15T10Z',
    '2024-01-15T1030',
    '2024-01-15T10:3',
    '2024-01-15T010:30',
    '2024-01-15T10:030',
    '2024-01-15T10:30:',
    '2024-01-15T10:30:5',
    '2024-01-15T10:30:055',
    '2024-01-15  10:30',
    '2024-01-15\t10:30',
    '2024-01-15t10:30',
    '2024-01-15_10:30',
    '2024-01-15T10:30z',
    // Fractions.
    '2024-01-15T10:30:00.',
    '2024-01-15T10:30:00.Z',
    '2024-01-15T10:30:00.1234567890123',
    '2024-01-15T10:30.5',
    '2024-01-15T10.5',
    '2024-01-15T10:30:00;5',
    '2024-01-15T10:30:00.5.5',
    // Offsets.
    '2024-01-15Z',
    '2024-01-15+01:00',
    '2024-01-15T10:30+1',
    '2024-01-15T10:30+1:00',
    '2024-01-15T10:30+010',
    '2024-01-15T10:30+01:0',
    '2024-01-15T10:30+01:000',
    '2024-01-15T10:30+01:',
    '2024-01-15T10:30+24:00',
    '2024-01-15T10:30+23:60',
    '2024-01-15T10:30+2400',
    '2024-01-15T10:30-24',
    '2024-01-15T10:30+',
    '2024-01-15T10:30\u221201:00',
    '2024-01-15T10:30 +01:00',
    '2024-01-15T10:30 01:00',
    '2024-01-15T10:30+01:00Z',
    '2024-01-15T10:30ZZ',
    '2024-01-15T10:30 UTC',
    '2024-01-15T10:30[UTC]',
    '2024-01-15T10:30:00+01:00:00',
    // White space around, and other text.
    ' 2024-01-15',
    '2024-01-15 ',
    '2024-01-15\n',
    '2024-01-15T10:30Z\n',
    '\ufeff2024-01-15',
    '2024-01-15x',
    'Mon, 15 Jan 2024 10:30:00 GMT',
    '1705314600000',
    'now',
    // Digits that are not ASCII.
    '２０２４-01-15',
    '2024-٠١-15',
    '2024-01-15T1०:30',
    // Outside the years 0001 to 9999.
    '0000-01-01',
    '0000-12-31T23:59:59-00:01',
    '10000-01-01',
    '0001-01-01T00:00+00:01',
    '0001-01-01T00:59:59.999999+01:00',
    '9999-12-31T23:59-00:01',
    '9999-12-31T23:00:00-01',
  ])('%j', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })

  test('a very long text at once', () => {
    expect(parseInstant(`2024-01-15T10:30:00.${'0'.repeat(1_000_000)}`)).toBeUndefined()
    expect(parseInstant('2'.repeat(1_000_000))).toBeUndefined()
  })
})

describe('an instant', () => {
  test('has whole milliseconds and the microseconds left', () => {
    expect(parseInstant('2024-01-15T10:30:00.123456Z')).toEqual({ ms: HALF_PAST_TEN + 123, us: 456 })
    expect(parseInstant('1970-01-01')).toEqual({ ms: 0, us: 0 })
    expect(parseInstant('1970-01-01T00:00-00:00')).toEqual({ ms: 0, us: 0 })
    expect(parseInstant('0001-01-01')).toEqual({ ms: FIRST, us: 0 })
    expect(parseInstant('9999-12-31T23:59:59.999999Z')).toEqual({ ms: LAST, us: 999 })
  })

  test('is rounded down before 1970 too', () => {
    expect(parseInstant('1969-12-31T23:59:59.999999Z')).toEqual({ ms: -1, us: 999 })
    expect(parseInstant('1969-12-31T23:59:59.000001Z')).toEqual({ ms: -1000, us: 1 })
    expect(formatInstant({ ms: -1, us: 999 })).toBe('1969-12-31T23:59:59.999999Z')
  })

  test('is one in all its writings', () => {
    const writings = ['2024-01-15T10:30:00Z', '2024-01-15 10:30:00+00:00', '2024-01-15T11:30:00.000000+01:00']
    expect(writings.map(canonical)).toEqual(Array(3).fill('2024-01-15T10:30:00Z'))
  })

  test('agrees with the engine all over the range', () => {
    const wrong: string[] = []
    // Every eleventh day: 11 divides no 400 years (146,097 days), so each day of their cycle comes about twice.
    for (let ms = FIRST; ms <= LAST; ms += 11 * 86_400_000) {
      const text = new Date(ms).toISOString().slice(0, 10)
      if (parseInstant(text)?.ms !== ms) wrong.push(text)
    }
    expect(wrong).toEqual([])
  })
})

test('formatInstant writes a fraction of six digits, or none', () => {
  expect(formatInstant({ ms: HALF_PAST_TEN, us: 0 })).toBe('2024-01-15T10:30:00Z')
  expect(formatInstant({ ms: HALF_PAST_TEN, us: 7 })).toBe('2024-01-15T10:30:00.000007Z')
  expect(formatInstant({ ms: HALF_PAST_TEN + 20, us: 0 })).toBe('2024-01-15T10:30:00.020000Z')
  expect(formatInstant({ ms: FIRST, us: 1 })).toBe('0001-01-01T00:00:00.000001Z')
  expect(() => formatInstant({ ms: Number.NaN, us: 0 })).toThrow(RangeError)
})

test('compareInstants orders by milliseconds, then microseconds', () => {
  const sorted: Instant[] = [
    { ms: -2, us: 999 },
    { ms: -1, us: 0 },
    { ms: 0, us: 0 },
    { ms: 0, us: 1 },
    { ms: 5, us: 0 },
  ]
  expect(sorted.toReversed().toSorted(compareInstants)).toEqual(sorted)
  expect(compareInstants({ ms: 3, us: 4 }, { ms: 3, us: 4 })).toBe(0)
})

describe('toInstant', () => {
  test.each([
    ['a text', '2024-01-15T10:30Z', HALF_PAST_TEN],
    ['a Date', new Date(HALF_PAST_TEN + 5), HALF_PAST_TEN + 5],
    ['a Date of another realm', runInNewContext(`new Date(${HALF_PAST_TEN})`), HALF_PAST_TEN],
    ['a subclass of Date', new UTCDateMini(HALF_PAST_TEN), HALF_PAST_TEN],
    ['a fuller one', new UTCDate(HALF_PAST_TEN), HALF_PAST_TEN],
    ['a number', HALF_PAST_TEN, HALF_PAST_TEN],
    ['zero', 0, 0],
    ['a number before 1970', -1, -1],
    ['the first millisecond', FIRST, FIRST],
    ['the last millisecond', LAST, LAST],
  ])('takes %s', (_, value, ms) => {
    expect(toInstant(value)).toEqual({ ms, us: 0 })
  })

  test('has no negative zero', () => {
    expect(Object.is(toInstant(-0)?.ms, 0)).toBe(true)
    expect(Object.is(parseInstant('1970-01-01T00:00-00:00')?.ms, 0)).toBe(true)
    expect(Object.is(toInstant(new Date(-0))?.ms, 0)).toBe(true)
  })

  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a text that is no instant', 'yesterday'],
    ['a text of a number', String(HALF_PAST_TEN)],
    ['an invalid Date', new Date(Number.NaN)],
    ['a Date before year 1', new Date(FIRST - 1)],
    ['a Date after year 9999', new Date(LAST + 1)],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['part of a millisecond', 1.5],
    ['a number before year 1', FIRST - 1],
    ['a number after year 9999', LAST + 1],
    ['a bigint', 1n],
    ['a boolean', true],
    ['an object', { ms: 0, us: 0 }],
    ['a list', [HALF_PAST_TEN]],
    ['a String object', Object('2024-01-15')],
    ['an object with the tag of a Date', { [Symbol.toStringTag]: 'Date', getTime: () => 0 }],
    ['a revoked proxy', revoked.proxy],
    ['a function', () => HALF_PAST_TEN],
    ['a symbol', Symbol('2024-01-15')],
  ])('refuses %s', (_, value) => {
    expect(toInstant(value)).toBeUndefined()
  })
})

describe('property: parse and format against whole numbers', () => {
  /** Microseconds since 1970, counted year by year and month by month, with nothing shared with the parser. */
  const yearStarts: bigint[] = []
  const isLeap = (year: number) => new Date(Date.UTC(year + 2000, 1, 29)).getUTCDate() === 29
  const monthDays = (year: number) => [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  for (let year = 1, days = -719_162n; year <= 9999; year++) {
    yearStarts[year] = days
    days += isLeap(year) ? 366n : 365n
  }
  const DAY = 86_400_000_000n
  const MINUTE = 60_000_000n
  const firstMicro = yearStarts[1]! * DAY
  const lastMicro = (yearStarts[9999]! + 365n) * DAY - 1n

  const edge = <T>(arbitrary: fc.Arbitrary<T>, ...edges: T[]) => fc.oneof(arbitrary, fc.constantFrom(...edges))
  const moment = fc
    .record({
      year: edge(fc.integer({ min: 1, max: 9999 }), 1, 4, 99, 100, 400, 1900, 1969, 1970, 2000, 2024, 9999),
      month: edge(fc.integer({ min: 1, max: 12 }), 1, 2, 3, 12),
      day: edge(fc.integer({ min: 1, max: 31 }), 1, 28, 29, 30, 31),
      hour: edge(fc.integer({ min: 0, max: 23 }), 0, 23),
      minute: edge(fc.integer({ min: 0, max: 59 }), 0, 59),
      second: fc.option(edge(fc.integer({ min: 0, max: 59 }), 0, 59), { nil: undefined }),
      fraction: fc.option(fc.stringMatching(/^[0-9]{1,12}$/), { nil: undefined }),
      offset: fc.option(edge(fc.integer({ min: -1439, max: 1439 }), 0, -1439, 1439, 60, -60), { nil: undefined }),
      style: fc.record({
        short: fc.boolean(),
        separator: fc.constantFrom('T', ' '),
        point: fc.constantFrom('.', ','),
        offset: fc.constantFrom('hh', 'hhmm', 'hh:mm'),
      }),
    })
    .filter(({ year, month, day }) => day <= monthDays(year)[month - 1]!)

  type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never

  function write({ year, month, day, hour, minute, second, fraction, offset, style }: Moment): string {
    const pad = (value: number, width = 2) => String(value).padStart(width, '0')
    const loose = (value: number) => (style.short ? String(value) : pad(value))
    let text = `${pad(year, 4)}-${loose(month)}-${loose(day)}${style.separator}${loose(hour)}:${pad(minute)}`
    if (second !== undefined) text += `:${pad(second)}${fraction === undefined ? '' : style.point + fraction}`
    if (offset === undefined) return text
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
    if (offset === 0 && style.short) return `${text}Z`
    const sign = offset < 0 ? '-' : '+'
    if (style.offset === 'hh' && minutes === 0) return `${text}${sign}${pad(hours)}`
    return `${text}${sign}${pad(hours)}${style.offset === 'hhmm' ? '' : ':'}${pad(minutes)}`
  }

  function micros({ year, month, day, hour, minute, second, fraction, offset }: Moment): bigint {
    let days = yearStarts[year]! + BigInt(day - 1)
    for (const length of monthDays(year).slice(0, month - 1)) days += BigInt(length)
    const minutes = BigInt(hour * 60 + minute - (offset ?? 0))
    const part = second === undefined ? 0n : BigInt((fraction ?? '').padEnd(6, '0').slice(0, 6))
    return days * DAY + minutes * MINUTE + BigInt(second ?? 0) * 1_000_000n + part
  }

  test('a text names the instant that counting gives, or none outside the range', () => {
    fc.assert(
      fc.property(moment, (value) => {
        const expected = micros(value)
        const instant = parseInstant(write(value))
        if (expected < firstMicro || expected > lastMicro) {
          expect(instant).toBeUndefined()
        } else {
          expect(instant).toBeDefined()
          expect(BigInt(instant!.ms) * 1000n + BigInt(instant!.us)).toBe(expected)
          expect(instant!.us).toBeGreaterThanOrEqual(0)
          expect(instant!.us).toBeLessThanOrEqual(999)
        }
      }),
      { numRuns: 5000 },
    )
  })

  test('the canonical text reads back as the same instant and is itself canonical', () => {
    fc.assert(
      fc.property(fc.bigInt(firstMicro, lastMicro), (at) => {
        const us = Number(((at % 1000n) + 1000n) % 1000n)
        const instant = { ms: Number((at - BigInt(us)) / 1000n), us }
        const text = formatInstant(instant)
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/)
        expect(text).not.toContain('.000000')
        expect(parseInstant(text)).toEqual(instant)
      }),
      { numRuns: 5000 },
    )
  })

  test('comparing is comparing the counts', () => {
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const [x, y] = [parseInstant(write(a)), parseInstant(write(b))]
        fc.pre(x !== undefined && y !== undefined)
        const difference = micros(a) - micros(b)
        expect(Math.sign(compareInstants(x!, y!))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0)
      }),
    )
  })
})
