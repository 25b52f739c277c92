/** Any rows, any question: the store gives the whole answer that the reference gives, by every end of a query. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidPageError } from '../../src/base/errors.ts'
import { ConversationStore, type ConversationStoreOptions, Query } from '../../src/index.ts'
import type { Group, OrderTerm, QuerySpec } from '../../src/query/spec.ts'
import type { ConversationInput, LeanConversation } from '../../src/row/conversation.ts'
import type { Envelope } from '../../src/wire/envelope.ts'
import { built } from '../arbitraries/asking.ts'
import { expectEqual } from '../arbitraries/plain.ts'
import { conditionSpec, conditionsMetBy, ends, pagedSpec } from '../arbitraries/questions.ts'
import { manyRows, rows } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'
import { type Answer, ReferenceStore, type Row } from '../reference.ts'

/** How rows come to be where they are. */
interface Form {
  readonly name: string
  readonly options: ConversationStoreOptions
  /** Rows come in so many batches, with a question after each: so segments overlap in time. */
  readonly batches: number
}

/** Where the engine changes its form: so soon that five rows cross every threshold, at the words of bitmaps, and as it ships. */
const forms: readonly Form[] = [
  { name: 'small segments', options: inSegments(4, 2), batches: 3 },
  { name: 'segments of some words', options: inSegments(70, 3), batches: 3 },
  { name: 'default thresholds', options: {}, batches: 1 },
]

interface Stores {
  readonly store: ConversationStore
  readonly reference: ReferenceStore
}

function storesOf(given: readonly ConversationInput[], { options, batches }: Form): Stores {
  const store = new ConversationStore(options)
  const reference = new ReferenceStore()
  for (let batch = 0; batch < batches; batch++) {
    const rows = given.filter((_, i) => i % batches === batch)
    store.addMany(rows)
    for (const row of rows) reference.add(row)
    expect(store.query().includeDeleted().count()).toBe(reference.rows.length)
  }
  return { store, reference }
}

/** All rows that match, in order, as the query gives them. */
function referenceRows(reference: ReferenceStore, spec: QuerySpec): (Row | LeanConversation)[] {
  return reference.ids(spec).map((id) => {
    const row = reference.get(id)!
    if (spec.lean !== true) return row
    const { messages, feedbacks, ...rest } = row
    return { ...rest, message_count: messages?.length ?? 0, feedback_count: feedbacks?.length ?? 0 } as LeanConversation
  })
}

/** The reference's page, or undefined where there is none. */
function referencePage(reference: ReferenceStore, spec: QuerySpec): Answer | undefined {
  const answer = reference.answer(spec)
  return 'invalidPage' in answer ? undefined : answer
}

/** The seven keys of the HTTP API. */
function withoutCursor<Row>({ next_cursor: _, ...envelope }: Envelope<Row>): Omit<Envelope<Row>, 'next_cursor'> {
  return envelope
}

/** What a call gives, or undefined where there is no such page. */
function unlessInvalidPage<Value>(call: () => Value): Value | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof InvalidPageError) return undefined
    throw error
  }
}

/** By every end of a query the store says what the reference says. */
function expectSameAnswers({ store, reference }: Stores, spec: QuerySpec): void {
  const asked = built(store, spec)
  const ids = reference.ids(spec)
  expect(asked.ids()).toEqual(ids)
  expect(asked.count()).toBe(ids.length)
  expect(asked.exists()).toBe(ids.length > 0)
  expect(asked.explain().count).toBe(ids.length)

  const matches = referenceRows(reference, spec)
  expectEqual(asked.all(), matches)
  expectEqual([...asked], matches)
  expectEqual(asked.first(), matches[0])
  for (const row of reference.rows) expect(asked.matches(row)).toBe(reference.holds(spec, row))

  const expected = referencePage(reference, spec)
  const page = unlessInvalidPage(() => asked.fetch())
  expect(page?.results.map(({ id }) => id)).toEqual(expected?.ids)
  // The same question as a URL: whose links are the query's own.
  const wire = reference.wire(String(asked.toSearchParams()))
  if (page === undefined) expect(wire.status).toBe(404)
  else expectEqual(withoutCursor(page), wire.status === 200 ? wire.envelope : wire)
  if (page !== undefined) expectEqual(store.run(Query.fromSpec(spec)), page)

  const pages = unlessInvalidPage(() => [...asked.pages()])
  expect(pages === undefined).toBe(expected === undefined)
  pages?.forEach((one, i) => {
    const { ids: _, ...rest } = referencePage(reference, { ...spec, page: expected!.current_page + i })!
    const { next, previous, ...counted } = withoutCursor(one)
    expectEqual(counted, rest)
    expect([next === null, previous === null]).toEqual([
      rest.current_page === rest.total_pages,
      rest.current_page === 1,
    ])
  })
  if (pages !== undefined) expect(pages.length).toBe(expected!.total_pages - expected!.current_page + 1)
}

