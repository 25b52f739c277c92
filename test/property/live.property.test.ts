/** Any history of writes: after each of them a live query has told what asking afresh gives, once, and nothing if it is the same. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidPageError } from '../../src/base/errors.ts'
import type { CountNotice, PageNotice, RowChanges } from '../../src/features/live/types.ts'
import type { LeanConversation } from '../../src/index.ts'
import { ConversationStore, type ConversationStoreOptions } from '../../src/index.ts'
import type { QuerySpec } from '../../src/query/spec.ts'
import { built } from '../arbitraries/asking.ts'
import { type ChangeStep, changed, History, type Step, step, validRow } from '../arbitraries/histories.ts'
import { expectEqual, plain } from '../arbitraries/plain.ts'
import { conditionSpec } from '../arbitraries/questions.ts'
import { inSegments } from '../in-segments.ts'
import type { ReferenceStore, Row } from '../reference.ts'

const SMALL: ConversationStoreOptions = inSegments(4, 2)

type AnyRow = Row | LeanConversation

/** Pages so small that rows come and go at both ends. */
const pageSpec: fc.Arbitrary<QuerySpec> = fc
  .tuple(
    fc.oneof({ arbitrary: conditionSpec, weight: 3 }, fc.constant<QuerySpec>({ where: [] })),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom<number | 'last' | undefined>(undefined, undefined, undefined, 2, 3, 'last'),
    fc.constantFrom<readonly (keyof typeof ORDERS)[]>(
      [],
      ['customer_id'],
      ['-language', 'is_marked'],
      ['-id'],
      ['-duration'],
      ['action_count', 'message_count'],
    ),
  )
  .map(([spec, pageSize, page, orderBy]) => ({
    ...spec,
    ...(orderBy.length > 0 && { orderBy: orderBy as NonNullable<QuerySpec['orderBy']> }),
    pageSize,
    ...(page !== undefined && { page }),
  }))
const ORDERS = {
  ...{ customer_id: 0, '-language': 0, is_marked: 0, '-id': 0 },
  ...{ '-duration': 0, action_count: 0, message_count: 0 },
}

/** Some with a conversation so long that its versions share their messages. */
const start = fc.array(
  fc.oneof(
    { arbitrary: validRow, weight: 4 },
    validRow.map((row) => ({ ...row, messages: [...(row.messages ?? []), LONG] })),
  ),
  { maxLength: 10, size: 'max' },
)
const LONG = { sender: 'agent' as const, content: 'Hi, you '.repeat(2_048) }
const steps = fc.array(
  step.filter(({ op }) => op !== 'flood'),
  { maxLength: 8, size: 'max' },
)

/** The page that the reference gives; past the end an empty one. */
function expectedPage(reference: ReferenceStore, spec: QuerySpec) {
  const answer = reference.answer(spec)
  if (!('invalidPage' in answer)) {
    const { count, page_size, total_pages, current_page, results } = answer
    return { count, page_size, total_pages, current_page, results }
  }
  const first = reference.answer({ ...spec, page: 1 }) as typeof answer & { count: number; total_pages: number }
  const { count, total_pages } = first
  return { count, page_size: spec.pageSize!, total_pages, current_page: spec.page as number, results: [] as AnyRow[] }
}

/** What became of a page, by id and content. */
function expectedChanges(before: readonly AnyRow[], after: readonly AnyRow[]): RowChanges {
  const ids = (rows: readonly AnyRow[]) => rows.map(({ id }) => id)
  const stayedBefore = ids(before).filter((id) => ids(after).includes(id))
  const stayedAfter = ids(after).filter((id) => ids(before).includes(id))
  const contentOf = (rows: readonly AnyRow[], id: number) => plain(rows.find((row) => row.id === id))
  const changes = stayedAfter.filter((id) => contentOf(before, id) !== contentOf(after, id))
  const isMoved = (id: number) => stayedBefore.indexOf(id) !== stayedAfter.indexOf(id)
  return {
    inserted: ids(after).filter((id) => !ids(before).includes(id)),
    updated: changes.filter((id) => !isMoved(id)),
    removed: ids(before).filter((id) => !ids(after).includes(id)),
    moved: changes.filter(isMoved),
  }
}

