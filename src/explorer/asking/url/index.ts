/** What is asked and looked at as a URL, and back. */
import type { Fault } from 'conversation-store/core'
import type { Asked, View } from '../contract.ts'
import { readView, withOff, writeHash } from './hash.ts'
import { readSearch, withOwnParams, writeSearch } from './search.ts'

export { FIRST_VIEW } from './hash.ts'
export { askedOf, readSearch, writeSearch } from './search.ts'

/** The parts of a URL that hold it. `location` is one. */
export interface UrlParts {
  /** With or without `?`. */
  readonly search: string
  /** With or without `#`. */
  readonly hash: string
}

/** What a URL says. */
export interface Said {
  readonly asked: Asked
  readonly view: View
  /** What is wrong with its query string. `asked` is what the rest of it asks. */
  readonly faults: readonly Fault[]
}

/** What a URL asks and looks at. Never throws. */
export function readUrl({ search, hash }: UrlParts): Said {
  const { asked, faults } = readSearch(search)
  return { asked: withOff(asked, hash), view: readView(hash), faults }
}

/** The end of a URL, from its path on: `?device=mobile#open=order-17`, or `''`. `before` holds the page's own parameters, which stay. */
export function writeUrl(asked: Asked, view: View, before = ''): string {
  const search = withOwnParams(writeSearch(asked), before)
  const hash = writeHash(asked, view)
  return `${search === '' ? '' : `?${search}`}${hash === '' ? '' : `#${hash}`}`
}
