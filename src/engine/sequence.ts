/**
 * What stands in each row's texts, in order: tokens, one after the other, in as few bytes as they need.
 *
 *     Hi, you!   ->   0 | hi | , | you | !      0 stands where a text begins, other numbers are terms and signs between
 *
 * A token is written in digits of 7 bits, the highest first; the last byte has its high bit set. So the tokens that are
 * met most, which came first and have small numbers, take one byte, and where a token ends is plain from any byte.
 * English takes 1.6 bytes a token.
 *
 * What lost: two bytes a token, which are gone through in 0.6 of the time and take 380 bytes a row of 190 tokens against
 * 304, more than half of the text; decoding each token, 2 times slower; and an index of hashed pairs of neighbours, 320
 * bytes a row, whose rows had to be read: a phrase of two common words took 147 ms over 100,000 rows.
 */

const LAST = 0x80

/** Tokens by row: `bytes[starts[slot]] … bytes[starts[slot + 1]]`. Immutable. */
export class Sequences {
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array

  constructor(bytes: Uint8Array, starts: Uint32Array) {
    this.#bytes = bytes
    this.#starts = starts
  }

  /**
   * Says of a row whether some tokens next to each other are, one by one, in these sets. O(bytes of the row), some 2 ns
   * each: the last two digits of every token are looked up in one table, without a branch on how many it has.
   */
  finder(sets: readonly TokenSet[]): (slot: number) => boolean {
    const [bytes, starts] = [this.#bytes, this.#starts]
    const [first, ...others] = sets as [TokenSet, ...TokenSet[]]
    const mayEnd = endings(first)
    /** The token whose last byte stands at `last`; it may begin at `from`. */
    const tokenAt = (from: number, last: number): number => {
      let token = bytes[last]! - LAST
      for (let at = last - 1, scale = LAST; at >= from && bytes[at]! < LAST; at--, scale *= LAST)
        token += bytes[at]! * scale
      return token
    }
    const goOn = (from: number, end: number): boolean => {
      let at = from
      for (const set of others) {
        if (at >= end) return false
        let token = 0
        while (bytes[at]! < LAST) token = token * LAST + bytes[at++]!
        if (!isIn(token * LAST + bytes[at++]! - LAST, set)) return false
      }
      return true
    }
    return (slot) => {
      const from = starts[slot]!
      const end = starts[slot + 1]!
      let before = 0
      for (let at = from; at < end; at++) {
        const byte = bytes[at]!
        if (mayEnd[(before << 8) | byte] === 1 && isIn(tokenAt(from, at), first) && goOn(at + 1, end)) return true
        // 0 after a last byte: such a digit is not the next token's.
        before = byte & ((byte >> 7) - 1)
      }
      return false
    }
  }

  /** The bytes of one row. A view, O(1). */
  row(slot: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[slot]!, this.#starts[slot + 1]!)
  }

  /** The same under other numbers. O(bytes). */
  renumbered(number: (token: number) => number): Sequences {
    const builder = new SequencesBuilder()
    for (let slot = 0; slot + 1 < this.#starts.length; slot++) {
      builder.begin(slot)
      let token = 0
      for (const byte of this.row(slot)) {
        token = token * LAST + (byte & (LAST - 1))
        if (byte < LAST) continue
        builder.add(number(token))
        token = 0
      }
    }
    return builder.build(this.#starts.length - 1)
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes.byteLength + this.#starts.byteLength
  }
}

/** Some tokens: the one, or 1 at each. */
export type TokenSet = number | Uint8Array

/** A set of tokens, all less than `count`. O(count), and O(1) for one, as the middle of a long phrase has. */
export function tokenSet(tokens: readonly number[], count: number): TokenSet {
  if (tokens.length === 1) return tokens[0]!
  const set = new Uint8Array(count)
  for (const token of tokens) set[token] = 1
  return set
}

function isIn(token: number, set: TokenSet): boolean {
  return typeof set === 'number' ? set === token : set[token] === 1
}

/** 1 at the last two bytes of each token, where a byte that is not its own counts as 0. O(tokens). */
function endings(set: TokenSet): Uint8Array {
  const table = new Uint8Array(LAST << 8)
  const add = (token: number) => {
    table[(((token >> 7) & (LAST - 1)) << 8) | LAST | (token & (LAST - 1))] = 1
  }
  if (typeof set === 'number') add(set)
  else for (let token = set.indexOf(1); token !== -1; token = set.indexOf(1, token + 1)) add(token)
  return table
}

/** Collects tokens row by row, slots ascending. Grows by doubling. */
export class SequencesBuilder {
  #bytes = new Uint8Array(256)
  #length = 0
  readonly #starts: number[] = []

  /** Begins a row: what is added now is its. Rows between this and the one before have no tokens. */
  begin(slot: number): void {
    while (this.#starts.length <= slot) this.#starts.push(this.#length)
  }

  /** Adds a token. O(1) amortised. */
  add(token: number): void {
    this.#reserve(5)
    if (token >= LAST) this.#addDigits(Math.floor(token / LAST))
    this.#bytes[this.#length++] = LAST | (token % LAST)
  }

  #addDigits(number: number): void {
    if (number >= LAST) this.#addDigits(Math.floor(number / LAST))
    this.#bytes[this.#length++] = number % LAST
  }

  /** Adds the tokens of a row of others. */
  addRow(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes))
    grown.set(this.#bytes)
    this.#bytes = grown
  }

  /** The sequences of a segment of `rows` rows. */
  build(rows: number): Sequences {
    this.begin(rows)
    return new Sequences(this.#bytes.slice(0, this.#length), Uint32Array.from(this.#starts))
  }
}
