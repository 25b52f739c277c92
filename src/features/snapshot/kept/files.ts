/**
 * Snapshots in the page's own file system (OPFS). Each is a file of its own, `NAME.GENERATION`, which ends with its tag:
 *
 *     the snapshot | the tag: JSON in UTF-8 | bytes of the tag, u32 | "CSN-KEPT"
 *
 * The end is written last, and the generation before is removed afterwards. So a page that is closed while it writes leaves a
 * file without an end beside the one before, whichever way the browser has to write; a swap by renaming would ask for one
 * that not all have.
 */
import { utf8Decoder, utf8Encoder } from '../../load/codec.ts'
import type { Kept, Storage, Tag } from './contract.ts'
import { type FileHandle, type FileLike, type Folder, host } from './host.ts'

const FOLDER = 'conversation-store'
const END = 'CSN-KEPT'
/** A number and `END`. Written out, so that bundlers can leave it out with the rest. */
const END_BYTES = 12
/** A file that was replaced between its listing and its reading is looked for again, so many times. */
const TRIES = 3

/** Writes the pieces of a file. */
type Write = (handle: FileHandle, pieces: readonly Uint8Array[]) => Promise<void>

/** The files of a name; `undefined` where the browser has no such storage, or none that can be written here. */
export async function openFiles(name: string): Promise<Storage | undefined> {
  const write = wayToWrite()
  const { storage } = host.navigator ?? {}
  if (write === undefined || typeof storage?.getDirectory !== 'function') return undefined
  try {
    const folder = await (await storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true })
    return new Files(folder, `${encodeURIComponent(name)}.`, write)
  } catch {
    // Private windows have the method, and reject its call.
    return undefined
  }
}

/** How files are written here. */
function wayToWrite(): Write | undefined {
  const { createWritable, createSyncAccessHandle } = host.FileSystemFileHandle?.prototype ?? {}
  if (createWritable !== undefined) return throughStream
  return createSyncAccessHandle === undefined ? undefined : inPlace
}

const throughStream: Write = async (handle, pieces) => {
  const writable = await handle.createWritable!()
  try {
    for (const piece of pieces) await writable.write(piece)
    await writable.close()
  } catch (error) {
    await writable.abort().catch(() => undefined)
    throw error
  }
}

const inPlace: Write = async (handle, pieces) => {
  const access = await handle.createSyncAccessHandle!()
  try {
    let at = 0
    for (const piece of pieces) {
      const written = access.write(piece, { at })
      if (written < piece.length) throw new Error(`Only ${written} of ${piece.length} bytes could be written.`)
      at += written
    }
    await access.flush()
  } finally {
    await access.close()
  }
}

class Files implements Storage {
  readonly kind = 'opfs'
  readonly #folder: Folder
  readonly #prefix: string
  readonly #write: Write

  constructor(folder: Folder, prefix: string, write: Write) {
    this.#folder = folder
    this.#prefix = prefix
    this.#write = write
  }

  async read(): Promise<Kept | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      let isGone = false
      for (const generation of await this.#generations()) {
        try {
          const file = await (await this.#folder.getFileHandle(this.#file(generation))).getFile()
          const kept = await wholeOf(file)
          if (kept !== undefined) return { ...kept, remove: () => this.#remove(generation) }
        } catch {
          isGone = true
        }
      }
      if (!isGone) return undefined
    }
    return undefined
  }

  async write(bytes: Uint8Array, tag: Tag): Promise<void> {
    const before = await this.#generations()
    const generation = (before[0] ?? 0) + 1
    const handle = await this.#folder.getFileHandle(this.#file(generation), { create: true })
    try {
      await this.#write(handle, [bytes, endOf(tag)])
    } catch (error) {
      await this.#remove(generation)
      throw error
    }
    for (const each of before) await this.#remove(each)
  }

  async clear(): Promise<void> {
    for (const generation of await this.#generations()) await this.#folder.removeEntry(this.#file(generation))
  }

  #file(generation: number): string {
    return `${this.#prefix}${generation}`
  }

  /** Those that there are, whole or not, the latest first. */
  async #generations(): Promise<number[]> {
    const found: number[] = []
    for await (const file of this.#folder.keys()) {
      const rest = file.startsWith(this.#prefix) ? file.slice(this.#prefix.length) : ''
      if (/^\d{1,15}$/.test(rest)) found.push(Number(rest))
    }
    return found.sort((a, b) => b - a)
  }

  /** Removes a generation, unless it is gone, or held open: the next writer removes that one. */
  async #remove(generation: number): Promise<void> {
    await this.#folder.removeEntry(this.#file(generation)).catch(() => undefined)
  }
}

/** What follows the snapshot. */
function endOf(tag: Tag): Uint8Array {
  const text = utf8Encoder().encode(JSON.stringify(tag))
  const end = new Uint8Array(text.length + END_BYTES)
  end.set(text)
  new DataView(end.buffer).setUint32(text.length, text.length, true)
  end.set(utf8Encoder().encode(END), text.length + 4)
  return end
}

/** The snapshot and the tag of a file; `undefined` for one without its end. Reads the end first. */
async function wholeOf(file: FileLike): Promise<Pick<Kept, 'bytes' | 'tag'> | undefined> {
  const tagTo = file.size - END_BYTES
  if (tagTo < 0) return undefined
  const end = await read(file, tagTo, file.size)
  const length = new DataView(end.buffer).getUint32(0, true)
  if (utf8Decoder(false).decode(end.subarray(4)) !== END || length > tagTo) return undefined
  const tagFrom = tagTo - length
  const tag = JSON.parse(utf8Decoder(false).decode(await read(file, tagFrom, tagTo))) as Tag
  return { bytes: await read(file, 0, tagFrom), tag }
}

async function read(file: FileLike, from: number, to: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(from, to).arrayBuffer())
}
