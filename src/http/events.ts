/**
 * What happened to an agent, as plain JSON: live writes, journals and snapshots all consist of these events.
 *
 * An event says what was done, not what was asked: ids, times and places are in it. Applying the same
 * events in the same order to an empty state gives the same state, whatever the clock says.
 */
import type { Conversation, Feedback, JsonObject, Message } from '../row/conversation.ts'
import type { ConversationPatch } from '../row/read.ts'

/** A conversation was added, whole, with its id. */
export interface ConversationAdded {
  readonly type: 'conversation_added'
  readonly row: Conversation
}

/** Fields of a conversation were set; `metadata` replaces the whole document. */
export interface ConversationUpdated {
  readonly type: 'conversation_updated'
  readonly conversation: number
  readonly changes: ConversationPatch
}

/** A conversation was deleted softly, at this time. */
export interface ConversationDeleted {
  readonly type: 'conversation_deleted'
  readonly conversation: number
  readonly at: string
}

/** A message was inserted before the one at `index` (from 0), or after the last. */
export interface MessageAdded {
  readonly type: 'message_added'
  readonly conversation: number
  readonly index: number
  readonly message: Message
  /** The end of the conversation, where the message moved it. */
  readonly ended_at?: string
}

/** The message at `index` was replaced, whole; its id stays. */
export interface MessageChanged {
  readonly type: 'message_changed'
  readonly conversation: number
  readonly index: number
  readonly message: Message
}

/** A feedback was given to a conversation, after the others. */
export interface FeedbackAdded {
  readonly type: 'feedback_added'
  readonly conversation: number
  readonly feedback: Feedback
}

/** The feedback at `index` of a conversation was replaced, whole; its id stays. */
export interface FeedbackChanged {
  readonly type: 'feedback_changed'
  readonly conversation: number
  readonly index: number
  readonly feedback: Feedback
}

/** The feedback at `index` of a conversation was removed. */
export interface FeedbackRemoved {
  readonly type: 'feedback_removed'
  readonly conversation: number
  readonly index: number
  /** The id of the feedback. */
  readonly id: number
}

/** A feedback on the agent itself, which belongs to no conversation. */
export interface AgentFeedback extends JsonObject {
  readonly id: number
  readonly sentiment: string
  readonly comment: string | null
  readonly environment: string | null
  readonly created_at: string
}

/** A feedback on the agent was given, or replaced the one with its id. */
export interface AgentFeedbackPut {
  readonly type: 'agent_feedback_put'
  readonly feedback: AgentFeedback
}

/** A feedback on the agent was removed. */
export interface AgentFeedbackRemoved {
  readonly type: 'agent_feedback_removed'
  readonly id: number
}

/** An action's name got its id, which it keeps. */
export interface ActionNamed {
  readonly type: 'action_named'
  readonly id: number
  readonly name: string
}

/** A file that came with a message, without its bytes. */
export interface StoredFile extends JsonObject {
  /** Opaque; the last part of its URL. */
  readonly id: string
  readonly conversation: number
  readonly message: number
  readonly attachment: number
  readonly filename: string
  readonly mime_type: string
  /** Bytes. */
  readonly size: number
}

/** A file was added. Its bytes follow in `file_data` events, with no other event between them. */
export interface FileAdded {
  readonly type: 'file_added'
  readonly file: StoredFile
}

/**
 * More bytes of a file: base64 of a whole number of bytes, at most `FILE_CHUNK` characters. Pieces but the last have a
 * multiple of three bytes, so that joined they are the base64 of the file.
 */
export interface FileData {
  readonly type: 'file_data'
  readonly id: string
  readonly data: string
}

/** The greatest ids ever given. They are not given again, even where the rows are gone. */
export interface IdsRaised {
  readonly type: 'ids_raised'
  readonly ids: IdCounters
}

/** The greatest id of each kind that was ever given; 0 where there was no such id. */
export interface IdCounters {
  readonly conversation: number
  readonly message: number
  readonly feedback: number
  readonly attachment: number
  readonly action_log: number
}

/** One thing that happened to an agent. JSON: `JSON.parse(JSON.stringify(event))` is as good as the event. */
export type RecordedEvent =
  | ConversationAdded
  | ConversationUpdated
  | ConversationDeleted
  | MessageAdded
  | MessageChanged
  | FeedbackAdded
  | FeedbackChanged
  | FeedbackRemoved
  | AgentFeedbackPut
  | AgentFeedbackRemoved
  | ActionNamed
  | FileAdded
  | FileData
  | IdsRaised

/** The most characters of base64 in one event: a multiple of four, small enough to be written in a millisecond. */
export const FILE_CHUNK = 262_144
