/** What the compiler must take and refuse of rows, queries and parameters. Compiled, never run. */
import { ConversationStore as CoreStore } from '../../src/core.ts'
import { toCSV } from '../../src/features/export/index.ts'
import { createHandler } from '../../src/http/index.ts'
import {
  type Conversation,
  type ConversationInput,
  ConversationStore,
  type LeanConversation,
  type Message,
  query,
} from '../../src/index.ts'
import { exposeStore } from '../../src/worker/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { got: A; expected: B }
declare function same<A, B>(yes: Equal<A, B>): void

// An interface has no index signature, and is metadata all the same.
interface Support {
  readonly plan: 'free' | 'pro'
  readonly nested: { readonly score: number }
  readonly 'gen_ai.model': { readonly name: string }
}

declare const store: ConversationStore<Support>
const row = store.query().first()!
same<typeof row, Conversation<Support>>(true)
row.messages[0]!.content.trim()
row.metadata!.plan satisfies 'free' | 'pro'
// @ts-expect-error A misspelt key of a message.
row.messages[0]!.contnet
// @ts-expect-error A key of a row in another spelling.
row.conversationId
// @ts-expect-error A key of a feedback that there is not.
row.feedbacks[0]!.sentimnt
// @ts-expect-error And of an attachment.
row.messages[0]!.attachments![0]!.file_ulr
// @ts-expect-error And of a run of a tool.
row.messages[0]!.action_logs![0]!.respons
// @ts-expect-error A lean row has no messages.
store.query().lean().first()!.messages!.length
store.query().lean().first()!.message_count.toFixed()

// Rows as they are given.
store.add({ conversation_id: 'a', started_at: '2026-01-05', metadata: { plan: 'pro' } as Support })
// @ts-expect-error A misspelt key.
store.add({ conversation_id: 'a', started_at: '2026-01-05', metdata: null })
// @ts-expect-error An extra key that was not stated.
new ConversationStore().add({ conversation_id: 'a', started_at: '2026-01-05', ticket: 17 })
const loaded = { conversation_id: 'a', started_at: '2026-01-05', ticket: 17 }
new ConversationStore().add(loaded)
same<ReturnType<typeof ConversationStore.from<Support>>, ConversationStore<Support>>(true)
export const inferred: ConversationStore = ConversationStore.from([loaded])

// Extra keys are stated, for either entry point.
interface Extra {
  readonly ticket: number
  readonly messages: readonly (Message & { readonly tokens?: number })[]
}
for (const tickets of [new ConversationStore<Support, Extra>(), new CoreStore<Support, Extra>()]) {
  const stored = tickets.get('a')!
  stored.ticket.toFixed()
  stored.messages[0]!.tokens?.toFixed()
  stored.messages[0]!.content.trim()
  // @ts-expect-error Another one.
  stored.tickets
  tickets.query().device('mobile').all()[0]!.ticket.toFixed()
  tickets.query().device('mobile').fetch().results[0]!.ticket.toFixed()
  tickets.query().lean().first()!.ticket.toFixed()
  tickets.query().lean().lean(false).first()!.ticket.toFixed()
  tickets.fetchConversations({ device: 'mobile' }).results[0]!.ticket.toFixed()
  for (const one of tickets) one.ticket.toFixed()
  // @ts-expect-error A stated key that is left out.
  tickets.add({ conversation_id: 'a', started_at: '2026-01-05', messages: [] })
  tickets.add({ conversation_id: 'a', started_at: '2026-01-05', ticket: 1, messages: [] })
}
export const input: ConversationInput<Support, { readonly ticket: number }> = {
  conversation_id: 'a',
  started_at: '2026-01-05',
  ticket: 1,
}
export const lean = (it: LeanConversation<Support, { ticket: number }>): number => it.ticket + it.message_count
interface Call extends Conversation<Support> {
  readonly recording: string
}
export const call = (it: Call): string => it.recording + it.metadata!.plan

// What takes any store takes one of an interface.
export const any = (given: ConversationStore): number => given.size
export const generic = <Metadata>(given: ConversationStore<Metadata>): number => given.size
generic(store)

declare const tickets: ConversationStore<Support, Extra>
createHandler(tickets)
exposeStore(tickets)
toCSV(tickets.query())
tickets.run(tickets.query()).results[0]!.ticket.toFixed()
tickets.onChange(({ after }) => after?.ticket.toFixed())
tickets.query().subscribe(({ page }) => page.results[0]!.ticket.toFixed())

// Paths of the metadata in `where`.
const asked = store.query()
asked
  .where('metadata.plan', 'exact', 'pro')
  .where('metadata.nested.score', 'gte', 1)
  .where('metadata."gen_ai.model".name', 'startswith' as never, 'x' as never)
  .where(['metadata', 'gen_ai.model', 'name'], 'exact', 'x')
  .where('device', 'in', ['mobile'])
