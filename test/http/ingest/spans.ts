/** Spans as the SDK sends them, made by hand. */
import { gzipSync } from 'node:zlib'
import { ask, type Json, KEY, serving } from '../asking.ts'

/** Microseconds after 2026-11-20T09:00:00 as the SDK writes them: no fraction where it is zero. */
export function at(micros: number): string {
  const date = new Date(Date.parse('2026-11-20T09:00:00Z') + Math.floor(micros / 1_000_000) * 1_000)
  const fraction = micros % 1_000_000
  const second = date.toISOString().slice(0, 19)
  return `${second}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}+00:00`
}

/** The same as rows have it. */
export function stored(micros: number): string {
  return at(micros).replace(/(\.\d+)?\+00:00$/, (_, fraction = '.000000') => `${fraction}Z`)
}

/** What a span is about. Times are microseconds. */
export interface SpanParts {
  readonly id: string
  readonly kind?: string
  readonly name?: string
  readonly trace?: string
  readonly parent?: string | null
  readonly start?: number
  readonly end?: number | null
  readonly status?: string
  readonly attributes?: object
  readonly events?: readonly object[]
}

/** A span. */
export function span({ id, kind = 'unknown', name = kind, start = 0, end = start, ...more }: SpanParts): Json {
  const { trace = 't1', parent = null, status = 'unset', attributes = {}, events = [] } = more
  return {
    span_id: id,
    trace_id: trace,
    parent_span_id: parent,
    kind,
    name,
    started_at: at(start),
    ended_at: end === null ? null : at(end),
    duration_ms: end === null ? null : (end - start) / 1_000,
    status,
    attributes: { 'agentsight.span.kind': kind, 'agentsight.entity.name': name, ...attributes },
    events,
    otel: { span_kind: 'INTERNAL', links: [], dropped: { attributes: 0, events: 0, links: 0 } },
  }
}

/** What was said in a turn. */
export interface Said {
  readonly sender: string
  readonly content: string
  readonly at: number
  readonly metadata?: string
}

/** A turn with what was said in it. */
export function turn(parts: SpanParts & { readonly said?: readonly Said[]; readonly reason?: string }): Json {
  const { said = [], reason, ...rest } = parts
  const attributes = {
    'agentsight.turn.id': rest.id,
    'agentsight.turn.complete': reason === undefined,
    ...(reason !== undefined && { 'agentsight.turn.incomplete_reason': reason }),
    ...rest.attributes,
  }
  const events = said.map(({ sender, content, at: when, metadata }) => ({
    name: 'agentsight.message',
    timestamp: at(when),
    attributes: {
      'agentsight.message.sender': sender,
      'agentsight.message.content': content,
      ...(metadata !== undefined && { 'agentsight.message.metadata': metadata }),
    },
  }))
  return span({ kind: 'turn', status: reason === undefined ? 'ok' : 'error', ...rest, attributes, events })
}

/** A call of a tool, in a turn or in none. */
export function tool(parts: SpanParts & { readonly turn?: string; readonly tool?: object }): Json {
  const { turn: turnId, tool: about = {}, name = 'look', ...rest } = parts
  const attributes = {
    'agentsight.tool.name': name,
    ...(turnId !== undefined && { 'agentsight.turn.id': turnId }),
    ...Object.fromEntries(Object.entries(about).map(([key, value]) => [`agentsight.tool.${key}`, value])),
  }
  return span({ kind: 'tool', parent: turnId ?? null, name, status: 'ok', ...rest, attributes })
}

/** A call of a model, in a turn or in none. */
export function llm(
  parts: SpanParts & { readonly turn?: string; readonly model?: string; readonly tokens?: object },
): Json {
  const { turn: turnId, model, tokens = {}, ...rest } = parts
  const attributes = {
    'gen_ai.system': 'openai',
    'gen_ai.usage.input_tokens': 0,
    'gen_ai.usage.output_tokens': 0,
    ...(model !== undefined && { 'gen_ai.request.model': model }),
    ...(turnId !== undefined && { 'agentsight.turn.id': turnId }),
    ...tokens,
    ...rest.attributes,
  }
  return span({ kind: 'llm', parent: turnId ?? null, ...rest, attributes })
}

/** A block of a batch. */
export function block(conversation_id: string, spans: readonly object[], more: object = {}): object {
  return { conversation_id, spans, ...more }
}

/** The body of a batch. */
export function batch(...conversations: readonly object[]): object {
  return { sdk: { name: 'agentsight-python', version: '0.1.4' }, conversations }
}

/** A handler, and ways to send it batches and to read what became of them. */
export function ingesting(...given: Parameters<typeof serving>) {
  const served = serving(...given)
  const send = (...blocks: readonly object[]) => served.post('/api/ingest/', batch(...blocks))
  const gzip = (body: object) =>
    ask(served.handler, 'POST', '/api/ingest/', gzipSync(JSON.stringify(body)), { 'content-encoding': 'gzip' })
  const detail = async (id: string): Promise<Json> =>
    (await served.get(`/api/conversations/${served.store.get(id)?.id}/`)).body
  const list = async (path: string): Promise<Json[]> => (await served.get(path)).body.results
  return { ...served, send, gzip, detail, list }
}

export { KEY }
