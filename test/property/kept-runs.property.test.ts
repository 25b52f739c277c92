/** Queries that are asked together share what their conditions have in common: each is answered as it is alone. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharingRuns } from '../../src/engine/kept-runs.ts'
import { ConversationStore, type ConversationStoreOptions } from '../../src/index.ts'
import type { Group, QuerySpec } from '../../src/query/spec.ts'
import { executorOf } from '../../src/store/inside.ts'
import { conditionSpec } from '../arbitraries/questions.ts'
import { manyRows } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'

const forms: readonly ConversationStoreOptions[] = [inSegments(4, 2), inSegments(70, 3), {}]

/** Some conditions, and queries that have a few of them each, in any order. */
const questions: fc.Arbitrary<readonly QuerySpec[]> = fc
  .tuple(
    fc.array(conditionSpec, { minLength: 2, maxLength: 4 }),
    fc.array(fc.tuple(fc.array(fc.nat(7), { maxLength: 4 }), fc.boolean()), { minLength: 2, maxLength: 6 }),
  )
  .map(([specs, picks]) => {
    const pool = specs.flatMap(({ where }) => where)
    return picks.map(([numbers, includeDeleted]): QuerySpec => {
      const where: Group = pool.length === 0 ? [] : numbers.map((number) => pool[number % pool.length]!)
      return { where, ...(includeDeleted && { includeDeleted }) }
    })
  })

const FACETS = {
  device: true,
  language: true,
  feedback_sentiment: true,
  feedback_source: true,
  action_name: true,
} as const

test('any queries, in any turn', () => {
  fc.assert(
    fc.property(manyRows, questions, fc.constantFrom(...forms), fc.boolean(), (rows, specs, form, isWarm) => {
      const store = new ConversationStore(form)
      store.addMany(rows, { onInvalid: 'skip' })
      if (isWarm) store.warm()
      const answers = () =>
        specs.map((spec) => {
          const query = store.query(spec)
          return [
            query.ids(),
            query.count(),
            { ...query.facets(FACETS) },
            query.aggregate({ rows: ['count'] }, { by: 'device' }),
          ]
        })
      const alone = answers()
      expect(sharingRuns(executorOf(store).engine, answers)).toEqual(alone)
      expect(answers()).toEqual(alone)
    }),
  )
})

test('rows are looked at once for a question of several parts', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    conversation_id: `c${i}`,
    started_at: '2026-01-05T10:00:00Z',
    device: i % 2 === 0 ? 'mobile' : 'tv',
    messages: [{ sender: 'agent' as const, content: `Refund ${i}` }],
  }))
  const store = ConversationStore.from(rows)
  const { engine } = executorOf(store)
  const asked = store.query().messageContains('refund 1')
  const read = (act: () => void) => {
    const before = engine.work.documentsRead
    act()
    return engine.work.documentsRead - before
  }
  const all = () => {
    asked.facets({ device: true })
    asked.count()
    asked.device('tv').count()
    asked.histogram('started_at', { every: 'day' })
  }
  const once = read(() => asked.count())
  expect(once).toBeGreaterThan(0)
  expect(read(() => sharingRuns(engine, all))).toBe(once)
  expect(read(all)).toBeGreaterThan(2 * once)
})
