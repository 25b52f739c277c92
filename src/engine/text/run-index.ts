/** The index of what messages say: folded, cut into runs, each run a term. */
import type { Context } from '../context.ts'
import type { Documents } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import { type ReadRow, TermIndex, type Work } from '../terms/inverted.ts'
import type { MessageIndex, MessageRows } from '../terms/text-index.ts'
import { Phrases } from './phrases.ts'
import { type RunPostings, RunsBuilder, type RunTerms } from './run-postings.ts'
import { RunSearch } from './run-search.ts'
import { ShortWords } from './short-words.ts'
import { messageRuns, type TextReader } from './substring.ts'

/** The index of what messages say. */
export class RunIndex extends TermIndex implements MessageIndex, RunTerms {
  /** The terms of short runs, from the first row that is read. */
  #short: ShortWords | undefined

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

  override reader(builder: RunsBuilder): ReadRow {
    const { dictionary } = this
    const short = this.#short ?? new ShortWords()
    this.#short = short
    let at = 0
    let space = -1
    let lastSpaced = -1
    const reader: TextReader = {
      term: (text, from, to) => {
        const known = short.find(text, from, to)
        if (known !== undefined && known !== -1) return known
        const term = dictionary.internSlice(text, from, to)
        if (known === -1) short.add(term)
        return term
      },
      next: (token) => builder.sequences.add(token),
      add: (term) => builder.add(term, at),
      space: () => {
        if (lastSpaced === at) return
        lastSpaced = at
        if (space === -1) space = dictionary.intern(' ')
        builder.add(space, at)
      },
    }
    return (row, slot) => {
      at = slot
      builder.sequences.begin(slot)
      return messageRuns(row, reader)
    }
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
