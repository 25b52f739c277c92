import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addTo, intersect, unite } from '../../../../src/engine/sets/algebra.ts'
import {
  countBits,
  countCommon,
  has,
  lastTo,
  listSet,
  NO_ROWS,
  nextFrom,
  popcount,
  type RowSet,
  rank,
  select,
  slotsOf,
  wordSet,
} from '../../../../src/engine/sets/rowset.ts'
import { Scratch } from '../../../../src/engine/sets/scratch.ts'

/** Four words and two bits: sets begin and end at, before and after the edges of words. */
const ROWS = 130
const EDGES = [0, 1, 31, 32, 33, 63, 64, 65, 95, 96, 127, 128, 129]

type Form = 'list' | 'words' | 'tight'

/** The same slots as a list, as a whole bitmap, or as one of which few words count and the others hold what was left in them. */
function setOf(slots: readonly number[], form: Form): RowSet {
  const sorted = [...slots].sort((a, b) => a - b)
  // Between the slots of others, which may be the same.
  if (form === 'list') return listSet(Uint16Array.of(0, 31, ...sorted, ...sorted, ROWS - 1), 2, 2 + sorted.length)
  const words = new Int32Array((ROWS + 31) >>> 5)
  const isTight = form === 'tight' && sorted.length > 0
  const lo = isTight ? sorted[0]! >>> 5 : 0
  const hi = isTight ? (sorted.at(-1)! >>> 5) + 1 : words.length
  words.fill(-1, 0, lo).fill(-1, hi)
  for (const slot of sorted) words[slot >>> 5]! |= 1 << (slot & 31)
  return wordSet(words, sorted.length, lo, hi)
}

/** What is in a set, read without any function under test. */
function slotsIn(set: RowSet): number[] {
  if (set.list !== undefined) return [...set.list.subarray(set.lo, set.hi)]
  const found: number[] = []
  for (let slot = set.lo * 32; slot < set.hi * 32; slot++) {
    if ((set.words![slot >>> 5]! >>> (slot & 31)) & 1) found.push(slot)
  }
  return found
}

const slot = fc.oneof(fc.constantFrom(...EDGES), fc.nat(ROWS - 1))
const slots = fc.oneof(
  fc.uniqueArray(slot, { maxLength: 12 }),
  // Large sets, so that something is left of four of them.
  fc.uniqueArray(slot, { maxLength: 12 }).map((missing) => upTo(ROWS).filter((it) => !missing.includes(it))),
)
const form = fc.constantFrom<Form>('list', 'words', 'tight')
const anySet = fc.tuple(slots, form)

function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i)
}

