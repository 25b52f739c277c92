/** What the demo asks: in words, of the store, and plainly of an array. */
import type { ActionLog, Conversation, Query } from '../src/index.ts'

/** One question. `ask` is printed as it stands here. */
export interface Question {
  readonly words: string
  readonly ask: (query: Query) => Query
  /** What a program without the store would hand to `Array.filter`. Deleted rows are left out before. */
  readonly keeps: (row: Conversation) => boolean
  /** What it would hand to `sort` then. Newest first, when absent. */
  readonly order?: (a: Conversation, b: Conversation) => number
}

const CANCELLING: Question = {
  words: 'The longest conversations in which the user, not the agent, said "cancel"?',
  ask: (query) => query.message({ sender: 'end_user', contains: 'cancel' }).orderBy('-message_count'),
  keeps: ({ messages }) =>
    messages.some(({ sender, content }) => sender === 'end_user' && content.toLowerCase().includes('cancel')),
  order: (a, b) => b.messages.length - a.messages.length || b.id - a.id,
}

/** Questions for generated conversations. */
export const QUESTIONS: readonly Question[] = [
  {
    words: 'Who was unhappy on a mobile phone?',
    ask: (query) => query.device('mobile').feedbackSentiment('negative').feedbackSource('customer'),
    keeps: (row) => row.device === 'mobile' && hasFeedback(row, 'negative', 'customer'),
  },
  {
    words: 'Who wrote of a refund?',
    ask: (query) => query.messageContains('refund'),
    keeps: (row) => says(row, 'refund'),
  },
  {
    words: 'Where did the agent issue a refund, and the order was above 400?',
    ask: (query) => query.action('issue_refund').where('metadata.order.total', 'gt', 400),
    keeps: (row) => did(row, 'issue_refund') && (at(row, 'order', 'total') as number) > 400,
  },
  {
    words: 'What did our busiest customer ask in June?',
    ask: (query) =>
      query.customerId('customer_1').startedAfter('2025-06-01').startedBefore('2025-06-30T23:59:59.999999Z'),
    keeps: (row) =>
      row.customer_id === 'customer_1' &&
      row.started_at >= '2025-06-01T00:00:00.000000Z' &&
      row.started_at <= '2025-06-30T23:59:59.999999Z',
  },
  {
    words: 'Which marked conversations went badly, as the analysis sees it?',
    ask: (query) => query.marked().metadata('analysis.sentiment', 'negative'),
    keeps: (row) => row.is_marked && at(row, 'analysis', 'sentiment') === 'negative',
  },
  {
    words: 'German, French or Spanish, not on a desktop, and nobody left feedback?',
    ask: (query) =>
      query
        .language('de', 'fr', 'es')
        .not((inner) => inner.device('desktop'))
        .hasFeedback(false),
    keeps: (row) =>
      ['de', 'fr', 'es'].includes(row.language!) && row.device !== 'desktop' && row.feedbacks.length === 0,
  },
  {
    words: 'Enterprise customers, or VIPs, who spoke of a broken item?',
    ask: (query) =>
      query.messageContains('broken').or(
        (branch) => branch.metadata('plan', 'enterprise'),
        (branch) => branch.metadata('vip', true),
      ),
    keeps: (row) => says(row, 'broken') && (at(row, 'plan') === 'enterprise' || at(row, 'vip') === true),
  },
  {
    words: 'Tagged both "urgent" and "churn-risk"?',
    ask: (query) => query.where('metadata.tags', 'contains', 'urgent').where('metadata.tags', 'contains', 'churn-risk'),
    keeps: (row) => {
      const tags = at(row, 'tags') as string[]
      return tags.includes('urgent') && tags.includes('churn-risk')
    },
  },
  {
    words: 'Handed to a human in production after more than ten minutes of waiting?',
    ask: (query) =>
      query.action('transfer_to_human').environment('production').where('metadata.wait_seconds', 'gt', 600),
    keeps: (row) =>
      did(row, 'transfer_to_human') && row.environment === 'production' && (at(row, 'wait_seconds') as number) > 600,
  },
  {
    words: 'Everything with "shipping" and "late" that a person types into the search box?',
    ask: (query) => query.search('shipping late'),
    keeps: (row) => ['shipping', 'late'].every((term) => finds(row, term)),
  },
  {
    words: 'Who said the words "the refund"?',
    ask: (query) => query.messageContains('the refund'),
    keeps: (row) => says(row, 'the refund'),
  },
  {
    words: 'Page 100 of all in English, for someone who scrolls far?',
    ask: (query) => query.language('en').page(100),
    keeps: (row) => row.language === 'en',
  },
  CANCELLING,
  {
    words: 'Refunds that failed, of orders with a number below 100,000?',
    ask: (query) => query.action({ name: 'issue_refund', input: '"order_id":"ORD-00', failed: true }),
    keeps: (row) =>
      ran(
        row,
        'issue_refund',
        ({ tools_used, error_message }) => contains(tools_used, '"order_id":"ord-00') && Boolean(error_message),
      ),
  },
]

