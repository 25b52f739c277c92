/** The messages that a history is made of, in the shapes that the recording routes of the hosted API make, and where they go. */
import { compareInstants, parseInstant, toInstant } from '../../base/text/instant.ts'
import type {
  ActionLog,
  Attachment,
  Conversation,
  Json,
  JsonObject,
  Message,
  Open,
  Sender,
} from '../../row/conversation.ts'
import { countOf, itemOf } from '../../row/grown.ts'
import { actionContent } from '../turns/to-row.ts'

/** A message before it has an id. */
export type Draft = Omit<Message, 'id'> & { readonly timestamp: string }

/** A message of the shape that all have. */
export function draftOf(parts: Pick<Draft, 'timestamp' | 'sender' | 'content'> & Partial<Draft>): Draft {
  return { action_name: null, metadata: {}, attachments: [], action_logs: [], button: null, ...parts }
}

/** The name under which counts of tokens are recorded, as if a tool had run. */
export const TOKEN_USAGE = 'token_usage'

/** The message that says that a tool ran. Its metadata stands on it and on its log. */
export function actionDraft(timestamp: string, name: string, log: Open<ActionLog>): Draft {
  const { metadata = {} } = log
  return draftOf({
    timestamp,
    sender: 'agent',
    content: actionContent(name),
    metadata,
    action_name: name,
    action_logs: [log],
  })
}

/** A click on a button. */
export interface Button {
  readonly button_event: string | null
  readonly label: string
  readonly value: Json
}

/** The message that says which button was clicked: the user's, and its content is the label. */
export function buttonDraft(timestamp: string, { button_event, label, value }: Button, metadata: JsonObject): Draft {
  const button = { button_event, label, value }
  return draftOf({ timestamp, sender: 'end_user', content: label, metadata, button })
}

/** The content of a message that is files alone. */
export const FILES_ALONE = '[Attachments]'

/** Whether a message is files alone: its content says nothing. */
export function isFilesAlone({ content, attachments }: Pick<Message, 'content' | 'attachments'>): boolean {
  return Boolean(attachments?.length) && (content === '' || content === FILES_ALONE)
}

/** The message of files that come without a text. */
export function filesDraft(
  timestamp: string,
  sender: Sender,
  attachments: readonly Attachment[],
  metadata: JsonObject,
): Draft {
  return draftOf({ timestamp, sender, content: FILES_ALONE, metadata, attachments })
}

/** A file of a message. */
export function attachmentOf(id: number, filename: string, mime_type: string, size_bytes: number): Attachment {
  return { id, type: typeOf(mime_type), filename, mime_type, size_bytes }
}

/** What kind of file it is, by its MIME type. */
export function typeOf(mimeType: unknown): string {
  const [kind = ''] = typeof mimeType === 'string' ? mimeType.trim().toLowerCase().split('/') : []
  return KINDS.includes(kind) ? kind : 'document'
}

const KINDS = ['image', 'text', 'audio', 'video']

/** Where a message of this time goes. Read from the end, where it mostly is; messages without a time stay before it. */
export function placeOf(row: Conversation, timestamp: string): number {
  const at = parseInstant(timestamp)!
  let place = countOf(row, 'messages')
  for (; place > 0; place--) {
    const other = toInstant(itemOf(row, 'messages', place - 1).timestamp)
    if (other === undefined || compareInstants(other, at) <= 0) break
  }
  return place
}

/** The new end of a conversation that gets a message of this time; undefined if it stays. One without an end stays without. */
export function endOf({ ended_at }: Conversation, timestamp: string): string | undefined {
  const ended = ended_at === null ? undefined : parseInstant(ended_at)
  if (ended === undefined || compareInstants(parseInstant(timestamp)!, ended) <= 0) return undefined
  return timestamp
}
