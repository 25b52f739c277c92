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
 * first, without those that it has already; a call gets the result that a later file has. O(messages of such rows).
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
  const messages = new Map<string, Message>()
  for (const message of [...(first.messages ?? []), ...(second.messages ?? [])]) {
    const key = keyOf(message)
    const before = messages.get(key)
    messages.set(key, before === undefined ? message : enriched(before, message))
  }
  const started_at = [first.started_at, second.started_at].sort((a, b) => Date.parse(a) - Date.parse(b))[0]!
  const ends = [first.ended_at, second.ended_at].filter((time) => typeof time === 'string')
  const ended_at = ends.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1)
  const metadata = { ...Object(second.metadata), ...Object(first.metadata) }
  return {
    ...second,
    ...first,
    started_at,
    ...(ended_at !== undefined && { ended_at }),
    metadata,
    messages: [...messages.values()],
  } as ConversationInput
}

/** A call is told by its id, and what was said by all that it is. */
function keyOf(message: Message): string {
  const id = message.action_name ? message.action_logs?.[0]?.id : undefined
  return typeof id === 'string' ? `call ${id}` : JSON.stringify(message)
}

/** A call with the result that a later file has. */
function enriched(message: Message, other: Message): Message {
  const [log, more] = [message.action_logs?.[0], other.action_logs?.[0]]
  if (
    log === undefined ||
    more === undefined ||
    (log.response !== null && log.response !== undefined) ||
    log.error_message
  )
    return message
  const { response = null, error_message = '' } = more
  return {
    ...message,
    action_logs: [{ ...log, response, error_message, ended_at: log.ended_at ?? more.ended_at ?? null }],
  }
}
