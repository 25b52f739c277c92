/** An index of texts: folded, cut into runs, each run a term. */
import type { Message } from '../../row/conversation.ts'
import { type Grown, grownOf } from '../../row/grown.ts'
import type { PartIndex } from '../columns/row-parts.ts'
import type { Context } from '../context.ts'
import { type Estimate, rowsOf, UNITS } from '../meter.ts'
import type { Documents, Row } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { filter } from '../sets/algebra.ts'
import type { RowSet } from '../sets/rowset.ts'
import { type ReadRow, TermIndex, type Work } from '../terms/inverted.ts'
import type { PartsIndex, PartsRows } from '../terms/text-index.ts'
import { GrownRuns, type Terms } from './grown-runs.ts'
import type { Phrase } from './phrase.ts'
import { Phrases } from './phrases.ts'
import { type AskedWith, partFinder, textsFinder } from './row-texts.ts'
import { type RunPostings, RunsBuilder, type RunTerms } from './run-postings.ts'
import { RunSearch } from './run-search.ts'
import { RUNS } from './runs-codec.ts'
import { ShortWords } from './short-words.ts'
import { type TextReader, type Texts, textRuns } from './substring.ts'

/** An index of texts: of what messages say, or of what actions were asked and answered. */
export abstract class RunIndex<Match = unknown> extends TermIndex implements PartsIndex<Match>, RunTerms {
  readonly parts: PartIndex
  override readonly codec = RUNS
  /** The terms of short runs, from the first row that is read. */
  #short: ShortWords | undefined
  /** By list. */
  readonly #grown = new WeakMap<object, GrownRuns>()

  readonly #textsOf: (row: Row) => Texts

  constructor(key: string, textsOf: (row: Row) => Texts, parts: PartIndex) {
    // What a row has is read by `reader`, with its order.
    super(
      key,
      () => undefined,
      (dictionary) => new RunSearch(dictionary),
    )
    this.#textsOf = textsOf
    this.parts = parts
  }

  override builder(from: 'terms' | 'rows'): RunsBuilder {
    return new RunsBuilder(from === 'rows')
  }

  override reader(builder: RunsBuilder, isAlone = false): ReadRow {
    const { dictionary } = this
    const short = this.#short ?? new ShortWords()
    this.#short = short
    let at = 0
    let space = -1
    let lastSpaced = -1
    const terms: Terms = {
      term: (text, from, to) => {
        const known = short.find(text, from, to)
        if (known !== undefined && known !== -1) return known
        const term = dictionary.internSlice(text, from, to)
        if (known === -1) short.add(term)
        return term
      },
      space: () => {
        if (space === -1) space = dictionary.intern(' ')
        return space
      },
    }
    const reader: TextReader = {
      term: terms.term,
      next: (token) => builder.sequences.add(token),
      add: (term) => builder.add(term, at),
      space: () => {
        if (lastSpaced === at) return
        lastSpaced = at
        builder.add(terms.space(), at)
      },
    }
    return (row, slot) => {
      at = slot
      builder.sequences.begin(slot)
      // Only messages are lists that grow.
      const grown = this.key === 'message' ? grownOf(row, 'messages') : undefined
      const runs = grown && this.#runsOf(grown, isAlone)
      return runs === undefined
        ? textRuns(this.#textsOf(row), reader)
        : builder.addGrown(runs, grown!, slot, isAlone, terms)
    }
  }

  /** What is kept of a list of messages that grows; made for a row that is a segment of its own, as those that grow are. */
  #runsOf({ list, length }: Grown<Message>, isAlone: boolean): GrownRuns | undefined {
    const { generation } = this.dictionary
    let runs = this.#grown.get(list)
    if (runs?.generation !== generation) {
      if (!isAlone) return undefined
      runs = new GrownRuns(generation)
      this.#grown.set(list, runs)
    }
    return runs.read <= length ? runs : undefined
  }

  override knows(row: Row): boolean {
    const grown = grownOf(row, 'messages')
    return grown !== undefined && this.#runsOf(grown, false) !== undefined
  }

  override compact(segments: readonly Segment[]): void {
    const { generation } = this.dictionary
    super.compact(segments)
    if (this.dictionary.generation !== generation) this.#short = undefined
  }

  override postings(segment: Segment, documents: Documents, work: Work): RunPostings {
    // Its builder makes no others.
    return super.postings(segment, documents, work) as RunPostings
  }

  abstract matching(asked: Match, context: Context): PartsRows | undefined

  find(content: string, context: Context): Phrase | undefined {
    return context.shared.only(this, () => new Phrases(this, context)).find(content)
  }

  /** The phrases of some strings; `undefined` where the texts of a row cannot be told apart by one of them. */
  protected phrases(contents: readonly string[], context: Context): Phrase[] | undefined {
    const found = contents.flatMap((content) => this.find(content, context) ?? [])
    return found.length < contents.length || found.some(({ isNoToken }) => isNoToken) ? undefined : found
  }

  /** What finding phrases, and looking at the parts of the rows that they leave, takes in these segments. */
  estimate(
    phrases: readonly Phrase[],
    segments: readonly Segment[],
    left: number,
    { documents, work }: Context,
  ): Estimate {
    const estimates = phrases.map((phrase) => phrase.estimate(segments, left))
    const rows = estimates.reduce((least, it) => Math.min(least, it.rows), left)
    const isAsked = phrases.length > 0 && this.lacking(segments) === 0
    const unitsOf = (segment: Segment) => this.postings(segment, documents, work).sequences.units
    const units = isAsked ? segments.reduce((sum, segment) => sum + unitsOf(segment), 0) : 0
    // Each row is gone through to find where its texts begin, and once a phrase.
    const looking = (rows / Math.max(1, rowsOf(segments))) * units * (phrases.length + 1) * UNITS.token
    const parts = this.parts.lacking(segments) * UNITS.indexed + rows * UNITS.ask
    return { work: estimates.reduce((sum, it) => sum + it.work, 0) + looking + parts, rows }
  }

  /** Those of some rows of which one part has what is asked, and the phrases as its strings. */
  sift(
    segment: Segment,
    among: RowSet,
    asked: Omit<AskedWith, 'strings'>,
    phrases: readonly Phrase[],
    { documents, work, meter, scratch }: Context,
  ): RowSet {
    if (phrases.length === 0) return filter(among, partFinder(asked), scratch)
    const { sequences, rowUnits } = this.postings(segment, documents, work)
    meter.spend(among.count * rowUnits * (phrases.length + 1) * UNITS.token)
    const strings = phrases.map((phrase) => phrase.tokens())
    return filter(among, textsFinder({ ...asked, strings }, sequences), scratch)
  }

  override get bytes(): number {
    return super.bytes + (this.#short?.bytes ?? 0)
  }
}
