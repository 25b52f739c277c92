/**
 * The way in for features: what a query asks, and who answers it. Queries and stores are told by registered symbols, not
 * by their classes, so a feature takes those of either entry point, and those of another copy of the package in the process
 * (an ES module beside a CommonJS one, a module registry that was reset).
 */
import { invalidValue, raise } from '../query/faults.ts'
import type { QuerySpec } from '../query/spec.ts'
import type { Conversation } from '../row/conversation.ts'
import type { Links } from '../wire/links.ts'
import type { QueryExecutor } from './executor.ts'

/** A query of either entry point. */
export interface QueryLike<Metadata = unknown, Row = unknown> {
  readonly spec: QuerySpec
  all(): Row[]
  matches(row: Conversation<Metadata> | object): boolean
}

/** A store of either entry point. */
export interface StoreLike<Metadata = unknown> {
  readonly size: number
  get(ref: number | string): Conversation<Metadata> | undefined
}

/** A question with who answers it. */
export interface Asked {
  readonly spec: QuerySpec
  readonly executor: QueryExecutor
  /** The links of its pages, which few answers need. */
  readonly links: () => Links
}

/** The method of queries that gives what they ask. It throws `NO_STORE` for a query without a store. */
export const asked: unique symbol = Symbol.for('conversation-store.asked')

/** The property of stores that has their executor. */
export const executor: unique symbol = Symbol.for('conversation-store.executor')

const QUERY = { expected: "a query: store.query().device('mobile')" }
const STORE = { expected: 'a store: new ConversationStore()' }

/** What a query asks. Throws `INVALID_VALUE` for anything else. */
export function specOf(query: QueryLike<never>): QuerySpec {
  if (typeof Object(query)[asked] !== 'function') raise([invalidValue('query', query, QUERY)])
  return query.spec
}

/** What a query asks, and who answers it. Throws `INVALID_VALUE` for anything else, `NO_STORE` for a query without a store. */
export function askedOf(query: QueryLike<never>): Asked {
  specOf(query)
  return (query as unknown as { [asked](): Asked })[asked]()
}

/** The executor of a store. Throws `INVALID_VALUE` for anything else. */
export function executorOf(store: StoreLike): QueryExecutor {
  const found: QueryExecutor | undefined = Object(store)[executor]
  if (found === undefined) raise([invalidValue('store', store, STORE)])
  return found!
}
