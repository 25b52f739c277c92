import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, parseInstant } from '../../../../src/base/text/instant.ts'
import { Documents, type Row } from '../../../../src/engine/segments/documents.ts'
import { Bits, compareEntries, entry, type Segment, segmentOf } from '../../../../src/engine/segments/segment.ts'
import { has } from '../../../../src/engine/sets/rowset.ts'
import { readConversation } from '../../../../src/row/read.ts'

function row(id: number, started_at: string, more: object = {}): Row {
  const raw = { id, conversation_id: `c${id}`, started_at, ...more }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

function segmentWith(rows: readonly Row[], number = 0): { segment: Segment; documents: Documents } {
  const documents = new Documents()
  const entries = rows.map((it) => entry(documents.add(it), it)).sort(compareEntries)
  return { segment: segmentOf(entries, number, documents), documents }
}

const at = (text: string): Instant => parseInstant(text)!
const idsOf = (segment: Segment): number[] => [...segment.ids]

describe('Bits', () => {
  test('count what is set, once', () => {
    const bits = new Bits(65)
    for (const slot of [0, 31, 32, 64, 64]) bits.put(slot, true)
    bits.put(31, false)
    bits.put(31, false)
    expect([bits.count, ...[0, 31, 32, 63, 64].map((slot) => bits.has(slot))]).toEqual([
      3,
      true,
      false,
      true,
      false,
      true,
    ])
    expect([bits.set.count, has(bits.set, 64), has(bits.set, 31)]).toEqual([3, true, false])
  })

  test('agree with a set of numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(69), fc.boolean())), (changes) => {
        const bits = new Bits(70)
        const expected = new Set<number>()
        for (const [slot, isSet] of changes) {
          bits.put(slot, isSet)
          if (isSet) expected.add(slot)
          else expected.delete(slot)
        }
        expect(bits.count).toBe(expected.size)
        for (let slot = 0; slot < 70; slot++) expect(bits.has(slot)).toBe(expected.has(slot))
      }),
    )
  })
})

describe('segmentOf', () => {
  test('slots ascend by instant to the microsecond, then by id, and documents know their place', () => {
    const { segment, documents } = segmentWith(
      [
        row(5, '2026-01-05T10:00:00.000002Z'),
        row(9, '2026-01-05T10:00:00.000001Z'),
        row(3, '2026-01-05T11:00:00.000002+01:00'),
        row(1, '2026-01-06'),
        row(2, '0001-01-01'),
      ],
      7,
    )
    expect(idsOf(segment)).toEqual([2, 9, 3, 5, 1])
    for (const [slot, number] of segment.rows.entries()) expect(documents.place(number)).toBe(7 * 65_536 + slot)
    expect(segment.instant(2)).toEqual(at('2026-01-05T10:00:00.000002Z'))
  })

  test('bits are as the documents have them', () => {
    const { segment } = segmentWith([
      row(1, '2026-01-01'),
      row(2, '2026-01-02', { is_deleted: true }),
      row(3, '2026-01-03', { is_marked: true }),
      row(4, '2026-01-04', { is_marked: true, is_deleted: true }),
      row(5, '2026-01-05', { is_marked: null, is_deleted: null }),
    ])
    const ids = (bits: Bits) => idsOf(segment).filter((_, slot) => bits.has(slot))
    expect([ids(segment.live), ids(segment.visible)]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 3, 5],
    ])
    expect([ids(segment.marked), ids(segment.unmarked)]).toEqual([
      [3, 4],
      [1, 2],
    ])
  })
})

describe('changes in place', () => {
  test('a row that is taken out is nowhere, and what it was is forgotten', () => {
    const { segment } = segmentWith([row(1, '2026-01-01', { is_marked: true }), row(2, '2026-01-02')])
    segment.kill(0)
    segment.kill(0)
    expect([segment.live.count, segment.visible.count, segment.marked.count]).toEqual([1, 1, 0])
  })

  test('marks and deletion follow the document', () => {
    const { segment } = segmentWith([row(1, '2026-01-01'), row(2, '2026-01-02')])
    segment.reflect(1, row(2, '2026-01-02', { is_marked: true, is_deleted: true }))
    expect([segment.visible.has(1), segment.marked.has(1), segment.live.has(1)]).toEqual([false, true, true])
    segment.reflect(1, row(2, '2026-01-02'))
    expect([segment.visible.has(1), segment.marked.has(1), segment.live.has(1)]).toEqual([true, false, true])
  })
})

