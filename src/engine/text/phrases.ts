/**
 * All phrases of one query. Each is sifted by itself, until that has cost as much as some passes over the sequences of
 * a segment; then all that are left are found in one, see `together.ts`.
 */
import type { Context } from '../context.ts'
import { UNITS } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import type { RowSet } from '../sets/rowset.ts'
import { type Need, patternOf } from './pattern.ts'
import { Phrase } from './phrase.ts'
import type { RunTerms } from './run-postings.ts'
import { rowsOfAll } from './together.ts'

/** One pass for all takes as long as so many passes for one each. */
const PASSES = 4
/** Going through a token takes so many times as long as for one phrase. */
const TOGETHER = 3
/** It pays from so many phrases on. */
const LEAST_TOGETHER = 8

/** What is known of a segment. */
interface Progress {
  /** How many rows were sifted, for all phrases together. */
  sifted: number
  /** The rows that match, once they are found together. */
  readonly matching: Map<Phrase, RowSet>
}

/** Lives for one query. */
export class Phrases {
  readonly #index: RunTerms
  readonly #context: Context
  /** The first, and all by their text once there is another: most queries have one. */
  #first: Phrase | undefined
  #byText: Map<string, Phrase> | undefined
  #terms: Map<string, readonly number[]> | undefined
  readonly #needs: Need[] = []
  readonly #termsOfNeeds: (readonly number[])[] = []
  /** Those whose sequences must be searched. */
  #sought: Phrase[] | undefined
  #progress: Map<Segment, Progress> | undefined

  constructor(index: RunTerms, context: Context) {
    this.#index = index
    this.#context = context
  }

  /** The phrase of a string, one for all that are equal ignoring case; `undefined` of the empty one. */
  find(content: string): Phrase | undefined {
    const pattern = patternOf(content)
    if (pattern.needs.length === 0) return undefined
    if (this.#first !== undefined) this.#byText ??= new Map([[this.#first.text, this.#first]])
    const known = this.#byText?.get(pattern.text)
    if (known !== undefined) return known
    const phrase = new Phrase(pattern, this.#index, this.#context, this)
    this.#first ??= phrase
    this.#byText?.set(pattern.text, phrase)
    if (phrase.canSift) {
      this.#sought ??= []
      this.#sought.push(phrase)
    }
    return phrase
  }

  /** The terms that a run or a stretch of a pattern can be, looked up once. */
  terms(need: Need): readonly number[] {
    if (this.#byText === undefined) return this.#termsOfFirst(need)
    const key = `${need.place} ${need.text}`
    this.#terms ??= new Map()
    const known = this.#terms.get(key) ?? this.#termsOf(need)
    this.#terms.set(key, known)
    return known
  }

  /** Those of the needs of a phrase that is alone: a run is asked for as a need and as a piece, the same object. */
  #termsOfFirst(need: Need): readonly number[] {
    const at = this.#needs.indexOf(need)
    if (at !== -1) return this.#termsOfNeeds[at]!
    const terms = this.#termsOf(need)
    this.#needs.push(need)
    this.#termsOfNeeds.push(terms)
    return terms
  }

  #termsOf({ text, place }: Need): readonly number[] {
    const { dictionary, search } = this.#index
    if (place !== 'whole') {
      this.#context.meter.spend(search!.reach(text, place) * UNITS.searched)
      return search!.containing(text, place)
    }
    const term = dictionary.term(text)
    return term === -1 ? [] : [term]
  }

  /** The rows of a segment that match a phrase, if it is time to find those of all; `rows` are to be sifted otherwise. */
  matching(phrase: Phrase, segment: Segment, rows: number): RowSet | undefined {
    if (this.#sought === undefined || this.#sought.length < LEAST_TOGETHER) return undefined
    this.#progress ??= new Map()
    let progress = this.#progress.get(segment)
    if (progress === undefined) {
      progress = { sifted: 0, matching: new Map() }
      this.#progress.set(segment, progress)
    }
    const { matching } = progress
    progress.sifted += rows
    if (matching.has(phrase) || progress.sifted <= PASSES * segment.size) return matching.get(phrase)
    const left = this.#sought.filter((it) => !matching.has(it))
    if (left.length < LEAST_TOGETHER) return undefined
    const { sequences } = this.#index.postings(segment, this.#context.documents, this.#context.work)
    this.#context.meter.spend(TOGETHER * sequences.units * UNITS.token)
    for (const [it, set] of rowsOfAll(left, segment, this.#index, this.#context)) matching.set(it, set)
    return matching.get(phrase)
  }
}
