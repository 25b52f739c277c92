/** Any history, any question: facets, histograms and highlights are what the naive ones say. */

import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Documents } from '../../src/engine/segments/documents.ts'
import type { FacetListing, FacetRange, FacetRequest } from '../../src/features/facets/request.ts'
import type { HistogramUnit } from '../../src/features/histogram/request.ts'
import { ConversationStore, type ConversationStoreOptions, Query } from '../../src/index.ts'
import type { FieldCondition, Group, QuerySpec } from '../../src/query/spec.ts'
import { open } from '../../src/row/conversation.ts'
import { built } from '../arbitraries/asking.ts'
import { History, step } from '../arbitraries/histories.ts'
import { expectEqual, plain } from '../arbitraries/plain.ts'
import { anyField, conditionSpec, groupsOf, NUMBER_FIELDS, specsOf, textlessField } from '../arbitraries/questions.ts'
import { INSTANTS, KEYS, LABELS, manyRows, rows, SCALARS, WORDS } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore, runsOf, textOf } from '../reference.ts'
import { facetsOf, highlightsOf, histogramOf, numbersOf, rangesOf } from '../reference-facets.ts'

const SMALL: ConversationStoreOptions = inSegments(4, 2)
const forms: readonly ConversationStoreOptions[] = [SMALL, inSegments(70, 3), {}]

const FIELDS = [
  ...['device', 'language', 'environment', 'env', 'name', 'customer_id', 'conversation_id', 'customer_ip_address'],
  ...['action_name', 'is_marked', 'is_used', 'has_messages', 'has_action', 'has_feedback'],
  ...['feedback_sentiment', 'feedback_source', 'feedback_sentiment', 'feedback_source'],
  ...['message_sender', 'action_failed', 'failed_action'],
  ...NUMBER_FIELDS,
] as const

/** A dotted key is two steps here: metadata has both. */
const path = fc
  .array(fc.constantFrom(...KEYS, '1', '2'), { minLength: 1, maxLength: 2 })
  .map((keys) => `metadata.${keys.join('.')}`)
  .filter((key) => key !== 'metadata.')

const listing: fc.Arbitrary<FacetListing> = fc.oneof(
  fc.constant<FacetListing>(true),
  fc.record(
    {
      limit: fc.integer({ min: 1, max: 4 }),
      match: fc.constantFrom('', 'a', 'A', '1', 'o', 'mob', ...LABELS, ...WORDS),
    },
    { requiredKeys: [] },
  ),
)
const ranges = fc
  .uniqueArray(fc.constantFrom(-1, -0.5, 0, 0.1, 1, 2, 1e21, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), {
    minLength: 2,
    maxLength: 5,
  })
  .map((edges): FacetListing => ({ ranges: edges.sort((a, b) => a - b) }))

const request = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...FIELDS), listing), { maxLength: 4 }),
    fc.array(fc.tuple(path, fc.oneof({ arbitrary: listing, weight: 3 }, ranges)), { maxLength: 2 }),
    fc.array(fc.tuple(fc.constantFrom(...NUMBER_FIELDS), ranges), { maxLength: 1 }),
  )
  .map((entries) => Object.fromEntries(entries.flat()) as FacetRequest)

/** Several conditions at the top, on the fields that are counted more often than not. */
const ticked: fc.Arbitrary<QuerySpec> = fc
  .tuple(fc.array(fc.oneof(textlessField, anyField), { maxLength: 4 }), conditionSpec)
  .map(([where, spec]) => ({ ...spec, where: where.length > 1 ? where : spec.where }))

/** A request, and a question of which some conditions are on its fields. */
const asked = fc.tuple(request, ticked, fc.boolean()).map(([facets, spec, disjunctive]) => {
  const own = spec.where.flatMap((condition): [string, true][] => {
    if (!('field' in condition)) return []
    if (condition.field === 'metadata') return [[`metadata.${condition.path.join('.')}`, true]]
    return (FIELDS as readonly string[]).includes(condition.field) ? [[condition.field, true]] : []
  })
  const more = own.filter(([key]) => key !== 'metadata.')
  return { request: { ...Object.fromEntries(more), ...facets } as FacetRequest, spec, disjunctive }
})

