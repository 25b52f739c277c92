/** The texts of one row apart: which of its parts have which strings in their texts, by their tokens. */
import type { RowParts } from '../columns/row-parts.ts'
import { Sequences } from './sequence.ts'
import { nextText, textFinder } from './text-finder.ts'
import type { Tokens } from './token-set.ts'

/** What a part of a row must have. */
export interface Asked {
  readonly parts: RowParts
  /** Whether a part has all but the strings. */
  isMeant(part: number): boolean
}

/** What a part must have that has some strings in its texts. */
export interface AskedWith extends Asked {
  /** The bits of a part that say which texts it has, in the order of these. */
  readonly textBits: readonly number[]
  readonly strings: readonly Tokens[]
  /** By string: the bit of the text that must have it. */
  readonly bits: readonly number[]
}

/** Tells of a row whether one part is meant. O(parts). */
export function partFinder({ parts, isMeant }: Asked): (slot: number) => boolean {
  const { starts } = parts
  return (slot) => {
    for (let part = starts[slot]!; part < starts[slot + 1]!; part++) if (isMeant(part)) return true
    return false
  }
}

/** Tells of a row whether one part is meant and has the strings, one at least. O(tokens of the row), 1.3 ns each for one string. */
export function textsFinder(asked: AskedWith, sequences: Sequences): (slot: number) => boolean {
  return asked.strings.length === 1 ? oneFinder(asked, sequences) : manyFinder(asked, sequences)
}

/** For one string: whether it is in a text of the bit, of a part that is meant. */
function oneFinder({ parts, isMeant, textBits, strings, bits }: AskedWith, sequences: Sequences) {
  const { starts, kinds } = parts
  const [string, bit] = [strings[0]!, bits[0]!]
  return textFinder(sequences, string, (slot, text) => {
    let left = text
    // The bound is for files that someone made: in others each text is of a part.
    for (let part = starts[slot]!; part < starts[slot + 1]!; part++) {
      for (let i = 0; i < textBits.length; i++) {
        if ((kinds[part]! & textBits[i]!) === 0) continue
        if (left === 0) return textBits[i] === bit && isMeant(part)
        left--
      }
    }
    return false
  })
}

/** For many: of rows that have them all, text by text. */
function manyFinder({ parts, isMeant, textBits, strings, bits }: AskedWith, sequences: Sequences) {
  const { starts, kinds } = parts
  // The rows of strings of one token are known to have them.
  const inRow = strings.filter(({ sets }) => sets.length > 1).map((string) => sequences.finder([string]))
  /** The text that is looked at. */
  const bounds = new Uint32Array(2)
  const text = new Sequences(sequences.all, bounds)
  const finders = strings.map((string) => text.finder([string]))
  const needed = bits.reduce((all, bit) => all | bit, 0)
  return (slot: number): boolean => {
    for (const isInRow of inRow) if (!isInRow(slot)) return false
    bounds[1] = sequences.starts[slot]!
    const end = sequences.starts[slot + 1]!
    for (let part = starts[slot]!; part < starts[slot + 1]!; part++) {
      const kind = kinds[part]!
      let isFound = (kind & needed) === needed && isMeant(part)
      for (const bit of textBits) {
        if ((kind & bit) === 0) continue
        bounds[0] = bounds[1]
        bounds[1] = nextText(sequences.all, bounds[0], end)
        for (let i = 0; isFound && i < bits.length; i++) if (bits[i] === bit) isFound = finders[i]!(0)
      }
      if (isFound) return true
    }
    return false
  }
}