describe('what is kept of orders', () => {
  test('orders by marks go when a mark is flipped, others stay', () => {
    const { segment } = segmentWith([row(1, '2026-01-01'), row(2, '2026-01-02')])
    const column = { numbers: [new Float64Array(2)] } as const
    for (const field of ['is_marked', 'language']) segment.columns.set(field, column)
    for (const key of ['is_marked', 'language,-is_marked', 'language'])
      segment.permutations.set(key, new Uint16Array(2))
    segment.reflect(1, row(2, '2026-01-02', { is_marked: true }))
    expect([[...segment.columns.keys()], [...segment.permutations.keys()]]).toEqual([['language'], ['language']])
  })
})

describe('bytes', () => {
  test('22 a row, and four bitmaps of whole words', () => {
    const { segment } = segmentWith(Array.from({ length: 33 }, (_, i) => row(i + 1, '2026-01-01')))
    expect([segment.live.bytes, segment.bytes]).toEqual([8, 33 * 22 + 4 * 8])
  })
})

describe('compareEnds', () => {
  test('by the last rows of two segments', () => {
    const { segment: long } = segmentWith([row(1, '2026-01-01'), row(2, '2026-01-09')])
    const { segment: short } = segmentWith([row(3, '2026-01-05'), row(4, '2026-01-06'), row(5, '2026-01-07')])
    expect([long.compareEnds(short), short.compareEnds(long)].map(Math.sign)).toEqual([1, -1])
    expect(long.compareEnds(long)).toBe(0)
  })
})

describe('slotFrom', () => {
  const { segment } = segmentWith([
    row(1, '2026-01-01'),
    row(2, '2026-01-02T00:00:00.000001Z'),
    row(3, '2026-01-02T00:00:00.000001Z'),
    row(4, '2026-01-02T00:00:00.000002Z'),
  ])

  test.each([
    ['2025-01-01', 0, 0],
    ['2026-01-01', 0, 1],
    ['2026-01-02', 1, 1],
    ['2026-01-02T00:00:00.000001Z', 1, 3],
    ['2026-01-02T00:00:00.000002Z', 3, 4],
    ['2026-01-02T00:00:00.000003Z', 4, 4],
  ])('%s: at least from %i, later from %i', (text, from, after) => {
    expect([segment.slotFrom(at(text), false), segment.slotFrom(at(text), true)]).toEqual([from, after])
  })

  test('agrees with a walk', () => {
    const moment = fc.tuple(fc.nat(3), fc.nat(3)).map(([ms, us]) => `2026-01-05T00:00:00.00${ms}00${us}Z`)
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 12 }), moment, fc.boolean(), (moments, text, isAfter) => {
        const { segment: it } = segmentWith(moments.map((started_at, i) => row(i + 1, started_at)))
        const sorted = moments.toSorted()
        const expected = sorted.findIndex((started_at) => (isAfter ? started_at > text : started_at >= text))
        expect(it.slotFrom(at(text), isAfter)).toBe(expected === -1 ? moments.length : expected)
      }),
    )
  })
})

describe('compareSlots', () => {
  test('by instant, then by id, across segments', () => {
    const { segment: a } = segmentWith([row(7, '2026-01-05'), row(9, '2026-01-05T00:00:00.000001Z')])
    const { segment: b } = segmentWith([row(8, '2026-01-05')])
    expect([a.compareSlots(0, b, 0), a.compareSlots(1, b, 0), b.compareSlots(0, a, 0)].map(Math.sign)).toEqual([
      -1, 1, 1,
    ])
    expect(a.compareSlots(0, a, 0)).toBe(0)
    const { segment: c } = segmentWith([row(1, '2026-01-05T00:00:00.000002Z')])
    expect([a.compareSlots(1, c, 0), c.compareSlots(0, a, 1)].map(Math.sign)).toEqual([-1, 1])
  })
})
