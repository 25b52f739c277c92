/** The pure parts of the list: where rows stand, which pages are live, what a row says, what is next. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { moved } from '../../src/explorer/list/moves.ts'
import { ORDERS, orderOf, termOf } from '../../src/explorer/list/orders.ts'
import { PAGE_SIZE, type PagedStore, Pages } from '../../src/explorer/list/pages.ts'
import { countsOf, linesOf } from '../../src/explorer/list/row-lines.ts'
import { heightOf, placeAt, revealing, rowsAt, scrolled } from '../../src/explorer/list/scale.ts'
import { stepped } from '../../src/explorer/list/steps.ts'
import { asAsyncStore, ConversationStore, type Preview, query } from '../../src/index.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 100) }

describe('Where rows stand', () => {
  const extent = fc.record({
    rows: fc.oneof(fc.integer({ min: 0, max: 20_000_000 }), fc.integer({ min: 0, max: 3_000_000_000 })),
    view: fc.integer({ min: 1, max: 2000 }),
  })

  test('no element is higher than browsers draw', () => {
    fc.assert(
      fc.property(extent, (given) => {
        expect(heightOf(given)).toBe(Math.min(given.rows, 10_000_000))
      }),
      runs,
    )
  })

  test('every place is within the rows, and its scroll position within the element', () => {
    const tops = fc.array(fc.integer({ min: -100, max: 10_000_100 }), { maxLength: 8 })
    fc.assert(
      fc.property(extent, fc.nat(3_000_000_000), tops, (given, offset, moves) => {
        let place = placeAt(offset, given)
        for (const top of [place.top, ...moves]) {
          place = scrolled(place, top, given)
          expect(place.offset).toBeGreaterThanOrEqual(0)
          expect(place.offset).toBeLessThanOrEqual(Math.max(0, given.rows - given.view))
        }
      }),
      runs,
    )
  })

  test('in a list that fits, the place is where it is scrolled to', () => {
    const given = { rows: 7_200_000, view: 800 }
    expect(scrolled({ top: 0, offset: 0 }, 7_199_200, given).offset).toBe(7_199_200)
    expect(placeAt(5000, given)).toEqual({ offset: 5000, top: 5000 })
  })

  test('in one that does not, a short move is exact, a long one in proportion, and both ends are reached', () => {
    const given = { rows: 72_000_000, view: 800 }
    const most = given.rows - given.view
    const place = placeAt(36_000_000, given)
    expect(scrolled(place, place.top + 100, given).offset).toBe(place.offset + 100)
    expect(scrolled(place, heightOf(given) - given.view, given).offset).toBe(most)
    expect(scrolled(place, 0, given).offset).toBe(0)
    expect(scrolled(place, (heightOf(given) - given.view) / 4, given).offset).toBeCloseTo(most / 4)
    expect(placeAt(most, given).top).toBe(heightOf(given) - given.view)
  })

  test('the rows that are seen', () => {
    expect(rowsAt(0, 300, 72, 1000)).toEqual([0, 5])
    expect(rowsAt(71, 300, 72, 1000)).toEqual([0, 6])
    expect(rowsAt(71_700, 300, 72, 1000)).toEqual([995, 1000])
    expect(rowsAt(0, 300, 72, 0)).toEqual([0, 0])
  })

  test('a row is brought into view by as little as it takes', () => {
    expect(revealing(0, 500, 300, 72)).toBe(0)
    expect(revealing(10, 0, 300, 72)).toBe(11 * 72 - 300)
    expect(revealing(2, 0, 300, 72)).toBe(0)
  })
})

test.each([
  ['ArrowDown', 5, 6],
  ['ArrowDown', 99, 99],
  ['ArrowUp', 0, 0],
  ['PageDown', 5, 15],
  ['PageUp', 5, 0],
  ['Home', 50, 0],
  ['End', 50, 99],
  ['x', 50, undefined],
  ['toString', 50, undefined],
])('%s at %i goes to %s', (key, from, to) => {
  expect(moved(key, from, 100, 10)).toBe(to)
  expect(moved(key, from, 0, 10)).toBeUndefined()
})

describe('Orders', () => {
  test('each is a field that the library orders by, both ways', () => {
    for (const field of Object.keys(ORDERS) as (keyof typeof ORDERS)[])
      for (const isDown of [false, true]) {
        const term = termOf(field, isDown)
        expect(orderOf([term, 'id'])).toEqual({ field, isDown })
        expect(() => query().orderBy(term)).not.toThrow()
      }
  })

  test('without any, the newest come first', () => {
    expect(orderOf([])).toEqual({ field: 'started_at', isDown: true })
  })
})

const PREVIEW: Preview = {
  id: 1,
  conversation_id: 'chat-1',
  name: null,
  customer_id: 'kim',
  started_at: '2026-01-05',
  is_marked: false,
  is_deleted: false,
  message_count: 2,
  action_count: 0,
  failed_count: 0,
  attachment_count: 0,
  duration: null,
  sentiments: [],
  beginning: '',
  match: null,
}
const match = (field: string, text: string, start: number, more = {}) =>
  ({
    ...{ field, index: field === 'message' ? 0 : null, sender: field === 'message' ? 'end_user' : null, ...more },
    snippet: { text, ranges: [[start, start + 3]] },
  }) as Preview['match']

describe('What a row says', () => {
  test.each<[string, Partial<Preview>, string, string]>([
    ['the id, where there is nothing else', {}, 'chat-1', ''],
    ['the first words, and the id', { beginning: 'Hello\nyou' }, 'Hello you', 'chat-1'],
    ['the name, and the first words', { name: 'A name', beginning: 'Hello' }, 'A name', 'Hello'],
    ['an empty name is none', { name: '  ', beginning: 'Hello' }, 'Hello', 'chat-1'],
    ['the name, and the id where nobody says a word', { name: 'A name' }, 'A name', 'chat-1'],
  ])('%s', (_, given, title, snippet) => {
    const lines = linesOf({ ...PREVIEW, ...given })
    expect([lines.title.text, lines.snippet.text]).toEqual([title, snippet])
  })

  test('a match stands below the name, with who said it, a little of what is before, and its range', () => {
    const { snippet, title } = linesOf({
      ...PREVIEW,
      name: 'A name',
      match: match('message', 'many words are said before a cat comes', 29),
    })
    expect(title.text).toBe('A name')
    expect(snippet.from).toBe('User')
    expect(snippet.text).toBe('…said before a cat comes')
    const [[start, end]] = snippet.ranges as [[number, number]]
    expect(snippet.text.slice(start, end)).toBe('cat')
  })

  test('a match in a name is marked there, one in a run says in which part', () => {
    const named = linesOf({ ...PREVIEW, name: 'cat', beginning: 'Hello', match: match('name', 'cat', 0) })
    expect([named.title.ranges, named.snippet.text, named.snippet.from]).toEqual([[[0, 3]], 'Hello', null])
    const run = linesOf({ ...PREVIEW, match: match('action', 'cat', 0, { part: 'error', sender: 'agent', index: 1 }) })
    expect(run.snippet.from).toBe('Error')
    const id = linesOf({ ...PREVIEW, match: match('conversation_id', 'cat', 0) })
    expect(id.title.ranges).toEqual([[0, 3]])
  })

  test('only the numbers that say something', () => {
    const labels = (given: Partial<Preview>) => countsOf({ ...PREVIEW, ...given }).map(({ label }) => label)
    expect(labels({ message_count: 1 })).toEqual(['1 turn'])
    expect(labels({ action_count: 1, failed_count: 1, attachment_count: 2 })).toEqual([
      '2 turns',
      '1 action',
      '1 failed',
      '2 files',
    ])
    expect(labels({ duration: 750 })).toEqual(['13 min', '2 turns'])
    // In the order of their durations, where those without one come first, it is said.
    expect(countsOf(PREVIEW, true).map(({ label }) => label)).toEqual(['no duration', '2 turns'])
  })
})

describe('Pages', () => {
  const filled = (count: number) =>
    ConversationStore.from(
      Array.from({ length: count }, (_, i) => ({
        conversation_id: `c${i}`,
        started_at: new Date(Date.UTC(2026, 0, 1) - i * 60_000).toISOString(),
      })),
    )

  /** A store, and how many of its live queries are open. */
  function watched(store: ConversationStore): { paged: PagedStore; open: () => readonly number[] } {
    const open = new Map<object, number>()
    const there = asAsyncStore(store)
    const paged = {
      subscribe: (asked: { spec: { page?: number } }, ...rest: readonly unknown[]) => {
        const subscription = (there.subscribe as unknown as (...args: unknown[]) => { unsubscribe(): void })(
          asked,
          ...rest,
        )
        const key = {}
        open.set(key, asked.spec.page ?? 1)
        return {
          unsubscribe() {
            open.delete(key)
            subscription.unsubscribe()
          },
        }
      },
    } as unknown as PagedStore
    return { paged, open: () => [...open.values()].sort((a, b) => a - b) }
  }

  test('the pages in view and next to it are followed, and no others', () => {
    const { paged, open } = watched(filled(10_000))
    const pages = new Pages(paged, query().page(3).pageSize(7))
    pages.want(0, 10)
    expect(pages.count).toBe(10_000)
    expect(pages.row(0)?.conversation_id).toBe('c0')
    expect(open()).toEqual([1])
    pages.want(5000, 5015)
    expect(open()).toEqual([100, 101])
    expect(pages.row(5003)?.conversation_id).toBe('c5003')
    // The first page is kept though it is not seen.
    expect(pages.row(0)?.conversation_id).toBe('c0')
    pages.want(9_990, 10_000)
    expect(open()).toEqual([200])
    pages.close()
    expect(open()).toEqual([])
  })

  test('a write shows, and what is not followed is forgotten', () => {
    const store = filled(1000)
    const { paged } = watched(store)
    const pages = new Pages(paged, query())
    pages.want(0, 10)
    pages.want(500, 510)
    let told = 0
    pages.subscribe(() => told++)
    store.add({ conversation_id: 'new', started_at: '2026-02-01T00:00:00Z' })
    expect(told).toBeGreaterThan(0)
    expect(pages.count).toBe(1001)
    expect(pages.indexOf('c500')).toBe(501)
    expect(pages.row(0)).toBeUndefined()
    pages.want(0, 10)
    expect(pages.row(0)?.conversation_id).toBe('new')
    expect(pages.indexOf('nobody')).toBe(-1)
  })

  test('many rows before those in view: they are found where they are then, and stand in until they are told', () => {
    const store = filled(1000)
    const { paged } = watched(store)
    const pages = new Pages(paged, query())
    pages.want(500, 510)
    store.addMany(
      Array.from({ length: 700 }, (_, i) => ({ conversation_id: `new${i}`, started_at: '2026-02-01T00:00:00Z' })),
    )
    expect(pages.indexOf('c500')).toBe(1200)
    expect(pages.row(1200)?.conversation_id).toBe('c500')
    pages.want(1200, 1210)
    expect(pages.indexOf('c500')).toBe(1200)
    // Those that came after it leave it where it is.
    store.addMany([{ conversation_id: 'old', started_at: '2025-01-01T00:00:00Z' }])
    expect(pages.indexOf('c500')).toBe(1200)
  })

  test('rows that are gone leave an empty page and the new count, wherever one is', async () => {
    const store = filled(1000)
    const { paged } = watched(store)
    const pages = new Pages(paged, query())
    pages.want(0, 1)
    pages.want(900, 910)
    for (let i = 10; i < 1000; i++) store.delete(`c${i}`)
    expect(pages.count).toBe(10)
    expect(pages.row(900)).toBeUndefined()
    const late = new Pages(paged, query())
    late.want(900, 910)
    await Promise.resolve()
    await Promise.resolve()
    expect([late.count, late.error]).toEqual([10, null])
    expect(late.row(3)?.conversation_id).toBe('c3')
  })

  test('a store that is gone is asked no more', async () => {
    let asked = 0
    const gone = {
      subscribe(_: object, __: unknown, { onError }: { readonly onError: (error: Error) => void }) {
        asked++
        void Promise.resolve().then(() => onError(new Error('closed')))
        return { unsubscribe() {} }
      },
    } as unknown as PagedStore
    const pages = new Pages(gone, query())
    pages.subscribe(() => pages.want(0, 10))
    pages.want(0, 10)
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    expect([asked, pages.error?.message, pages.count]).toEqual([1, 'closed', null])
  })

  test('a place past the end leads to the last page', () => {
    const { paged, open } = watched(filled(120))
    const pages = new Pages(paged, query())
    pages.want(0, 10)
    pages.want(5000, 5010)
    expect(open()).toEqual([3])
  })

  test('any scrolling keeps few pages, each right', () => {
    const store = filled(20_000)
    fc.assert(
      fc.property(fc.array(fc.nat(19_999), { maxLength: 80 }), (places) => {
        const { paged, open } = watched(store)
        const pages = new Pages(paged, query())
        for (const at of places) {
          pages.want(at, at + 12)
          expect(pages.row(at)?.conversation_id).toBe(`c${at}`)
          expect(open().length).toBeLessThanOrEqual(3)
        }
        const known = Array.from({ length: 20_000 / PAGE_SIZE }, (_, page) => pages.row(page * PAGE_SIZE))
        expect(known.filter((row) => row !== undefined).length).toBeLessThanOrEqual(44)
        pages.close()
      }),
      { numRuns: Math.min(20, runs.numRuns) },
    )
  })
})

describe('The next conversation', () => {
  const ids = ['a', 'b', 'c']
  const asked = { placeOf: (id: string) => ids.indexOf(id), idAt: (at: number) => ids[at], count: ids.length }
  test.each([
    ['a', 1, 0, 'b'],
    ['b', -1, 0, 'a'],
    ['c', 1, 0, undefined],
    ['a', -1, 0, undefined],
    [null, 1, 0, 'a'],
    ['not in the list', 1, 2, 'c'],
    ['not in the list', -1, 9, 'c'],
  ] as const)('from %s by %i, near %i: %s', async (open, by, near, next) => {
    expect((await stepped(open, by, near, asked))?.id).toBe(next)
  })

  test('of nothing there is none', async () => {
    expect(await stepped(null, 1, 0, { ...asked, count: 0 })).toBeNull()
  })
})
