/** A page as the HTTP API answers it, with the URLs of the pages beside it. */
import type { Links } from './links.ts'

/** One page of an answer, before its links are made. */
export interface Page<Row> {
  /** Rows that match, over all pages. Exact. */
  readonly count: number
  /** Rows a page has, after the store's default and maximum. */
  readonly pageSize: number
  /** At least 1. */
  readonly totalPages: number
  /** From 1; null where the page is found by a cursor. */
  readonly page: number | null
  /** The page's rows, in order. */
  readonly rows: readonly Row[]
  /** The cursor after the page's last row, null where no row follows. */
  readonly nextCursor: () => string | null
}

/** One page of an answer. */
export interface Envelope<Row> {
  /** Rows that match, over all pages. Exact. */
  readonly count: number
  /** Rows a page has, after the default and the maximum of the store. */
  readonly page_size: number
  /** At least 1. */
  readonly total_pages: number
  /** From 1; null where the query has a cursor. */
  readonly current_page: number | null
  /** The URL of the next page, or null on the last one. Null where the query has a cursor. */
  readonly next: string | null
  /** The URL of the page before, or null on the first one. Null where the query has a cursor. */
  readonly previous: string | null
  /** The page's rows, in order. */
  readonly results: readonly Row[]
  /**
   * Where the next page begins, for `.after()`: a string fit for URLs, null on the last page. It stays good while rows
   * come and go. The HTTP API does not give it.
   */
  readonly next_cursor: string | null
}

/**
 * The envelope of a page. O(1): links and cursor are made when they are read, for most answers are read for their rows.
 * Properties that are made so cost a third of a microsecond each, so an answer on one page has none.
 */
export function envelopeOf<Row>(answer: Page<Row>, links: Links): Envelope<Row> {
  const { count, pageSize, totalPages, page, rows, nextCursor } = answer
  if (page === 1 && totalPages === 1) {
    return {
      count,
      page_size: pageSize,
      total_pages: totalPages,
      current_page: page,
      next: null,
      previous: null,
      results: rows,
      next_cursor: null,
    }
  }
  return {
    count,
    page_size: pageSize,
    total_pages: totalPages,
    current_page: page,
    get next() {
      return links.next(answer)
    },
    get previous() {
      return links.previous(answer)
    },
    results: rows,
    get next_cursor() {
      return nextCursor()
    },
  }
}

/** The envelopes of pages, each made when it is asked for. */
export function* envelopesOf<Row>(pages: Iterable<Page<Row>>, links: Links): Generator<Envelope<Row>> {
  for (const page of pages) yield envelopeOf(page, links)
}
