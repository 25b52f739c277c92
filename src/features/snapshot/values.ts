/** Values of a dictionary, and conversation ids, as arrays. */
import { check, Damage, type Numbers, type Taken } from '../../engine/image/numbers.ts'
import { PRESENT, type TermValue } from '../../engine/terms/dictionary.ts'
import { utf8Decoder, utf8Encoder } from '../load/codec.ts'
import { unshared } from './format.ts'

/** Stands for a value that is no string, or one that UTF-8 cannot say. */
const OTHER = 0xffff_ffff

/** Strings one after another in UTF-8, how many UTF-16 units each has, and the other values as JSON in UTF-8. O(units). */
export function writeValues(values: readonly TermValue[]): Numbers[] {
  const lengths = new Uint32Array(values.length)
  const strings: string[] = []
  const others: unknown[] = []
  values.forEach((value, i) => {
    if (typeof value === 'string' && !LONE.test(value)) {
      lengths[i] = value.length
      strings.push(value)
      return
    }
    lengths[i] = OTHER
    // JSON has neither of the two.
    others.push(value === PRESENT ? { present: true } : Object.is(value, -0) ? { zero: true } : value)
  })
  const encoder = utf8Encoder()
  return [lengths, encoder.encode(strings.join('')), encoder.encode(JSON.stringify(others))]
}

/** Half of a surrogate pair alone: with the u flag a pair is one character. */
const LONE = /[\ud800-\udfff]/u

/** What `writeValues` was given. Throws `Damage`. O(units). */
export function readValues(taken: Taken): TermValue[] {
  const lengths = taken.next('u32')
  const text = decoded(taken.next('u8'))
  const others = othersIn(decoded(taken.next('u8')))
  const values = new Array<TermValue>(lengths.length)
  let at = 0
  let other = 0
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!
    if (length === OTHER) {
      check(other < others.length, 'a value is missing')
      values[i] = others[other++]!
      continue
    }
    values[i] = text.slice(at, at + length)
    at += length
  }
  check(at === text.length && other === others.length, 'values have other lengths than their text')
  return values
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8Decoder(true).decode(unshared(bytes))
  } catch {
    throw new Damage('its strings are not UTF-8')
  }
}

function othersIn(json: string): TermValue[] {
  const others = parsed(json)
  check(Array.isArray(others), 'its values are not a list')
  return others.map((value: unknown) => {
    if (typeof value !== 'object' || value === null) {
      check(typeof value !== 'number' || Number.isFinite(value), 'a number is too large')
      return value as TermValue
    }
    check('present' in value || 'zero' in value, 'a value is a list or an object')
    return 'present' in value ? PRESENT : -0
  })
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new Damage('its values are not JSON')
  }
}
