/** The routes that list, show and change conversations. */

import type { Fault } from '../base/errors.ts'
import { grouped } from '../base/text/counted.ts'
import { fieldCondition, groupOf, notCondition, specOf } from '../query/canonical.ts'
import { raise } from '../query/faults.ts'
import { PARAMETER_NAMES } from '../query/filters.ts'
import { invalidPath, parsePath } from '../query/metadata-path.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { Conversation, Message } from '../row/conversation.ts'
import { type ConversationPatch, readPatch } from '../row/read.ts'
import { executorOf } from '../store/inside.ts'
import { links } from '../wire/links.ts'
import { nullFault } from '../wire/nulls.ts'
import { type ReadParams, readParams } from '../wire/params.ts'
import type { Refuse } from '../wire/read-parameters.ts'
import { badField, notFound, Refusal, respondParts } from './answer.ts'
import { type Call, clock, type Outcome, ok, rowOf, rowOfPath } from './call.ts'
import type { RecordedEvent } from './events.ts'
import { Fields } from './fields.ts'
import { GATE, readGate } from './gate.ts'
import { jsonParts, MadeList, PIECE } from './json-pieces.ts'
import type { MetadataCensus, ValueCensus } from './metadata-keys.ts'
import { attachmentShape, detailShape, leanShape, ticketedShape } from './shapes.ts'

/** Rows that a census of metadata gives at most. */
const MOST_KEYS = 200

/** What the list can be asked. */
export const LIST_PARAMETERS: readonly string[] = [...PARAMETER_NAMES, GATE]

/** What the parameters of the list ask for. */
export interface ListQuestion extends ReadParams {
  /** Whether only conversations with a ticket come, with their tickets. */
  readonly withTickets: boolean
  /** The most work of the query. No limit where the parameters are the hosted API's. */
  readonly maxWork: number
}

/** Reads the parameters of the list, and builds the indexes that are needed. */
export async function readList({ settings, agent, query }: Call): Promise<ListQuestion> {
  const environments = settings.environments.map(({ slug }) => slug)
  const { isStrict: strict, bigNumbers, limits } = settings
  const refuse: Refuse = (parameter, value, said) =>
    nullFault(parameter, value, said) ?? tooMany(parameter, said, limits.conditions)
  const withTickets = readGate(query)
  const [gates, others] = [true, false].map((isGate) => [...query].filter(([name]) => (name === GATE) === isGate))
  const { spec, given } = readParams(others!, { strict, bigNumbers, environments }, refuse)
  const read = { spec, given: [...given, ...gates!], withTickets }
  await executorOf(agent.state.store).prepare(read.spec)
  // All else asks for one thing a parameter, as the hosted API does.
  const isOwn = read.given.some(([name, value]) => name === 'where' && value.trim() !== '')
  return { ...read, maxWork: isOwn ? settings.maxWork : Number.POSITIVE_INFINITY }
}

/** The fault of more conditions in `where` than are allowed. */
function tooMany(parameter: string, said: unknown, most: number): Fault | undefined {
  let count = 0
  const left = [said]
  for (let part = left.pop(); left.length > 0 || part !== undefined; part = left.pop()) {
    if (typeof part !== 'object' || part === null) continue
    if ('field' in part) count++
    else left.push(...Object.values(part))
  }
  if (count <= most) return undefined
  const message = `${parameter}: expected at most ${most} conditions, got ${grouped(count)}.`
  return { parameter, value: count, code: 'TOO_COSTLY', message }
}

