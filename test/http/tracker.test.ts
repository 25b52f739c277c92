/** The routes that record. */
import { describe, expect, test } from 'vitest'
import { AgentState, type RecordedEvent } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { row, serving } from './asking.ts'

const AT = '2026-08-01T11:30:00.123456+00:00'

describe('POST /api/conversations/', () => {
  test('is checked once: the row that is kept is the row that is stored', async () => {
    const kept: RecordedEvent[] = []
    const persistence = {
      append: async (events: readonly RecordedEvent[]) => {
        kept.push(...events)
      },
    }
    const { post, store } = serving([], { persistence })
    await post('/api/conversations/', { conversation_id: 'a', metadata: { x: [1] } })
    const [event] = kept
    if (event?.type !== 'conversation_added') throw new Error('No conversation was added.')
    expect(event.row).toBe(store.get('a'))
    expect(Object.keys(event.row)).toEqual(
      expect.arrayContaining(['messages', 'feedbacks', 'geo_location', 'deleted_at']),
    )
    // What is kept is whole, also of a conversation that gets a message at once.
    await post('/api/action_logs/', { conversation_id: 'b', action_name: 'look' })
    expect(kept.slice(1).map(({ type }) => type)).toEqual(['conversation_added', 'message_added', 'action_named'])
    const replayed = new AgentState(new ConversationStore())
    for (const one of JSON.parse(JSON.stringify(kept))) replayed.apply(one)
    expect([...replayed.store]).toEqual([...store])
  })

  test('makes a conversation, complete, with its times in UTC', async () => {
    const { post, store } = serving()
    const body = {
      timestamp: '2026-08-01T13:30:00.123456+02:00',
      conversation_id: 'a/b?c#d e\u00fc',
      customer_id: 'c-1',
      customer_ip_address: '198.51.100.7',
      device: 'mobile',
      source: 'web',
      language: 'de',
      name: null,
      environment: ' PROD ',
      metadata: { plan: { tier: 1 }, none: null },
      is_used: false,
    }
    const { status, body: answer } = await post('/api/conversations/', body)
    expect(status).toBe(201)
    expect(answer).toMatchObject({
      id: 1,
      agent: 1,
      conversation_id: 'a/b?c#d e\u00fc',
      environment: 'production',
      environment_id: 1,
      started_at: '2026-08-01T11:30:00.123456Z',
      ended_at: '2026-08-01T11:30:00.123456Z',
      metadata: { plan: { tier: 1 }, none: null },
      is_used: false,
      is_marked: false,
      is_deleted: false,
      message_count: 0,
      feedback_count: 0,
    })
    expect(answer).not.toHaveProperty('source')
    expect(store.get(1)).not.toHaveProperty('agent')
  })

  test('gets one that is there, a deleted one too, and changes nothing', async () => {
    const { post, store } = serving([row('a', { name: 'first', is_used: false, is_deleted: true })])
    const before = store.get(1)
    const { status, body } = await post('/api/conversations/', { conversation_id: 'a', name: 'second', is_used: true })
    expect([status, body.id]).toEqual([200, 1])
    expect(store.get(1)).toBe(before)
  })

  test('starts now without a timestamp, in development without an environment', async () => {
    const { post } = serving()
    const { body } = await post('/api/conversations/', { conversation_id: 'a', environment: null })
    expect(body).toMatchObject({
      started_at: '2026-08-01T12:00:00Z',
      ended_at: '2026-08-01T12:00:00Z',
      environment: 'development',
      environment_id: 2,
      is_used: true,
    })
  })

  test('takes an environment that it was told of', async () => {
    const { post, get } = serving([], { environments: ['staging', { slug: 'Lab', name: 'The lab' }] })
    expect(
      (await post('/api/conversations/', { conversation_id: 'a', environment: 'Staging' })).body.environment_id,
    ).toBe(3)
    expect((await post('/api/conversations/', { conversation_id: 'b', environment: 'lab' })).body.environment).toBe(
      'Lab',
    )
    expect((await get('/api/conversations/?env=staging')).body.count).toBe(1)
    expect((await get('/api/me/')).body.environments.map((each: { slug: string }) => each.slug)).toEqual([
      'production',
      'development',
      'staging',
      'Lab',
    ])
  })

  test.each([
    [{}, 'conversation_id'],
    [{ conversation_id: null }, 'conversation_id'],
    [{ conversation_id: '' }, 'conversation_id'],
    [{ conversation_id: 7 }, 'conversation_id'],
    [{ conversation_id: 'x'.repeat(256) }, 'conversation_id'],
    [{ conversation_id: 'a', environment: 'staging' }, 'environment'],
    [{ conversation_id: 'a', environment: 1 }, 'environment'],
    [{ conversation_id: 'a', metadata: [1] }, 'metadata'],
    [{ conversation_id: 'a', metadata: 'text' }, 'metadata'],
    [{ conversation_id: 'a', timestamp: 'yesterday' }, 'timestamp'],
    [{ conversation_id: 'a', device: 3 }, 'device'],
    [{ conversation_id: 'a', is_used: 'yes' }, 'is_used'],
  ])('refuses %j, naming %s', async (body, field) => {
    const { post, store } = serving()
    const answer = await post('/api/conversations/', body)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body)).toEqual([field])
    expect(answer.body[field].every((text: unknown) => typeof text === 'string')).toBe(true)
    expect(store.size).toBe(0)
  })

  test('names all that is wrong', async () => {
    const { body } = await serving().post('/api/conversations/', { environment: 'x', is_used: 1 })
    expect(Object.keys(body).sort()).toEqual(['conversation_id', 'environment', 'is_used'])
  })
})

