import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/engine/engine.ts'
import { predicateOf } from '../../../src/engine/kinds.ts'
import { has } from '../../../src/engine/sets/rowset.ts'
import { textIndex } from '../../../src/engine/text/index.ts'
import type { FieldCondition, InstantField, RangeLookup, TextField } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'
import { ReferenceStore } from '../../reference.ts'

type Raw = Readonly<Record<string, unknown>>

/** An engine of rows with ids from 1, in segments of `segmentRows`. */
function engineOf(raws: readonly Raw[], segmentRows = 65_536): Engine {
  const engine = new Engine({ thresholds: { segmentRows, fanOut: 2 }, text: textIndex })
  raws.forEach((raw, i) => {
    const given = { id: i + 1, conversation_id: `c${i + 1}`, started_at: '2026-01-05', ...raw }
    const row = readConversation(given, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  })
  return engine
}

/** The ids that an index answers, whether exactly or not; negation, bounds and all. */
function idsByIndex(condition: FieldCondition, engine: Engine): number[] {
  const asked = predicateOf(condition, engine)
  const found: number[] = []
  for (const segment of engine.segments) {
    const rows = asked.rows(segment)
    const [from, to] = asked.range?.(segment) ?? [0, segment.size]
    for (let slot = from; slot < to; slot++) {
      const isIn = rows === undefined || has(rows, slot)
      if (isIn !== asked.isNegated) found.push(segment.ids[slot]!)
    }
  }
  return found.sort((a, b) => a - b)
}

/** The ids of the rows for which the condition holds, asked one by one. */
function idsByMeaning(condition: FieldCondition, engine: Engine): number[] {
  const asked = predicateOf(condition, engine)
  return Array.from(engine.documents.numbers(), (number) => engine.documents.row(number))
    .filter((row) => asked.holds(row))
    .map(({ id }) => id)
    .sort((a, b) => a - b)
}

const message = (content: string, action_name?: string | null) => ({ sender: 'agent', content, action_name })

describe('which index answers', () => {
  const engine = engineOf([{}])

  test.each<[FieldCondition, string]>([
    [{ field: 'device', lookup: 'exact', value: 'tv' }, 'terms'],
    [{ field: 'name', lookup: 'icontains', value: 'x' }, 'terms'],
    [{ field: 'conversation_id', lookup: 'exact', value: 'c1' }, 'ids'],
    [{ field: 'conversation_id', lookup: 'istartswith', value: 'c' }, 'terms'],
    [{ field: 'id', lookup: 'in', value: [1, 2] }, 'ids'],
    [{ field: 'id', lookup: 'gt', value: 1 }, 'ids'],
    [{ field: 'is_marked', lookup: 'exact', value: true }, 'bits'],
    [{ field: 'started_at', lookup: 'gte', value: '2026-01-05T00:00:00Z' }, 'instants'],
    [{ field: 'ended_at', lookup: 'isnull', value: true }, 'instants'],
    [{ field: 'metadata', path: ['a'], lookup: 'gt', value: 1 }, 'terms'],
    [{ field: 'has_action', lookup: 'exact', value: false }, 'terms'],
    [{ field: 'feedback', lookup: 'exact', value: { sentiment: 'positive' } }, 'terms'],
  ])('%j: %s, exactly', (condition, index) => {
    const asked = predicateOf(condition, engine)
    expect([asked.index, asked.isExact]).toEqual([index, true])
  })

  test('texts of messages: a scan until there is an index, then that, exact where one run decides', () => {
    const about = (value: string) => {
      const { index, isExact } = predicateOf({ field: 'message', lookup: 'icontains', value }, engine)
      return [index, isExact]
    }
    expect(about('refund')).toEqual(['text scan', false])
    engine.isTextIndexed = true
    expect(about('refund')).toEqual(['text index', true])
    expect(about('my refund')).toEqual(['text index', false])
    expect(about(' ')).toEqual(['text index', true])
    expect(about('refund ')).toEqual(['text index', false])
    expect(about('\ud83d')).toEqual(['text index', true])
    expect(about('a\ud83d')).toEqual(['text index', false])
  })
})

describe('rows', () => {
  test('repeated, unknown and no keys', () => {
    const engine = engineOf([{}, {}, {}], 2)
    expect(idsByIndex({ field: 'id', lookup: 'in', value: [1, 3, 99] }, engine)).toEqual([1, 3])
    expect(idsByIndex({ field: 'id', lookup: 'in', value: [] }, engine)).toEqual([])
    expect(idsByIndex({ field: 'id', lookup: 'exact', value: 1.5 }, engine)).toEqual([])
    expect(idsByIndex({ field: 'conversation_id', lookup: 'in', value: ['c2', '1'] }, engine)).toEqual([2])
    expect(idsByIndex({ field: 'device', lookup: 'in', value: [] }, engine)).toEqual([])
  })

  test('many of the terms of a segment, and few of many', () => {
    const engine = engineOf(Array.from({ length: 60 }, (_, i) => ({ customer_id: `customer ${i}` })))
    const ids = (value: string) => idsByIndex({ field: 'customer_id', lookup: 'contains', value }, engine)
    expect(ids('customer')).toHaveLength(60)
    expect(ids('customer 5')).toEqual([6, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60])
    expect(ids('r 33')).toEqual([34])
    expect(ids('Customer')).toEqual([])
  })

  test('the nearest ends of a range of instants', () => {
    const engine = engineOf([
      { started_at: '2026-01-05T00:00:00.000001Z', ended_at: '2026-01-05T00:00:00.000001Z' },
      { started_at: '2026-01-05T00:00:00.000002Z', ended_at: null },
      { started_at: '2026-01-05T01:00:00.000003+01:00', ended_at: '2026-01-05T01:00:00.000003+01:00' },
    ])
    const ids = (field: InstantField, lookup: RangeLookup, micros: number) =>
      idsByIndex({ field, lookup, value: `2026-01-05T00:00:00.00000${micros}Z` }, engine)
    expect(['gt', 'gte', 'lt', 'lte'].map((lookup) => ids('started_at', lookup as RangeLookup, 2))).toEqual([
      [3],
      [2, 3],
      [1],
      [1, 2],
    ])
    expect(['gt', 'gte', 'lt', 'lte'].map((lookup) => ids('ended_at', lookup as RangeLookup, 3))).toEqual([
      [],
      [3],
      [1],
      [1, 3],
    ])
  })

  test('marks: true, false, and a null that is neither', () => {
    const engine = engineOf([{ is_marked: true }, {}, { is_marked: null }])
    expect(idsByIndex({ field: 'is_marked', lookup: 'exact', value: true }, engine)).toEqual([1])
    expect(idsByIndex({ field: 'is_marked', lookup: 'exact', value: false }, engine)).toEqual([2])
  })

  test('a reserved name is a value like others', () => {
    const engine = engineOf([{ device: '__proto__', metadata: JSON.parse('{"__proto__":{"a":1}}') }, { metadata: {} }])
    expect(idsByIndex({ field: 'device', lookup: 'exact', value: '__proto__' }, engine)).toEqual([1])
    const exists = (...path: string[]) => idsByIndex({ field: 'metadata', path, lookup: 'exists', value: true }, engine)
    expect([exists('__proto__'), exists('__proto__', 'a'), exists('constructor'), exists('toString')]).toEqual([
      [1],
      [1],
      [],
      [],
    ])
  })

  test('half of a pair is a part of the text that has the pair, where case counts', () => {
    // Folding changes the second half of U+10400, so the folded texts do not tell.
    const engine = engineOf([{ name: 'x\u{10400}y' }, { name: '\udc00' }, { name: '\u{10428}' }])
    for (const value of ['\udc00', '\udc00y', '\ud801']) {
      const condition: FieldCondition = { field: 'name', lookup: 'contains', value }
      expect([value, idsByIndex(condition, engine)]).toEqual([value, idsByMeaning(condition, engine)])
    }
  })
})

describe('every condition', () => {
  const units = ['a', 'A', 'b', 'ß', 'ẞ', 'İ', 'Σ', 'ς', '\n', ' ', '!', '你', '\u{1f600}', '\u{10400}', '\u{10428}']
  // A text that begins or ends with half of a pair has a test of its own above.
  const text = fc.string({ unit: fc.constantFrom(...units), maxLength: 3 })
  const wanted = text.filter((it) => it !== '')
  const nullable = fc.option(fc.oneof(text, fc.constantFrom('mobile', '__proto__')))
  const moment = fc.constantFrom(
    ...['2026-01-05T00:00:00Z', '2026-01-05T00:00:00.000001Z', '2026-01-05T00:00:00.000002Z', '0001-01-01T00:00:00Z'],
  )
  const scalar = fc.constantFrom(1, 2, '1', 'a', true, false, null, '')
  const sentiment = fc.constantFrom('positive' as const, 'negative' as const)
  const source = fc.constantFrom('customer' as const, 'platform' as const)
  const path = fc.constantFrom(['a'], ['a', 'b'], ['list'], ['list', '0'], ['__proto__'])

  const metadata = fc.oneof(
    fc.constant(null),
    fc.record(
      {
        a: fc.oneof(scalar, fc.record({ b: scalar })),
        list: fc.array(fc.oneof(scalar, fc.constant({})), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  )
  const raw = fc.record(
    {
      started_at: moment,
      ended_at: fc.option(moment),
      name: nullable,
      customer_id: nullable,
      device: nullable,
      is_marked: fc.constantFrom(true, false, null),
      metadata,
      messages: fc.array(
        fc.tuple(text, fc.constantFrom('lookup', 'lookup_order', '', null)).map((it) => message(...it)),
        { maxLength: 2 },
      ),
      feedbacks: fc.array(fc.record({ sentiment, source: fc.option(source) }, { requiredKeys: ['sentiment'] }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: [] },
  )

  const textField = fc.constantFrom<TextField>('conversation_id', 'customer_id', 'name', 'device', 'action_name')
  const partly = fc.constantFrom(
    ...(['exact', 'iexact', 'contains', 'icontains', 'startswith', 'istartswith'] as const),
  )
  const known = fc.oneof(wanted, fc.constantFrom('mobile', 'Lookup', 'lookup_order', 'order', 'c1', 'C'))
  const range = fc.constantFrom<RangeLookup>('gt', 'gte', 'lt', 'lte')
  const instantField = fc.constantFrom<InstantField>('started_at', 'ended_at')
  const condition: fc.Arbitrary<FieldCondition> = fc.oneof(
    fc.record({ field: textField, lookup: partly, value: known }),
    fc.record({ field: textField, lookup: fc.constant('in' as const), value: fc.array(known, { maxLength: 3 }) }),
    fc.record({
      field: fc.oneof(textField, instantField),
      lookup: fc.constant('isnull' as const),
      value: fc.boolean(),
    }),
    fc.record({ field: instantField, lookup: range, value: moment }),
    fc.record({
      field: fc.constant('id' as const),
      lookup: fc.oneof(range, fc.constant('exact' as const)),
      value: fc.nat(9),
    }),
    fc.record({
      field: fc.constantFrom(
        'is_marked' as const,
        'has_messages' as const,
        'has_action' as const,
        'has_feedback' as const,
      ),
      lookup: fc.constant('exact' as const),
      value: fc.boolean(),
    }),
    fc.record({ field: fc.constant('message' as const), lookup: fc.constant('icontains' as const), value: wanted }),
    fc.record({
      field: fc.constant('feedback_sentiment' as const),
      lookup: fc.constant('exact' as const),
      value: sentiment,
    }),
    fc.record({ field: fc.constant('feedback_source' as const), lookup: fc.constant('exact' as const), value: source }),
    fc.record({
      field: fc.constant('feedback' as const),
      lookup: fc.constant('exact' as const),
      value: fc.record({ sentiment, source }, { requiredKeys: ['sentiment'] }),
    }),
    fc.record({
      field: fc.constant('metadata' as const),
      path,
      lookup: fc.constantFrom('exact' as const, 'contains' as const),
      value: scalar,
    }),
    fc.record({
      field: fc.constant('metadata' as const),
      path,
      lookup: fc.constant('in' as const),
      value: fc.array(scalar, { maxLength: 3 }),
    }),
    fc.record({
      field: fc.constant('metadata' as const),
      path,
      lookup: range,
      value: fc.constantFrom(1, 1.5, 'a', '1'),
    }),
    fc.record({
      field: fc.constant('metadata' as const),
      path,
      lookup: fc.constant('exists' as const),
      value: fc.boolean(),
    }),
  )

  test('means the same by its index, for one row, and to the reference', () => {
    const segmentRows = fc.constantFrom(1, 3, 65_536)
    fc.assert(
      fc.property(
        fc.array(raw, { maxLength: 8 }),
        condition,
        segmentRows,
        fc.boolean(),
        (raws, asked, rows, isIndexed) => {
          const engine = engineOf(raws, rows)
          engine.isTextIndexed = isIndexed
          const reference = new ReferenceStore()
          raws.forEach((it, i) => {
            const given = { id: i + 1, conversation_id: `c${i + 1}`, started_at: '2026-01-05', ...it }
            reference.add(given as Parameters<ReferenceStore['add']>[0])
          })
          const expected = reference.ids({ where: [asked], orderBy: ['id'] })
          expect(idsByMeaning(asked, engine)).toEqual(expected)
          const found = idsByIndex(asked, engine)
          if (predicateOf(asked, engine).isExact) expect(found).toEqual(expected)
          else expect(found).toEqual(expect.arrayContaining(expected))
        },
      ),
    )
  })

  test('reads no document, texts that must be verified apart', () => {
    fc.assert(
      fc.property(fc.array(raw, { maxLength: 5 }), condition, (raws, asked) => {
        const engine = engineOf(raws)
        const built = predicateOf(asked, engine)
        for (const segment of engine.segments) built.rows(segment)
        expect(engine.work.documentsRead).toBe(0)
      }),
    )
  })
})
