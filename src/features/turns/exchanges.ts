/** The turns of a conversation as people count them: what the user says, and all that comes before the user speaks again. */
import type { Message } from '../../row/conversation.ts'

/**
 * The messages of each turn. Messages of the user in a row begin one together; what the agent says before the first of them is
 * of none. Where the user says nothing all is one turn. O(messages).
 */
export function exchangesOf<Item extends Pick<Message, 'sender'>>(messages: readonly Item[]): Item[][] {
  const exchanges: Item[][] = []
  let isUsers = false
  for (const message of messages) {
    const isUser = message.sender === 'end_user'
    if (isUser && !isUsers) exchanges.push([])
    exchanges.at(-1)?.push(message)
    isUsers = isUser
  }
  return exchanges.length === 0 && messages.length > 0 ? [[...messages]] : exchanges
}
