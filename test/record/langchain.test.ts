/** The recorder of LangChain, with its fake models. */
import { AIMessage, AIMessageChunk, HumanMessage, SystemMessage, type ToolMessage } from '@langchain/core/messages'
import { ChatGenerationChunk } from '@langchain/core/outputs'
import { RunnableLambda } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { FakeListChatModel, FakeLLM, FakeStreamingChatModel } from '@langchain/core/utils/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { recordLangChain } from '../../src/record/langchain.ts'
import { counter, steps, transcriptOf } from '../../src/testing/index.ts'
import { runsIn } from './runs.ts'

function recording(options: object = {}) {
  const store = new ConversationStore()
  const errors: unknown[] = []
  const recorder = recordLangChain({
    store,
    now: steps('2026-01-05T10:00:00Z'),
    ids: counter(),
    onError: (error) => errors.push(error),
    ...options,
  })
  return { store, errors, recorder }
}

const usage_metadata = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
const schema = z.object({ order: z.number() })
const lookup = tool(async ({ order }) => ({ order, status: 'lost' }), { name: 'lookup', schema })
const refund = tool(
  async (): Promise<string> => {
    throw new Error('Timeout')
  },
  { name: 'refund', schema },
)

/** A model that says one message after another, streaming or not. */
class Scripted extends FakeListChatModel {
  readonly #says: AIMessage[]

  constructor(says: AIMessage[]) {
    super({ responses: [''] })
    this.#says = says
  }

  override async _generate() {
    const message = this.#says.shift()!
    return { generations: [{ text: message.text, message }] }
  }

  override async *_streamResponseChunks(): AsyncGenerator<ChatGenerationChunk> {
    const { content, tool_calls = [], usage_metadata } = this.#says.shift()!
    const tool_call_chunks = tool_calls.map(({ id, name, args }, index) => ({
      id,
      name,
      index,
      args: JSON.stringify(args),
      type: 'tool_call_chunk' as const,
    }))
    const text = String(content)
    for (const piece of [text.slice(0, 3), text.slice(3)])
      yield new ChatGenerationChunk({ text: piece, message: new AIMessageChunk({ content: piece }) })
    const message = new AIMessageChunk({ content: '', tool_call_chunks, usage_metadata } as object)
    yield new ChatGenerationChunk({ text: '', message })
  }
}

const called = (content: string, ...names: string[]) => {
  const tool_calls = names.map((name) => ({ id: `call ${name}`, name, args: { order: 17 } }))
  return new AIMessage({ content, usage_metadata, tool_calls } as object)
}
const said = (content: string) => new AIMessage({ content, usage_metadata } as object)

/** An agent: it asks the model until that calls no tool. */
function agent(model: Scripted, isStreaming: boolean) {
  return RunnableLambda.from(async (question: string, config) => {
    const messages: (AIMessage | HumanMessage | SystemMessage | ToolMessage)[] = [
      new SystemMessage('Help.'),
      new HumanMessage(question),
    ]
    for (;;) {
      let answer: AIMessageChunk | AIMessage | undefined
      if (isStreaming)
        for await (const chunk of await model.stream(messages, config))
          answer = answer === undefined ? chunk : (answer as AIMessageChunk).concat(chunk)
      else answer = (await model.invoke(messages, config)) as unknown as AIMessage
      messages.push(answer as AIMessage)
      if (!answer?.tool_calls?.length) return answer!.text
      const results = answer.tool_calls.map(async (call) => {
        const one = call.name === 'lookup' ? lookup : refund
        return (await one.invoke({ ...call, type: 'tool_call' }, config).catch(() => undefined)) as
          | ToolMessage
          | undefined
      })
      for (const result of await Promise.all(results)) if (result) messages.push(result)
    }
  })
}

describe.each([
  ['invoke', false],
  ['stream', true],
])('%s', (_, isStreaming) => {
  test('records messages, parallel tools with their results and errors, and tokens', async () => {
    const { store, errors, recorder } = recording()
    const model = new Scripted([called('Let me look.', 'lookup', 'refund'), said('It is lost.')])
    const metadata = { conversation_id: 'c1', device: 'mobile' }
    expect(await agent(model, isStreaming).invoke('Where is order 17?', { callbacks: [recorder], metadata })).toBe(
      'It is lost.',
    )
    expect(errors).toEqual([])
    const row = store.get('c1')!
    expect(row.device).toBe('mobile')
    expect(transcriptOf(row)).toBe(
      [
        'user: Where is order 17?',
        'agent: Let me look.',
        'agent: [tokens] prompt 10, completion 5, total 15',
        'agent: lookup({"order":17}) -> {"order":17,"status":"lost"}',
        'agent: refund({"order":17}) failed: Timeout',
        'agent: It is lost.',
        'agent: [tokens] prompt 20, completion 10, total 30',
      ].join('\n'),
    )
    const runs = runsIn(row).filter(({ started_at }) => started_at)
    expect(runs.map(({ duration_ms }) => (duration_ms as number) > 0)).toEqual([true, true])
  })

  test('keeps conversations apart that go on at the same time', async () => {
    const { store, errors, recorder } = recording()
    const ids = ['a', 'b', 'c']
    const answers = ids.map((id) => {
      const model = new Scripted([called('', 'lookup'), said(`Hi ${id}.`)])
      return agent(model, isStreaming).invoke(`I am ${id}`, { callbacks: [recorder], metadata: { thread_id: id } })
    })
    await Promise.all(answers)
    expect(errors).toEqual([])
    for (const id of ids)
      expect(transcriptOf(store.get(id)!).replace(/\n.*\[tokens\].*/g, '')).toBe(
        `user: I am ${id}\nagent: lookup({"order":17}) -> {"order":17,"status":"lost"}\nagent: Hi ${id}.`,
      )
  })
})

