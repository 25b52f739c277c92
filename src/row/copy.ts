/** Copying a value as JSON. Each of the caller's properties is read once, and whatever is not JSON becomes a fault. */
import { type Fault, InvalidRowError } from '../base/errors.ts'
import type { UnsafeNumberError } from '../base/json.ts'
import { placeOf } from '../base/place.ts'
import { type Bag, isScalar, MAX_LEVEL, strangeness } from './json.ts'

/** A step of a place: a key of an object or an index of a list. */
export type Key = string | number

/** One reading of one value: where it is, and the faults that were found. On the good road no place is spelt. */
export class Reading {
  /** The level of the value that is read; places are relative to it. */
  readonly #root: number
  /** By level: the containers that are open now, as they were given, and the keys that lead to them. */
  readonly #open: object[] = []
  readonly #keys: Key[] = []
  /** By place: the first fault there counts. */
  #faults: Map<string, Fault> | undefined
  /** Containers that lead into a cycle or too deep. None is opened twice: cycles that cross make 2^100 places. */
  #endless: Set<object> | undefined
  #ends = 0
  /** Where the root of all objects is frozen, one of its keys (`constructor`) cannot be assigned, only defined. */
  readonly #isHardened = !Object.isExtensible(Object.prototype)

  constructor(root: number) {
    this.#root = root
  }

  throwFaults(): void {
    if (this.#faults) throw new InvalidRowError([...this.#faults.values()] as [Fault, ...Fault[]])
  }

  /**
   * A deep copy of JSON; `into` is the object to fill, if there is one. `key` is where the value stands in the container
   * of the level above. A value that is not JSON is a fault and reads as `undefined`.
   */
  copy(value: unknown, key: Key, level: number, into?: Bag): unknown {
    if (isScalar(value)) return value
    const strange = strangeness(value)
    if (strange) return this.refuse(key, level, value, ...strange)
    const container = value as Bag
    if (!this.#enter(container, key, level)) return undefined
    const ends = this.#ends
    let copy: unknown[] | Bag
    if (Array.isArray(container)) copy = this.#copyList(container, level + 1)
    else {
      copy = this.#copyObject(container, level + 1)
      if (into !== undefined) copy = this.#fill(into, copy)
    }
    if (this.#ends > ends) {
      this.#endless ??= new Set()
      this.#endless.add(container)
    }
    return copy
  }

  #copyList(list: unknown[], level: number): unknown[] {
    const { length } = list
    // Of its exact length: a list that grows by `push` has room for seventeen items, a third of what a row weighs.
    const copy: unknown[] = length === 0 ? [] : new Array(length)
    for (let i = 0; i < length; i++) {
      const given = list[i]
      if (given === undefined && !(i in list)) {
        // One fault for all of them: a list of four thousand million holes is written in a word.
        this.refuse(i, level, given, 'a hole in the list', 'JSON')
        copy.length = i
        break
      }
      copy[i] = isScalar(given) ? given : this.copy(given, i, level)
    }
    return copy
  }

  /**
   * Spreading clones the hidden class with the values, ten times as fast as key by key; then the values that are not
   * scalars are replaced in the clone. Its own keys may be assigned, `__proto__` among them.
   */
  #copyObject(object: Bag, level: number): Bag {
    const copy = { ...object }
    let isWhole = true
    for (const key in copy) {
      const given = copy[key]
      if (isScalar(given) || !Object.hasOwn(copy, key)) continue
      if (given === undefined) isWhole = false
      else copy[key] = this.copy(given, key, level)
    }
    return isWhole && Object.getOwnPropertySymbols(copy).length === 0 ? copy : this.#fill({}, copy)
  }

  /** Gives an object the own keys of another that have a value. `for in` leaves symbols out. */
  #fill(into: Bag, object: Bag): Bag {
    for (const key in object) {
      const value = object[key]
      if (value === undefined || !Object.hasOwn(object, key)) continue
      if (key === '__proto__' || this.#isHardened) {
        Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true })
      } else into[key] = value
    }
    return into
  }

  /** Whether a container may be opened; then it is. */
  #enter(container: object, key: Key, level: number): boolean {
    let end: string | undefined
    for (let above = this.#root; above < level; above++) {
      if (this.#open[above] === container) end = `a cycle, back to ${this.#place(above, this.#keys[above]!)}`
    }
    if (level > MAX_LEVEL) end ??= `below level ${MAX_LEVEL}`
    if (this.#endless?.has(container)) end ??= 'a value with a cycle or too many levels inside'
    if (end) {
      this.#ends++
      this.refuse(key, level, container, end, `JSON of at most ${MAX_LEVEL} levels`)
      return false
    }
    this.#open[level] = container
    this.step(level, key)
    return true
  }

  /** Notes that the container of a level stands at `key` of the one above. */
  step(level: number, key: Key): void {
    this.#keys[level] = key
  }

  /** Adds a fault of the value at `key` of the container now open at the level above. */
  refuse(key: Key, level: number, value: unknown, came: string, expected: string, hint = ''): void {
    const parameter = this.#place(level, key)
    const message = `${parameter} is ${came}. Expected ${expected}.${hint}`
    this.add({ parameter, value, code: 'INVALID_ROW', message })
  }

  /** Adds the fault of a number in metadata that is a JSON string. */
  refuseNumber(metadata: string, { place, message }: UnsafeNumberError): void {
    const parameter = place.startsWith('[') ? `metadata${place}` : `metadata.${place}`
    this.add({ parameter, value: metadata, code: 'INVALID_ROW', message: parameter + message.slice(place.length) })
  }

  /** Adds a fault that has its place already. */
  add(fault: Fault): void {
    this.#faults ??= new Map()
    if (!this.#faults.has(fault.parameter)) this.#faults.set(fault.parameter, fault)
  }

  /** A key of the container that is open at the level above, from the root. */
  #place(level: number, key: Key): string {
    return placeOf([...this.#keys.slice(this.#root + 1, level), key])
  }
}
