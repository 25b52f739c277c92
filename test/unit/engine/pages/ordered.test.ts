import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { Order } from '../../../../src/engine/pages/ordered.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import type { OrderTerm } from '../../../../src/query/spec.ts'
import { readConversation } from '../../../../src/row/read.ts'
import { ReferenceStore } from '../../../reference.ts'

function engineOf(raws: readonly object[]): Engine {
  const engine = new Engine({ text: textIndex })
  for (const raw of raws) {
    const row = readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  }
  return engine
}

/** The ids of the one segment of an engine, in an order. */
function idsBy(engine: Engine, ...terms: OrderTerm[]): number[] {
  const [segment] = engine.segments
  return Array.from(new Order(terms).permutation(segment!, engine), (slot) => segment!.ids[slot]!)
}

let count = 0
const raw = (id: number, more: object) => ({ id, conversation_id: `c${count++}`, started_at: '2026-01-05', ...more })

describe('the order of a field', () => {
  test('null comes last ascending and first descending, ties go by id in the direction of the field', () => {
    const engine = engineOf([
      raw(1, { customer_id: 'b' }),
      raw(2, { customer_id: null }),
      raw(3, { customer_id: 'a' }),
      raw(4, {}),
      raw(5, { customer_id: 'a' }),
      raw(6, { customer_id: '' }),
    ])
    expect(idsBy(engine, 'customer_id')).toEqual([6, 3, 5, 1, 2, 4])
    expect(idsBy(engine, '-customer_id')).toEqual([4, 2, 1, 5, 3, 6])
  })

  test('texts go by code point, not by UTF-16 unit', () => {
    const engine = engineOf([
      raw(1, { language: '\u{1f600}' }),
      raw(2, { language: '\uff5e' }),
      raw(3, { language: 'Z' }),
      raw(4, { language: 'a' }),
    ])
    expect(idsBy(engine, 'language')).toEqual([3, 4, 2, 1])
  })

  test('instants go by microsecond and by offset', () => {
    const engine = engineOf([
      raw(1, { ended_at: '2026-01-05T10:00:00.000002Z' }),
      raw(2, { ended_at: '2026-01-05T10:00:00.000001Z' }),
      raw(3, { ended_at: '2026-01-05T09:30:00-00:30' }),
      raw(4, { ended_at: null }),
      raw(5, { ended_at: '1969-12-31T23:59:59.999999Z' }),
      raw(6, { ended_at: '1970-01-01' }),
    ])
    expect(idsBy(engine, 'ended_at')).toEqual([5, 6, 3, 2, 1, 4])
    expect(idsBy(engine, '-ended_at')).toEqual([4, 1, 2, 3, 6, 5])
  })

  test('false comes before true, ids by size', () => {
    const engine = engineOf([raw(10, { is_marked: true }), raw(9, {}), raw(2, { is_marked: true }), raw(100, {})])
    expect(idsBy(engine, 'is_marked')).toEqual([9, 100, 2, 10])
    expect(idsBy(engine, '-is_marked')).toEqual([10, 2, 100, 9])
    expect(idsBy(engine, 'id')).toEqual([2, 9, 10, 100])
    expect(idsBy(engine, '-id')).toEqual([100, 10, 9, 2])
  })

  test('a flag that is read from the rows: false before true, null last', () => {
    const engine = engineOf([
      raw(1, { is_used: true }),
      raw(2, { is_used: false }),
      raw(3, { is_used: null }),
      raw(4, {}),
    ])
    expect(idsBy(engine, 'is_used')).toEqual([2, 1, 4, 3])
    expect(idsBy(engine, '-is_used')).toEqual([3, 4, 1, 2])
  })

  test('several fields: each breaks the ties of those before, the last one says where the id goes', () => {
    const engine = engineOf([
      raw(1, { language: 'de', is_marked: true }),
      raw(2, { language: 'de', is_marked: true }),
      raw(3, { language: 'de' }),
      raw(4, { language: 'aa' }),
    ])
    expect(idsBy(engine, 'language', '-is_marked')).toEqual([4, 2, 1, 3])
    expect(idsBy(engine, '-language', 'is_marked')).toEqual([3, 1, 2, 4])
    expect(idsBy(engine, 'language', 'started_at')).toEqual([4, 1, 2, 3])
    expect(idsBy(engine, '-started_at')).toEqual([4, 3, 2, 1])
  })

  test('one field twice: the first counts, the last says where the id goes', () => {
    const engine = engineOf([raw(1, { language: 'de' }), raw(2, { language: 'de' }), raw(3, { language: 'en' })])
    expect(idsBy(engine, 'language', '-language')).toEqual([2, 1, 3])
    expect(idsBy(engine, 'started_at', '-started_at')).toEqual([3, 2, 1])
  })

  test('time alone is the order of slots, forwards or backwards', () => {
    expect([new Order().isTime, new Order().isBackwards]).toEqual([true, true])
    expect([new Order(['started_at']).isTime, new Order(['started_at']).isBackwards]).toEqual([true, false])
    expect([new Order(['-started_at', 'id']).isTime, new Order(['id']).isTime]).toEqual([false, false])
  })
})

