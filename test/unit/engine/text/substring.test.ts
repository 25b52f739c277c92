import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { predicateOf } from '../../../../src/engine/kinds.ts'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import { has } from '../../../../src/engine/sets/rowset.ts'
import { Dictionary } from '../../../../src/engine/terms/dictionary.ts'
import { TermIndex } from '../../../../src/engine/terms/inverted.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import { patternOf, tokensOf } from '../../../../src/engine/text/pattern.ts'
import { Phrases } from '../../../../src/engine/text/phrases.ts'
import type { RunIndex } from '../../../../src/engine/text/run-index.ts'
import { RunSearch } from '../../../../src/engine/text/run-search.ts'
import { eachRun, textRuns } from '../../../../src/engine/text/substring.ts'
import { type TokenSet, termTokens } from '../../../../src/engine/text/token-set.ts'
import { renumberToken } from '../../../../src/engine/text/tokens.ts'
import { readConversation } from '../../../../src/row/read.ts'
import { fold } from '../../../reference.ts'

function row(id: number, ...contents: string[]): Row {
  const messages = contents.map((content) => ({ sender: 'agent', content }))
  const raw = { id, conversation_id: `c${id}`, started_at: '2026-01-05', messages }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

function runsIn(text: string): string[] {
  const runs: string[] = []
  eachRun(text, (from, to) => runs.push(text.slice(from, to)))
  return runs
}

/** Everything that a message is cut by: words, marks, white space, punctuation, scripts without spaces, astral, halves. */
const UNITS = [
  ...['a', 'b', 'B', '1', '_', 'ß', 'ẞ', 'İ', 'Σ', 'ς', '\u212a', 'é', '\u0301'],
  ...[' ', '\n', '\u00a0', '\u3000', '\u0085', '!', '?', '—', '-'],
  ...['你', '好', 'あ', 'ก', '한', '\u{1f600}', '\u{10400}', '\u{10428}', '\u{20000}'],
  ...['\ud83d', '\ude00', '\ud801', '\udc00', '\udc28'],
]
const ALONE = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]/u
const text = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 8 })

describe('eachRun', () => {
  test.each<[string, string[]]>([
    ['', []],
    [' \n\t\u00a0\u3000', []],
    ['hi', ['hi']],
    ['hi there', ['hi', 'there']],
    ['order_17, now!', ['order_17', ',', 'now', '!']],
    ['e\u0301te\u0301', ['e\u0301te\u0301']],
    ["don't", ['don', "'", 't']],
    ['你好', ['你', '好']],
    ['お茶tea', ['お', '茶', 'tea']],
    ['ไทย', ['ไ', 'ท', 'ย']],
    ['한국어', ['한국어']],
    ['a—b', ['a', '—', 'b']],
    ['\u{1f600}\u{1f600}ok', ['\u{1f600}', '\u{1f600}', 'ok']],
    ['\u{10428}x', ['\u{10428}x']],
    ['\u{20000}x', ['\u{20000}', 'x']],
    ['a\ud83d', ['a', '\ud83d']],
    ['\ude00a', ['\ude00', 'a']],
    ['\ude00\ud83d', ['\ude00', '\ud83d']],
    ['??', ['?', '?']],
  ])('%j is %j', (given, expected) => {
    expect(runsIn(given)).toEqual(expected)
  })

  test('tells words, letters that stand alone and other characters apart', () => {
    const kindsOf = (text: string) => {
      const kinds: number[] = []
      eachRun(text, (_from, _to, kind) => kinds.push(kind))
      return kinds
    }
    expect(new Set(kindsOf('hi 你!')).size).toBe(3)
    expect(kindsOf('\u{10428} \u{20000}\u{1f600}')).toEqual(kindsOf('hi 你!'))
    expect(kindsOf('1_e\u0301 ก\ud83d')).toEqual(kindsOf('hi 你!'))
  })

  test('loses nothing but white space, never cuts a character, never joins two words', () => {
    fc.assert(
      fc.property(text, (given) => {
        let at = 0
        let rest = ''
        let lastWordEnd = -1
        eachRun(given, (from, to) => {
          expect(from).toBeGreaterThanOrEqual(at)
          expect(to).toBeGreaterThan(from)
          const isWord = /^[\p{L}\p{M}\p{N}_]+$/u.test(given.slice(from, to)) && !ALONE.test(given.slice(from, to))
          if (isWord) expect(from).not.toBe(lastWordEnd)
          if (isWord) lastWordEnd = to
          rest += given.slice(at, from)
          at = to
        })
        rest += given.slice(at)
        expect(rest.trim()).toBe('')
        // Characters of the runs are characters of the text: no pair is cut.
        const characters = Array.from(given).filter((it) => it.trim() !== '')
        expect(runsIn(given).flatMap((run) => Array.from(run))).toEqual(characters)
      }),
    )
  })
})

