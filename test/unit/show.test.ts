import { expect, test } from 'vitest'
import { show } from '../../src/errors.ts'

const cycle: unknown[] = []
cycle.push(cycle)

test.each<[unknown, string]>([
  ['a "text"', '"a \\"text\\""'],
  [7, '7'],
  [Number.NaN, 'NaN'],
  [10n, '10n'],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ a: [1, 'b'] }, '{"a":[1,"b"]}'],
  [[0, Number.NaN, Number.POSITIVE_INFINITY, -0], '[0,"NaN","Infinity",0]'],
  [{ ranges: [0n, 10n] }, '{"ranges":["0n","10n"]}'],
  [cycle, '[object Array]'],
  [Symbol('x'), 'Symbol(x)'],
  ['x'.repeat(100), `"${'x'.repeat(76)}...`],
])('an error shows %o as %s', (value, text) => {
  expect(show(value)).toBe(text)
})
