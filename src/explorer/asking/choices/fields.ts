/** The fields that a person picks to ask of. */
import type { Kind } from './operators.ts'

/** One field. */
export interface FieldChoice {
  /** As facets name it: `device`, `metadata.plan`. */
  readonly field: string
  readonly label: string
  readonly kind: Kind
  /** Other words that find it. */
  readonly words?: string
  /** Whether a conversation has several of its values, so that two conditions on it can both hold. */
  readonly isMany?: true
}

/** All fields, those that are asked of most first. `run` is no field: it stands for runs of any action. */
export const FIELDS: readonly FieldChoice[] = [
  { field: 'message', label: 'message', kind: 'said', words: 'said text content user agent', isMany: true },
  { field: 'action_name', label: 'action', kind: 'action', words: 'tool call failed', isMany: true },
  {
    field: 'run',
    label: 'run of an action',
    kind: 'run',
    words: 'failed error slow duration input output tool',
    isMany: true,
  },
  { field: 'device', label: 'device', kind: 'text' },
  { field: 'language', label: 'language', kind: 'text' },
  { field: 'environment', label: 'environment', kind: 'text', words: 'env production development' },
  {
    field: 'feedback_sentiment',
    label: 'feedback',
    kind: 'choice',
    words: 'sentiment rating positive negative',
    isMany: true,
  },
  { field: 'feedback_source', label: 'feedback source', kind: 'choice', isMany: true },
  { field: 'started_at', label: 'started', kind: 'start', words: 'date time after before since' },
  { field: 'ended_at', label: 'ended', kind: 'end', words: 'date time' },
  { field: 'customer_id', label: 'customer', kind: 'text', words: 'user' },
  { field: 'name', label: 'name', kind: 'text', words: 'title' },
  { field: 'is_marked', label: 'marked', kind: 'flag', words: 'star' },
  { field: 'has_feedback', label: 'has feedback', kind: 'flag' },
  { field: 'has_action', label: 'has actions', kind: 'flag', words: 'tool' },
  { field: 'has_messages', label: 'has messages', kind: 'flag' },
  { field: 'is_used', label: 'used', kind: 'flag' },
  { field: 'duration', label: 'duration', kind: 'duration', words: 'seconds length' },
  { field: 'message_count', label: 'message count', kind: 'number', words: 'turns' },
  { field: 'action_count', label: 'action count', kind: 'number' },
  { field: 'feedback_count', label: 'feedback count', kind: 'number' },
  { field: 'attachment_count', label: 'attachment count', kind: 'number', words: 'files' },
  { field: 'message_sender', label: 'sender', kind: 'choice', isMany: true },
  { field: 'conversation_id', label: 'conversation id', kind: 'text' },
  { field: 'customer_ip_address', label: 'IP address', kind: 'text' },
  { field: 'id', label: 'id', kind: 'number' },
]

/** The field that is a metadata path, as `metadataKeys` names it. At a path of lists it is asked what they include. */
export function metadataChoice(path: string, isOfLists = false): FieldChoice {
  const field = { field: `metadata.${path}`, label: `metadata ${path}`, words: path }
  return isOfLists ? { ...field, kind: 'list', isMany: true } : { ...field, kind: 'metadata' }
}

/** The field of this name. */
export function fieldChoice(field: string): FieldChoice | undefined {
  return field.startsWith('metadata.')
    ? metadataChoice(field.slice('metadata.'.length))
    : FIELDS.find((choice) => choice.field === field)
}

/** The fields that a word finds: those whose label begins with it first. `''` finds all, in their order. O(fields). */
export function findFields(word: string, choices: readonly FieldChoice[]): readonly FieldChoice[] {
  const wanted = word.toLowerCase()
  if (wanted === '') return choices
  const rankOf = ({ label, field, words = '' }: FieldChoice) => {
    if (label.toLowerCase().startsWith(wanted)) return 0
    if (`${label} ${field}`.toLowerCase().includes(wanted)) return 1
    return words
      .toLowerCase()
      .split(' ')
      .some((each) => each.startsWith(wanted))
      ? 2
      : 3
  }
  return choices
    .map((choice) => ({ choice, rank: rankOf(choice) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice)
}
