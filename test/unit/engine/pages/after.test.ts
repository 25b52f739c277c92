/** The rows after a key, however they are found: by time, along a permutation, or by one pass over few matches. */
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { rowNumbersAfter } from '../../../../src/engine/pages/after.ts'
import { keyOf } from '../../../../src/engine/pages/order-key.ts'
import { run } from '../../../../src/engine/run.ts'
import { ConversationStore } from '../../../../src/index.ts'
import type { OrderTerm, QuerySpec } from '../../../../src/query/spec.ts'
import type { ConversationInput } from '../../../../src/row/conversation.ts'
import { readConversation } from '../../../../src/row/read.ts'
import { inSegments } from '../../../in-segments.ts'
import { ReferenceStore } from '../../../reference.ts'

/** Every 20th row is a tv: too few to be found along a permutation. Customers come in another order than time, many alike. */
const ROWS: readonly ConversationInput[] = Array.from({ length: 120 }, (_, i) => ({
  id: i + 1,
  conversation_id: `c${i}`,
  started_at: new Date(Date.UTC(2026, 0, 5, 0, 0, (i * 7) % 100)).toISOString(),
  device: i % 20 === 2 ? 'tv' : 'mobile',
  customer_id: i % 3 === 0 ? null : `m${(i * 11) % 7}`,
  is_marked: i % 5 < 2,
  ended_at: i % 4 === 0 ? null : `2026-01-06T00:00:00.00000${(i * 7) % 5}Z`,
}))

const REFERENCE = new ReferenceStore()
for (const row of ROWS) REFERENCE.add(row)

describe.each([
  ['one segment', {}],
  ['many segments', inSegments(16, 3)],
])('cursor pages are the whole answer, each row once: %s', (_, options) => {
  test.each([
    ['started_at'],
    ['-started_at'],
    ['customer_id'],
    ['-customer_id', 'id'],
    ['id'],
    ['-id'],
    ['is_marked', '-started_at'],
    ['ended_at'],
    ['-ended_at', 'is_marked'],
  ] as const)('by %s', (...terms) => {
    for (const pageSize of [1, 5]) {
      for (const device of ['tv', 'mobile', undefined]) {
        // A store that has sorted nothing yet: what is sorted already is walked.
        for (const isSorted of [false, true]) {
          const store = ConversationStore.from(ROWS, options)
          if (isSorted)
            store
              .query()
              .orderBy(...terms)
              .ids()
          const query = store
            .query()
            .orderBy(...terms)
            .pageSize(pageSize)
          const asked = device === undefined ? query : query.device(device)
          const seen: number[] = []
          let page = asked.fetch()
          // More pages than there can be: a row that comes twice ends the loop.
          for (let turns = 0; turns < 130; turns++) {
            seen.push(...page.results.map(({ id }) => id))
            if (page.next_cursor === null) break
            page = asked.after(page.next_cursor).fetch()
          }
          expect(seen).toEqual(REFERENCE.ids(asked.spec))
        }
      }
    }
  })
})

describe('how the rows are found', () => {
  const engineOf = () => {
    const engine = new Engine()
    for (const raw of ROWS)
      engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
    return engine
  }
  const tv: QuerySpec['where'] = [{ field: 'device', lookup: 'exact', value: 'tv' }]

  /** The ids after the first row of an order, and what was made to find them. */
  function found(engine: Engine, where: QuerySpec['where'], orderBy: readonly OrderTerm[], size: number) {
    const [first] = REFERENCE.ids({ where, orderBy })
    const key = keyOf(REFERENCE.get(first!)! as never, orderBy)
    const numbers = run({ where, orderBy }, engine, (matches) => rowNumbersAfter(matches, key, size, engine))
    const [segment] = engine.segments
    return {
      ids: numbers.map((number) => engine.documents.row(number).id),
      columns: [...segment!.columns.keys()].sort(),
      sorted: segment!.permutations.size,
    }
  }

  test.each([0, 1, 3, 200])('no more than are asked for: %i', (size) => {
    for (const orderBy of [['started_at'], ['-started_at'], ['customer_id']] as OrderTerm[][]) {
      for (const where of [[], tv]) {
        expect(found(engineOf(), where, orderBy, size).ids).toEqual(
          REFERENCE.ids({ where, orderBy }).slice(1, size + 1),
        )
      }
    }
  })

  test('by time nothing is made', () => {
    expect(found(engineOf(), [], ['started_at'], 3)).toMatchObject({ columns: [], sorted: 0 })
  })

  test('few matches are compared, and nothing is sorted; of many, all slots are sorted once', () => {
    expect(found(engineOf(), tv, ['customer_id'], 3)).toMatchObject({ columns: ['customer_id'], sorted: 0 })
    expect(found(engineOf(), [], ['customer_id'], 3)).toMatchObject({ columns: ['customer_id', 'id'], sorted: 1 })
  })
})
