/**
 * A snapshot in parts, for places where a file may only be so large. The parts one after another are the file. Each has the
 * name of its contents, so that of a snapshot that has changed little, most parts are there already.
 */
import { show } from '../../base/errors.ts'
import { checkInteger, checkOptions } from '../../base/options.ts'
import { NUMBERS } from '../../engine/image/numbers.ts'
import { utf8Decoder } from '../load/codec.ts'
import { invalidSnapshot } from './fault.ts'
import { concatenated, padded, readDirectory } from './format.ts'

const FORMAT = 'conversation-store snapshot'
const VERSION = 1

/** Of which parts a snapshot is made, in their order. JSON. */
export interface SnapshotManifest {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  /** Of the whole snapshot. */
  readonly bytes: number
  /** `name`: the SHA-256 of the part, in 64 hexadecimal digits. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
}

/** A part and its name. */
export interface SnapshotPart {
  readonly name: string
  readonly bytes: Uint8Array
}

/** How a snapshot is cut. */
export interface SplitOptions {
  /** The most bytes of a part. */
  readonly maxBytes: number
}

/** What all segments share, and the documents, are cut so that there are about so many parts, */
const PARTS = 32
/** none smaller than this. */
const LEAST_PIECE = 32_768

/**
 * Cuts a snapshot into parts by whole sections: those of a segment are one part, and long ones that grow as rows are appended,
 * such as the documents, are cut at multiples of a size. So of a snapshot with some newer rows, most parts have the same names.
 * A part that would have more than `maxBytes` is cut again. Rejects with `INVALID_SNAPSHOT`. O(bytes).
 *
 * @example
 * const { manifest, parts } = await splitSnapshot(await writeSnapshot(store), { maxBytes: 24 * 1024 * 1024 })
 */
export async function splitSnapshot(
  bytes: Uint8Array,
  options: SplitOptions,
): Promise<{ readonly manifest: SnapshotManifest; readonly parts: readonly SnapshotPart[] }> {
  checkOptions('splitSnapshot', options, ['maxBytes'])
  checkInteger('maxBytes', options.maxBytes, 1)
  const parts: SnapshotPart[] = []
  for (const piece of piecesOf(bytes, options.maxBytes)) parts.push({ name: await nameOf(piece), bytes: piece })
  const listed = parts.map(({ name, bytes: { length } }) => ({ name, bytes: length }))
  return { manifest: { format: FORMAT, version: VERSION, bytes: bytes.length, parts: listed }, parts }
}

/** The bytes of a snapshot, cut. */
function piecesOf(bytes: Uint8Array, most: number): Uint8Array[] {
  const { sections, from } = readDirectory(bytes)
  // A power of two: it stays the same while the file grows to twice its size.
  const step = Math.max(LEAST_PIECE, 2 ** Math.floor(Math.log2(bytes.length / PARTS)))
  const pieces: Uint8Array[] = []
  let begin = 0
  const cutAt = (end: number) => {
    for (; begin < end; begin += most) pieces.push(bytes.subarray(begin, Math.min(end, begin + most)))
    begin = end
  }
  // The directory has the date: it is always another.
  cutAt(from)
  let group: string | undefined
  for (const { name, at, length, arrays } of sections) {
    const own = groupOf(name)
    const isLong = own === undefined && length >= step
    if (own !== group || isLong || (own === undefined && from + at + length - begin > step)) cutAt(from + at)
    group = own
    if (!isLong) continue
    let array = from + at
    for (const [type, count] of arrays) {
      const size = count * NUMBERS[type].BYTES_PER_ELEMENT
      for (let cut = step; cut <= size; cut += step) cutAt(array + cut)
      array += padded(size)
    }
  }
  cutAt(bytes.length)
  return pieces
}

/**
 * What a section makes one part with: the others of its segment. Those of metadata paths are by themselves, since a few rows may
 * change which paths have an index. Undefined for what belongs to no segment.
 */
function groupOf(name: string): string | undefined {
  const segment = /\/\d+$/.exec(name)?.[0]
  return segment && segment + /^index (metadata|items|numbers):/.test(name)
}

interface Digesting {
  readonly crypto: { readonly subtle: { digest(algorithm: string, bytes: Uint8Array): Promise<ArrayBuffer> } }
}

/** The SHA-256 of bytes, in hexadecimal digits. */
async function nameOf(bytes: Uint8Array): Promise<string> {
  const digest = await (globalThis as unknown as Digesting).crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes of a snapshot from those of its parts, in their order. Throws `INVALID_SNAPSHOT` for one that is missing or of another length. */
export function joined(parts: SnapshotManifest['parts'], pieces: readonly (Uint8Array | undefined)[]): Uint8Array {
  parts.forEach(({ name, bytes }, i) => {
    const came = pieces[i]
    if (came?.length === bytes) return
    const what = came === undefined ? 'is missing' : `should have ${bytes} bytes, but ${came.length} came`
    throw invalidSnapshot(`part ${name}`, `The part ${name} of the snapshot ${what}.`)
  })
  return concatenated(pieces as readonly Uint8Array[])
}

/** A manifest, as an object, or its JSON as a string or bytes. Throws `INVALID_SNAPSHOT`. O(parts). */
export function readManifest(given: unknown): SnapshotManifest {
  const manifest = Object(parsed(given)) as Partial<SnapshotManifest>
  if (manifest.format !== FORMAT)
    throw invalidSnapshot('manifest', 'The manifest is none of a snapshot. It is made by splitSnapshot().')
  if (manifest.version !== VERSION) {
    const versions = `The manifest is of version ${show(manifest.version)}, and this version reads ${VERSION}.`
    throw invalidSnapshot('manifest', `${versions} Open it with another version of conversation-store.`)
  }
  const isPart = (part: unknown) => {
    const { name, bytes } = Object(part) as Partial<SnapshotManifest['parts'][number]>
    // A name is no path that leads elsewhere.
    return typeof name === 'string' && /^[0-9a-f]{64}$/.test(name) && Number.isSafeInteger(bytes) && bytes! >= 0
  }
  if (!Array.isArray(manifest.parts) || !manifest.parts.every(isPart))
    throw invalidSnapshot('manifest', 'The manifest is damaged: its parts are no list of names and bytes.')
  return manifest as SnapshotManifest
}

function parsed(given: unknown): unknown {
  const json = given instanceof Uint8Array ? utf8Decoder(false).decode(given) : given
  if (typeof json !== 'string') return json
  try {
    return JSON.parse(json)
  } catch {
    throw invalidSnapshot('manifest', 'The manifest is no JSON.')
  }
}
