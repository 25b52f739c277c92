/** Postings of the runs of messages: beside which row has which run, in which order it has them. */

import type { Message } from '../../row/conversation.ts'
import type { Grown } from '../../row/grown.ts'
import type { RowParts } from '../columns/row-parts.ts'
import type { Documents } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import type { Dictionary } from '../terms/dictionary.ts'
import type { TermIndex, Work } from '../terms/inverted.ts'
import { type Packed, Postings, renumberedTerms } from '../terms/postings.ts'
import { PostingsBuilder } from '../terms/postings-builder.ts'
import { type ReadingSteps, type Steps, stepwise } from '../terms/steps.ts'
import type { GrownRuns, Terms } from './grown-runs.ts'
import { commonTerms, eachPairOf, Neighbours } from './neighbours.ts'
import { Senders } from './senders.ts'
import { Sequences } from './sequence.ts'
import { renumberedSequences, SequencesBuilder } from './sequences-builder.ts'
import { classOf, LETTER } from './substring.ts'
import { renumberToken } from './tokens.ts'

/** An index of runs. */
export interface RunTerms extends TermIndex {
  postings(segment: Segment, documents: Documents, work: Work): RunPostings
}

/** Postings of runs, with their order in the rows of the segment. */
export class RunPostings extends Postings {
  readonly sequences: Sequences
  readonly neighbours: Neighbours
  #senders: Senders | undefined

  constructor(packed: Packed, sequences: Sequences, neighbours: Neighbours) {
    super(packed)
    this.sequences = sequences
    this.neighbours = neighbours
  }

  override get rowUnits(): number {
    return this.sequences.units / Math.max(1, this.sequences.starts.length - 1)
  }

  /** O(terms), then O(tokens of the row). None for terms that stand in no sequence. */
  override tester(wanted: readonly number[], dictionary: Dictionary): ((slot: number) => boolean) | undefined {
    // All values are strings.
    if (wanted.some((term) => !isToken(dictionary.value(term) as string))) return undefined
    const isWanted = new Uint8Array(dictionary.size)
    for (const term of wanted) isWanted[term] = 1
    return this.sequences.tester(isWanted)
  }

  /** O(terms + tokens). */
  override renumbered(numbers: Uint32Array): RunPostings {
    return new RunPostings(
      renumberedTerms(this.packed, numbers),
      renumberedSequences(this.sequences, (token) => renumberToken(token, numbers)),
      this.neighbours.renumbered(numbers),
    )
  }

  /** Who said which run, read from the sequences when first asked. O(tokens), then O(1). */
  senders(messages: RowParts): Senders {
    this.#senders ??= new Senders(this.packed, this.sequences, messages)
    return this.#senders
  }

  override get bytes(): number {
    return super.bytes + this.sequences.bytes + this.neighbours.bytes + (this.#senders?.bytes ?? 0)
  }
}

/** Whether rows have a term as a token: neither single spaces nor neighbours of a script without spaces are. */
function isToken(text: string): boolean {
  return text !== ' ' && (classOf(text) !== LETTER || text.length === String.fromCodePoint(text.codePointAt(0)!).length)
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
