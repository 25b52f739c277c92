import { describe, expect, test } from 'vitest'
import { LastN } from '../../../src/base/last-n.ts'

describe('LastN', () => {
  const [a, b, c, d] = [{ a: 1 }, { b: 1 }, { c: 1 }, { d: 1 }]

  test('keeps the entries that were set or read last', () => {
    const map = new LastN<string, object>(3)
    expect(map.set('a', a)).toBe(a)
    map.set('b', b)
    map.set('c', c)
    expect([map.get('a'), map.get('x')]).toEqual([a, undefined])
    map.set('d', d)
    expect([...map.keys()]).toEqual(['c', 'a', 'd'])
    expect([...map.values()]).toEqual([c, a, d])
    expect([map.get('b'), map.size]).toEqual([undefined, 3])
    // Asking whether a key is there is no use of it.
    expect([map.has('c'), map.has('b')]).toEqual([true, false])
    map.set('b', b)
    expect([...map.keys()]).toEqual(['a', 'd', 'b'])
  })

  test('forgets a key, and all', () => {
    const map = new LastN<string, object>(2)
    map.set('a', a)
    map.set('b', b)
    map.delete('a')
    expect([map.has('a'), map.get('b')]).toEqual([false, b])
    map.clear()
    expect([map.size, map.get('b')]).toEqual([0, undefined])
  })
})
