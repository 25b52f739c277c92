/** Requests that are made to be slow: refused before they run, or answered in slices. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { PostingsBuild } from '../../src/engine/terms/inverted.ts'
import { createHandler } from '../../src/http/index.ts'
import { type ConversationInput, ConversationStore } from '../../src/index.ts'
import { executorOf } from '../../src/store/inside.ts'
import { ask, row, serving } from './asking.ts'

afterEach(() => vi.restoreAllMocks())

const rows = (count: number): ConversationInput[] =>
  Array.from({ length: count }, (_, at) =>
    row(`r${at}`, {
      device: at % 2 === 0 ? 'mobile' : 'desktop',
      metadata: { n: at, plan: 'pro' },
      messages: [{ sender: 'agent', content: `refund of order ${at}` }],
      feedbacks: [{ id: at + 1, sentiment: 'neutral', comment: at % 2 === 0 ? 'Very Good' : 'Bad' }],
    }),
  )

const LIST = '/api/conversations/?page_size=1&full=false'
const list = (parameters: string) => `${LIST}&${parameters}`
const where = (conditions: unknown) => `where=${encodeURIComponent(JSON.stringify(conditions))}`
const says = (value: string) => ({ field: 'message', lookup: 'icontains', value })

describe('conditions of a request', () => {
  test('256 in where, those within or and not too; one more is a 400 that names where and the number', async () => {
    const { get } = serving(rows(3))
    const some = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ field: 'id', lookup: 'exact', value: i + 1 }))
    const within = [
      { or: some(255).map((it) => [{ not: [it] }]) },
      { field: 'device', lookup: 'exact', value: 'mobile' },
    ]
    expect((await get(list(where(within)))).body.count).toBe(2)
    const beyond = [...within, { field: 'device', lookup: 'exact', value: 'tv' }]
    const refused = await get(list(where(beyond)))
    expect([refused.status, refused.body]).toEqual([
      400,
      { where: ['where: expected at most 256 conditions, got 257.'] },
    ])
    const small = serving(rows(3), { limits: { conditions: 1 } })
    expect((await small.get(list(where(some(1))))).status).toBe(200)
    expect((await small.get(list(where([{ or: some(2).map((it) => [it]) }])))).status).toBe(400)
    expect((await small.get(list('search=refund+order&device=mobile&metadata=n:0,plan:pro'))).body.count).toBe(1)
  })

  test('nested without end, they are counted and refused as any other', async () => {
    const { get } = serving(rows(3))
    const nested = (levels: number) =>
      `${'[{"not":'.repeat(levels)}[${JSON.stringify(says('x'))}]${'}]'.repeat(levels)}`
    expect((await get(list(`where=${encodeURIComponent(nested(50))}`))).status).toBe(200)
    expect((await get(list(`where=${encodeURIComponent(nested(1_500))}`))).status).toBe(400)
    expect((await get(list(`where=${encodeURIComponent('['.repeat(20_000))}`))).status).toBe(400)
  })
})

describe('the work of a request', () => {
  test('over maxWork it is a 400 in the shape of the API, and names the parameter of the most costly condition', async () => {
    const { get, handler, store } = serving(rows(40), { maxWork: 4 })
    await handler.warm()
    expect((await get(list(where([{ field: 'device', lookup: 'exact', value: 'mobile' }])))).body.count).toBe(20)
    const costly = where([{ or: [...'refundo'].map((it) => [says(it)]) }])
    const refused = await get(list(costly))
    expect(refused.status).toBe(400)
    expect(Object.keys(refused.body)).toEqual(['where'])
    expect(refused.body.where).toHaveLength(1)
    expect(refused.body.where[0]).toMatch(/^where: expected a query of at most 4 units of work/)
    expect(refused.body.where[0]).toMatch(/The most costly condition is message icontains "/)
    const searched = await get(
      list(`search=e+f+u+o+d+n+z&${where([{ field: 'device', lookup: 'exact', value: 'mobile' }])}`),
    )
    expect([searched.status, Object.keys(searched.body)]).toEqual([400, ['search']])
    // The store itself has no limit.
    expect(store.query().search('e f u o d n').count()).toBe(40)
  })

  test.each([
    'device=mobile',
    'search=e+f+u+o+r',
    'search=%22of%20order%22+%22refund%20of%22',
    'message_contains=%20',
    'name__icontains=e&conversation_id__icontains=r&message_contains=e',
    'metadata=n:0,plan:pro,a:1,b:2',
    'metadata_key=plan&metadata_value=pro',
    'where=&search=e',
    'is_used=true&ordering=-customer_id&search=e',
  ])('without where it is always answered: %s', async (parameters) => {
    const path = list(parameters)
    const strict = await serving(rows(30), { maxWork: 0, limits: { conditions: 0 } }).get(path)
    expect(strict.status).toBe(200)
    expect(strict.body.count).toBe(
      (await serving(rows(30), { maxWork: Number.POSITIVE_INFINITY }).get(path)).body.count,
    )
  })

  test('a limit of the store does not hold for requests that are always answered', async () => {
    const store = ConversationStore.from(rows(5), { maxWork: 0 })
    const { status, body } = await ask(createHandler(store), 'GET', list('search=refund'))
    expect([status, body.count]).toEqual([200, 5])
  })

  test.each([-1, 1.5, Number.NaN, '1', null])('maxWork %j is no option', (maxWork) => {
    expect(() => createHandler(new ConversationStore(), { maxWork: maxWork as never })).toThrow(/^maxWork is /)
  })
})

describe('many of the same', () => {
  test('feedback is searched for each term once', async () => {
    const { get } = serving(rows(20))
    const includes = vi.spyOn(String.prototype, 'includes')
    expect((await get(`/api/feedbacks/?search=${'e+'.repeat(10_000)}`)).body.count).toBe(10)
    expect(includes.mock.calls.length).toBeLessThan(1_000)
    includes.mockRestore()
    expect((await get('/api/feedbacks/?search=o+GOOD+%22very+g%22+good+y')).body.count).toBe(10)
    expect((await get('/api/feedbacks/?search=good+bad')).body.count).toBe(0)
  })

  test('thousands of metadata pairs index sixteen paths at most', async () => {
    const { get, store } = serving(rows(20))
    const pairs = Array.from({ length: 3_000 }, (_, i) => `q${i}:1`)
    expect((await get(list(`metadata=${pairs.join()}`))).body.count).toBe(0)
    expect((await get(list(`metadata=n:3,plan:pro`))).body.count).toBe(1)
    const paths = Object.keys(store.stats().terms).filter((name) => name.startsWith('metadata:'))
    expect(paths.length).toBeLessThanOrEqual(18)
  })

  test('however many paths are asked for, 256 are kept', async () => {
    const { get, store } = serving(rows(4))
    for (let i = 0; i < 300; i++) expect((await get(list(`metadata=p${i}:1`))).status).toBe(200)
    const paths = executorOf(store)
      .engine.indexes.all()
      .filter(({ key }) => key.startsWith('metadata:'))
    expect(paths).toHaveLength(256)
  })
})

describe('indexes that are not there yet', () => {
  const MANY = 2_500

  /** Every look at the clock finds ten milliseconds gone. */
  function slowly() {
    let now = Date.now()
    return vi.spyOn(Date, 'now').mockImplementation(() => {
      now += 10
      return now
    })
  }

  test('are built in slices, between which others are answered', async () => {
    const { get, store } = serving(rows(MANY))
    // A store settles its rows when it is first asked.
    store.query().count()
    slowly()
    const order: string[] = []
    const slow = get(list('metadata=n:7')).then(({ body }) => order.push(`slow ${body.count}`))
    await new Promise((resume) => setTimeout(resume))
    const quick = get('/api/conversations/7/').then(({ status }) => order.push(`quick ${status}`))
    await Promise.all([slow, quick])
    expect(order).toEqual(['quick 200', 'slow 1'])
  })

  test('of several paths are built in one pass over the rows', async () => {
    const { get } = serving(rows(MANY))
    const builds: unknown[] = []
    const step = PostingsBuild.prototype.step
    vi.spyOn(PostingsBuild.prototype, 'step').mockImplementation(function (this: PostingsBuild, ...of) {
      builds.push(this)
      return step.apply(this, of)
    })
    expect((await get(list('metadata=n:7,plan:pro,x:1'))).body.count).toBe(0)
    expect(new Set(builds.slice(0, 3)).size).toBe(3)
    expect(builds.slice(0, 9)).toEqual([...builds.slice(0, 3), ...builds.slice(0, 3), ...builds.slice(0, 3)])
  })

  test('are built once for two requests at a time, and rows that are written meanwhile are found', async () => {
    const { get, post, store } = serving(rows(MANY))
    store.query().count()
    slowly()
    const { engine } = executorOf(store)
    const first = get(list('metadata=plan:pro'))
    const second = get(list('metadata=plan:pro'))
    await new Promise((resume) => setTimeout(resume))
    await post('/api/conversations/', { conversation_id: 'late', metadata: { plan: 'pro' } })
    expect((await first).body.count).toBe(MANY + 1)
    expect((await second).body.count).toBe(MANY + 1)
    expect(engine.work.indexed).toBeLessThanOrEqual(MANY + 2)
  })
})
