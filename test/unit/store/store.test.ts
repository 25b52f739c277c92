import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  ConversationStoreError,
  DuplicateIdError,
  InvalidPageError,
  InvalidQueryError,
  InvalidRowError,
  NotFoundError,
} from '../../../src/base/errors.ts'
import { ConversationStore, type ConversationStoreOptions, Query, query, type StoreStats } from '../../../src/index.ts'
import type { OrderTerm } from '../../../src/query/spec.ts'
import type { Conversation, ConversationInput } from '../../../src/row/conversation.ts'
import { inSegments } from '../../in-segments.ts'

const MAX_ID = Number.MAX_SAFE_INTEGER

/** So small that a few rows cross every threshold. */
const SMALL: ConversationStoreOptions = inSegments(4, 2)

const raw = (conversation_id: string, more: object = {}): ConversationInput => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  ...more,
})

const many = (count: number, more: (i: number) => object = () => ({})): ConversationInput[] =>
  Array.from({ length: count }, (_, i) => raw(`c${i + 1}`, more(i)))

const storeOf = (...ids: string[]) => ConversationStore.from(ids.map((id) => raw(id)))
const namesOf = (rows: Iterable<{ readonly conversation_id: string }>) => Array.from(rows, (row) => row.conversation_id)

/** What a call throws. */
function thrown(task: () => unknown): unknown {
  try {
    task()
  } catch (error) {
    return error
  }
  throw new Error('It was to throw.')
}

/** The places of all faults. */
function faultsOf(task: () => unknown): string[] {
  const error = thrown(task)
  expect(error).toBeInstanceOf(ConversationStoreError)
  return (error as ConversationStoreError).faults.map(({ parameter }) => parameter)
}

function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  expect(Object.isFrozen(value)).toBe(true)
  for (const inner of Object.values(value)) expectFrozen(inner)
}

/** A row with something at every depth, to be changed. */
const open = (conversation_id: string) => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  name: 'Rich',
  metadata: { order: { lines: [{ sku: 'x' }] } },
  geo_location: { city: { name: 'Ulm' } },
  messages: [
    {
      id: 1,
      sender: 'agent' as const,
      content: 'Hello',
      metadata: { a: { b: [1] } },
      attachments: [{ id: 1, more: { deep: [0] } }],
      action_logs: [{ response: { x: [1] } }],
    },
  ],
  feedbacks: [{ id: 1, sentiment: 'positive' as const, metadata: { c: {} } }],
  other: { list: [{}] },
})

const rich = (conversation_id: string): ConversationInput => open(conversation_id)

describe('options', () => {
  test.each([
    ['defaultPageSize', 0],
    ['defaultPageSize', -1],
    ['defaultPageSize', 1.5],
    ['defaultPageSize', Number.NaN],
    ['defaultPageSize', '10'],
    ['defaultPageSize', null],
    ['maxPageSize', 0],
    ['maxPageSize', Number.POSITIVE_INFINITY],
    ['maxPageSize', 2 ** 53],
  ])('%s may not be %j', (option, value) => {
    const error = thrown(() => new ConversationStore({ [option]: value } as ConversationStoreOptions))
    expect(error).toBeInstanceOf(InvalidQueryError)
    expect(error).toMatchObject({ code: 'INVALID_VALUE', parameter: option, value })
  })

  test('page sizes: ten, at most a hundred, unless the store says otherwise', () => {
    const sizes = (options?: ConversationStoreOptions) => {
      const store = ConversationStore.from(many(150), options)
      return ['', 'page_size=40', 'page_size=1000'].map((it) => store.fetchConversations(it).results.length)
    }
    expect(sizes()).toEqual([10, 40, 100])
    expect(sizes({ defaultPageSize: 7 })).toEqual([7, 40, 100])
    expect(sizes({ maxPageSize: 30 })).toEqual([10, 30, 30])
    expect(sizes({ defaultPageSize: 120, maxPageSize: 50 })).toEqual([50, 40, 50])
    expect(sizes({ maxPageSize: 1_000 })).toEqual([10, 40, 150])
  })

  test.each<[name: string, ask: (store: ConversationStore) => unknown]>([
    ['the builder', (store) => store.query().pageSize(31)],
    ['the builder, far beyond', (store) => store.query().device('a').pageSize(Number.MAX_SAFE_INTEGER).marked()],
    ['a query made without a store, when it is run', (store) => store.run(query().pageSize(31))],
    ['the same, with a store', (store) => query().pageSize(31).marked().withSource(store)],
    ['a spec', (store) => store.query({ where: [], pageSize: 31 })],
    ['an object of parameters', (store) => store.fetchConversations({ page_size: 31 })],
    ['a query of a URL that code has changed', (store) => Query.fromSearchParams('page_size=500', store).pageSize(31)],
    ['the same, without a store', (store) => store.run(Query.fromSearchParams('page_size=500').pageSize(31))],
  ])('a page size over the maximum is an error in code: %s', (_, ask) => {
    const store = ConversationStore.from(many(40), { maxPageSize: 30 })
    const expected =
      /^page_size: expected a whole number from 1 to 30, the store's maxPageSize, got \d+\. \.all\(\) gives all rows\.$/
    expect(() => ask(store)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE', parameter: 'page_size' }))
    expect(() => ask(store)).toThrow(expected)
  })

  test.each<[name: string, ask: (store: ConversationStore) => { fetch(): { results: readonly unknown[] } }]>([
    ['the store', (store) => Query.fromSearchParams('page_size=500', store)],
    ['no store', (store) => Query.fromSearchParams('page_size=500').withSource(store)],
    [
      'no store, and narrowed since',
      (store) => Query.fromSearchParams('page_size=500').marked(false).withSource(store),
    ],
    ['the store, and narrowed since', (store) => Query.fromSearchParams('page_size=500', store).marked(false)],
    [
      'a store with another maximum',
      (store) => Query.fromSearchParams('page_size=500', new ConversationStore({ maxPageSize: 400 })).withSource(store),
    ],
  ])('one of a URL is cut to the maximum: read with %s', (_, ask) => {
    const store = ConversationStore.from(many(40), { maxPageSize: 30 })
    expect(ask(store).fetch().results.length).toBe(30)
  })

  test('the links of a URL whose page size was cut keep what was given', () => {
    const store = ConversationStore.from(many(150))
    expect(store.fetchConversations('page_size=500').next).toMatch(/\?page=2&page_size=500$/)
  })

  test('links stand under the base URL', () => {
    const next = (baseUrl?: string) =>
      ConversationStore.from(many(11), baseUrl === undefined ? {} : { baseUrl }).fetchConversations().next
    expect(next()).toBe('http://localhost/api/conversations/?page=2')
    expect(next('https://api.example.com')).toBe('https://api.example.com/api/conversations/?page=2')
    expect(next('https://example.com/v2/list/')).toBe('https://example.com/v2/list/?page=2')
  })

  test('from takes options of the store and of addMany together', () => {
    const progress: number[] = []
    const store = ConversationStore.from([raw('a'), raw('a'), raw('b')], {
      defaultPageSize: 1,
      onInvalid: 'skip',
      onProgress: ({ rows }) => progress.push(rows),
    })
    expect([store.size, store.fetchConversations().page_size, progress]).toEqual([2, 1, [3]])
    expect(() => ConversationStore.from([raw('a'), raw('a')])).toThrow(DuplicateIdError)
    expect(ConversationStore.from([]).size).toBe(0)
    expect(ConversationStore.from(new Set([raw('a')])).size).toBe(1)
  })
})

describe('references', () => {
  const store = ConversationStore.from([
    raw('42', { id: 7 }),
    raw('7', { id: 42 }),
    raw('x', { id: 1, is_deleted: true }),
  ])

  test('a number is the id, a text the conversation id, also where it looks like a number', () => {
    expect([store.get(42)!.conversation_id, store.get('42')!.id]).toEqual(['7', 7])
    expect([store.get(7)!.conversation_id, store.get('7')!.id]).toEqual(['42', 42])
    expect([store.get('1'), store.has('1'), store.has(1)]).toEqual([undefined, false, true])
  })

  test('soft-deleted rows are there', () => {
    expect([store.get('x')!.id, store.has('x'), store.size, store.query().count()]).toEqual([1, true, 3, 2])
  })

  test('what names nothing', () => {
    for (const ref of [0, -1, 1.5, Number.NaN, MAX_ID, '', 'X', '__proto__', undefined as never, null as never]) {
      expect([store.get(ref), store.has(ref)]).toEqual([undefined, false])
    }
  })

  test.each<[string, (store: ConversationStore) => unknown]>([
    ['update', (it) => it.update('nobody', { name: 'x' })],
    ['updateMetadata', (it) => it.updateMetadata('nobody', {})],
    ['rename', (it) => it.rename('nobody', 'x')],
    ['mark', (it) => it.mark('nobody')],
    ['delete', (it) => it.delete('nobody')],
    ['restore', (it) => it.restore('nobody')],
    ['purge', (it) => it.purge('nobody')],
    ['addMessage', (it) => it.addMessage('nobody', { sender: 'agent', content: '' })],
    ['addFeedback', (it) => it.addFeedback('nobody', { sentiment: 'positive' })],
  ])('%s of a row that is not there is NOT_FOUND, and names it', (_, write) => {
    const error = thrown(() => write(store))
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ code: 'NOT_FOUND', parameter: 'conversation_id', value: 'nobody' })
    expect((error as Error).message).toContain('"nobody"')
    expect((error as NotFoundError).toJSON()).toEqual({ detail: 'Not found.' })
    expect(thrown(() => store.purge(99))).toMatchObject({ parameter: 'id', value: 99 })
  })
})

