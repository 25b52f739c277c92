/** The recorder of the OpenAI Agents SDK, with models that answer from a list: some trace their calls, others do not. */
import {
  Agent,
  addTraceProcessor,
  getCurrentTrace,
  type Model,
  type ModelRequest,
  type ModelResponse,
  Runner,
  setTraceProcessors,
  setTracingDisabled,
  tool,
  Usage,
  withGenerationSpan,
  withResponseSpan,
  withTrace,
} from '@openai/agents'
import { assistantMessage, functionCall, ScriptedModel } from '@openai/agents/testing'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { recordOpenAIAgents } from '../../src/record/openai-agents.ts'
import { counter, steps, transcriptOf } from '../../src/testing/index.ts'
import { runsIn } from './runs.ts'

// Tracing is off where NODE_ENV is test.
beforeAll(() => setTracingDisabled(false))
beforeEach(() => setTraceProcessors([]))

function recording(options: object = {}) {
  const store = new ConversationStore()
  const errors: unknown[] = []
  const recorder = recordOpenAIAgents({
    store,
    now: steps('2026-01-05T10:00:00Z'),
    ids: counter(),
    onError: (error) => errors.push(error),
    ...options,
  })
  addTraceProcessor(recorder)
  return { store, errors, recorder }
}

type Output = ModelResponse['output']

const says = (text: string): Output[number] => {
  return { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] }
}
const calls = (name: string, args: object = { order: 17 }): Output[number] => {
  return { type: 'function_call', callId: `call ${name}`, name, status: 'completed', arguments: JSON.stringify(args) }
}

/** A model that answers from a list, and tells of its calls as the models of OpenAI do, by a response or a generation, or not. */
class Scripted implements Model {
  readonly #answers: (Output | Error)[]
  readonly #traces: 'response' | 'generation' | 'nothing'

  constructor(traces: 'response' | 'generation' | 'nothing', ...answers: (Output | Error)[]) {
    this.#answers = answers
    this.#traces = traces
  }

  async getResponse({ input }: ModelRequest): Promise<ModelResponse> {
    const answer = this.#answers.shift() ?? []
    const usage = new Usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15, requests: 1 })
    const take = () => {
      if (answer instanceof Error) throw answer
      return { usage, output: answer, responseId: 'r' }
    }
    if (this.#traces === 'nothing') return take()
    const counted = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
    if (this.#traces === 'response')
      return withResponseSpan(async ({ spanData }) => {
        const response = take()
        Object.assign(spanData, { _input: input, _response: { output: answer, usage: counted } })
        return response
      })
    return withGenerationSpan(async ({ spanData }) => {
      const response = take()
      Object.assign(spanData, { input, output: answer, usage: counted })
      return response
    })
  }

  async *getStreamedResponse(request: ModelRequest): AsyncGenerator<never> {
    const { output, usage } = await this.getResponse(request)
    const said = { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, totalTokens: usage.totalTokens }
    yield { type: 'response_done', response: { id: 'r', output, usage: said } } as never
  }
}

const parameters = z.object({ order: z.number() })
const lookup = tool({
  name: 'lookup',
  description: 'x',
  parameters,
  execute: async ({ order }) => ({ order, status: 'lost' }),
})
const refund = tool({
  name: 'refund',
  description: 'x',
  parameters,
  // Without one the SDK keeps the error back.
  errorFunction: (_, error) => `${error}`,
  execute: async () => {
    throw new Error('Timeout')
  },
})

const ask = async (runner: Runner, agent: Agent, question: string, stream: boolean): Promise<string> => {
  if (!stream) return (await runner.run(agent, question)).finalOutput as string
  const result = await runner.run(agent, question, { stream: true })
  await result.completed
  return result.finalOutput as string
}

const withoutTokens = (text: string) => text.replace(/\n.*\[tokens\].*/g, '')

