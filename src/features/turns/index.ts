/** Messages of frameworks as turns, and turns as a row: the one conversion for assertions, recorders and readers of files. */
import { type Part, partOf, TurnCollector } from './collect.ts'
import { isGenAIMessage, readGenAIMessage } from './genai-messages.ts'
import { isLangChainMessage, readLangChainMessage } from './langchain-messages.ts'
import { isOpenAIMessage, readOpenAIMessage } from './openai-messages.ts'
import type { Turn } from './turn.ts'
import { isUIMessage, readUIMessage } from './ui-messages.ts'

export { type Part, parsed, TurnCollector } from './collect.ts'
export { exchangesOf } from './exchanges.ts'
export { fromLangChainMessages } from './langchain-messages.ts'
export { fromOpenAIMessages } from './openai-messages.ts'
export { type RowFacts, type RowOfTurns, type RowOptions, toRow } from './to-row.ts'
export type { Turn, TurnFile, TurnRole, TurnTokens, TurnTool } from './turn.ts'
export { fromUIMessages } from './ui-messages.ts'

/** The frameworks whose messages are read, the most particular shape first. */
const FRAMEWORKS: readonly {
  readonly name: string
  is(message: Part): boolean
  read(message: Part, into: TurnCollector): void
}[] = [
  { name: 'GenAI message', is: isGenAIMessage, read: readGenAIMessage },
  { name: 'UIMessage', is: isUIMessage, read: readUIMessage },
  { name: 'OpenAI message', is: isOpenAIMessage, read: readOpenAIMessage },
  { name: 'LangChain message', is: isLangChainMessage, read: readLangChainMessage },
]

/** Reads one message as what it looks like. Gives whether it is one of some framework. O(parts). */
export function readMessage(message: Part, into: TurnCollector): boolean {
  const framework = FRAMEWORKS.find(({ is }) => is(message))
  framework?.read(message, into)
  return framework !== undefined
}

/** The turns of messages, each read as what it looks like, and the framework of the first. `undefined` if one is of none. O(parts). */
export function fromMessages(messages: readonly unknown[]): { turns: Turn[]; framework: string } | undefined {
  const into = new TurnCollector()
  let first: string | undefined
  for (const message of messages) {
    const part = partOf(message)
    const framework = FRAMEWORKS.find(({ is }) => is(part))
    if (framework === undefined) return undefined
    first ??= framework.name
    framework.read(part, into)
  }
  return first === undefined ? undefined : { turns: into.turns, framework: first }
}
