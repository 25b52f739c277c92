/** The routes of one feedback, on a conversation, on a message or on the agent itself. */

import { type Feedback, type Message, type Open, open } from '../row/conversation.ts'
import { readFeedback } from '../row/read.ts'
import { badField, forbidden, notFound } from './answer.ts'
import type { Body } from './body.ts'
import { type Call, clock, created, type Outcome, ok, rowOf } from './call.ts'
import type { AgentFeedback, RecordedEvent } from './events.ts'
import { agentEntry, type FeedbackEntry, type FeedbackList } from './feedback-list.ts'
import { Fields } from './fields.ts'
import { type FoundMessage, findMessage, type MessageIndex } from './message-index.ts'
import { feedbackShape } from './shapes.ts'
import { nextId, readTarget, usableId } from './target.ts'
import { ticketOfFeedback } from './ticket-shapes.ts'
import { changedMessage } from './tracker.ts'
import { voteOf } from './votes.ts'

/** POST /api/conversation-feedbacks/. */
export function postConversationFeedback(call: Call): Outcome {
  return conversationFeedback(call, new Fields(call.body, call.settings))
}

/** Whether this is a vote, whose message must be looked up. */
export function isVote({ kind }: Body): boolean {
  return kind === 'message'
}

/** POST /api/feedbacks/. */
export function postFeedback(call: Call, messages: MessageIndex | undefined): Outcome {
  const fields = new Fields(call.body, call.settings)
  const kind = fields.get('kind')
  if (kind === 'product') throw forbidden()
  if (kind === 'agent') return agentFeedback(call, fields)
  if (kind === 'message') return vote(call, fields, messages!)
  if (kind === undefined) fields.refuse('kind', 'This field is required.')
  else if (kind !== 'conversation') fields.refuse('kind', `${JSON.stringify(kind)} is not a valid choice.`)
  if (fields.get('environment') !== undefined) fields.refuse('environment', DERIVED)
  return conversationFeedback(call, fields)
}

const DERIVED = 'Derived from the conversation.'

/** The code points that a topic or a reason may have. */
const SLUG_LENGTH = 50

/** The fields of a vote that its body has: an absent one stays as it is, null clears it. */
function voteFields(fields: Fields): Record<string, unknown> {
  return {
    ...(fields.has('comment') && { comment: fields.comment() }),
    ...(fields.has('topic') && { topic: fields.short('topic', SLUG_LENGTH) }),
    ...(fields.has('reason') && { reason: fields.short('reason', SLUG_LENGTH) }),
  }
}

/** A vote on a message: the first one is made, another one changes it. */
function vote(call: Call, fields: Fields, messages: MessageIndex): Outcome {
  if (fields.get('environment') !== undefined) fields.refuse('environment', DERIVED)
  const sentiment = fields.sentiment()
  const given = voteFields(fields)
  const id = usableId(fields.get('message'))
  if (fields.get('message') === undefined) fields.refuse('message', 'This field is required.')
  else if (id === undefined) fields.refuse('message', 'A valid id is required.')
  fields.check()
  const found = findMessage(call, messages, id!)
  if (found === undefined) throw notFound()
  const before = voteOf(found.message)
  const blank = { comment: null, topic: null, reason: null, source: 'customer', metadata: null }
  const made = { id: nextId(call, 'feedback'), sentiment, ...blank, created_at: clock(call) }
  const { message, events } = voted(found, { ...(before ?? made), ...given, sentiment })
  const answer = () => feedbackShape(voteEntry(call, found.row.id, message), call)
  return before === undefined ? created(answer, events) : ok(answer, events)
}

/** The events that put a vote on a message, or take it off with null. */
function voted(
  { row, index, message: before }: FoundMessage,
  feedback: object | null,
): { readonly message: Message; readonly events: readonly RecordedEvent[] } {
  const message = changedMessage(before, { feedback } as Partial<Message>)
  return { message, events: [{ type: 'message_changed', conversation: row.id, index, message }] }
}

/** Where the message of a vote is. */
function placeOfVote({ row, message }: FeedbackEntry): FoundMessage {
  return { row: row!, index: row!.messages.indexOf(message!), message: message! }
}

function voteEntry(call: Call, conversation: number, message: Message): FeedbackEntry {
  const feedback = voteOf(message) as Open<Feedback>
  return { row: rowOf(call, conversation), message, index: 0, feedback, at: { ms: 0, us: 0 } }
}

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
  return ok(() => ({ ...feedbackShape(entry, call), ticket: ticketOfFeedback(entry.feedback.id, call) }))
}

/** PATCH /api/feedbacks/{id}/. */
export function updateFeedback(call: Call, list: FeedbackList): Outcome {
  const fields = new Fields(call.body, call.settings)
  const entry = list.find(Number(call.path.id))
  const isOfAgent = entry === undefined || entry.row === null
  const isVote = entry !== undefined && entry.message !== null
  for (const name of ['topic', 'reason'])
    if (entry !== undefined && !isVote && fields.get(name) !== undefined)
      fields.refuse(name, 'Only a vote on a message has one.')
  const changes: Record<string, unknown> = {
    ...(fields.has('sentiment') && { sentiment: fields.sentiment() }),
    ...(isVote ? voteFields(fields) : fields.has('comment') && { comment: fields.comment() }),
    ...(isOfAgent && fields.get('environment') !== undefined && { environment: fields.environment() }),
  }
  if (!isOfAgent && fields.get('environment') !== undefined) fields.refuse('environment', DERIVED)
  fields.check()
  if (entry === undefined) throw notFound()
  const { row, index, feedback: before } = entry
  if (isVote) {
    const { message, events } = voted(placeOfVote(entry), { ...before, ...changes })
    return ok(() => feedbackShape(voteEntry(call, row!.id, message), call), events)
  }
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
  const entry = entryOfPath(call, list)
  if (entry.message !== null) return { status: 204, events: voted(placeOfVote(entry), null).events }
  const { row, index, feedback } = entry
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
  return { row: rowOf(call, conversation), message: null, index: 0, feedback: open(feedback), at: { ms: 0, us: 0 } }
}
