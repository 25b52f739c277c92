import { expect, test } from 'vitest'
import { isEqual } from '../../../src/base/equal.ts'

test('isEqual: JSON, whatever the order of keys', () => {
  expect(isEqual({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true)
  for (const [one, other] of [
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [[], {}],
    [null, {}],
    [0, -0],
    ['1', 1],
    [
      [1, 2],
      [2, 1],
    ],
    [{ __proto__: null, toString: 1 }, { valueOf: 1 }],
  ]) {
    expect(isEqual(one, other)).toBe(false)
  }
})
