/** What a query needs of a store to be answered. The builder knows this much of one and no more. */
import type { Conversation } from '../conversation.ts'
import type { Explanation } from './explanation.ts'
import type { QuerySpec } from './spec.ts'

/** One page of an answer, before its links are made. */
export interface PageAnswer<Row> {
  /** Rows that match, over all pages. Exact. */
  readonly count: number
  /** Rows a page has, after the store's default and maximum. */
  readonly pageSize: number
  /** At least 1. */
  readonly totalPages: number
  /** From 1. */
  readonly page: number
  /** The page's rows in order, frozen. Lean rows when the spec says so. */
  readonly rows: readonly Row[]
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
  /** The ids of all rows in order, pages aside. */
  ids(spec: QuerySpec): number[]
  /** How many rows match. */
  count(spec: QuerySpec): number
  /** Whether any row matches. */
  exists(spec: QuerySpec): boolean
  /** The first row in order. */
  first(spec: QuerySpec): unknown
  /** What running it does and costs. */
  explain(spec: QuerySpec): Explanation
  /** Whether the query holds for this row, stored or not. Throws `InvalidRowError` for what is no row. */
  matches(spec: QuerySpec, row: Conversation<Metadata> | object): boolean
}
