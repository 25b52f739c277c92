import { describe, expect, test } from 'vitest'
import {
  exchangesOf,
  fromLangChainMessages,
  fromMessages,
  fromOpenAIMessages,
  fromUIMessages,
  type Turn,
  toRow,
} from '../../../src/features/turns/index.ts'
import { ConversationStore } from '../../../src/index.ts'

/** A turn with what is given, and nothing else. */
function turn(parts: Partial<Turn>): Turn {
  return { role: 'agent', text: '', reasoning: '', files: [], tools: [], ...parts }
}

function tool(name: string, input: unknown, output: unknown = null, error = ''): Turn['tools'][number] {
  return { name, input: input as never, output: output as never, error }
}

describe('the AI SDK', () => {
  test('versions 5 to 7: text, reasoning, tools of every state, files, what is known of the message', () => {
    const turns = fromUIMessages([
      { id: '0', role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
      {
        id: '1',
        role: 'user',
        metadata: { createdAt: 1_767_607_200_000 },
        parts: [
          { type: 'text', text: 'Look' },
          { type: 'text', text: 'here' },
          { type: 'file', mediaType: 'image/png', filename: 'a.png', url: 'https://example.com/a.png' },
          { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AAAA' },
        ],
      },
      {
        id: '2',
        role: 'assistant',
        metadata: { model: 'm-1', totalUsage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 }, createdAt: 'soon' },
        parts: [
          { type: 'step-start' },
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-look', toolCallId: 'a', state: 'output-available', input: { at: 1 }, output: { ok: true } },
          { type: 'tool-look', toolCallId: 'b', state: 'output-error', input: { at: 2 }, errorText: 'lost' },
          { type: 'tool-look', toolCallId: 'c', state: 'output-error', rawInput: '{"at":', errorText: undefined },
          { type: 'dynamic-tool', toolName: 'find', toolCallId: 'd', state: 'input-available', input: { q: 'x' } },
          {
            type: 'tool-pay',
            toolCallId: 'e',
            state: 'output-denied',
            input: {},
            approval: { approved: false, reason: 'no' },
          },
          { type: 'tool-pay', toolCallId: 'f', state: 'output-denied', input: {}, approval: { approved: false } },
          { type: 'data-weather', data: { x: 1 } },
          { type: 'source-url', url: 'https://example.com' },
          { type: 'text', text: 'Found.' },
        ],
      },
    ])
    const facts = { model: 'm-1', tokens: { input: 3, output: 4, total: 7 } }
    expect(turns).toEqual([
      turn({ role: 'system', text: 'Be kind.' }),
      turn({
        role: 'user',
        text: 'Look\nhere',
        at: '2026-01-05T10:00:00Z',
        files: [
          { name: 'a.png', mediaType: 'image/png', url: 'https://example.com/a.png' },
          { name: null, mediaType: 'image/png', url: null },
        ],
      }),
      turn({
        ...facts,
        text: 'Let me look.',
        reasoning: 'Hm.',
        tools: [
          tool('look', { at: 1 }, { ok: true }),
          tool('look', { at: 2 }, null, 'lost'),
          tool('look', '{"at":', null, 'Error'),
          tool('find', { q: 'x' }),
          tool('pay', {}, null, 'no'),
          tool('pay', {}, null, 'denied'),
        ],
      }),
      turn({ ...facts, text: 'Found.' }),
    ])
  })

  test('version 4: calls beside the content or among the parts', () => {
    const invocation = { state: 'result', toolCallId: 'a', toolName: 'look', args: { at: 1 }, result: 'here' }
    const pending = { state: 'call', toolCallId: 'b', toolName: 'look', args: { at: 2 } }
    const expected = [
      turn({
        text: 'I look.',
        at: '2026-01-05T10:00:00Z',
        tools: [tool('look', { at: 1 }, 'here'), tool('look', { at: 2 })],
      }),
    ]
    const createdAt = new Date('2026-01-05T10:00:00Z')
    const message = { role: 'assistant', content: 'I look.', createdAt, toolInvocations: [invocation, pending] }
    expect(fromUIMessages([message])).toEqual(expected)
    const parts = [
      { type: 'text', text: 'I look.' },
      { type: 'tool-invocation', toolInvocation: invocation },
      { type: 'tool-invocation', toolInvocation: pending },
    ]
    expect(fromUIMessages([{ ...message, parts }])).toEqual(expected)
    expect(
      fromUIMessages([
        {
          role: 'user',
          content: 'Look',
          parts: [
            { type: 'reasoning', reasoning: 'Hm.' },
            { type: 'file', mimeType: 'image/png', data: 'AAAA' },
          ],
          experimental_attachments: [{ name: 'a.txt', contentType: 'text/plain', url: 'https://example.com/a' }],
        },
      ]),
    ).toEqual([
      turn({
        role: 'user',
        text: 'Look',
        reasoning: 'Hm.',
        files: [
          { name: null, mediaType: 'image/png', url: null },
          { name: 'a.txt', mediaType: 'text/plain', url: 'https://example.com/a' },
        ],
      }),
    ])
  })

  test('model messages: calls and results as parts', () => {
    expect(
      fromOpenAIMessages([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', image: 'https://example.com/a', mediaType: 'image/png' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'text', text: 'I look.' },
            { type: 'tool-call', toolCallId: 'a', toolName: 'look', input: { at: 1 } },
            { type: 'tool-call', toolCallId: 'b', toolName: 'look', args: { at: 2 } },
            { type: 'tool-call', toolCallId: 'c', toolName: 'look', input: {} },
            { type: 'tool-call', toolCallId: 'd', toolName: 'look', input: {} },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'a', toolName: 'look', output: { type: 'json', value: { ok: true } } },
            { type: 'tool-result', toolCallId: 'b', toolName: 'look', result: { ok: false } },
            { type: 'tool-result', toolCallId: 'c', toolName: 'look', output: { type: 'error-text', value: 'lost' } },
            { type: 'tool-result', toolCallId: 'd', toolName: 'look', result: 'late', isError: true },
            { type: 'tool-result', toolCallId: 'e', toolName: 'find', output: { type: 'other', value: 1 } },
          ],
        },
      ]),
    ).toEqual([
      turn({
        role: 'user',
        text: 'Look',
        files: [{ name: null, mediaType: 'image/png', url: 'https://example.com/a' }],
      }),
      turn({
        text: 'I look.',
        reasoning: 'Hm.',
        tools: [
          tool('look', { at: 1 }, { ok: true }),
          tool('look', { at: 2 }, { ok: false }),
          tool('look', {}, null, 'lost'),
          tool('look', {}, null, 'late'),
          tool('find', null, { type: 'other', value: 1 }),
        ],
      }),
    ])
  })
})

