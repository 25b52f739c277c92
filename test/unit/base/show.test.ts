import { expect, test } from 'vitest'
import { show } from '../../../src/base/errors.ts'

const cycle: unknown[] = []
cycle.push(cycle)

test.each<{ value: unknown; text: string }>([
  { value: 'a "text"', text: '"a \\"text\\""' },
  { value: 7, text: '7' },
  { value: Number.NaN, text: 'NaN' },
  { value: 10n, text: '10n' },
  { value: null, text: 'null' },
  { value: undefined, text: 'undefined' },
  { value: { a: [1, 'b'] }, text: '{"a":[1,"b"]}' },
  { value: [0, Number.NaN, Number.POSITIVE_INFINITY, -0], text: '[0,"NaN","Infinity",0]' },
  { value: { ranges: [0n, 10n] }, text: '{"ranges":["0n","10n"]}' },
  { value: cycle, text: '[object Array]' },
  { value: Symbol('x'), text: 'Symbol(x)' },
  { value: 'x'.repeat(100), text: `"${'x'.repeat(76)}...` },
])('an error shows $text', ({ value, text }) => {
  expect(show(value)).toBe(text)
})
