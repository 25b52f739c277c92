/** Seeded randomness, the same on every machine: 32-bit integers and exact divisions, nothing else. */

/** A stream of pseudo-random numbers (mulberry32). Not for secrets. A call is O(1). */
export class Random {
  #state: number

  /** Streams of different seeds, neighbours too, have nothing in common. */
  constructor(seed: number) {
    this.#state = seed | 0
    this.#state = this.next() | 0
  }

  /** A whole number of 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A number of `[0, 1)`. */
  fraction(): number {
    return this.next() / 0x1_0000_0000
  }

  /** A whole number of `[0, limit)`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.fraction() * 100 < share
  }

  /** One of the values, each as often as the others. `undefined` for an empty list. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }

  /** One of the values, as often as its weight says. */
  draw<T>({ values, weights }: Weighted<T>): T {
    return values[weights.draw(this)]!
  }
}

/** What a function that makes a value draws from: the same values for the same seed and the same row. */
export type Draw = Pick<Random, 'below' | 'fraction' | 'percent' | 'pick'>

/** Values with weights, to be drawn from. */
export interface Weighted<T> {
  readonly values: readonly T[]
  readonly weights: Alias
}

/** Values with their weights. */
export function weighted<T>(pairs: readonly (readonly [value: T, weight: number])[]): Weighted<T> {
  const weights = new Alias(Float64Array.from(pairs, ([, weight]) => weight))
  return { values: pairs.map(([value]) => value), weights }
}

/** Draws 0 to `count - 1` by Zipf's law: k with a weight of 1 / (k + 1). */
export function zipf(count: number): Alias {
  return new Alias(Float64Array.from({ length: count }, (_, k) => 1 / (k + 1)))
}

/**
 * Draws indexes by weight in constant time (Walker's alias method): each of the n equal slots is shared by its own index
 * and one other, at most.
 */
export class Alias {
  /** The part of a slot that is its own index's. */
  readonly #own: Float64Array
  /** Whose the rest of the slot is. */
  readonly #other: Uint32Array

  constructor(weights: Float64Array) {
    const count = weights.length
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    this.#own = weights.map((weight) => (weight * count) / total)
    this.#other = Uint32Array.from({ length: count }, (_, i) => i)
    const small: number[] = []
    const large: number[] = []
    for (let i = 0; i < count; i++) (this.#own[i]! < 1 ? small : large).push(i)
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!
      const rich = large.pop()!
      this.#other[poor] = rich
      this.#own[rich]! -= 1 - this.#own[poor]!
      ;(this.#own[rich]! < 1 ? small : large).push(rich)
    }
  }

  /** An index, as often as its weight says. */
  draw(random: Random): number {
    const slot = random.below(this.#own.length)
    return random.fraction() < this.#own[slot]! ? slot : this.#other[slot]!
  }
}