describe('OpenAI', () => {
  test('chat messages: calls, results, parts, refusals, what functions were of old', () => {
    expect(
      fromOpenAIMessages([
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'input_audio', input_audio: { data: 'AAAA' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: 'I look.',
          reasoning_content: 'Hm.',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
            { id: 'b', type: 'function', function: { name: 'look', arguments: '{"at":' } },
            { id: 'c', type: 'custom', custom: { name: 'sing', input: 'la' } },
          ],
        },
        {
          role: 'tool',
          tool_call_id: 'b',
          content: [
            { type: 'text', text: 'no' },
            { type: 'text', text: 'where' },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: '{"ok":true}' },
        { role: 'assistant', content: null, refusal: 'No.' },
        { role: 'assistant', content: null, function_call: { name: 'old', arguments: '[1]' } },
        { role: 'function', name: 'old', content: 'done' },
      ]),
    ).toEqual([
      turn({ role: 'system', text: 'Be kind.' }),
      turn({
        role: 'user',
        text: 'Look',
        files: [
          { name: null, mediaType: 'image/*', url: 'https://example.com/a.png' },
          { name: null, mediaType: 'audio/*', url: null },
          { name: 'a.pdf', mediaType: null, url: null },
        ],
      }),
      turn({
        text: 'I look.',
        reasoning: 'Hm.',
        tools: [tool('look', { at: 1 }, { ok: true }), tool('look', '{"at":', 'no\nwhere'), tool('sing', 'la')],
      }),
      turn({ text: 'No.' }),
      turn({ tools: [tool('old', [1], 'done')] }),
    ])
  })

  test('items of the Responses API', () => {
    expect(
      fromOpenAIMessages([
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: 'https://example.com/a' },
            { type: 'input_file', filename: 'a.pdf' },
          ],
        },
        {
          type: 'reasoning',
          id: 'r',
          summary: [{ type: 'summary_text', text: 'Hm.' }],
          content: [{ type: 'reasoning_text', text: 'Well.' }],
        },
        { type: 'function_call', id: 'x', call_id: 'a', name: 'look', arguments: '{"at":1}' },
        { type: 'function_call_output', call_id: 'a', output: '{"ok":true}' },
        { type: 'web_search_call', id: 'w', action: { query: 'x' } },
        { type: 'mcp_call', id: 'm', name: 'find', arguments: '{}', error: 'lost' },
        { type: 'mcp_call', id: 'n', name: 'find', arguments: '{}', error: null, output: 'here' },
        { type: 'code_interpreter_call', id: 'i', code: '1+1', outputs: [{ logs: '2' }] },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'Found.' },
            { type: 'refusal', refusal: 'No more.' },
          ],
        },
        { type: 'custom_tool_call', call_id: 'b', name: 'sing', input: 'la' },
        { type: 'custom_tool_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'la la' }] },
      ]),
    ).toEqual([
      turn({
        role: 'user',
        text: 'Look',
        files: [
          { name: null, mediaType: 'image/*', url: 'https://example.com/a' },
          { name: 'a.pdf', mediaType: null, url: null },
        ],
      }),
      turn({
        reasoning: 'Hm.\nWell.',
        tools: [
          tool('look', { at: 1 }, { ok: true }),
          tool('web_search', { query: 'x' }),
          tool('find', {}, null, 'lost'),
          tool('find', {}, 'here'),
          tool('code_interpreter', '1+1', [{ logs: '2' }]),
        ],
      }),
      turn({ text: 'Found.\nNo more.', tools: [tool('sing', 'la', 'la la')] }),
    ])
  })

  test('items of the agents SDK', () => {
    expect(
      fromOpenAIMessages([
        { role: 'user', content: 'Look' },
        { type: 'function_call', callId: 'a', name: 'look', arguments: '{"at":1}' },
        { type: 'function_call_result', callId: 'a', name: 'look', output: { type: 'text', text: 'here' } },
        { type: 'function_call_result', callId: 'z', name: 'find', output: null },
      ]),
    ).toEqual([
      turn({ role: 'user', text: 'Look' }),
      turn({ tools: [tool('look', { at: 1 }, 'here'), tool('find', null)] }),
    ])
  })

  test('messages of Anthropic', () => {
    expect(
      fromOpenAIMessages([
        { role: 'user', content: 'Look' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'a', name: 'look', input: { at: 1 } },
            { type: 'tool_use', id: 'b', name: 'look', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'here' }] },
            { type: 'tool_result', tool_use_id: 'b', content: 'lost', is_error: true },
          ],
        },
        { role: 'assistant', content: [{ type: 'text', text: 'Found.' }] },
      ]),
    ).toEqual([
      turn({ role: 'user', text: 'Look' }),
      turn({
        text: 'I look.',
        reasoning: 'Hm.',
        tools: [tool('look', { at: 1 }, 'here'), tool('look', {}, null, 'lost')],
      }),
      turn({ text: 'Found.' }),
    ])
  })
})

