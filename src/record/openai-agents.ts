/** Recording the OpenAI Agents SDK: the entry point `conversation-store/record/openai-agents`. */
import { invalidOption } from '../base/options.ts'
import { count, hear, newMessages, parsed, textOf } from '../features/recording/content.ts'
import { Feed, type RecordOptions, TOLD } from '../features/recording/feed.ts'
import type { RunEnd } from '../features/recording/tool.ts'
import type { Writer } from '../features/recording/writer.ts'

export type { SendTo } from '../features/recording/http-log.ts'
export type { RecordOptions }

type Bag = Readonly<Record<string, unknown>>

/** The part of a runner that is listened to. */
export interface RunnerLike {
  on(event: 'agent_start', listener: (context: unknown, agent: unknown, turnInput?: unknown[]) => void): unknown
  on(event: 'agent_end', listener: (context: unknown, agent: unknown, output: string) => void): unknown
}

/** A tracing processor of the OpenAI Agents SDK that records. Its promises are resolved already, and it never throws. */
export interface OpenAIAgentsRecorder {
  onTraceStart(trace: object): Promise<void>
  onTraceEnd(trace: object): Promise<void>
  onSpanStart(span: object): Promise<void>
  onSpanEnd(span: object): Promise<void>
  /** Sends the tools that have not ended too, and resolves when all is sent. Never rejects. */
  shutdown(timeout?: number): Promise<void>
  /** Resolves when all that was recorded so far is in the store, or sent. Never rejects. */
  forceFlush(): Promise<void>
  /**
   * Listens to a runner, for the messages of models that trace no calls of their own, as in tests. `currentTrace` is
   * `getCurrentTrace` of `@openai/agents`.
   */
  attach(runner: RunnerLike, currentTrace: () => { readonly traceId: string } | null): void
}

/** A run of agents. */
interface Trace {
  readonly writer: Writer
  /** The functions that run, by the ids of their spans. */
  readonly functions: Map<string, (end: RunEnd) => void>
  /** The spans that a function runs: what is said there is not said to the user. */
  readonly inside: Set<string>
  /** When the calls of models began, by the ids of their spans. */
  readonly models: Map<string, string>
  /** Whether a runner's hook told what the user says, before the model's span does. */
  isHeard: boolean
  /** Whether the model traces its calls; else texts come from the runner and tokens from the whole run. */
  isTraced: boolean
}

/** What is read of a span. */
interface Span {
  readonly spanId: string
  readonly parentId: string | null
  readonly traceId: string
  readonly error: { readonly message: string; readonly data?: Bag } | null
  readonly spanData: Bag
}

/**
 * A recorder of the OpenAI Agents SDK, a tracing processor: the user's new message, the text of each answer, function calls with
 * input, result or error and times, and tokens. The conversation is named by the `groupId` of a run's trace, or by
 * `conversation_id` in its metadata; a run that names none belongs to the recorder's own. Models of `@openai/agents` trace their
 * calls; for others, `attach(runner)` gives the texts. Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER` for its options, and
 * nothing later.
 *
 * @example
 * import { addTraceProcessor } from '@openai/agents'
 * addTraceProcessor(recordOpenAIAgents({ store }))
 */
