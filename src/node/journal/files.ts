/** What a journal needs of a file system, and the real one. */
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf, JournalError } from './errors.ts'
import { type Hold, hold } from './lock.ts'
import { inUse, lockFile, type Unlock } from './lock-file.ts'

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
  /** Locks the file, which `path` names, until it is closed; rejects with a `JournalError` where another process has it. */
  lock(path: string): Promise<void>
  /** The size of the file in bytes as long as `path` names it; otherwise what became of that name, to follow "it". */
  sizeAt(path: string): Promise<number | Gone>
  /** Renames this file in one step to the name of `old`, an open and locked file, which is closed. */
  replace(old: OpenFile, from: string, to: string): Promise<void>
  close(): Promise<void>
}

/** What became of the name of an open file. */
export type Gone = 'was deleted' | 'was replaced by another file'

/** A file system, as far as a journal needs one. */
export interface FileLayer {
  /** The path with its symbolic links followed, so that one file has one name. The file need not exist. */
  resolve(path: string): Promise<string>
  /** The size of a regular file in bytes, or undefined where there is no file; rejects for a directory or device. */
  size(path: string): Promise<number | undefined>
  /** Opens an existing file, to read and to append. */
  open(path: string): Promise<OpenFile>
  /** Makes a new file, with the permissions of `like` if that exists. Rejects where the file exists. */
  create(path: string, like?: string): Promise<OpenFile>
  /** Removes a file, if it exists. Rejects for a directory. */
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
      const directory = await realpath(dirname(path))
      const target = await readlink(path).catch(() => undefined)
      // A link to a file that is not there yet, perhaps by way of other links.
      return target === undefined ? join(directory, basename(path)) : realFiles.resolve(resolve(directory, target))
    }
  },

  async size(path) {
    const found = await statOf(path)
    if (found === undefined) return undefined
    if (!found.isFile()) throw new JournalError('NO_JOURNAL', path, 'it is not a regular file.')
    return Number(found.size)
  },

  async open(path) {
    return new RealFile(await open(path, constants.O_RDWR | constants.O_APPEND))
  },

  async create(path, like) {
    const permissions = like === undefined ? undefined : (await statOf(like))?.mode
    const handle = await open(path, 'ax+')
    // Regardless of the process's mask, which was applied to the first file.
    if (permissions !== undefined) await handle.chmod(Number(permissions) & 0o777)
    return new RealFile(handle)
  },

  async remove(path) {
    try {
      await unlink(path)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return
      const isDirectory = (await lstat(path).catch(() => undefined))?.isDirectory() === true
      throw isDirectory ? new JournalError('JOURNAL_UNREADABLE', path, 'it is a directory. Remove it.') : error
    }
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
  #hold: Hold | undefined
  /** Replaced files that have other names: a second process that is given such a name finds them locked. */
  #linked: OpenFile[] = []

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

  async lock(path: string): Promise<void> {
    this.#hold = await hold(this.#handle, path)
    if (this.#hold === undefined) throw inUse(path, 'another process, perhaps by another name')
  }

  async sizeAt(path: string): Promise<number | Gone> {
    const [ours, there] = await Promise.all([this.#handle.stat({ bigint: true }), statOf(path)])
    if (there === undefined) return 'was deleted'
    return ours.ino === there.ino && ours.dev === there.dev ? Number(ours.size) : 'was replaced by another file'
  }

  async replace(old: OpenFile, from: string, to: string): Promise<void> {
    // Windows replaces no file that is open. Elsewhere the old one stays locked until its name is the new one's.
    if (process.platform === 'win32') await old.close()
    this.#linked.push(old)
    await rename(from, to)
    if (#handle in old && process.platform !== 'win32') {
      this.#linked.unshift(...old.#linked)
      old.#linked = []
      if ((await old.#handle.stat()).nlink > 0) return
    }
    this.#linked.pop()
    await old.close()
  }

  async close(): Promise<void> {
    await this.#handle.close()
    await this.#hold?.release()
    for (const old of this.#linked) await old.close()
  }
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
