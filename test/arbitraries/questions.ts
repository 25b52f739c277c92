/** The questions of the package's own arbitraries, and those that a row answers. */
import type { FieldCondition } from '../../src/query/spec.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'

export * from '../../src/testing/arbitraries/conditions.ts'
export * from '../../src/testing/arbitraries/said-and-done.ts'
export * from '../../src/testing/arbitraries/specs.ts'

/** Conditions that a row meets, of most fields: all of them together still find it. */
export function conditionsMetBy(row: ConversationInput): FieldCondition[] {
  const met: FieldCondition[] = [
    { field: 'started_at', lookup: 'gte', value: row.started_at },
    { field: 'started_at', lookup: 'lte', value: row.started_at },
    { field: 'has_messages', lookup: 'exact', value: (row.messages?.length ?? 0) > 0 },
    { field: 'has_feedback', lookup: 'exact', value: (row.feedbacks?.length ?? 0) > 0 },
    { field: 'ended_at', lookup: 'isnull', value: row.ended_at == null },
  ]
  for (const field of ['conversation_id', 'name', 'customer_id', 'device', 'language', 'environment'] as const) {
    const value = row[field] ?? null
    // A short environment is compared by its long name.
    const long =
      field !== 'environment' ? value : value === 'prod' ? 'production' : value === 'dev' ? 'development' : value
    if (long !== null && long !== '') met.push({ field, lookup: 'exact', value: long })
    met.push({ field, lookup: 'isnull', value: value === null })
  }
  if (row.is_used !== null) met.push({ field: 'is_used', lookup: 'exact', value: row.is_used ?? true })
  if (row.is_marked !== null) met.push({ field: 'is_marked', lookup: 'exact', value: row.is_marked ?? false })
  for (const { sentiment } of row.feedbacks ?? [])
    met.push({ field: 'feedback_sentiment', lookup: 'exact', value: sentiment })
  for (const { content } of row.messages ?? [])
    if (content !== '') met.push({ field: 'message', lookup: 'icontains', value: content })
  return met
}
