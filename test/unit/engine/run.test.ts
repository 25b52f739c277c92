/** What a run takes, what it tells of each part, and when it has read enough for an index. */
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/engine/engine.ts'
import { UNITS } from '../../../src/engine/meter.ts'
import { count, run } from '../../../src/engine/run.ts'
import { textIndex } from '../../../src/engine/text/index.ts'
import type { Condition, Group, QuerySpec } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'

const ROWS = 40

/** Forty rows of five units each, every second one a tv, every fourth one marked; row 40 is deleted. */
function engineOf(): Engine {
  const engine = new Engine({ text: textIndex })
  for (let id = 1; id <= ROWS; id++) {
    const raw = {
      id,
      conversation_id: `c${id}`,
      started_at: `2026-01-${String(id % 28 === 0 ? 28 : id % 28).padStart(2, '0')}`,
      device: id % 2 === 0 ? 'tv' : 'pc',
      is_marked: id % 4 === 0,
      is_deleted: id === ROWS,
      messages: [{ sender: 'agent', content: id % 10 === 0 ? 'hello' : 'world' }],
    }
    engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
  }
  engine.build(engine.indexes.field('device'))
  return engine
}

const tv: Condition = { field: 'device', lookup: 'exact', value: 'tv' }
const marked: Condition = { field: 'is_marked', lookup: 'exact', value: true }
const says: Condition = { field: 'message', lookup: 'icontains', value: 'hello' }
const since: Condition = { field: 'started_at', lookup: 'gte', value: '2026-01-20T00:00:00Z' }
const never: Condition = { field: 'started_at', lookup: 'gte', value: '2030-01-01T00:00:00Z' }

describe('the work of a run', () => {
  /** What asking for so many sets takes, of which one has a word for 32 rows. */
  const asking = (sets: number, least = 1) => sets * (UNITS.ask + least * UNITS.slot)

  function spentOn(where: Group, maxWork?: number): number {
    const engine = engineOf()
    run({ where }, engine, ({ count }) => count, { maxWork })
    return engine.meter.spent
  }

  test('each set is asked, and the shortest is gone through', () => {
    expect(spentOn([])).toBeCloseTo(asking(1), 9)
    expect(spentOn([marked])).toBeCloseTo(asking(2), 9)
    expect(spentOn([tv])).toBeCloseTo(UNITS.term + asking(2), 9)
    expect(spentOn([{ not: [tv] }])).toBeCloseTo(UNITS.term + asking(2), 9)
    expect(spentOn([tv, marked])).toBeCloseTo(UNITS.term + asking(3), 9)
    expect(spentOn([since])).toBeCloseTo(asking(1), 9)
    expect(spentOn([never])).toBe(0)
    // A set without rows ends it.
    expect(spentOn([{ field: 'id', lookup: 'exact', value: 99 }])).toBe(0)
  })

  test('a group within: its words are cleared and counted, and each of its groups is run', () => {
    expect(spentOn([{ or: [[tv], [marked]] }])).toBeCloseTo(
      asking(1) + 2 * 2 * UNITS.slot + UNITS.term + 2 * asking(2),
      9,
    )
    expect(spentOn([{ not: [tv, marked] }])).toBeCloseTo(asking(1) + UNITS.term + asking(3), 9)
  })

  test('rows that are read: only where there is a limit it is counted how long they are', () => {
    const left = 39
    expect(spentOn([says])).toBeCloseTo(asking(1) + UNITS.ask + left * UNITS.slot, 9)
    const read = left * (UNITS.document + 5 * UNITS.read)
    expect(spentOn([says], 1_000)).toBeCloseTo(asking(1) + UNITS.ask + left * UNITS.slot + read, 9)
  })
})

