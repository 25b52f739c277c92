/** A snapshot: opened as it is where it is the first, else its rows are added. */
import type { ConversationInput } from 'conversation-store'
import { readSnapshot } from 'conversation-store/snapshot'
import { isGzip } from './kind.ts'
import type { Opening } from './opening.ts'
import { addRows } from './rows.ts'
import { plainMessage } from './words.ts'

export async function readSnapshotFile(
  opening: Opening,
  file: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    // Someone else may have made it: all that is in it is checked.
    const bytes = new Uint8Array(await new Blob(await collected(source)).arrayBuffer())
    const store = await readSnapshot(bytes, { verify: 'full' })
    if (opening.store.size === 0) opening.use(store, isGzip(bytes) ? undefined : bytes)
    else await addRows(opening, file, [...store] as unknown as ConversationInput[])
  } catch (error) {
    opening.signal.throwIfAborted()
    opening.addFault({ file, line: null, message: plainMessage(error) })
  }
}

async function collected(source: AsyncIterable<Uint8Array>): Promise<BlobPart[]> {
  const chunks: BlobPart[] = []
  for await (const chunk of source) chunks.push(chunk as BlobPart)
  return chunks
}
