/** Messages of a recording, recorded again. */
import { isPlain } from '../../base/plain.ts'
import type { Attachment, JsonObject, Message } from '../../row/conversation.ts'
import type { Chat } from '../recording/index.ts'
import { actionsOf } from './turns.ts'

/** Records messages as they were: what was said, the buttons, the files, the calls of tools with their answers. */
export function say(chat: Chat, messages: readonly Message[]): void {
  for (const message of messages) {
    const actions = message.sender === 'agent' ? actionsOf(message, 0) : []
    for (const { name, input, output, error } of actions)
      chat.run(name, input)(error === undefined ? { output } : { error: new Error(error) })
    if (actions.length === 0) sayMessage(chat, message)
  }
}

function sayMessage(chat: Chat, { sender, content, attachments, button, metadata: given }: Message): void {
  const metadata = isPlain(given) ? given : null
  const { label, value, button_event } = Object(button) as JsonObject
  if (sender === 'end_user' && typeof label === 'string' && label !== '') {
    chat.button({ label, value, button_event: typeof button_event === 'string' ? button_event : null, metadata })
    return
  }
  const files = (attachments ?? []).map(fileOf)
  // Neither a text nor a file: there is nothing to say.
  if (content === '' && files.length === 0) return
  if (sender === 'end_user') chat.user(content, { files, metadata })
  else chat.agent(content, { files, metadata })
}

/** Bytes of a file that are stood in for. */
const MOST_BYTES = 2 ** 26

/** A file of the same name, type and size: no row has its bytes. */
function fileOf({ filename, mime_type, size_bytes }: Attachment, at: number) {
  const size = Number.isSafeInteger(size_bytes) ? Math.min(Math.max(size_bytes as number, 0), MOST_BYTES) : 0
  return {
    filename: typeof filename === 'string' && filename !== '' ? filename : `file-${at + 1}`,
    mime_type: typeof mime_type === 'string' && mime_type !== '' ? mime_type : 'application/octet-stream',
    data: new Uint8Array(size),
  }
}