describe.each(forms)('$name', (form) => {
  test('any rows and any spec, text index cold and warm', () => {
    fc.assert(
      fc.property(rows, pagedSpec, (given, spec) => {
        const stores = storesOf(given, form)
        expectSameAnswers(stores, spec)
        stores.store.warm()
        expectSameAnswers(stores, spec)
      }),
    )
  })

  test('every page, the last, and none past the end', () => {
    fc.assert(
      fc.property(rows, conditionSpec, fc.integer({ min: 1, max: 7 }), (given, spec, pageSize) => {
        const { store, reference } = storesOf(given, form)
        const count = reference.ids(spec).length
        const pages = Math.max(1, Math.ceil(count / pageSize))
        const seen: number[] = []
        for (const page of [...Array.from({ length: pages }, (_, i) => i + 1), 'last'] as const) {
          const paged = { ...spec, pageSize, page }
          const wire = reference.wire(String(Query.fromSpec(paged).toSearchParams()))
          if (wire.status !== 200) throw new Error(`page ${page} of ${pages}`)
          const answer = built(store, paged).fetch()
          expectEqual(withoutCursor(answer), wire.envelope)
          expect(answer.next_cursor === null).toBe(answer.next === null)
          if (page !== 'last') seen.push(...answer.results.map(({ id }) => id))
        }
        expect(seen).toEqual(reference.ids(spec))
        for (const page of [pages + 1, pages + 2, 1_000_000, Number.MAX_SAFE_INTEGER]) {
          expect(() => built(store, { ...spec, pageSize, page }).fetch()).toThrow(InvalidPageError)
        }
      }),
    )
  })

  test('many rows, many conditions that one of them meets', () => {
    fc.assert(
      fc.property(manyRows, fc.nat(), fc.nat(0xff_ffff), fc.nat(0xff_ffff), (given, place, some, others) => {
        fc.pre(given.length > 0)
        const { store, reference } = storesOf(given, form)
        const row = given[place % given.length]!
        const where = conditionsMetBy(row).filter(({ field }, i) => {
          // Those that few rows meet come together more rarely: they leave the rest little to do.
          const isPrecise = ['conversation_id', 'started_at', 'message'].includes(field)
          return (((isPrecise ? some & others : some | others) >> i) & 1) === 1
        })
        const spec: QuerySpec = { where, includeDeleted: true }
        const ids = reference.ids(spec)
        expect(ids).toContain(store.get(row.conversation_id)!.id)
        expect(built(store, spec).ids()).toEqual(ids)
        store.warm()
        expect(built(store, spec).ids()).toEqual(ids)
        expect(built(store, { where }).ids()).toEqual(reference.ids({ where }))
      }),
    )
  })

  test('pages deep in many rows, within ends of time', () => {
    fc.assert(
      fc.property(
        manyRows,
        fc.oneof(ends, fc.constant<Group>([])),
        fc.constantFrom<OrderTerm>('started_at', '-started_at'),
        fc.integer({ min: 1, max: 40 }),
        (given, where, term, pageSize) => {
          const { store, reference } = storesOf(given, form)
          const spec: QuerySpec = { where, orderBy: [term], includeDeleted: true, pageSize }
          const ids = reference.ids(spec)
          const pages = Math.max(1, Math.ceil(ids.length / pageSize))
          for (const page of [1, Math.ceil(pages / 3), Math.ceil(pages / 2), pages]) {
            const { results } = built(store, { ...spec, page }).fetch()
            expect(results.map(({ id }) => id)).toEqual(ids.slice((page - 1) * pageSize, page * pageSize))
          }
        },
      ),
    )
  })

  test('more rows than a bitmap has words', () => {
    fc.assert(
      fc.property(manyRows, fc.array(pagedSpec, { minLength: 1, maxLength: 3 }), (given, specs) => {
        const { store, reference } = storesOf(given, form)
        for (const spec of specs) {
          const ids = reference.ids(spec)
          expect(built(store, spec).ids()).toEqual(ids)
          const expected = referencePage(reference, spec)
          expect(unlessInvalidPage(() => built(store, spec).fetch())?.results.map(({ id }) => id)).toEqual(
            expected?.ids,
          )
          store.warm()
          expect(built(store, spec).ids()).toEqual(ids)
          expect(built(store, spec).explain().count).toBe(ids.length)
        }
      }),
    )
  })
})
