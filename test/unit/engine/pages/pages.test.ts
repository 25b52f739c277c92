import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { rowNumbers, strategy } from '../../../../src/engine/pages/pages.ts'
import { run } from '../../../../src/engine/run.ts'
import type { Thresholds } from '../../../../src/engine/segments/segments.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import type { Condition, OrderTerm, QuerySpec } from '../../../../src/query/spec.ts'
import { readConversation } from '../../../../src/row/read.ts'
import { ReferenceStore } from '../../../reference.ts'

interface Given {
  readonly second: number
  readonly device: string
  readonly customer_id: string | null
}

/** Rows in batches, each of which is a segment or several of its own, and the reference with the same rows. */
function stores(batches: readonly (readonly Given[])[], thresholds: Thresholds) {
  const engine = new Engine({ thresholds, text: textIndex })
  const reference = new ReferenceStore()
  let id = 0
  for (const batch of batches) {
    for (const { second, device, customer_id } of batch) {
      id++
      const started_at = `2026-01-05T00:00:00.${String(second).padStart(6, '0')}Z`
      const raw = { id, conversation_id: `c${id}`, started_at, device, customer_id }
      engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
      reference.add(raw)
    }
    void engine.segments
  }
  return { engine, reference }
}

function idsOf(engine: Engine, spec: QuerySpec, offset: number, size: number): number[] {
  const numbers = run(spec, engine, (matches) => rowNumbers(matches, offset, size, engine))
  return numbers.map((number) => engine.documents.row(number).id)
}

const orders: readonly OrderTerm[][] = [['started_at'], ['-started_at'], ['customer_id'], ['-customer_id', 'id']]
const mobile: Condition = { field: 'device', lookup: 'exact', value: 'mobile' }

describe('every page of every size', () => {
  const all = (count: number, of: (i: number) => Partial<Given>): Given[] =>
    Array.from({ length: count }, (_, i) => ({
      second: i,
      device: i % 3 === 0 ? 'mobile' : 'tv',
      customer_id: null,
      ...of(i),
    }))

  test.each([
    ['one segment', [all(20, () => ({}))]],
    [
      'segments apart in time',
      [all(8, () => ({})), all(8, (i) => ({ second: 100 + i })), all(8, (i) => ({ second: 200 + i }))],
    ],
    ['segments that touch', [all(6, (i) => ({ second: i })), all(6, (i) => ({ second: 5 + i }))]],
    [
      'segments over each other',
      [all(9, (i) => ({ second: 2 * i })), all(9, (i) => ({ second: 2 * i + 1 })), all(3, () => ({}))],
    ],
    ['one inside the other', [all(10, (i) => ({ second: i * 10 })), all(10, (i) => ({ second: 40 + i }))]],
    [
      'all at one instant',
      [all(7, () => ({ second: 5 })), all(7, () => ({ second: 5 })), all(7, () => ({ second: 5 }))],
    ],
    [
      'few matches beside many rows',
      [all(80, (i) => ({ device: i % 40 === 7 ? 'mobile' : 'tv', customer_id: `${80 - i}` }))],
    ],
    ['no rows', []],
  ] as const)('%s', (_, batches) => {
    const { engine, reference } = stores(batches, { segmentRows: 65_536, fanOut: 100 })
    for (const orderBy of orders) {
      for (const where of [[], [mobile], [{ not: [mobile] }]]) {
        const spec: QuerySpec = { where, orderBy }
        const expected = reference.ids(spec)
        for (let offset = 0; offset <= expected.length; offset++) {
          for (const size of [0, 1, 2, 7, expected.length - offset, 1_000]) {
            expect([offset, size, idsOf(engine, spec, offset, size)]).toEqual([
              offset,
              size,
              expected.slice(offset, offset + size),
            ])
          }
        }
      }
    }
  })

  test('any batches, cut and merged as small as may be', () => {
    const given = fc.record<Given>({
      second: fc.oneof(fc.nat(3), fc.nat(40)),
      device: fc.constantFrom('mobile', 'tv'),
      customer_id: fc.constantFrom(null, 'a', 'b'),
    })
    const batches = fc.array(fc.array(given, { maxLength: 14 }), { maxLength: 5 })
    const thresholds = fc.record({
      segmentRows: fc.integer({ min: 1, max: 8 }),
      fanOut: fc.integer({ min: 2, max: 4 }),
    })
    fc.assert(
      fc.property(batches, thresholds, fc.constantFrom(...orders), fc.boolean(), (all, sizes, orderBy, isNarrow) => {
        const { engine, reference } = stores(all, sizes)
        const spec: QuerySpec = { where: isNarrow ? [mobile] : [], orderBy }
        const expected = reference.ids(spec)
        expect(idsOf(engine, spec, 0, expected.length)).toEqual(expected)
        for (let offset = 0; offset < expected.length; offset++) {
          expect(idsOf(engine, spec, offset, 3)).toEqual(expected.slice(offset, offset + 3))
        }
      }),
    )
  })
})

