/** How the string of a URL is read as a value of each type. It is trimmed, and not empty. */
import { describe, expect, test } from 'vitest'
import { order, page, pageSize } from '../../../src/query/paging.ts'
import {
  boolean,
  choice,
  comparable,
  environment,
  fullEnvironment,
  instant,
  itemsOf,
  listOf,
  number,
  scalar,
  seconds,
  text,
} from '../../../src/query/values.ts'

const BEYOND = 2 ** 53

test('a string is itself', () => {
  expect(text.fromText('a b', 'exact', [])).toBe('a b')
})

test.each<[string, boolean | undefined]>([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['0', false],
  ['yes', undefined],
  ['10', undefined],
  ['01', undefined],
  ['untrue', undefined],
  ['trues', undefined],
  ['00', undefined],
  ['falsely', undefined],
  ['a false', undefined],
])('yes or no: %s', (given, value) => {
  expect(boolean.fromText(given, 'exact', [])).toBe(value)
})

test('times', () => {
  expect(instant.fromText('2026-1-5', 'gt', [])).toBe('2026-01-05T00:00:00Z')
  expect(instant.fromText('soon', 'gt', [])).toBeUndefined()
})

describe('numbers to compare ids and counts with', () => {
  const read = (given: string, lookup = 'exact') => number.fromText(given, lookup, [])

  test.each<[string, number | undefined]>([
    ['7', 7],
    ['+7', 7],
    ['-7', -7],
    ['007', 7],
    ['7.0', 7],
    ['7.00', 7],
    ['1.5', 1.5],
    ['-1.5', -1.5],
    ['9007199254740993', BEYOND],
    ['-9007199254740993', -BEYOND],
    ['7.', undefined],
    ['.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['a7', undefined],
    ['7a', undefined],
    ['Infinity', undefined],
  ])('%s is %d', (given, value) => {
    expect(read(given)).toBe(value)
  })

  test('-0 is 0', () => {
    expect([read('-0'), read('-0.0')]).toEqual([0, 0])
  })

  test('a fraction that a double cannot hold is the whole number beside it, and equals none', () => {
    const almost = '3.99999999999999999'
    expect(['exact', 'in'].map((lookup) => read(almost, lookup))).toEqual([0.5, 0.5])
    // From 3.99 on is from 4 on; up to 3.99 is up to 3.
    expect(['gte', 'lt'].map((lookup) => read(almost, lookup))).toEqual([4, 4])
    expect(['gt', 'lte'].map((lookup) => read(almost, lookup))).toEqual([3, 3])
    const barely = '3.00000000000000001'
    expect(['gte', 'lt'].map((lookup) => read(barely, lookup))).toEqual([4, 4])
    expect(['gt', 'lte'].map((lookup) => read(barely, lookup))).toEqual([3, 3])
    expect(read('9007199254740992.5', 'gte')).toBe(BEYOND)
    // No id or count is less than 0.
    expect(read('-3.99999999999999999', 'gte')).toBe(-4)
  })
})

test('durations are the nearest doubles', () => {
  expect(['3.99999999999999999', '0.25', '-0', 'x'].map((given) => seconds.fromText(given, 'gte', []))).toEqual([
    4,
    0.25,
    0,
    undefined,
  ])
})

test('one of a few', () => {
  const either = choice('a', 'b')
  expect([either.fromText('a', 'exact', []), either.fromText('A', 'exact', [])]).toEqual(['a', undefined])
  expect([either.fromCode('b'), either.fromCode(['b'])]).toEqual(['b', undefined])
})

test('environments: two in four spellings, and those that the reader is told of', () => {
  const read = (given: string, ...known: string[]) => environment.fromText(given, 'exact', known)
  expect(['production', 'prod', 'development', 'dev'].map((given) => read(given))).toEqual([
    'production',
    'production',
    'development',
    'development',
  ])
  expect([read('staging'), read('staging', 'staging'), read('prod', 'staging')]).toEqual([
    undefined,
    'staging',
    'production',
  ])
  expect([fullEnvironment('dev'), fullEnvironment('staging'), fullEnvironment(5)]).toEqual([
    'development',
    'staging',
    5,
  ])
})

test.each<[string, unknown]>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['0', 0],
  ['-0', 0],
  ['10', 10],
  ['-1.50', -1.5],
  ['1e3', 1000],
  ['1E+3', 1000],
  ['25e-1', 2.5],
  ['1.25e2', 125],
  ['2.5e12', 2.5e12],
  ['"7"', '7'],
  ['""', ''],
  ['"a"b"', 'a"b'],
  ['"a\nb"', 'a\nb'],
  ['"', '"'],
  ['a"b"', 'a"b"'],
  ['"a"b', '"a"b'],
  ['True', 'True'],
  ['untrue', 'untrue'],
  ['trues', 'trues'],
  ['nulls', 'nulls'],
  ['01', '01'],
  ['+1', '+1'],
  ['1.', '1.'],
  ['.5', '.5'],
  ['1e', '1e'],
  ['1x3', '1x3'],
  ['a1', 'a1'],
  ['1a', '1a'],
  ['NaN', 'NaN'],
  ['1e400', undefined],
  ['9007199254740993', undefined],
])('a metadata value is what it looks like: %s', (given, value) => {
  expect(scalar.fromText(given, 'exact', [])).toBe(value)
})

