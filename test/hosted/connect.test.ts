/** The hosted API as a store: what is written, what is refused, and what happens when the API does not answer. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectHosted, type HostedFetch } from '../../src/hosted/index.ts'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore, query } from '../../src/index.ts'
import { createFetch } from '../../src/testing/index.ts'

const url = 'https://api.example.com'
const key = 'ags_0123456789abcdef0123456789abcdef_012345'

function rows() {
  return ConversationStore.from([
    {
      id: 7,
      conversation_id: 'a',
      started_at: '2026-01-05T10:00:00Z',
      device: 'mobile',
      metadata: { plan: 'pro', seats: 3 },
      messages: [{ sender: 'end_user', content: 'Where is my refund?' }],
    },
    {
      id: 8,
      conversation_id: 'b/1 ?',
      started_at: '2026-01-06T10:00:00Z',
      device: 'desktop',
      metadata: { plan: 'free' },
    },
  ])
}

function connected(store = rows()) {
  return connectHosted({ url, key, fetch: createFetch(createHandler(store), { origin: url }) })
}

describe('writes', () => {
  it('change what the API can change, and give the row as it is afterwards', async () => {
    const store = rows()
    const hosted = connected(store)
    expect(await hosted.mark('a')).toMatchObject({ id: 7, is_marked: true })
    expect(await hosted.mark(7, false)).toMatchObject({ is_marked: false })
    expect(await hosted.rename('b/1 ?', 'Second')).toMatchObject({ id: 8, name: 'Second' })
    expect(await hosted.update(7, { device: 'tablet', language: 'de' })).toMatchObject({
      device: 'tablet',
      language: 'de',
    })
    expect((await hosted.updateMetadata('a', { plan: 'team' }, { remove: ['seats'] })).metadata).toEqual({
      plan: 'team',
    })
    const answered = await hosted.addMessage('a', { sender: 'agent', content: 'On its way' })
    expect(answered.messages.map(({ content }) => content)).toEqual(['Where is my refund?', 'On its way'])
    expect((await hosted.addFeedback('a', { sentiment: 'positive', comment: 'Thanks' })).feedbacks).toHaveLength(1)
    expect(await hosted.delete('a')).toMatchObject({ is_deleted: true })
    expect(store.get('a')).toMatchObject({ is_deleted: true, device: 'tablet', metadata: { plan: 'team' } })
  })

  it('reach a row by its id and its conversation id, deleted or not', async () => {
    const hosted = connected()
    await hosted.delete(8)
    expect((await hosted.get('b/1 ?'))?.id).toBe(8)
    expect((await hosted.get(8))?.conversation_id).toBe('b/1 ?')
    expect(await hosted.get(9)).toBeUndefined()
    expect(await hosted.get('c')).toBeUndefined()
    await expect(hosted.mark('c')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(hosted.mark(9)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('9') })
  })

  it('refuse what is invalid before anything is sent', async () => {
    const fetch = vi.fn<HostedFetch>()
    const hosted = connectHosted({ url, fetch })
    await expect(hosted.update(7, { devise: 'x' } as never)).rejects.toMatchObject({ code: 'INVALID_ROW' })
    await expect(hosted.addMessage(7, { sender: 'robot' } as never)).rejects.toMatchObject({ code: 'INVALID_ROW' })
    await expect(hosted.addMessage(7, { sender: 'agent', content: 'x', action_name: 'y' })).rejects.toMatchObject({
      code: 'NOT_ON_THE_WIRE',
      message:
        'addMessage action_name: the hosted API has no route for it. It takes sender, content, timestamp, metadata.',
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each([
    'add',
    'addMany',
    'upsert',
    'restore',
    'purge',
    'load',
    'facets',
    'histogram',
    'aggregate',
    'explain',
    'whyEmpty',
    'metadataKeys',
  ] as const)('refuse %s, saying what to do', async (name) => {
    const call = connected()[name] as (...given: unknown[]) => Promise<unknown>
    await expect(call(query())).rejects.toMatchObject({
      code: 'NOT_ON_THE_WIRE',
      message: expect.stringMatching(new RegExp(`^${name}: the hosted API has no route for it\\. \\S`)),
    })
  })
})

describe('other questions', () => {
  it('are answered where the API has a route', async () => {
    const hosted = connected()
    expect(await hosted.metadataValues('plan')).toEqual(['free', 'pro'])
    const [row] = (await hosted.run(query().messageContains('refund'))).results
    expect((await hosted.highlights(query().messageContains('refund'), row!))[0]?.ranges).toEqual([[12, 18]])
    let csv = ''
    for await (const chunk of hosted.export(query().orderBy('id'), { format: 'csv' })) csv += chunk
    expect(csv.split('\r\n').map((line) => line.split(',')[0])).toEqual(['id', '7', '8', ''])
  })

  it('name what the parameters cannot say', async () => {
    const hosted = connected()
    await expect(hosted.run(query().where('duration', 'gt', 60))).rejects.toMatchObject({ code: 'NOT_ON_THE_WIRE' })
    await expect(hosted.run({} as never)).rejects.toMatchObject({ code: 'INVALID_VALUE' })
    await expect(hosted.run(query().page(9))).rejects.toMatchObject({ code: 'INVALID_PAGE' })
  })
})

describe('an API that does not answer at once', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const page = { count: 0, page_size: 10, total_pages: 1, current_page: 1, next: null, previous: null, results: [] }
  const say = (status: number, body: unknown = { detail: 'No.' }, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), { status, headers })

  /** Answers in turn; the last one stays. */
  function answering(...answers: (() => Response)[]) {
    const at: number[] = []
    const fetch: HostedFetch = async () => {
      at.push(Date.now())
      return answers[Math.min(at.length, answers.length) - 1]!()
    }
    return { fetch, waits: () => at.slice(1).map((time, i) => time - at[i]!) }
  }

  async function settled<T>(call: Promise<T>) {
    const outcome = call.then(
      (value) => ({ value }),
      (error) => ({ error: error as Error & { code: string } }),
    )
    await vi.runAllTimersAsync()
    return outcome as Promise<{ value?: T; error?: Error & { code: string } }>
  }

  it('is asked again after a 429 as it says, in seconds and by a date', async () => {
    const date = () => new Date(Date.now() + 5_000).toUTCString()
    vi.setSystemTime('2026-01-05T10:00:00Z')
    const { fetch, waits } = answering(
      () => say(429, {}, { 'retry-after': '3' }),
      () => say(429, {}, { 'retry-after': date() }),
      () => say(200, page),
    )
    expect((await settled(connectHosted({ url, fetch }).count(query()))).value).toBe(0)
    expect(waits()).toEqual([3_000, 5_000])
  })

  it('is asked again ever later after a 5xx and a lost connection, four times in all', async () => {
    const lost = () => {
      throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED 127.0.0.1:1') })
    }
    const { fetch, waits } = answering(() => say(503), lost)
    const { error } = await settled(connectHosted({ url, fetch }).count(query().device('mobile')))
    expect(waits()).toEqual([500, 2_000, 4_000])
    expect(error).toMatchObject({ code: 'NOT_ANSWERED' })
    expect(error!.message).toBe(
      'GET https://api.example.com/api/conversations/?device=mobile&full=false&page_size=1 got no answer: ECONNREFUSED 127.0.0.1:1',
    )
  })

  it('is asked once for a write, except after a 429', async () => {
    const failing = answering(() => say(500))
    expect((await settled(connectHosted({ url, fetch: failing.fetch }).mark(7))).error!.message).toBe(
      'POST https://api.example.com/api/conversations/7/mark/ was answered with 500: No. The service failed.',
    )
    expect(failing.waits()).toEqual([])
    const busy = answering(
      () => say(429, {}, { 'retry-after': '1' }),
      () => say(200, { id: 7, conversation_id: 'a' }),
    )
    expect((await settled(connectHosted({ url, fetch: busy.fetch }).mark(7))).value).toMatchObject({ id: 7 })
    expect(busy.waits()[0]).toBe(1_000)
  })

  it('is not waited for longer than was said', async () => {
    const { fetch, waits } = answering(() => say(429, {}, { 'retry-after': '3600' }))
    const { error } = await settled(connectHosted({ url, fetch, longestWaitMs: 1_000 }).count(query()))
    expect(error!.message).toContain('answered with 429. Ask less often, or wait longer: the option longestWaitMs.')
    expect(waits()).toEqual([])
  })

  it('ends with its signal, while it is waited for too', async () => {
    const { fetch } = answering(() => say(503))
    const abort = new AbortController()
    const call = settled(connectHosted({ url, fetch }).count(query(), { signal: abort.signal }))
    abort.abort(new Error('enough'))
    expect((await call).error).toMatchObject({ message: 'enough' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    [401, 'was answered with 401: No. Give the option key.'],
    [403, 'was answered with 403: No. The key may only read, or not this.'],
    [404, 'was answered with 404: No. Is the url that of the API?'],
  ])('says what to do about a %i, and never shows the key', async (status, message) => {
    const { fetch } = answering(() => say(status))
    const { error } = await settled(connectHosted({ url, key, fetch }).count(query()))
    expect(error!.message).toContain(message)
    expect(JSON.stringify(error) + error!.message).not.toContain(key)
  })

  it('is told from something else that answers 200', async () => {
    const html = answering(() => new Response('<html>Please log in</html>'))
    expect((await settled(connectHosted({ url, fetch: html.fetch }).count(query()))).error!.message).toContain(
      "was answered with something else than the API's JSON",
    )
    const other = answering(() => say(200, { conversations: [] }))
    expect((await settled(connectHosted({ url, fetch: other.fetch }).count(query()))).error!.message).toContain(
      'Expected a page: { count, results }.',
    )
  })

  it('gets the faults of a 400 as those of a query', async () => {
    const { fetch } = answering(() => say(400, { environment: ['Select a valid choice.'] }))
    const { error } = await settled(connectHosted({ url, fetch }).count(query()))
    expect(error).toMatchObject({ code: 'INVALID_VALUE', message: 'environment: Select a valid choice.' })
  })
})

