import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestN } from '../../../src/base/best-n.ts'
import { compareBooleansFirst, compareStringsFirst } from '../../../src/base/scalars.ts'

test('scalars of several types in two orders', () => {
  const scalars = [null, 'b', '\u{1F600}', '\uFF5E', 10, -1, true, false]
  expect(scalars.toSorted(compareStringsFirst)).toEqual(['b', '\uFF5E', '\u{1F600}', -1, 10, false, true, null])
  expect(scalars.toSorted(compareBooleansFirst)).toEqual([false, true, -1, 10, 'b', '\uFF5E', '\u{1F600}', null])
})

test('the best of many are the first of all sorted', () => {
  const compare = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]!
  const items = fc.array(fc.nat(20), { maxLength: 400, size: 'max' })
  fc.assert(
    fc.property(items, fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)), (values, most) => {
      const numbered = values.map((value, i) => [value, i])
      const best = bestN(numbered, most, (a, b) => compare(a, b) || a[1]! - b[1]!)
      expect(best).toEqual(numbered.toSorted(compare).slice(0, most))
    }),
  )
})