test('a number that would change is a string, or rounded, where that is asked', () => {
  expect(scalar.fromText('9007199254740993', 'exact', [], 'string')).toBe('9007199254740993')
  expect(scalar.fromText('9007199254740993', 'exact', [], 'round')).toBe(9007199254740992)
})

test('what has an order at a metadata path', () => {
  expect(['a', '', 1.5, -0, true, null, Number.NaN].map((value) => comparable.fromCode(value))).toEqual([
    'a',
    '',
    1.5,
    0,
    undefined,
    undefined,
    undefined,
  ])
})

describe('lists', () => {
  test('items are trimmed, empty ones dropped', () => {
    expect(itemsOf(' b ,,a, ,b')).toEqual(['b', 'a', 'b'])
    expect(itemsOf(' , ')).toEqual([])
  })

  test('are sorted, without repeats; none left asks for nothing, one that is wrong is wrong', () => {
    expect(listOf(text).fromText('b, a,,b', 'in', [])).toEqual(['a', 'b'])
    expect(listOf(text).fromText(',', 'in', [])).toBeNull()
    expect(listOf(number).fromText('10,9,1.5', 'in', [])).toEqual([1.5, 9, 10])
    expect(listOf(number).fromText('1,x', 'in', [])).toBeUndefined()
    expect(listOf(number).fromText('3.99999999999999999', 'in', [])).toEqual([0.5])
    expect(listOf(environment).fromText('staging,dev', 'in', ['staging'])).toEqual(['development', 'staging'])
  })
})

describe('pages', () => {
  test('an order keeps the terms that it knows; none left is the default', () => {
    expect(order.fromText('id, -nothing,-language,', 'exact', [])).toEqual(['id', '-language'])
    expect(order.fromText('nothing', 'exact', [])).toBeNull()
    expect(order.fromCode('id,-language')).toEqual(['id', '-language'])
    expect(order.fromCode(['id,-language', 'name'])).toBeUndefined()
    expect(order.fromCode([])).toBeUndefined()
    expect(order.fromCode([5])).toBeUndefined()
  })

  test.each<[string, number | 'last' | undefined]>([
    ['1', 1],
    ['20', 20],
    ['007', 7],
    ['last', 'last'],
    ['99999999999999999999', Number.MAX_SAFE_INTEGER],
    ['0', undefined],
    ['-1', undefined],
    ['+2', undefined],
    ['1.5', undefined],
    ['a2', undefined],
    ['2a', undefined],
    ['first', undefined],
  ])('page %s', (given, value) => {
    expect(page.fromText(given, 'exact', [])).toBe(value)
  })

  test('rows a page: anything but a positive whole number is the default', () => {
    expect(['5', '500', '0', '-5', 'x'].map((given) => pageSize.fromText(given, 'exact', []))).toEqual([
      5,
      500,
      null,
      null,
      null,
    ])
  })
})