describe('add', () => {
  test('gives the row as it is stored, with every key of the wire, frozen', () => {
    const store = new ConversationStore()
    const row = store.add(raw('a', { extra: { x: 1 } }))
    expect(row).toEqual({
      id: 1,
      conversation_id: 'a',
      name: null,
      customer_id: null,
      customer_ip_address: null,
      device: null,
      language: null,
      environment: null,
      is_marked: false,
      is_deleted: false,
      is_used: true,
      started_at: '2026-01-05T10:00:00Z',
      ended_at: null,
      deleted_at: null,
      metadata: null,
      geo_location: null,
      messages: [],
      feedbacks: [],
      extra: { x: 1 },
    })
    expect(store.get('a')).toBe(row)
    expectFrozen(row)
  })

  test('ids count up from the greatest there ever was, and are never used again', () => {
    const store = new ConversationStore()
    expect([store.add(raw('a')).id, store.add(raw('b', { id: 100 })).id, store.add(raw('c')).id]).toEqual([1, 100, 101])
    expect(store.add(raw('d', { id: 50 })).id).toBe(50)
    store.purge(101)
    expect(store.add(raw('e')).id).toBe(102)
    store.clear()
    expect(store.add(raw('f')).id).toBe(103)
    expect(store.add(raw('g', { id: null })).id).toBe(104)
  })

  test('an id of its own may be one that was purged', () => {
    const store = storeOf('a')
    store.purge(1)
    expect(store.add(raw('b', { id: 1 })).id).toBe(1)
    expect(namesOf(store.query())).toEqual(['b'])
  })

  test('the greatest id there can be, after which no other can be given', () => {
    const store = new ConversationStore()
    store.add(raw('a', { id: MAX_ID }))
    const error = thrown(() => store.add(raw('b')))
    expect(error).toBeInstanceOf(InvalidRowError)
    expect(error).toMatchObject({ code: 'INVALID_ROW', parameter: 'id' })
    expect([store.size, store.has('b'), store.query().count()]).toEqual([1, false, 1])
    expect(store.add(raw('b', { id: 5 })).id).toBe(5)
    expect(store.addMany([raw('c'), raw('d', { id: 6 })], { onInvalid: 'skip' })).toMatchObject({
      added: 1,
      rejected: [{ index: 0, conversationId: 'c' }],
    })
    expect(store.query().orderBy('id').ids()).toEqual([5, 6, MAX_ID])
    expect(store.query().where('id', 'exact', MAX_ID).count()).toBe(1)
  })

  test('a duplicate is an error of its own, whichever id it is, of a deleted row too', () => {
    const store = ConversationStore.from([raw('a', { id: 5, is_deleted: true })])
    for (const [row, parameter, value] of [
      [raw('a'), 'conversation_id', 'a'],
      [raw('b', { id: 5 }), 'id', 5],
      [raw('a', { id: 5 }), 'conversation_id', 'a'],
    ] as const) {
      const error = thrown(() => store.add(row))
      expect(error).toBeInstanceOf(DuplicateIdError)
      expect(error).toMatchObject({ code: 'DUPLICATE_ID', parameter, value })
    }
    expect([store.size, store.add(raw('c')).id]).toEqual([1, 6])
  })

  test('all faults of a row come together, and nothing has changed', () => {
    const store = storeOf('a')
    const bad = {
      conversation_id: '',
      started_at: 'yesterday',
      device: 7,
      messages: [{ sender: 'agent', content: 'x' }, { sender: 'robot' }],
      feedbacks: [{ sentiment: 'meh' }],
    }
    expect(faultsOf(() => store.add(bad as never)).sort()).toEqual([
      'conversation_id',
      'device',
      'feedbacks[0].sentiment',
      'messages[1].content',
      'messages[1].sender',
      'started_at',
    ])
    expect([store.size, store.add(raw('b')).id]).toEqual([1, 2])
  })

  test('what is no row at all', () => {
    const store = new ConversationStore()
    for (const it of [null, undefined, 'text', 7, [], () => {}, new Date()]) {
      expect(thrown(() => store.add(it as never))).toBeInstanceOf(InvalidRowError)
    }
    expect(store.size).toBe(0)
  })

  test('metadata as text is its object; reserved names are data, and pollute nothing', () => {
    const store = new ConversationStore()
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
    const row = store.add(raw('__proto__', { metadata: text, ...JSON.parse('{"__proto__":{"polluted":1}}') }))
    expect(JSON.parse(JSON.stringify(row.metadata))).toEqual(JSON.parse(text))
    expect(Object.hasOwn(row.metadata!, '__proto__')).toBe(true)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(store.get('__proto__')).toBe(row)
    expect(
      store
        .query()
        .metadata(['__proto__', 'polluted'] as never, true as never)
        .count(),
    ).toBe(1)
    expect(store.query().conversationId('__proto__').ids()).toEqual([1])
  })

  test('a getter of the row that writes to the store upsets neither write', () => {
    const store = new ConversationStore()
    store.add(raw('first'))
    const sly = {
      ...raw('sly'),
      get name() {
        store.addMessage('first', { id: 100, sender: 'agent', content: 'in between' })
        return 'Sly'
      },
    }
    store.add(sly)
    expect(store.addMessage('sly', { sender: 'agent', content: 'after' }).messages.at(-1)!.id).toBe(101)
  })
})

describe('a row is the store\u2019s own', () => {
  test('what the caller does later to what it gave changes no answer', () => {
    const store = new ConversationStore()
    const given = open('a')
    store.add(given)
    const message = { id: 2, sender: 'agent' as const, content: 'Second', metadata: { x: [1] } }
    store.addMessage('a', message)
    const feedback = { id: 2, sentiment: 'neutral' as const, metadata: { x: [1] } }
    store.addFeedback('a', feedback)
    const changes = { more: { list: [1] } }
    store.updateMetadata('a', changes)
    const before = structuredClone(store.get('a'))

    given.name = 'Other'
    given.metadata.order.lines[0]!.sku = 'y'
    given.metadata.order.lines.push({ sku: 'z' })
    given.geo_location.city.name = 'Bonn'
    given.messages[0]!.content = 'Bye'
    given.messages[0]!.attachments[0]!.more.deep.push(1)
    given.messages.length = 0
    given.other.list.length = 0
    message.content = 'Changed'
    message.metadata.x.push(2)
    feedback.metadata.x.push(2)
    changes.more.list.push(2)

    expect(store.get('a')).toEqual(before)
    expect(store.query().messageContains('hello').messageContains('second').name('rich').count()).toBe(1)
    expect(
      store
        .query()
        .metadata('order.lines.0.sku' as never, 'x' as never)
        .count(),
    ).toBe(1)
  })

  test('update copies what it is given', () => {
    const store = storeOf('a')
    const metadata = { a: { b: 1 } }
    store.update('a', { metadata })
    metadata.a.b = 2
    expect(store.query().metadata('a.b', 1).count()).toBe(1)
    expect(store.get('a')!.metadata).toEqual({ a: { b: 1 } })
  })

  test('rows are frozen to the bottom, whichever way they come out', () => {
    const store = new ConversationStore()
    const heard: unknown[] = []
    store.onChange((change) => heard.push(change.before, change.after))
    const out: unknown[] = [store.add(rich('a'))]
    store.addMany([rich('b'), rich('c')])
    store.addMany([rich('d')], { own: true })
    out.push(store.upsert(rich('a')), store.upsert(rich('e')))
    out.push(store.update('a', { metadata: { x: { y: [] } } }), store.updateMetadata('b', { z: { y: [{}] } }))
    out.push(store.rename('b', 'B'), store.mark('c'), store.delete('c'), store.restore('c'))
    out.push(store.addMessage('c', { sender: 'agent', content: '', metadata: { m: [] } }))
    out.push(store.addFeedback('c', { sentiment: 'neutral', metadata: { f: [] } }))
    out.push(store.get('d'), [...store][0], store.query().first(), store.query().all()[0], [...store.query()][1])
    out.push(store.query().fetch().results[0], store.fetchConversations({}).results[1], store.run(query()).results[0])
    out.push(...[...store.query().pageSize(1).pages()].map(({ results }) => results[0]))
    out.push(store.query().lean().first(), store.query().lean().fetch().results[0], store.query().lean().all()[2])
    out.push(...[...store.query().lean().pages()].flatMap(({ results }) => results))
    out.push(store.purge('e'), ...heard)
    expect(out.length).toBeGreaterThan(40)
    for (const it of out) expectFrozen(it)
  })

  test('a row that was given out is the same until it changes, and then another', () => {
    const store = storeOf('a')
    const before = store.get('a')!
    expect(store.query().first()).toBe(before)
    store.mark('a')
    expect([before.is_marked, store.get('a')!.is_marked]).toEqual([false, true])
  })
})

