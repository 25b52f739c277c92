/** A handler over a few rows, and asking it as a program does. */

import { createHandler, type Handler, type OneAgentOptions } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'

export const KEY = `ags_${'a1'.repeat(16)}_b2c3d4`
export const READ_KEY = `ags_${'0f'.repeat(16)}_00aa11`

/** The time that the handlers of tests have. */
export const NOW = '2026-08-01T12:00:00Z'

// biome-ignore lint/suspicious/noExplicitAny: an answer is looked at, not typed.
export type Json = any

/** One answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Json
}

/** Asks a handler; a body that is no text, no bytes and no form goes as JSON. */
export async function ask(
  handler: (request: Request) => Promise<Response>,
  verb: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData
  const init: RequestInit = {
    method: verb,
    headers: {
      authorization: `Api-Key ${KEY}`,
      ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  }
  if (body !== undefined) init.body = isRaw ? (body as string | FormData) : JSON.stringify(body)
  const response = await handler(new Request(`http://localhost:8000${path}`, init))
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : null,
  }
}

/** A handler over rows, with a key to read and one to write, and ways to ask it. */
export function serving(rows: readonly ConversationInput[] = [], options: OneAgentOptions = {}) {
  const store = ConversationStore.from(rows)
  const handler: Handler = createHandler(store, {
    keys: { [KEY]: 'write', [READ_KEY]: 'read' },
    now: () => NOW,
    ...options,
  })
  return {
    store,
    handler,
    get: (path: string, headers?: Record<string, string>) => ask(handler, 'GET', path, undefined, headers),
    post: (path: string, body: unknown = {}, headers?: Record<string, string>) =>
      ask(handler, 'POST', path, body, headers),
    patch: (path: string, body: unknown = {}) => ask(handler, 'PATCH', path, body),
    del: (path: string) => ask(handler, 'DELETE', path),
  }
}

/** A row with what a test is about. */
export function row(id: string, more: object = {}): ConversationInput {
  return { conversation_id: id, started_at: '2026-07-01T10:00:00Z', ...more }
}
