/** The routes that read spans: the list, one by its id, the tree of a trace. */
import { boolean, choice, instant, number, text } from '../query/values.ts'
import { badField, notFound, respondParts } from './answer.ts'
import { type Call, isServed, type Outcome, ok } from './call.ts'
import type { ArchivedSpan } from './ingest/span.ts'
import { nodeParts, spanShape, treeOf } from './ingest/span-shapes.ts'
import {
  byNumber,
  byTime,
  equal,
  type Filters,
  filter,
  inEnvironment,
  type Orders,
  ordered,
  PAGING,
  pageOf,
  readAsked,
  selected,
  since,
  until,
} from './list.ts'

const rowOfSpan = ({ conversation }: ArchivedSpan, { agent }: Call) => agent.state.store.get(conversation)
const startOf = ({ startedAt }: ArchivedSpan) => startedAt

/** The parameters that narrow the list. */
const FILTERS: Filters<ArchivedSpan> = new Map([
  ['kind', equal<ArchivedSpan>(text, ({ kind }) => kind)],
  ['status', equal<ArchivedSpan>(choice('ok', 'error', 'unset'), ({ status }) => status)],
  ['name', equal<ArchivedSpan>(text, ({ name }) => name)],
  ['conversation', equal<ArchivedSpan>(number, ({ conversation }) => conversation)],
  ['conversation_id', equal<ArchivedSpan>(text, (span, call) => rowOfSpan(span, call)?.conversation_id)],
  ['trace_id', equal<ArchivedSpan>(text, ({ traceId }) => traceId)],
  ['span_id', equal<ArchivedSpan>(text, ({ spanId }) => spanId)],
  ['parent_span_id', equal<ArchivedSpan>(text, ({ parentId }) => parentId)],
  ['environment', inEnvironment<ArchivedSpan>((span, call) => rowOfSpan(span, call)?.environment)],
  ['started_at_after', filter(instant, since(startOf))],
  ['started_at_before', filter(instant, until(startOf))],
])

/** What the list can be asked. */
export const SPAN_PARAMETERS: readonly string[] = [...FILTERS.keys(), ...PAGING, 'payload']

/** A span without an end, or a duration, comes before all others. */
const ORDERS: Orders<ArchivedSpan> = new Map([
  ['started_at', byTime(startOf)],
  ['ended_at', byTime<ArchivedSpan>(({ endedAt }) => endedAt ?? { ms: Number.MIN_SAFE_INTEGER, us: 0 })],
  ['duration_ms', byNumber<ArchivedSpan>(({ duration }) => duration ?? -Number.MAX_VALUE)],
  ['id', byNumber<ArchivedSpan>(({ id }) => id)],
])

/** GET /api/spans/. O(spans). */
export function listSpans(call: Call): Outcome {
  const asked = readAsked(call, FILTERS, [...PAGING, 'payload'])
  const withPayload = readPayload(call)
  const there = call.agent.state.spans.newestFirst().filter(({ conversation }) => isServed(call, conversation))
  const found = ordered(selected(there, asked), asked.terms, ORDERS)
  return pageOf(call, 'spans/', found, asked, (span) => spanShape(span, rowOfSpan(span, call)!, withPayload))
}

/** GET /api/spans/{id}/. */
export function showSpan(call: Call): Outcome {
  const withPayload = readPayload(call)
  const span = call.agent.state.spans.get(Number(call.path.id))
  const row = span && rowOfSpan(span, call)
  if (row === undefined || call.hidden.has(row.id)) throw notFound()
  return ok(() => spanShape(span!, row, withPayload))
}

/** GET /api/traces/{trace}/. O(spans of the trace). */
export function showTrace(call: Call): Outcome {
  const trace_id = call.path.trace!
  const found = call.agent.state.spans.trace(trace_id).filter(({ conversation }) => isServed(call, conversation))
  if (found.length === 0) throw notFound()
  const nodes = nodeParts(treeOf(found), (span) => spanShape(span, rowOfSpan(span, call)!, false))
  const start = JSON.stringify({ trace_id, span_count: found.length, truncated: false })
  const parts = (function* () {
    yield `${start.slice(0, -1)},"roots":`
    yield* nodes
    yield '}'
  })()
  return { status: 200, response: () => respondParts(200, parts) }
}

function readPayload({ query }: Call): boolean {
  const given = query.getAll('payload').at(-1)?.trim() ?? ''
  const asked = given === '' ? false : boolean.fromText(given, 'exact', [])
  if (asked === undefined) throw badField('payload', 'Enter a valid boolean.')
  return asked === true
}
