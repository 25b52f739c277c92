/**
 * One file that a store follows. Each reading reads it whole and compares it with the last one: new rows are added, rows
 * that differ replaced, and missing ones purged, in slices between which requests are answered. What clients wrote stays,
 * except in rows that the file itself changed. A file that cannot be used changes nothing.
 */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MOST_LISTED } from '../base/best-n.ts'
import { type ConversationStoreError, InvalidRowError } from '../base/errors.ts'
import { counted } from '../base/text/counted.ts'
import type { ConversationStore } from '../core.ts'
import { type LoadOptions, loadFiles, type SkippedRow } from '../features/load/node.ts'
import type { ConversationInput } from '../row/conversation.ts'
import { readConversation } from '../row/read.ts'
import { duplicate } from '../store/ingest.ts'
import { isLibraryError } from './failure.ts'

/** The store is changed for so long at a time, in milliseconds. */
const SLICE_MS = 8

/** A checksum of each row of a file, by conversation id. */
type Version = ReadonlyMap<string, string>

/** How many rows a reading changed in the store. */
export interface Difference {
  readonly added: number
  readonly changed: number
  readonly gone: number
  /** The last line, where it has no line feed and is not whole: somebody is writing it. */
  readonly partialLine: number | undefined
}

/** What a reading found. */
interface Reading {
  readonly added: readonly ConversationInput[]
  readonly changed: readonly ConversationInput[]
  readonly gone: readonly string[]
  readonly version: Version
  readonly partialLine: number | undefined
}

/** A file and what was last read of it. */
export class FollowedFile {
  readonly path: string
  readonly #store: ConversationStore
  readonly #all: readonly FollowedFile[]
  readonly #skip: ((line: string) => void) | undefined
  #version: Version = new Map()
  /** How many rows the reading under way has left out. */
  #skipped = 0

  /**
   * @param all All files of the store, this one too: no two may have one conversation.
   * @param skip Hears of each invalid row, which is left out; without it such a row makes the file unusable.
   */
  constructor(
    store: ConversationStore,
    path: string,
    all: readonly FollowedFile[],
    skip: ((line: string) => void) | undefined,
  ) {
    this.#store = store
    this.path = path
    this.#all = all
    this.#skip = skip
  }

  /** Makes the store follow the file. Throws before anything has changed where the file cannot be used. */
  async follow(options: LoadOptions): Promise<Difference> {
    const reading = await this.#read(options)
    await this.#apply(reading)
    const { added, changed, gone, partialLine } = reading
    return { added: added.length, changed: changed.length, gone: gone.length, partialLine }
  }

  /** Reads the file and finds what differs from the last reading. The event loop runs between batches. */
  async #read(options: LoadOptions): Promise<Reading> {
    const added: ConversationInput[] = []
    const changed: ConversationInput[] = []
    const version = new Map<string, string>()
    // The last row that cannot be read: a line that is being written, if no other follows.
    let unread: SkippedRow | undefined
    let lastLine = 0
    this.#skipped = 0
    const refuseUnread = () => {
      if (unread !== undefined) this.#refuse(unread.line, unread.error)
      unread = undefined
    }
    const onSkip = (row: SkippedRow) => {
      refuseUnread()
      unread = row
    }

