/** A model that says what it is told to: no network, no key. */
import { MockLanguageModelV3 } from 'ai/test'

type Step = Awaited<ReturnType<MockLanguageModelV3['doGenerate']>>

const NONE = { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 }
const usage = { inputTokens: NONE, outputTokens: { total: 0, text: 0, reasoning: 0 } }

/** The model says this. */
export function says(text: string): Step {
  return { content: [{ type: 'text', text }], finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] }
}

/** The model calls this tool. */
export function calls(toolName: string, input: object): Step {
  const call = { type: 'tool-call', toolCallId: `${toolName}-1`, toolName, input: JSON.stringify(input) } as const
  return { content: [call], finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage, warnings: [] }
}

/** A model that takes these steps, one a call. */
export function model(...steps: Step[]): MockLanguageModelV3 {
  return new MockLanguageModelV3({ doGenerate: steps })
}
