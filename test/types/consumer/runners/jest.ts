/** A user of the assertions in Jest, whose `expect` is global, compiled against the packed declarations. */
import { asAsyncStore, ConversationStore, query } from 'conversation-store'
import 'conversation-store/testing/jest'

const store = new ConversationStore<{ readonly plan: 'free' | 'pro' }>()
const chat = { toConversation: () => ({}) }

expect(store).toHaveConversation(query().customerId('kim').messageContains('refund'))
expect(store.query().device('mobile')).toHaveCount(3)
expect(chat).toHaveAction('issue_refund', {
  input: { order: 17, at: expect.any(String) },
  output: expect.anything(),
  error: /declined/,
  times: 1,
  after: 'lookup_order',
  before: 'send_email',
  failed: false,
})
expect(chat).toHaveTrajectory(['lookup_order', 'issue_refund'], { mode: 'subset' })
expect(chat).toHaveMessage(/refund of €\s?12/, { sender: 'agent', turn: 'last' })
expect(chat).not.toHaveAction('delete_account', { allowEmpty: true })
expect(chat).toMatchConversation({ messages: [{ sender: 'end_user' }, { content: expect.stringContaining('way') }] })

const elsewhere = asAsyncStore(new ConversationStore())
expect(store).toHaveCount(3) satisfies ReturnType<() => void>
export const awaited: Promise<void> = expect(elsewhere).toHaveCount(3)
export const negated: Promise<void> = expect(elsewhere).not.toHaveAction('delete_account')

// @ts-expect-error: a misspelt option
expect(chat).toHaveAction('issue_refund', { tiems: 1 })
// @ts-expect-error: an unknown mode
expect(chat).toHaveTrajectory(['lookup_order'], { mode: 'some' })
// @ts-expect-error: an unknown sender
expect(chat).toHaveMessage('refund', { sender: 'user' })
// @ts-expect-error: not a query
expect(store).toHaveConversation({ device: 'mobile' })
// @ts-expect-error: not a number
expect(store).toHaveCount('3')
// @ts-expect-error: what it gives at once is no promise
export const wrong: Promise<void> = expect(store).toHaveCount(3)