/** A look-up by id asks the row for its id. */
const keylessField = textlessField.filter(({ field }) => field !== 'id' && field !== 'conversation_id')

interface Sides {
  readonly store: ConversationStore
  readonly reference: ReferenceStore
}

function expectFacets(
  { store, reference }: Sides,
  { request, spec, disjunctive }: typeof asked extends fc.Arbitrary<infer A> ? A : never,
): void {
  const query = built(store, spec)
  const expected = facetsOf(reference, query.spec, request, disjunctive)
  expectEqual(Object.entries(query.facets(request, { disjunctive })), expected, plain({ request, spec }))
}

function sidesOf(given: Parameters<ReferenceStore['add']>[0][], options: ConversationStoreOptions): Sides {
  const store = new ConversationStore(options)
  const reference = new ReferenceStore()
  // In three batches, with a question after each: segments overlap in time.
  for (let batch = 0; batch < 3; batch++) {
    const rows = given.filter((_, i) => i % 3 === batch)
    store.addMany(rows)
    store.query().count()
    for (const row of rows) reference.add(row)
  }
  return { store, reference }
}

/** Between these the traps of time are near each other. */
const within = (field: 'started_at' | 'ended_at'): FieldCondition[] => [
  { field, lookup: 'gte', value: '2024-01-01T00:00:00Z' },
  { field, lookup: 'lte', value: '2024-02-01T00:00:00Z' },
]

describe('facets', () => {
  test('after each step of any history', () => {
    const history = fc.array(fc.tuple(step, asked), { maxLength: 3, size: 'max' })
    fc.assert(
      fc.property(rows, history, fc.constantFrom(...forms), (given, steps, options) => {
        const sides = new History(options)
        sides.take({ op: 'addMany', rows: given.map(({ id: _id, ...row }) => row), onInvalid: 'skip', own: false })
        for (const [one, question] of steps) {
          sides.take(one)
          expectFacets(sides, question)
        }
      }),
    )
  })

  test('many rows, few of them or most', () => {
    fc.assert(
      fc.property(manyRows, asked, fc.constantFrom(...forms), (given, question, options) => {
        const sides = sidesOf(given.slice(0, 150), options)
        expectFacets(sides, question)
      }),
    )
  })

  test('no document is read once the indexes are built', () => {
    const read = vi.spyOn(Documents.prototype, 'row')
    fc.assert(
      fc.property(rows, request, specsOf(keylessField), (given, facets, spec) => {
        const store = ConversationStore.from(given, SMALL)
        const query = built(store, { ...spec, where: [...spec.where, ...within('started_at'), ...within('ended_at')] })
        query.facets(facets)
        query.histogram('ended_at', { every: 'month' })
        read.mockClear()
        query.facets(facets)
        query.histogram('started_at', { every: 'month' })
        query.histogram('ended_at', { every: 'month' })
        expect(read).not.toHaveBeenCalled()
      }),
    )
    read.mockRestore()
  })

  test('bins begin at the least number, end just above the greatest and miss none', () => {
    const number = fc.oneof(
      fc.constantFrom(...SCALARS, [1, 2, 'a', 7], [0.1, -3], 5, 10, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -20, max: 20 }),
    )
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), fc.integer({ min: 1, max: 12 }), (values, bins) => {
        const given = values.map((n, i) => ({ conversation_id: `c${i}`, started_at: '2024-01-15', metadata: { n } }))
        const { store, reference } = sidesOf(given, SMALL)
        const found: FacetRange[] = store.query().facets({ 'metadata.n': { bins } })['metadata.n']
        const numbers = numbersOf(reference, { where: [] }, 'metadata.n')
        if (numbers.length === 0) {
          expect(found).toEqual([])
          return
        }
        const edges = [...found.map(({ from }) => from), found.at(-1)!.to]
        expect(found).toEqual(rangesOf(reference.rows, 'metadata.n', edges))
        expect(edges.length).toBeLessThanOrEqual(bins + 1)
        expect(edges[0]).toBe(numbers[0]! + 0)
        const greatest = numbers.at(-1)!
        expect(edges.at(-1)).toBeGreaterThan(greatest)
        expect(edges.at(-1)! - greatest).toBeLessThanOrEqual(
          Math.max(Math.abs(greatest) * 1e-15, 1e-323, edges.at(-1) === Infinity ? Infinity : 0),
        )
        const width = (greatest - numbers[0]!) / bins
        if (found.length === bins && Number.isFinite(width)) {
          // An edge far from zero is exact to its own size, however narrow the bins are. Subnormal numbers are a unit apart:
          // both edges and the width itself are rounded by half of one.
          const exactness =
            width / 2_000 + 4e-16 * Math.max(Math.abs(numbers[0]!), Math.abs(greatest)) + Number.MIN_VALUE
          for (const { from, to } of found.slice(0, -1))
            expect(Math.abs(to - from - width)).toBeLessThanOrEqual(exactness)
        }
      }),
    )
  })
})

