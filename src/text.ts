/** The index that finds strings by a piece of them, for stores of `conversation-store/core`: the entry point `conversation-store/text`. */

export type { TextIndex } from './engine/terms/text-index.ts'
export { textIndex } from './engine/text/index.ts'
