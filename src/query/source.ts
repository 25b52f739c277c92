/** What a query needs of a store to be answered. The builder knows this much of one and no more. */

import type { Explanation } from '../features/explain/explanation.ts'
import type { FacetCounts, FacetPlan } from '../features/facets/request.ts'
import type { HistogramBucket, HistogramPlan } from '../features/histogram/request.ts'
import type { LiveQuestion, Subscription } from '../features/live/types.ts'
import type { Conversation } from '../row/conversation.ts'
import type { Envelope } from './envelope.ts'
import type { QuerySpec } from './spec.ts'

/** One page of an answer, before its links are made. */
export interface PageAnswer<Row> {
  /** Rows that match, over all pages. Exact. */
  readonly count: number
  /** Rows a page has, after the store's default and maximum. */
  readonly pageSize: number
  /** At least 1. */
  readonly totalPages: number
  /** From 1; null where the page is found by a cursor. */
  readonly page: number | null
  /** The page's rows in order, frozen. Lean rows when the spec says so. */
  readonly rows: readonly Row[]
  /** The cursor after the page's last row, null where no row follows. */
  readonly nextCursor: () => string | null
}

/** Answers specs. Rows are `Conversation`s, or `LeanConversation`s when the spec is lean; the builder's types tell which. */
export interface QuerySource<Metadata> {
  /** The URL of the list that links stand under, as it was given to the store. */
  readonly baseUrl: string | undefined
  /** One page. Throws `InvalidPageError` for a page past the end. */
  page(spec: QuerySpec): PageAnswer<unknown>
  /** The pages from the spec's own to the last, over the rows as they were when it was called. */
  pages(spec: QuerySpec): Iterable<PageAnswer<unknown>>
  /** All rows in order, pages aside. */
  rows(spec: QuerySpec): unknown[]
  /** The documents of all rows in order, pages aside: whole, and not frozen, so they are read and not given out. */
  held(spec: QuerySpec): readonly Conversation<Metadata>[]
  /** The ids of all rows in order, pages aside. */
  ids(spec: QuerySpec): number[]
  /** How many rows match. */
  count(spec: QuerySpec): number
  /** Whether any row matches. */
  exists(spec: QuerySpec): boolean
  /** The first row in order. */
  first(spec: QuerySpec): unknown
  /** How many rows have each value of some fields. The request is checked already. */
  facets(spec: QuerySpec, plan: FacetPlan): FacetCounts
  /** How many rows fall into each stretch of time. Throws `InvalidQueryError` for too many. */
  histogram(spec: QuerySpec, plan: HistogramPlan): HistogramBucket[]
  /** What running it does and costs. */
  explain(spec: QuerySpec): Explanation
  /** Whether the query holds for this row, stored or not. Throws `InvalidRowError` for what is no row. */
  matches(spec: QuerySpec, row: Conversation<Metadata> | object): boolean
  /** Answers now and whenever a commit changes the answer. Throws what `page` and `count` throw. */
  subscribe(
    spec: QuerySpec,
    question: LiveQuestion,
    envelope: (page: PageAnswer<unknown>) => Envelope<unknown>,
  ): Subscription
}
