/** Tokens as they are served: in a list, in the detail of a conversation, summed up. No rates are on file, so nothing is priced. */
import { compareCodePoints } from '../../base/text/compare.ts'
import type { Conversation } from '../../row/conversation.ts'
import type { SpanArchive } from './archive.ts'
import { endOf } from './archive.ts'
import { formatMicros } from './times.ts'
import { addTokens, noTokens, TOKEN_COLUMNS, type TokenColumn, type Tokens, totalOf, type UsageRow } from './usage.ts'

/** How the cost of all tokens came about. */
export const COST_SOURCE = 'unpriced'

/** What costs nothing, with eight places. */
const NOTHING = '0.00000000'

/** Whether the turn of a row was cut short. */
export function isIncomplete({ first }: UsageRow): boolean {
  return first.turn !== undefined && !first.turn.isComplete
}

/** A row of the list. */
export function usageShape(usage: UsageRow, { conversation_id, environment }: Conversation): object {
  const { id, conversation, turnId, model, tokens, calls, unreported, first, last } = usage
  return {
    id,
    conversation,
    conversation_id,
    environment,
    turn_id: turnId,
    model,
    ...tokens,
    total_tokens: totalOf(tokens),
    cost_usd: NOTHING,
    cost_usd_reported: NOTHING,
    cost_source: COST_SOURCE,
    calls,
    unreported_calls: unreported,
    incomplete: isIncomplete(usage),
    incomplete_reason: first.turn?.reason ?? null,
    started_at: formatMicros(first.startedAt),
    ended_at: formatMicros(endOf(last)),
  }
}

/** The tokens of a conversation as its detail has them; null without any row. O(rows). */
export function recordedUsage(conversation: number, spans: SpanArchive): object | null {
  const models = new Map<string, Tokens>()
  const all = noTokens()
  for (const rows of spans.of(conversation)?.usage.values() ?? []) {
    for (const { id, model, tokens } of rows.values()) {
      if (id === undefined) continue
      const ofModel = models.get(model) ?? noTokens()
      models.set(model, ofModel)
      addTokens(ofModel, tokens)
      addTokens(all, tokens)
    }
  }
  if (models.size === 0) return null
  const named = [...models].sort(([a], [b]) => compareCodePoints(a, b))
  return {
    totals: shortened(all),
    cost_usd: NOTHING,
    cost_sources: [COST_SOURCE],
    models: named.map(([model, tokens]) => {
      return { model, cost_source: COST_SOURCE, cost_usd: NOTHING, ...shortened(tokens) }
    }),
  }
}

/** The columns that are not zero, and the total. */
function shortened(tokens: Tokens): object {
  const used = TOKEN_COLUMNS.filter((column) => tokens[column] !== 0).map((column) => [column, tokens[column]])
  return { ...Object.fromEntries(used), total_tokens: totalOf(tokens) }
}

/** What tokens are summed up by: the group of a row. */
export const GROUPS = {
  model: ({ model }: UsageRow) => model,
  conversation: ({ conversation }: UsageRow) => conversation,
  day: ({ first }: UsageRow) => formatMicros(first.startedAt).slice(0, 10),
} as const

/** The columns of a sum. */
const SUMMED: readonly TokenColumn[] = TOKEN_COLUMNS.slice(0, 5)

/** Sums of rows by their groups, the most tokens first, then by group. O(rows + groups x log groups). */
export function summed(rows: Iterable<UsageRow>, by: keyof typeof GROUPS): readonly object[] {
  const groups = new Map<string | number, { tokens: Tokens; calls: number; rows: number }>()
  for (const row of rows) {
    const group = GROUPS[by](row)
    const sum = groups.get(group) ?? { tokens: noTokens(), calls: 0, rows: 0 }
    groups.set(group, sum)
    addTokens(sum.tokens, row.tokens)
    sum.calls += row.calls
    sum.rows++
  }
  return [...groups]
    .sort(([a, { tokens: x }], [b, { tokens: y }]) => totalOf(y) - totalOf(x) || compareGroups(a, b))
    .map(([group, { tokens, calls, rows: count }]) => ({
      group,
      calls,
      rows: count,
      ...Object.fromEntries(SUMMED.map((column) => [column, tokens[column]])),
      total_tokens: totalOf(tokens),
      cost_usd: 0,
    }))
}

function compareGroups(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareCodePoints(String(a), String(b))
}