function unlessInvalidPage<Value>(call: () => Value): Value | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof InvalidPageError) return undefined
    throw error
  }
}

/** Writes to a store what the step says, if it can be written. */
function write(store: ConversationStore, one: Step): void {
  const rows = [...store]
  if (one.op === 'clear') store.clear()
  else if (one.op === 'nothing' || one.op === 'flood' || one.op === 'warm') store.warm({ text: false })
  else if (one.op === 'add' || one.op === 'upsert') store[one.op](one.row)
  else if (one.op === 'addMany') store.addMany(one.rows, { onInvalid: one.onInvalid })
  else if (rows.length > 0) changed(store, rows[one.pick.place % rows.length]!.id, one as ChangeStep)
}

function attempt(call: () => void): void {
  try {
    call()
  } catch {
    // A row that cannot be written: nothing has changed.
  }
}

describe('pages', () => {
  test('each write tells the page that the reference has, if it is another, and what became of its rows', () => {
    fc.assert(
      fc.property(
        start,
        fc.array(pageSpec, { minLength: 1, maxLength: 2 }),
        steps,
        fc.constantFrom(SMALL, {}),
        (rows, specs, history, options) => {
          const sides = new History(options)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          const live = specs.flatMap((spec) => {
            const told: PageNotice<AnyRow>[] = []
            const query = built(sides.store, spec)
            const sub = unlessInvalidPage(() => query.subscribe((notice) => told.push(notice as PageNotice<AnyRow>)))
            if (sub === undefined) {
              expect(sides.reference.answer(spec)).toEqual({ invalidPage: true })
              return []
            }
            return [{ spec, told, query, page: expectedPage(sides.reference, spec) }]
          })
          for (const { told, page } of live) {
            expect(told).toHaveLength(1)
            expectPage(told.pop()!, page, { inserted: [], updated: [], removed: [], moved: [] })
          }
          for (const one of history) {
            sides.take(one)
            for (const it of live) {
              const before = it.page
              it.page = expectedPage(sides.reference, it.spec)
              if (plain(before) === plain(it.page)) expect(it.told).toEqual([])
              else {
                expect(it.told).toHaveLength(1)
                expectPage(it.told[0]!, it.page, expectedChanges(before.results, it.page.results))
                const fresh = unlessInvalidPage(() => it.query.fetch())
                if (fresh !== undefined) expectEqual(it.told[0]!.page, fresh)
              }
              it.told.length = 0
            }
          }
        },
      ),
    )
  })

  test('a page after a cursor stays behind the row that it was made from', () => {
    fc.assert(
      fc.property(start, pageSpec, steps, (rows, { page: _, ...spec }, history) => {
        const sides = new History(SMALL)
        sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
        const query = built(sides.store, spec)
        const first = query.fetch()
        if (first.next_cursor === null) return
        const last = sides.reference.get(first.results.at(-1)!.id)!
        const told: PageNotice<AnyRow>[] = []
        query.after(first.next_cursor).subscribe((notice) => told.push(notice as PageNotice<AnyRow>))
        for (const one of [{ op: 'nothing' } as Step, ...history]) {
          sides.take(one)
          const { page } = told.at(-1)!
          const { ids, isLast } = sides.reference.after(spec, last)
          expect(page.results.map(({ id }) => id)).toEqual(ids)
          expect(page.next_cursor === null).toBe(isLast)
          expectEqual(page, query.after(first.next_cursor).fetch())
        }
      }),
    )
  })
})

function withoutLinks({ page }: PageNotice<AnyRow>) {
  const { next: _, previous: __, next_cursor: ___, ...rest } = page
  return rest
}

function expectPage(notice: PageNotice<AnyRow>, page: object, changes: RowChanges): void {
  expectEqual(withoutLinks(notice), page)
  expect(notice.changes).toEqual(changes)
}

