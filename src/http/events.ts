/**
 * What happened to an agent, as plain JSON: live writes, journals and snapshots all consist of these events.
 *
 * An event says what was done, not what was asked: ids, times and places are in it. Applying the same
 * events in the same order to an empty state gives the same state, whatever the clock says.
 */
import type { Conversation, Feedback, JsonObject, Message } from '../row/conversation.ts'
import type { ConversationPatch, RowFields } from '../row/read.ts'

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

/** A soft deletion was taken back. */
export interface ConversationRestored {
  readonly type: 'conversation_restored'
  readonly conversation: number
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

/** The labels of an action were set: a definition that was declared, or changed. A new name replaces its old one. */
export interface ActionDefined {
  readonly type: 'action_defined'
  readonly action: ActionDefinition
}

/** What an action is called. */
export interface ActionDefinition extends JsonObject {
  readonly id: number
  readonly name: string
  readonly display_name: string
  readonly description: string
}

/** A span was archived, whole, as it came. Its id is the one that it is read by. */
export interface SpanAdded {
  readonly type: 'span_added'
  readonly id: number
  readonly conversation: number
  readonly span: JsonObject
}

/** The tokens of a model in a turn got a row of their own, with this id. `turn_id` is null for those outside turns. */
export interface UsageNamed {
  readonly type: 'usage_named'
  readonly id: number
  readonly conversation: number
  readonly turn_id: string | null
  readonly model: string
}

/** What spans made of a conversation: messages were inserted and fields set, in one step. */
export interface ConversationGrown {
  readonly type: 'conversation_grown'
  readonly conversation: number
  /** Each with its place (from 0) among the messages that there were, ascending: before the one that stood there. */
  readonly messages: readonly PlacedMessage[]
  readonly fields: RowFields
}

/** A message and the place where it is inserted. */
export interface PlacedMessage {
  readonly index: number
  readonly message: Message
}

/** A comment on a ticket. */
export interface TicketComment extends JsonObject {
  readonly id: number
  readonly author: string
  readonly role: string
  readonly body: string
  readonly created_at: string
}

/** A ticket, with the ids of what it is about. */
export interface Ticket extends JsonObject {
  readonly id: number
  readonly title: string
  readonly status: string
  readonly priority: string | null
  readonly tags: readonly string[]
  readonly environment: string
  readonly conversation: number | null
  readonly feedback: number | null
  readonly comments: readonly TicketComment[]
  readonly created_at: string
  readonly updated_at: string
}

/** A ticket was made, or replaced the one with its id. */
export interface TicketPut {
  readonly type: 'ticket_put'
  readonly ticket: Ticket
}

/** A ticket was removed, with its comments. */
export interface TicketRemoved {
  readonly type: 'ticket_removed'
  readonly id: number
}

/** A ticket got a comment, after its others. */
export interface CommentAdded {
  readonly type: 'comment_added'
  readonly ticket: number
  readonly comment: TicketComment
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
  /** Journals of before 0.2 lack the last four. */
  readonly span?: number
  readonly usage?: number
  readonly ticket?: number
  readonly comment?: number
}

/** One thing that happened to an agent. JSON: `JSON.parse(JSON.stringify(event))` is as good as the event. */
export type RecordedEvent =
  | ConversationAdded
  | ConversationUpdated
  | ConversationDeleted
  | ConversationRestored
  | MessageAdded
  | MessageChanged
  | FeedbackAdded
  | FeedbackChanged
  | FeedbackRemoved
  | AgentFeedbackPut
  | AgentFeedbackRemoved
  | ActionNamed
  | ActionDefined
  | SpanAdded
  | UsageNamed
  | ConversationGrown
  | TicketPut
  | TicketRemoved
  | CommentAdded
  | FileAdded
  | FileData
  | IdsRaised

/** The most characters of base64 in one event: a multiple of four, small enough to be written in a millisecond. */
export const FILE_CHUNK = 262_144