describe('addMany', () => {
  test('adds all, in order, and says how many', () => {
    const store = new ConversationStore()
    expect(store.addMany(many(3))).toEqual({
      added: 3,
      replaced: 0,
      skipped: 0,
      rejected: [],
      rejectedCount: 0,
      warnings: [],
      warningCount: 0,
    })
    expect(Array.from(store, ({ id }) => id)).toEqual([1, 2, 3])
    expect(store.addMany([]).added).toBe(0)
  })

  describe('that throws', () => {
    test.each<[string, () => Iterable<unknown>, unknown]>([
      [
        'a faulty row',
        () => [raw('x'), { conversation_id: 'y' }, raw('z')],
        { code: 'INVALID_ROW', parameter: 'started_at' },
      ],
      [
        'a row with the id of a stored one',
        () => [raw('x'), raw('y', { id: 1 })],
        { code: 'DUPLICATE_ID', parameter: 'id' },
      ],
      ['a row with the name of a stored one', () => [raw('x'), raw('a')], { code: 'DUPLICATE_ID', value: 'a' }],
      ['two rows of one name', () => [raw('x'), raw('y'), raw('x')], { code: 'DUPLICATE_ID', value: 'x' }],
      ['two rows of one id', () => [raw('x', { id: 9 }), raw('y', { id: 9 })], { code: 'DUPLICATE_ID', value: 9 }],
      [
        'a row with the id that another was given',
        () => [raw('x'), raw('y', { id: 3 })],
        { code: 'DUPLICATE_ID', parameter: 'id', value: 3 },
      ],
      [
        'an iterable that throws in the middle',
        function* () {
          yield raw('x')
          throw new Error('torn')
        },
        { message: 'torn' },
      ],
      ['what is not iterable', () => 7 as never, { code: 'INVALID_VALUE', parameter: 'rows', value: 7 }],
    ])('%s: nothing has changed', (_, rows, expected) => {
      const store = storeOf('a', 'b')
      const before = [...store]
      let calls = 0
      store.onChange(() => calls++)
      expect(thrown(() => store.addMany(rows() as never))).toMatchObject(expected as object)
      expect([...store]).toEqual(before)
      expect([store.size, store.query().count(), store.has('x'), calls]).toEqual([2, 2, false, 0])
      expect(store.add(raw('next')).id).toBe(3)
      expect(store.query().count()).toBe(3)
    })

    test('ids of messages that were never stored are not counted', () => {
      const store = storeOf('a')
      const messages = [{ id: 500, sender: 'agent', content: '' }]
      expect(() => store.addMany([raw('x', { messages }), raw('a')])).toThrow(DuplicateIdError)
      expect(store.addMessage('a', { sender: 'agent', content: '' }).messages[0]!.id).toBe(1)
    })

    test('a batch that failed leaves room for as large a one', () => {
      const store = ConversationStore.from(many(2), SMALL)
      for (let i = 0; i < 5; i++)
        expect(() => store.addMany([...many(40, () => ({ id: null })).slice(2), raw('c1')])).toThrow()
      expect(store.query().count()).toBe(2)
      store.addMany(many(40).slice(2))
      expect(store.query().orderBy('id').ids()).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    })
  })

  describe('that skips', () => {
    test('leaves out the faulty and the duplicate rows, and says which and why', () => {
      const store = storeOf('a')
      const rows = [
        raw('x'),
        { conversation_id: 'no time' },
        raw('a'),
        null,
        raw('x'),
        raw('y', { id: 1 }),
        { conversation_id: 7, started_at: '2026-01-05' },
        raw('z'),
      ]
      const { added, rejected } = store.addMany(rows as never, { onInvalid: 'skip' })
      expect(added).toBe(2)
      expect(rejected.map(({ index, conversationId, error }) => [index, conversationId, error.code])).toEqual([
        [1, 'no time', 'INVALID_ROW'],
        [2, 'a', 'DUPLICATE_ID'],
        [3, null, 'INVALID_ROW'],
        [4, 'x', 'DUPLICATE_ID'],
        [5, 'y', 'DUPLICATE_ID'],
        [6, null, 'INVALID_ROW'],
      ])
      expect(rejected[1]!.error).toBeInstanceOf(DuplicateIdError)
      expect(namesOf(store)).toEqual(['a', 'x', 'z'])
      expect(store.get('z')!.id).toBe(3)
    })

    test('an iterable that throws is no faulty row: nothing is added', () => {
      const store = new ConversationStore()
      function* rows() {
        yield raw('x')
        throw new Error('torn')
      }
      expect(() => store.addMany(rows(), { onInvalid: 'skip' })).toThrow('torn')
      expect(store.size).toBe(0)
    })

    test('ids of messages in rows that were left out are not counted', () => {
      const store = storeOf('a')
      const parts = {
        messages: [{ id: 500, sender: 'agent', content: '' }],
        feedbacks: [{ id: 500, sentiment: 'positive' }],
      }
      store.addMany([raw('a', parts), raw('b', { ...parts, device: 7 })], { onInvalid: 'skip' })
      expect(store.size).toBe(1)
      expect(store.addMessage('a', { sender: 'agent', content: '' }).messages[0]!.id).toBe(1)
      expect(store.addFeedback('a', { sentiment: 'neutral' }).feedbacks[0]!.id).toBe(1)
    })
  })

  describe('while it reads', () => {
    test('the iterable is closed when a row is refused', () => {
      let isClosed = false
      function* rows() {
        try {
          yield raw('x')
          yield {} as ConversationInput
          yield raw('y')
        } finally {
          isClosed = true
        }
      }
      expect(() => new ConversationStore().addMany(rows())).toThrow(InvalidRowError)
      expect(isClosed).toBe(true)
    })

    test('the iterable may ask the store, which has none of the batch yet', () => {
      const store = ConversationStore.from(many(3), SMALL)
      const counts: number[] = []
      function* rows() {
        for (let i = 0; i < 3; i++) {
          counts.push(store.query().count(), store.size, [...store].length)
          yield raw(`new ${i}`)
        }
      }
      store.addMany(rows())
      expect(counts).toEqual(Array(9).fill(3))
      expect(store.query().count()).toBe(6)
    })

    test('the iterable may write to the store, and its writes stay whatever becomes of the batch', () => {
      const store = storeOf('a')
      function* rows(last: ConversationInput) {
        yield raw('x')
        store.add(raw('written', { messages: [{ id: 70, sender: 'agent', content: '' }] }))
        store.purge('a')
        yield raw('y', { messages: [{ id: 30, sender: 'agent', content: '' }] })
        yield last
      }
      expect(() => store.addMany(rows({} as never))).toThrow(InvalidRowError)
      expect(namesOf(store)).toEqual(['written'])
      store.purge('written')
      store.add(raw('a'))
      expect(store.addMany(rows(raw('z'))).added).toBe(3)
      expect(namesOf(store)).toEqual(['written', 'x', 'y', 'z'])
      expect(new Set(store.query().ids()).size).toBe(4)
      expect(store.addMessage('x', { sender: 'agent', content: '' }).messages[0]!.id).toBe(71)
    })

    test('a row that the iterable itself adds in between makes its own row a duplicate', () => {
      const store = new ConversationStore()
      function* rows() {
        yield raw('x')
        store.add(raw('x', { name: 'first' }))
        yield raw('y')
      }
      expect(() => store.addMany(rows())).toThrow(DuplicateIdError)
      expect(namesOf(store)).toEqual(['x'])
      store.clear()
      expect(store.addMany(rows(), { onInvalid: 'skip' })).toMatchObject({ added: 1, rejected: [{ index: 0 }] })
      expect(store.get('x')!.name).toBe('first')
    })

    test('progress is told after each thousand rows and at the end, before anything is added', () => {
      const told = (count: number, faulty = 0) => {
        const store = new ConversationStore()
        const progress: number[][] = []
        const rows = [...many(count), ...Array<ConversationInput>(faulty).fill({} as never)]
        store.addMany(rows, { onInvalid: 'skip', onProgress: ({ rows: read }) => progress.push([read, store.size]) })
        return progress
      }
      expect(told(2_500)).toEqual([
        [1_000, 0],
        [2_000, 0],
        [2_500, 0],
      ])
      expect(told(1_000)).toEqual([[1_000, 0]])
      expect(told(999, 2)).toEqual([
        [1_000, 0],
        [1_001, 0],
      ])
      expect(told(3)).toEqual([[3, 0]])
    })

    test('an onProgress that throws adds nothing', () => {
      const store = new ConversationStore()
      const onProgress = () => {
        throw new Error('enough')
      }
      expect(() => store.addMany(many(5), { onProgress })).toThrow('enough')
      expect([store.size, store.query().count()]).toEqual([0, 0])
    })

    test('an onProgress may ask and write', () => {
      const store = storeOf('a')
      const onProgress = vi.fn(() => {
        expect(store.query().count()).toBe(1)
        store.addMany([raw('inner')])
      })
      store.addMany([raw('x'), raw('y')], { onProgress })
      expect(namesOf(store)).toEqual(['a', 'inner', 'x', 'y'])
      expect(store.query().orderBy('id').ids()).toEqual([1, 2, 3, 4])
    })
  })

  describe('own', () => {
    test('keeps the very objects, completes and freezes them', () => {
      const store = new ConversationStore()
      const given = rich('a')
      const { metadata } = given
      expect(store.addMany([given], { own: true }).added).toBe(1)
      const row = store.get('a')!
      expect(row).toBe(given)
      expect(row.metadata).toBe(metadata)
      expect([row.id, row.is_used]).toEqual([1, true])
      expectFrozen(given)
    })

    test('frozen rows, rows with metadata as text and rows with strange parts are copied as far as they must be', () => {
      const store = new ConversationStore()
      class Plan {
        readonly name = 'pro'
      }
      const rows = [
        Object.freeze(raw('frozen', { metadata: { a: {} } })),
        raw('text', { metadata: '{"a":1}' }),
        raw('missing', { name: undefined, metadata: { a: undefined, b: 1 } }),
        Object.assign(Object.create(null), raw('bare')) as ConversationInput,
      ]
      expect(store.addMany(rows, { own: true }).added).toBe(4)
      expect(store.get('text')!.metadata).toEqual({ a: 1 })
      expect(store.get('missing')!.metadata).toEqual({ b: 1 })
      expect(store.get('missing')!.name).toBeNull()
      expect(store.get('bare')!.id).toBe(4)
      for (const row of store) expectFrozen(row)
      expect(() =>
        store.addMany([raw('class', { metadata: { plan: new Plan(), at: new Date() } })], { own: true }),
      ).toThrow(InvalidRowError)
    })

    test('is checked all the same', () => {
      const store = new ConversationStore()
      const bad = [raw('a', { device: 1, messages: [{ sender: 'x', content: 'y' }] })]
      expect(faultsOf(() => store.addMany(bad as never, { own: true }))).toEqual(['device', 'messages[0].sender'])
    })

    test('a getter is read once: what is stored is what was checked', () => {
      const store = new ConversationStore()
      let reads = 0
      const changing = (...values: unknown[]) => ({
        enumerable: true,
        configurable: true,
        get: () => values[Math.min(reads++, values.length - 1)],
      })
      const cases: [ConversationInput, object, string, unknown[]][] = []
      const top = raw('top')
      cases.push([top, top, 'device', ['mobile', 7]])
      const inside = raw('inside', { metadata: { a: { b: 1 } } })
      cases.push([inside, (inside.metadata as { a: object }).a, 'b', ['fine', () => 1]])
      const message = { sender: 'agent', content: 'x' } as const
      const listed = raw('listed', { messages: [message] })
      cases.push([listed, listed.messages!, '0', [message, { sender: 'nobody' }]])
      for (const [row, holder, key, values] of cases) {
        for (const write of [
          () => store.addMany([row], { own: true, onDuplicate: 'replace' }),
          () => store.upsert(row, { own: true }),
        ]) {
          reads = 0
          Object.defineProperty(holder, key, changing(...values))
          write()
          expect(reads).toBe(1)
          expect(store.get(row.conversation_id)).not.toBe(row)
          expectFrozen(store.get(row.conversation_id)!)
        }
      }
      expect(store.get('top')!.device).toBe('mobile')
      expect(store.get('inside')!.metadata).toEqual({ a: { b: 'fine' } })
      expect(store.get('listed')!.messages).toMatchObject([message])
    })

    test('rejected rows are counted, and the first 100 listed', () => {
      const rows = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? raw('same') : {})) as ConversationInput[]
      const { added, rejected, rejectedCount } = new ConversationStore().addMany(rows, { onInvalid: 'skip' })
      expect([added, rejectedCount]).toEqual([1, 999])
      expect(rejected.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    })

    test('warnings are counted, and the first 100 listed', () => {
      const rows = Array.from({ length: 150 }, (_, i) => raw(`w${i}`, { devise: 'x' } as object))
      const { warnings, warningCount } = new ConversationStore().addMany(rows)
      expect([warnings.length, warningCount, warnings.at(-1)!.index]).toEqual([100, 150, 99])
    })

    test('rows of a batch that failed can be given again', () => {
      const store = new ConversationStore()
      const rows = [raw('a'), raw('b'), {} as ConversationInput, raw('a')]
      expect(() => store.addMany(rows, { own: true })).toThrow(InvalidRowError)
      expect(store.addMany(rows, { own: true, onInvalid: 'skip' }).rejected.map(({ index }) => index)).toEqual([2, 3])
      expect(store.size).toBe(2)
    })

    test('a row that was left out can be given again', () => {
      const store = storeOf('a')
      const row = raw('a')
      expect(store.addMany([row], { own: true, onInvalid: 'skip' }).rejected).toHaveLength(1)
      store.purge('a')
      expect(store.addMany([row], { own: true }).added).toBe(1)
      expect(store.get('a')!.id).toBe(2)
    })

    test('and so can rows of a batch that failed by a duplicate, after other rows were added', () => {
      const store = storeOf('taken')
      const rows = [raw('a'), raw('b'), raw('taken')]
      expect(() => store.addMany(rows, { own: true })).toThrow(DuplicateIdError)
      store.add(raw('other'))
      expect(store.addMany(rows.slice(0, 2), { own: true }).added).toBe(2)
    })
  })
})

