/** A log on a store: each call makes the row that the HTTP handler makes of the same body. */
import { NotFoundError } from '../../base/errors.ts'
import type { ActionLog, Attachment, Conversation, Message, Open } from '../../row/conversation.ts'
import { countOf, itemOf } from '../../row/grown.ts'
import type { StoreBase } from '../../store/store.ts'
import type {
  ActionBody,
  ActionEnd,
  ButtonBody,
  ConversationBody,
  FeedbackBody,
  FileBody,
  FilesBody,
  Log,
  MessageBody,
} from './log.ts'
import {
  actionDraft,
  attachmentOf,
  buttonDraft,
  type Draft,
  draftOf,
  endOf,
  filesDraft,
  placeOf,
  TOKEN_USAGE,
} from './parts.ts'

/** A store, whatever the types of its rows: rows are written and read as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: no other type takes all stores, for metadata goes in and comes out.
export type AnyStore = StoreBase<any, any>

/** The ids that a store does not give: of files, of runs, and of actions by their names. */
interface PartIds {
  attachment: number
  log: number
  readonly actions: Map<string, number>
}

/** By store, so that two recorders of one store give no id twice. */
const IDS = new WeakMap<AnyStore, PartIds>()

/** A log on a store. Its calls throw what the store throws, and then nothing has changed. */
export class StoreLog implements Log {
  readonly #store: AnyStore
  readonly #ids: PartIds

  constructor(store: AnyStore) {
    this.#store = store
    this.#ids = IDS.get(store) ?? { attachment: 0, log: 0, actions: new Map() }
    IDS.set(store, this.#ids)
  }

  conversation({ timestamp, source, ...fields }: ConversationBody): void {
    if (this.#store.has(fields.conversation_id)) return
    this.#store.add({ ...fields, started_at: timestamp, ended_at: timestamp })
  }

  message(
    conversation: string,
    { timestamp, sender, content, metadata }: MessageBody,
    files: readonly FileBody[],
  ): void {
    const attachments = this.#attachments(files)
    this.#put(conversation, draftOf({ timestamp, sender, content, metadata, attachments }))
  }

  action(conversation: string, { timestamp, action_name, started_at, tools_used, metadata }: ActionBody) {
    const { actions } = this.#ids
    const action = actions.get(action_name) ?? actions.size + 1
    const log: Open<ActionLog> = {
      id: this.#ids.log + 1,
      action,
      started_at: started_at ?? null,
      ended_at: null,
      duration_ms: null,
      tools_used: tools_used ?? null,
      response: null,
      error_message: '',
      metadata,
    }
    const id = this.#put(conversation, actionDraft(timestamp, action_name, log))
    actions.set(action_name, action)
    this.#ids.log++
    return (end: ActionEnd) => this.#end(conversation, id, end)
  }

  button(conversation: string, { timestamp, metadata, ...button }: ButtonBody): void {
    this.#put(conversation, buttonDraft(timestamp, button, metadata))
  }

  files(conversation: string, { timestamp, sender, metadata }: FilesBody, files: readonly FileBody[]): void {
    const attachments = this.#attachments(files)
    this.#put(conversation, filesDraft(timestamp, sender, attachments, metadata))
  }

  feedback(conversation: string, { sentiment, comment, metadata, timestamp }: FeedbackBody): void {
    this.#store.addFeedback(conversation, { sentiment, source: 'customer', comment, metadata, created_at: timestamp })
  }

  tokens(conversation: string): unknown {
    const row = this.#store.get(conversation)
    for (let at = row === undefined ? 0 : countOf(row, 'messages'); at > 0; at--) {
      const { action_name, metadata } = itemOf(row!, 'messages', at - 1)
      if (action_name === TOKEN_USAGE) return metadata
    }
    return undefined
  }

  async flush(): Promise<void> {}

  /** Adds a message by its time, and moves the end of the conversation with it. Gives its id. O(messages that are later). */
  #put(conversation: string, draft: Draft): number {
    const row = this.#row(conversation)
    const id = this.#store.greatestIds.message + 1
    const end = endOf(row, draft.timestamp)
    const ended = end === undefined ? {} : { ended_at: end }
    this.#store.splice(conversation, 'messages', placeOf(row, draft.timestamp), 0, [{ id, ...draft }], ended)
    return id
  }

  /** Ends a run. A conversation or message that is gone by now has no end. */
  #end(conversation: string, id: number, { error_msg, ...facts }: ActionEnd): void {
    const row = this.#store.get(conversation)
    let at = row === undefined ? 0 : countOf(row, 'messages')
    while (at > 0 && itemOf(row!, 'messages', at - 1).id !== id) at--
    if (at === 0) return
    const message: Message = itemOf(row!, 'messages', at - 1)
    const action_logs = message.action_logs?.map((log) => ({ ...log, ...facts, error_message: error_msg })) ?? []
    this.#store.splice(conversation, 'messages', at - 1, 1, [{ ...message, action_logs }])
  }

  #row(conversation: string): Conversation {
    const row = this.#store.get(conversation)
    if (row === undefined) throw new NotFoundError(conversation)
    return row
  }

  #attachments(files: readonly FileBody[]): Attachment[] {
    return files.map(({ filename, mime_type, size_bytes }) =>
      attachmentOf(++this.#ids.attachment, filename, mime_type, size_bytes),
    )
  }
}
