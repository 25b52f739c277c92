/**
 * Searches for queries that cost more than was expected of them. What is compared is counted, not timed: what a run has gone
 * through, against the estimate that was made before it.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { isStoreError } from '../../src/base/errors.ts'
import { run } from '../../src/engine/run.ts'
import { generate } from '../../src/features/generate/index.ts'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { readSpec } from '../../src/query/read-spec.ts'
import type { Condition, FieldCondition, Group, QuerySpec } from '../../src/query/spec.ts'
import { executorOf } from '../../src/store/inside.ts'
import { conditionSpec } from '../arbitraries/questions.ts'
import { rows } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'

/** What a run counts is at most so many times its estimate. */
const AT_MOST = 2
/** What a run takes beside what is estimated: for each segment that is asked. */
const SPARE = 2

const WITHOUT_END = Number.MAX_SAFE_INTEGER

/** What a query was expected to take, and what it took: of documents and indexes too, which are counted apart. */
function costOf(spec: QuerySpec, store: ConversationStore) {
  const { engine } = executorOf(store)
  const segments = engine.segments.length
  const count = run(spec, engine, (matches) => matches.count, { maxWork: WITHOUT_END })
  const { expected, spent } = engine.meter
  return { expected, spent, segments, count }
}

const big = ConversationStore.from(generate({ count: 1_200, seed: 3 }), inSegments(512, 4))
const handlerLimit = 400
const handler = createHandler(big, { maxWork: handlerLimit })
beforeAll(() => handler.warm())

const contents = [...big].flatMap(({ messages }) => messages.map(({ content }) => content))
const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789.,? ')
const string = fc.oneof(
  letter,
  fc.tuple(letter, letter).map((all) => all.join('')),
  fc.tuple(fc.nat(contents.length - 1), fc.nat(80), fc.integer({ min: 1, max: 30 })).map(([at, from, length]) => {
    const content = contents[at]!
    return content.slice(from % content.length, (from % content.length) + length)
  }),
  fc.constantFrom(' ', '  ', '\n', '. ', 'the ', ' a'),
)
const names = fc.constantFrom('name', 'conversation_id', 'customer_id', 'action_name', 'language')
const lookups = fc.constantFrom('contains', 'icontains', 'startswith', 'iexact')
const costly: fc.Arbitrary<FieldCondition> = fc.oneof(
  {
    arbitrary: fc.record({ field: fc.constant('message'), lookup: fc.constant('icontains'), value: string }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      field: fc.constant('search'),
      lookup: fc.constant('icontains'),
      value: fc.array(string, { minLength: 1, maxLength: 6 }).map((all) => all.join(' ')),
    }),
    weight: 2,
  },
  fc.record({ field: names, lookup: lookups, value: string }),
  fc.record({ field: fc.constant('id'), lookup: fc.constantFrom('gt', 'lt'), value: fc.nat(1_200) }),
  fc.record({
    field: fc.constant('metadata'),
    path: fc.constantFrom(['order', 'total'], ['wait_seconds'], ['plan'], ['none']),
    lookup: fc.constantFrom('gt', 'lte'),
    value: fc.nat(500),
  }),
  fc.constant({ field: 'device', lookup: 'exact', value: 'mobile' }),
) as fc.Arbitrary<FieldCondition>

/** Conditions side by side, each in a branch, each negated, or pairs of them in branches. */
const where: fc.Arbitrary<Group> = fc
  .tuple(fc.array(costly, { minLength: 1, maxLength: 12 }), fc.nat(4))
  .map(([all, shape]): Condition[] => {
    if (shape === 0) return all
    if (shape === 1) return all.map((it) => ({ not: [it] }))
    if (shape === 2) return [{ not: [{ or: all.map((it) => [it]) }] }]
    if (shape === 3) return [{ or: all.map((it, i) => [it, all[(i * 7 + 3) % all.length]!]) }]
    return [{ or: all.map((it) => [{ not: [it] }]) }]
  })

const question = where.map((it) => readSpec({ where: it }))

describe('what a run counts', () => {
  test('is at most a small multiple of its estimate, over many rows', () => {
    fc.assert(
      fc.property(question, (spec) => {
        const { expected, spent, segments } = costOf(spec, big)
        expect(spent).toBeLessThanOrEqual(AT_MOST * expected + SPARE * segments)
      }),
    )
  })

  test('is at most that over any few rows, warm, cold, and without a text index', () => {
    fc.assert(
      fc.property(rows, conditionSpec, fc.boolean(), (given, spec, isWarm) => {
        const store = ConversationStore.from(given, inSegments(4, 2))
        if (isWarm) store.warm()
        const { expected, spent, segments } = costOf(spec, store)
        expect(spent).toBeLessThanOrEqual(AT_MOST * expected + SPARE * segments)
      }),
    )
  })
})

describe('under a limit', () => {
  test('a query is answered as it is without one, or not at all', () => {
    fc.assert(
      fc.property(question, fc.integer({ min: 0, max: 2_000 }), (spec, maxWork) => {
        const { engine } = executorOf(big)
        const { count, expected } = costOf(spec, big)
        try {
          expect(run(spec, engine, (matches) => matches.count, { maxWork })).toBe(count)
          expect(expected).toBeLessThanOrEqual(maxWork + 1e-6)
          expect(engine.meter.spent).toBeLessThanOrEqual(AT_MOST * maxWork)
        } catch (error) {
          if (!isStoreError(error)) throw error
          expect(error.code).toBe('TOO_COSTLY')
          expect(expected).toBeGreaterThan(maxWork / AT_MOST)
        }
      }),
    )
  })

  test('a handler answers what takes no more than a small multiple of it, and refuses the rest by name', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (spec) => {
        const given = encodeURIComponent(JSON.stringify(spec.where))
        const response = await handler(
          new Request(`http://localhost/api/conversations/?page_size=1&full=false&where=${given}`),
        )
        const body = (await response.json()) as Record<string, unknown>
        const { spent } = executorOf(big).engine.meter
        expect(spent).toBeLessThanOrEqual(AT_MOST * handlerLimit)
        if (response.status === 200) expect(body.count).toBe(big.query(spec).count())
        else
          expect([response.status, Object.values(body).flat().join()]).toEqual([
            400,
            expect.stringContaining('maxWork'),
          ])
      }),
    )
  })
})
