import { describe, expect, test } from 'vitest'
import { Query } from '../../../src/index.ts'
import { sourceOf } from '../query/source-of.ts'

const rows = Array.from({ length: 35 }, (_, i) => i)
/** As the handler reads a URL. */
const LENIENT = { strict: false }

const fetched = (params: string) => Query.fromSearchParams(params, sourceOf(rows).store, LENIENT).fetch()
const LIST = 'http://localhost/api/conversations/'

describe('links', () => {
  test('replace the page, sorted by name', () => {
    expect(fetched('page=2&device=a&unknown=&b=2')).toMatchObject({
      next: `${LIST}?b=2&device=a&page=3&unknown=`,
      previous: `${LIST}?b=2&device=a&unknown=`,
    })
  })

  test('of the first and the last page are null', () => {
    expect(fetched('')).toMatchObject({ next: `${LIST}?page=2`, previous: null })
    expect(fetched('page=4')).toMatchObject({ next: null, previous: `${LIST}?page=3` })
    expect(fetched('page=last')).toMatchObject({ current_page: 4, next: null, previous: `${LIST}?page=3` })
    expect(fetched('page=2')).toMatchObject({ previous: LIST })
    expect(fetched('page_size=50')).toMatchObject({ next: null, previous: null, total_pages: 1 })
  })

  test('keep all parameters as given: unknown, empty, repeated, untrimmed ones', () => {
    expect(fetched('?z=2&device=+a&z=1&page=&device=+b&page=2&%C3%A4=%20+x&device=').next).toBe(
      `${LIST}?device=+a&device=+b&device=&page=3&z=2&z=1&%C3%A4=++x`,
    )
  })

  test('can be followed', () => {
    const { store } = sourceOf(rows)
    let page = Query.fromSearchParams('device=a b&page_size=10&x=', store, LENIENT).fetch()
    const seen = [page.results]
    while (page.next !== null) {
      page = Query.fromSearchParams(page.next, store, LENIENT).fetch()
      seen.push(page.results)
    }
    expect(seen.flat()).toEqual(rows)
  })

  test('of a query that was changed since say its spec', () => {
    const { store } = sourceOf(rows)
    const read = Query.fromSearchParams('unknown=1&device=a&env=prod', store, LENIENT)
    expect(read.fetch().next).toBe(`${LIST}?device=a&env=prod&page=2&unknown=1`)
    expect(read.device(undefined).fetch().next).toBe(`${LIST}?device=a&env=prod&page=2&unknown=1`)
    expect(read.marked().fetch().next).toBe(`${LIST}?device=a&environment=production&is_marked=true&page=2`)
    expect(read.page(2).fetch().next).toBe(`${LIST}?device=a&environment=production&page=3`)
  })
})
