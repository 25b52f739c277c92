/**
 * A client of the first generation (0.0.44), written from the contract alone: tracker, API client, conversation manager.
 * What that generation does wrong it does here too, for the handler has to bear it.
 */
import {
  base64,
  type ClientOptions,
  dumps,
  type FormPart,
  isoformat,
  isWellFormedKey,
  multipart,
  type UploadFile,
  urlencode,
} from './python.ts'

type Json = Record<string, unknown>

/** Refused before anything is sent. */
export class InvalidApiKeyException extends Error {}
/** Refused before anything is sent: what the caller gave is no item. */
export class InvalidItemException extends Error {}
/** No answer, or none that can be used, in three attempts. */
export class NetworkException extends Error {}
/** An answer that is no success. */
export class ConversationApiException extends Error {
  readonly status_code: number
  readonly response_data: unknown

  constructor(status: number, data: unknown) {
    super(`${status}: ${textOf(data)}`)
    this.status_code = status
    this.response_data = data
  }
}
export class UnauthorizedException extends ConversationApiException {}
export class ForbiddenException extends ConversationApiException {}
export class NotFoundException extends ConversationApiException {}

const BY_STATUS: Readonly<Record<number, typeof ConversationApiException>> = {
  401: UnauthorizedException,
  403: ForbiddenException,
  404: NotFoundException,
}

/** What a body says in one line. Its lists are joined as Python joins them: by an error, if an item is no string. */
function textOf(data: unknown): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new TypeError('an error must be an object')
  const { detail } = data as Json
  if (detail !== undefined) return String(detail)
  return Object.entries(data)
    .map(([field, texts]) => `${field}: ${(Array.isArray(texts) ? texts : [texts]).map(joinable).join(', ')}`)
    .join('; ')
}

function joinable(item: unknown): string {
  if (typeof item !== 'string') throw new TypeError(`sequence item: expected str instance, ${typeof item} found`)
  return item
}

/** Which of three roads a request goes: they take different answers for a success. */
type Road = 'tracking' | 'get' | 'managing'

const SUCCESS: Readonly<Record<Road, readonly number[]>> = {
  tracking: [200, 201],
  get: [200, 201],
  managing: [200, 201, 204],
}

const ATTEMPTS = 3

/** Sends requests, repeats what it does not understand, and turns what is no success into an exception. */
export class ApiClient {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    if (!isWellFormedKey(options.apiKey)) throw new InvalidApiKeyException(options.apiKey)
    this.#options = options
  }

  get(path: string, query: Json = {}): Promise<Json> {
    return this.#send('get', 'GET', `${path}${urlencode(query)}`)
  }

  track(path: string, body: Json): Promise<Json> {
    return this.#send('tracking', 'POST', path, { body: dumps(body), type: 'application/json' })
  }

  upload(path: string, parts: readonly FormPart[]): Promise<Json> {
    return this.#send('tracking', 'POST', path, multipart(parts))
  }

  manage(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: Json): Promise<Json> {
    return this.#send('managing', method, path, {
      ...(body && { body: dumps(body) }),
      type: 'application/json',
    })
  }

  async #send(
    road: Road,
    method: string,
    path: string,
    { body, type = 'application/json' }: { body?: string | Uint8Array<ArrayBuffer>; type?: string } = {},
  ): Promise<Json> {
    const { send, apiKey, baseUrl = 'http://localhost', sleep = () => Promise.resolve() } = this.#options
    let trouble: unknown
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await sleep(attempt)
      // The content type goes with every request, one without a body too.
      const request = new Request(`${baseUrl}${path}`, {
        method,
        headers: { Authorization: `Api-Key ${apiKey}`, 'Content-Type': type },
        ...(body !== undefined && { body }),
      })
      let response: Response
      let text: string
      try {
        response = await send(request)
        text = await response.text()
      } catch (error) {
        trouble = error
        continue
      }
      const { status } = response
      if (status >= 200 && status < 300) {
        const value = SUCCESS[road].includes(status) ? parsed(text) : undefined
        if (value !== undefined) return value
        trouble = new Error(`${status} is not understood`)
        continue
      }
      const data = parsed(text) ?? { detail: text }
      throw new ((road === 'tracking' && status !== 403 ? undefined : BY_STATUS[status]) ?? ConversationApiException)(
        status,
        data,
      )
    }
    throw new NetworkException(`No answer in ${ATTEMPTS} attempts.`, { cause: trouble })
  }
}

