/** Values, counts, ranges and durations as people read them. */
import { describe, expect, test } from 'vitest'
import { FACETS, type Facet } from '../../src/explorer/facets/fields.ts'
import { labelOf, rangeText, secondsText, seen } from '../../src/explorer/facets/label.ts'

const PLAN: Facet = { field: 'metadata.plan', label: 'plan', group: 'Metadata', none: 'null' }
const facet = (field: string) => FACETS.find((each) => each.field === field)!

describe('values', () => {
  test.each([
    ['pro', 'pro', 'plain'],
    ['1', '"1"', 'plain'],
    [1, '1', 'typed'],
    ['true', '"true"', 'plain'],
    [true, 'true', 'typed'],
    ['null', '"null"', 'plain'],
    [null, 'null', 'words'],
    ['', 'empty string', 'words'],
    [' a', '" a"', 'plain'],
    ['-1.5e3', '"-1.5e3"', 'plain'],
  ])('%j of metadata is shown as %s', (value, text, kind) => {
    expect(labelOf(PLAN, value)).toEqual({ text, kind })
  })

  test('nothing there, none and known values have words', () => {
    expect(labelOf(PLAN, null, true).text).toBe('not there')
    expect(labelOf(facet('device'), null).text).toBe('none')
    expect(labelOf(facet('message_sender'), 'end_user').text).toBe('User')
    expect(labelOf(facet('is_marked'), true).text).toBe('Yes')
    expect(labelOf(facet('device'), '1').text).toBe('1')
  })

  test('what is not seen, or turns the direction, is shown by its number; long strings are cut', () => {
    expect(seen('a\u202ecod.exe')).toBe('a‹RLO›cod.exe')
    expect(seen('a\u0000b\nc\u200b')).toBe('a‹^@›b␊c‹ZWSP›')
    expect(seen('👩‍👩‍👧 héllo')).toBe('👩‍👩‍👧 héllo')
    expect(seen('x'.repeat(10_000_000))).toHaveLength(301)
  })
})

test('ranges are half open', () => {
  expect(rangeText(Number.NEGATIVE_INFINITY, 1000)).toBe('under 1,000')
  expect(rangeText(0.1, 0.2)).toBe('0.1 – 0.2')
  expect(rangeText(70, Number.POSITIVE_INFINITY)).toBe('70 or more')
  expect(rangeText(60, 120, 'seconds')).toBe('1 min – 2 min')
})

test.each([
  [0, '0 s'],
  [0.12, '120 ms'],
  [3.2, '3.2 s'],
  [59.999, '1 min'],
  [59.94, '59.9 s'],
  [60, '1 min'],
  [750.5, '12 min 31 s'],
  [3599.9, '1 h'],
  [86_399, '1 d'],
  [183_600, '2 d 3 h'],
  [-90, '−1 min 30 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(secondsText(seconds)).toBe(text)
})
