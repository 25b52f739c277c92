import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageMetadataKeys, metadataKeys } from '../../../src/features/metadata/census.ts'
import { ConversationStore } from '../../../src/index.ts'
import type { ConversationInput } from '../../../src/row/conversation.ts'
import { type MutableRow, readConversation } from '../../../src/row/read.ts'
import { inSegments } from '../../in-segments.ts'
import { keysOf as stepsOf } from '../../reference.ts'

let made = 0

function raw(metadata: unknown, more: object = {}): ConversationInput {
  return { conversation_id: `c${++made}`, started_at: '2026-01-05', metadata: metadata as never, ...more }
}

function row(metadata: unknown, more: object = {}): MutableRow<unknown> {
  return readConversation(raw(metadata, more), { own: false, greatest: { message: 0, feedback: 0 } })
}

/** Paths as texts with their type and number. */
const keysOf = (...documents: unknown[]) =>
  metadataKeys(documents.map((it) => row(it))).map(({ path, type, rows }) => [path, type, rows])

describe('metadataKeys', () => {
  test('each path with each of its types, the most used first, then by code point', () => {
    expect(keysOf({ plan: 'pro', seats: 3 }, { plan: 'free', seats: null }, { plan: 1, trial: true })).toEqual([
      ['plan', 'string', 2],
      ['plan', 'number', 1],
      ['seats', 'null', 1],
      ['seats', 'number', 1],
      ['trial', 'boolean', 1],
    ])
    expect(keysOf({ '\u{1f600}': 1, '\uff5e': 1, z: 1 }).map(([path]) => path)).toEqual(['z', '\uff5e', '\u{1f600}'])
  })

  test('an object is what is in it, a list and an empty object are themselves', () => {
    expect(keysOf({ order: { id: 17, lines: [{ sku: 1 }], meta: {} } })).toEqual([
      ['order.id', 'number', 1],
      ['order.lines', 'list', 1],
      ['order.meta', 'object', 1],
    ])
  })

  test('no metadata, none in it: no keys', () => {
    expect(keysOf(null, {}, undefined)).toEqual([])
    expect(metadataKeys([])).toEqual([])
  })

  test('a key with a dot stands in quotes, apart from the path of the same look; what text cannot say is a list', () => {
    expect(
      keysOf({ 'a.b': 1 }, { a: { b: 1 } }, { a: { b: 2 } }, { x: { 'y.z': 1 } }, { '': 1, '"q': 1, 'a".b': 1 }),
    ).toEqual([
      ['a.b', 'number', 2],
      ['""', 'number', 1],
      ['"a.b"', 'number', 1],
      [['"q'], 'number', 1],
      [['a".b'], 'number', 1],
      ['x."y.z"', 'number', 1],
    ])
  })

  test('reserved names and keys that look alike are keys like others', () => {
    expect(
      keysOf(JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":{"a":1}}')).map(([path]) => path),
    ).toEqual(['__proto__.a', 'constructor', 'toString.a'])
    expect(keysOf({ '["a","string"]': 'x', a: 'x' })).toHaveLength(2)
  })

  test('a document at the greatest depth', () => {
    let deep: object = { end: 1 }
    for (let level = 0; level < 90; level++) deep = { a: deep }
    const [[path] = []] = keysOf(deep) as [[string]]
    expect(path).toBe(`${'a.'.repeat(90)}end`)
  })

  test('every path that comes back finds its rows', () => {
    const key = fc.constantFrom('a', 'b', 'a.b', '', '.', '0', '__proto__', '\ud800', 'ü', '"', '"a.b"')
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, 'x', null, true),
        fc.array(fc.constantFrom(1, 'x'), { maxLength: 2 }),
        fc.array(fc.tuple(key, tie('json')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
      ),
    }))
    const document = fc.array(fc.tuple(key, json), { maxLength: 3 }).map((entries) => Object.fromEntries(entries))
    fc.assert(
      fc.property(fc.array(document, { maxLength: 4 }), (documents) => {
        const store = ConversationStore.from(documents.map((it) => raw(it)))
        for (const { path, rows } of store.metadataKeys()) {
          const keys = typeof path === 'string' ? stepsOf(path)! : path
          const found = store.query().where(['metadata', ...keys] as never, 'exists', true)
          expect(found.count()).toBeGreaterThanOrEqual(rows)
        }
      }),
    )
  })

  test('every path that comes back can be given to metadataValues and to .metadata', () => {
    const documents = [
      { '': 1 },
      { a: { '': 1 } },
      { '': { '': 1 } },
      { 'a.b': 1 },
      { '.': 1 },
      { '"': 1 },
      JSON.parse('{"__proto__":1}'),
    ]
    const store = ConversationStore.from(documents.map((it) => raw(it)))
    for (const { path, rows } of store.metadataKeys()) {
      expect([path, store.metadataValues(path as never)]).toEqual([path, [1]])
      expect([
        path,
        store
          .query()
          .metadata(path as never, 1 as never)
          .count(),
      ]).toEqual([path, rows])
    }
  })
})