export function recordOpenAIAgents(options: RecordOptions): OpenAIAgentsRecorder {
  const feed = new Feed('recordOpenAIAgents', options)
  /** Null for a trace whose conversation could not be made. */
  const traces = new Map<string, Trace | null>()
  const traceOf = ({ traceId, spanId, spanData }: Span): Trace => {
    const trace = traces.get(traceId)
    if (trace === undefined) throw new Error(`The ${spanData.type} span ${spanId} belongs to no trace that began.`)
    if (trace === null) throw TOLD
    return trace
  }

  const startTrace = ({ traceId, groupId, metadata }: Bag) => {
    traces.set(traceId as string, null)
    const writer = feed.writer(metadata, groupId ?? undefined)
    traces.set(traceId as string, newTrace(writer))
  }
  const startSpan = (span: Span) => {
    const trace = traceOf(span)
    const { type, name } = span.spanData
    if (trace.inside.has(span.parentId ?? '') || type === 'function') trace.inside.add(span.spanId)
    // Its input is known when it ends.
    if (type === 'function') trace.functions.set(span.spanId, trace.writer.run(name as string))
    if (type !== 'generation' && type !== 'response') return
    trace.isTraced = true
    trace.models.set(span.spanId, feed.now())
  }
  const hearNew = ({ writer }: Trace, input: unknown, at?: string) => {
    const items = typeof input === 'string' ? [{ role: 'user', content: input }] : Array.isArray(input) ? input : []
    for (const item of newMessages(items as Bag[], roleOf)) hear(writer, item.content, at)
  }
  const model = (span: Span, input: unknown, output: unknown, usage: unknown) => {
    const trace = traceOf(span)
    if (!trace.inside.has(span.spanId)) {
      if (!trace.isHeard) hearNew(trace, input, trace.models.get(span.spanId))
      trace.isHeard = false
      for (const item of Array.isArray(output) ? (output as Bag[]) : []) {
        // Of a chat completion it is the message of the first choice.
        const { choices } = item as { choices?: { message?: Bag }[] }
        const text = textOf((choices?.[0]?.message ?? item).content)
        if (text !== '') trace.writer.agent(text)
      }
    }
    use(trace, usage)
  }
  const use = ({ writer }: Trace, usage: unknown) => {
    const { prompt_tokens, completion_tokens, total_tokens } = Object(usage) as Bag
    const { input_tokens = prompt_tokens, output_tokens = completion_tokens } = Object(usage) as Bag
    count(writer, input_tokens, output_tokens, total_tokens)
  }

  /** What the end of a span says, by its type. The others say nothing that a conversation has. */
  const ENDS: Readonly<Record<string, (span: Span) => void>> = {
    function(span) {
      const { functions } = traceOf(span)
      const { input, output } = span.spanData
      const { error } = span
      const how = error === null ? { output: parsed(output) } : { error: errorOf(error) }
      functions.get(span.spanId)?.({ input: parsed(input), ...how })
      functions.delete(span.spanId)
    },
    generation: (span) => model(span, span.spanData.input, span.spanData.output, usageOf(span.spanData)),
    response(span) {
      const { _input, _response } = span.spanData
      const { output, usage } = Object(_response) as Bag
      model(span, _input, output, usage)
    },
    task(span) {
      const trace = traceOf(span)
      if (!trace.isTraced && !trace.inside.has(span.spanId)) use(trace, span.spanData.usage)
    },
  }

  const guarded = <Given>(handler: (given: Given) => void) => {
    const guard = feed.guard(handler)
    return async (given: object) => guard(given as Given)
  }
  return {
    onTraceStart: guarded(startTrace),
    onTraceEnd: guarded<Bag>(({ traceId }) => void traces.delete(traceId as string)),
    onSpanStart: guarded(startSpan),
    onSpanEnd: guarded<Span>((span) => ENDS[span.spanData.type as string]?.(span)),
    shutdown: () => feed.close(),
    forceFlush: () => feed.flush(),
    attach(runner, currentTrace) {
      if (typeof runner?.on !== 'function') throw invalidOption('runner', runner, 'a Runner')
      if (typeof currentTrace !== 'function')
        throw invalidOption('currentTrace', currentTrace, 'getCurrentTrace of @openai/agents')
      const on = (listener: (trace: Trace, said: unknown) => void) =>
        feed.guard((said: unknown) => {
          const trace = traces.get(currentTrace()?.traceId ?? '')
          // What a function's own agents say is not said to the user.
          if (trace && trace.functions.size === 0) listener(trace, said)
        })
      const start = on((trace, input) => {
        hearNew(trace, input)
        trace.isHeard = true
      })
      const end = on((trace, output) => {
        if (!trace.isTraced && output !== '') trace.writer.agent(output as string)
      })
      runner.on('agent_start', (_context, _agent, input) => start(input))
      runner.on('agent_end', (_context, _agent, output) => end(output))
    },
  }
}

function newTrace(writer: Writer): Trace {
  return { writer, functions: new Map(), inside: new Set(), models: new Map(), isHeard: false, isTraced: false }
}

/** The error of a function, without the `Error: ` before its message. The SDK keeps it back where no `errorFunction` is given. */
function errorOf({ message, data }: NonNullable<Span['error']>): string {
  return `${data?.error ?? message}`.replace(/^Error: (?=.)/, '')
}

/** The usage of a generation; of a chat completion it stands in the output. */
function usageOf({ usage, output }: Bag): unknown {
  return usage ?? (Array.isArray(output) ? (Object(output[0]) as Bag).usage : undefined)
}

/** The role of an item: the user's, the system's, or one of the agent's side. */
function roleOf({ role, type }: Bag): unknown {
  return role === 'developer' ? 'system' : (role ?? type)
}