/** The JSON of a body, `{}` for an empty one, `undefined` for what is none. */
function parsed(text: string): Json | undefined {
  if (text === '') return {}
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

export interface ConversationFields {
  readonly conversation_id: string
  readonly customer_id?: string
  readonly customer_ip_address?: string
  readonly device?: string
  readonly source?: string
  readonly language?: string
  readonly name?: string
  readonly environment?: string
  readonly metadata?: Json
}

export interface ActionFields {
  readonly started_at?: string
  readonly ended_at?: string
  readonly duration_ms?: number
  readonly tools_used?: Json
  readonly response?: string
  readonly error_msg?: string
  readonly metadata?: Json
}

type Sender = 'end_user' | 'agent'
type Mode = 'base64' | 'form_data'

/** Something that was tracked and waits to be sent, with the moment of it. */
interface Item {
  readonly path: string
  /** Without the names of its conversation. */
  readonly body: Json
  readonly conversationId: string | null
  /** Files that came with a message: they follow it. */
  readonly files: readonly UploadFile[]
  readonly mode: Mode
}

export interface TrackerOptions {
  /** The clock. */
  readonly now?: () => Date
}

/** What became of a send: the answers in order, and what was thrown. */
export interface SendResult {
  readonly answers: readonly Json[]
  readonly errors: readonly Error[]
}

/** Tracks now, sends later. */
export class ConversationTracker {
  readonly #client: ApiClient
  readonly #now: () => Date
  #micros = 0
  #conversation: Json | null = null
  #conversationId: string | null = null
  #pk: number | null = null
  #queue: Item[] = []
  #tokens: Record<string, number> | null = null

  constructor(client: ApiClient, { now = () => new Date() }: TrackerOptions = {}) {
    this.#client = client
    this.#now = now
  }

  /** The conversation's pk, once an answer gave it. */
  get pk(): number | null {
    return this.#pk
  }

  /** Goes to the server with the next send. */
  initialize(fields: ConversationFields): void {
    this.#conversation = this.#conversationBody(fields, false)
    this.#conversationId = fields.conversation_id
    this.#pk = null
  }

  /** Goes to the server at once. */
  async getOrCreate(fields: ConversationFields): Promise<Json> {
    this.#conversationId = fields.conversation_id
    const answer = await this.#client.track('/api/conversations/', this.#conversationBody(fields, true))
    this.#pk = pkOf(answer)
    return answer
  }

  /** The caller names a conversation and never makes one: `conversation` stays null. */
  use(conversationId: string): void {
    this.#conversationId = conversationId
    this.#pk = null
  }

  trackHumanMessage(content: string, options: MessageOptions = {}): void {
    this.#message('end_user', content, options)
  }

  trackAgentMessage(content: string, options: MessageOptions = {}): void {
    this.#message('agent', content, options)
  }

  trackAction(action_name: string, { metadata = {}, ...given }: ActionFields = {}): void {
    if (action_name === '') throw new InvalidItemException('action_name')
    const said = Object.entries(given).filter(([, value]) => value !== undefined)
    this.#track('/api/action_logs/', { action_name, metadata, ...Object.fromEntries(said) })
  }

  trackButton(button_event: string, label: string, value: string, metadata: Json = {}): void {
    if (label === '') throw new InvalidItemException('label')
    this.#track('/api/buttons/', { button_event, label, value, metadata })
  }

  trackAttachments(
    files: readonly UploadFile[],
    { sender = 'end_user', mode = 'base64', metadata = {} }: { sender?: Sender; mode?: Mode; metadata?: Json } = {},
  ): void {
    this.#track('/api/attachments/', { sender, metadata }, files, mode)
  }

  /** Adds to a running total, which no send sets back. */
  trackTokenUsage(prompt: number, completion: number, embedding = 0): void {
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0, embedding_tokens = 0 } = this.#tokens ?? {}
    this.#tokens = {
      prompt_tokens: prompt_tokens + prompt,
      completion_tokens: completion_tokens + completion,
      total_tokens: total_tokens + prompt + completion,
      embedding_tokens: embedding_tokens + embedding,
    }
  }

  /** Sends all that waits. What fails does not keep the rest: it goes out with `conversation` null if need be. */
  async send(): Promise<SendResult> {
    const answers: Json[] = []
    const errors: Error[] = []
    const attempt = async (what: () => Promise<Json>): Promise<Json | undefined> => {
      try {
        const answer = await what()
        answers.push(answer)
        return answer
      } catch (error) {
        errors.push(error as Error)
        return undefined
      }
    }
    const conversation = this.#conversation
    if (conversation !== null) {
      const answer = await attempt(() => this.#client.track('/api/conversations/', conversation))
      this.#pk = answer === undefined ? null : pkOf(answer)
      this.#conversation = null
    }
    const items = this.#queue
    this.#queue = []
    const tokens = this.#tokens
    if (tokens !== null && items.length > 0) items.splice(-1, 0, this.#tokenItem(tokens))
    for (const item of items) {
      if (item.path === '/api/attachments/') {
        await attempt(() => this.#uploadAlone(item))
        continue
      }
      const body = { ...item.body, conversation_id: item.conversationId, conversation: this.#pk }
      const answer = await attempt(() => this.#client.track(item.path, body))
      const message = answer === undefined ? 0 : Number(answer.id ?? 0)
      // 0 is none, and without a message its files are dropped in silence.
      if (item.files.length > 0 && message) await attempt(() => this.#uploadLinked(item, message))
    }
    return { answers, errors }
  }

  #conversationBody(fields: ConversationFields, is_used: boolean): Json {
    const { conversation_id, customer_id, customer_ip_address, device, source, language, name, environment, metadata } =
      fields
    return {
      timestamp: this.#timestamp(),
      conversation_id,
      customer_id: customer_id ?? null,
      customer_ip_address: customer_ip_address ?? null,
      device: device ?? null,
      source: source ?? null,
      language: language ?? null,
      name: name ?? null,
      environment: environment ?? null,
      metadata: metadata ?? null,
      is_used,
    }
  }

  #message(sender: Sender, content: string, { metadata = {}, files = [], mode = 'base64' }: MessageOptions): void {
    if (content === '') throw new InvalidItemException('content')
    this.#track('/api/track/', { content, sender, metadata }, files, mode)
  }

  #track(path: string, body: Json, files: readonly UploadFile[] = [], mode: Mode = 'base64'): void {
    const timestamp = this.#timestamp()
    this.#queue.push({ path, body: { timestamp, ...body }, conversationId: this.#conversationId, files, mode })
  }

  #tokenItem(tokens: Record<string, number>): Item {
    const body = { timestamp: this.#timestamp(), action_name: 'token_usage', metadata: { ...tokens } }
    return { path: '/api/action_logs/', body, conversationId: this.#conversationId, files: [], mode: 'base64' }
  }

  #uploadAlone({ body, files, mode, conversationId }: Item): Promise<Json> {
    const { timestamp, sender, metadata } = body
    if (mode === 'form_data') {
      return this.#client.upload('/api/attachments/', formOf(timestamp, this.#pk, sender, metadata, files))
    }
    return this.#client.track('/api/attachments/', {
      timestamp,
      attachments: encoded(files),
      metadata,
      mode,
      sender,
      conversation_id: conversationId,
      conversation: this.#pk,
    })
  }

  #uploadLinked({ body, files, mode, conversationId }: Item, message: number): Promise<Json> {
    const { sender } = body
    const timestamp = this.#timestamp()
    if (mode === 'form_data') {
      const form = formOf(timestamp, this.#pk, sender, {}, files)
      return this.#client.upload('/api/attachments/', [...form, ['message', String(message)]])
    }
    return this.#client.track('/api/attachments/', {
      timestamp,
      attachments: encoded(files),
      metadata: {},
      sender,
      // The agent's go out under the name of nothing, spelt out.
      conversation_id: sender === 'agent' ? 'None' : conversationId,
      conversation: String(this.#pk),
      message,
    })
  }

  /** Each a microsecond after the one before, if the clock stands. */
  #timestamp(): string {
    this.#micros = (this.#micros + 1) % 1000
    return isoformat(this.#now(), this.#micros)
  }
}

