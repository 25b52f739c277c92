/** What a query costs before and while it runs, and what happens over the limit. */
import { describe, expect, test } from 'vitest'
import { Engine, type EngineOptions } from '../../../src/engine/engine.ts'
import { count, run } from '../../../src/engine/run.ts'
import { textIndex } from '../../../src/engine/text/index.ts'
import { warm } from '../../../src/engine/warm.ts'
import { ConversationStore, InvalidQueryError } from '../../../src/index.ts'
import type { Condition, Group } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'

const WORDS = ['refund', 'order', 'the', 'late', 'parcel']

function engineOf(rows: number, options: EngineOptions = { text: textIndex }): Engine {
  const engine = new Engine(options)
  for (let id = 1; id <= rows; id++) {
    const raw = {
      conversation_id: `c${id}`,
      id,
      started_at: new Date(Date.UTC(2026, 0, 1) + id * 60_000).toISOString(),
      device: id % 2 === 0 ? 'mobile' : 'tv',
      metadata: { n: id },
      messages: [{ sender: 'agent', content: `${WORDS[id % 5]} ${WORDS[(id * 7) % 4]} ${id}` }],
    }
    engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
  }
  return engine
}

const says = (value: string): Condition => ({ field: 'message', lookup: 'icontains', value })
const device: Condition = { field: 'device', lookup: 'exact', value: 'mobile' }
const metadata = (key: string): Condition => ({ field: 'metadata', path: [key], lookup: 'exact', value: 1 })

function costOf(where: Group, engine: Engine): { expected: number; spent: number } {
  run({ where }, engine, (matches) => matches.count, { maxWork: Number.MAX_SAFE_INTEGER })
  const { expected, spent } = engine.meter
  return { expected, spent }
}

function refusal(where: Group, engine: Engine, maxWork: number): InvalidQueryError {
  try {
    run({ where }, engine, (matches) => matches.count, { maxWork })
  } catch (error) {
    if (error instanceof InvalidQueryError) return error
  }
  throw new Error('It was answered.')
}

describe('the estimate', () => {
  test('grows with the rows to read, the terms to unite and the indexes to build', () => {
    const engine = engineOf(400)
    warm(engine, {})
    const few = costOf([device], engine).expected
    expect(costOf([device, device], engine).expected).toBeGreaterThan(few)
    expect(costOf([says('e')], engine).expected).toBeGreaterThan(costOf([says('refund')], engine).expected)
    expect(costOf([{ or: ['a', 'e', 'o'].map((it) => [says(it)]) }], engine).expected).toBeGreaterThan(
      costOf([says('e')], engine).expected,
    )
    const before = costOf([metadata('n')], engineOf(400)).expected
    const built = engineOf(400)
    count({ where: [metadata('n')] }, built)
    expect(before).toBeGreaterThan(costOf([metadata('n')], built).expected + 100)
    const scanned = engineOf(400, {})
    expect(costOf([says('refund')], scanned).expected).toBeGreaterThan(100)
    expect(costOf([{ field: 'id', lookup: 'exact', value: 7 }, says('refund')], scanned).expected).toBeLessThan(20)
  })

  test('is not made where there is no limit', () => {
    const engine = engineOf(20)
    count({ where: [says('e')] }, engine)
    expect(engine.meter.expected).toBe(0)
    expect(engine.meter.isLimited).toBe(false)
  })
})

describe('over the limit', () => {
  test('nothing is run, and the error names the most costly condition, the estimate, the limit and what would help', () => {
    const engine = engineOf(400, {})
    count({ where: [device] }, engine)
    const error = refusal([device, says('refund')], engine, 50)
    expect(error.code).toBe('TOO_COSTLY')
    expect(error.parameter).toBe('message_contains')
    expect(error.value).toEqual(says('refund'))
    expect(error.message).toMatch(
      /^message_contains: expected a query of at most 50 units of work \(maxWork\), got one of \d+ or more\./,
    )
    expect(error.message).toContain('The most costly condition is message icontains "refund".')
    expect(error.message).toContain('fewer alternatives')
    expect(engine.work.documentsRead).toBe(0)
    expect(count({ where: [says('refund')] }, engine)).toBe(160)
  })

  test.each<[string, Group, string]>([
    ['alone', [says('refund')], 'message_contains'],
    ['within or', [{ or: [[says('refund')], [says('late')]] }], 'where'],
    ['within not', [{ not: [says('refund'), says('late')] }], 'where'],
    ['a search', [{ field: 'search', lookup: 'icontains', value: 'refund late' }], 'search'],
    ['a search within or', [{ or: [[{ field: 'search', lookup: 'icontains', value: 'refund' }], [device]] }], 'where'],
    ['metadata', [metadata('n')], 'metadata'],
    ['a range of metadata', [{ field: 'metadata', path: ['n'], lookup: 'gt', value: 3 }], 'where'],
    ['a lookup', [{ field: 'name', lookup: 'startswith', value: 'a' }], 'name__startswith'],
  ])('%s', (_, where, parameter) => {
    expect(refusal(where, engineOf(200, {}), 10).parameter).toBe(parameter)
  })

  test('a run that takes more by far than was expected stops, and the next one is answered', () => {
    const engine = engineOf(100)
    engine.meter.begin([], 100)
    engine.meter.spend(200)
    expect(() => engine.meter.spend(1)).toThrow(/at most 100 units of work .*, got one of 201 or more/)
    expect(count({ where: [device] }, engine)).toBe(50)
  })

  test('of a store it is an option, and without it nothing is refused', () => {
    const rows = [{ conversation_id: 'a', started_at: '2026-01-05', messages: [] }]
    const store = ConversationStore.from(rows, { maxWork: 0 })
    expect(() => store.query().device('mobile').count()).toThrow(InvalidQueryError)
    expect(() => store.query().facets({ device: true })).toThrow(/TOO_COSTLY|units of work/)
    expect(ConversationStore.from(rows, { maxWork: Number.POSITIVE_INFINITY }).query().device('tv').count()).toBe(0)
    expect(ConversationStore.from(rows).query().device('tv').count()).toBe(0)
    for (const maxWork of [-1, 1.5, Number.NaN, '3' as never])
      expect(() => new ConversationStore({ maxWork })).toThrow(/^maxWork is /)
  })
})

describe('many metadata paths in one query', () => {
  const many = Array.from({ length: 40 }, (_, i) => metadata(`p${i}`))

  test('the first sixteen are indexed, of the others rows are read', () => {
    const engine = engineOf(30)
    expect(count({ where: [{ not: many }] }, engine)).toBe(30)
    const paths = engine.indexes.all().filter(({ key }) => key.startsWith('metadata:'))
    expect(paths).toHaveLength(16)
    expect(count({ where: [{ not: many }] }, engine)).toBe(30)
    expect(engine.indexes.all().filter(({ key }) => key.startsWith('metadata:'))).toHaveLength(16)
  })

  test('answers are the same by index and by reading', () => {
    const engine = engineOf(30)
    const where: Group = [
      ...many.map((it): Condition => ({ not: [it] })),
      { field: 'metadata', path: ['n'], lookup: 'lt', value: 4 },
    ]
    expect(count({ where }, engine)).toBe(3)
    expect(count({ where: where.slice().reverse() }, engine)).toBe(3)
    for (const { path } of many as unknown as { path: string[] }[]) engine.indexes.scalars(path)
    expect(count({ where }, engine)).toBe(3)
  })
})
