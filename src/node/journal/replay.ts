/** Reading a journal without opening it: no lock is taken and nothing is written, so a process that has it goes on. */
import { damagedError, headerError } from './findings.ts'
import type { Found } from './found.ts'
import { HEADER } from './line.ts'
import { HeaderFault, type ReadOptions, readJournal } from './read.ts'

/** So many bytes tell whether a file is a journal. */
export const HEAD_BYTES: number = HEADER.length * 2

/** A header of any version, or in place of a damaged one the line after it. */
const HEAD = /^(\{"format":"conversation-store journal"|[^\n]*\n[0-9a-f]{8} 1\+? )/

/** Whether a file that begins with these bytes, `HEAD_BYTES` of them if it has as many, is a journal. */
export function isJournalHead(bytes: Uint8Array): boolean {
  return HEAD.test(Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1'))
}

/**
 * Replays a journal up to its last whole write. `torn` tells of a write after that of which a part is missing: of a
 * process that was killed, or is writing now.
 *
 * Rejects with `NO_JOURNAL`, `JOURNAL_VERSION` or `JOURNAL_DAMAGED`; events may have been replayed by then. O(bytes).
 */
export async function replayJournal<Event extends object>(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  replay: (event: Event) => void,
  options?: ReadOptions,
): Promise<Pick<Found, 'events' | 'torn'>> {
  let found: Found
  try {
    found = await readJournal(pieces, (event) => replay(event as Event), options)
  } catch (error) {
    throw error instanceof HeaderFault ? headerError(path, error) : error
  }
  if (found.damage.length > 0) throw damagedError(path, found)
  return found
}
