export interface Tools {
  lookup_order(input: { order: number }): { status: string; total: number }
  issue_refund(input: { order: number; amount: number }): void
}

/** Answers one message of a customer. Yours asks a model. */
export function answer(tools: Tools, text: string): string {
  const order = Number(/\d+/.exec(text)?.[0])
  if (!order) return 'Which order is it?'
  const { status, total } = tools.lookup_order({ order })
  if (status !== 'lost') return `Order ${order} is ${status}.`
  tools.issue_refund({ order, amount: total })
  return `I have refunded ${total} for order ${order}.`
}
