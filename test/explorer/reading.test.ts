/** The pure parts of a conversation that is read, and of what is shown when there is nothing to read. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Asked } from '../../src/explorer/asking/contract.ts'
import { partOf } from '../../src/explorer/asking/parts.ts'
import { NOTHING, queryOf } from '../../src/explorer/asking/query.ts'
import { firstWindow, grown, grownBack, including } from '../../src/explorer/conversation/fold.ts'
import { childrenOf, isOpenAtFirst, sizeOf, summaryOf } from '../../src/explorer/conversation/json-parts.ts'
import { linkOf, looksLikeMarkdown } from '../../src/explorer/conversation/links.ts'
import { findMatches, type Matches, placeIn } from '../../src/explorer/conversation/matches.ts'
import { isShown, lineOf, parsed, runsOf, saysOnlyItsAction } from '../../src/explorer/conversation/runs.ts'
import { fieldLines, metadataLines } from '../../src/explorer/conversation/values.ts'
import { causesOf, withInstead, withoutConditions } from '../../src/explorer/empty/causes.ts'
import { fullTime, millisOf, shortTime, spanOf } from '../../src/explorer/ui/time.ts'
import { piecesOf, stretchesOf } from '../../src/explorer/ui/visible.ts'
import { type Conversation, ConversationStore, type Message, type Query, query } from '../../src/index.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 100) }

describe('JSON as a tree', () => {
  /** All entries below a value, ranges opened. */
  function entriesOf(value: object, from?: number, to?: number): [string, unknown][] {
    return childrenOf(value, from, to).flatMap((child): [string, unknown][] =>
      child.kind === 'entry' ? [[child.label, child.value]] : entriesOf(value, child.from, child.to),
    )
  }

  test('every entry is somewhere, in order, and no branch shows more than a hundred', () => {
    const sizes = fc.oneof(fc.nat(300), fc.constantFrom(100, 101, 9999, 10_000, 10_001, 25_000))
    fc.assert(
      fc.property(sizes, fc.boolean(), (size, isList) => {
        const values = Array.from({ length: size }, (_, i) => i * 2)
        const value = isList ? values : Object.fromEntries(values.map((each) => [`k${each}`, each]))
        expect(childrenOf(value).length).toBeLessThanOrEqual(100)
        expect(entriesOf(value)).toEqual(Object.entries(value))
      }),
      { numRuns: Math.min(30, runs.numRuns) },
    )
  })

  test('ranges say which places they hold', () => {
    const [first, second] = childrenOf(Array.from({ length: 150 }, () => 0))
    expect([first!.label, second!.label]).toEqual(['0 … 99', '100 … 149'])
  })

  test.each([
    [[], '[ ]'],
    [[1, 2], '[ 2 ]'],
    [{}, '{ }'],
    [{ a: 1, b: 2, c: 3, d: 4 }, '{ a, b, c, … }'],
    [{ ['k'.repeat(50)]: 1 }, `{ ${'k'.repeat(20)}… }`],
  ])('%j closed says %s', (value, summary) => {
    expect(summaryOf(value)).toBe(summary)
  })

  test('the outermost and small branches are open at first', () => {
    const big = Array.from({ length: 9 }, () => 0)
    expect([isOpenAtFirst(big, 0), isOpenAtFirst(big, 1), isOpenAtFirst([1], 1), isOpenAtFirst([1], 3)]).toEqual([
      ...[true, false, true, false],
    ])
    expect([sizeOf(big), sizeOf({ a: 1 })]).toEqual([9, 1])
  })
})

describe('Long messages', () => {
  test('a short one is shown whole, a long one and one of many lines folded', () => {
    expect(firstWindow('short')).toEqual({ from: 0, to: 5 })
    expect(firstWindow('word '.repeat(10_000)).to).toBeLessThanOrEqual(1500)
    const lines = 'a\n'.repeat(500)
    expect(firstWindow(lines).to).toBeLessThanOrEqual(60)
    // Folding away a line would help nobody.
    expect(firstWindow('a\n'.repeat(26)).to).toBe(52)
  })

  test('it grows until all of it is shown; no step is greater than 100,000, and no pair is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom('word ', 'x', '😀', '\n'), fc.nat(300_000), (unit, length) => {
        const text = unit.repeat(Math.ceil(length / unit.length))
        let window = firstWindow(text)
        for (let step = 0; window.to < text.length; step++) {
          const next = grown(text, window)
          expect(next.to).toBeGreaterThan(window.to)
          expect(next.to - window.to).toBeLessThanOrEqual(100_000)
          expect(text.slice(0, next.to)).not.toMatch(/\p{Surrogate}/u)
          window = next
          expect(step).toBeLessThan(20)
        }
      }),
      { numRuns: Math.min(30, runs.numRuns) },
    )
  })

  test('a match that is hidden is within the window after', () => {
    const text = 'word '.repeat(200_000)
    fc.assert(
      fc.property(fc.nat(text.length - 10), (start) => {
        const window = including(text, firstWindow(text), start, start + 10)
        expect(window.from).toBeLessThanOrEqual(start)
        expect(window.to).toBeGreaterThanOrEqual(start + 10)
        expect(window.to - window.from).toBeLessThanOrEqual(25_000)
        expect(including(text, window, start, start + 10)).toBe(window)
      }),
      runs,
    )
  })

  test('what is before a window can be shown too', () => {
    const text = 'word '.repeat(100_000)
    let window = including(text, firstWindow(text), 400_000, 400_010)
    expect(window.from).toBeGreaterThan(0)
    for (let step = 0; window.from > 0 && step < 10; step++) window = grownBack(text, window)
    expect(window.from).toBe(0)
  })
})

