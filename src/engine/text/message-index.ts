/** The index of what messages say, and of who said it. */
import type { MessageMatch } from '../../query/spec.ts'
import { eachMessage, MESSAGE } from '../columns/parts.ts'
import { PartIndex, type RowParts } from '../columns/row-parts.ts'
import type { Context } from '../context.ts'
import { type Estimate, UNITS } from '../meter.ts'
import type { Segment } from '../segments/segment.ts'
import { unite } from '../sets/algebra.ts'
import type { RowSet } from '../sets/rowset.ts'
import { placesOf } from '../terms/rows-of-terms.ts'
import type { PartsRows } from '../terms/text-index.ts'
import type { Phrase } from './phrase.ts'
import { RunIndex } from './run-index.ts'

/** A message has one text. */
const TEXT = [MESSAGE.text]

export class MessageTexts extends RunIndex<MessageMatch> {
  constructor() {
    super('message', ({ messages }) => messages ?? [], new PartIndex('messages', eachMessage, false))
  }

  override matching(asked: MessageMatch, context: Context): PartsRows | undefined {
    const phrases = this.phrases(asked.contains ?? [], context)
    return phrases && new OneMessage(asked, phrases, this, context)
  }
}

/** The rows in which some one message has all that is asked. Lives for one query. */
class OneMessage implements PartsRows {
  readonly isExact: boolean
  readonly #phrases: readonly Phrase[]
  readonly #index: MessageTexts
  readonly #context: Context
  readonly #sender: number
  /** The bits that a message must have, of those in the mask. */
  readonly #bits: number
  readonly #mask: number
  readonly #isNone: boolean

  constructor(
    { sender, contains, hasAttachments }: MessageMatch,
    phrases: readonly Phrase[],
    index: MessageTexts,
    context: Context,
  ) {
    this.#phrases = phrases
    this.#index = index
    this.#context = context
    this.#sender = sender === undefined ? 0 : MESSAGE[sender]
    this.#bits = this.#sender | (hasAttachments === true ? MESSAGE.attachments : 0)
    this.#mask = this.#sender | (hasAttachments === undefined ? 0 : MESSAGE.attachments)
    // A word said by one of the two needs no look at the messages one by one.
    this.isExact = this.#sender !== 0 && hasAttachments === undefined && phrases.length === 1 && phrases[0]!.isOneRun
    // An empty list holds for no message.
    this.#isNone = contains?.length === 0
  }

  rows(segment: Segment): RowSet | undefined {
    if (this.#isNone) return unite([], segment.size, this.#context.scratch)
    const sets = this.#phrases.flatMap((phrase) => {
      if (this.#sender === 0) return phrase.rows(segment)
      return phrase.isOneRun ? this.#said(phrase, segment) : [phrase.rows(segment), ...this.#said(phrase, segment)]
    })
    return sets.length > 1 ? this.#context.intersect(sets, segment) : sets[0]
  }

  /** The rows in which the sender said each of the runs of a phrase, or of many that it can be none. */
  #said(phrase: Phrase, segment: Segment): RowSet[] {
    const context = this.#context
    const postings = this.#index.postings(segment, context.documents, context.work)
    const senders = postings.senders(this.#parts(segment))
    return phrase.runTerms().map((terms) => {
      const places = placesOf(this.#index, terms, postings)
      context.meter.spend(places.reduce((sum, place) => sum + postings.slotsAt(place), segment.size) * UNITS.slot)
      return senders.rows(places, this.#sender, segment.size, context.scratch)
    })
  }

  estimate(segments: readonly Segment[], left: number): Estimate {
    return this.#index.estimate(this.#phrases, segments, left, this.#context)
  }

  sift(segment: Segment, among: RowSet): RowSet {
    const parts = this.#parts(segment)
    const { kinds } = parts
    const [mask, bits] = [this.#mask, this.#bits]
    const isMeant = (message: number) => (kinds[message]! & mask) === bits
    const asked = { parts, isMeant, textBits: TEXT, bits: this.#phrases.map(() => MESSAGE.text) }
    return this.#index.sift(segment, among, asked, this.#phrases, this.#context)
  }

  #parts(segment: Segment): RowParts {
    const { documents, work } = this.#context
    return this.#index.parts.parts(segment, documents, work)
  }
}
