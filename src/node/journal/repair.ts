/** Making a journal from the sound lines of a damaged one, of which a copy is kept. */
import { codeOf } from './errors.ts'
import type { FileLayer, OpenFile } from './files.ts'
import type { Part } from './found.ts'
import { encodeLine, HEADER, lostText } from './line.ts'

/** A file is copied in pieces of so many bytes. */
const PIECE = 262_144

/** Copies a file to a new one beside `path`, syncs it, and gives the path of the copy. */
export async function keepCopy(files: FileLayer, file: OpenFile, path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const copy = `${path}.damaged-${number}`
    let to: OpenFile
    try {
      to = await files.create(copy, path)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw error
    }
    try {
      await copyBytes(file, to, 0, Number.POSITIVE_INFINITY)
      await to.sync()
    } finally {
      await to.close()
    }
    await files.syncDirectory(copy)
    return copy
  }
}

/**
 * Writes the kept lines of a file to `path`, which must not exist, and syncs them. They keep their numbers; where lines
 * are lost, a line says how many. Gives the new file, open and locked.
 */
export async function writeKept(
  files: FileLayer,
  file: OpenFile,
  kept: readonly Part[],
  { path, like }: { path: string; like: string },
): Promise<OpenFile> {
  const to = await files.create(path, like)
  try {
    await to.lock(path)
    await to.write(HEADER)
    for (const part of kept) {
      if ('lost' in part)
        await to.write(encodeLine({ sequence: part.sequence, text: lostText(part.lost), hasMore: false }))
      else await copyBytes(file, to, part.start, part.end)
    }
    await to.sync()
    return to
  } catch (error) {
    await to.close().catch(() => {})
    throw error
  }
}

async function copyBytes(from: OpenFile, to: OpenFile, start: number, end: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, end - start))
  for (let position = start; position < end; ) {
    const length = await from.read(buffer.subarray(0, Math.min(buffer.length, end - position)), position)
    if (length === 0) return
    await to.write(buffer.subarray(0, length))
    position += length
  }
}
