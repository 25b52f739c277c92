/** Conversations that assertions are tested on. */
import { ConversationStore } from '../../../src/index.ts'
import type { ConversationInput, Message } from '../../../src/row/conversation.ts'

/** A call of a tool, as it is recorded. */
export function called(name: string, input: unknown = null, output: unknown = null, error = ''): Message {
  const log = { tools_used: input, response: output, error_message: error }
  return {
    sender: 'agent',
    content: `Action ${name} performed`,
    action_name: name,
    action_logs: [log as never],
  }
}

export const user = (content: string): Message => ({ sender: 'end_user', content })
export const agent = (content: string): Message => ({ sender: 'agent', content })

/** The refund of a lost order: two turns, three calls of tools, one of which failed at first. */
export const REFUND: ConversationInput = {
  conversation_id: 'chat-1',
  started_at: '2026-01-05T10:00:00Z',
  device: 'mobile',
  customer_id: 'Kim',
  metadata: { plan: 'pro', order: { id: 17 }, tags: ['lost', 'vip'] },
  feedbacks: [{ sentiment: 'positive', source: 'customer' }],
  messages: [
    user('Where is order 17?'),
    called('lookup_order', { order: 17 }, { status: 'lost' }),
    agent('It is lost. Shall I refund it?'),
    user('Yes, on its way or not: I want my money back.'),
    called('issue_refund', { order: 17, amount: 12 }, null, 'card declined'),
    called('issue_refund', { order: 17, amount: 12 }, '{"ok": true}'),
    called('send_email', { to: 'kim@example.com' }),
    agent('Done. A refund of € 12 is on its way.'),
  ],
}

/** A chat as recorders give it. */
export function chatOf(row: object): { toConversation(): object } {
  return { toConversation: () => row }
}

export const chat = chatOf(REFUND)

/** Three conversations: the refund, one on a tablet without calls, and one on a phone that is only begun. */
export function storeOfThree(): ConversationStore {
  return ConversationStore.from([
    REFUND,
    {
      conversation_id: 'chat-2',
      started_at: '2026-01-05T11:00:00Z',
      device: 'tablet',
      customer_id: 'lee',
      metadata: { plan: 'free' },
      feedbacks: [{ sentiment: 'negative', source: 'platform' }],
      messages: [user('Hello?'), agent('Hello! How can I help?')],
    },
    {
      conversation_id: 'chat-3',
      started_at: '2026-01-05T12:00:00Z',
      device: 'mobile',
      messages: [user('Refund, now')],
    },
  ])
}

/** The text of what something throws. */
export function thrownBy(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Nothing was thrown.')
}

/** The text of a matcher's failure, which must be one. */
export function failure(result: unknown, pass = false): string {
  const { pass: isPass, message } = result as { pass: boolean; message(): string }
  if (isPass !== pass) throw new Error(`It ${isPass ? 'holds' : 'does not hold'}: ${message()}`)
  return message()
}
