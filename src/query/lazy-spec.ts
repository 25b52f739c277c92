/** The spec of a query, made when it is first needed. */
import { type SpecParts, specOf } from './canonical.ts'
import type { QuerySpec } from './spec.ts'

/**
 * The one property of a query that assertions see. They compare tags before anything else, so two of these are equal when
 * their specs are, and building a query computes nothing for it.
 */
export class LazySpec {
  readonly #parts: SpecParts
  #spec: QuerySpec | undefined

  constructor(parts: SpecParts) {
    this.#parts = parts
  }

  /** What the query was made of, not yet canonical. */
  get parts(): SpecParts {
    return this.#parts
  }

  get spec(): QuerySpec {
    this.#spec ??= specOf(this.#parts)
    return this.#spec
  }

  get [Symbol.toStringTag](): string {
    return JSON.stringify(this.spec)
  }
}
