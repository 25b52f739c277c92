import { describe, expect, test } from 'vitest'
import { Dictionary, PRESENT, type TermValue } from '../../../../src/engine/terms/dictionary.ts'

function dictionaryOf(...values: TermValue[]): Dictionary {
  const dictionary = new Dictionary()
  for (const value of values) dictionary.intern(value)
  return dictionary
}

describe('terms', () => {
  test('count from 0 in the order in which values came, each value once', () => {
    const dictionary = new Dictionary()
    expect(['b', 'a', 'b', 'c', 'a'].map((value) => dictionary.intern(value))).toEqual([0, 1, 0, 2, 1])
    expect(dictionary.size).toBe(3)
    expect([0, 1, 2].map((term) => dictionary.value(term))).toEqual(['b', 'a', 'c'])
    expect(['a', 'z'].map((value) => dictionary.term(value))).toEqual([1, -1])
  })

  test('values of different types are different, 1 and 1.0 are one', () => {
    const values: TermValue[] = [1, '1', true, 'true', null, 'null', '', 0, false, PRESENT]
    const dictionary = dictionaryOf(...values)
    expect(dictionary.size).toBe(values.length)
    expect(values.map((value) => dictionary.term(value))).toEqual(values.map((_, term) => term))
    expect([dictionary.term(1.0), dictionary.term(-0)]).toEqual([0, 7])
  })

  test('a stretch of a text is the value that it would be cut out', () => {
    const dictionary = dictionaryOf('order', 'x'.repeat(20))
    expect(dictionary.internSlice('my order', 3, 8)).toBe(0)
    expect(dictionary.internSlice(`${'x'.repeat(20)}y`, 0, 20)).toBe(1)
    expect(dictionary.internSlice(`${'x'.repeat(20)}y`, 0, 21)).toBe(2)
    expect([dictionary.internSlice('my', 0, 2), dictionary.internSlice('my', 0, 2)]).toEqual([3, 3])
    expect([2, 3].map((term) => dictionary.value(term))).toEqual([`${'x'.repeat(20)}y`, 'my'])
  })

  test('a new value from within a text is that stretch alone, short or long', () => {
    const dictionary = new Dictionary()
    const text = 'a short one and a much longer one after it'
    for (const [from, to] of [
      [2, 7],
      [2, 14],
      [2, 15],
      [16, 33],
    ] as const) {
      expect(dictionary.value(dictionary.internSlice(text, from, to))).toBe(text.slice(from, to))
      expect(dictionary.term(text.slice(from, to))).toBe(dictionary.size - 1)
    }
  })

  test('bytes: 10 a value, and the table', () => {
    expect(dictionaryOf().bytes).toBe(8 * 4)
    expect(dictionaryOf('a', 'b', 'c').bytes).toBe(3 * 10 + 8 * 4)
  })

  test('names of the prototype are values like others', () => {
    const dictionary = dictionaryOf('__proto__', 'constructor')
    expect(['__proto__', 'constructor', 'prototype'].map((value) => dictionary.term(value))).toEqual([0, 1, -1])
  })

  test('the version changes with each new value, and only then', () => {
    const dictionary = dictionaryOf('a')
    const { version } = dictionary
    dictionary.intern('a')
    expect(dictionary.version).toBe(version)
    dictionary.intern('b')
    expect(dictionary.version).not.toBe(version)
  })
})

describe('filter', () => {
  test('gives the terms whose value passes', () => {
    expect(dictionaryOf(1, 'a', 5, null).filter((value) => typeof value === 'number')).toEqual([0, 2])
  })
})

describe('compact', () => {
  test('keeps what is used in its order and says the new number of each', () => {
    const dictionary = dictionaryOf('a', 'b', 'c', 'd')
    const { generation, version } = dictionary
    const numbers = dictionary.compact(Uint8Array.of(0, 1, 0, 1))
    expect([numbers[1], numbers[3]]).toEqual([0, 1])
    expect([dictionary.size, dictionary.value(0), dictionary.value(1)]).toEqual([2, 'b', 'd'])
    expect(['a', 'b', 'c', 'd'].map((value) => dictionary.term(value))).toEqual([-1, 0, -1, 1])
    expect(dictionary.generation).toBe(generation + 1)
    expect(dictionary.version).not.toBe(version)
    expect(dictionary.intern('a')).toBe(2)
  })

  test('gives memory back', () => {
    const dictionary = dictionaryOf(...Array.from({ length: 100 }, (_, i) => `value ${i}`))
    const { bytes } = dictionary
    dictionary.compact(new Uint8Array(100))
    expect(dictionary.size).toBe(0)
    expect(dictionary.bytes).toBeLessThan(bytes / 10)
  })
})

describe('restore', () => {
  const values: TermValue[] = ['a', null, 1, 'b', '', PRESENT]

  function restored() {
    const asked: number[] = []
    const dictionary = new Dictionary()
    const at = (term: number) => {
      asked.push(term)
      return values[term]
    }
    dictionary.restore({ length: values.length, at })
    return { dictionary, asked }
  }

  test('makes a value when it is asked for, and keeps it', () => {
    const { dictionary, asked } = restored()
    expect(dictionary.size).toBe(6)
    expect(asked).toEqual([])
    expect([3, 1, 3, 1].map((term) => dictionary.value(term))).toEqual(['b', null, 'b', null])
    expect(asked).toEqual([3, 1])
    expect(dictionary.peek(0)).toBe('a')
    expect(dictionary.peek(0)).toBe('a')
    expect(asked).toEqual([3, 1, 0, 0])
  })

  test('finds terms, takes in others and renumbers', () => {
    const { dictionary } = restored()
    expect((['b', '', PRESENT, 1, '1'] as TermValue[]).map((value) => dictionary.term(value))).toEqual([3, 4, 5, 2, -1])
    expect(dictionary.intern('c')).toBe(6)
    expect([-1, 7].map((term) => dictionary.value(term))).toEqual([undefined, undefined])
    expect(dictionary.values).toEqual([...values, 'c'])
    expect(Array.from(dictionary.compact(Uint8Array.of(0, 1, 0, 1, 0, 0, 1)))).toEqual([0, 0, 0, 1, 0, 0, 2])
    expect(dictionary.values).toEqual([null, 'b', 'c'])
    expect(dictionary.term('a')).toBe(-1)
  })
})
