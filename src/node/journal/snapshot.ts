/** Writing a whole state as lines: for a new journal, and for folding. */

import { constants } from 'node:buffer'
import { systemText } from '../../base/system-text.ts'
import { JournalError } from './errors.ts'
import { FOLDED, type LineText } from './line.ts'
import type { LineWriter } from './writer.ts'

/** A folding syncs so many bytes at a time, so that appends wait for little more than their own fsync. */
const FOLD_SYNC_BYTES = 4_194_304
/** The longest text of a line: the longest string, less room for checksum and number. */
const LONGEST_TEXT = constants.MAX_STRING_LENGTH - 64

/** Writes a whole state and the mark of its end, and syncs most of it. `check` throws to end it early. */
export async function writeSnapshot(writer: LineWriter, texts: Iterable<string>, check: () => void): Promise<void> {
  const iterator = texts[Symbol.iterator]()
  for (let next = iterator.next(); !next.done; ) {
    const from = writer.bytes
    const some: Iterable<LineText> = {
      *[Symbol.iterator]() {
        for (; !next.done && writer.bytes - from < FOLD_SYNC_BYTES; next = iterator.next()) {
          check()
          yield { text: next.value, hasMore: false }
        }
      },
    }
    await writer.write(some)
    if (!next.done) await writer.sync()
  }
  check()
  await writer.write([{ text: FOLDED, hasMore: false }])
}

/** The same texts, the first of them computed now. */
export function begun(texts: Iterable<string>): Iterable<string> {
  const iterator = texts[Symbol.iterator]()
  const first = iterator.next()
  return {
    *[Symbol.iterator]() {
      for (let next = first; !next.done; next = iterator.next()) yield next.value
    },
  }
}

/** Events as JSON, each made when it is read. Throws `INVALID_EVENT` for an event that JSON cannot write. */
export function* toTexts(events: Iterable<object>, path: string): Iterable<string> {
  for (const event of events) {
    let text: string | undefined
    let why = 'JSON cannot write it'
    try {
      text = JSON.stringify(event)
    } catch (error) {
      why = systemText(error)
    }
    if (text === undefined || text.length > LONGEST_TEXT) {
      throw new JournalError(
        'INVALID_EVENT',
        path,
        `an event cannot be recorded: ${text === undefined ? why : 'it is too long'}.`,
      )
    }
    yield text
  }
}
