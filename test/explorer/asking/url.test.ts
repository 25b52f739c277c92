/** The URL holds what is asked and looked at: written and read again it is the same, whatever a query is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addCondition,
  joinWithNext,
  negate,
  setSearch,
  switchOff,
  toggleValue,
} from '../../../src/explorer/asking/changes/index.ts'
import type { Asked } from '../../../src/explorer/asking/contract.ts'
import { NOTHING, queryOf, queryOfRows } from '../../../src/explorer/asking/query.ts'
import {
  askedOf,
  FIRST_VIEW,
  readSearch,
  readUrl,
  writeSearch,
  writeUrl,
} from '../../../src/explorer/asking/url/index.ts'
import { Query } from '../../../src/index.ts'
import { querySpec } from '../../../src/testing/arbitraries/index.ts'
import { AWKWARD, spec, TINY } from '../../arbitraries/spec.ts'
import { queryString } from '../../arbitraries/wire.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 200) }
const read = (url: string) => readUrl(new URL(url, 'https://example.com/explore/'))

describe.each([
  ['tiny', spec(TINY)],
  ['awkward', spec(AWKWARD)],
  ["users'", querySpec({ paged: true })],
])('every query over %s domains', (_, specs) => {
  test('is shown and kept: from its URL to parts and back to an equal one', () => {
    fc.assert(
      fc.property(specs, (given) => {
        const url = String(Query.fromSpec(given).toSearchParams())
        const { asked, faults } = readSearch(url)
        expect(faults).toEqual([])
        expect(queryOf(asked).key).toBe(JSON.stringify(given))
        expect(Query.fromSearchParams(writeSearch(asked)).key).toBe(JSON.stringify(given))
        // Read again it is the same parts in the same order.
        expect(readSearch(writeSearch(asked)).asked).toEqual(asked)
      }),
      runs,
    )
  })

  test('keeps the order of its parts, what is off and what is negated', () => {
    fc.assert(
      fc.property(specs, fc.infiniteStream(fc.nat()), (given, draws) => {
        const next = (below: number) => draws.next().value! % below
        const { parts, ...rest } = askedOf(given)
        const shuffled = parts
          .map((part) => ({ part: { ...part, isOff: next(3) === 0 }, place: next(100) }))
          .sort((a, b) => a.place - b.place)
          .map(({ part }) => part)
        const asked: Asked = { ...rest, parts: shuffled }
        const said = read(writeUrl(asked, FIRST_VIEW))
        expect(said.faults).toEqual([])
        expect(queryOf(said.asked).key).toBe(queryOf(asked).key)
        expect(said.asked.parts.map(({ isOff }) => isOff)).toEqual(shuffled.map(({ isOff }) => isOff))
        expect(writeUrl(said.asked, said.view)).toBe(writeUrl(asked, FIRST_VIEW))
      }),
      runs,
    )
  })
})

test('whatever a query string is, it asks what the library reads, or says what is wrong', () => {
  fc.assert(
    fc.property(queryString, (search) => {
      const { asked, faults } = readSearch(search)
      let whole: { readonly key: string } | undefined
      try {
        whole = Query.fromSearchParams(search)
      } catch (error) {
        expect(faults.slice(0, (error as { faults: unknown[] }).faults.length)).toEqual(
          (error as { faults: unknown[] }).faults,
        )
      }
      expect(faults.length === 0).toBe(whole !== undefined)
      if (whole !== undefined) expect(queryOf(asked).key).toBe(whole.key)
      expect(Query.fromSearchParams(writeSearch(asked)).key).toBe(queryOf(asked).key)
    }),
    runs,
  )
})

describe('a URL', () => {
  const two = toggleValue(toggleValue(NOTHING, 'language', 'de'), 'device', 'mobile')

  test('is short and readable, and can be pasted after the API', () => {
    const asked = setSearch(toggleValue(two, 'device', 'tablet'), ' refund now ')
    expect(writeUrl(asked, FIRST_VIEW)).toBe('?language=de&device__in=mobile,tablet&search=refund+now')
    expect(writeUrl(NOTHING, FIRST_VIEW)).toBe('')
    expect(queryOf(read(writeUrl(asked, FIRST_VIEW)).asked).key).toBe(queryOf(asked).key)
  })

  test('keeps the order in which pills were added, inside metadata and where too', () => {
    let asked = two
    asked = toggleValue(asked, 'metadata.plan', 'pro')
    asked = toggleValue(asked, 'metadata.beta', true)
    asked = addCondition(asked, { field: 'metadata', path: ['z'], lookup: 'exists', value: true })
    asked = addCondition(asked, { field: 'action', lookup: 'matches', value: { name: ['refund'], failed: true } })
    expect(writeSearch(asked)).toMatch(/^language=de&device=mobile&metadata=plan:pro,beta:true&where=/)
    expect(read(`?${writeSearch(asked)}`).asked).toEqual(asked)
  })

  test('holds in its hash what is off, and the view', () => {
    const asked = switchOff(two, 0)
    const view = {
      open: 'order 17',
      message: 3,
      every: 'week',
      pane: 'conversation',
      numbers: { measure: 'p95', of: 'metadata.tokens.total', by: null },
    } as const
    const url = writeUrl(asked, view)
    expect(url).toBe(
      '?device=mobile#open=order+17&message=3&every=week&pane=conversation&numbers=p95&of=metadata.tokens.total&off=0%7Elanguage%3Dde',
    )
    expect(read(url)).toEqual({ asked, view, faults: [] })
  })

  test('holds alternatives, negated and switched off', () => {
    const joined = negate(joinWithNext(two, 0), 0)
    expect(read(writeUrl(joined, FIRST_VIEW)).asked).toEqual(joined)
    const off = switchOff(joined, 0)
    expect(read(writeUrl(off, FIRST_VIEW)).asked).toEqual(off)
    expect(queryOf(off).key).toBe(queryOf(NOTHING).key)
  })

  test('with words that are off, and words asked twice', () => {
    const twice = readSearch(
      `search=refund&where=${JSON.stringify([{ field: 'search', lookup: 'icontains', value: 'x' }])}`,
    )
    expect(twice.asked.search).not.toBe('')
    expect(twice.asked.parts).toHaveLength(1)
    const off = switchOff(twice.asked, 0)
    expect(read(writeUrl(off, FIRST_VIEW)).asked).toEqual(off)
  })

  test('that asks for a page keeps it, though panes show all rows', () => {
    const { asked } = readSearch('device=mobile&page=3&page_size=20&full=false')
    expect(asked.paging).toEqual({ page: 3, pageSize: 20, lean: true })
    expect(queryOfRows(asked).key).toBe(queryOf(toggleValue(NOTHING, 'device', 'mobile')).key)
    expect(writeSearch(asked)).toBe('device=mobile&full=false&page=3&page_size=20')
  })

  test("keeps the page's own parameter", () => {
    const said = read('?src=./rows.ndjson&device=mobile')
    expect(said.faults).toEqual([])
    expect(writeUrl(said.asked, said.view, '?src=./rows.ndjson&device=mobile')).toBe('?src=./rows.ndjson&device=mobile')
  })

  test('with faults says all of them in the words of the library, and what is left to ask', () => {
    const { asked, faults } = read('?devise=mobile&is_marked=perhaps&language=de&page=0')
    expect(faults.map(({ parameter }) => parameter)).toEqual(['devise', 'is_marked', 'page'])
    expect(faults[0]!.message).toContain('Did you mean "device"?')
    expect(writeSearch(asked)).toBe('language=de')
  })

  test('with an invalid hash is read as far as it goes', () => {
    expect(
      read('?device=mobile#every=year&pane=x&message=-1&off=nothing&off=7~nothing%3D1&off=9~language%3Dde'),
    ).toEqual({
      asked: switchOff(toggleValue(toggleValue(NOTHING, 'device', 'mobile'), 'language', 'de'), 1),
      view: FIRST_VIEW,
      faults: [],
    })
  })
})
