/** Any history, any question: aggregates are what the naive ones say, whose sums are exact fractions. */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Documents } from '../../src/engine/segments/documents.ts'
import { aggregate } from '../../src/features/aggregate/index.ts'
import type { Aggregate, AggregateOptions, AggregateRequest } from '../../src/features/aggregate/request.ts'
import { ConversationStore, type ConversationStoreOptions } from '../../src/index.ts'
import type { FieldCondition, QuerySpec } from '../../src/query/spec.ts'
import { built } from '../arbitraries/asking.ts'
import { History, step } from '../arbitraries/histories.ts'
import { expectEqual, plain } from '../arbitraries/plain.ts'
import { conditionSpec, NUMBER_FIELDS } from '../arbitraries/questions.ts'
import { KEYS, manyRows, rows } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore } from '../reference.ts'
import { aggregateOf } from '../reference-aggregate.ts'

const forms: readonly ConversationStoreOptions[] = [inSegments(4, 2), inSegments(70, 3), {}]

const path = fc
  .array(fc.constantFrom(...KEYS.filter((key) => !/[."]/.test(key) && key !== '')), { minLength: 1, maxLength: 2 })
  .map((keys): `metadata.${string}` => `metadata.${keys.join('.')}`)
const number = fc.oneof(path, fc.constantFrom(...NUMBER_FIELDS))
const FIELDS = [
  ...['device', 'language', 'environment', 'customer_id', 'conversation_id', 'is_marked', 'is_used'],
  ...['action_name', 'has_messages', 'has_feedback', 'feedback_sentiment', 'feedback_source'],
] as const
const field = fc.oneof(path, fc.constantFrom(...FIELDS), fc.constantFrom(...NUMBER_FIELDS))

const one: fc.Arbitrary<Aggregate> = fc.oneof(
  fc.constant<Aggregate>(['count']),
  fc.tuple(fc.constantFrom('count', 'sum', 'min', 'max', 'avg', 'p50', 'p90', 'p95', 'p99'), number),
  fc.tuple(fc.constant('distinct'), field),
) as fc.Arbitrary<Aggregate>

const request: fc.Arbitrary<AggregateRequest> = fc
  .array(fc.tuple(fc.constantFrom('a', '-a', 'b', 'rows', '__proto__', 'constructor'), one), {
    minLength: 1,
    maxLength: 4,
  })
  .map((entries) => Object.fromEntries(entries))

const options: fc.Arbitrary<AggregateOptions> = fc.record(
  {
    by: fc.uniqueArray(field, { maxLength: 3 }),
    every: fc.constantFrom('day', 'week', 'month'),
    limit: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<AggregateOptions>

/** A question, and an order of its groups. */
const asked = fc
  .tuple(request, options, fc.infiniteStream(fc.nat()), fc.boolean())
  .map(([aggregates, given, picks, isOrdered]) => {
    const names = [...Object.keys(aggregates), ...(given.by ?? []), ...(given.every === undefined ? [] : ['from'])]
    const orderBy = Array.from({ length: 2 }, () => {
      const pick = picks.next().value
      return `${pick % 2 === 0 ? '' : '-'}${names[(pick >> 1) % names.length]}`
    })
    return { request: aggregates, options: isOrdered ? { ...given, orderBy } : given }
  })

/** Between these days are few buckets. */
const WITHIN: readonly FieldCondition[] = [
  { field: 'started_at', lookup: 'gte', value: '2024-01-01T00:00:00Z' },
  { field: 'started_at', lookup: 'lte', value: '2024-02-01T00:00:00Z' },
]

interface Sides {
  readonly store: ConversationStore
  readonly reference: ReferenceStore
}

function expectGroups(
  { store, reference }: Sides,
  spec: QuerySpec,
  question: typeof asked extends fc.Arbitrary<infer A> ? A : never,
) {
  const { request, options } = question
  const bounded = options.every === undefined ? spec : { ...spec, where: [...spec.where, ...WITHIN] }
  const query = built(store, bounded)
  expectEqual(
    aggregate(query, request, options as never),
    aggregateOf(reference, query.spec, request, options),
    plain({ bounded, request, options }),
  )
}

describe('aggregates', () => {
  test('after each step of any history', () => {
    const history = fc.array(fc.tuple(step, conditionSpec, asked), { maxLength: 3, size: 'max' })
    fc.assert(
      fc.property(rows, history, fc.constantFrom(...forms), (given, steps, form) => {
        const sides = new History(form)
        sides.take({ op: 'addMany', rows: given.map(({ id: _id, ...row }) => row), onInvalid: 'skip', own: false })
        for (const [one, spec, question] of steps) {
          sides.take(one)
          expectGroups(sides, spec, question)
        }
      }),
    )
  })

  test('many rows, few of them or most', () => {
    fc.assert(
      fc.property(manyRows, conditionSpec, asked, fc.constantFrom(...forms), (given, spec, question, form) => {
        const store = new ConversationStore(form)
        const reference = new ReferenceStore()
        // In three batches, with a question after each: segments overlap in time.
        for (let batch = 0; batch < 3; batch++) {
          const some = given.slice(0, 150).filter((_, i) => i % 3 === batch)
          store.addMany(some)
          store.query().count()
          for (const row of some) reference.add(row)
        }
        expectGroups({ store, reference }, spec, question)
      }),
    )
  })

  test('sums of any doubles are correctly rounded, in any order', () => {
    const double = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(1e308, -1e308, Number.MAX_VALUE, 5e-324, -5e-324, 0.1, 2 ** 53, 1, -1, -0),
      fc.integer({ min: -1000, max: 1000 }).map((cents) => cents / 100),
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(double, fc.array(double, { maxLength: 3 })), { maxLength: 30 }), (values) => {
        const given = values.map((n, i) => ({ conversation_id: `c${i}`, started_at: '2024-01-15', metadata: { n } }))
        const reference = new ReferenceStore()
        for (const row of given) reference.add(row)
        const question = { sum: ['sum', 'metadata.n'], avg: ['avg', 'metadata.n'] } as const
        const expected = aggregateOf(reference, { where: [] }, question, {})
        for (const some of [given, given.toReversed()])
          expect(aggregate(ConversationStore.from(some, inSegments(4, 2)).query(), question)).toEqual(expected)
      }),
    )
  })

  test('no document is read once the indexes are built', () => {
    const read = vi.spyOn(Documents.prototype, 'row')
    fc.assert(
      fc.property(rows, asked, (given, { request, options }) => {
        const query = built(ConversationStore.from(given, inSegments(4, 2)), { where: WITHIN })
        aggregate(query, request, options as never)
        read.mockClear()
        aggregate(query, request, options as never)
        expect(read).not.toHaveBeenCalled()
      }),
    )
    read.mockRestore()
  })
})
