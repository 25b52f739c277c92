/** Writing values of a dictionary, and conversation ids: `values.ts` reads them. */
import { type Numbers, Taken } from '../../engine/image/numbers.ts'
import { PRESENT, type TermValues } from '../../engine/terms/dictionary.ts'
import { utf8Encoder } from '../load/codec.ts'
import { readValues, type StoredValues } from './values.ts'

/**
 * Where each string begins, in UTF-16 units; all strings in UTF-8, one after another; the places of values that are no string, or
 * one that UTF-8 cannot say; and these values as JSON. Each of them is an empty string among the others. O(units).
 */
export function writeValues(values: TermValues): Numbers[] {
  const starts = new Uint32Array(values.length + 1)
  const strings: string[] = []
  const places: number[] = []
  const others: unknown[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values.at(i)!
    const isString = typeof value === 'string' && !LONE.test(value)
    starts[i + 1] = starts[i]! + (isString ? value.length : 0)
    if (isString) {
      strings.push(value)
      continue
    }
    places.push(i)
    // JSON has neither of the two.
    others.push(value === PRESENT ? { present: true } : Object.is(value, -0) ? { zero: true } : value)
  }
  const encoder = utf8Encoder()
  return [starts, encoder.encode(strings.join('')), Uint32Array.from(places), encoder.encode(JSON.stringify(others))]
}

/** Half of a surrogate pair alone: with the u flag a pair is one character. */
export const LONE = /[\ud800-\udfff]/u

/** Values, kept as a snapshot has them. O(units). */
export function storedValues(values: TermValues): StoredValues {
  return readValues(new Taken(writeValues(values), false))
}
