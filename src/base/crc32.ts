/** CRC-32 as zlib, gzip and PNG have it (ISO 3309). */
import { nativeZlib } from './zlib.ts'

const POLYNOMIAL = 0xedb8_8320

/** `TABLES[k][byte]`: what a byte does to the remainder when `k` more bytes follow it. Built at the first call. */
let tables: readonly Int32Array[] | undefined

function build(): readonly Int32Array[] {
  const built = Array.from({ length: 4 }, () => new Int32Array(256))
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0)
    built[0]![byte] = remainder
  }
  for (let k = 1; k < 4; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = built[k - 1]![byte]!
      built[k]![byte] = built[0]![before & 255]! ^ (before >>> 8)
    }
  }
  return built
}

/**
 * The checksum of some bytes, 0 to 2^32 - 1; `before` is that of what they follow. O(bytes): some 1 ns each, or a quarter
 * where the runtime has one of its own: Node from 20.15 on, Bun, Deno.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const { crc32: native = computed } = nativeZlib()
  // zlib takes an empty array, which has no address, for the beginning of another checksum.
  return bytes.length === 0 ? before : native(bytes, before)
}

/** The same without help of the runtime. Four bytes a step: twice as fast as one (800 MB/s against 400). */
export function computed(bytes: Uint8Array, before = 0): number {
  tables ??= build()
  const [t0, t1, t2, t3] = tables as [Int32Array, Int32Array, Int32Array, Int32Array]
  let crc = ~before
  let i = 0
  for (const end = bytes.length - 3; i < end; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!
  }
  for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}
