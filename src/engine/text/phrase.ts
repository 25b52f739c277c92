/**
 * Which rows have a message that contains a string, by the text index. Such rows have all runs of the string, and where two
 * of them are common, these next to each other. The rest is decided by the sequences of the rows.
 */
import type { Context } from '../context.ts'
import type { Segment } from '../segments/segment.ts'
import { unite } from '../sets/algebra.ts'
import { has, type RowSet } from '../sets/rowset.ts'
import { rowsOfTerms } from '../terms/rows-of-terms.ts'
import type { MessageRows, Sieve } from '../terms/text-index.ts'
import type { RunTerms } from './run-postings.ts'
import type { Tokens } from './sequence.ts'
import { type Pattern, termsOf, tokensOf } from './substring.ts'

/** The terms of a pattern. */
interface Found {
  /** Of each run that rows must have. */
  readonly needs: readonly (readonly number[])[]
  /** Of each piece, if the sequences of rows must be searched for them. */
  readonly pieces: readonly (readonly number[])[]
  /** The piece that the fewest rows have; of two it does not matter, they are sought together. */
  readonly rarest: number
}

/** A pattern, looked up when the first segment is asked. Lives for one query. */
export class Phrase implements MessageRows {
  /** Whether the rows are just those that match. */
  readonly isExact: boolean
  readonly #pattern: Pattern
  readonly #index: RunTerms
  readonly #context: Context
  #found: Found | undefined
  /** Those of all pieces, the same for each segment that knows no more. */
  #tokens: Tokens | undefined

  constructor(pattern: Pattern, index: RunTerms, context: Context) {
    this.isExact = pattern.needs.length === 1 && pattern.isExact
    this.#pattern = pattern
    this.#index = index
    this.#context = context
  }

  /** The rows that may match. */
  rows(segment: Segment): RowSet {
    const context = this.#context
    context.build(this.#index)
    this.#found ??= this.#find(segment)
    const { needs, pieces } = this.#found
    const sets = needs.map((terms) => this.#having(terms, segment))
    for (let i = 1; i < pieces.length; i++) if (this.#isUsual(i)) sets.push(...this.#joined(i, segment))
    return context.intersect(sets, segment)
  }

  /** Says of a row in `rows` whether it may match; whether it does, if the pattern is exact. */
  sift(segment: Segment): Sieve {
    const { isExact } = this.#pattern
    const { pieces, rarest } = this.#found!
    const { sequences, neighbours } = this.#order(segment)
    const known = pieces.length === 2 && this.#isUsual(1) ? this.#known(1, segment) : undefined
    if (known === undefined) {
      this.#tokens ??= tokensOf(this.#pattern, pieces, rarest)
      return { isIn: sequences.finder([this.#tokens]), isExact }
    }
    const [firsts, seconds] = pieces as [readonly number[], readonly number[]]
    const find = sequences.finder([
      tokensOf(this.#pattern, [neighbours.rare(firsts), seconds], 0),
      tokensOf(this.#pattern, [firsts, neighbours.rare(seconds)], 1),
    ])
    return { isIn: (slot) => has(known, slot) || find(slot), isExact }
  }

  /** Looks up the terms. Which are rarest the first segment decides: it is about speed alone. */
  #find(segment: Segment): Found {
    const { pieces, needs } = this.#pattern
    const ofAll = (runs: readonly (typeof needs)[number][]) => runs.map((run) => termsOf(run, this.#index))
    if (this.isExact) return { needs: ofAll(needs), pieces: [], rarest: 0 }
    const found = ofAll(pieces)
    const counts = pieces.length > 2 ? found.map((terms) => this.#having(terms, segment).count) : [0]
    return { needs: ofAll(needs), pieces: found, rarest: counts.indexOf(Math.min(...counts)) }
  }

  /** Whether a piece and the one before it stand as neighbours do. */
  #isUsual(piece: number): boolean {
    return this.#pattern.pieces[piece]!.glue === undefined
  }

  #order(segment: Segment) {
    return this.#index.postings(segment, this.#context.documents, this.#context.work)
  }

  #having(terms: readonly number[], segment: Segment): RowSet {
    return rowsOfTerms(this.#index, terms, segment, this.#context)
  }

  /** The rows that have a common run of the piece before right before a common one of this piece. */
  #known(piece: number, segment: Segment): RowSet | undefined {
    const { neighbours } = this.#order(segment)
    const { pieces } = this.#found!
    const firsts = neighbours.common(pieces[piece - 1]!)
    const seconds = neighbours.common(pieces[piece]!)
    if (firsts.length === 0 || seconds.length === 0) return undefined
    const sets = firsts.flatMap((first) => seconds.map((second) => neighbours.rows(first, second)))
    return unite(sets, segment.size, this.#context.scratch)
  }

  /** The rows that may have a run of the piece before right before one of this piece; none where that says nothing. */
  #joined(piece: number, segment: Segment): RowSet[] {
    const known = this.#known(piece, segment)
    if (known === undefined) return []
    const { neighbours } = this.#order(segment)
    const { pieces } = this.#found!
    const [firsts, seconds] = [pieces[piece - 1]!, pieces[piece]!]
    const both = (a: readonly number[], b: readonly number[]) =>
      this.#context.intersect([this.#having(a, segment), this.#having(b, segment)], segment)
    const sets = [known, both(neighbours.rare(firsts), seconds), both(firsts, neighbours.rare(seconds))]
    return [unite(sets, segment.size, this.#context.scratch)]
  }
}
