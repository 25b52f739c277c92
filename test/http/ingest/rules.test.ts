/** The rules by which spans become a conversation, one by one. */
import { describe, expect, test } from 'vitest'
import type { Json } from '../asking.ts'
import { row } from '../asking.ts'
import { batch, block, ingesting, llm, span, stored, tool, turn } from './spans.ts'

const said = (content: string, at: number, sender = 'end_user') => ({ sender, content, at })
const contents = ({ messages }: Json) => messages.map(({ content }: Json) => content)

describe('turns', () => {
  test('give each of their messages, any number from anyone, by time', async () => {
    const { send, detail } = ingesting()
    const first = turn({ id: 'a', end: 9, said: [said('one', 3), said('two', 1), said('', 5, 'agent')] })
    expect((await send(block('c', [first]))).status).toBe(201)
    expect(contents(await detail('c'))).toEqual(['two', 'one', ''])
  })

  test('say in the last message of the agent how long they took, never over the caller', async () => {
    const { send, detail } = ingesting()
    const own = { ...said('third', 3, 'agent'), metadata: '{"latency_ms": 1, "x": 2}' }
    await send(
      block('c', [turn({ id: 'a', end: 5_000, said: [said('one', 1, 'agent'), said('two', 2, 'agent')] })]),
      block('d', [turn({ id: 'a', end: 5_000, said: [own] })]),
      block('e', [turn({ id: 'a', end: null, said: [said('open', 1, 'agent'), said('x', 2)] })]),
    )
    const metadata = async (id: string) => (await detail(id)).messages.map((message: Json) => message.metadata)
    expect(await metadata('c')).toEqual([null, { latency_ms: 5 }])
    expect(await metadata('d')).toEqual([{ latency_ms: 1, x: 2 }])
    expect(await metadata('e')).toEqual([null, null])
  })

  test('that are incomplete give spans and tokens alone, and the row counts as used', async () => {
    const { send, detail, list } = ingesting()
    const spans = [
      turn({ id: 'a', end: 10, reason: 'deadline', said: [said('lost', 1)] }),
      tool({ id: 'b', turn: 'a', start: 2 }),
      llm({ id: 'c', turn: 'a', start: 3, model: 'm', tokens: { 'gen_ai.usage.input_tokens': 7 } }),
    ]
    await send(block('c', spans))
    expect(await detail('c')).toMatchObject({ messages: [], is_used: true, ended_at: stored(0) })
    expect(await list('/api/token-usage/')).toMatchObject([
      { incomplete: true, incomplete_reason: 'deadline', prompt_tokens: 7 },
    ])
    expect(await list('/api/spans/?ordering=id')).toHaveLength(3)
    expect(await list('/api/actions/')).toEqual([])
  })

  test('put a message after those of the same time, in the order in which they came', async () => {
    const { send, detail } = ingesting()
    for (const id of ['b', 'a', 'c'])
      await send(block('c', [turn({ id, end: 9, said: [said(id, 5), said(`${id}2`, 5)] })]))
    await send(block('c', [turn({ id: 'd', end: 9, said: [said('first', 4), said('last', 6)] })]))
    expect(contents(await detail('c'))).toEqual(['first', 'b', 'b2', 'a', 'a2', 'c', 'c2', 'last'])
  })

  test('may stand in each other, and a tool follows its own', async () => {
    const { send, detail } = ingesting()
    const outer = turn({ id: 'a', end: 90, reason: 'error', said: [said('outer', 1)] })
    const inner = turn({ id: 'b', parent: 'a', start: 10, end: 80, said: [said('inner', 11)] })
    await send(
      block('c', [outer, inner, tool({ id: 'd', turn: 'b', start: 20 }), tool({ id: 'e', turn: 'a', start: 30 })]),
    )
    expect(contents(await detail('c'))).toEqual(['inner', 'Action look performed'])
  })

  test('an event that has no known sender is no message, and metadata that is no object is none', async () => {
    const { send, detail } = ingesting()
    const odd = [said('x', 1, 'system'), { ...said('y', 2), metadata: '[1]' }, { ...said('z', 3), metadata: '{' }]
    await send(block('c', [turn({ id: 'a', said: odd })]))
    expect((await detail('c')).messages).toMatchObject([
      { content: 'y', metadata: null },
      { content: 'z', metadata: null },
    ])
  })
})

