/** `conversation-store verify`: whether a service answers queries as a store in memory does, over the same rows. */
import { counted, grouped } from '../base/text/counted.ts'
import { readHostedOptions } from '../hosted/options.ts'
import type { ServedRow } from '../hosted/pages.ts'
import { answerTo } from '../hosted/requests.ts'
import { walk } from '../hosted/walk.ts'
import { createHandler } from '../http/index.ts'
import { ConversationStore } from '../index.ts'
import { DifferError, UsageError } from './failure.ts'
import { printableLines } from './printable.ts'
import { Progress } from './progress.ts'
import { type Streams, say, writeAll } from './streams.ts'
import { type Ask, type Difference, differenceOf, smallest } from './verify-compare.ts'
import { type Params, queriesFor } from './verify-queries.ts'
import { reportOf } from './verify-report.ts'

/** Queries of a filter that are made small. */
const MOST_SHOWN = 3

/** Runs the command. Throws a `DifferError` where the answers differ. */
export async function runVerify(options: Readonly<Record<string, unknown>>, streams: Streams): Promise<void> {
  const { against, key } = options as { against: string; key?: string }
  const [queries, seed] = [numberOf('--queries', options.queries), numberOf('--seed', options.seed)]
  const settings = readHostedOptions({ url: against, ...(key !== undefined && key !== '' && { key }) })
  const store = new ConversationStore()
  const rows: ServedRow[] = []
  const reading = await Progress.of(streams, 'Reading')
  try {
    for await (const page of walk({ where: [], includeDeleted: true }, settings)) {
      rows.push(...page.rows)
      store.addMany(page.rows as never)
      reading.show(rows.length, Math.max(page.count, rows.length), counted(rows.length, 'conversation'))
    }
  } finally {
    reading.stop()
  }
  const there: Ask = (query) => answerTo({ path: 'conversations/', query }, settings)
  const { body } = await there('')
  const pageSize = Number(Object(body).page_size)
  const here = askHandler(store, Number.isInteger(pageSize) ? pageSize : undefined)
  const differ = async (params: Params) => {
    const query = String(new URLSearchParams(params as [string, string][]))
    return differenceOf(await there(query), await here(query))
  }
  const found: Difference[] = []
  const asked = new Map<string, number>()
  const progress = await Progress.of(streams, 'Asking')
  try {
    let done = 0
    for (const params of queriesFor(rows, seed, queries)) {
      const [[filter]] = params as [Params[number]]
      asked.set(filter, (asked.get(filter) ?? 0) + 1)
      const what = await differ(params)
      const isNew =
        what !== undefined && found.filter(({ params: [first] }) => first?.[0] === filter).length < MOST_SHOWN
      if (what !== undefined) found.push(isNew ? await smallest({ params, what }, differ) : { params, what })
      progress.show(++done, queries)
    }
  } finally {
    progress.stop()
  }
  await writeAll(streams.stdout, [printableLines(reportOf(found, asked, rows.length))])
  if (found.length > 0)
    throw new DifferError(
      `${grouped(found.length)} of ${queriesOf(queries)} ${found.length === 1 ? 'is' : 'are'} answered otherwise than expected.`,
    )
  say(streams, `${queriesOf(queries)}, seed ${seed}: every answer is as expected.`)
}

const queriesOf = (count: number) => `${grouped(count)} ${count === 1 ? 'query' : 'queries'}`

/** A store in memory as a side, asked as over HTTP. */
function askHandler(store: ConversationStore, pageSize: number | undefined): Ask {
  const handler = createHandler(store, pageSize === undefined ? {} : { pageSize })
  return async (query) => {
    const response = await handler(new Request(`http://localhost/api/conversations/?${query}`))
    return { status: response.status, body: await response.json() }
  }
}

function numberOf(option: string, text: unknown): number {
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`${option} is ${JSON.stringify(text)}. Expected a whole number.`)
}
