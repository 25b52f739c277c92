/**
 * What recording over HTTP does, said a second time from the contract: lists of plain objects, every rule in the open. What the
 * contract leaves open is `Open` here too.
 */
import { instantOf } from '../../reference.ts'
import { Open } from '../wire-reference.ts'

type Row = Record<string, unknown>

/** What a request comes to: the statuses that are right for it. */
export type Verdict = readonly number[]

export interface Talk extends Row {
  id: number
  conversation_id: string
  started_at: string
  ended_at: string
  is_deleted: boolean
  messages: Row[]
  feedbacks: Row[]
}

const DONE: Verdict = [200, 201]
const OK: Verdict = [200]
const CREATED: Verdict = [201]
const GONE: Verdict = [204]
const BAD: Verdict = [400]
const ABSENT: Verdict = [404]
const BAD_OR_ABSENT: Verdict = [400, 404]
const FORBIDDEN: Verdict = [403]

const anyText = new Open((value) => typeof value === 'string')
const anySender = new Open((value) => value === 'agent' || value === 'end_user')
const anyFlag = new Open((value) => typeof value === 'boolean')
const anyPk = new Open((value) => Number.isSafeInteger(value) && (value as number) > 0)
const noObject = new Open(
  (value) => value === null || (typeof value === 'object' && Object.keys(value as object).length === 0),
)

const SENTIMENTS: readonly unknown[] = ['positive', 'neutral', 'negative']
const SLUGS = new Map<unknown, string>([
  ['production', 'production'],
  ['prod', 'production'],
  ['development', 'development'],
  ['dev', 'development'],
])

