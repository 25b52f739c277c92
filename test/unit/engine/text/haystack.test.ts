import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Place } from '../../../../src/engine/terms/dictionary.ts'
import { Haystack } from '../../../../src/engine/text/haystack.ts'

function haystackOf(...texts: string[]): Haystack {
  const haystack = new Haystack()
  texts.forEach((text, id) => {
    haystack.add(id, text)
  })
  return haystack
}

function find(haystack: Haystack, piece: string, place: Place): number[] {
  return haystack.find(piece, place).sort((a, b) => a - b)
}

const holds: Record<Place, (text: string, piece: string) => boolean> = {
  anywhere: (text, piece) => text.includes(piece),
  start: (text, piece) => text.startsWith(piece),
  end: (text, piece) => text.endsWith(piece),
}

describe('find', () => {
  const texts = ['refund', 'order', 'fun', '', 'refund_refund', 'under', 're', 'ünder']

  test.each<[string, Place, number[]]>([
    ['fun', 'anywhere', [0, 2, 4]],
    ['fun', 'start', [2]],
    ['fun', 'end', [2]],
    ['refund', 'start', [0, 4]],
    ['refund', 'end', [0, 4]],
    ['der', 'end', [1, 5, 7]],
    ['r', 'start', [0, 4, 6]],
    ['ü', 'anywhere', [7]],
    ['x', 'anywhere', []],
    ['refund order', 'anywhere', []],
  ])('%j at %s', (piece, place, expected) => {
    expect(find(haystackOf(...texts), piece, place)).toEqual(expected)
  })

  test('nothing in nothing', () => {
    expect(find(new Haystack(), 'a', 'anywhere')).toEqual([])
  })

  test('a text that holds the piece many times is found once', () => {
    expect(find(haystackOf('aaaa', 'a'), 'a', 'anywhere')).toEqual([0, 1])
    expect(find(haystackOf('aaaa', 'a'), 'aa', 'end')).toEqual([0])
  })

  test('the first and the last text of a block, to their edges', () => {
    expect(find(haystackOf('ab', 'cd'), 'ab', 'start')).toEqual([0])
    expect(find(haystackOf('ab', 'cd'), 'cd', 'end')).toEqual([1])
    expect(find(haystackOf('ab', 'cd'), 'd', 'end')).toEqual([1])
  })

  describe('line feeds, which also part the texts', () => {
    test('a piece with one does not reach from a text into the next', () => {
      expect(find(haystackOf('a', 'b'), 'a\nb', 'anywhere')).toEqual([])
      expect(find(haystackOf('a', 'b'), 'a\n', 'anywhere')).toEqual([])
      expect(find(haystackOf('a', 'b'), '\nb', 'anywhere')).toEqual([])
    })

    test('a piece with one is found in a text with one', () => {
      expect(find(haystackOf('a\nb', 'a', 'b'), 'a\nb', 'anywhere')).toEqual([0])
      expect(find(haystackOf('x\na\nb', 'b'), 'a\nb', 'end')).toEqual([0])
      expect(find(haystackOf('\n', '', '\n\n'), '\n', 'anywhere')).toEqual([0, 2])
      expect(find(haystackOf('\n', '', '\n\n'), '\n\n', 'start')).toEqual([2])
    })

    test('a line within a text is neither its start nor its end', () => {
      expect(find(haystackOf('x\nfoo\ny'), 'foo', 'start')).toEqual([])
      expect(find(haystackOf('x\nfoo\ny'), 'foo', 'end')).toEqual([])
      expect(find(haystackOf('x\nfoo\ny', 'foo'), 'foo', 'start')).toEqual([1])
    })
  })

  test('wide characters and Latin-1 are found beside each other', () => {
    const haystack = haystackOf('naïve', 'naïve 你好', '你', 'na')
    expect(find(haystack, 'naï', 'start')).toEqual([0, 1])
    expect(find(haystack, '你', 'anywhere')).toEqual([1, 2])
    expect(find(haystack, 'na', 'anywhere')).toEqual([0, 1, 3])
  })

  test('numbers need not be in order', () => {
    const haystack = new Haystack()
    for (const id of [900, 3, 65_600]) haystack.add(id, `text ${id}`)
    expect(find(haystack, 'text', 'start')).toEqual([3, 900, 65_600])
    expect(find(haystack, '3', 'end')).toEqual([3])
  })

  test('agrees with a walk over the texts, however searches and additions alternate', () => {
    const unit = fc.constantFrom('a', 'b', '\n', 'é', '你', '\u{1f600}', '\ud83d', '\ude00')
    const text = fc.array(unit, { maxLength: 5 }).map((units) => units.join(''))
    const search = fc.record({
      piece: text.filter((it) => it !== ''),
      place: fc.constantFrom<Place>('anywhere', 'start', 'end'),
    })
    const step = fc.oneof({ arbitrary: text.map((it) => ({ text: it })), weight: 3 }, search)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), search, (steps, last) => {
        const haystack = new Haystack()
        const texts: string[] = []
        for (const it of [...steps, last]) {
          if ('text' in it) haystack.add(texts.push(it.text) - 1, it.text)
          else {
            const expected = texts.flatMap((text, id) => (holds[it.place](text, it.piece) ? [id] : []))
            expect(find(haystack, it.piece, it.place)).toEqual(expected)
          }
        }
      }),
    )
  })
})

