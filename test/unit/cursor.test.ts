import { describe, expect, test } from 'vitest'
import { ConversationStoreError } from '../../src/base/errors.ts'
import { ConversationStore, query } from '../../src/index.ts'
import { isCursor, readCursor, writeCursor } from '../../src/query/cursor.ts'
import type { OrderField } from '../../src/query/spec.ts'

const raw = (conversation_id: string, more: object = {}) => ({
  conversation_id,
  started_at: `2026-01-05T10:00:${String(conversation_id.charCodeAt(0) - 87)}Z`,
  ...more,
})

const storeOf = (names: string) => ConversationStore.from([...names].map((name) => raw(name)))

const namesOf = ({ results }: { readonly results: readonly { readonly conversation_id: string }[] }) =>
  results.map((row) => row.conversation_id).join('')

function faultOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof ConversationStoreError) return `${error.code} ${error.parameter}`
    throw error
  }
  return 'nothing was thrown'
}

describe('next_cursor and after', () => {
  test('go from page to page; the last has none', () => {
    const asked = storeOf('abcde').query().pageSize(2)
    const first = asked.fetch()
    const second = asked.after(first.next_cursor!).fetch()
    const third = asked.after(second.next_cursor!).fetch()
    expect([first, second, third].map(namesOf)).toEqual(['ed', 'cb', 'a'])
    expect(third.next_cursor).toBeNull()
    expect(second).toMatchObject({
      count: 5,
      page_size: 2,
      total_pages: 3,
      current_page: null,
      next: null,
      previous: null,
    })
    expect(asked.page(2).fetch().next_cursor).toBe(second.next_cursor)
    expect(asked.page('last').fetch().next_cursor).toBeNull()
    expect(asked.device('tv').fetch().next_cursor).toBeNull()
  })

  test('rows that come before it, go or change move nothing', () => {
    const store = storeOf('abcdef')
    const asked = store.query().pageSize(2)
    const cursor = asked.fetch().next_cursor!
    store.addMany([raw('g'), raw('h')])
    expect(namesOf(asked.after(cursor).fetch())).toBe('dc')
    store.purge('e')
    expect(namesOf(asked.after(cursor).fetch())).toBe('dc')
    store.delete('c')
    expect(namesOf(asked.after(cursor).fetch())).toBe('db')
    store.clear()
    expect(asked.after(cursor).fetch()).toMatchObject({ count: 0, results: [], next_cursor: null, current_page: null })
  })

  test('null values are where the order has them', () => {
    const store = ConversationStore.from([
      ...[raw('a'), raw('b', { customer_id: 'x' }), raw('c', { customer_id: '\ud800\u{1f600}"\\' })],
      ...[raw('d'), raw('e', { is_marked: null, language: 'ü' })],
    ])
    for (const order of ['customer_id', '-customer_id', 'ended_at', 'is_marked', '-is_marked', '-language'] as const) {
      const asked = store.query().orderBy(order).pageSize(1)
      let page = asked.fetch()
      const seen = [namesOf(page)]
      while (page.next_cursor !== null) {
        page = asked.after(page.next_cursor).fetch()
        seen.push(namesOf(page))
      }
      expect(seen.join('')).toBe(
        asked
          .all()
          .map((row) => row.conversation_id)
          .join(''),
      )
    }
  })

  test('another page size, lean rows and another order of calls ask the same', () => {
    const store = storeOf('abcde')
    const cursor = store.query().where('id', 'gt', 1).hasMessages(false).pageSize(2).fetch().next_cursor!
    const asked = store.query().after(cursor).lean().pageSize(1).hasMessages(false).where('id', 'gt', 1)
    expect(namesOf(asked.fetch())).toBe('c')
  })

  test('pages goes on from it; the other ends know no page', () => {
    const asked = storeOf('abcde').query().pageSize(2)
    const after = asked.after(asked.fetch().next_cursor!)
    expect(Array.from(after.pages(), namesOf)).toEqual(['cb', 'a'])
    expect([after.count(), after.ids().length, after.all().length, after.first()!.conversation_id]).toEqual([
      5,
      5,
      5,
      'e',
    ])
  })
})