describe('intersect', () => {
  test.each([
    ['two lists', [[1, 3, 5], 'list'], [[3, 4, 5], 'list'], [3, 5]],
    ['a list and a bitmap', [[1, 3, 5], 'list'], [[3, 4, 5], 'words'], [3, 5]],
    ['a list and a bitmap of other words', [[1, 3, 5], 'list'], [[64, 65], 'tight'], []],
    ['bitmaps without a common word', [[1, 3, 5], 'tight'], [[64, 65], 'tight'], []],
    ['a bitmap and nothing', [[1, 3, 5], 'words'], [[], 'list'], []],
    ['a bitmap and an empty bitmap', [[1, 3, 5], 'words'], [[], 'tight'], []],
  ] as const)('%s', (_, [a, aForm], [b, bForm], expected) => {
    expect(slotsIn(intersect([setOf(a, aForm), setOf(b, bForm)], [], 0, ROWS, new Scratch(ROWS)))).toEqual(expected)
  })

  test('bounds at the edges of words cut lists and bitmaps alike', () => {
    for (const from of EDGES) {
      for (const to of [...EDGES, ROWS].filter((it) => it >= from)) {
        const expected = upTo(ROWS).filter((it) => it >= from && it < to)
        for (const how of ['list', 'words', 'tight'] as const) {
          const found = intersect([setOf(upTo(ROWS), how)], [], from, to, new Scratch(ROWS))
          expect([from, to, slotsIn(found), found.count]).toEqual([from, to, expected, expected.length])
        }
      }
    }
  })

  test('a short list in a much longer one is searched for, and answers the same', () => {
    const long = setOf(
      upTo(120).filter((it) => it % 2 === 0),
      'list',
    )
    const short = setOf([3, 4, 64], 'list')
    expect(slotsIn(intersect([short, long], [], 0, ROWS, new Scratch(ROWS)))).toEqual([4, 64])
    expect(slotsIn(intersect([short], [long], 0, ROWS, new Scratch(ROWS)))).toEqual([3])
  })

  test.each<[string, [number[], Form][], [number[], Form][], [number, number], number[]]>([
    [
      'a slot at the edge of a bitmap',
      [
        [[32], 'list'],
        [[32, 40], 'tight'],
      ],
      [],
      [0, ROWS],
      [32],
    ],
    [
      'a slot right behind a bitmap',
      [
        [[1, 33, 64], 'list'],
        [[33], 'tight'],
      ],
      [],
      [0, ROWS],
      [33],
    ],
    [
      'bitmaps that begin apart',
      [
        [[1, 33], 'list'],
        [[1, 33], 'tight'],
        [[33], 'tight'],
      ],
      [],
      [0, ROWS],
      [33],
    ],
    [
      'bitmaps that end apart',
      [
        [[1, 33], 'list'],
        [[1, 33], 'tight'],
        [[1], 'tight'],
      ],
      [],
      [0, ROWS],
      [1],
    ],
    ['without a bitmap that begins later', [[[1, 64, 65], 'words']], [[[64], 'tight']], [0, ROWS], [1, 65]],
    ['without a bitmap that ends sooner', [[[1, 64, 65], 'words']], [[[1], 'tight']], [0, ROWS], [64, 65]],
    ['from a slot before a bitmap', [[[64, 70], 'tight']], [], [33, ROWS], [64, 70]],
    ['to a slot behind a bitmap', [[[40, 63], 'tight']], [], [0, 98], [40, 63]],
  ])('no more of a bitmap counts than its words: %s', (_, wanted, unwanted, [from, to], expected) => {
    const sets = wanted.map(([it, how]) => setOf(it, how))
    const without = unwanted.map(([it, how]) => setOf(it, how))
    const found = intersect(sets, without, from, to, new Scratch(ROWS))
    expect([slotsIn(found), found.count]).toEqual([expected, expected.length])
  })

  test('agrees with sets of numbers, in any mix of lists and bitmaps, and leaves what it was given as it was', () => {
    const bounds = fc.tuple(fc.nat(ROWS), fc.nat(ROWS)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    fc.assert(
      fc.property(
        fc.array(anySet, { minLength: 1, maxLength: 6 }),
        fc.array(anySet, { maxLength: 3 }),
        bounds,
        (wanted, unwanted, [from, to]) => {
          const sets = wanted.map(([it, how]) => setOf(it, how))
          const without = unwanted.map(([it, how]) => setOf(it, how))
          const found = intersect(sets, without, from, to, new Scratch(ROWS))
          const expected = upTo(ROWS).filter(
            (it) =>
              it >= from &&
              it < to &&
              wanted.every(([inside]) => inside.includes(it)) &&
              !unwanted.some(([outside]) => outside.includes(it)),
          )
          expect(slotsIn(found)).toEqual(expected)
          expect(found.count).toBe(expected.length)
          expect(sets).toEqual(wanted.map(([it, how]) => setOf(it, how)))
          expect(without).toEqual(unwanted.map(([it, how]) => setOf(it, how)))
        },
      ),
    )
  })

  test('holds at the last slots of a full segment', () => {
    const scratch = new Scratch(65_536)
    const all = wordSet(new Int32Array(2_048).fill(-1), 65_536)
    const butLast = intersect([all], [], 0, 65_535, new Scratch(65_536))
    expect(slotsIn(intersect([all], [], 65_534, 65_536, scratch))).toEqual([65_534, 65_535])
    expect(slotsIn(intersect([all, listSet(Uint16Array.of(0, 65_535))], [], 1, 65_536, scratch))).toEqual([65_535])
    expect(slotsIn(intersect([all], [butLast], 0, 65_536, scratch))).toEqual([65_535])
    expect([nextFrom(all, 65_535), nextFrom(all, 65_536), lastTo(all, 65_535), rank(all, 65_536)]).toEqual([
      65_535, -1, 65_535, 65_536,
    ])
  })
})

describe('unite', () => {
  test.each([
    ['nothing', [], []],
    ['one set', [[[5, 7], 'list']], [5, 7]],
    [
      'sparse lists, repeats once',
      [
        [[5, 7], 'list'],
        [[5, 6], 'list'],
        [[], 'list'],
      ],
      [5, 6, 7],
    ],
    [
      'a list and a bitmap',
      [
        [[5, 129], 'list'],
        [[31, 32], 'tight'],
      ],
      [5, 31, 32, 129],
    ],
    [
      'bitmaps of different words',
      [
        [[0], 'tight'],
        [[128], 'tight'],
        [[64], 'words'],
      ],
      [0, 64, 128],
    ],
  ] as const)('%s', (_, sets, expected) => {
    const given = (sets as readonly (readonly [readonly number[], Form])[]).map(([it, how]) => setOf(it, how))
    expect(slotsIn(unite(given, ROWS, new Scratch(ROWS)))).toEqual(expected)
  })

  test('many lists, which make a bitmap, agree with few, which are sorted', () => {
    const thirds = upTo(ROWS).filter((it) => it % 3 === 0)
    for (const times of [2, 5, 6, 20]) {
      const found = unite(Array<RowSet>(times).fill(setOf(thirds, 'list')), ROWS, new Scratch(ROWS))
      expect(slotsIn(found)).toEqual(thirds)
      expect(found.count).toBe(thirds.length)
    }
  })

  test('agrees with sets of numbers, also into buffers that were used before', () => {
    fc.assert(
      fc.property(fc.array(anySet, { maxLength: 8 }), (given) => {
        const scratch = new Scratch(ROWS)
        scratch.words().fill(-1)
        scratch.room(ROWS)
        scratch.slots.fill(7)
        scratch.reset()
        const found = unite(
          given.map(([it, how]) => setOf(it, how)),
          ROWS,
          scratch,
        )
        const expected = [...new Set(given.flatMap(([it]) => it))].sort((a, b) => a - b)
        expect(slotsIn(found)).toEqual(expected)
        expect(found.count).toBe(expected.length)
      }),
    )
  })
})

describe('as many sets as a query may have', () => {
  /** Slots of which a set lacks every n-th, so that some are left of many. */
  const lacking = (n: number, from: number) => upTo(ROWS).filter((it) => it % n !== from % n)
  const forms = ['words', 'tight', 'list'] as const

  test.each([1, 2, 3, 4, 5, 6, 7])('%i bitmaps, with and without a list, are intersected whole', (many) => {
    // What is left in the buffers from the query before must not show.
    const scratch = new Scratch(ROWS)
    for (const hasList of [false, true]) {
      for (const [from, to] of [
        [0, ROWS],
        [33, 97],
        [64, 64],
      ] as const) {
        for (const without of [[], [5], [5, 64, 127], upTo(40)]) {
          const wanted = Array.from({ length: many }, (_, i) => lacking(7 + i, i))
          const sets = wanted.map((it, i) => setOf(it, i % 2 === 0 ? 'words' : 'tight'))
          if (hasList) {
            wanted.push(lacking(3, 1))
            sets.push(setOf(lacking(3, 1), 'list'))
          }
          const expected = upTo(ROWS).filter(
            (it) => it >= from && it < to && !without.includes(it) && wanted.every((some) => some.includes(it)),
          )
          for (const how of forms) {
            scratch.reset()
            scratch.words().fill(-1)
            scratch.reset()
            const found = intersect(sets, [setOf(without, how)], from, to, scratch)
            expect([slotsIn(found), found.count]).toEqual([expected, expected.length])
          }
        }
      }
    }
  })

  test('lists are united by sorting or, where they are many, by a bitmap', () => {
    for (const length of [2, 255, 256, 257, 300]) {
      const [even, third] = [2, 3].map((step) => Array.from({ length: length >> 1 }, (_, i) => step * i))
      const rest = length - 2 * (length >> 1)
      const lists = [even!, third!, Array.from({ length: rest }, () => 1)]
      const sets = lists.map((list) => listSet(Uint16Array.from(list)))
      const found = unite(sets, 1_000, new Scratch(1_000))
      const expected = [...new Set(lists.flat())].sort((a, b) => a - b)
      expect([slotsIn(found), found.count]).toEqual([expected, expected.length])
      expect(found.list !== undefined).toBe(length <= 256)
    }
  })

  test('one set is its own union', () => {
    const set = setOf([1, 2], 'words')
    expect(unite([set], ROWS, new Scratch(ROWS))).toBe(set)
    expect(unite([], ROWS, new Scratch(ROWS))).toBe(NO_ROWS)
    expect(intersect([set, setOf([], 'list')], [], 0, ROWS, new Scratch(ROWS))).toBe(NO_ROWS)
  })
})

describe('countCommon', () => {
  test.each(['words', 'tight', 'list'] as const)('counts what is in both, one of them as %s', (one) => {
    const examples = [[], [0], [33, 64, 65], [31, 32, 127, 128, 129], upTo(ROWS), upTo(64), upTo(ROWS).slice(64)]
    for (const other of ['words', 'tight', 'list'] as const) {
      for (const a of examples) {
        for (const b of examples) {
          expect(countCommon(setOf(a, one), setOf(b, other))).toBe(a.filter((it) => b.includes(it)).length)
        }
      }
    }
  })
})

describe('addTo', () => {
  test('sets bits and clears none', () => {
    const out = new Int32Array(5)
    addTo(out, setOf([1, 33], 'list'))
    addTo(out, setOf([2, 128], 'words'))
    addTo(out, setOf([64], 'tight'))
    expect(slotsIn(wordSet(out, 5))).toEqual([1, 2, 33, 64, 128])
  })
})

describe('finding places in a set', () => {
  test.each(['list', 'words', 'tight'] as const)('of no rows, as %s', (how) => {
    const empty = setOf([], how)
    expect([nextFrom(empty, 0), lastTo(empty, ROWS - 1), rank(empty, 64), has(empty, 0)]).toEqual([-1, -1, 0, false])
    expect([...slotsOf(empty)]).toEqual([])
  })

  test('a list has nothing of what stands behind it', () => {
    const list = listSet(Uint16Array.of(1, 2, 3), 0, 2)
    expect([has(list, 2), has(list, 3), nextFrom(list, 3)]).toEqual([true, false, -1])
  })

  test('NO_ROWS has none', () => {
    expect([NO_ROWS.count, nextFrom(NO_ROWS, 0), has(NO_ROWS, 0)]).toEqual([0, -1, false])
  })

  test('rank, select, nextFrom, lastTo, has and slotsOf agree with an array', () => {
    fc.assert(
      fc.property(slots, form, slot, (given, how, at) => {
        const set = setOf(given, how)
        const sorted = slotsIn(set)
        expect(rank(set, at)).toBe(sorted.filter((it) => it < at).length)
        expect(nextFrom(set, at)).toBe(sorted.find((it) => it >= at) ?? -1)
        expect(lastTo(set, at)).toBe(sorted.findLast((it) => it <= at) ?? -1)
        expect(lastTo(set, -1)).toBe(-1)
        expect(has(set, at)).toBe(sorted.includes(at))
        expect([...slotsOf(set)]).toEqual(sorted)
        expect(sorted.map((_, k) => select(set, k))).toEqual(sorted)
      }),
    )
  })

  test('rank and select are inverse, and so are the walks in both directions', () => {
    fc.assert(
      fc.property(slots, form, (given, how) => {
        const set = setOf(given, how)
        for (let k = 0; k < set.count; k++) expect(rank(set, select(set, k))).toBe(k)
        const forwards: number[] = []
        for (let it = nextFrom(set, 0); it !== -1; it = nextFrom(set, it + 1)) forwards.push(it)
        const backwards: number[] = []
        for (let it = lastTo(set, ROWS - 1); it !== -1; it = lastTo(set, it - 1)) backwards.push(it)
        expect(backwards.reverse()).toEqual(forwards)
        expect(forwards).toEqual(slotsIn(set))
      }),
    )
  })

  test('slotsOf gives a list of its own', () => {
    const set = setOf([3, 9], 'list')
    slotsOf(set).fill(0)
    expect(slotsIn(set)).toEqual([3, 9])
  })
})

describe('popcount', () => {
  test('counts the bits of any word', () => {
    const bits = (word: number) => [...(word >>> 0).toString(2)].filter((digit) => digit === '1').length
    for (const word of [0, 1, -1, 0x8000_0000 | 0, 0x7fff_ffff, 0x5555_5555, 0xaaaa_aaaa | 0]) {
      expect(popcount(word)).toBe(bits(word))
    }
    fc.assert(
      fc.property(fc.int32Array({ maxLength: 8 }), (words) => {
        expect(countBits(words, 0, words.length)).toBe([...words].reduce((sum, word) => sum + bits(word), 0))
      }),
    )
  })
})

describe('rank past the end', () => {
  test('of a bitmap whose last word is full counts every slot', () => {
    const words = new Int32Array(2).fill(-1)
    expect(rank(wordSet(words, 64), 64)).toBe(64)
    expect(rank(wordSet(words, 32, 0, 1), 40)).toBe(32)
    expect(rank(wordSet(words, 32, 1, 2), 31)).toBe(0)
  })
})