describe('tools and tasks', () => {
  test('are alike, failed ones too; one outside of turns is there at once', async () => {
    const { send, detail } = ingesting()
    await send(
      block('c', [
        tool({ id: 'a', end: 1_500, tool: { arguments: '{"x":[1]}', response: "{'a': 1}" } }),
        tool({ id: 'b', kind: 'task', name: 'rank', start: 5, end: 7, tool: { arguments: 'no json', error: 'boom' } }),
        tool({ id: 'c', start: 6, end: null }),
      ]),
    )
    const { messages } = await detail('c')
    expect(messages.map(({ action_name, sender, metadata }: Json) => [action_name, sender, metadata])).toEqual([
      ['look', 'agent', null],
      ['rank', 'agent', null],
      ['look', 'agent', null],
    ])
    expect(messages.flatMap(({ action_logs }: Json) => action_logs)).toMatchObject([
      {
        tools_used: { x: [1] },
        response: "{'a': 1}",
        error_message: '',
        duration_ms: 1.5,
        action: 1,
        ended_at: stored(1_500),
      },
      { tools_used: 'no json', response: null, error_message: 'boom', action: 2 },
      { tools_used: null, response: null, error_message: '', duration_ms: null, ended_at: null, action: 1 },
    ])
  })

  test('wait for their turn, which may come batches later; those of a turn that never comes stay archived', async () => {
    const { send, detail, list } = ingesting()
    const early = [
      tool({ id: 'b', turn: 'a', start: 20 }),
      llm({ id: 'c', turn: 'a', start: 30, model: 'm', tokens: { 'gen_ai.usage.output_tokens': 5 } }),
      tool({ id: 'z', turn: 'never', start: 1, name: 'lost' }),
    ]
    await send(block('c', early))
    expect(await detail('c')).toMatchObject({ messages: [], is_used: true, token_usage: null, started_at: stored(1) })
    expect(await list('/api/token-usage/')).toEqual([])
    await send(block('c', [turn({ id: 'a', end: 100, said: [said('hi', 10), said('ho', 90, 'agent')] })]))
    expect(contents(await detail('c'))).toEqual(['hi', 'Action look performed', 'ho'])
    expect(await list('/api/token-usage/')).toMatchObject([
      { turn_id: 'a', completion_tokens: 5, started_at: stored(0), ended_at: stored(100) },
    ])
    await send(block('c', [tool({ id: 'd', turn: 'a', start: 25, name: 'late' })]))
    expect(contents(await detail('c'))).toEqual(['hi', 'Action look performed', 'Action late performed', 'ho'])
    expect((await list('/api/actions/')).map(({ name }) => name)).toEqual(['look', 'late'])
  })

  test('adopt a definition that was declared, and make another one once it is renamed', async () => {
    const { send, post, patch, detail, list, get } = ingesting()
    await post('/api/actions/', { name: 'look', display_name: 'Look up', description: 'd' })
    await send(block('c', [tool({ id: 'a' })]))
    expect(await list('/api/actions/')).toEqual([
      { id: 1, name: 'look', display_name: 'Look up', description: 'd', agent: 1 },
    ])
    await patch('/api/actions/1/', { name: 'seek' })
    await send(block('c', [tool({ id: 'b', start: 1 })]))
    expect((await list('/api/actions/')).map(({ id, name }) => [id, name])).toEqual([
      [1, 'seek'],
      [2, 'look'],
    ])
    expect((await detail('c')).messages.map(({ action_logs }: Json) => action_logs[0].action)).toEqual([1, 2])
    for (const id of [1, 2]) expect((await get(`/api/actions/${id}/logs/`)).body).toMatchObject([{ id, action: id }])
  })
})

