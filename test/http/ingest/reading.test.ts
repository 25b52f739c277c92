/** The routes that read spans, traces, tokens and definitions: what each filter selects, orders, pages, errors. */
import { describe, expect, test } from 'vitest'
import { type Json, READ_KEY, row } from '../asking.ts'
import { block, ingesting, llm, span, stored, tool, turn } from './spans.ts'

/** A handler over a few spans. */
async function world(options = {}) {
  const served = ingesting([], { environments: ['staging'], ...options })
  const tokens = (input: number) => ({ 'gen_ai.usage.input_tokens': input })
  await served.send(
    block('a', [
      turn({ id: 't1', trace: 'x', name: 'ask', start: 10, end: 60 }),
      tool({ id: 'u1', trace: 'x', turn: 't1', name: 'look', start: 20, end: 50 }),
      llm({ id: 'l1', trace: 'x', turn: 't1', model: 'm', start: 30, end: 31, tokens: tokens(5), status: 'error' }),
    ]),
    block(
      'b',
      [
        turn({ id: 't2', trace: 'y', start: 40, end: null, reason: 'error' }),
        llm({ id: 'l2', trace: 'y', turn: 't2', model: 'n', start: 41, tokens: tokens(50) }),
        llm({ id: 'l3', trace: 'z', model: 'm', start: 86_400_000_000, tokens: tokens(7) }),
        span({ id: 'k', kind: 'any kind', start: 5 }),
      ],
      { environment: 'staging' },
    ),
  )
  const ids = async (path: string) => (await served.list(path)).map(({ span_id }) => span_id).join()
  return { ...served, ids }
}

describe('GET /api/spans/', () => {
  test.each([
    ['', 'l3,l2,t2,l1,u1,t1,k'],
    ['kind=llm', 'l3,l2,l1'],
    ['kind=any+kind', 'k'],
    ['kind=nothing', ''],
    ['status=error', 't2,l1'],
    ['status=unset', 'l3,l2,k'],
    ['name=look', 'u1'],
    ['conversation=1', 'l1,u1,t1'],
    ['conversation=99', ''],
    ['conversation_id=b', 'l3,l2,t2,k'],
    ['trace_id=y', 'l2,t2'],
    ['span_id=l1', 'l1'],
    ['parent_span_id=t1', 'l1,u1'],
    ['environment=staging', 'l3,l2,t2,k'],
    ['environment=prod', 'l1,u1,t1'],
    ['env=staging', 'l3,l2,t2,l1,u1,t1,k'],
    ['started_at_after=2026-11-20T09:00:00.000040Z', 'l3,l2,t2'],
    ['started_at_before=2026-11-20T09:00:00.000010Z', 't1,k'],
    ['started_at_after=2026-11-21', 'l3'],
    ['kind=llm&status=error&name=', 'l1'],
    ['ordering=started_at', 'k,t1,u1,l1,t2,l2,l3'],
    ['ordering=id', 't1,u1,l1,k,t2,l2,l3'],
    ['ordering=-id', 'l3,l2,t2,k,l1,u1,t1'],
    ['ordering=ended_at', 't2,k,l1,l2,u1,t1,l3'],
    ['ordering=-duration_ms&page_size=3', 't1,u1,l1'],
    ['ordering=duration_ms&page_size=1', 't2'],
    ['ordering=nothing', 'l3,l2,t2,l1,u1,t1,k'],
    ['page_size=3&page=2', 'l1,u1,t1'],
  ])('%s', async (query, expected) => {
    const { ids } = await world()
    expect(await ids(`/api/spans/?${query}`)).toBe(expected)
  })

  test('has the envelope, and rows of the whole shape', async () => {
    const { get } = await world()
    const { body } = await get('/api/spans/?payload=false&page=2&page_size=3&conversation_id=b')
    expect(body).toEqual({
      ...{ count: 4, page_size: 3, total_pages: 2, current_page: 2, next: null },
      previous: 'http://localhost:8000/api/spans/?conversation_id=b&page_size=3&payload=false',
      results: [
        {
          ...{ id: 4, conversation: 2, conversation_id: 'b', trace_id: 't1', span_id: 'k', parent_span_id: null },
          ...{ kind: 'any kind', name: 'any kind', started_at: stored(5), ended_at: stored(5), duration_ms: 0 },
          ...{ status: 'unset', events: [] },
          attributes: { 'agentsight.span.kind': 'any kind', 'agentsight.entity.name': 'any kind' },
        },
      ],
    })
    expect((await get('/api/spans/?page=9')).status).toBe(404)
  })

  test.each([
    ['status=OK', 'status'],
    ['conversation=a', 'conversation'],
    ['environment=x', 'environment'],
    ['started_at_after=x', 'started_at_after'],
    ['payload=x', 'payload'],
  ])('%s is a 400 that names it', async (query, name) => {
    const { get } = await world()
    const { status, body } = await get(`/api/spans/?${query}`)
    expect([status, Object.keys(body)]).toEqual([400, [name]])
  })

  test('with strict an unknown parameter is a 400, and else it is named', async () => {
    const lenient = await (await world()).get('/api/spans/?knd=llm')
    expect([lenient.status, lenient.headers.get('x-ignored-parameters')]).toEqual([200, 'knd'])
    const { status, body } = await (await world({ strict: true })).get('/api/spans/?knd=llm')
    expect([status, body]).toEqual([400, { knd: ['There is no parameter "knd". Did you mean "kind"?'] }])
  })
})