/** Questions for the real conversations. */
export const REAL_QUESTIONS: readonly Question[] = [
  {
    words: 'Airline customers who ended up with a human and were unhappy?',
    ask: (query) =>
      query.metadata('domain', 'airline').action('transfer_to_human_agents').feedbackSentiment('negative'),
    keeps: (row) =>
      at(row, 'domain') === 'airline' && did(row, 'transfer_to_human_agents') && hasFeedback(row, 'negative'),
  },
  {
    words: 'Who asked about a gift card?',
    ask: (query) => query.messageContains('gift card'),
    keeps: (row) => says(row, 'gift card'),
  },
  {
    words: 'What did Mia Li ask us?',
    ask: (query) => query.customerId('mia_li_3668'),
    keeps: (row) => row.customer_id === 'mia_li_3668',
  },
  {
    words: 'Restaurant bookings on a mobile phone that the platform rated badly?',
    ask: (query) =>
      query.device('mobile').action('ReserveRestaurant').feedback({ sentiment: 'negative', source: 'platform' }),
    keeps: (row) =>
      row.device === 'mobile' && did(row, 'ReserveRestaurant') && hasFeedback(row, 'negative', 'platform'),
  },
  {
    words: 'Marked conversations that speak of a refund or of cancelling?',
    ask: (query) =>
      query.marked().or(
        (branch) => branch.messageContains('refund'),
        (branch) => branch.messageContains('cancel'),
      ),
    keeps: (row) => row.is_marked && (says(row, 'refund') || says(row, 'cancel')),
  },
  {
    words: 'Chinese conversations on hotels, in the spring of 2025?',
    ask: (query) =>
      query
        .language('zh')
        .messageContains('酒店')
        .startedAfter('2025-03-01')
        .startedBefore('2025-05-31T23:59:59.999999Z'),
    keeps: (row) =>
      row.language === 'zh' &&
      says(row, '酒店') &&
      row.started_at >= '2025-03-01' &&
      row.started_at <= '2025-05-31T23:59:59.999999Z',
  },
  {
    words: 'Coffee with oat milk, and the order was finished?',
    ask: (query) => query.metadata('order.finished', true).messageContains('oat milk'),
    keeps: (row) => at(row, 'order', 'finished') === true && says(row, 'oat milk'),
  },
  {
    words: 'Which failed runs cost more than ten cents?',
    ask: (query) => query.metadata('analysis.success', false).where('metadata.cost.agent', 'gt', 0.1),
    keeps: (row) => at(row, 'analysis', 'success') === false && (at(row, 'cost', 'agent') as number) > 0.1,
  },
  {
    words: 'German or Italian, not on a mobile phone, without feedback?',
    ask: (query) =>
      query
        .language('de', 'it')
        .not((inner) => inner.device('mobile'))
        .hasFeedback(false),
    keeps: (row) => ['de', 'it'].includes(row.language!) && row.device !== 'mobile' && row.feedbacks.length === 0,
  },
  {
    words: 'Who wants to eat in the south ("Süden", in any case)?',
    ask: (query) => query.messageContains('SÜDEN'),
    keeps: (row) => says(row, 'süden'),
  },
  {
    words: 'Everything with "San Francisco" and "wifi" that a person types into the search box?',
    ask: (query) => query.search('"san francisco" wifi'),
    keeps: (row) => ['san francisco', 'wifi'].every((term) => finds(row, term)),
  },
  {
    words: 'Page 500 of all in English in production, for someone who scrolls far?',
    ask: (query) => query.language('en').environment('production').page(500),
    keeps: (row) => row.language === 'en' && row.environment === 'production',
  },
  CANCELLING,
  {
    words: 'Where did the agent look up the reservation "H8Q05L"?',
    ask: (query) => query.action({ name: 'get_reservation_details', input: '"reservation_id":"H8Q05L"' }),
    keeps: (row) =>
      ran(row, 'get_reservation_details', ({ tools_used }) => contains(tools_used, '"reservation_id":"h8q05l"')),
  },
]

function says(row: Conversation, folded: string): boolean {
  return row.messages.some(({ content }) => content.toLowerCase().includes(folded))
}

function finds(row: Conversation, folded: string): boolean {
  const texts = [row.name, row.conversation_id, row.customer_id]
  return says(row, folded) || texts.some((text) => text?.toLowerCase().includes(folded))
}

function did(row: Conversation, action: string): boolean {
  return row.messages.some(({ action_name }) => action_name === action)
}

/** Whether some one run of an action is such. */
function ran(row: Conversation, action: string, isSuch: (run: ActionLog) => boolean): boolean {
  return row.messages.some(({ action_name, action_logs }) => action_name === action && action_logs?.some(isSuch))
}

/** Whether what a tool was given contains a string. */
function contains(given: unknown, folded: string): boolean {
  return (JSON.stringify(given) ?? '').toLowerCase().includes(folded)
}

function hasFeedback(row: Conversation, sentiment: string, source?: string): boolean {
  return row.feedbacks.some((each) => each.sentiment === sentiment && (source ?? each.source) === each.source)
}

/** The value at a path of the metadata. */
function at(row: Conversation, ...path: string[]): unknown {
  let value: unknown = row.metadata
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key]
  return value
}
