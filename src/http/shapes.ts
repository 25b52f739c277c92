/**
 * Rows, messages and feedback as they are served: missing keys are added at reading and never stored; stored keys are
 * never altered, null included.
 *
 * A copy that begins with the whole source is the fastest there is; `undefined` is left out when it becomes JSON, and
 * the items of lists are made then.
 */
import { TOKEN_USAGE, typeOf } from '../features/recording/parts.ts'
import {
  type ActionLog,
  type Attachment,
  type Conversation,
  type Feedback,
  type Message,
  type Open,
  open,
} from '../row/conversation.ts'
import { leanRow } from '../store/page.ts'
import type { FeedbackEntry } from './feedback-list.ts'
import { recordedUsage } from './ingest/usage-shapes.ts'
import { MadeList } from './json-pieces.ts'
import { environmentId, given, type Scene, type Shape } from './scene.ts'
import { ticketsOf } from './ticket-shapes.ts'
import { voteOf } from './votes.ts'

/** A row without messages and feedbacks, with their numbers. O(keys). */
export function leanShape(row: Conversation, scene: Scene): Shape {
  return { ...leanRow(row), ...rowParts(row, scene) }
}

/** A row with all its messages and feedbacks. O(messages). */
export function fullShape(row: Conversation, scene: Scene): Shape {
  return {
    ...row,
    ...rowParts(row, scene),
    messages: each(row.messages, (message) => messageShape(message, row, scene)),
    feedbacks: each(row.feedbacks, (feedback) => conversationFeedbackShape(open(feedback), row, scene)),
  }
}

/** A full row with the keys that only the detail has. */
export function detailShape(row: Conversation, scene: Scene): Shape {
  return {
    ...fullShape(row, scene),
    tickets: ticketsOf(row, scene),
    token_usage: recordedUsage(row.id, scene.agent.state.spans) ?? given(open(row).token_usage, tokenUsage(row)),
  }
}

/** A row with its tickets, of the shape that a list is asked for. */
export function ticketedShape(row: Conversation, isLean: boolean, scene: Scene): Shape {
  return { ...(isLean ? leanShape(row, scene) : fullShape(row, scene)), tickets: ticketsOf(row, scene) }
}

/** The keys that only rows loaded from the API have. */
function rowParts(row: Conversation, scene: Scene): Shape {
  const { agent, environment, environment_id } = open(row)
  return {
    agent: given(agent, scene.agent.id),
    environment_id: given(environment_id, environmentId(environment, scene)),
  }
}

/** A missing list is empty; null stays null. */
function each<Item>(items: readonly Item[] | null | undefined, shape: (item: Item) => Shape): MadeList<Item> | null {
  return items === null ? null : new MadeList(items ?? [], shape)
}

/** A message of a conversation. */
export function messageShape(message: Message, row: Conversation, scene: Scene): Shape {
  const vote = voteOf(message)
  return {
    ...message,
    id: message.id ?? null,
    conversation: given(open(message).conversation, row.id),
    timestamp: message.timestamp ?? null,
    action_name: message.action_name ?? null,
    metadata: message.metadata ?? null,
    button: message.button ?? null,
    attachments: each(message.attachments, (attachment) => attachmentShape(attachment, message, row, scene)),
    action_logs: each(message.action_logs, (log) => actionLogShape(log, message, scene)),
    feedback: vote === undefined ? given(open(message).feedback, null) : voteShape(vote, message, row, scene),
  }
}

/** A file of a message, with the URL under which its bytes are. */
export function attachmentShape(attachment: Attachment, message: Message, row: Conversation, scene: Scene): Shape {
  const { mime_type = null, type, file_url } = attachment
  return {
    ...attachment,
    id: attachment.id ?? null,
    message: given(open(attachment).message, message.id ?? null),
    type: given(type, typeOf(mime_type)),
    filename: attachment.filename ?? null,
    mime_type,
    size_bytes: attachment.size_bytes ?? null,
    file_url: file_url === undefined ? fileUrl(attachment, message, row, scene) : file_url,
  }
}

/** The URL of the bytes; `about:blank` where there are no bytes. */
function fileUrl(attachment: Attachment, message: Message, row: Conversation, { agent, api }: Scene): string {
  const id = agent.state.files.idOf(row.id, message.id, attachment.id)
  return id === undefined ? 'about:blank' : `${api}files/${id}/`
}

/** One call of a tool. */
export function actionLogShape(log: ActionLog, message: Message, { agent }: Scene): Shape {
  const { action_name: name } = message
  const { action } = open(log)
  const isNamed = typeof name === 'string' && name !== ''
  return {
    ...log,
    id: log.id ?? null,
    action: action !== undefined ? action : isNamed ? agent.state.actions.loaded(name) : null,
    message: given(open(log).message, message.id ?? null),
    started_at: log.started_at ?? null,
    ended_at: log.ended_at ?? null,
    duration_ms: log.duration_ms ?? null,
    tools_used: log.tools_used ?? null,
    response: log.response ?? null,
    error_message: given(log.error_message, ''),
    metadata: log.metadata ?? null,
  }
}

/** The token counts that were recorded last, which are running totals; null without any. */
function tokenUsage({ messages }: Conversation): unknown {
  const last = messages?.findLast(({ action_name }) => action_name === TOKEN_USAGE)
  return last?.action_logs?.at(-1)?.metadata ?? last?.metadata ?? null
}

/** A feedback of any kind. */
export function feedbackShape({ row, message, feedback }: FeedbackEntry, scene: Scene): Shape {
  if (message !== null) return voteShape(feedback as Open<Feedback>, message, row!, scene)
  if (row !== null) return conversationFeedbackShape(feedback as Open<Feedback>, row, scene)
  const { environment } = feedback
  return {
    ...feedbackParts(feedback, 'agent', scene),
    conversation: null,
    conversation_id: null,
    environment_id: environmentId(environment, scene),
  }
}

function voteShape(vote: Open<Feedback>, message: Message, row: Conversation, scene: Scene): Shape {
  return {
    ...conversationFeedbackShape(vote, row, scene, 'message'),
    message: given(vote.message, message.id ?? null),
    topic: vote.topic ?? null,
    reason: vote.reason ?? null,
  }
}

function conversationFeedbackShape(
  feedback: Open<Feedback>,
  row: Conversation,
  scene: Scene,
  kind = 'conversation',
): Shape {
  const environment = given(feedback.environment, row.environment)
  return {
    ...feedbackParts(feedback, kind, scene),
    conversation: given(feedback.conversation, row.id),
    conversation_id: given(feedback.conversation_id, row.conversation_id),
    environment,
    environment_id: given(feedback.environment_id, environmentId(environment, scene)),
  }
}

function feedbackParts(feedback: FeedbackEntry['feedback'], kind: string, { agent }: Scene): Shape {
  return {
    ...feedback,
    id: feedback.id ?? null,
    kind: given(feedback.kind, kind),
    agent: given(feedback.agent, agent.id),
    user: feedback.user ?? null,
    category: feedback.category ?? null,
    comment: feedback.comment ?? null,
    message: feedback.message ?? null,
    topic: feedback.topic ?? null,
    reason: feedback.reason ?? null,
    created_at: feedback.created_at ?? null,
    source: given(feedback.source, 'customer'),
    metadata: feedback.metadata ?? null,
  }
}
