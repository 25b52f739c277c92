import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { InvalidSourceError } from '../../../../src/base/errors.ts'
import { BrokenMember, MemberWalk } from '../../../../src/features/load/gzip-member.ts'
import { type LoadOptions, type LoadSource, loadConversations } from '../../../../src/features/load/index.ts'

afterEach(() => vi.unstubAllGlobals())

async function read(source: LoadSource, options: LoadOptions = {}) {
  const ids: unknown[] = []
  let error: InvalidSourceError | undefined
  try {
    for await (const batch of loadConversations(source, options)) ids.push(...batch.map((row) => row.conversation_id))
  } catch (thrown) {
    error = thrown as InvalidSourceError
  }
  return { ids, error }
}

const row = (id: string) => `{"conversation_id":"${id}","started_at":"2024-01-15"}\n`
const chunks = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
const bytesOf = (source: Uint8Array) => [source, chunks(source, 1), chunks(source, 7)]

const a = gzipSync(row('a'))
const b = gzipSync(row('b'))
const c = gzipSync(row('c'))

/** A member with every optional part of a header. */
function memberWithHeader(text: string): Buffer {
  const plain = gzipSync(text)
  const extra = Buffer.from([4, 0, 0x41, 0x42, 0, 0])
  return Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16, 0, 0, 0, 0, 0, 3]),
    extra,
    Buffer.from('name.ndjson\0a comment\0', 'latin1'),
    plain.subarray(10),
  ])
}

