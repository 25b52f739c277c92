/** Finds the strings of a dictionary by a piece of them, ignoring case, in a haystack that follows the dictionary. */
import { LastN } from '../../base/last-n.ts'
import { fold } from '../../base/text/fold.ts'
import type { Dictionary, Place, TermSearch } from '../terms/dictionary.ts'
import { Haystack } from './haystack.ts'

/** A person typing, and a page that asks for counts beside it, come back to the same few pieces. */
const KEPT_PIECES = 16

/** The search of one dictionary. */
export class DictionarySearch implements TermSearch {
  readonly #dictionary: Dictionary
  /** The strings of the terms below `#searchable`, of one generation. */
  #haystack = new Haystack()
  #searchable = 0
  #generation = 0
  /** What the last pieces were found in, and the version of the dictionary for which that holds. */
  readonly #found = new LastN<string, readonly number[]>(KEPT_PIECES)
  #foundIn = ''

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
  }

  /** O(units of all distinct strings), at memory speed; O(1) for the last few pieces, while no string is added. */
  containing(piece: string, place: Place): readonly number[] {
    const { version } = this.#dictionary
    if (this.#foundIn !== version) this.#found.clear()
    this.#foundIn = version
    this.prepare()
    const key = `${place} ${piece}`
    return this.#found.get(key) ?? this.#found.set(key, this.#haystack.find(piece, place))
  }

  /** O(their units). */
  prepare(most = Number.POSITIVE_INFINITY): boolean {
    const { size, generation } = this.#dictionary
    if (this.#generation !== generation) {
      this.#haystack = new Haystack()
      this.#searchable = 0
      this.#generation = generation
    }
    const end = Math.min(size, this.#searchable + most)
    for (; this.#searchable < end; this.#searchable++) {
      const value = this.#dictionary.value(this.#searchable)
      if (typeof value === 'string') this.#haystack.add(this.#searchable, fold(value))
    }
    const isAll = end === size
    if (isAll) this.#haystack.join()
    return isAll
  }

  get bytes(): number {
    return this.#haystack.bytes
  }
}
