/** The URLs of the pages beside one page of an answer. */
import { host } from '../base/host.ts'
import { compareScalars } from '../query/canonical.ts'
import type { Param } from './params.ts'

/** Where a page stands among the others. */
export interface PagePlace {
  /** From 1; null for a page that was found by a cursor. */
  readonly page: number | null
  /** At least 1. */
  readonly totalPages: number
}

/** Gives the URLs of the pages beside one, null where there is no such page. The first URL costs O(parameters), others O(length). */
export interface Links {
  next(place: PagePlace): string | null
  previous(place: PagePlace): string | null
}

const DEFAULT_BASE = 'http://localhost'
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/]*\/?$/i

/**
 * The links of an answer to these parameters: sorted by name, repeated ones in their order, `page` replaced and for
 * page 1 left out. They stand under `baseUrl`, the list's own URL; an origin alone means its `/api/conversations/`.
 * `given` is called when the first URL is needed, for most answers are read for their rows.
 */
export function links(baseUrl: string | undefined, given: () => readonly Param[]): Links {
  let url: ((page: number) => string) | undefined
  const at = (page: number): string => {
    url ??= urlsOf(baseUrl, given())
    return url(page)
  }
  return {
    next: ({ page, totalPages }) => (page !== null && page < totalPages ? at(page + 1) : null),
    previous: ({ page, totalPages }) => (page !== null && page > 1 ? at(Math.min(page - 1, totalPages)) : null),
  }
}

function urlsOf(baseUrl: string | undefined, params: readonly Param[]): (page: number) => string {
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
