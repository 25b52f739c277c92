/** The routes of tickets. */
import { fold } from '../base/text/fold.ts'
import { type Instant, parseInstant } from '../base/text/instant.ts'
import { boolean, choice, instant, listOf, number, text } from '../query/values.ts'
import { notFound, Refusal } from './answer.ts'
import { type Call, clock, created, type Outcome, ok } from './call.ts'
import type { Ticket } from './events.ts'
import type { FeedbackList } from './feedback-list.ts'
import { Fields, NAME_LENGTH } from './fields.ts'
import {
  byNumber,
  byText,
  byTime,
  contains,
  equal,
  type Filters,
  filter,
  type Orders,
  ordered,
  PAGING,
  pageOf,
  readAsked,
  selected,
  since,
  until,
} from './list.ts'
import { nextId, usableId } from './target.ts'
import { ticketShape } from './ticket-shapes.ts'
import { TICKET_PRIORITIES, TICKET_STATUSES } from './tickets.ts'

const createdAt = ({ created_at }: Ticket): Instant => parseInstant(created_at)!
const updatedAt = ({ updated_at }: Ticket): Instant => parseInstant(updated_at)!
const rankOf = (choices: readonly string[], given: string | null) => (given === null ? -1 : choices.indexOf(given))

/** The parameters that narrow the list. */
const FILTERS: Filters<Ticket> = new Map([
  ['status', equal<Ticket>(choice(...TICKET_STATUSES), ({ status }) => status, { isRepeated: true })],
  ['priority', equal<Ticket>(choice(...TICKET_PRIORITIES), ({ priority }) => priority)],
  ['conversation', equal<Ticket>(number, ({ conversation }) => conversation)],
  ['conversation_id', equal<Ticket>(text, conversationIdOf)],
  ['has_conversation', equal<Ticket>(boolean, ({ conversation }) => conversation !== null)],
  ['has_feedback', equal<Ticket>(boolean, ({ feedback }) => feedback !== null)],
  [
    'tags',
    filter(
      listOf(text),
      (wanted) =>
        ({ tags }) =>
          tags.some((tag) => wanted.includes(tag)),
    ),
  ],
  ['created_at_after', filter(instant, since(createdAt))],
  ['created_at_before', filter(instant, until(createdAt))],
  ['updated_at_after', filter(instant, since(updatedAt))],
  ['updated_at_before', filter(instant, until(updatedAt))],
  ['search', filter(text, (value) => contains<Ticket>([fold(value)], ({ title }) => [title]))],
])

function conversationIdOf({ conversation }: Ticket, { agent }: Call): string | undefined {
  return conversation === null ? undefined : agent.state.store.get(conversation)?.conversation_id
}

/** What the list can be asked. */
export const TICKET_PARAMETERS: readonly string[] = [...FILTERS.keys(), ...PAGING]

/** Statuses from first to last, priorities from none to high. */
const ORDERS: Orders<Ticket> = new Map([
  ['created_at', byTime(createdAt)],
  ['updated_at', byTime(updatedAt)],
  ['priority', byNumber<Ticket>(({ priority }) => rankOf(TICKET_PRIORITIES, priority))],
  ['status', byNumber<Ticket>(({ status }) => rankOf(TICKET_STATUSES, status))],
  ['title', byText<Ticket>(({ title }) => title)],
])

/** GET /api/tickets/: newest first. O(tickets). */
export function listTickets(call: Call, feedbacks: FeedbackList): Outcome {
  const asked = readAsked(call, FILTERS)
  const newest = [...call.agent.state.tickets.all()].sort((a, b) => b.id - a.id)
  const found = ordered(selected(newest, asked), asked.terms, ORDERS)
  return pageOf(call, 'tickets/', found, asked, (ticket) => shapeOf(ticket, call, feedbacks))
}

