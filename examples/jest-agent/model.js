/** A model that says what it is told to: no network, no key. */
const { MockLanguageModelV3 } = require('ai/test')

const NONE = { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 }
const usage = { inputTokens: NONE, outputTokens: { total: 0, text: 0, reasoning: 0 } }

/** The model says this. */
exports.says = (text) => ({
  content: [{ type: 'text', text }],
  finishReason: { unified: 'stop', raw: 'stop' },
  usage,
  warnings: [],
})

/** The model calls this tool. */
exports.calls = (toolName, input) => ({
  content: [{ type: 'tool-call', toolCallId: `${toolName}-1`, toolName, input: JSON.stringify(input) }],
  finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
  usage,
  warnings: [],
})

/** A model that takes these steps, one a call. */
exports.model = (...steps) => new MockLanguageModelV3({ doGenerate: steps })
