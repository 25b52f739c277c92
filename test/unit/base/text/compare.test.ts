import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareCodePoints } from '../../../../src/base/text/compare.ts'

/** The rule in one line: the lists of code points, compared one by one, the shorter first. */
function oracle(a: string, b: string): number {
  const x = Array.from(a, (char) => char.codePointAt(0)!)
  const y = Array.from(b, (char) => char.codePointAt(0)!)
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return Math.sign(x[i]! - y[i]!)
  return Math.sign(x.length - y.length)
}

describe('compareCodePoints', () => {
  test.each([
    ['', ''],
    ['', 'a'],
    ['a', 'b'],
    ['a', 'ab'],
    ['Z', 'a'],
    ['z', 'ä'],
    ['\ud7ff', '\ue000'],
    ['\uffff', '\u{10000}'],
    ['\ue000', '\u{1f600}'],
    ['x\uff5e', 'x\u{1f600}'],
    ['\u{1f600}', '\u{1f601}'],
    ['\u{1f600}', '\u{20000}'],
    ['\ud800', '\udc00'],
    ['\ud800', '\ue000'],
    ['\ud800\ue000', '\ud800\udc00'],
    ['\ud800a', '\ud800\udc00'],
    ['\ud800', '\ud800\udc00'],
    ['\ud800\ud800', '\ud800\udc00'],
    ['\udfff', '\ue000'],
    ['\udc00\udc00', '\udc00\udc01'],
  ])('%j is not after %j', (a, b) => {
    const expected = a === b ? 0 : -1
    expect(Math.sign(compareCodePoints(a, b))).toBe(expected)
    expect(Math.sign(compareCodePoints(b, a)) + expected).toBe(0)
  })

  test('sorts astral characters last, where `<` does not', () => {
    const texts = ['\u{1f600}', '\uff5e', 'b', 'a']
    expect(texts.toSorted(compareCodePoints)).toEqual(['a', 'b', '\uff5e', '\u{1f600}'])
    expect(texts.toSorted()).toEqual(['a', 'b', '\u{1f600}', '\uff5e'])
  })

  test('agrees with the lists of code points, lone surrogates too', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      'é',
      '\ud7ff',
      '\ud800',
      '\ud801',
      '\udbff',
      '\udc00',
      '\udfff',
      '\ue000',
      '\uffff',
    )
    const text = fc.array(unit, { maxLength: 5 }).map((units) => units.join(''))
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(oracle(a, b))
      }),
      { numRuns: 5000 },
    )
  })
})
