/** Cuts between characters and words, held against the runtime's own segmentation of the whole string. */
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cutNear, isBetweenCharacters } from '../../../src/features/highlights/cut.ts'
import { query } from '../../../src/index.ts'

const FAMILY = '👨‍👩‍👧‍👦'

/** All boundaries of a string. */
function boundariesOf(text: string, granularity: 'grapheme' | 'word'): Set<number> {
  const segments = new Intl.Segmenter('en', { granularity }).segment(text)
  return new Set([...Array.from(segments, ({ index }) => index), text.length])
}

const snippetOf = (text: string, wanted = 'refund') => {
  const row = { conversation_id: 'c', messages: [{ sender: 'agent', content: text }] }
  const { ranges, snippet } = query().messageContains(wanted).highlights(row)[0]!
  const from = ranges[0]![0] - snippet.ranges[0]![0]
  return { ...snippet, all: ranges, from, to: from + snippet.text.length }
}

const unit = fc.constantFrom(
  ...[
    'a',
    'b c',
    ' ',
    '. ',
    '\n',
    '\r\n',
    '\r',
    '0',
    'é',
    'e\u0301',
    'o\u0308\u0323',
    '\u0301',
    '\u200d',
    '\u200c',
    '\ufe0f',
  ],
  ...[FAMILY, '👍🏽', '🏽', '😀', '❤️‍🔥', '🇩🇪', '🇫🇷', '🇩', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '\u{e0020}', '\ud83d', '\udc4d', '\ud83c'],
  ...[
    'กำ',
    'น้ำ',
    'ก',
    'ำ',
    'สวัสดี',
    'ລຳ',
    '配送',
    '状況',
    'か\u3099',
    'ｶﾞ',
    '한국',
    '\u1112\u1161\u11ab',
    '\u1112',
    '\u1161',
    '가\u11a8',
  ],
  ...[
    'क्षि',
    'नमस्ते',
    'क',
    '\u094d',
    'ക്ഷ',
    '\u0d4e',
    'ഷ',
    '\u0600',
    '\u0661',
    'العربية',
    'မြန်မာ',
    'ខ្មែរ',
    '\u{11f02}',
    '\u{1193f}',
  ],
  ...['\u00ad', '\u200b', '\u2060', '\u061c', 'refund'],
)
const texts = fc.array(unit, { maxLength: 80 }).map((units) => units.join(''))
const around = fc.tuple(texts, texts).map(([before, after]) => `${before}refund${after}`)

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Takes the segmentation away, as some runtimes have none. */
function withoutSegmenter(): void {
  const { Segmenter: _, ...others } = Object.getOwnPropertyDescriptors(Intl)
  vi.stubGlobal('Intl', Object.create(Object.prototype, others))
}

