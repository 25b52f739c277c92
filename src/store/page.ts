/** What a page gives out: rows, frozen and perhaps lean, and the cursor after them. */

import { InvalidPageError } from '../base/errors.ts'
import { counted } from '../base/text/counted.ts'
import type { Engine } from '../engine/engine.ts'
import { rowNumbersAfter } from '../engine/pages/after.ts'
import { keyOf } from '../engine/pages/order-key.ts'
import type { Row } from '../engine/segments/documents.ts'
import { writeCursor } from '../query/cursor.ts'
import { DEFAULT_ORDER, type QuerySpec } from '../query/spec.ts'
import type { Conversation, LeanConversation } from '../row/conversation.ts'
import { freezeRow } from '../row/freeze.ts'

/** What a store was told about pages and links. */
export interface PageSettings {
  readonly defaultPageSize: number
  readonly maxPageSize: number
  readonly baseUrl: string | undefined
}

/** Answers queries from an engine, which may be another at each call. */
export class Answers<Metadata> implements QuerySource<Metadata>, LiveSource {
  readonly #engine: () => Engine
  readonly #settings: PageSettings
  readonly #live: LiveQueries<Metadata>
  /** Lean rows that live queries gave out, by the row: as long as that does not change they are the same. */
  readonly #leanRows = new WeakMap<Row, LeanConversation<unknown>>()

  constructor(engine: () => Engine, settings: PageSettings, changes: Changes<Metadata>) {
    this.#engine = engine
    this.#settings = settings
    this.#live = new LiveQueries(this, changes, engine)
  }

  get baseUrl(): string | undefined {
    return this.#settings.baseUrl
  }

  page(spec: QuerySpec): PageAnswer<unknown> {
    const window = this.#window(spec, false)
    const { count, pageSize, totalPages, page } = window
    const rows = window.rows.map((row) => given(row, spec))
    return { count, pageSize, totalPages, page, rows, nextCursor: window.nextCursor }
  }

  pages(spec: QuerySpec): Iterable<PageAnswer<unknown>> {
    // Held as documents, not as numbers: rows that change meanwhile are given as they were.
    const { rows, page, pageSize, ...counts } = this.#window(spec, true)
    return (function* () {
      for (let from = 0; from === 0 || from < rows.length; from += pageSize) {
        const shown = rows.slice(from, from + pageSize)
        yield {
          ...counts,
          pageSize,
          page: page === null ? null : page + from / pageSize,
          rows: shown.map((row) => given(row, spec)),
          nextCursor: () => (from + pageSize < rows.length ? cursorAfter(shown, spec) : null),
        }
      }
    })()
  }

  rows(spec: QuerySpec): unknown[] {
    return this.#give(this.#numbers(spec), spec)
  }

  held(spec: QuerySpec): readonly Conversation<Metadata>[] {
    const { documents } = this.#engine()
    return this.#numbers(spec).map((number) => documents.row(number) as Conversation<Metadata>)
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

  facets(spec: QuerySpec, asked: FacetPlan) {
    return facets(spec, asked, this.#engine())
  }

  histogram(spec: QuerySpec, asked: HistogramPlan) {
    return histogram(spec, asked, this.#engine())
  }

  subscribe(spec: QuerySpec, question: LiveQuestion, envelope: (page: PageAnswer<unknown>) => Envelope<unknown>) {
    return this.#live.subscribe(spec, question, envelope)
  }

  livePage(spec: QuerySpec, isFirst: boolean): LivePage {
    const page = this.#window(spec, false, isFirst)
    // Where the last page begins hangs on the count, and after a cursor how many rows come before is not known.
    return page.page === null || spec.page === 'last' ? page : { ...page, start: (page.page - 1) * page.pageSize }
  }

  turnedPage(page: LivePage, rows: readonly Row[], count: number, spec: QuerySpec): LivePage {
    const totalPages = Math.max(1, Math.ceil(count / page.pageSize))
    const isLast = rows.length === 0 || (page.page === null ? page.nextCursor() === null : page.page >= totalPages)
    return { ...page, rows, count, totalPages, nextCursor: () => (isLast ? null : cursorAfter(rows, spec)) }
  }

  testOf(spec: QuerySpec): (row: Row) => boolean {
    const group = plan(spec.where, this.#engine())
    return (row) => (row.is_deleted !== true || spec.includeDeleted === true) && groupHolds(group, row)
  }

  give(row: Row, spec: QuerySpec): Row | LeanConversation<unknown> {
    if (spec.lean !== true) return given(row, spec)
    const lean = this.#leanRows.get(row) ?? leanRow(freezeRow(row))
    this.#leanRows.set(row, lean)
    return lean
  }

  explain(spec: QuerySpec) {
    return explain(spec, this.#engine())
  }

  matches(spec: QuerySpec, given: Conversation<Metadata> | object): boolean {
    return this.testOf(spec)(readConversation(given, { own: false, greatest: { message: 0, feedback: 0 } }) as Row)
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

  /** The documents of the page that a spec asks for, or of all from there on. Past the end it throws, or there are none. */
  #window(spec: QuerySpec, toTheEnd: boolean, mustBe = true): PageAnswer<Row> {
    const engine = this.#engine()
    const matches = match(spec, engine)
    const { count } = matches
    const { pageSize, totalPages, page } = this.#pageOf(spec, count, mustBe)
    // After a cursor one more than the page, to know whether it is the last.
    const numbers =
      page === null
        ? rowNumbersAfter(matches, readCursor(spec), toTheEnd ? count : pageSize + 1, engine)
        : page > totalPages
          ? []
          : rowNumbers(matches, (page - 1) * pageSize, toTheEnd ? count : pageSize, engine)
    const isLast = toTheEnd || (page === null ? numbers.length <= pageSize : page >= totalPages)
    if (!toTheEnd) numbers.length = Math.min(numbers.length, pageSize)
    const rows = numbers.map((number) => engine.documents.row(number))
    return { count, pageSize, totalPages, page, rows, nextCursor: () => (isLast ? null : cursorAfter(rows, spec)) }
  }

  /** The page that a spec asks for, of so many rows. Throws `InvalidPageError` when there is none. */
  #pageOf(spec: QuerySpec, count: number, mustBe: boolean) {
    const pageSize = Math.min(spec.pageSize ?? this.#settings.defaultPageSize, this.#settings.maxPageSize)
    const totalPages = Math.max(1, Math.ceil(count / pageSize))
    const page = spec.page === 'last' ? totalPages : spec.after === undefined ? (spec.page ?? 1) : null
    if (mustBe && page !== null && page > totalPages) {
      const last = totalPages === 1 ? 'There is one page' : `The last page is ${totalPages}`
      throw new InvalidPageError(
        page,
        `Page ${page} is past the end. ${last} (${counted(count, 'row')}, ${pageSize} a page).`,
      )
    }
    return { pageSize, totalPages, page }
  }
}

/** The cursor that goes on after the last of some rows. */
export function cursorAfter(rows: readonly Row[], spec: QuerySpec): string {
  return writeCursor(spec, keyOf(rows.at(-1)!, spec.orderBy ?? DEFAULT_ORDER))
}

/** A row as it is given out: frozen, lean if the query says so. */
export function given(row: Row, spec: QuerySpec): Row | LeanConversation<unknown> {
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
