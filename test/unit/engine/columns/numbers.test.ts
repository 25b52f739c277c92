/** Columns of numbers are what their rows have, over any history of segments, merges and deaths. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NumberPart } from '../../../../src/engine/columns/number-part.ts'
import { type NumberColumn, numbersOf } from '../../../../src/engine/columns/numbers.ts'
import { Engine } from '../../../../src/engine/engine.ts'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import { stats } from '../../../../src/engine/stats.ts'
import { KEPT_PATHS } from '../../../../src/engine/terms/indexes.ts'
import { warm } from '../../../../src/engine/warm.ts'
import { readConversation } from '../../../../src/row/read.ts'
import { NUMBERS, type Row as ReferenceRow } from '../../../reference.ts'

const SMALL = { thresholds: { segmentRows: 4, fanOut: 2 } }
const PATH = ['tokens', 'total']

let made = 0
function rowOf(total: unknown, ended_at: string | null = null): Row {
  made++
  const raw = {
    id: made,
    conversation_id: `c${made}`,
    started_at: '2024-01-15T12:00:00Z',
    ended_at,
    metadata: total === undefined ? {} : { tokens: { total } },
  }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

/** Pairs of an id and a number of all live rows, as the column has them: ids ascending, numbers of one row in their order. */
function pairsOf(engine: Engine, column: NumberColumn): [number, number][] {
  const pairs = engine.segments.flatMap((segment) => {
    const { slots, values } = column.part(segment, engine.documents, engine.work)
    expect(slots.length).toBe(values.length)
    expect([...slots]).toEqual([...slots].sort((a, b) => a - b))
    return [...slots].flatMap((slot, i): [number, number][] =>
      segment.live.has(slot) ? [[segment.ids[slot]!, values[i]!]] : [],
    )
  })
  return pairs.sort(([a], [b]) => a - b)
}

const total = fc.oneof(
  fc.constantFrom<unknown>(
    1,
    -0,
    0.5,
    7,
    [1, 2, 'x', 2],
    [[3], { a: 1 }, -0],
    [],
    '1',
    true,
    null,
    { a: 1 },
    undefined,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const end = fc.constantFrom(null, '2024-01-15T12:00:00.000001Z', '2024-01-15T11:00:00Z', '2024-01-15T12:01:00Z')
type Write = {
  readonly op: 'add' | 'replace' | 'remove' | 'ask'
  readonly pick: number
  readonly row: [unknown, string | null]
}
const write: fc.Arbitrary<Write> = fc.record({
  op: fc.constantFrom('add', 'add', 'replace', 'remove', 'ask'),
  pick: fc.nat(20),
  row: fc.tuple(total, end),
})

test('any history: every number of every live row, each document read once', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), fc.boolean(), (writes, isSmall) => {
      const engine = new Engine(isSmall ? SMALL : {})
      const rows = new Map<number, Row>()
      let written = 0
      const expectColumns = () => {
        const live = [...rows.values()].sort((a, b) => a.id - b.id)
        const given = live.flatMap(({ id, metadata }): [number, number][] =>
          [(metadata as { tokens?: { total: unknown } }).tokens?.total]
            .flat()
            .filter((value) => typeof value === 'number')
            .map((value) => [id, value]),
        )
        expect(pairsOf(engine, numbersOf(engine, PATH))).toEqual(given)
        const durations = live.flatMap((row): [number, number][] => {
          const seconds = NUMBERS.duration(row as ReferenceRow)
          return seconds === null ? [] : [[row.id, seconds]]
        })
        expect(pairsOf(engine, numbersOf(engine, 'duration'))).toEqual(durations)
      }
      expectColumns()
      for (const { op, pick, row } of writes) {
        const ids = [...rows.keys()]
        const picked = ids[pick % ids.length]
        const number = picked === undefined ? undefined : engine.documents.find(picked)
        if (op === 'ask') expectColumns()
        else if (op === 'add' || number === undefined) {
          const added = rowOf(...row)
          engine.writes.insert(added)
          rows.set(added.id, added)
          written++
        } else if (op === 'remove') {
          engine.writes.remove(number)
          rows.delete(picked!)
        } else {
          const { id, conversation_id } = rows.get(picked!)!
          const next = { ...rowOf(...row), id, conversation_id }
          engine.writes.replace(number, next)
          rows.set(id, next)
          written++
        }
      }
      expectColumns()
      // Two columns, and each version of a row for each of them at most.
      expect(engine.work.indexed).toBeLessThanOrEqual(2 * written)
    }),
  )
})

