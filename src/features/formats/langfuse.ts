/** Langfuse: traces with their observations, observations alone, sessions; as the API, the page and exports of tables give them. */
import type { Json } from '../../row/conversation.ts'
import { listOf, type Part, partOf, restOf, tokensOf } from '../turns/collect.ts'
import { firstString, firstTime, idOf, objectOf, opened } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, setFacts } from './messages.ts'
import { keepLast, type TraceStep, turnsOfSteps } from './traces.ts'
import { readValue } from './values.ts'

/** The format. */
export const langfuse: Format = {
  title: 'Langfuse traces',
  detect: (value) => isTrace(traceIn(value)) || isObservation(value) || isSession(value),
  open: openReader,
}

/** A downloaded trace stands under `trace`, its observations beside it. */
const traceIn = (value: Part): Part => {
  const inner = partOf(value.trace)
  return inner.id === undefined ? value : { observations: value.observations, scores: value.scores, ...inner }
}

function isTrace(value: Part): boolean {
  if (Array.isArray(value.observations))
    return value.id !== undefined || value.observations.some((each) => isObservation(partOf(each)))
  return (
    typeof value.id === 'string' &&
    'timestamp' in value &&
    ('sessionId' in value || 'userId' in value || 'htmlPath' in value) &&
    'input' in value &&
    'output' in value
  )
}

function isObservation({ type, startTime, start_time, traceId, trace_id }: Part): boolean {
  const types = /^(GENERATION|SPAN|EVENT|TOOL|AGENT|CHAIN|RETRIEVER|EVALUATOR|EMBEDDING|GUARDRAIL)$/i
  return types.test(String(type)) && (startTime ?? start_time) !== undefined && (traceId ?? trace_id) !== undefined
}

function isSession({ traces, id }: Part): boolean {
  return idOf(id) !== undefined && Array.isArray(traces) && traces.some((trace) => isTrace(partOf(trace)))
}

/** A conversation under way. */
interface Group {
  readonly id: string
  readonly line: number
  readonly traces: Part[]
  readonly observations: Part[]
}

function openReader(context: FormatContext): FormatReader {
  const traces: { readonly trace: Part; readonly line: number; readonly session: string | undefined }[] = []
  const observations: { readonly observation: Part; readonly line: number }[] = []
  const addTrace = (trace: Part, line: number, session?: string) => {
    traces.push({ trace, line, session: idOf(trace.sessionId, trace.session_id, session) })
    for (const observation of listOf(opened(trace.observations)).map(partOf))
      if (isObservation({ traceId: trace.id, ...observation }))
        observations.push({ observation: { traceId: trace.id, ...observation }, line })
  }
  return {
    read({ value, line }) {
      const given = partOf(value)
      if (isSession(given)) for (const trace of listOf(given.traces).map(partOf)) addTrace(trace, line, idOf(given.id))
      else if (isObservation(given)) observations.push({ observation: given, line })
      else if (isTrace(traceIn(given))) addTrace(traceIn(given), line)
      else return false
      return true
    },
    end() {
      keepLast(traces, ({ trace }) => idOf(trace.id))
      keepLast(observations, ({ observation }) => idOf(observation.id))
      const sessions = new Map<string, string>()
      for (const { trace, session } of traces) if (session !== undefined) sessions.set(String(trace.id), session)
      for (const { observation } of observations) {
        const session = idOf(observation.sessionId, observation.session_id)
        if (session !== undefined) sessions.set(traceOf(observation), session)
      }
      const groups = new Map<string, Group>()
      const group = (trace: string, line: number) => {
        const id = sessions.get(trace) ?? trace
        let found = groups.get(id)
        if (found === undefined) {
          found = { id, line, traces: [], observations: [] }
          groups.set(id, found)
        }
        return found
      }
      for (const { trace, line } of traces) group(String(trace.id), line).traces.push(trace)
      for (const { observation, line } of observations) group(traceOf(observation), line).observations.push(observation)
      return [...groups.values()].map((each) => draftOf(each, context))
    },
  }
}

const traceOf = ({ traceId, trace_id }: Part) => String(traceId ?? trace_id)

