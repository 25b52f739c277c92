/** The reference against the match cases, and against examples worked out by hand from the contract. */
import { describe, expect, test } from 'vitest'
import type { Group, QuerySpec } from '../../src/query/spec.ts'
import type { ConversationInput, Open } from '../../src/row/conversation.ts'
import { cases, faultCases, linkCases, orderCases, orderRows, rows } from '../cases.ts'
import {
  compareCodePoints,
  fold,
  instantOf,
  type ReferenceOptions,
  ReferenceStore,
  type Row,
  termsOf,
  type WireEnvelope,
} from '../reference.ts'

function storeOf(documents: readonly ConversationInput[], options: ReferenceOptions = {}): ReferenceStore {
  const store = new ReferenceStore(options)
  for (const document of documents) store.add(document)
  return store
}

const specOf = (query: Group | QuerySpec): QuerySpec => ('where' in query ? query : { where: query })

function envelopeOf(store: ReferenceStore, params: string): WireEnvelope {
  const answer = store.wire(params)
  if (answer.status !== 200) throw new Error(`${params}: ${JSON.stringify(answer.body)}`)
  return answer.envelope
}

const conversationIds = (results: readonly { conversation_id: string }[]): string[] =>
  results.map((row) => row.conversation_id)

describe('match cases', () => {
  test('names are unique, rows fit one page, and every row named is there', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(rows.length).toBeLessThan(100)
    for (const { keeps, drops, rows: own = rows } of cases) {
      const known = new Set(own.map((row) => row.conversation_id))
      expect([...keeps, ...drops].filter((id) => !known.has(id))).toEqual([])
      expect(keeps.filter((id) => drops.includes(id))).toEqual([])
    }
  })

  test('every row is named by some case', () => {
    const named = new Set(cases.flatMap(({ keeps, drops }) => [...keeps, ...drops]))
    expect(conversationIds(rows).filter((id) => !named.has(id))).toEqual([])
  })

  for (const { name, rows: own = rows, query, wire, keeps, drops } of cases) {
    test(name, () => {
      const store = storeOf(own)
      const spec = specOf(query)
      const matches = store.ids(spec)
      const found = matches.map((id) => store.get(id)!.conversation_id)
      expect(keeps.filter((id) => !found.includes(id))).toEqual([])
      expect(drops.filter((id) => found.includes(id))).toEqual([])
      expect(store.rows.filter((row) => store.holds(spec, row)).map(({ id }) => id)).toEqual(
        [...matches].sort((a, b) => a - b),
      )

      const answer = store.answer({ ...spec, pageSize: 100 })
      expect(answer).toMatchObject({ count: matches.length, ids: matches, current_page: 1, total_pages: 1 })

      const deleted = spec.includeDeleted ? '&include_deleted=true' : ''
      const where = new URLSearchParams({ where: JSON.stringify(spec.where) })
      expect(conversationIds(envelopeOf(store, `${where}&page_size=100${deleted}`).results)).toEqual(found)
      if (wire !== undefined) {
        expect(conversationIds(envelopeOf(store, `${wire}&page_size=100`).results)).toEqual(found)
      }
    })
  }
})

