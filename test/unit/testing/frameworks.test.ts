/** The messages that frameworks make, asserted on as they come. */
import {
  AIMessage,
  HumanMessage,
  mapChatMessagesToStoredMessages,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { generateText, stepCountIs, tool } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import { describe, test } from 'vitest'
import { z } from 'zod'
import { assert } from '../../../src/testing/assert.ts'

/** Asserts what is true of the same short conversation in each. */
function check(messages: readonly object[]): void {
  assert.toHaveAction(messages, 'lookup_order', { input: { order: 17 }, output: { status: 'lost' }, times: 1 })
  assert.toHaveTrajectory(messages, ['lookup_order'])
  assert.toHaveMessage(messages, 'Where is order 17?', { sender: 'end_user', turn: 1 })
  assert.toHaveMessage(messages, 'It is lost.', { sender: 'agent', turn: 'last' })
  assert.not.toHaveMessage(messages, 'Be kind.')
}

describe('LangChain', () => {
  const messages = [
    new SystemMessage('Be kind.'),
    new HumanMessage('Where is order 17?'),
    new AIMessage({ content: '', tool_calls: [{ id: 'a', name: 'lookup_order', args: { order: 17 } }] }),
    new ToolMessage({ tool_call_id: 'a', name: 'lookup_order', content: '{"status":"lost"}' }),
    new AIMessage('It is lost.'),
  ]
  test('messages', () => check(messages))
  test('as they are stored', () => check(mapChatMessagesToStoredMessages(messages)))
  test('as JSON', () => check(JSON.parse(JSON.stringify(messages)) as object[]))
})

test('the AI SDK: what a call to a model gives', async () => {
  const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } }
  const answers = [
    [{ type: 'tool-call', toolCallId: 'a', toolName: 'lookup_order', input: '{"order":17}' }],
    [{ type: 'text', text: 'It is lost.' }],
  ]
  const doGenerate = async () => {
    const content = answers.shift()!
    const unified = answers.length > 0 ? 'tool-calls' : 'stop'
    return { content, finishReason: { unified, raw: undefined }, usage, warnings: [] }
  }
  const { response } = await generateText({
    model: new MockLanguageModelV3({ doGenerate: doGenerate as never }),
    prompt: 'Where is order 17?',
    stopWhen: stepCountIs(3),
    tools: {
      lookup_order: tool({
        inputSchema: z.object({ order: z.number() }),
        execute: async () => ({ status: 'lost' }),
      }),
    },
  })
  check([{ role: 'user', content: 'Where is order 17?' }, ...response.messages])
})
