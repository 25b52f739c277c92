/** The routes that record: conversations, messages, actions, buttons, files. */
import { canonicalBase64, decodedSize } from '../base/base64.ts'
import { actionDraft, attachmentOf, buttonDraft, draftOf, filesDraft } from '../features/recording/parts.ts'
import type { Attachment, JsonObject, Message } from '../row/conversation.ts'
import { fieldsWith } from '../row/fields.ts'
import { readMessage } from '../row/read.ts'
import { string } from '../row/types.ts'
import { Refusal } from './answer.ts'
import { type Body, checkSize, tooManyFiles, type Upload } from './body.ts'
import { type Call, clock, created, type Outcome, ok, rowOf } from './call.ts'
import { FILE_CHUNK, type RecordedEvent } from './events.ts'
import { Fields } from './fields.ts'
import type { MessageIndex } from './message-index.ts'
import { attachmentShape, leanShape, messageShape } from './shapes.ts'
import { type Addition, addition, newConversation, nextId, readTarget, usableId } from './target.ts'

/** The answer to what added a message: the message, as its conversation shows it. */
function added(call: Call, { row, message, events }: Addition, after: readonly RecordedEvent[] = []): Outcome {
  // A new conversation comes first, since the store may refuse it.
  return created(() => messageShape(message, rowOf(call, row.id), call), [...events, ...after])
}

/** The keys of a conversation that are sent as strings, whatever they say. */
const TEXTS = fieldsWith({ type: string }).filter((name) => name !== 'environment')

/** POST /api/conversations/: gets a conversation by its id, or makes it. */
export function postConversation(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const parts = {
    conversation_id: fields.conversationId(),
    started_at: fields.time('timestamp') ?? clock(call),
    ...Object.fromEntries(TEXTS.map((name) => [name, fields.string(name)])),
    environment: fields.environment(),
    metadata: fields.metadata(),
    is_used: fields.flag('is_used', true),
  }
  fields.string('source')
  fields.check()
  const known = call.agent.state.store.get(parts.conversation_id)
  if (known !== undefined) return ok(() => leanShape(known, call))
  const row = newConversation(call, parts)
  return created(() => leanShape(row, call), [{ type: 'conversation_added', row }])
}

/** POST /api/track/: adds a message. */
export function postMessage(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const timestamp = fields.time('timestamp') ?? clock(call)
  const content = fields.requiredString('content')
  const sender = fields.sender()
  const metadata = fields.metadata() ?? {}
  const target = readTarget(call, fields)
  fields.check()
  return added(call, addition(call, target(), draftOf({ timestamp, sender, content, metadata })))
}

/** POST /api/action_logs/: adds a message that says what the agent did. */
export function postAction(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const timestamp = fields.time('timestamp') ?? clock(call)
  const name = fields.requiredString('action_name')
  const metadata = fields.metadata() ?? {}
  const log = {
    started_at: fields.time('started_at'),
    ended_at: fields.time('ended_at'),
    duration_ms: fields.number('duration_ms'),
    tools_used: (fields.get('tools_used') ?? null) as JsonObject | null,
    response: (fields.get('response') ?? null) as JsonObject | null,
    error_message: fields.string('error_msg') ?? '',
    metadata,
  }
  const target = readTarget(call, fields)
  fields.check()
  const { state } = call.agent
  const action = state.actions.named(name)?.id ?? state.actions.greatestId + 1
  const naming: RecordedEvent[] = state.actions.isRecorded(name) ? [] : [{ type: 'action_named', id: action, name }]
  const draft = actionDraft(timestamp, name, { id: nextId(call, 'action_log'), action, ...log })
  return added(call, addition(call, target(), draft), naming)
}

/** POST /api/buttons/: adds a message that says which button was clicked. */
export function postButton(call: Call): Outcome {
  const fields = new Fields(call.body, call.settings)
  const timestamp = fields.time('timestamp') ?? clock(call)
  const label = fields.requiredString('label')
  const button = {
    button_event: fields.string('button_event'),
    label,
    value: (fields.get('value') ?? null) as JsonObject | null,
  }
  const metadata = fields.metadata() ?? {}
  const target = readTarget(call, fields)
  fields.check()
  return added(call, addition(call, target(), buttonDraft(timestamp, button, metadata)))
}

/** Whether the message of these files is named without its conversation, which must be looked up. */
export function isLinkedAlone(body: Body): boolean {
  return usableId(body.message) !== undefined && usableId(body.conversation) === undefined
}

