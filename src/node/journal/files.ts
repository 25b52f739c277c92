/** What a journal needs of a file system, and the real one. */
import { constants } from 'node:fs'
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf, JournalError } from './errors.ts'
import { lockFile, type Unlock } from './lock.ts'

/** An open file. One call at a time. */
export interface OpenFile {
  /** Reads into `into` from byte `position` on; how many bytes came, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Writes all of `bytes` at the end. */
  write(bytes: Uint8Array): Promise<void>
  /** Cuts the file to so many bytes. */
  truncate(bytes: number): Promise<void>
  /** Waits until all that was written is on the disk (fsync). */
  sync(): Promise<void>
  close(): Promise<void>
}

/** A file system, as far as a journal needs one. */
export interface FileLayer {
  /** The path with its symbolic links followed, so that one file has one name. The last part need not exist. */
  resolve(path: string): Promise<string>
  /** The size of a regular file in bytes, or undefined where there is no file; rejects for a directory or device. */
  size(path: string): Promise<number | undefined>
  /** Opens an existing file, to read and to append. */
  open(path: string): Promise<OpenFile>
  /** Makes a new file, with the permissions of `like` if that exists. Rejects where the file exists. */
  create(path: string, like?: string): Promise<OpenFile>
  /** Renames a file in one step, replacing a file of that name. */
  rename(from: string, to: string): Promise<void>
  /** Removes a file, if it exists. */
  remove(path: string): Promise<void>
  /** Waits until creations, renames and removals in the directory of `path` are on the disk. */
  syncDirectory(path: string): Promise<void>
  /** Locks `path` for this process until it ends or unlocks; rejects with a `JournalError` where another holds it. */
  lock(path: string): Promise<Unlock>
}

/** The file system of the machine. */
export const realFiles: FileLayer = {
  async resolve(path) {
    try {
      return await realpath(path)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      return join(await realpath(dirname(path)), basename(path))
    }
  },

  async size(path) {
    const found = await statOf(path)
    if (found === undefined) return undefined
    if (!found.isFile()) throw new JournalError('NO_JOURNAL', path, 'it is not a regular file.')
    return found.size
  },

  async open(path) {
    return new RealFile(await open(path, constants.O_RDWR | constants.O_APPEND))
  },

  async create(path, like) {
    const permissions = like === undefined ? undefined : (await statOf(like))?.mode
    const handle = await open(path, 'ax')
    // Regardless of the process's mask, which was applied to the first file.
    if (permissions !== undefined) await handle.chmod(permissions & 0o777)
    return new RealFile(handle)
  },

  rename,

  async remove(path) {
    await rm(path, { force: true })
  },

  async syncDirectory(path) {
    // Windows cannot open directories, and writes names through.
    if (process.platform === 'win32') return
    const directory = await open(dirname(path), 'r')
    try {
      await directory.sync()
    } catch (error) {
      // Some network file systems have no fsync for directories: their server has the name already.
      if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error
    } finally {
      await directory.close()
    }
  },

  lock: lockFile,
}

class RealFile implements OpenFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#handle.write(bytes, done, bytes.length - done)).bytesWritten
    }
  }

  truncate(bytes: number): Promise<void> {
    return this.#handle.truncate(bytes)
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