test('of a list each number goes from segment to segment', () => {
  const engine = new Engine(SMALL)
  for (const each of [[1, 2, 3], 4, [5, 6]]) {
    engine.writes.insert(rowOf(each))
    void pairsOf(engine, numbersOf(engine, PATH))
  }
  expect(pairsOf(engine, numbersOf(engine, PATH)).map(([, value]) => value)).toEqual([1, 2, 3, 4, 5, 6])
})

test('parts in which every row has one number share their slots, whatever other parts have', () => {
  const values = new Float64Array(50)
  const slots = Array.from({ length: 50 }, (_, slot) => slot)
  const some = new NumberPart(Array(60).fill(7), new Float64Array(60), 1_000_000)
  const whole = new NumberPart(slots, values, 50)
  expect([some.isWhole, whole.isWhole, [...whole.slots]]).toEqual([false, true, slots])
})

describe('bytes', () => {
  const engineOf = (totals: readonly unknown[], end: string | null): Engine => {
    const engine = new Engine()
    for (const each of totals) engine.writes.insert(rowOf(each, end))
    return engine
  }

  test('8 a row where every row has one number, else 10 a number', () => {
    const engine = engineOf([1, 2, 3], '2024-01-15T13:00:00Z')
    const [segment] = engine.segments
    const all = numbersOf(engine, PATH).part(segment!, engine.documents, engine.work)
    expect(all.bytes).toBe(24)
    expect([...all.slots]).toEqual([0, 1, 2])
    const some = engineOf([1, 'x', [2, 3]], null)
    expect(numbersOf(some, PATH).part(some.segments[0]!, some.documents, some.work).bytes).toBe(30)
  })

  test('stats tells them by column, among no terms', () => {
    const engine = engineOf([1, 2, [3, 4]], '2024-01-15T13:00:00Z')
    for (const source of [PATH, 'duration', 'message_count'] as const)
      for (const segment of engine.segments) numbersOf(engine, source).part(segment, engine.documents, engine.work)
    const { bytes, terms, totalBytes } = stats(engine)
    expect(bytes['numbers:duration']).toBe(24)
    expect(bytes['numbers:message_count']).toBe(24)
    expect(bytes['numbers:["tokens","total"]']).toBeGreaterThanOrEqual(40)
    expect(Object.keys(terms).filter((key) => key.startsWith('numbers'))).toEqual([])
    const { documents, ...others } = bytes
    expect(documents.resident).toBeGreaterThan(0)
    expect(totalBytes).toBe(Object.values(others).reduce<number>((a, b) => a + Number(b), 0))
  })

  test('a number that some rows have not is packed beside the column that orders them', () => {
    const engine = engineOf([1], null)
    engine.writes.insert(rowOf(1, '2024-01-15T13:00:00Z'))
    const [segment] = engine.segments
    const part = numbersOf(engine, 'duration').part(segment!, engine.documents, engine.work)
    expect([[...part.slots], [...part.values]]).toEqual([[1], [3600]])
    expect(stats(engine).bytes['numbers:duration']).toBe(16 + 10)
    expect(numbersOf(engine, 'duration').part(segment!, engine.documents, engine.work)).toBe(part)
  })
})

test('the last 256 paths are kept, and warming builds those for new rows', () => {
  const engine = new Engine()
  engine.writes.insert(rowOf(1))
  const ask = (path: readonly string[]) =>
    numbersOf(engine, path).part(engine.segments[0]!, engine.documents, engine.work).values.length
  expect(ask(PATH)).toBe(1)
  engine.writes.insert(rowOf(2))
  warm(engine, { text: false })
  const { indexed } = engine.work
  expect(
    engine.segments.flatMap((segment) => [
      ...numbersOf(engine, PATH).part(segment, engine.documents, engine.work).values,
    ]),
  ).toEqual([1, 2])
  expect(engine.work.indexed).toBe(indexed)
  for (let i = 0; i < KEPT_PATHS; i++) ask([`k${i}`])
  expect(stats(engine).bytes['numbers:["tokens","total"]']).toBeUndefined()
  expect(stats(engine).bytes['numbers:["k0"]']).toBeDefined()
})
