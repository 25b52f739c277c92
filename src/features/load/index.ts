/**
 * Conversations from text, bytes and streams: NDJSON, JSON arrays, pages of the API and import files, plain or gzip.
 * The entry point `conversation-store/load`; files are read by `conversation-store/load/node`.
 */
import type { JsonObject } from '../../row/conversation.ts'
import type { LoadedBatch } from './batch.ts'
import { SourceFaults } from './fault.ts'
import { addBatches, type LoadResult, type RowReceiver } from './into.ts'
import { type LoadOptions, readBatches } from './read.ts'
import { type LoadSource, openSource, type RowBatches } from './source.ts'

export type { RejectedRow } from '../../store/store.ts'
export type { LoadedBatch, SkippedRow } from './batch.ts'
export type { ReadableStreamLike, StreamReaderLike } from './host.ts'
export type { LoadResult, LoadWarning, RowReceiver } from './into.ts'
export type { LoadOptions, LoadProgress } from './read.ts'
export type { BlobLike, LoadChunk, LoadSource, ResponseLike, RowBatches } from './source.ts'

/**
 * Reads conversations from a source, in batches of up to 1,000 rows (fewer where they are long), in their order. The
 * event loop runs between batches, and after each 8 ms of work. The rows are JSON objects, not yet checked to be conversations: `addMany` does that.
 *
 * What the source holds is seen from its content, never from a name:
 * - rows, one a line (NDJSON), pretty-printed over several lines, or one after another with nothing between them;
 * - a JSON array of rows;
 * - a page of the API, `{ results: [...] }`, with any other keys around;
 * - an import file, `{ schema_version: 1, conversations: [...] }`. The senders `user`,
 *   `human`, `customer` become `end_user`, and `assistant`, `bot`, `ai` become `agent`, in any case of letters
 *   and with white space around. A version that is another, or is missing, is an error, and so is any key that such
 *   a file does not have: of the file, of a conversation or of a message.
 *
 * Several of them may come one after another. All may be gzip, of several members too, and UTF-8 or UTF-16. A byte order
 * mark, CRLF, blank lines and a missing last newline are fine. An empty source has no rows. The memory that it takes is some megabytes and a few times the longest row,
 * however long the source.
 *
 * When the caller stops early, the signal is aborted or anything fails, the source is closed: a stream is cancelled, an
 * iterator returned, a Node stream destroyed. A fault comes after the rows before it, as far as they had come out where
 * gzip is cut off or damaged; and since its checksum comes last, rows of a damaged member may have come out wrong.
 *
 * Rejects with
 * - `INVALID_SOURCE`: what is not a source, JSON, UTF-8 or whole gzip, and rows with numbers that would change; `parameter` says the place (`line 17`,
 *   `byte 812`), `value` has the beginning of what came;
 * - `ROW_TOO_LONG`: a row of more than `maxRowBytes`, with its line;
 * - `INVALID_VALUE`: an unknown option, or a value that it does not take;
 * - the signal's reason, or `ABORTED` where it has none; and whatever error the source itself has.
 *
 * Costs about 10 ms a megabyte of NDJSON, and 25 ms of the other shapes.
 *
 * @param source A string of it, its bytes, a `ReadableStream`, a `Response`, a `Blob`, or anything that gives strings,
 * bytes or rows one by one, such as `all()` of a store elsewhere, or what `readConversations` gives. Bytes are UTF-8, UTF-16 or gzip of them.
 *
 * @example
 * for await (const batch of loadConversations(await fetch('/conversations.ndjson.gz'))) store.addMany(batch)
 *
 * @example
 * const first = '{"conversation_id":"a","started_at":"2024-01-15"}\n'
 * for await (const batch of loadConversations(first)) console.log(batch[0], 'on line', batch.lines[0])
 */
export async function* loadConversations<Metadata = JsonObject>(
  source: LoadSource | RowBatches,
  options: LoadOptions = {},
): AsyncGenerator<LoadedBatch<Metadata>, void, undefined> {
  // Rows of other formats come in batches already.
  if (typeof source === 'object' && source !== null && 'batches' in source && typeof source.batches === 'function') {
    yield* source.batches(options) as AsyncGenerator<LoadedBatch<Metadata>, void, undefined>
    return
  }
  const faults = new SourceFaults()
  const input = openSource(source as LoadSource, faults)
  yield* readBatches(input, options, faults) as AsyncGenerator<LoadedBatch<Metadata>, void, undefined>
}

/**
 * Reads conversations from a source into a store.
 *
 * With `onInvalid: 'throw'`, the default, it is all or nothing: nothing is added when a row is bad, a line broken or
 * the source cut off. So all rows are read before the first is added: they are in memory once, as the store will keep
 * them. They are checked as they are read; adding them then takes some 3 microseconds a row, without a pause of the
 * event loop. The error says the line.
 *
 * With `skip` the rows are added batch by batch, the bad ones left out and told in `rejected`. When it is aborted or
 * the source fails, the batches before that are in the store.
 *
 * Rejects as `loadConversations` does, and with what the store's `addMany` throws.
 *
 * @example
 * const { added, rejected } = await loadInto(store, text, { onInvalid: 'skip' })
 */
export async function loadInto<Metadata = JsonObject>(
  store: RowReceiver<Metadata>,
  source: LoadSource | RowBatches,
  options: LoadOptions = {},
): Promise<LoadResult> {
  return addBatches(store, (own) => loadConversations<Metadata>(source, own), options)
}