describe('tokens', () => {
  test('have one row for each turn and model, and outside of turns for each model', async () => {
    const { send, list, detail } = ingesting()
    const tokens = (input: unknown, more = {}) => ({ 'gen_ai.usage.input_tokens': input, ...more })
    const all = Object.fromEntries(
      ['embedding', 'cache_read', 'cache_write', 'reasoning', 'audio_input', 'audio_output'].map((name, at) => [
        `agentsight.llm.${name}_tokens`,
        10 ** at,
      ]),
    )
    await send(
      block('c', [
        turn({ id: 'a', end: 100 }),
        llm({ id: '1', turn: 'a', start: 1, model: 'm', tokens: tokens(1, all) }),
        llm({ id: '2', turn: 'a', start: 2, model: 'm', tokens: tokens(2), status: 'error' }),
        llm({
          id: '3',
          turn: 'a',
          start: 3,
          model: 'n',
          tokens: tokens('3'),
          attributes: { 'agentsight.llm.usage_reported': false },
        }),
        llm({ id: '4', start: 40, end: 45, model: 'm', tokens: tokens(4) }),
        llm({ id: '5', start: 30, end: 70, model: 'm', tokens: tokens(-5) }),
        llm({ id: '6', start: 50, tokens: tokens(6) }),
      ]),
    )
    expect(await list('/api/token-usage/?ordering=id')).toMatchObject([
      { turn_id: 'a', model: 'm', calls: 2, prompt_tokens: 3, reasoning_tokens: 1_000, total_tokens: 3 + 1 + 10 + 100 },
      { turn_id: 'a', model: 'n', calls: 1, unreported_calls: 1, prompt_tokens: 0 },
      { turn_id: null, model: 'm', calls: 2, prompt_tokens: 4, started_at: stored(30), ended_at: stored(70) },
      { turn_id: null, model: '', calls: 1, prompt_tokens: 6 },
    ])
    expect((await detail('c')).token_usage).toMatchObject({
      totals: { prompt_tokens: 13, total_tokens: 124 },
      models: [{ model: '' }, { model: 'm', prompt_tokens: 7 }, { model: 'n', total_tokens: 0 }],
    })
  })

  test('come late to the row of their turn', async () => {
    const { send, list } = ingesting()
    const call = (id: string, input: number) =>
      llm({ id, turn: 'a', model: 'm', tokens: { 'gen_ai.usage.input_tokens': input } })
    await send(block('c', [turn({ id: 'a', end: 9 }), call('b', 1)]))
    await send(block('c', [call('c', 2)]))
    expect(await list('/api/token-usage/')).toMatchObject([{ id: 1, calls: 2, prompt_tokens: 3 }])
  })
})

describe('the row', () => {
  test('of a visit is unused, without messages, until something is said', async () => {
    const { send, detail, get } = ingesting()
    const visit = span({ id: 'v', kind: 'conversation', name: 'conversation_opened', start: 50 })
    await send(block('c', [visit], { device: 'desktop' }))
    expect(await detail('c')).toMatchObject({
      is_used: false,
      messages: [],
      started_at: stored(50),
      ended_at: stored(50),
    })
    expect((await get('/api/conversations/?has_messages=false')).body.count).toBe(1)
    await send(block('c', [turn({ id: 'a', start: 20, end: 30, said: [said('hi', 21)] })]))
    expect(await detail('c')).toMatchObject({
      is_used: true,
      started_at: stored(20),
      ended_at: stored(21),
      device: 'desktop',
    })
    await send(block('c', [{ ...visit, span_id: 'w' }]))
    expect(await detail('c')).toMatchObject({ is_used: true, started_at: stored(20), ended_at: stored(21) })
  })

  test('of a block without spans starts now', async () => {
    const { send, detail } = ingesting()
    await send(block('c', [], { is_used: false }))
    expect(await detail('c')).toMatchObject({ is_used: false, messages: [], started_at: '2026-08-01T12:00:00Z' })
  })

  test('takes the fields of a block, also over what was set otherwise; absent ones stay', async () => {
    const { send, detail, patch, store } = ingesting()
    const fields = {
      customer_id: 'k',
      customer_ip_address: '203.0.113.7',
      device: 'mobile',
      language: 'en',
      name: 'N',
      source: 'web',
    }
    await send(block('c', [], { ...fields, environment: ' Dev ', metadata: { a: 1 } }))
    const { source, ...shown } = fields
    expect(await detail('c')).toMatchObject({ ...shown, environment: 'development', metadata: { a: 1 } })
    expect(await detail('c')).not.toHaveProperty('source')
    await patch(`/api/conversations/${store.get('c')!.id}/update/`, { name: 'P', device: 'tv', is_marked: true })
    await send(block('c', [], { name: 'N', metadata: {}, customer_ip_address: '2001:db8::1', environment: 'prod' }))
    expect(await detail('c')).toMatchObject({
      ...{ name: 'N', device: 'tv', is_marked: true, metadata: {}, environment: 'production' },
      ...{ customer_ip_address: '2001:db8::1', language: 'en' },
    })
    await send(block('c', [], { metadata: '{"b": {"c": 2}}', name: null }))
    expect(await detail('c')).toMatchObject({ name: 'N', metadata: { b: { c: 2 } } })
  })

  test('is in production where nothing is said, or where the handler says', async () => {
    const { send, detail } = ingesting()
    await send(block('c', []))
    expect((await detail('c')).environment).toBe('production')
    const other = ingesting([], { defaultEnvironment: 'dev' })
    await other.send(block('c', []))
    await other.post('/api/track/', { conversation_id: 'd', sender: 'agent', content: 'x' })
    expect([(await other.detail('c')).environment, (await other.detail('d')).environment]).toEqual([
      'development',
      'development',
    ])
  })

  test('that was loaded keeps what it has, and its end if it has none', async () => {
    const { send, detail } = ingesting([
      row('a', { ended_at: null, messages: [{ sender: 'agent', content: 'old', timestamp: '2026-11-20T10:00:00Z' }] }),
      row('b', { ended_at: '2026-11-20T11:00:00Z' }),
    ])
    const spans = [turn({ id: 't', end: 50, said: [said('new', 10)] })]
    await send(block('a', spans), block('b', spans))
    expect(await detail('a')).toMatchObject({ ended_at: null, started_at: '2026-07-01T10:00:00Z' })
    expect(contents(await detail('a'))).toEqual(['new', 'old'])
    expect(await detail('b')).toMatchObject({ ended_at: '2026-11-20T11:00:00Z' })
  })

  test('that is deleted softly takes spans and stays deleted', async () => {
    const { send, detail, del, get } = ingesting()
    await send(block('c', []))
    await del('/api/conversations/1/')
    await send(block('c', [turn({ id: 'a', said: [said('hi', 1)] })]))
    expect(await detail('c')).toMatchObject({ is_deleted: true, messages: [{ content: 'hi' }] })
    expect((await get('/api/conversations/')).body.count).toBe(0)
  })

  test('of several blocks of one batch is one', async () => {
    const { send, store, detail } = ingesting()
    const parts = { customer_id: 'k' }
    await send(
      block('c', [turn({ id: 'a', said: [said('hi', 1)] })], parts),
      block('d', []),
      block('c', [tool({ id: 'b', turn: 'a', start: 2 })], { name: 'N' }),
    )
    expect(store.size).toBe(2)
    expect(await detail('c')).toMatchObject({ customer_id: 'k', name: 'N', messages: [{}, {}] })
  })
})

