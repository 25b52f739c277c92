/** Recording the AI SDK: the entry point `conversation-store/record/ai-sdk`. */
import { contentOf, count, hear, newMessages, textOf } from '../features/recording/content.ts'
import { Feed, type RecordOptions, TOLD } from '../features/recording/feed.ts'
import type { RunEnd } from '../features/recording/tool.ts'
import type { Writer } from '../features/recording/writer.ts'

export type { SendTo } from '../features/recording/http-log.ts'
export type { RecordOptions }

type Listener = (event: unknown) => void

/** A telemetry integration of the AI SDK, version 6 or 7. Its listeners return at once and never throw. */
export interface AiSdkRecorder {
  readonly onStart: Listener
  readonly onLanguageModelCallEnd: Listener
  readonly onToolCallStart: Listener
  readonly onToolCallFinish: Listener
  readonly onToolExecutionStart: Listener
  readonly onToolExecutionEnd: Listener
  readonly onObjectStepEnd: Listener
  readonly onStepFinish: Listener
  readonly onStepEnd: Listener
  readonly onFinish: Listener
  readonly onEnd: Listener
  readonly onAbort: Listener
  readonly onError: Listener
  /** Resolves when all that was recorded so far is in the store, or sent. Never rejects. */
  flush(): Promise<void>
  /** Sends the tools that have not ended too, and resolves when all is sent. Never rejects. */
  close(): Promise<void>
}

/** An event of any kind: each listener reads the keys that it knows. */
type Event = Readonly<Record<string, unknown>>

/** A call of `generateText`, `streamText` or the like; in version 6 all calls of a conversation that are open, for none has an id. */
interface Call {
  readonly writer: Writer
  /** The ids of the tools that were called. */
  readonly tools: Set<unknown>
  /** When the first tool of the step began, after the step's text. */
  toolsAt: string | undefined
  /** How many calls it stands for. */
  open: number
}

/** Calls that have neither conversations nor texts. */
const SILENT = /embed|rerank|speech|transcri|image|video/i

/**
 * A recorder of the AI SDK: the user's new message, the text of each step, tool calls with input, result or error and times,
 * and tokens. Version 6 registers it with `registerTelemetryIntegration` and each call says `experimental_telemetry:
 * { isEnabled: true, metadata: { conversation_id } }`; version 7 with `registerTelemetry`, and each call says `runtimeContext:
 * { conversation_id }` and `telemetry: { includeRuntimeContext: { conversation_id: true } }`. A call that names no conversation
 * belongs to the recorder's own. Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER` for its options, and nothing later.
 *
 * @example
 * import { registerTelemetryIntegration } from 'ai'
 * registerTelemetryIntegration(recordAiSdk({ store }))
 */
