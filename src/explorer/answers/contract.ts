/** Questions that stay open, and their answers. */
import type {
  AggregateGroup,
  AggregateOptions,
  AggregateRequest,
  FacetRange,
  FacetRequest,
  FacetValue,
  HistogramBucket,
  HistogramOptions,
} from 'conversation-store'
import type { Query } from 'conversation-store/core'

/** One question, by a name of the component's choice. */
export interface Ask {
  readonly id: string
  readonly query: Query
  readonly facets?: FacetRequest
  readonly histogram?: HistogramOptions
  readonly aggregate?: readonly [AggregateRequest, AggregateOptions?]
}

/** A group of an aggregate, with its figures by name. */
export type Group = AggregateGroup & { readonly [Name in string]: unknown }

/** The last answer to a question. */
export interface Answer {
  /** How many rows match. */
  readonly count: number
  readonly facets: { readonly [Field in string]?: readonly (FacetValue | FacetRange)[] }
  readonly histogram: readonly HistogramBucket[]
  readonly aggregate: readonly Group[]
  /** Why there is no answer. */
  readonly error: Error | null
  /** Whether it answers the question before: the next answer is on its way. */
  readonly isOld: boolean
}