describe('textRuns', () => {
  const runsOf = (...contents: string[]) => {
    const runs: string[] = []
    textRuns(row(1, ...contents).messages!, {
      term: (text, from, to) => runs.push(text.slice(from, to)),
      next: () => undefined,
      add: () => undefined,
      space: () => undefined,
    })
    return runs
  }

  /** The tokens in order: signs by their names, runs as they are. */
  const sequenceOf = (...contents: string[]) => {
    const dictionary = new Dictionary()
    const sequence: unknown[] = []
    textRuns(row(1, ...contents).messages!, {
      term: (text, from, to) => dictionary.internSlice(text, from, to),
      next: (token) =>
        sequence.push(
          token < 2
            ? '_+'[token]
            : `${token % 2 === 1 ? '/' : ''}${String(dictionary.value((token - 2) >> 1)).replaceAll(/\s/gu, '·')}`,
        ),
      add: () => undefined,
      space: () => undefined,
    })
    return sequence.join(' ')
  }

  /** All that a reader hears of a row's messages, and how many units each step of it went through. */
  const heardOf = (...contents: string[]) => {
    const heard: unknown[] = []
    const steps: number[] = []
    const terms = new Map<string, number>()
    const reading = textRuns(row(1, ...contents).messages!, {
      term: (text, from, to) => {
        const run = text.slice(from, to)
        if (!terms.has(run)) terms.set(run, terms.size)
        return terms.get(run)!
      },
      next: (token) => heard.push(token),
      add: (term) => heard.push(-term),
      space: () => undefined,
    })
    if (typeof reading === 'number') steps.push(reading)
    else steps.push(...reading)
    return { heard, steps, runs: [...terms.keys()] }
  }

  test('a long row is read in steps of 16,384 units, and is told of as it would be at once', () => {
    // What a step may cut: a word, a surrogate pair that folds, neighbours of a script without spaces, white space.
    const parts = ['word', '\u{10400}', '你', '好', ' ', '  ', 'É', 'ΟΔΟΣ', ', ', '\ud800', 'x'.repeat(20_000)]
    const pieces = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 30 })
    const content = fc
      .tuple(pieces, fc.integer({ min: 1, max: 3_000 }))
      .map(([some, times]) => some.join('').repeat(times).slice(0, 40_000))
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 3 }), (contents) => {
        const { heard, steps, runs } = heardOf(...contents)
        const units = contents.reduce((sum, { length }) => sum + length, 0)
        expect(steps.every((step) => step <= 16_385 || units <= 16_384)).toBe(true)
        if (units > 16_384) expect(steps.length).toBeGreaterThanOrEqual(units / 16_385)
        // The runs and stretches of each message, found at once.
        const expected = contents.flatMap((content) => {
          const found: string[] = []
          const text = fold(content)
          let before = 0
          const stretch = (from: number, to: number) => {
            const between = text.slice(from, to)
            if (between !== '' && (between !== ' ' || from === 0 || to === text.length)) found.push(between)
          }
          eachRun(text, (from, to) => {
            stretch(before, from)
            found.push(text.slice(from, to))
            before = to
          })
          stretch(before, text.length)
          return found
        })
        const tokens = heard.filter((token) => (token as number) >= 2).map((token) => ((token as number) - 2) >> 1)
        expect(tokens.map((term) => runs[term])).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  test.each([
    [['Hi you'], '/hi you'],
    [['Hi, YOU!', '', 'one'], '/hi , you ! /one'],
    [['a  b\tc\n d'], '/a ·· b · c ·· d'],
    [['a.b (c) d'], '/a . + b _ ( + c ) d'],
    [[' a '], '/· a ·'],
    [['', ' ', 'b'], '/· /b'],
    [['\n\n你 ', ' .'], '/·· 你 · /· .'],
    [['你好 ok你'], '/你 好 ok 你'],
    [['你 好'], '/你 _ 好'],
    [['a\u00a0b'], '/a · b'],
  ])('%j in order, with what stands between them where it is not the usual: %s', (contents, expected) => {
    expect(sequenceOf(...contents)).toBe(expected)
  })

  test('a token follows its term to another number', () => {
    const numbers = Uint32Array.of(0, 0, 7)
    expect([0, 1, 2, 6, 7].map((token) => renumberToken(token, numbers))).toEqual([0, 1, 2, 16, 17])
  })

  test('are the folded runs of all messages', () => {
    expect(runsOf('Hi, YOU', '', 'Straße 你')).toEqual(['hi', ',', 'you', 'straße', '你'])
    expect(runsOf(`${'X'.repeat(40)} 你 ${'y'.repeat(13)}`)).toEqual(['x'.repeat(40), '你', 'y'.repeat(13)])
    expect(runsOf()).toEqual([])
  })

  test('and each two neighbours of a script without spaces, which nothing parts', () => {
    expect(runsOf('你好吗').sort()).toEqual(['你', '你好', '吗', '好', '好吗'].sort())
    expect(runsOf('你 好', '你a好', '你!好', '好').filter((run) => run === '你好')).toEqual([])
    expect(runsOf('\u{20000}\u{20001}')).toContain('\u{20000}\u{20001}')
  })
})

