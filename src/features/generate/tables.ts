/** What generated conversations are drawn from. Made once for all rows of a call, since the tables of weights are long. */
import type { Sentiment } from '../../row/conversation.ts'
import { type Alias, type Weighted, weighted, zipf } from './random.ts'
import { vocabulary } from './vocabulary.ts'

/** Names of generated actions, the most frequent first. */
export const ACTIONS: readonly string[] = /* @__PURE__ */ (
  'lookup_order search_help_articles get_customer create_ticket issue_refund track_shipment check_refund_status ' +
  'update_address cancel_order verify_identity send_email transfer_to_human list_invoices reset_password ' +
  'change_plan apply_discount schedule_callback get_subscription update_payment_method reorder_item check_stock ' +
  'estimate_delivery create_return_label close_ticket pause_subscription resume_subscription report_fraud ' +
  'unlock_account translate_text merge_accounts export_data delete_account add_loyalty_points redeem_voucher ' +
  'book_appointment move_appointment get_weather convert_currency file_complaint escalate_incident'
).split(' ')

/** Languages with their share in percent and how a conversation is opened in them. */
const LANGUAGES: readonly (readonly [language: string, percent: number, greeting: string])[] = [
  ['en', 60, ''],
  ['de', 8, 'Guten Tag, schöne Grüße. '],
  ['fr', 6, 'Bonjour, ça va ? '],
  ['es', 6, '¡Buenos días! '],
  ['it', 4, 'Buongiorno, perché no. '],
  ['pt', 4, 'Olá, não é urgente. '],
  ['nl', 3, 'Goedendag. '],
  ['pl', 2, 'Dzień dobry, proszę. '],
  ['tr', 2, 'İyi günler, ışık yok. '],
  ['ru', 2, 'Добрый день. '],
  ['ja', 2, 'こんにちは。 '],
  ['zh', 1, '你好，我要退款。 '],
]

export const TOPICS = ['order', 'refund', 'shipping', 'billing', 'account', 'returns', 'product', 'subscription']
export const TITLES = [
  'Where is my order',
  'Refund request',
  'Shipping delay',
  'Wrong amount billed',
  'Locked out of account',
  'Return of an item',
  'Question on a product',
  'Change of plan',
]
export const CHANNELS = ['web', 'app', 'email', 'phone', 'partner']
export const PLANS = ['free', 'basic', 'pro', 'enterprise']
export const TAGS = ['new', 'vip', 'urgent', 'follow-up', 'bug', 'praise', 'churn-risk', 'upsell', 'fraud', 'gift']
export const COMMENTS = [
  'Quick and friendly.',
  'Solved it.',
  'Took too long.',
  'Did not answer my question.',
  'It was fine.',
]

/** A language and how a conversation is opened in it. */
export interface Language {
  readonly language: string
  readonly greeting: string
}

/** What the rows of one call are drawn from. */
export interface Tables {
  readonly words: readonly string[]
  readonly wordNumbers: Alias
  readonly actions: readonly string[]
  readonly actionNumbers: Alias
  readonly customers: Alias
  readonly languages: Weighted<Language>
  readonly devices: Weighted<string | null>
  readonly sentiments: Weighted<Sentiment>
}

/** The tables for so many rows, of these languages (all known ones when absent) and these names of actions. */
export function makeTables(
  count: number,
  languages: readonly string[] | undefined,
  actions: readonly string[],
): Tables {
  const words = vocabulary()
  const greetings = new Map(LANGUAGES.map(([language, , greeting]) => [language, greeting]))
  return {
    words,
    wordNumbers: zipf(words.length),
    actions,
    actionNumbers: zipf(actions.length),
    customers: zipf(Math.max(1, Math.floor(count / 8))),
    languages: weighted(
      languages === undefined
        ? LANGUAGES.map(([language, percent, greeting]) => [{ language, greeting }, percent])
        : languages.map((language) => [{ language, greeting: greetings.get(language) ?? '' }, 1]),
    ),
    devices: weighted<string | null>([
      ['mobile', 45],
      ['desktop', 40],
      ['tablet', 10],
      [null, 5],
    ]),
    sentiments: weighted<Sentiment>([
      ['positive', 55],
      ['neutral', 20],
      ['negative', 25],
    ]),
  }
}