export interface MessageOptions {
  readonly metadata?: Json
  readonly files?: readonly UploadFile[]
  readonly mode?: Mode
}

function pkOf(answer: Json): number | null {
  if (!Number.isInteger(answer.id)) throw new TypeError('the answer has no integer id')
  return (answer.id as number) || null
}

const encoded = (files: readonly UploadFile[]): Json[] =>
  files.map(({ filename, mime_type, data }) => ({ filename, mime_type, data: base64(data) }))

function formOf(
  timestamp: unknown,
  pk: number | null,
  sender: unknown,
  metadata: unknown,
  files: readonly UploadFile[],
): FormPart[] {
  return [
    ['timestamp', String(timestamp)],
    ...(pk ? [['conversation', String(pk)] as const] : []),
    ['sender', String(sender)],
    ['mode', 'form_data'],
    ['metadata', dumps(metadata)],
    ...files.map((file, i): FormPart => [`attachment_${i}`, file]),
  ]
}

export interface Envelope {
  readonly count: number
  readonly results: readonly Json[]
}

/** Reads and manages what was recorded. */
export class ConversationManager {
  readonly #client: ApiClient

  constructor(client: ApiClient) {
    this.#client = client
  }

  async fetchConversations(filters: Json = {}): Promise<Envelope> {
    const { count, results } = await this.#client.get('/api/conversations/', filters)
    return { count: count as number, results: results as Json[] }
  }

