import { ConversationStore, query } from 'conversation-store'
import { type Chat, createRecorder } from 'conversation-store/testing'
import 'conversation-store/testing/vitest'
import { beforeEach, expect, test } from 'vitest'
import { answer } from './agent.ts'

let store: ConversationStore
let chat: Chat
beforeEach(() => {
  store = new ConversationStore()
  chat = createRecorder(store).start({ customer_id: 'kim' })
})

function say(text: string): void {
  chat.user(text)
  const lookup = ({ order }: { order: number }) => ({ status: order === 17 ? 'lost' : 'on its way', total: 20 })
  const tools = { lookup_order: chat.tool('lookup_order', lookup), issue_refund: chat.tool('issue_refund', () => {}) }
  chat.agent(answer(tools, text))
}

test('refunds a lost order, after it has looked it up', () => {
  say('Where is order 17?')

  expect(chat).toHaveAction('issue_refund', { input: { order: 17, amount: 20 }, times: 1, after: 'lookup_order' })
  expect(chat).toHaveMessage(/refunded 20/, { sender: 'agent', turn: 'last' })
})

test('never refunds what is on its way', () => {
  say('Where is order 18?')
  say('I want my money back.')

  expect(chat).not.toHaveAction('issue_refund')
  expect(store).toHaveConversation(query().customerId('kim').messageContains('which order'))
})