describe('upsert', () => {
  test('adds a row that is not there', () => {
    const store = storeOf('a')
    expect(store.upsert(raw('b')).id).toBe(2)
    expect(store.upsert(raw('c', { id: 30 })).id).toBe(30)
    expect(store.size).toBe(3)
  })

  test('puts a row in the stead of the one with its conversation id, whole, and keeps the id', () => {
    const store = ConversationStore.from([
      raw('a', { name: 'A', device: 'tv', is_marked: true, is_deleted: true, more: 1 }),
    ])
    store.add(raw('b'))
    const row = store.upsert(raw('a', { name: 'A2' }))
    expect(row).toEqual(store.get(1))
    expect(row).toMatchObject({ id: 1, name: 'A2', device: null, is_marked: false, is_deleted: false })
    expect(row).not.toHaveProperty('more')
    expect(namesOf(store)).toEqual(['a', 'b'])
    expect([store.query().device('tv').count(), store.query().name('a2').count()]).toEqual([0, 1])
    expect(store.upsert(raw('a', { id: 1, name: 'A3' })).name).toBe('A3')
  })

  test('refuses another id than the stored one, and the id of another row; nothing has changed', () => {
    const store = storeOf('a', 'b')
    const before = [...store]
    expect(thrown(() => store.upsert(raw('a', { id: 9 })))).toMatchObject({ code: 'DUPLICATE_ID', value: 'a' })
    expect(thrown(() => store.upsert(raw('a', { id: 2 })))).toBeInstanceOf(DuplicateIdError)
    expect(thrown(() => store.upsert(raw('c', { id: 2 })))).toMatchObject({ code: 'DUPLICATE_ID', value: 2 })
    expect(thrown(() => store.upsert({ conversation_id: 'a' } as never))).toBeInstanceOf(InvalidRowError)
    expect([...store]).toEqual(before)
    expect(store.add(raw('c')).id).toBe(3)
  })
})

describe('update', () => {
  test('changes what can be changed, and nothing else', () => {
    const store = ConversationStore.from([rich('a')])
    const before = store.get('a')!
    const patch = { name: 'N', is_marked: true, customer_id: 'c', device: 'tv', language: 'de', metadata: { new: 1 } }
    expect(store.update('a', patch)).toEqual({ ...before, ...patch })
    expect(store.update(1, { metadata: null, name: null })).toEqual({ ...before, ...patch, metadata: null, name: null })
    expect(store.update(1, { metadata: '{"text":1}' } as never).metadata).toEqual({ text: 1 })
    expect(store.update(1, {})).toEqual(store.get(1))
    expect(store.update(1, { name: undefined } as never).name).toBeNull()
    expect(store.query().device('tv').language('de').customerId('c').marked().metadata('text', 1).ids()).toEqual([1])
    expect(store.query().name('rich').count()).toBe(0)
  })

  test('refuses the rest by name, all of it together', () => {
    const store = storeOf('a')
    const before = store.get('a')
    const fixed = {
      id: 5,
      conversation_id: 'b',
      started_at: '2026-01-06',
      ended_at: null,
      messages: [],
      feedbacks: [],
      is_deleted: true,
      deleted_at: null,
      is_used: false,
      environment: 'x',
      customer_ip_address: 'x',
      geo_location: null,
    }
    const error = thrown(() => store.update('a', { ...fixed, name: 'ok' } as never)) as InvalidRowError
    expect(error).toBeInstanceOf(InvalidRowError)
    expect(error.faults.map(({ parameter }) => parameter).sort()).toEqual(Object.keys(fixed).sort())
    for (const { parameter, message } of error.faults) expect(message).toContain(parameter)
    const unknown = thrown(() => store.update('a', { devise: 'tv' } as never)) as InvalidRowError
    expect(unknown.message).toContain('device')
    expect(thrown(() => store.update('a', JSON.parse('{"__proto__":{"name":"x"}}')))).toMatchObject({
      parameter: '__proto__',
    })
    expect(store.get('a')).toBe(before)
  })

  test('refuses values of other types, and what is no patch', () => {
    const store = storeOf('a')
    const before = store.get('a')
    expect(faultsOf(() => store.update('a', { name: 7, is_marked: 'yes', metadata: [] } as never))).toEqual([
      'name',
      'is_marked',
      'metadata',
    ])
    for (const patch of [null, 'x', 7, []])
      expect(thrown(() => store.update('a', patch as never))).toBeInstanceOf(InvalidRowError)
    expect(store.get('a')).toBe(before)
  })

  test('a getter of the patch that purges the row leaves no row behind', () => {
    const store = storeOf('a', 'b')
    const patch = {
      get name() {
        store.purge('a')
        return 'ghost'
      },
    }
    try {
      store.update('a', patch)
    } catch {
      // That it throws would be well, too.
    }
    expect(namesOf(store)).toEqual(['b'])
    expect([store.size, store.query().count()]).toEqual([1, 1])
  })
})

