/** The engine's answers in the words of a query: pages, rows, ids, counts. Documents are fetched last, for what is given out. */
import type { Conversation, LeanConversation } from './conversation.ts'
import type { Row } from './engine/documents.ts'
import type { Engine } from './engine/engine.ts'
import { type Matches, match } from './engine/execute.ts'
import { explain } from './engine/explain.ts'
import { rowNumbers } from './engine/pages.ts'
import { groupHolds, plan } from './engine/plan.ts'
import { InvalidPageError } from './errors.ts'
import type { PageAnswer, QuerySource } from './query/source.ts'
import type { QuerySpec } from './query/spec.ts'
import { freezeRow, readConversation } from './read-conversation.ts'

/** What a store was told about pages and links. */
export interface PageSettings {
  readonly defaultPageSize: number
  readonly maxPageSize: number
  readonly baseUrl: string | undefined
}

/** Answers queries from an engine, which may be another at each call. */
export class Answers<Metadata> implements QuerySource<Metadata> {
  readonly #engine: () => Engine
  readonly #settings: PageSettings

  constructor(engine: () => Engine, settings: PageSettings) {
    this.#engine = engine
    this.#settings = settings
  }

  get baseUrl(): string | undefined {
    return this.#settings.baseUrl
  }

  page(spec: QuerySpec): PageAnswer<unknown> {
    const engine = this.#engine()
    const matches = match(spec, engine)
    const { pageSize, totalPages, page } = this.#pageOf(spec, matches.count)
    const numbers = rowNumbers(matches, (page - 1) * pageSize, pageSize, engine)
    return { count: matches.count, pageSize, totalPages, page, rows: this.#give(numbers, spec) }
  }

  pages(spec: QuerySpec): Iterable<PageAnswer<unknown>> {
    const engine = this.#engine()
    const matches = match(spec, engine)
    const { pageSize, totalPages, page } = this.#pageOf(spec, matches.count)
    const { count } = matches
    const numbers = rowNumbers(matches, (page - 1) * pageSize, count, engine)
    // Held as documents, not as numbers: rows that change meanwhile are given as they were.
    const rows = numbers.map((number) => engine.documents.row(number))
    return (function* () {
      for (let at = page; at <= totalPages; at++) {
        const from = (at - page) * pageSize
        yield {
          count,
          pageSize,
          totalPages,
          page: at,
          rows: rows.slice(from, from + pageSize).map((row) => given(row, spec)),
        }
      }
    })()
  }

  rows(spec: QuerySpec): unknown[] {
    return this.#give(this.#numbers(spec), spec)
  }

  ids(spec: QuerySpec): number[] {
    const { documents } = this.#engine()
    return this.#numbers(spec).map((number) => documents.row(number).id)
  }

  count(spec: QuerySpec): number {
    return match(spec, this.#engine()).count
  }

  exists(spec: QuerySpec): boolean {
    return this.count(spec) > 0
  }

  first(spec: QuerySpec): unknown {
    return this.#give(this.#numbers(spec, 1), spec)[0]
  }

  explain(spec: QuerySpec) {
    return explain(spec, this.#engine())
  }

  matches(spec: QuerySpec, given: Conversation<Metadata> | object): boolean {
    const engine = this.#engine()
    const row = readConversation(given, { own: false, greatest: { message: 0, feedback: 0 } }) as Row
    if (row.is_deleted === true && spec.includeDeleted !== true) return false
    return groupHolds(plan(spec.where, engine), row)
  }

  #numbers(spec: QuerySpec, size?: number): number[] {
    const engine = this.#engine()
    const matches: Matches = match(spec, engine)
    return rowNumbers(matches, 0, size ?? matches.count, engine)
  }

  #give(numbers: readonly number[], spec: QuerySpec): unknown[] {
    const { documents } = this.#engine()
    return numbers.map((number) => given(documents.row(number), spec))
  }

  /** The page that a spec asks for, of so many rows. Throws `InvalidPageError` when there is none. */
  #pageOf(spec: QuerySpec, count: number) {
    const pageSize = Math.min(spec.pageSize ?? this.#settings.defaultPageSize, this.#settings.maxPageSize)
    const totalPages = Math.max(1, Math.ceil(count / pageSize))
    const page = spec.page === 'last' ? totalPages : (spec.page ?? 1)
    if (page > totalPages) {
      const last = totalPages === 1 ? 'There is one page' : `The last page is ${totalPages}`
      throw new InvalidPageError(page, `Page ${page} is past the end. ${last} (${count} rows, ${pageSize} a page).`)
    }
    return { pageSize, totalPages, page }
  }
}

/** A row as it is given out: frozen, lean if the query says so. */
function given(row: Row, spec: QuerySpec): Row | LeanConversation<unknown> {
  freezeRow(row)
  return spec.lean === true ? leanRow(row) : row
}

/** A row with the numbers of its messages and feedbacks instead of them. O(keys). */
export function leanRow<Metadata>(row: Conversation<Metadata>): LeanConversation<Metadata> {
  const { messages, feedbacks, ...rest } = row
  return Object.freeze({
    ...rest,
    message_count: messages?.length ?? 0,
    feedback_count: feedbacks?.length ?? 0,
  }) as unknown as LeanConversation<Metadata>
}