// @ts-expect-error A misspelt path.
asked.where('metadata.plna', 'exact', 'pro')
// @ts-expect-error A misspelt step further in.
asked.where('metadata.nested.scroe', 'gte', 1)
// @ts-expect-error In a branch too.
asked.not((q) => q.where('metadata.plna', 'exact', 'pro'))
// @ts-expect-error A field that there is not.
asked.where('devcie', 'exact', 'mobile')
query().where('metadata.any.path', 'exists', true)
query().where('duration', 'isnull', true).where('message_count', 'in', [1, 2]).orderBy('-duration', 'action_count')
// @ts-expect-error: every row has a count
query().where('message_count', 'isnull', true)
// @ts-expect-error: a number is compared with a number
query().where('attachment_count', 'gt', '2')
// @ts-expect-error: there is no such number
query().orderBy('duraton')
export const dynamic = (path: string) => query().where(`metadata.${path}`, 'exists', true)

// One value, several, a list, or a list that is spread.
export const several = (list: string[], fixed: readonly string[], maybe: string | undefined) =>
  asked
    .device(list)
    .device(...list)
    .device(fixed)
    .device(...fixed)
    .device('a', 'b')
    .device('a')
    .device([])
    .device(maybe)
    .action(...list)
// @ts-expect-error Not among several.
asked.device('a', undefined)
// @ts-expect-error Another type.
asked.device(1)
// @ts-expect-error Nor null.
asked.device(null)

// One message, and one run of an action.
asked
  .message({ sender: 'agent', contains: ['a', 'b'], hasAttachments: false })
  .message({ contains: 'a' })
  .message(undefined)
  .messageContains('a')
  .messageContains(undefined)
  .messageContains('a', { sender: 'end_user' })
  .messageContains('a', undefined)
  .action({ name: 'a', input: 'b', output: 'c', error: 'd', failed: true, longerThan: 1, shorterThan: 2 })
  .action({ name: ['a', 'b'] })
  .not((q) => q.message({ sender: 'agent' }).action({ failed: false }))
  .count()
// @ts-expect-error A misspelt part.
asked.message({ sendr: 'agent' })
// @ts-expect-error A sender that there is not.
asked.message({ sender: 'user' })
// @ts-expect-error A part that is there and undefined.
asked.message({ sender: undefined })
// @ts-expect-error A string alone.
asked.message('refund')
// @ts-expect-error A list of strings is for message.
asked.messageContains(['a'])
// @ts-expect-error Nor what else a message has.
asked.messageContains('a', { hasAttachments: true })
// @ts-expect-error A misspelt part of a run.
asked.action({ faild: true })
// @ts-expect-error A value of another type.
asked.action({ longerThan: '5' })
// @ts-expect-error A name beside an object.
asked.action('a', { failed: true })
store.fetchConversations({ message_contains: 'a', message_sender: 'agent' })
// @ts-expect-error A sender that there is not.
store.fetchConversations({ message_sender: 'user' })
// @ts-expect-error An object is for the builder.
store.fetchConversations({ action_name__exact: { failed: true } })
// @ts-expect-error There is no such parameter.
store.fetchConversations({ action_failed: true })
asked.facets({ message_sender: true, action_failed: { limit: 1 } }).action_failed[0]?.count
for (const { field, part, run } of asked.highlights(row)) {
  same<typeof part, 'input' | 'output' | 'error' | undefined>(true)
  same<typeof run, number | undefined>(true)
  same<typeof field, 'message' | 'name' | 'conversation_id' | 'customer_id' | 'action'>(true)
}

// The object form of a question.
store.fetchConversations()
store.fetchConversations('device=mobile')
store.fetchConversations({
  device: ['mobile', 'tablet'],
  env: 'prod',
  name: 'x',
  is_marked: true,
  started_at_after: new Date(),
  device__isnull: false,
  id__in: [1, 2],
  ordering: ['-started_at', 'id'],
  page: 'last',
  page_size: 20,
  full: false,
  metadata: { plan: 'pro', 'nested.score': 1, '"gen_ai.model".name': 'x' },
  feedback_sentiment: 'negative',
  where: [{ not: [{ field: 'device', lookup: 'exact', value: 'a' }] }],
  customer_id: undefined,
})
// @ts-expect-error A misspelt parameter.
store.fetchConversations({ devcie: 'mobile' })
// @ts-expect-error A value of another type.
store.fetchConversations({ is_marked: 'yes' })
// @ts-expect-error A choice that there is not.
store.fetchConversations({ feedback_sentiment: 'meh' })
// @ts-expect-error A path that the metadata have not.
store.fetchConversations({ metadata: { plna: 'pro' } })
// @ts-expect-error A lookup that the field has not.
store.fetchConversations({ id__contains: 1 })
new ConversationStore().fetchConversations({ metadata: { 'any.path': 1 } })
