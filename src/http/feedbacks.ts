/** The routes of one feedback, on a conversation or on the agent itself. */

import { type Feedback, open } from '../row/conversation.ts'
import { readFeedback } from '../row/read.ts'
import { badField, forbidden, notFound } from './answer.ts'
import { type Call, clock, created, type Outcome, ok, rowOf } from './call.ts'
import type { AgentFeedback, RecordedEvent } from './events.ts'
import { agentEntry, type FeedbackEntry, type FeedbackList } from './feedback-list.ts'
import { Fields } from './fields.ts'
import { feedbackShape } from './shapes.ts'
import { nextId, readTarget, usableId } from './target.ts'

/** POST /api/conversation-feedbacks/. */
export function postConversationFeedback(call: Call): Outcome {
  return conversationFeedback(call, new Fields(call.body, call.settings))
}

/** POST /api/feedbacks/. */
export function postFeedback(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const kind = fields.get('kind')
  if (kind === 'product') throw forbidden()
  if (kind === 'agent') return agentFeedback(call, fields)
  if (kind === undefined) fields.refuse('kind', 'This field is required.')
  else if (kind !== 'conversation') fields.refuse('kind', `${JSON.stringify(kind)} is not a valid choice.`)
  if (fields.get('environment') !== undefined) fields.refuse('environment', DERIVED)
  return conversationFeedback(call, fields)
}

const DERIVED = 'Derived from the conversation.'

function conversationFeedback(call: Call, fields: Fields): Outcome {
  const sentiment = fields.sentiment()
  const comment = fields.comment()
  const metadata = fields.metadata()
  const find = readTarget(call, fields)
  fields.check()
  const row = find()
  if (typeof row === 'string') throw badField('conversation_id', 'No conversation has this id.')
  const raw = {
    id: nextId(call, 'feedback'),
    sentiment,
    source: 'customer',
    comment,
    metadata,
    created_at: clock(call),
  }
  const feedback = readFeedback(raw, { message: 0, feedback: 0 })
  return created(
    () => feedbackShape(entryOf(call, row.id, feedback), call),
    [{ type: 'feedback_added', conversation: row.id, feedback }],
  )
}

function agentFeedback(call: Call, fields: Fields): Outcome {
  const sentiment = fields.sentiment()
  const comment = fields.comment()
  const environment = fields.environment()
  const metadata = fields.metadata()
  const agent = usableId(fields.get('agent'))
  if (!fields.has('agent')) fields.refuse('agent', 'This field is required.')
  else if (agent !== call.agent.id) fields.refuse('agent', 'No agent of this key has this id.')
  fields.check()
  const id = nextId(call, 'feedback')
  const raw: AgentFeedback = { id, sentiment, comment, environment, metadata, created_at: clock(call) }
  // It is not a row of the store; the same rules hold.
  const feedback = readFeedback(raw, { message: 0, feedback: 0 }) as AgentFeedback
  return created(() => feedbackShape(agentEntry(feedback), call), [{ type: 'agent_feedback_put', feedback }])
}

/** GET /api/feedbacks/{id}/. */
export function showFeedback(call: Call, list: FeedbackList): Outcome {
  const entry = entryOfPath(call, list)
  return ok(() => feedbackShape(entry, call))
}

/** PATCH /api/feedbacks/{id}/. */
export function updateFeedback(call: Call, list: FeedbackList): Outcome {
  const fields = new Fields(call.body, call.settings)
  const entry = list.find(Number(call.path.id))
  const isOfAgent = entry === undefined || entry.row === null
  const changes: Record<string, unknown> = {
    ...(fields.has('sentiment') && { sentiment: fields.sentiment() }),
    ...(fields.has('comment') && { comment: fields.comment() }),
    ...(isOfAgent && fields.get('environment') !== undefined && { environment: fields.environment() }),
  }
  if (!isOfAgent && fields.get('environment') !== undefined) fields.refuse('environment', DERIVED)
  fields.check()
  if (entry === undefined) throw notFound()
  const { row, index, feedback: before } = entry
  if (row === null) {
    const feedback = { ...before, ...changes } as AgentFeedback
    return ok(() => feedbackShape(agentEntry(feedback), call), [{ type: 'agent_feedback_put', feedback }])
  }
  const feedback = readFeedback({ ...before, ...changes }, { message: 0, feedback: 0 })
  return ok(
    () => feedbackShape(entryOf(call, row.id, feedback), call),
    [{ type: 'feedback_changed', conversation: row.id, index, feedback }],
  )
}

/** DELETE /api/feedbacks/{id}/. */
export function deleteFeedback(call: Call, list: FeedbackList): Outcome {
  const { row, index, feedback } = entryOfPath(call, list)
  const event: RecordedEvent =
    row === null
      ? { type: 'agent_feedback_removed', id: feedback.id as number }
      : { type: 'feedback_removed', conversation: row.id, index, id: feedback.id as number }
  return { status: 204, events: [event] }
}

function entryOfPath({ path }: Call, list: FeedbackList): FeedbackEntry {
  const entry = list.find(Number(path.id))
  if (entry === undefined) throw notFound()
  return entry
}

function entryOf(call: Call, conversation: number, feedback: Feedback): FeedbackEntry {
  return { row: rowOf(call, conversation), index: 0, feedback: open(feedback), at: { ms: 0, us: 0 } }
}
