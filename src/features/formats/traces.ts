/** Traces: the calls of models, each with the history that it was given, and of tools, put together to the turns of a conversation. */
import type { Json } from '../../row/conversation.ts'
import { json, parsed } from '../turns/collect.ts'
import type { Turn, TurnTool } from '../turns/index.ts'
import { keyOf, mergeTurns } from './histories.ts'

/** A step of a trace. */
export interface TraceStep {
  readonly id: string | undefined
  readonly parent: string | undefined
  readonly startedAt: string | undefined
  readonly endedAt: string | undefined
  /** To order by; ISO 8601 of any precision. */
  readonly order: string
  /** What a model was given and gave. Absent in other steps. */
  readonly turns?: readonly Turn[]
  /** A tool that ran. */
  readonly tool?: {
    readonly id: string | undefined
    readonly name: string
    readonly input: unknown
    readonly output: unknown
    readonly error: string
  }
}

/** The turns of the steps of one conversation. */
export function turnsOfSteps(steps: readonly TraceStep[]): Turn[] {
  const sorted = steps
    .map((step, i) => ({ step, i }))
    .sort((a, b) => compareTimes(a.step.order, b.step.order) || a.i - b.i)
  const ordered = sorted.map(({ step }) => step)
  const around = stepsAround(ordered)
  let turns: Turn[] = []
  for (const step of ordered) if (step.turns !== undefined && !around.has(step)) turns = mergeTurns(turns, step.turns)
  for (const step of ordered) if (step.turns !== undefined && around.has(step)) turns = withMissing(turns, step.turns)
  for (const { tool, startedAt, endedAt } of ordered)
    if (tool !== undefined) turns = withTool(turns, { ...tool, startedAt, endedAt })
  return turns
}

function compareTimes(a: string, b: string): number {
  return a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : Date.parse(a) - Date.parse(b) || 0
}

/** Steps with turns around others with turns, which say the same. */
function stepsAround(steps: readonly TraceStep[]): Set<TraceStep> {
  const byId = new Map(steps.flatMap((step) => (step.id === undefined ? [] : [[step.id, step] as const])))
  const around = new Set<TraceStep>()
  for (const step of steps) {
    if (step.turns === undefined || step.turns.length === 0) continue
    const passed = new Set<TraceStep>([step])
    for (let at = byId.get(step.parent ?? ''); at !== undefined && !passed.has(at); at = byId.get(at.parent ?? '')) {
      passed.add(at)
      around.add(at)
    }
  }
  return around
}

/** The turns, and those of a step around them that none of them says. Questions come first, answers last. */
function withMissing(turns: readonly Turn[], others: readonly Turn[]): Turn[] {
  const keys = new Set(turns.map(keyOf))
  const texts = new Set(turns.map(({ text }) => text))
  const missing = others.filter((turn) => !keys.has(keyOf(turn)) && (turn.tools.length > 0 || !texts.has(turn.text)))
  const isFirst = (turn: Turn) =>
    turn.role !== 'agent' && !others.slice(0, others.indexOf(turn)).some(({ role }) => role === 'agent')
  return [...missing.filter(isFirst), ...turns, ...missing.filter((turn) => !isFirst(turn))]
}

type RanTool = NonNullable<TraceStep['tool']> & Pick<TraceStep, 'startedAt' | 'endedAt'>

/** A tool that ran is the call with its id, or the first with its name and input that has not run; else a call of its own. */
function withTool(turns: Turn[], ran: RanTool): Turn[] {
  const input = parsed(ran.input)
  const calls = turns.flatMap((turn) => turn.tools)
  const text = JSON.stringify(input)
  const call =
    (ran.id !== undefined && calls.find(({ id }) => id === ran.id)) ||
    calls.find(
      (tool) =>
        tool.name === ran.name &&
        !hasRun.has(tool) &&
        (ran.id === undefined || tool.id === undefined) &&
        (JSON.stringify(tool.input) === text || input === null),
    )
  if (call) {
    hasRun.add(call)
    settle(call, ran, input)
    return turns
  }
  const tool: TurnTool = { ...(ran.id !== undefined && { id: ran.id }), name: ran.name, input, output: null, error: '' }
  hasRun.add(tool)
  settle(tool, ran, input)
  const turn: Turn = {
    role: 'agent',
    text: '',
    reasoning: '',
    files: [],
    tools: [tool],
    ...(ran.startedAt && { at: ran.startedAt }),
  }
  // Before the first turn that is later, and before the answer where turns have no times.
  const later = turns.findIndex(
    ({ at }) => at !== undefined && ran.startedAt !== undefined && Date.parse(at) > Date.parse(ran.startedAt),
  )
  const place =
    later >= 0
      ? later
      : turns.at(-1)?.role === 'agent' && turns.at(-1)?.tools.length === 0
        ? turns.length - 1
        : turns.length
  return [...turns.slice(0, place), turn, ...turns.slice(place)]
}

const hasRun = new WeakSet<TurnTool>()

function settle(tool: TurnTool, { output, error, startedAt, endedAt }: RanTool, input: Json): void {
  if (tool.input === null && input !== null) Object.assign(tool, { input })
  if (tool.output === null && output !== undefined) tool.output = parsed(output)
  if (tool.error === '') tool.error = error
  if (startedAt !== undefined) tool.startedAt = startedAt
  if (endedAt !== undefined) tool.endedAt = endedAt
}

/** Drops from a list what comes again later with the same id: of one step the last record counts, where the first was. */
export function keepLast<Item>(list: Item[], idOf: (item: Item) => string | undefined): void {
  const kept = [...new Map(list.map((item, i) => [idOf(item) ?? i, item])).values()]
  list.splice(0, list.length, ...kept)
}

/** What is left of a step, for the extra of its conversation. */
export function leftOver(name: string, rest: object | undefined): Json[] {
  return rest === undefined || Object.keys(rest).length === 0 ? [] : [json({ name, ...rest })]
}