describe('the request', () => {
  it('has the key in a header, and follows no redirect', async () => {
    const fetch = vi.fn<HostedFetch>(createFetch(createHandler(rows()), { origin: url }) as HostedFetch)
    await connectHosted({ url: `${url}/api/`, key, fetch }).mark(7)
    const [to, init] = fetch.mock.calls[0]!
    expect(to).toBe('https://api.example.com/api/conversations/7/mark/')
    expect(init).toMatchObject({ method: 'POST', redirect: 'error', body: '{"is_marked":true}' })
    expect(init.headers).toMatchObject({ authorization: `Api-Key ${key}`, 'content-type': 'application/json' })
  })

  it.each([
    [{ url: 'api.example.com' }, 'url is "api.example.com". Expected a URL such as "https://api.example.com".'],
    [{ url, key: 'a b' }, 'key is "string". Expected a string of printable ASCII without spaces.'],
    [{ url, attempts: 0 }, 'attempts is 0. Expected an integer from 1.'],
    [{ url, pageSize: 101 }, 'pageSize is 101. Expected an integer from 1 to 100.'],
    [{ url, keys: 'x' }, 'connectHosted has no option "keys". Did you mean "key"?'],
  ])('is refused with options %j', (options, message) => {
    expect(() => connectHosted(options as never)).toThrow(message)
  })
})
