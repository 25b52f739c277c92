/**
 * Finds many phrases in one pass over the sequences of a segment. Tokens are of one class that are in the same sets of all
 * phrases, so each two tokens next to each other are looked up once, in a table of pairs of classes:
 *
 *     phrases   'ab c', 'b d'        firsts    ends with 'ab' (and so with 'b'): 1, with 'b' alone: 2
 *     pairs     1, 'c': both         seconds   begins with 'c': 1, with 'd': 2
 */
import type { Context } from '../context.ts'
import type { Segment } from '../segments/segment.ts'
import { addTo, unite } from '../sets/algebra.ts'
import { countBits, nextFrom, type RowSet, wordSet } from '../sets/rowset.ts'
import type { Phrase } from './phrase.ts'
import type { RunTerms } from './run-postings.ts'
import { HIGH, type Sequences, standsAround, tokenAt } from './sequence.ts'
import type { TokenSet, Tokens } from './token-set.ts'

/** The most phrases in one pass, so that the table of pairs is small. */
const MOST_TOGETHER = 256

/** A string of tokens to find. */
interface Wanted extends Tokens {
  /** Whether it is found where its first two tokens are. */
  readonly isPair: boolean
  /** The rows that have it. */
  readonly words: Int32Array
}

/** The rows of a segment that match each phrase. O(tokens of the rows that may match, 3 ns each + terms + matches). */
export function* rowsOfAll(
  phrases: readonly Phrase[],
  segment: Segment,
  index: RunTerms,
  context: Context,
): Generator<[Phrase, RowSet], void, undefined> {
  for (let from = 0; from < phrases.length; from += MOST_TOGETHER) {
    const some = phrases.slice(from, from + MOST_TOGETHER)
    const candidates = some.map((phrase) => phrase.rows(segment)).filter(({ count }) => count > 0)
    const { sequences } = index.postings(segment, context.documents, context.work)
    const size = (segment.size + 31) >>> 5
    const wanted: Wanted[] = []
    const found = some.map((phrase): [Phrase, Int32Array] => {
      const words = context.shared.scratch.clearedWords(size)
      if (phrase.rows(segment).count === 0) return [phrase, words]
      const { strings, known } = phrase.search(segment)
      if (known !== undefined) addTo(words, known)
      for (const { sets, sought } of strings) {
        const isPair = sets.length === 2 && sets.every(({ each }) => each !== undefined)
        wanted.push({ sets, sought: Math.max(1, sought), isPair, words })
      }
      return [phrase, words]
    })
    if (wanted.length > 0)
      findIn(unite(candidates, segment.size, context.scratch), sequences, wanted, index.dictionary.size)
    for (const [phrase, words] of found) yield [phrase, wordSet(words, countBits(words, 0, size), 0, size)]
  }
}

/** Sets the bits of the rows that have each string. */
function findIn(rows: RowSet, { all: units, starts }: Sequences, wanted: readonly Wanted[], terms: number): void {
  /** By token: its class as the first of two, and, 16 bits higher, as the second. */
  const classes = new Uint32Array(2 * terms + 2)
  const firsts = new Classes(classes, 0)
  const seconds = new Classes(classes, 16)
  for (const { sets, sought } of wanted) {
    firsts.add(sets[sought - 1]!)
    seconds.add(sets[sought]!)
  }
  const width = seconds.count
  /** By pair of classes: 0 as long as nothing is known, else one more than the number of a list. The first list is empty. */
  const pairs = new Uint32Array(firsts.count * width)
  const lists: Uint16Array[] = [new Uint16Array(0)]
  const listOf = (first: number, second: number): number => {
    const ofSecond = new Set(seconds.membersOf(second))
    const list = firsts.membersOf(first).filter((i) => ofSecond.has(i))
    return list.length === 0 ? 1 : lists.push(Uint16Array.from(list))
  }
  /** By string, one more than the last slot that has it. */
  const lasts = new Uint32Array(wanted.length)
  for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) {
    const start = starts[slot]!
    const end = starts[slot + 1]!
    let first = 0
    for (let at = start; at < end; ) {
      const token = units[at]! < HIGH ? units[at]! : tokenAt(units, at)
      const both = classes[token]!
      let pair = pairs[first * width + (both >>> 16)]!
      if (pair === 0) {
        pair = listOf(first, both >>> 16)
        pairs[first * width + (both >>> 16)] = pair
      }
      if (pair > 1) {
        const list = lists[pair - 1]!
        for (let i = 0; i < list.length; i++) {
          const it = list[i]!
          if (lasts[it] === slot + 1) continue
          const found = wanted[it]!
          if (!found.isPair && !standsAround(found, units, at, start, end)) continue
          lasts[it] = slot + 1
          found.words[slot >>> 5]! |= 1 << (slot & 31)
        }
      }
      first = both & 0xffff
      at += token < HIGH ? 1 : 2
    }
  }
}

/** Which tokens are in the same of some sets. Open sets have all tokens, also those of class 0, which are in no other. */
class Classes {
  /** By token, from bit `shift` on. */
  readonly #byToken: Uint32Array
  readonly #shift: number
  /** Of each class: the number of the set that made it of another class, and that one. */
  readonly #sets: number[] = [0]
  readonly #parents: number[] = [0]
  readonly #numbers = new Map<TokenSet, number>()
  /** By number of a set, at which places it was added; open ones are the first. */
  readonly #places: number[][] = [[]]
  #added = 0

  constructor(byToken: Uint32Array, shift: number) {
    this.#byToken = byToken
    this.#shift = shift
  }

  add(set: TokenSet): void {
    const number = set.each === undefined ? 0 : this.#numbers.get(set)
    if (number === undefined) {
      this.#numbers.set(set, this.#places.push([this.#added]) - 1)
      this.#split(set)
    } else this.#places[number]!.push(this.#added)
    this.#added++
  }

  /** Makes classes of the tokens of a set that are in the same sets so far. */
  #split(set: TokenSet): void {
    const [byToken, shift] = [this.#byToken, this.#shift]
    const number = this.#places.length - 1
    const split = new Map<number, number>()
    set.each!((token) => {
      const before = (byToken[token]! >>> shift) & 0xffff
      let after = split.get(before)
      if (after === undefined) {
        this.#parents.push(before)
        after = this.#sets.push(number) - 1
        split.set(before, after)
      }
      byToken[token]! += (after - before) << shift
    })
  }

  /** How many classes there are. */
  get count(): number {
    return this.#sets.length
  }

  /** The places of the sets that the tokens of a class are in. */
  membersOf(of: number): number[] {
    const places = [...this.#places[0]!]
    for (let it = of; it !== 0; it = this.#parents[it]!) places.push(...this.#places[this.#sets[it]!]!)
    return places
  }
}
