/** Orders of scalars of several types. */
import { compareCodePoints } from './text/compare.ts'

type Scalar = string | number | boolean | null

/** An order by type, in this sequence of `typeof`; then false before true, numbers by size, strings by code point. */
function byType(...types: readonly string[]): (a: Scalar, b: Scalar) => number {
  return (a, b) => {
    if (typeof a !== typeof b) return types.indexOf(typeof a) - types.indexOf(typeof b)
    return typeof a === 'string' ? compareCodePoints(a, b as string) : Number(a) - Number(b)
  }
}

/** Strings, numbers, booleans, null: the order in which the values at a metadata path are offered. */
export const compareStringsFirst = byType('string', 'number', 'boolean', 'object')

/** Booleans, numbers, strings, null: the order of facet values with one count. */
export const compareBooleansFirst = byType('boolean', 'number', 'string', 'object')
