/** The texts of one row apart: which of them have which strings, by their tokens. */
import { HIGH, Sequences, tokenAt } from './sequence.ts'
import type { Tokens } from './token-set.ts'
import { beginsMessage } from './tokens.ts'

/** Looks for some strings in the texts of rows, one row at a time. */
export class RowTexts {
  readonly #sequences: Sequences
  /** Where the texts of the row begin, and the end of the last. */
  readonly #starts: Uint32Array
  readonly #inRow: readonly ((slot: number) => boolean)[]
  readonly #finders: readonly ((text: number) => boolean)[]

  /** `most`: the most texts that a row has. */
  constructor(sequences: Sequences, strings: readonly Tokens[], most: number) {
    this.#sequences = sequences
    this.#starts = new Uint32Array(most + 1)
    const texts = new Sequences(sequences.all, this.#starts)
    this.#finders = strings.map((tokens) => texts.finder([tokens]))
    // A string of one token is in the row already: its terms say so.
    this.#inRow = strings.filter(({ sets }) => sets.length > 1).map((tokens) => sequences.finder([tokens]))
  }

  /** Takes the next row: what `has` says is of its texts. False where the row lacks one of the strings. O(tokens), 1 ns each. */
  read(slot: number): boolean {
    for (const isInRow of this.#inRow) if (!isInRow(slot)) return false

    const { all, starts } = this.#sequences
    const end = starts[slot + 1]!
    let count = 0
    for (let at = starts[slot]!; at < end; at++) {
      const unit = all[at]!
      const isLong = unit >= HIGH
      if (beginsMessage(isLong ? tokenAt(all, at) : unit)) this.#starts[count++] = at
      if (isLong) at++
    }
    this.#starts[count] = end
    return true
  }

  /** Whether a text, of those that are not empty, has a string. O(tokens of the text). */
  has(text: number, string: number): boolean {
    return this.#finders[string]!(text)
  }
}