describe('with the segmentation of the runtime', () => {
  test('a snippet is a piece between two characters and, within 20 units, two words; its ranges lie in it', () => {
    fc.assert(
      fc.property(around, (text) => {
        const { text: piece, ranges, all, from, to } = snippetOf(text)
        expect(text.slice(from, to)).toBe(piece)
        const [characters, words] = [boundariesOf(text, 'grapheme'), boundariesOf(text, 'word')]
        expect([from, to].filter((at) => !characters.has(at))).toEqual([])
        for (const [start, end] of ranges) expect(start >= 0 && start < end && end <= piece.length).toBe(true)
        expect(ranges.map(([start, end]) => [start + from, end + from])).toEqual(all.slice(0, ranges.length))
        expect(all.slice(ranges.length).every(([, end]) => end > to)).toBe(true)
        // Whatever was looked for first: no word may begin nearer by than the cut was moved.
        for (const at of [from, to]) {
          const near = [...words].filter((word) => Math.abs(word - at) <= 10 && characters.has(word))
          const inside = near.filter((word) =>
            at === from ? word > 0 && word <= all[0]![0] : word < text.length && word >= all[0]![1],
          )
          if (!words.has(at)) expect(inside).toEqual([])
        }
      }),
    )
  })

  test.each([
    ['a family', FAMILY],
    ['flags', '🇩🇪'],
    ['an accent', 'e\u0301'],
    ['Thai', 'กำ'],
    ['a skin', '👍🏽'],
    ['a keycap', '1️⃣'],
    ['Hangul letters', '\u1112\u1161\u11ab'],
    ['England', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['two units', '😀'],
  ])('%s, wherever the window begins and ends', (_, character) => {
    for (let lead = 0; lead < 2 * character.length; lead++) {
      const text = `${'x'.repeat(lead)}${character.repeat(40)}refund${'x'.repeat(lead)}${character.repeat(90)}`
      const { text: piece } = snippetOf(text)
      const [, before = '', after = ''] = /^(.*)refund(.*)$/su.exec(piece)!
      expect(before.replaceAll(character, '')).toMatch(/^x*$/)
      expect(after.replaceAll(character, '')).toMatch(/^x*$/)
      expect(piece.length).toBeLessThanOrEqual(100 + 2 * character.length)
    }
  })

  test('words are whole, and white space is left outside', () => {
    const words = 'This is what was said about the order before anyone had asked for a refund of the price that '
    const { text } = snippetOf(`${words}${words}`)
    expect(text).toBe(
      'before anyone had asked for a refund of the price that This is what was said about the order before',
    )
  })

  test('Chinese and Thai words are whole', () => {
    for (const word of ['配送', '状況', 'สวัสดี', 'ราคา']) {
      const text = `${word.repeat(30)}refund${word.repeat(60)}`
      const { from, to } = snippetOf(text)
      const words = boundariesOf(text, 'word')
      expect([words.has(from), words.has(to)]).toEqual([true, true])
    }
  })

  test('a match inside a character brings the whole of it', () => {
    const { text, ranges } = snippetOf(`${'x'.repeat(40)}${'e\u0301'.repeat(60)}`, 'e')
    expect(text.slice(...ranges[0]!)).toBe('e')
    expect(text.endsWith('\u0301')).toBe(true)
    const alone = snippetOf(`${'x'.repeat(50)}a${'\u0301'.repeat(200)}b`, '\u0301'.repeat(150))
    expect(alone.text).toBe(`${'x'.repeat(29)}a${'\u0301'.repeat(200)}`)
  })

  test('a character of a million units is cut where it must be, and a long string is not gone through', () => {
    const endless = `${'a\u0301'.repeat(10)}${'\u0301'.repeat(1_000_000)} refund ${'\u0301'.repeat(1_000_000)}`
    expect(snippetOf(endless).text.length).toBeLessThan(3_000)
    const flags = `${'🇩🇪'.repeat(50_000)}refund${'🇩🇪'.repeat(50_000)}`
    expect(snippetOf(flags).text).toBe(`${'🇩🇪'.repeat(7)}refund${'🇩🇪'.repeat(16)}`)
    const odd = `🇫${'🇩🇪'.repeat(50_000)}refund`
    expect(snippetOf(odd).text.startsWith('🇪🇩🇪🇩')).toBe(true)
  })
})

describe('without it', () => {
  test('no character is cut either, and white space parts words', () => {
    fc.assert(
      fc.property(around, (text) => {
        const characters = boundariesOf(text, 'grapheme')
        withoutSegmenter()
        const { text: piece, ranges, all, from, to } = snippetOf(text)
        vi.unstubAllGlobals()
        expect(text.slice(from, to)).toBe(piece)
        expect([from, to].filter((at) => !characters.has(at))).toEqual([])
        expect(ranges.map(([start, end]) => [start + from, end + from])).toEqual(all.slice(0, ranges.length))
      }),
    )
    withoutSegmenter()
    expect(Intl.Segmenter).toBeUndefined()
    const words = 'This is what was said about the order before anyone had asked for a refund of the price that '
    expect(snippetOf(`${words}${words}`).text).toMatch(/^before anyone had asked .* order before$/)
  })

  test('what is said to be between characters is', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const characters = boundariesOf(text, 'grapheme')
        for (let at = 0; at <= text.length; at++)
          if (isBetweenCharacters(text, at)) expect([at, characters.has(at)]).toEqual([at, true])
      }),
    )
  })

  test.each([
    ['a|b', true],
    ['a| ', true],
    ['\r|\n', false],
    ['配|送', true],
    ['é|x', true],
    ['e\u0301|x', true],
    ['😀|😀', true],
    ['🇩🇪|🇫🇷', true],
    ['🇩|🇪', false],
    ['한|국', true],
    ['Ж|д', true],
    ['か|な', true],
    ['ก|ข', true],
    ['ก|ำ', false],
  ])('%j', (text, isBoundary) => {
    expect(isBetweenCharacters(text.replace('|', ''), text.indexOf('|'))).toBe(isBoundary)
  })
})

test('the ends of a string are cuts', () => {
  expect([cutNear('', 0, 1, 0), cutNear('abc', 0, 1, 3), cutNear('abc', 3, -1, 0)]).toEqual([0, 0, 3])
})
