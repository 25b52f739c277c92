/** The routes that read spans: the list, one by its id, the tree of a trace. */
import { boolean, choice, environment, instant, number, text } from '../query/values.ts'
import { badField, notFound, respondParts } from './answer.ts'
import { type Call, type Outcome, ok } from './call.ts'
import type { ArchivedSpan } from './ingest/span.ts'
import { nodeParts, spanShape, treeOf } from './ingest/span-shapes.ts'
import {
  byNumber,
  byTime,
  equals,
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
  [
    'kind',
    filter(
      text,
      equals<ArchivedSpan>(({ kind }) => kind),
    ),
  ],
  [
    'status',
    filter(
      choice('ok', 'error', 'unset'),
      equals<ArchivedSpan>(({ status }) => status),
    ),
  ],
  [
    'name',
    filter(
      text,
      equals<ArchivedSpan>(({ name }) => name),
    ),
  ],
  [
    'conversation',
    filter(
      number,
      equals<ArchivedSpan>(({ conversation }) => conversation),
    ),
  ],
  [
    'conversation_id',
    filter(
      text,
      equals<ArchivedSpan>((span, call) => rowOfSpan(span, call)?.conversation_id),
    ),
  ],
  [
    'trace_id',
    filter(
      text,
      equals<ArchivedSpan>(({ traceId }) => traceId),
    ),
  ],
  [
    'span_id',
    filter(
      text,
      equals<ArchivedSpan>(({ spanId }) => spanId),
    ),
  ],
  [
    'parent_span_id',
    filter(
      text,
      equals<ArchivedSpan>(({ parentId }) => parentId),
    ),
  ],
  [
    'environment',
    filter(
      environment,
      inEnvironment<ArchivedSpan>((span, call) => rowOfSpan(span, call)?.environment),
    ),
  ],
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
  const { store, spans } = call.agent.state
  const there = spans
    .newestFirst()
    .filter(({ conversation }) => store.has(conversation) && !call.hidden.has(conversation))
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
  const { spans, store } = call.agent.state
  const trace_id = call.path.trace!
  const found = spans
    .trace(trace_id)
    .filter(({ conversation }) => store.has(conversation) && !call.hidden.has(conversation))
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