/** Days on which clocks change, in whatever way. */
const CHANGES: readonly (readonly [zone: string, day: string])[] = [
  ['UTC', '2024-02-29'],
  ['Europe/Berlin', '2024-03-31'],
  ['Europe/Berlin', '2024-10-27'],
  ['America/New_York', '2024-11-03'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/Sao_Paulo', '2019-02-17'],
  ['Africa/Cairo', '2024-04-26'],
  ['Australia/Lord_Howe', '2024-04-07'],
  ['Australia/Lord_Howe', '2024-10-06'],
  ['Asia/Kathmandu', '2024-01-01'],
  ['Pacific/Apia', '2011-12-30'],
  ['+05:30', '2024-01-01'],
]
const units: readonly HistogramUnit[] = ['hour', 'day', 'week', 'month']

describe('histograms', () => {
  test('about days on which clocks change', () => {
    const DAY = 86_400_000
    const time = fc.oneof(
      fc.integer({ min: -2 * DAY, max: 2 * DAY }),
      fc.integer({ min: -96, max: 96 }).map((quarters) => quarters * 900_000),
      fc.integer({ min: -20 * DAY, max: 20 * DAY }),
    )
    const started = fc.tuple(time, fc.constantFrom('', '000', '999', '001'))
    fc.assert(
      fc.property(
        fc.constantFrom(...CHANGES),
        fc.array(fc.tuple(started, started, fc.boolean()), { maxLength: 20 }),
        fc.constantFrom(...forms),
        fc.constantFrom<Group>([], [{ field: 'is_marked', lookup: 'exact', value: true }]),
        fc.constantFrom('started_at', 'ended_at'),
        fc.constantFrom(...units),
        ([timeZone, day], times, options, where, field, every) => {
          const at = ([ms, micros]: readonly [number, string]) =>
            new Date(Date.parse(day) + ms).toISOString().replace('Z', `${micros}Z`)
          const given = times.map(([start, end, is_marked], i) => {
            const ended_at = i % 4 === 0 ? null : at(end)
            return { conversation_id: `c${i}`, started_at: at(start), ended_at, is_marked }
          })
          const { store, reference } = sidesOf(given, options)
          const found = built(store, { where }).histogram(field, { every, timeZone })
          expect(found).toEqual(histogramOf(reference, { where }, field, every, timeZone))
        },
      ),
    )
  })

  test('after each step of any history', () => {
    const zones = fc.constantFrom(undefined, 'Europe/Berlin', 'Asia/Kathmandu', 'America/New_York')
    const question = fc.tuple(
      conditionSpec,
      fc.constantFrom('started_at', 'ended_at'),
      fc.constantFrom(...units, 'hour', 'day'),
      zones,
    )
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.tuple(step, question), { maxLength: 3 }),
        fc.constantFrom(...forms),
        (given, steps, options) => {
          const sides = new History(options)
          sides.take({ op: 'addMany', rows: given.map(({ id: _id, ...row }) => row), onInvalid: 'skip', own: false })
          for (const [one, [asked, field, every, timeZone]] of steps) {
            sides.take(one)
            const spec = { ...asked, where: [...asked.where, ...within(field)] }
            const found = built(sides.store, spec).histogram(field, { every, timeZone })
            expect(found).toEqual(histogramOf(sides.reference, spec, field, every, timeZone ?? 'UTC'))
          }
        },
      ),
    )
  })

  test('of any time: every row is in its bucket, or there are too many', () => {
    const time = fc.constantFrom(...INSTANTS.slice(0, -2), '2010-11-07T03:00Z')
    const zone = fc.constantFrom('Europe/London', 'America/St_Johns')
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1, maxLength: 6 }),
        fc.constantFrom<HistogramUnit>('month'),
        zone,
        (times, every, timeZone) => {
          const given = times.map((started_at, i) => ({ conversation_id: `c${i}`, started_at }))
          const query = ConversationStore.from(given, SMALL).query()
          const instants = times.map(
            (text) => Query.fromObject({ started_at_after: text }).spec.where[0],
          ) as FieldCondition[]
          const texts = instants.map(({ value }) => String(value))
          const longest = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 31 * 86_400_000 }[every]
          const milliseconds = texts.map((text) => Date.parse(text))
          const span = Math.max(...milliseconds) - Math.min(...milliseconds)
          if (span > 10_100 * longest) {
            expect(() => query.histogram('started_at', { every, timeZone })).toThrow('buckets')
            return
          }
          const found = query.histogram('started_at', { every, timeZone })
          expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(times.length)
          found.forEach(({ from, to, count }, i) => {
            if (i > 0) expect(from).toBe(found[i - 1]!.to)
            if (count === 0) return
            const isIn = (ms: number) => ms >= Date.parse(from) && ms < Date.parse(to)
            expect(milliseconds.filter(isIn).length).toBe(count)
          })
        },
      ),
    )
  })
})

