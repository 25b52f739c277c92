/**
 * The terms of short words, found by their letters as three numbers: a line of the cache a word, where a dictionary goes
 * through its table, its values, a string and its letters.
 *
 *     codes   t 1, h 2, e 3 …               letters count from 1 as they are first seen, up to 127: 7 bits each
 *     words   [ 'the' as bits, 0, 0, term ]  twelve letters, four in a number
 *             [ '你', '好', -1, term ]        one or two units of any kind, as they are
 *
 * Over 100,000 conversations the 180 words of one are looked up in 10 µs instead of 17. 64 kB, and some 30 bytes a word.
 */

import { drawSeed, mixed, NO_SEED, type Seed } from '../../base/seed.ts'

const MOST_CODES = 127
/** The most words: strings of codes and keys have ever new ones, which are not worth the place. */
const MOST_WORDS = 3 << 15
const MOST_UNITS = 12
/** Four letters of seven bits. */
const LETTERS = (1 << 28) - 1
const NONE = -1

/** Words of up to twelve units with their terms; those with rarer letters are not for it. */
export class ShortWords {
  readonly #codes = new Uint8Array(65_536)
  #coded = 0
  /** Four numbers a word, the term last; open addressing, at most three quarters full. */
  #words = new Int32Array(4 * 256).fill(NONE)
  #size = 0
  /** The letters of the last word that was not found. */
  #low = 0
  #mid = 0
  #high = 0
  readonly #seed: Seed

  /** `seed`: for tests, in place of one that is drawn. */
  constructor(seed: Seed = drawSeed() ?? NO_SEED) {
    this.#seed = seed
  }

  /** The term of a stretch of a string: -1 if it has none yet, `undefined` if its letters do not fit this table. O(units). */
  find(text: string, from: number, to: number): number | undefined {
    let low = 0
    let mid = 0
    let high = 0
    if (to === from || to - from > MOST_UNITS) return undefined
    if (to - from < 3) {
      low = text.charCodeAt(from)
      mid = to - from === 1 ? NONE : text.charCodeAt(from + 1)
      high = NONE
    } else {
      for (let i = from; i < to; i++) {
        const unit = text.charCodeAt(i)
        const code = this.#codes[unit]! || this.#code(unit)
        if (code === 0) return undefined
        high = ((high << 7) | (mid >>> 21)) & LETTERS
        mid = ((mid << 7) | (low >>> 21)) & LETTERS
        low = ((low << 7) | code) & LETTERS
      }
    }
    const words = this.#words
    const at = placeOf(words, low, mid, high, this.#seed)
    const term = words[at + 3]!
    if (term === NONE) {
      this.#low = low
      this.#mid = mid
      this.#high = high
    }
    return term
  }

  /** Gives what was last looked for in vain its term, if there is room. O(1) amortised. */
  add(term: number): void {
    if (this.#size === MOST_WORDS) return
    if (this.#size * 16 >= this.#words.length * 3) this.#grow()
    put(this.#words, this.#low, this.#mid, this.#high, term, this.#seed)
    this.#size++
  }

  #code(unit: number): number {
    if (this.#coded === MOST_CODES) return 0
    this.#codes[unit] = ++this.#coded
    return this.#coded
  }

  #grow(): void {
    const words = this.#words
    const grown = new Int32Array(2 * words.length).fill(NONE)
    for (let at = 0; at < words.length; at += 4)
      if (words[at + 3] !== NONE) put(grown, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, this.#seed)
    this.#words = grown
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#codes.byteLength + this.#words.byteLength
  }
}

/** The hash of a word. Most of what its bits can be differs from seed to seed by what the others are. */
export function hashWord(low: number, mid: number, high: number, { first, factor }: Seed): number {
  return mixed(mixed(mixed(first, low, factor), mid, factor), high, factor)
}

/** Where a word stands, or where it would. */
function placeOf(words: Int32Array, low: number, mid: number, high: number, seed: Seed): number {
  const mask = words.length - 4
  let at = hashWord(low, mid, high, seed) & mask & -4
  while (words[at + 3] !== NONE && (words[at] !== low || words[at + 1] !== mid || words[at + 2] !== high))
    at = (at + 4) & mask
  return at
}

function put(words: Int32Array, low: number, mid: number, high: number, term: number, seed: Seed): void {
  const at = placeOf(words, low, mid, high, seed)
  words[at] = low
  words[at + 1] = mid
  words[at + 2] = high
  words[at + 3] = term
}
