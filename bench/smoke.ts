/**
 * A first look at speed, in one run: the store beside `Array.filter`, `sort` and `slice` over the same 100,000 documents.
 *
 * Each question rotates over variants, so that no memory of whole answers can shine, and each answer is compared.
 * `npm run bench`, or `npm run bench -- ROWS`.
 */

import { type GeneratedConversation, type GeneratedMetadata, generate } from '../src/features/generate/index.ts'
import { ConversationStore } from '../src/index.ts'
import type { ConversationInput } from '../src/row/conversation.ts'
import { measure, showTime, timeOf } from './timing.ts'

type Row = GeneratedConversation
type Ask = ReturnType<ConversationStore<GeneratedMetadata>['query']>

/** One question: each variant asked of the store, and plainly of an array. */
interface Question {
  readonly name: string
  readonly variants: readonly { readonly ask: (query: Ask) => Ask; readonly keeps: (row: Row) => boolean }[]
  readonly page: number
  readonly pageSize: number
}

const DEVICES = ['mobile', 'desktop', 'tablet'] as const
const LANGUAGES = ['en', 'de', 'fr', 'es'] as const

const QUESTIONS: readonly Question[] = [
  {
    name: 'device + language + positive customer feedback, page 1',
    page: 1,
    pageSize: 20,
    variants: DEVICES.flatMap((device) =>
      LANGUAGES.map((language) => ({
        ask: (query: Ask) =>
          query.device(device).language(language).feedbackSentiment('positive').feedbackSource('customer'),
        keeps: (row: Row) =>
          row.device === device &&
          row.language === language &&
          row.feedbacks!.some(({ sentiment, source }) => sentiment === 'positive' && source === 'customer'),
      })),
    ),
  },
  {
    name: 'customer + device, page 1',
    page: 1,
    pageSize: 20,
    variants: DEVICES.flatMap((device) =>
      [1, 2, 5, 17, 40].map((customer) => ({
        ask: (query: Ask) => query.customerId(`customer_${customer}`).device(device),
        keeps: (row: Row) => row.customer_id === `customer_${customer}` && row.device === device,
      })),
    ),
  },
  {
    name: 'six filters, page 1',
    page: 1,
    pageSize: 20,
    variants: DEVICES.flatMap((device) =>
      (['positive', 'neutral', 'negative'] as const).map((sentiment) => ({
        ask: (query: Ask) =>
          query
            .device(device)
            .language('en')
            .environment('production')
            .metadata('analysis.sentiment', sentiment)
            .action('lookup_order')
            .startedAfter('2024-09-01T00:00:00Z'),
        keeps: (row: Row) =>
          row.device === device &&
          row.language === 'en' &&
          row.environment === 'production' &&
          metadataOf(row).analysis.sentiment === sentiment &&
          row.messages.some(({ action_name }) => action_name === 'lookup_order') &&
          row.started_at >= '2024-09-01T00:00:00Z',
      })),
    ),
  },
  {
    name: 'a broad filter, page 2,000',
    page: 2_000,
    pageSize: 20,
    variants: [
      { ask: (query) => query.device('mobile'), keeps: (row) => row.device === 'mobile' },
      { ask: (query) => query.language('en'), keeps: (row) => row.language === 'en' },
      {
        ask: (query) => query.metadata('analysis.resolved', true),
        keeps: (row) => metadataOf(row).analysis.resolved,
      },
    ],
  },
]

const size = Number(process.argv[2] ?? 100_000)
const rows = [...generate({ count: size, order: 'shuffled' })]
const store = new ConversationStore<GeneratedMetadata>()
const building = timeOf(() => store.addMany(rows as Iterable<ConversationInput<GeneratedMetadata>>))
console.log(`${size.toLocaleString('en')} rows added in ${showTime(building)} (checked and copied)\n`)

const table = []
for (const { name, variants, page, pageSize } of QUESTIONS) {
  // A page that smaller stores do not have becomes their last but a few.
  const lastPage = Math.min(...variants.map(({ ask }) => Math.ceil(ask(store.query()).count() / pageSize)))
  const asked = Math.max(1, Math.min(page, lastPage))
  const ours = (run: number) =>
    variants[run % variants.length]!.ask(store.query()).page(asked).pageSize(pageSize).fetch()
  const naive = (run: number) => filterSortSlice(variants[run % variants.length]!.keeps, asked, pageSize)
  for (let variant = 0; variant < variants.length; variant++) compare(name, ours(variant), naive(variant))
  const [fast, plain] = [measure(ours), measure(naive, 2_000)]
  table.push({
    question: asked === page ? name : `${name} (here ${asked})`,
    'matches, on average': Math.round(variants.reduce((sum, _, run) => sum + ours(run).count, 0) / variants.length),
    store: showTime(fast.median),
    'store p99': showTime(fast.p99),
    'Array.filter': showTime(plain.median),
    'times faster': Math.round(plain.median / fast.median),
  })
}
console.table(table)

/** What a program without the store does: newest first, ties by id descending. */
function filterSortSlice(
  keeps: (row: Row) => boolean,
  page: number,
  pageSize: number,
): { count: number; results: Row[] } {
  const kept = rows.filter((row) => row.is_deleted !== true && keeps(row))
  kept.sort((a, b) => (a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : b.id! - a.id!))
  return { count: kept.length, results: kept.slice((page - 1) * pageSize, page * pageSize) }
}

function compare(name: string, ours: Answer, plain: Answer): void {
  const [a, b] = [ours, plain].map(({ count, results }) => `${count}: ${results.map(({ id }) => id).join(' ')}`)
  if (a !== b) throw new Error(`${name}: the store says ${a}, the array ${b}`)
}

interface Answer {
  readonly count: number
  readonly results: readonly { readonly id?: number | null | undefined }[]
}

function metadataOf(row: Row): GeneratedMetadata {
  return row.metadata as GeneratedMetadata
}
