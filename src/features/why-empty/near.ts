/** The value that may have been meant, among thousands. */
import { nearest } from '../../base/errors.ts'
import type { Scalar } from '../../query/spec.ts'

/** The value that reads the same, in another case or of another type, else the string that is a few edits away. O(values). */
export function nearestValue(wanted: Scalar, values: readonly Scalar[]): Scalar | undefined {
  const text = lower(wanted)
  const same = values.find((value) => value !== wanted && lower(value) === text)
  if (same !== undefined) return same
  const strings = values.filter((value): value is string => typeof value === 'string' && value !== wanted)
  return nearest(text, mostAlike(text, strings))
}

function lower(value: Scalar): string {
  return String(value).toLowerCase()
}

/** So many strings are compared letter by letter. */
const FEW = 500

/** Those of many strings that have the most in common with one at their beginnings and ends. */
export function mostAlike(text: string, strings: readonly string[], few = FEW): readonly string[] {
  if (strings.length <= few) return strings
  const rated = strings.map((string) => [string, -alike(text, lower(string))] as const)
  return rated
    .sort(([, a], [, b]) => a - b)
    .slice(0, few)
    .map(([string]) => string)
}

/** How many units two strings share at their beginnings and at their ends, less those that only the longer one has. */
export function alike(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  let head = 0
  while (head < short.length && short[head] === long[head]) head++
  let tail = 0
  while (tail < short.length - head && short.at(-1 - tail) === long.at(-1 - tail)) tail++
  return head + tail - (long.length - short.length)
}