describe('patternOf', () => {
  const pieces = (content: string) =>
    patternOf(content).pieces.map(
      ({ text: it, place, glue, isSpace }) =>
        `${glue === undefined ? '' : '_+'[glue]}${it.replaceAll(/\s/gu, '·')}${isSpace ? '?' : ''} ${place}`,
    )

  test.each<[string, string[]]>([
    ['fun', ['fun anywhere']],
    ['Fun', ['fun anywhere']],
    ['e\u0301', ['e\u0301 anywhere']],
    ['?', ['? whole']],
    ['你', ['你 whole']],
    ['\u{1f600}', ['\u{1f600} whole']],
    ['你好', ['你 whole', '好 whole']],
    ['你 好', ['你 whole', '_好 whole']],
    ['你好 ', ['你 whole', '好 whole', '·? start']],
    ['你好吗', ['你 whole', '好 whole', '吗 whole']],
    ['??', ['? whole', '? whole']],
    ['my order', ['my end', 'order start']],
    ['my  order', ['my end', '·· whole', 'order start']],
    ['my\norder', ['my end', '· whole', 'order start']],
    ['my-order', ['my end', '- whole', '+order start']],
    ['my new order', ['my end', 'new whole', 'order start']],
    ['order ', ['order end', '·? start']],
    ['order  ', ['order end', '·· start']],
    [' order', ['·? end', 'order start']],
    ['\torder', ['· end', 'order start']],
    [' order ', ['·? end', 'order whole', '·? start']],
    ['order!', ['order end', '! whole']],
    ['order !', ['order end', '_! whole']],
    ['order\n!', ['order end', '· whole', '! whole']],
    ['a你b', ['a end', '你 whole', '+b start']],
    [' ', ['· anywhere']],
    ['\n\n', ['·· anywhere']],
    ['', []],
  ])('%j', (given, expected) => {
    expect([patternOf(given).text, pieces(given)]).toEqual([fold(given), expected])
  })

  test.each([
    ['\ude00', ['\ude00']],
    ['\ud83d', ['\ud83d']],
    ['a\ud83d', ['\ud83d']],
    ['\ude00A', ['\ude00']],
    ['\ude00 a\ud83d', ['\ude00', '\ud83d']],
  ])('%j begins or ends within a character: rows need the halves', (given, halves) => {
    const needs = halves.map((unit) => ({ text: unit, place: 'anywhere' }))
    expect(patternOf(given)).toEqual({ text: fold(given), pieces: [], needs, isCut: true })
  })

  test.each<[string, string[]]>([
    ['my new order', ['my', 'new', 'order']],
    ['你', ['你']],
    ['你好', ['你好']],
    ['你好吗', ['你好', '好吗']],
    ['你 好', ['你', '好']],
    ['你好 ', ['你好', ' ']],
    ['你\n好', ['你', '\n', '好']],
    ['a你好b', ['a', '你好', 'b']],
    ['你!好吗', ['你', '!', '好吗']],
  ])('rows with %j need %j', (given, expected) => {
    expect(patternOf(given).needs.map(({ text }) => text)).toEqual(expected)
  })

  test('halves of a pair in the middle are characters', () => {
    expect(pieces('a\ude00b')).toEqual(['a end', '\ude00 whole', '+b start'])
  })
})

