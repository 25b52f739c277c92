import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashWord, ShortWords } from '../../../../src/engine/text/short-words.ts'

/** Terms by word as a `Map` gives them, and what the table said each time it was asked; `skipped` where it takes no such word. */
function ask(words: readonly string[]) {
  const table = new ShortWords()
  const terms = new Map<string, number>()
  return words.map((word) => {
    const found = table.find(`<${word}>`, 1, 1 + word.length)
    if (found === undefined) return 'skipped'
    const expected = terms.get(word) ?? -1
    if (found === -1) {
      terms.set(word, terms.size)
      table.add(terms.size - 1)
    }
    return found === expected ? 'right' : `${word} is ${found}, not ${expected}`
  })
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_'

describe('find', () => {
  test('words are told apart by every letter and by their length', () => {
    const words = [
      'a',
      'aa',
      'aaa',
      'aaaa',
      'aaab',
      'baaa',
      'abaa',
      'aaaaa',
      'a\0',
      '\0',
      '\0a',
      'ab',
      'ba',
      'abc',
      'cba',
    ]
    expect(ask([...words, ...words])).toEqual(Array(2 * words.length).fill('right'))
  })

  test('takes words of one to twelve units', () => {
    expect(ask(['', 'x'.repeat(12), 'x'.repeat(13)])).toEqual(['skipped', 'right', 'skipped'])
  })

  test('takes 127 letters, and one or two units of any kind', () => {
    const many = Array.from({ length: 43 }, (_, i) => String.fromCharCode(...[0, 1, 2].map((j) => 0x400 + 3 * i + j)))
    expect(ask(many)).toEqual([...Array(42).fill('right'), 'skipped'])
    expect(ask([...many, '你', '你好', '\u{1f600}', '\ud83d'])).toEqual([
      ...Array(42).fill('right'),
      'skipped',
      ...Array(4).fill('right'),
    ])
  })

  test('gives what a Map gives', () => {
    const word = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '\0'), maxLength: 13 }),
      fc.string({ unit: fc.constantFrom(...LETTERS, 'é', 'ß', 'ж', 'я', '你'), maxLength: 5 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 200 }), (words) => {
        expect(ask([...words, ...words]).filter((said) => said !== 'right' && said !== 'skipped')).toEqual([])
      }),
    )
  })

  test('all words of three letters, and words that differ in one place', () => {
    const three = Array.from({ length: 37 ** 3 }, (_, i) =>
      [i % 37, Math.floor(i / 37) % 37, Math.floor(i / 37 ** 2)].map((at) => LETTERS[at]).join(''),
    )
    const places = Array.from({ length: 12 }, (_, at) =>
      Array.from(LETTERS.slice(1), (letter) => `${'a'.repeat(at)}${letter}${'a'.repeat(11 - at)}`),
    ).flat()
    const words = [...three, ...places]
    expect(new Set(ask([...words, ...words]))).toEqual(new Set(['right']))
    expect(words).toHaveLength(37 ** 3 + 12 * 36)
  })
})

test('bytes follow the words', () => {
  const table = new ShortWords()
  const { bytes } = table
  for (let i = 0; i < 10_000; i++) {
    table.find(String(100_000 + i), 0, 6)
    table.add(i)
  }
  expect((table.bytes - bytes) / 10_000).toBeGreaterThan(16)
  expect((table.bytes - bytes) / 10_000).toBeLessThan(45)
})

test('words that were chosen to meet do not, whatever the seed', () => {
  const words: [low: number, mid: number, high: number][] = []
  // The multipliers of a hash without a seed; the last word is what makes all of them equal.
  for (let low = 1; words.length < 4_000; low += 37) {
    const mid = Math.imul(low, 0x9e3779b1) >>> 4
    words.push([low, mid, 0x01234567 ^ Math.imul(low ^ Math.imul(mid, 0x85ebca6b), 0x9e3779b1)])
  }
  const old = words.map(([low, mid, high]) =>
    Math.imul(Math.imul(low ^ Math.imul(mid, 0x85ebca6b), 0x9e3779b1) ^ high, 0xc2b2ae35),
  )
  expect(new Set(old).size).toBe(1)
  const places = (seed: Parameters<typeof hashWord>[3], of: readonly (typeof words)[number][]) =>
    new Set(of.map(([low, mid, high]) => hashWord(low, mid, high, seed) & 0x3fff)).size
  const seeds = [
    { first: 77, factor: 0x5bd1e995 },
    { first: -0x2c1b3c6d, factor: 0x9e3779b1 },
  ] as const
  // Of 4,000 at random in 16,384 places some 3,550 have one of their own.
  for (const seed of seeds) expect(places(seed, words)).toBeGreaterThan(3_400)
  // Those that meet under the one seed do not under the other.
  const meeting = words.filter(([low, mid, high]) => (hashWord(low, mid, high, seeds[0]) & 0xff) === 3)
  const more = Array.from({ length: 200_000 }, (_, i): (typeof words)[number] => [i, 7, 9])
  meeting.push(...more.filter((word) => (hashWord(...word, seeds[0]) & 0x3ff) === 3))
  expect(places(seeds[1], meeting)).toBeGreaterThan(meeting.length * 0.95)
  expect(meeting.length).toBeGreaterThan(150)
})
