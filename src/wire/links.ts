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
  return new LazyLinks(baseUrl, given)
}

/** One object an answer: closures for each would be a fifth of a short query. */
class LazyLinks implements Links {
  readonly #baseUrl: string | undefined
  readonly #given: () => readonly Param[]
  #url: ((page: number) => string) | undefined

  constructor(baseUrl: string | undefined, given: () => readonly Param[]) {
    this.#baseUrl = baseUrl
    this.#given = given
  }

  next({ page, totalPages }: PagePlace): string | null {
    return page !== null && page < totalPages ? this.#at(page + 1) : null
  }

  previous({ page, totalPages }: PagePlace): string | null {
    return page !== null && page > 1 ? this.#at(Math.min(page - 1, totalPages)) : null
  }

  #at(page: number): string {
    this.#url ??= urlsOf(this.#baseUrl, this.#given())
    return this.#url(page)
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
