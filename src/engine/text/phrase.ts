/**
 * Which rows have a message that contains a string, by the text index. Such rows have all runs of the string, and where two
 * of them are common, these next to each other. The rest is decided by the sequences of the rows.
 */
import type { Context } from '../context.ts'
import { type Estimate, rowsOf, UNITS } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import { filter, intersect, unite } from '../sets/algebra.ts'
import { has, type RowSet } from '../sets/rowset.ts'
import { rowsOfTerms, sizeOfTerms } from '../terms/rows-of-terms.ts'
import type { MessageRows } from '../terms/text-index.ts'
import type { Neighbours } from './neighbours.ts'
import { type Need, type Pattern, tokensOf } from './pattern.ts'
import type { RunTerms } from './run-postings.ts'
import { type Tokens, termTokens } from './token-set.ts'

/** The terms of a pattern. */
interface Found {
  /** Of each run that rows must have. */
  readonly needs: readonly (readonly number[])[]
  /** Of each piece, if the sequences of rows must be searched for them. */
  readonly pieces: readonly (readonly number[])[]
  /** The piece that the fewest rows have; of two it does not matter, they are sought together. */
  readonly rarest: number
}

/** What the sequences of a segment's rows are searched for. */
export interface Search {
  readonly strings: readonly Tokens[]
  /** Rows that are known to match. */
  readonly known: RowSet | undefined
}

/** Units of work that making a finder takes. */
const FINDER = 20
/** So few rows are put into an index while a query is judged. */
const FEW_ROWS = 64

/** What the phrases of one query share. */
interface Others {
  /** The terms that a run or a stretch of a pattern can be. */
  terms(need: Need): readonly number[]
  /** The rows of a segment that match a phrase, if it is time to find those of all; `rows` are to be sifted otherwise. */
  matching(phrase: Phrase, segment: Segment, rows: number): RowSet | undefined
}

/** A pattern, looked up when the first segment is asked. Lives for one query. */
export class Phrase implements MessageRows {
  /** Whether the rows are just those that match. */
  readonly isExact: boolean
  /** Whether the sequences decide; else those rows are to be read. */
  readonly canSift: boolean
  readonly #pattern: Pattern
  readonly #index: RunTerms
  readonly #context: Context
  readonly #others: Others
  readonly #rowsBySegment: (RowSet | undefined)[] = []
  #found: Found | undefined
  /** Those of all pieces, the same for each segment that knows no more. */
  #tokens: Tokens | undefined

  constructor(pattern: Pattern, index: RunTerms, context: Context, others: Others) {
    this.isExact = pattern.isCut ? pattern.text.length === 1 : pattern.needs.length === 1
    this.canSift = !this.isExact && !pattern.isCut
    this.#pattern = pattern
    this.#index = index
    this.#context = context
    this.#others = others
  }

  /** Whether it lies within one run: then rows match that have one of its terms. */
  get isOneRun(): boolean {
    return this.#pattern.pieces.length === 1 && !this.isNoToken
  }

  /** Whether tokens cannot tell where it stands: a single space, which between two runs is none, or half a character. */
  get isNoToken(): boolean {
    return this.#pattern.text === ' ' || this.#pattern.isCut
  }

  /** By run, the terms that it can be: each text that matches has one of each. */
  runTerms(): readonly (readonly number[])[] {
    this.#context.build(this.#index)
    // A single space between two runs is no term.
    return this.#pattern.pieces.filter(({ isSpace }) => !isSpace).map((piece) => this.#others.terms(piece))
  }

  /** What stands next to each other in each text that has it. */
  tokens(): Tokens {
    this.#context.build(this.#index)
    const terms = this.#pattern.pieces.map((piece) => this.#others.terms(piece))
    return this.#tokensOf(terms, 0)
  }

  /** The string, folded. */
  get text(): string {
    return this.#pattern.text
  }

  /** The rows that may match. */
  rows(segment: Segment): RowSet {
    this.#context.build(this.#index)
    let rows = this.#rowsBySegment[segment.number]
    if (rows === undefined) {
      rows = this.#rows(segment)
      this.#rowsBySegment[segment.number] = rows
    }
    return rows
  }

