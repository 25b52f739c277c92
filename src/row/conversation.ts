/** The row: a conversation as it comes from and goes to the wire. `read.ts` reads one in. */

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Any JSON object. */
export type JsonObject = { readonly [key: string]: Json }

/** A row or a part of one, seen with whatever other keys it has. */
export type Open<Part> = Part & { readonly [key: string]: unknown }

/** Sees a row or a part of one with all its keys. */
export function open<Part extends object>(part: Part): Open<Part> {
  return part as Open<Part>
}

/** A file that came with a message. */
export interface Attachment {
  readonly id?: Json
  readonly type?: Json
  readonly filename?: Json
  readonly mime_type?: Json
  readonly size_bytes?: Json
  readonly file_url?: Json
}

/** One run of a tool. */
export interface ActionLog {
  readonly id?: Json
  readonly started_at?: Json
  readonly ended_at?: Json
  readonly duration_ms?: Json
  readonly tools_used?: Json
  readonly response?: Json
  readonly error_message?: Json
  readonly metadata?: Json
}

/** Who wrote a message. */
export type Sender = 'end_user' | 'agent'

/** What a feedback says. */
export type Sentiment = 'positive' | 'neutral' | 'negative'

/** Who gave a feedback. */
export type FeedbackSource = 'customer' | 'platform'

/** One message, or one action of the agent (then `action_name` is a non-empty string). */
export interface Message {
  readonly id?: Json
  readonly timestamp?: Json
  readonly sender: Sender
  readonly content: string
  readonly action_name?: string | null
  readonly metadata?: Json
  readonly attachments?: readonly Attachment[] | null
  readonly action_logs?: readonly ActionLog[] | null
  readonly button?: Json
}

/** What someone said of a conversation. An absent `source` reads as `customer`. */
export interface Feedback {
  readonly id?: Json
  readonly sentiment: Sentiment
  readonly source?: FeedbackSource | null
  readonly comment?: Json
  readonly metadata?: Json
  readonly created_at?: Json
}

/** What every row has, whatever is asked of it. */
interface ConversationBase<Metadata> {
  readonly id: number
  readonly conversation_id: string
  readonly name: string | null
  readonly customer_id: string | null
  readonly customer_ip_address: string | null
  readonly device: string | null
  readonly language: string | null
  readonly environment: string | null
  readonly is_marked: boolean
  readonly is_deleted: boolean
  readonly is_used: boolean
  readonly started_at: string
  readonly ended_at: string | null
  readonly deleted_at: string | null
  readonly metadata: Metadata | null
  readonly geo_location: JsonObject | null
}

/**
 * A stored row: every key of the wire is present. Rows that a store gives out are frozen, to the bottom. `Extra` has the
 * keys besides those of the wire, which are kept and given back too.
 *
 * @example type Call = Conversation<{ plan: 'free' | 'pro' }, { readonly recording_url?: string }>
 */
export type Conversation<Metadata = JsonObject, Extra = unknown> = WholeConversation<Metadata> & Extra

/** A `Conversation` without keys besides those of the wire. Write `Conversation`; this is what compilers make of it. */
export interface WholeConversation<Metadata> extends ConversationBase<Metadata> {
  readonly messages: readonly Message[]
  readonly feedbacks: readonly Feedback[]
}

/** A row with the numbers of its messages and feedbacks instead of them. */
export type LeanConversation<Metadata = JsonObject, Extra = unknown> = CountedConversation<Metadata> & Extra

/** A `LeanConversation` without keys besides those of the wire. */
export interface CountedConversation<Metadata> extends ConversationBase<Metadata> {
  readonly message_count: number
  readonly feedback_count: number
  readonly messages?: never
  readonly feedbacks?: never
}

/** The keys of a row besides those of the wire, as `Conversation` takes them. */
export type ExtraOf<Row> =
  Exclude<keyof Row, keyof Conversation | keyof LeanConversation> extends never
    ? unknown
    : Omit<Row, keyof Conversation | keyof LeanConversation>

/** A type parameter that is stated and never inferred. */
export type Stated<Extra> = [Extra][Extra extends unknown ? 0 : never]

/** A row as it may be given: only `conversation_id` and `started_at` are required. `Extra`: see `Conversation`. */
export type ConversationInput<Metadata = JsonObject, Extra = unknown> = GivenConversation<Metadata> & Extra

/** A `ConversationInput` without keys besides those of the wire. */
export interface GivenConversation<Metadata> {
  readonly id?: number | null | undefined
  readonly conversation_id: string
  readonly name?: string | null | undefined
  readonly customer_id?: string | null | undefined
  readonly customer_ip_address?: string | null | undefined
  readonly device?: string | null | undefined
  readonly language?: string | null | undefined
  readonly environment?: string | null | undefined
  readonly is_marked?: boolean | null | undefined
  readonly is_deleted?: boolean | null | undefined
  readonly is_used?: boolean | null | undefined
  readonly started_at: string
  readonly ended_at?: string | null | undefined
  readonly deleted_at?: string | null | undefined
  /** An object, null, or (as old rows have it) the JSON string of one. */
  readonly metadata?: Metadata | string | null | undefined
  readonly geo_location?: object | null | undefined
  readonly messages?: readonly Message[] | null | undefined
  readonly feedbacks?: readonly Feedback[] | null | undefined
}
