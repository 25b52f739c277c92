/** The query executor: the engine's answers as pages, rows, ids and counts. Documents are fetched last, for what is given out. */

import { InvalidPageError } from '../base/errors.ts'
import { counted } from '../base/text/counted.ts'
import type { Engine } from '../engine/engine.ts'
import { groupHolds } from '../engine/group.ts'
import { rowNumbersAfter } from '../engine/pages/after.ts'
import { rowNumbers } from '../engine/pages/pages.ts'
import { plan } from '../engine/plan.ts'
import { type Collector, count, type RunOptions, run } from '../engine/run.ts'
import type { Row } from '../engine/segments/documents.ts'
import { prepare } from '../engine/warm.ts'
import { readCursor } from '../query/cursor.ts'
import type { QuerySpec } from '../query/spec.ts'
import { readConversation } from '../row/read.ts'
import type { Page } from '../wire/envelope.ts'
import type { ChangeFeed } from './changes.ts'
import { cursorAfter, given, type PageSettings } from './page.ts'

/** Executes queries on the engine of one store, which is another one after `clear()`. */
export class QueryExecutor {
  readonly #engine: () => Engine
  readonly settings: PageSettings
  /** Tells what every write of the store changed. */
  readonly changes: ChangeFeed

  constructor(engine: () => Engine, settings: PageSettings, changes: ChangeFeed) {
    this.#engine = engine
    this.settings = settings
    this.changes = changes
  }

  /** The engine that holds the rows now. */
  get engine(): Engine {
    return this.#engine()
  }

  /** The URL of the list that links stand under, as it was given to the store. */
  get baseUrl(): string | undefined {
    return this.settings.baseUrl
  }

  /** The most rows a page. */
  get maxPageSize(): number {
    return this.settings.maxPageSize
  }

  /** Builds the indexes that a query needs and many rows lack, in slices, so that running it is short. */
  prepare(spec: QuerySpec): Promise<void> {
    return prepare(this.#engine, spec)
  }

  /**
   * One page, its rows frozen, and lean if the spec says so. Throws `InvalidPageError` for a page past the end, `TOO_COSTLY`
   * for a query that is expected to take more than `maxWork`.
   */
  page(spec: QuerySpec, options?: RunOptions): Page<unknown> {
    const { count, pageSize, totalPages, page, rows, nextCursor } = this.#window(spec, false, true, options)
    // Spelt out: spreading costs a microsecond, a quarter of a short query.
    return { count, pageSize, totalPages, page, rows: rows.map((row) => given(row, spec)), nextCursor }
  }

  /** The pages from the spec's own to the last, over the rows as they were when it was called. */
  pages(spec: QuerySpec): Iterable<Page<unknown>> {
    // Documents, not numbers: rows that change meanwhile are given as they were.
    const { rows, page, pageSize, ...counts } = this.#window(spec, true, true)
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

  /** One page of rows as they are held: whole, and not frozen. Past the end it throws, or with `mustBe: false` is empty. */
  documents(spec: QuerySpec, mustBe = true): Page<Row> {
    return this.#window(spec, false, mustBe)
  }

  /** All rows in order, pages aside. */
  rows(spec: QuerySpec): unknown[] {
    const { documents } = this.engine
    return this.#numbers(spec).map((number) => given(documents.row(number), spec))
  }

  /** The documents of all rows in order, pages aside: whole, and not frozen, to be read and not given out. */
  held(spec: QuerySpec): Iterable<Row> {
    const numbers = this.#numbers(spec)
    const read = this.engine.documents.reader('read')
    return {
      *[Symbol.iterator]() {
        for (const number of numbers) yield read(number)
      },
    }
  }

  /** The ids of all rows in order, pages aside. */
  ids(spec: QuerySpec): number[] {
    const { documents } = this.engine
    return this.#numbers(spec).map((number) => documents.id(number))
  }

  /** How many rows match. */
  count(spec: QuerySpec): number {
    return count(spec, this.engine)
  }

  /** The first row in order. */
  first(spec: QuerySpec): unknown {
    const [number] = this.#numbers(spec, 1)
    return number === undefined ? undefined : given(this.engine.documents.row(number), spec)
  }

  /** Whether the query holds for a row, stored or not. Throws `InvalidRowError` for an invalid row. */
  matches(spec: QuerySpec, row: unknown): boolean {
    return this.testOf(spec)(readConversation(row, { own: false, greatest: { message: 0, feedback: 0 } }) as Row)
  }

  /** Tells whether a row matches. Good until the store is cleared. */
  testOf(spec: QuerySpec): (row: Row) => boolean {
    const group = plan(spec.where, this.engine)
    return (row) => (row.is_deleted !== true || spec.includeDeleted === true) && groupHolds(group, row)
  }

  #numbers(spec: QuerySpec, size?: number): number[] {
    const { engine } = this
    return run(spec, engine, (matches) => rowNumbers(matches, 0, size ?? matches.count, engine))
  }

  /** The documents of the page that a spec asks for, or of all from there on. Past the end it throws, or the page is empty. */
  #window(spec: QuerySpec, toTheEnd: boolean, mustBe: boolean, options?: RunOptions): Page<Row> {
    const { engine } = this
    const collect: Collector<Page<Row>> = (matches) => {
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
    return run(spec, engine, collect, options)
  }

  /** The page that a spec asks for, of so many rows. Throws `InvalidPageError` for a page past the end. */
  #pageOf(spec: QuerySpec, count: number, mustBe: boolean) {
    const pageSize = Math.min(spec.pageSize ?? this.settings.defaultPageSize, this.settings.maxPageSize)
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
