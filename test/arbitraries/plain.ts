/** Values as texts, so that two of them can be compared whole: keys in any order, `__proto__` a key like any other. */
import { expect } from 'vitest'

/** The JSON of a value with its keys sorted; `-0`, which JSON has not, is told from `0`. */
export function plain(value: unknown): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (Object.is(value, -0)) return { '-0': '' }
  if (value === undefined) return { undefined: '' }
  if (typeof value !== 'object' || value === null) return value
  // A list of pairs, since an object would take `__proto__` as its prototype.
  return {
    '{}': Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  }
}

/** Expects two values to be equal to the bottom. */
export function expectEqual(actual: unknown, expected: unknown, what?: string): void {
  const [left, right] = [plain(actual), plain(expected)]
  if (left !== right) expect(JSON.parse(left), what).toEqual(JSON.parse(right))
}