describe('updateMetadata', () => {
  const store = () => ConversationStore.from([raw('a', { metadata: { plan: 'pro', order: { id: 1, open: true } } })])

  test('sets keys of the top level, each whole, and keeps the others', () => {
    expect(store().updateMetadata('a', { order: { id: 2 }, new: [1] }).metadata).toEqual({
      plan: 'pro',
      order: { id: 2 },
      new: [1],
    })
    expect(store().updateMetadata('a', { 'order.id': 9 }).metadata).toMatchObject({ order: { id: 1 }, 'order.id': 9 })
  })

  test('removes keys, those that are not there too', () => {
    expect(store().updateMetadata('a', {}, { remove: ['order', 'nothing'] }).metadata).toEqual({ plan: 'pro' })
    expect(store().updateMetadata('a', { x: null }, { remove: ['plan', 'order'] }).metadata).toEqual({ x: null })
    expect(store().updateMetadata('a', {}).metadata).toEqual({ plan: 'pro', order: { id: 1, open: true } })
  })

  test('begins a document where there was none', () => {
    const it = storeOf('a')
    expect(it.updateMetadata('a', { plan: 'free' }).metadata).toEqual({ plan: 'free' })
    expect(it.query().metadata('plan', 'free').count()).toBe(1)
  })

  test('reserved names are keys', () => {
    const it = store()
    const set = it.updateMetadata('a', JSON.parse('{"__proto__":{"x":1},"constructor":2}')).metadata!
    expect(Object.keys(set).sort()).toEqual(['__proto__', 'constructor', 'order', 'plan'])
    expect(Object.getPrototypeOf(set)).toBe(Object.prototype)
    expect(
      it
        .query()
        .metadata(['__proto__', 'x'] as never, 1 as never)
        .count(),
    ).toBe(1)
    const kept = it.updateMetadata('a', { plan: 'free' }).metadata!
    expect(Object.hasOwn(kept, '__proto__')).toBe(true)
    const removed = it.updateMetadata('a', {}, { remove: ['__proto__', 'constructor', 'toString'] }).metadata!
    expect(Object.keys(removed).sort()).toEqual(['order', 'plan'])
    expect(typeof {}.toString).toBe('function')
    expect(
      it
        .query()
        .metadata(['__proto__', 'x'] as never, 1 as never)
        .count(),
    ).toBe(0)
  })

  test('the paths in use follow', () => {
    const it = store()
    expect(it.query().metadata('order.id', 1).count()).toBe(1)
    it.updateMetadata('a', { order: { id: 2 } })
    expect([1, 2].map((id) => it.query().metadata('order.id', id).count())).toEqual([0, 1])
    it.updateMetadata('a', {}, { remove: ['order'] })
    expect(it.query().metadata('order.id', 2).count()).toBe(0)
    expect(it.query().where('metadata.order', 'exists', true).count()).toBe(0)
  })

  test('what is no change', () => {
    const it = store()
    const before = it.get('a')
    for (const changes of [null, [], 'x', 7, { at: new Date() }]) {
      expect(thrown(() => it.updateMetadata('a', changes as never))).toBeInstanceOf(InvalidRowError)
    }
    for (const remove of ['plan', [7], {}]) {
      expect(thrown(() => it.updateMetadata('a', {}, { remove } as never))).toBeInstanceOf(InvalidRowError)
    }
    expect(it.get('a')).toBe(before)
  })
})

describe('rename', () => {
  test('gives another name, or none', () => {
    const store = storeOf('a')
    expect([store.rename('a', 'A').name, store.rename(1, '').name, store.rename('a', null).name]).toEqual([
      'A',
      '',
      null,
    ])
    expect(thrown(() => store.rename('a', 7 as never))).toMatchObject({ code: 'INVALID_ROW', parameter: 'name' })
  })
})

describe('mark', () => {
  test('sets the mark, takes it away, and is the same done twice', () => {
    const store = storeOf('a', 'b')
    expect([store.mark('a').is_marked, store.mark('a').is_marked]).toEqual([true, true])
    expect(store.query().marked().ids()).toEqual([1])
    expect([store.mark('a', false).is_marked, store.mark('a', false).is_marked]).toEqual([false, false])
    expect([store.query().marked().count(), store.query().marked(false).count()]).toEqual([0, 2])
    expect(thrown(() => store.mark('a', 'yes' as never))).toMatchObject({ code: 'INVALID_ROW', parameter: 'is_marked' })
  })
})

describe('delete and restore', () => {
  test('a deleted row leaves all answers but those that ask for it, and keeps all else', () => {
    const store = ConversationStore.from([rich('a'), raw('b')])
    const before = store.get('a')!
    const deleted = store.delete('a', '2026-02-01T00:00:00+01:00')
    expect(deleted).toEqual({ ...before, is_deleted: true, deleted_at: '2026-02-01T00:00:00+01:00' })
    expect([store.size, store.query().count(), store.query().includeDeleted().count()]).toEqual([2, 1, 2])
    expect(store.query().name('rich').count()).toBe(0)
    expect(store.query().includeDeleted().name('rich').count()).toBe(1)
    expect(store.restore('a')).toEqual(before)
    expect(store.query().name('rich').ids()).toEqual([1])
  })

  test('the time: as given, of a Date or a number, or now', () => {
    const store = storeOf('a', 'b', 'c', 'd')
    expect(store.delete('a', '2026-2-1').deleted_at).toBe('2026-2-1')
    expect(store.delete('b', new Date('2026-02-01')).deleted_at).toBe('2026-02-01T00:00:00Z')
    expect(store.delete('c', 1_500).deleted_at).toBe('1970-01-01T00:00:01.500000Z')
    const [from, at, to] = [Date.now(), Date.parse(store.delete('d').deleted_at!), Date.now()]
    expect(at >= from && at <= to).toBe(true)
  })

  test.each(['yesterday', '', new Date(Number.NaN), 1.5, null])('a time that is none: %j', (at) => {
    const store = storeOf('a')
    expect(thrown(() => store.delete('a', at as never))).toMatchObject({ code: 'INVALID_ROW', parameter: 'deleted_at' })
    expect([store.get('a')!.is_deleted, store.query().count()]).toEqual([false, 1])
  })

  test('twice is once; a time that is given counts', () => {
    const store = storeOf('a')
    const first = store.delete('a', '2026-02-01')
    expect(store.delete('a')).toBe(first)
    expect(store.delete('a', '2026-02-02').deleted_at).toBe('2026-02-02')
    const restored = store.restore('a')
    expect(store.restore('a')).toBe(restored)
    expect([restored.is_deleted, restored.deleted_at]).toEqual([false, null])
  })

  test('while the row still waits for its first query', () => {
    const store = storeOf('a', 'b')
    store.delete('a')
    store.mark('b')
    expect([store.query().ids(), store.query().marked().ids()]).toEqual([[2], [2]])
  })
})

describe('purge and clear', () => {
  test('a purged row is gone, and its conversation id free', () => {
    const store = ConversationStore.from([rich('a'), raw('b')])
    expect(store.query().count()).toBe(2)
    const row = store.get('a')
    expect(store.purge('a')).toBe(row)
    expect([store.size, store.has('a'), store.has(1), store.query().includeDeleted().ids()]).toEqual([
      1,
      false,
      false,
      [2],
    ])
    expect(thrown(() => store.purge('a'))).toBeInstanceOf(NotFoundError)
    expect(store.add(raw('a')).id).toBe(3)
    expect(store.query().name('rich').count()).toBe(0)
  })

  test('clear leaves nothing but the ids that were given', () => {
    const store = ConversationStore.from([rich('a')])
    store.warm()
    const messageIds = () => store.addMessage('b', { sender: 'agent', content: 'x' }).messages.map(({ id }) => id)
    store.clear()
    expect([store.size, [...store], store.query().includeDeleted().count(), store.has('a')]).toEqual([0, [], 0, false])
    expect(store.query().fetch()).toMatchObject({ count: 0, total_pages: 1, results: [] })
    expect(store.add(raw('b')).id).toBe(2)
    expect(messageIds()).toEqual([2])
    expect(store.query().messageContains('x').count()).toBe(1)
  })

  test('queries that were made before go on after', () => {
    const store = storeOf('a')
    const asked = store.query().conversationId('b')
    store.clear()
    store.add(raw('b'))
    expect(asked.count()).toBe(1)
  })
})

describe('messages and feedbacks', () => {
  test('come after the others, and get ids beyond all there ever were of their kind', () => {
    const store = ConversationStore.from([
      raw('a', { messages: [{ id: 10, sender: 'agent', content: 'x' }], feedbacks: [{ id: 3, sentiment: 'neutral' }] }),
      raw('b', {
        messages: [
          { id: 'text', sender: 'agent', content: 'y' },
          { sender: 'agent', content: 'z' },
        ],
      }),
    ])
    const ids = (row: Conversation) => [row.messages.map(({ id }) => id), row.feedbacks.map(({ id }) => id)]
    expect(ids(store.addMessage('b', { sender: 'end_user', content: 'new' }))).toEqual([['text', undefined, 11], []])
    expect(ids(store.addFeedback('b', { sentiment: 'positive' }))).toEqual([['text', undefined, 11], [4]])
    expect(ids(store.addMessage('a', { id: 50, sender: 'agent', content: '' }))[0]).toEqual([10, 50])
    store.purge('a')
    expect(ids(store.addMessage('b', { id: null, sender: 'agent', content: '' }))[0]).toEqual([
      'text',
      undefined,
      11,
      51,
    ])
    expect(ids(store.addMessage('b', { id: 11, sender: 'agent', content: '' }))[0]).toEqual([
      'text',
      undefined,
      11,
      51,
      11,
    ])
    expect(store.query().hasFeedback().feedbackSentiment('positive').ids()).toEqual([2])
  })

  test('are found, with an index and without', () => {
    const store = storeOf('a', 'b')
    store.addMessage('a', { sender: 'agent', content: 'Your Refund', action_name: 'pay' })
    expect(store.query().messageContains('refund').ids()).toEqual([1])
    store.warm()
    store.addMessage('b', { sender: 'agent', content: 'another refund' })
    expect(store.query().messageContains('refund').orderBy('id').ids()).toEqual([1, 2])
    expect([store.query().action('pay').ids(), store.query().hasMessages().count()]).toEqual([[1], 2])
  })

  test('faults are told together, by their place in the message; nothing has changed, no id is used up', () => {
    const store = storeOf('a')
    const before = store.get('a')
    expect(faultsOf(() => store.addMessage('a', { sender: 'x', action_name: 7 } as never)).sort()).toEqual([
      'action_name',
      'content',
      'sender',
    ])
    expect(faultsOf(() => store.addFeedback('a', { sentiment: 'meh', source: 'x' } as never)).sort()).toEqual([
      'sentiment',
      'source',
    ])
    for (const it of [null, 'x', []])
      expect(thrown(() => store.addMessage('a', it as never))).toBeInstanceOf(InvalidRowError)
    expect(store.get('a')).toBe(before)
    expect(store.addMessage('a', { sender: 'agent', content: '' }).messages[0]!.id).toBe(1)
    expect(store.addFeedback('a', { sentiment: 'neutral' }).feedbacks[0]!.id).toBe(1)
  })

  test('no id is left after the greatest', () => {
    const store = storeOf('a')
    store.addMessage('a', { id: MAX_ID, sender: 'agent', content: '' })
    expect(thrown(() => store.addMessage('a', { sender: 'agent', content: '' }))).toMatchObject({ code: 'INVALID_ROW' })
    expect(store.get('a')!.messages).toHaveLength(1)
  })

  test('to a row whose lists are null', () => {
    const store = ConversationStore.from([raw('a', { messages: null, feedbacks: null })])
    expect(store.addMessage('a', { sender: 'agent', content: 'x' }).messages).toHaveLength(1)
    expect(store.addFeedback('a', { sentiment: 'neutral' }).feedbacks).toHaveLength(1)
  })
})