describe.each([
  ['run', false],
  ['a streamed run', true],
])('%s', (_, stream) => {
  test.each(['response', 'generation'] as const)(
    'of a model that traces a %s: messages, parallel tools and tokens',
    async (traces) => {
      const { store, errors } = recording()
      const model = new Scripted(
        traces,
        [says('Let me look.'), calls('lookup'), calls('refund')],
        [says('It is lost.')],
      )
      const agent = new Agent({ name: 'Shop', model, tools: [lookup, refund] })
      const runner = new Runner({ groupId: 'c1', traceMetadata: { device: 'mobile' } })
      expect(await ask(runner, agent, 'Where is order 17?', stream)).toBe('It is lost.')
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
    },
  )

  test('of a model that traces nothing: tools and tokens, and with attach() what was said', async () => {
    const { store, errors, recorder } = recording()
    const model = new Scripted('nothing', [calls('lookup')], [says('It is lost.')])
    const runner = new Runner({ groupId: 'c1' })
    recorder.attach(runner, getCurrentTrace)
    await ask(runner, new Agent({ name: 'Shop', model, tools: [lookup] }), 'Where is order 17?', stream)
    expect(errors).toEqual([])
    expect(transcriptOf(store.get('c1')!)).toBe(
      'user: Where is order 17?\nagent: lookup({"order":17}) -> {"order":17,"status":"lost"}\nagent: It is lost.\nagent: [tokens] prompt 20, completion 10, total 30',
    )
  })

  test('attach() says nothing twice', async () => {
    const { store, recorder } = recording()
    const runner = new Runner({ groupId: 'c1' })
    recorder.attach(runner, getCurrentTrace)
    await ask(runner, new Agent({ name: 'Shop', model: new Scripted('response', [says('Hi!')]) }), 'Hello', stream)
    expect(withoutTokens(transcriptOf(store.get('c1')!))).toBe('user: Hello\nagent: Hi!')
  })

  test('keeps conversations apart that go on at the same time', async () => {
    const { store, errors, recorder } = recording()
    const ids = ['a', 'b', 'c']
    const traces = ['response', 'generation', 'nothing'] as const
    await Promise.all(
      ids.map((id, at) => {
        const model = new Scripted(traces[at]!, [calls('lookup', { order: at })], [says(`Hi ${id}.`)])
        const runner = new Runner({ groupId: id })
        recorder.attach(runner, getCurrentTrace)
        return ask(runner, new Agent({ name: 'Shop', model, tools: [lookup] }), `I am ${id}`, stream)
      }),
    )
    expect(errors).toEqual([])
    for (const [at, id] of ids.entries())
      expect(withoutTokens(transcriptOf(store.get(id)!))).toBe(
        `user: I am ${id}\nagent: lookup({"order":${at}}) -> {"order":${at},"status":"lost"}\nagent: Hi ${id}.`,
      )
  })
})

test('of a history records what is new; a run that names no conversation belongs to that of the recorder', async () => {
  const { store } = recording({ conversation: { conversation_id: 'mine', language: 'de' } })
  const agent = new Agent({ name: 'Shop', model: new Scripted('response', [says('Hi!')], [says('Lost.')]) })
  const runner = new Runner()
  const first = await runner.run(agent, 'Hello')
  const image = { type: 'input_image', image: 'data:image/png;base64,YWJj' } as const
  await runner.run(agent, [
    ...first.history,
    { role: 'user', content: [{ type: 'input_text', text: 'Where is it?' }, image] },
  ])
  expect(store.get('mine')!.language).toBe('de')
  expect(withoutTokens(transcriptOf(store.get('mine')!))).toBe(
    'user: Hello\nagent: Hi!\nuser: Where is it?\nuser: [file] file (image/png, 3 bytes)\nagent: Lost.',
  )
})

test('an agent that is a tool is a tool: what it says is not said to the user', async () => {
  const { store } = recording()
  const inner = new Agent({ name: 'Inner', model: new Scripted('response', [says('secret')]) })
  const model = new Scripted('response', [calls('ask_inner', { input: 'psst' })], [says('Done.')])
  const agent = new Agent({
    name: 'Outer',
    model,
    tools: [inner.asTool({ toolName: 'ask_inner', toolDescription: 'x' })],
  })
  await new Runner({ groupId: 'c1' }).run(agent, 'Hello')
  expect(withoutTokens(transcriptOf(store.get('c1')!))).toBe(
    'user: Hello\nagent: ask_inner({"input":"psst"}) -> "secret"\nagent: Done.',
  )
})

