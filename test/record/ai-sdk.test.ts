/** The recorder of the AI SDK, with both versions of it and their mock models. */
import * as ai6 from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import * as ai7 from 'ai-7'
import { MockLanguageModelV4 } from 'ai-7/test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { type AiSdkRecorder, recordAiSdk } from '../../src/record/ai-sdk.ts'
import { counter, steps, transcriptOf } from '../../src/testing/index.ts'
import { runsIn } from './runs.ts'

type Content = readonly object[]

const usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
}
const text = (said: string) => ({ type: 'text', text: said })
const call = (toolName: string, input: object, toolCallId = toolName) => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input: JSON.stringify(input),
})
const finishReason = (content: Content) => {
  const unified = content.some((part) => 'toolName' in part) ? 'tool-calls' : 'stop'
  return { unified, raw: unified }
}

/** The parts of a stream that say the same. */
function streamed(content: Content): object[] {
  const parts = content.flatMap((part): object[] => {
    if (!('text' in part)) return [part]
    return [
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: part.text },
      { type: 'text-end', id: '1' },
    ]
  })
  return [
    { type: 'stream-start', warnings: [] },
    ...parts,
    { type: 'finish', finishReason: finishReason(content), usage },
  ]
}

/** A model that says one thing after another, streaming or not. */
function model(version: number, ...says: readonly (Content | Error)[]) {
  let at = 0
  const next = () => {
    const content = says[at++] ?? []
    if (content instanceof Error) throw content
    return content
  }
  const Mock = (version === 6 ? MockLanguageModelV3 : MockLanguageModelV4) as typeof MockLanguageModelV3
  return new Mock({
    supportedUrls: { '*/*': [/./] },
    doGenerate: async () => {
      const content = next()
      return { content, finishReason: finishReason(content), usage, warnings: [] } as never
    },
    doStream: async () =>
      ({
        stream: ai6.simulateReadableStream({ chunks: streamed(next()), chunkDelayInMs: null, initialDelayInMs: null }),
      }) as never,
  })
}

// The two versions have one global list of integrations.
afterEach(() => {
  globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = undefined
})

/** The functions of the AI SDK that are used, whatever the version. */
type Ai = Pick<typeof ai6, 'generateText' | 'streamText' | 'tool'>

