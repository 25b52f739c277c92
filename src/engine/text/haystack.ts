/**
 * Many short strings, searched at once for a piece. They are kept as a few long joined strings, since one `indexOf` over
 * a long string runs at memory speed where a hundred thousand calls over short ones do not:
 *
 *     text    \n r e f u n d \n o r d e r \n
 *     starts     1             8
 *
 * Latin-1 strings and the rest are joined apart, because one wide character doubles the bytes of the whole string. A
 * joined string is never appended to (that flattens it at the next search): new strings wait, and are joined into a block
 * of their own when the next search comes; blocks of like size are then joined, so that there are few.
 */
import type { BlockImage, Place } from '../terms/dictionary.ts'
import { BLOCK_UNITS, type Block, blockImage, blockOf, findIn, type Part, partsWith, pushBlock } from './blocks.ts'

const WIDE = /[\u0100-\uffff]/

/** Strings by number, found by a piece of them. */
export class Haystack {
  readonly #narrow: Block[] = []
  readonly #wide: Block[] = []
  #newIds: number[] = []
  #newTexts: string[] = []
  /** How many of the new ones are joined. */
  #joined = 0
  /** What was looked for last, and the parts that can have it. */
  #needle: string | undefined
  #parts: readonly Part[] = []

  /** Adds a string under a number. O(1); the next search joins what was added, O(its units). */
  add(id: number, text: string): void {
    this.#newIds.push(id)
    this.#newTexts.push(text)
  }

  /**
   * The numbers of all strings that have `piece` at `place`, each once, in no order. O(units of the parts that can have it),
   * at memory speed: 5 µs where over 30,000 words no part does, 150 µs where all do.
   */
  find(piece: string, place: Place): number[] {
    while (!this.join());
    const found: number[] = []
    const needle = needleOf(piece, place)
    for (const part of this.#partsWith(needle)) findIn(part, needle, piece.length, place, found)
    return found
  }

  /** How many units `find` goes through, but for strings that are new. O(units of the piece × blocks). */
  reach(piece: string, place: Place): number {
    return this.#partsWith(needleOf(piece, place)).reduce((units, { text }) => units + text.length, 0)
  }

  /** Those of the last needle are kept: who asks how far a search reaches searches next. */
  #partsWith(needle: string): readonly Part[] {
    if (needle === this.#needle) return this.#parts
    const parts: Part[] = []
    if (!WIDE.test(needle)) for (const block of this.#narrow) partsWith(needle, block, parts)
    for (const block of this.#wide) partsWith(needle, block, parts)
    this.#needle = needle
    this.#parts = parts
    return parts
  }

  /** Bytes held, estimated. */
  get bytes(): number {
    const of = (blocks: Block[], width: number) =>
      blocks.reduce(
        (sum, { text, starts, sieve }) =>
          sum + text.length * width + starts.length * 8 + (sieve?.masks.byteLength ?? 0),
        0,
      )
    return of(this.#narrow, 1) + of(this.#wide, 2) + this.#newIds.length * 16
  }

  /** What is joined, as plain data. */
  image(): BlockImage[] {
    return [...this.#narrow, ...this.#wide].map(blockImage)
  }

  /** Takes in what `image` gave. Nothing was added yet. O(blocks). */
  restore(images: readonly BlockImage[]): void {
    for (const image of images) (WIDE.test(image.text) ? this.#wide : this.#narrow).push(blockOf(image))
  }

  /** Joins the next of what was added since the last search, about as much as a block has. Returns whether that was all. */
  join(): boolean {
    const texts = this.#newTexts
    if (texts.length === 0) return true
    this.#needle = undefined
    const [narrow, wide]: [number[], number[]] = [[], []]
    for (let units = 0; this.#joined < texts.length; this.#joined++) {
      const text = texts[this.#joined]!
      // A longer one has a block of its own.
      if (units > 0 && units + text.length > BLOCK_UNITS) break
      units += text.length + 1
      ;(WIDE.test(text) ? wide : narrow).push(this.#joined)
    }
    pushBlock(this.#narrow, narrow, texts, this.#newIds)
    pushBlock(this.#wide, wide, texts, this.#newIds)
    if (this.#joined < texts.length) return false
    this.#newIds = []
    this.#newTexts = []
    this.#joined = 0
    return true
  }
}

function needleOf(piece: string, place: Place): string {
  return place === 'start' ? `\n${piece}` : place === 'end' ? `${piece}\n` : piece
}
