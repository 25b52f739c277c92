/**
 * What spans become, said a second time: all spans of one conversation at once, as arrays and loops. Nothing is shared with
 * the library. Ids are left out, for they depend on the order in which spans come; a call is told by its action's name.
 */
import type { Json } from './http/asking.ts'

/** What a conversation must show. */
export interface ExpectedConversation {
  readonly started_at: string
  readonly ended_at: string
  readonly is_used: boolean
  readonly messages: readonly Json[]
  readonly usage: readonly Json[]
  readonly actions: readonly string[]
}

const BILLED = ['prompt_tokens', 'completion_tokens', 'embedding_tokens', 'cache_read_tokens', 'cache_write_tokens']
const SOURCES: Readonly<Record<string, string>> = {
  prompt_tokens: 'gen_ai.usage.input_tokens',
  completion_tokens: 'gen_ai.usage.output_tokens',
  embedding_tokens: 'agentsight.llm.embedding_tokens',
  cache_read_tokens: 'agentsight.llm.cache_read_tokens',
  cache_write_tokens: 'agentsight.llm.cache_write_tokens',
  reasoning_tokens: 'agentsight.llm.reasoning_tokens',
  audio_input_tokens: 'agentsight.llm.audio_input_tokens',
  audio_output_tokens: 'agentsight.llm.audio_output_tokens',
}

/** A time of a span as rows have it. */
function inRow(time: string): string {
  const [second, fraction = ''] = time.replace('+00:00', '').split('.')
  return `${second}.${fraction.padEnd(6, '0')}Z`
}

/** What the spans of one conversation become, whatever the order in which they came. */
export function expectedOf(spans: readonly Json[]): ExpectedConversation {
  const turns = spans.filter((span) => span.kind === 'turn')
  const turnOf = (span: Json) => turns.find((turn) => turn.span_id === span.attributes['agentsight.turn.id'])
  const isComplete = (turn: Json) => turn.attributes['agentsight.turn.complete'] === true
  const messages: Json[] = []

  for (const turn of turns.filter(isComplete)) {
    const said = turn.events.map(({ timestamp, attributes }: Json) => ({
      timestamp: inRow(timestamp),
      sender: attributes['agentsight.message.sender'],
      content: attributes['agentsight.message.content'],
      action_name: null,
      metadata: JSON.parse(attributes['agentsight.message.metadata'] ?? 'null'),
      log: null,
    }))
    const answers = said.filter(({ sender }: Json) => sender === 'agent')
    const last = answers[answers.length - 1]
    if (last !== undefined) last.metadata = { latency_ms: turn.duration_ms, ...last.metadata }
    messages.push(...said)
  }

  const actions = new Set<string>()
  for (const span of spans.filter(({ kind }) => kind === 'tool' || kind === 'task')) {
    const isOutside = span.attributes['agentsight.turn.id'] === undefined
    const turn = turnOf(span)
    if (!isOutside && (turn === undefined || !isComplete(turn))) continue
    const name = span.attributes['agentsight.tool.name']
    actions.add(name)
    messages.push({
      timestamp: inRow(span.started_at),
      sender: 'agent',
      content: `Action ${name} performed`,
      action_name: name,
      metadata: null,
      log: {
        started_at: inRow(span.started_at),
        ended_at: inRow(span.ended_at),
        duration_ms: span.duration_ms,
        tools_used: JSON.parse(span.attributes['agentsight.tool.arguments'] ?? 'null'),
        response: span.attributes['agentsight.tool.response'] ?? null,
        error_message: span.attributes['agentsight.tool.error'] ?? '',
        metadata: null,
      },
    })
  }
  messages.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))

  const usage: Json[] = []
  for (const span of spans.filter(({ kind }) => kind === 'llm')) {
    const turnId = span.attributes['agentsight.turn.id'] ?? null
    const turn = turnOf(span)
    if (turnId !== null && turn === undefined) continue
    const model = span.attributes['gen_ai.request.model'] ?? ''
    let row = usage.find((each) => each.turn_id === turnId && each.model === model)
    if (row === undefined) {
      row = { turn_id: turnId, model, calls: 0, unreported_calls: 0, started_at: '9', ended_at: '0' }
      for (const column of Object.keys(SOURCES)) row[column] = 0
      usage.push(row)
    }
    for (const [column, source] of Object.entries(SOURCES)) row[column] += span.attributes[source] ?? 0
    row.calls++
    if (span.attributes['agentsight.llm.usage_reported'] === false) row.unreported_calls++
    row.total_tokens = BILLED.reduce((sum, column) => sum + row[column], 0)
    row.incomplete = turn !== undefined && !isComplete(turn)
    row.incomplete_reason = turn?.attributes['agentsight.turn.incomplete_reason'] ?? null
    for (const { started_at, ended_at } of [turn ?? span]) {
      if (inRow(started_at) < row.started_at) row.started_at = inRow(started_at)
      if (inRow(ended_at) > row.ended_at) row.ended_at = inRow(ended_at)
    }
  }
  usage.sort((a, b) => (`${a.turn_id} ${a.model}` < `${b.turn_id} ${b.model}` ? -1 : 1))

  const started_at = spans.map((span) => inRow(span.started_at)).sort()[0]!
  return {
    started_at,
    ended_at: messages.length === 0 ? started_at : messages[messages.length - 1].timestamp,
    is_used: spans.some(({ kind }) => kind !== 'conversation'),
    messages,
    usage,
    actions: [...actions].sort(),
  }
}
