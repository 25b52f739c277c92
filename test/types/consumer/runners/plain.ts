/** A user of the assertions without `expect`, compiled against the packed declarations. */
import { asAsyncStore, ConversationStore, query } from 'conversation-store'
import { ConversationStore as CoreStore } from 'conversation-store/core'
import { createRecorder } from 'conversation-store/testing'
import { type AssertionError, assert, type Subject } from 'conversation-store/testing/assert'
import { type WhyEmpty, whyEmpty } from 'conversation-store/why-empty'

interface Metadata {
  readonly plan: 'free' | 'pro'
}

const store = new ConversationStore<Metadata>()
const core = new CoreStore<Metadata>()
const chat = createRecorder(new ConversationStore()).start({ device: 'mobile' })

assert.toHaveConversation(store, query<Metadata>().metadata('plan', 'pro'))
assert.toHaveConversation(core, core.query().device('mobile'))
assert.toHaveCount(store.query(), 3)
assert.toHaveAction(chat, 'issue_refund', { input: { order: 17 }, times: 1 })
assert.not.toHaveAction(chat.lastTurn(), 'delete_account')
assert.toHaveTrajectory(store.get('a')!, ['lookup_order'], { mode: 'superset' })
assert.toHaveMessage([{ role: 'user', content: 'Hello' }], /hello/i)
assert.toMatchConversation(chat.toConversation(), { device: 'mobile' })

export const subject: Subject = store.query().device('mobile')
assert.toHaveCount(store, 3) satisfies ReturnType<() => void>
export const awaited: Promise<void> = assert.not.toHaveCount(asAsyncStore(new ConversationStore()), 3)
export const operator = (error: AssertionError): string => error.operator
export const why: WhyEmpty = whyEmpty(store.query().device('mobile'))
export const place: number | null = store.query().device('mobile').whyEmpty().emptiedBy

// @ts-expect-error: a subject of no kind
assert.toHaveAction('chat-1', 'issue_refund')
// @ts-expect-error: a misspelt option
assert.toHaveAction(chat, 'issue_refund', { tiems: 1 })
