/** A handler over a store, its keys, and clients of both generations that speak to it. */
import { createHandler, type OneAgentOptions } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import { inSegments } from '../../in-segments.ts'
import type { Send } from '../clients/python.ts'
import { ApiClient, ConversationManager, ConversationTracker } from '../clients/v0.ts'
import { AgentSight } from '../clients/v1.ts'

export const WRITE_KEY = 'ags_0123456789abcdef0123456789abcdef_a1b2c3'
export const READ_KEY = 'ags_ffffffffffffffffffffffffffffffff_000000'
export const UNKNOWN_KEY = 'ags_00000000000000000000000000000000_000000'

/** One exchange, as it went over the wire. */
export interface Exchange {
  readonly method: string
  readonly url: string
  readonly status: number
}

/** What a test of one handler needs. */
export interface World {
  readonly store: ConversationStore
  /** Sends to the handler, and notes it in `log`. */
  readonly send: Send
  readonly log: Exchange[]
  readonly tracker: ConversationTracker
  readonly manager: ConversationManager
  readonly client: ApiClient
  readonly v1: AgentSight
  /** A request in plain words: a method, a path, and a body that becomes JSON unless it is a text already. */
  readonly ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON of the body; `undefined` if it is none. */
  readonly body: Record<string, unknown>
}

/** A world of one agent, with a key that writes and one that reads. */
export function newWorld(
  store: ConversationStore = new ConversationStore(inSegments(4, 2)),
  options: OneAgentOptions = {},
): World {
  const handler = createHandler(store, { keys: { [WRITE_KEY]: 'write', [READ_KEY]: 'read' }, ...options })
  const log: Exchange[] = []
  const send: Send = async (request) => {
    const response = await handler(request)
    log.push({ method: request.method, url: request.url, status: response.status })
    return response
  }
  const client = new ApiClient({ send, apiKey: WRITE_KEY })
  return {
    store,
    send,
    log,
    client,
    tracker: new ConversationTracker(client),
    manager: new ConversationManager(client),
    v1: new AgentSight({ send, apiKey: WRITE_KEY }),
    ask: (method, path, body, headers = {}) => asked(send, method, path, body, headers),
  }
}

async function asked(
  send: Send,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await send(
    new Request(`http://localhost${path}`, {
      method,
      headers: { Authorization: `Api-Key ${WRITE_KEY}`, 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  return { status: response.status, headers: response.headers, text, body: value as Record<string, unknown> }
}

/** What a promise is rejected with. Fails if it is not. */
export async function thrown(promise: Promise<unknown>): Promise<unknown> {
  const value = await promise.then(
    (it) => ({ it }),
    (error: unknown) => ({ error }),
  )
  if ('it' in value) throw new Error(`Nothing was thrown; ${JSON.stringify(value.it)} came.`)
  return value.error
}
