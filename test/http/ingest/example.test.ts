/** The example of the format: one turn with two messages, a tool, a tool that fails and a call of a model. */
import { expect, test } from 'vitest'
import { batch, block, ingesting, llm, tool, turn } from './spans.ts'

const TRACE = 'a1'.repeat(16)
const TURN = 'c0ffee0000000001'
const common = { trace: TRACE, turn: TURN }

const BODY = batch(
  block(
    'ex-1',
    [
      turn({
        id: TURN,
        name: 'ask',
        trace: TRACE,
        end: 2_500_000,
        said: [
          { sender: 'end_user', content: 'Where is my order A-1?', at: 50, metadata: '{"locale": "en-GB"}' },
          { sender: 'agent', content: 'It ships tomorrow.', at: 2_499_900 },
        ],
      }),
      tool({
        ...common,
        ...{ id: 'c0ffee0000000002', name: 'lookup_order', start: 100_000, end: 350_000 },
        tool: { arguments: '{"order_id": "A-1"}', response: "{'status': 'shipped'}" },
      }),
      tool({
        ...common,
        ...{ id: 'c0ffee0000000003', name: 'charge_card', start: 400_000, end: 401_000, status: 'error' },
        tool: { arguments: '{"amount": 5}', error: 'card declined' },
      }),
      llm({
        ...common,
        ...{ id: 'c0ffee0000000004', name: 'gpt-4o-mini-2024-07-18', start: 500_000, end: 2_400_000 },
        model: 'gpt-4o-mini-2024-07-18',
        tokens: {
          'gen_ai.usage.input_tokens': 80,
          'gen_ai.usage.output_tokens': 30,
          'agentsight.llm.cache_read_tokens': 40,
          'agentsight.llm.reasoning_tokens': 8,
        },
      }),
    ],
    { customer_id: 'cust-1', device: 'mobile', metadata: { plan: 'pro' } },
  ),
)

const said = { conversation: 1, action_name: null, attachments: [], action_logs: [], button: null, feedback: null }
const called = { conversation: 1, sender: 'agent', metadata: null, attachments: [], button: null, feedback: null }
const counts = { prompt_tokens: 80, completion_tokens: 30, cache_read_tokens: 40, reasoning_tokens: 8 }

const DETAIL = {
  id: 1,
  agent: 1,
  conversation_id: 'ex-1',
  name: null,
  customer_id: 'cust-1',
  customer_ip_address: null,
  device: 'mobile',
  language: null,
  environment: 'production',
  environment_id: 1,
  metadata: { plan: 'pro' },
  started_at: '2026-11-20T09:00:00.000000Z',
  ended_at: '2026-11-20T09:00:02.499900Z',
  is_marked: false,
  is_used: true,
  is_deleted: false,
  deleted_at: null,
  geo_location: null,
  messages: [
    {
      ...said,
      ...{ id: 1, timestamp: '2026-11-20T09:00:00.000050Z', sender: 'end_user' },
      content: 'Where is my order A-1?',
      metadata: { locale: 'en-GB' },
    },
    {
      ...called,
      ...{ id: 3, timestamp: '2026-11-20T09:00:00.100000Z', content: 'Action lookup_order performed' },
      action_name: 'lookup_order',
      action_logs: [
        {
          ...{ id: 1, action: 1, message: 3, duration_ms: 250 },
          started_at: '2026-11-20T09:00:00.100000Z',
          ended_at: '2026-11-20T09:00:00.350000Z',
          tools_used: { order_id: 'A-1' },
          response: "{'status': 'shipped'}",
          error_message: '',
          metadata: null,
        },
      ],
    },
    {
      ...called,
      ...{ id: 4, timestamp: '2026-11-20T09:00:00.400000Z', content: 'Action charge_card performed' },
      action_name: 'charge_card',
      action_logs: [
        {
          ...{ id: 2, action: 2, message: 4, duration_ms: 1 },
          started_at: '2026-11-20T09:00:00.400000Z',
          ended_at: '2026-11-20T09:00:00.401000Z',
          tools_used: { amount: 5 },
          response: null,
          error_message: 'card declined',
          metadata: null,
        },
      ],
    },
    {
      ...said,
      ...{ id: 2, timestamp: '2026-11-20T09:00:02.499900Z', sender: 'agent', content: 'It ships tomorrow.' },
      metadata: { latency_ms: 2500 },
    },
  ],
  feedbacks: [],
  tickets: [],
  token_usage: {
    totals: { ...counts, total_tokens: 150 },
    cost_usd: '0.00000000',
    cost_sources: ['unpriced'],
    models: [
      {
        model: 'gpt-4o-mini-2024-07-18',
        cost_source: 'unpriced',
        cost_usd: '0.00000000',
        ...counts,
        total_tokens: 150,
      },
    ],
  },
}

const USAGE = {
  ...{ id: 1, conversation: 1, conversation_id: 'ex-1', environment: 'production', turn_id: TURN },
  model: 'gpt-4o-mini-2024-07-18',
  ...counts,
  ...{ embedding_tokens: 0, cache_write_tokens: 0, audio_input_tokens: 0, audio_output_tokens: 0, total_tokens: 150 },
  ...{ cost_usd: '0.00000000', cost_usd_reported: '0.00000000', cost_source: 'unpriced' },
  ...{ calls: 1, unreported_calls: 0, incomplete: false, incomplete_reason: null },
  started_at: '2026-11-20T09:00:00.000000Z',
  ended_at: '2026-11-20T09:00:02.500000Z',
}

test('a batch becomes a conversation, spans, a trace, tokens and definitions; sent again it changes nothing', async () => {
  const { post, gzip, get, store } = ingesting()
  const sent = [() => post('/api/ingest/', BODY), () => gzip(BODY), () => post('/api/ingest/', BODY)]
  for (const send of sent) {
    const { status, body } = await send()
    expect([status, body]).toEqual([201, {}])
    expect((await get('/api/conversations/1/')).body).toEqual(DETAIL)
    expect((await get('/api/token-usage/?conversation_id=ex-1')).body).toMatchObject({ count: 1, results: [USAGE] })
    expect(Object.keys((await get('/api/token-usage/')).body.results[0])).toEqual([
      ...['id', 'conversation', 'conversation_id', 'environment', 'turn_id', 'model', 'prompt_tokens'],
      ...['completion_tokens', 'embedding_tokens', 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens'],
      ...['audio_input_tokens', 'audio_output_tokens', 'total_tokens', 'cost_usd', 'cost_usd_reported', 'cost_source'],
      ...['calls', 'unreported_calls', 'incomplete', 'incomplete_reason', 'started_at', 'ended_at'],
    ])
    expect((await get('/api/spans/?conversation_id=ex-1')).body.count).toBe(4)
    const { body: trace } = await get(`/api/traces/${TRACE}/`)
    expect(trace).toMatchObject({ trace_id: TRACE, span_count: 4, truncated: false, roots: [{ name: 'ask' }] })
    expect(trace.roots[0].children.map(({ name }: { name: string }) => name)).toEqual([
      'lookup_order',
      'charge_card',
      'gpt-4o-mini-2024-07-18',
    ])
    expect((await get('/api/actions/')).body.results).toEqual([
      { id: 1, name: 'lookup_order', display_name: 'lookup_order', description: '', agent: 1 },
      { id: 2, name: 'charge_card', display_name: 'charge_card', description: '', agent: 1 },
    ])
    expect(store.size).toBe(1)
  }
})