describe('Hidden characters', () => {
  test.each([
    ['a\u202Eb', ['a', 'RLO', 'b']],
    ['\u0000\u001b\u007f\u0085', ['^@', '^[', '^?', 'U+0085']],
    ['tab\tand\nline\r', ['tab\tand\nline\r']],
    ['\u{E0041}', ['tag A']],
    // The flag of England, and a family.
    [
      '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
      ['\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'],
    ],
    ['👨‍👩‍👧', ['👨‍👩‍👧']],
    ['', []],
  ])('%j', (text, symbols) => {
    expect(piecesOf(text).map((piece) => (typeof piece === 'string' ? piece : piece.symbol))).toEqual(symbols)
  })

  test('nothing else is changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const kept = piecesOf(text).filter((piece) => typeof piece === 'string')
        expect(text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')).toBe(
          kept.join('').replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ''),
        )
      }),
      runs,
    )
  })

  test('stretches are the text, each match by its place among the ranges', () => {
    const ranges = [
      [1, 3],
      [3, 4],
      [6, 9],
    ] as const
    expect(stretchesOf('abcdefghij', ranges)).toEqual([
      { text: 'a', match: null },
      { text: 'bc', match: 0 },
      { text: 'd', match: 1 },
      { text: 'ef', match: null },
      { text: 'ghi', match: 2 },
      { text: 'j', match: null },
    ])
    expect(stretchesOf('abcdefghij', ranges, 2, 7).map(({ text, match }) => [text, match])).toEqual([
      ['c', 0],
      ['d', 1],
      ['ef', null],
      ['g', 2],
    ])
  })
})

