/** Recording LangChain: the entry point `conversation-store/record/langchain`. */
import { count, hear, newMessages, parsed, textOf } from '../features/recording/content.ts'
import { Feed, type RecordOptions, TOLD } from '../features/recording/feed.ts'
import type { RunEnd } from '../features/recording/tool.ts'
import type { Writer } from '../features/recording/writer.ts'

export type { SendTo } from '../features/recording/http-log.ts'
export type { RecordOptions }

type Bag = Readonly<Record<string, unknown>>

/** What the runs of one `invoke` or `stream` share. */
interface Root {
  /** Null where the conversation could not be made. */
  writer: Writer | undefined | null
  /** The user's messages that were recorded: several models may be asked about one. */
  readonly said: Set<string>
}

/** A run of a chain, a model or a tool. */
interface Run {
  readonly root: Root
  /** Whether a tool runs it: then what it says is not said to the user. */
  readonly isInside: boolean
  readonly end?: (end: RunEnd) => void
}

/** A callback handler of LangChain that records. Its handlers return at once and never throw. */
export interface LangChainRecorder {
  readonly name: string
  readonly awaitHandlers: boolean
  readonly raiseError: boolean
  readonly handleChainStart: (chain: unknown, inputs: unknown, id: string, parent?: string) => void
  readonly handleChainEnd: (outputs: unknown, id: string) => void
  readonly handleChainError: (error: unknown, id: string) => void
  readonly handleChatModelStart: Start<readonly (readonly object[])[]>
  readonly handleLLMStart: Start<readonly string[]>
  readonly handleLLMEnd: (output: unknown, id: string) => void
  readonly handleLLMError: (error: unknown, id: string) => void
  readonly handleToolStart: (
    ...given: [tool: unknown, input: string, id: string, parent?: string, tags?: unknown, metadata?: Bag, name?: string]
  ) => void
  readonly handleToolEnd: (output: unknown, id: string) => void
  readonly handleToolError: (error: unknown, id: string) => void
  /** Resolves when all that was recorded so far is in the store, or sent. Never rejects. */
  flush(): Promise<void>
  /** Sends the tools that have not ended too, and resolves when all is sent. Never rejects. */
  close(): Promise<void>
}

type Start<Given> = (
  ...given: [model: unknown, given: Given, id: string, parent?: string, extra?: unknown, tags?: unknown, metadata?: Bag]
) => void

/**
 * A recorder of LangChain, a callback handler: the user's new message, the text of each answer, tool calls with input, result
 * or error and times, and tokens. The conversation is named by the metadata of a call, `conversation_id` or `thread_id`; a call
 * that names none belongs to the recorder's own. What a tool's own models are told and say is not recorded, their tokens are.
 * Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER` for its options, and nothing later.
 *
 * @example
 * const recorder = recordLangChain({ store })
 * await agent.invoke(input, { callbacks: [recorder], metadata: { conversation_id: 'chat-1' } })
 */
export function recordLangChain(options: RecordOptions): LangChainRecorder {
  const feed = new Feed('recordLangChain', options)
  const runs = new Map<string, Run>()

  const begin = (id: string, parent = ''): Run => {
    const run: Run = runs.get(parent) ?? { root: { writer: undefined, said: new Set() }, isInside: false }
    // A run of its own, for the end of a tool is that of the tool alone.
    const own = { root: run.root, isInside: run.isInside }
    runs.set(id, own)
    return own
  }
  const end = (id: string): Run => {
    const run = runs.get(id)
    if (run === undefined) throw new Error(`LangChain ended a run that did not begin: ${id}.`)
    runs.delete(id)
    return run
  }
  const writerOf = ({ root }: Run, metadata?: Bag): Writer => {
    if (root.writer === null) throw TOLD
    if (root.writer !== undefined) return root.writer
    root.writer = null
    root.writer = feed.writer(metadata, metadata?.conversation_id ?? metadata?.thread_id)
    return root.writer
  }
  const hearOnce = ({ root, isInside }: Run, writer: Writer, content: unknown) => {
    const key = JSON.stringify(content)
    if (isInside || root.said.has(key)) return
    root.said.add(key)
    hear(writer, content)
  }
  const endTool = (id: string, how: RunEnd) => end(id).end?.(how)
  const forget = feed.guard((_: unknown, id: string) => void runs.delete(id))

  return {
    name: 'conversation-store',
    awaitHandlers: true,
    raiseError: false,
    handleChainStart: feed.guard((_chain, _inputs, id, parent?) => void begin(id, parent)),
    handleChainEnd: forget,
    handleChainError: forget,
    handleChatModelStart: feed.guard((_model, batches, id, parent?, _extra?, _tags?, metadata?) => {
      const run = begin(id, parent)
      const writer = writerOf(run, metadata)
      for (const message of newMessages((batches[0] ?? []) as readonly Bag[], roleOf))
        hearOnce(run, writer, message.content)
    }),
    handleLLMStart: feed.guard((_model, prompts, id, parent?, _extra?, _tags?, metadata?) => {
      const run = begin(id, parent)
      hearOnce(run, writerOf(run, metadata), prompts[0] ?? '')
    }),
    handleLLMEnd: feed.guard((output, id) => {
      const run = end(id)
      const writer = writerOf(run)
      const { generations, llmOutput } = Object(output) as { generations?: Bag[][]; llmOutput?: Bag }
      const generation = generations?.[0]?.[0]
      const { content = generation?.text, usage_metadata } = Object(generation?.message) as Bag
      const text = textOf(content)
      if (text !== '' && !run.isInside) writer.agent(text)
      const usage = Object(usage_metadata ?? llmOutput?.tokenUsage) as Bag
      const { promptTokens, completionTokens, totalTokens } = usage
      const { input_tokens = promptTokens, output_tokens = completionTokens, total_tokens = totalTokens } = usage
      count(writer, input_tokens, output_tokens, total_tokens)
    }),
    handleLLMError: forget,
    handleToolStart: feed.guard((tool, input, id, parent?, _tags?, metadata?, runName?) => {
      const run = begin(id, parent)
      const { name, id: path } = Object(tool) as { name?: string; id?: string[] }
      const toolName = runName ?? name ?? path?.at(-1) ?? 'tool'
      runs.set(id, { root: run.root, isInside: true, end: writerOf(run, metadata).run(toolName, parsed(input)) })
    }),
    handleToolEnd: feed.guard((output, id) => {
      // A message of the tool holds its result as a string.
      const { content = output, status } = Object(output) as Bag
      endTool(id, status === 'error' ? { error: content } : { output: parsed(content) })
    }),
    handleToolError: feed.guard((error, id) => endTool(id, { error })),
    flush: () => feed.flush(),
    close: () => feed.close(),
  }
}

/** The role of a message: the user's, the system's, or one of the agent's side. */
function roleOf({ type }: Bag): unknown {
  return type === 'human' ? 'user' : type === 'developer' ? 'system' : type
}
