/** Values of a dictionary, and conversation ids, as a snapshot has them: each is made when it is asked for. */
import { search, upperBound } from '../../base/bisect.ts'
import { below } from '../../engine/image/codec.ts'
import { check, Damage, isAscending, type Taken } from '../../engine/image/numbers.ts'
import { PRESENT, type TermValue, type TermValues } from '../../engine/terms/dictionary.ts'
import { utf8Decoder } from '../load/codec.ts'
import { unshared } from './format.ts'

/** Values that say how much memory they take. */
export interface KeptValues extends TermValues {
  /** Bytes in memory, estimated. */
  readonly bytes: number
}

/** What `writeValues` was given. Throws `Damage`. O(units), at memory speed: no string is made of a value. */
export function readValues(taken: Taken): StoredValues {
  const starts = taken.next('u32')
  const bytes = taken.next('u8')
  const places = taken.next('u32')
  const others = othersIn(decoded(taken.next('u8')))
  const length = starts.length - 1
  check(starts[0] === 0 && isAscending(starts, 0, starts.length, false), 'values do not begin one after another')
  check(starts[length] === decoded(bytes).length, 'values have other lengths than their text')
  check(places.length === others.length, 'a value is missing, or there are too many')
  check(isAscending(places, 0, places.length, true) && below(places, length), 'values stand in no order')
  for (const place of places) check(starts[place] === starts[place + 1], 'a value is a string and something else')
  return new StoredValues(starts, bytes, places, others)
}

/**
 * Values in little more than the bytes of their strings.
 *
 *     text     r e d g r e e n       UTF-8, decoded once one is asked for
 *     starts   [ 0, 3, 8, 8 ]        where each begins in it, in UTF-16 units
 *     places   [ 2 ]                 which values are no strings, or such as UTF-8 cannot say
 *     others   [ null ]
 */
export class StoredValues implements KeptValues {
  readonly length: number
  readonly #starts: Uint32Array
  readonly #bytes: Uint8Array
  readonly #places: Uint32Array
  readonly #others: readonly TermValue[]
  #text: string | undefined

  constructor(starts: Uint32Array, bytes: Uint8Array, places: Uint32Array, others: readonly TermValue[]) {
    this.length = starts.length - 1
    this.#starts = starts
    this.#bytes = bytes
    this.#places = places
    this.#others = others
  }

  /** O(1), and O(units of all) the first time. */
  at(place: number): TermValue {
    const from = this.#starts[place]!
    const to = this.#starts[place + 1]!
    const other = from === to ? search(this.#places, place) : -1
    if (other !== -1) return this.#others[other]!
    this.#text ??= decoded(this.#bytes)
    return this.#text.slice(from, to)
  }

  /** Whether each is a string that is not empty. O(values), and no string is made. */
  get areNames(): boolean {
    for (let i = 0; i < this.length; i++) {
      if (this.#starts[i] !== this.#starts[i + 1]) continue
      const value = this.at(i)
      if (typeof value !== 'string' || value === '') return false
    }
    return true
  }

  get bytes(): number {
    return this.#starts.byteLength + this.#bytes.byteLength + (this.#text?.length ?? 0)
  }
}

/** Several lists of values, one after another. */
export class JoinedValues implements KeptValues {
  readonly length: number
  readonly #lists: readonly StoredValues[]
  /** The place of the first value of each list. */
  readonly #firsts: Uint32Array

  constructor(lists: readonly StoredValues[]) {
    let length = 0
    this.#lists = lists
    this.#firsts = Uint32Array.from(lists, (list) => {
      length += list.length
      return length - list.length
    })
    this.length = length
  }

  /** O(log lists). */
  at(place: number): TermValue {
    const list = upperBound(this.#firsts, place) - 1
    return this.#lists[list]!.at(place - this.#firsts[list]!)
  }

  get bytes(): number {
    return this.#lists.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

/** UTF-8 as a string. Throws `Damage`. O(bytes). */
export function decoded(bytes: Uint8Array): string {
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