describe('Links', () => {
  test.each([
    ['https://example.com/a', 'https://example.com/a'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['javascript:alert(1)', null],
    ['JaVaScRiPt:alert(1)', null],
    [' \u0001javascript:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,<script>', null],
    ['vbscript:x', null],
    ['file:///etc/passwd', null],
    ['blob:https://example.com/1', null],
    ['/explore/', null],
    ['//example.com', null],
    ['', null],
    [7, null],
    [`https://example.com/${'a'.repeat(10_000)}`, null],
  ])('%j', (address, link) => {
    expect(linkOf(address)).toBe(link)
  })

  test('what Markdown would show otherwise', () => {
    expect(['**bold**', '- list', '1. list', 'a\n\nb', 'https://a.example', '# title'].every(looksLikeMarkdown)).toBe(
      true,
    )
    expect(['plain words, and a number 7.', 'two\nlines'].some(looksLikeMarkdown)).toBe(false)
  })
})

describe('Runs of actions', () => {
  const message = (given: Partial<Message>): Message => ({ sender: 'agent', content: '', ...given })

  test.each<[Partial<Message>, string]>([
    [{ action_name: 'pay', action_logs: [{ duration_ms: 120 }] }, 'pay 120 ms ok'],
    [{ action_name: 'pay', action_logs: [{ error_message: 'No', duration_ms: 30_000 }] }, 'pay 30 s failed'],
    [{ action_name: 'pay' }, 'pay null null'],
    [{ action_name: null, action_logs: [{ response: 1 }] }, 'action null ok'],
    [
      {
        action_name: 'pay',
        action_logs: [{ started_at: '2026-01-05T10:00:00Z', ended_at: '2026-01-05 11:00:01.5+01:00' }],
      },
      'pay 1.5 s ok',
    ],
  ])('%j', (given, line) => {
    const whole = message(given)
    const { name, took, outcome } = lineOf(whole, runsOf(whole)[0]!)
    expect(`${name} ${took} ${outcome}`).toBe(line)
  })

  test('a message that only says that its action was done says nothing more', () => {
    expect(saysOnlyItsAction(message({ action_name: 'pay', content: 'Action pay performed' }))).toBe(true)
    expect(saysOnlyItsAction(message({ action_name: 'pay', content: ' ' }))).toBe(true)
    expect(saysOnlyItsAction(message({ action_name: 'pay', content: 'Paid.' }))).toBe(false)
    expect(saysOnlyItsAction(message({ content: '' }))).toBe(false)
    expect(runsOf(message({}))).toEqual([])
  })

  test('a string that is the JSON of an object or a list is shown as one', () => {
    expect(parsed('{"a":[1]}')).toEqual({ a: [1] })
    expect(parsed('{no')).toBe('{no')
    expect(parsed('12')).toBe('12')
    expect(parsed(12)).toBe(12)
  })

  test('what there is nothing of is not shown', () => {
    expect([undefined, null, '', {}, []].some(isShown)).toBe(false)
    expect([0, false, 'a', { a: 1 }, [0]].every(isShown)).toBe(true)
  })
})

describe('Matches', () => {
  const all = (asked: Query, messages: readonly Message[]): Matches => {
    const steps = findMatches(asked, messages)
    for (;;) {
      const { value, done } = steps.next()
      if (done) return value
    }
  }

  test('they are those of the library, in the order of the messages', () => {
    const unit = fc.constantFrom('refund', 'x ', 'REFUND', 'ef', '\n')
    const message = fc.record({
      sender: fc.constantFrom('agent' as const, 'end_user' as const),
      content: fc.array(unit, { maxLength: 6 }).map((units) => units.join('')),
      action_name: fc.constantFrom(null, 'pay'),
      action_logs: fc.array(
        fc.record({ response: fc.constantFrom('refund', 'x'), error_message: fc.constantFrom('', 'refund') }),
        {
          maxLength: 2,
        },
      ),
    })
    const asked = fc.constantFrom(
      query().search('refund ef'),
      query().messageContains('refund', { sender: 'agent' }),
      query()
        .action({ output: 'refund' })
        .not((q) => q.search('x')),
      query().device('mobile'),
    )
    fc.assert(
      fc.property(asked, fc.array(message, { maxLength: 12 }), (given, messages) => {
        const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05', messages }])
        const row = store.get('a')!
        const expected = store
          .query(given.spec)
          .highlights(row)
          .filter(({ index }) => index !== null)
        const found = all(given, row.messages)
        expect(found.list.map(({ index, range }) => [index, range])).toEqual(
          expected.flatMap(({ index, ranges }) => ranges.map((_, range) => [index, range])),
        )
        expect(found.isMore).toBe(false)
        for (const { index, highlight } of found.list) expect(found.ofMessage.get(index)).toContain(highlight)
      }),
      runs,
    )
  })

  test('a message in a later batch has its own place', () => {
    const messages = Array.from(
      { length: 1200 },
      (_, i): Message => ({
        sender: 'agent',
        content: i === 1100 ? 'refund' : 'x',
      }),
    )
    expect(all(query().search('refund'), messages).list.map(({ index }) => index)).toEqual([1100])
  })

  test('what is longer than is looked into is said to have more, and so is what matches without end', () => {
    const long = all(query().search('refund'), [{ sender: 'agent', content: `refund ${'x'.repeat(300_000)} refund` }])
    expect([long.list.length, long.isMore]).toEqual([1, true])
    const many = all(query().search('x'), [{ sender: 'agent', content: 'x'.repeat(50_000) }])
    expect([many.list.length, many.isMore]).toEqual([10_000, true])
  })

  test('only the string of a match knows its place', () => {
    const { list } = all(query().search('a'), [
      { sender: 'agent', content: 'a a' },
      { sender: 'agent', content: 'a' },
    ])
    expect(placeIn(list[1], list[0]!.highlight)).toBe(1)
    expect(placeIn(list[1], list[2]!.highlight)).toBeNull()
    expect(placeIn(undefined, list[0]!.highlight)).toBeNull()
  })
})

describe('Details', () => {
  const row = (given: object) => {
    const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', ...given }])
    return store.get('a') as Conversation
  }

  test('fields that there are, each with its filter', () => {
    const lines = fieldLines(row({ customer_id: 'kim', ended_at: '2026-01-05T10:02:05Z', is_used: false }))
    expect(lines.map(({ label, text }) => `${label}: ${text}`)).toEqual([
      ...['Customer: kim', 'Started: 2026-01-05T10:00:00Z', 'Ended: 2026-01-05T10:02:05Z', 'Duration: 2 min 5 s'],
      ...['Conversation: a', 'Used: no'],
    ])
    expect(lines[0]!.filter).toEqual({ field: 'customer_id', value: 'kim' })
  })

  test('metadata in the order of its keys, each scalar with the path that asks for it', () => {
    const metadata = { plan: 'pro', order: { 'a.b': 1, gone: null }, tags: ['x'], none: {} }
    const { lines, isMore } = metadataLines(metadata, 100)
    expect(isMore).toBe(false)
    expect(lines.map(({ label, depth, text }) => [label, depth, text])).toEqual([
      ['plan', 0, 'pro'],
      ['order', 0, ''],
      ['a.b', 1, '1'],
      ['gone', 1, 'null'],
      ['tags', 0, ''],
      ['none', 0, '{ }'],
    ])
    expect(lines.map(({ filter }) => filter?.field)).toEqual([
      ...['metadata.plan', undefined, 'metadata.order."a.b"', 'metadata.order.gone', undefined, undefined],
    ])
    expect(lines[4]!.list).toEqual(['x'])
  })

  test('no more than asked for', () => {
    const metadata = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]))
    const { lines, isMore } = metadataLines(metadata, 60)
    expect([lines.length, isMore]).toEqual([60, true])
    expect(metadataLines(null, 60)).toEqual({ lines: [], isMore: false })
  })
})

