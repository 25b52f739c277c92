/** Intercom: conversations with their parts, as its API gives them. */
import type { Feedback, Json } from '../../row/conversation.ts'
import { listOf, type Part, partOf, restOf } from '../turns/collect.ts'
import type { Turn, TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, known, objectOf } from './facts.ts'
import { type Draft, type Format, wholeReader } from './format.ts'
import { textOfHtml } from './html.ts'
import { collector } from './messages.ts'

/** The format. */
export const intercom: Format = {
  title: 'Intercom conversations',
  detect: isConversation,
  open: (context) =>
    wholeReader((value, line) => (isConversation(value) ? draftOf(value, line, collector(context)) : undefined)),
}

function isConversation({ type, source, conversation_parts, conversation_message, contacts }: Part): boolean {
  const hasParts = partsOf(conversation_parts) !== undefined
  if (type === 'conversation') return hasParts || source !== undefined || conversation_message !== undefined
  return hasParts && (partOf(source).body !== undefined || contacts !== undefined)
}

function partsOf(given: unknown): readonly Part[] | undefined {
  const list = Array.isArray(given) ? given : partOf(given).conversation_parts
  return Array.isArray(list) ? list.map(partOf) : undefined
}

/** Who writes: all that are no customers are agents. */
const CUSTOMERS = /^(user|lead|contact|visitor)$/

function draftOf(value: Part, line: number, into: TurnCollector): Draft {
  const source = partOf(value.source ?? value.conversation_message)
  const notes: Json[] = []
  readPart(
    { created_at: value.created_at, part_type: 'comment', ...source, type: undefined, delivered_as: undefined },
    into,
    notes,
  )
  for (const part of partsOf(value.conversation_parts) ?? []) readPart(part, into, notes)
  const contact = partOf(listOf(partOf(value.contacts).contacts ?? value.contacts)[0] ?? value.user)
  const author = partOf(source.author)
  const isCustomers = CUSTOMERS.test(String(author.type))
  const tags = listOf(partOf(value.tags).tags ?? value.tags).map((tag) => partOf(tag).name ?? null)
  return {
    id: idOf(value.id),
    line,
    turns: into.turns,
    name: firstString(value.title, textOfHtml(String(source.subject ?? ''))),
    customer_id: idOf(
      contact.external_id,
      isCustomers ? author.external_id : undefined,
      contact.id,
      isCustomers ? author.id : undefined,
    ),
    started_at: firstTime(value.created_at),
    ended_at: firstTime(partOf(value.statistics).last_close_at) ?? undefined,
    feedbacks: feedbacksOf(value.conversation_rating),
    metadata: objectOf(value.custom_attributes),
    source: known({
      state: value.state,
      open: value.open,
      priority: value.priority,
      channel: source.type,
      delivered_as: source.delivered_as,
      url: source.url,
      subject: firstString(value.title) === undefined ? undefined : source.subject,
      tags,
      author: restOf(author, []),
    }),
    extra: restOf({ ...value, source: undefined, ...(notes.length > 0 && { events: notes }) }, READ),
  }
}

const READ = [
  'type',
  'id',
  'created_at',
  'title',
  'conversation_parts',
  'conversation_message',
  'custom_attributes',
  'state',
  'open',
  'priority',
  'conversation_rating',
  'tags',
]

/** Reads a part: what someone wrote is a message, notes of the team are kept apart, and what has no body is an event. */
function readPart(part: Part, into: TurnCollector, events: Json[]): void {
  const { body, author, created_at, attachments, part_type, id } = part
  const html = typeof body === 'string' ? body : ''
  const text = textOfHtml(html)
  const files = listOf(attachments).map(partOf)
  if (text === '' && files.length === 0) {
    if (part_type !== 'comment' || id !== undefined) events.push(restOf(part, ['type', 'attachments', 'body']) ?? null)
    return
  }
  const role: Turn['role'] =
    part_type === 'note' ? 'system' : CUSTOMERS.test(String(partOf(author).type)) ? 'user' : 'agent'
  const at = firstTime(created_at)
  into.begin(role, at === undefined ? {} : { at })
  into.say(text)
  for (const { name, content_type, url, ...rest } of files) {
    into.file(name, content_type, url)
    into.restOfPart(rest, ['type'])
  }
  const isPlain = html === text || html === `<p>${text}</p>`
  into.rest({ ...part, id: idOf(id), html: isPlain ? undefined : html }, READ_OF_PART)
}

const READ_OF_PART = ['type', 'body', 'created_at', 'attachments', 'subject', 'url']

function feedbacksOf(given: unknown): readonly Feedback[] {
  const { rating, remark, created_at } = partOf(given)
  if (typeof rating !== 'number') return []
  const sentiment = rating >= 4 ? 'positive' : rating <= 2 ? 'negative' : 'neutral'
  const at = firstTime(created_at)
  return [
    {
      sentiment,
      source: 'customer',
      comment: firstString(remark) ?? null,
      metadata: { rating },
      ...(at && { created_at: at }),
    },
  ]
}
