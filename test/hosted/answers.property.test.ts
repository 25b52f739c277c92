/** The hosted API, answered by the handler: the same queries give the same answers, or are refused before anything is sent. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStoreError } from '../../src/base/errors.ts'
import { connectHosted } from '../../src/hosted/index.ts'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore, Query } from '../../src/index.ts'
import { conversations, querySpec } from '../../src/testing/arbitraries/index.ts'
import { createFetch } from '../../src/testing/index.ts'

const url = 'https://api.example.com'

/** A store, the same behind the API, and the requests that were sent. */
function pair(store: ConversationStore, pageSize = 100) {
  const sent: string[] = []
  const answer = createFetch(createHandler(store), { origin: url })
  const hosted = connectHosted({
    url,
    pageSize,
    fetch: (to, init) => {
      sent.push(to)
      return answer(to, init)
    },
  })
  return { hosted, sent }
}

/** What a call gives, or the code of its error. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return { answer: await call() }
  } catch (error) {
    if (!isStoreError(error)) throw error
    return { code: error.code }
  }
}

const idsOf = (rows: Iterable<unknown>) => [...rows].map((row) => (row as { id: number }).id)

/** What the wire can say of these specs is found by the writer of URLs, which has properties of its own. */
function isSaid(query: { toSearchParams(options: { hosted: true }): unknown }): boolean {
  try {
    query.toSearchParams({ hosted: true })
    return true
  } catch {
    return false
  }
}

describe('a hosted store', () => {
  it('answers as the store behind it, or refuses before anything is sent', async () => {
    let said = 0
    await fc.assert(
      fc.asyncProperty(conversations(), querySpec({ paged: true }), async (rows, spec) => {
        const store = ConversationStore.from(rows)
        const { hosted, sent } = pair(store)
        // The API answers with pages of ten where it is not told how many.
        const query = Query.fromSpec({ pageSize: 10, ...spec })
        const here = store.query(query.spec)
        if (!isSaid(query)) {
          expect(await outcome(() => hosted.run(query))).toEqual({ code: 'NOT_ON_THE_WIRE' })
          expect(sent).toEqual([])
          return
        }
        said++
        const envelope = ({ count, page_size, total_pages, current_page, results }: ReturnType<typeof here.fetch>) => {
          return { count, page_size, total_pages, current_page, ids: idsOf(results) }
        }
        expect(await outcome(async () => envelope(await hosted.run(query)))).toEqual(
          await outcome(() => envelope(here.fetch())),
        )
        expect(await hosted.count(query)).toBe(here.count())
        expect(await hosted.exists(query)).toBe(here.exists())
        expect((await hosted.first(query))?.id).toBe(here.first()?.id)
      }),
    )
    expect(said).toBeGreaterThan(0)
  })

  it('gives all rows, page by page, whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(conversations(), querySpec(), fc.integer({ min: 1, max: 5 }), async (rows, spec, size) => {
        const store = ConversationStore.from(rows)
        const { hosted } = pair(store, size)
        const query = Query.fromSpec(spec)
        fc.pre(isSaid(query))
        const ids = store.query(spec).ids()
        expect(await hosted.ids(query)).toEqual(ids)
        const all: unknown[] = []
        for await (const row of hosted.all(query)) all.push(row)
        expect(idsOf(all)).toEqual(ids)
      }),
    )
  })

  it('gives rows that another store takes, and which answer there as here', async () => {
    await fc.assert(
      fc.asyncProperty(conversations(), querySpec(), async (rows, spec) => {
        const store = ConversationStore.from(rows)
        const { hosted } = pair(store)
        const copy = new ConversationStore()
        let text = ''
        for await (const chunk of hosted.export(Query.fromSpec({ where: [], includeDeleted: true }))) text += chunk
        await copy.load(text)
        expect(copy.query(spec).ids()).toEqual(store.query(spec).ids())
      }),
    )
  })
})
