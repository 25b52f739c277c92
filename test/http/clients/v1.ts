/** A client of the second generation (`agentsight.api`), written from the contract alone. */
import { type ClientOptions, dumps, isWellFormedKey, urlencode } from './python.ts'

type Json = Record<string, unknown>

/** The base of what is thrown. */
export class ApiError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`)
    this.status = status
    this.body = body
  }
}
export class ValidationError extends ApiError {
  /** By field. */
  get errors(): Json {
    return typeof this.body === 'object' && this.body !== null && !Array.isArray(this.body) ? (this.body as Json) : {}
  }
}
export class AuthenticationError extends ApiError {}
/** A 401 that speaks of a subscription. */
export class SubscriptionError extends AuthenticationError {}
export class PermissionDeniedError extends ApiError {}
export class NotFoundError extends ApiError {}
export class MethodNotAllowedError extends ApiError {}
export class RateLimitError extends ApiError {}
export class ServerError extends ApiError {}

const BY_STATUS: Readonly<Record<number, typeof ApiError>> = {
  400: ValidationError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  405: MethodNotAllowedError,
  429: RateLimitError,
}

const ATTEMPTS = 3
const WAITS = [0.5, 2]
const LONGEST_WAIT = 30

/** One page of a list. */
export interface Page {
  readonly count: number
  readonly page_size: number
  readonly total_pages: number
  readonly current_page: number
  readonly next: string | null
  readonly previous: string | null
  readonly results: readonly Json[]
  /** Of feedbacks. */
  readonly counts?: Json
}

/** A conversation by its pk, or by the caller's own id. */
export type Ref = number | string

export class AgentSight {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    if (!isWellFormedKey(options.apiKey)) throw new TypeError('api_key')
    this.#options = options
  }

  // Conversations

  list(filters: Json = {}): Promise<Page> {
    return this.get('/api/conversations/', filters) as unknown as Promise<Page>
  }

  /** All rows over all pages, a hundred at a time. */
  iterate(filters: Json = {}): AsyncGenerator<Json> {
    return this.#rows('/api/conversations/', filters)
  }

  async conversation(ref: Ref, query: Json = {}): Promise<Json> {
    return this.get(`/api/conversations/${await this.pkOf(ref)}/`, query)
  }

  async attachments(ref: Ref): Promise<Json> {
    return this.get(`/api/conversations/${await this.pkOf(ref)}/attachments/`)
  }

  async rename(ref: Ref, name: string): Promise<Json> {
    return this.request('PATCH', `/api/conversations/${await this.pkOf(ref)}/rename/`, { name })
  }

  async mark(ref: Ref, is_marked = true): Promise<Json> {
    return this.request('POST', `/api/conversations/${await this.pkOf(ref)}/mark/`, { is_marked })
  }

  async update(ref: Ref, fields: Json): Promise<Json> {
    return this.request('PATCH', `/api/conversations/${await this.pkOf(ref)}/update/`, fields)
  }

  /** Reads the document, merges at its top, and writes it whole. */
  async updateMetadata(ref: Ref, changes: Json, { remove = [] }: { remove?: readonly string[] } = {}): Promise<Json> {
    const pk = await this.pkOf(ref)
    const row = await this.conversation(pk)
    if (!('metadata' in row)) throw new TypeError('the detail has no metadata')
    const merged = new Map([...Object.entries(row.metadata ?? {}), ...Object.entries(changes)])
    for (const key of remove) merged.delete(key)
    return this.update(pk, { metadata: Object.fromEntries(merged) })
  }

  async delete(ref: Ref): Promise<Json> {
    return this.request('DELETE', `/api/conversations/${await this.pkOf(ref)}/delete/`)
  }

  /** The other road to the same. */
  async remove(ref: Ref): Promise<Json> {
    return this.request('DELETE', `/api/conversations/${await this.pkOf(ref)}/`)
  }

  metadataKeys(): Promise<Json> {
    return this.get('/api/conversations/metadata-keys/')
  }

  messageMetadataKeys(): Promise<Json> {
    return this.get('/api/conversations/message-metadata-keys/')
  }

  metadataValues(key: string): Promise<Json> {
    return this.get('/api/conversations/metadata-values/', { key })
  }

  /** The pk of a row, a deleted one too. Numbers are taken as they are. */
  async pkOf(ref: Ref): Promise<number> {
    if (typeof ref === 'number') return ref
    const query = { conversation_id: ref, full: 'false', page_size: 1, include_deleted: 'true' }
    const { results } = (await this.get('/api/conversations/', query)) as unknown as Page
    const found = results[0]
    if (found === undefined || found.conversation_id !== ref) throw new NotFoundError(404, { detail: ref })
    if (!Number.isInteger(found.id)) throw new TypeError('id')
    return found.id as number
  }

  // Feedback

  feedbacks(filters: Json = {}): Promise<Page> {
    return this.get('/api/feedbacks/', filters) as unknown as Promise<Page>
  }

  iterateFeedbacks(filters: Json = {}): AsyncGenerator<Json> {
    return this.#rows('/api/feedbacks/', filters)
  }

  feedback(id: number): Promise<Json> {
    return this.get(`/api/feedbacks/${id}/`)
  }

  createFeedback(body: Json): Promise<Json> {
    return this.request('POST', '/api/feedbacks/', body)
  }

  updateFeedback(id: number, body: Json): Promise<Json> {
    return this.request('PATCH', `/api/feedbacks/${id}/`, body)
  }

  deleteFeedback(id: number): Promise<Json> {
    return this.request('DELETE', `/api/feedbacks/${id}/`)
  }

  // Messages, and who asks

  message(id: number): Promise<Json> {
    return this.get(`/api/track/${id}/`)
  }

  updateMessage(id: number, metadata: unknown): Promise<Json> {
    return this.request('PATCH', `/api/track/${id}/`, { metadata })
  }

  me(): Promise<Json> {
    return this.get('/api/me/')
  }

  // The wire

  get(path: string, query: Json = {}): Promise<Json> {
    return this.request('GET', `${path}${urlencode(query)}`)
  }

  /** One request, a GET again after 429 and 5xx. What is no JSON reads as `{}`. */
  async request(method: string, path: string, body?: unknown): Promise<Json> {
    const { send, apiKey, baseUrl = 'http://localhost', sleep = () => Promise.resolve() } = this.#options
    for (let attempt = 0; ; attempt++) {
      const response = await send(
        new Request(`${baseUrl}${path}`, {
          method,
          headers: {
            Authorization: `Api-Key ${apiKey}`,
            Accept: 'application/json',
            'Content-Type': 'application/json',
            'User-Agent': 'agentsight-python/1.0.0',
          },
          ...(body !== undefined && { body: dumps(body) }),
        }),
      )
      const value = parsed(await response.text())
      const { status } = response
      if (status >= 200 && status < 300) return value as Json
      const mayRetry = method === 'GET' && attempt + 1 < ATTEMPTS
      if (mayRetry && status === 429) {
        await sleep(Math.min(Number(response.headers.get('Retry-After') ?? 1), LONGEST_WAIT))
      } else if (mayRetry && status >= 500) await sleep(WAITS[attempt]!)
      else throw errorOf(status, value)
    }
  }

  async *#rows(path: string, filters: Json): AsyncGenerator<Json> {
    for (let page = 1; ; page++) {
      const envelope = (await this.get(path, { ...filters, page, page_size: 100 })) as unknown as Page
      if (envelope.results.length === 0) return
      yield* envelope.results
      if (envelope.next === null || page >= envelope.total_pages) return
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function errorOf(status: number, body: unknown): ApiError {
  const detail = String((body as Json | null)?.detail ?? '')
  if (status === 401 && detail.toLowerCase().includes('subscription')) return new SubscriptionError(status, body)
  if (status >= 500) return new ServerError(status, body)
  return new (BY_STATUS[status] ?? ApiError)(status, body)
}