describe('what is kept', () => {
  test('a permutation is made once', () => {
    const engine = engineOf([raw(1, { language: 'b' }), raw(2, { language: 'a' })])
    const [segment] = engine.segments
    const first = new Order(['language']).permutation(segment!, engine)
    const { indexed } = engine.work
    expect(new Order(['language']).permutation(segment!, engine)).toBe(first)
    expect(engine.work.indexed).toBe(indexed)
    expect(indexed).toBe(2)
  })

  test('only a handful is, the last ones that were asked for first', () => {
    const engine = engineOf([raw(1, { language: 'b' }), raw(2, { language: 'a' })])
    const fields: OrderTerm[] = ['customer_id', 'language', 'ended_at', 'id', 'is_marked']
    for (const a of fields) for (const b of fields) idsBy(engine, a, b)
    expect(engine.segments[0]!.permutations.size).toBeLessThanOrEqual(8)
    expect(idsBy(engine, 'language', 'id')).toEqual([2, 1])
  })

  test('in steps, all that sorting needs is made, and it is sorted after the last of them', () => {
    const engine = engineOf([raw(1, { language: 'b' }), raw(2, { language: 'a' })])
    const [segment] = engine.segments
    const order = new Order(['language', '-is_used'])
    const steps = order.inSteps(segment!, engine)
    const columns: string[][] = []
    while (!steps.next().done) columns.push([...segment!.columns.keys()])
    expect(columns).toEqual([['language'], ['language', 'is_used'], ['language', 'is_used', 'id']])
    expect(order.isSorted(segment!)).toBe(true)
  })

  test('by time nothing is made, in no step', () => {
    const engine = engineOf([raw(1, {})])
    const [segment] = engine.segments
    const order = new Order(['started_at'])
    expect([...order.inSteps(segment!, engine)]).toEqual([])
    expect([order.isSorted(segment!), segment!.columns.size]).toEqual([false, 0])
  })

  test('an order by marks is as the marks are now, in each of its forms', () => {
    const engine = engineOf([raw(1, {}), raw(2, {}), raw(3, {})])
    const { documents, writes } = engine
    const mark = (id: number, is_marked: boolean) => {
      const number = documents.find(id)!
      writes.reflect(number, { ...documents.row(number), is_marked })
    }
    expect(idsBy(engine, 'is_marked')).toEqual([1, 2, 3])
    mark(1, true)
    expect(idsBy(engine, 'is_marked')).toEqual([2, 3, 1])
    expect(idsBy(engine, '-is_marked', 'id')).toEqual([1, 2, 3])
    mark(1, false)
    mark(2, true)
    expect(idsBy(engine, '-is_marked', 'id')).toEqual([2, 1, 3])
    expect(idsBy(engine, 'language', 'is_marked')).toEqual([1, 3, 2])
    mark(3, true)
    expect(idsBy(engine, 'language', 'is_marked')).toEqual([1, 2, 3])
  })

  test('a row that was dead when the order was made has no part in it', () => {
    const engine = engineOf([raw(1, { customer_id: 'a' }), raw(2, { customer_id: 'b' }), raw(3, { customer_id: 'c' })])
    expect(engine.segments).toHaveLength(1)
    engine.writes.remove(engine.documents.find(2)!)
    expect(idsBy(engine, 'customer_id').filter((id) => id !== 2)).toEqual([1, 3])
    expect(engine.work.indexed).toBe(2)
  })
})