describe('iteration', () => {
  test('gives all rows in the order in which they were added, whatever was done to them since', () => {
    const store = storeOf('b', 'a', 'c')
    store.delete('b')
    store.rename('a', 'A')
    store.upsert(raw('b', { name: 'B' }))
    store.purge('c')
    store.add(raw('c'))
    expect(namesOf(store)).toEqual(['b', 'a', 'c'])
    expect([...store].map(({ id }) => id)).toEqual([1, 2, 4])
  })

  test('is of the rows as they were when it began', () => {
    const store = ConversationStore.from(many(5), SMALL)
    const seen: unknown[] = []
    for (const { conversation_id, name } of store) {
      seen.push([conversation_id, name])
      store.add(raw(`after ${conversation_id}`))
      if (conversation_id === 'c1') store.rename('c3', 'late')
      if (conversation_id === 'c2') store.purge('c4')
      if (conversation_id === 'c3') store.clear()
    }
    expect(seen).toEqual(['c1', 'c2', 'c3', 'c4', 'c5'].map((id) => [id, null]))
    expect(store.size).toBe(2)
  })

  test('of a query too, and its pages', () => {
    const store = ConversationStore.from(many(5), SMALL)
    const asked = store.query().orderBy('id').pageSize(2)
    const seen: string[] = []
    for (const { conversation_id } of asked) {
      seen.push(conversation_id)
      store.purge(conversation_id)
      store.add(raw(`after ${conversation_id}`))
    }
    expect(seen).toEqual(['c1', 'c2', 'c3', 'c4', 'c5'])

    const pages: unknown[] = []
    for (const { current_page, count, total_pages, results, next, previous } of asked.page(2).pages()) {
      pages.push([current_page, count, total_pages, results.map(({ id }) => id), next !== null, previous !== null])
      store.clear()
      store.addMany(many(20))
      expect(asked.count()).toBe(20)
    }
    expect(pages).toEqual([
      [2, 5, 3, [8, 9], true, true],
      [3, 5, 3, [10], false, true],
    ])
  })

  test('two at once do not disturb each other', () => {
    const store = ConversationStore.from(many(3))
    const pairs: string[] = []
    for (const a of store.query().orderBy('id')) for (const b of store) pairs.push(`${a.id}${b.id}`)
    expect(pairs).toEqual(['11', '12', '13', '21', '22', '23', '31', '32', '33'])
  })
})

describe('asking', () => {
  const store = ConversationStore.from([
    ...many(12, (i) => ({
      device: i % 2 === 0 ? 'mobile' : 'tv',
      started_at: `2026-01-${String(i + 1).padStart(2, '0')}`,
    })),
    raw('gone', { is_deleted: true, device: 'mobile' }),
  ])

  test('run: a query that was made without a store, or with another', () => {
    const mobile = query().device('mobile').pageSize(4).page(2)
    expect(store.run(mobile)).toMatchObject({ count: 6, page_size: 4, total_pages: 2, current_page: 2, next: null })
    expect(store.run(mobile).results.map(({ id }) => id)).toEqual([3, 1])
    expect(storeOf('x').run(store.query())).toMatchObject({ count: 1 })
    expect(store.run(query().lean()).results[0]).toMatchObject({ message_count: 0 })
    expect(thrown(() => query().count())).toMatchObject({ code: 'NO_STORE' })
    expect(thrown(() => store.run(query().page(9)))).toBeInstanceOf(InvalidPageError)
  })

  test('run and fetchConversations: what is no query, or has no keys of its own, does not ask for everything', () => {
    const store = storeOf('a', 'b')
    const tenant = query().customerId('t')
    for (const given of [tenant.spec, 'customer_id=t', { customer_id: 't' }, undefined, null] as never[])
      expect(() => store.run(given)).toThrow(InvalidQueryError)
    class Getters {
      get customer_id() {
        return 't'
      }
    }
    const url = new URL('http://localhost/?customer_id=t')
    const others = [url, new Map([['customer_id', 't']]), tenant, new Getters(), Object.create({ customer_id: 't' })]
    for (const given of [...others, new Date(), Promise.resolve({}), () => ({}), 5, null])
      expect(() => store.fetchConversations(given as object), String(given)).toThrow(InvalidQueryError)
    expect(store.fetchConversations(url.searchParams).count).toBe(0)
    expect(store.fetchConversations(url.href).count).toBe(0)
    expect(store.fetchConversations(Object.assign(Object.create(null), { customer_id: 't' })).count).toBe(0)
    expect(store.fetchConversations({}).count).toBe(2)
  })

  test('what is no listener is refused when it comes, not when a row is written', () => {
    const store = storeOf('a')
    for (const given of [undefined, null, {}, 'listener'] as never[])
      expect(() => store.onChange(given)).toThrow(InvalidQueryError)
    store.add(raw('b'))
    expect(store.size).toBe(2)
  })

  test('a mark is true or false', () => {
    const store = storeOf('a')
    for (const given of [null, 1, 'yes'] as never[]) expect(() => store.mark('a', given)).toThrow(InvalidRowError)
    expect(store.get('a')?.is_marked).toBe(false)
  })

  test('reserved ids are ids', () => {
    const store = storeOf('a')
    for (const given of [{ conversation: 10.5 }, { message: Number.NaN }, { feedback: -1 }, { conversation: 2 ** 53 }])
      expect(() => store.reserveIds(given)).toThrow(InvalidQueryError)
    expect(() => store.reserveIds({ conversations: 9 } as never)).toThrow('one of conversation, message, feedback')
    store.reserveIds({})
    store.reserveIds({ conversation: undefined } as never)
    store.reserveIds({ message: 9 })
    expect([store.add(raw('b')).id, store.greatestIds]).toEqual([2, { conversation: 2, message: 9, feedback: 0 }])
  })

  test('feedback and metadata of other than plain objects do not lose what they ask', () => {
    const store = ConversationStore.from([
      raw('a', { metadata: { tenant: 'y', plan: 'pro' }, feedbacks: [{ sentiment: 'negative', source: 'platform' }] }),
    ])
    class Both {
      readonly sentiment = 'negative'
      readonly plan = 'pro'
      get source() {
        return 'customer'
      }
      get tenant() {
        return 'x'
      }
    }
    const inherited = Object.create(Object.assign(Object.create(null), { device: 'mobile' }))
    expect(() => store.query().feedback(new Both() as never)).toThrow(InvalidQueryError)
    expect(() => store.fetchConversations({ metadata: new Both() as never })).toThrow(InvalidQueryError)
    expect(() => store.fetchConversations(inherited)).toThrow(InvalidQueryError)
    const loose = store.query() as unknown as { not(...branches: unknown[]): unknown }
    const branch = (q: { device(value: string): unknown }) => q.device('a')
    expect(() => loose.not(branch, branch)).toThrow('expected one branch')
  })

  test('fetchConversations: an object by the rules of code, a text and URLSearchParams by those of the wire', () => {
    const ids = (parameters?: Parameters<typeof store.fetchConversations>[0]) =>
      store.fetchConversations(parameters).results.map(({ id }) => id)
    expect(ids()).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3])
    expect(ids({})).toEqual(ids(''))
    const expected = [3, 1]
    expect(ids({ device: 'mobile', page_size: 4, page: 2 })).toEqual(expected)
    expect(ids('?device=mobile&page_size=4&page=2')).toEqual(expected)
    expect(ids(new URLSearchParams({ device: 'mobile', page_size: '4', page: '2' }))).toEqual(expected)
    const unknown = '?device=mobile&page_size=4&page=2&unknown=1'
    expect(store.fetchConversations(unknown, { strict: false }).results.map(({ id }) => id)).toEqual(expected)
    expect(ids({ device: ['mobile', 'tv'], include_deleted: true, page_size: 100 })).toHaveLength(13)
    expect(ids('device=&page_size=abc')).toHaveLength(10)
  })

  test('fetchConversations: the faults of each', () => {
    const faults = (parameters: string | object) => faultsOf(() => store.fetchConversations(parameters as never)).sort()
    expect(faults({ devise: 'tv', page_size: 0, device: null, started_at_after: 'soon' })).toEqual([
      'device',
      'devise',
      'page_size',
      'started_at_after',
    ])
    expect(faults('started_at_after=soon&is_marked=maybe&devise=tv')).toEqual([
      'devise',
      'is_marked',
      'started_at_after',
    ])
    const lenient = () => store.fetchConversations('is_marked=maybe&devise=tv', { strict: false })
    expect(faultsOf(lenient)).toEqual(['is_marked'])
    expect(thrown(() => store.fetchConversations('page=99'))).toBeInstanceOf(InvalidPageError)
    expect(thrown(() => store.fetchConversations({ page: 0 }))).toBeInstanceOf(InvalidPageError)
    for (const it of [null, 7, []]) {
      expect(thrown(() => store.fetchConversations(it as never))).toBeInstanceOf(InvalidQueryError)
    }
  })

  test('a page: its rows, the count of all, and links to the pages beside it', () => {
    const page = store.query().device('mobile').pageSize(2).page(2).fetch()
    expect({ ...page, results: namesOf(page.results) }).toEqual({
      count: 6,
      page_size: 2,
      total_pages: 3,
      current_page: 2,
      next: 'http://localhost/api/conversations/?device=mobile&page=3&page_size=2',
      previous: 'http://localhost/api/conversations/?device=mobile&page_size=2',
      results: ['c7', 'c5'],
      next_cursor: expect.stringMatching(/^[\w-]+$/),
    })
    expect(store.fetchConversations(page.next!)).toMatchObject({ current_page: 3, next: null })
    expect(store.query().page('last').pageSize(5).fetch()).toMatchObject({ current_page: 3 })
    expect(store.query().device('radio').fetch()).toMatchObject({
      count: 0,
      total_pages: 1,
      current_page: 1,
      results: [],
    })
  })

  test('the other ends know no page', () => {
    const asked = store.query().device('mobile').pageSize(2).page(2)
    expect(asked.all()).toHaveLength(6)
    expect([asked.ids(), asked.count(), asked.exists(), asked.first()!.id]).toEqual([[11, 9, 7, 5, 3, 1], 6, true, 11])
    const none = store.query().device('radio').page(5)
    expect([none.all(), none.ids(), none.count(), none.exists(), none.first(), [...none]]).toEqual([
      [],
      [],
      0,
      false,
      undefined,
      [],
    ])
  })

  test('matches: for a row of the store or any other', () => {
    const asked = store.query().device('mobile').startedAfter('2026-01-05')
    expect(asked.matches(store.get('c5')!)).toBe(true)
    expect(asked.matches(store.get('c3')!)).toBe(false)
    expect(asked.matches(store.get('gone')!)).toBe(false)
    expect(store.query().includeDeleted().matches(store.get('gone')!)).toBe(true)
    expect(asked.matches(raw('new', { device: 'mobile', started_at: '2027-01-01' }))).toBe(true)
    expect(thrown(() => asked.matches({ device: 'mobile' }))).toBeInstanceOf(InvalidRowError)
    expect(store.size).toBe(13)
  })
})

