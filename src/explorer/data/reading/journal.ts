/**
 * A journal of `serve --save`, replayed: a header, then lines of a checksum, a number and an event. A line whose number has a
 * `+` is written together with the next one. See docs/journal.md.
 */
import { type ConversationInput, ConversationStore } from 'conversation-store'
import { AgentState, type RecordedEvent } from 'conversation-store/http'
import { crc32 } from './crc32.ts'
import type { Opening } from './opening.ts'
import { addRows } from './rows.ts'
import { nextTurn } from './turn.ts'
import { plainMessage } from './words.ts'

const NEWLINE = 10
const SLICE_MS = 8
/** Lines of the journal's own. */
const OWN = /^(folded|lost \d+)$/
/** Queries do not see the bytes of attachments. */
const UNSEEN: readonly string[] = ['file_added', 'file_data']

export async function readJournal(opening: Opening, file: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { signal } = opening
  // A journal gives ids of its own, so it is replayed on an empty store; and nobody is told of each of its steps.
  const own = new ConversationStore()
  const state = new AgentState(own as never)
  let line = 0
  let together: RecordedEvent[] = []
  let end = Date.now() + SLICE_MS
  try {
    for await (const bytes of linesOf(source)) {
      line++
      if (line === 1) {
        checkHeader(bytes)
        continue
      }
      const { text, hasMore } = decoded(bytes)
      if (!OWN.test(text)) together.push(JSON.parse(text))
      if (hasMore) continue
      for (const event of together) if (!UNSEEN.includes(event.type)) state.apply(event)
      together = []
      if (Date.now() < end) continue
      await nextTurn()
      signal.throwIfAborted()
      end = Date.now() + SLICE_MS
    }
  } catch (error) {
    signal.throwIfAborted()
    opening.addFault({ file, line, message: `${plainMessage(error)} What comes after it is left out.` })
  }
  if (opening.store.size === 0 && own.size > 0) opening.use(own)
  else await addRows(opening, file, [...own] as unknown as ConversationInput[])
}

function checkHeader(bytes: Uint8Array): void {
  const { format, version } = JSON.parse(new TextDecoder().decode(bytes)) as { format?: unknown; version?: unknown }
  if (format !== 'conversation-store journal') throw new Error('The first line is damaged.')
  if (version !== 1) throw new Error(`The journal has version ${String(version)}, and this page reads version 1.`)
}

function decoded(bytes: Uint8Array): { readonly text: string; readonly hasMore: boolean } {
  const [, sum, rest, plus, text] =
    /^([0-9a-f]{8}) ([1-9]\d{0,14}(\+?) (.*))$/s.exec(new TextDecoder().decode(bytes)) ?? []
  if (rest === undefined || crc32(bytes.subarray(9)) !== Number.parseInt(sum!, 16))
    throw new Error('The line is damaged, or was not written to its end.')
  return { text: text!, hasMore: plus === '+' }
}

/** The lines of some bytes without their newlines. What follows the last newline is no whole line. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array(0)
  for await (const piece of source) {
    let bytes = piece
    if (held.length > 0) {
      bytes = new Uint8Array(held.length + piece.length)
      bytes.set(held)
      bytes.set(piece, held.length)
    }
    let from = 0
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      yield bytes.subarray(from, at)
      from = at + 1
    }
    held = bytes.slice(from)
  }
  if (held.length > 0) yield held
}