test('each batch is told once, pages, counts and facets, if they are others', () => {
  fc.assert(
    fc.property(
      start,
      fc.array(pageSpec, { minLength: 1, maxLength: 2 }),
      fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 3 }),
      fc.boolean(),
      (rows, specs, batches, disjunctive) => {
        const store = new ConversationStore(SMALL)
        store.addMany(rows, { onInvalid: 'skip' })
        const facets = { device: true, is_marked: true, feedback_sentiment: true, 'metadata.a': { limit: 2 } } as const
        const live = specs.flatMap(({ page, ...spec }) => {
          // A page that is past the end is no page to be asked afresh.
          const query = built(store, page === 'last' ? { ...spec, page } : spec)
          const [pages, counts, faceted]: unknown[][] = [[], [], []]
          query.subscribe((notice: PageNotice<unknown>) => pages!.push(notice.page))
          query.subscribe(({ count }: CountNotice) => counts!.push(count), { select: 'count' })
          query.subscribe(({ count, facets }) => faceted!.push({ count, facets }), {
            select: 'count',
            facets,
            disjunctive,
          })
          const asked: readonly (readonly [unknown[], () => unknown])[] = [
            [pages!, () => query.fetch()],
            [counts!, () => query.count()],
            [faceted!, () => ({ count: query.count(), facets: query.facets(facets, { disjunctive }) })],
          ]
          return asked.map(([told, ask]) => ({ told, ask, before: plain(ask()) }))
        })
        for (const it of live) expect(plain(it.told.splice(0))).toBe(`[${it.before}]`)
        for (const batch of batches) {
          attempt(() =>
            store.batch(() => {
              for (const one of batch) attempt(() => store.batch(() => write(store, one)))
              if (batch.length % 3 === 0) throw new Error('What was written stands.')
            }),
          )
          for (const it of live) {
            const now = plain(it.ask())
            expect(plain(it.told.splice(0))).toBe(now === it.before ? '[]' : `[${now}]`)
            it.before = now
          }
        }
      },
    ),
  )
})

test('a page that is held keeps its rows in their places, as they are now, until nothing waits or it is released', () => {
  fc.assert(
    fc.property(
      start,
      pageSpec,
      fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 3 }), fc.nat(5)), { maxLength: 14, size: 'max' }),
      (rows, spec, history) => {
        const store = new ConversationStore(SMALL)
        store.addMany(rows, { onInvalid: 'skip' })
        const query = built(store, spec)
        if (unlessInvalidPage(() => query.fetch()) === undefined) return
        let shown: readonly AnyRow[] = []
        let waiting = 0
        let calls = 0
        const sub = query.subscribe(
          ({ page }: PageNotice<AnyRow>) => {
            shown = page.results
            calls++
          },
          {
            hold: true,
            onWaiting: (now) => {
              waiting = now
            },
          },
        )
        let matching = new Set(query.ids())
        /** Those that have come since the page stands still. */
        let arrived: number[] = []
        for (const [written, release] of history) {
          const before = shown.map(({ id }) => id)
          store.batch(() => {
            for (const one of written) attempt(() => write(store, one))
          })
          expect(sub.waiting).toBe(waiting)
          const all = query.all()
          const matched = matching
          matching = new Set(all.map(({ id }) => id))
          arrived = [...matching].filter((id) => arrived.includes(id) || !matched.has(id))
          const now = unlessInvalidPage(() => query.fetch())?.results ?? []
          expect(waiting).toBeGreaterThanOrEqual(arrived.length)
          const isInPlace = plain(before.filter((id) => matching.has(id))) === plain(now.map(({ id }) => id))
          if (arrived.length === 0 && isInPlace) expect(waiting).toBe(0)
          if (waiting === 0) expectEqual(shown, now)
          else {
            const ids = new Set(all.map(({ id }) => id))
            expect(shown.map(({ id }) => id)).toEqual(before.filter((id) => ids.has(id)))
            expectEqual(
              shown,
              shown.map(({ id }) => all.find((row) => row.id === id)),
            )
          }
          if (release > 0) continue
          arrived = []
          const called = calls
          sub.release()
          expect([sub.waiting, waiting]).toEqual([0, 0])
          expectEqual(shown, now)
          expect(calls - called).toBeLessThanOrEqual(1)
        }
      },
    ),
  )
})
