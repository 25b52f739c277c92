/** Rows of one conversation from several files, as one. */
import type { ConversationInput, Message } from '../row/conversation.ts'

/** A row, and where it comes from. */
interface PlacedRow {
  readonly file: string
  readonly line: number
  readonly row: ConversationInput
}

/**
 * The rows, each conversation once, where it was first: of two rows with one id the messages of the second follow those of the
 * first, without those that it has already, told by their ids or by all that they are. O(messages of such rows).
 */
export function joinRows(rows: readonly PlacedRow[]): PlacedRow[] {
  const joined = new Map<unknown, PlacedRow>()
  for (const [i, placed] of rows.entries()) {
    const { conversation_id: id } = placed.row
    const key = typeof id === 'string' ? id : i
    const first = joined.get(key)
    joined.set(key, first === undefined ? placed : { ...first, row: join(first.row, placed.row) })
  }
  return [...joined.values()]
}

function join(first: ConversationInput, second: ConversationInput): ConversationInput {
  const messages = first.messages ?? []
  const known = new Set(messages.map(keyOf))
  const added = (second.messages ?? []).filter((message) => !known.has(keyOf(message)))
  const started_at = [first.started_at, second.started_at].sort((a, b) => Date.parse(a) - Date.parse(b))[0]!
  const ends = [first.ended_at, second.ended_at].filter((time) => typeof time === 'string')
  const ended_at = ends.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1)
  const [a, b] = [first.metadata, second.metadata].map((each) => Object(each) as object)
  return {
    ...second,
    ...first,
    started_at,
    ...(ended_at !== undefined && { ended_at }),
    metadata: { ...b, ...a },
    messages: [...messages, ...added],
  } as ConversationInput
}

function keyOf(message: Message): string {
  return JSON.stringify(message)
}
