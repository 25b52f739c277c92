/** Sentences about feedback. */
import type { FeedbackCondition, SentimentCondition, SourceCondition } from 'conversation-store/core'
import type { Say } from './say.ts'

/** Says one feedback by all that is named of it. */
export const feedback: Say<FeedbackCondition> = ({ value: { sentiment, source } }, isNegated) => ({
  subject: isNegated ? 'no feedback' : 'feedback',
  verb: 'is',
  object: [sentiment, source && `from the ${source}`].filter((part) => part !== undefined).join(' and '),
})

export const sentiment: Say<SentimentCondition> = ({ value }, ...rest) =>
  feedback({ field: 'feedback', lookup: 'exact', value: { sentiment: value } }, ...rest)

export const feedbackSource: Say<SourceCondition> = ({ value }, ...rest) =>
  feedback({ field: 'feedback', lookup: 'exact', value: { source: value } }, ...rest)