describe('messageMetadataKeys', () => {
  test('counts messages, not rows', () => {
    const message = (metadata: unknown) => ({ sender: 'agent', content: '', metadata })
    const rows = [
      row({ own: 1 }, { messages: [message({ step: 'x' }), message({ step: 'y', ms: 3 }), message(null)] }),
      row(null, { messages: [message('a text'), message(['list']), message({ step: { name: 'z' } })] }),
      row(null),
    ]
    expect(messageMetadataKeys(rows)).toEqual([
      { path: 'step', type: 'string', rows: 2 },
      { path: 'ms', type: 'number', rows: 1 },
      { path: 'step.name', type: 'string', rows: 1 },
    ])
  })
})

describe('in a store', () => {
  test('softly deleted and purged rows do not count, restored ones do', () => {
    const store = ConversationStore.from([raw({ a: 1 }), raw({ a: 2 }), raw({ b: 3 })])
    const { conversation_id } = store.query().metadata('b', 3).first()!
    const counts = () => [store.metadataKeys().map(({ path, rows }) => `${path} ${rows}`), store.metadataValues('a')]
    expect(counts()).toEqual([
      ['a 2', 'b 1'],
      [1, 2],
    ])
    const [first, second] = [...store]
    store.delete(first!.id)
    store.purge(conversation_id)
    expect(counts()).toEqual([['a 1'], [2]])
    store.restore(first!.id)
    store.purge(second!.id)
    expect(counts()).toEqual([['a 1'], [1]])
    store.clear()
    expect(counts()).toEqual([[], []])
  })
})

describe('metadataValues', () => {
  test('each scalar once, by type, the most used first, then texts by code point, numbers by size, booleans, null', () => {
    const values = ['b', 'a', '\u{1f600}', '\uff5e', 2, 10, -1, true, false, null, '1', 1, '', [1], { x: 1 }]
    const store = ConversationStore.from([...values, 10, 10, null].map((v) => raw({ v })))
    expect(store.metadataValues('v')).toEqual([
      ...[10, null],
      ...['', '1', 'a', 'b', '\uff5e', '\u{1f600}'],
      ...[-1, 1, 2],
      ...[false, true],
    ])
  })

  test('a path by dots or by keys, into lists too', () => {
    const store = ConversationStore.from([raw({ a: { b: 'dots' }, 'a.b': 'keys', list: ['x', 'y'] })])
    expect(store.metadataValues('a.b')).toEqual(['dots'])
    expect(store.metadataValues(['a.b'] as never)).toEqual(['keys'])
    expect(store.metadataValues('list.1')).toEqual(['y'])
    expect(store.metadataValues('list')).toEqual([])
    expect(store.metadataValues('nothing')).toEqual([])
  })

  test('follows every write, over segments that are merged and terms that are renumbered', () => {
    const write = fc.oneof(
      fc.record({ op: fc.constant('add' as const), value: fc.constantFrom(1, '1', 'a', null, true) }),
      fc.record({ op: fc.constantFrom('purge' as const, 'delete' as const, 'restore' as const), which: fc.nat() }),
      fc.record({ op: fc.constant('set' as const), which: fc.nat(), value: fc.constantFrom(1, 2, 'b', null) }),
      fc.record({ op: fc.constant('ask' as const) }),
    )
    fc.assert(
      fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
        const store = new ConversationStore(inSegments(4, 2))
        for (const it of writes) {
          const ids = Array.from(store, ({ id }) => id)
          if (it.op === 'add') store.add(raw({ v: it.value }))
          else if (it.op === 'ask') store.metadataValues('v')
          else if (ids.length === 0) continue
          else if (it.op === 'set') store.updateMetadata(ids[it.which % ids.length]!, { v: it.value })
          else store[it.op](ids[it.which % ids.length]!)
        }
        const counts = new Map<unknown, number>()
        for (const { metadata, is_deleted } of store) {
          if (!is_deleted) counts.set(metadata!.v, (counts.get(metadata!.v) ?? 0) + 1)
        }
        const found = store.metadataValues('v')
        expect(new Set(found)).toEqual(new Set(counts.keys()))
        const used = found.map((value) => counts.get(value)!)
        expect(used).toEqual(used.toSorted((a, b) => b - a))
      }),
    )
  })

  test('reads each document once, and none again', () => {
    const store = ConversationStore.from(Array.from({ length: 50 }, (_, i) => raw({ v: i % 5 })))
    expect(store.metadataValues('v')).toHaveLength(5)
    expect(store.query().metadata('v', 3).explain()).toMatchObject({ documentsRead: 0, indexed: 0, count: 10 })
  })
})
