/** What every page of the benchmark answers, at each key stroke and each tick. */
import { fold } from '../../src/base/text/fold.ts'
import type { GeneratedConversation } from '../../src/features/generate/index.ts'

export type Row = GeneratedConversation

/** What is asked: free text, and ticked values by facet. Any of a facet's values, all facets. */
export interface Ask {
  readonly text: string
  readonly ticked: Readonly<Record<string, readonly string[]>>
}

/** What is painted. */
export interface Answer {
  readonly count: number
  /** The first thirty rows, newest first. */
  readonly rows: readonly Shown[]
  /** How many rows each value has, most first, by facet. A facet's own ticks do not count for it. */
  readonly facets: Readonly<Record<string, readonly Counted[]>>
  /** Rows by day of `started_at`, UTC. */
  readonly days: readonly Counted[]
}

export type Counted = readonly [value: string, count: number]

/** A row of the list. */
export interface Shown {
  readonly key: string
  readonly title: string
  /** The words around the first match, and where in them it is; the first words where nothing is searched. */
  readonly snippet: string
  readonly match: readonly [from: number, to: number] | null
  readonly about: string
}

export const LISTED = 30
/** Values of a facet that are painted. */
export const VALUES = 8

/** The facets that the explorer has open at first: the values of a row. A row without one counts nowhere. */
export const FACETS: Readonly<Record<string, (row: Row) => readonly string[]>> = {
  device: ({ device }) => (device === null ? [] : [device]),
  language: ({ language }) => (language === null ? [] : [language]),
  environment: ({ environment }) => (environment === null ? [] : [environment]),
  action_name: ({ messages }) => [...new Set(messages.flatMap(({ action_name }) => action_name ?? []))],
  feedback_sentiment: ({ feedbacks }) => [...new Set(feedbacks.map(({ sentiment }) => sentiment))],
  failed_action: ({ messages }) => [
    ...new Set(messages.filter(hasFailed).flatMap(({ action_name }) => action_name ?? [])),
  ],
}

function hasFailed({ action_logs }: Row['messages'][number]): boolean {
  return (action_logs ?? []).some(({ error_message }) => typeof error_message === 'string' && error_message !== '')
}

/** The facets of which a row may have several values. */
export const LISTS: readonly string[] = ['action_name', 'failed_action', 'feedback_sentiment']

/** All that is searched of a row, folded. */
export function textOf({ name, conversation_id, customer_id, messages }: Row): string {
  return fold([name, conversation_id, customer_id, ...messages.map(({ content }) => content)].join('\n'))
}

export function dayOf(row: Row): string {
  return row.started_at.slice(0, 10)
}

/** Newest first; ids break ties. */
export function newestFirst(a: Row, b: Row): number {
  return a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : b.id - a.id
}

/** What a row is known by in every list: the explorer shows no ids. */
export function keyOf({ started_at, customer_id }: Row): string {
  return `${started_at} ${customer_id ?? ''}`
}

/** A row as the list shows it. */
export function show(row: Row, text: string): Shown {
  const { name, customer_id, started_at, messages, feedbacks } = row
  const wanted = fold(text)
  const found = wanted === '' ? undefined : messages.find(({ content }) => fold(content).includes(wanted))
  const content = found?.content ?? messages[0]?.content ?? ''
  const at = found === undefined ? -1 : fold(content).indexOf(wanted)
  const from = Math.max(0, at - 40)
  return {
    key: keyOf(row),
    title: name ?? content.slice(0, 60),
    snippet: content.slice(from, from + 140),
    match: at < 0 ? null : [at - from, at - from + text.length],
    about: `${customer_id} · ${started_at.slice(0, 16)} · ${messages.length} turns · ${feedbacks.length} feedback`,
  }
}

/** Most first, then by value. */
export function mostFirst(counts: Iterable<Counted>): Counted[] {
  return [...counts].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
