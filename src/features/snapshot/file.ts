/** Writing the file: see `format.ts` for what is where. */
import { crc32 } from '../../base/crc32.ts'
import { NUMBERS, type Numbers, type NumbersName } from '../../engine/image/numbers.ts'
import { utf8Encoder } from '../load/codec.ts'
import { HEADER, MAGIC, MAJOR, MINOR, padded, type Section } from './format.ts'

/** A section that is to be written. */
export interface Given {
  readonly name: string
  readonly arrays: readonly Numbers[]
}

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
    const crc = pieces.slice(first).reduce((before, piece) => crc32(piece, before), 0)
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
