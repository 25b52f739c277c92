/** A walk by time gives each row once, whatever is written meanwhile and wherever it was broken off. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHostedOptions } from '../../src/hosted/options.ts'
import { placeAfter, walk } from '../../src/hosted/walk.ts'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { createFetch } from '../../src/testing/index.ts'

const url = 'https://api.example.com'
const settingsOf = (store: ConversationStore, pageSize: number) =>
  readHostedOptions({ url, pageSize, fetch: createFetch(createHandler(store), { origin: url }) })

/** Times with many ties, down to a microsecond apart. */
const TIMES = ['2026-01-05', '2026-01-05T00:00:00.000001Z', '2026-01-05T00:00:00.001Z', '2026-01-06T10:00:00+02:00']
const rows = fc
  .array(fc.constantFrom(...TIMES), { maxLength: 30 })
  .map((times) => times.map((started_at, i) => ({ id: i + 1, conversation_id: `c${i}`, started_at })))
const sizes = fc.integer({ min: 1, max: 4 })

test('each row comes once, by its time and its id', async () => {
  await fc.assert(
    fc.asyncProperty(rows, sizes, async (given, size) => {
      const store = ConversationStore.from(given)
      const ids: number[] = []
      for await (const page of walk({ where: [] }, settingsOf(store, size))) {
        ids.push(...page.rows.map(({ id }) => id))
        expect(page.count).toBe(given.length)
      }
      expect(ids).toEqual(store.query().orderBy('started_at', 'id').ids())
    }),
  )
})

test('rows that come and go meanwhile shift nothing', async () => {
  await fc.assert(
    fc.asyncProperty(rows, sizes, fc.infiniteStream(fc.nat()), async (given, size, numbers) => {
      const store = ConversationStore.from(given)
      const gone = new Set<number>()
      const ids: number[] = []
      for await (const page of walk({ where: [] }, settingsOf(store, size))) {
        ids.push(...page.rows.map(({ id }) => id))
        const number = numbers.next().value!
        const victim = given[number % Math.max(1, 2 * given.length)]
        if (victim !== undefined) {
          store.delete(victim.id)
          gone.add(victim.id)
        }
        store.upsert({ conversation_id: `new${number % 5}`, started_at: '2020-01-01' })
      }
      expect(new Set(ids).size).toBe(ids.length)
      for (const { id } of given) if (!gone.has(id)) expect(ids).toContain(id)
    }),
  )
})

test('it goes on from any row, and asks for the bound that the query has', async () => {
  await fc.assert(
    fc.asyncProperty(rows, sizes, fc.nat(), async (given, size, number) => {
      const store = ConversationStore.from(given)
      const query = store.query().startedAfter('2026-01-05T00:00:00.000001Z')
      const expected = query.orderBy('started_at', 'id').all()
      const done = expected.slice(0, number % (expected.length + 1))
      const place = done.reduce<ReturnType<typeof placeAfter>>((at, row) => placeAfter([row as never], at), undefined)
      const ids: number[] = []
      for await (const page of walk(query.spec, settingsOf(store, size), place))
        ids.push(...page.rows.map(({ id }) => id))
      expect([...done.map(({ id }) => id), ...ids]).toEqual(expected.map(({ id }) => id))
    }),
  )
})
