/**
 * Sums of doubles, correctly rounded: the double nearest to the exact sum, the same in whatever order the numbers came.
 *
 * Each sum is kept as two doubles, the rounded sum and what the roundings left over, which together are exact (Knuth's
 * TwoSum; Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997, is the model). What does not fit in two doubles,
 * which takes numbers of very different sizes, goes to a whole number of units of 2^-1074, of which every double is some.
 */

/** From here on the sum of two doubles might be infinite on the way to a finite one. */
const HUGE = 2 ** 1000
const BIAS = 1075n
const MANTISSA_BITS = 53n

/** Some sums, numbered from 0. 16 bytes a sum. */
export class ExactSums {
  readonly #sums: Float64Array
  readonly #rests: Float64Array
  /** In units of 2^-1074, where two doubles did not hold all. */
  readonly #units = new Map<number, bigint>()

  constructor(count: number) {
    this.#sums = new Float64Array(count)
    this.#rests = new Float64Array(count)
  }

  /** Adds finite numbers, each to the sum of its number in `of`, where that is not below 0. O(values), some 3 ns each. */
  addEach(of: Int32Array, values: Float64Array): void {
    const [sums, rests] = [this.#sums, this.#rests]
    for (let i = 0; i < values.length; i++) {
      const at = of[i]!
      if (at < 0) continue
      const value = values[i]!
      const before = sums[at]!
      const sum = before + value
      if (!(sum < HUGE && sum > -HUGE)) {
        this.#addUnits(at, value)
        continue
      }
      const part = sum - before
      const lost = before - (sum - part) + (value - part)
      sums[at] = sum
      if (lost === 0) continue
      const rest = rests[at]!
      const all = rest + lost
      const shift = all - rest
      const over = rest - (all - shift) + (lost - shift)
      rests[at] = all
      if (over !== 0) this.#addUnits(at, over)
    }
  }

  #addUnits(at: number, value: number): void {
    this.#units.set(at, (this.#units.get(at) ?? 0n) + unitsOf(value))
  }

  /** A sum: infinite only where the exact one is beyond the largest double. Never -0. */
  get(at: number): number {
    const units = this.#units.get(at)
    const [sum, rest] = [this.#sums[at]!, this.#rests[at]!]
    // Adding two doubles rounds their exact sum correctly.
    if (units === undefined) return sum + rest + 0
    return ofUnits(units + unitsOf(sum) + unitsOf(rest))
  }
}

const float = new Float64Array(1)
const bits = new BigUint64Array(float.buffer)

/** A finite double as a whole number of units of 2^-1074. Exact. */
function unitsOf(value: number): bigint {
  float[0] = value
  const fraction = bits[0]! & 0xf_ffff_ffff_ffffn
  const exponent = (bits[0]! >> 52n) & 0x7ffn
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return value < 0 ? -size : size
}

/** The double nearest to so many units of 2^-1074; of two as near, the even one. */
function ofUnits(units: bigint): number {
  const size = units < 0n ? -units : units
  const length = BigInt(size.toString(2).length)
  let shift = length - MANTISSA_BITS
  if (shift < 0n) shift = 0n
  let mantissa = size >> shift
  const rest = size - (mantissa << shift)
  const half = shift === 0n ? 1n : 1n << (shift - 1n)
  if (rest > half || (rest === half && shift > 0n && (mantissa & 1n) === 1n)) mantissa++
  if (mantissa === 1n << MANTISSA_BITS) {
    mantissa >>= 1n
    shift++
  }
  const exponent = mantissa >> 52n === 0n ? 0n : shift + 1n
  if (exponent >= BIAS + 972n) return units < 0n ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  bits[0] = (exponent << 52n) | (mantissa & 0xf_ffff_ffff_ffffn)
  return units < 0n ? -float[0]! : float[0]!
}
