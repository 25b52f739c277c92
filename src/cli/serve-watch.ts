/**
 * Files whose conversations a store follows. A file that changes is read again, whole, and compared with what was read
 * of it before: rows that came are added, rows that differ are replaced, rows that went are purged, in slices between which
 * requests are answered. What clients wrote stays, save in rows that the file itself changed. A file that cannot be used
 * changes nothing.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ConversationStoreError, InvalidRowError } from '../base/errors.ts'
import { type LoadOptions, type LoadProgress, loadFiles } from '../features/load/node.ts'
import type { ConversationInput } from '../row/conversation.ts'
import { readConversation } from '../row/read.ts'
import { duplicate } from '../store/ingest.ts'
import type { ConversationStore } from '../store/store.ts'

/** Files are looked at so often, in milliseconds. A file is read when it looked the same twice. */
const LOOK_MS = 100
/** The store is changed for so long at a time. */
const SLICE_MS = 8

/** A checksum of each row of a file, by conversation id. */
type Version = ReadonlyMap<string, string>

/** What to do to a store to make it follow a file. */
interface Difference {
  readonly added: readonly ConversationInput[]
  readonly changed: readonly ConversationInput[]
  readonly gone: readonly string[]
  readonly version: Version
}

/** A file as it was last seen and last read. */
interface Watched {
  readonly file: string
  seen: string
  read: string
  version: Version
}

/** The files that one store follows. */
export class WatchedFiles {
  readonly #store: ConversationStore
  readonly #files: readonly Watched[]
  readonly #isLenient: boolean
  readonly #report: (line: string) => void
  readonly #ending = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  /**
   * @param isLenient Whether rows that are no conversations are left out and reported, instead of spoiling the file.
   * @param report Gets a line, without its end, for each thing that happened.
   */
  constructor(store: ConversationStore, files: readonly string[], isLenient: boolean, report: (line: string) => void) {
    this.#store = store
    this.#files = Array.from(new Set(files), (file) => ({ file, seen: '', read: '', version: new Map() }))
    this.#isLenient = isLenient
    this.#report = report
  }

