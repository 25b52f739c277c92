/**
 * Files whose conversations a store follows. A file that has changed and come to rest is read again; one that is written
 * to without pause is read meanwhile too, as far as its lines are whole.
 */
import { stat } from 'node:fs/promises'
import type { ConversationStore } from '../core.ts'
import type { LoadOptions, LoadProgress } from '../features/load/node.ts'
import { isLibraryError, withoutCalls } from './failure.ts'
import { type Difference, FollowedFile } from './serve-follow.ts'

/** Files are looked at so often, in milliseconds. A file is at rest when it looks the same twice. */
const LOOK_MS = 100
/** A file that does not come to rest is read so long after its last reading, or longer where reading takes longer. */
const BUSY_MS = 500

/** A file as it was last seen and last read. */
interface Watched {
  readonly file: FollowedFile
  seen: string
  /** What it looked like when it was last read at rest. */
  read: string
  /** When the changes began that are not read yet. */
  changedAt: number | undefined
  /** How long it is left alone while it does not come to rest. */
  patience: number
}

/** The files that one store follows. */
export class WatchedFiles {
  readonly #files: readonly Watched[]
  readonly #report: (line: string) => void
  readonly #ending = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  /**
   * @param isLenient Whether invalid rows are reported and left out, instead of making the file unusable.
   * @param report Called with a line, without its line feed, for each event.
   */
  constructor(store: ConversationStore, files: readonly string[], isLenient: boolean, report: (line: string) => void) {
    const skip = isLenient ? (line: string) => report(`skipped: ${withoutCalls(line)}`) : undefined
    const all: FollowedFile[] = []
    for (const file of new Set(files)) all.push(new FollowedFile(store, file, all, skip))
    this.#files = all.map((file) => ({ file, seen: '', read: '', changedAt: undefined, patience: BUSY_MS }))
    this.#report = report
  }

  /** Reads all files into the store for the first time. Throws where one cannot be used. */
  async load(options: Pick<LoadOptions, 'onProgress' | 'signal'>): Promise<void> {
    const sizes = await Promise.all(this.#files.map(async ({ file }) => (await look(file.path)).size))
    const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
    let before = { bytes: 0, rows: 0 }
    for (const [i, watched] of this.#files.entries()) {
      const { signature } = await look(watched.file.path)
      const onProgress = ({ bytes, rows }: LoadProgress) =>
        options.onProgress?.({ bytes: before.bytes + bytes, rows: before.rows + rows, totalBytes })
      const { added, partialLine } = await watched.file.follow({ ...options, onProgress })
      if (partialLine !== undefined) this.#report(`${watched.file.path}: ${leftOut(partialLine)}.`)
      watched.read = signature
      watched.seen = signature
      before = { bytes: before.bytes + sizes[i]!, rows: before.rows + added }
    }
  }

  /** Begins to watch the files. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#looking ??= this.look(performance.now()).finally(() => {
        this.#looking = undefined
      })
    }, LOOK_MS)
  }

  /** Stops watching; resolves when no file is being read. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#ending.abort()
    await this.#looking
  }

  /** Checks all files once and reads those that are due. `now`: milliseconds of a monotonic clock. */
  async look(now: number): Promise<void> {
    for (const watched of this.#files) {
      const { signature } = await look(watched.file.path)
      const isAtRest = signature === watched.seen
      watched.seen = signature
      if (signature === watched.read) {
        watched.changedAt = undefined
        continue
      }
      watched.changedAt ??= now
      if (isAtRest || now - watched.changedAt >= watched.patience) await this.#read(watched, signature, isAtRest, now)
    }
  }

  async #read(watched: Watched, signature: string, isAtRest: boolean, now: number): Promise<void> {
    const { file } = watched
    const startedAt = performance.now()
    try {
      const difference = await file.follow({ signal: this.#ending.signal })
      // A file that was read while it was written to is read again when it rests.
      if (isAtRest) watched.read = signature
      this.#tell(watched, difference, isAtRest)
    } catch (error) {
      if (error === this.#ending.signal.reason) return
      if (!isLibraryError(error)) throw error
      // A file that is being written may be whole a moment later.
      if (!isAtRest || (await look(file.path)).signature !== signature) return
      watched.read = signature
      this.#report(`${file.path} changed and cannot be used; its old rows stay. ${withoutCalls(error.message)}`)
    } finally {
      watched.changedAt = isAtRest ? undefined : now
      watched.patience = Math.max(BUSY_MS, 2 * (performance.now() - startedAt))
    }
  }

  #tell({ file }: Watched, { added, changed, gone, partialLine }: Difference, isAtRest: boolean): void {
    // While the file is written to, an incomplete last line is normal.
    const isLeftOut = isAtRest && partialLine !== undefined
    if (added + changed + gone === 0 && !isLeftOut) return
    const counts = `${added} added, ${changed} changed, ${gone} gone`
    this.#report(`${file.path} changed: ${counts}${isLeftOut ? `; ${leftOut(partialLine)}` : ''}.`)
  }
}

function leftOut(line: number): string {
  return `line ${line} is not whole yet and is left out`
}

/** A file as it looks without reading it. The signature changes when the file is written to, replaced or removed. */
async function look(file: string): Promise<{ readonly signature: string; readonly size: number }> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true })
    return { signature: `${ino} ${size} ${mtimeNs}`, size: Number(size) }
  } catch {
    // A file that is gone or cannot be reached is reported when it is read.
    return { signature: 'none', size: 0 }
  }
}
