/**
 * Who said each run in each row: two bits a posting, made in one pass over the sequences when first asked. So the rows in
 * which one of the two said a word are known without looking at what else they said.
 */

import { LastN } from '../../base/last-n.ts'
import { MESSAGE } from '../columns/parts.ts'
import type { RowParts } from '../columns/row-parts.ts'
import { addTo } from '../sets/algebra.ts'
import { countBits, type RowSet, wordSet } from '../sets/rowset.ts'
import type { Scratch } from '../sets/scratch.ts'
import type { Packed } from '../terms/postings.ts'
import { HIGH, type Sequences, tokenAt } from './sequence.ts'
import { beginsMessage, termOf } from './tokens.ts'

/** The bits of who sends. */
const SENDERS = MESSAGE.end_user | MESSAGE.agent
/** So many bitmaps of common runs are kept: a page asks for the same again and again. */
const KEPT_BITMAPS = 32

/** Who said the runs of one segment. */
export class Senders {
  readonly #packed: Packed
  /** Where the bits of each place begin: those of its first row. */
  readonly #from: Uint32Array
  /** Two bits a posting, four postings a byte. */
  readonly #bits: Uint8Array
  readonly #bitmaps = new LastN<number, RowSet>(KEPT_BITMAPS)

  /** O(tokens). */
  constructor(packed: Packed, sequences: Sequences, messages: RowParts) {
    const { terms, offsets, bitmaps } = packed
    this.#packed = packed
    this.#from = new Uint32Array(terms.length)
    let count = 0
    for (let place = 0; place < terms.length; place++) {
      this.#from[place] = count
      count += bitmaps[place]?.count ?? offsets[place + 1]! - offsets[place]!
    }
    this.#bits = new Uint8Array((count + 3) >>> 2)
    this.#read(sequences, messages)
  }

  #read(sequences: Sequences, { starts: firsts, kinds }: RowParts): void {
    const { terms } = this.#packed
    const { all, starts } = sequences
    const places = new Int32Array((terms.at(-1) ?? -1) + 1).fill(-1)
    terms.forEach((term, place) => {
      places[term] = place
    })
    /** By place: its next posting, and the slot that the one before is of. */
    const nexts = this.#from.slice()
    const slots = new Int32Array(terms.length).fill(-1)
    const bits = this.#bits
    for (let slot = 0; slot + 1 < starts.length; slot++) {
      let message = firsts[slot]! - 1
      // Of a row that was replaced before its messages were looked at nothing is known, nor asked.
      const last = firsts[slot + 1]!
      let sender = 0
      const end = starts[slot + 1]!
      for (let at = starts[slot]!; at < end; at++) {
        const unit = all[at]!
        const token = unit < HIGH ? unit : tokenAt(all, at++)
        if (beginsMessage(token)) {
          do message++
          while (message < last && (kinds[message]! & MESSAGE.text) === 0)
          sender = message < last ? kinds[message]! & SENDERS : 0
        }
        const place = places[termOf(token)] ?? -1
        if (place === -1) continue
        if (slots[place] !== slot) {
          slots[place] = slot
          nexts[place]!++
        }
        const posting = nexts[place]! - 1
        bits[posting >>> 2]! |= sender << ((posting & 3) * 2)
      }
    }
  }

  /** The rows in which a sender said any of the runs at some places. O(rows with them), O(1) for one of the last few common ones. */
  rows(places: readonly number[], sender: number, rows: number, scratch: Scratch): RowSet {
    const { bitmaps } = this.#packed
    const isCommon = (place: number) => bitmaps[place] !== undefined
    if (places.length === 1 && isCommon(places[0]!)) return this.#common(places[0]!, sender)
    const words = (rows + 31) >>> 5
    const out = scratch.clearedWords(words)
    for (const place of places) {
      if (isCommon(place)) addTo(out, this.#common(place, sender))
      else this.#mark(place, sender, out)
    }
    return wordSet(out, countBits(out, 0, words), 0, words)
  }

  /** Sets the bits of the rows in which a sender said the run at a place. O(rows with it). */
  #mark(place: number, sender: number, out: Int32Array): void {
    const { offsets, slots, bitmaps } = this.#packed
    const bits = this.#bits
    const bitmap = bitmaps[place]
    let posting = this.#from[place]!
    // Without a branch: it could not be predicted.
    if (bitmap === undefined) {
      const end = offsets[place + 1]!
      for (let i = offsets[place]!; i < end; i++, posting++) {
        const isSaid = Number((bits[posting >>> 2]! & (sender << ((posting & 3) * 2))) !== 0)
        const slot = slots[i]!
        out[slot >>> 5]! |= isSaid << slot
      }
      return
    }
    for (let w = bitmap.lo; w < bitmap.hi; w++) {
      for (let word = bitmap.words![w]!; word !== 0; word &= word - 1, posting++) {
        const isSaid = Number((bits[posting >>> 2]! & (sender << ((posting & 3) * 2))) !== 0)
        out[w]! |= isSaid << (31 - Math.clz32(word & -word))
      }
    }
  }

  #common(place: number, sender: number): RowSet {
    const key = place * 4 + sender
    const known = this.#bitmaps.get(key)
    if (known !== undefined) return known
    const words = new Int32Array(this.#packed.bitmaps[place]!.hi)
    this.#mark(place, sender, words)
    return this.#bitmaps.set(key, wordSet(words, countBits(words, 0, words.length)))
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#bits.byteLength + this.#from.byteLength
  }
}