describe('explain', () => {
  const store = () =>
    ConversationStore.from(
      many(40, (i) => ({
        id: i + 1,
        device: i % 4 === 0 ? 'tv' : 'mobile',
        name: `Name ${i}`,
        metadata: { plan: { seats: i % 5 } },
        ended_at: i % 2 === 0 ? '2026-02-01' : null,
        messages: [{ sender: 'agent', content: `Order number ${i} is late` }],
        feedbacks: i % 8 === 0 ? [{ sentiment: 'negative', source: 'customer' }] : [],
        is_marked: i % 10 === 0,
      })),
    )
  const build = (it: ConversationStore) => ({
    terms: it.query().device('tv').where('metadata.plan.seats', 'gte', 3).hasFeedback().feedbackSentiment('negative'),
    dictionary: it.query().name('nAME 1').where('device', 'startswith', 'm').where('conversation_id', 'contains', '3'),
    keys: it.query().conversationId('c3', 'c4').where('id', 'in', [3, 4, 5]).where('id', 'gt', 1),
    times: it.query().startedAfter('2020-01-01').where('ended_at', 'isnull', true),
    groups: it
      .query()
      .not((q) => q.device('tv'))
      .or(
        (q) => q.marked(),
        (q) => q.hasAction(false),
      ),
    orders: it.query().orderBy('customer_id', '-ended_at'),
  })

  test.each(['terms', 'dictionary', 'keys', 'times', 'groups', 'orders'] as const)(
    '%s: no document is read, each row is indexed once, the count is right',
    (what) => {
      const it = store()
      const asked = build(it)[what]
      const first = asked.explain()
      expect([first.documentsRead, first.count]).toEqual([0, asked.count()])
      expect(first.indexed % 40).toBe(0)
      const again = asked.explain()
      expect([again.documentsRead, again.indexed]).toEqual([0, 0])
      expect(again.steps.map(({ rows }) => rows)).toEqual(first.steps.map(({ rows }) => rows))
    },
  )

  test('texts: read until there is an index, then only what must be verified', () => {
    const it = store()
    const late = it.query().messageContains('late')
    const phrase = it.query().messageContains('number 17 is')
    expect(late.explain()).toMatchObject({ count: 40, documentsRead: 40, indexed: 0 })
    expect(phrase.device('mobile').explain().documentsRead).toBe(30)
    it.warm()
    expect(late.explain()).toMatchObject({ count: 40, documentsRead: 0, indexed: 0 })
    expect(late.explain().steps).toMatchObject([{ index: 'text index', isExact: true, rows: 40 }])
    expect(phrase.explain()).toMatchObject({ count: 1, documentsRead: 0 })
    expect(it.query().messageContains('number 17 ').explain()).toMatchObject({ count: 1, documentsRead: 0 })
    expect(phrase.explain().steps).toMatchObject([{ index: 'text index', isExact: false, rows: 1 }])
  })

  test('enough scans, and the text index is built by itself', () => {
    const it = store()
    const asked = it.query().messageContains('late')
    const read: number[] = []
    for (let i = 0; i < 12; i++) {
      expect(asked.count()).toBe(40)
      read.push(asked.explain().documentsRead)
    }
    expect([read[0], read.at(-1)]).toEqual([40, 0])
  })

  test('a search reads no more than its texts need', () => {
    const it = store()
    const asked = it.query().search('late "name 17"')
    expect(asked.explain()).toMatchObject({ count: 1 })
    it.warm()
    expect(asked.explain()).toMatchObject({ count: 1, documentsRead: 0, indexed: 0 })
  })

  test('of a page far past the end tells the plan', () => {
    for (const page of [1_000, MAX_ID, 'last'] as const) expect(store().query().page(page).explain().count).toBe(40)
  })

  test('running a query counts nothing twice for the next explain', () => {
    const it = store()
    it.query().device('tv').fetch()
    it.query().device('tv').matches(it.get(1)!)
    expect(it.query().device('tv').explain()).toMatchObject({ indexed: 0, documentsRead: 0 })
    it.add(raw('new', { device: 'tv' }))
    expect(it.query().device('tv').explain()).toMatchObject({ indexed: 1, count: 11 })
    it.mark('new')
    it.delete('c1')
    expect(it.query().device('tv').explain()).toMatchObject({ indexed: 0, count: 10 })
  })
})

describe('stats', () => {
  test('rows, segments, terms and bytes of what is there', () => {
    const store = ConversationStore.from([
      raw('a', { device: 'tv' }),
      raw('b', { device: 'tv', is_deleted: true }),
      raw('c'),
    ])
    expect(store.stats()).toMatchObject({ rows: 3, deleted: 1, segments: 1, terms: {} })
    store.query().device('tv').count()
    store
      .query()
      .metadata(['__proto__'] as never, 1 as never)
      .count()
    const { terms, bytes, totalBytes } = store.stats()
    expect(terms.device).toBe(2)
    expect(Object.keys(terms).some((key) => key.includes('__proto__'))).toBe(true)
    expect(bytes.device).toBeGreaterThan(0)
    const { documents, ...others } = bytes
    expect(documents).toMatchObject({ packed: 0, dead: 0 })
    expect(totalBytes).toBe(Object.values(others).reduce<number>((sum, it) => sum + Number(it), 0))
    expect(new ConversationStore().stats()).toMatchObject({ rows: 0, deleted: 0, segments: 0 })
  })

  test('what a long query needed is let go: some bytes a row are kept', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    const content = (i: number) => `${letters[i % 26]}${letters[i % 23]} ${letters[i % 17]}${letters[i % 19]}`
    const rows = Array.from({ length: 2_000 }, (_, i) => ({
      conversation_id: `c${i}`,
      started_at: '2026-01-05',
      messages: [{ sender: 'agent' as const, content: content(i) }],
    }))
    const store = ConversationStore.from(rows)
    store.warm()
    const patterns = Array.from({ length: 500 }, (_, i) => `${letters[i % 26]} ${letters[(i * 7) % 25]}`)
    const where = [{ or: patterns.map((value) => [{ field: 'message', lookup: 'icontains', value }] as const) }]
    const count = store.run(Query.fromSpec({ where })).count
    expect(count).toBe(rows.filter((_, i) => patterns.some((it) => content(i).includes(it))).length)
    expect(store.stats().bytes.buffers).toBeLessThan(48 * rows.length)
  })

  test('only of indexes that are built', () => {
    const store = storeOf('a')
    store.query().device('tv').matches(raw('x'))
    expect(Object.keys(store.stats().terms)).toEqual([])
  })

  test('shrink when rows are purged', () => {
    const store = ConversationStore.from(
      many(1_000, (i) => ({ customer_id: `customer ${i}`, messages: [{ sender: 'agent', content: `word${i}` }] })),
    )
    store.warm()
    const before = store.stats()
    for (let i = 11; i <= 1_000; i++) store.purge(`c${i}`)
    expect(store.query().count()).toBe(10)
    const after = store.stats()
    expect([after.rows, after.deleted]).toEqual([10, 0])
    expect(after.terms.customer_id).toBeLessThan(100)
    const withoutRows = ({ totalBytes, bytes }: StoreStats) => totalBytes - Number(bytes.rows)
    expect(withoutRows(after)).toBeLessThan(withoutRows(before) / 5)
  })
})

