/** THE table of facets: which fields have one, in which group, and in which words. Metadata paths come besides. */

/** The groups of the pane, in their order. */
export const GROUPS = ['Agent', 'Feedback', 'Conversation', 'Metadata', 'Numbers'] as const
export type GroupName = (typeof GROUPS)[number]

/** One facet. */
export interface Facet {
  /** As the library's facets name it: `device`, `metadata.plan`. */
  readonly field: string
  readonly label: string
  readonly group: GroupName
  /** Whether its values are numbers, counted in bins where there are many. */
  readonly isOfNumbers?: boolean
  /** What its numbers are counted in. */
  readonly unit?: 'seconds'
  /** The words for rows without a value. */
  readonly none: string
  /** The words for values that have other names on the wire. */
  readonly words?: { readonly [value: string]: string }
  /** Whether it is open at first. */
  readonly isOpen?: boolean
  /** Whether values stand in lists: a list of a row is asked whether it holds the value. `mixed`: in some rows. */
  readonly lists?: 'always' | 'mixed'
}

const YES = { true: 'Yes', false: 'No' }

export const FACETS: readonly Facet[] = [
  { field: 'action_name', label: 'Actions', group: 'Agent', none: 'no action', isOpen: true },
  { field: 'failed_action', label: 'Failed actions', group: 'Agent', none: 'none failed', isOpen: true },
  {
    ...{ field: 'action_failed', label: 'Outcome of actions', group: 'Agent', none: 'no action' },
    words: { true: 'Some failed', false: 'Some went well' },
  },
  { field: 'has_action', label: 'Has actions', group: 'Agent', none: 'unknown', words: YES },
  {
    ...{ field: 'feedback_sentiment', label: 'Sentiment', group: 'Feedback', none: 'no feedback', isOpen: true },
    words: { positive: 'Positive', neutral: 'Neutral', negative: 'Negative' },
  },
  {
    ...{ field: 'feedback_source', label: 'Source', group: 'Feedback', none: 'no feedback' },
    words: { customer: 'Customer', platform: 'Platform' },
  },
  { field: 'has_feedback', label: 'Has feedback', group: 'Feedback', none: 'unknown', words: YES },
  { field: 'device', label: 'Device', group: 'Conversation', none: 'none', isOpen: true },
  { field: 'language', label: 'Language', group: 'Conversation', none: 'none', isOpen: true },
  { field: 'environment', label: 'Environment', group: 'Conversation', none: 'none', isOpen: true },
  { field: 'is_marked', label: 'Marked', group: 'Conversation', none: 'unknown', words: YES },
  { field: 'is_used', label: 'Used', group: 'Conversation', none: 'unknown', words: YES },
  {
    ...{ field: 'message_sender', label: 'Senders', group: 'Conversation', none: 'no messages' },
    words: { end_user: 'User', agent: 'Agent' },
  },
  { field: 'has_messages', label: 'Has messages', group: 'Conversation', none: 'unknown', words: YES },
  { field: 'customer_id', label: 'Customer', group: 'Conversation', none: 'none' },
  { field: 'name', label: 'Name', group: 'Conversation', none: 'none' },
  { field: 'customer_ip_address', label: 'IP address', group: 'Conversation', none: 'none' },
  { field: 'conversation_id', label: 'Conversation ID', group: 'Conversation', none: 'none' },
  { field: 'message_count', label: 'Messages', group: 'Numbers', none: 'none', isOfNumbers: true },
  { field: 'action_count', label: 'Runs of actions', group: 'Numbers', none: 'none', isOfNumbers: true },
  { field: 'feedback_count', label: 'Feedbacks', group: 'Numbers', none: 'none', isOfNumbers: true },
  { field: 'attachment_count', label: 'Attachments', group: 'Numbers', none: 'none', isOfNumbers: true },
  {
    ...{ field: 'duration', label: 'Duration', group: 'Numbers', none: 'not ended' },
    ...{ isOfNumbers: true, unit: 'seconds' },
  },
]