describe('GET /api/spans/{id}/', () => {
  test('is by the integer, with what came if that is asked for', async () => {
    const { get, post } = await world()
    expect((await get('/api/spans/1/')).body).toMatchObject({ id: 1, span_id: 't1' })
    expect((await get('/api/spans/1/?payload=false')).body).not.toHaveProperty('payload')
    expect((await get('/api/spans/1/?payload=true')).body.payload).toEqual(
      turn({ id: 't1', trace: 'x', name: 'ask', start: 10, end: 60 }),
    )
    for (const id of ['t1', '0', '99']) expect((await get(`/api/spans/${id}/`)).status).toBe(404)
    expect((await get('/api/spans/1/?payload=x')).status).toBe(400)
    expect((await post('/api/spans/')).status).toBe(405)
  })
})

describe('GET /api/traces/{trace_id}/', () => {
  const shape = ({ span_id, children }: Json): Json => [span_id, ...children.map(shape)]
  const tree = async (spans: readonly Json[]) => {
    const { send, get } = ingesting()
    await send(block('c', spans))
    const { body } = await get('/api/traces/t1/')
    expect(body).toMatchObject({ trace_id: 't1', span_count: spans.length, truncated: false })
    return body.roots.map(shape)
  }

  test('is a tree by start, in which a span without its parent is a root', async () => {
    const spans = [
      span({ id: 'd', parent: 'b', start: 3 }),
      span({ id: 'b', parent: 'a', start: 2 }),
      span({ id: 'c', parent: 'a', start: 1 }),
      span({ id: 'a', start: 5 }),
      span({ id: 'o', parent: 'gone', start: 0 }),
    ]
    expect(await tree(spans)).toEqual([['o'], ['a', ['c'], ['b', ['d']]]])
  })

  test('holds spans that are each other’s parents, once each', async () => {
    const loop = [
      span({ id: 'a', parent: 'b', start: 1 }),
      span({ id: 'b', parent: 'a', start: 2 }),
      span({ id: 'c', parent: 'b', start: 3 }),
    ]
    expect(await tree(loop)).toEqual([['a', ['b', ['c']]]])
    expect(await tree([span({ id: 'a', parent: 'a' })])).toEqual([['a']])
  })

  test('may be as deep as it likes', async () => {
    const { send, get } = ingesting()
    const deep = Array.from({ length: 2_000 }, (_, at) =>
      span({ id: `s${at}`, parent: at === 0 ? null : `s${at - 1}`, start: at }),
    )
    for (let at = 0; at < deep.length; at += 500) await send(block('c', deep.slice(at, at + 500)))
    const { body } = await get('/api/traces/t1/')
    let depth = 0
    for (let node = body.roots[0]; node !== undefined; node = node.children[0]) depth++
    expect([body.span_count, depth]).toEqual([2_000, 2_000])
  })

  test('of one that nobody sent is a 404', async () => {
    const { get } = await world()
    expect((await get(`/api/traces/${'0'.repeat(32)}/`)).status).toBe(404)
    expect((await get('/api/traces/x')).status).toBe(404)
  })
})