  /** Reads all files into the store for the first time. Throws where one cannot be used. */
  async load(options: Pick<LoadOptions, 'onProgress' | 'signal'>): Promise<void> {
    const sizes = await Promise.all(this.#files.map(async ({ file }) => (await look(file)).size))
    const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
    let before = { bytes: 0, rows: 0 }
    for (const [i, watched] of this.#files.entries()) {
      watched.read = (await look(watched.file)).signature
      watched.seen = watched.read
      const onProgress = ({ bytes, rows }: LoadProgress) =>
        options.onProgress?.({ bytes: before.bytes + bytes, rows: before.rows + rows, totalBytes })
      const difference = await this.#compare(watched, { ...options, onProgress })
      await this.#follow(watched, difference)
      before = { bytes: before.bytes + sizes[i]!, rows: before.rows + difference.added.length }
    }
  }

  /** Begins to look whether files change. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#looking ??= this.#lookAtAll().finally(() => {
        this.#looking = undefined
      })
    }, LOOK_MS)
  }

  /** Looks no more; resolves when no file is being read. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#ending.abort()
    await this.#looking
  }

  async #lookAtAll(): Promise<void> {
    for (const watched of this.#files) {
      const { signature } = await look(watched.file)
      // A file that is still being written looks different each time.
      const isStill = signature === watched.seen
      watched.seen = signature
      if (isStill && signature !== watched.read) {
        watched.read = signature
        await this.#readAgain(watched)
      }
    }
  }

  async #readAgain(watched: Watched): Promise<void> {
    try {
      const difference = await this.#compare(watched, { signal: this.#ending.signal })
      await this.#follow(watched, difference)
      const { added, changed, gone } = difference
      const counts = `${added.length} added, ${changed.length} changed, ${gone.length} gone`
      this.#report(`${watched.file} changed: ${counts}.`)
    } catch (error) {
      if (error === this.#ending.signal.reason) return
      if (!(error instanceof ConversationStoreError)) throw error
      this.#report(`${watched.file} changed and cannot be used; its old rows stay. ${onOneLine(error.message)}`)
    }
  }

  /** Reads a file and finds what differs from what was read of it before. The event loop runs between batches. */
  async #compare({ file, version: old }: Watched, options: LoadOptions): Promise<Difference> {
    const added: ConversationInput[] = []
    const changed: ConversationInput[] = []
    const version = new Map<string, string>()
    const others = this.#files.filter((other) => other.file !== file)
    const refuse = (line: number, error: ConversationStoreError) => {
      const text = `${file}: Line ${line}: ${error.message}`
      if (!this.#isLenient) throw new InvalidRowError([{ ...error.faults[0]!, message: text }])
      this.#report(`skipped: ${onOneLine(text)}`)
    }

    const onSkip: LoadOptions['onSkip'] = ({ line, error }) => refuse(line, error)
    for await (const batch of loadFiles(file, { ...options, onInvalid: this.#isLenient ? 'skip' : 'throw', onSkip })) {
      for (const [i, row] of batch.entries()) {
        const id = row.conversation_id
        const checksum = createHash('sha1').update(JSON.stringify(row)).digest('base64')
        try {
          if (old.get(id) !== checksum) readConversation(row, { own: false, greatest: { message: 0, feedback: 0 } })
          if (version.has(id) || others.some((other) => other.version.has(id)))
            throw duplicate('conversation_id', id, this.#store.get(id)?.id ?? 0)
        } catch (error) {
          if (!(error instanceof ConversationStoreError)) throw error
          refuse(batch.lines[i]!, error)
          continue
        }
        version.set(id, checksum)
        if (!old.has(id)) added.push(row)
        else if (old.get(id) !== checksum) changed.push(row)
      }
    }
    return { added, changed, gone: [...old.keys()].filter((id) => !version.has(id)), version }
  }

  /** Makes the store follow, in slices. Throws before anything has changed. */
  async #follow(watched: Watched, { added, changed, gone, version }: Difference): Promise<void> {
    const store = this.#store
    // Rows with ids of their own first, so that none given to another row can be one of theirs.
    const rows = [...added, ...changed].sort((a, b) => Number(hasId(b)) - Number(hasId(a)))
    const leaving = new Set([...gone, ...rows.filter((row) => isRenumbered(row, store)).map(conversationIdOf)])
    const ids = new Set<number>()
    for (const { id, conversation_id: conversationId } of rows.filter(hasId)) {
      const holder = store.get(id)?.conversation_id
      const isFree = holder === undefined || holder === conversationId || leaving.has(holder)
      if (!isFree || ids.has(id)) throw duplicate('id', id, id)
      ids.add(id)
    }

    // From here on nothing can fail: not even when a client is given an id, or names a row as the file does, in between.
    store.reserveIds({ conversation: Math.max(0, ...ids) })
    for (const id of leaving) if (store.has(id)) store.purge(id)
    watched.version = version
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

function conversationIdOf(row: ConversationInput): string {
  return row.conversation_id
}

/** Whether the store has the row under another id. */
function isRenumbered(row: ConversationInput, store: ConversationStore): boolean {
  return hasId(row) && (store.get(row.conversation_id)?.id ?? row.id) !== row.id
}

/** A row that says its id. */
function hasId(row: ConversationInput): row is ConversationInput & { readonly id: number } {
  return row.id !== undefined && row.id !== null
}

/** What a file looks like without reading it: differs when it is written to, replaced or removed. */
async function look(file: string): Promise<{ readonly signature: string; readonly size: number }> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true })
    return { signature: `${ino} ${size} ${mtimeNs}`, size: Number(size) }
  } catch {
    // That it is gone, or cannot be reached, is told when it is read.
    return { signature: 'none', size: 0 }
  }
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
