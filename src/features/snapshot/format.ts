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
import { type InvalidSourceError, show } from '../../base/errors.ts'
import { grouped } from '../../base/text/counted.ts'
import { NUMBERS, type Numbers, type NumbersName } from '../../engine/image/numbers.ts'
import { utf8Decoder } from '../load/codec.ts'
import { damaged, invalidSnapshot } from './fault.ts'

/** The version that is written. Files of every minor version of it are read. */
export const MAJOR = 1
export const MINOR = 0

export const MAGIC = Uint8Array.of(0x89, 0x43, 0x53, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a)
export const HEADER = 32
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

/** How many bytes an array takes, with what fills it up. */
export const padded = (length: number) => Math.ceil(length / ALIGNED) * ALIGNED

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

/** How many bytes a snapshot says that it has, by its beginning. Throws `INVALID_SNAPSHOT` for what is none. O(1). */
export function lengthIn(beginning: Uint8Array): number {
  if (!isSnapshot(beginning)) throw invalidSnapshot('source', `The source is not a snapshot: ${looksLike(beginning)}`)
  if (beginning.length < HEADER) throw cut(beginning.length, HEADER)
  return Number(viewOf(beginning).getBigUint64(16, true))
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

/** The error of a file that goes on behind its end. */
export function tooLong(came: number, length: number): InvalidSourceError {
  return invalidSnapshot('header', `The snapshot should end after ${grouped(length)} bytes, but ${grouped(came)} came.`)
}

/** The header and the directory, where sections begin, and the version of the format. Throws `INVALID_SNAPSHOT`. O(directory). */
export function readDirectory<Facts>(
  bytes: Uint8Array,
): Directory<Facts> & { readonly from: number; readonly version: string } {
  const length = lengthIn(bytes)
  const view = viewOf(bytes)
  if (view.getUint32(28, true) !== crc32(bytes.subarray(0, 28)))
    throw damaged('header', 0, 'its checksum does not match')
  const major = view.getUint16(8, true)
  if (major !== MAJOR) throw otherVersion(major, view.getUint16(10, true))
  if (bytes.length < length) throw cut(bytes.length, length)
  if (bytes.length > length) throw tooLong(bytes.length, length)
  const directoryLength = view.getUint32(24, true)
  const from = padded(HEADER + directoryLength)
  const text = bytes.subarray(HEADER, HEADER + directoryLength)
  if (from > length || view.getUint32(12, true) !== crc32(text))
    throw damaged('directory', HEADER, 'its checksum does not match')
  const { facts, sections } = Object(jsonIn(text)) as Partial<Directory<Facts>>
  if (!Array.isArray(sections)) throw damaged('directory', HEADER, 'it has no list of sections')
  const names = new Set<string>()
  let end = 0
  for (const section of sections as Section[]) {
    end = checkSection(section, end, length - from)
    if (names.has(section.name)) throw damaged(section.name, from + section.at, 'there are two of it')
    names.add(section.name)
  }
  return { facts: facts as Facts, sections, from, version: `${major}.${view.getUint16(10, true)}` }
}

function jsonIn(text: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decoder(true).decode(unshared(text)))
  } catch {
    throw damaged('directory', HEADER, 'it is not JSON')
  }
}

/** That a section and its arrays stand in the file, after those before it. Gives where it ends. */
function checkSection(section: Section, from: number, rest: number): number {
  const { name, at, length, arrays } = Object(section) as Section
  if (typeof name !== 'string' || !Array.isArray(arrays))
    throw damaged('directory', HEADER, `${show(section)} is no section`)
  let bytes = 0
  for (const array of arrays) {
    const [type, count] = Array.isArray(array) ? array : []
    if (typeof type !== 'string' || !Object.hasOwn(NUMBERS, type) || !Number.isSafeInteger(count) || count < 0)
      throw damaged('directory', HEADER, `${show(array)}, in its section ${show(name)}, is no array`)
    bytes += padded(count * NUMBERS[type as NumbersName].BYTES_PER_ELEMENT)
  }
  const isThere =
    Number.isSafeInteger(at) && at >= from && at % ALIGNED === 0 && bytes === length && at + length <= rest
  if (!isThere) throw damaged('directory', HEADER, `its section ${show(name)} does not stand where it should`)
  return at + length
}

/** The same bytes, copied if other threads may write them: decoders take no others. */
export function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes)
}

/** The arrays of a section, as views. With `isChecked` its checksum is computed: throws `INVALID_SNAPSHOT`. O(bytes), else O(arrays). */
export function arraysOf(bytes: Uint8Array, from: number, section: Section, isChecked: boolean): Numbers[] {
  const { name, at, length, crc, arrays } = section
  const own = bytes.subarray(from + at, from + at + length)
  if (isChecked && crc32(own) !== crc) throw damaged(name, from + at, 'its checksum does not match')
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
    `The snapshot is cut: ${grouped(came)} bytes came, and it should have ${grouped(length)}. Was all of it copied?`,
  )
}

function otherVersion(major: number, minor: number) {
  const message = `The snapshot is of format ${major}.${minor}, and this version reads ${MAJOR}.x. Open it with a version of conversation-store that reads ${major}.x.`
  return invalidSnapshot('header', message)
}

/** The magic with other ends of lines, with 7 bits a byte, or made into UTF-8, known or not. */
const COPIED_AS_TEXT = /^(\x89|\t|\xc2\x89|\xef\xbf\xbd)CSN/

/** What bytes that are no snapshot may be. */
function looksLike(bytes: Uint8Array): string {
  const beginning = String.fromCharCode(...bytes.subarray(0, 8))
  if (COPIED_AS_TEXT.test(beginning)) return 'it was copied as text, or damaged. Copy the file as binary.'
  if (bytes.length === 0) return 'it is empty.'
  if (beginning.startsWith('\x1f\x8b'))
    return 'it looks like gzip, which readSnapshot() undoes, once. Conversations are read by load(), gzipped or not.'
  if (/^\s*[[{]/.test(beginning.replace(/^\xef\xbb\xbf/, '')))
    return 'it looks like JSON. Conversations in JSON or NDJSON are read by load().'
  return `it begins with ${show(beginning)}. Snapshots are made by writeSnapshot(store).`
}
