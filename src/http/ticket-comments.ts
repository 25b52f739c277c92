/** The routes of the comments on a ticket. */
import { Refusal } from './answer.ts'
import { type Call, clock, created, type Outcome } from './call.ts'
import type { TicketComment } from './events.ts'
import { Fields } from './fields.ts'
import { pageOf, readAsked } from './list.ts'
import { nextId } from './target.ts'
import { ticketOfPath } from './ticket-routes.ts'

/** The code points that a comment may have. */
const COMMENT_LENGTH = 16_384

/** GET /api/tickets/{id}/comments/: oldest first. */
export function listComments(call: Call): Outcome {
  const asked = readAsked(call, new Map())
  const { id, comments } = ticketOfPath(call)
  return pageOf(call, `tickets/${id}/comments/`, comments, asked, (comment) => comment)
}

/** POST /api/tickets/{id}/comments/. The author is the agent; a role is ignored. */
export function postComment(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const body = fields.filled('body', COMMENT_LENGTH)
  fields.check()
  const ticket = ticketOfPath(call)
  const most = call.settings.limits.comments
  if (ticket.comments.length >= most) throw new Refusal(413, `Too many comments. A ticket may have ${most}.`)
  const comment: TicketComment = {
    id: nextId(call, 'comment'),
    author: call.agent.name,
    role: 'agent',
    body,
    created_at: clock(call),
  }
  return created(() => comment, [{ type: 'comment_added', ticket: ticket.id, comment }])
}
