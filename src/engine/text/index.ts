/** The text index: what makes messages, names and ids be found by a piece of them without looking at each. */
import type { TextIndex } from '../terms/text-index.ts'
import { RunIndex } from './run-index.ts'
import { DictionarySearch } from './search.ts'

/** Hand it to an engine, `new Engine({ text: textIndex })`, and all that this folder has is at its service. */
export const textIndex: TextIndex = {
  search: (dictionary) => new DictionarySearch(dictionary),
  messages: () => new RunIndex(),
}
