import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Seed } from '../../../../src/base/seed.ts'
import { HashTable, hashUnits, type Key } from '../../../../src/engine/segments/hash-table.ts'

/** Seeds as they are drawn. */
const SEEDS: readonly Seed[] = [
  { first: 0x1b873593, factor: 0x5bd1e995 },
  { first: -0x2c1b3c6d, factor: 0x9e3779b1 },
  { first: 77, factor: 0xa54ff53b | 0 },
]

/** A table of the places of keys in a list. */
function tableOf(...keys: Key[]): { table: HashTable; keys: Key[] } {
  const table = new HashTable((entry) => keys[entry]!)
  for (let entry = 0; entry < keys.length; entry++) table.add(entry)
  return { table, keys }
}

describe('find', () => {
  test('keys are told apart by type', () => {
    const mark = Symbol('mark')
    const { table, keys } = tableOf(1, '1', true, 'true', 0, false, null, 'null', '', mark, 2, -1, 0.1, '__proto__')
    expect(keys.map((key) => table.find(key))).toEqual(keys.map((_, entry) => entry))
    expect([-0, 1.0].map((key) => table.find(key))).toEqual([4, 0])
    expect(['2', 3, Symbol('mark'), 'x', Number.NaN].map((key) => table.find(key))).toEqual([-1, -1, -1, -1, -1])
    expect(table.size).toBe(keys.length)
  })

  test('nothing in an empty table', () => {
    expect(tableOf().table.find('a')).toBe(-1)
    expect(tableOf().table.findSlice('a', 0, 1)).toBe(-1)
  })

  test('a stretch of a text is found as the text cut out', () => {
    const { table } = tableOf('', 'b', 'bc', 'abc', '\ud83d', '\u{1f600}')
    const find = (text: string, from: number, to: number) => table.findSlice(text, from, to)
    expect([find('abc', 1, 2), find('abc', 1, 3), find('abc', 0, 3), find('abc', 0, 2), find('abc', 1, 1)]).toEqual([
      1, 2, 3, -1, 0,
    ])
    expect([find('a\u{1f600}', 1, 3), find('a\u{1f600}', 1, 2), find('a\u{1f600}', 2, 3)]).toEqual([5, 4, -1])
  })
})

describe('hashUnits', () => {
  test('is that of the text cut out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(9), fc.nat(9), (text, a, b) => {
        const [from, to] = [Math.min(a, text.length), Math.min(a + b, text.length)]
        const slice = text.slice(from, to)
        expect(hashUnits(text, from, to, SEEDS[0]!)).toBe(hashUnits(slice, 0, slice.length, SEEDS[0]!))
      }),
    )
  })
})

describe('many', () => {
  test.each<[string, (i: number) => Key]>([
    ['ids in a row', (i) => i + 1],
    ['ids far apart', (i) => (i + 1) * 2 ** 32],
    ['ids at the end', (i) => Number.MAX_SAFE_INTEGER - i],
    ['fractions', (i) => i / 8],
    ['texts that end alike', (i) => `${i}@example.com`],
    ['texts that begin alike', (i) => `conversation-${String(i).padStart(9, '0')}`],
  ])('%s are found, and do not crowd', (_, keyOf) => {
    let looks = 0
    const table = new HashTable((entry) => {
      looks++
      return keyOf(entry)
    })
    for (let entry = 0; entry < 20_000; entry++) table.add(entry)
    looks = 0
    for (let entry = 0; entry < 20_000; entry++) expect(table.find(keyOf(entry))).toBe(entry)
    expect(looks / 20_000).toBeLessThan(4)
    expect(table.bytes).toBeLessThan(20_000 * 16)
  })
})