describe('POST /api/track/', () => {
  test('the counts of a row that was loaded with them go on to agree', async () => {
    const { post, store } = serving([row('a', { message_count: 0, feedback_count: 0 })])
    const body = { conversation_id: 'a', content: 'x', sender: 'agent', timestamp: AT }
    expect((await post('/api/track/', body)).status).toBe(201)
    expect((await post('/api/track/', body)).status).toBe(201)
    expect(store.get('a')).toMatchObject({ message_count: 2, feedback_count: 0 })
  })

  test('puts messages in by their time, after their equals, and moves the end', async () => {
    const { post, get } = serving()
    const at = (second: string) => `2026-08-01T11:00:${second}+00:00`
    const track = (second: string, content: string) =>
      post('/api/track/', { conversation_id: 'a', sender: 'end_user', content, timestamp: at(second), metadata: {} })
    const { body: first } = await track('10', 'one')
    expect(first).toMatchObject({ id: 1, conversation: 1, sender: 'end_user', content: 'one', action_name: null })
    await track('30', 'three')
    await track('20', 'two')
    await track('20', 'two again')
    await track('05', 'zero')
    const { body } = await get('/api/conversations/1/')
    const contents = body.messages.map((message: { content: string }) => message.content)
    expect(contents).toEqual(['zero', 'one', 'two', 'two again', 'three'])
    expect(body).toMatchObject({
      environment: 'development',
      started_at: '2026-08-01T11:00:10Z',
      ended_at: '2026-08-01T11:00:30Z',
    })
  })

  test('never re-sorts what was loaded, and moves an end that there is', async () => {
    const messages = ['12', '10', '11'].map((hour) => ({
      sender: 'agent' as const,
      content: hour,
      timestamp: `2026-07-01T${hour}:00:00Z`,
    }))
    const { post, get, store } = serving([
      row('a', { messages, ended_at: '2026-07-01T12:00:00Z' }),
      row('b', { messages, ended_at: null }),
    ])
    for (const conversation of [1, 2]) {
      await post('/api/track/', { conversation, sender: 'agent', content: 'new', timestamp: '2026-07-01T13:00:00Z' })
    }
    const { body } = await get('/api/conversations/1/')
    expect(body.messages.map((message: { content: string }) => message.content)).toEqual(['12', '10', '11', 'new'])
    expect(store.get(1)?.ended_at).toBe('2026-07-01T13:00:00Z')
    expect(store.get(2)?.ended_at).toBe(null)
  })

  test.each([
    ['a number', { conversation: 2, conversation_id: 'a' }, 2],
    ['digits', { conversation: '2', conversation_id: 'a' }, 2],
    ['null, and an id', { conversation: null, conversation_id: 'a' }, 1],
    ['0, and an id', { conversation: 0, conversation_id: 'a' }, 1],
    ['no pk, and an id', { conversation: 'x', conversation_id: 'a' }, 1],
    ['an unknown id', { conversation: null, conversation_id: 'new' }, 3],
  ])('its conversation is named by %s', async (_, target, pk) => {
    const { post, store } = serving([row('a'), row('b', { is_deleted: true })])
    const { status, body } = await post('/api/track/', { sender: 'agent', content: 'hi', timestamp: AT, ...target })
    expect([status, body.conversation]).toEqual([201, pk])
    expect(store.get(pk)?.messages).toHaveLength(1)
  })

  test.each([
    [{ conversation: 9, conversation_id: 'a' }, 404, 'detail'],
    [{ conversation: '9007199254740993' }, 404, 'detail'],
    [{ conversation: null }, 400, 'conversation_id'],
    [{ conversation_id: 'a', content: undefined }, 400, 'content'],
    [{ conversation_id: 'a', content: '' }, 400, 'content'],
    [{ conversation_id: 'a', content: 5 }, 400, 'content'],
    [{ conversation_id: 'a', sender: 'bot' }, 400, 'sender'],
    [{ conversation_id: 'a', sender: undefined }, 400, 'sender'],
    [{ conversation_id: 'a', metadata: 3 }, 400, 'metadata'],
    [{ conversation_id: 'a', timestamp: '2026-02-30' }, 400, 'timestamp'],
  ])('refuses %j with %i', async (body, status, field) => {
    const { post, store } = serving([row('a')])
    const answer = await post('/api/track/', { sender: 'agent', content: 'hi', ...body })
    expect(answer.status).toBe(status)
    expect(Object.keys(answer.body)).toEqual([field])
    expect([store.size, store.get(1)?.messages.length]).toEqual([1, 0])
  })
})

