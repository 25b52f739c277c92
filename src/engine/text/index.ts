/** The text index: what makes messages, names and ids be found by a piece of them without looking at each. */
import type { TextIndex } from '../terms/text-index.ts'
import { ActionTexts } from './action-index.ts'
import { MessageTexts } from './message-index.ts'
import { DictionarySearch } from './search.ts'

/**
 * Makes a store find strings by a piece of them without looking at each: hand it to a store of `conversation-store/core`.
 * The full store has it already. It holds nothing of a store, so many stores may have it.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { textIndex } from 'conversation-store/text'
 *
 * const store = new ConversationStore({ text: textIndex })
 */
export const textIndex: TextIndex = {
  name: 'text index',
  search: (dictionary) => new DictionarySearch(dictionary),
  messages: () => new MessageTexts(),
  actions: () => new ActionTexts(),
}
