import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HashTable, hashUnits, type Key } from '../../../../src/engine/segments/hash-table.ts'

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
        expect(hashUnits(text, from, to)).toBe(hashUnits(slice, 0, slice.length))
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