describe('any history', () => {
  test('agrees with a map, however much is added and taken away', () => {
    const key = fc.oneof(fc.nat(30), fc.nat(30).map(String), fc.constantFrom<Key>(null, true, false, -0, 2 ** 40))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 200 }), (steps) => {
        const keys: Key[] = []
        const table = new HashTable((entry) => keys[entry]!)
        const expected = new Map<Key, number>()
        for (const [isAdded, it] of steps) {
          const entry = expected.get(it)
          if (isAdded && entry === undefined) {
            expected.set(it, keys.push(it) - 1)
            table.add(keys.length - 1)
          } else if (!isAdded && entry !== undefined) {
            table.remove(entry)
            expected.delete(it)
          }
          expect([table.size, table.find(it)]).toEqual([expected.size, expected.get(it) ?? -1])
        }
        for (const it of keys) expect(table.find(it)).toBe(expected.get(it) ?? -1)
      }),
    )
  })

  test('one key that comes and goes takes no more room', () => {
    const table = new HashTable((entry) => entry)
    const { bytes } = table
    for (let entry = 0; entry < 1_000; entry++) {
      table.add(entry)
      expect(table.find(entry)).toBe(entry)
      table.remove(entry)
      expect(table.find(entry)).toBe(-1)
    }
    expect([table.size, table.bytes]).toEqual([0, bytes])
  })
})

test('long keys, added, taken away, and others in their place', () => {
  const long = (name: string) => name.padEnd(2_000, 'long ')
  const keys = Array.from({ length: 100 }, (_, i) => long(`a${i}`))
  const table = new HashTable((entry) => keys[entry]!)
  for (let i = 0; i < 100; i++) table.add(i)
  for (let i = 0; i < 100; i += 2) {
    table.remove(i)
    keys[i] = long(`b${i}`)
    table.add(i)
  }
  for (let i = 0; i < 100; i++) {
    expect(table.find(long(`a${i}`))).toBe(i % 2 === 0 ? -1 : i)
    expect(table.find(long(`b${i}`))).toBe(i % 2 === 0 ? i : -1)
  }
})

test('tens of thousands of keys, in many parts, and half of them gone', () => {
  const keys = Array.from({ length: 40_000 }, (_, i) => (i % 3 === 0 ? i : `key ${i}`))
  const table = new HashTable((entry) => keys[entry]!)
  for (let i = 0; i < keys.length; i++) {
    expect(table.find(keys[i]!)).toBe(-1)
    table.add(i)
  }
  expect(table.size).toBe(40_000)
  for (let i = 0; i < keys.length; i += 2) table.remove(i)
  expect(table.size).toBe(20_000)
  keys.forEach((key, i) => {
    expect(table.find(key)).toBe(i % 2 === 0 ? -1 : i)
    if (typeof key === 'string') expect(table.findSlice(`<${key}>`, 1, key.length + 1)).toBe(i % 2 === 0 ? -1 : i)
  })
  for (let i = 0; i < keys.length; i += 2) table.add(i)
  expect(keys.every((key, i) => table.find(key) === i)).toBe(true)
})