    for await (const batch of loadFiles(this.path, { ...options, onInvalid: 'skip', onSkip })) {
      for (const [i, row] of batch.entries()) {
        lastLine = batch.lines[i]!
        if (unread !== undefined && unread.line < lastLine) refuseUnread()
        const id = row.conversation_id
        const old = this.#version.get(id)
        const checksum = createHash('sha1').update(JSON.stringify(row)).digest('base64')
        try {
          if (old !== checksum) readConversation(row, { own: false, greatest: { message: 0, feedback: 0 } })
          if (version.has(id) || this.#isElsewhere(id)) throw duplicate('conversation_id', id, this.#store.get(id))
        } catch (error) {
          if (!isLibraryError(error)) throw error
          this.#refuse(lastLine, error)
          continue
        }
        version.set(id, checksum)
        if (old === undefined) added.push(row)
        else if (old !== checksum) changed.push(row)
      }
    }
    const partialLine = await this.#partialLine(unread, lastLine)
    // Without any whole line there is nothing to follow yet.
    if (partialLine !== undefined && version.size === 0) throw unread!.error
    if (partialLine === undefined) refuseUnread()
    if (this.#skipped > MOST_LISTED)
      this.#skip?.(`${this.path}: and ${counted(this.#skipped - MOST_LISTED, 'more row')}`)
    const gone = [...this.#version.keys()].filter((id) => !version.has(id))
    return { added, changed, gone, version, partialLine }
  }

  async #partialLine(unread: SkippedRow | undefined, lastLine: number): Promise<number | undefined> {
    const mayBe = unread !== undefined && unread.line > lastLine && unread.error.code === 'INVALID_SOURCE'
    return mayBe && (await endsWithinLine(this.path)) ? unread.line : undefined
  }

  #isElsewhere(id: string): boolean {
    return this.#all.some((other) => other !== this && other.#version.has(id))
  }

  #refuse(line: number, error: ConversationStoreError): void {
    const prefix = error.message.startsWith(this.path) ? '' : `${this.path}: Line ${line}: `
    const message = prefix + error.message
    if (this.#skip === undefined) throw new InvalidRowError([{ ...error.faults[0]!, message }])
    if (++this.#skipped <= MOST_LISTED) this.#skip(message)
  }

  /** Changes the store, in slices. Throws before anything has changed. */
  async #apply({ added, changed, gone, version }: Reading): Promise<void> {
    const store = this.#store
    // Rows with ids of their own first, so that none of these ids is given to another row.
    const rows = [...added, ...changed].sort((a, b) => Number(hasId(b)) - Number(hasId(a)))
    const leaving = new Set([...gone, ...rows.filter((row) => isRenumbered(row, store)).map(conversationIdOf)])
    const ids = new Set<number>()
    for (const { id, conversation_id: conversationId } of rows.filter(hasId)) {
      const holder = store.get(id)?.conversation_id
      const isFree = holder === undefined || holder === conversationId || leaving.has(holder)
      if (!isFree || ids.has(id)) throw duplicate('id', id, store.get(id))
      ids.add(id)
    }

    // From here on nothing can fail, even where a client is given an id, or adds a row of the file, in between.
    store.reserveIds({ conversation: [...ids].reduce((greatest, id) => Math.max(greatest, id), 0) })
    for (const id of leaving) if (store.has(id)) store.purge(id)
    this.#version = version
    let sliceEnd = performance.now() + SLICE_MS
    for (const row of rows) {
      if (isRenumbered(row, store)) store.purge(row.conversation_id)
      store.upsert(row, { own: true })
      if (performance.now() < sliceEnd) continue
      await nextTurn()
      sliceEnd = performance.now() + SLICE_MS
    }
  }
}

/** Whether a file ends in the middle of a line. Of a compressed one nobody can tell. */
async function endsWithinLine(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const [head, tail] = [Buffer.alloc(2), Buffer.alloc(2)]
    await file.read(head, 0, 2, 0)
    await file.read(tail, 0, 2, Math.max(0, size - 2))
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    // A line feed is the last byte, or in UTF-16 little-endian the last but one.
    return !isGzip && !/\n\0?$/.test(tail.toString('latin1'))
  } finally {
    await file.close()
  }
}

function conversationIdOf(row: ConversationInput): string {
  return row.conversation_id
}

/** Whether the store has the row under another id. */
function isRenumbered(row: ConversationInput, store: ConversationStore): boolean {
  return hasId(row) && (store.get(row.conversation_id)?.id ?? row.id) !== row.id
}

/** Whether the row brings an id. */
function hasId(row: ConversationInput): row is ConversationInput & { readonly id: number } {
  return row.id !== undefined && row.id !== null
}
