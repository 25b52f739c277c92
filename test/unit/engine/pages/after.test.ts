/** The rows after a key, however they are found: by time, along a permutation, or by one pass over few matches. */
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../../src/index.ts'
import type { ConversationInput } from '../../../../src/row/conversation.ts'
import { inSegments } from '../../../in-segments.ts'
import { ReferenceStore } from '../../../reference.ts'

/** Every 20th row is a tv: too few to be found along a permutation. Customers come in another order than time, many alike. */
const ROWS: readonly ConversationInput[] = Array.from({ length: 120 }, (_, i) => ({
  id: i + 1,
  conversation_id: `c${i}`,
  started_at: new Date(Date.UTC(2026, 0, 5, 0, 0, (i * 7) % 100)).toISOString(),
  device: i % 20 === 2 ? 'tv' : 'mobile',
  customer_id: i % 3 === 0 ? null : `m${(i * 11) % 7}`,
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
