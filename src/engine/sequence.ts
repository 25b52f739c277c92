/**
 * What stands in each row's texts, in order: tokens, one after the other, in 16-bit units.
 *
 *     Hi, you!   ->   hi' | , | you | !      a token is a run (with what stands before it, if unusual) or a sign between
 *
 * Tokens below 49,152 are one unit. Larger ones, the rarer half of a large vocabulary, are two, as in UTF-16: one from
 * 0xC000 and one from 0xE000, neither of which is a token of its own. So tokens are found without a branch on how many
 * units they have. English takes 360 bytes for the 180 tokens of a row of 1,100 letters.
 *
 * What lost: digits of 7 bits with a mark on the last, 304 bytes, but twice as slow to go through (700 ns a row), however
 * the digits are looked at; and an index of hashed pairs of neighbours, 320 bytes a row, whose rows had to be read: a
 * phrase of two common words took 147 ms over 100,000 rows.
 */

/** The first unit of a token of two, and the second. */
const HIGH = 0xc000
const LOW = 0xe000
const LOW_BITS = 13

/** Some tokens. */
export type TokenSet = ReadonlySet<number>

/** In the table of units: a token of the set, or the first half of one. */
const WHOLE = 1
const HALF = 2

/** Tokens by row: `units[starts[slot]] … units[starts[slot + 1]]`. Immutable. */
export class Sequences {
  readonly #units: Uint16Array
  readonly #starts: Uint32Array

  constructor(units: Uint16Array, starts: Uint32Array) {
    this.#units = units
    this.#starts = starts
  }

  /**
   * Says of a row whether some tokens next to each other are, one by one, in these sets. O(tokens of the row), 2 ns each;
   * making it takes 64 kB for a while.
   */
  finder(sets: readonly TokenSet[]): (slot: number) => boolean {
    const [units, starts] = [this.#units, this.#starts]
    const [first, ...others] = sets as [TokenSet, ...TokenSet[]]
    const marks = new Uint8Array(65_536)
    for (const token of first) {
      if (token < HIGH) marks[token] = WHOLE
      else marks[highOf(token)] = HALF
    }
    /** Whether the others follow. */
    const goOn = (from: number, end: number): boolean => {
      let at = from
      for (const set of others) {
        if (at >= end) return false
        const token = tokenAt(units, at)
        if (!set.has(token)) return false
        at += token < HIGH ? 1 : 2
      }
      return true
    }
    return (slot) => {
      const end = starts[slot + 1]!
      for (let at = starts[slot]!; at < end; at++) {
        const mark = marks[units[at]!]!
        if (mark === 0) continue
        if (mark === WHOLE ? goOn(at + 1, end) : first.has(tokenAt(units, at)) && goOn(at + 2, end)) return true
      }
      return false
    }
  }

  /** The units of one row. A view, O(1). */
  row(slot: number): Uint16Array {
    return this.#units.subarray(this.#starts[slot]!, this.#starts[slot + 1]!)
  }

  /** The same under other numbers. O(tokens). */
  renumbered(number: (token: number) => number): Sequences {
    const builder = new SequencesBuilder()
    const [units, starts] = [this.#units, this.#starts]
    for (let slot = 0; slot + 1 < starts.length; slot++) {
      builder.begin(slot)
      for (let at = starts[slot]!; at < starts[slot + 1]!; ) {
        const token = tokenAt(units, at)
        builder.add(number(token))
        at += token < HIGH ? 1 : 2
      }
    }
    return builder.build(starts.length - 1)
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#units.byteLength + this.#starts.byteLength
  }
}

function highOf(token: number): number {
  return HIGH + ((token - HIGH) >>> LOW_BITS)
}

/** The token that begins at a unit. */
function tokenAt(units: Uint16Array, at: number): number {
  const unit = units[at]!
  return unit < HIGH ? unit : HIGH + ((unit - HIGH) << LOW_BITS) + units[at + 1]! - LOW
}

/** Collects tokens row by row, slots ascending. Grows by doubling. */
export class SequencesBuilder {
  #units = new Uint16Array(256)
  #length = 0
  readonly #starts: number[] = []

  /** Begins a row: what is added now is its. Rows between this and the one before have no tokens. */
  begin(slot: number): void {
    while (this.#starts.length <= slot) this.#starts.push(this.#length)
  }

  /** Adds a token, below 2^26. O(1) amortised. */
  add(token: number): void {
    this.#reserve(2)
    if (token < HIGH) this.#units[this.#length++] = token
    else {
      this.#units[this.#length++] = highOf(token)
      this.#units[this.#length++] = LOW + ((token - HIGH) & ((1 << LOW_BITS) - 1))
    }
  }

  /** Adds the tokens of a row of others. */
  addRow(units: Uint16Array): void {
    this.#reserve(units.length)
    this.#units.set(units, this.#length)
    this.#length += units.length
  }

  #reserve(units: number): void {
    if (this.#length + units <= this.#units.length) return
    const grown = new Uint16Array(Math.max(2 * this.#units.length, this.#length + units))
    grown.set(this.#units)
    this.#units = grown
  }

  /** The sequences of a segment of `rows` rows. */
  build(rows: number): Sequences {
    this.begin(rows)
    return new Sequences(this.#units.slice(0, this.#length), Uint32Array.from(this.#starts))
  }
}
