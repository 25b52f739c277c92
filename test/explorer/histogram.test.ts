/** Bars of time, and ranges over them. */
import { ConversationStore, type HistogramUnit } from 'conversation-store'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bars, barAt, barsOf, countIn, edgeAt, moved, resized, spanOf } from '../../src/explorer/histogram/bars.ts'
import { isTooShort, spanText, tickText, UNITS, unitFor } from '../../src/explorer/histogram/time.ts'

const ZONE = 'Europe/Berlin'
const ms = (text: string) => Date.parse(text)
const days = (...counts: readonly number[]): Bars => ({
  edges: Array.from({ length: counts.length + 1 }, (_, i) => i * 10),
  counts,
})

describe('the unit', () => {
  test.each([
    [{ from: 0, to: 0 }, 'hour'],
    [{ from: ms('2026-01-01'), to: ms('2026-01-15') }, 'hour'],
    [{ from: ms('2026-01-01'), to: ms('2027-01-01') }, 'day'],
    [{ from: ms('2026-01-01'), to: ms('2030-01-01') }, 'week'],
    [{ from: ms('1926-01-01'), to: ms('2026-01-01') }, 'month'],
  ] as const)('of %j is the %s', (span, unit) => {
    expect(unitFor(span)).toBe(unit)
  })

  test('is never cut shorter than the library counts', () => {
    const span = { from: ms('2020-01-01'), to: ms('2026-01-01') }
    expect(UNITS.map(({ unit }) => isTooShort(unit, span))).toEqual([true, false, false, false])
  })
})

describe('words', () => {
  test.each<[HistogramUnit, string, string, string]>([
    ['hour', '2026-01-05T13:00Z', '2026-01-05T14:00Z', '5 January 2026, 14:00 – 15:00'],
    ['day', '2026-01-04T23:00Z', '2026-01-05T23:00Z', '5 January 2026'],
    ['day', '2026-03-28T23:00Z', '2026-03-29T22:00Z', '29 March 2026'],
    ['week', '2026-01-04T23:00Z', '2026-01-11T23:00Z', '5 – 11 January 2026'],
    ['month', '2025-12-31T23:00Z', '2026-01-31T23:00Z', 'January 2026'],
    ['day', '2025-12-31T23:00Z', '2026-02-09T23:00Z', '1 January – 9 February 2026'],
  ])('a %s from %s', (unit, from, to, text) => {
    expect(spanText({ from: ms(from), to: ms(to) }, unit, ZONE)).toBe(text)
  })

  test('of the axis say what begins there', () => {
    const at = (text: string, step: number) => tickText(ms(text) / 1000, step, ZONE)
    expect(at('2025-12-31T23:00Z', 366 * 86_400)).toBe('2026')
    expect(at('2025-12-31T23:00Z', 30 * 86_400)).toBe('2026')
    expect(at('2026-01-31T23:00Z', 30 * 86_400)).toBe('Feb')
    expect(at('2026-01-04T23:00Z', 3600)).toBe('5 Jan')
    expect(at('2026-01-05T05:00Z', 3600)).toBe('06:00')
  })
})

describe('bars', () => {
  test('are those of all conversations, with the counts of those shown', () => {
    const store = ConversationStore.from(
      ['2026-03-28T12:00Z', '2026-03-29T12:00Z', '2026-03-31T12:00Z'].map((started_at, i) => ({
        conversation_id: `c-${i}`,
        started_at,
        is_marked: i === 1,
      })),
    )
    const every = { every: 'day', timeZone: ZONE } as const
    const all = store.query().histogram('started_at', every)
    const bars = barsOf(all, store.query().marked().histogram('started_at', every))
    expect(bars.counts).toEqual([0, 1, 0, 0])
    // The clocks go forward: that day has 23 hours.
    expect(bars.edges.map((edge, i) => (edge - (bars.edges[i - 1] ?? edge)) / 3_600_000)).toEqual([0, 24, 23, 24, 24])
    expect(barsOf([], [])).toEqual({ edges: [], counts: [] })
    expect(barsOf([], all).counts).toEqual([1, 1, 0, 1])
  })

  test('are found by a time, and edges by the nearest', () => {
    const bars = days(1, 2, 3)
    expect([-5, 0, 9, 10, 29, 30, 99].map((at) => barAt(bars, at))).toEqual([0, 0, 0, 1, 2, 2, 2])
    expect([-5, 4, 6, 14, 16, 29, 99].map((at) => edgeAt(bars, at))).toEqual([0, 0, 1, 1, 2, 3, 3])
    expect(countIn(bars, { from: 10, to: 30 })).toBe(5)
  })
})

describe('ranges', () => {
  const bars = days(1, 1, 1, 1, 1)

  test('are chosen in either direction', () => {
    expect(spanOf(bars, 1, 3)).toEqual({ from: 10, to: 40 })
    expect(spanOf(bars, 3, 1)).toEqual({ from: 10, to: 40 })
  })

  test('move by bars and stay as long', () => {
    expect(moved(bars, { from: 10, to: 30 }, 1)).toEqual({ from: 20, to: 40 })
    expect(moved(bars, { from: 10, to: 30 }, 9)).toEqual({ from: 30, to: 50 })
    expect(moved(bars, { from: 10, to: 30 }, -9)).toEqual({ from: 0, to: 20 })
  })

  test('are resized by an end, which may pass the other', () => {
    expect(resized(bars, { from: 10, to: 30 }, 'to', 48)).toEqual({ from: 10, to: 50 })
    expect(resized(bars, { from: 10, to: 30 }, 'from', 42)).toEqual({ from: 30, to: 40 })
    expect(resized(bars, { from: 10, to: 30 }, 'to', 11)).toEqual({ from: 10, to: 20 })
    expect(resized(bars, { from: 10, to: 30 }, 'from', 31)).toEqual({ from: 20, to: 30 })
    expect(resized(bars, { from: 0, to: 10 }, 'to', -3)).toEqual({ from: 0, to: 10 })
    expect(resized(bars, { from: 40, to: 50 }, 'from', 80)).toEqual({ from: 40, to: 50 })
  })

  test('always have a bar and stay within the bars', () => {
    const place = fc.integer({ min: -20, max: 70 })
    const end = fc.constantFrom('from' as const, 'to' as const)
    fc.assert(
      fc.property(
        fc.nat({ max: 4 }),
        fc.nat({ max: 4 }),
        end,
        place,
        fc.integer({ min: -9, max: 9 }),
        (a, b, side, at, by) => {
          const span = spanOf(bars, a, b)
          for (const { from, to } of [resized(bars, span, side, at), moved(bars, span, by)]) {
            expect(from).toBeGreaterThanOrEqual(0)
            expect(to).toBeLessThanOrEqual(50)
            expect(to - from).toBeGreaterThanOrEqual(10)
          }
        },
      ),
    )
  })
})
