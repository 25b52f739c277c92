/** Making a journal from the sound lines of a damaged one, of which a copy is kept. */
import type { FileLayer, OpenFile } from './files.ts'
import type { Part } from './found.ts'
import { encodeLine, HEADER, lostText } from './line.ts'

/** A file is copied in pieces of so many bytes. */
const PIECE = 262_144

/** Copies a file to `copy`, which must not exist, and syncs it. */
export async function keepCopy(files: FileLayer, file: OpenFile, path: string, copy: string): Promise<void> {
  const to = await files.create(copy, path)
  try {
    await copyBytes(file, to, 0, Number.POSITIVE_INFINITY)
    await to.sync()
  } finally {
    await to.close()
  }
  await files.syncDirectory(copy)
}

/**
 * Writes the kept lines of a file to `path`, which must not exist, and syncs them. They keep their numbers; where lines
 * are lost, a line says how many.
 */
export async function writeKept(
  files: FileLayer,
  file: OpenFile,
  kept: readonly Part[],
  { path, like }: { path: string; like: string },
): Promise<void> {
  const to = await files.create(path, like)
  try {
    await to.write(HEADER)
    for (const part of kept) {
      if ('lost' in part)
        await to.write(encodeLine({ sequence: part.sequence, text: lostText(part.lost), hasMore: false }))
      else await copyBytes(file, to, part.start, part.end)
    }
    await to.sync()
  } finally {
    await to.close()
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