describe('far pages', () => {
  test('of large segments that overlap, forwards and backwards, with dead and deleted rows in them', () => {
    const given = (count: number, step: number, from: number): Given[] =>
      Array.from({ length: count }, (_, i) => ({
        second: from + ((i * step) % 9_973),
        device: i % 5 === 0 ? 'tv' : 'mobile',
        customer_id: null,
      }))
    const batches = [given(3_000, 7, 0), given(2_000, 11, 4_000), given(500, 1, 20_000)]
    const { engine, reference } = stores(batches, { segmentRows: 1_024, fanOut: 100 })
    for (let id = 3; id < 5_500; id += 7) {
      engine.writes.remove(engine.documents.find(id)!)
      reference.purge(id)
    }
    for (const orderBy of [['started_at'], ['-started_at']] as OrderTerm[][]) {
      const spec: QuerySpec = { where: [mobile], orderBy }
      const expected = reference.ids(spec)
      for (const offset of [0, 1, 63, 64, 65, 1_000, 2_047, 3_333, expected.length - 10, expected.length - 1]) {
        expect(idsOf(engine, spec, offset, 10)).toEqual(expected.slice(offset, offset + 10))
      }
    }
  })
})

describe('how a page is found', () => {
  /** Of 16 rows, so many are mobile. The strategy, the rows, and what was made to find them. */
  function found(mobiles: number, orderBy: readonly OrderTerm[]) {
    const given = Array.from({ length: 16 }, (_, i) => ({
      second: i,
      device: i < mobiles ? 'mobile' : 'tv',
      customer_id: `${99 - i}`,
    }))
    const { engine, reference } = stores([given], { segmentRows: 65_536, fanOut: 100 })
    const spec: QuerySpec = { where: [mobile], orderBy }
    const [way, numbers] = run(
      spec,
      engine,
      (matches) => [strategy(matches), rowNumbers(matches, 0, 16, engine)] as const,
    )
    expect(numbers.map((number) => engine.documents.row(number).id)).toEqual(reference.ids(spec))
    const [segment] = engine.segments
    return { way, columns: segment!.columns.size, sorted: segment!.permutations.size }
  }

  test('by time along the slots: nothing is made', () => {
    for (const mobiles of [1, 16]) {
      expect(found(mobiles, ['started_at'])).toEqual({ way: 'time', columns: 0, sorted: 0 })
      expect(found(mobiles, ['-started_at'])).toEqual({ way: 'time', columns: 0, sorted: 0 })
    }
  })

  test('by other fields: fewer than an eighth of the rows are sorted themselves, of more the whole segment is', () => {
    expect(found(1, ['customer_id'])).toEqual({ way: 'sort', columns: 1, sorted: 0 })
    expect(found(2, ['customer_id'])).toEqual({ way: 'permutation', columns: 2, sorted: 1 })
    expect(found(16, ['customer_id'])).toEqual({ way: 'permutation', columns: 2, sorted: 1 })
  })

  test('of few matches by a field that the rows are sorted by already: a near page is walked to, a far one is not', () => {
    const given = Array.from({ length: 160 }, (_, i) => ({
      second: i,
      device: i % 20 === 0 ? 'mobile' : 'tv',
      customer_id: `${999 - i}`,
    }))
    const { engine, reference } = stores([given], { segmentRows: 65_536, fanOut: 100 })
    const orderBy = ['customer_id'] as const
    const spec: QuerySpec = { where: [mobile], orderBy }
    const ways = (reach: number) =>
      run(spec, engine, (matches) => {
        const numbers = rowNumbers(matches, 0, reach, engine)
        expect(numbers.map((number) => engine.documents.row(number).id)).toEqual(reference.ids(spec).slice(0, reach))
        return strategy(matches, reach)
      })
    expect([ways(1), ways(8)]).toEqual(['sort', 'sort'])
    run({ where: [], orderBy }, engine, (matches) => rowNumbers(matches, 0, 160, engine))
    // 20 steps a match, beside 8 × 3 comparisons.
    expect([ways(1), ways(9), ways(10)]).toEqual(['permutation', 'permutation', 'sort'])
  })
})
