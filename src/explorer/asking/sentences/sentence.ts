/** One condition as a sentence. */
import type { FieldCondition } from 'conversation-store/core'
import { action, actionFailed, called } from './actions.ts'
import { feedback, feedbackSource, sentiment } from './feedback.ts'
import { count, duration, flag, id, instant, metadata, text } from './fields.ts'
import { messageSender, said } from './messages.ts'
import type { Say, Sentence } from './say.ts'
import { shownText, type Viewer } from './values.ts'

type ConditionOn<Field extends FieldCondition['field']> = Extract<FieldCondition, { readonly field: Field }>

/** Every field that a condition can ask about. */
const SAYS: { readonly [Field in FieldCondition['field']]: Say<never> } = {
  conversation_id: text('conversation id'),
  customer_id: text('customer'),
  name: text('name'),
  device: text('device'),
  language: text('language'),
  customer_ip_address: text('IP address'),
  environment: text('environment'),
  action_name: called,
  action,
  action_failed: actionFailed,
  message: said,
  message_sender: messageSender,
  search: ({ value }: ConditionOn<'search'>, isNegated) => ({
    subject: 'the conversation',
    verb: isNegated ? 'does not mention' : 'mentions',
    object: shownText(value),
  }),
  is_marked: flag('is marked', 'is not marked'),
  is_used: flag('is used', 'is not used'),
  has_messages: flag('has messages', 'has no messages'),
  has_action: flag('has actions', 'has no actions'),
  has_feedback: flag('has feedback', 'has no feedback'),
  feedback_sentiment: sentiment,
  feedback_source: feedbackSource,
  feedback,
  started_at: instant('started', 'has no start', 'has a start'),
  ended_at: instant('ended', 'has not ended', 'has ended'),
  id,
  message_count: count('message count'),
  action_count: count('action count'),
  feedback_count: count('feedback count'),
  attachment_count: count('attachment count'),
  duration,
  metadata,
}

/** A condition as a sentence; negated, the sentence that it does not hold. Times are in the viewer's zone. */
export function sentenceOf(condition: FieldCondition, isNegated = false, viewer: Viewer = {}): Sentence {
  const say = SAYS[condition.field] as Say
  return say(condition, isNegated, viewer)
}
