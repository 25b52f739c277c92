/**
 * The runs of a list of messages that grows, kept from one segment to the next: each message is read once, however often
 * its row is written to and asked for.
 */
import { search } from '../../base/bisect.ts'
import type { Message } from '../../row/conversation.ts'
import { type ReadingSteps, STEP_UNITS } from '../terms/steps.ts'
import { HIGH, highOf, lowOf } from './sequence.ts'
import { type TextReader, textRuns } from './substring.ts'
import { termOf } from './tokens.ts'

/** Gives terms: of a stretch of a string, and of a space between two runs. */
export interface Terms extends Pick<TextReader, 'term'> {
  space(): number
}

/** What a row has of its first messages, in terms of one generation of a dictionary. */
export class GrownRuns {
  /** That of the dictionary. */
  readonly generation: number
  /** How many messages are read. */
  #read = 0
  /** Their tokens, as `Sequences` has them. What stands there stays: sequences are views of it. */
  #units = new Uint16Array(1_024)
  #length = 0
  /** Their terms, ascending, and those that came since these were sorted. */
  #terms: Uint32Array = new Uint32Array(0)
  readonly #more = new Set<number>()

  constructor(generation: number) {
    this.generation = generation
  }

  /** How many messages are read. */
  get read(): number {
    return this.#read
  }

  /** Reads messages up to the first `count`. A message counts once it is read whole: two readings may take turns. */
  *readTo(count: number, messages: readonly Message[], { term, space }: Terms): ReadingSteps {
    let units = 0
    while (this.#read < count) {
      const at = this.#read
      const tokens: number[] = []
      const terms: number[] = []
      const reader: TextReader = {
        term,
        next: (token) => tokens.push(token),
        add: (one) => terms.push(one),
        space: () => terms.push(space()),
      }
      const read = textRuns([messages[at]!], reader)
      if (typeof read === 'number') units += read
      else yield* read
      if (at === this.#read) this.#take(tokens, terms)
      if (units < STEP_UNITS) continue
      yield units
      units = 0
    }
  }

  #take(tokens: readonly number[], terms: readonly number[]): void {
    const needed = this.#length + 2 * tokens.length
    if (needed > this.#units.length) {
      const grown = new Uint16Array(Math.max(needed, 2 * this.#units.length))
      grown.set(this.#units)
      this.#units = grown
    }
    for (const token of tokens) {
      if (token < HIGH) this.#units[this.#length++] = token
      else {
        this.#units[this.#length++] = highOf(token)
        this.#units[this.#length++] = lowOf(token)
      }
      if (termOf(token) >= 0) this.#add(termOf(token))
    }
    for (const term of terms) this.#add(term)
    this.#read++
  }

  #add(term: number): void {
    if (!this.#more.has(term) && search(this.#terms, term) === -1) this.#more.add(term)
  }

  /** Its tokens, a view. */
  get units(): Uint16Array {
    return this.#units.subarray(0, this.#length)
  }

  /** Its terms, ascending. O(terms) where there are new ones. */
  get terms(): Uint32Array {
    if (this.#more.size > 0) {
      this.#terms = merged(this.#terms, Uint32Array.from(this.#more).sort())
      this.#more.clear()
    }
    return this.#terms
  }
}

/** Two ascending lists in one. The second is mostly of new terms, which are greater than all. O(both). */
function merged(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length)
  let rest = a.length
  let place = both.length
  for (let i = b.length - 1; i >= 0; i--) {
    while (rest > 0 && a[rest - 1]! > b[i]!) both[--place] = a[--rest]!
    both[--place] = b[i]!
  }
  both.set(a.subarray(0, rest))
  return both
}
