/** The bytes of files and standard input, and what kind of thing they are. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { systemText } from '../base/system-text.ts'
import { SourceFaults } from '../features/load/fault.ts'
import { gunzip } from '../features/load/gzip.ts'
import { concatenated } from '../features/snapshot/format.ts'
import { HEAD_BYTES, isJournalHead } from '../node/journal/replay.ts'
import { UsageError } from './failure.ts'

/** What a file holds: a journal of `serve --save`, a snapshot, the manifest of one in parts, or conversations. */
export type FileKind = 'journal' | 'snapshot' | 'manifest' | 'rows'

/** The beginnings that tell, each within `HEAD_BYTES`. A snapshot whose line ends were converted is one, and refused later. */
const BEGINNINGS: readonly (readonly [FileKind, (head: Uint8Array) => boolean])[] = [
  ['journal', isJournalHead],
  ['snapshot', (head) => /^(\x89|\xef\xbf\xbd|\?)?CSN[\r\n]/.test(latin1(head))],
  ['manifest', (head) => /^\s*\{\s*"format":\s*"conversation-store snapshot"/.test(latin1(head))],
]

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1')

/** The kind of what begins with these bytes. */
export function kindOfHead(head: Uint8Array): FileKind {
  return BEGINNINGS.find(([, begins]) => begins(head))?.[0] ?? 'rows'
}

/** What a file holds, gzipped or not; conversations where it cannot be read, which the loader reports. */
export async function kindOf(file: string): Promise<FileKind> {
  try {
    // What a pipe has can be read once.
    if (!(await stat(file)).isFile()) return 'rows'
    const handle = await open(file)
    try {
      return kindOfHead(Buffer.concat(await headOf(unpacked(handle, new SourceFaults(file)))))
    } finally {
      await handle.close()
    }
  } catch {
    return 'rows'
  }
}

/** The first pieces, with `HEAD_BYTES` bytes if there are as many. The others can be read on. */
export async function headOf(pieces: AsyncGenerator<Uint8Array, void, undefined>): Promise<readonly Uint8Array[]> {
  const head: Uint8Array[] = []
  for (let bytes = 0; bytes < HEAD_BYTES; bytes += head.at(-1)!.length) {
    const { done, value } = await pieces.next()
    if (done) break
    // The memory of a piece is used again for the next one.
    head.push(value.slice())
  }
  return head
}

/** The bytes of a file or stream, without the gzip around them. A file is read from its beginning and left open. */
export async function* unpacked(
  source: FileHandle | AsyncIterable<Uint8Array>,
  faults: SourceFaults,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = 'createReadStream' in source ? source.createReadStream({ autoClose: false, start: 0 }) : source
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  const next = async () => {
    const { done, value } = await chunks.next()
    return done ? undefined : value
  }
  let first = await next()
  // Its two first bytes tell; a pipe may give them one by one.
  for (let more = first; first?.length === 1 && more !== undefined; ) {
    more = await next()
    if (more !== undefined) first = Buffer.concat([first, more])
  }
  if (first?.[0] === 0x1f && first[1] === 0x8b) yield* gunzip(first, next, faults)
  else for (let chunk = first; chunk !== undefined; chunk = await next()) yield chunk
}

/** Pieces as one. Their memory may be used again. */
export async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece.slice())
  return concatenated(all)
}

/** A file is read in pieces of so many bytes. */
const PIECE = 4_194_304

/** A whole file, with gzip undone. `onRead` hears how many bytes of how many were read. Throws a `UsageError`. */
export async function readWhole(
  file: string,
  onRead: (bytes: number, totalBytes: number) => void = () => {},
): Promise<Uint8Array> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const stats = await handle.stat()
    if (stats.isDirectory()) throw new Error('it is a directory')
    const bytes = new Uint8Array(stats.size)
    let at = 0
    for (let read = 1; read > 0 && at < bytes.length; at += read) {
      read = (await handle.read(bytes, at, Math.min(PIECE, bytes.length - at), at)).bytesRead
      onRead(at + read, bytes.length)
    }
    const isPlain = stats.isFile() && !(bytes[0] === 0x1f && bytes[1] === 0x8b)
    return isPlain ? bytes.subarray(0, at) : await collected(unpacked(handle, new SourceFaults(file)))
  } catch (error) {
    const { syscall, message, faults } = Object(error) as NodeJS.ErrnoException & { readonly faults?: unknown }
    if (faults !== undefined || (syscall === undefined && message !== 'it is a directory')) throw error
    throw new UsageError(`${file}: The file cannot be read: ${systemText(error)}.`)
  } finally {
    await handle?.close()
  }
}