describe('documents', () => {
  test('only those that the other conditions leave are read', () => {
    const engine = engineOf()
    expect(count({ where: [says, marked] }, engine)).toBe(1)
    expect(engine.work.documentsRead).toBe(9)
    expect(count({ where: [says, never] }, engine)).toBe(0)
    expect(engine.work.documentsRead).toBe(9)
  })

  test('of alternatives only those that are not found yet are read', () => {
    const engine = engineOf()
    expect(
      count(
        {
          where: [
            {
              or: [
                [tv, says],
                [marked, says],
              ],
            },
          ],
        },
        engine,
      ),
    ).toBe(3)
    // The 19 that are a tv, then the 9 that are marked without the one marked that was found.
    expect(engine.work.documentsRead).toBe(19 + 8)
  })

  test('rows that are read for something else than a string do not count towards the text index', () => {
    const engine = engineOf()
    const where = Array.from(
      { length: 17 },
      (_, i): Condition => ({ field: 'metadata', path: [`key ${i}`], lookup: 'exists', value: false }),
    )
    for (let times = 0; times < 20; times++) expect(count({ where }, engine)).toBe(39)
    expect([engine.work.documentsRead, engine.isTextIndexed]).toEqual([20 * 39, false])
  })

  test('once eight times all rows were scanned for a string, the text index is used', () => {
    const engine = engineOf()
    for (let times = 1; times <= 9; times++) {
      expect(engine.isTextIndexed).toBe(false)
      expect(count({ where: [says] }, engine)).toBe(3)
    }
    // 39 of 40 rows each time: 8 times are 312, 9 times are more than 320.
    expect(engine.isTextIndexed).toBe(true)
  })

  test('a run that is traced does not count towards the index', () => {
    const engine = engineOf()
    for (let times = 0; times < 20; times++) run({ where: [says] }, engine, () => 0, { trace: () => {} })
    expect(engine.isTextIndexed).toBe(false)
  })
})

describe('a trace', () => {
  function traced(where: Group): [string, number, number][] {
    const told: [string, number, number][] = []
    run({ where }, engineOf(), () => 0, {
      trace: (part, estimated, left) => {
        const name = 'condition' in part ? part.condition.field : 'check' in part ? 'check' : Object.keys(part)[0]!
        told.push([name, estimated, left])
      },
    })
    return told
  }

  test('tells for each part how many rows it has, and how many are left by it and those before', () => {
    expect(traced([tv, marked])).toEqual([
      ['is_marked', 10, 9],
      ['device', 20, 9],
    ])
    expect(traced([{ not: [tv] }])).toEqual([['device', 20, 20]])
    expect(traced([says, marked])).toEqual([
      ['is_marked', 10, 9],
      ['check', 40, 1],
    ])
    expect(traced([{ or: [[tv], [marked]] }])).toEqual([['or', 40, 19]])
    expect(traced([{ not: [tv, marked] }])).toEqual([['not', 40, 30]])
  })

  test('an empty set leaves none, and nothing is asked after it', () => {
    expect(traced([{ field: 'id', lookup: 'exact', value: 99 }, tv])).toEqual([['id', 0, 0]])
    expect(traced([never])).toEqual([['started_at', 0, 0]])
  })

  test('ranges bound what is left', () => {
    // Days 20 to 28, twice the 28th.
    expect(traced([since])).toEqual([['started_at', 9, 9]])
    const until: Condition = { field: 'started_at', lookup: 'lt', value: '2026-01-22T00:00:00Z' }
    expect(traced([since, until]).map(([, , left]) => left)).toEqual([9, 2])
  })
})

describe('the rows of a run', () => {
  test('deleted ones only where they are asked for, segments without a match not at all', () => {
    const engine = engineOf()
    const partsOf = (spec: QuerySpec) => run(spec, engine, ({ parts, count }) => [parts.length, count])
    expect(partsOf({ where: [] })).toEqual([1, 39])
    expect(partsOf({ where: [], includeDeleted: true })).toEqual([1, 40])
    expect(partsOf({ where: [never] })).toEqual([0, 0])
  })

  test('are refined by more conditions', () => {
    const engine = engineOf()
    const refined = run({ where: [tv] }, engine, (matches) => [matches.count, matches.refine([marked]).count])
    expect(refined).toEqual([19, 9])
    // Reading 19 rows is expected to take six units.
    const limited = (maxWork: number) =>
      run({ where: [tv] }, engineOf(), (matches) => matches.refine([says]).count, { maxWork })
    expect(limited(20)).toBe(3)
    expect(() => limited(4)).toThrow(/units of work/)
  })
})
