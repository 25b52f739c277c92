/** What each condition is thought to take before it is asked, and how many rows it may leave. */
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/engine/engine.ts'
import { predicateOf } from '../../../src/engine/kinds.ts'
import { UNITS } from '../../../src/engine/meter.ts'
import { opposite } from '../../../src/engine/predicate.ts'
import { readingOf } from '../../../src/engine/reading.ts'
import type { FieldCondition } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'

const ROWS = 8

/** Eight rows in one segment or in four; each second one is a tv, row 3 has ended. */
function engineOf(segmentRows = 65_536): Engine {
  const engine = new Engine({ thresholds: { segmentRows, fanOut: 100 } })
  for (let id = 1; id <= ROWS; id++) {
    const raw = {
      id,
      conversation_id: `c${id}`,
      started_at: `2026-01-0${id}`,
      ended_at: id === 3 ? '2026-01-09' : null,
      device: id % 2 === 0 ? 'tv' : `d${id}`,
      metadata: { n: id },
      messages: [{ sender: 'agent', content: 'x'.repeat(id) }],
    }
    engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
  }
  return engine
}

function estimateOf(condition: FieldCondition, engine: Engine, left = 5) {
  return predicateOf(condition, engine).estimate(engine.segments, left)
}

const CUT = { segments: 4, rows: ROWS / 4 }

test('keys: a document each', () => {
  expect(estimateOf({ field: 'id', lookup: 'exact', value: 7 }, engineOf())).toEqual({ work: UNITS.document, rows: 1 })
  expect(estimateOf({ field: 'conversation_id', lookup: 'in', value: ['a', 'b', 'c'] }, engineOf())).toEqual({
    work: 3 * UNITS.document,
    rows: 3,
  })
})

test('ids and numbers of the row: each slot is tested', () => {
  for (const condition of [
    { field: 'id', lookup: 'gt', value: 3 },
    { field: 'message_count', lookup: 'gte', value: 1 },
  ] as FieldCondition[]) {
    expect(estimateOf(condition, engineOf())).toEqual({ work: ROWS * UNITS.tested, rows: 5 })
    expect(estimateOf(condition, engineOf(CUT.rows))).toEqual({ work: ROWS * UNITS.tested, rows: 5 })
  }
})

test('marks and starts: each segment is asked', () => {
  for (const condition of [
    { field: 'is_marked', lookup: 'exact', value: true },
    { field: 'started_at', lookup: 'gte', value: '2026-01-05T00:00:00Z' },
  ] as FieldCondition[])
    expect(estimateOf(condition, engineOf(CUT.rows))).toEqual({ work: CUT.segments * UNITS.ask, rows: 5 })
})

test('ends: each slot is tested, and put into a column where there is none', () => {
  const engine = engineOf(CUT.rows)
  const ended: FieldCondition = { field: 'ended_at', lookup: 'isnull', value: false }
  expect(estimateOf(ended, engine)).toEqual({ work: ROWS * UNITS.tested + ROWS * UNITS.indexed, rows: 5 })
  predicateOf(ended, engine).rows(engine.segments[0]!)
  expect(estimateOf(ended, engine)).toEqual({ work: ROWS * UNITS.tested + 6 * UNITS.indexed, rows: 5 })
})

describe('terms', () => {
  const tv: FieldCondition = { field: 'device', lookup: 'exact', value: 'tv' }

  test('known ones: looked up, and their rows united', () => {
    const engine = engineOf()
    const united = UNITS.ask + UNITS.term + 4 * UNITS.slot
    const first = estimateOf(tv, engine)
    expect(first.work).toBeCloseTo(ROWS * UNITS.indexed + UNITS.term + UNITS.value + united, 9)
    expect(first.rows).toBe(4)
    // The estimate has built the index.
    expect(estimateOf(tv, engine).work).toBeCloseTo(UNITS.term + UNITS.value + united, 9)
  })

  test('others: each distinct value is compared', () => {
    const engine = engineOf()
    engine.build(engine.indexes.field('device'))
    const { work, rows } = estimateOf({ field: 'device', lookup: 'startswith', value: 'd' }, engine)
    expect(work).toBeCloseTo(5 * UNITS.value + 4 * UNITS.value + UNITS.ask + 4 * UNITS.term + 4 * UNITS.slot, 9)
    expect(rows).toBe(4)
  })

  test('what costs more than is left to spend is not looked up', () => {
    const engine = engineOf()
    engine.meter.begin([], 1)
    expect(estimateOf(tv, engine)).toEqual({ work: ROWS * UNITS.indexed + UNITS.term, rows: 5 })
    expect(engine.work.indexed).toBe(0)
  })
})

test('a path beyond those that are indexed, and strings of messages: rows are read', () => {
  const engine = engineOf()
  for (let i = 0; i < 16; i++) engine.indexes.ofCondition('metadata', [`path ${i}`])
  const path: FieldCondition = { field: 'metadata', path: ['n'], lookup: 'exact', value: 1 }
  expect(predicateOf(path, engine)).toMatchObject({ index: 'rows', isExact: false })
  expect(estimateOf(path, engine)).toEqual({ work: 5 * UNITS.document, rows: 5 })
  const says: FieldCondition = { field: 'message', lookup: 'icontains', value: 'x' }
  const { work, rows } = estimateOf(says, engine)
  // Messages of 1 to 8 units: 4.5 on the average.
  expect(work).toBeCloseTo(5 * (UNITS.document + 4.5 * UNITS.read), 9)
  expect(rows).toBe(5)
})

describe('reading a row', () => {
  test('takes as long as its messages are on the average, of the live rows', () => {
    const engine = engineOf()
    for (const id of [1, 2, 3, 4]) {
      expect(engine.segments).toHaveLength(1)
      engine.writes.remove(engine.documents.find(id)!)
      engine.shared.reset(65_536)
      const live = Array.from({ length: ROWS - id }, (_, i) => id + 1 + i)
      const average = live.reduce((sum, units) => sum + units, 0) / live.length
      expect(readingOf(engine.segments, engine)).toBeCloseTo(UNITS.document + average * UNITS.read, 9)
    }
  })

  test('is found for each list of segments once a query', () => {
    const engine = engineOf(CUT.rows)
    const [first] = engine.segments
    expect(readingOf([first!], engine)).toBeCloseTo(UNITS.document + 1.5 * UNITS.read, 9)
    expect(readingOf(engine.segments, engine)).toBeCloseTo(UNITS.document + 4.5 * UNITS.read, 9)
  })

  test('a row without a list of messages has none to read', () => {
    const engine = new Engine()
    const raw = { id: 1, conversation_id: 'c1', started_at: '2026-01-05', messages: null }
    engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
    expect(readingOf(engine.segments, engine)).toBe(UNITS.document)
  })

  test('of no rows it takes what a document takes', () => {
    const engine = new Engine()
    expect(readingOf(engine.segments, engine)).toBe(UNITS.document)
  })
})

test('the opposite of a condition holds for the other rows, and twice it is itself', () => {
  const engine = engineOf()
  const it = predicateOf({ field: 'device', lookup: 'exact', value: 'tv' }, engine)
  const other = opposite(it)
  const [first, second] = [1, 2].map((id) => engine.documents.row(engine.documents.find(id)!))
  expect([it.holds(first!), it.holds(second!), other.holds(first!), other.holds(second!)]).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect([it.isNegated, other.isNegated, opposite(other).isNegated]).toEqual([false, true, false])
  expect(opposite(other).holds(second!)).toBe(true)
})
