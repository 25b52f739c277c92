/** Facets of metadata paths, and their order by how well they split. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bySplit, metadataFacets, splitScore } from '../../src/explorer/facets/metadata.ts'

const values = (...counts: readonly number[]) => counts.map((count, i) => ({ value: `v${i}`, count, selected: false }))

describe('how well values split', () => {
  test('few values of equal share do it best, one value and ids not at all', () => {
    const even = splitScore(values(50, 50), 100)
    const skewed = splitScore(values(95, 5), 100)
    const ids = splitScore(values(...Array.from({ length: 32 }, () => 1)), 100)
    expect(even).toBeGreaterThan(skewed)
    expect(skewed).toBeGreaterThan(ids)
    expect(splitScore(values(100), 100)).toBe(0)
    expect(ids).toBe(0)
    expect(splitScore(values(...Array.from({ length: 100 }, () => 1)), 100)).toBe(0)
  })

  test('of nothing and of one row is 0', () => {
    expect(splitScore([], 0)).toBe(0)
    expect(splitScore(values(1), 1)).toBe(0)
    expect(splitScore(values(1, 0), 1)).toBe(0)
  })

  test('the most frequent values tell it nearly as well as all', () => {
    const all = values(...Array.from({ length: 64 }, () => 10))
    expect(splitScore(all.slice(0, 32), 640)).toBeCloseTo(splitScore(all, 640))
  })

  test('is from 0 to 1 for any counts', () => {
    const counts = fc.array(fc.nat({ max: 1000 }), { maxLength: 40 })
    fc.assert(
      fc.property(counts, fc.nat({ max: 100_000 }), (given, rows) => {
        const score = splitScore(values(...given.toSorted((a, b) => b - a)), rows)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('orders facets, and leaves those without a score in their order at the end', () => {
    const facet = (field: string) => ({ field, label: field, group: 'Metadata', none: 'null' }) as const
    const facets = ['a', 'b', 'c', 'd'].map(facet)
    const scores = new Map([
      ['b', 0.2],
      ['d', 0.9],
    ])
    expect(bySplit(facets, scores).map(({ field }) => field)).toEqual(['d', 'b', 'a', 'c'])
  })
})

describe('facets of paths', () => {
  test('numbers alone are of numbers, lists are asked whether they hold a value', () => {
    const facets = metadataFacets([
      { path: 'total', type: 'number', rows: 3 },
      { path: 'total', type: 'null', rows: 1 },
      { path: 'tags', type: 'list', rows: 2 },
      { path: 'tag', type: 'list', rows: 1 },
      { path: 'tag', type: 'string', rows: 1 },
      { path: 'seats', type: 'number', rows: 1 },
      { path: 'seats', type: 'string', rows: 1 },
      { path: 'empty', type: 'object', rows: 1 },
      { path: ['"'], type: 'string', rows: 1 },
    ])
    expect(facets.map(({ field, isOfNumbers, lists }) => [field, isOfNumbers, lists])).toEqual([
      ['metadata.total', true, undefined],
      ['metadata.tags', false, 'always'],
      ['metadata.tag', false, 'mixed'],
      ['metadata.seats', false, undefined],
    ])
  })
})
