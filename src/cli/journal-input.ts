/** Conversations from a journal of `serve --save`, also while a server writes it. */
import { ConversationStore } from '../core.ts'
import type { LoadOptions } from '../features/load/node.ts'
import type { RecordedEvent } from '../http/events.ts'
import { AgentState } from '../http/state.ts'
import { replayJournal } from '../node/journal/replay.ts'
import { isLibraryError, UsageError, withoutCalls } from './failure.ts'
import { type Streams, say } from './streams.ts'

/** Adds the conversations of a journal to a store. Rejects with a `JournalError`. */
export async function fillFromJournal(
  store: ConversationStore,
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  streams: Streams,
  { onProgress, signal }: LoadOptions,
): Promise<void> {
  // A journal gives ids of its own, so it is replayed on an empty store.
  const own = store.size === 0 ? store : new ConversationStore()
  const state = new AgentState(own)
  const replay = (event: RecordedEvent) => {
    // Queries do not see the bytes of attachments.
    if (event.type !== 'file_added' && event.type !== 'file_data') state.apply(event)
  }
  const onRead = (bytes: number) => {
    if (signal?.aborted) throw signal.reason
    onProgress?.({ bytes, rows: own.size })
  }
  const { torn } = await replayJournal(path, pieces, replay, { onRead })
  if (torn !== undefined)
    say(streams, `${path}: its last write, from line ${torn.line} on, is not whole and is left out.`)
  if (own === store) return
  try {
    store.addMany(own)
  } catch (error) {
    throw isLibraryError(error) ? new UsageError(`${path}: ${withoutCalls(error.message)}`) : error
  }
}
