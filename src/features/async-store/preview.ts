/** What a list shows of a row, so that long conversations need not be copied to where the list is. */
import type { QuerySpec } from '../../query/spec.ts'
import type { Conversation, Message, Sentiment } from '../../row/conversation.ts'
import { ROW_NUMBERS } from '../../row/numbers.ts'
import { hasFailed, runsOf } from '../../row/runs.ts'
import { firstHighlight, type Highlight } from '../highlights/highlights.ts'
import type { PageNotice } from '../live/types.ts'

/** What a list shows of a row. Strings are cut at 200 UTF-16 units. */
export interface Preview {
  readonly id: number
  readonly conversation_id: string
  readonly name: string | null
  readonly customer_id: string | null
  readonly started_at: string
  readonly is_marked: boolean
  readonly is_deleted: boolean
  readonly message_count: number
  /** Runs of actions, and how many of them failed. */
  readonly action_count: number
  readonly failed_count: number
  readonly attachment_count: number
  /** Seconds; null where the conversation has no end. */
  readonly duration: number | null
  /** The sentiments of its feedbacks, in their order: the first ten. */
  readonly sentiments: readonly Sentiment[]
  /** The beginning of the user's first message that says something, else of the first of any; `''` if there is none. */
  readonly beginning: string
  /**
   * Where what the query looks for stands first, in the order of `highlights`; null if it is nowhere. Of each message the
   * first 200,000 UTF-16 units are looked into.
   */
  readonly match: Pick<Highlight, 'field' | 'index' | 'sender' | 'part' | 'snippet'> | null
}

const SHOWN_UNITS = 200
const SEARCHED_UNITS = 200_000
const SHOWN_SENTIMENTS = 10

/** A listener of whole rows that hands on previews. A row that did not change has the same preview as before. */
export function previewed(
  spec: QuerySpec,
  listener: (notice: PageNotice<Preview>) => void,
): (notice: PageNotice<Conversation<unknown>>) => void {
  const made = new WeakMap<object, Preview>()
  const of = (row: Conversation<unknown>) => {
    const preview = made.get(row) ?? previewOf(spec, row)
    made.set(row, preview)
    return preview
  }
  return (notice) => listener({ ...notice, page: { ...notice.page, results: notice.page.results.map(of) } })
}

/** What a list shows of a row that a query found. O(units of the row up to the first match). */
export function previewOf(spec: QuerySpec, row: Conversation<unknown>): Preview {
  const { id, conversation_id, name, customer_id, started_at, is_marked, is_deleted, messages, feedbacks } = row
  const runs = messages.flatMap(runsOf)
  const spoken = messages.filter(isSpoken)
  const first = spoken.find(({ sender }) => sender === 'end_user') ?? spoken[0]
  const found = firstHighlight(spec, { ...row, messages: messages.map(searched) })
  return {
    id,
    conversation_id,
    name: name === null ? null : cut(name),
    customer_id: customer_id === null ? null : cut(customer_id),
    started_at,
    is_marked,
    is_deleted,
    message_count: messages.length,
    action_count: runs.length,
    failed_count: runs.filter(hasFailed).length,
    attachment_count: messages.reduce((sum, { attachments }) => sum + (attachments?.length ?? 0), 0),
    duration: ROW_NUMBERS.duration(row) ?? null,
    sentiments: feedbacks.slice(0, SHOWN_SENTIMENTS).map(({ sentiment }) => sentiment),
    beginning: first === undefined ? '' : cut(first.content.slice(0, 10 * SHOWN_UNITS).trim()),
    match: found === undefined ? null : matchOf(found),
  }
}

function matchOf({ field, index, sender, part, snippet }: Highlight): NonNullable<Preview['match']> {
  return { field, index, sender, ...(part !== undefined && { part }), snippet }
}

/** Whether a message says something that is not the record of an action. */
function isSpoken({ content, action_name }: Message): boolean {
  return !action_name && /\S/.test(content.slice(0, 10 * SHOWN_UNITS))
}

function searched(message: Message): Message {
  if (message.content.length <= SEARCHED_UNITS) return message
  return { ...message, content: message.content.slice(0, SEARCHED_UNITS) }
}

function cut(text: string): string {
  return text.length > SHOWN_UNITS ? text.slice(0, SHOWN_UNITS) : text
}
