/**
 * What is recorded, call by call, in the bodies that the recording routes of the hosted API take. A log carries them out: on a
 * store (`store-log.ts`) or over HTTP (`http-log.ts`).
 */
import type { Json, JsonObject, Sender, Sentiment } from '../../row/conversation.ts'

/** The body of `POST /api/conversations/`. */
export interface ConversationBody {
  readonly timestamp: string
  readonly conversation_id: string
  readonly customer_id: string | null
  readonly customer_ip_address: string | null
  readonly device: string | null
  readonly source: string | null
  readonly language: string | null
  readonly name: string | null
  readonly environment: string
  readonly metadata: JsonObject | null
  readonly is_used: boolean
}

/** What the body of each other call has. */
interface PartBody {
  readonly timestamp: string
  readonly metadata: JsonObject
}

/** The body of `POST /api/track/`. */
export interface MessageBody extends PartBody {
  readonly sender: Sender
  readonly content: string
}

/** The body of `POST /api/action_logs/`, of what is known when a tool begins. */
export interface ActionBody extends PartBody {
  readonly action_name: string
  /** Absent for what has no duration, such as counts of tokens. */
  readonly started_at?: string
  readonly tools_used?: Json
}

/** The rest of that body, which is known when the tool ends. */
export interface ActionEnd {
  /** Absent where the input was known when the tool began. */
  readonly tools_used?: Json
  readonly ended_at: string
  readonly duration_ms: number
  readonly response: Json
  readonly error_msg: string
}

/** The body of `POST /api/buttons/`. */
export interface ButtonBody extends PartBody {
  readonly button_event: string | null
  readonly label: string
  readonly value: Json
}

/** A file: base64, or bytes. */
export interface FileBody {
  readonly filename: string
  readonly mime_type: string
  readonly data: string | Uint8Array
  readonly size_bytes: number
}

/** The body of `POST /api/attachments/`, the files apart. */
export interface FilesBody extends PartBody {
  readonly sender: Sender
}

/** The body of `POST /api/conversation-feedbacks/`, and when it was given. */
export interface FeedbackBody {
  readonly timestamp: string
  readonly sentiment: Sentiment
  readonly comment: string | null
  readonly metadata: JsonObject | null
}

/** Where a history goes. The calls of one conversation are carried out in their order. */
export interface Log {
  /** Gets a conversation, or makes it. */
  conversation(body: ConversationBody): void
  /** Adds a message, with the files that came with it. */
  message(conversation: string, body: MessageBody, files: readonly FileBody[]): void
  /** Adds a run of a tool. What comes back ends it: once, and it never throws. */
  action(conversation: string, body: ActionBody): (end: ActionEnd) => void
  /** Adds a click on a button. */
  button(conversation: string, body: ButtonBody): void
  /** Adds a message of files alone. */
  files(conversation: string, body: FilesBody, files: readonly FileBody[]): void
  /** Adds a feedback. */
  feedback(conversation: string, body: FeedbackBody): void
  /** The metadata of the last run of `token_usage`, whose counts are running totals; `undefined` for none. */
  tokens(conversation: string): unknown
  /** Resolves when all calls so far are carried out. Never rejects. */
  flush(): Promise<void>
}
