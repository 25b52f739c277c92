import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { count, run } from '../../../../src/engine/run.ts'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import type { Written } from '../../../../src/engine/segments/writes.ts'
import { readConversation } from '../../../../src/row/read.ts'

function rowOf(id: number, device = 'mobile'): Row {
  const raw = { id, conversation_id: `c${id}`, started_at: `2026-01-${10 + (id % 9)}`, device }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

function idsOf(engine: Engine, device: string): number[] {
  const where = [{ field: 'device', lookup: 'exact', value: device } as const]
  const found = run({ where }, engine, ({ parts }) =>
    parts.flatMap(({ segment, rows }) =>
      [...(rows.list ?? [])].slice(rows.lo, rows.hi).map((slot) => segment.ids[slot]!),
    ),
  )
  return found.sort((a, b) => a - b)
}

const small = { thresholds: { segmentRows: 64, fanOut: 2 } }

describe('Writes', () => {
  test('give back the row as it was', () => {
    const engine = new Engine(small)
    const first = rowOf(1)
    const number = engine.writes.insert(first)
    const second = rowOf(1, 'tv')
    expect(engine.writes.replace(number, second)).toBe(first)
    const marked = { ...second, is_marked: true }
    expect(engine.writes.reflect(number, marked)).toBe(second)
    expect(engine.writes.remove(number)).toBe(marked)
    expect([engine.documents.size, count({ where: [] }, engine)]).toEqual([0, 0])
  })

  test('a batch that is rolled back leaves no row, no number and no place, before a query and after one', () => {
    for (const isAsked of [false, true]) {
      const engine = new Engine(small)
      const stays = engine.writes.insert(rowOf(1))
      const rows = [2, 3, 4].map((id) => rowOf(id))
      const numbers = rows.map((row) => engine.writes.insert(row))
      if (isAsked) expect(idsOf(engine, 'mobile')).toEqual([1, 2, 3, 4])
      engine.writes.rollBack(rows.map((row) => ['add', null, row]))
      expect([engine.documents.size, engine.documents.find(3), engine.documents.find('c3')]).toEqual([
        1,
        undefined,
        undefined,
      ])
      expect(idsOf(engine, 'mobile')).toEqual([1])
      // The numbers are used again, in the order in which they were first.
      expect([5, 6, 7].map((id) => engine.writes.insert(rowOf(id)))).toEqual(numbers)
      expect(idsOf(engine, 'mobile')).toEqual([1, 5, 6, 7])
      expect(engine.documents.row(stays).id).toBe(1)
    }
  })

  test('any sequence of writes, batches taken back among them, is what a map of rows says', () => {
    const write = fc.oneof(
      fc.record({
        kind: fc.constant('insert' as const),
        size: fc.integer({ min: 1, max: 4 }),
        isTakenBack: fc.boolean(),
        isAsked: fc.boolean(),
        at: fc.nat(),
      }),
      fc.record({ kind: fc.constantFrom('replace' as const, 'remove' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('ask' as const) }),
    )
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const engine = new Engine({ thresholds: { segmentRows: 4, fanOut: 2 } })
        const expected = new Map<number, string>()
        let id = 0
        for (const it of writes) {
          if (it.kind === 'insert') {
            // A batch inserts rows, and replaces one that is there or one of its own.
            const written: Written[] = Array.from({ length: it.size }, () => ['add', null, rowOf(++id)])
            for (const [, , row] of written) engine.writes.insert(row)
            const replaced = [...expected.keys(), id][it.at % (expected.size + 1)]!
            const row = rowOf(replaced, 'tv')
            written.push(['update', engine.writes.replace(engine.documents.find(replaced)!, row), row])
            if (it.isAsked) void idsOf(engine, 'tv')
            if (it.isTakenBack) engine.writes.rollBack(written)
            else for (const [, , { id: one, device }] of written) expected.set(one, device!)
          } else if (it.kind === 'ask') void idsOf(engine, 'mobile')
          else if (expected.size > 0) {
            const one = [...expected.keys()][it.at % expected.size]!
            const number = engine.documents.find(one)!
            if (it.kind === 'remove') engine.writes.remove(number)
            else engine.writes.replace(number, rowOf(one, 'tv'))
            if (it.kind === 'remove') expected.delete(one)
            else expected.set(one, 'tv')
          }
        }
        expect(engine.documents.size).toBe(expected.size)
        expect(count({ where: [] }, engine)).toBe(expected.size)
        for (const device of ['mobile', 'tv']) {
          const ids = [...expected].filter(([, its]) => its === device).map(([one]) => one)
          const where = [{ field: 'device', lookup: 'exact', value: device } as const]
          expect(count({ where }, engine)).toBe(ids.length)
        }
      }),
    )
  })
})
