/** Tickets as they are served: by themselves, in a conversation and in a feedback. */
import { type Conversation, open } from '../row/conversation.ts'
import type { Ticket } from './events.ts'
import { type FeedbackEntry, kindOf } from './feedback-list.ts'
import { environmentId, given, type Scene, type Shape } from './scene.ts'

/** The tickets of a row, newest first, and after them those that it was loaded with. */
export function ticketsOf(row: Conversation, { agent }: Scene): unknown {
  const loaded = given(open(row).tickets, [])
  const own = agent.state.tickets.ofConversation(row.id)
  if (own.length === 0) return loaded
  return [...own.map(ticketParts), ...(Array.isArray(loaded) ? loaded : [])]
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

/** What a ticket shows wherever it is. */
function ticketParts({ id, title, status, priority, tags, created_at, updated_at, comments }: Ticket): Shape {
  return { id, title, status, priority, tags, created_at, updated_at, comments }
}

function aboutConversation({ id, conversation_id, name, environment }: Conversation, scene: Scene): Shape {
  return { id, conversation_id, name, environment, environment_id: environmentId(environment, scene) }
}

function aboutFeedback(entry: FeedbackEntry): Shape {
  const { id, sentiment, comment = null, created_at = null } = entry.feedback
  return { id, kind: kindOf(entry), sentiment, comment, created_at }
}
