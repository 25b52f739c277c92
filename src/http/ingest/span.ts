/** One archived span: what came, and what is asked of it. */
import type { Instant } from '../../base/text/instant.ts'
import type { JsonObject } from '../../row/conversation.ts'
import { ATTRIBUTES, objectOf, stringOf } from './attributes.ts'
import { instantIn } from './times.ts'

/** The state of a turn. */
export interface Turn {
  readonly isComplete: boolean
  /** Why it is not complete, if the span says. */
  readonly reason: string | null
}

/** A span that was archived. */
export interface ArchivedSpan {
  /** The integer that it is read by. */
  readonly id: number
  /** The id of its conversation. */
  readonly conversation: number
  readonly spanId: string
  readonly traceId: string
  readonly parentId: string | null
  readonly kind: string
  readonly name: string
  readonly status: string
  readonly startedAt: Instant
  readonly endedAt: Instant | undefined
  /** Milliseconds. */
  readonly duration: number | null
  readonly attributes: JsonObject
  /** The turn that it belongs to, its own id for a turn; null outside turns. */
  readonly turnId: string | null
  /** For a turn. */
  readonly turn: Turn | undefined
  /** The span as it came. */
  readonly payload: JsonObject
}

/** What is archived of a span that was checked. O(1). */
export function archived(id: number, conversation: number, payload: JsonObject): ArchivedSpan {
  const attributes = objectOf(payload.attributes)
  const kind = stringOf(payload.kind) ?? stringOf(attributes[ATTRIBUTES.kind]) ?? 'unknown'
  const spanId = String(payload.span_id)
  const isTurn = kind === 'turn'
  return {
    id,
    conversation,
    spanId,
    traceId: String(payload.trace_id),
    parentId: stringOf(payload.parent_span_id) ?? null,
    kind,
    name: String(payload.name),
    status: stringOf(payload.status) ?? 'unset',
    startedAt: instantIn(payload.started_at)!,
    endedAt: instantIn(payload.ended_at),
    duration: typeof payload.duration_ms === 'number' ? payload.duration_ms : null,
    attributes,
    turnId: isTurn ? spanId : (stringOf(attributes[ATTRIBUTES.turn]) ?? null),
    turn: isTurn ? turnOf(attributes) : undefined,
    payload,
  }
}

function turnOf(attributes: JsonObject): Turn {
  const isComplete = attributes[ATTRIBUTES.isComplete] === true
  return { isComplete, reason: isComplete ? null : (stringOf(attributes[ATTRIBUTES.incompleteReason]) ?? null) }
}

/** Whether a span is one call of a tool. */
export function isAction({ kind }: ArchivedSpan): boolean {
  return kind === 'tool' || kind === 'task'
}
