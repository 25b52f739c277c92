/** A question as plain data: what every peer is asked, each in its own words. */

import type { FeedbackSource, Sentiment } from '../../src/query/spec.ts'
import type { Conversation } from '../../src/row/conversation.ts'

/** A conversation as the peers are given it: every key is there. */
export type Row = Conversation

/** A value at a metadata path. */
export type Value = string | number | boolean

/** What a row must meet. */
export type Condition =
  | { readonly field: 'customer_id' | 'device' | 'language' | 'environment'; readonly is: string }
  | { readonly field: 'is_marked' | 'has_feedback'; readonly is: boolean }
  /** Some message has this action. */
  | { readonly field: 'action'; readonly is: string }
  /** One feedback has both. */
  | { readonly field: 'feedback'; readonly sentiment: Sentiment; readonly source: FeedbackSource }
  | { readonly field: 'metadata'; readonly path: readonly string[]; readonly is: Value }
  /** Both ends are in. */
  | { readonly field: 'started_at'; readonly from?: string; readonly to?: string }
  /** Some one message, from that sender if one is named, contains the text, ignoring case. */
  | { readonly field: 'message'; readonly contains: string; readonly sender?: 'end_user' }
  /** Some one run of this action failed, and what the action was given contains the text, ignoring case. */
  | { readonly field: 'failed_run'; readonly name: string; readonly input: string }
  | { readonly not: readonly Condition[] }
  | { readonly or: readonly (readonly Condition[])[] }

/** The fields that an ask can be ordered by; null is last ascending and first descending, ties go by id in the same direction. */
export type OrderTerm = `${'' | '-'}${'customer_id' | 'ended_at' | 'duration'}` | '-started_at'

/** One question: its exact count and the documents of one page are wanted. Rows that are deleted never match. */
export interface Ask {
  readonly where: readonly Condition[]
  /** Newest first when absent. */
  readonly order?: OrderTerm
  /** From 1. */
  readonly page: number
  readonly pageSize: number
  /** Not a page is wanted, but how many rows have each value of these fields. */
  readonly fields?: readonly CountedField[]
  /** Not a page is wanted, but what a number comes to in groups of rows. */
  readonly sums?: Sums
}

/** A number at a metadata path, summed up by the value at another and the day (UTC) that rows started. */
export interface Sums {
  readonly number: readonly string[]
  readonly by: readonly string[]
}

/** How many rows of a value and a day have a number, their sum and their 95th percentile by nearest rank. */
export type Group = readonly [value: Value, day: number, rows: number, sum: number, p95: number]

/** What rows are counted by: a field, or the day (UTC) that they started. */
export type CountedField =
  | { readonly field: 'device' | 'language' | 'action' | 'day' }
  | { readonly field: 'metadata'; readonly path: readonly string[] }

/** Rows by value, for each field that was asked for. Rows without a value are not among them. */
export type Counts = readonly (readonly (readonly [value: Value, rows: number])[])[]

/** What is wanted. */
export interface Answer {
  readonly count: number
  /** The documents of the page, in order. */
  readonly rows: readonly { readonly id: number }[]
  /** In any order, as are the groups. */
  readonly counts?: Counts
  readonly groups?: readonly Group[]
  /** What it took, where that is measured outside of this process. */
  readonly milliseconds?: number
}

/** An ask with its right answer. */
export interface Variant {
  readonly ask: Ask
  readonly count: number
  /** The ids of the page, in order. */
  readonly ids: readonly number[]
  /** Those of the fields, each by value. */
  readonly counts?: Counts
  readonly groups?: readonly Group[]
}

/** A write, and a question that must see it. */
export interface WriteStep extends Variant {
  readonly write:
    | { readonly kind: 'mark'; readonly id: number }
    | { readonly kind: 'delete'; readonly id: number; readonly at: string }
    | { readonly kind: 'append'; readonly id: number; readonly content: string }
}

/** What the writes of W10 are, in the order of its parts. */
export const WRITE_KINDS = ['mark', 'delete', 'append'] as const

/** Whether any of the conditions, at any depth, is one that `test` looks for. */
export function someCondition(where: readonly Condition[], test: (condition: Condition) => boolean): boolean {
  return where.some((condition) => {
    if ('not' in condition) return someCondition(condition.not, test)
    if ('or' in condition) return condition.or.some((group) => someCondition(group, test))
    return test(condition)
  })
}

/** Whether a text is looked for. */
export function asksText(ask: Ask): boolean {
  return someCondition(ask.where, (condition) => 'field' in condition && condition.field === 'message')
}

/** Whether it is one of W14 to W17, whose indexes are things of their own. */
export function asksAgents(ask: Ask): boolean {
  if (ask.sums !== undefined || ask.order?.endsWith('duration')) return true
  return someCondition(ask.where, (it) => 'field' in it && (it.field === 'failed_run' || 'sender' in it))
}

/** The text that is looked for, if any. */
export function textOf(ask: Ask): string | undefined {
  for (const condition of ask.where) {
    if ('field' in condition && condition.field === 'message') return condition.contains
  }
  return undefined
}

/** The value at a path of a row's metadata, if it is a scalar. */
export function valueAt(row: { readonly metadata?: unknown }, path: readonly string[]): Value | undefined {
  let value: unknown = row.metadata
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}
