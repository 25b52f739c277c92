/** Postings of the runs of messages: beside which row has which run, in which order it has them. */
import type { Message } from '../../row/conversation.ts'
import type { Grown } from '../../row/grown.ts'
import type { Documents } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import type { TermIndex, Work } from '../terms/inverted.ts'
import { type Packed, Postings, renumberedTerms } from '../terms/postings.ts'
import { PostingsBuilder } from '../terms/postings-builder.ts'
import { type ReadingSteps, type Steps, stepwise } from '../terms/steps.ts'
import type { GrownRuns, Terms } from './grown-runs.ts'
import { commonTerms, eachPairOf, Neighbours } from './neighbours.ts'
import { Sequences } from './sequence.ts'
import { renumberedSequences, SequencesBuilder } from './sequences-builder.ts'
import { renumberToken } from './tokens.ts'

/** An index of runs. */
export interface RunTerms extends TermIndex {
  postings(segment: Segment, documents: Documents, work: Work): RunPostings
}

/** Postings of runs, with their order in the rows of the segment. */
export class RunPostings extends Postings {
  readonly sequences: Sequences
  readonly neighbours: Neighbours

  constructor(packed: Packed, sequences: Sequences, neighbours: Neighbours) {
    super(packed)
    this.sequences = sequences
    this.neighbours = neighbours
  }

  /** O(terms + tokens). */
  override renumbered(numbers: Uint32Array): RunPostings {
    return new RunPostings(
      renumberedTerms(this.packed, numbers),
      renumberedSequences(this.sequences, (token) => renumberToken(token, numbers)),
      this.neighbours.renumbered(numbers),
    )
  }

  override get bytes(): number {
    return super.bytes + this.sequences.bytes + this.neighbours.bytes
  }
}

/** Collects tokens row by row, and terms that are added apart. */
export class RunsBuilder extends PostingsBuilder {
  readonly sequences = new SequencesBuilder()
  readonly #hasRuns: boolean
  /** Those of a row that is a segment of its own. */
  #whole: RunPostings | undefined

  /** `hasRuns`: rows have the terms of the runs among their tokens, which are not added apart. */
  constructor(hasRuns: boolean) {
    super()
    this.#hasRuns = hasRuns
  }

  override take(slot: number, postings: Postings, from: number): void {
    this.sequences.begin(slot)
    this.sequences.addRow((postings as RunPostings).sequences.row(from))
  }

  /** Adds a row of messages that were read before, except the last ones. */
  *addGrown(
    runs: GrownRuns,
    { list, length }: Grown<Message>,
    slot: number,
    isAlone: boolean,
    terms: Terms,
  ): ReadingSteps {
    yield* runs.readTo(length, list.items, terms)
    if (isAlone) this.#whole = postingsOf(runs)
    else {
      this.sequences.addRow(runs.units)
      for (const term of runs.terms) this.add(term, slot)
    }
  }

  override *inSteps(rows: number, termCount: number): Steps<RunPostings> {
    if (this.#whole !== undefined) return this.#whole
    const sequences = yield* this.sequences.inSteps(rows)
    yield
    const packed = yield* this.pack(rows, termCount, this.#hasRuns ? sequences : undefined)
    const common = commonTerms(packed, rows)
    const visit = (pair: number, slot: number) => this.add(pair, slot)
    if (common.length > 0) yield* stepwise(sequences.units, eachPairOf(common, sequences, visit))
    const pairs = new Postings(yield* this.pack(rows, common.length ** 2))
    return new RunPostings(packed, sequences, new Neighbours(common, pairs))
  }
}

const NO_PAIRS = new Neighbours(
  [],
  new Postings({ terms: new Uint32Array(0), offsets: new Uint32Array(1), slots: new Uint16Array(0), bitmaps: [] }),
)

/** The postings of a segment of one row. O(terms). */
function postingsOf({ terms, units }: GrownRuns): RunPostings {
  const offsets = new Uint32Array(terms.length + 1)
  for (let place = 0; place < offsets.length; place++) offsets[place] = place
  const packed = { terms, offsets, slots: new Uint16Array(terms.length), bitmaps: [] }
  return new RunPostings(packed, new Sequences(units, Uint32Array.of(0, units.length)), NO_PAIRS)
}