/** A time as it is stored: in UTC, to the microsecond. */
export function stored(time: string): string {
  const micros = instantOf(time)!
  const [seconds, rest] = [micros / 1_000_000n, micros % 1_000_000n]
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(6, '0')}Z`
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === undefined || value === null || isText(value)
const isTime = (value: unknown): boolean =>
  value === undefined || value === null || (isText(value) && instantOf(value) !== null)
const isMetadata = (value: unknown): boolean => value === undefined || value === null || isObject(value)
const isName = (value: unknown): value is string => isText(value) && value !== '' && Array.from(value).length <= 255

/** An environment as it is stored: development if none is named. */
function slugOf(environment: unknown): string | undefined {
  if (environment === undefined || environment === null) return 'development'
  return isText(environment) ? SLUGS.get(environment.trim().toLowerCase()) : undefined
}

/** The pk that a body names, if it is one that can be used. */
function pkOf(value: unknown): number | undefined {
  const pk = isText(value) && /^[0-9]+$/.test(value) ? Number(value) : value
  return typeof pk === 'number' && Number.isInteger(pk) && pk > 0 ? pk : undefined
}

/** One agent and all that was recorded of it. */
export class Model {
  readonly agent: number
  readonly now: string
  readonly talks: Talk[] = []
  /** Feedback on the agent. */
  readonly agentFeedbacks: Row[] = []
  #greatest = { talk: 0, message: 0, feedback: 0 }

  constructor(agent: number, now: string) {
    this.agent = agent
    this.now = stored(now)
  }

  /** All feedback there is. */
  get feedbacks(): Row[] {
    return [...this.talks.flatMap(({ feedbacks }) => feedbacks), ...this.agentFeedbacks]
  }

  // Recording

  create(body: Row): Verdict {
    const { conversation_id, environment, metadata, is_used, timestamp } = body
    const slug = slugOf(environment)
    const texts = ['customer_id', 'customer_ip_address', 'device', 'language', 'name'].map((key) => body[key])
    if (!isName(conversation_id) || slug === undefined || !isTime(timestamp) || !isMetadata(metadata)) return BAD
    if (!texts.every(isTextOrNull)) return BAD
    if (this.#named(conversation_id) === undefined) {
      const { customer_id = null, customer_ip_address = null, device = null, language = null, name = null } = body
      const fields = { customer_id, customer_ip_address, device, language, name, metadata: metadata ?? null }
      this.#begin(conversation_id, timestamp, { ...fields, environment: slug, is_used: is_used ?? anyFlag })
    }
    return DONE
  }

  track(body: Row): Verdict {
    const { content, sender, metadata } = body
    if (!isText(content) || content === '' || (sender !== 'agent' && sender !== 'end_user')) return BAD
    return this.#item(body, { sender, content, metadata: metadata ?? noObject })
  }

  act(body: Row): Verdict {
    const { action_name, started_at, ended_at, duration_ms, tools_used, response, error_msg, metadata } = body
    if (!isText(action_name) || action_name === '') return BAD
    const log: Row = {
      id: anyPk,
      action: anyPk,
      started_at: isText(started_at) ? stored(started_at) : (new Open((it) => it === null || isText(it)) as unknown),
      ended_at: isText(ended_at) ? stored(ended_at) : new Open((it) => it === null || isText(it)),
      duration_ms: duration_ms ?? new Open((it) => it === null || typeof it === 'number'),
      tools_used: tools_used ?? noObject,
      response: response ?? new Open((it) => it === null || it === ''),
      error_message: error_msg ?? '',
      // On the log or on its message.
      metadata: new Open((it) => isEqual(it, metadata ?? {}) || isEmpty(it)),
    }
    const where = new Open((it) => isEqual(it, metadata ?? {}) || isEmpty(it))
    const content = `Action ${action_name} performed`
    return this.#item(body, { sender: 'agent', content, action_name, metadata: where, action_logs: [log] })
  }

  press(body: Row): Verdict {
    const { button_event, label, value, metadata } = body
    if (!isText(label) || label === '') return BAD
    const button = new Open(
      (it) => isObject(it) && it.label === label && it.button_event === button_event && it.value === value,
    )
    return this.#item(body, { sender: anySender, content: anyText, metadata: metadata ?? noObject, button })
  }

  /** Files, each of so many bytes. */
  upload(body: Row, files: readonly Row[]): Verdict {
    const attachments = files.map(({ filename, mime_type, size }) => ({
      id: anyPk,
      type: anyText,
      filename,
      mime_type,
      size_bytes: size,
      file_url: new Open((it) => isText(it) && it !== ''),
    }))
    const { message, sender, metadata, timestamp } = body
    const pk = pkOf(message)
    if (!isTime(timestamp) || !isMetadata(metadata) || (sender !== 'agent' && sender !== 'end_user')) return BAD
    if (pk === undefined) {
      return this.#item(body, { sender, content: anyText, metadata: metadata ?? noObject, attachments })
    }
    const found = this.#message(pk)
    if (found === undefined) return ABSENT
    ;(found.attachments as Row[]).push(...attachments.map((it) => ({ ...it, message: pk })))
    return DONE
  }

  // Managing

  rename(pk: number, { name }: Row): Verdict {
    if (!isText(name) || !isName(name.trim())) return BAD
    return this.#change(pk, { name: name.trim() })
  }

  mark(pk: number, { is_marked }: Row): Verdict {
    return typeof is_marked === 'boolean' ? this.#change(pk, { is_marked }) : BAD
  }

  update(pk: number, body: Row): Verdict {
    const texts = ['name', 'customer_id', 'device', 'language']
    const known = [...texts, 'is_marked', 'metadata'].filter((key) => Object.hasOwn(body, key))
    const { name, is_marked, metadata } = body
    if (!texts.every((key) => isTextOrNull(body[key])) || !isMetadata(metadata)) return BAD
    if (Object.hasOwn(body, 'is_marked') && typeof is_marked !== 'boolean') return BAD
    if (isText(name) && Array.from(name.trim()).length > 255) return BAD
    const change = Object.fromEntries(known.map((key) => [key, body[key]]))
    if (isText(name)) change.name = name.trim()
    return this.#change(pk, change)
  }

  delete(pk: number): Verdict {
    const talk = this.#talk(pk)
    if (talk === undefined) return ABSENT
    if (!talk.is_deleted) Object.assign(talk, { is_deleted: true, deleted_at: this.now })
    return OK
  }

  annotate(message: number, { metadata }: Row): Verdict {
    const found = this.#message(message)
    if (!isMetadata(metadata) || metadata === undefined) return BAD
    if (found === undefined) return ABSENT
    found.metadata = metadata ?? noObject
    return OK
  }

  // Feedback

  feed(body: Row): Verdict {
    const { sentiment, comment, metadata, conversation, conversation_id } = body
    if (!SENTIMENTS.includes(sentiment) || !isComment(comment) || !isMetadata(metadata)) return BAD
    const pk = pkOf(conversation)
    if (pk === undefined && !isName(conversation_id)) return BAD
    const talk = pk === undefined ? this.#named(conversation_id as string) : this.#talk(pk)
    if (talk === undefined) return BAD_OR_ABSENT
    const { id, conversation_id: name, environment } = talk
    const place = { kind: 'conversation', conversation: id, conversation_id: name, environment }
    talk.feedbacks.push({ ...this.#feedback(sentiment, comment, metadata), ...place })
    return CREATED
  }

  feedKind(body: Row): Verdict {
    const { kind, sentiment, comment, agent, environment } = body
    if (kind === 'product') return FORBIDDEN
    if (kind === 'conversation') return Object.hasOwn(body, 'environment') ? BAD : this.feed(body)
    const slug = slugOf(environment)
    if (kind !== 'agent' || !SENTIMENTS.includes(sentiment) || !isComment(comment) || slug === undefined) return BAD
    if (agent === undefined) return BAD
    if (agent !== this.agent) return BAD_OR_ABSENT
    const place = { kind, conversation: null, conversation_id: null, environment: slug }
    this.agentFeedbacks.push({ ...this.#feedback(sentiment, comment, undefined), ...place })
    return CREATED
  }

  changeFeedback(id: number, body: Row): Verdict {
    const { sentiment, comment } = body
    if (sentiment !== undefined && !SENTIMENTS.includes(sentiment)) return BAD
    if (!isComment(comment)) return BAD
    const found = this.feedbacks.find((it) => it.id === id)
    if (found === undefined) return ABSENT
    if (sentiment !== undefined) found.sentiment = sentiment
    if (comment !== undefined) found.comment = comment ?? new Open((it) => it === null || it === '')
    return OK
  }

  dropFeedback(id: number): Verdict {
    for (const list of [...this.talks.map(({ feedbacks }) => feedbacks), this.agentFeedbacks]) {
      const at = list.findIndex((it) => it.id === id)
      if (at === -1) continue
      list.splice(at, 1)
      return GONE
    }
    return ABSENT
  }

  // Inside

  #talk(pk: number): Talk | undefined {
    return this.talks.find(({ id }) => id === pk)
  }

  #named(conversationId: string): Talk | undefined {
    return this.talks.find(({ conversation_id }) => conversation_id === conversationId)
  }

  #message(pk: number): Row | undefined {
    return this.talks.flatMap(({ messages }) => messages).find(({ id }) => id === pk)
  }

  #change(pk: number, change: Row): Verdict {
    const talk = this.#talk(pk)
    if (talk === undefined) return ABSENT
    Object.assign(talk, change)
    return OK
  }

  #begin(conversation_id: string, timestamp: unknown, fields: Row): Talk {
    const started_at = isText(timestamp) ? stored(timestamp) : this.now
    const talk: Talk = {
      id: ++this.#greatest.talk,
      conversation_id,
      name: null,
      customer_id: null,
      customer_ip_address: null,
      device: null,
      language: null,
      metadata: null,
      geo_location: null,
      environment: 'development',
      is_marked: false,
      is_used: anyFlag,
      is_deleted: false,
      deleted_at: null,
      started_at,
      ended_at: started_at,
      messages: [],
      feedbacks: [],
      ...fields,
    }
    this.talks.push(talk)
    return talk
  }

  /** Puts a message where its time says, after its equals, in a conversation that is made if need be. */
  #item(body: Row, parts: Row): Verdict {
    const { conversation, conversation_id, timestamp, metadata } = body
    const pk = pkOf(conversation)
    if (!isTime(timestamp) || !isMetadata(metadata)) return BAD
    if (pk === undefined && !isName(conversation_id)) return BAD
    let talk = pk === undefined ? this.#named(conversation_id as string) : this.#talk(pk)
    if (talk === undefined && pk !== undefined) return ABSENT
    talk ??= this.#begin(conversation_id as string, timestamp, {})
    const at = isText(timestamp) ? stored(timestamp) : this.now
    const id = ++this.#greatest.message
    const message: Row = {
      id,
      timestamp: at,
      action_name: null,
      button: null,
      feedback: null,
      attachments: [],
      action_logs: [],
      ...parts,
    }
    for (const key of ['attachments', 'action_logs']) {
      message[key] = (message[key] as Row[]).map((part) => ({ ...part, message: id }))
    }
    // Stored times are all of one form, so that they compare as texts.
    const later = talk.messages.findIndex((other) => (other.timestamp as string) > at)
    talk.messages.splice(later === -1 ? talk.messages.length : later, 0, message)
    if (at > talk.ended_at) talk.ended_at = at
    return DONE
  }

  #feedback(sentiment: unknown, comment: unknown, metadata: unknown): Row {
    return {
      id: ++this.#greatest.feedback,
      agent: this.agent,
      user: null,
      sentiment,
      category: null,
      comment: comment ?? new Open((it) => it === null || it === ''),
      created_at: anyText,
      source: 'customer',
      metadata: metadata ?? noObject,
      message: null,
      topic: null,
      reason: null,
    }
  }
}

const isComment = (value: unknown): boolean =>
  isTextOrNull(value) && Array.from((value ?? '') as string).length <= 5_000

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value as object).length === 0)
