import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { InvalidSourceError } from '../../../../src/base/errors.ts'
import { SourceFaults } from '../../../../src/features/load/fault.ts'
import { gunzip } from '../../../../src/features/load/gzip.ts'
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
        expect(error?.message).toContain('what follows the gzip data from here on is not a whole gzip member')
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

  it('needs nothing of the runtime', async () => {
    vi.stubGlobal('DecompressionStream', undefined)
    expect(await read(Buffer.concat([a, b]))).toEqual({ ids: ['a', 'b'], error: undefined })
  })

  it('is not made all at once, however well it was compressed', async () => {
    // A member of 50 MB of white space between two rows, from 50 kB.
    const source = gzipSync(`${row('a')}${' '.repeat(50_000_000)}\n${row('b')}`)
    let most = 0
    for await (const piece of gunzip(source, async () => undefined, new SourceFaults())) {
      most = Math.max(most, piece.length)
    }
    expect(most).toBe(65_536)
    expect((await read(source)).ids).toEqual(['a', 'b'])
  })
})

describe('members', () => {
  const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants

  /** All data of some gzip that comes in chunks of a size, and the error after it. */
  async function unzip(source: Uint8Array, size: number) {
    const [first = new Uint8Array(0), ...rest] = chunks(source, size)
    const data: Uint8Array[] = []
    let error: unknown
    try {
      for await (const piece of gunzip(first, async () => rest.shift(), new SourceFaults())) data.push(piece.slice())
    } catch (thrown) {
      error = thrown
    }
    return { data: Buffer.concat(data), error }
  }

  const data = fc.oneof(
    fc.uint8Array({ maxLength: 3_000 }),
    fc.string({ maxLength: 3_000 }).map((text) => new TextEncoder().encode(text)),
    fc
      .array(fc.constantFrom(...'abcd'), { maxLength: 5_000 })
      .map((letters) => new TextEncoder().encode(letters.join(''))),
    fc.nat({ max: 20_000 }).map((length) => new Uint8Array(length)),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat({ max: 200 })).map(([part, times]) => {
      const whole = new Uint8Array(part.length * times)
      for (let i = 0; i < times; i++) whole.set(part, i * part.length)
      return whole
    }),
  )
  const settings = fc.record({
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED),
    memLevel: fc.integer({ min: 1, max: 9 }),
    windowBits: fc.integer({ min: 9, max: 15 }),
  })
  const chunkSize = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 50, max: 5_000 }))

  it('come out as they went in, whatever zlib made of them and however they are cut', async () => {
    const members = fc.array(fc.tuple(data, settings, fc.nat({ max: 20 })), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(members, chunkSize, async (parts, size) => {
        const source = parts.flatMap(([bytes, how, padding]) => [gzipSync(bytes, how), Buffer.alloc(padding)])
        const expected = Buffer.concat(parts.map(([bytes]) => bytes))
        const result = await unzip(Buffer.concat(source), size)
        expect(result.error).toBeUndefined()
        expect(result.data.equals(expected)).toBe(true)
      }),
    )
  })

  it('are refused with one bit of their checksum or length changed, or their end missing', async () => {
    await fc.assert(
      fc.asyncProperty(data, settings, fc.nat(), chunkSize, async (bytes, how, place, size) => {
        const member = gzipSync(bytes, how)
        const sound = Buffer.concat([a, member, b])
        const flip = async (at: number) => {
          const damaged = Buffer.from(sound)
          damaged[a.length + at]! ^= 1 << (place % 8)
          return unzip(damaged, size)
        }
        const inTrailer = await flip(member.length - 1 - (place % 8))
        expect(inTrailer.error).toMatchObject({ code: 'INVALID_SOURCE', parameter: `byte ${a.length}` })
        // Past the header, whose time and system mean nothing. Bits between blocks mean nothing either.
        const inData = await flip(10 + (place % (member.length - 18)))
        if (inData.error === undefined) expect(inData.data).toEqual((await unzip(sound, size)).data)
        const short = sound.subarray(0, a.length + 1 + (place % (member.length - 1)))
        expect((await unzip(short, size)).error).toMatchObject({ parameter: `byte ${short.length}` })
      }),
    )
  })

  it('that are stored blocks of any length come out', async () => {
    for (const length of [0, 1, 2, 3, 4, 5, 100, 65_535, 65_536, 200_000]) {
      for (const size of [7, 1_000, 1_000_000]) {
        const { data: stored, error } = await unzip(gzipSync(new Uint8Array(length), { level: 0 }), size)
        expect([stored.length, error]).toEqual([length, undefined])
      }
    }
  })

  it('that are any bytes end with an error', async () => {
    const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.boolean(), async (bytes, isRaw) => {
        const body = isRaw ? bytes : deflateRawSync(bytes)
        const { error } = await unzip(Buffer.concat([header, body, Buffer.of(1, 2, 3)]), 100)
        expect(error).toMatchObject({ code: 'INVALID_SOURCE' })
      }),
    )
  })
})
