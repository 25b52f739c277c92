/** Makes sequences, token by token. */
import { finish, type Steps } from '../terms/steps.ts'
import { HIGH, highOf, lowOf, Sequences, tokenAt } from './sequence.ts'

/** So many units are collected in one array: growing copies no more than that at once. */
const CHUNK_UNITS = 1 << 18

/** Collects tokens row by row, slots ascending. Grows by doubling, then by chunks. */
export class SequencesBuilder {
  /** Full chunks, and how many units they have. */
  readonly #chunks: Uint16Array[] = []
  #before = 0
  #units = new Uint16Array(256)
  #length = 0
  readonly #starts: number[] = []

  /** Begins a row: what is added now is its. Rows between this and the one before have no tokens. */
  begin(slot: number): void {
    while (this.#starts.length <= slot) this.#starts.push(this.#before + this.#length)
  }

  /** Adds a token, below 2^26. O(1) amortised. */
  add(token: number): void {
    this.#reserve(2)
    if (token < HIGH) this.#units[this.#length++] = token
    else {
      this.#units[this.#length++] = highOf(token)
      this.#units[this.#length++] = lowOf(token)
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
    if (this.#units.length < CHUNK_UNITS) {
      const grown = new Uint16Array(Math.max(2 * this.#units.length, this.#length + units))
      grown.set(this.#units)
      this.#units = grown
      return
    }
    this.#chunks.push(this.#units.subarray(0, this.#length))
    this.#before += this.#length
    this.#units = new Uint16Array(Math.max(CHUNK_UNITS, units))
    this.#length = 0
  }

  /** The sequences of a segment of `rows` rows. */
  build(rows: number): Sequences {
    return finish(this.inSteps(rows))
  }

  /** The same in steps of a chunk. */
  *inSteps(rows: number): Steps<Sequences> {
    this.begin(rows)
    const units = new Uint16Array(this.#before + this.#length)
    let at = 0
    for (const chunk of this.#chunks) {
      units.set(chunk, at)
      at += chunk.length
      yield
    }
    units.set(this.#units.subarray(0, this.#length), at)
    return new Sequences(units, Uint32Array.from(this.#starts))
  }
}

/** The same sequences under other numbers. O(tokens). */
export function renumberedSequences({ all, starts }: Sequences, number: (token: number) => number): Sequences {
  const builder = new SequencesBuilder()
  for (let slot = 0; slot + 1 < starts.length; slot++) {
    builder.begin(slot)
    for (let at = starts[slot]!; at < starts[slot + 1]!; ) {
      const token = tokenAt(all, at)
      builder.add(number(token))
      at += token < HIGH ? 1 : 2
    }
  }
  return builder.build(starts.length - 1)
}
