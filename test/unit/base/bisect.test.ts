import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lowerBound, partitionPoint, search, upperBound } from '../../../src/base/bisect.ts'

test('the place of a value, and the bounds of its equals', () => {
  const list = Uint16Array.of(2, 4, 4, 9)
  const values = [0, 2, 3, 4, 5, 9, 10, 65_536]
  expect(values.map((value) => lowerBound(list, value))).toEqual([0, 0, 1, 1, 3, 3, 4, 4])
  expect(values.map((value) => upperBound(list, value))).toEqual([0, 1, 1, 3, 3, 4, 4, 4])
  expect([0, 2, 3, 9, 10].map((value) => search(list, value))).toEqual([-1, 0, -1, 3, -1])
  expect([lowerBound(list, 0, 2), lowerBound(list, 9, 0, 2), lowerBound(list, 4, 2)]).toEqual([2, 2, 2])
  expect([lowerBound(new Uint16Array(0), 1), upperBound(new Uint16Array(0), 1), search(new Uint16Array(0), 1)]).toEqual(
    [0, 0, -1],
  )
})

test('agree with a walk', () => {
  const ascending = fc.uniqueArray(fc.nat(40), { maxLength: 20 }).map((values) => values.sort((a, b) => a - b))
  fc.assert(
    fc.property(ascending, fc.nat(41), (values, value) => {
      const list = Uint32Array.from(values)
      expect(lowerBound(list, value)).toBe(values.filter((it) => it < value).length)
      expect(upperBound(list, value)).toBe(values.filter((it) => it <= value).length)
      expect(search(list, value)).toBe(values.indexOf(value))
    }),
  )
})

test('the first number that passes, of none, of all, and of numbers beyond 32 bits', () => {
  const least = (from: number, to: number, wanted: number) => partitionPoint(from, to, (at) => at >= wanted)
  expect([least(0, 0, 5), least(0, 9, 0), least(0, 9, 5), least(0, 9, 9), least(3, 9, 1)]).toEqual([0, 0, 5, 9, 3])
  expect(least(1.7e12, 1.8e12, 1_766_000_000_001)).toBe(1_766_000_000_001)
})