test('two runs in one trace are one conversation', async () => {
  const { store } = recording()
  const agent = new Agent({ name: 'Shop', model: new Scripted('generation', [says('One.')], [says('Two.')]) })
  await withTrace(
    'both',
    async () => {
      await new Runner().run(agent, 'First')
      await new Runner().run(agent, 'Second')
    },
    { metadata: { conversation_id: 'c1' } },
  )
  expect(withoutTokens(transcriptOf(store.get('c1')!))).toBe('user: First\nagent: One.\nuser: Second\nagent: Two.')
})

test('a tool that never ends is a run without an end; a model that fails leaves what there is', async () => {
  const { store, errors } = recording()
  let begun = () => {}
  const running = new Promise<void>((resolve) => {
    begun = resolve
  })
  const wait = tool({
    name: 'wait',
    description: 'x',
    parameters: z.object({}),
    execute: () => {
      begun()
      return new Promise<string>(() => {})
    },
  })
  void new Runner({ groupId: 'c1' }).run(
    new Agent({ name: 'Shop', model: new Scripted('response', [calls('wait', {})]), tools: [wait] }),
    'Wait.',
  )
  await running
  expect(runsIn(store.get('c1')!).filter(({ started_at }) => started_at)).toMatchObject([
    { ended_at: null, error_message: '' },
  ])
  const failing = new Agent({ name: 'Shop', model: new Scripted('response', new Error('Down')) })
  await expect(new Runner({ groupId: 'c2' }).run(failing, 'Hello')).rejects.toThrow('Down')
  expect(errors).toEqual([])
})

test.each([false, true])('the scripted model of the SDK, streaming: %s', async (stream) => {
  const { store, errors, recorder } = recording()
  const model = new ScriptedModel([
    [functionCall('lookup', { order: 17 }, { callId: '1' })],
    [assistantMessage('It is lost.')],
  ])
  const runner = new Runner({ groupId: 'c1' })
  recorder.attach(runner, getCurrentTrace)
  await ask(runner, new Agent({ name: 'Shop', model, tools: [lookup] }), 'Where is order 17?', stream)
  expect(errors).toEqual([])
  expect(withoutTokens(transcriptOf(store.get('c1')!))).toBe(
    'user: Where is order 17?\nagent: lookup({"order":17}) -> {"order":17,"status":"lost"}\nagent: It is lost.',
  )
})

test('what goes wrong is told once, and the agent goes on', async () => {
  const { store, errors, recorder } = recording()
  await recorder.onSpanEnd({ traceId: 'none', spanId: 's', spanData: { type: 'task' } })
  expect(errors).toEqual([expect.objectContaining({ message: 'The task span s belongs to no trace that began.' })])
  const agent = new Agent({
    name: 'Shop',
    model: new Scripted('response', [calls('lookup')], [says('Hi!')]),
    tools: [lookup],
  })
  expect((await new Runner({ groupId: 'x'.repeat(300) }).run(agent, 'Hello')).finalOutput).toBe('Hi!')
  expect(errors).toHaveLength(2)
  expect(store.size).toBe(0)
  expect(() => recorder.attach({} as never, getCurrentTrace)).toThrow('runner is {}. Expected a Runner.')
  expect(() => recorder.attach(new Runner(), null as never)).toThrow('Expected getCurrentTrace of @openai/agents.')
})

test('sendTo gives a handler the same', async () => {
  const store = new ConversationStore()
  const handler = createHandler(store, { keys: { secret: 'write' } })
  const fetch = (url: string, init: RequestInit) => handler(new Request(url, init))
  const tell = async () => {
    const model = new Scripted(
      'response',
      [says('Let me look.'), calls('lookup'), calls('refund')],
      [says('It is lost.')],
    )
    await new Runner({ groupId: 'c1' }).run(
      new Agent({ name: 'Shop', model, tools: [lookup, refund] }),
      'Where is order 17?',
    )
  }
  const { recorder, errors } = recording({
    store: undefined,
    sendTo: { url: 'http://localhost', key: 'secret', fetch },
  })
  await tell()
  await recorder.forceFlush()
  expect(errors).toEqual([])
  setTraceProcessors([])
  const beside = recording()
  await tell()
  expect(transcriptOf(store.get('c1')!, { times: true })).toBe(transcriptOf(beside.store.get('c1')!, { times: true }))
  await recorder.shutdown()
})
