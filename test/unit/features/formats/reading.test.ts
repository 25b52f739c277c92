/** Sources of every kind, what goes wrong with them, rows for a store, and rows as messages again. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { isStoreError } from '../../../../src/base/errors.ts'
import {
  FORMAT_NAMES,
  formatOf,
  readConversations,
  reportText,
  toOpenAIMessages,
  toUIMessages,
} from '../../../../src/features/formats/index.ts'
import { ConversationStore } from '../../../../src/index.ts'
import { fixture, read, transcript } from './fixtures.ts'

const MESSAGES = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Good day' },
]

async function errorOf(
  source: Parameters<typeof readConversations>[0],
  options = {},
): Promise<{ code: string; parameter: string; message: string }> {
  const error: unknown = await read(source, options).catch((thrown: unknown) => thrown)
  if (!isStoreError(error)) throw error
  return { code: error.code, parameter: error.parameter, message: error.message }
}

describe('a source', () => {
  test('may be a string, bytes, gzip, UTF-16, a stream, a response, chunks, a list of values or one value', async () => {
    const text = JSON.stringify(MESSAGES)
    const expected = ['user: Hello', 'agent: Good day']
    const utf16 = Uint8Array.from([
      0xff,
      0xfe,
      ...new Uint8Array(Uint16Array.from(text, (unit) => unit.charCodeAt(0)).buffer),
    ])
    const stream = new Response(text).body!
    const sources = [
      text,
      `\ufeff${text}`,
      Buffer.from(text),
      gzipSync(text),
      utf16,
      stream,
      new Response(text),
      new Blob([text]),
      [text.slice(0, 9), text.slice(9)],
      MESSAGES,
      { messages: MESSAGES },
    ]
    for (const source of sources) expect((await read(source)).rows.map(transcript)).toEqual([expected])
  })

  test('may be lines, documents one after another, or a list in an envelope', async () => {
    const one = { messages: MESSAGES }
    const two = { messages: [{ role: 'user', content: 'Bye' }] }
    for (const text of [
      `${JSON.stringify(one)}\r\n\n${JSON.stringify(two)}`,
      `${JSON.stringify(one, null, 2)}\n${JSON.stringify(two, null, 2)}`,
      JSON.stringify([one, two]),
      JSON.stringify([one, two], null, 2),
      JSON.stringify({ object: 'list', data: [one, two], has_more: false }),
      JSON.stringify({ data: [one, two] }, null, 2),
    ])
      expect((await read(text)).rows.map(transcript)).toEqual([['user: Hello', 'agent: Good day'], ['user: Bye']])
  })

  test('may be rows of the store, a page of them, or an import file', async () => {
    const row = { conversation_id: 'a', started_at: '2026-01-05', messages: [{ sender: 'user', content: 'Hi' }] }
    for (const source of [JSON.stringify(row), JSON.stringify({ count: 1, results: [row] })]) {
      const { rows, report } = await read(source)
      expect([rows, report.format]).toEqual([[row], 'conversation-store'])
    }
    const { rows } = await read(JSON.stringify({ schema_version: 1, conversations: [row] }))
    expect(rows[0]?.messages[0]?.sender).toBe('end_user')
  })

  test('without records has no rows', async () => {
    for (const empty of ['', ' \n', '[]'])
      expect(await read(empty)).toMatchObject({ rows: [], report: { format: undefined } })
  })

  test('is loaded by a store, which counts and names lines', async () => {
    const store = new ConversationStore()
    const result = await store.load(readConversations(fixture('openai', 'fine-tuning.jsonl')))
    expect([result.added, store.query().messageContains('peru').count()]).toEqual([2, 1])
    const again = await store.load(readConversations(fixture('openai', 'fine-tuning.jsonl')), { onDuplicate: 'skip' })
    expect([again.added, again.skipped]).toEqual([0, 2])
  })
})

describe('what goes wrong', () => {
  test('content of no known format: what it looks like, and what is read', async () => {
    const error = await errorOf('{"colour":"red","size":4}')
    expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 1' })
    expect(error.message).toBe(
      'The content is of no known format: line 1 is an object with the keys "colour", "size". ' +
        "Read are the store's own rows and the export of a ChatGPT account, the export of a Claude account, Intercom conversations, Langfuse traces, LangSmith runs, OpenTelemetry spans, a Codex session, a Claude Code session, ShareGPT conversations, AI SDK messages, OpenAI messages.",
    )
    expect((await errorOf('name,age\nana,4')).message).toMatch(
      /^Line 1 is not JSON: .* It begins "name,age"\. Read are /,
    )
  })

  test('a record of another kind, and a broken line: with the line, or left out', async () => {
    const lines = `${JSON.stringify({ messages: MESSAGES })}\n{"colour":"red"}\n{"messages":`
    expect(await errorOf(lines)).toEqual({
      code: 'INVALID_SOURCE',
      parameter: 'line 2',
      message: 'Line 2 is an object with the keys "colour". Expected OpenAI messages.',
    })
    const { added, rejected } = await new ConversationStore().load(readConversations(lines), { onInvalid: 'skip' })
    expect([added, rejected.map(({ line }) => line)]).toEqual([1, [2, 3]])
  })

  test('a format that is not the one given, an unknown format, an unknown option', async () => {
    expect((await errorOf(fixture('sharegpt', 'conversations.json'), { format: 'otel' })).message).toMatch(
      /Expected OpenTelemetry spans\.$/,
    )
    expect(() => readConversations('', { format: 'opentelemetry' as never })).toThrow(
      /format is "opentelemetry"\. Expected "auto"/,
    )
    expect(() => readConversations('', { lossey: true } as never)).toThrow(/Did you mean "lossy"/)
  })

  test('bytes that are not UTF-8: an error, but in a session the rest is read', async () => {
    const broken = (text: string) => Buffer.concat([Buffer.from(`${text}\n`), Uint8Array.of(0x22, 0xff, 0x22, 10)])
    expect((await errorOf(broken(JSON.stringify({ messages: MESSAGES })))).message).toMatch(/not UTF-8/)
    expect((await read(broken(fixture('codex', 'rollout.jsonl').trim()))).rows).toHaveLength(1)
  })

  test('a signal that is aborted, and a record that is too long', async () => {
    const store = new ConversationStore()
    const forever = async function* () {
      for (;;) yield '{"messages":[{"role":"user","content":"x"}]}\n'
    }
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('enough')), 5)
    await expect(store.load(readConversations(forever()), { signal: controller.signal })).rejects.toThrow('enough')
    const long = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(500) }] })
    await expect(store.load(readConversations(long), { maxRowBytes: 100 })).rejects.toMatchObject({
      code: 'ROW_TOO_LONG',
      parameter: 'line 1',
    })
  })
})

test('lossy keeps what was said and done alone', async () => {
  const { rows } = await read(fixture('openai', 'anthropic.jsonl'), { lossy: true })
  expect(rows[0]).not.toHaveProperty('extra')
  expect(rows.map(transcript)).toEqual([
    [
      'user: Which bird is it?',
      'agent: Let me look it up.',
      'find_bird({"colour":"grey feathers"}) failed: The book is closed',
      'agent: I could not look it up.',
    ],
  ])
  const picture = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }]
  const url = async (lossy: boolean) =>
    (await read(picture, { lossy })).rows[0]?.messages[0]?.attachments?.[0]?.file_url
  expect([await url(false), await url(true)]).toEqual(['data:image/png;base64,AAAA', null])
})

test('the format of a value, the names of all, and what is not understood in words', () => {
  expect(FORMAT_NAMES.map((name) => typeof name)).toEqual(FORMAT_NAMES.map(() => 'string'))
  expect([
    formatOf({ chat_messages: [] }),
    formatOf({ conversation_id: 'a' }),
    formatOf({ a: 1 }),
    formatOf(null),
  ]).toEqual(['claude', 'conversation-store', undefined, undefined])
  const report = {
    format: 'codex',
    conversations: 1,
    records: 9,
    unknown: { a: 1, b: 2 },
    broken: 1,
    isUnfinished: false,
  } as const
  expect(reportText(report)).toBe('3 records of 9 records of unknown types: a (1), b (2); 1 line that is not JSON')
  expect(reportText({ ...report, unknown: {}, broken: 0 })).toBeUndefined()
})

describe('back again', () => {
  const messages = [
    { sender: 'agent', content: 'Be kind.', metadata: { kind: 'system' } },
    {
      sender: 'end_user',
      content: 'Look',
      attachments: [{ mime_type: 'image/png', file_url: 'https://example.com/a.png' }],
    },
    {
      sender: 'agent',
      content: 'Hm.',
      metadata: { kind: 'reasoning', model: 'm-1', tokens: { input: 1, output: 2 } },
      timestamp: '2026-01-05T10:00:00Z',
    },
    { sender: 'agent', content: 'I look.' },
    {
      sender: 'agent',
      content: 'Action look performed',
      action_name: 'look',
      action_logs: [{ id: 'c1', tools_used: { at: 1 }, response: { ok: true } }],
    },
    {
      sender: 'agent',
      content: 'Action pay performed',
      action_name: 'pay',
      action_logs: [{ tools_used: { sum: 2 }, error_message: 'refused' }],
    },
    { sender: 'agent', content: 'Action wait performed', action_name: 'wait' },
    { sender: 'agent', content: 'Done.' },
  ] as const

  test('as messages of OpenAI', () => {
    expect(toOpenAIMessages({ messages })).toEqual([
      { role: 'system', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          { id: 'call_2', type: 'function', function: { name: 'pay', arguments: '{"sum":2}' } },
          { id: 'call_3', type: 'function', function: { name: 'wait', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"ok":true}' },
      { role: 'tool', tool_call_id: 'call_2', content: 'refused' },
      { role: 'assistant', content: 'Done.' },
    ])
    expect(toOpenAIMessages({})).toEqual([])
  })

  test('as messages of the AI SDK', () => {
    expect(toUIMessages({ messages })).toEqual([
      { id: 'message-1', role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
      {
        id: 'message-2',
        role: 'user',
        parts: [
          { type: 'text', text: 'Look' },
          { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' },
        ],
      },
      {
        id: 'message-3',
        role: 'assistant',
        metadata: { createdAt: '2026-01-05T10:00:00Z', model: 'm-1', usage: { inputTokens: 1, outputTokens: 2 } },
        parts: [
          { type: 'reasoning', text: 'Hm.', state: 'done' },
          { type: 'text', text: 'I look.' },
          {
            type: 'dynamic-tool',
            toolName: 'look',
            toolCallId: 'c1',
            input: { at: 1 },
            state: 'output-available',
            output: { ok: true },
          },
          {
            type: 'dynamic-tool',
            toolName: 'pay',
            toolCallId: 'call-2',
            input: { sum: 2 },
            state: 'output-error',
            errorText: 'refused',
          },
          { type: 'dynamic-tool', toolName: 'wait', toolCallId: 'call-3', input: {}, state: 'input-available' },
          { type: 'step-start' },
          { type: 'text', text: 'Done.' },
        ],
      },
    ])
  })

  test('the AI SDK takes its messages as they are', async () => {
    const { convertToModelMessages, safeValidateUIMessages } = await import('ai')
    const made = toUIMessages({ messages })
    expect(await safeValidateUIMessages({ messages: made })).toMatchObject({ success: true })
    const model = await convertToModelMessages(made as Parameters<typeof convertToModelMessages>[0])
    expect(model.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant'])
  })
})
