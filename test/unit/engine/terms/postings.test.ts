import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DENSE_PART, nextFrom, type RowSet } from '../../../../src/engine/sets/rowset.ts'
import type { Postings } from '../../../../src/engine/terms/postings.ts'
import { PostingsBuilder } from '../../../../src/engine/terms/postings-builder.ts'

type Pair = readonly [term: number, slot: number]

function build(pairs: readonly Pair[], rows: number, termCount: number): Postings {
  const builder = new PostingsBuilder()
  for (const [term, slot] of pairs) builder.add(term, slot)
  return builder.build(rows, termCount)
}

function slotsIn(set: RowSet): number[] {
  const found: number[] = []
  for (let slot = nextFrom(set, 0); slot !== -1; slot = nextFrom(set, slot + 1)) found.push(slot)
  return found
}

/** Postings as a plain list: each term with its slots. */
function contents(postings: Postings): [number, number[]][] {
  return Array.from(postings.terms, (term, place) => [term, slotsIn(postings.at(place))])
}

/** The same from pairs, by `Map` and `sort`. */
function expected(pairs: readonly Pair[]): [number, number[]][] {
  const ascending = (a: number, b: number) => a - b
  const terms = [...new Set(pairs.map(([term]) => term))].sort(ascending)
  return terms.map((term) => [
    term,
    [...new Set(pairs.filter(([it]) => it === term).map(([, slot]) => slot))].sort(ascending),
  ])
}

describe('build', () => {
  test('no pairs', () => {
    const postings = build([], 100, 0)
    expect([postings.terms.length, postings.rows(0).count, postings.rows(-1).count]).toEqual([0, 0, 0])
  })

  test('repeats count once, slots out of order are sorted, terms come ascending', () => {
    const pairs: Pair[] = [
      [9, 4],
      [2, 8],
      [2, 1],
      [2, 8],
      [5, 7],
      [2, 1],
    ]
    expect(contents(build(pairs, 10, 10))).toEqual([
      [2, [1, 8]],
      [5, [7]],
      [9, [4]],
    ])
  })

  test('the first and the last slot of a full segment', () => {
    const pairs: Pair[] = [
      [0, 65_535],
      [0, 0],
    ]
    expect(contents(build(pairs, 65_536, 1))).toEqual([[0, [0, 65_535]]])
    expect(contents(build(pairs, 65_536, 1_000))).toEqual([[0, [0, 65_535]]])
  })

  test('terms up to the greatest number that fits, few beside many', () => {
    const pairs: Pair[] = [
      [0xffff_fffe, 3],
      [0, 65_535],
    ]
    expect(contents(build(pairs, 65_536, 0xffff_ffff))).toEqual([
      [0, [65_535]],
      [0xffff_fffe, [3]],
    ])
  })

  test('a term is a bitmap when more than a sixteenth of the rows have it, repeats counted once', () => {
    const rows = 320
    const upTo = (count: number): Pair[] => Array.from({ length: count }, (_, slot) => [0, slot])
    const limit = rows / DENSE_PART
    expect(build(upTo(limit), rows, 1).at(0).list).toBeDefined()
    expect(build([...upTo(limit), ...upTo(limit)], rows, 1).at(0).list).toBeDefined()
    expect(build(upTo(limit + 1), rows, 1).at(0).words).toBeDefined()
  })

  test('a bitmap between two lists leaves their slots in place', () => {
    const dense = Array.from({ length: 50 }, (_, slot): Pair => [1, slot * 2])
    const pairs: Pair[] = [[0, 7], ...dense, [2, 9], [2, 10]]
    expect(contents(build(pairs, 100, 3))).toEqual([
      [0, [7]],
      [1, dense.map(([, slot]) => slot)],
      [2, [9, 10]],
    ])
  })

  test('agrees with a map of sets, by either way of sorting', () => {
    const pair = fc.tuple(fc.oneof(fc.nat(4), fc.nat(60)), fc.oneof(fc.nat(9), fc.nat(99)))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 400 }), (pairs) => {
        // With few terms the pairs are counted into place, beside very many they are sorted.
        for (const termCount of [61, 100_000]) {
          const postings = build(pairs, 100, termCount)
          expect(contents(postings)).toEqual(expected(pairs))
          for (let place = 0; place < postings.terms.length; place++) {
            const set = postings.at(place)
            expect(set.count).toBe(slotsIn(set).length)
            expect(set.words !== undefined).toBe(set.count * DENSE_PART > 100)
          }
        }
      }),
    )
  })
})

describe('rows', () => {
  test('of each term there is and of none other', () => {
    const pairs: Pair[] = [
      [3, 1],
      [7, 2],
    ]
    const postings = build(pairs, 10, 20)
    expect([0, 3, 5, 7, 8, 19, -1].map((term) => slotsIn(postings.rows(term)))).toEqual([[], [1], [], [2], [], [], []])
    expect([2, 3, 4, 7, 8].map((term) => postings.place(term))).toEqual([-1, 0, -1, 1, -1])
  })
})

describe('eachPair', () => {
  test('visits lists and bitmaps, terms ascending, slots ascending within each, repeats once', () => {
    const pair = fc.tuple(fc.nat(5), fc.nat(39))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 80 }), (pairs) => {
        const visited: Pair[] = []
        build(pairs, 40, 6).eachPair((term, slot) => visited.push([term, slot]))
        expect(visited).toEqual(expected(pairs).flatMap(([term, slots]) => slots.map((slot) => [term, slot])))
      }),
    )
  })
})

describe('renumbered', () => {
  test('has the same rows under the new terms, and leaves the old postings as they were', () => {
    const dense = Array.from({ length: 20 }, (_, slot): Pair => [4, slot])
    const postings = build([[1, 30], ...dense, [6, 2]], 40, 7)
    const before = contents(postings)
    const after = postings.renumbered(Uint32Array.of(0, 0, 0, 0, 1, 0, 2))
    expect(contents(after)).toEqual(before.map(([, slots], term) => [term, slots]))
    expect(contents(postings)).toEqual(before)
  })
})

describe('bytes', () => {
  test('counts lists and bitmaps', () => {
    const sparse = build([[0, 1]], 1_000, 1).bytes
    const dense = build(
      Array.from({ length: 1_000 }, (_, slot): Pair => [0, slot]),
      1_000,
      1,
    ).bytes
    expect(sparse).toBe(4 + 8 + 2)
    expect(dense).toBe(4 + 8 + 128)
  })
})

test('more pairs than one array takes, with terms that few and that most rows have', () => {
  const pairs: Pair[] = Array.from({ length: 300_000 }, (_, i) => [(i * 7) % 5_003, (i * 13) % 2_000])
  const rows = new Map<number, Set<number>>()
  for (const [term, slot] of pairs) rows.set(term, (rows.get(term) ?? new Set()).add(slot))
  const built = contents(build(pairs, 2_000, 6_000))
  expect(built.map(([term]) => term)).toEqual([...rows.keys()].sort((a, b) => a - b))
  for (const [term, slots] of built) expect(slots).toEqual([...rows.get(term)!].sort((a, b) => a - b))
})
