/** OpenTelemetry: spans of GenAI in OTLP/JSON, or flat, one a line or in lists, with OpenInference's names as aliases. */

import type { Json } from '../../row/conversation.ts'
import { listOf, type Part, partOf, restOf, tokensOf } from '../turns/collect.ts'
import type { Turn } from '../turns/index.ts'
import { firstString, firstTime, idOf, opened } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, sayAs, setFacts } from './messages.ts'
import { Attributes, plainValue } from './otel-attributes.ts'
import { readSpanMessages } from './otel-messages.ts'
import { keepLast, leftOver, type TraceStep, turnsOfSteps } from './traces.ts'

/** The format. */
export const otel: Format = {
  title: 'OpenTelemetry spans',
  detect: (value) => resourcesOf(value) !== undefined || isSpan(value),
  open: openReader,
}

function resourcesOf(value: Part): readonly unknown[] | undefined {
  const found = value.resourceSpans ?? value.resource_spans ?? value.batches
  return Array.isArray(found) ? found : undefined
}

function isSpan(value: Part): boolean {
  const { attributes } = value
  if (typeof attributes !== 'object' || attributes === null) return false
  return traceOf(value) !== undefined
}

const contextOf = (span: Part) => partOf(span.context ?? span.spanContext ?? span.span_context)

function traceOf(span: Part): string | undefined {
  return idOf(span.traceId, span.trace_id, contextOf(span).traceId, contextOf(span).trace_id)
}

function spanId(span: Part): string | undefined {
  return idOf(span.spanId, span.span_id, contextOf(span).spanId, contextOf(span).span_id, span.id)
}

/** A span with what is known of its resource. */
interface Span {
  readonly span: Part
  readonly resource: Attributes
  readonly scope?: unknown
  readonly line: number
}

function openReader(context: FormatContext): FormatReader {
  const conversations = new Map<string, Span[]>()
  const traces = new Map<string, string>()
  const spans: Span[] = []
  return {
    read({ value, line }) {
      const given = partOf(value)
      const resources = resourcesOf(given)
      if (resources === undefined) {
        if (!isSpan(given)) return false
        spans.push({ span: given, resource: new Attributes(partOf(given.resource).attributes ?? {}), line })
        return true
      }
      for (const each of resources.map(partOf)) {
        const resource = new Attributes(partOf(each.resource).attributes ?? {})
        const scopes = listOf(each.scopeSpans ?? each.scope_spans ?? each.instrumentationLibrarySpans).map(partOf)
        for (const scope of scopes)
          for (const span of listOf(scope.spans).map(partOf)) spans.push({ span, resource, scope: scope.scope, line })
      }
      return true
    },
    end() {
      keepLast(spans, ({ span }) => spanId(span) && `${traceOf(span)} ${spanId(span)}`)
      // A conversation that one span names is that of its whole trace.
      for (const { span } of spans) {
        const id = conversationOf(new Attributes(span.attributes))
        const trace = traceOf(span) ?? ''
        if (id !== undefined && !traces.has(trace)) traces.set(trace, id)
      }
      for (const each of spans) {
        const trace = traceOf(each.span) ?? ''
        const key = conversationOf(new Attributes(each.span.attributes)) ?? traces.get(trace) ?? trace
        const own = conversations.get(key)
        if (own === undefined) conversations.set(key, [each])
        else own.push(each)
      }
      return [...conversations].map(([id, own]) => draftOf(id, own, context))
    },
  }
}

function conversationOf(attributes: Attributes): string | undefined {
  return idOf(
    attributes.get(
      'gen_ai.conversation.id',
      'session.id',
      'gen_ai.session.id',
      'langfuse.session.id',
      'gen_ai.thread.id',
    ),
    attributes.get('traceloop.association.properties.session_id', 'traceloop.association.properties.conversation_id'),
    attributes.get(
      'ai.telemetry.metadata.conversationId',
      'ai.telemetry.metadata.sessionId',
      'ai.telemetry.metadata.threadId',
    ),
    attributes.get('langsmith.trace.session_id', 'langsmith.metadata.thread_id'),
  )
}

