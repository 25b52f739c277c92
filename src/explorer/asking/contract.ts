/** What the page asks, as a person put it together, and what it looks at. Both are in the URL, see `url.ts`. */
import type { Condition, FieldCondition, HistogramUnit, OrderTerm, QuerySpec } from 'conversation-store'

/** One condition as a pill. */
export interface Pill {
  readonly condition: FieldCondition
  readonly isNegated: boolean
  /** Switched off: it is shown, and does not count. */
  readonly isOff: boolean
}

/** Pills joined by "or": two at least. They are switched off together: `isOff` of the pills inside is false. */
export interface AnyOf {
  readonly any: readonly Pill[]
  readonly isNegated: boolean
  readonly isOff: boolean
}

/** A nested `or` or `not` of a URL that pills cannot say: one pill with a sentence, which is kept as it is. */
export interface Clause {
  readonly clause: Condition
  readonly isNegated: boolean
  readonly isOff: boolean
}

export type Part = Pill | AnyOf | Clause

/** All parts must hold, and so must the free text. */
export interface Asked {
  readonly parts: readonly Part[]
  /** Free text: the library's `search`. */
  readonly search: string
  readonly orderBy: readonly OrderTerm[]
  readonly includeDeleted: boolean
  /** The page that a URL asks for. The list shows all rows; this is kept in the URL until a person removes it. */
  readonly paging?: Paging
}

/** The parts of a spec that say which rows of an answer come, and how much of them. */
export type Paging = Pick<QuerySpec, 'page' | 'after' | 'pageSize' | 'lean'>

/** What is looked at, beside what is asked. */
export interface View {
  /** The conversation id that is open, and the message in it. */
  readonly open: string | null
  readonly message: number | null
  /** The unit of the histogram. Null: by the span of the conversations. */
  readonly every: HistogramUnit | null
  /** The pane that a narrow page shows. */
  readonly pane: 'facets' | 'list' | 'conversation'
  /** The strip of numbers: an operation, a path, a field to group by. Null: nothing was chosen. */
  readonly numbers: { readonly measure: string; readonly of: string | null; readonly by: string | null } | null
}

/** What components change it with. `replace`: typing, which makes no entry of the history. */
export interface Explore {
  readonly asked: Asked
  readonly view: View
  ask(change: (asked: Asked) => Asked, options?: { readonly replace?: boolean }): void
  look(change: Partial<View>, options?: { readonly replace?: boolean }): void
}