function draftOf({ id, line, traces, observations }: Group, context: FormatContext): Draft {
  const steps = observations.map((observation) => stepOf(observation, context))
  for (const trace of traces) {
    const at = firstTime(trace.timestamp)
    const own = observations.filter((observation) => traceOf(observation) === String(trace.id))
    steps.push({
      ...saidIn(trace, context, at, firstTime(trace.updatedAt), {}),
      id: `trace ${trace.id}`,
      parent: undefined,
      startedAt: at,
      endedAt: undefined,
      order: at ?? '',
    })
    for (const [i, step] of steps.entries())
      if (own.includes(observations[i] ?? {}) && step.parent === undefined)
        steps[i] = { ...step, parent: `trace ${trace.id}` }
  }
  const [first] = traces
  const times = steps.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter((time) => time !== undefined)
  times.sort((a, b) => Date.parse(a) - Date.parse(b))
  const scores = [...traces, ...observations]
    .flatMap(({ scores }) => listOf(scores).map(partOf))
    .filter(({ name }) => typeof name === 'string')
  const rest = context.keepsAll
    ? { traces: restsOf(traces, TRACE_KEYS), observations: restsOf(observations, KEYS) }
    : {}
  return {
    id,
    line,
    turns: turnsOfSteps(steps),
    name: firstString(first?.name),
    customer_id: idOf(...[...traces, ...observations].flatMap(({ userId, user_id }) => [userId, user_id])),
    environment: firstString(...[...traces, ...observations].map(({ environment }) => environment)),
    started_at: times[0],
    ended_at: times.length > 1 ? times.at(-1) : undefined,
    metadata: objectOf(opened(first?.metadata)),
    source: restOf(
      {
        tags: [...new Set(traces.flatMap(({ tags }) => listOf(opened(tags))))],
        traces: [...new Set([...traces.map(({ id }) => id), ...observations.map(traceOf)])],
        scores: objectOf(
          Object.fromEntries(
            scores.map(({ name, value, stringValue }) => [String(name), stringValue ?? value ?? null]),
          ),
        ),
      },
      [],
    ),
    extra: restOf(rest, []),
  }
}

const TRACE_KEYS = [
  'observations',
  'input',
  'output',
  'sessionId',
  'session_id',
  'userId',
  'user_id',
  'environment',
  'tags',
]
const KEYS = ['input', 'output', 'usage', 'sessionId', 'session_id', 'userId', 'user_id', 'environment']

function restsOf(parts: readonly Part[], read: readonly string[]): Json[] {
  return parts.flatMap((each) => restOf(each, read) ?? [])
}

function stepOf(observation: Part, context: FormatContext): TraceStep {
  const { id, type, name, statusMessage, status_message, level } = observation
  const startedAt = firstTime(observation.startTime, observation.start_time)
  const endedAt = firstTime(observation.endTime, observation.end_time)
  const step = {
    id: idOf(id),
    parent: idOf(observation.parentObservationId, observation.parent_observation_id),
    startedAt,
    endedAt,
    order: startedAt ?? '',
  }
  const [input, output] = [opened(observation.input), opened(observation.output)]
  if (/^(TOOL|RETRIEVER)$/i.test(String(type))) {
    const error = level === 'ERROR' ? (firstString(statusMessage, status_message) ?? 'Error') : ''
    return {
      ...step,
      tool: {
        id: idOf(partOf(observation.metadata).tool_call_id),
        name: firstString(name) ?? 'tool',
        input,
        output,
        error,
      },
    }
  }
  const isModel = /^GENERATION$/i.test(String(type))
  if (!isModel && !/^(AGENT|CHAIN|SPAN)$/i.test(String(type))) return step
  const model = firstString(observation.model, observation.providedModelName, observation.provided_model_name)
  const {
    input: i,
    output: o,
    total,
    ...usage
  } = { ...partOf(observation.usage), ...partOf(opened(observation.usageDetails ?? observation.usage_details)) }
  const tokens = tokensOf({
    ...usage,
    ...(i !== undefined && { input_tokens: i }),
    ...(o !== undefined && { output_tokens: o }),
    ...(total !== undefined && { total_tokens: total }),
  })
  return { ...step, ...saidIn(observation, context, startedAt, endedAt, { ...tokens, ...(model && { model }) }) }
}

/** The turns of what was given and what came out. */
function saidIn(
  from: Part,
  context: FormatContext,
  startedAt: string | undefined,
  endedAt: string | undefined,
  facts: object,
): Pick<TraceStep, 'turns'> {
  const into = collector(context)
  readValue(opened(from.input), 'user', into)
  const answerFrom = into.turns.length
  readValue(opened(from.output), 'agent', into)
  const { turns } = into
  const asked = turns.slice(0, answerFrom).findLastIndex(({ role }) => role === 'user')
  setFacts(turns, asked, { ...(startedAt && { at: startedAt }) })
  setFacts(turns, answerFrom, { ...facts, ...(endedAt && { at: endedAt }) })
  return turns.length === 0 ? {} : { turns }
}
