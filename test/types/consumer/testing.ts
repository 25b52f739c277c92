/** A user of what tests need, compiled against the packed declarations. */
import { ConversationStore } from 'conversation-store'
import { createHandler } from 'conversation-store/http'
import {
  type Agent,
  createFetch,
  type Fetch,
  type GeneratedConversation,
  generateConversations,
  type Replay,
  recordedTools,
  replay,
} from 'conversation-store/testing'

interface Tools {
  lookup_order(input: { order: number }): Promise<{ status: string }>
}

const rows: GeneratedConversation[] = generateConversations({ seed: 1, count: 3, languages: ['en'] })
export const plan: string = rows[0]!.metadata.plan
const own = generateConversations({ metadata: (draw, number) => ({ tenant: draw.pick(['a', 'b']), number }) })
export const tenant: string = own[0]!.metadata.tenant
// @ts-expect-error: such metadata has no plan
export const none = own[0]!.metadata.plan
// @ts-expect-error: an option is misspelt
generateConversations({ cuont: 3 })

export const store = ConversationStore.from(rows)
export const fetched: Fetch = createFetch(createHandler(store), { origin: 'https://agents.example', otherwise: fetch })
export const global: typeof fetch = fetched

const agent: Agent<Tools> = async (text, { tools }) => (await tools.lookup_order({ order: text.length })).status
export const replayed: Promise<Replay> = replay(rows[0]!, { agent, store, tools: recordedTools<Tools>(rows[0]!) })
export const untyped = replay(rows[0]!, {
  store,
  tools: recordedTools(rows[0]!),
  agent: async (text, { tools, chat }) => {
    await tools.lookup_order?.({ order: 17 })
    return `${text} ${chat.transcript()}`
  },
}).then(({ chat, drift }) => [chat.store.size, drift.isEmpty, drift.more[0]?.name] as const)
// @ts-expect-error: an agent gives no number
replay(rows[0]!, { store, agent: () => 5 })