describe('order and pages', () => {
  const store = storeOf(orderRows)

  for (const { name, spec, wire, ids, envelope = {} } of orderCases) {
    test(name, () => {
      const answer = store.answer(spec)
      if ('invalidPage' in answer) throw new Error('The page is invalid')
      expect(answer.ids.map((id) => store.get(id)!.conversation_id)).toEqual(ids)
      expect(conversationIds(answer.results)).toEqual(ids)
      expect(answer).toMatchObject(envelope)
      if (wire !== undefined) {
        const { next: _, previous: __, results, ...counts } = envelopeOf(store, wire)
        expect(conversationIds(results)).toEqual(ids)
        expect(counts).toMatchObject(envelope)
        expect(answer).toMatchObject(counts)
      }
    })
  }

  test('pages cut the whole order', () => {
    const all = store.ids({ where: [], includeDeleted: true })
    const pages = [1, 2, 3, 4].map((page) => store.answer({ where: [], includeDeleted: true, pageSize: 2, page }))
    expect(pages.flatMap((page) => ('ids' in page ? page.ids : []))).toEqual(all)
  })

  test('a page past the end is invalid', () => {
    expect(store.answer({ where: [], page: 2 })).toEqual({ invalidPage: true })
    expect(store.answer({ where: [], page: 7, pageSize: 1 })).toEqual({ invalidPage: true })
  })

  test('default and maximum page size are settings', () => {
    const small = storeOf(orderRows, { defaultPageSize: 2, maxPageSize: 3 })
    expect(small.answer({ where: [] })).toMatchObject({ page_size: 2, total_pages: 3, count: 6 })
    expect(small.answer({ where: [], pageSize: 4 })).toMatchObject({ page_size: 3, total_pages: 2, count: 6 })
    expect(envelopeOf(small, 'page_size=x')).toMatchObject({ page_size: 2 })
    expect(envelopeOf(small, 'page_size=4')).toMatchObject({ page_size: 3 })
  })
})

describe('faults', () => {
  const store = storeOf(orderRows)

  for (const { name, wire, status, body, keys } of faultCases) {
    test(name, () => {
      const answer = store.wire(wire)
      if (answer.status === 200) throw new Error('No fault')
      expect(answer.status).toBe(status)
      if (body !== undefined) expect(answer.body).toEqual(body)
      if (keys !== undefined) expect(Object.keys(answer.body)).toEqual(keys)
    })
  }
})

describe('links', () => {
  for (const { name, baseUrl, wire, next, previous } of linkCases) {
    test(name, () => {
      const store = storeOf(orderRows, baseUrl === undefined ? {} : { baseUrl })
      expect(envelopeOf(store, wire)).toMatchObject({ next, previous })
    })
  }

  test('walking them gives every row once, and they come back', () => {
    const store = storeOf(orderRows)
    const walk = (start: string, way: 'next' | 'previous'): string[] => {
      const envelope = envelopeOf(store, start)
      const link = envelope[way]
      return [...conversationIds(envelope.results), ...(link === null ? [] : walk(new URL(link).search, way))]
    }
    expect(walk('page_size=1&name=', 'next')).toEqual(['a', 'd', 'c', 'b', 'g', 'e'])
    expect(walk('page_size=1&page=last', 'previous')).toEqual(['e', 'g', 'b', 'c', 'd', 'a'])
  })

  test('pairs are read as a query string is', () => {
    const store = storeOf(orderRows)
    const pairs: [string, string][] = [
      ['page_size', '4'],
      ['customer_id', ' b '],
    ]
    expect(store.wire(pairs)).toEqual(store.wire('page_size=4&customer_id=+b+'))
  })
})

describe('the envelope', () => {
  test('has seven keys', () => {
    const envelope = envelopeOf(storeOf(orderRows), '')
    expect(Object.keys(envelope).sort()).toEqual(
      ['count', 'current_page', 'next', 'page_size', 'previous', 'results', 'total_pages'].sort(),
    )
  })

  test('full rows and lean rows', () => {
    const document: Open<ConversationInput> = {
      conversation_id: 'x',
      started_at: '2024-01-01',
      messages: [{ sender: 'agent', content: '', action_name: 'a' }],
      feedbacks: [{ sentiment: 'positive' }, { sentiment: 'neutral' }],
      own: [1],
    }
    const store = storeOf([document])
    const { messages, feedbacks, ...rest } = store.rows[0]!
    const lean = { ...rest, message_count: 1, feedback_count: 2 }
    expect(store.answer({ where: [] })).toMatchObject({ results: [{ ...rest, messages, feedbacks }] })
    expect(envelopeOf(store, 'full=true').results).toEqual(store.rows)
    expect(envelopeOf(store, 'full=0').results).toEqual([lean])
    expect(store.answer({ where: [], lean: true })).toMatchObject({ results: [lean] })
    expect(Object.keys(lean)).not.toContain('messages')
  })

  test('a lean row counts lists that are null as empty', () => {
    const store = storeOf([{ conversation_id: 'x', started_at: '2024-01-01', messages: null, feedbacks: null }])
    expect(envelopeOf(store, 'full=false').results).toMatchObject([{ message_count: 0, feedback_count: 0 }])
  })
})

