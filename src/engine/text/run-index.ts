/** The index of what messages say: folded, cut into runs, each run a term. */
import type { Message } from '../../row/conversation.ts'
import { type Grown, grownOf } from '../../row/grown.ts'
import type { Context } from '../context.ts'
import type { Documents, Row } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { type ReadRow, TermIndex, type Work } from '../terms/inverted.ts'
import type { MessageIndex, MessageRows } from '../terms/text-index.ts'
import { GrownRuns, type Terms } from './grown-runs.ts'
import { Phrases } from './phrases.ts'
import { type RunPostings, RunsBuilder, type RunTerms } from './run-postings.ts'
import { RunSearch } from './run-search.ts'
import { ShortWords } from './short-words.ts'
import { messageRuns, type TextReader } from './substring.ts'

/** The index of what messages say. */
export class RunIndex extends TermIndex implements MessageIndex, RunTerms {
  /** The terms of short runs, from the first row that is read. */
  #short: ShortWords | undefined
  /** By list. */
  readonly #grown = new WeakMap<object, GrownRuns>()

  constructor() {
    // What a row has is read by `reader`, with its order.
    super(
      'message',
      () => undefined,
      (dictionary) => new RunSearch(dictionary),
    )
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
      const grown = grownOf(row, 'messages')
      const runs = grown && this.#runsOf(grown, isAlone)
      return runs === undefined ? messageRuns(row, reader) : builder.addGrown(runs, grown!, slot, isAlone, terms)
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

  find(content: string, context: Context): MessageRows | undefined {
    return context.shared.of(this, 'phrases', () => new Phrases(this, context)).find(content)
  }

  override get bytes(): number {
    return super.bytes + (this.#short?.bytes ?? 0)
  }
}
