/** The routes that read tokens: the list, and their sums. */
import { boolean, choice, instant, number, text } from '../query/values.ts'
import { Refusal } from './answer.ts'
import { type Call, isServed, type Outcome, ok } from './call.ts'
import { endOf } from './ingest/archive.ts'
import { totalOf, type UsageRow } from './ingest/usage.ts'
import { COST_SOURCE, GROUPS, isIncomplete, summed, usageShape } from './ingest/usage-shapes.ts'
import {
  byNumber,
  byTime,
  equal,
  type Filters,
  filter,
  inEnvironment,
  type Orders,
  ordered,
  PAGING,
  pageOf,
  readAsked,
  selected,
  since,
  until,
} from './list.ts'

const rowOfUsage = ({ conversation }: UsageRow, { agent }: Call) => agent.state.store.get(conversation)
const startOf = ({ first }: UsageRow) => first.startedAt

/** The parameters that narrow the list, and the sums. */
const FILTERS: Filters<UsageRow> = new Map([
  ['model', equal<UsageRow>(text, ({ model }) => model)],
  ['conversation', equal<UsageRow>(number, ({ conversation }) => conversation)],
  ['conversation_id', equal<UsageRow>(text, (usage, call) => rowOfUsage(usage, call)?.conversation_id)],
  ['turn_id', equal<UsageRow>(text, ({ turnId }) => turnId)],
  ['environment', inEnvironment<UsageRow>((usage, call) => rowOfUsage(usage, call)?.environment)],
  ['cost_source', equal<UsageRow>(choice('backend', 'unpriced', 'reported'), () => COST_SOURCE)],
  ['incomplete', equal<UsageRow>(boolean, isIncomplete)],
  ['started_at_after', filter(instant, since(startOf))],
  ['started_at_before', filter(instant, until(startOf))],
])

/** What the list can be asked. */
export const USAGE_PARAMETERS: readonly string[] = [...FILTERS.keys(), ...PAGING]

/** What the sums can be asked. */
export const SUMMARY_PARAMETERS: readonly string[] = [...FILTERS.keys(), 'group_by', 'currency']

const ORDERS: Orders<UsageRow> = new Map([
  ['started_at', byTime(startOf)],
  ['ended_at', byTime<UsageRow>(({ last }) => endOf(last))],
  ['total_tokens', byNumber<UsageRow>(({ tokens }) => totalOf(tokens))],
  // Nothing costs anything.
  ['cost_usd', () => 0],
  ['id', byNumber<UsageRow>(({ id }) => id!)],
])

/** GET /api/token-usage/: newest first. O(rows x log rows). */
export function listUsage(call: Call): Outcome {
  const asked = readAsked(call, FILTERS)
  const newest = ordered(selected(rowsOf(call), asked), ['-started_at', '-id'], ORDERS)
  const found = ordered(newest, asked.terms, ORDERS)
  return pageOf(call, 'token-usage/', found, asked, (usage) => usageShape(usage, rowOfUsage(usage, call)!))
}

/** GET /api/token-usage/summary/. No rate of the euro is on file, so there is no `cost_eur`. O(rows). */
export function sumUsage(call: Call): Outcome {
  const asked = readAsked(call, FILTERS, ['group_by', 'currency'])
  const group_by = readChoice(asked.given, 'group_by', Object.keys(GROUPS) as (keyof typeof GROUPS)[])
  const currency = readChoice(asked.given, 'currency', ['usd', 'eur'])
  const results = summed(selected(rowsOf(call), asked), group_by)
  return ok(() => ({ group_by, currency: currency.toUpperCase(), results }))
}

/** All rows of conversations that are there. */
function rowsOf(call: Call): readonly UsageRow[] {
  return [...call.agent.state.spans.usage()].filter(({ conversation }) => isServed(call, conversation))
}

/** The value of a parameter, the first of its choices where it has none. */
function readChoice<Choice extends string>(
  given: ReadonlyMap<string, string>,
  name: string,
  choices: readonly Choice[],
): Choice {
  const text = given.get(name)?.toLowerCase()
  const found = text ? choices.find((choice) => choice === text) : choices[0]
  if (found === undefined) throw new Refusal(400, { [name]: `Must be one of: ${choices.join(', ')}.` })
  return found
}