/** Half of a surrogate pair without the other. */
const LONE = /\p{Surrogate}/u

describe('highlights', () => {
  test('of any row, whether or not it matches', () => {
    const spec = fc.oneof(
      conditionSpec,
      groupsOf(anyField).map((where): QuerySpec => ({ where })),
    )
    fc.assert(
      fc.property(rows, fc.array(spec, { minLength: 1, maxLength: 4 }), (given, specs) => {
        const { store, reference } = sidesOf(given, SMALL)
        for (const one of specs) {
          const query = built(store, one)
          for (const row of reference.rows) {
            const found = query.highlights(store.get(row.id)!)
            const expected = highlightsOf(query.spec, row)
            expectEqual(
              found.map(({ snippet: _, ...rest }) => rest),
              expected,
            )
            for (const { field, index, run, part, ranges, snippet } of found) {
              const message = index === null ? undefined : row.messages[index]!
              const said = message === undefined ? String(open(row)[field]) : message.content
              const text = field === 'action' ? textOf(runsOf(message!)[run!]!, part!)! : said
              const from = ranges[0]![0] - snippet.ranges[0]![0]
              expect(text.slice(from, from + snippet.text.length)).toBe(snippet.text)
              expect(snippet.ranges.map(([a, b]) => [a + from, b + from])).toEqual(
                ranges.slice(0, snippet.ranges.length),
              )
              expect(LONE.test(snippet.text) && !LONE.test(text)).toBe(false)
            }
          }
        }
      }),
    )
  })
})