  fetchConversation(pk: number): Promise<Json> {
    return this.#client.get(`/api/conversations/${pk}/`)
  }

  /** The full row of a caller's own id: the first of a list that nobody asked to be full. */
  async fetchByConversationId(conversation_id: string): Promise<Json | undefined> {
    return (await this.fetchConversations({ conversation_id })).results[0]
  }

  lookup(conversation_id: string): Promise<Json> {
    return this.#client.get('/api/conversations/lookup/', { conversation_id })
  }

  fetchAttachments(pk: number): Promise<Json> {
    return this.#client.get(`/api/conversations/${pk}/attachments/`)
  }

  rename(pk: number, name: string): Promise<Json> {
    return this.#client.manage('PATCH', `/api/conversations/${pk}/rename/`, { name })
  }

  mark(pk: number, is_marked: boolean): Promise<Json> {
    return this.#client.manage('POST', `/api/conversations/${pk}/mark/`, { is_marked })
  }

  update(pk: number, fields: Json): Promise<Json> {
    return this.#client.manage('PATCH', `/api/conversations/${pk}/update/`, fields)
  }

  delete(pk: number): Promise<Json> {
    return this.#client.manage('DELETE', `/api/conversations/${pk}/delete/`)
  }

  /** By the caller's own id, or by pk; 0 is none. */
  submitFeedback(conversation: string | number, sentiment: string, more: Json = {}): Promise<Json> {
    const named = typeof conversation === 'string' ? { conversation_id: conversation } : { conversation }
    return this.#client.manage('POST', '/api/conversation-feedbacks/', { ...named, sentiment, ...more })
  }
}
