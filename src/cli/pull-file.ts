/**
 * The file that a pull writes. Until it is whole it is `FILE.part`, one row a line, beside `FILE.part.json`, which says what is
 * pulled: a pull that was broken off goes on after the last whole line.
 */
import { createReadStream, existsSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createGzip } from 'node:zlib'
import { systemText } from '../base/system-text.ts'
import type { ServedRow } from '../hosted/pages.ts'
import { placeAfter, type WalkPlace } from '../hosted/walk.ts'
import { StopError, UsageError } from './failure.ts'
import { WholeFile } from './whole-file.ts'

/** What a pull fetches: of another one no part is used. */
export interface Pulled {
  readonly from: string
  readonly asked: string
}

/** What of a pull is there. */
export class PullFile {
  readonly path: string
  readonly #handle: FileHandle
  /** How far it had come before. */
  readonly place: WalkPlace | undefined
  #rows: number

  private constructor(path: string, handle: FileHandle, place: WalkPlace | undefined, rows: number) {
    this.path = path
    this.#handle = handle
    this.place = place
    this.#rows = rows
  }

  /** Opens what is there of the same pull, or begins. Throws a `UsageError` for a part of another one, and where it cannot be written. */
  static async open(path: string, pulled: Pulled): Promise<PullFile> {
    const [part, about] = [partOf(path), aboutOf(path)]
    const text = JSON.stringify({ pull: 1, ...pulled }, null, 2)
    try {
      if (existsSync(part) && (await readFile(about, 'utf8').catch(() => '')) !== text)
        throw new UsageError(
          `${part} is of another pull: ${about} says of which. Go on with the same --from and filters, or delete ${part}.`,
        )
      const { bytes, rows, place } = existsSync(part) ? await readPart(part) : { bytes: 0, rows: 0, place: undefined }
      await writeFile(about, text)
      const handle = await open(part, bytes > 0 ? 'r+' : 'w')
      await handle.truncate(bytes)
      return new PullFile(path, handle, place, rows)
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError(`${part} cannot be written: ${systemText(error)}.`)
    }
  }

  /** Rows in it. */
  get rows(): number {
    return this.#rows
  }

  /** Adds rows. Throws a `StopError` where they cannot be written. */
  async write(rows: readonly ServedRow[]): Promise<void> {
    try {
      const { size } = await this.#handle.stat()
      const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      await this.#handle.write(bytes, 0, bytes.length, size)
    } catch (error) {
      throw new StopError(
        `${partOf(this.path)} cannot be written: ${systemText(error)}. The same command goes on from it.`,
      )
    }
    this.#rows += rows.length
  }

  /** Lets go of it, as it is. */
  async close(): Promise<void> {
    await this.#handle.sync().catch(() => {})
    await this.#handle.close().catch(() => {})
  }

  /** Gives it its name. */
  async finish(): Promise<void> {
    await this.close()
    const part = partOf(this.path)
    if (this.path.endsWith('.gz')) {
      await using file = await WholeFile.create(this.path)
      for await (const piece of createReadStream(part).pipe(createGzip())) await file.write(piece as Buffer)
      await file.keep()
      await rm(part)
    } else await rename(part, this.path)
    await rm(aboutOf(this.path), { force: true })
  }
}

const partOf = (path: string) => `${path}.part`
const aboutOf = (path: string) => `${path}.part.json`

/** How far a part is: its whole lines. What follows them was being written when it was broken off. */
async function readPart(part: string): Promise<{ bytes: number; rows: number; place: WalkPlace | undefined }> {
  let [bytes, rows] = [0, 0]
  let place: WalkPlace | undefined
  const size = (await open(part).then(async (handle) => {
    const { size } = await handle.stat()
    await handle.close()
    return size
  })) as number
  for await (const line of createInterface({ input: createReadStream(part), crlfDelay: Number.POSITIVE_INFINITY })) {
    const end = bytes + Buffer.byteLength(line) + 1
    if (end > size) break
    let row: ServedRow
    try {
      row = JSON.parse(line)
    } catch {
      break
    }
    place = placeAfter([row], place)
    bytes = end
    rows++
  }
  return { bytes, rows, place }
}
