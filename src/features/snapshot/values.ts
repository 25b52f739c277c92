/** Values of a dictionary, and conversation ids, as arrays. */
import { check, type Numbers, type Taken } from '../../engine/image/numbers.ts'
import { PRESENT, type TermValue } from '../../engine/terms/dictionary.ts'
import { utf8Decoder, utf8Encoder } from '../load/codec.ts'

/** Stands for a value that is no string, or one that UTF-8 cannot say. */
const OTHER = 0xffff_ffff

/** Strings one after another in UTF-8, how many UTF-16 units each has, and the other values as JSON in UTF-8. O(units). */
export function writeValues(values: readonly TermValue[]): Numbers[] {
  const lengths = new Uint32Array(values.length)
  const strings: string[] = []
  const others: unknown[] = []
  values.forEach((value, i) => {
    if (typeof value === 'string' && isWellFormed(value)) {
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

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function isWellFormed(text: string): boolean {
  return !LONE.test(text)
}

/** What `writeValues` was given. Throws `Damage`. O(units). */
export function readValues(taken: Taken): TermValue[] {
  const lengths = taken.next('u32')
  const decoder = utf8Decoder(false)
  const text = decoder.decode(taken.next('u8'))
  const others = othersIn(decoder.decode(taken.next('u8')))
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

function othersIn(json: string): TermValue[] {
  return (JSON.parse(json) as unknown[]).map((value) => {
    if (typeof value === 'object' && value !== null) return 'present' in value ? PRESENT : -0
    return value as TermValue
  })
}
