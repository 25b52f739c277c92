/** Typed arrays that one after another make up a thing, checked as they are taken. */

/** What stands in a snapshot. */
export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** By name, as a snapshot has it. */
export const NUMBERS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f64: Float64Array,
} as const

export type NumbersName = keyof typeof NUMBERS

/** Says what is wrong with what was taken. */
export class Damage extends Error {}

/** Takes arrays in their order. What is not as it must be throws `Damage`. */
export class Taken {
  readonly #arrays: readonly Numbers[]
  #next = 0
  /** Whether every number is checked, or only what would lead out of an array. */
  readonly isFull: boolean

  constructor(arrays: readonly Numbers[], isFull: boolean) {
    this.#arrays = arrays
    this.isFull = isFull
  }

  /** The next array, which must be of this type and, if it is given, length. */
  next<Name extends NumbersName>(type: Name, length?: number): InstanceType<(typeof NUMBERS)[Name]> {
    const array = this.#arrays[this.#next++]
    check(array instanceof NUMBERS[type], 'an array is missing, or of another type')
    check(length === undefined || array.length === length, 'an array has another length than what it belongs to')
    return array as InstanceType<(typeof NUMBERS)[Name]>
  }

  /** The next array, of whatever type, which must have this length if it is given. */
  numbers(length?: number): Numbers {
    const array = this.#arrays[this.#next++]
    check(
      array !== undefined && (length === undefined || array.length === length),
      'an array is missing, or of another length than what it belongs to',
    )
    return array
  }

  /** All that are left. */
  all(): readonly Numbers[] {
    const left = this.#arrays.slice(this.#next)
    this.#next = this.#arrays.length
    return left
  }

  /** Whether there is no further array. */
  get isEnd(): boolean {
    return this.#next === this.#arrays.length
  }

  /** The next array: where what belongs to each of `count` begins in an array of `length`, and where the last ends. */
  starts(count: number, length: number): Uint32Array {
    const starts = this.next('u32', count + 1)
    check(starts[0] === 0 && starts[count] === length, 'places do not begin at 0 or do not end where the array does')
    check(isAscending(starts, 0, count + 1, false), 'places do not ascend')
    return starts
  }
}

/** Throws `Damage` unless something holds. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Damage(what)
}

/** Whether numbers ascend from one place to before another: `isStrict`, without repeats. O(numbers). */
export function isAscending(numbers: ArrayLike<number>, from: number, to: number, isStrict: boolean): boolean {
  for (let i = from + 1; i < to; i++) {
    if (numbers[i]! < numbers[i - 1]! || (isStrict && numbers[i] === numbers[i - 1])) return false
  }
  return true
}

/** The same numbers in the narrowest type that holds them, with NaN as its greatest. O(numbers). */
export function narrowed(numbers: Float64Array): Numbers {
  let most = 0
  for (const number of numbers) {
    if (Number.isNaN(number)) continue
    if (!Number.isInteger(number) || number < 0 || number >= 0xffff_ffff || Object.is(number, -0)) return numbers
    if (number > most) most = number
  }
  const { length } = numbers
  const all = most < 0xff ? new Uint8Array(length) : most < 0xffff ? new Uint16Array(length) : new Uint32Array(length)
  const none = 2 ** (8 * all.BYTES_PER_ELEMENT) - 1
  for (let i = 0; i < length; i++) all[i] = Number.isNaN(numbers[i]) ? none : numbers[i]!
  return all
}

/** What `narrowed` was given. O(numbers). */
export function widened(numbers: Numbers): Float64Array {
  if (numbers instanceof Float64Array) return numbers
  const none = 2 ** (8 * numbers.BYTES_PER_ELEMENT) - 1
  const all = new Float64Array(numbers.length)
  for (let i = 0; i < all.length; i++) all[i] = numbers[i] === none ? Number.NaN : numbers[i]!
  return all
}