test('of a history records what is new, and the same question once where several models hear it', async () => {
  const { store, recorder } = recording()
  const history = [
    new HumanMessage('Hello'),
    new AIMessage('Hi!'),
    new HumanMessage({
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,YWJj' } },
      ],
    }),
  ]
  const router = new FakeListChatModel({ responses: ['route', 'answer'] })
  const chain = RunnableLambda.from(async (_: string, config) => {
    await router.invoke(history, config)
    await router.invoke(history, config)
  })
  await chain.invoke('', { callbacks: [recorder] })
  expect(transcriptOf(store.get('chat-1')!)).toBe(
    'user: Look:\nuser: [file] file (image/png, 3 bytes)\nagent: route\nagent: answer',
  )
})

test('what the models of a tool say is not said to the user; their tokens count', async () => {
  const { store, recorder } = recording()
  const inner = new Scripted([said('inner')])
  const summarize = tool(async ({ text }, config) => (await inner.invoke(text, config)).text, {
    name: 'summarize',
    schema: z.object({ text: z.string() }),
  })
  await summarize.invoke({ text: 'long' }, { callbacks: [recorder] })
  expect(transcriptOf(store.get('chat-1')!)).toBe(
    'agent: summarize({"text":"long"}) -> "inner"\nagent: [tokens] prompt 10, completion 5, total 15',
  )
})

test('models of strings, and models that stream, are recorded too', async () => {
  const { store, recorder } = recording()
  await new FakeLLM({ response: 'Hi!' }).invoke('Hello', { callbacks: [recorder] })
  const streaming = new FakeStreamingChatModel({ responses: [new AIMessage('Streamed')] })
  for await (const _ of await streaming.stream('Again', { callbacks: [recorder] }));
  expect(transcriptOf(store.get('chat-1')!)).toBe('user: Hello\nagent: Hi!\nuser: Again\nagent: Streamed')
})

test('a model that fails leaves what was said, and a tool that never ends is a run without an end', async () => {
  const { store, errors, recorder } = recording()
  const failing = new FakeLLM({ thrownErrorString: 'Down' })
  await expect(failing.invoke('Hello', { callbacks: [recorder] })).rejects.toThrow('Down')
  let begun = () => {}
  const running = new Promise<void>((resolve) => {
    begun = resolve
  })
  const wait = tool(
    () => {
      begun()
      return new Promise<string>(() => {})
    },
    { name: 'wait', schema: z.object({}) },
  )
  void wait.invoke({}, { callbacks: [recorder] })
  await running
  expect(errors).toEqual([])
  expect(transcriptOf(store.get('chat-1')!)).toBe('user: Hello\nagent: wait({}) has not ended')
})

test('what goes wrong is told once, and the agent goes on', async () => {
  const { store, errors, recorder } = recording()
  recorder.handleLLMEnd({ generations: [] }, 'unknown')
  expect(errors).toEqual([expect.objectContaining({ message: 'LangChain ended a run that did not begin: unknown.' })])
  const model = new FakeListChatModel({ responses: ['Hi!'] })
  const answer = await model.invoke('Hello', { callbacks: [recorder], metadata: { conversation_id: 'x'.repeat(300) } })
  expect(answer.text).toBe('Hi!')
  expect(store.size).toBe(0)
  expect(errors).toHaveLength(2)
})

test('sendTo gives a handler the same, and close() sends what has not ended', async () => {
  const store = new ConversationStore()
  const handler = createHandler(store, { keys: { secret: 'write' } })
  const fetch = (url: string, init: RequestInit) => handler(new Request(url, init))
  const { recorder, errors } = recording({
    store: undefined,
    sendTo: { url: 'http://localhost/api/', key: 'secret', fetch },
  })
  const tell = async (callbacks: [typeof recorder]) => {
    const model = new Scripted([called('Let me look.', 'lookup', 'refund'), said('It is lost.')])
    await agent(model, false).invoke('Where is order 17?', { callbacks, metadata: { conversation_id: 'c1' } })
    callbacks[0].handleToolStart({ name: 'wait' }, '{"a":1}', 'run', undefined, [], { conversation_id: 'c1' })
  }
  await tell([recorder])
  await recorder.flush()
  expect(store.get('c1')!.messages.some(({ action_name }) => action_name === 'wait')).toBe(false)
  await recorder.close()
  expect(errors).toEqual([])
  const beside = recording()
  await tell([beside.recorder])
  expect(transcriptOf(store.get('c1')!, { times: true })).toBe(transcriptOf(beside.store.get('c1')!, { times: true }))
})

test('a clock that stands still keeps the order, in a handler too', async () => {
  const store = new ConversationStore()
  const handler = createHandler(store)
  const fetch = (url: string, init: RequestInit) => handler(new Request(url, init))
  const now = () => '2026-01-05T10:00:00Z'
  const { recorder } = recording({ store: undefined, now, sendTo: { url: 'http://localhost', fetch } })
  const model = new Scripted([called('Let me look.', 'lookup'), said('It is lost.')])
  await agent(model, false).invoke('Where is order 17?', { callbacks: [recorder], metadata: { conversation_id: 'c1' } })
  await recorder.close()
  expect(transcriptOf(store.get('c1')!).replace(/\n.*\[tokens\].*/g, '')).toBe(
    'user: Where is order 17?\nagent: Let me look.\nagent: lookup({"order":17}) -> {"order":17,"status":"lost"}\nagent: It is lost.',
  )
})