function draftOf(id: string, spans: readonly Span[], context: FormatContext): Draft {
  const steps: TraceStep[] = []
  const leftovers: Json[] = []
  const facts = {
    user: undefined as string | undefined,
    environment: undefined as string | undefined,
    agent: undefined as string | undefined,
  }
  for (const each of spans) {
    const attributes = new Attributes(each.span.attributes)
    facts.user ??= idOf(
      attributes.get(
        'user.id',
        'enduser.id',
        'langfuse.user.id',
        'ai.telemetry.metadata.userId',
        'traceloop.association.properties.user_id',
      ),
    )
    facts.environment ??= firstString(each.resource.get('deployment.environment.name', 'deployment.environment'))
    facts.agent ??= firstString(attributes.get('gen_ai.agent.name', 'agent.name'))
    conversationOf(attributes)
    const { step, unread } = stepOf(each.span, attributes, context)
    steps.push(step)
    const rest = {
      attributes: restOf(attributes.rest(), []),
      ...restOf(each.span, SPAN_KEYS),
      scope: each.scope,
      ...(unread.length > 0 && { events: unread }),
    }
    if (context.keepsAll)
      leftovers.push(
        ...leftOver(String(each.span.name ?? ''), restOf({ span: step.id, parent: step.parent, ...rest }, [])),
      )
  }
  const said = steps.some(({ turns }) => (turns?.length ?? 0) > 0)
  const used = said ? steps : steps.map((step, i) => withValues(step, spans[i]!.span, context))
  const times = steps.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter((time) => time !== undefined)
  times.sort((a, b) => Date.parse(a) - Date.parse(b))
  const resource = spans[0]!.resource.rest()
  return {
    id,
    line: spans[0]!.line,
    turns: turnsOfSteps(used),
    customer_id: facts.user,
    environment: facts.environment,
    started_at: times[0],
    ended_at: times.length > 1 ? times.at(-1) : undefined,
    source: restOf(
      {
        agent: facts.agent,
        traces: [...new Set(spans.map(({ span }) => traceOf(span)))],
        resource: restOf(resource, []),
      },
      [],
    ),
    ...(leftovers.length > 0 && { extra: { spans: leftovers } }),
  }
}

const SPAN_KEYS = [
  ...[
    'attributes',
    'traceId',
    'trace_id',
    'spanId',
    'span_id',
    'id',
    'parentSpanId',
    'parent_span_id',
    'parentId',
    'parent_id',
  ],
  ...[
    'startTimeUnixNano',
    'start_time_unix_nano',
    'startTime',
    'start_time',
    'timestamp',
    'endTimeUnixNano',
    'end_time_unix_nano',
  ],
  ...[
    'endTime',
    'end_time',
    'duration',
    'name',
    'context',
    'spanContext',
    'span_context',
    'events',
    'resource',
    'parentSpanContext',
  ],
]

function stepOf(
  span: Part,
  attributes: Attributes,
  context: FormatContext,
): { step: TraceStep; unread: readonly Part[] } {
  const start =
    span.startTimeUnixNano ?? span.start_time_unix_nano ?? span.startTime ?? span.start_time ?? span.timestamp
  const startedAt = timeOfAny(start)
  const endedAt =
    timeOfAny(span.endTimeUnixNano ?? span.end_time_unix_nano ?? span.endTime ?? span.end_time) ??
    after(startedAt, span.duration)
  const step: TraceStep = {
    id: spanId(span),
    parent: idOf(
      span.parentSpanId,
      span.parent_span_id,
      span.parentId,
      span.parent_id,
      partOf(span.parentSpanContext).spanId,
    ),
    startedAt,
    endedAt,
    order: /^\d{16,}$/.test(String(start)) ? String(start) : (startedAt ?? ''),
  }
  const events = listOf(opened(span.events)).map(partOf)
  if (isTool(attributes))
    return {
      step: { ...step, tool: toolOf(span, attributes, events) },
      unread: events.filter(({ name }) => name !== 'exception'),
    }
  const into = collector(context)
  const found = readSpanMessages(attributes, events, into)
  if (found === undefined) return { step, unread: events }
  const tokens = tokensOf({
    input_tokens: numberOf(
      attributes.get(
        'gen_ai.usage.input_tokens',
        'gen_ai.usage.prompt_tokens',
        'llm.token_count.prompt',
        'ai.usage.promptTokens',
        'ai.usage.inputTokens',
      ),
    ),
    output_tokens: numberOf(
      attributes.get(
        'gen_ai.usage.output_tokens',
        'gen_ai.usage.completion_tokens',
        'llm.token_count.completion',
        'ai.usage.completionTokens',
        'ai.usage.outputTokens',
      ),
    ),
    total_tokens: numberOf(
      attributes.get(
        'gen_ai.usage.total_tokens',
        'llm.token_count.total',
        'llm.usage.total_tokens',
        'ai.usage.totalTokens',
      ),
    ),
  })
  const model = firstString(
    attributes.get(
      'gen_ai.response.model',
      'gen_ai.request.model',
      'llm.model_name',
      'ai.response.model',
      'ai.model.id',
    ),
  )
  const { turns } = into
  setFacts(turns, found.answerFrom, { ...tokens, ...(model && { model }), ...(endedAt && { at: endedAt }) })
  setFacts(turns, lastOf(turns, found.answerFrom), { ...(startedAt && { at: startedAt }) })
  return { step: { ...step, turns }, unread: found.unread }
}

