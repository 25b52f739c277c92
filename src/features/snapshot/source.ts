/** The bytes of a snapshot, whatever it comes from. */
import { type InvalidSourceError, show } from '../../base/errors.ts'
import { SourceFaults } from '../load/fault.ts'
import { type LoadSource, openSource, type ResponseLike } from '../load/source.ts'
import { invalidSnapshot } from './fault.ts'
import { concatenated, lengthIn, tooLong } from './format.ts'
import { joined, readManifest, type SnapshotManifest } from './manifest.ts'

/** What bytes can be read from: themselves, a `Response`, a `Blob` or `File`, a `ReadableStream`, or chunks. Gzipped or not. */
export type BytesSource = Exclude<LoadSource, string>

/** A snapshot in parts: see `splitSnapshot`. */
export interface SnapshotInParts<Part = MaybePart | PromiseLike<MaybePart>> {
  /** An object, or its JSON as a string or bytes. */
  readonly manifest: SnapshotManifest | string | Uint8Array | ArrayBuffer
  /** Gives the bytes of a part by its name. Called once for each name, for all at once. */
  readonly part: (name: string) => Part
}

type MaybePart = BytesSource | null | undefined

/** What a snapshot can be read from: its bytes, whatever they come from, or its parts. */
export type SnapshotSource = BytesSource | SnapshotInParts

/** Whether a source is a snapshot in parts. */
export function isInParts<Parts extends SnapshotInParts<unknown>>(source: unknown): source is Parts {
  return 'manifest' in Object(source) && typeof (source as Parts).part === 'function'
}

const EXPECTED = 'bytes, a Response, a Blob, a ReadableStream, or chunks of bytes'
/** What each kind of source has: memory, streams, responses, blobs, and whatever gives chunks. */
const SHAPES = ['byteLength', 'getReader', 'body', 'stream', Symbol.asyncIterator, Symbol.iterator]

/** Errors of a source, as those of a snapshot. */
class SnapshotFaults extends SourceFaults {
  override at(place: string, value: unknown, message: string): InvalidSourceError {
    return super.at(place, value, message, 'INVALID_SNAPSHOT')
  }
}

/** The bytes of a source, with gzip undone. Rejects with `INVALID_SNAPSHOT` for what is no source. O(bytes). */
export async function readSource(source: SnapshotSource): Promise<Uint8Array> {
  if (isInParts<SnapshotInParts>(source)) return readParts(source)
  if (typeof source === 'string')
    throw invalidSnapshot('source', `A snapshot is bytes, but a string came: ${show(source)}. Read the file first.`)
  if (typeof source !== 'object' || source === null || !SHAPES.some((shape) => shape in source))
    throw invalidSnapshot('source', `The source is ${show(source)}. Expected ${EXPECTED}.`)
  return unzippedBytes(source, lengthIn)
}

/** The bytes of a source, with gzip undone up to the length that its beginning tells. */
async function unzippedBytes(source: BytesSource, lengthOf: (beginning: Uint8Array) => number): Promise<Uint8Array> {
  const bytes = bytesOf(source) ?? (await collected(source))
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipped(bytes, lengthOf) : bytes
}

async function readParts({ manifest, part }: SnapshotInParts): Promise<Uint8Array> {
  const { parts } = readManifest(bytesOf(manifest) ?? manifest)
  const lengths = new Map(parts.map(({ name, bytes }) => [name, bytes]))
  const read = async ([name, length]: readonly [string, number]) => {
    const source = await part(name)
    return [
      name,
      source === null || source === undefined ? undefined : await unzippedBytes(source, () => length),
    ] as const
  }
  const pieces = new Map(await Promise.all(Array.from(lengths, read)))
  return joined(
    parts,
    parts.map(({ name }) => pieces.get(name)),
  )
}

/** The bytes of a snapshot whose parts are there already. Throws `INVALID_SNAPSHOT`. O(bytes). */
export function joinParts({ manifest, part }: SnapshotInParts<Uint8Array | ArrayBuffer>): Uint8Array {
  const { parts } = readManifest(bytesOf(manifest) ?? manifest)
  return joined(
    parts,
    parts.map(({ name }) => bytesOf(part(name))),
  )
}

/** Bytes as they are, and an `ArrayBuffer`; `undefined` for all else. */
export function bytesOf(source: unknown): Uint8Array | undefined {
  if (source instanceof Uint8Array) return source
  // Of another realm, or another view of memory.
  if (ArrayBuffer.isView(source))
    return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength)
  const isBuffer = ['[object ArrayBuffer]', '[object SharedArrayBuffer]'].includes(
    Object.prototype.toString.call(source),
  )
  return isBuffer ? new Uint8Array(source as ArrayBuffer) : undefined
}

/** Whether a source comes from elsewhere: what is in it is checked in full. */
export function isRemote(source: unknown): boolean {
  const { body, status } = Object(source) as Partial<ResponseLike>
  return body !== undefined && status !== undefined
}

async function collected(source: BytesSource): Promise<Uint8Array> {
  const input = openSource(source, new SnapshotFaults())
  const chunks: Uint8Array[] = []
  for (let chunk = await input.next(); chunk !== undefined; chunk = await input.next())
    chunks.push(new Uint8Array(chunk))
  return concatenated(chunks)
}

async function gunzipped(bytes: Uint8Array, lengthOf: (beginning: Uint8Array) => number): Promise<Uint8Array> {
  const { gunzip } = await import('../load/gzip.ts')
  const chunks: Uint8Array[] = []
  // A little gzip can be very much: it ends where the snapshot should.
  let [length, came] = [0, 0]
  for await (const piece of gunzip(bytes, async () => undefined, new SnapshotFaults())) {
    if (came === 0) length = lengthOf(piece)
    came += piece.length
    if (came > length) throw tooLong(came, length)
    chunks.push(new Uint8Array(piece))
  }
  return concatenated(chunks)
}
