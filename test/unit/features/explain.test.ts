import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/engine/engine.ts'
import { count } from '../../../src/engine/run.ts'
import { textIndex } from '../../../src/engine/text/index.ts'
import { explain } from '../../../src/features/explain/explain.ts'
import type { Condition, Group, QuerySpec } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'

/** Twelve rows: every second mobile, every third with a message that says so, every fourth marked; row 5 is deleted. */
function twelve(segmentRows = 65_536): Engine {
  const engine = new Engine({ thresholds: { segmentRows, fanOut: 8 }, text: textIndex })
  for (let id = 1; id <= 12; id++) {
    const raw = {
      id,
      conversation_id: `c${id}`,
      started_at: `2026-01-${String(id).padStart(2, '0')}`,
      device: id % 2 === 0 ? 'mobile' : 'tv',
      is_marked: id % 4 === 0,
      is_deleted: id === 5,
      messages: id % 3 === 0 ? [{ sender: 'agent', content: 'Every third says Hello World' }] : [],
    }
    const row = readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  }
  return engine
}

const device: Condition = { field: 'device', lookup: 'exact', value: 'mobile' }
const marked: Condition = { field: 'is_marked', lookup: 'exact', value: true }
const since: Condition = { field: 'started_at', lookup: 'gte', value: '2026-01-07T00:00:00Z' }
const many: Condition = { field: 'message_count', lookup: 'gte', value: 1 }
const says = (value: string): Condition => ({ field: 'message', lookup: 'icontains', value })

function steps(where: Group, engine = twelve()) {
  return explain({ where }, engine).steps.map(({ index, estimated, rows, isExact }) => [
    index,
    estimated,
    rows,
    isExact,
  ])
}

describe('steps', () => {
  test('times bound the rest; then lookups by their size, the smallest first, each with what it leaves', () => {
    expect(steps([device, marked, since])).toEqual([
      ['instants', 6, 6, true],
      ['bits', 3, 2, true],
      ['terms', 6, 2, true],
    ])
    const named: Condition = { field: 'name', lookup: 'icontains', value: 'x' }
    expect(steps([named, device, { not: [marked] }, marked])).toEqual([
      ['bits', 3, 3, true],
      ['terms', 6, 3, true],
      ['bits', 9, 0, true],
      ['terms', 0, 0, true],
    ])
    // Sizes are those of all segments together, and where no row is left the others are not asked.
    expect(steps([device, { field: 'conversation_id', lookup: 'exact', value: 'c3' }], twelve(4))).toEqual([
      ['ids', 1, 1, true],
      ['terms', 2, 0, true],
    ])
  })

  test('groups and texts that must be read come last, over what is left', () => {
    const engine = twelve()
    const explained = explain({ where: [says('hello'), { or: [[marked], [since]] }, device] }, engine)
    expect(explained.steps.map(({ index, rows }) => [index, rows])).toEqual([
      ['terms', 6],
      ['or', 4],
      ['text scan', 1],
    ])
    expect(explained.documentsRead).toBe(4)
  })

  test('a negated condition says so, and counts the rows that it leaves', () => {
    const [step] = explain({ where: [{ not: [device] }] }, twelve()).steps
    expect(step).toMatchObject({ index: 'terms', estimated: 6, rows: 5, isExact: true })
    expect(step!.condition).toBe('not device exact "mobile"')
  })

  test('nothing asked: no step, all rows', () => {
    expect(explain({ where: [] }, twelve())).toMatchObject({ steps: [], count: 11, documentsRead: 0, indexed: 0 })
    expect(explain({ where: [], includeDeleted: true }, twelve()).count).toBe(12)
    expect(explain({ where: [] }, new Engine({ text: textIndex }))).toMatchObject({ steps: [], count: 0, segments: 0 })
  })

  test('estimates are never below what is there', () => {
    for (const where of [[device], [marked], [since], [{ not: [since] }], [{ or: [[device], [since]] }]]) {
      const { steps: explained, count } = explain({ where, includeDeleted: true }, twelve(4))
      expect(explained[0]!.estimated).toBeGreaterThanOrEqual(count)
    }
  })
})

describe('count', () => {
  test.each<[string, Group]>([
    ['a term', [device]],
    ['a range', [since]],
    ['marks and not marks', [{ not: [marked] }, device]],
    [
      'groups',
      [
        {
          or: [
            [device, since],
            [{ not: [device] }, marked],
          ],
        },
        { not: [marked, since] },
      ],
    ],
    ['texts', [says('third says'), device]],
    ['a range of no rows', [since, { field: 'started_at', lookup: 'lt', value: '2026-01-02T00:00:00Z' }]],
    ['a started_at that is never null', [{ not: [{ field: 'started_at', lookup: 'isnull', value: false }] }]],
  ])('of %s is that of the query, whatever the segments and indexes', (_, where) => {
    for (const segmentRows of [1, 5, 65_536]) {
      for (const isTextIndexed of [false, true]) {
        const engine = twelve(segmentRows)
        engine.isTextIndexed = isTextIndexed
        const specs: QuerySpec[] = [{ where }, { where, includeDeleted: true }, { where, orderBy: ['id'] }]
        for (const spec of specs) {
          const explained = explain(spec, engine)
          expect(explained.count).toBe(count(spec, engine))
          expect(explained.steps.at(-1)!.rows).toBe(explained.count)
          expect(explained.segments).toBe(engine.segments.length)
        }
      }
    }
  })
})