/** POST /api/attachments/: files for a message, or a message of their own. */
export function postAttachments(call: Call, messages: MessageIndex | undefined): Outcome {
  const fields = new Fields(call.body, call.settings)
  const timestamp = fields.time('timestamp') ?? clock(call)
  const uploads = call.files ?? readFiles(call, fields)
  if (uploads.length === 0) fields.refuse('attachments', 'This list may not be empty.')
  const metadata = fields.metadata() ?? {}
  const message = fields.get('message')
  // Version 0 sends 0 where there is no message.
  const isLinked = message !== undefined && Number(message) !== 0
  const linked = usableId(message)
  // Files for a message never make another message.
  if (isLinked && linked === undefined) fields.refuse('message', 'A valid id is required.')
  const find = isLinked ? undefined : readTarget(call, fields)
  const sender = isLinked ? undefined : fields.sender()
  fields.check()
  checkSize(uploads, call.settings.limits)
  makeRoom(call, uploads)

  const first = nextId(call, 'attachment')
  const attachments = uploads.map(({ filename, mime_type, data }, at): Attachment => {
    return attachmentOf(first + at, filename, mime_type, decodedSize(data))
  })
  const put: Addition =
    linked === undefined
      ? addition(call, find!(), filesDraft(timestamp, sender!, attachments, metadata))
      : linking(call, linked, messages, attachments)
  const events = [...put.events, ...uploads.flatMap((upload, at) => fileEvents(put, attachments[at]!, upload))]
  return created(() => {
    const row = rowOf(call, put.row.id)
    const shapes = attachments.map((attachment) => attachmentShape(attachment, put.message, row, call))
    return { ...messageShape(put.message, row, call), message: put.message.id, attachments: shapes }
  }, events)
}

/** The files of a JSON body. */
function readFiles({ settings }: Call, fields: Fields): Upload[] {
  const given = fields.get('attachments')
  if (given === undefined) fields.refuse('attachments', 'This field is required.')
  else if (!Array.isArray(given)) fields.refuse('attachments', 'Expected a list of files.')
  if (!Array.isArray(given)) return []
  if (given.length > settings.limits.files) throw tooManyFiles(settings.limits)
  return given.map((file: unknown, at): Upload => {
    const { filename, mime_type = 'application/octet-stream', data } = Object(file) as Partial<Upload>
    const refuse = (text: string) => fields.refuse('attachments', `File ${at}: ${text}`)
    if (typeof filename !== 'string') refuse('filename is not a valid string.')
    if (typeof mime_type !== 'string') refuse('mime_type is not a valid string.')
    const canonical = typeof data === 'string' ? canonicalBase64(data) : undefined
    if (canonical === undefined) refuse('data is not valid base64.')
    return { filename: filename!, mime_type, data: canonical ?? '' }
  })
}

/** Throws the 413 of files beyond the limit. */
function makeRoom({ agent, settings }: Call, uploads: readonly Upload[]): void {
  const { files, store } = agent.state
  const most = settings.limits.attachmentBytes
  const size = uploads.reduce((sum, { data }) => sum + decodedSize(data), 0)
  if (files.size + size > most) files.sweep((conversation) => !store.has(conversation))
  if (files.size + size > most)
    throw new Refusal(413, `Too many bytes of files. All files of an agent may have ${most} bytes.`)
}

/** Adds files to a stored message. */
function linking(
  call: Call,
  id: number,
  messages: MessageIndex | undefined,
  attachments: readonly Attachment[],
): Addition {
  const { state } = call.agent
  const conversation = usableId(call.body.conversation) ?? messages?.find(id)
  const row = conversation === undefined ? undefined : state.store.get(conversation)
  const index = row?.messages?.findIndex((message) => message.id === id) ?? -1
  if (row === undefined || index < 0) throw new Refusal(404, `Message ${id} not found`)
  const before = row.messages[index]!
  const message = changedMessage(before, { attachments: [...(before.attachments ?? []), ...attachments] })
  return { row, message, events: [{ type: 'message_changed', conversation: row.id, index, message }] }
}

/** A stored message with some of its keys replaced, checked. */
export function changedMessage(message: Message, parts: Partial<Message>): Message {
  return readMessage({ ...message, ...parts }, { message: 0, feedback: 0 })
}

/** The events that add the file of an attachment. */
function fileEvents({ row, message }: Addition, { id: attachment }: Attachment, upload: Upload): RecordedEvent[] {
  const { filename, mime_type, data } = upload
  const id = opaqueId()
  const place = { conversation: row.id, message: message.id as number, attachment: attachment as number }
  const events: RecordedEvent[] = [
    { type: 'file_added', file: { id, ...place, filename, mime_type, size: decodedSize(data) } },
  ]
  for (let at = 0; at < data.length; at += FILE_CHUNK) {
    events.push({ type: 'file_data', id, data: data.slice(at, at + FILE_CHUNK) })
  }
  return events
}

/** 128 random bits, in hex. */
function opaqueId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
