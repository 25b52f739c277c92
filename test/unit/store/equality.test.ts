/** What assertions and consoles see of queries and stores: what they ask and hold, though their state is private. */
import assert from 'node:assert'
import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import * as core from '../../../src/core.ts'
import * as full from '../../../src/index.ts'

const ROWS = [
  { conversation_id: 'a', started_at: '2026-01-05', device: 'mobile' },
  { conversation_id: 'b', started_at: '2026-01-06', device: 'tablet' },
]

/** Both verdicts of every kind of assertion. */
function expectEqual(a: unknown, b: unknown): void {
  expect(a).toEqual(b)
  expect(a).toStrictEqual(b)
  expect({ nested: [a] }).toEqual({ nested: [b] })
  assert.deepStrictEqual(a, b)
  assert.throws(() => assert.notDeepStrictEqual(a, b))
  const call = vi.fn()
  call(a)
  expect(call).toHaveBeenCalledWith(b)
}

function expectDifferent(a: unknown, b: unknown): void {
  expect(a).not.toEqual(b)
  expect(a).not.toStrictEqual(b)
  expect({ nested: [a] }).not.toEqual({ nested: [b] })
  assert.notDeepStrictEqual(a, b)
  assert.throws(() => assert.deepStrictEqual(a, b), assert.AssertionError)
  const call = vi.fn()
  call(a)
  expect(call).not.toHaveBeenCalledWith(b)
}

describe.each([
  ['the full package', full],
  ['the core', core],
])('%s', (_, { ConversationStore, query }) => {
  const store = ConversationStore.from(ROWS)

  test.each([
    ['without a store', () => query()],
    ['of a store', () => store.query()],
    ['of an empty store', () => new ConversationStore().query()],
  ])('queries %s are equal when they ask the same', (_, begin) => {
    expectEqual(begin(), begin())
    expectEqual(begin().device('a'), begin().device('a'))
    expectEqual(begin().device('a').marked(), begin().marked().device('a').device('a'))
    expectEqual(begin().page(1), begin())
    expectEqual(
      begin().or((q) => q.name('x')),
      begin().or((q) => q.name('x')),
    )
    const others = [
      begin(),
      begin().device('a'),
      begin().device('b'),
      begin().device('a').device('b'),
      begin().device('nothing'),
      begin().page(2),
      begin().pageSize(5),
      begin().orderBy('id'),
      begin().includeDeleted(),
      begin().lean(),
      begin().metadata('a.b', 1),
      begin().metadata(['a.b'], 1),
      begin().not((q) => q.device('a')),
    ]
    for (const [i, one] of others.entries()) {
      for (const other of others.slice(i + 1)) expectDifferent(one, other)
    }
    // Also once their specs were made.
    for (const one of others) expect(one.key).toBeTypeOf('string')
    expectDifferent(others[1], others[2])
    expectEqual(others[1], begin().device('a'))
  })

  test('what fails shows both', () => {
    const asked = query().device('mobile')
    expect(() => expect(asked).toEqual(query().device('tablet'))).toThrow(/not|equal/)
    try {
      assert.deepStrictEqual(asked, query().device('tablet'))
    } catch (error) {
      expect(String(error)).toContain('mobile')
      expect(String(error)).toContain('tablet')
    }
  })

  test('stores are equal when their rows are', () => {
    expectEqual(new ConversationStore(), new ConversationStore())
    expectEqual(ConversationStore.from(ROWS), ConversationStore.from(ROWS, { defaultPageSize: 5 }))
    expectDifferent(ConversationStore.from(ROWS), new ConversationStore())
    expectDifferent(ConversationStore.from(ROWS), ConversationStore.from(ROWS.slice(0, 1)))
    const marked = ConversationStore.from(ROWS)
    marked.mark('a')
    expectDifferent(ConversationStore.from(ROWS), marked)
    marked.mark('a', false)
    expectEqual(ConversationStore.from(ROWS), marked)
    expect(JSON.stringify(marked)).toBe('{}')
  })

  test('a console shows what they are', () => {
    expect(inspect(query().device('mobile').page(2))).toBe('Query device=mobile&page=2')
    expect(inspect(store.query())).toBe('Query')
    expect(inspect({ asked: store.query().name('a b') })).toBe('{ asked: Query name=a+b }')
    expect(inspect(query().name('\u001b[31m\u202e'))).toBe('Query name=%1B%5B31m%E2%80%AE')
    expect(inspect(store)).toBe('ConversationStore (2 rows)')
    expect(inspect(ConversationStore.from(ROWS.slice(1)))).toBe('ConversationStore (1 row)')
    expect(inspect(new ConversationStore())).toBe('ConversationStore (0 rows)')
  })

  test('a query without a store is not iterable, one of a store is', () => {
    expect(() => [...query()]).toThrow('not iterable')
    expect(Array.from(store.query().orderBy('id'), ({ id }) => id)).toEqual([1, 2])
  })
})

test('a query of the core and one of the full package are different things', () => {
  assert.notDeepStrictEqual(core.query(), full.query())
})

test('facets are equal to plain objects', () => {
  const store = full.ConversationStore.from(ROWS)
  const counts = store.query().facets({ device: true, 'metadata.__proto__': true })
  const expected = {
    device: [
      { value: 'mobile', count: 1, selected: false },
      { value: 'tablet', count: 1, selected: false },
    ],
    'metadata.__proto__': [{ value: null, count: 2, selected: false, missing: true }],
  }
  expect(counts).toStrictEqual(expected)
  expect(expected).toStrictEqual(counts)
  expect(counts).not.toStrictEqual({ device: expected.device })
  expect(Object.getPrototypeOf(counts)).toBe(null)
})
