/** How a value differs from what is expected, a line each. Values without a difference are equal. */
import { invalidOption } from '../base/options.ts'
import { isPlain } from '../base/plain.ts'
import { isAsymmetric, print } from './print.ts'

/**
 * `equal`: no key more, lists item by item. `part`: objects may have more keys. `row`: the same for a conversation or a
 * part of one, whose lists have the items that are named in their order, and perhaps others between; an empty list is equal.
 */
export type Comparison = 'equal' | 'part' | 'row'

/** The lists of a conversation and of its parts. What stands at other keys is someone's own data. */
const LISTS = ['messages', 'feedbacks', 'attachments', 'action_logs']

/** The differences, found as they are asked for. O(values). */
export function* differences(
  actual: unknown,
  expected: unknown,
  how: Comparison,
  place: string,
): Generator<string, void, undefined> {
  if (isAsymmetric(expected) || expected instanceof RegExp) {
    if (!matches(actual, expected)) yield `${place}: expected ${print(expected)}, got ${print(actual)}`
  } else if (hasToJson(expected)) {
    yield* differences(actual, expected.toJSON(), how, place)
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    yield* how === 'row' && expected.length > 0
      ? differencesOfLists(actual, expected, place)
      : differencesOfItems(actual, expected, how, place)
  } else if (isPlain(expected) && isPlain(actual)) {
    yield* differencesOfKeys(actual, expected, how, place)
  } else if (actual !== expected) {
    yield actual === undefined
      ? `${place}: expected ${print(expected)}, but it is missing`
      : `${place}: expected ${print(expected)}, got ${print(actual)}`
  }
}

function* differencesOfKeys(
  actual: Record<string, unknown>,
  expected: Record<string, unknown>,
  how: Comparison,
  place: string,
): Generator<string, void, undefined> {
  for (const key of Object.keys(expected)) {
    const inner = how === 'row' && !LISTS.includes(key) ? 'part' : how
    yield* differences(ownOf(actual, key), expected[key], inner, place === '' ? key : `${place}.${key}`)
  }
  if (how !== 'equal') return
  for (const key of Object.keys(actual)) {
    if (actual[key] !== undefined && !Object.hasOwn(expected, key))
      yield `${place}.${key}: ${print(actual[key])} was not expected`
  }
}

function* differencesOfItems(
  actual: readonly unknown[],
  expected: readonly unknown[],
  how: Comparison,
  place: string,
): Generator<string, void, undefined> {
  if (actual.length !== expected.length)
    yield `${place}: expected ${expected.length} of them, got ${actual.length}: ${print(actual)}`
  const length = Math.min(actual.length, expected.length)
  for (let i = 0; i < length; i++) yield* differences(actual[i], expected[i], how, `${place}[${i}]`)
}

/** The items that are not found in their order. Each takes the first that it can, which leaves the most to those after it. */
function* differencesOfLists(
  actual: readonly unknown[],
  expected: readonly unknown[],
  place: string,
): Generator<string, void, undefined> {
  let from = 0
  for (const [i, item] of expected.entries()) {
    const at = actual.findIndex((each, k) => k >= from && isMet(each, item))
    if (at !== -1) {
      from = at + 1
      continue
    }
    yield* differencesOfRest(actual, from, item, place, i)
    return
  }
}

/** What the items from a place on have instead of one that is not among them: those of the nearest. */
function* differencesOfRest(
  actual: readonly unknown[],
  from: number,
  item: unknown,
  place: string,
  i: number,
): Generator<string, void, undefined> {
  const after = from === 0 ? `of ${place}` : `after ${place}[${from - 1}]`
  yield `${place}[${i}]: none ${after} is ${print(item)}`
  let nearest: readonly string[] | undefined
  for (let at = from; at < actual.length; at++) {
    const lines = Array.from(differences(actual[at], item, 'row', ''), (line) => `  ${place}[${at}].${line}`)
    if (nearest === undefined || lines.length < nearest.length) nearest = lines
  }
  yield* nearest ?? []
}

const isMet = (actual: unknown, expected: unknown) => differences(actual, expected, 'row', '').next().done === true

/** Whether a pattern takes a value. Without `lastIndex`, so that flags `g` and `y` change nothing from call to call. */
export function matches(actual: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof actual === 'string' && actual.search(expected) !== -1
  return isAsymmetric(expected) && Boolean(expected.asymmetricMatch(actual))
}

/** Throws for an expected value that can never be met: a function, a bigint, a symbol, an instance of a class. */
export function checkExpected(parameter: string, value: unknown, level = 0): void {
  if (isAsymmetric(value) || value instanceof RegExp || hasToJson(value)) return
  const isValue = value === null || ['string', 'boolean', 'undefined'].includes(typeof value) || Number.isFinite(value)
  if (isValue) return
  if (level > 100 || (!Array.isArray(value) && !isPlain(value)))
    throw invalidOption(
      parameter,
      value,
      'JSON, regular expressions and asymmetric matchers such as expect.any(Number)',
    )
  for (const [key, item] of Object.entries(value as object)) checkExpected(`${parameter}.${key}`, item, level + 1)
}

function ownOf(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof (Object(value) as { toJSON?: unknown }).toJSON === 'function'
}
