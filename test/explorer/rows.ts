/** The conversations that the tests open: the same on every machine, with all that a facet or a pane can meet. */
import type { ConversationInput } from '../../src/row/conversation.ts'
import { generateConversations } from '../../src/testing/index.ts'

/** What tools were asked and answered: some fail. */
const TOOLS = {
  lookup_order: (draw: Draw) => ({
    input: { order: draw.below(1_000) },
    output: {
      status: draw.pick(['lost', 'sent', 'paid']),
      items: [{ sku: `sku-${draw.below(9)}`, price: draw.below(90) }],
    },
  }),
  issue_refund: (draw: Draw) =>
    draw.percent(30) ? { error: 'The order is too old.' } : { input: { amount: draw.below(200) }, output: 'done' },
  send_email: (draw: Draw) => (draw.percent(10) ? { error: 'No such address.' } : { output: { sent: true } }),
} as const

interface Draw {
  below(end: number): number
  pick<Item>(items: readonly Item[]): Item
  percent(share: number): boolean
}

/** So many conversations of customer service, the newest last. A path of metadata is there in a part of the rows. */
export function makeRows(count = 300, seed = 16): ConversationInput[] {
  const rows = generateConversations({
    count,
    seed,
    languages: ['en', 'de', 'fr', 'ja'],
    tools: TOOLS,
    metadata: (draw, number) => ({
      plan: draw.pick(['free', 'basic', 'pro']),
      tokens: { total: draw.below(5_000) },
      ...(number % 3 === 0 && { tenant: draw.pick(['acme', 'globex']) }),
      ...(number % 5 === 0 && { vip: draw.percent(50) ? true : null }),
      tags: draw.pick([[], ['new'], ['new', 'urgent'], ['bug']]),
    }),
  }) as unknown as ConversationInput[]
  rows.forEach((row, number) => {
    // Spread over hours of a few weeks in May, in a zone of its own here and there.
    const at = Date.UTC(2025, 4, 1) + number * 7_400_000
    Object.assign(row, {
      started_at: number % 7 === 0 ? new Date(at).toISOString().replace('Z', '+00:00') : new Date(at).toISOString(),
      ended_at: row.ended_at == null ? null : new Date(at + 60_000 * (number % 40)).toISOString(),
      environment: number % 11 === 0 ? 'dev' : number % 13 === 0 ? null : 'production',
    })
  })
  return [...rows, LONG]
}

/** One long conversation that is the newest: it has Markdown, a failed call, a long message, and several matches of one word. */
export const LONG: ConversationInput = {
  conversation_id: 'long-one',
  name: 'A long talk about zebras',
  started_at: '2025-05-30T12:00:00Z',
  ended_at: '2025-05-30T12:20:00Z',
  customer_id: 'customer_zebra',
  device: 'kiosk',
  language: 'en',
  environment: 'production',
  metadata: { plan: 'pro', tokens: { total: 12_345 }, 'dotted.key': 'yes', deep: { list: [1, { two: 'zwei' }] } },
  messages: [
    {
      id: 900_001,
      sender: 'end_user',
      content: 'Where is my **zebra**? <b>Tell</b> me.',
      timestamp: '2025-05-30T12:00:00Z',
    },
    {
      id: 900_002,
      sender: 'agent',
      content: 'I look it up.',
      action_name: 'lookup_order',
      timestamp: '2025-05-30T12:01:00Z',
      action_logs: [
        {
          id: 1,
          duration_ms: 120,
          tools_used: { animal: 'zebra', legs: [1, 2, 3, 4] },
          response: { status: 'lost', at: { zoo: null } },
        },
      ],
    },
    {
      id: 900_003,
      sender: 'agent',
      content: 'It failed.',
      action_name: 'issue_refund',
      timestamp: '2025-05-30T12:02:00Z',
      action_logs: [{ id: 2, duration_ms: 3_400, tools_used: { amount: 12 }, error_message: 'The zebra is too old.' }],
    },
    {
      id: 900_004,
      sender: 'agent',
      content:
        '# Zebras\n\nA **bold** word, `code`, a [link](https://zebra.example/) and a list:\n\n- one zebra\n- two zebras\n',
      timestamp: '2025-05-30T12:03:00Z',
    },
    { id: 900_005, sender: 'end_user', content: 'Long. '.repeat(2_000), timestamp: '2025-05-30T12:04:00Z' },
    { id: 900_006, sender: 'agent', content: 'The last zebra.', timestamp: '2025-05-30T12:05:00Z' },
  ],
  feedbacks: [{ sentiment: 'negative', source: 'customer', comment: 'No zebra.', created_at: '2025-05-30T12:30:00Z' }],
}

/** Rows as NDJSON. */
export function linesOf(rows: readonly object[]): string {
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
}
