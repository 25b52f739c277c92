import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { containment } from '../../../../src/base/text/contains.ts'
import { fold } from '../../../reference.ts'

describe('containment', () => {
  test('is that of folded texts, for every character beside every ASCII letter and sign', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code)
      const isIn = containment(fold(`a${character}b`))
      for (const other of [character, character.toUpperCase(), 'ſ', '\u212a', 'ı', 'İ', 'ß', 'ẞ', '\n']) {
        const text = `xA${other}Bx`
        expect([text, character, isIn(text)]).toEqual([text, character, fold(text).includes(fold(`a${character}b`))])
      }
    }
  })

  test('no characters but long s and the Kelvin sign fold to ASCII', () => {
    const folding: string[] = []
    for (let code = 0x80; code < 0x110000; code++) {
      const character = String.fromCodePoint(code)
      if (fold(character).charCodeAt(0) < 0x80) folding.push(character)
    }
    expect(folding).toEqual(['ſ', '\u212a'])
  })

  test('of any two texts', () => {
    const unit = fc.constantFrom(
      'a',
      'S',
      's',
      'ſ',
      'K',
      '\u212a',
      'ı',
      'i',
      'İ',
      '.',
      '*',
      '\\',
      '[',
      '\n',
      ' ',
      'ß',
      '你',
    )
    const text = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''))
    fc.assert(
      fc.property(text, text, (one, two) => {
        expect(containment(fold(two))(one)).toBe(fold(one).includes(fold(two)))
      }),
    )
  })
})
