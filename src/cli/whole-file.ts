/** A file that is written whole or not at all: to a file beside it that replaces it in the end. */
import { rmSync } from 'node:fs'
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { systemText } from '../base/system-text.ts'
import { StopError, UsageError } from './failure.ts'

/** The signals that end the command, and a file that is being written with it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A file under its name only once it is whole. What had the name before stays until then. */
export class WholeFile {
  readonly path: string
  readonly #real: string
  readonly #beside: string
  readonly #handle: Promise<FileHandle>
  readonly #end = async (signal: NodeJS.Signals) => {
    this.#forget()
    // A file that is still being made would be left behind.
    await this.#handle.catch(() => {})
    rmSync(this.#beside, { force: true })
    // Nobody hears it now, so it ends the process as it would have.
    process.kill(process.pid, signal)
  }

  private constructor(path: string, real: string, mode: number | undefined) {
    this.path = path
    this.#real = real
    this.#beside = `${real}.writing-${process.pid}`
    for (const signal of SIGNALS) process.on(signal, this.#end)
    this.#handle = open(this.#beside, 'wx', mode)
  }

  /** Begins a file. Throws a `UsageError` where there can be none. */
  static async create(path: string): Promise<WholeFile> {
    try {
      const [real, before] = await placeOf(path)
      const file = new WholeFile(path, real, before?.mode)
      await file.#handle.catch((error) => {
        file.#forget()
        throw error
      })
      return file
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError(unwritable(path, error))
    }
  }

  /** Throws a `StopError` where it cannot be written. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await (await this.#handle).writeFile(bytes)
    } catch (error) {
      throw new StopError(`${unwritable(this.path, error)} Nothing of it is kept.`)
    }
  }

  /** Gives the file its name, once it is on the disk. Throws a `StopError` where that fails. */
  async keep(): Promise<void> {
    try {
      const handle = await this.#handle
      await handle.sync()
      await handle.close()
      await rename(this.#beside, this.#real)
    } catch (error) {
      throw new StopError(`${unwritable(this.path, error)} Nothing of it is kept.`)
    }
    this.#forget()
  }

  /** Takes away what was written, unless it was kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget()
    await (await this.#handle).close().catch(() => {})
    await unlink(this.#beside).catch(() => {})
  }

  #forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.#end)
  }
}

/** Where a path leads, and the file that is there. Throws a `UsageError` for anything but a file. */
async function placeOf(path: string): Promise<[real: string, before: { readonly mode: number } | undefined]> {
  let real: string
  try {
    real = await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [path, undefined]
    throw error
  }
  const before = await stat(real)
  if (before.isFile()) return [real, before]
  const what = before.isDirectory() ? 'a directory' : 'no regular file'
  throw new UsageError(`${path} cannot be written: it is ${what}. Give the name of a file.`)
}

function unwritable(path: string, error: unknown): string {
  return `${path} cannot be written: ${systemText(error)}.`
}
