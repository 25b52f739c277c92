/** Changes that go to the API of the server. What it makes of them comes back as changes of its rows. */
import type { Change, Order } from '../protocol.ts'
import { withKey } from '../served-session.ts'
import type { OpeningState } from './state.ts'

interface Sent {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  /** Under `api/`. */
  readonly path: string
  readonly body?: object
}

interface Named {
  readonly id: number
  readonly conversation_id: string
}

/** The request of each change. */
const REQUESTS: { readonly [Type in Change['type']]: (row: Named, change: Change & { readonly type: Type }) => Sent } =
  {
    mark: ({ id }, { yes }) => ({ method: 'POST', path: `conversations/${id}/mark/`, body: { is_marked: yes } }),
    rename: ({ id }, { name }) => ({ method: 'PATCH', path: `conversations/${id}/update/`, body: { name } }),
    feedback: ({ conversation_id }, { sentiment, comment }) => ({
      method: 'POST',
      path: 'conversation-feedbacks/',
      body: { conversation_id, sentiment, ...(comment !== '' && { comment }) },
    }),
    delete: ({ id }) => ({ method: 'DELETE', path: `conversations/${id}/delete/` }),
    restore: ({ id }) => ({ method: 'POST', path: `conversations/${id}/restore/` }),
  }

/** Sends a change. Rejects with a sentence for a person. */
export async function send(
  { store, session }: OpeningState,
  { base, key }: Order & { readonly kind: 'served' },
  conversationId: string,
  change: Change,
): Promise<void> {
  const row = store.get(conversationId)
  if (row === undefined) throw new Error(`The conversation ${conversationId} is gone.`)
  const { method, path, body } = REQUESTS[change.type](row, change as never)
  const response = await fetch(new URL(`${session?.api ?? '../'}api/${path}`, base), {
    method,
    headers: { ...withKey(key), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The server does not answer, so the change is not made. Start explore again.')
  })
  if (response.ok) return
  throw new Error(await reasonOf(response))
}

async function reasonOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  const texts = Object.values(Object(body)).flat().map(String)
  return `The server refuses the change (status ${response.status}). ${texts.join(' ')}`.trim()
}
