/**
 * What spans make of a conversation. A complete turn is its messages and the calls of tools in it; a call that comes before
 * its turn waits. Pure: it reads what is archived and what has come, and gives drafts in the order of projection.
 */

import type { BigNumbers } from '../../base/json.ts'
import { compareInstants, type Instant } from '../../base/text/instant.ts'
import { actionContent } from '../../features/turns/to-row.ts'
import type { ActionLog, Json, JsonObject, Open } from '../../row/conversation.ts'
import type { ConversationSpans } from './archive.ts'
import { ATTRIBUTES, documentOf, isObject, MESSAGE_EVENT, objectIn, objectOf, stringOf } from './attributes.ts'
import { type ArchivedSpan, isAction } from './span.ts'
import { formatMicros, instantIn } from './times.ts'
import { modelOf } from './usage.ts'

/** A message before it has an id. */
export interface MessageDraft {
  readonly at: Instant
  readonly sender: 'end_user' | 'agent'
  readonly content: string
  readonly metadata: JsonObject | null
  /** The call of a tool that it is; undefined for what was said. */
  readonly action?: { readonly name: string; readonly log: Omit<Open<ActionLog>, 'id' | 'action'> }
}

/** Tokens that can be read from now on. */
export interface UsageDraft {
  readonly turnId: string | null
  readonly model: string
}

/** What new spans make of a conversation. */
export interface Projection {
  /** In the order of projection. */
  readonly messages: readonly MessageDraft[]
  readonly usage: readonly UsageDraft[]
}

/** Spans in the order in which they are projected: by their start, equals as they came. */
export function inOrder(spans: readonly ArchivedSpan[]): readonly ArchivedSpan[] {
  return spans.slice().sort((a, b) => compareInstants(a.startedAt, b.startedAt))
}

/** What new spans, in order, make of a conversation with these. O(new spans and what waited for them). */
export function project(
  held: ConversationSpans | undefined,
  spans: readonly ArchivedSpan[],
  bigNumbers: BigNumbers,
): Projection {
  const turns = new Map(spans.filter(({ turn }) => turn !== undefined).map((span) => [span.spanId, span]))
  const turnOf = (id: string) => {
    const span = turns.get(id) ?? held?.spans.get(id)
    return span?.turn
  }
  const messages: MessageDraft[] = []
  const usage: UsageDraft[] = []
  const named = new Map<string | null, Set<string>>()
  const nameUsage = (turnId: string | null, model: string) => {
    const models = named.get(turnId) ?? new Set<string>()
    named.set(turnId, models)
    if (models.has(model) || held?.usage.get(turnId)?.get(model)?.id !== undefined) return
    models.add(model)
    usage.push({ turnId, model })
  }
  for (const span of spans) {
    const { turnId, turn } = span
    if (turn !== undefined) {
      for (const model of held?.usage.get(turnId)?.keys() ?? []) nameUsage(turnId, model)
      if (!turn.isComplete) continue
      for (const draft of messagesOf(span, bigNumbers)) messages.push(draft)
      for (const call of held?.waiting.get(span.spanId) ?? []) messages.push(actionOf(call, bigNumbers))
    } else if (isAction(span)) {
      if (turnId === null || turnOf(turnId)?.isComplete === true) messages.push(actionOf(span, bigNumbers))
    } else if (span.kind === 'llm') {
      if (turnId === null || turnOf(turnId) !== undefined) nameUsage(turnId, modelOf(span))
    }
  }
  return { messages, usage }
}

/** The messages of a turn, in the order of its events. The agent's last one says how long the turn took. */
function messagesOf({ payload, startedAt, duration }: ArchivedSpan, bigNumbers: BigNumbers): readonly MessageDraft[] {
  const events: readonly Json[] = Array.isArray(payload.events) ? payload.events : []
  const drafts: MessageDraft[] = []
  for (const event of events) {
    if (!isObject(event) || event.name !== MESSAGE_EVENT) continue
    const attributes = objectOf(event.attributes)
    const sender = attributes[ATTRIBUTES.sender]
    if (sender !== 'end_user' && sender !== 'agent') continue
    const at = instantIn(event.timestamp) ?? startedAt
    const content = stringOf(attributes[ATTRIBUTES.content]) ?? ''
    drafts.push({ at, sender, content, metadata: objectIn(attributes[ATTRIBUTES.metadata], bigNumbers) ?? null })
  }
  const last = drafts.findLastIndex(({ sender }) => sender === 'agent')
  if (last < 0 || duration === null) return drafts
  const { metadata, ...draft } = drafts[last]!
  // A caller's own value wins; its place is after the other keys where there is none.
  return drafts.with(last, { ...draft, metadata: withLatency(metadata, duration) })
}

function withLatency(metadata: JsonObject | null, latency_ms: number): JsonObject {
  return metadata !== null && Object.hasOwn(metadata, 'latency_ms') ? metadata : { ...metadata, latency_ms }
}

/** One call of a tool as a message. */
function actionOf(span: ArchivedSpan, bigNumbers: BigNumbers): MessageDraft {
  const { attributes, startedAt, endedAt, duration } = span
  const name = stringOf(attributes[ATTRIBUTES.tool]) || span.name
  const given = attributes[ATTRIBUTES.arguments]
  const log = {
    started_at: formatMicros(startedAt),
    ended_at: endedAt === undefined ? null : formatMicros(endedAt),
    duration_ms: duration,
    // Text that is not JSON stays what it is: nothing of a call is lost.
    tools_used: documentOf(given, bigNumbers) ?? given ?? null,
    response: attributes[ATTRIBUTES.response] ?? null,
    error_message: stringOf(attributes[ATTRIBUTES.error]) ?? '',
    metadata: null,
  }
  return { at: startedAt, sender: 'agent', content: actionContent(name), metadata: null, action: { name, log } }
}