describe('documents', () => {
  const keptOf = (document: Open<ConversationInput>): Row => new ReferenceStore().add(document)

  test('absent keys are completed as they read', () => {
    expect(keptOf({ conversation_id: 'x', started_at: '2024-1-5' })).toEqual({
      id: 1,
      conversation_id: 'x',
      name: null,
      customer_id: null,
      customer_ip_address: null,
      device: null,
      language: null,
      environment: null,
      is_marked: false,
      is_deleted: false,
      is_used: true,
      started_at: '2024-1-5',
      ended_at: null,
      deleted_at: null,
      metadata: null,
      geo_location: null,
      messages: [],
      feedbacks: [],
    })
  })

  test('a null that was given stays, undefined is absent', () => {
    const row = keptOf({
      conversation_id: 'x',
      started_at: '2024-01-01',
      is_used: null,
      messages: null,
      is_marked: undefined,
      feedbacks: undefined,
    })
    expect(row).toMatchObject({ is_used: null, messages: null, is_marked: false, feedbacks: [] })
  })

  test('messages, feedbacks and unknown keys are as given', () => {
    const messages = [{ sender: 'agent', content: '', more: { deep: [null] } }] as const
    const row = keptOf({
      conversation_id: 'x',
      started_at: '2024-01-01',
      messages,
      feedbacks: [{ sentiment: 'neutral' }],
      own: 1,
    })
    expect(row).toMatchObject({ messages, feedbacks: [{ sentiment: 'neutral' }], own: 1 })
    expect(Object.keys(row.feedbacks[0]!)).toEqual(['sentiment'])
  })

  test('metadata given as JSON text comes back as its object', () => {
    expect(keptOf({ conversation_id: 'x', started_at: '2024-01-01', metadata: '{"a": [1]}' }).metadata).toEqual({
      a: [1],
    })
    expect(keptOf({ conversation_id: 'x', started_at: '2024-01-01', metadata: 'null' }).metadata).toBeNull()
  })

  test('__proto__ is a key like any other, at every depth', () => {
    const json =
      '{"conversation_id":"x","started_at":"2024-01-01","__proto__":1,"metadata":{"__proto__":{"__proto__":2}}}'
    const store = storeOf([JSON.parse(json)])
    store.mark('x')
    store.updateMetadata('x', JSON.parse('{"__proto__":{"__proto__":3}}'))
    for (const row of [store.rows[0]!, envelopeOf(store, 'full=false').results[0]!]) {
      expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe(1)
      expect(JSON.stringify(row.metadata)).toBe('{"__proto__":{"__proto__":3}}')
    }
    store.updateMetadata('x', {}, { remove: ['__proto__'] })
    expect(JSON.stringify(store.rows[0]!.metadata)).toBe('{}')
  })

  test('a row is the store’s own', () => {
    const document = { conversation_id: 'x', started_at: '2024-01-01', metadata: { list: [1] } }
    const row = keptOf(document)
    document.metadata.list.push(2)
    expect(row.metadata).toEqual({ list: [1] })
  })
})