describe('keys that were chosen to meet', () => {
  afterEach(() => vi.unstubAllGlobals())

  /** How often a table looks at a key while it takes in such keys, a key. */
  function looksOf(keys: readonly Key[], seed?: Seed): number {
    let looks = 0
    const table = new HashTable((entry) => {
      looks++
      return keys[entry]!
    }, seed)
    for (let entry = 0; entry < keys.length; entry++) table.add(entry)
    looks = 0
    for (const [entry, key] of keys.entries()) expect(table.find(key)).toBe(entry)
    return looks / keys.length
  }

  /** Strings that all have one hash: two blocks that meet, and so on from where they meet. */
  function meeting(step: (hash: number, unit: number) => number, first: number, mask: number): string[] {
    let hash = first
    let strings = ['']
    for (let block = 0; strings.length < 4_096; block++) {
      const seen = new Map<number, string>()
      for (let i = 0; ; i++) {
        const letters = (i * 7_919 + block).toString(26).padStart(8, 'z')
        const end = [...letters].reduce((before, letter) => step(before, letter.charCodeAt(0)), hash)
        const other = seen.get(end & mask)
        seen.set(end & mask, letters)
        if (other === undefined) continue
        strings = strings.flatMap((begin) => [begin + other, begin + letters])
        hash = end
        break
      }
    }
    return strings
  }

  test('by a hash that anyone can work out are looked at no more often than others', () => {
    const length = 8 * 12
    const strings = meeting((hash, unit) => Math.imul(hash ^ unit, 0x01000193), length, -1)
    expect(strings).toHaveLength(4_096)
    expect(strings[0]).toHaveLength(length)
    for (const seed of SEEDS) expect(looksOf(strings, seed)).toBeLessThan(4)
  })

  test('under one seed do not under another', () => {
    const [one, ...others] = SEEDS as [Seed, ...Seed[]]
    const step = (hash: number, unit: number) => {
      const product = Math.imul(hash ^ unit, one.factor)
      return product ^ (product >>> 15)
    }
    const strings = meeting(step, one.first ^ 96, -1)
    expect(new Set(strings.map((it) => hashUnits(it, 0, it.length, one))).size).toBe(1)
    for (const seed of others) {
      expect(new Set(strings.map((it) => hashUnits(it, 0, it.length, seed))).size).toBeGreaterThan(4_000)
      expect(looksOf(strings, seed)).toBeLessThan(4)
    }
  })

  test.each<[string, (i: number) => Key]>([
    ['numbers that differ in their upper bits', (i) => (i + 1) * 2 ** 40],
    [
      'numbers that differ in sign and exponent',
      (i) => (i % 2 === 0 ? 1 : -1) * 2 ** (i >> 3) * (1 + ((i >> 1) & 3) / 8),
    ],
    [
      'strings that differ in the upper bits of their units',
      (i) => String.fromCharCode(...[0, 4, 8, 12].map((bit) => (((i >> bit) & 15) << 12) | 0x61)),
    ],
    [
      'strings of one sequence and its opposite',
      (i) => Array.from({ length: 12 }, (_, bit) => (((i >> bit) & 1) === 0 ? 'abbabaab' : 'baababba')).join(''),
    ],
  ])('%s', (_, keyOf) => {
    const keys = Array.from({ length: 4_000 }, (_, i) => keyOf(i))
    expect(new Set(keys).size).toBe(4_000)
    for (const seed of SEEDS) expect(looksOf(keys, seed)).toBeLessThan(4)
  })

  test('tables have seeds of their own', () => {
    const drawn: number[] = []
    vi.stubGlobal('crypto', {
      getRandomValues: (numbers: Uint32Array) => {
        drawn.push(numbers.length)
        return numbers.fill(drawn.length * 0x1b873593)
      },
    })
    for (const keys of [['a', 'b'], ['c']]) looksOf(keys)
    looksOf([])
    // Two numbers of 32 bits for each table with keys, once.
    expect(drawn).toEqual([2, 2])
  })

  test('where no random values can be had a table works, and has a seed once they can', () => {
    let looks = 0
    const strings = meeting(
      (hash, unit) => {
        const product = Math.imul(hash ^ unit, 0x85ebca6b)
        return product ^ (product >>> 15)
      },
      96,
      -1,
    )
    const table = new HashTable((entry) => {
      looks++
      return strings[entry]!
    })
    vi.stubGlobal('crypto', {
      getRandomValues() {
        throw new Error('Disallowed operation called within global scope.')
      },
    })
    for (let entry = 0; entry < 1_000; entry++) table.add(entry)
    looks = 0
    expect(table.find(strings[999]!)).toBe(999)
    expect(looks).toBe(1_000)
    vi.stubGlobal('crypto', { getRandomValues: () => Uint32Array.of(0x1b873593, 0x5bd1e995) })
    for (let entry = 1_000; entry < 1_100; entry++) table.add(entry)
    looks = 0
    for (let entry = 0; entry < 1_100; entry++) expect(table.find(strings[entry]!)).toBe(entry)
    expect(looks / 1_100).toBeLessThan(4)
    expect(table.size).toBe(1_100)
  })
})
