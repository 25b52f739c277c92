/**
 * Conversations of other tools as rows, and rows as messages again. The entry point `conversation-store/formats`.
 */
import { checkChoice, checkFlag, checkOptions } from '../../base/options.ts'
import type { JsonObject } from '../../row/conversation.ts'
import type { LoadedBatch, LoadOptions, LoadSource } from '../load/index.ts'
import type { RowOfTurns } from '../turns/index.ts'
import { FORMAT_NAMES, type FormatName } from './formats.ts'
import { type FormatReport, readSource } from './reader.ts'

export type { RowOfTurns } from '../turns/index.ts'
export { FORMAT_NAMES, type FormatName, formatOf } from './formats.ts'
export { type FormatReport, reportText } from './reader.ts'
export { type OpenAIMessage, type OpenAIToolCall, toOpenAIMessages } from './to-openai.ts'
export { toUIMessages, type UIMessageLike, type UIPartLike } from './to-ui.ts'

/** How conversations are read. */
export interface ReadConversationsOptions {
  /** The format of the source; `auto`, the default, finds it by the content. */
  readonly format?: FormatName | 'auto' | undefined
  /**
   * Whether only what people and agents said and did is kept. Without it, what has no place in a row is kept in `metadata.source`
   * and `extra`, instructions and reasoning are messages, and the bytes of files stay in their URLs.
   */
  readonly lossy?: boolean | undefined
  /** Called once at the end, with what was read and what of it is not understood. */
  readonly onReport?: ((report: FormatReport) => void) | undefined
}

/** Conversations on their way from a source: rows one by one, or in batches for a store. It can be read once. */
export interface ConversationRows extends AsyncIterable<RowOfTurns> {
  /** The rows in batches, as `load` of a store takes them. */
  batches(options?: LoadOptions): AsyncGenerator<LoadedBatch<JsonObject>, void, undefined>
}

/**
 * Reads conversations that other tools wrote: OpenAI messages, AI SDK messages, sessions of Claude Code and Codex, OpenTelemetry
 * spans, ShareGPT, Langfuse, LangSmith, the exports of ChatGPT and Claude accounts, Intercom; and rows of a store as they are.
 * The source may be JSON, lines of JSON, gzip of either, or values: a list of messages, one object.
 *
 * Conversations come in the order of their first records, once the source is at its end. Histories that requests repeat are
 * merged, and the same content gives the same rows and ids. Records of unknown types in sessions are counted in `onReport`.
 *
 * Throws `INVALID_VALUE` and `UNKNOWN_PARAMETER` for its options. Reading rejects with `INVALID_SOURCE` for content of no known
 * format, or a record that is not of the format (with its line), `ROW_TOO_LONG`, and what the source rejects with. Costs about
 * 40 ms a megabyte and the memory of all rows of the source.
 *
 * @example
 * await store.load(readConversations(await file.text()))
 *
 * @example
 * for await (const row of readConversations('[{"role":"user","content":"Hello"}]')) console.log(row.messages)
 */
export function readConversations(
  source: LoadSource | object | readonly object[],
  options: ReadConversationsOptions = {},
): ConversationRows {
  checkOptions('readConversations', options, ['format', 'lossy', 'onReport'])
  const { format = 'auto', lossy = false, onReport } = options
  checkChoice('format', format, ['auto', ...FORMAT_NAMES])
  checkFlag('lossy', lossy)
  const batches = (load: LoadOptions = {}) => readSource(source, { format, lossy, onReport }, load)
  return {
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* batch as unknown as RowOfTurns[]
    },
  }
}
