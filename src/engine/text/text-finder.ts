/** Finds a string of tokens in the texts of rows, and says in which text it is. */
import { HIGH, highOf, LOW, lowOf, type Sequences, standsAround, tokenAt } from './sequence.ts'
import type { Tokens } from './token-set.ts'
import { beginsMessage } from './tokens.ts'

/** In the table of `textFinder`: the string is sought for the unit; and a text begins there. */
const SOUGHT = 2
const BEGINS = 4
/**
 * By unit, `BEGINS` where it tells that a text begins: the one unit of a token, or the second of two. Of a string that goes
 * on after any unit, with that bit too.
 */
let beginnings: readonly [Uint8Array, Uint8Array] | undefined

function readBeginnings(): readonly [Uint8Array, Uint8Array] {
  const table = Uint8Array.from({ length: 65_536 }, (_, unit) =>
    beginsMessage(unit < HIGH || unit >= LOW ? unit : 0) ? BEGINS : 0,
  )
  return [table, table.map((about) => about | 1)]
}

/**
 * Says of a row whether it has a string of tokens in a text that is accepted; texts count from 0, those that are empty
 * aside. O(tokens of the row), 1.3 ns each; making it takes 64 kB for a while. It looks for the string as `Sequences.finder`
 * does, and counts in the same pass how many texts have begun: to go through a row text by text takes four times as long.
 */
export function textFinder(
  { all: units, starts }: Sequences,
  string: Tokens,
  accepts: (slot: number, text: number) => boolean,
): (slot: number) => boolean {
  const { sets, sought } = string
  const always = sets[sought - 1]?.each ? 0 : 1
  /** By unit: whether the string goes on after it, is sought for it, and whether it tells that a text begins. */
  beginnings ??= readBeginnings()
  const table = beginnings[always].slice()
  sets[sought - 1]?.each?.((token) => {
    table[token < HIGH ? token : lowOf(token)]! |= 1
  })
  sets[sought]!.each!((token) => {
    table[token < HIGH ? token : highOf(token)]! |= SOUGHT
  })
  /** Whether it is sought from one unit to before another, before which so many texts have begun. */
  const isIn = (slot: number, from: number, to: number, texts: number): boolean => {
    const [start, end] = [starts[slot]!, starts[slot + 1]!]
    let begun = texts
    for (let i = from; i < to; i++) {
      const about = table[units[i]!]!
      if ((about & SOUGHT) !== 0 && standsAround(string, units, i, start, end)) {
        // A token of two units begins a text by the second.
        const isFirst = (units[i]! < HIGH ? about : table[units[i + 1]!]!) >>> 2
        if (accepts(slot, begun - 1 + isFirst)) return true
      }
      begun += about >>> 2
    }
    return false
  }
  return (slot) => {
    const start = starts[slot]!
    const end = starts[slot + 1]!
    let last = always
    /** How many texts begin before `at`. */
    let texts = 0
    let at = start
    for (; at + 4 <= end; at += 4) {
      const a = table[units[at]!]!
      const b = table[units[at + 1]!]!
      const c = table[units[at + 2]!]!
      const d = table[units[at + 3]!]!
      const hits = (last & (a >>> 1)) | (a & (b >>> 1)) | (b & (c >>> 1)) | (c & (d >>> 1))
      last = d
      if ((hits & 1) === 1 && isIn(slot, at, at + 4, texts)) return true
      texts += (a >>> 2) + (b >>> 2) + (c >>> 2) + (d >>> 2)
    }
    return isIn(slot, at, end, texts)
  }
}

/** Where the next text of a row begins after the token at `at`, or `end` where there is none. O(units). */
export function nextText(units: Uint16Array, at: number, end: number): number {
  for (let i = at + (units[at]! < HIGH ? 1 : 2); i < end; i += units[i]! < HIGH ? 1 : 2)
    if (beginsMessage(tokenAt(units, i))) return i
  return end
}