describe('writes', () => {
  const at = '2024-01-01'
  const ask = (store: ReferenceStore): string[] =>
    store.ids({ where: [], orderBy: ['id'] }).map((id) => store.get(id)!.conversation_id)

  test('ids are one more than the greatest ever held, never used again', () => {
    const store = storeOf([
      { conversation_id: 'a', started_at: at },
      { conversation_id: 'b', started_at: at, id: 7 },
    ])
    expect(store.add({ conversation_id: 'c', started_at: at, id: 3 }).id).toBe(3)
    expect(store.add({ conversation_id: 'd', started_at: at, id: null }).id).toBe(8)
    store.purge('d')
    expect(store.get('d')).toBeUndefined()
    expect(store.add({ conversation_id: 'd', started_at: at }).id).toBe(9)
    store.clear()
    expect(store.rows).toEqual([])
    expect(store.upsert({ conversation_id: 'a', started_at: at }).id).toBe(10)
  })

  test('ids of messages and feedbacks', () => {
    const store = storeOf([
      {
        conversation_id: 'a',
        started_at: at,
        messages: [
          { id: 5, sender: 'agent', content: '' },
          { id: '9', sender: 'agent', content: '' },
        ],
      },
      { conversation_id: 'b', started_at: at, feedbacks: [{ id: 2.5, sentiment: 'neutral' }] },
    ])
    expect(store.addMessage('b', { sender: 'agent', content: 'x' })!.messages).toEqual([
      { id: 6, sender: 'agent', content: 'x' },
    ])
    store.purge('b')
    expect(store.addMessage(1, { sender: 'agent', content: 'x', id: 'own' })!.messages.map(({ id }) => id)).toEqual([
      5,
      '9',
      'own',
    ])
    expect(store.addMessage(1, { sender: 'agent', content: 'y' })!.messages.at(-1)!.id).toBe(7)
    expect(store.addFeedback(1, { sentiment: 'positive' })!.feedbacks).toEqual([{ id: 1, sentiment: 'positive' }])
    expect(store.addMessage('none', { sender: 'agent', content: 'x' })).toBeUndefined()
    expect(store.addMessage(1, { sender: 'agent', content: 'z' })!.messages.at(-1)!.id).toBe(8)
  })

  test('a duplicate throws and changes nothing', () => {
    const store = storeOf([
      { conversation_id: 'a', started_at: at, is_deleted: true },
      { conversation_id: 'b', started_at: at },
    ])
    const before = structuredClone(store.rows)
    expect(() => store.add({ conversation_id: 'a', started_at: at })).toThrow('duplicate')
    expect(() => store.add({ conversation_id: 'c', started_at: at, id: 2 })).toThrow('duplicate')
    expect(() => store.upsert({ conversation_id: 'a', started_at: at, id: 3 })).toThrow('duplicate')
    expect(() => store.upsert({ conversation_id: 'a', started_at: at, id: 2 })).toThrow('duplicate')
    expect(() => store.upsert({ conversation_id: 'c', started_at: at, id: 2 })).toThrow('duplicate')
    expect(() => store.update('a', { conversation_id: 'b' })).toThrow('duplicate')
    expect(() => store.update('a', { id: 9 })).toThrow('duplicate')
    expect(store.rows).toEqual(before)
    expect(store.add({ conversation_id: 'c', started_at: at }).id).toBe(3)
  })

  test('upsert replaces the whole row and keeps its id', () => {
    const store = storeOf([{ conversation_id: 'a', started_at: at, name: 'x', is_deleted: true, id: 4 }])
    expect(store.upsert({ conversation_id: 'a', started_at: '2024-02-01' })).toMatchObject({
      id: 4,
      name: null,
      is_deleted: false,
    })
    expect(store.upsert({ conversation_id: 'a', started_at: at, id: 4 }).started_at).toBe(at)
  })

  test('update changes what is named', () => {
    const store = storeOf([{ conversation_id: 'a', started_at: at, name: 'x', device: 'mobile', metadata: { a: 1 } }])
    const row = store.update('a', { name: null, metadata: '{"b": 2}', device: undefined, own: 1 } as object)
    expect(row).toMatchObject({ id: 1, name: null, device: 'mobile', own: 1 })
    expect(row!.metadata).toEqual({ b: 2 })
    expect(store.rename(1, 'y')).toMatchObject({ name: 'y' })
    expect(store.mark('a', true)).toMatchObject({ is_marked: true })
    expect(store.mark('a', false)).toMatchObject({ is_marked: false })
    expect(store.update('1', { name: 'z' })).toBeUndefined()
  })

  test('metadata is changed at its root', () => {
    const store = storeOf([
      { conversation_id: 'a', started_at: at, metadata: { a: { x: 1 }, b: 2, 'c.d': 3 } },
      { conversation_id: 'n', started_at: at },
    ])
    expect(store.updateMetadata('a', { a: { y: 1 }, e: null }, { remove: ['b', 'c.d', 'none'] })!.metadata).toEqual({
      a: { y: 1 },
      e: null,
    })
    expect(store.updateMetadata('n', { a: 1 })!.metadata).toEqual({ a: 1 })
    expect(store.updateMetadata('a', { a: 1 }, { remove: ['a'] })!.metadata).toEqual({ a: 1, e: null })
  })

  test('delete, restore and purge', () => {
    const store = storeOf([
      { conversation_id: 'a', started_at: at },
      { conversation_id: 'b', started_at: at },
    ])
    expect(store.delete('a', '2024-05-01T00:00:00+02:00')).toMatchObject({
      is_deleted: true,
      deleted_at: '2024-05-01T00:00:00+02:00',
    })
    expect(ask(store)).toEqual(['b'])
    expect(store.delete('a')).toMatchObject({ deleted_at: '2024-05-01T00:00:00+02:00' })
    expect(store.delete('a', '2024-06-01')).toMatchObject({ deleted_at: '2024-06-01' })
    expect(store.restore('a')).toMatchObject({ is_deleted: false, deleted_at: null })
    expect(ask(store)).toEqual(['a', 'b'])
    expect(store.purge(2)).toMatchObject({ conversation_id: 'b' })
    expect(store.purge(2)).toBeUndefined()
    expect(ask(store)).toEqual(['a'])
  })
})