describe('gzip', () => {
  it('is seen by its first bytes, in every shape', async () => {
    const rows = row('a') + row('b')
    const list = `[${row('a')},${row('b')}]`
    for (const text of [
      rows,
      list,
      `{"results":${list}}`,
      `{"schema_version":1,"conversations":${list}}`,
      `\ufeff${rows}`,
    ]) {
      for (const source of bytesOf(gzipSync(text))) {
        expect(await read(source)).toEqual({ ids: ['a', 'b'], error: undefined })
      }
    }
    expect(await read(gzipSync(''))).toEqual({ ids: [], error: undefined })
  })

  it('is read to the end of its last member', async () => {
    for (const source of bytesOf(Buffer.concat([a, b, c]))) expect((await read(source)).ids).toEqual(['a', 'b', 'c'])
    expect((await read([a, b, c])).ids).toEqual(['a', 'b', 'c'])
    const empty = gzipSync('')
    for (const source of bytesOf(Buffer.concat([empty, a, empty, empty, b])))
      expect((await read(source)).ids).toEqual(['a', 'b'])
    const many = Array.from({ length: 300 }, (_, i) => gzipSync(row(`r${i}`)))
    expect((await read(Buffer.concat(many))).ids).toEqual(many.map((_, i) => `r${i}`))
  })

  it('may have a row in two members', async () => {
    const text = row('a') + row('b')
    for (const at of [1, 20, row('a').length, row('a').length + 3]) {
      const source = Buffer.concat([gzipSync(text.slice(0, at)), gzipSync(text.slice(at))])
      expect((await read(source)).ids).toEqual(['a', 'b'])
    }
  })

  it('may have names, comments and other parts in its headers', async () => {
    const source = Buffer.concat([memberWithHeader(row('a')), memberWithHeader(row('b'))])
    for (const cut of bytesOf(source)) expect(await read(cut)).toEqual({ ids: ['a', 'b'], error: undefined })
  })

  it('may have the bytes of a member inside a member', async () => {
    // Stored as it is, and its row is broken text: it must be seen as the inside of a member, not as the next one.
    const inner = gzipSync(row('x'), { level: 0 }).toString('latin1')
    const text = `${JSON.stringify({ conversation_id: 'a', name: inner })}\n`
    expect((await read(Buffer.concat([gzipSync(text, { level: 0 }), b]))).ids).toEqual(['a', 'b'])
  })

  it('may be padded with zeros, which hide no later member', async () => {
    const zeros = Buffer.alloc(600)
    for (const cut of bytesOf(Buffer.concat([a, zeros])))
      expect(await read(cut)).toEqual({ ids: ['a'], error: undefined })
    for (const cut of bytesOf(Buffer.concat([a, zeros, b, zeros]))) {
      expect(await read(cut)).toEqual({ ids: ['a', 'b'], error: undefined })
    }
  })

  it('ends with an error at other bytes after it', async () => {
    for (const after of [
      Buffer.from('rubbish'),
      Buffer.from([0x1f, 0x8b, 7]),
      Buffer.from([0, 0, 9]),
      Buffer.from([0x1f, 1]),
    ]) {
      for (const cut of bytesOf(Buffer.concat([a, b, after]))) {
        const { ids, error } = await read(cut)
        const zeros = after[0] === 0 ? 2 : 0
        expect(ids).toEqual(['a', 'b'])
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: `byte ${a.length + b.length + zeros}` })
        expect(error?.message).toContain('what follows the gzip data from here on is no whole gzip member')
      }
    }
  })

  it('says at which byte it is cut off, wherever that is', async () => {
    const whole = Buffer.concat([a, memberWithHeader(row('b'))])
    for (let end = 2; end < whole.length; end++) {
      if (end === a.length) continue
      const start = end < a.length ? 0 : a.length
      for (const source of [whole.subarray(0, end), chunks(whole.subarray(0, end), 5)]) {
        const { ids, error } = await read(source)
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: `byte ${end}`, value: end })
        expect(error?.message).toBe(
          `Byte ${end}: the gzip data ends here, inside the member that begins at byte ${start}.`,
        )
        if (start > 0) expect(ids[0]).toBe('a')
      }
    }
  })

  it('gives the rows of a long file that came before it was cut off', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => row(`row ${i} ${Math.sin(i)}`)).join('')
    const whole = gzipSync(text)
    expect(whole.length).toBeGreaterThan(200_000)
    const { ids, error } = await read(whole.subarray(0, whole.length / 2))
    expect(error).toMatchObject({ parameter: `byte ${Math.floor(whole.length / 2)}` })
    expect(ids.length).toBeGreaterThan(1_000)
    expect(ids).toEqual(ids.map((_, i) => `row ${i} ${Math.sin(i)}`))
  })

  it('says where it is damaged', async () => {
    const damage = (place: number) => {
      const bytes = Buffer.concat([a, b, c])
      bytes[a.length + place]! ^= 0xff
      return bytes
    }
    // The method, the flags, the checksum and the size of the second member.
    for (const place of [2, 3, b.length - 8, b.length - 4]) {
      for (const source of bytesOf(damage(place))) {
        const { ids, error } = await read(source)
        expect([place, ids[0]]).toEqual([place, 'a'])
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: `byte ${a.length}` })
      }
    }
    // Data that came out wrong may be broken JSON before the checksum tells.
    expect((await read(damage(14))).error).toMatchObject({ code: 'INVALID_SOURCE' })
  })

  it('takes no bytes that only begin alike', async () => {
    for (const bytes of [[0x1f], [0x1f, 0x8a, 8], [0x8b, 0x1f]]) {
      expect((await read(Uint8Array.from(bytes))).error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 1' })
    }
    expect((await read('\x1f\x8b')).error).toMatchObject({ parameter: 'line 1' })
  })

  it('needs a DecompressionStream, and says so where there is none', async () => {
    vi.stubGlobal('DecompressionStream', undefined)
    const { ids, error } = await read(a)
    expect(ids).toEqual([])
    expect(error).toMatchObject({ name: 'InvalidSourceError', code: 'NO_DECOMPRESSION', parameter: 'source' })
    expect((await read(row('a'))).ids).toEqual(['a'])
  })

  it('asks no runtime what it does with more than one member', async () => {
    const Native = DecompressionStream
    const given: number[] = []
    // A stream that fails at the second member, as the standard has it.
    vi.stubGlobal(
      'DecompressionStream',
      class {
        readonly readable: ReadableStream
        readonly writable: WritableStream
        constructor(format: 'gzip') {
          const walk = new MemberWalk()
          const strict = new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              if (walk.push(chunk) !== chunk.length) throw new TypeError('Junk after the end of the data')
              given.push(chunk.length)
              controller.enqueue(chunk)
            },
          })
          this.writable = strict.writable
          this.readable = strict.readable.pipeThrough(new Native(format))
        }
      },
    )
    for (const source of bytesOf(Buffer.concat([a, b, Buffer.alloc(9), c]))) {
      expect(await read(source)).toEqual({ ids: ['a', 'b', 'c'], error: undefined })
    }
    expect(Math.max(...given)).toBe(Math.max(a.length, b.length, c.length))
  })

  it('is not made all at once, however well it was compressed', async () => {
    const text = `${row('a')}${' '.repeat(50_000_000)}\n${row('b')}`
    let most = 0
    const Native = DecompressionStream
    vi.stubGlobal(
      'DecompressionStream',
      class {
        readonly readable: ReadableStream
        readonly writable: WritableStream
        constructor(format: 'gzip') {
          const native = new Native(format)
          this.readable = native.readable
          const through = new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              most = Math.max(most, chunk.length)
              controller.enqueue(chunk)
            },
          })
          this.writable = through.writable
          void through.readable.pipeTo(native.writable)
        }
      },
    )
    expect((await read(gzipSync(text))).ids).toEqual(['a', 'b'])
    expect(most).toBeLessThanOrEqual(16_384)
  })
})

