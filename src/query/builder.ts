/** The builder: immutable and fluent. Every call gives a new query; who answers it is not known here. */

import type { Fault } from '../base/errors.ts'
import type { SpecParts } from './canonical.ts'
import { argument, readValue } from './conditions.ts'
import { raise } from './faults.ts'
import { SETTINGS } from './filters.ts'
import { LazySpec } from './lazy-spec.ts'
import { pagedTwice } from './paging.ts'
import { type Condition, EVERYTHING, type OrderTerm, type QuerySpec } from './spec.ts'
import { add, ConditionVerbs } from './verbs.ts'

/** Gives the same query with other parts. */
export const changed: unique symbol = Symbol('changed')

/** Replaces one setting, by its wire parameter. */
export const set: unique symbol = Symbol('set')

/** What every query can be told: conditions, and which rows of the answer come in which order. `Self` is the class that it makes. */
export abstract class QueryBuilder<Metadata, Self> extends ConditionVerbs<Metadata, Self> {
  /** @internal A property that is seen, so that assertions tell queries apart. */
  readonly asks: LazySpec

  /** @internal `parts` are valid and frozen. */
  constructor(parts: SpecParts = EVERYTHING) {
    super()
    this.asks = new LazySpec(parts)
  }

  /** @internal */
  abstract [changed](parts: SpecParts): Self

  /** @internal */
  override [add](conditions: readonly Condition[]): Self {
    if (conditions.length === 0) return this as unknown as Self
    const { parts } = this.asks
    return this[changed]({ ...parts, where: [...parts.where, ...conditions] })
  }

  /** @internal */
  [set](name: keyof typeof SETTINGS, values: readonly unknown[]): Self {
    if (values.length === 1 && values[0] === undefined) return this as unknown as Self
    const { key, value: type } = SETTINGS[name]
    const faults: Fault[] = []
    const parts = { ...this.asks.parts, [key]: readValue(name, type, argument(values, type), faults) }
    raise([...faults, ...pagedTwice(parts)])
    return this[changed](parts)
  }

  /** Also finds softly deleted rows, or with `false` no longer. Without it they never match. */
  includeDeleted(...yes: [yes?: boolean]): Self {
    return this[set]('include_deleted', yes)
  }

  /**
   * The page that `fetch` gives and `pages` begins with, from 1; `'last'` is the last one. Throws `InvalidPageError` for
   * anything else; a page past the end throws only when the query is run.
   */
  page(...page: [page: number | 'last' | undefined]): Self {
    return this[set]('page', page)
  }

  /**
   * The page after the one whose `next_cursor` this is, for `fetch` and `pages`; unlike a page number it stays good while
   * rows come and go. No row is given twice or passed over, except one whose place in the order has changed meanwhile.
   *
   * Throws `INVALID_CURSOR` for an invalid cursor, and when the query is run for the cursor of a query with other
   * filters or another order; `INVALID_VALUE` for null, and beside `page`. Running it is O(log rows + page).
   *
   * @example
   * const first = store.query().device('mobile').fetch()
   * if (first.next_cursor !== null) store.query().device('mobile').after(first.next_cursor).fetch()
   */
  after(...cursor: [cursor: string | undefined]): Self {
    return this[set]('cursor', cursor)
  }

  /**
   * Rows a page has, from 1 to the store's `maxPageSize` (100 by default); `.all()` gives all rows. Throws `INVALID_VALUE`;
   * without a store, a number over its maximum throws when the query is run.
   */
  pageSize(...rows: [rows: number | undefined]): Self {
    return this[set]('page_size', rows)
  }

  /**
   * The order of rows: fields, descending with a leading `-`. Null comes last ascending, first descending; ties are
   * broken by `id` in the direction of the last field. Default: `-started_at`. Throws `INVALID_VALUE` for an unknown
   * field.
   *
   * @example store.query().orderBy('customer_id', '-started_at').all()
   */
  orderBy(...terms: [term: OrderTerm | readonly OrderTerm[] | undefined] | [OrderTerm, ...OrderTerm[]]): Self {
    return this[set]('ordering', terms)
  }

  /** The question as plain frozen JSON data, equal for queries that ask the same whatever the order of their calls. */
  get spec(): QuerySpec {
    return this.asks.spec
  }

  /** The spec as one string, fit as a key: equal for queries that ask the same. */
  get key(): string {
    return JSON.stringify(this.spec)
  }

  /** The spec, so that `JSON.stringify(query)` can be read again by `Query.fromSpec`. */
  toJSON(): QuerySpec {
    return this.spec
  }
}