describe('tokensOf', () => {
  const index = new TermIndex(
    'runs',
    () => undefined,
    (dictionary) => new RunSearch(dictionary),
  )
  const { dictionary } = index
  for (const run of ['my', 'amy', 'order', 'orders', 'new', '!', '你', '好', '你好', ' ', '\n', '\n ', ' \n'])
    dictionary.intern(run)
  const phrases = new Phrases(index as RunIndex, new Engine())
  const found = (content: string) => {
    const pattern = patternOf(content)
    const terms = pattern.pieces.map((piece) => phrases.terms(piece))
    return tokensOf(pattern, terms, 0, dictionary, (terms, isFirst) => termTokens(terms, isFirst, dictionary.size))
  }
  /** The tokens of a set, below those of 13 terms. */
  const tokens = ({ has }: TokenSet) => Array.from({ length: 28 }, (_, token) => token).filter(has)

  test.each<[string, number[][]]>([
    ['order', [[6, 7, 8, 9]]],
    [
      'my order',
      [
        [2, 3, 4, 5],
        [6, 8],
      ],
    ],
    ['my new order', [[2, 3, 4, 5], [10], [6, 8]]],
    ['my\norder', [[2, 3, 4, 5], [22], [6, 8]]],
    ['order!', [[6, 7], [12]]],
    ['order !', [[6, 7], [0], [12]]],
    ['!order', [[12, 13], [1], [6, 8]]],
    ['my xyz', [[2, 3, 4, 5], []]],
    // After it: a space before a sign, a word, or white space that begins with one.
    [
      '! ',
      [
        [12, 13],
        [0, 2, 4, 6, 8, 10, 20, 26],
      ],
    ],
    // Before a sign: a space, or white space that ends with one.
    [' !', [[0, 20, 21, 24, 25], [12]]],
    // Before a word: any run, or white space that ends with one.
    [' new', [[...Array.from({ length: 20 }, (_, i) => i + 2), 24, 25], [10]]],
    [
      '!\n',
      [
        [12, 13],
        [22, 24],
      ],
    ],
    ['\nnew', [[22, 23, 26, 27], [10]]],
  ])('%j', (content, expected) => {
    expect(found(content).sets.map(tokens)).toEqual(expected)
    // What is known one by one is the same.
    for (const [i, { each }] of found(content).sets.entries()) {
      const seen: number[] = []
      each?.((token) => seen.push(token))
      if (each !== undefined) expect(seen.sort((a, b) => a - b)).toEqual(expected[i])
    }
  })

  test('the rarest piece is sought, with what stands before it; an open set is not', () => {
    const sought = (content: string, rarest: number) => {
      const pattern = patternOf(content)
      const terms = pattern.pieces.map(() => [])
      return tokensOf(pattern, terms, rarest, dictionary, () => termTokens([], false, 0)).sought
    }
    expect([0, 1, 2].map((rarest) => sought('my new order', rarest))).toEqual([1, 1, 2])
    expect([0, 1, 2].map((rarest) => sought('my! new', rarest))).toEqual([1, 1, 2])
    expect([0, 1].map((rarest) => sought('my !', rarest))).toEqual([2, 2])
    expect([sought('order', 0), sought('order ', 0), sought(' order', 0), sought(' order ', 1)]).toEqual([0, 0, 1, 1])
  })
})

