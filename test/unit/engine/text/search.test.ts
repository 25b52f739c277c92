import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dictionary, type Place, PRESENT, type TermValue } from '../../../../src/engine/terms/dictionary.ts'
import { DictionarySearch } from '../../../../src/engine/text/search.ts'
import { fold } from '../../../reference.ts'

interface Searched {
  readonly dictionary: Dictionary
  readonly search: DictionarySearch
}

function searched(...values: TermValue[]): Searched {
  const dictionary = new Dictionary()
  for (const value of values) dictionary.intern(value)
  return { dictionary, search: new DictionarySearch(dictionary) }
}

function find({ search }: Searched, piece: string, place: Place): number[] {
  return [...search.containing(piece, place)].sort((a, b) => a - b)
}

describe('containing', () => {
  test('looks in folded texts, and in nothing but texts', () => {
    const it = searched('Straße', 'STRASSE', 17, null, PRESENT, 'true', true)
    expect(it.search.containing('strasse', 'start')).toEqual([1])
    expect(it.search.containing('ß', 'anywhere')).toEqual([0])
    expect(it.search.containing('true', 'anywhere')).toEqual([5])
    expect(it.search.containing('1', 'anywhere')).toEqual([])
  })

  test('also finds what came after a search', () => {
    const it = searched('one')
    expect(it.search.containing('o', 'start')).toEqual([0])
    it.dictionary.intern('other')
    it.search.prepare()
    expect(find(it, 'o', 'start')).toEqual([0, 1])
  })

  test('the last pieces are remembered, by place, until a text is added', () => {
    const it = searched('ab', 'ba')
    expect([find(it, 'a', 'start'), find(it, 'a', 'end'), find(it, 'a', 'anywhere')]).toEqual([[0], [1], [0, 1]])
    expect(it.search.containing('a', 'start')).toBe(it.search.containing('a', 'start'))
    for (let i = 0; i < 100; i++) it.search.containing(`piece ${i}`, 'start')
    it.dictionary.intern('aa')
    expect([find(it, 'a', 'start'), find(it, 'a', 'end')]).toEqual([
      [0, 2],
      [1, 2],
    ])
    it.dictionary.compact(Uint8Array.of(0, 1, 1))
    expect([find(it, 'a', 'start'), find(it, 'a', 'end')]).toEqual([[1], [0, 1]])
  })

  test('sixteen pieces are remembered: those that were asked for last', () => {
    const pieces = Array.from({ length: 17 }, (_, i) => `p${i}.`)
    const { search } = searched(...pieces)
    const ask = (i: number) => search.containing(pieces[i]!, 'anywhere')
    const first = pieces.slice(0, 16).map((_, i) => ask(i))
    expect(first.map(([term]) => term)).toEqual(Array.from({ length: 16 }, (_, i) => i))
    // All sixteen are there, and each counts as used again, the first one first.
    for (const [i, found] of first.entries()) expect(ask(i)).toBe(found)
    ask(16)
    for (let i = 1; i < 16; i++) expect(ask(i)).toBe(first[i])
    expect(ask(0)).not.toBe(first[0])
    expect(ask(0)).toEqual([0])
  })

  test('agrees with a walk over the values, before and after compacting', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', 'ß', 'ẞ', 'Σ', 'ς', 'İ', '\n', '\u{10400}'),
      maxLength: 4,
    })
    const value = fc.oneof({ arbitrary: text, weight: 4 }, fc.constantFrom<TermValue>(1, null, true, PRESENT))
    const place = fc.constantFrom<Place>('anywhere', 'start', 'end')
    fc.assert(
      fc.property(fc.array(value), text, place, fc.infiniteStream(fc.boolean()), (values, typed, at, coins) => {
        const piece = fold(typed)
        fc.pre(piece !== '')
        const it = searched(...values)
        const holds = { anywhere: 'includes', start: 'startsWith', end: 'endsWith' } as const
        const check = () => {
          const expected = it.dictionary.filter((it) => typeof it === 'string' && fold(it)[holds[at]](piece))
          expect(find(it, piece, at)).toEqual(expected)
          expect(find(it, piece, at)).toEqual(expected)
        }
        check()
        it.dictionary.compact(Uint8Array.from({ length: it.dictionary.size }, () => Number(coins.next().value)))
        check()
        it.dictionary.intern(`${piece}!`)
        check()
      }),
    )
  })
})

test('is prepared in steps, and gives memory back when terms are renumbered', () => {
  const { dictionary, search } = searched(...Array.from({ length: 100 }, (_, i) => `value ${i}`))
  // Of 890 units and 100 ends.
  expect([600, 200, 100, 1].map((units) => search.prepare(units))).toEqual([false, false, true, true])
  const { bytes } = search
  dictionary.compact(new Uint8Array(100))
  expect(search.containing('value', 'start')).toEqual([])
  expect(search.bytes).toBeLessThan(bytes / 10)
})
