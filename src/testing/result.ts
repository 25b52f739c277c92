/** What a matcher gives, with a text of one form: what was expected of what, what there is instead, and the transcript. */
import type { Conversations, Row } from './subject.ts'
import { transcriptOf } from './transcript.ts'
import type { MatcherResult } from './types.ts'

/** What a text tells. */
interface Told {
  /** What was expected, `have a call of refund.` */
  readonly claim: string
  /** What there is. */
  readonly lines: readonly string[]
  /** The conversation that is shown, if not the only one; and around which of its messages. */
  readonly row?: Row | undefined
  readonly around?: number | undefined
}

/** The result of a matcher. `tell` is called when its text is asked for. */
export function resultOf(
  { words, one }: Conversations,
  { pass, actual, expected }: Omit<MatcherResult, 'message'>,
  tell: () => Told,
): MatcherResult {
  const message = () => {
    const { claim, lines, row = one, around } = tell()
    const transcript = row === undefined ? '' : transcriptOf(row, around)
    const all = [`Expected ${words} ${pass ? 'not ' : ''}to ${claim}`, ...lines, transcript]
    return all.filter((line) => line !== '').join('\n')
  }
  return { pass, message, actual, expected }
}

/** A name in the text of several conversations. */
export function placeIn({ one }: Conversations, { conversation_id }: Row): string {
  return one === undefined ? ` in ${JSON.stringify(conversation_id)}` : ''
}

/** The first few of some lines, and how many more there are. */
export function listed(lines: readonly string[], most: number, noun: string, indent = '  '): readonly string[] {
  const more = lines.length - most
  if (more <= 0) return lines
  return [...lines.slice(0, most), `${indent}and ${more} more ${noun}${more === 1 ? '' : 's'}`]
}
