/** What one message, and one run of an action, must have: as code names it, as a spec holds it, and the conditions. */
import type { Sender } from '../row/conversation.ts'

/** What one message has. Never empty. */
export interface MessageMatch {
  /** Strings that it contains each, ignoring case; sorted, no repeats. An empty list holds for no message. */
  readonly contains?: readonly string[]
  readonly hasAttachments?: boolean
  readonly sender?: Sender
}

/** What one message has, as code names it: all of it, of one and the same message. */
export interface MessageMatchInput {
  readonly sender?: Sender
  /** One string, or several of which the message contains each, ignoring case. */
  readonly contains?: string | readonly string[]
  readonly hasAttachments?: boolean
}

/** What one run of an action has. Never empty. */
export interface ActionMatch {
  /** Contained in its error message, ignoring case. */
  readonly error?: string
  readonly failed?: boolean
  /** Contained in what its tools were asked, ignoring case. */
  readonly input?: string
  /** Milliseconds, exclusive. */
  readonly longerThan?: number
  /** Any of these is its action's name; sorted, no repeats. An empty list holds for no run. */
  readonly name?: readonly string[]
  /** Contained in its response, ignoring case. */
  readonly output?: string
  /** Milliseconds, exclusive. */
  readonly shorterThan?: number
}

/** What one run of an action has, as code names it: all of it, of one and the same run. */
export interface ActionMatchInput {
  /** The name of the action; of several, any. */
  readonly name?: string | readonly string[]
  /** Contained, ignoring case, in what its tools were asked (`tools_used`): compact JSON, a string as it stands. */
  readonly input?: string
  /** Contained, ignoring case, in its `response`: a string as it stands, else compact JSON. */
  readonly output?: string
  /** Contained, ignoring case, in its `error_message`. */
  readonly error?: string
  /** Its `error_message` is a non-empty string, or with `false` is not. */
  readonly failed?: boolean
  /** Took more milliseconds than this. */
  readonly longerThan?: number
  /** Took fewer milliseconds than this. */
  readonly shorterThan?: number
}

/**
 * Some one message has all that is named. A single string alone is a `MessageCondition` instead, a sender alone a
 * `SenderCondition`.
 */
export interface MessageMatchCondition {
  readonly field: 'message'
  readonly lookup: 'matches'
  readonly value: MessageMatch
}

/** Some message is from this sender. */
export interface SenderCondition {
  readonly field: 'message_sender'
  readonly lookup: 'exact'
  readonly value: Sender
}

/**
 * Some one run of an action has all that is named. Names alone are a condition on `action_name` instead, since every action
 * has a run and every run has the name of its message; `failed` alone is a `FailedCondition`.
 */
export interface ActionMatchCondition {
  readonly field: 'action'
  readonly lookup: 'matches'
  readonly value: ActionMatch
}

/** Some run of an action failed (`true`), or did not (`false`). */
export interface FailedCondition {
  readonly field: 'action_failed'
  readonly lookup: 'exact'
  readonly value: boolean
}