describe('work', () => {
  test('documents are read for no index, each row to be indexed once', () => {
    const engine = twelve()
    const where: Group = [device, { field: 'name', lookup: 'isnull', value: true }, marked, since]
    expect(explain({ where }, engine)).toMatchObject({ documentsRead: 0, indexed: 24 })
    expect(explain({ where }, engine)).toMatchObject({ documentsRead: 0, indexed: 0 })
    expect(explain({ where: [device] }, engine)).toMatchObject({ documentsRead: 0, indexed: 0 })
  })

  test('an index that a query has built is not built again to be explained', () => {
    const engine = twelve()
    count({ where: [device] }, engine)
    expect(explain({ where: [device] }, engine).indexed).toBe(0)
  })

  test('a text without an index reads what the other conditions leave; with one, none', () => {
    const engine = twelve()
    expect(explain({ where: [says('hello'), marked] }, engine)).toMatchObject({
      documentsRead: 3,
      indexed: 0,
      count: 1,
    })
    engine.isTextIndexed = true
    expect(explain({ where: [says('hello'), marked] }, engine)).toMatchObject({
      documentsRead: 0,
      indexed: 12,
      count: 1,
    })
    expect(explain({ where: [says('ell')] }, engine)).toMatchObject({ documentsRead: 0, indexed: 0, count: 4 })
    expect(explain({ where: [says('hello world'), marked] }, engine)).toMatchObject({ documentsRead: 0, count: 1 })
    expect(explain({ where: [says('world hello')] }, engine)).toMatchObject({ documentsRead: 0, count: 0 })
    expect(explain({ where: [says('hello  world')] }, engine)).toMatchObject({ documentsRead: 0, count: 0 })
    expect(explain({ where: [says('hello earth')] }, engine)).toMatchObject({ documentsRead: 0, count: 0 })
    expect(explain({ where: [says('hello ')] }, engine)).toMatchObject({ documentsRead: 0, count: 4 })
    expect(explain({ where: [says(' ')] }, engine)).toMatchObject({ documentsRead: 0, count: 4 })
    expect(explain({ where: [says('hello\ud83d')] }, engine)).toMatchObject({ documentsRead: 0, count: 0 })
  })

  test('asking changes nothing about how the next query is answered, however often; querying does', () => {
    const engine = twelve()
    const indexOf = (where: Group) => explain({ where }, engine).steps.map(({ index }) => index)
    for (let i = 0; i < 100; i++) explain({ where: [says('hello')] }, engine)
    expect([indexOf([says('hello')]), engine.isTextIndexed]).toEqual([['text scan'], false])
    for (let i = 0; i < 100; i++) explain({ where: [{ or: [[says('hello')], [{ not: [says('x')] }]] }] }, engine)
    expect(engine.isTextIndexed).toBe(false)
    for (let i = 0; i < 8; i++) count({ where: [says('hello')] }, engine)
    expect(indexOf([says('hello')])).toEqual(['text scan'])
    count({ where: [says('hello')] }, engine)
    expect(indexOf([says('hello')])).toEqual(['text index'])
  })

  test('which index answers a condition within a group is told too', () => {
    const text = String(explain({ where: [{ or: [[says('hello')], [marked]] }] }, twelve()))
    expect(text).toContain('text scan')
    expect(text).toContain('bits')
  })
})

describe('as text', () => {
  test('has a line for each step, in order, and the numbers', () => {
    const engine = twelve()
    const explained = explain({ where: [device, says('hello')] }, engine)
    expect(String(explained)).toBe(explained.text)
    const lines = explained.text.split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]).toContain('device exact "mobile"')
    expect(lines[2]).toContain('message icontains "hello"')
    expect(lines[3]).toContain('2')
  })

  test('is data: it can be written as JSON', () => {
    const explained = explain({ where: [device] }, twelve())
    expect(JSON.parse(JSON.stringify(explained))).toMatchObject({ count: 6, documentsRead: 0, text: explained.text })
    expect(explained).toStrictEqual(JSON.parse(JSON.stringify(explained)))
    expect(structuredClone(explained)).toStrictEqual(explained)
    expect(String(explained)).toBe(explained.text)
  })
})

describe('the page', () => {
  test('along the time, along another order where many match, by sorting where few do', () => {
    const engine = twelve()
    const only: Condition = { field: 'id', lookup: 'exact', value: 3 }
    expect(explain({ where: [] }, engine).page).toBe('time')
    expect(explain({ where: [], orderBy: ['customer_id'] }, engine).page).toBe('permutation')
    expect(explain({ where: [only], orderBy: ['customer_id'] }, engine).page).toBe('sort')
  })
})

test('a number of the row is answered by its column, and no document is read once it is there', () => {
  const engine = twelve()
  const spec: QuerySpec = { where: [many], orderBy: ['-duration', 'message_count'] }
  expect(explain(spec, engine)).toMatchObject({ count: 4, documentsRead: 0, indexed: 12 })
  expect(steps([many], engine)).toEqual([['numbers', 4, 4, true]])
  const again = explain(spec, engine)
  expect(again).toMatchObject({ documentsRead: 0, indexed: 0 })
  expect(again.steps[0]!.condition).toBe('message_count gte 1')
  expect(String(again)).toContain('message_count gte 1  [numbers]')
})
