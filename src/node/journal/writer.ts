/** Writing numbered lines at the end of one file, in slices that leave the thread free. */
import { JournalError } from './errors.ts'
import type { FileLayer, OpenFile } from './files.ts'
import { encodeLine, HEADER, type LineText } from './line.ts'

/** How much is encoded and written at a time, whichever comes first. */
export interface Slice {
  readonly bytes: number
  /** Milliseconds of work: well below the 10 that are promised, for the last text may take longer. */
  readonly ms: number
}

export const SLICE: Slice = { bytes: 524_288, ms: 3 }

/** Rejects with `JOURNAL_FAILED` where `path` is not the name of this file any more, or it has not so many bytes. */
export async function checkPlace(file: OpenFile, path: string, bytes: number): Promise<void> {
  const found = await file.sizeAt(path)
  if (found === bytes) return
  const what = typeof found === 'number' ? 'was changed by another program' : found
  throw new JournalError('JOURNAL_FAILED', path, `it ${what} while it was open. It takes no more.`)
}

/** The open end of a journal. One call at a time; do not use it after a rejection. */
export class LineWriter {
  readonly #file: OpenFile
  readonly #slice: Slice
  /** The number of the last line. */
  #sequence: number
  #bytes: number
  #safeBytes: number

  /** `bytes` is the size of the file, all of it on the disk already. */
  constructor(file: OpenFile, { sequence, bytes, slice }: { sequence: number; bytes: number; slice: Slice }) {
    this.#file = file
    this.#slice = slice
    this.#sequence = sequence
    this.#bytes = bytes
    this.#safeBytes = bytes
  }

  /** A new, locked file with a header. Nothing of it is synced yet. */
  static async create(files: FileLayer, path: string, like: string, slice: Slice): Promise<LineWriter> {
    const file = await files.create(path, like)
    const writer = new LineWriter(file, { sequence: 0, bytes: 0, slice })
    try {
      await file.lock(path)
      await writer.#append(HEADER)
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
    return writer
  }

  /** The size of the file. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Writes one line for each text. Each text is read when it is written, and between two slices the thread is free.
   * Nothing is safe before `sync`.
   */
  async write(texts: Iterable<LineText>): Promise<void> {
    let lines: Buffer[] = []
    let bytes = 0
    let began = performance.now()
    for (const { text, hasMore } of texts) {
      const line = encodeLine({ sequence: ++this.#sequence, text, hasMore })
      lines.push(line)
      bytes += line.length
      if (bytes < this.#slice.bytes && performance.now() - began < this.#slice.ms) continue
      await this.#append(lines.length === 1 ? line : Buffer.concat(lines, bytes))
      lines = []
      bytes = 0
      began = performance.now()
    }
    if (bytes > 0) await this.#append(Buffer.concat(lines, bytes))
  }

  /** Waits until all that was written is on the disk. A rejection is final: a second try could succeed without the data. */
  async sync(): Promise<void> {
    const bytes = this.#bytes
    await this.#file.sync()
    this.#safeBytes = bytes
  }

  /** Truncates the file to what the last `sync` made safe, as far as the file system allows it. */
  async takeBack(): Promise<void> {
    if (this.#bytes > this.#safeBytes) await this.#file.truncate(this.#safeBytes)
  }

  /** Rejects where `path` is not the name of this file any more, or the file has not the bytes that were written. */
  check(path: string): Promise<void> {
    return checkPlace(this.#file, path, this.#bytes)
  }

  /** Renames the file in one step from `from` to `to`, the name of an open and locked file, which is closed. */
  replace(old: OpenFile | LineWriter, from: string, to: string): Promise<void> {
    return this.#file.replace(old instanceof LineWriter ? old.#file : old, from, to)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #append(bytes: Uint8Array): Promise<void> {
    // Before the call: a failed write may have written some of it.
    this.#bytes += bytes.length
    await this.#file.write(bytes)
  }
}