describe('LangChain', () => {
  /** As classes of LangChain are, whose type is a method or a getter. */
  class HumanMessage {
    readonly content: unknown
    constructor(content: unknown) {
      this.content = content
    }
    getType() {
      return 'human'
    }
  }
  class OldMessage extends HumanMessage {
    override getType = undefined as never
    _getType() {
      return 'human'
    }
  }
  const ai = {
    content: [
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 'a', name: 'look', input: { at: 1 } },
    ],
    tool_calls: [{ id: 'a', name: 'look', args: { at: 1 }, type: 'tool_call' }],
    invalid_tool_calls: [{ id: 'b', name: 'look', args: '{"at":', error: 'x' }],
    usage_metadata: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    response_metadata: { model_name: 'm-1' },
  }
  const answered = turn({
    text: 'I look.',
    model: 'm-1',
    tokens: { input: 3, output: 4, total: 7 },
    tools: [tool('look', { at: 1 }, { ok: true }), tool('look', '{"at":', null, 'lost')],
  })
  const results = [
    { tool_call_id: 'a', name: 'look', content: '{"ok":true}', status: 'success' },
    { tool_call_id: 'b', name: 'look', content: 'lost', status: 'error' },
  ]

  test('messages of its classes', () => {
    const messages = [
      { type: 'system', content: 'Be kind.' },
      new HumanMessage('Look'),
      new OldMessage('there'),
      { type: 'ai', ...ai },
      ...results.map((result) => ({ type: 'tool', ...result })),
    ]
    expect(fromLangChainMessages(messages)).toEqual([
      turn({ role: 'system', text: 'Be kind.' }),
      turn({ role: 'user', text: 'Look' }),
      turn({ role: 'user', text: 'there' }),
      answered,
    ])
  })

  test('as toDict() and JSON.stringify() write them', () => {
    const dicts = [
      { type: 'human', data: { content: 'Look' } },
      { type: 'ai', data: ai },
      ...results.map((data) => ({ type: 'tool', data })),
    ]
    expect(fromLangChainMessages(dicts)).toEqual([turn({ role: 'user', text: 'Look' }), answered])
    const constructed = (name: string, kwargs: object) => ({
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', name],
      kwargs,
    })
    const json = [
      constructed('HumanMessage', { content: 'Look' }),
      constructed('AIMessageChunk', ai),
      ...results.map((kwargs) => constructed('ToolMessage', kwargs)),
    ]
    expect(fromLangChainMessages(json)).toEqual([turn({ role: 'user', text: 'Look' }), answered])
  })

  test('calls as the model sent them, reasoning, files, a function of old', () => {
    expect(
      fromLangChainMessages([
        {
          type: 'human',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a' } },
            { type: 'image', url: 'https://example.com/b', mimeType: 'image/png' },
          ],
        },
        {
          type: 'ai',
          content: [
            { type: 'reasoning', reasoning: 'Hm.' },
            { type: 'thinking', thinking: 'Well.' },
          ],
          additional_kwargs: { tool_calls: [{ id: 'a', function: { name: 'look', arguments: '{"at":1}' } }] },
          response_metadata: { model: 'm-2' },
        },
        { type: 'function', name: 'other', content: 'done' },
      ]),
    ).toEqual([
      turn({
        role: 'user',
        text: 'Look',
        files: [
          { name: null, mediaType: 'image/*', url: 'https://example.com/a' },
          { name: null, mediaType: 'image/png', url: 'https://example.com/b' },
        ],
      }),
      turn({ model: 'm-2', reasoning: 'Hm.\nWell.', tools: [tool('look', { at: 1 }), tool('other', null, 'done')] }),
    ])
  })
})

