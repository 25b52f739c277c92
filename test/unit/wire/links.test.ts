import { describe, expect, test } from 'vitest'
import { links } from '../../../src/wire/links.ts'
import type { Param } from '../../../src/wire/params.ts'

const LIST = 'http://localhost/api/conversations/'
const of = (baseUrl: string | undefined, ...given: Param[]) => links(baseUrl, () => given)

describe('links', () => {
  test('replace the page, sorted by name; page 1 has none', () => {
    const urls = of(undefined, ['page', '2'], ['device', 'a'], ['unknown', ''], ['b', '2'])
    expect(urls.next({ page: 2, totalPages: 3 })).toBe(`${LIST}?b=2&device=a&page=3&unknown=`)
    expect(urls.previous({ page: 2, totalPages: 3 })).toBe(`${LIST}?b=2&device=a&unknown=`)
    expect(urls.previous({ page: 3, totalPages: 3 })).toBe(`${LIST}?b=2&device=a&page=2&unknown=`)
  })

  test('of the first, the last and an only page are null, and so are those of a page found by a cursor', () => {
    const urls = of(undefined)
    expect(urls.previous({ page: 1, totalPages: 2 })).toBeNull()
    expect(urls.next({ page: 2, totalPages: 2 })).toBeNull()
    expect(urls.next({ page: 1, totalPages: 1 })).toBeNull()
    expect(urls.next({ page: null, totalPages: 9 })).toBeNull()
    expect(urls.previous({ page: null, totalPages: 9 })).toBeNull()
  })

  test('of a page past the end lead back to the last', () => {
    expect(of(undefined).previous({ page: 9, totalPages: 4 })).toBe(`${LIST}?page=4`)
  })

  test('keep repeated parameters in their order, and are written as forms are', () => {
    const given: Param[] = [
      ['b', '2'],
      ["a b*-._~!'()", 'é&=+%😀'],
      ['b', '1'],
    ]
    const sorted = new URLSearchParams([given[1], given[0], given[2]] as [string, string][])
    expect(of(undefined, ...given).previous({ page: 2, totalPages: 2 })).toBe(`${LIST}?${sorted}`)
    expect(of(undefined, ['', '']).next({ page: 1, totalPages: 2 })).toBe(`${LIST}?=&page=2`)
  })

  test('read the parameters once, and only when a URL is needed', () => {
    let reads = 0
    const counted = links(undefined, () => {
      reads++
      return []
    })
    counted.next({ page: 1, totalPages: 1 })
    expect(reads).toBe(0)
    counted.next({ page: 1, totalPages: 2 })
    counted.previous({ page: 2, totalPages: 2 })
    expect(reads).toBe(1)
  })

  test.each([
    [undefined, LIST],
    ['', LIST],
    ['https://example.com', 'https://example.com/api/conversations/'],
    ['https://example.com/', 'https://example.com/api/conversations/'],
    ['https://example.com:8080?x=1', 'https://example.com:8080/api/conversations/'],
    ['https://example.com/v2/chats', 'https://example.com/v2/chats/'],
    ['https://example.com/v2/chats/', 'https://example.com/v2/chats/'],
    ['https://example.com/v2/chats?x=1#y', 'https://example.com/v2/chats/'],
    ['/api/conversations', '/api/conversations/'],
  ])('stand under %s', (baseUrl, list) => {
    expect(of(baseUrl).next({ page: 1, totalPages: 2 })).toBe(`${list}?page=2`)
    expect(of(baseUrl).previous({ page: 2, totalPages: 2 })).toBe(list)
  })
})