describe('Times', () => {
  test('an instant is read as the library reads it', () => {
    const at = fc
      .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString())
    fc.assert(
      fc.property(at, fc.constantFrom('Z', '', '+00:00', '+00', '-0000'), fc.constantFrom('T', ' '), (iso, zone, t) => {
        expect(millisOf(iso.replace('Z', zone).replace('T', t))).toBe(Date.parse(iso))
      }),
      runs,
    )
  })

  test.each([
    ['2026-1-5', Date.UTC(2026, 0, 5)],
    ['2026-01-05T10:30', Date.UTC(2026, 0, 5, 10, 30)],
    ['2026-01-05 10:30:00.123456+01:30', Date.UTC(2026, 0, 5, 9, 0, 0, 123)],
    ['2026-01-05T10:30:00,5-02', Date.UTC(2026, 0, 5, 12, 30, 0, 500)],
    ['soon', null],
    [7, null],
  ])('%s', (instant, millis) => {
    expect(millisOf(instant)).toBe(millis)
  })

  test('short: of today the time, of this year the day, else day and year; what is no instant as it is', () => {
    const now = new Date(2026, 5, 15, 12).getTime()
    const iso = (...at: readonly [number, number, number, number]) => new Date(...at).toISOString()
    expect(shortTime(iso(2026, 5, 15, 9), now)).toMatch(/^0?9:00/)
    expect(shortTime(iso(2026, 2, 3, 9), now)).toMatch(/3/)
    expect(shortTime(iso(2026, 2, 3, 9), now)).not.toMatch(/2026/)
    expect(shortTime(iso(2024, 2, 3, 9), now)).toMatch(/2024/)
    expect([shortTime('soon', now), fullTime('soon')]).toEqual(['soon', 'soon'])
  })

  test.each([
    [0.4, '0.4 ms'],
    [120, '120 ms'],
    [999.6, '1000 ms'],
    [3400, '3.4 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [11_400_000, '3 h 10 min'],
    [400_000_000, '5 days'],
  ])('%d ms is %s', (ms, text) => {
    expect(spanOf(ms)).toBe(text)
  })
})

describe('Nothing matches', () => {
  const store = ConversationStore.from([
    { conversation_id: 'a', started_at: '2026-01-05', device: 'mobile', customer_id: 'Kim', name: 'Refund' },
    { conversation_id: 'b', started_at: '2026-01-06', device: 'desktop' },
  ])
  const asked: Asked = {
    ...NOTHING,
    search: 'nothing of that',
    parts: [
      partOf({ field: 'customer_id', lookup: 'exact', value: 'kim' }),
      partOf({ not: [{ field: 'device', lookup: 'exact', value: 'desktop' }] }),
    ],
  }
  const why = () => store.query(queryOf(asked).spec).whyEmpty()

  test('the one that empties it comes first, then the others that nothing meets', () => {
    const causes = causesOf(why())
    expect(causes.every(({ alone }) => alone === 0)).toBe(true)
    expect(causes.map(({ call }) => call).toSorted()).toEqual(['customerId("kim")', 'search("nothing of that")'])
  })

  test('each can be removed, and nothing else is', () => {
    for (const { where } of why().conditions) {
      const left = withoutConditions(asked, where)
      expect(left.parts.length + Number(left.search !== '')).toBe(2)
    }
  })

  test('what was perhaps meant takes its place', () => {
    const { where, meant } = why().conditions.find(({ call }) => call === 'customerId("kim")')!
    const next = withInstead(asked, where, meant!)
    expect(next.parts).toEqual([partOf({ field: 'customer_id', lookup: 'exact', value: 'Kim' }), asked.parts[1]])
    expect(next.search).toBe(asked.search)
  })

  test('an answer that is not empty has no cause', () => {
    expect(causesOf(store.query().device('mobile').whyEmpty())).toEqual([])
  })
})