/** POST /api/tickets/. A repeat is a second ticket. */
export function postTicket(call: Call, feedbacks: FeedbackList): Outcome {
  const { settings, agent } = call
  const fields = new Fields(call.body, settings)
  const title = fields.filled('title', NAME_LENGTH).trim()
  const parts = readParts(fields)
  const environment = fields.environment('production')
  const feedback = linked(fields, 'feedback_id')
  const entry = feedback === null ? undefined : feedbacks.find(feedback)
  if (feedback !== null && entry === undefined) fields.refuse('feedback_id', foreign(feedback))
  const given = linked(fields, 'conversation_id')
  if (given !== null && !agent.state.store.has(given)) fields.refuse('conversation_id', foreign(given))
  fields.check()
  const most = settings.limits.tickets
  if (agent.state.tickets.size >= most) throw new Refusal(413, `Too many tickets. An agent may have ${most}.`)
  const now = clock(call)
  const ticket: Ticket = {
    id: nextId(call, 'ticket'),
    title,
    status: parts.status ?? 'open',
    priority: parts.priority ?? null,
    tags: parts.tags ?? [],
    environment,
    conversation: given ?? entry?.row?.id ?? null,
    feedback,
    comments: [],
    created_at: now,
    updated_at: now,
  }
  return created(() => shapeOf(ticket, call, feedbacks), [{ type: 'ticket_put', ticket }])
}

/** The id of a row that a ticket is about; null for none. */
function linked(fields: Fields, name: string): number | null {
  const value = fields.get(name)
  if (value === undefined) return null
  const id = usableId(value)
  if (id === undefined) fields.refuse(name, 'A valid integer is required.')
  return id ?? null
}

function foreign(id: number): string {
  return `Invalid pk "${id}" - object does not exist.`
}

/** GET /api/tickets/{id}/. */
export function showTicket(call: Call, feedbacks: FeedbackList): Outcome {
  const ticket = ticketOfPath(call)
  return ok(() => shapeOf(ticket, call, feedbacks))
}

/** PATCH /api/tickets/{id}/. */
export function updateTicket(call: Call, feedbacks: FeedbackList): Outcome {
  const fields = new Fields(call.body, call.settings)
  if (fields.has('environment')) fields.refuse('environment', 'The environment of a ticket cannot be changed.')
  const title = fields.has('title') ? { title: fields.filled('title', NAME_LENGTH).trim() } : {}
  const parts = readParts(fields)
  fields.check()
  const ticket: Ticket = { ...ticketOfPath(call), ...title, ...parts, updated_at: clock(call) }
  return ok(() => shapeOf(ticket, call, feedbacks), [{ type: 'ticket_put', ticket }])
}

/** The parts of a ticket that may change, if they were sent. */
function readParts(fields: Fields): Partial<Pick<Ticket, 'status' | 'priority' | 'tags'>> {
  if (fields.has('status') && fields.get('status') === undefined) fields.refuse('status', 'This field may not be null.')
  return {
    ...(fields.has('status') && { status: fields.choice('status', TICKET_STATUSES, 'open') }),
    ...(fields.has('priority') && { priority: fields.choice('priority', TICKET_PRIORITIES, null) }),
    ...(fields.has('tags') && { tags: fields.strings('tags') }),
  }
}

/** DELETE /api/tickets/{id}/: the comments go too. */
export function deleteTicket(call: Call): Outcome {
  const { id } = ticketOfPath(call)
  return { status: 204, events: [{ type: 'ticket_removed', id }] }
}

/** The ticket that a path names. Throws the 404. */
export function ticketOfPath({ agent, path }: Call): Ticket {
  const ticket = agent.state.tickets.get(Number(path.id))
  if (ticket === undefined) throw notFound()
  return ticket
}

function shapeOf(ticket: Ticket, call: Call, feedbacks: FeedbackList): object {
  return ticketShape(ticket, ticket.feedback === null ? undefined : feedbacks.find(ticket.feedback), call)
}