test('POST /api/action_logs/ records what the agent did', async () => {
  const { post, get } = serving()
  const body = {
    timestamp: AT,
    action_name: 'lookup_order',
    conversation_id: 'a',
    conversation: null,
    metadata: { q: 1 },
    started_at: '2026-08-01T13:29:59+02:00',
    ended_at: AT,
    duration_ms: 1123,
    tools_used: { orders: 2 },
    response: 'found',
    error_msg: 'slow',
  }
  const { status, body: message } = await post('/api/action_logs/', body)
  expect(status).toBe(201)
  expect(message).toMatchObject({
    id: 1,
    sender: 'agent',
    content: 'Action lookup_order performed',
    action_name: 'lookup_order',
  })
  expect(message.action_logs).toEqual([
    {
      id: 1,
      action: 1,
      message: 1,
      started_at: '2026-08-01T11:29:59Z',
      ended_at: '2026-08-01T11:30:00.123456Z',
      duration_ms: 1123,
      tools_used: { orders: 2 },
      response: 'found',
      error_message: 'slow',
      metadata: { q: 1 },
    },
  ])
  await post('/api/action_logs/', { action_name: 'pay', conversation_id: 'a' })
  const { body: third } = await post('/api/action_logs/', { action_name: 'lookup_order', conversation_id: 'b' })
  expect(third.action_logs[0]).toMatchObject({ id: 3, action: 1, error_message: '' })
  expect((await get('/api/conversations/?action_name=lookup')).body.count).toBe(2)
  const refused = await post('/api/action_logs/', { conversation_id: 'a', duration_ms: 'long' })
  expect([refused.status, Object.keys(refused.body).sort()]).toEqual([400, ['action_name', 'duration_ms']])
})

test('the last token counts are the token usage of the detail', async () => {
  const { post, get } = serving()
  for (const total_tokens of [10, 25]) {
    await post('/api/action_logs/', { action_name: 'token_usage', conversation_id: 'a', metadata: { total_tokens } })
  }
  expect((await get('/api/conversations/1/')).body).toMatchObject({ token_usage: { total_tokens: 25 }, tickets: [] })
  await post('/api/conversations/', { conversation_id: 'b' })
  expect((await get('/api/conversations/2/')).body.token_usage).toBe(null)
})

test('POST /api/buttons/ records a click', async () => {
  const { post } = serving()
  const click = { timestamp: AT, button_event: 'click', label: 'Yes', value: 'y', conversation_id: 'a', metadata: {} }
  const { status, body } = await post('/api/buttons/', click)
  expect(status).toBe(201)
  expect(body).toMatchObject({ id: 1, conversation: 1, button: { button_event: 'click', label: 'Yes', value: 'y' } })
  const refused = await post('/api/buttons/', { ...click, label: '' })
  expect([refused.status, Object.keys(refused.body)]).toEqual([400, ['label']])
})

test('ids go on from what was loaded, and parts get none that was removed', async () => {
  const loaded = row('a', { id: 41, messages: [{ id: 900, sender: 'agent', content: 'x' }] })
  const { post, store } = serving([loaded])
  store.purge(41)
  const { body } = await post('/api/track/', { conversation_id: 'b', sender: 'agent', content: 'y' })
  expect([body.id, body.conversation]).toEqual([901, 42])
})

test('a write for which no id is left is refused', async () => {
  const greatest = Number.MAX_SAFE_INTEGER
  const { post, store } = serving([row('a', { messages: [{ id: greatest, sender: 'agent', content: 'x' }] })])
  const { status, body } = await post('/api/track/', { conversation: 1, sender: 'agent', content: 'y' })
  expect([status, Object.keys(body)]).toEqual([400, ['detail']])
  expect(store.get(1)?.messages).toHaveLength(1)
})
