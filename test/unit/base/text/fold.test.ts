import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, foldInSteps } from '../../../../src/base/text/fold.ts'
import { FOLD_TABLE } from '../../../../src/base/text/fold-table.ts'
import { foldEntries, makeFoldTable } from './make-fold-table.ts'

const entries = foldEntries()

/** The rule in one line: each code point replaced by its C or S entry, if it has one. */
function oracle(text: string): string {
  return Array.from(text, (char) =>
    String.fromCodePoint(entries.get(char.codePointAt(0)!) ?? char.codePointAt(0)!),
  ).join('')
}

describe('the table', () => {
  test('is the one that the generator makes', () => {
    expect(FOLD_TABLE).toBe(makeFoldTable())
  })

  test('has the 1,512 C and S entries of Unicode 17.0, those new in it too', () => {
    expect(entries.size).toBe(1512)
    expect(entries.get(0xa7ce)).toBe(0xa7cf)
    expect(entries.get(0x16ea0)).toBe(0x16ebb)
  })

  test('needs no character that a quoted string or a template would escape', () => {
    expect(FOLD_TABLE).toMatch(/^[(-[]+$/)
  })

  test('is small', () => {
    expect(gzipSync(FOLD_TABLE).length).toBeLessThan(560)
  })

  test('keeps the length in UTF-16 units, and the high surrogate', () => {
    for (const [from, to] of entries) {
      const [a, b] = [String.fromCodePoint(from), String.fromCodePoint(to)]
      expect(b.length, a).toBe(a.length)
      if (a.length === 2) expect(b.charCodeAt(0), a).toBe(a.charCodeAt(0))
    }
  })
})

describe('fold, for every code point', () => {
  // Alone, and beside others, which takes the ways through the engine's lower case and through slices.
  const places: readonly (readonly [name: string, before: string, after: string])[] = [
    ['alone', '', ''],
    ['after a capital', 'A', ''],
    ['before a capital', '', 'A'],
    ['after a letter that the engine lowers otherwise', 'Ꭰ', ''],
    ['between letters', 'Äü', 'Σς'],
    ['beside a letter that the engine makes longer', 'İ', 'x'],
  ]

  test.each(places)('%s', (_, before, after) => {
    const [start, end] = [oracle(before), oracle(after)]
    const wrong: string[] = []
    for (let point = 0; point < 0x110000; point++) {
      const text = before + String.fromCodePoint(point) + after
      if (fold(text) !== start + String.fromCodePoint(entries.get(point) ?? point) + end) wrong.push(point.toString(16))
    }
    expect(wrong).toEqual([])
  })
})

describe('fold', () => {
  test.each([
    ['STRASSE', 'strasse'],
    ['straße', 'straße'],
    ['STRAẞE', 'straße'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
    ['É', 'é'],
    ['ẞ', 'ß'],
    ['\u212a', 'k'], // Kelvin sign
    ['\u212b', 'å'], // Angstrom sign
    ['\u2126', 'ω'], // Ohm sign
    ['ſ', 's'], // long s
    ['µ', 'μ'], // micro sign, Greek mu
    ['İ', 'İ'],
    ['ı', 'ı'],
    ['I', 'i'],
    ['İSTANBUL IĞDIR', 'İstanbul iğdir'],
    ['Ꭰꭰ', 'ᎠᎠ'],
    ['Ꭰ A', 'Ꭰ a'],
    ['ᏸᏰ', 'ᏰᏰ'],
    ['𐐀𐐨', '𐐨𐐨'],
    ['ǅ Ǆ ǆ', 'ǆ ǆ ǆ'],
    ['ﬀ ŉ ǰ', 'ﬀ ŉ ǰ'], // F entries only: they stay
    ['ﬅ', 'ﬆ'],
    ['ᾈ', 'ᾀ'],
    ['e\u0301 E\u0301', 'e\u0301 e\u0301'], // not composed
    ['', ''],
    ['您好 DHL', '您好 dhl'],
    ['👋 Hi', '👋 hi'],
  ])('%j is %j', (text, expected) => {
    expect(fold(text)).toBe(expected)
    expect(fold(expected)).toBe(expected)
  })

  test('keeps what F and T entries would change: STRASSE is not straße', () => {
    expect(fold('STRASSE')).not.toBe(fold('straße'))
    expect(fold('İ')).not.toBe(fold('i'))
    expect(fold('ı')).not.toBe(fold('I'))
  })

  test('keeps lone surrogates, also where a pair of them would fold', () => {
    expect(fold('\ud801A')).toBe('\ud801a')
    expect(fold('\udc00A')).toBe('\udc00a')
    expect(fold('\udc00\ud801')).toBe('\udc00\ud801')
    expect(fold('\ud801\ud801\udc00')).toBe('\ud801\ud801\udc28')
    expect(fold('Ä\udc00')).toBe('ä\udc00')
    expect(fold('Σς\ud801')).toBe('σσ\ud801')
  })

  test('asks the table, not the engine, whatever that takes for lower case', () => {
    const own = String.prototype.toLowerCase
    const engines: ((this: string) => string)[] = [
      // One that knows a letter more, one that knows fewer, one that makes a letter longer and another shorter.
      function () {
        return own.call(this).replaceAll('\ua7f1', 'x')
      },
      function () {
        return this.replace(/[A-Z]/g, (letter) => own.call(letter))
      },
      function () {
        return own.call(this).replaceAll('ü', 'ue').replaceAll('𐐨', 'x')
      },
    ]
    const texts = ['A\ua7f1Ä', 'ÄÖÜ Straße', 'Bü ABC 𐐀 d', 'B𐐀 ABC Ü d', 'Bü𐐀', 'B𐐀ü']
    const expected = texts.map(oracle)
    for (const engine of engines) {
      String.prototype.toLowerCase = engine
      try {
        expect(texts.map(fold)).toEqual(expected)
      } finally {
        String.prototype.toLowerCase = own
      }
    }
  })

  test('gives back the text itself where nothing folds', () => {
    const text = '您好，订单 48213 在哪里？'.repeat(100)
    expect(fold(text)).toBe(text)
  })

  test('folds long texts, one capital after another', () => {
    expect(fold('Σ'.repeat(100_000))).toBe('σ'.repeat(100_000))
    expect(fold('Ꭰꭰ'.repeat(50_000))).toBe('ᎠᎠ'.repeat(50_000))
    expect(fold('𐐀'.repeat(50_000))).toBe('𐐨'.repeat(50_000))
  })

  test('agrees with the rule, keeps the length and is the same when done twice', () => {
    const folding = [...entries.keys()].map((point) => String.fromCodePoint(point))
    const other = ['a', ' ', '7', 'ß', 'İ', 'ı', 'ς', 'ᏸ', '好', '👋', '\ud801', '\udc00', '\ud83d', 'ﬀ', '\u0307']
    const char = fc.oneof(
      fc.constantFrom(...folding),
      fc.constantFrom(...other),
      fc.string({ unit: 'binary', maxLength: 1 }),
    )
    fc.assert(
      fc.property(
        fc.array(char, { maxLength: 12 }).map((chars) => chars.join('')),
        (text) => {
          const result = fold(text)
          expect(result).toBe(oracle(text))
          expect(result.length).toBe(text.length)
          expect(fold(result)).toBe(result)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

test('in steps it gives the same, and cuts no surrogate pair', () => {
  const string = fc.string({ unit: 'binary', maxLength: 200 }).map((text) => `${text}\u{10400}ΟΔΟΣ`)
  fc.assert(
    fc.property(string, fc.integer({ min: 1, max: 50 }), (text, units) => {
      const steps = foldInSteps(text, units)
      let total = 0
      let step = steps.next()
      for (; step.done !== true; step = steps.next()) {
        expect(step.value).toBeLessThanOrEqual(units + 1)
        total += step.value
      }
      expect([step.value, total]).toEqual([fold(text), text.length])
    }),
  )
})