export function recordAiSdk(options: RecordOptions): AiSdkRecorder {
  const feed = new Feed('recordAiSdk', options)
  /** Null for a call whose conversation could not be made. */
  const calls = new Map<unknown, Call | null>()
  const running = new Map<unknown, (end: RunEnd) => void>()
  const on = (listener: (event: Event) => void): Listener => feed.guard((event) => listener(Object(event) as Event))

  const keyOf = ({ callId, metadata }: Event) => callId ?? `6:${(Object(metadata) as Event).conversation_id}`
  const startCall = (event: Event): Call => {
    const key = keyOf(event)
    const open = calls.get(key)
    if (!open) keep(calls, key, null)
    const call = open ?? newCall(feed.writer(event.metadata ?? event.runtimeContext))
    call.open++
    keep(calls, key, call)
    return call
  }
  const callOf = (event: Event): Call => {
    const call = calls.get(keyOf(event))
    if (call === undefined) throw new Error(`The AI SDK told of a call that did not begin: ${keyOf(event)}.`)
    if (call === null) throw TOLD
    return call
  }
  /** The key of a tool's run: ids of calls are those of the model, and other conversations may have the same. */
  const runOf = ({ writer }: Call, toolCallId: unknown) => JSON.stringify([writer.conversation_id, toolCallId])
  const say = ({ writer }: Call, content: unknown, at?: string) => {
    const { files } = contentOf(content).options
    const text = textOf(content)
    if (text !== '' || files?.length) writer.agent(text, { ...(files && { files }), ...(at !== undefined && { at }) })
  }
  const use = ({ writer }: Call, usage: unknown) => {
    const { inputTokens, outputTokens, totalTokens } = Object(usage) as Event
    count(writer, inputTokens, outputTokens, totalTokens)
  }
  const begin = (call: Call, given: unknown) => {
    const { toolCallId, toolName, input } = Object(given) as Event
    call.tools.add(toolCallId)
    keep(running, runOf(call, toolCallId), call.writer.run(toolName as string, input))
  }
  const end = (call: Call, given: unknown, how: RunEnd) => {
    const run = runOf(call, (Object(given) as Event).toolCallId)
    running.get(run)?.(how)
    running.delete(run)
  }

  /** Tools of a step that nobody here ran: the provider's, and those that the user's page runs and answers with the next call. */
  const leftovers = (call: Call, content: unknown) => {
    const parts = (Array.isArray(content) ? content : []).map((part) => Object(part) as Event)
    for (const part of parts) {
      if (part.type === 'tool-call' && !call.tools.has(part.toolCallId)) begin(call, part)
      if (part.type === 'tool-result') end(call, part, { output: part.output })
      if (part.type === 'tool-error') end(call, part, { error: part.error })
    }
  }
  const answered = (call: Call, messages: readonly unknown[]) => {
    if (running.size === 0) return
    for (const message of messages) {
      const { role, content } = Object(message) as Event
      for (const part of role === 'tool' && Array.isArray(content) ? content : []) {
        const { type, value } = Object((Object(part) as Event).output) as Event
        end(call, part, `${type}`.startsWith('error') ? { error: value } : { output: value })
      }
    }
  }

  const start = on((event) => {
    if (SILENT.test(`${event.operationId ?? ''}`)) return
    const call = startCall(event)
    const given = event.messages ?? event.prompt
    const messages: readonly unknown[] = Array.isArray(given) ? given : [{ role: 'user', content: given }]
    answered(call, messages)
    for (const message of newMessages(messages, (each) => (Object(each) as Event).role))
      hear(call.writer, (Object(message) as Event).content)
  })
  const toolStart = on((event) => {
    const call = callOf(event)
    // Version 6 tells the text of a step after its tools, though it was said before them.
    if (event.callId === undefined) call.toolsAt ??= feed.now()
    begin(call, event.toolCall)
  })
  const modelEnd = on((event) => {
    const call = callOf(event)
    say(call, event.content)
    use(call, event.usage)
  })
  const stepEnd = on((event) => {
    const call = callOf(event)
    if (event.callId === undefined) {
      say(call, event.content, call.toolsAt)
      use(call, event.usage)
    }
    leftovers(call, event.content)
    call.toolsAt = undefined
  })
  const finish = on((event) => {
    const call = calls.get(keyOf(event))
    if (!call || --call.open === 0) calls.delete(keyOf(event))
  })

  return {
    onStart: start,
    onLanguageModelCallEnd: modelEnd,
    onToolCallStart: toolStart,
    onToolCallFinish: on((event) => {
      end(callOf(event), event.toolCall, event.success ? { output: event.output } : { error: event.error })
    }),
    onToolExecutionStart: toolStart,
    onToolExecutionEnd: on((event) => {
      const { type, output, error } = Object(event.toolOutput) as Event
      end(callOf(event), event.toolCall, type === 'tool-error' ? { error } : { output })
    }),
    onObjectStepEnd: on((event) => {
      const call = callOf(event)
      say(call, event.objectText)
      use(call, event.usage)
    }),
    // Version 7 calls both; `onStepEnd` is the one that stays.
    onStepFinish: (event) => ((Object(event) as Event).callId === undefined ? stepEnd(event) : undefined),
    onStepEnd: stepEnd,
    onFinish: finish,
    onEnd: finish,
    onAbort: finish,
    onError: finish,
    flush: () => feed.flush(),
    close: () => feed.close(),
  }
}

function newCall(writer: Writer): Call {
  return { writer, tools: new Set(), toolsAt: undefined, open: 0 }
}

/** Calls and tools that are remembered: some never end, and the oldest are forgotten. */
const MOST_KEPT = 10_000

function keep<Value>(map: Map<unknown, Value>, key: unknown, value: Value): void {
  map.set(key, value)
  if (map.size > MOST_KEPT) map.delete(map.keys().next().value)
}