describe('the walk through a member', () => {
  const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants

  it('finds the end of whatever zlib makes, however it is cut', () => {
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }),
      fc.string({ maxLength: 3_000 }).map((text) => new TextEncoder().encode(text)),
      fc
        .array(fc.constantFrom(...'abcd'), { maxLength: 5_000 })
        .map((letters) => new TextEncoder().encode(letters.join(''))),
      fc.nat({ max: 100_000 }).map((length) => new Uint8Array(length)),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat({ max: 200 })).map(([part, times]) => {
        const whole = new Uint8Array(part.length * times)
        for (let i = 0; i < times; i++) whole.set(part, i * part.length)
        return whole
      }),
    )
    // Each byte half as frequent as the one before, which makes the longest codes.
    const skewed = fc.tuple(fc.nat({ max: 30_000 }), fc.nat()).map(([length, seed]) => {
      let state = seed
      return Uint8Array.from({ length }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return Math.clz32(state)
      })
    })
    const settings = fc.record({
      level: fc.integer({ min: 0, max: 9 }),
      strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED),
      memLevel: fc.integer({ min: 1, max: 9 }),
      windowBits: fc.integer({ min: 9, max: 15 }),
    })
    fc.assert(
      fc.property(
        fc.oneof(data, skewed),
        settings,
        fc.uint8Array({ maxLength: 20 }),
        fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5_000 })),
        (bytes, how, after, size) => {
          const member = gzipSync(bytes, how)
          const walk = new MemberWalk()
          let taken = 0
          for (const chunk of chunks(Buffer.concat([member, after]), size)) {
            taken += walk.push(chunk)
            if (walk.isDone) break
          }
          expect(taken).toBe(member.length)
          const early = new MemberWalk()
          expect(early.push(member.subarray(0, -1))).toBe(member.length - 1)
          expect(early.isDone).toBe(false)
        },
      ),
    )
  })

  it('passes stored blocks of every length', () => {
    for (const length of [0, 1, 2, 3, 4, 5, 100, 65_535, 65_536, 200_000]) {
      for (const size of [1, 3, 1_000, 1_000_000]) {
        const member = gzipSync(new Uint8Array(length), { level: 0 })
        const walk = new MemberWalk()
        const taken = chunks(member, size).reduce((sum, chunk) => sum + walk.push(chunk), 0)
        expect([taken, walk.isDone]).toEqual([member.length, true])
      }
    }
  })

  it('refuses what is no member', () => {
    const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    /** Bytes of numbers with so many bits each, the lowest first, after a header. */
    const block = (...fields: [value: number, bits: number][]) => {
      const bits = fields.flatMap(([value, width]) => Array.from({ length: width }, (_, i) => (value >> i) & 1))
      const bytes = Array.from({ length: Math.ceil(bits.length / 8) + 4 }, () => 0)
      for (const [i, bit] of bits.entries()) bytes[i >> 3]! |= bit << (i & 7)
      return [...header, ...bytes]
    }
    const last: [number, number] = [1, 1]
    const [stored, fixed, dynamic] = [0, 1, 2].map((kind): [number, number] => [kind, 2])
    const codes = (...lengths: number[]) => lengths.map((length): [number, number] => [length, 3])
    const wrong: [number[], string][] = [
      [[0x1f, 0x8c], 'it does not begin with 1F 8B'],
      [[0x1f, 0x8b, 9], 'its method of compression is 9, not 8'],
      [[0x1f, 0x8b, 8, 0x20], 'its header has reserved flags'],
      [block(last, [3, 2]), 'a block is of no known kind'],
      [block(last, stored!, [0, 5], [1, 16], [1, 16]), 'the length of a stored block is wrong'],
      [block(last, dynamic!, [30, 5], [0, 5], [0, 4]), 'a block has too many codes'],
      [block(last, dynamic!, [0, 5], [30, 5], [0, 4]), 'a block has too many codes'],
      [block(last, dynamic!, [0, 5], [0, 5], [0, 4], ...codes(1, 1, 1, 0)), 'a block has more codes than there can be'],
      [block(last, dynamic!, [0, 5], [0, 5], [0, 4], ...codes(0, 0, 1, 0), [1, 1]), 'a code that stands for nothing'],
      // The first length is that of the one before.
      [
        block(last, dynamic!, [0, 5], [0, 5], [0, 4], ...codes(1, 0, 0, 0)),
        'the lengths of the codes of a block are wrong',
      ],
      // Two times 138 zeros are more than the 258 there are.
      [
        block(last, dynamic!, [0, 5], [0, 5], [0, 4], ...codes(0, 0, 1, 0), [0, 1], [127, 7], [0, 1], [127, 7]),
        'the lengths of the',
      ],
      // The fixed codes of the length 286, and of the length 257 with the distance 30, their highest bits first.
      [block(last, fixed!, [0b01100011, 8]), 'a block has a length that is none'],
      [block(last, fixed!, [0b1000000, 7], [0b01111, 5]), 'a block has a distance that is none'],
    ]
    for (const [bytes, message] of wrong) {
      const push = () => new MemberWalk().push(Uint8Array.from(bytes))
      expect(push, message).toThrow(BrokenMember)
      expect(push).toThrow(message)
    }
  })

  it('stands any bytes without hanging', () => {
    const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.boolean(), (bytes, isRaw) => {
        const body = isRaw ? bytes : deflateRawSync(bytes)
        if (!isRaw && body.length > 3) body[body.length >> 1]! ^= 0x55
        const walk = new MemberWalk()
        try {
          walk.push(header)
          expect(walk.push(body)).toBeLessThanOrEqual(body.length)
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenMember)
        }
      }),
    )
  })
})