describe('any messages', () => {
  test('are told by their shape', () => {
    expect(fromMessages([{ role: 'user', parts: [] }])?.framework).toBe('UIMessage')
    expect(fromMessages([{ role: 'user', content: 'a', toolInvocations: [] }])?.framework).toBe('UIMessage')
    expect(fromMessages([{ role: 'user', content: 'a' }])?.framework).toBe('OpenAI message')
    expect(fromMessages([{ type: 'function_call', call_id: 'a', name: 'b' }])?.framework).toBe('OpenAI message')
    expect(fromMessages([{ type: 'reasoning', summary: [] }])?.framework).toBe('OpenAI message')
    expect(fromMessages([{ type: 'human', content: 'a' }])?.framework).toBe('LangChain message')
    expect(fromMessages([{ lc: 1, id: ['HumanMessage'], kwargs: {} }])?.framework).toBe('LangChain message')
  })

  test('and are none where one is of no framework', () => {
    for (const other of [
      null,
      undefined,
      'a',
      17,
      {},
      { type: 'zzz' },
      { type: 'constructor' },
      { content: 'a' },
      { type: 'toString' },
    ])
      expect(fromMessages([{ role: 'user', content: 'a' }, other])).toBe(undefined)
    expect(fromMessages([])).toBe(undefined)
  })

  test('mixed ones are read each by its own, and results find calls of the others', () => {
    const found = fromMessages([
      { role: 'user', parts: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', tool_calls: [{ id: 'x', function: { name: 'b', arguments: '{}' } }] },
      { type: 'tool', tool_call_id: 'x', content: 'c' },
    ])
    expect(found?.turns).toEqual([turn({ role: 'user', text: 'a' }), turn({ tools: [tool('b', {}, 'c')] })])
  })

  test('broken ones do no harm', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const messages = [
      {
        role: 'assistant',
        parts: [null, { type: 'tool-a', input: cycle }, { type: 'tool-b', input: 1n }, { type: 'text' }],
      },
      { role: 'assistant', content: 17, tool_calls: [null, { function: null }] },
      { role: 'tool', tool_call_id: 'x', content: undefined },
      { type: 'ai', content: null, tool_calls: 'x', usage_metadata: { input_tokens: 'x' }, response_metadata: null },
    ]
    expect(fromMessages(messages)?.turns.flatMap(({ tools }) => tools)).toEqual([
      tool('a', '[object Object]'),
      tool('b', '1'),
      tool('tool', null),
      tool('tool', null),
      tool('tool', null),
    ])
  })

  test('errors that are objects say what they say', () => {
    const error = (given: unknown) =>
      fromMessages([{ type: 'mcp_call', name: 'a', error: given }])?.turns[0]?.tools[0]?.error
    expect(error({ message: 'lost' })).toBe('lost')
    expect(error({ code: 7 })).toBe('{"code":7}')
    expect(error('')).toBe('Error')
    expect(error(null)).toBe('')
  })

  test('a result that no one asked for is a call of which no more is known', () => {
    expect(
      fromOpenAIMessages([
        { role: 'user', content: 'a' },
        { role: 'tool', tool_call_id: 'x', content: 'b' },
      ]),
    ).toEqual([turn({ role: 'user', text: 'a' }), turn({ tools: [tool('tool', null, 'b')] })])
    expect(fromOpenAIMessages([{ role: 'tool', tool_call_id: 'x', content: 'b' }])).toEqual([
      turn({ tools: [tool('tool', null, 'b')] }),
    ])
  })
})