  #rows(segment: Segment): RowSet {
    this.#found ??= this.#find(segment)
    const { needs, pieces } = this.#found
    const sets = needs.map((terms) => this.#having(terms, segment))
    for (let i = 1; i < pieces.length; i++) if (this.#isUsual(i)) sets.push(...this.#joined(i, segment))
    return intersect(sets, [], 0, segment.size, this.#context.shared.scratch)
  }

  estimate(segments: readonly Segment[], left: number): Estimate {
    const lacking = this.#index.lacking(segments)
    const { search } = this.#index
    let work = lacking * UNITS.cut
    let rows = left
    for (const need of this.#pattern.needs) {
      const finding = need.place === 'whole' ? UNITS.term : search!.reach(need.text, need.place) * UNITS.searched
      // Pieces are looked for by themselves once more.
      work += this.isExact ? finding : 2 * finding
      // What it finds is known where the index is, and looking for it costs no more than is left to spend.
      if (lacking > FEW_ROWS || !this.#context.meter.allows(work)) return { work, rows: left }
      const size = sizeOfTerms(this.#index, this.#others.terms(need), segments, this.#context)
      work += size.work
      rows = Math.min(rows, size.rows)
    }
    const units = segments.reduce((sum, segment) => sum + this.#order(segment).sequences.units, 0)
    if (!this.isExact) work += FINDER * segments.length + (rows / Math.max(1, rowsOf(segments))) * units * UNITS.token
    return { work, rows }
  }

  /** Those of some rows in `rows` that match. */
  sift(segment: Segment, among: RowSet): RowSet {
    const context = this.#context
    const matching = this.#others.matching(this, segment, among.count)
    if (matching !== undefined) return context.intersect([among, matching], segment)
    const { strings, known } = this.search(segment)
    const order = this.#order(segment)
    context.meter.spend(FINDER + among.count * order.rowUnits * UNITS.token)
    const find = order.sequences.finder(strings)
    return filter(among, known === undefined ? find : (slot) => has(known, slot) || find(slot), context.scratch)
  }

  /** What the sequences of rows in `rows` are searched for. To be asked after `rows`. */
  search(segment: Segment): Search {
    const { pieces, rarest } = this.#found!
    const { neighbours } = this.#order(segment)
    const known = pieces.length === 2 && this.#isUsual(1) ? this.#known(1, segment) : undefined
    if (known === undefined) {
      this.#tokens ??= this.#tokensOf(pieces, rarest)
      return { strings: [this.#tokens], known }
    }
    const [firsts, seconds] = pieces as [readonly number[], readonly number[]]
    const strings = [
      this.#tokensOf([this.#rare(firsts, neighbours), seconds], 0),
      this.#tokensOf([firsts, this.#rare(seconds, neighbours)], 1),
    ]
    return { strings, known }
  }

  /** Looks up the terms. Which are rarest the first segment decides: it is about speed alone. */
  #find(segment: Segment): Found {
    const { pieces, needs } = this.#pattern
    const ofAll = (needs: readonly Need[]) => needs.map((need) => this.#others.terms(need))
    if (!this.canSift) return { needs: ofAll(needs), pieces: [], rarest: 0 }
    const found = ofAll(pieces)
    // What nearly all rows have, no one looks for.
    const countOf = (terms: readonly number[], i: number) =>
      pieces[i]!.isSpace ? Number.POSITIVE_INFINITY : this.#having(terms, segment).count
    const counts = pieces.length > 2 ? found.map(countOf) : [0]
    return { needs: ofAll(needs), pieces: found, rarest: counts.indexOf(Math.min(...counts)) }
  }

  #tokensOf(terms: readonly (readonly number[])[], rarest: number): Tokens {
    const { dictionary } = this.#index
    return tokensOf(this.#pattern, terms, rarest, dictionary, (terms, isFirst) =>
      this.#context.shared.of(terms, isFirst, () => termTokens(terms, isFirst, dictionary.size)),
    )
  }

  /** Whether a piece and the one before it stand as neighbours do. */
  #isUsual(piece: number): boolean {
    const { pieces } = this.#pattern
    return pieces[piece]!.glue === undefined && !pieces[piece]!.isSpace && !pieces[piece - 1]!.isSpace
  }

  #order(segment: Segment) {
    return this.#index.postings(segment, this.#context.documents, this.#context.work)
  }

  #having(terms: readonly number[], segment: Segment): RowSet {
    return rowsOfTerms(this.#index, terms, segment, this.#context)
  }

  /** Those of some terms that are not common in a segment: one list of them, so that phrases share what it gives. */
  #rare(terms: readonly number[], neighbours: Neighbours): readonly number[] {
    return this.#context.shared.of(neighbours, terms, () => neighbours.rare(terms))
  }

  /** The rows that have a common run of the piece before right before a common one of this piece. */
  #known(piece: number, segment: Segment): RowSet | undefined {
    const { neighbours } = this.#order(segment)
    const { pieces } = this.#found!
    const firsts = neighbours.common(pieces[piece - 1]!)
    const seconds = neighbours.common(pieces[piece]!)
    if (firsts.length === 0 || seconds.length === 0) return undefined
    const sets = firsts.flatMap((first) => seconds.map((second) => neighbours.rows(first, second)))
    return unite(sets, segment.size, this.#context.shared.scratch)
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
    const sets = [known, both(this.#rare(firsts, neighbours), seconds), both(firsts, this.#rare(seconds, neighbours))]
    return [unite(sets, segment.size, this.#context.shared.scratch)]
  }
}
