/** Any rows, any order, any history between the pages: a cursor goes on after its row, and only in its own query. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidQueryError } from '../../src/base/errors.ts'
import { ConversationStore, Query } from '../../src/index.ts'
import type { QuerySpec } from '../../src/query/spec.ts'
import { built } from '../arbitraries/asking.ts'
import { History, step } from '../arbitraries/histories.ts'
import { expectEqual } from '../arbitraries/plain.ts'
import { conditionSpec } from '../arbitraries/questions.ts'
import { manyRows, rows } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'

const SMALL = inSegments(4, 2)

/** Few conditions more often than many, so that there are pages to go through. */
const spec = fc
  .tuple(
    fc.oneof(
      conditionSpec,
      conditionSpec.map((it): QuerySpec => ({ ...it, where: [] })),
    ),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([it, pageSize]): QuerySpec => ({ ...it, pageSize }))

test('the pages one after another are the whole answer, and those of pages()', () => {
  fc.assert(
    fc.property(
      fc.oneof({ arbitrary: rows, weight: 6 }, manyRows),
      spec,
      fc.constantFrom(SMALL, {}),
      fc.nat(9),
      (given, asked, options, more) => {
        const store = ConversationStore.from(given, options)
        const sized = { ...asked, pageSize: asked.pageSize! + (given.length > 20 ? given.length >> 3 : 0) + more }
        const query = built(store, sized)
        const pages = [query.fetch()]
        for (let cursor = pages[0]!.next_cursor; cursor !== null; cursor = pages.at(-1)!.next_cursor) {
          // Through a URL and back it is the same query.
          const next = query.after(cursor)
          expect(Query.fromSearchParams(String(next.toSearchParams())).key).toBe(next.key)
          pages.push(store.run(Query.fromSpec(JSON.parse(JSON.stringify(next))) as typeof query))
        }
        expect(pages.flatMap(({ results }) => results.map(({ id }) => id))).toEqual(query.ids())
        const numbered = [...query.pages()]
        expect(pages.map(({ next_cursor }) => next_cursor)).toEqual(numbered.map(({ next_cursor }) => next_cursor))
        const rest = pages[0]!.next_cursor === null ? [] : [...query.after(pages[0]!.next_cursor).pages()]
        expectEqual(rest, pages.slice(1))
        for (const page of rest) {
          expect(page).toMatchObject({ current_page: null, next: null, previous: null })
          expect([page.count, page.total_pages]).toEqual([numbered[0]!.count, numbered[0]!.total_pages])
        }
      },
    ),
  )
})

test('rows are written between the pages: each has what comes after the last row of the one before, as that was', () => {
  fc.assert(
    fc.property(
      rows,
      spec,
      fc.array(
        fc.array(
          step.filter(({ op }) => op !== 'flood'),
          { maxLength: 2 },
        ),
        { maxLength: 4 },
      ),
      (given, asked, histories) => {
        const sides = new History(SMALL)
        // A store that has used up the greatest id gives none any more.
        const some = given.map((row) => (row.id === Number.MAX_SAFE_INTEGER ? { ...row, id: 200 } : row))
        sides.take({ op: 'addMany', rows: some, onInvalid: 'skip', own: false })
        const query = built(sides.store, asked)
        let page = query.fetch()
        for (const history of histories) {
          const last = page.results.at(-1)
          if (last === undefined || page.next_cursor === null) return
          const row = sides.reference.get(last.id)!
          for (const one of history) sides.take(one)
          page = query.after(page.next_cursor).fetch()
          const { ids, isLast } = sides.reference.after(asked, row)
          expect(page.results.map(({ id }) => id)).toEqual(ids)
          expect(page.next_cursor === null).toBe(isLast)
        }
      },
    ),
  )
})

test('the cursor of one query is none of another, unless filters and order are the same', () => {
  fc.assert(
    fc.property(rows, spec, spec, (given, one, other) => {
      const store = ConversationStore.from(given, SMALL)
      const cursor = built(store, one).fetch().next_cursor
      if (cursor === null) return
      const partsOf = ({ lean: _, pageSize: __, ...parts }: QuerySpec) => JSON.stringify(parts)
      const query = built(store, other)
      const isSame = partsOf(query.spec) === partsOf(built(store, one).spec)
      const ask = () => query.after(cursor).fetch()
      if (isSame) ask()
      else expect(ask).toThrow(expect.objectContaining({ code: 'INVALID_CURSOR', parameter: 'cursor' }))
    }),
  )
})

test('what is no cursor is refused, whatever it is; one that is changed in any place too', () => {
  const store = ConversationStore.from(
    ['a', 'ü', '\ud800'].map((customer_id, i) => ({ conversation_id: `${i}`, started_at: '2024-01-15', customer_id })),
  )
  const query = store.query().orderBy('customer_id').pageSize(1)
  const cursor = query.fetch().next_cursor!
  const changed = fc
    .tuple(fc.nat(cursor.length), fc.nat(2), fc.string({ maxLength: 2 }))
    .map(([at, cut, put]) => cursor.slice(0, at) + put + cursor.slice(at + cut))
  const base64url = fc.string({ unit: fc.constantFrom(...'ABCabc019-_'), maxLength: 40 })
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), base64url, changed), (text) => {
      if (text === cursor) return
      try {
        store.query().after(text)
        expect.unreachable(text)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidQueryError)
        expect(error).toMatchObject({ code: text === '' ? 'INVALID_VALUE' : 'INVALID_CURSOR' })
      }
    }),
  )
})