describe('what is refused', () => {
  const store = storeOf('abc')
  const asked = store.query().device('tv').pageSize(1)
  const cursor = writeCursor(asked.spec, [{ ms: 0, us: 0 }, 1])

  test('the cursor of another query, when it is run', () => {
    expect(faultOf(() => asked.after(cursor).fetch())).toBe('nothing was thrown')
    for (const other of [
      store.query(),
      asked.orderBy('started_at'),
      asked.orderBy('-started_at', 'id'),
      asked.includeDeleted(),
      asked.language('de'),
      store.query().device('pc'),
    ]) {
      expect(faultOf(() => other.after(cursor).fetch())).toBe('INVALID_CURSOR cursor')
      expect(faultOf(() => [...other.after(cursor).pages()])).toBe('INVALID_CURSOR cursor')
      expect(faultOf(() => other.after(cursor).subscribe(() => {}))).toBe('INVALID_CURSOR cursor')
    }
  })

  test('what is no cursor, and no value at all, at once', () => {
    for (const text of ['x', cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, ` ${cursor}`, cursor.toLowerCase()]) {
      expect(faultOf(() => asked.after(text))).toBe('INVALID_CURSOR cursor')
    }
    for (const other of [7, {}, [cursor, cursor]]) {
      expect(faultOf(() => asked.after(other as never))).toBe('INVALID_CURSOR cursor')
    }
    for (const nothing of [null, '', Number.NaN]) {
      expect(faultOf(() => asked.after(nothing as never))).toBe('INVALID_VALUE cursor')
    }
    expect(faultOf(() => (asked as unknown as { after(): unknown }).after())).toBe('INVALID_VALUE cursor')
    expect(asked.after(undefined)).toBe(asked)
  })

  test('a page number beside it, in either order, in a spec, in parameters', () => {
    for (const page of [1, 2, 'last'] as const) {
      expect(faultOf(() => asked.after(cursor).page(page))).toBe('INVALID_VALUE page')
      expect(faultOf(() => asked.page(page).after(cursor))).toBe('INVALID_VALUE page')
      expect(faultOf(() => store.query({ where: [], after: cursor, page } as never))).toBe('INVALID_VALUE page')
      expect(faultOf(() => store.fetchConversations({ cursor, page }))).toBe('INVALID_VALUE page')
      expect(faultOf(() => store.fetchConversations(`cursor=${cursor}&page=${page}`))).toBe('INVALID_VALUE page')
    }
    expect(asked.page(undefined).after(cursor).page(undefined).spec.after).toBe(cursor)
  })

  test('values that the order cannot have', () => {
    const by = (order: OrderField) => store.query().orderBy(order)
    for (const [query, key] of [
      [by('is_marked'), ['x', 1]],
      [by('language'), [true, 1]],
      [by('ended_at'), ['2024-01-15', 1]],
      [by('ended_at'), [{ ms: 1, us: 0.5 }, 1]],
      [by('ended_at'), [{ ms: '1', us: 0 }, 1]],
      [by('message_count'), [null, 1]],
      [by('message_count'), [1.5, 1]],
      [by('duration'), ['1', 1]],
      [by('id'), [null, 1]],
      [by('id'), [1.5, 1]],
      [by('id'), [1]],
      [by('id'), [1, 1, 1]],
      [by('id'), [1, 'a']],
      [store.query(), [null, 1]],
    ] as const) {
      const made = writeCursor(query.spec, key as never)
      expect(faultOf(() => readCursor({ ...query.spec, after: made }))).toBe('INVALID_CURSOR cursor')
    }
  })
})

test('values that the order can have come back', () => {
  const by = (order: OrderField) => query().orderBy(order)
  for (const [query, key] of [
    [by('duration'), [null, 1]],
    [by('duration'), [1.5, 1]],
    [by('ended_at'), [null, 1]],
    [by('language'), [null, 1]],
    [by('is_marked'), [null, 1]],
    [by('message_count'), [0, 1]],
  ] as const) {
    expect(readCursor({ ...query.spec, after: writeCursor(query.spec, key) })).toEqual(key)
  }
})

test('a cursor with any one character changed is none', () => {
  const cursor = writeCursor(query().spec, [{ ms: 1, us: 2 }, 3])
  expect(isCursor(cursor)).toBe(true)
  for (let at = 0; at < cursor.length; at++) {
    const other = cursor[at] === 'A' ? 'B' : 'A'
    expect(isCursor(cursor.slice(0, at) + other + cursor.slice(at + 1))).toBe(false)
  }
})

test('the error of a cursor says what was expected', () => {
  const after = writeCursor(query().device('tv').spec, [{ ms: 1, us: 2 }, 3])
  expect(() => readCursor({ where: [], after })).toThrow(
    `cursor: "${after}" is of a query with other filters or another order. Expected the next_cursor of a page of this query.`,
  )
  try {
    readCursor({ where: [], after })
    expect.unreachable()
  } catch (error) {
    expect((error as ConversationStoreError).toJSON()).toEqual({ cursor: ['Invalid cursor.'] })
  }
  expect(() => query().after(after).page(2)).toThrow(
    'page: there is a cursor too. Expected a page number or a cursor, for each says where the page begins.',
  )
})

describe('a query with one', () => {
  const cursor = writeCursor(query().device('tv').spec, [{ ms: 1, us: 2 }, 3])
  const asked = query().device('tv').after(cursor)

  test('is data, and has a URL', () => {
    expect(asked.spec.after).toBe(cursor)
    expect(store().query(JSON.parse(JSON.stringify(asked))).key).toBe(asked.key)
    expect(String(asked.toSearchParams())).toBe(`cursor=${cursor}&device=tv`)
    expect(asked.after(cursor).key).toBe(asked.key)
  })

  test('is none of the hosted API', () => {
    expect(faultOf(() => asked.toSearchParams({ hosted: true }))).toBe('NOT_ON_THE_WIRE cursor')
  })

  test('on the wire a bad one is a bad parameter', () => {
    try {
      store().fetchConversations('cursor=x&is_marked=maybe')
      expect.unreachable()
    } catch (error) {
      const body = { cursor: ['Invalid cursor.'], is_marked: ['Enter a valid boolean.'] }
      expect((error as ConversationStoreError).toJSON()).toEqual(body)
    }
  })

  const store = () => new ConversationStore()
})

test('a cursor is the same text on every machine, fit for a URL', () => {
  const { spec } = query().device('tv').orderBy('customer_id', '-ended_at')
  const cursor = writeCursor(spec, ['ü\ud800', { ms: 1_705_314_600_000, us: 7 }, 42])
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(cursor).toBe(
    'WyIxOHd6amRzMjFsNSIsIjF2cHNibDRvd2JmIiwiXHUwMGZjXHVkODAwIix7Im1zIjoxNzA1MzE0NjAwMDAwLCJ1cyI6N30sNDJd',
  )
  const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('latin1'))
  expect(parts.slice(2)).toEqual(['ü\ud800', { ms: 1_705_314_600_000, us: 7 }, 42])
  expect(readCursor({ ...spec, after: cursor })).toEqual(['ü\ud800', { ms: 1_705_314_600_000, us: 7 }, 42])
})