describe('GET /api/token-usage/', () => {
  test.each([
    ['', 'm7,n50,m5'],
    ['model=m', 'm7,m5'],
    ['conversation=1', 'm5'],
    ['conversation_id=b', 'm7,n50'],
    ['turn_id=t2', 'n50'],
    ['environment=production', 'm5'],
    ['cost_source=unpriced', 'm7,n50,m5'],
    ['cost_source=backend', ''],
    ['incomplete=true', 'n50'],
    ['incomplete=false', 'm7,m5'],
    ['started_at_after=2026-11-21', 'm7'],
    ['started_at_before=2026-11-20T09:00:00.000010Z', 'm5'],
    ['ordering=total_tokens', 'm5,m7,n50'],
    ['ordering=-total_tokens', 'n50,m7,m5'],
    ['ordering=id', 'm5,n50,m7'],
    ['ordering=cost_usd', 'm7,n50,m5'],
    ['ordering=ended_at', 'n50,m5,m7'],
    ['page_size=1&page=2', 'n50'],
  ])('%s', async (query, expected) => {
    const { list } = await world()
    const rows = await list(`/api/token-usage/?${query}`)
    expect(rows.map(({ model, prompt_tokens }) => `${model}${prompt_tokens}`).join()).toBe(expected)
  })

  test('a cost source that there is not, is a 400', async () => {
    const { get } = await world()
    expect((await get('/api/token-usage/?cost_source=x')).body).toHaveProperty('cost_source')
  })
})

describe('GET /api/token-usage/summary/', () => {
  const row = (group: unknown, calls: number, prompt_tokens: number, rows = calls) => ({
    ...{ group, calls, rows, prompt_tokens, completion_tokens: 0, embedding_tokens: 0, cache_read_tokens: 0 },
    ...{ cache_write_tokens: 0, total_tokens: prompt_tokens, cost_usd: 0 },
  })

  test.each<[string, object]>([
    ['', { group_by: 'model', currency: 'USD', results: [row('n', 1, 50), row('m', 2, 12)] }],
    [
      'group_by=model&currency=eur',
      { group_by: 'model', currency: 'EUR', results: [row('n', 1, 50), row('m', 2, 12)] },
    ],
    ['group_by=conversation', { group_by: 'conversation', currency: 'USD', results: [row(2, 2, 57), row(1, 1, 5)] }],
    [
      'group_by=day&model=m',
      { group_by: 'day', currency: 'USD', results: [row('2026-11-21', 1, 7), row('2026-11-20', 1, 5)] },
    ],
    ['incomplete=true&page=7&ordering=x', { group_by: 'model', currency: 'USD', results: [row('n', 1, 50)] }],
    ['conversation_id=nobody', { group_by: 'model', currency: 'USD', results: [] }],
  ])('%s', async (query, expected) => {
    const { get } = await world()
    expect((await get(`/api/token-usage/summary/?${query}`)).body).toEqual(expected)
  })

  test('refuses other groups and currencies in these words', async () => {
    const { get } = await world()
    const { status, body } = await get('/api/token-usage/summary/?group_by=hour')
    expect([status, body]).toEqual([400, { group_by: 'Must be one of: model, conversation, day.' }])
    expect((await get('/api/token-usage/summary/?currency=gbp')).body).toEqual({
      currency: 'Must be one of: usd, eur.',
    })
  })
})