describe('a block so long that it is searched in parts', () => {
  /** Numbers in words of one to three syllables, one of them wide; every 1,000th is the only one of its kind. */
  const syllables = ['ka', 'lo', 'mi', 'nu', 're', 'ta', 'fé', 'ö', 'un', 's\n']
  const wordOf = (id: number) =>
    id % 1_000 === 7
      ? `unique${id}`
      : [id % 10, Math.floor(id / 10) % 10, Math.floor(id / 100) % 10].map((i) => syllables[i]).join('') +
        (id % 3 ? '' : id)
  const texts = Array.from({ length: 12_000 }, (_, id) => wordOf(id))
  const narrow = haystackOf(...texts)
  const both = haystackOf(...texts, ...texts.map((text) => `${text}你`))

  test('finds what a walk over the texts finds', () => {
    const cut = fc.tuple(fc.nat(texts.length - 1), fc.nat(8), fc.integer({ min: 1, max: 8 }))
    const piece = fc.oneof(
      cut.map(([id, from, length]) => texts[id]!.slice(from, from + length)),
      fc.array(fc.constantFrom(...syllables, 'x', '1'), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
    )
    const place = fc.constantFrom<Place>('anywhere', 'start', 'end')
    fc.assert(
      fc.property(
        piece.filter((it) => it !== ''),
        place,
        (wanted, at) => {
          const expected = texts.flatMap((text, id) => (holds[at](text, wanted) ? [id] : []))
          expect(find(narrow, wanted, at)).toEqual(expected)
          const wide = texts.flatMap((text, id) => (holds[at](`${text}你`, wanted) ? [texts.length + id] : []))
          expect(find(both, wanted, at)).toEqual([...expected, ...wide])
        },
      ),
      { numRuns: 100 },
    )
  })

  test('the first and the last text of each part, to their edges', () => {
    const size = Math.ceil(texts.length / 32)
    for (let id = 0; id < texts.length; id += size) {
      for (const edge of [id, Math.min(id + size, texts.length) - 1]) {
        expect(narrow.find(texts[edge]!, 'start')).toContain(edge)
        expect(narrow.find(texts[edge]!, 'end')).toContain(edge)
      }
    }
  })
})

describe('join', () => {
  test('texts that come one by one, each searched for at once, are all found in the end', () => {
    const haystack = new Haystack()
    for (let id = 0; id < 500; id++) {
      haystack.add(id, `<${id}>`)
      expect(haystack.find(`<${id}>`, 'start')).toEqual([id])
    }
    expect(find(haystack, '<', 'start')).toEqual(Array.from({ length: 500 }, (_, id) => id))
    expect(find(haystack, '9>', 'end')).toEqual(Array.from({ length: 50 }, (_, i) => i * 10 + 9))
  })

  test('what was joined takes two bytes a unit only where it must', () => {
    const narrow = haystackOf('é'.repeat(1_000))
    const wide = haystackOf('你'.repeat(1_000))
    narrow.join()
    wide.join()
    expect(narrow.bytes).toBeLessThan(1_100)
    expect(wide.bytes).toBeGreaterThan(2_000)
  })
})

describe('image', () => {
  const texts = Array.from({ length: 12_000 }, (_, i) => `word_${i}_${(i * 7_919) % 12_000}${i % 50 === 0 ? 'ü→' : ''}`)
  const before = haystackOf(...texts, '', 'Ω')
  while (!before.join());
  const image = before.image()

  test('gives a haystack that finds the same', () => {
    const after = new Haystack()
    after.restore(image)
    for (const [piece, place] of [
      ['word_11', 'start'],
      ['99', 'end'],
      ['_77', 'anywhere'],
      ['ü→', 'end'],
      ['→', 'anywhere'],
      ['Ω', 'start'],
      ['absent', 'anywhere'],
    ] as const) {
      expect(find(after, piece, place)).toEqual(find(before, piece, place))
      expect(after.reach(piece, place)).toBe(before.reach(piece, place))
    }
    expect(find(after, 'absent', 'anywhere')).toEqual([])
    expect(after.bytes).toBe(before.bytes)
    expect(after.image()).toEqual(image)
    after.add(20_000, 'added_later')
    expect(find(after, 'later', 'end')).toEqual([20_000])
  })

  test('has one block of each width, of which the long one has masks', () => {
    expect(image.map(({ text, starts, masks }) => [text.length > 65_536, starts.length, masks.length])).toEqual([
      [true, 11_761, 1 << 14],
      [false, 241, 0],
    ])
  })
})