describe.each([
  [6, ai6 as Ai, (recorder: AiSdkRecorder) => ai6.registerTelemetryIntegration(recorder)],
  [7, ai7 as unknown as Ai, (recorder: AiSdkRecorder) => ai7.registerTelemetry(recorder)],
])('ai %i', (version, ai, register) => {
  const named = (conversation_id: string, more: object = {}) =>
    version === 6
      ? { experimental_telemetry: { isEnabled: true, metadata: { conversation_id, ...more } } }
      : {
          runtimeContext: { conversation_id, secret: 'kept', ...more },
          telemetry: { includeRuntimeContext: { conversation_id: true, device: true } },
        }
  const orders = {
    lookup: ai.tool({
      inputSchema: z.object({ order: z.number() }),
      execute: async ({ order }) => ({ order, status: 'lost' }),
    }),
    refund: ai.tool({
      inputSchema: z.object({ order: z.number() }),
      execute: async (): Promise<string> => {
        throw new Error('Timeout')
      },
    }),
  }
  const stopWhen = ai6.stepCountIs(5) as never

  function recording(options: object = {}) {
    const store = new ConversationStore()
    const errors: unknown[] = []
    const recorder = recordAiSdk({
      store,
      now: steps('2026-01-05T10:00:00Z'),
      ids: counter(),
      onError: (error) => errors.push(error),
      ...options,
    })
    register(recorder)
    return { store, errors, recorder }
  }

  /** Asks by `generateText` or `streamText`, and waits until all is said. */
  const ask = async (isStreaming: boolean, options: object): Promise<string> => {
    const given = options as Parameters<typeof ai.generateText>[0]
    if (!isStreaming) return (await ai.generateText(given)).text
    const result = ai.streamText({ onError: () => {}, ...given } as Parameters<typeof ai.streamText>[0])
    return await result.text
  }

  describe.each([
    ['generateText', false],
    ['streamText', true],
  ])('%s', (_, isStreaming) => {
    test('records messages, tools with their results and errors, and tokens', async () => {
      const { store, errors } = recording()
      const says = [
        [text('Let me look.'), call('lookup', { order: 17 }), call('refund', { order: 17 })],
        [text('It is lost.')],
      ]
      await ask(isStreaming, {
        model: model(version, ...says),
        tools: orders,
        stopWhen,
        prompt: 'Where is order 17?',
        ...named('c1', { device: 'mobile' }),
      })
      expect(errors).toEqual([])
      const row = store.get('c1')!
      expect(row).toMatchObject({ device: 'mobile', environment: 'development', is_used: true })
      const lines = transcriptOf(row).split('\n')
      // Where tokens stand among the tools differs between versions.
      expect(lines.filter((line) => !line.includes('[tokens]'))).toEqual([
        'user: Where is order 17?',
        'agent: Let me look.',
        'agent: lookup({"order":17}) -> {"order":17,"status":"lost"}',
        'agent: refund({"order":17}) failed: Timeout',
        'agent: It is lost.',
      ])
      expect(lines.filter((line) => line.includes('[tokens]'))).toEqual([
        'agent: [tokens] prompt 10, completion 5, total 15',
        'agent: [tokens] prompt 20, completion 10, total 30',
      ])
      for (const { started_at, ended_at, duration_ms } of runsIn(row).filter((run) => run.started_at)) {
        expect(duration_ms).toBe(Date.parse(ended_at as string) - Date.parse(started_at as string))
        expect(duration_ms).toBeGreaterThan(0)
      }
      const times = row.messages.map(({ timestamp }) => Date.parse(timestamp as string))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(JSON.stringify(row)).not.toContain('kept')
    })

    test('of a history records what is new', async () => {
      const { store } = recording()
      const messages: object[] = [{ role: 'user', content: 'Hello' }]
      await ask(isStreaming, { model: model(version, [text('Hi!')]), messages, ...named('c1') })
      messages.push(
        { role: 'assistant', content: 'Hi!' },
        { role: 'user', content: [{ type: 'text', text: 'Where is it?' }] },
      )
      await ask(isStreaming, { model: model(version, [text('Lost.')]), messages, ...named('c1') })
      expect(
        store
          .get('c1')!
          .messages.filter((each) => !each.action_name)
          .map(({ content }) => content),
      ).toEqual(['Hello', 'Hi!', 'Where is it?', 'Lost.'])
    })

    test('keeps conversations apart that go on at the same time', async () => {
      const { store, errors } = recording()
      const chats = ['a', 'b', 'c']
      await Promise.all(
        chats.map((id, order) =>
          ask(isStreaming, {
            ...{
              model: model(version, [call('lookup', { order })], [text(`Order ${order} is lost.`)]),
              tools: orders,
              stopWhen,
            },
            ...{ prompt: `Where is order ${order}?`, ...named(id) },
          }),
        ),
      )
      expect(errors).toEqual([])
      for (const [order, id] of chats.entries()) {
        expect(transcriptOf(store.get(id)!).replace(/\n.*\[tokens\].*/g, '')).toBe(
          `user: Where is order ${order}?\nagent: lookup({"order":${order}}) -> {"order":${order},"status":"lost"}\nagent: Order ${order} is lost.`,
        )
      }
    })

    test('a tool that never ends is a run without an end', async () => {
      const { store } = recording()
      let begun = () => {}
      const running = new Promise<void>((resolve) => {
        begun = resolve
      })
      const execute = (): Promise<string> => {
        begun()
        return new Promise(() => {})
      }
      const wait = ai.tool({ inputSchema: z.object({}), execute })
      void ask(isStreaming, {
        model: model(version, [call('wait', {})]),
        tools: { wait },
        prompt: 'Wait.',
        ...named('c1'),
      })
      await running
      const runs = runsIn(store.get('c1')!).filter(({ started_at }) => started_at)
      expect(runs).toMatchObject([{ tools_used: {}, ended_at: null, duration_ms: null }])
    })

    test('a model that fails leaves what was said', async () => {
      const { store, errors } = recording()
      const failing = { model: model(version, new Error('Down')), maxRetries: 0, prompt: 'Hello', ...named('c1') }
      await expect(ask(isStreaming, failing)).rejects.toThrow()
      await ask(isStreaming, { model: model(version, [text('Hi!')]), prompt: 'Hello?', ...named('c1') })
      expect(errors).toEqual([])
      expect(transcriptOf(store.get('c1')!)).toContain('user: Hello\nuser: Hello?\nagent: Hi!')
    })
  })

  test('a clock that stands still keeps the order', async () => {
    const { store } = recording({ now: () => 0 })
    const says = [[text('Let me look.'), call('lookup', { order: 17 })], [text('It is lost.')]]
    await ask(false, { model: model(version, ...says), tools: orders, stopWhen, prompt: 'Where?', ...named('c1') })
    const { messages } = store.get('c1')!
    const names = messages.map(({ action_name, content }) => action_name ?? content)
    expect(names.filter((name) => name !== 'token_usage')).toEqual(['Where?', 'Let me look.', 'lookup', 'It is lost.'])
  })

  test('a call that names no conversation belongs to that of the recorder', async () => {
    const { store } = recording({ conversation: { device: 'tablet', environment: 'prod' } })
    const unnamed = version === 6 ? { experimental_telemetry: { isEnabled: true } } : {}
    for (const prompt of ['Hello', 'Again'])
      await ask(false, { model: model(version, [text('Hi!')]), prompt, ...unnamed })
    expect(
      [...store].map(({ conversation_id, device, environment }) => [conversation_id, device, environment]),
    ).toEqual([['chat-1', 'tablet', 'production']])
    expect(store.get('chat-1')!.messages.filter(({ sender }) => sender === 'end_user')).toHaveLength(2)
  })

  test('files are attachments, and those elsewhere are URLs', async () => {
    const { store, errors } = recording()
    const content = [
      text('What is this?'),
      { type: 'file', data: new Uint8Array([1, 2, 3]), mediaType: 'application/pdf', filename: 'bill.pdf' },
      { type: 'image', image: 'data:image/png;base64,YWJj' },
      { type: 'image', image: new URL('https://example.com/a.png') },
    ]
    await ask(false, {
      model: model(version, [text('A bill.')]),
      messages: [{ role: 'user', content }],
      ...named('c1'),
    })
    expect(errors).toEqual([])
    expect(store.get('c1')!.messages[0]).toMatchObject({
      content: 'What is this?',
      metadata: { file_urls: ['https://example.com/a.png'] },
      attachments: [
        { filename: 'bill.pdf', mime_type: 'application/pdf', size_bytes: 3, type: 'document' },
        { filename: 'file', mime_type: 'image/png', size_bytes: 3, type: 'image' },
      ],
    })
  })

  test('a tool that the page runs ends with the answer of the next call', async () => {
    const { store } = recording()
    const confirm = ai.tool({ inputSchema: z.object({ sum: z.number() }) })
    const tools = { confirm }
    const asked = [text('Sure?'), call('confirm', { sum: 5 })]
    await ask(false, { model: model(version, asked), tools, prompt: 'Refund it.', ...named('c1') })
    expect(runsIn(store.get('c1')!)).toContainEqual(expect.objectContaining({ tools_used: { sum: 5 }, ended_at: null }))
    const messages = [
      { role: 'user', content: 'Refund it.' },
      { role: 'assistant', content: [text('Sure?'), { ...call('confirm', {}), input: { sum: 5 } }] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'confirm',
            toolName: 'confirm',
            output: { type: 'json', value: { yes: true } },
          },
        ],
      },
    ]
    await ask(false, { model: model(version, [text('Done.')]), tools, messages, ...named('c1') })
    expect(runsIn(store.get('c1')!)).toContainEqual(
      expect.objectContaining({ tools_used: { sum: 5 }, response: { yes: true } }),
    )
    expect(store.get('c1')!.messages.filter(({ sender }) => sender === 'end_user')).toHaveLength(1)
  })

  test('an unknown tool is a run that failed', async () => {
    const { store } = recording()
    await ask(false, {
      model: model(version, [call('nothing', { a: 1 })]),
      tools: orders,
      prompt: 'Do it.',
      ...named('c1'),
    })
    const [run] = runsIn(store.get('c1')!).filter(({ tools_used }) => tools_used)
    expect(run).toMatchObject({ tools_used: { a: 1 } })
    expect(run!.error_message).toContain('nothing')
  })

  test('what goes wrong is told once each, and the agent goes on', async () => {
    const { store, errors } = recording()
    const lookup = ai.tool({
      inputSchema: z.object({}),
      execute: () => {
        store.clear()
        return 'gone'
      },
    })
    const said = await ask(false, {
      model: model(version, [call('lookup', {})], [text('Hi!')]),
      tools: { lookup },
      stopWhen,
      prompt: 'Hello',
      ...named('c1'),
    })
    expect(said).toBe('Hi!')
    // The text, and tokens after the store was emptied; the tool has no place to end in.
    expect(errors.length).toBeGreaterThan(0)
    expect(new Set(errors).size).toBe(errors.length)
    for (const error of errors) expect(error).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a conversation that cannot be made is told once, and nothing of it is recorded elsewhere', async () => {
    const { store, errors, recorder } = recording()
    const says = [[text('Let me look.'), call('lookup', { order: 17 })], [text('Lost.')]]
    const options = {
      model: model(version, ...says),
      tools: orders,
      stopWhen,
      prompt: 'Hello',
      ...named('x'.repeat(300)),
    }
    expect(await ask(false, options)).toBe('Lost.')
    expect(errors).toEqual([expect.objectContaining({ code: 'INVALID_ROW' })])
    recorder.onToolExecutionStart({ callId: 'other', toolCall: { toolCallId: '1', toolName: 'lookup' } })
    recorder.onStepEnd(null)
    expect(errors).toHaveLength(3)
    expect(store.size).toBe(0)
  })

  test('an onError that throws is left alone, and without one a warning is written once', async () => {
    const onError = () => {
      throw new Error('no')
    }
    recording({ onError }).recorder.onStepEnd({ callId: 'other' })
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { recorder } = recording({ onError: undefined })
    for (const callId of ['a', 'b']) recorder.onStepEnd({ callId })
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })

  test('sendTo gives a handler the same', async () => {
    const store = new ConversationStore()
    const handler = createHandler(store, { keys: { secret: 'write' } })
    const requests: string[] = []
    const fetch = (url: string, init: RequestInit) => {
      requests.push(new URL(url).pathname)
      return handler(new Request(url, init))
    }
    const { recorder, errors } = recording({
      store: undefined,
      sendTo: { url: 'http://localhost:1/', key: 'secret', fetch },
    })
    const content = [
      text('Where is order 17?'),
      { type: 'file', data: new Uint8Array([1, 2, 3]), mediaType: 'image/png', filename: 'a.png' },
    ]
    const says = [
      [text('Let me look.'), call('lookup', { order: 17 }), call('refund', { order: 17 })],
      [text('It is lost.')],
    ]
    await ask(false, {
      model: model(version, ...says),
      tools: orders,
      stopWhen,
      messages: [{ role: 'user', content }],
      ...named('c1'),
    })
    await recorder.flush()
    expect(errors).toEqual([])
    expect(requests[0]).toBe('/api/conversations/')
    globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = undefined
    const beside = recording().store
    await ask(false, {
      model: model(version, ...says),
      tools: orders,
      stopWhen,
      messages: [{ role: 'user', content }],
      ...named('c1'),
    })
    expect(transcriptOf(store.get('c1')!, { times: true })).toBe(transcriptOf(beside.get('c1')!, { times: true }))
    expect(store.get('c1')!.messages[0]!.attachments).toEqual(beside.get('c1')!.messages[0]!.attachments)
  })
})

test('ai 7: generateObject is recorded as the object that was said', async () => {
  const store = new ConversationStore()
  ai7.registerTelemetry(recordAiSdk({ store, ids: counter() }))
  await ai7.generateObject({
    model: model(7, [text('{"a":1}')]) as never,
    schema: z.object({ a: z.number() }),
    prompt: 'Give me one.',
  })
  expect(transcriptOf(store.get('chat-1')!)).toContain('user: Give me one.\nagent: {"a":1}\n')
})
