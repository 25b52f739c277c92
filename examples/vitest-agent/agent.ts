import type { ConversationStore } from 'conversation-store'

export interface Tools {
  lookupOrder(id: string): { status: string; total: number } | undefined
  refund(id: string, amount: number): void
}

/** Answers one message of a chat, and records what is said and done. */
export function answer(store: ConversationStore, tools: Tools, chat: string, content: string): void {
  if (!store.has(chat)) store.add({ conversation_id: chat, started_at: new Date().toISOString() })
  const say = (text: string) => store.addMessage(chat, { sender: 'agent', content: text })
  const did = (name: string) => store.addMessage(chat, { sender: 'agent', content: '', action_name: name })

  store.addMessage(chat, { sender: 'end_user', content })
  const id = /order-\d+/.exec(content)?.[0]
  if (id === undefined) return void say('Which order is it?')
  const order = tools.lookupOrder(id)
  did('lookup_order')
  if (order?.status !== 'lost') return void say(`${id} is ${order?.status ?? 'unknown'}.`)
  tools.refund(id, order.total)
  did('refund')
  say(`I have refunded ${order.total} for ${id}.`)
}
