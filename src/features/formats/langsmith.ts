/** LangSmith: runs, alone or with their children inside, of LangChain's messages or others. */
import type { Json } from '../../row/conversation.ts'
import { json, listOf, type Part, partOf, restOf, tokensOf } from '../turns/collect.ts'
import { firstString, firstTime, idOf, objectOf, opened } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, setFacts } from './messages.ts'
import { keepLast, type TraceStep, turnsOfSteps } from './traces.ts'
import { readValue } from './values.ts'

/** The format. */
export const langsmith: Format = {
  title: 'LangSmith runs',
  detect: isRun,
  open: openReader,
}

function isRun({ run_type, runType, inputs, outputs, name }: Part): boolean {
  return (
    typeof (run_type ?? runType) === 'string' && (inputs !== undefined || outputs !== undefined || name !== undefined)
  )
}

function openReader(context: FormatContext): FormatReader {
  const runs: { readonly run: Part; readonly line: number }[] = []
  const add = (run: Part, line: number) => {
    const { child_runs, ...own } = run
    runs.push({ run: own, line })
    for (const child of listOf(child_runs).map(partOf))
      add({ trace_id: own.trace_id ?? own.id, parent_run_id: own.id, ...child }, line)
  }
  return {
    read({ value, line }) {
      const given = partOf(value)
      if (!isRun(given)) return false
      add(given, line)
      return true
    },
    end() {
      keepLast(runs, ({ run }) => idOf(run.id))
      const threads = new Map<string, string>()
      for (const { run } of runs) {
        const thread = threadOf(run)
        if (thread !== undefined) threads.set(traceOf(run), thread)
      }
      const groups = new Map<string, (typeof runs)[number][]>()
      for (const each of runs) {
        const id = threads.get(traceOf(each.run)) ?? traceOf(each.run)
        const own = groups.get(id)
        if (own === undefined) groups.set(id, [each])
        else own.push(each)
      }
      return [...groups].map(([id, own]) =>
        draftOf(
          id,
          own.map(({ run }) => run),
          own[0]!.line,
          context,
        ),
      )
    },
  }
}

const traceOf = ({ trace_id, id }: Part) => idOf(trace_id, id) ?? 'run'
const metadataOf = (run: Part) => partOf(partOf(opened(run.extra)).metadata ?? run.metadata)

/** The thread of a run. Its `session_id` is the project. */
function threadOf(run: Part): string | undefined {
  const { session_id, thread_id, conversation_id } = metadataOf(run)
  return idOf(session_id, thread_id, conversation_id, run.thread_id)
}

function draftOf(id: string, runs: readonly Part[], line: number, context: FormatContext): Draft {
  const steps = runs.map((run) => stepOf(run, context))
  const root = runs.find(({ parent_run_id }) => parent_run_id === undefined || parent_run_id === null) ?? runs[0]!
  const times = steps.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter((time) => time !== undefined)
  times.sort((a, b) => Date.parse(a) - Date.parse(b))
  const metadata = metadataOf(root)
  const leftovers: Json[] = context.keepsAll
    ? runs.flatMap(
        (run) =>
          restOf({ ...run, extra: restOf(partOf(opened(run.extra)), run === root ? ['metadata'] : []) }, READ) ?? [],
      )
    : []
  return {
    id,
    line,
    turns: turnsOfSteps(steps),
    name: firstString(root.name),
    customer_id: idOf(metadata.user_id, metadata.customer_id),
    environment: firstString(metadata.environment),
    started_at: times[0],
    ended_at: times.length > 1 ? times.at(-1) : undefined,
    metadata: objectOf(metadata),
    source: restOf(
      {
        project: root.session_name ?? root.session_id,
        tags: [...new Set(runs.flatMap(({ tags }) => listOf(tags)))].map(json),
        traces: [...new Set(runs.map(traceOf))],
        feedback: objectOf(root.feedback_stats),
        status: root.status,
      },
      [],
    ),
    ...(leftovers.length > 0 && { extra: { runs: leftovers } }),
  }
}

const READ = ['inputs', 'outputs', 'tags', 'feedback_stats', 'session_name']

function stepOf(run: Part, context: FormatContext): TraceStep {
  const startedAt = firstTime(run.start_time, run.startTime)
  const endedAt = firstTime(run.end_time, run.endTime)
  const step = { id: idOf(run.id), parent: idOf(run.parent_run_id), startedAt, endedAt, order: startedAt ?? '' }
  const type = String(run.run_type ?? run.runType)
  const [inputs, outputs] = [opened(run.inputs), opened(run.outputs)]
  const error = firstString(run.error) ?? ''
  if (type === 'tool' || type === 'retriever') {
    const output = partOf(outputs).output ?? outputs
    const message = partOf(partOf(output).kwargs ?? output)
    const tool = {
      id: idOf(message.tool_call_id),
      name: firstString(run.name) ?? 'tool',
      input: inputOf(inputs),
      output: message.tool_call_id === undefined ? output : message.content,
      error,
    }
    return { ...step, tool }
  }
  const into = collector(context)
  const hadMessages = readValue(inputs, 'user', into)
  const answerFrom = into.turns.length
  const hadAnswer = readAnswer(outputs, into)
  // What chains hand on from one to the next is said by the models inside; only the outermost's own values are read.
  if (type !== 'llm' && step.parent !== undefined && !(hadMessages && hadAnswer)) return step
  const { turns } = into
  const usage = {
    prompt_tokens: run.prompt_tokens,
    completion_tokens: run.completion_tokens,
    total_tokens: run.total_tokens,
  }
  const model = firstString(metadataOf(run).ls_model_name, partOf(partOf(opened(run.extra)).invocation_params).model)
  const isModel = type === 'llm'
  setFacts(
    turns,
    turns.slice(0, answerFrom).findLastIndex(({ role }) => role === 'user'),
    { ...(startedAt && { at: startedAt }) },
  )
  setFacts(turns, answerFrom, {
    ...(isModel && tokensOf(usage)),
    ...(isModel && model && { model }),
    ...(endedAt && { at: endedAt }),
  })
  return turns.length === 0 ? step : { ...step, turns }
}

/** The input of a tool, which stands as a string under `input`. */
function inputOf(inputs: unknown): unknown {
  const { input, ...others } = partOf(inputs)
  return input !== undefined && Object.keys(others).length === 0 ? opened(input) : inputs
}

/** The answer of a model: of LangChain in generations, else as anything. */
function readAnswer(outputs: unknown, into: Parameters<typeof readValue>[2]): boolean {
  const [first] = listOf(partOf(outputs).generations)
  const generation = partOf(Array.isArray(first) ? first[0] : first)
  if (generation.message !== undefined) return readValue([generation.message], 'agent', into)
  if (generation.text !== undefined) return readValue(generation.text, 'agent', into)
  return readValue(outputs, 'agent', into)
}
