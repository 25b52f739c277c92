const { generateText, stepCountIs, tool } = require('ai')
const { z } = require('zod')

const order = z.object({ order: z.number() })

/** Answers the customer's last message. */
exports.answer = async (model, tools, messages) => {
  const { text } = await generateText({
    model,
    system: 'You help customers of a shop. Refund lost orders, and no others.',
    messages,
    tools: {
      lookup_order: tool({
        description: 'Status and total of an order.',
        inputSchema: order,
        execute: tools.lookup_order,
      }),
      issue_refund: tool({
        description: 'Pays for an order back.',
        inputSchema: order.extend({ amount: z.number() }),
        execute: tools.issue_refund,
      }),
    },
    stopWhen: stepCountIs(5),
  })
  return text
}
