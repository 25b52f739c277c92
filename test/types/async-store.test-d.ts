/** What the compiler must take and refuse of stores that are elsewhere. Compiled, never run. */

import type { ConversationStore as CoreStore } from '../../src/core.ts'
import {
  type AsyncQuery,
  type AsyncStore,
  type AsyncSubscribe,
  asAsyncStore,
  type Conversation,
  type ConversationStore,
  type LeanConversation,
  type QuerySpec,
  query,
} from '../../src/index.ts'
import { StoreProvider, useConversations } from '../../src/react/index.ts'
import { type ConnectedStore, connectStore } from '../../src/worker/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { got: A; expected: B }
declare function same<A, B>(yes: Equal<A, B>): void

interface Metadata {
  readonly plan: 'free' | 'pro'
  readonly score: number
}

declare const port: { postMessage(message: unknown): void }
declare const local: ConversationStore<Metadata>
declare const core: CoreStore<Metadata>
declare const spec: QuerySpec
declare const signal: { readonly aborted: boolean }

const connected = connectStore<Metadata>(port, { timeoutMs: 1_000 })
const stores: readonly AsyncStore<Metadata>[] = [connected, asAsyncStore(local), asAsyncStore(core)]
const untyped: AsyncStore = connectStore(port)
const [store] = stores as readonly [AsyncStore<Metadata>]
const mobile = query<Metadata>().device('mobile')

export async function answers(): Promise<void> {
  const page = await store.run(mobile, { signal })
  same<(typeof page.results)[number], Conversation<Metadata>>(true)
  const first = await store.first(mobile.lean())
  same<typeof first, LeanConversation<Metadata> | undefined>(true)
  for await (const row of store.all(mobile)) same<typeof row, Conversation<Metadata>>(true)
  for await (const chunk of store.export(mobile, { format: 'csv', signal })) same<typeof chunk, string>(true)
  // A query is its spec: one of another copy of the package will do, and so does one that was sent.
  const sent: AsyncQuery = { spec }
  same<Awaited<ReturnType<typeof store.ids>>, number[]>(true)
  await store.count(sent)
  const facets = await store.facets(mobile, { device: true, 'metadata.plan': { limit: 2 } }, { signal })
  same<(typeof facets)['device'][number]['count'], number>(true)
  await store.histogram(mobile, 'started_at', { every: 'day', signal })
  await store.metadataValues('plan', { signal })
  // @ts-expect-error: no query
  await store.count('device=mobile')
  // @ts-expect-error: no such facet
  await store.facets(mobile, { divice: true })
  // @ts-expect-error: the metadata has no such key
  await store.facets(mobile, { 'metadata.plam': true })
  // @ts-expect-error: no such path
  await store.metadataValues('plam')
  // @ts-expect-error: no such format
  store.export(mobile, { format: 'xml' })
  // @ts-expect-error: whose question it is, only a connected store takes
  await store.count(mobile, { subscriber: 'search box' })
  await connected.count(mobile, { subscriber: 'search box' })
  await untyped.metadataValues('anything')
}

export async function writes(): Promise<void> {
  const row = { conversation_id: 'a', started_at: '2026-01-05', metadata: { plan: 'pro', score: 1 } } as const
  const added = await store.add(row, { signal })
  same<typeof added, Conversation<Metadata>>(true)
  const { rejected } = await store.addMany([row], { onInvalid: 'skip', signal })
  same<(typeof rejected)[number]['index'], number>(true)
  await store.update('a', { metadata: { plan: 'free', score: 2 } })
  await store.updateMetadata('a', { score: 3 }, { remove: ['plan'], signal })
  await store.delete('a', new Date(), { signal })
  await store.load(new Uint8Array(), { onInvalid: 'skip', signal })
  // @ts-expect-error: no such plan
  await store.add({ ...row, metadata: { plan: 'gold', score: 1 } })
  // @ts-expect-error: what is read chunk by chunk cannot be sent
  await store.load(['[]'])
}

export function live(): void {
  // @ts-expect-error: not every store tells of changes
  store.subscribe(mobile, () => {})
  store.subscribe?.(mobile, ({ page }) => same<(typeof page.results)[number], Conversation<Metadata>>(true))
  connected.subscribe(mobile, ({ count }) => same<typeof count, number>(true), { select: 'count', onError: () => {} })
  same<ConnectedStore['subscribe'], AsyncSubscribe>(true)
}

export function Hooks(): void {
  for (const one of [...stores, untyped, local, null]) StoreProvider({ store: one })
  const { data, refetch } = useConversations(mobile)
  same<NonNullable<typeof data>['results'][number], Conversation<Metadata>>(true)
  same<typeof refetch, () => void>(true)
  // @ts-expect-error: no store
  StoreProvider({ store: {} })
}
