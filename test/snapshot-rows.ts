/** A dozen rows with something of everything, and all that a store can be asked about them. */
import type { ConversationStore } from '../src/index.ts'
import type { ConversationInput } from '../src/row/conversation.ts'
import { plain } from './arbitraries/plain.ts'

const LANGUAGES = ['en', 'de', null]

/** Rows with messages, actions and their logs, feedbacks, metadata of every kind, ends, marks, and deleted ones. */
export const ROWS: readonly ConversationInput[] = Array.from({ length: 12 }, (_, i): ConversationInput => {
  const started_at = `2026-0${1 + (i % 5)}-1${i % 7}T10:00:00.00${i}5Z`
  return {
    id: 100 - i,
    conversation_id: `c${i}`,
    started_at,
    ended_at: i % 3 === 0 ? null : `2026-08-01T00:00:0${i % 10}.000${i % 10}Z`,
    name: ['Zoë', 'ünter den Linden', null, '日本語'][i % 4]!,
    device: i % 2 === 0 ? 'mobile' : 'desktop',
    language: LANGUAGES[i % 3]!,
    customer_id: `customer ${i % 5}`,
    environment: i % 4 === 0 ? 'prod' : 'production',
    is_marked: [true, false][i % 2]!,
    ...(i === 5 && { is_deleted: true, deleted_at: '2026-09-01T00:00:00Z' }),
    metadata: {
      plan: i % 2 === 0 ? 'free' : 7 + i,
      tags: ['a', i % 3, null],
      nested: { deep: i / 4, 'x.y': i % 2 === 0 },
      ...(i === 3 && { zero: -0, half: '\ud800' }),
    },
    messages: [
      { id: i * 2, sender: 'end_user', content: `Where is my refund ${i}? The order, the order.` },
      {
        id: i * 2 + 1,
        sender: 'agent',
        content: i % 4 === 0 ? '' : 'the refund of the order is here',
        action_name: i % 2 === 0 ? 'lookup_order' : null,
        action_logs:
          i % 4 === 2
            ? [
                {
                  tools_used: { order: i },
                  response: 'found',
                  duration_ms: 10 * i,
                  error_message: i === 2 ? 'late' : null,
                },
              ]
            : [],
        attachments: i === 7 ? [{ id: 1, type: 'image', filename: 'a.png' }] : [],
      },
    ],
    feedbacks: i % 3 === 1 ? [{ id: i, sentiment: 'positive', source: i === 4 ? 'platform' : 'customer' }] : [],
  }
})

/** Whatever a store can be asked, asked; each by a name. A row is unpacked for those in the second table alone. */
export const QUESTIONS: Readonly<Record<string, (store: ConversationStore) => unknown>> = {
  ids: (store) => store.query().includeDeleted().ids(),
  counts: (store) => [
    store.size,
    store.query().count(),
    store.query().device('mobile').language('en', 'de').count(),
    store.query().marked().count(),
    store.query().hasFeedback().feedbackSentiment('positive').feedbackSource('platform').count(),
    store.query().startedAfter('2026-03-01').startedBefore('2026-05-13').count(),
    store.query().where('ended_at', 'gt', '2026-08-01T00:00:04Z').count(),
    store.query().where('duration', 'gt', 100).count(),
    store.query().where('message_count', 'gte', 2).where('attachment_count', 'exact', 1).count(),
    store
      .query()
      .where('id', 'lt', 95)
      .not((q) => q.device('mobile'))
      .count(),
  ],
  metadata: (store) => [
    store.query().metadata('plan', 'free').ids(),
    store.query().where('metadata.plan', 'gt', 9).ids(),
    store.query().where('metadata.tags', 'contains', 2).ids(),
    store.query().where('metadata.zero', 'exists', true).ids(),
    store.query().metadata(['nested', 'x.y'], true).ids(),
  ],
  text: (store) => [
    store.query().messageContains('REFUND 1').ids(),
    store.query().messageContains('the order').ids(),
    store.query().messageContains('order is', { sender: 'agent' }).ids(),
    store.query().messageContains('fun', { sender: 'end_user' }).ids(),
    store
      .query()
      .message({ sender: 'agent', contains: ['the', 'here'], hasAttachments: true })
      .ids(),
    store.query().name('linden').ids(),
    store.query().search('c1 refund').ids(),
    store.query().search('"my refund" mer').ids(),
  ],
  actions: (store) => [
    store.query().action('lookup_order').ids(),
    store.query().actionContains('ORDER').hasAction().ids(),
    store.query().action({ name: 'lookup_order', input: 'order', output: 'found' }).ids(),
    store.query().action({ failed: true, error: 'late' }).ids(),
    store.query().action({ longerThan: 15 }).ids(),
  ],
  orders: (store) =>
    (['ended_at', '-customer_id', 'is_marked', 'language', '-duration', 'id'] as const).map((order) =>
      store.query().orderBy(order).ids(),
    ),
  facets: (store) =>
    store.query().facets({
      ...{ device: true, language: true, action_name: true, feedback_sentiment: true, is_marked: true },
      ...{ customer_id: true, 'metadata.plan': true, 'metadata.tags': true },
      message_count: { ranges: [0, 1, 2, 9] },
      duration: { bins: 3 },
      'metadata.nested.deep': { bins: 2 },
    }),
  histogram: (store) => store.query().histogram('started_at', { every: 'month' }),
  aggregate: (store) =>
    store.query().aggregate(
      {
        rows: ['count'],
        turns: ['sum', 'message_count'],
        p: ['p90', 'duration'],
        d: ['avg', 'metadata.nested.deep'],
      },
      { by: ['device', 'metadata.plan'] },
    ),
}

/** What reads documents. */
export const ROW_QUESTIONS: Readonly<Record<string, (store: ConversationStore) => unknown>> = {
  page: (store) => store.query().pageSize(5).page(2).fetch(),
  lean: (store) => store.query().lean().pageSize(3).fetch().results,
  all: (store) => [...store],
  byId: (store) => [store.get(100), store.get('c1'), store.has('c2'), store.get('nobody')],
}

/** All answers, to be compared. */
export function answersOf(store: ConversationStore, asked: typeof QUESTIONS = { ...QUESTIONS, ...ROW_QUESTIONS }) {
  return Object.fromEntries(Object.entries(asked).map(([name, ask]) => [name, plain(ask(store))]))
}

/** Six times as many, so that common terms are bitmaps and those of one row are lists. */
export const MANY_ROWS: readonly ConversationInput[] = Array.from({ length: 6 }, (_, copy) =>
  ROWS.map((row, i) => ({
    ...row,
    id: row.id! + copy * 100,
    conversation_id: copy === 0 ? row.conversation_id : `${row.conversation_id}.${copy}`,
    name: `${row.name} ${copy} ${i}`,
  })),
).flat()
