/**
 * The file: a header, a directory, and sections one after another, each at a multiple of 8. All numbers are little-endian.
 *
 *     0   8  magic: 0x89 C S N CR LF SUB LF, as PNG has it, so that a conversion of line ends or a cut at SUB is noticed
 *     8   2  major version: a reader of another does not open the file
 *     10  2  minor version: what it adds may be skipped
 *     12  4  CRC-32 of the directory
 *     16  8  bytes of the whole file
 *     24  4  bytes of the directory
 *     28  4  CRC-32 of the bytes 0 to 27
 *     32     the directory: JSON in UTF-8
 */
import { crc32 } from '../../base/crc32.ts'
import { show } from '../../base/errors.ts'
import { NUMBERS, type Numbers, type NumbersName } from '../../engine/image/numbers.ts'
import { utf8Decoder, utf8Encoder } from '../load/codec.ts'
import { damaged, invalidSnapshot } from './fault.ts'

/** The version that is written. Files of every minor version of it are read. */
export const MAJOR = 1
export const MINOR = 0

const MAGIC = Uint8Array.of(0x89, 0x43, 0x53, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a)
const HEADER = 32
const ALIGNED = 8

/** Some arrays of a file. */
export interface Section {
  readonly name: string
  /** Where it begins, in bytes from the end of the directory, and how many there are. */
  readonly at: number
  readonly length: number
  readonly crc: number
  /** Its arrays, one after another, each at a multiple of 8: type and how many numbers. */
  readonly arrays: readonly (readonly [NumbersName, number])[]
  /** Whether a reader that does not know it may go on. */
  readonly isOptional?: boolean
}

/** What the directory says. `Facts` are not numbers. */
export interface Directory<Facts> {
  readonly facts: Facts
  readonly sections: readonly Section[]
}

/** A section that is to be written. */
export interface Given {
  readonly name: string
  readonly arrays: readonly Numbers[]
}

/** How many bytes an array takes, with what fills it up. */
export const padded = (length: number) => Math.ceil(length / ALIGNED) * ALIGNED

const typeOf = (array: Numbers): NumbersName =>
  (Object.keys(NUMBERS) as NumbersName[]).find((name) => array instanceof NUMBERS[name])!

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers) => new Uint8Array(buffer, byteOffset, byteLength)

/** The pieces of a file, in order. O(bytes), for their checksums. */
export function fileOf(facts: unknown, given: readonly Given[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let end = 0
  const put = (bytes: Uint8Array) => {
    pieces.push(bytes)
    const gap = padded(bytes.length) - bytes.length
    if (gap > 0) pieces.push(new Uint8Array(gap))
    end += bytes.length + gap
  }
  const sections = given.map(({ name, arrays }): Section => {
    const [at, first] = [end, pieces.length]
    for (const array of arrays) put(bytesOf(array))
    const crc = crc32(concatenated(pieces.slice(first)))
    return { name, at, length: end - at, crc, arrays: arrays.map((array) => [typeOf(array), array.length]) }
  })
  const directory = utf8Encoder().encode(JSON.stringify({ facts, sections }))
  const header = new Uint8Array(padded(HEADER + directory.length))
  header.set(directory, HEADER)
  header.set(MAGIC)
  const view = new DataView(header.buffer)
  view.setUint16(8, MAJOR, true)
  view.setUint16(10, MINOR, true)
  view.setUint32(12, crc32(directory), true)
  view.setBigUint64(16, BigInt(header.length + end), true)
  view.setUint32(24, directory.length, true)
  view.setUint32(28, crc32(header.subarray(0, 28)), true)
  return [header, ...pieces]
}

/** Pieces as one. */
export function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** Whether bytes begin as a snapshot does. O(1). */
export function isSnapshot(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte)
}