/** GET /api/conversations/. */
export function listConversations(call: Call, { spec, given, maxWork, withTickets }: ListQuestion): Outcome {
  const { settings, agent } = call
  // Rows come whole: the shapes make lean ones of them.
  const { lean = false, ...rest } = unhidden(withTickets ? ticketed(spec, call) : spec, call.hidden)
  const pageSize = spec.pageSize ?? settings.pageSize
  const page = executorOf(agent.state.store).page(pageSize === undefined ? rest : { ...rest, pageSize }, { maxWork })
  const urls = links(`${call.api}conversations/`, () => given)
  const numbers = {
    count: page.count,
    page_size: page.pageSize,
    total_pages: page.totalPages,
    current_page: page.page,
    next: urls.next(page),
    previous: urls.previous(page),
  }
  const kept = lean ? agent.json.lean : agent.json.full
  const jsonOf = (row: Conversation) => (withTickets ? jsonParts(ticketedShape(row, lean, call)) : kept.of(row, call))
  const parts = pageParts(numbers, page.rows as readonly Conversation[], jsonOf)
  return { status: 200, response: () => respondParts(200, parts) }
}

/** The JSON of a page: what is short at once, long rows in parts. */
function* pageParts(
  numbers: object,
  rows: readonly Conversation[],
  jsonOf: (row: Conversation) => string | Iterable<string>,
): Generator<string> {
  let short = `${JSON.stringify(numbers).slice(0, -1)},"results":[`
  for (const [at, row] of rows.entries()) {
    if (at > 0) short += ','
    const json = jsonOf(row)
    if (typeof json === 'string') short += json
    else {
      yield short
      yield* json
      short = ''
    }
    if (short.length < PIECE) continue
    yield short
    short = ''
  }
  yield `${short}]}`
}

/** The spec, of conversations with a ticket alone. */
function ticketed(spec: QuerySpec, { agent }: Call): QuerySpec {
  const ids = agent.state.tickets.conversations().toSorted((a, b) => a - b)
  // No row has the id 0.
  const hasTicket = fieldCondition('id', 'in', Object.freeze(ids.length === 0 ? [0] : ids))
  return specOf({ ...spec, where: [...spec.where, hasTicket] })
}

/** The spec, without the conversations that this request must not see yet. */
function unhidden(spec: QuerySpec, hidden: ReadonlySet<number>): QuerySpec {
  if (hidden.size === 0) return spec
  const isHidden = groupOf([fieldCondition('id', 'in', Object.freeze([...hidden].sort((a, b) => a - b)))])
  return specOf({ ...spec, where: [...spec.where, notCondition(isHidden)] })
}

/** GET /api/conversations/lookup/. */
export function lookUpConversation(call: Call): Outcome {
  const id = call.query.getAll('conversation_id').at(-1) ?? null
  if (id === null || id === '') throw badField('conversation_id', 'This field is required.')
  const row = call.agent.state.store.get(id)
  if (row === undefined || call.hidden.has(row.id)) throw notFound()
  return ok(() => leanShape(row, call))
}

/** GET /api/conversations/{pk}/. */
export function showConversation(call: Call): Outcome {
  const row = rowOfPath(call)
  return ok(() => detailShape(row, call))
}

/** GET /api/conversations/{pk}/attachments/. */
export function showAttachments(call: Call): Outcome {
  const row = rowOfPath(call)
  return ok(() => {
    const holders = (row.messages ?? []).filter(({ attachments }) => (attachments ?? []).length > 0)
    const shapesOf = (message: Message) =>
      (message.attachments ?? []).map((attachment) => () => attachmentShape(attachment, message, row, call))
    const attachments = holders.flatMap(shapesOf)
    return {
      conversation: row.id,
      conversation_id: row.conversation_id,
      total_attachments: attachments.length,
      attachment_count: attachments.length,
      messages: new MadeList(holders, (message) => {
        const { id = null, sender, timestamp = null } = message
        return { message_id: id, sender, timestamp, attachments: shapesOf(message).map((shape) => shape()) }
      }),
      attachments: new MadeList(attachments, (shape) => shape()),
    }
  })
}

/** PATCH /api/conversations/{pk}/rename/. */
export function renameConversation(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const name = fields.name('name')
  fields.check()
  if (!name) throw new Refusal(400, "Field 'name' cannot be empty.")
  return changed(call, { name })
}

