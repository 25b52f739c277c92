import fc from 'fast-check'
import { expect, test } from 'vitest'
import { select } from '../../../src/base/select.ts'

const few = fc.integer({ min: -3, max: 3 })
const number = fc.oneof(few, fc.double({ noNaN: true }))
const numbers = fc.oneof(
  fc.array(number, { minLength: 1, maxLength: 40 }),
  fc.array(few, { minLength: 100, maxLength: 300 }),
  fc.array(number, { minLength: 100, maxLength: 300 }),
)

/** What orders tend to be slow: sorted, backwards, up and down, all equal. */
const PATTERNS: readonly ((i: number) => number)[] = [
  (i) => i,
  (i) => -i,
  (i) => Math.min(i, 500 - i),
  () => 7,
  (i) => i % 9,
]

test('gives the number that sorting would put there, between two places, and loses none', () => {
  fc.assert(
    fc.property(numbers, fc.nat(), fc.nat(3), fc.option(fc.nat(4)), (given, at, padding, rounds) => {
      const rank = padding + (at % given.length)
      const sides = new Array<number>(padding).fill(Number.NEGATIVE_INFINITY)
      const values = Float64Array.from([...sides, ...given, ...sides])
      const found = select(values, padding, padding + given.length, rank, rounds ?? undefined)
      const sorted = Float64Array.from(given).sort()
      expect(found + 0).toBe(sorted[rank - padding]! + 0)
      expect([...values.subarray(0, padding), ...values.subarray(padding + given.length)]).toEqual([...sides, ...sides])
      expect(values.slice(padding, padding + given.length).sort()).toEqual(sorted)
    }),
  )
})

test.each(PATTERNS)('numbers in order %#: each rank', (pattern) => {
  const given = Float64Array.from({ length: 501 }, (_, i) => pattern(i))
  const sorted = given.slice().sort()
  const found = Array.from(given, (_, rank) => select(given.slice(), 0, given.length, rank))
  expect(found).toEqual([...sorted])
})
