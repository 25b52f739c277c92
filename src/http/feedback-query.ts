/** GET /api/feedbacks/: what the list can be asked, and its pages. */

import { fold } from '../base/text/fold.ts'
import { decidingTerms } from '../base/text/search-terms.ts'
import { boolean, choice, instant, number, sentiment, text } from '../query/values.ts'
import { forbidden, Refusal } from './answer.ts'
import type { Call, Outcome } from './call.ts'
import { categoryOf, type FeedbackEntry, type FeedbackList, kindOf } from './feedback-list.ts'
import { GATE, readGate } from './gate.ts'
import {
  contains,
  equal,
  type Filters,
  filter,
  inEnvironment,
  PAGING,
  pageOf,
  readAsked,
  selected,
  since,
  until,
} from './list.ts'
import { feedbackShape } from './shapes.ts'
import { ticketOfFeedback } from './ticket-shapes.ts'
import { TICKET_STATUSES } from './tickets.ts'

const kind = choice('conversation', 'agent', 'message', 'product')

type Entry = FeedbackEntry

const environmentOf = inEnvironment<Entry>(({ row, feedback }) =>
  feedback.environment === undefined ? row?.environment : feedback.environment,
)
const ownTime = ({ at }: Entry) => at

/** The parameters that narrow the list. */
const FILTERS: Filters<Entry> = new Map([
  ['kind', equal<Entry>(kind, kindOf)],
  ['sentiment', equal<Entry>(sentiment, ({ feedback }) => feedback.sentiment)],
  ['conversation', equal<Entry>(number, ({ row }) => row?.id)],
  ['conversation_id', equal<Entry>(text, ({ row }) => row?.conversation_id)],
  ['message', equal<Entry>(number, ({ message }) => message?.id)],
  ['topic', equal<Entry>(text, ({ message, feedback }) => message && feedback.topic)],
  ['reason', equal<Entry>(text, ({ message, feedback }) => message && feedback.reason)],
  ['agent', equal<Entry>(number, ({ feedback }, { agent }) => feedback.agent ?? agent.id)],
  ['user', equal<Entry>(number, ({ feedback }) => feedback.user)],
  ['category', equal<Entry>(text, categoryOf)],
  ['environment', environmentOf],
  ['env', environmentOf],
  ['has_comment', equal<Entry>(boolean, (entry) => commentOf(entry) !== '')],
  ['comment_contains', filter(text, (value) => contains<Entry>([fold(value)], (entry) => [commentOf(entry)]))],
  ['search', filter(text, (value) => contains<Entry>(decidingTerms(fold(value)), searched))],
  ['created_at_after', filter(instant, since(ownTime))],
  ['created_at_before', filter(instant, until(ownTime))],
])

/** The parameters that narrow a list of feedback with tickets. */
const TICKET_FILTERS: Filters<Entry> = new Map([
  ['has_ticket', equal<Entry>(boolean, (entry, call) => ticketOf(entry, call) !== null)],
  [
    'ticket_status',
    equal<Entry>(choice(...TICKET_STATUSES), (entry, call) => ticketOf(entry, call)?.status, { isRepeated: true }),
  ],
])

const ALL_FILTERS: Filters<Entry> = new Map([...FILTERS, ...TICKET_FILTERS])

/** What the list can be asked. */
export const FEEDBACK_PARAMETERS: readonly string[] = [...ALL_FILTERS.keys(), ...PAGING, GATE]

/** GET /api/feedbacks/. Reads the feedbacks, and of conversations those that the page shows. O(feedbacks). */
export function listFeedbacks(call: Call, list: FeedbackList): Outcome {
  const { query } = call
  if (query.getAll('kind').at(-1)?.trim() === 'product') throw forbidden()
  const withTickets = readGate(query)
  // Without the gate they would be ignored, which widens the answer.
  const closed = [...TICKET_FILTERS.keys()].filter((name) => !withTickets && query.has(name))
  if (closed.length > 0) throw new Refusal(400, Object.fromEntries(closed.map((name) => [name, CLOSED])))
  const asked = readAsked(call, ALL_FILTERS, [...PAGING, GATE])
  const all = selected(list.inOrder(asked.terms), asked, ['ticket_status'])
  if (!withTickets) return pageOf(call, PATH, all, asked, (entry) => feedbackShape(entry, call), countsOf(all))
  const ticketed = all.filter((entry) => ticketOf(entry, call) !== null)
  const matches = selected(ticketed, { tests: only(asked.tests, 'ticket_status') })
  const shape = (entry: Entry) => ({ ...feedbackShape(entry, call), ticket: ticketOfFeedback(entry.feedback.id, call) })
  return pageOf(call, PATH, matches, asked, shape, countsOf(matches, tallyOf(ticketed, call)))
}

const PATH = 'feedbacks/'

const CLOSED = 'Ticket filters need ?include_tickets=true on the API-key plane.'

function only<Value>(map: ReadonlyMap<string, Value>, name: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([key]) => key === name))
}

function countsOf({ length }: readonly Entry[], tally: object = {}): object {
  return { counts: { all: length, ...tally } }
}

/** How many feedbacks have a ticket, one that is open, and one of each status, whatever `ticket_status` asks for. */
function tallyOf(ticketed: readonly Entry[], call: Call): object {
  const tally = Object.fromEntries(TICKET_STATUSES.map((status) => [status, 0]))
  for (const entry of ticketed) tally[ticketOf(entry, call)!.status]!++
  const open_tickets = ticketed.length - tally.done! - tally.closed!
  return { tickets: ticketed.length, open_tickets, ...tally }
}

/** The newest ticket of a feedback. */
function ticketOf({ feedback }: Entry, { agent }: Call) {
  return typeof feedback.id === 'number' ? (agent.state.tickets.ofFeedback(feedback.id)[0] ?? null) : null
}

/** The strings of an entry that `search` looks in. */
function searched(entry: FeedbackEntry): readonly string[] {
  const { row } = entry
  return [commentOf(entry), categoryOf(entry), row?.conversation_id ?? '', row?.name ?? '', row?.customer_id ?? '']
}

function commentOf({ feedback: { comment } }: FeedbackEntry): string {
  return typeof comment === 'string' ? comment : ''
}
