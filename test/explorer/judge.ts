/** What the page must show, by the naive reference over the rows that it holds. */

import { FACETS, type Facet } from '../../src/explorer/facets/fields.ts'
import type { AggregateOptions, AggregateRequest } from '../../src/features/aggregate/request.ts'
import type { FacetRequest, FacetValue } from '../../src/features/facets/request.ts'
import type { HistogramUnit } from '../../src/features/histogram/request.ts'
import { type Query as AnyQuery, query } from '../../src/index.ts'
import type { ConversationInput, JsonObject } from '../../src/row/conversation.ts'
import { ReferenceStore } from '../reference.ts'
import { aggregateOf } from '../reference-aggregate.ts'
import { facetsOf, histogramOf } from '../reference-facets.ts'
import type { Seen } from './person.ts'

type Query = AnyQuery<JsonObject>

/** A part of what is asked: the facet that it was asked in, by its label, and the condition. */
export interface Part {
  readonly on?: string
  readonly says: (query: Query) => Query
}

/** The query of all parts. */
export function queryOf(asked: readonly Part[]): Query {
  return asked.reduce((soFar, { says }) => says(soFar), query())
}

/** Answers of the reference for a query. */
export class Judge {
  readonly store = new ReferenceStore()

  constructor(rows: readonly ConversationInput[]) {
    for (const row of rows) this.store.add(row)
  }

  /** How many rows are not deleted. */
  get total(): number {
    return this.store.rows.filter(({ is_deleted }) => !is_deleted).length
  }

  count(query: Query): number {
    return this.ids(query).length
  }

  /** Conversation ids in the order of the query. */
  ids(query: Query): string[] {
    return this.store.ids(query.spec).map((id) => this.store.get(id)!.conversation_id)
  }

  /** The counts of a field's values, by the value as JSON; `missing` for rows without the path. Remembered: pages are asked again and again. */
  facet(query: Query, field: string): Map<string, number> {
    const key = `${field} ${query.key}`
    const known = this.#facets.get(key) ?? this.#facet(query, field)
    this.#facets.set(key, known)
    return known
  }

  readonly #facets = new Map<string, Map<string, number>>()

  #facet(query: Query, field: string): Map<string, number> {
    const [[, values]] = facetsOf(this.store, query.spec, { [field]: true } as FacetRequest) as [[string, FacetValue[]]]
    return new Map(values.map(({ value, count, missing }) => [missing ? 'missing' : JSON.stringify(value), count]))
  }

  /** Buckets of `started_at` that have rows: when each begins, and how many. */
  histogram(query: Query, every: HistogramUnit, timeZone: string): { from: string; to: string; count: number }[] {
    return histogramOf(this.store, query.spec, 'started_at', every, timeZone).filter(({ count }) => count > 0)
  }

  aggregate(query: Query, request: AggregateRequest, options: AggregateOptions = {}) {
    return aggregateOf(this.store, query.spec, request, options)
  }

  /** How what is seen differs from what is asked; nothing where every count is right. */
  differences(asked: readonly Part[], { matching, listed, facets }: Seen): string[] {
    const right = this.count(queryOf(asked))
    const wrong = [
      ...(String(matching) === `${right},${this.total}` ? [] : [`${matching}, not ${right} of ${this.total}`]),
      ...(listed === right ? [] : [`a list of ${listed}, not ${right}`]),
    ]
    for (const [label, shown] of Object.entries(facets)) {
      const facet = facetOf(label)
      const counted = new Map<string, number>()
      // A facet is counted as if nothing was asked in it: a tick hides no other value.
      const others = queryOf(asked.filter(({ on }) => on !== label))
      for (const [value, number] of this.facet(others, facet.field)) counted.set(wordsOf(facet, value), number)
      for (const [value, number] of shown) {
        const expected = counted.get(value) ?? 0
        if (number !== expected) wrong.push(`${label}: ${value} ${number}, not ${expected}`)
      }
      // The most frequent ones are there.
      const most = [...counted.values()].sort((a, b) => b - a).slice(0, shown.length)
      const least = Math.min(...shown.map(([, number]) => number))
      const left = most.filter((number) => number > least).length
      const there = shown.filter(([, number]) => number > least).length
      if (left !== there) wrong.push(`${label}: ${there} of the ${left} values above ${least}`)
      if (shown.length === 0 && counted.size > 0) wrong.push(`${label}: nothing of ${counted.size} values`)
    }
    return wrong
  }
}

/** A facet as the page words it: one of its table, or a path of metadata. */
function facetOf(label: string): Worded {
  return FACETS.find((facet) => facet.label === label) ?? { field: `metadata.${label}`, none: 'null' }
}

type Worded = Pick<Facet, 'field' | 'none' | 'words'>

/** The words of a value, which is JSON or `missing`. */
function wordsOf({ none, words }: Worded, value: string): string {
  if (value === 'missing') return 'not there'
  if (value === 'null') return none
  const text = String(JSON.parse(value))
  return words?.[text] ?? text
}
