/** A snapshot: opened as it is where it is the first, else its rows are added. */
import type { ConversationInput } from 'conversation-store'
import { readSnapshot } from 'conversation-store/snapshot'
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
    const store = await readSnapshot(source, { verify: 'full' })
    if (opening.store.size === 0) opening.use(store)
    else await addRows(opening, file, [...store] as unknown as ConversationInput[])
  } catch (error) {
    opening.signal.throwIfAborted()
    opening.addFault({ file, line: null, message: plainMessage(error) })
  }
}
