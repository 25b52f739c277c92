import type { ActionLog, Conversation } from '../../src/row/conversation.ts'

/** The runs of all tools of a row, in order. */
export function runsIn({ messages }: Conversation): readonly ActionLog[] {
  return messages.flatMap(({ action_logs }) => action_logs ?? [])
}
