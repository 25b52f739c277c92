/** A page as the HTTP API answers it, with the URLs of the pages beside it. */
import { host } from '../base/host.ts'
import type { Param } from '../wire/params.ts'
import { compareScalars } from './canonical.ts'
import type { PageAnswer } from './source.ts'

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
   * Where the next page begins, for `.after()`: a text fit for URLs, null on the last page. It stays good while rows
   * come and go. The HTTP API does not give it.
   */
  readonly next_cursor: string | null
}

/** The URL of a query at a page. */
export type Links = (page: number) => string

const DEFAULT_BASE = 'http://localhost'
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/]*\/?$/i

/**
 * The URLs of a query whose parameters are these: sorted by name, repeated ones in their order, `page` replaced and for
 * page 1 left out. They stand under `baseUrl`, the list's own URL; an origin alone means its `/api/conversations/`.
 */
export function linksOf(baseUrl: string | undefined, params: readonly Param[]): Links {
  const [address] = (baseUrl || DEFAULT_BASE).split(/[?#]/) as [string]
  const path = ORIGIN.test(address) ? address.replace(/\/?$/, '/api/conversations/') : address.replace(/\/?$/, '/')
  const sorted = params.filter(([name]) => name !== 'page').sort(([a], [b]) => compareScalars(a, b))
  const [before, after] = [sorted.filter(([name]) => name < 'page'), sorted.filter(([name]) => name > 'page')].map(
    (part) => String(new host.URLSearchParams(part)),
  )
  return (page) => {
    const query = [before, page > 1 ? `page=${page}` : '', after].filter((part) => part !== '').join('&')
    return query === '' ? path : `${path}?${query}`
  }
}

/**
 * The envelope of a page. O(1): links and cursor are made when they are read, for most answers are read for their rows.
 * Properties that are made so cost a third of a microsecond each, so an answer on one page has none.
 */
export function envelopeOf<Row>(answer: PageAnswer<Row>, links: Links): Envelope<Row> {
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
      return page !== null && page < totalPages ? links(page + 1) : null
    },
    get previous() {
      return page !== null && page > 1 ? links(Math.min(page - 1, totalPages)) : null
    },
    results: rows,
    get next_cursor() {
      return nextCursor()
    },
  }
}

/** The envelopes of pages, each made when it is asked for. */
export function* envelopesOf<Row>(pages: Iterable<PageAnswer<Row>>, links: Links): Generator<Envelope<Row>> {
  for (const page of pages) yield envelopeOf(page, links)
}
