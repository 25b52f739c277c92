/**
 * Rows, messages and feedback as they are served: missing keys are added at reading and never stored; stored keys are
 * never altered, null included.
 *
 * A copy that begins with the whole source is the fastest there is; `undefined` is left out when it becomes JSON, and
 * the items of lists are made then.
 */
import { typeOf } from '../features/recording/parts.ts'
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
import type { Environment } from './environments.ts'
import type { Ticket } from './events.ts'
import { type FeedbackEntry, kindOf } from './feedback-list.ts'
import { recordedUsage } from './ingest/usage-shapes.ts'
import { MadeList } from './json-pieces.ts'
import type { AgentState } from './state.ts'
import { voteOf } from './votes.ts'

/** What the shapes depend on besides the row. */
export interface Scene {
  readonly agent: { readonly id: number; readonly state: AgentState }
  readonly environments: readonly Environment[]
  /** The URL of the API, `http://localhost/api/`. */
  readonly api: string
}

type Shape = Record<string, unknown>

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

/** The tickets of a row, newest first, and after them those that it was loaded with. */
function ticketsOf(row: Conversation, { agent }: Scene): unknown {
  const loaded = given(open(row).tickets, [])
  const own = agent.state.tickets.ofConversation(row.id)
  if (own.length === 0) return loaded
  return [...own.map(ticketParts), ...(Array.isArray(loaded) ? loaded : [])]
}

/** What a ticket shows wherever it is. */
function ticketParts({ id, title, status, priority, tags, created_at, updated_at, comments }: Ticket): Shape {
  return { id, title, status, priority, tags, created_at, updated_at, comments }
}

/** The newest ticket of a feedback, as that shows it; null without one. */
export function ticketOfFeedback(id: unknown, { agent }: Scene): Shape | null {
  const [ticket] = typeof id === 'number' ? agent.state.tickets.ofFeedback(id) : []
  return ticket === undefined ? null : { ...ticketParts(ticket), comments_count: ticket.comments.length }
}

/** A ticket, with what it is about. */
export function ticketShape(ticket: Ticket, about: FeedbackEntry | undefined, scene: Scene): Shape {
  const { environment, conversation } = ticket
  const row = conversation === null ? undefined : scene.agent.state.store.get(conversation)
  return {
    agent: scene.agent.id,
    ...ticketParts(ticket),
    environment,
    environment_id: environmentId(environment, scene),
    conversation: row === undefined ? null : aboutConversation(row, scene),
    feedback: about === undefined ? null : aboutFeedback(about),
    comments_count: ticket.comments.length,
  }
}

function aboutConversation({ id, conversation_id, name, environment }: Conversation, scene: Scene): Shape {
  return { id, conversation_id, name, environment, environment_id: environmentId(environment, scene) }
}

function aboutFeedback(entry: FeedbackEntry): Shape {
  const { id, sentiment, comment = null, created_at = null } = entry.feedback
  return { id, kind: kindOf(entry), sentiment, comment, created_at }
}

/** The keys that only rows loaded from the API have. */
function rowParts(row: Conversation, scene: Scene): Shape {
  const { agent, environment, environment_id } = open(row)
  return {
    agent: given(agent, scene.agent.id),
    environment_id: given(environment_id, environmentId(environment, scene)),
  }
}

/** A value, or the default of a missing one. Null is a value. */
function given(value: unknown, missing: unknown): unknown {
  return value === undefined ? missing : value
}

/** A missing list is empty; null stays null. */
function each<Item>(items: readonly Item[] | null | undefined, shape: (item: Item) => Shape): MadeList<Item> | null {
  return items === null ? null : new MadeList(items ?? [], shape)
}

/** The id of an environment's slug, null for one that the handler does not know. */
export function environmentId(slug: unknown, { environments }: Pick<Scene, 'environments'>): number | null {
  return environments.find((environment) => environment.slug === slug)?.id ?? null
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
  const last = messages?.findLast(({ action_name }) => action_name === 'token_usage')
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
