/** Files that were dropped or picked, one or many. */
import type { NamedFile, Order } from '../protocol.ts'
import { type FileKind, HEAD_BYTES, kindOf } from '../reading/kind.ts'
import { OpenFailure, type Opening } from '../reading/opening.ts'
import { readInto } from '../reading/read-into.ts'

/**
 * Snapshots and journals come first: their rows have ids, and no other row may be given one of these. Of all, the first
 * snapshot is opened as it is.
 */
const TURN: Readonly<Record<FileKind, number>> = { snapshot: 0, journal: 1, rows: 2, empty: 3, binary: 4 }

export async function openFiles(opening: Opening, { files }: Order & { readonly kind: 'files' }): Promise<void> {
  if (files.length === 0)
    throw new OpenFailure(
      'There are no files in it',
      'Drop a file of conversations (NDJSON, JSON, gzip or a snapshot), or a folder with some.',
    )
  const known = await Promise.all(files.map(async (each) => ({ ...each, kind: await kindOfFile(each, opening) })))
  const readable = known.filter((each): each is NamedFile & { kind: FileKind } => each.kind !== undefined)
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  let before = 0
  for (const { name, file, kind } of readable.sort((a, b) => TURN[a.kind] - TURN[b.kind])) {
    if (opening.room.isFull) return opening.limit(null)
    const onBytes = (bytes: number) => opening.tell((before + bytes) / total)
    await readInto(opening, { name, kind, stream: file.stream() }, onBytes)
    before += file.size
  }
}

/** The kind of a file, from its beginning. One that is gone, or may not be read, is noted. */
async function kindOfFile({ name, file }: NamedFile, opening: Opening): Promise<FileKind | undefined> {
  try {
    return await kindOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()))
  } catch {
    opening.addFault({ file: name, line: null, message: 'It cannot be read. It may have been moved or changed.' })
    return undefined
  }
}