describe('warm and warmAsync', () => {
  const store = () =>
    ConversationStore.from(
      many(300, (i) => ({ device: `d${i % 3}`, messages: [{ sender: 'agent', content: `word${i}` }] })),
    )

  test('warm: no query after builds or reads', () => {
    const it = store()
    it.warm({ metadata: ['a'] })
    const asked = it.query().device('d1').messageContains('word1').name('x').where('metadata.a', 'exists', false)
    expect(asked.explain()).toMatchObject({ indexed: 0, documentsRead: 0 })
  })

  test('warmAsync: the same, in slices between which timers run and writes are made', async () => {
    const it = store()
    const told: number[] = []
    let ticks = 0
    const timer = setInterval(() => {
      ticks++
      if (ticks < 5) it.add(raw(`late ${ticks}`, { device: 'd1', messages: [{ sender: 'agent', content: 'late' }] }))
    }, 0)
    try {
      await it.warmAsync({ sliceMs: 0, onProgress: ({ done, total }) => told.push(done / total) })
    } finally {
      clearInterval(timer)
    }
    expect(ticks).toBeGreaterThan(3)
    expect([told.length > 3, told.at(-1)]).toEqual([true, 1])
    expect(it.query().device('d1').messageContains('late').explain()).toMatchObject({
      indexed: 0,
      documentsRead: 0,
      count: Math.min(4, ticks),
    })
  })

  test('warmAsync: aborted before or meanwhile, it rejects with the reason and answers stay right', async () => {
    const it = store()
    await expect(it.warmAsync({ signal: AbortSignal.abort('why') })).rejects.toBe('why')
    const controller = new AbortController()
    const onProgress = () => controller.abort(new Error('enough'))
    await expect(it.warmAsync({ signal: controller.signal, sliceMs: 0, onProgress })).rejects.toThrow('enough')
    expect(it.query().messageContains('word17').count()).toBe(11)
  })

  test('warmAsync: an onProgress that throws rejects', async () => {
    const onProgress = () => {
      throw new Error('oh')
    }
    await expect(store().warmAsync({ sliceMs: 0, onProgress })).rejects.toThrow('oh')
  })

  test('warmAsync: a store that is cleared meanwhile', async () => {
    const it = store()
    let isCleared = false
    await it.warmAsync({
      sliceMs: 0,
      onProgress: () => {
        if (!isCleared) it.clear()
        isCleared = true
      },
    })
    it.add(raw('new', { device: 'd1' }))
    expect(it.query().device('d1').ids()).toEqual([301])
  })
})

describe('load', () => {
  test('from a text, as NDJSON and as a page of the API', async () => {
    const store = new ConversationStore()
    const lines = `${JSON.stringify(raw('a'))}\r\n\n${JSON.stringify(raw('b'))}`
    expect(await store.load(lines)).toMatchObject({ added: 2, rejected: [] })
    expect((await store.load(JSON.stringify({ results: [raw('c')] }))).added).toBe(1)
    expect(namesOf(store)).toEqual(['a', 'b', 'c'])
  })

  test('all or nothing, or without the bad rows', async () => {
    const store = storeOf('a')
    const lines = [raw('b'), raw('a'), { conversation_id: 'c' }].map((it) => JSON.stringify(it)).join('\n')
    await expect(store.load(lines)).rejects.toBeInstanceOf(ConversationStoreError)
    expect(store.size).toBe(1)
    const { added, rejected } = await store.load(lines, { onInvalid: 'skip' })
    expect([added, rejected.map(({ index, error }) => [index, error.code])]).toEqual([
      1,
      [
        [1, 'DUPLICATE_ID'],
        [2, 'INVALID_ROW'],
      ],
    ])
  })
})

describe('more rows than a segment has', () => {
  test('are counted, ordered and paged over the seam, before and after many of them go', () => {
    const count = 70_000
    const rows = Array.from({ length: count }, (_, i) => ({
      id: i + 1,
      conversation_id: `c${i + 1}`,
      // Scattered: 7,919 and the count have no common divisor.
      started_at: new Date(1_700_000_000_000 + ((i * 7_919) % count) * 1000).toISOString(),
      device: i % 7 === 0 ? 'tv' : 'mobile',
      customer_id: i % 3 === 0 ? null : `customer ${i % 1_000}`,
    }))
    const store = ConversationStore.from(structuredClone(rows), { own: true })
    expect(store.stats().segments).toBeGreaterThan(1)
    const compare = () => {
      const left = rows.filter(({ id }) => store.has(id) && (id - 1) % 7 === 0)
      const byTime = left.toSorted((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at)).map(({ id }) => id)
      const asked = store.query().device('tv').pageSize(100)
      expect(asked.ids()).toEqual(byTime)
      for (const page of [1, 2, 50, Math.ceil(byTime.length / 100)]) {
        const { results } = asked.page(page).fetch()
        expect(results.map(({ id }) => id)).toEqual(byTime.slice((page - 1) * 100, page * 100))
      }
      const byCustomer = left.toSorted((a, b) => {
        if (a.customer_id === b.customer_id) return a.id - b.id
        return a.customer_id !== null && (b.customer_id === null || a.customer_id < b.customer_id) ? -1 : 1
      })
      expect(asked.orderBy('customer_id').ids()).toEqual(byCustomer.map(({ id }) => id))
    }
    compare()
    for (let id = 1; id <= count; id++) if (id % 5 < 2) store.purge(id)
    compare()
    expect(store.query().count()).toBe(store.size)
  })
})

describe('answers after any writes', () => {
  const device = fc.constantFrom('mobile', 'tv', null)
  const text = fc.constantFrom('', 'order', 'my order!', '你好 order', 'Über')
  const given = fc.record(
    {
      started_at: fc.constantFrom('2026-01-05', '2026-01-06', '2026-01-05T00:00:00.000001Z'),
      ended_at: fc.constantFrom('2026-02-01', '2026-02-02', null),
      name: fc.constantFrom('A', 'b', null),
      device,
      customer_id: fc.constantFrom('x', 'y', null),
      language: fc.constantFrom('de', 'en'),
      is_marked: fc.boolean(),
      is_deleted: fc.boolean(),
      metadata: fc.constantFrom({ v: 1 }, { v: '1' }, { list: [1, 'a'] }, null),
      messages: fc.array(
        text.map((content) => ({ sender: 'agent' as const, content })),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['started_at'] },
  )
  const which = fc.nat()
  const write = fc.oneof(
    {
      arbitrary: fc.record({ op: fc.constant('add' as const), rows: fc.array(given, { minLength: 1, maxLength: 5 }) }),
      weight: 2,
    },
    fc.record({ op: fc.constant('upsert' as const), which, row: given }),
    fc.record({ op: fc.constant('update' as const), which, device }),
    fc.record({ op: fc.constant('mark' as const), which, yes: fc.boolean() }),
    fc.record({ op: fc.constantFrom('delete' as const, 'restore' as const, 'purge' as const), which }),
    fc.record({ op: fc.constant('addMessage' as const), which, text }),
    fc.record({ op: fc.constant('fail' as const), rows: fc.array(given, { minLength: 1, maxLength: 5 }) }),
    fc.record({ op: fc.constantFrom('ask' as const, 'warm' as const, 'explain' as const) }),
  )
  const orders: OrderTerm[][] = [
    ['-started_at'],
    ['customer_id'],
    ['-is_marked', 'language'],
    ['ended_at', '-id'],
    ['language', 'is_marked'],
  ]

  /** Questions that use every kind of index, column and permutation. */
  function questions(store: ConversationStore) {
    return [
      store.query(),
      store.query().includeDeleted(),
      store.query().device('mobile'),
      store.query().not((q) => q.device('mobile')),
      store.query().marked(),
      store.query().marked(false),
      store.query().name('a'),
      store.query().messageContains('ord'),
      store.query().messageContains('my order'),
      store.query().messageContains('好'),
      store.query().metadata('v', 1),
      store.query().where('metadata.list', 'contains', 'a'),
      store.query().where('ended_at', 'gte', '2026-02-02'),
      store.query().startedAfter('2026-01-05T00:00:00.000001Z'),
      store.query().or(
        (q) => q.customerId('x'),
        (q) => q.not((r) => r.language('de').marked()),
      ),
    ]
  }

  function answers(store: ConversationStore): unknown[] {
    return [
      ...questions(store).flatMap((asked) =>
        orders.map((order) => {
          const page = asked.orderBy(order).pageSize(3).page('last').fetch()
          return [asked.orderBy(order).ids(), page.count, page.results]
        }),
      ),
      [...store],
      store.metadataKeys(),
      store.metadataValues('v'),
      store.stats().deleted,
    ]
  }

  test('are those of a new store with the same rows', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 25 }), fc.boolean(), (writes, isSmall) => {
        const store = new ConversationStore(isSmall ? SMALL : {})
        let next = 0
        for (const it of writes) {
          const ids = Array.from(store, ({ id }) => id)
          const id = 'which' in it && ids.length > 0 ? ids[it.which % ids.length]! : undefined
          if (it.op === 'add') store.addMany(it.rows.map((row) => ({ conversation_id: `c${next++}`, ...row })))
          else if (it.op === 'fail') {
            const rows = it.rows.map((row) => ({ conversation_id: `c${next++}`, ...row }))
            expect(() => store.addMany([...rows, rows[0]!])).toThrow(DuplicateIdError)
          } else if (it.op === 'ask') answers(store)
          else if (it.op === 'warm') store.warm()
          else if (it.op === 'explain') {
            for (const asked of questions(store)) expect(asked.explain().count).toBe(asked.count())
          } else if (id === undefined) continue
          else if (it.op === 'upsert') store.upsert({ conversation_id: store.get(id)!.conversation_id, ...it.row })
          else if (it.op === 'update') store.update(id, { device: it.device })
          else if (it.op === 'mark') store.mark(id, it.yes)
          else if (it.op === 'addMessage') store.addMessage(id, { sender: 'agent', content: it.text })
          else store[it.op](id)
        }
        expect(answers(store)).toEqual(answers(ConversationStore.from([...store])))
      }),
    )
  })
})