describe('a row', () => {
  const turns = [
    turn({ role: 'system', text: 'Be kind.', at: '2026-01-05T09:00:00Z' }),
    turn({
      role: 'user',
      text: 'Look',
      at: '2026-01-05T10:00:00Z',
      files: [{ name: 'a.png', mediaType: 'image/png', url: 'https://example.com/a' }],
    }),
    turn({
      text: 'I look.',
      reasoning: 'Hm.',
      model: 'm-1',
      tokens: { total: 7 },
      tools: [
        {
          ...tool('look', { at: 1 }, { ok: true }),
          startedAt: '2026-01-05T10:00:01Z',
          endedAt: '2026-01-05T10:00:02Z',
        },
      ],
    }),
    turn({ at: '2026-01-05T10:00:03Z', tools: [tool('find', null, null, 'lost')] }),
    turn({ text: '' }),
    turn({ files: [{ name: null, mediaType: null, url: null }], tools: [tool('b', 1)] }),
  ]

  test('has a message for what was said, and one for each call', () => {
    const row = toRow(turns, { conversation_id: 'c', device: 'tv' })
    expect(row).toEqual({
      conversation_id: 'c',
      device: 'tv',
      started_at: '2026-01-05T09:00:00Z',
      messages: [
        {
          timestamp: '2026-01-05T10:00:00Z',
          sender: 'end_user',
          content: 'Look',
          action_name: null,
          metadata: {},
          attachments: [{ filename: 'a.png', mime_type: 'image/png', file_url: 'https://example.com/a' }],
          action_logs: [],
        },
        {
          sender: 'agent',
          content: 'I look.',
          action_name: null,
          metadata: { reasoning: 'Hm.', model: 'm-1', tokens: { total: 7 } },
          attachments: [],
          action_logs: [],
        },
        {
          timestamp: '2026-01-05T10:00:01Z',
          sender: 'agent',
          content: 'Action look performed',
          action_name: 'look',
          attachments: [],
          action_logs: [
            {
              started_at: '2026-01-05T10:00:01Z',
              ended_at: '2026-01-05T10:00:02Z',
              tools_used: { at: 1 },
              response: { ok: true },
              error_message: '',
            },
          ],
        },
        {
          timestamp: '2026-01-05T10:00:03Z',
          sender: 'agent',
          content: 'Action find performed',
          action_name: 'find',
          attachments: [],
          action_logs: [
            {
              started_at: '2026-01-05T10:00:03Z',
              ended_at: null,
              tools_used: null,
              response: null,
              error_message: 'lost',
            },
          ],
        },
        { sender: 'agent', content: '', action_name: null, metadata: {}, attachments: [], action_logs: [] },
        {
          sender: 'agent',
          content: '',
          action_name: null,
          metadata: {},
          attachments: [{ filename: null, mime_type: null, file_url: null }],
          action_logs: [],
        },
        {
          sender: 'agent',
          content: 'Action b performed',
          action_name: 'b',
          attachments: [],
          action_logs: [{ started_at: null, ended_at: null, tools_used: 1, response: null, error_message: '' }],
        },
      ],
    })
    const store = ConversationStore.from([row])
    expect(store.query().action({ name: 'look', input: '"at":1' }).count()).toBe(1)
  })

  test('starts when it is said to, else with the first turn that has a time, else in 1970', () => {
    expect(toRow(turns, { conversation_id: 'c', started_at: '2026-02-01' }).started_at).toBe('2026-02-01')
    expect(toRow(turns.slice(2), { conversation_id: 'c' }).started_at).toBe('2026-01-05T10:00:03Z')
    expect(toRow([], { conversation_id: 'c' })).toEqual({
      conversation_id: 'c',
      started_at: '1970-01-01T00:00:00Z',
      messages: [],
    })
  })
})

test('the turns that people count begin where the user speaks', () => {
  const split = (senders: string) =>
    exchangesOf([...senders].map((letter) => ({ sender: letter === 'u' ? ('end_user' as const) : ('agent' as const) })))
      .map((exchange) => exchange.map(({ sender }) => (sender === 'agent' ? 'a' : 'u')).join(''))
      .join(' ')
  expect(split('uaua')).toBe('ua ua')
  expect(split('auuaaua')).toBe('uuaa ua')
  expect(split('uau')).toBe('ua u')
  expect(split('aa')).toBe('aa')
  expect(split('')).toBe('')
})
