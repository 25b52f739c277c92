/** Questions of the demo whose answers are tables: of the store, and in plain code of an array. */
import type { AggregateGroup, AggregateRequest, Conversation, Query } from '../src/index.ts'

/** One line of a table. */
export type Line = readonly [label: string, ...numbers: (number | null)[]]

/** A question that is answered by numbers. `ask` is printed as it stands here. */
export interface TableQuestion {
  readonly words: string
  readonly ask: (query: Query) => readonly Line[]
  /** The same lines of the documents, in the same order. Deleted rows are left out before. */
  readonly plainly: (rows: readonly Conversation[]) => readonly Line[]
}

const FAILING_TOOLS: TableQuestion = {
  words: 'Which tools fail most, by conversations in which one of their runs failed?',
  ask: (query) =>
    mostFirst(
      query
        .facets({ action_name: true })
        .action_name.map(({ value }) => String(value))
        .map((name) => [name, query.action({ name, failed: true }).count()] as const),
    ),
  plainly: (rows) => {
    const failing = new Map<string, number>()
    for (const { messages } of rows) {
      const failed = messages.filter(({ action_logs }) => action_logs?.some((run) => Boolean(run.error_message)))
      const names = new Set(failed.map(({ action_name }) => action_name))
      for (const name of names) if (name) failing.set(name, (failing.get(name) ?? 0) + 1)
    }
    return mostFirst([...failing])
  },
}

/** Questions for generated conversations. */
export const TABLES: readonly TableQuestion[] = [
  FAILING_TOOLS,
  {
    words: 'How many messages does it take on average, by topic and sentiment?',
    ask: (query) =>
      linesOf(
        query.aggregate(
          { conversations: ['count'], turns: ['avg', 'message_count'] },
          { by: ['metadata.analysis.topic', 'metadata.analysis.sentiment'] },
        ),
      ),
    plainly: (rows) => turnsBy(rows, ({ metadata }) => [labelOf(metadata?.analysis, 'topic', 'sentiment')]),
  },
]

/** Questions for the real conversations. */
export const REAL_TABLES: readonly TableQuestion[] = [
  FAILING_TOOLS,
  {
    words: 'How many messages does it take on average, by domain and sentiment?',
    ask: (query) =>
      linesOf(
        query
          .where('metadata.domain', 'exists', true)
          .aggregate(
            { conversations: ['count'], turns: ['avg', 'message_count'] },
            { by: ['metadata.domain', 'feedback_sentiment'] },
          ),
      ),
    plainly: (rows) =>
      turnsBy(rows, ({ metadata, feedbacks }) => {
        if (metadata?.domain === undefined) return []
        const sentiments = new Set(feedbacks.map(({ sentiment }) => sentiment))
        return (sentiments.size > 0 ? [...sentiments] : ['-']).map((sentiment) => `${metadata.domain}, ${sentiment}`)
      }),
  },
]

/** Groups as lines, each under its key. */
function linesOf<Request extends AggregateRequest>(groups: readonly AggregateGroup<Request>[]): Line[] {
  return mostFirst(
    groups.map(({ key, ...numbers }) => [
      Object.values(key)
        .map((value) => value ?? '-')
        .join(', '),
      ...(Object.values(numbers) as number[]),
    ]),
  )
}

/** How many rows each label has, and how many messages on average. */
function turnsBy(rows: readonly Conversation[], labelsOf: (row: Conversation) => readonly string[]): Line[] {
  const found = new Map<string, { count: number; turns: number }>()
  for (const row of rows) {
    for (const label of labelsOf(row)) {
      const { count, turns } = found.get(label) ?? { count: 0, turns: 0 }
      found.set(label, { count: count + 1, turns: turns + row.messages.length })
    }
  }
  return mostFirst(Array.from(found, ([label, { count, turns }]) => [label, count, turns / count]))
}

function labelOf(value: unknown, ...keys: string[]): string {
  return keys.map((key) => (value as Record<string, unknown>)[key]).join(', ')
}

/** By the first number, then by the label. A tool that never failed is no answer. */
function mostFirst(lines: readonly Line[]): Line[] {
  return lines
    .filter(([, first]) => first !== 0)
    .toSorted(([a, left], [b, right]) => right! - left! || (a < b ? -1 : a > b ? 1 : 0))
}
