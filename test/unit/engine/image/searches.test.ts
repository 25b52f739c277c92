import { describe, expect, test } from 'vitest'
import { giveSearch } from '../../../../src/engine/image/searches.ts'
import type { BlockImage, Place, SearchImage } from '../../../../src/engine/terms/dictionary.ts'
import { TermIndex } from '../../../../src/engine/terms/inverted.ts'
import { RunSearch } from '../../../../src/engine/text/run-search.ts'

const WORDS = [
  ...Array.from({ length: 12_000 }, (_, i) => `Word_${i}_${(i * 7_919) % 12_000}${i % 50 === 0 ? 'ü→' : ''}`),
  ...[' ', '\n\t', 'Ω', '\u00a0 '],
]
const PIECES: readonly (readonly [string, Place])[] = [
  ['word_11', 'start'],
  ['99', 'end'],
  ['_77', 'anywhere'],
  ['ü→', 'end'],
  ['ω', 'start'],
  [' ', 'anywhere'],
  ['\t', 'end'],
  ['absent', 'anywhere'],
]

function indexOf(words: readonly string[]) {
  const index = new TermIndex(
    'words',
    () => undefined,
    (dictionary) => new RunSearch(dictionary),
  )
  for (const word of words) index.dictionary.intern(word)
  return index
}

const found = ({ search }: TermIndex, piece: string, place: Place) =>
  [...search!.containing(piece, place)].sort((a, b) => a - b)

const made = indexOf(WORDS)
const image = made.search!.image!()
const [long, wide] = image.blocks as [BlockImage, BlockImage]

test('what a search gives is one block of each width, of which the long one has masks, and its white space', () => {
  expect(image.blocks.map(({ text, starts, masks }) => [text.length > 65_536, starts.length, masks.length])).toEqual([
    [true, 11_760, 1 << 14],
    [false, 241, 0],
  ])
  expect(Array.from(image.spaces)).toEqual([12_000, 12_001, 12_003])
})

test('it is the same, however the search came about', () => {
  const grown = indexOf([])
  for (const word of WORDS) {
    grown.dictionary.intern(word)
    if (grown.dictionary.size % 1_000 === 0) grown.search!.containing('x', 'end')
  }
  expect(grown.search!.image!()).toEqual(image)
})

describe.each([false, true])('restored, all of it verified: %s', (isFull) => {
  test('it finds the same, and words that are added later', () => {
    const index = indexOf(WORDS)
    giveSearch(index, image, isFull)
    for (const [piece, place] of PIECES) expect(found(index, piece, place)).toEqual(found(made, piece, place))
    expect(index.search!.reach('word_11', 'start')).toBe(made.search!.reach('word_11', 'start'))
    index.dictionary.intern('Later')
    expect(found(index, 'later', 'end')).toEqual([12_004])
  })

  const other = (numbers: Uint32Array, place: number, value: number) =>
    numbers.map((number, i) => (i === place ? value : number))
  const block = (change: Partial<BlockImage>): SearchImage => ({ ...image, blocks: [{ ...long, ...change }, wide] })

  test.each<[string, SearchImage, string]>([
    ['white space that is no term', { ...image, spaces: Uint32Array.of(12_004) }, 'no term'],
    ['white space twice', { ...image, spaces: Uint32Array.of(1, 1) }, 'ascend'],
    ['no string', block({ starts: new Uint32Array(0), terms: new Uint32Array(0) }), 'begin or end'],
    ['no text', block({ text: '' }), 'begin or end'],
    ['a text that does not end', block({ text: long.text.slice(0, -1) }), 'begin or end'],
    ['a string too few', block({ starts: long.starts.slice(0, -1) }), 'as many terms'],
    ['a string inside another', block({ starts: other(long.starts, 7, long.starts[7]! + 1) }), 'within another'],
    ['strings that descend', block({ starts: other(long.starts, 7, 1) }), 'one after another'],
    ['a string beyond the text', block({ starts: other(long.starts, 11_759, 1e9) }), 'one after another'],
    ['a term too great', block({ terms: other(long.terms, 7, 12_004) }), 'of no term'],
    ['other masks', block({ masks: new Int32Array(8) }), 'other masks'],
  ])('%s is refused', (_, given, message) => {
    expect(() => giveSearch(indexOf(WORDS), given, isFull)).toThrow(message)
  })
})

test('masks that tell of parts that there are not are refused', () => {
  const words = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(2_000))
  const given = indexOf(words).search!.image!()
  const [{ masks }] = given.blocks as [BlockImage]
  expect(masks).toHaveLength(1 << 14)
  const spoilt = masks.map((mask, i) => (i === 5 ? mask | (1 << 20) : mask))
  for (const isFull of [false, true]) {
    giveSearch(indexOf(words), given, isFull)
    const blocks = [{ ...given.blocks[0]!, masks: spoilt }]
    expect(() => giveSearch(indexOf(words), { ...given, blocks }, isFull)).toThrow('no part')
  }
})

test.each<[string, (own: BlockImage) => Partial<BlockImage>]>([
  ['another string', ({ text }) => ({ text: text.replace('word_7_', 'word_8_') })],
  ['another term', ({ terms }) => ({ terms: terms.map((term, i) => (i === 3 ? 9 : term)) })],
  ['a mask of other bits', ({ masks }) => ({ masks: masks.map((mask, i) => (i === 100 ? ~mask : mask)) })],
  ['no masks', () => ({ masks: new Int32Array(0) })],
])('where all is verified, %s is refused', (_, change) => {
  const given = { ...image, blocks: [{ ...long, ...change(long) }, wide] }
  expect(() => giveSearch(indexOf(WORDS), given, true)).toThrow('not what its index is searched in')
})
