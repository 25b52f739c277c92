/** A user of the small entry points, compiled against their packed declarations. */

import { type Query as FullQuery, ConversationStore as FullStore } from 'conversation-store'
import { ConversationStore, type Envelope, type Query, query } from 'conversation-store/core'
import { explain } from 'conversation-store/explain'
import { toCSV } from 'conversation-store/export'
import { facets } from 'conversation-store/facets'
import { readConversations, toOpenAIMessages, toUIMessages } from 'conversation-store/formats'
import { highlights } from 'conversation-store/highlights'
import { histogram } from 'conversation-store/histogram'
import { stats, warm } from 'conversation-store/indexes'
import { subscribe } from 'conversation-store/live'
import { metadataKeys, metadataValues } from 'conversation-store/metadata'
import { type AiSdkRecorder, recordAiSdk } from 'conversation-store/record/ai-sdk'
import { recordLangChain } from 'conversation-store/record/langchain'
import { recordOpenAIAgents } from 'conversation-store/record/openai-agents'
import { textIndex } from 'conversation-store/text'

interface Metadata {
  readonly plan: 'free' | 'pro'
  readonly score?: number
}

const core = new ConversationStore<Metadata>({ text: textIndex })
const full = new FullStore<Metadata>()
const lean = core.query().device('mobile', 'tablet').metadata('plan', 'pro').page(2).lean()

export const page: Envelope<{ readonly message_count: number }> = lean.fetch()
export const plain: Query = query().marked()
export const answer: number = core.run(query<Metadata>().marked()).count + full.run(query<Metadata>()).count
export const narrowed: FullQuery<Metadata> = full.query().or((q) => q.metadata('plan', 'free'))
// The full classes can stand where the core's are asked for.
export const asCore: Query<Metadata> = full.query()
export const storeAsCore: ConversationStore<Metadata> = full

for (const asked of [core.query(), full.query()]) {
  const counts = facets(asked, { device: true, 'metadata.plan': { limit: 3 }, 'metadata.score': { bins: 3 } })
  counts.device[0]?.selected
  counts['metadata.score'][0]?.from
  // @ts-expect-error: the metadata has no such path
  facets(asked, { 'metadata.plna': true })
  // @ts-expect-error: there is no such field
  facets(asked, { devise: true })
  subscribe(asked, ({ page }) => page.results[0]?.metadata?.plan)
  subscribe(asked, ({ count, facets }) => [count, facets?.device], { select: 'count', facets: { device: true } })
  histogram(asked, 'started_at', { every: 'day' })[0]?.from
  highlights(asked, asked.first() ?? {})[0]?.ranges
  explain(asked).steps
  toCSV(asked)
}
subscribe(lean, ({ page }) => page.results[0]?.feedback_count)
for (const store of [core, full]) {
  metadataValues(store, 'plan')
  // @ts-expect-error: the metadata has no such path
  metadataValues(store, 'plna')
  metadataKeys(store)[0]?.path
  stats(store).rows
  warm(store, { text: false })
}
// @ts-expect-error: an index is handed in, or none
new ConversationStore({ text: true })
// @ts-expect-error: the full store has its own
new FullStore({ text: textIndex })
// @ts-expect-error: features of the core are functions
core.query().facets({ device: true })
// @ts-expect-error: a spec is not a query
facets({ where: [] }, { device: true })
// @ts-expect-error: the executor is internal
new FullStore().greatestIds

export const recorder: AiSdkRecorder = recordAiSdk({ store: core, onError: (error: unknown) => void error })
recordOpenAIAgents({ sendTo: { url: 'http://localhost', key: 'secret' } }).forceFlush()
recordLangChain({ store: full, conversation: { device: 'mobile' } }).flush()
// @ts-expect-error: a store is a store
recordLangChain({ store: [] })

export async function imported(source: Uint8Array): Promise<unknown[]> {
  const { added } = await full.load(readConversations(source, { format: 'otel', lossy: true }))
  const rows: unknown[] = [added]
  for await (const row of readConversations(''))
    rows.push(row.conversation_id, toOpenAIMessages(row), toUIMessages(row))
  return rows
}
