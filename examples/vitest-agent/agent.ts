import type { ConversationStore } from 'conversation-store'

/** What the agent can do. */
export interface Tools {
  lookupOrder(id: string): { status: string; total: number } | undefined
  refund(id: string, amount: number): void
}

/** Answers one message, and records what was said and done. */
export function answer(store: ConversationStore, tools: Tools, conversation: string, content: string): string {
  if (!store.has(conversation)) store.add({ conversation_id: conversation, started_at: new Date().toISOString() })
  store.addMessage(conversation, { sender: 'end_user', content })
  const reply = decide(store, tools, conversation, content)
  store.addMessage(conversation, { sender: 'agent', content: reply })
  return reply
}

function decide(store: ConversationStore, tools: Tools, conversation: string, content: string): string {
  const id = /order-\d+/.exec(content)?.[0]
  if (id === undefined) return 'Which order is it?'
  const order = tools.lookupOrder(id)
  record(store, conversation, 'lookup_order', { id }, order)
  if (order === undefined) return `I cannot find ${id}.`
  if (order.status !== 'lost') return `${id} is ${order.status}.`
  tools.refund(id, order.total)
  record(store, conversation, 'refund', { id, amount: order.total }, 'done')
  return `I have refunded ${order.total} for ${id}.`
}

function record(store: ConversationStore, conversation: string, name: string, input: object, output: unknown): void {
  store.addMessage(conversation, {
    sender: 'agent',
    content: `Action ${name} performed`,
    action_name: name,
    action_logs: [{ tools_used: JSON.stringify(input), response: JSON.stringify(output) ?? '' }],
  })
}
