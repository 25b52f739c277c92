/** One conversation, as texts to copy. */
export { conversationMarkdown } from './markdown.ts'
export { conversationTest } from './test-code.ts'
