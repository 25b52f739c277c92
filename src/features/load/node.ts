/** Conversations from files. The entry point `conversation-store/load/node`, for Node, Deno and Bun. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { throwIfAborted } from '../../base/abort.ts'
import { type InvalidSourceError, show } from '../../base/errors.ts'
import { systemText } from '../../base/system-text.ts'
import type { JsonObject } from '../../row/conversation.ts'
import type { LoadedBatch, RowCounter } from './batch.ts'
import { SourceFaults } from './fault.ts'
import { addBatches, type LoadResult, type RowReceiver } from './into.ts'
import { type LoadOptions, type LoadProgress, readBatches } from './read.ts'
import type { ByteInput } from './source.ts'

export * from './index.ts'

/** A file's path, or its `file:` URL. */
export type FilePath = string | { readonly href: string }

/** A file is read in pieces of so many bytes. */
const PIECE = 262_144

/**
 * Reads conversations from one file or several, one after another, as `loadConversations` reads a source. All are
 * looked for before the first is read. Batches and skipped rows have their `file`, their lines are those of the file,
 * and indexes and progress count over all files. Errors begin with the file's name, also where it cannot be read
 * (`INVALID_SOURCE`). A file is closed before the next is opened, and when the caller stops.
 *
 * @example
 * for await (const batch of loadFiles(['monday.ndjson.gz', 'tuesday.json'])) store.addMany(batch)
 */
export async function* loadFiles<Metadata = JsonObject>(
  paths: FilePath | Iterable<FilePath>,
  options: LoadOptions = {},
): AsyncGenerator<LoadedBatch<Metadata>, void, undefined> {
  throwIfAborted(options.signal, 'load')
  const files = toPaths(paths)
  const sizes = await Promise.all(files.map(sizeOf))
  const totalBytes = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined
  const counter: RowCounter = { rows: 0 }
  let done: LoadProgress = { bytes: 0, rows: 0 }
  for (const file of files) {
    const faults = new SourceFaults(file)
    const before = done
    const onProgress = ({ bytes, rows }: LoadProgress) => {
      done = { bytes: before.bytes + bytes, rows: before.rows + rows, ...(totalBytes !== undefined && { totalBytes }) }
      options.onProgress?.(done)
    }
    const input = new FileInput(file, faults)
    yield* readBatches(input, { ...options, onProgress }, faults, counter) as AsyncGenerator<
      LoadedBatch<Metadata>,
      void,
      undefined
    >
  }
}

/**
 * Reads conversations from one file or several into a store, as `loadInto` does from a source: with
 * `onInvalid: 'throw'`, the default, all rows of all files or none.
 *
 * @example
 * const { added } = await loadFilesInto(store, 'conversations.ndjson.gz')
 */
export async function loadFilesInto<Metadata = JsonObject>(
  store: RowReceiver<Metadata>,
  paths: FilePath | Iterable<FilePath>,
  options: LoadOptions = {},
): Promise<LoadResult> {
  return addBatches(store, (own) => loadFiles<Metadata>(paths, own), options)
}

function toPaths(paths: FilePath | Iterable<FilePath>): string[] {
  const isList = typeof paths !== 'string' && Symbol.iterator in Object(paths)
  const list = isList ? [...(paths as Iterable<FilePath>)] : [paths as FilePath]
  return list.map((path) => {
    if (typeof path === 'string') return path
    if (typeof path?.href === 'string' && path.href.startsWith('file:')) return fileURLToPath(path.href)
    throw new SourceFaults().at('paths', path, `A path is ${show(path)}. Expected a string or a file: URL.`)
  })
}

/** The file's size in bytes; undefined for what has none, as a pipe. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const stats = await stat(file)
    if (stats.isDirectory()) throw new Error('it is a directory')
    return stats.isFile() ? stats.size : undefined
  } catch (error) {
    throw unreadable(error, new SourceFaults(file))
  }
}

function unreadable(cause: unknown, faults: SourceFaults): InvalidSourceError {
  const error = faults.at('file', faults.file, `The file cannot be read: ${systemText(cause)}.`)
  error.cause = cause
  return error
}

class FileInput implements ByteInput {
  readonly totalBytes = undefined
  readonly #file: string
  readonly #faults: SourceFaults
  /** Used again for each piece. */
  readonly #buffer = new Uint8Array(PIECE)
  #handle: FileHandle | undefined
  #isClosed = false

  constructor(file: string, faults: SourceFaults) {
    this.#file = file
    this.#faults = faults
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      this.#handle ??= await open(this.#file)
      if (this.#isClosed) {
        await this.#handle.close()
        return undefined
      }
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, PIECE)
      return bytesRead === 0 ? undefined : this.#buffer.subarray(0, bytesRead)
    } catch (error) {
      throw unreadable(error, this.#faults)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    // Waits for a read that is under way.
    await this.#handle?.close()
  }
}