describe('segments that are merged', () => {
  test('have the columns of those that they were, and no row is read again', () => {
    const engine = new Engine({ thresholds: { segmentRows: 64, fanOut: 2 } })
    const add = (id: number, more: object) => {
      const read = readConversation(raw(id, more), { own: false, greatest: { message: 0, feedback: 0 } })
      engine.writes.insert(read)
    }
    const fields = ['ended_at', 'language', 'is_used', 'is_marked', 'duration'] as const
    add(1, { ended_at: '2026-01-05T10:00:00.000002Z', language: 'de', is_used: false, is_marked: true })
    for (const field of fields) idsBy(engine, field)
    const [first] = engine.segments
    add(2, { ended_at: '2026-01-05T10:00:00.000001Z', language: 'aa' })
    const [merged, ...others] = engine.segments
    expect([merged === first, others]).toEqual([false, []])
    expect([...merged!.columns.keys()].sort()).toEqual(['duration', 'ended_at', 'is_used', 'language'])
    const { indexed } = engine.work
    expect(fields.map((field) => idsBy(engine, field))).toEqual([
      [2, 1],
      [2, 1],
      [1, 2],
      [2, 1],
      [2, 1],
    ])
    expect(engine.work.indexed).toBe(indexed)
  })
})

describe('any order', () => {
  const field = fc.constantFrom('started_at', 'ended_at', 'id', 'customer_id', 'is_marked', 'language')
  const term = fc.tuple(field, fc.boolean()).map(([name, isDown]) => `${isDown ? '-' : ''}${name}` as OrderTerm)
  const moment = fc.constantFrom('2026-01-05', '2026-01-05T00:00:00.000001Z', '2026-01-05T01:00:00+01:00', '0001-01-01')
  const text = fc.constantFrom(null, '', 'a', 'B', '\uffff', '\u{10000}', '\ud800')
  const given = fc.record(
    {
      started_at: moment,
      ended_at: fc.option(moment),
      customer_id: text,
      language: text,
      is_marked: fc.constantFrom(true, false, null),
    },
    { requiredKeys: ['started_at'] },
  )

  test('is that of the reference, and compares one way in both directions', () => {
    fc.assert(
      fc.property(
        fc.array(given, { minLength: 1, maxLength: 12 }),
        fc.array(term, { minLength: 1, maxLength: 3 }),
        (all, terms) => {
          const raws = all.map((it, i) => ({ id: i + 1, conversation_id: `c${i}`, ...it }))
          const reference = new ReferenceStore()
          for (const it of raws) reference.add(it)
          const engine = engineOf(raws)
          expect(idsBy(engine, ...terms)).toEqual(reference.ids({ where: [], orderBy: terms }))

          const order = new Order(terms)
          const [segment] = engine.segments
          order.prepare(segment!, engine)
          const slots = [...order.permutation(segment!, engine)]
          for (const [i, a] of slots.entries()) {
            for (const [j, b] of slots.entries()) {
              expect(Math.sign(order.compare(segment!, a, segment!, b)) + 0).toBe(Math.sign(i - j))
            }
          }
        },
      ),
    )
  })
})
