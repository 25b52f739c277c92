/** What only DOM or Node types can say, compiled against the packed declarations. */
import { ConversationStore } from 'conversation-store'
import { loadConversations } from 'conversation-store/load'

const store = new ConversationStore()

export const params: URLSearchParams = store.query().marked().toSearchParams()
export const count: number = store.fetchConversations(new URLSearchParams('is_marked=true')).count

export async function fill(response: Response, signal: AbortSignal): Promise<void> {
  for await (const batch of loadConversations(response, { signal })) store.addMany(batch)
  await store.load(new Uint8Array(), { signal })
  if (response.body !== null) await store.load(response.body)
}