/** The header and the directory, where sections begin, and the version of the format. Throws `INVALID_SNAPSHOT`. O(directory). */
export function readDirectory<Facts>(
  bytes: Uint8Array,
): Directory<Facts> & { readonly from: number; readonly version: string } {
  if (!isSnapshot(bytes)) throw invalidSnapshot('source', `The source is no snapshot: ${looksLike(bytes)}`)
  if (bytes.length < HEADER) throw cut(bytes.length, HEADER)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(28, true) !== crc32(bytes.subarray(0, 28))) throw damaged('header', 0, 'its checksum is another')
  const major = view.getUint16(8, true)
  if (major !== MAJOR) throw otherVersion(major, view.getUint16(10, true))
  const length = Number(view.getBigUint64(16, true))
  if (bytes.length < length) throw cut(bytes.length, length)
  if (bytes.length > length)
    throw invalidSnapshot('header', `The snapshot should end after ${length} bytes, but ${bytes.length} came.`)
  const directoryLength = view.getUint32(24, true)
  const from = padded(HEADER + directoryLength)
  const text = bytes.subarray(HEADER, HEADER + directoryLength)
  if (from > length || view.getUint32(12, true) !== crc32(text))
    throw damaged('directory', HEADER, 'its checksum is another')
  const directory = directoryIn<Facts>(utf8Decoder(false).decode(text))
  for (const section of directory.sections) checkBounds(section, length - from)
  return { ...directory, from, version: `${major}.${view.getUint16(10, true)}` }
}

/** The directory as it was written. Its checksum holds for one that someone made to do harm, too. */
function directoryIn<Facts>(text: string): Directory<Facts> {
  let given: Partial<Directory<Facts>> = {}
  try {
    given = Object(JSON.parse(text)) as Partial<Directory<Facts>>
  } catch {
    // Said below.
  }
  const isSection = (section: unknown) => {
    const { name, arrays } = Object(section) as Partial<Section>
    return typeof name === 'string' && Array.isArray(arrays) && arrays.every(Array.isArray)
  }
  if (!Array.isArray(given.sections) || !given.sections.every(isSection) || Object(given.facts) !== given.facts)
    throw damaged('directory', HEADER, 'it is none')
  return given as Directory<Facts>
}

/** That a section and its arrays stand in the file. */
function checkBounds({ name, at, length, arrays }: Section, rest: number): void {
  let bytes = 0
  for (const [type, count] of arrays) {
    if (!Object.hasOwn(NUMBERS, type) || !Number.isSafeInteger(count) || count < 0)
      throw damaged(name, at, `an array of ${show(count)} ${show(type)} is none`)
    bytes += padded(count * NUMBERS[type].BYTES_PER_ELEMENT)
  }
  const isThere = Number.isSafeInteger(at) && at >= 0 && at % ALIGNED === 0 && at + length <= rest
  if (!isThere || bytes !== length) throw damaged(String(name), Number(at), 'it does not stand where it should')
}

/** The arrays of a section, as views. With `isChecked` its checksum is computed: throws `INVALID_SNAPSHOT`. O(bytes), else O(arrays). */
export function arraysOf(bytes: Uint8Array, from: number, section: Section, isChecked: boolean): Numbers[] {
  const { name, at, length, crc, arrays } = section
  const own = bytes.subarray(from + at, from + at + length)
  if (isChecked && crc32(own) !== crc) throw damaged(name, from + at, 'its checksum is another')
  let next = own.byteOffset
  return arrays.map(([type, count]) => {
    const array = new NUMBERS[type](own.buffer as ArrayBuffer, next, count)
    next += padded(array.byteLength)
    return array
  })
}

function cut(came: number, length: number) {
  return invalidSnapshot(
    'header',
    `The snapshot is cut: ${came} bytes came, and it should have ${length}. Was all of it copied?`,
  )
}

function otherVersion(major: number, minor: number) {
  const message = `The snapshot is of format ${major}.${minor}, and this version reads ${MAJOR}.x. Open it with a version of conversation-store that reads ${major}.x.`
  return invalidSnapshot('header', message)
}

/** What bytes that are no snapshot may be. */
function looksLike(bytes: Uint8Array): string {
  const beginning = String.fromCharCode(...bytes.subarray(0, 8))
  if (beginning.startsWith('\x89CSN') || beginning.slice(1).startsWith('CSN\n') || beginning.startsWith('\x89CSN\n'))
    return 'its line ends were converted, so it was copied as text. Copy it as binary.'
  if (bytes.length === 0) return 'it is empty.'
  if (beginning.startsWith('\x1f\x8b')) return 'it looks like gzip. Conversations are read by load(), gzipped or not.'
  if (/^\s*[[{]/.test(beginning.replace(/^\xef\xbb\xbf/, '')))
    return 'it looks like JSON. Conversations in JSON or NDJSON are read by load().'
  return `it begins with ${show(beginning)}. Snapshots are made by writeSnapshot(store).`
}
