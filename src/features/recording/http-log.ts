/** A log over HTTP: each call is a request to a handler or the hosted API. Nobody waits for it; requests go one after the other. */

import { encodeBase64 } from '../../base/base64.ts'
import { host } from '../../base/host.ts'
import { checkOptions, invalidOption } from '../../base/options.ts'
import type {
  ActionBody,
  ActionEnd,
  ButtonBody,
  ConversationBody,
  FeedbackBody,
  FileBody,
  FilesBody,
  Log,
  MessageBody,
} from './log.ts'
import { TOKEN_USAGE } from './parts.ts'

/** The part of `fetch` that is used. */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string },
) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>

/** A handler or the hosted API, to which a history is sent. */
export interface SendTo {
  /** Where it is: `https://api.example.com`, with or without `/api/` at its end. */
  readonly url: string
  /** The key of the agent, which may write. None where the handler is open. */
  readonly key?: string
  /** In place of the global `fetch`: of a handler in this process, for instance. */
  readonly fetch?: FetchLike
}

/** Requests that wait at most. Later ones are lost, and `onError` hears of each. */
const MOST_WAITING = 10_000
/** Conversations that are remembered, so that they are not made again. */
const MOST_KNOWN = 10_000

/** A log over HTTP. Its calls never throw; `onError` hears of each request that fails, once. */
export class HttpLog implements Log {
  readonly #api: string
  readonly #headers: Record<string, string>
  readonly #fetch: FetchLike | undefined
  readonly #onError: (error: unknown) => void
  readonly #known = new Set<string>()
  readonly #tokens = new Map<string, unknown>()
  readonly #open = new Set<() => void>()
  #waiting = 0
  #queue: Promise<void> = Promise.resolve()

  /** Throws `INVALID_VALUE` for what is not a URL, a key or a function, and `UNKNOWN_PARAMETER`. */
  constructor(sendTo: SendTo, onError: (error: unknown) => void) {
    checkOptions('sendTo', sendTo, ['url', 'key', 'fetch'])
    const { url, key, fetch } = sendTo
    if (typeof url !== 'string' || !/^https?:\/\/[^/?#]+[^?#]*$/i.test(url))
      throw invalidOption('sendTo.url', url, 'a URL such as "https://api.example.com"')
    if (key !== undefined && (typeof key !== 'string' || key === ''))
      throw invalidOption('sendTo.key', key && typeof key, 'a string that is not empty')
    if (fetch !== undefined && typeof fetch !== 'function')
      throw invalidOption('sendTo.fetch', fetch, 'a function like the global fetch')
    this.#api = `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/api/`
    this.#headers = { 'content-type': 'application/json', ...(key && { authorization: `Api-Key ${key}` }) }
    this.#fetch = fetch
    this.#onError = onError
  }

  conversation(body: ConversationBody): void {
    if (this.#known.has(body.conversation_id)) return
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.add(body.conversation_id)
    this.#post('conversations', body)
  }

  message(conversation_id: string, body: MessageBody, files: readonly FileBody[]): void {
    this.#later(async () => {
      const { id, conversation } = await this.#send('track', { ...body, conversation_id })
      if (files.length === 0) return
      const { timestamp } = body
      await this.#send('attachments', { timestamp, conversation, message: id, metadata: {}, ...attachmentsOf(files) })
    })
  }

  action(conversation_id: string, body: ActionBody): (end: ActionEnd) => void {
    if (body.action_name === TOKEN_USAGE) this.#noteTokens(conversation_id, body.metadata)
    const post = (end?: ActionEnd) => this.#post('action_logs', { ...body, ...end, conversation_id })
    if (body.started_at === undefined) {
      post()
      return () => {}
    }
    // The API has no way to end a run that was recorded: it is sent when it ends, or when the log is flushed for good.
    const unfinished = () => post()
    this.#open.add(unfinished)
    return (end) => {
      if (this.#open.delete(unfinished)) post(end)
    }
  }

  button(conversation_id: string, body: ButtonBody): void {
    this.#post('buttons', { ...body, conversation_id })
  }

  files(conversation_id: string, body: FilesBody, files: readonly FileBody[]): void {
    this.#post('attachments', { ...body, mode: 'base64', conversation_id, ...attachmentsOf(files) })
  }

  feedback(conversation_id: string, body: FeedbackBody): void {
    this.#post('conversation-feedbacks', { ...body, conversation_id })
  }

  tokens(conversation: string): unknown {
    return this.#tokens.get(conversation)
  }

  flush(): Promise<void> {
    return this.#queue
  }

  /** Sends the runs that have not ended as they are, and resolves when all is sent. Never rejects. */
  close(): Promise<void> {
    for (const post of this.#open) post()
    this.#open.clear()
    return this.#queue
  }

  #noteTokens(conversation: string, totals: unknown): void {
    if (this.#tokens.size >= MOST_KNOWN) this.#tokens.clear()
    this.#tokens.set(conversation, totals)
  }

  #post(route: string, body: object): void {
    this.#later(() => this.#send(route, body))
  }

  #later(task: () => Promise<unknown>): void {
    if (this.#waiting >= MOST_WAITING) {
      this.#onError(new Error(`${MOST_WAITING} requests wait for ${this.#api}. A later one is lost.`))
      return
    }
    this.#waiting++
    this.#queue = this.#queue.then(task).then(
      () => void this.#waiting--,
      (error) => {
        this.#waiting--
        this.#onError(error)
      },
    )
  }

  /** Sends one request and gives its answer. Throws for any status but 2xx. */
  async #send(route: string, body: object): Promise<{ readonly id?: unknown; readonly conversation?: unknown }> {
    const url = `${this.#api}${route}/`
    // The global one as it is now: a test may have replaced it.
    const fetch = this.#fetch ?? host.fetch
    const response = await fetch(url, { method: 'POST', headers: this.#headers, body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`POST ${url} was answered with ${response.status}: ${text.slice(0, 500)}`)
    return text === '' ? {} : JSON.parse(text)
  }
}

function attachmentsOf(files: readonly FileBody[]): object {
  const attachments = files.map(({ filename, mime_type, data }) => {
    return { filename, mime_type, data: typeof data === 'string' ? data : encodeBase64(data) }
  })
  return { attachments }
}
