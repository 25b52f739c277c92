/** Snapshots taken to pieces and put together again, with correct checksums, so that tests can write what no store would. */
import { deflateSync, inflateSync } from 'fflate'
import { crc32 } from '../src/base/crc32.ts'
import { NUMBERS, type Numbers, type NumbersName } from '../src/engine/image/numbers.ts'

/** A section, its arrays copied out. */
export interface Part {
  name: string
  arrays: Numbers[]
  isOptional?: boolean
}

/** A snapshot in pieces. */
export interface Parts {
  // biome-ignore lint/suspicious/noExplicitAny: tests put anything there.
  facts: any
  sections: Part[]
}

const HEADER = 32
const padded = (length: number): number => Math.ceil(length / 8) * 8

/** The directory of a file, as it stands there. */
// biome-ignore lint/suspicious/noExplicitAny: tests change anything in it.
export function directoryOf(bytes: Uint8Array): any {
  const length = viewOf(bytes).getUint32(24, true)
  return JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER, HEADER + length)))
}

/** Where the first section begins. */
export function bodyStart(bytes: Uint8Array): number {
  return padded(HEADER + viewOf(bytes).getUint32(24, true))
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** The pieces of a file. What stands in a section a segment (`name/0`, `name/1`) is one piece: readers take that as well. */
export function partsOf(bytes: Uint8Array): Parts {
  const { facts, sections } = directoryOf(bytes)
  const from = bodyStart(bytes)
  return {
    facts,
    sections: inOne(
      sections.map(({ name, at, arrays }: { name: string; at: number; arrays: [NumbersName, number][] }) => {
        let next = from + at
        const copies = arrays.map(([type, count]) => {
          const length = count * NUMBERS[type].BYTES_PER_ELEMENT
          const array = new NUMBERS[type](bytes.slice(next, next + length).buffer)
          next += padded(length)
          return array
        })
        return { name, arrays: copies }
      }),
    ),
  }
}

/** Sections of one name, but for the number of a segment, in one. */
function inOne(sections: readonly Part[]): Part[] {
  const parts = new Map<string, Part>()
  for (const { name, arrays } of sections) {
    const key = name.replace(/\/\d+$/, '')
    const part = parts.get(key) ?? { name: key, arrays: [] }
    part.arrays.push(...arrays)
    parts.set(key, part)
  }
  return [...parts.values()]
}

/** A file of pieces. `editDirectory` changes the directory before it is written, or gives the bytes of another. */
export function fileOf(
  { facts, sections }: Parts,
  // biome-ignore lint/suspicious/noExplicitAny: tests change anything in it.
  editDirectory: (directory: any) => unknown = () => undefined,
): Uint8Array {
  let end = 0
  const bodies: Uint8Array[] = []
  const entries = sections.map(({ name, arrays, isOptional }) => {
    const at = end
    const length = arrays.reduce((sum, { byteLength }) => sum + padded(byteLength), 0)
    const own = new Uint8Array(length)
    let next = 0
    for (const array of arrays) {
      own.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), next)
      next += padded(array.byteLength)
    }
    bodies.push(own)
    end += length
    const types = arrays.map((array) => [typeOf(array), array.length])
    return { name, at, length, crc: crc32(own), arrays: types, ...(isOptional && { isOptional }) }
  })
  const directory = structuredClone({ facts, sections: entries })
  const edited = editDirectory(directory)
  const bytes = edited instanceof Uint8Array ? edited : new TextEncoder().encode(JSON.stringify(edited ?? directory))
  return headed(bytes, Uint8Array.from(Buffer.concat(bodies)))
}

function typeOf(array: Numbers): string {
  return Object.entries(NUMBERS).find(([, type]) => array instanceof type)![0]
}

/** A header, a directory and what follows. */
export function headed(directory: Uint8Array, body: Uint8Array, version = [1, 0]): Uint8Array {
  const from = padded(HEADER + directory.length)
  const file = new Uint8Array(from + body.length)
  file.set([0x89, 0x43, 0x53, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a])
  const view = viewOf(file)
  view.setUint16(8, version[0]!, true)
  view.setUint16(10, version[1]!, true)
  view.setUint32(12, crc32(directory), true)
  view.setBigUint64(16, BigInt(file.length), true)
  view.setUint32(24, directory.length, true)
  view.setUint32(28, crc32(file.subarray(0, 28)), true)
  file.set(directory, HEADER)
  file.set(body, from)
  return file
}

/** The section of a name. */
export function partNamed({ sections }: Parts, name: string): Part {
  const part = sections.find((each) => each.name === name)
  if (part === undefined) throw new Error(`There is no section ${name}: ${sections.map((each) => each.name)}`)
  return part
}

/** The lines of each block. */
export function blocksOf(parts: Parts): Uint8Array[] {
  const [dictionary, , starts, lengths] = partNamed(parts, 'blocks').arrays as [Uint8Array, ...Uint32Array[]]
  const bytes = partNamed(parts, 'documents').arrays[0] as Uint8Array
  return Array.from(lengths!, (length, block) =>
    inflateSync(bytes.slice(starts![block]!, starts![block + 1]!), { out: new Uint8Array(length), dictionary }),
  )
}

/** Puts other blocks in the place of those that are there, each with its checksum, for the same rows. */
export function putBlocks(parts: Parts, blocks: readonly Uint8Array[]): void {
  const section = partNamed(parts, 'blocks')
  const dictionary = section.arrays[0] as Uint8Array
  const packed = blocks.map((block) => deflateSync(block, { dictionary }))
  const starts = [0]
  for (const each of packed) starts.push(starts.at(-1)! + each.length)
  section.arrays[2] = Uint32Array.from(starts)
  section.arrays[3] = Uint32Array.from(blocks, ({ length }) => length)
  section.arrays[4] = Uint32Array.from(blocks, (block) => crc32(block))
  partNamed(parts, 'documents').arrays[0] = Uint8Array.from(packed.flatMap((each) => [...each]))
}
