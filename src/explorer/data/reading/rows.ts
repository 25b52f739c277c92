/** Rows into the store that is open, in steps short enough that a question between two of them is answered at once. */
import type { ConversationInput } from 'conversation-store'
import { type LoadSource, loadConversations, type SkippedRow } from 'conversation-store/load'
import type { Opening } from './opening.ts'
import { nextTurn } from './turn.ts'
import { lineOf, plainMessage } from './words.ts'

/**
 * So many rows are added at a time: some 20 ms of a dozen messages each. Fewer would be shorter, but each time all live
 * questions are asked anew.
 */
const STEP_ROWS = 1_000

/** Adds rows, and notes those that are refused. `lines`: where each stands in its file. */
export async function addRows(
  opening: Opening,
  file: string,
  rows: readonly ConversationInput[],
  lines?: readonly number[],
): Promise<void> {
  const { store, room, signal } = opening
  for (let from = 0; from < rows.length; from += STEP_ROWS) {
    const step = rows.slice(from, from + STEP_ROWS)
    room.take(step)
    const { rejected, rejectedCount } = store.addMany(step, { onInvalid: 'skip', own: true })
    for (const { index, error } of rejected)
      opening.addFault({ file, line: lines?.[from + index] ?? null, message: plainMessage(error) })
    opening.addUnlisted(rejectedCount - rejected.length)
    opening.tell()
    await nextTurn()
    signal.throwIfAborted()
  }
}

/** Reads a file of rows: NDJSON, JSON, gzip of either. What cannot be read is noted, and the rest is read. */
export async function readRows(opening: Opening, file: string, source: LoadSource): Promise<void> {
  const { room, signal } = opening
  const onSkip = ({ line, error }: SkippedRow) => opening.addFault({ file, line, message: plainMessage(error) })
  try {
    for await (const batch of loadConversations(source, { onInvalid: 'skip', onSkip, signal })) {
      if (room.isFull) return opening.limit(null)
      await addRows(opening, file, batch, batch.lines)
    }
  } catch (error) {
    signal.throwIfAborted()
    // A document that is broken, gzip that is cut off: nothing tells where the next row begins.
    opening.addFault({ file, line: lineOf(error), message: plainMessage(error) })
  }
}