describe('/api/actions/', () => {
  const loaded = [
    row('a', {
      messages: [
        { sender: 'agent', content: '', action_name: 'pay', action_logs: [{ action: 7, response: 'r' }] },
        { sender: 'agent', content: '', action_name: 'look', action_logs: [{ id: 3 }, { id: 4 }] },
      ],
    }),
  ]
  const names = async (served: ReturnType<typeof ingesting>, query = '') =>
    (await served.list(`/api/actions/?${query}`)).map(({ id, name }) => `${id}${name}`).join()

  test('lists what was loaded too, with the ids that rows give', async () => {
    const served = ingesting(loaded)
    expect(await names(served)).toBe('7pay,8look')
    expect((await served.get('/api/actions/7/logs/')).body).toMatchObject([
      { action: 7, response: 'r', error_message: '' },
    ])
    expect((await served.get('/api/actions/8/logs/')).body.map(({ id }: Json) => id)).toEqual([3, 4])
    expect((await served.get('/api/conversations/1/')).body.messages[1].action_logs[0].action).toBe(8)
    expect((await served.post('/api/actions/', { name: 'look' })).status).toBe(400)
    await served.send(block('c', [tool({ id: 'x', name: 'new' }), tool({ id: 'y', name: 'look' })]))
    expect(await names(served)).toBe('7pay,8look,9new')
    expect((await served.get('/api/actions/8/logs/')).body).toHaveLength(3)
  })

  test('are declared, read, changed, never deleted', async () => {
    const { post, get, patch, del } = ingesting()
    const made = await post('/api/actions/', { name: 'look', description: 'd' })
    expect([made.status, made.body]).toEqual([
      201,
      { id: 1, name: 'look', display_name: 'look', description: 'd', agent: 1 },
    ])
    expect((await get('/api/actions/1/')).body).toEqual(made.body)
    expect((await get('/api/actions/1/logs/')).text).toBe('[]')
    expect(await post('/api/actions/', { name: 'look' })).toMatchObject({
      status: 400,
      body: { name: ['An action named "look" already exists for this agent.'] },
    })
    await post('/api/actions/', { name: 'pay' })
    expect(await patch('/api/actions/1/', { name: 'pay' })).toMatchObject({
      status: 400,
      body: { name: ['An action named "pay" already exists for this agent.'] },
    })
    const changed = await patch('/api/actions/1/', { name: 'look', display_name: 'Look!', description: '' })
    expect([changed.status, changed.body]).toEqual([200, { ...made.body, display_name: 'Look!', description: '' }])
    for (const name of [undefined, '', '  ', 5, 'x'.repeat(256)])
      expect((await post('/api/actions/', { name })).body, String(name)).toHaveProperty('name')
    expect(await del('/api/actions/1/')).toMatchObject({ status: 405 })
    expect((await del('/api/actions/1/')).headers.get('allow')).toBe('GET, PATCH, HEAD')
    for (const path of ['99/', '99/logs/']) expect((await get(`/api/actions/${path}`)).status).toBe(404)
    expect((await patch('/api/actions/99/', {})).status).toBe(404)
    expect((await post('/api/actions/', {}, { authorization: `Api-Key ${READ_KEY}` })).status).toBe(403)
  })

  test.each([
    ['', '1look_up,2Pay,3lock'],
    ['name=Pay', '2Pay'],
    ['name=pay', ''],
    ['name__icontains=LO', '1look_up,3lock'],
    ['display_name=card', '2Pay'],
    ['search=door', '3lock'],
    ['search=l+k', '1look_up,3lock'],
    ['ordering=name', '2Pay,3lock,1look_up'],
    ['ordering=-display_name', '1look_up,3lock,2Pay'],
    ['ordering=-id&page_size=2', '3lock,2Pay'],
  ])('%s', async (query, expected) => {
    const served = ingesting()
    await served.post('/api/actions/', { name: 'look_up' })
    await served.post('/api/actions/', { name: 'Pay', display_name: 'Charge CARD' })
    await served.post('/api/actions/', { name: 'lock', display_name: 'lock', description: 'the DOOR' })
    expect(await names(served, query)).toBe(expected)
  })

  test('beyond the limit are a 413', async () => {
    const { post } = ingesting([], { limits: { actions: 1 } })
    expect((await post('/api/actions/', { name: 'a' })).status).toBe(201)
    expect(await post('/api/actions/', { name: 'b' })).toMatchObject({ status: 413 })
  })
})

describe('/api/imports/', () => {
  test('has three documents for every key', async () => {
    const { get } = ingesting()
    const authorization = `Api-Key ${READ_KEY}`
    const schema = (await get('/api/imports/schema/', { authorization })).body
    expect(schema).toMatchObject({ required: ['schema_version', 'conversations'], additionalProperties: false })
    expect((await get('/api/imports/limits/', { authorization })).body).toEqual({
      max_chunk_request_bytes: 5_242_880,
      max_chunks_per_run: 400,
      max_content_length: 100_000,
      max_conversations_per_chunk: 500,
      max_conversations_per_run: 100_000,
      max_import_file_bytes: 209_715_200,
      max_messages_per_conversation: 2_000,
      max_metadata_bytes: 16_384,
      max_metadata_depth: 10,
      max_open_runs_per_agent: 3,
      schema_version: 1,
    })
    const example = (await get('/api/imports/example/', { authorization })).body
    expect([example.schema_version, Object.keys(example.conversations[0]).sort()]).toEqual([
      1,
      Object.keys(schema.properties.conversations.items.properties).sort(),
    ])
  })

  test.each(['', 'runs/', 'runs/1/chunks/', 'schema/x/'])('%s is a 403, whatever the verb', async (path) => {
    const { get, post, patch, del } = ingesting()
    for (const answer of [get, post, patch, del].map((ask) => ask(`/api/imports/${path}`)))
      expect(await answer).toMatchObject({
        status: 403,
        body: { detail: 'You do not have permission to perform this action.' },
      })
    expect((await get(`/api/imports/${path}`, { authorization: '' })).status).toBe(401)
    expect((await post('/api/imports/schema/')).status).toBe(405)
    expect((await get(`/api/imports/${path}`.slice(0, -1))).status).toBe(404)
  })
})
