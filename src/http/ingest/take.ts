/** POST /api/ingest/: takes a span batch. Judged whole, then made into events: all of it, or nothing. */
import { isEqual } from '../../base/equal.ts'
import { compareInstants, type Instant, toInstant } from '../../base/text/instant.ts'
import type { Conversation, JsonObject } from '../../row/conversation.ts'
import { countOf } from '../../row/grown.ts'
import type { RowFields } from '../../row/read.ts'
import { Refusal } from '../answer.ts'
import { type Call, created, type Outcome } from '../call.ts'
import type { IdCounters, RecordedEvent } from '../events.ts'
import { newConversation, newIds } from '../target.ts'
import { placed, type TimedMessage } from './place.ts'
import { inOrder, type MessageDraft, project } from './project.ts'
import { type Block, readBatch } from './read-batch.ts'
import { type ArchivedSpan, archived } from './span.ts'
import { formatMicros } from './times.ts'

/** What all blocks of one batch share: ids, each given once, and the actions that it names first. */
interface Batch {
  readonly call: Call
  readonly newId: (kind: keyof IdCounters) => number
  readonly actions: Map<string, number>
  readonly events: RecordedEvent[]
}

/** POST /api/ingest/. O(size of the batch), and the messages that are later than its own. */
export function postBatch(call: Call): Outcome {
  const blocks = readBatch(call.body, call.settings)
  const batch: Batch = { call, newId: newIds(call), actions: new Map(), events: [] }
  for (const block of blocks) takeBlock(batch, block)
  makeRoom(call, batch.events.filter(({ type }) => type === 'span_added').length)
  return created(() => ({}), batch.events)
}

/** Throws the 413 of spans beyond the limit. */
function makeRoom({ agent, settings }: Call, more: number): void {
  const { spans, store } = agent.state
  const most = settings.limits.spans
  if (spans.size + more > most) spans.sweep((conversation) => !store.has(conversation))
  if (spans.size + more > most) throw new Refusal(413, `Too many spans. An agent may have ${most}.`)
}

/** Makes the events of one block. */
function takeBlock(batch: Batch, { conversationId, fields, spans: given }: Block): void {
  const { call, newId, events } = batch
  const { state } = call.agent
  const known = state.store.get(conversationId)
  const held = known && state.spans.of(known.id)
  const fresh = newSpans(given, held?.spans)
  const conversation = known?.id ?? newId('conversation')
  const spans = inOrder(fresh.map((span) => archived(0, conversation, span))).map((span) => ({
    ...span,
    id: newId('span'),
  }))
  const projection = project(held, spans, call.settings.bigNumbers)
  const row = known ?? newRow(call, conversation, conversationId, spans, fields)
  if (known === undefined) events.push({ type: 'conversation_added', row })
  for (const { id, payload } of spans) events.push({ type: 'span_added', id, conversation, span: payload })
  for (const { turnId: turn_id, model } of projection.usage)
    events.push({ type: 'usage_named', id: newId('usage'), conversation, turn_id, model })
  const messages = projection.messages.map((draft) => messageOf(batch, draft))
  const changes = changedFields(row, spans, messages, known === undefined ? {} : fields)
  if (messages.length > 0 || Object.keys(changes).length > 0)
    events.push({ type: 'conversation_grown', conversation, messages: placed(known, messages), fields: changes })
}

/** The spans that are not known, each once: the first one stays. */
function newSpans(given: readonly JsonObject[], known?: ReadonlyMap<string, ArchivedSpan>): readonly JsonObject[] {
  const fresh = new Map<string, JsonObject>()
  for (const span of given) {
    const id = String(span.span_id)
    if (known?.has(id) !== true && !fresh.has(id)) fresh.set(id, span)
  }
  return [...fresh.values()]
}

/** A conversation that a block names first. Without spans it starts now. */
function newRow(
  call: Call,
  id: number,
  conversation_id: string,
  [first]: readonly ArchivedSpan[],
  fields: Block['fields'],
): Conversation {
  const environment = call.settings.defaultEnvironment ?? 'production'
  const started = first === undefined ? {} : { started_at: formatMicros(first.startedAt) }
  const row = newConversation(call, { conversation_id, environment, is_used: false, ...fields, ...started })
  return { ...row, id }
}

/** A message with its id. Those of tools name their definition, which the first call makes. */
function messageOf(batch: Batch, draft: MessageDraft): TimedMessage {
  const { newId } = batch
  const { at, sender, content, metadata, action } = draft
  const parts = { timestamp: formatMicros(at), sender, content, metadata, attachments: [], button: null }
  const id = newId('message')
  if (action === undefined) return { at, message: { id, ...parts, action_name: null, action_logs: [] } }
  const { name, log } = action
  const action_logs = [{ id: newId('action_log'), action: definitionOf(batch, name), ...log }]
  return { at, message: { id, ...parts, action_name: name, action_logs } }
}

/** The id of an action's definition, which the first call makes. */
function definitionOf({ call, actions, events }: Batch, name: string): number {
  const known = call.agent.state.actions
  const id = known.named(name)?.id ?? actions.get(name) ?? known.greatestId + 1 + actions.size
  if (!known.isRecorded(name) && !actions.has(name)) {
    events.push({ type: 'action_named', id, name })
    actions.set(name, id)
  }
  return id
}

/** The fields of a row that a block changes. */
function changedFields(
  row: Conversation,
  spans: readonly ArchivedSpan[],
  messages: readonly TimedMessage[],
  given: Block['fields'],
): RowFields {
  const changed = Object.entries(given).filter(([key, value]) => !isEqual(row[key as keyof Conversation], value))
  const fields: { -readonly [Key in keyof RowFields]: RowFields[Key] } = Object.fromEntries(changed)
  if (row.is_used !== true && spans.some(({ kind }) => kind !== 'conversation')) fields.is_used = true
  const started = toInstant(row.started_at)!
  const first = spans[0]?.startedAt
  const start = first !== undefined && compareInstants(first, started) < 0 ? first : started
  if (start !== started) fields.started_at = formatMicros(start)
  const end = endOf(row, started, start, messages)
  if (end !== undefined) fields.ended_at = formatMicros(end)
  return fields
}

/**
 * The new end of a row: that of its latest message, and its start while it has none. Undefined where it stays. A row that was
 * loaded without an end stays without.
 */
function endOf(
  row: Conversation,
  started: Instant,
  start: Instant,
  messages: readonly TimedMessage[],
): Instant | undefined {
  const ended = toInstant(row.ended_at)
  if (ended === undefined) return undefined
  const isEmpty = countOf(row, 'messages') === 0 && compareInstants(ended, started) === 0
  let end = isEmpty ? start : ended
  let latest: Instant | undefined
  for (const { at } of messages) if (latest === undefined || compareInstants(at, latest) > 0) latest = at
  if (latest !== undefined && compareInstants(latest, end) > 0) end = latest
  return compareInstants(end, ended) === 0 ? undefined : end
}
