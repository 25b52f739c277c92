/** A user of the package, compiled against its packed declarations under DOM types, Node types and neither. */
import { type Conversation, ConversationStore, ConversationStoreError } from 'conversation-store'
import { loadConversations } from 'conversation-store/load'

interface Metadata {
  readonly plan: 'free' | 'pro'
  readonly analysis: { readonly sentiment: 'positive' | 'negative'; readonly score: number }
}

const store = ConversationStore.from<Metadata>([
  {
    conversation_id: 'a',
    started_at: '2024-01-15T10:30:00Z',
    metadata: { plan: 'pro', analysis: { sentiment: 'positive', score: 1 } },
  },
])

const query = store
  .query()
  .device('mobile', 'tablet')
  .metadata('analysis.sentiment', 'positive')
  .startedWithin({ days: 7 })
// @ts-expect-error: the plan has no such value
query.metadata('plan', 'gold')

export const count: number = query.count()
export const ids: readonly number[] = query.ids()
export const first: Conversation<Metadata> | undefined = query.first()
export const total: number = query.fetch().count
export const plan: 'free' | 'pro' | undefined = first?.metadata?.plan
export const inferred = [store.query(), store.query().all(), query.lean(), query.lean().first(), query.page(2).fetch()]
export const askOf = (given: ConversationStore<Metadata>) => given.query().device('mobile')
export const { from } = ConversationStore
export const wire: string = query.toSearchParams().toString()
export const answer = store.fetchConversations('device=mobile').results

export async function fill(text: string): Promise<number> {
  for await (const batch of loadConversations(text)) store.addMany(batch as never)
  await store.load(text)
  return store.size
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof ConversationStoreError ? error.code : undefined
}
