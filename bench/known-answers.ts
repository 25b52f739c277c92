/** What is known of the real conversations in advance, as far as the filters can say it: counts per file, deleted ones included. */
import type { Query } from '../src/index.ts'

/** One known count. */
export interface KnownAnswer {
  /** The file's name, up to its first dot. */
  readonly file: string
  readonly condition: string
  readonly count: number
  readonly ask: (query: Query) => Query
}

/** The ids of each file lie above this and below this plus a million. */
export const FIRST_ID: Readonly<Record<string, number>> = {
  tau: 1_000_000,
  sgd: 2_000_000,
  taskmaster4: 3_000_000,
  woz: 4_000_000,
  crosswoz: 5_000_000,
  abcd_sample: 7_000_000,
}

/** All counts that hold. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ...answers('tau', [
    ["domain is 'airline'", 768, (query) => query.metadata('domain', 'airline')],
    [
      "domain is 'telecom' and the analysis says success",
      117,
      (query) => query.metadata('domain', 'telecom').metadata('analysis.success', true),
    ],
    [
      "action 'transfer_to_human_agents' and negative feedback",
      126,
      (query) => query.action('transfer_to_human_agents').feedbackSentiment('negative'),
    ],
    [
      "action 'update_reservation_flights' by model 'claude-opus-4-6'",
      39,
      (query) => query.action('update_reservation_flights').metadata('model', 'claude-opus-4-6'),
    ],
    [
      "action 'get_user_details' but not 'get_reservation_details'",
      306,
      (query) => query.action('get_user_details').not((inner) => inner.action('get_reservation_details')),
    ],
    [
      "tagged 'retail' and 'fail'",
      112,
      (query) => query.where('metadata.tags', 'contains', 'retail').where('metadata.tags', 'contains', 'fail'),
    ],
    ["a message contains '—'", 710, (query) => query.messageContains('—')],
    ["a message contains '✅'", 36, (query) => query.messageContains('✅')],
    ["a message contains 'gift card'", 461, (query) => query.messageContains('gift card')],
    ["a message contains '😊'", 8, (query) => query.messageContains('😊')],
    ["a message contains 'I’d' (typographic)", 624, (query) => query.messageContains('I’d')],
    ['a message contains "I\'d" (ASCII)', 526, (query) => query.messageContains("I'd")],
    ['no messages at all', 2, (query) => query.hasMessages(false)],
    ['no model', 2, (query) => query.where('metadata.model', 'exists', false)],
    ['the agent cost more than 0.1 dollars', 203, (query) => query.where('metadata.cost.agent', 'gt', 0.1)],
  ]),
  ...answers('sgd', [
    ["action 'ReserveRestaurant'", 1_271, (query) => query.action('ReserveRestaurant')],
    [
      "action 'ReserveRestaurant' over several domains",
      862,
      (query) => query.action('ReserveRestaurant').metadata('multi_domain', true),
    ],
    [
      "action 'BuyEventTickets' and negative feedback",
      52,
      (query) => query.action('BuyEventTickets').feedbackSentiment('negative'),
    ],
    [
      "split 'test' with domain 'Weather'",
      342,
      (query) => query.metadata('split', 'test').where('metadata.domains', 'contains', 'Weather'),
    ],
    ["a message contains 'san francisco', in any case", 1_369, (query) => query.messageContains('san francisco')],
    ['marked and not deleted', 1_061, (query) => query.marked().includeDeleted(false)],
    ['no feedback', 2_579, (query) => query.hasFeedback(false)],
  ]),
  ...answers('taskmaster4', [
    ['the order was finished', 2_760, (query) => query.metadata('order.finished', true)],
    [
      "part 'reward' and negative feedback",
      453,
      (query) => query.metadata('part', 'reward').feedbackSentiment('negative'),
    ],
    ['six API calls or more', 760, (query) => query.where('metadata.api.calls', 'gte', 6)],
    ["a message contains 'oat milk', in any case", 783, (query) => query.messageContains('oat milk')],
  ]),
  ...answers('woz', [
    ["German, and a message contains 'ß'", 85, (query) => query.language('de').messageContains('ß')],
    ["a message contains 'süden', in any case", 111, (query) => query.messageContains('süden')],
    ["the goal's 'gegend' is 'süden'", 198, (query) => query.metadata('goal.gegend', 'süden')],
    ["a message contains 'türkisch', in any case", 34, (query) => query.messageContains('türkisch')],
    ["'indirizzo' was requested", 822, (query) => query.where('metadata.requested', 'contains', 'indirizzo')],
    [
      "German, 'adresse' was requested, and the goal's 'preisklasse' is 'teuer'",
      128,
      (query) =>
        query.language('de').where('metadata.requested', 'contains', 'adresse').metadata('goal.preisklasse', 'teuer'),
    ],
  ]),
  ...answers('crosswoz', [
    ["a message contains '酒店' (hotel)", 879, (query) => query.messageContains('酒店')],
    ["a message contains '地铁' (metro)", 212, (query) => query.messageContains('地铁')],
    ["action 'query_餐馆' (restaurant)", 855, (query) => query.action('query_餐馆')],
    ["type is '独立多领域'", 319, (query) => query.metadata('type', '独立多领域')],
    [
      'a final goal with a hotel, and positive feedback',
      806,
      (query) => query.where('metadata.final_goal.酒店', 'exists', true).feedbackSentiment('positive'),
    ],
  ]),
]

type Row = readonly [condition: string, count: number, ask: KnownAnswer['ask']]

/** The answers of one file: each asked with deleted rows, of the rows of that file. */
function answers(file: string, rows: readonly Row[]): KnownAnswer[] {
  const first = FIRST_ID[file]!
  return rows.map(([condition, count, ask]) => ({
    file,
    condition,
    count,
    ask: (query) =>
      ask(
        query
          .includeDeleted()
          .where('id', 'gt', first)
          .where('id', 'lt', first + 1_000_000),
      ),
  }))
}