/** The last question before the answer, which came when the call began. */
function lastOf(turns: readonly Turn[], answerFrom: number): number {
  return turns.slice(0, answerFrom).findLastIndex(({ role }) => role === 'user')
}

const numberOf = (value: unknown) => (typeof value === 'string' && value !== '' ? Number(value) : value)

/** A time in any of the ways of exporters: seconds and nanoseconds in a list, nanoseconds, ISO 8601. */
function timeOfAny(value: unknown): string | undefined {
  const [seconds, nanos] = listOf(value)
  if (typeof seconds === 'number') return firstTime(Math.round(seconds * 1000 + Number(nanos ?? 0) / 1e6))
  return firstTime(value)
}

/** A time after another by a duration in microseconds, as the console exporter prints it. */
function after(startedAt: string | undefined, duration: unknown): string | undefined {
  return startedAt !== undefined && typeof duration === 'number'
    ? firstTime(Date.parse(startedAt) + Math.round(duration / 1000))
    : undefined
}

function isTool(attributes: Attributes): boolean {
  const kind = String(attributes.get('gen_ai.operation.name') ?? '')
  const other = String(attributes.get('openinference.span.kind', 'traceloop.span.kind') ?? '')
  return kind === 'execute_tool' || /^tool$/i.test(other) || attributes.get('ai.toolCall.name') !== undefined
}

function toolOf(span: Part, attributes: Attributes, events: readonly Part[]): NonNullable<TraceStep['tool']> {
  const status = partOf(span.status)
  const code = status.code ?? status.status_code ?? span.status_code
  const isFailed = code === 2 || /ERROR/i.test(String(code))
  const exception = events.find(({ name }) => name === 'exception')
  const said = exception && new Attributes(exception.attributes).get('exception.message', 'exception.type')
  const error = isFailed
    ? firstString(status.message, status.description, span.status_message, said, attributes.get('error.type'))
    : undefined
  const name = firstString(
    attributes.get('gen_ai.tool.name', 'tool.name', 'ai.toolCall.name', 'traceloop.entity.name'),
    String(span.name ?? '').replace(/^execute_tool /, ''),
  )
  return {
    id: idOf(attributes.get('gen_ai.tool.call.id', 'tool_call.id', 'tool.id', 'ai.toolCall.id')),
    name: name ?? 'tool',
    input: plain(
      attributes.get(
        'gen_ai.tool.call.arguments',
        'ai.toolCall.args',
        'input.value',
        'tool.parameters',
        'traceloop.entity.input',
      ),
    ),
    output: plain(
      attributes.get('gen_ai.tool.call.result', 'ai.toolCall.result', 'output.value', 'traceloop.entity.output'),
    ),
    error: error ?? (isFailed ? 'Error' : ''),
  }
}

const plain = (value: unknown) => opened(plainValue(value))

/** A step of a trace in which no model's messages stand: what it was given and gave as they are, of the outermost alone. */
function withValues(step: TraceStep, span: Part, context: FormatContext): TraceStep {
  if (step.parent !== undefined || step.tool !== undefined) return step
  const attributes = new Attributes(span.attributes)
  const into = collector(context)
  sayAs('user', attributes.get('input.value', 'traceloop.entity.input', 'langfuse.trace.input'), into, step.startedAt)
  sayAs('agent', attributes.get('output.value', 'traceloop.entity.output', 'langfuse.trace.output'), into, step.endedAt)
  return { ...step, turns: into.turns }
}
