import { ConversationStore } from 'conversation-store'
import { beforeEach, expect, test, vi } from 'vitest'
import { answer } from './agent.ts'

const orders = { 'order-1': { status: 'lost', total: 20 }, 'order-2': { status: 'on its way', total: 5 } }
const tools = { lookupOrder: (id: string) => orders[id as keyof typeof orders], refund: vi.fn() }

let store: ConversationStore
beforeEach(() => {
  store = new ConversationStore()
  tools.refund.mockReset()
})

test('refunds a lost order, after it has looked it up', () => {
  answer(store, tools, 'chat-1', 'Where is order-1?')

  expect(tools.refund).toHaveBeenCalledExactlyOnceWith('order-1', 20)
  const [chat] = store.query().action('refund').all()
  const actions = chat?.messages.flatMap(({ action_name }) => action_name ?? [])
  expect(actions).toEqual(['lookup_order', 'refund'])
})

test('never refunds what is on its way', () => {
  answer(store, tools, 'chat-1', 'Where is order-2?')
  answer(store, tools, 'chat-2', 'I want my money back.')

  expect(store.query().action('refund').count()).toBe(0)
  expect(store.query().messageContains('which order').ids()).toEqual([2])
})
