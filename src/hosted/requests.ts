/** Requests to the hosted API: its key, its errors, and when to ask again. */
import { abortReason, onAbort, throwIfAborted } from '../base/abort.ts'
import {
  ConversationStoreError,
  type Fault,
  InvalidPageError,
  InvalidQueryError,
  NotFoundError,
} from '../base/errors.ts'
import { type AbortSignalLike, host } from '../base/host.ts'
import { parseJson } from '../base/json.ts'

/** The part of an answer that is used; `Response` fits. */
export interface ResponseLike {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** The part of `fetch` that is used. */
export type HostedFetch = (
  url: string,
  init: {
    readonly method: string
    readonly headers: Record<string, string>
    readonly body?: string
    /** A redirect would turn a write into a GET. */
    readonly redirect: 'error'
    // biome-ignore lint/suspicious/noExplicitAny: the runtime's own `AbortSignal`, where there is one.
    readonly signal?: any
  },
) => Promise<ResponseLike>

/** One request. */
export interface HostedRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/api/`, with its last slash: `conversations/17/`. */
  readonly path: string
  /** The query, without `?`. */
  readonly query?: string
  readonly body?: object
  readonly signal?: AbortSignalLike | undefined
  /** What the request asks for, which a 404 did not find. */
  readonly of?: number | string
}

/** Where requests go, and how long they are tried. */
export interface RequestSettings {
  /** Ends in `/api/`. */
  readonly api: string
  readonly key: string | undefined
  readonly fetch: HostedFetch | undefined
  readonly attempts: number
  readonly longestWaitMs: number
}

/** Milliseconds before the second attempt, the third, and so on; the last one stays. The published client waits as long. */
const PAUSES = [500, 2_000, 4_000, 8_000]

/** What was too much to be done. It was not done, so it is tried again, a write too. */
const THROTTLED = 429

/**
 * Sends a request and gives its JSON; an empty answer is `{}`. A read is tried again after a lost connection and a 5xx,
 * anything after a 429, as long as `Retry-After` says, else ever longer.
 */
export async function send(request: HostedRequest, settings: RequestSettings): Promise<unknown> {
  const answer = await exchange(request, settings)
  if (answer.status < 200 || answer.status >= 300) throw refused(answer, request, settings)
  return readAnswer(answer.text, request, settings)
}

/** Sends a request in the same way, and gives the status and the JSON of its answer, a refusal's too. */
export async function answerTo(
  request: HostedRequest,
  settings: RequestSettings,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await exchange(request, settings)
  if (answer.status === THROTTLED || answer.status >= 500) throw refused(answer, request, settings)
  return { status: answer.status, body: readAnswer(answer.text, request, settings) }
}

async function exchange(request: HostedRequest, settings: RequestSettings): Promise<Answer> {
  const { signal, method = 'GET' } = request
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal, 'request')
    const answer = await attemptOf(request, settings)
    const mayAgain = attempt < settings.attempts
    if (answer instanceof Lost) {
      if (!mayAgain || method !== 'GET') throw answer.error
      await pause(pauseOf(attempt), signal)
      continue
    }
    const isAgain = answer.status === THROTTLED || (answer.status >= 500 && method === 'GET')
    const wait = answer.retryAfterMs ?? pauseOf(attempt)
    if (!isAgain || !mayAgain || wait > settings.longestWaitMs) return answer
    await pause(wait, signal)
  }
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly retryAfterMs: number | undefined
}

/** A request without an answer. */
class Lost {
  readonly error: ConversationStoreError

  constructor(error: ConversationStoreError) {
    this.error = error
  }
}

async function attemptOf(request: HostedRequest, { api, key, fetch }: RequestSettings): Promise<Answer | Lost> {
  const { method = 'GET', path, query, body, signal } = request
  const url = `${api}${path}${query ? `?${query}` : ''}`
  const headers: Record<string, string> = { accept: 'application/json' }
  if (key !== undefined) headers.authorization = `Api-Key ${key}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    // The global one as it is now: a test may have replaced it.
    const response = await (fetch ?? (host.fetch as unknown as HostedFetch))(url, {
      method,
      headers,
      redirect: 'error',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    })
    const retryAfterMs = waitOf(response.headers.get('retry-after'))
    return { status: response.status, text: await response.text(), retryAfterMs }
  } catch (error) {
    if (signal?.aborted) throw abortReason(signal, 'request')
    return new Lost(failed(request, api, `got no answer: ${reasonOf(error)}`))
  }
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as { message?: string; cause?: { message?: string; code?: string } }
  return cause?.message || cause?.code || message || String(error)
}

/** The milliseconds that `Retry-After` names: seconds, or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function pauseOf(attempt: number): number {
  return PAUSES[Math.min(attempt, PAUSES.length) - 1]!
}

function pause(ms: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = host.setTimeout(() => {
      stop()
      resolve()
    }, ms)
    const stop = onAbort(signal, () => {
      host.clearTimeout(timer)
      reject(abortReason(signal!, 'request'))
    })
  })
}

function readAnswer(text: string, request: HostedRequest, { api }: RequestSettings): unknown {
  if (text === '') return {}
  try {
    return parseJson(text)
  } catch (error) {
    throw failed(request, api, `was answered with something else than the API's JSON: ${(error as Error).message}`)
  }
}

/** The error of a status that is no success, with what the API says of it. */
function refused({ status, text }: Answer, request: HostedRequest, { api }: RequestSettings): ConversationStoreError {
  const said = saidBy(text)
  if (status === 404 && request.of !== undefined) return new NotFoundError(request.of)
  if (status === 404 && /page/i.test(said.detail ?? '')) {
    return new InvalidPageError(request.query, `The page is past the end. The API says: ${said.detail}`)
  }
  if (status === 400) {
    const [first, ...others] = Object.entries(said).map(([parameter, message]): Fault => {
      return {
        parameter,
        value: request.query ?? request.body,
        code: 'INVALID_VALUE',
        message: `${parameter}: ${message}`,
      }
    })
    if (first !== undefined) return new InvalidQueryError([first, ...others])
  }
  const why = WHY[status] ?? (status >= 500 ? 'The service failed.' : '')
  const detail = Object.values(said).join(' ') || (text.startsWith('{') ? '' : text.slice(0, 200))
  return failed(request, api, `was answered with ${status}${detail ? `: ${detail}` : '.'}${why && ` ${why}`}`)
}

/** What to do about a status. */
const WHY: Readonly<Record<number, string>> = {
  401: 'Give the option key.',
  403: 'The key may only read, or not this.',
  404: 'Is the url that of the API?',
  429: 'Ask less often, or wait longer: the option longestWaitMs.',
}

/** What the body of an error says, by parameter. */
function saidBy(text: string): Record<string, string> {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return {}
    return Object.fromEntries(Object.entries(body).map(([name, said]) => [name, [said].flat().join(' ')]))
  } catch {
    return {}
  }
}

function failed({ method = 'GET', path, query }: HostedRequest, api: string, what: string): ConversationStoreError {
  const url = `${api}${path}${query ? `?${query}` : ''}`
  const message = `${method} ${url.length > 200 ? `${url.slice(0, 197)}...` : url} ${what}`
  return new ConversationStoreError([{ parameter: 'url', value: url, code: 'NOT_ANSWERED', message }])
}
