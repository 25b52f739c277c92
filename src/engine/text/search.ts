/** Finds the strings of a dictionary by a piece of them, ignoring case, in a haystack that follows the dictionary. */
import { LastN } from '../../base/last-n.ts'
import { fold, foldInSteps } from '../../base/text/fold.ts'
import type { BlockImage, Dictionary, Place, TermSearch } from '../terms/dictionary.ts'
import { Haystack } from './haystack.ts'

/** A person typing, and a page that asks for counts beside it, come back to the same few pieces. */
const KEPT_PIECES = 16

/** The search of one dictionary. */
export class DictionarySearch implements TermSearch {
  protected readonly dictionary: Dictionary
  /** The strings of the terms below `#searchable`, of one generation. */
  #haystack = new Haystack()
  #searchable = 0
  #generation = 0
  /** The folding of the next string, if it is long. */
  #folding: ReturnType<typeof foldInSteps> | undefined
  /** What the last pieces were found in, and the version of the dictionary for which that holds. */
  readonly #found = new LastN<string, readonly number[]>(KEPT_PIECES)
  #foundIn = ''

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary
  }

  /** O(units of all distinct strings), at memory speed; O(1) for the last few pieces, while no string is added. */
  containing(piece: string, place: Place): readonly number[] {
    const { version } = this.dictionary
    if (this.#foundIn !== version) this.#found.clear()
    this.#foundIn = version
    this.prepare()
    const key = `${place} ${piece}`
    return this.#found.get(key) ?? this.#found.set(key, this.#haystack.find(piece, place))
  }

  reach(piece: string, place: Place): number {
    return this.#haystack.reach(piece, place)
  }

  /** O(units), and beside them a block of the haystack. */
  prepare(units = Number.POSITIVE_INFINITY): boolean {
    const { size, generation } = this.dictionary
    if (this.#generation !== generation) {
      this.forget()
      this.#searchable = 0
      this.#folding = undefined
      this.#generation = generation
    }
    for (let read = 0; this.#searchable < size; this.#searchable++) {
      const value = this.dictionary.peek(this.#searchable)
      if (typeof value !== 'string') continue
      if (read >= units) return false
      const folded = value.length > units ? this.#foldOn(value, units) : fold(value)
      if (folded === undefined) return false
      this.take(this.#searchable, folded)
      read += value.length + 1
    }
    while (!this.#haystack.join()) if (units !== Number.POSITIVE_INFINITY) return false
    return true
  }

  /** What is searched, as plain data. O(units). */
  protected blocks(): BlockImage[] {
    this.prepare()
    return this.#haystack.image()
  }

  /** Searches what `blocks` gave, of a search of the same dictionary. O(blocks). */
  protected takeBlocks(blocks: readonly BlockImage[]): void {
    this.#haystack.restore(blocks)
    this.#searchable = this.dictionary.size
  }

  /** Takes a folded string to search. */
  protected take(term: number, folded: string): void {
    this.#haystack.add(term, folded)
  }

  /** Forgets all strings: terms have other numbers. */
  protected forget(): void {
    this.#haystack = new Haystack()
  }

  /** Folds more of a long string; gives it once it is whole. */
  #foldOn(value: string, units: number): string | undefined {
    this.#folding ??= foldInSteps(value, units)
    const { done, value: folded } = this.#folding.next()
    if (done !== true) return undefined
    this.#folding = undefined
    return folded
  }

  get bytes(): number {
    return this.#haystack.bytes
  }
}