test('buttons, files and unknown kinds are archived whole, and make no message', async () => {
  const { send, detail, list, get } = ingesting()
  const odd = {
    ...span({ id: 'x', kind: 'guardrail', attributes: { list: [1, 'a'], nested: { kept: true } } }),
    future: { a: [1] },
  }
  const { kind: _, ...kindless } = span({ id: 'y', start: 1 })
  await send(
    block('c', [span({ id: 'b', kind: 'button', name: 'Yes' }), span({ id: 'f', kind: 'attachment' }), odd, kindless]),
  )
  expect(await detail('c')).toMatchObject({ messages: [], is_used: true })
  expect((await list('/api/spans/?ordering=id')).map(({ kind }) => kind)).toEqual([
    ...['button', 'attachment', 'guardrail', 'unknown'],
  ])
  const [{ id }] = await list('/api/spans/?kind=guardrail')
  expect((await get(`/api/spans/${id}/?payload=true`)).body.payload).toEqual(odd)
  expect((await get(`/api/spans/${id}/`)).body).not.toHaveProperty('payload')
})

test('a batch of known spans alone is a 201, and the first of two spans with one id stays', async () => {
  const { send, list } = ingesting()
  await send(
    block('c', [span({ id: 'a', name: 'first' }), span({ id: 'a', name: 'second' })]),
    block('d', [span({ id: 'a' })]),
  )
  expect(await send(block('c', [span({ id: 'a', name: 'third' })]))).toMatchObject({ status: 201, body: {} })
  expect((await list('/api/spans/?span_id=a&ordering=id')).map(({ name }) => name)).toEqual(['first', 'unknown'])
})

test('nothing is written where a batch is refused', async () => {
  const { post, store, get } = ingesting()
  const bad = [block('good', [turn({ id: 'a', said: [said('hi', 1)] })]), block('bad', [], { environment: 'x' })]
  expect(await post('/api/ingest/', batch(...bad))).toMatchObject({ status: 400 })
  expect([store.size, (await get('/api/spans/')).body.count]).toEqual([0, 0])
})
