/**
 * What an assertion over many conversations costs: the matcher where it holds, and the text of its failure with the nearest
 * miss, beside `Array.filter` over the same rows and an assertion on what is left, which shows no miss.
 *
 * Medians; the first run apart, since it builds what is not there yet. The index of texts is built before, as a few questions
 * do. `npm run bench:testing`, or `npm run bench:testing -- ROWS`.
 */
import strict from 'node:assert/strict'
import { type GeneratedMetadata, generate } from '../src/features/generate/index.ts'
import { type Conversation, ConversationStore, query } from '../src/index.ts'
import { matchers } from '../src/testing/assert.ts'
import { measure, showTime } from './timing.ts'

type Row = Conversation<GeneratedMetadata>
type Result = { readonly pass: boolean; message(): string }

/** Milliseconds for one figure. */
const BUDGET = 400

const [argument] = process.argv.slice(2)
const store = ConversationStore.from<GeneratedMetadata>(generate({ count: Number(argument ?? 10_000) }))
store.warm()
const rows = store.query().all()
const { toHaveConversation, toHaveCount, toHaveAction, toHaveTrajectory, toHaveMessage, toMatchConversation } =
  matchers as unknown as { readonly [Name in keyof typeof matchers]: (...args: unknown[]) => Result }
const one = rows.find(({ customer_id, device }) => customer_id !== null && device !== null)!
const customer = one.customer_id!
const word = rows[7]!.messages[0]!.content.split(' ')[1]!
const called = (name: string) => (row: Row) => row.messages.some(({ action_name }) => action_name === name)

/** What is asserted: a matcher that holds, the same that fails, and the way without the library. */
const QUESTIONS: readonly (readonly [
  name: string,
  holds: () => Result,
  fails: () => Result,
  plainly: (row: Row) => boolean,
])[] = [
  [
    'toHaveConversation',
    () => toHaveConversation(store, query().customerId(customer).device(one.device!)),
    () => toHaveConversation(store, query().customerId(`${customer}x`).device('mobile').metadata('plan', 'pro')),
    (row) => row.customer_id === customer && row.device === one.device,
  ],
  [
    '  of a metadata path',
    () => toHaveConversation(store, query().metadata('plan', one.metadata!.plan)),
    () => toHaveConversation(store, query().metadata('plna', 'pro').device('mobile')),
    (row) => row.metadata?.plan === one.metadata!.plan,
  ],
  [
    '  of words',
    () => toHaveConversation(store, query().messageContains(word)),
    () => toHaveConversation(store, query().messageContains('zzzqq').device('mobile')),
    (row) => row.messages.some(({ content }) => content.toLowerCase().includes(word.toLowerCase())),
  ],
  [
    'toHaveCount',
    () => toHaveCount(store.query().device('mobile'), store.query().device('mobile').count()),
    () => toHaveCount(store.query().device('mobil'), 3),
    (row) => row.device === 'mobile',
  ],
  [
    'toHaveAction',
    () => toHaveAction(store, 'merge_accounts'),
    () => toHaveAction(store, 'merge_account'),
    called('merge_accounts'),
  ],
  [
    '  with input',
    () => toHaveAction(store, 'lookup_order', { failed: true }),
    () => toHaveAction(store, 'lookup_order', { input: { order_id: 'none' } }),
    called('lookup_order'),
  ],
  [
    'toHaveTrajectory',
    () => toHaveTrajectory(store, ['lookup_order'], { mode: 'superset' }),
    () => toHaveTrajectory(store, ['lookup_order', 'zzz', 'issue_refund']),
    called('lookup_order'),
  ],
  [
    'toHaveMessage',
    () => toHaveMessage(store, word),
    () => toHaveMessage(store, 'zzzqq and more'),
    (row) => row.messages.some(({ content }) => content.includes(word)),
  ],
  [
    'toMatchConversation',
    () => toMatchConversation(store, { metadata: { plan: 'pro', vip: true } }),
    () => toMatchConversation(store, { device: 'zzz', metadata: { plan: 'pro' } }),
    (row) => row.metadata?.plan === 'pro' && row.metadata.vip,
  ],
]

console.log(`${rows.length.toLocaleString('en')} generated conversations\n`)
console.log(
  `${''.padEnd(24)} ${['holds', 'first', 'fails, with text', 'first', 'filter'].map((title) => title.padStart(16)).join('')}`,
)
for (const [name, holds, fails, plainly] of QUESTIONS) {
  const passing = measure(() => strict.equal(holds().pass, true), BUDGET)
  const failing = measure(() => {
    const result = fails()
    strict.equal(result.pass, false)
    return result.message()
  }, BUDGET)
  const filtering = measure(() => strict.ok(rows.filter(plainly).length > 0), BUDGET)
  const times = [passing.median, passing.first, failing.median, failing.first, filtering.median]
  console.log(`${name.padEnd(24)} ${times.map((time) => showTime(time).padStart(16)).join('')}`)
}