/** POST /api/conversations/{pk}/mark/. */
export function markConversation(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  if (fields.get('is_marked') === undefined) fields.check()
  if (fields.get('is_marked') === undefined) throw new Refusal(400, "Missing field 'is_marked'.")
  const is_marked = fields.flag('is_marked', false)
  fields.check()
  return changed(call, { is_marked })
}

/** The fields that can be changed, and how each is read from a body. */
const CHANGEABLE: Readonly<Record<keyof ConversationPatch, (fields: Fields) => unknown>> = {
  name: (fields) => fields.name('name'),
  is_marked: (fields) => fields.requiredFlag('is_marked'),
  customer_id: (fields) => fields.string('customer_id'),
  device: (fields) => fields.string('device'),
  language: (fields) => fields.string('language'),
  metadata: (fields) => fields.metadata(),
}

/** PATCH /api/conversations/{pk}/update/. Other fields are ignored. */
export function updateConversation(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const names = Object.keys(CHANGEABLE).filter((name) => fields.has(name)) as (keyof ConversationPatch)[]
  const changes = Object.fromEntries(names.map((name) => [name, CHANGEABLE[name](fields)]))
  fields.check()
  return changed(call, changes, { updated_fields: names })
}

/** Changes a row, and answers what changed. */
function changed(call: Call, given: object, more: object = {}): Outcome {
  const changes = readPatch(given)
  const { id, conversation_id } = rowOfPath(call)
  const isAny = Object.keys(changes).length > 0
  const events: RecordedEvent[] = isAny ? [{ type: 'conversation_updated', conversation: id, changes }] : []
  return ok(() => ({ id, conversation_id, ...more, ...changes }), events)
}

/** DELETE /api/conversations/{pk}/delete/ and /api/conversations/{pk}/: softly. One that is deleted stays as it is. */
export function deleteConversation(call: Call): Outcome {
  const { id, is_deleted } = rowOfPath(call)
  const events: RecordedEvent[] =
    is_deleted === true ? [] : [{ type: 'conversation_deleted', conversation: id, at: clock(call) }]
  return ok(() => {
    const { conversation_id, deleted_at } = rowOf(call, id)
    return { id, conversation_id, is_deleted: true, deleted_at }
  }, events)
}

/** POST /api/conversations/{pk}/restore/: takes a soft deletion back. One that is not deleted stays as it is. */
export function restoreConversation(call: Call): Outcome {
  const { id, conversation_id, is_deleted } = rowOfPath(call)
  const events: RecordedEvent[] = is_deleted === true ? [{ type: 'conversation_restored', conversation: id }] : []
  return ok(() => ({ id, conversation_id, is_deleted: false, deleted_at: null }), events)
}

/** GET /api/conversations/metadata-keys/. */
export function showMetadataKeys(_: Call, census: MetadataCensus): Outcome {
  return ok(() => ({ keys: census.conversationKeys(MOST_KEYS) }))
}

/** GET /api/conversations/message-metadata-keys/. */
export function showMessageMetadataKeys(_: Call, census: MetadataCensus): Outcome {
  return ok(() => ({ keys: census.messageKeys(MOST_KEYS) }))
}

/** GET /api/conversations/metadata-values/. */
export function showMetadataValues({ query }: Call, census: ValueCensus): Outcome {
  const key = keyOf(query)
  return ok(() => ({ key, values: census.mostUsed(MOST_KEYS) }))
}

/** The view of the values that are asked for, built once it is needed. */
export async function readyValues({ agent, query }: Call): Promise<ValueCensus> {
  const key = keyOf(query)
  const path = parsePath(key)
  if (path === undefined) raise([invalidPath('key', key)])
  return agent.views.valuesAt(path!).ready()
}

function keyOf(query: URLSearchParams): string {
  const key = query.getAll('key').at(-1)?.trim() ?? ''
  if (key === '') throw badField('key', 'This field is required.')
  return key
}
