/** The routes of feedback, on conversations and on the agent itself. */

import { type Fault, InvalidPageError } from '../base/errors.ts'
import { fold } from '../base/text/fold.ts'
import { compareInstants, type Instant, parseInstant } from '../base/text/instant.ts'
import { searchTerms } from '../base/text/search-terms.ts'
import { invalidValue, raise, unknownName } from '../query/faults.ts'
import { page, pageSize } from '../query/paging.ts'
import {
  boolean,
  choice,
  environment,
  instant,
  itemsOf,
  number,
  sentiment,
  text,
  type ValueType,
} from '../query/values.ts'
import type { Feedback } from '../row/conversation.ts'
import { readFeedback } from '../row/read.ts'
import { links } from '../wire/links.ts'
import { nullFaults } from '../wire/nulls.ts'
import { badField, notFound, Refusal } from './answer.ts'
import { type Call, clock, created, type Outcome, ok, rowOf } from './call.ts'
import type { AgentFeedback, RecordedEvent } from './events.ts'
import { agentEntry, categoryOf, type FeedbackEntry, type FeedbackList, kindOf } from './feedback-list.ts'
import { Fields } from './fields.ts'
import { feedbackShape } from './shapes.ts'
import { nextId, readTarget, usableId } from './target.ts'

const MAX_PAGE_SIZE = 100
const DEFAULT_PAGE_SIZE = 10

/** What one parameter of the list asks: its value, and from that which feedback is meant. */
interface Filter<Value = never> {
  readonly value: ValueType
  readonly test: (value: Value, call: Call) => (entry: FeedbackEntry) => boolean
}

function filter<Value>(value: ValueType<Value, unknown>, test: Filter<Value>['test']): Filter {
  return { value, test }
}

const kind = choice('conversation', 'agent', 'product')

const inEnvironment = filter(environment, (slug) => (entry) => environmentOf(entry) === slug)

/** The parameters that narrow the list. */
const FILTERS: ReadonlyMap<string, Filter> = new Map([
  ['kind', filter(kind, (value) => (entry) => kindOf(entry) === value)],
  ['sentiment', filter(sentiment, (value) => (entry) => entry.feedback.sentiment === value)],
  [
    'conversation',
    filter(
      number,
      (value) =>
        ({ row }) =>
          row?.id === value,
    ),
  ],
  [
    'conversation_id',
    filter(
      text,
      (value) =>
        ({ row }) =>
          row?.conversation_id === value,
    ),
  ],
  [
    'agent',
    filter(
      number,
      (value, { agent }) =>
        (entry) =>
          (entry.feedback.agent ?? agent.id) === value,
    ),
  ],
  [
    'user',
    filter(
      number,
      (value) =>
        ({ feedback }) =>
          feedback.user === value,
    ),
  ],
  ['category', filter(text, (value) => (entry) => categoryOf(entry) === value)],
  ['environment', inEnvironment],
  ['env', inEnvironment],
  ['has_comment', filter(boolean, (yes) => (entry) => (commentOf(entry) !== '') === yes)],
  ['comment_contains', filter(text, (value) => contains([fold(value)], (entry) => [commentOf(entry)]))],
  ['search', filter(text, (value) => contains(searchTerms(fold(value)), searched))],
  ['created_at_after', filter(instant, (value) => since(parseInstant(String(value))!))],
  ['created_at_before', filter(instant, (value) => until(parseInstant(String(value))!))],
])

/** Whether each folded term is in one of an entry's texts, ignoring case. */
function contains(terms: readonly string[], textsOf: (entry: FeedbackEntry) => readonly string[]) {
  return (entry: FeedbackEntry): boolean => {
    const texts = textsOf(entry).map(fold)
    return terms.every((term) => texts.some((each) => each.includes(term)))
  }
}

/** The texts of an entry that `search` looks in. */
function searched(entry: FeedbackEntry): readonly string[] {
  const { row } = entry
  return [commentOf(entry), categoryOf(entry), row?.conversation_id ?? '', row?.name ?? '', row?.customer_id ?? '']
}

function since(time: Instant) {
  return ({ at }: FeedbackEntry): boolean => compareInstants(at, time) >= 0
}

function until(time: Instant) {
  return ({ at }: FeedbackEntry): boolean => Number.isFinite(at.ms) && compareInstants(at, time) <= 0
}

/** What the list can be asked. */
export const PARAMETERS: readonly string[] = [...FILTERS.keys(), 'ordering', 'page', 'page_size']

/** GET /api/feedbacks/. Reads the feedbacks, and of conversations those that the page shows. O(feedbacks). */
export function listFeedbacks(call: Call, list: FeedbackList): Outcome {
  const given = new Map(Array.from(call.query, ([name, value]) => [name, value.trim()]))
  if (given.get('kind') === 'product') throw forbidden()
  const faults: Fault[] = [...nullFaults(call.query)]
  for (const { parameter } of faults) given.delete(parameter)
  if (call.settings.isStrict) {
    for (const name of given.keys())
      if (!PARAMETERS.includes(name)) faults.push(unknownName('parameter', name, PARAMETERS))
  }
  const conditions: ((entry: FeedbackEntry) => boolean)[] = []
  const slugs = call.environments.map(({ slug }) => slug)
  const read = <Value>(name: string, type: ValueType<Value>): Value | undefined => {
    const text = given.get(name)
    if (!text) return undefined
    const value = type.fromText(text, 'exact', slugs)
    if (value === undefined) faults.push(invalidValue(name, text, type))
    return value ?? undefined
  }
  for (const [name, { value: type, test }] of FILTERS) {
    const value = read(name, type)
    if (value !== undefined) conditions.push(test(value as never, call))
  }
  const asked = read('page', page) ?? 1
  const size = Math.min(read('page_size', pageSize) ?? call.settings.pageSize ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
  raise(faults)

  const all = list.inOrder(itemsOf(given.get('ordering') ?? ''))
  const matches = conditions.length === 0 ? all : all.filter((entry) => conditions.every((holds) => holds(entry)))
  const count = matches.length
  const totalPages = Math.max(1, Math.ceil(count / size))
  const at = asked === 'last' ? totalPages : asked
  if (at > totalPages) throw new InvalidPageError(at, `Page ${at} is past the end.`)
  const { next, previous } = links(`${call.api}feedbacks/`, () => [...call.query])
  const place = { page: at, totalPages }
  return ok(() => ({
    count,
    page_size: size,
    total_pages: totalPages,
    current_page: at,
    next: next(place),
    previous: previous(place),
    counts: { all: count },
    results: matches.slice((at - 1) * size, at * size).map((entry) => feedbackShape(entry, call)),
  }))
}

function environmentOf({ row, feedback: { environment } }: FeedbackEntry): unknown {
  return environment === undefined ? row?.environment : environment
}

function commentOf({ feedback: { comment } }: FeedbackEntry): string {
  return typeof comment === 'string' ? comment : ''
}

function forbidden(): Refusal {
  return new Refusal(403, 'You do not have permission to perform this action.')
}

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
  // No row of the store, but held to the same: JSON, nested no deeper.
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
  return { row: rowOf(call, conversation), index: 0, feedback, at: { ms: 0, us: 0 } }
}
