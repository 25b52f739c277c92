/** Votes on messages. A vote is part of its message, under the key `feedback`; it is not among the feedbacks of a conversation. */
import { type Feedback, type Message, type Open, open } from '../row/conversation.ts'

/** The vote on a message; undefined without one. O(1). */
export function voteOf(message: Message): Open<Feedback> | undefined {
  const { feedback } = open(message)
  return typeof feedback === 'object' && feedback !== null ? (feedback as Open<Feedback>) : undefined
}
