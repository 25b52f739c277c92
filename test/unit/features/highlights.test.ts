/** Highlights on a few texts: what counts as a match, where it stands, and the piece of text round it. */
import { describe, expect, test } from 'vitest'
import { InvalidRowError } from '../../../src/base/errors.ts'
import { ConversationStore, query } from '../../../src/index.ts'

const says = (...contents: string[]) => ({
  id: 1,
  conversation_id: 'refund-17',
  name: 'A Refund',
  customer_id: null,
  messages: contents.map((content, i) => ({ id: `m-${i}`, sender: i % 2 === 0 ? 'end_user' : 'agent', content })),
})

/** The matches in one text, as the text has them. */
function matches(text: string, content: string): string[] {
  const [found] = query().messageContains(text).highlights(says(content))
  return (found?.ranges ?? []).map(([start, end]) => content.slice(start, end))
}

describe('matches', () => {
  test.each<[string, string, string[]]>([
    ['refund', 'Refund my REFUNDS, refund', ['Refund', 'REFUND', 'refund']],
    ['aa', 'aaaaa', ['aa', 'aa']],
    ['aba', 'ababa', ['aba']],
    ['straße', 'STRASSE STRAẞE straße', ['STRAẞE', 'straße']],
    ['ΟΔΟΣ', 'ὁδός, οδος οδοσ', ['οδος', 'οδοσ']],
    ['İ', 'i İ I ı', ['İ']],
    ['k', '\u212a K', ['\u212a', 'K']],
    ['\u{10428}', '\u{10400}\u{10428}', ['\u{10400}', '\u{10428}']],
    ['ﬁ', 'ﬁ fi', ['ﬁ']],
    ['👍', '👍🏽👍', ['👍', '👍']],
    ['\ud83d', 'a😀b', ['😀']],
    ['\ude00b', 'a😀b', ['😀b']],
    ['x', 'y', []],
  ])('%j in %j', (text, content, expected) => {
    expect(matches(text, content)).toEqual(expected)
  })

  test('of several texts the leftmost, then the longest; none over another', () => {
    const content = 'order_17 refund'
    const [found] = query().search('order order_17 17 "_17 refund" fund').highlights(says(content))
    expect(found!.ranges).toEqual([
      [0, 8],
      [11, 15],
    ])
  })
})

describe('what is looked for', () => {
  const row = says('No refund yet', 'I see', 'REFUND!')

  test('messageContains: in messages, with id, place and sender', () => {
    expect(query().messageContains('refund').highlights(row)).toEqual([
      {
        field: 'message',
        message_id: 'm-0',
        index: 0,
        sender: 'end_user',
        ranges: [[3, 9]],
        snippet: { text: 'No refund yet', ranges: [[3, 9]] },
      },
      {
        field: 'message',
        message_id: 'm-2',
        index: 2,
        sender: 'end_user',
        ranges: [[0, 6]],
        snippet: { text: 'REFUND!', ranges: [[0, 6]] },
      },
    ])
  })

  test('name: in the name; search: in messages, name and ids', () => {
    const fields = (of: ReturnType<typeof query>) => of.highlights(row).map(({ field, index }) => [field, index])
    expect(fields(query().name('fund'))).toEqual([['name', null]])
    expect(fields(query().search('refund'))).toEqual([
      ['message', 0],
      ['message', 2],
      ['name', null],
      ['conversation_id', null],
    ])
  })

  test('within or, and within not that is turned round again, but not within not', () => {
    const within = (of: ReturnType<typeof query>) => of.highlights(row).map(({ ranges }) => ranges[0])
    expect(
      within(
        query().or(
          (q) => q.messageContains('see'),
          (q) => q.device('x'),
        ),
      ),
    ).toEqual([[2, 5]])
    expect(within(query().not((q) => q.messageContains('see')))).toEqual([])
    expect(within(query().not((q) => q.not((inner) => inner.messageContains('see'))))).toEqual([[2, 5]])
  })

  test('nothing else: equality and prefixes are no texts that a person looks for', () => {
    expect(query().where('name', 'istartswith', 'a').conversationId('refund-17').highlights(row)).toEqual([])
    expect(query().highlights(row)).toEqual([])
  })

  test('rows of a store, lean ones too, which have no messages', () => {
    const store = ConversationStore.from([{ ...row, started_at: '2024-01-01' } as never])
    const asked = store.query().search('refund')
    expect(asked.highlights(asked.first()!)).toHaveLength(4)
    expect(asked.highlights(asked.lean().first()!)).toHaveLength(2)
    expect(asked.highlights({ ...row, messages: null })).toHaveLength(2)
  })
})

describe('what is no row', () => {
  test.each([{}, [], null, undefined, 5, 'refund', { count: 1, results: [] }, { name: 'refund' }])('%j', (given) => {
    expect(() =>
      query()
        .search('refund')
        .highlights(given as never),
    ).toThrow(expect.objectContaining({ code: 'INVALID_ROW', parameter: 'row' }))
  })
})

describe('snippets', () => {
  const long = `${'x'.repeat(200)} refund ${'y'.repeat(200)}`
  const snippetOf = (text: string, content: string) =>
    query().messageContains(text).highlights(says(content))[0]!.snippet

  test('about 100 units round the first match', () => {
    const { text, ranges } = snippetOf('refund', long)
    expect(text.length).toBe(100)
    expect(long).toContain(text)
    expect(ranges.map(([start, end]) => text.slice(start, end))).toEqual(['refund'])
  })

  test('at either end the text is filled up from the other side', () => {
    expect(snippetOf('refund', `refund ${'x'.repeat(200)}`).text.length).toBe(100)
    expect(snippetOf('refund', `${'x'.repeat(200)} refund`).text.length).toBe(100)
    expect(snippetOf('refund', 'a refund').text).toBe('a refund')
  })

  test('a match that is longer is there as a whole', () => {
    const { text, ranges } = snippetOf('z'.repeat(150), `${'a'.repeat(90)}${'z'.repeat(150)}`)
    expect(text.slice(...ranges[0]!)).toBe('z'.repeat(150))
  })

  test('matches that are cut off are not among its ranges', () => {
    const { text, ranges } = snippetOf('refund', `refund ${'x'.repeat(90)}refund`)
    expect(text.length).toBe(100)
    expect(ranges).toEqual([[0, 6]])
  })

  test('no character is cut in two', () => {
    for (let lead = 20; lead < 60; lead++) {
      const content = `${'x'.repeat(lead % 2)}${'😀'.repeat(lead)}refund${'😀'.repeat(60)}`
      const { text, ranges } = snippetOf('refund', content)
      expect(text).not.toMatch(/\p{Surrogate}/u)
      expect(text.slice(...ranges[0]!)).toBe('refund')
      expect(text.length).toBeLessThanOrEqual(102)
    }
  })
})

test.each([[undefined], [null], [3], ['row'], [[]], [{ messages: 3 }], [{ messages: [null] }], [{ messages: [{}] }]])(
  'refused: %j',
  (row) => {
    expect(() =>
      query()
        .messageContains('x')
        .highlights(row as never),
    ).toThrow(InvalidRowError)
  },
)