describe('a message', () => {
  test('is looked at without case, each alone', () => {
    const it = row(1, 'Straße', 'my', 'order')
    const holds = (value: string, given = it) =>
      predicateOf({ field: 'message', lookup: 'icontains', value }, new Engine()).holds(given)
    expect(['STRAßE', 'str', 'my', 'my order', 'strasse'].map((value) => holds(value))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
    expect(holds('x', row(2))).toBe(false)
  })
})

describe('the text index', () => {
  /** Which rows are in the answer of the index, and whether it vouches for them. */
  function ask(engine: Engine, value: string): { isExact: boolean; found: Set<number> } {
    const asked = predicateOf({ field: 'message', lookup: 'icontains', value }, engine)
    const found = new Set<number>()
    let isExact = asked.isExact
    for (const segment of engine.segments) {
      const rows = asked.rows(segment)
      isExact ||= asked.sift !== undefined
      const left = rows === undefined || asked.sift === undefined ? rows : asked.sift(segment, rows)
      for (let slot = 0; slot < segment.size; slot++)
        if (left === undefined || has(left, slot)) found.add(engine.documents.row(segment.rows[slot]!).id)
    }
    return { isExact, found }
  }

  function engineOf(rows: readonly Row[], segmentRows = 65_536): Engine {
    const engine = new Engine({ thresholds: { segmentRows, fanOut: 2 }, text: textIndex })
    for (const it of rows) engine.writes.insert(it)
    engine.isTextIndexed = true
    return engine
  }

  test('finds a piece of a word, one character, and a word at the edge of a longer one', () => {
    const engine = engineOf([row(1, 'Refund, please'), row(2, 'no fun'), row(3, 'Hi', 'REF')])
    expect([...ask(engine, 'fun').found].sort()).toEqual([1, 2])
    expect([...ask(engine, 'f').found].sort()).toEqual([1, 2, 3])
    expect([...ask(engine, 'ref').found].sort()).toEqual([1, 3])
    expect([...ask(engine, 'nd, pl').found]).toEqual([1])
    expect([...ask(engine, 'xyz').found]).toEqual([])
  })

  test('finds phrases by the order of runs', () => {
    const engine = engineOf(
      Array.from({ length: 120 }, (_, i) =>
        row(i + 1, `word${i}x y${i}word`, i % 2 === 0 ? 'you 你好吗 ok' : 'you 好你 ok'),
      ),
      16,
    )
    const found = (value: string) => [...ask(engine, value).found].length
    expect([found('x y'), found('1x y'), found('7x y7w'), found('你好'), found('好你'), found('你好吗')]).toEqual([
      120, 12, 1, 60, 60, 60,
    ])
    expect(found('u 好你 o')).toBe(60)
  })

  test('phrases of words that most rows have', () => {
    const common = fc.constantFrom('the', 'to', 'a', '你')
    const rare = fc.constantFrom('other', 'there', 'onto', 'ta', 'at', ',', '好', 'x')
    const word = fc.oneof({ arbitrary: common, weight: 3 }, rare)
    const between = fc.oneof({ arbitrary: fc.constant(' '), weight: 6 }, fc.constantFrom('', '  ', '-', '\n'))
    const text = (minLength: number, maxLength: number) =>
      fc.array(fc.tuple(word, between), { minLength, maxLength, size: 'max' }).map((all) => all.flat().join(''))
    const contents = fc.array(fc.array(text(4, 8), { minLength: 1, maxLength: 2 }), { minLength: 24, maxLength: 40 })
    const pattern = fc.tuple(text(2, 3), fc.nat(2), fc.nat(2)).map(([it, from, to]) => it.slice(from, it.length - to))
    fc.assert(
      fc.property(contents, pattern, fc.constantFrom(20, 65_536), fc.boolean(), (all, value, segmentRows, isMerged) => {
        fc.pre(value !== '')
        const engine = engineOf([], segmentRows)
        all.forEach((messages, i) => {
          engine.writes.insert(row(i + 1, ...messages))
          // Each row indexed on its own, so that all come together by merging.
          if (isMerged) engine.build(engine.indexes.messages()!)
        })
        const { isExact, found } = ask(engine, value)
        all.forEach((messages, i) => {
          const holds = messages.some((it) => fold(it).includes(fold(value)))
          if (holds || isExact) expect([i, found.has(i + 1)]).toEqual([i, holds])
        })
      }),
    )
  })

  test('a phrase of words that nearly all rows have is known without going through any', () => {
    const engine = engineOf(Array.from({ length: 64 }, (_, i) => row(i + 1, i % 2 ? 'of the end' : 'the end of')))
    const index = engine.indexes.messages() as RunIndex
    const { neighbours } = index.postings(engine.segments[0]!, engine.documents, engine.work)
    const { dictionary } = index
    const [of, the, end] = ['of', 'the', 'end'].map((run) => dictionary.term(run)) as [number, number, number]
    expect([neighbours.common([of, the, end, 99]), neighbours.rare([of, 99])]).toEqual([[of, the, end], [99]])
    expect([neighbours.rows(of, the).count, neighbours.rows(the, end).count, neighbours.rows(the, of).count]).toEqual([
      32, 64, 0,
    ])
    expect(ask(engine, 'of the').found.size).toBe(32)
  })

  test('never misses a row, and has no row too many where it says that it is exact', () => {
    const contents = fc.array(fc.array(text, { maxLength: 3 }), { minLength: 1, maxLength: 6 })
    // Half of the patterns are cut from a message, so that there is something to find.
    const pattern = fc.oneof(
      text.map((value) => () => value),
      fc.tuple(fc.nat(), fc.nat(), fc.nat(8), fc.nat(5)).map(([r, m, from, length]) => (all: readonly string[][]) => {
        const messages = all[r % all.length]!
        return (messages[m % Math.max(1, messages.length)] ?? '').slice(from, from + length)
      }),
    )
    fc.assert(
      fc.property(contents, pattern, fc.constantFrom(1, 2, 65_536), (all, cut, segmentRows) => {
        const value = cut(all)
        fc.pre(value !== '')
        const engine = engineOf(
          all.map((messages, i) => row(i + 1, ...messages)),
          segmentRows,
        )
        const { isExact, found } = ask(engine, value)
        const folded = fold(value)
        all.forEach((messages, i) => {
          const holds = messages.some((content) => fold(content).includes(folded))
          if (holds || isExact) expect([i, found.has(i + 1)]).toEqual([i, holds])
        })
      }),
    )
  })
})
