import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computed, crc32 } from '../../../src/base/crc32.ts'

describe.each([
  ['of the runtime where it has one', crc32],
  ['without help of the runtime', computed],
])('CRC-32 %s', (_, checksum) => {
  test('is the one of the standard', () => {
    expect(checksum(Buffer.from('123456789'))).toBe(0xcbf4_3926)
    expect(checksum(new Uint8Array())).toBe(0)
    expect(checksum(new Uint8Array(), 0xcbf4_3926)).toBe(0xcbf4_3926)
  })

  test('is that of gzip, at once or in two pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), (bytes, at) => {
        const zipped = gzipSync(bytes)
        const expected = zipped.readUInt32LE(zipped.length - 8)
        expect(checksum(bytes)).toBe(expected)
        expect(checksum(bytes.subarray(at), checksum(bytes.subarray(0, at)))).toBe(expected)
      }),
    )
  })
})