describe('its own tools', () => {
  test('folding', () => {
    expect(fold('STRASSE ẞ ΟΔΟΣ ς É \u212a İ ı Ꭰ ꭰ \u{10400}')).toBe('strasse ß οδοσ σ é k İ ı Ꭰ Ꭰ \u{10428}')
    expect(fold('\ud801')).toBe('\ud801')
    expect(fold('ŉ ǰ ﬁ')).toBe('ŉ ǰ ﬁ')
  })

  test('instants in microseconds', () => {
    expect(instantOf('1970-01-01')).toBe(0n)
    expect(instantOf('1969-12-31T23:59:59.999999')).toBe(-1n)
    expect(instantOf('2024-01-15T10:30:00Z')).toBe(1_705_314_600_000_000n)
    expect(instantOf('2024-01-15T10:30:00,1234567-00:30')).toBe(1_705_316_400_123_456n)
    expect(instantOf('0001-01-01')).toBe(-62_135_596_800_000_000n)
    expect(instantOf('9999-12-31T23:59:59.999999')).toBe(253_402_300_799_999_999n)
    expect(instantOf('0001-01-01T23:59+23:59')).toBe(-62_135_596_800_000_000n)
    expect(instantOf('0050-02-03')).toBe(instantOf('0050-2-3 0:00:00.000000+0000'))
    expect(instantOf('2024-01-15T10:30.5Z')).toBeNull()
    expect(instantOf('2024-01-15\n')).toBeNull()
  })

  test('order by code point', () => {
    const texts = ['\u{1f600}', '\uff5e', 'b', 'ba', '', '\ud83d', 'B', 'a']
    expect(texts.sort(compareCodePoints)).toEqual(['', 'B', 'a', 'b', 'ba', '\ud83d', '\uff5e', '\u{1f600}'])
    expect(compareCodePoints('a', 'a')).toBe(0)
  })

  test('terms of a search', () => {
    expect(termsOf('red,  blue\n"a, b"')).toEqual(['red', 'blue', 'a, b'])
    expect(termsOf('"a b"c "d"')).toEqual(['a b', 'c', 'd'])
    expect(termsOf('a"b c" "d e')).toEqual(['a"b', 'c"', '"d', 'e'])
    expect(termsOf('"" ,, "')).toEqual(['"'])
    expect(termsOf(' " x " ')).toEqual([' x '])
    expect(termsOf('')).toEqual([])
  })
})
