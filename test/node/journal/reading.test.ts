/** Lines and their reading, without a file: what is found in bytes, cut anywhere. */
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../../src/base/crc32.ts'
import { damagedError, headerError, listed } from '../../../src/node/journal/findings.ts'
import type { Found } from '../../../src/node/journal/found.ts'
import {
  decodeLine,
  encodeLine,
  FOLDED,
  HEADER,
  headerFault,
  lostCount,
  lostText,
  newlineIn,
} from '../../../src/node/journal/line.ts'
import { HeaderFault, type ReadOptions, readJournal } from '../../../src/node/journal/read.ts'
import { HEAD_BYTES, isJournalHead, replayJournal } from '../../../src/node/journal/replay.ts'

/** A line of an event by name, or with this text. */
const line = (sequence: number, text: string, hasMore = false) =>
  encodeLine({ sequence, hasMore, text: /^[a-z]$/.test(text) ? JSON.stringify(text) : text })

const spoilt = (bytes: Buffer) => Buffer.from(bytes).fill('x', 0, 1)

/** The bytes in pieces of a size. */
async function* pieces(size: number, ...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.concat(parts)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

/** What a reading finds, the same however the bytes are cut, and the events that it replays. */
async function read(parts: readonly Uint8Array[], options?: ReadOptions): Promise<Found & { names: unknown[] }> {
  const all: (Found & { names: unknown[] })[] = []
  for (const size of [1, 7, 1_000_000]) {
    const names: unknown[] = []
    const found = await readJournal(pieces(size, ...parts), (event) => names.push(event), options)
    all.push({ ...found, names })
  }
  expect(all[1]).toEqual(all[0])
  expect(all[2]).toEqual(all[0])
  return all[0]!
}

const faultOf = (...parts: Uint8Array[]) =>
  readJournal(pieces(5, ...parts), () => {}).then(
    () => expect.fail('it was read'),
    (error: unknown) => (error as HeaderFault).fault,
  )

describe('a line', () => {
  test.each([
    { sequence: 1, text: '{"a":1}', hasMore: false },
    { sequence: 12, text: '"ü\\n"', hasMore: true },
    { sequence: 999_999_999_999_999, text: '', hasMore: false },
  ])('comes back: %j', (given) => {
    const bytes = encodeLine(given)
    expect(bytes.at(-1)).toBe(10)
    expect(newlineIn(bytes)).toBe(bytes.length - 1)
    expect(decodeLine(bytes.subarray(0, -1))).toEqual(given)
  })

  test('is eight digits, its number and its text', () => {
    expect(encodeLine({ sequence: 7, text: '"x"', hasMore: true }).toString()).toMatch(/^[0-9a-f]{8} 7\+ "x"\n$/)
    expect(encodeLine({ sequence: 7, text: '"x"', hasMore: false }).toString()).toMatch(/^[0-9a-f]{8} 7 "x"\n$/)
  })

  test('of which any byte is changed is none', () => {
    const bytes = encodeLine({ sequence: 7, text: '"x"', hasMore: true }).subarray(0, -1)
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes)
      other[at]! ^= 1
      expect(decodeLine(other)).toBeUndefined()
    }
    expect(decodeLine(Buffer.alloc(0))).toBeUndefined()
    expect(decodeLine(bytes.subarray(1))).toBeUndefined()
  })

  test.each(['0 "x"', '01 "x"', '1 2', '1x "x"', '+ "x"', '1++ "x"', '1000000000000000 "x"', '"x"', ''])(
    'has a number from 1: %j has none',
    (text) => {
      // The checksum of a line that is made so is right.
      const bytes = encodeLine({ sequence: 7, text: '', hasMore: false })
      const made = Buffer.concat([bytes.subarray(0, 9), Buffer.from(text)])
      made.write(crc32(Buffer.from(text)).toString(16).padStart(8, '0'), 'latin1')
      expect(decodeLine(made)).toEqual(text === '1 2' ? { sequence: 1, text: '2', hasMore: false } : undefined)
    },
  )

  test('that stands for lost ones says how many', () => {
    expect([lostText(3), lostCount(lostText(3))]).toEqual(['lost 3', 3])
    for (const text of ['lost 0', 'lost 03', 'lost', 'lost 3 ', ' lost 3', 'lost x', 'folded'])
      expect(lostCount(text)).toBeUndefined()
  })

  test('a newline is sought from a place on', () => {
    const bytes = Buffer.from('a\nb\n')
    expect([newlineIn(bytes), newlineIn(bytes, 2), newlineIn(bytes, 4)]).toEqual([1, 3, -1])
  })
})

describe('a header', () => {
  const fault = (text: string) => headerFault(Buffer.from(text))

  test('is that of a journal of this version', () => {
    expect(HEADER.toString()).toBe('{"format":"conversation-store journal","version":1}\n')
    expect(headerFault(HEADER.subarray(0, -1))).toBeUndefined()
    expect(fault('{"format":"conversation-store journal","version":2}')).toEqual({ version: 2, known: 1 })
    for (const text of ['', 'x', 'null', '1', '{}', '{"format":"other","version":1}'])
      expect(fault(text)).toBe('foreign')
  })

  test('is needed, or a sound line after it', async () => {
    expect(await faultOf()).toBe('foreign')
    expect(await faultOf(Buffer.from('hello\n'))).toBe('foreign')
    expect(await faultOf(Buffer.from('hello\n'), spoilt(line(1, 'a')))).toBe('foreign')
    expect(await faultOf(Buffer.from('x'.repeat(1_000)))).toBe('foreign')
    expect(await faultOf(Buffer.from('{"format":"conversation-store journal","version":2}\n'))).toEqual({
      version: 2,
      known: 1,
    })
    expect(await faultOf(Buffer.from([0x1f, 0x8b, 8, 0, 0]))).toBe('compressed')
    const found = await read([Buffer.from('hello\n'), line(1, 'a')])
    expect(found).toMatchObject({ names: ['a'], damage: [{ line: 1, text: 'is not a header of a journal' }] })
  })
})

describe('a file that is no journal', () => {
  /** Pieces that were read already, and an error where more are asked for. */
  async function* noMoreThan(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* parts
    throw new Error('it was read on')
  }

  test('is compressed only where it begins with both bytes of a gzip', async () => {
    expect(await faultOf(Buffer.from([0x1f, 0x20, 0x20]))).toBe('foreign')
    expect(await faultOf(Buffer.from([0x20, 0x8b, 0x20]))).toBe('foreign')
    const inside = [HEADER, Buffer.from([0x1f, 0x8b, 10]), line(1, 'a')]
    const names: unknown[] = []
    const found = await readJournal(
      (async function* () {
        yield* inside
      })(),
      (event) => names.push(event),
    )
    expect([names, found.damage.length]).toEqual([['a'], 1])
  })

  test('is not read on when its first line is longer than two headers', async () => {
    const long = Buffer.from('x'.repeat(HEADER.length * 2))
    const reading = (...parts: Uint8Array[]) => readJournal(noMoreThan(...parts), () => {})
    await expect(reading(long, Buffer.from('x'))).rejects.toBeInstanceOf(HeaderFault)
    await expect(reading(long)).rejects.toThrow('it was read on')
    // It is one that was damaged, if the next line is sound.
    expect(await read([long, Buffer.from('\n'), line(1, 'a')])).toMatchObject({ names: ['a'] })
  })
})

describe('a journal', () => {
  test('of a header alone, and of a state alone, is whole', async () => {
    const nothing = {
      names: [],
      events: 0,
      foldedBytes: 0,
      torn: undefined,
      damage: [],
      lost: 0,
      lostBefore: 0,
      kept: [],
    }
    expect(await read([HEADER])).toEqual({ ...nothing, sequence: 0, end: HEADER.length })
    const parts = [HEADER, line(1, 'a'), line(2, FOLDED)]
    const size = Buffer.concat(parts).length
    expect(await read(parts)).toMatchObject({ names: ['a'], foldedBytes: size, lost: 0, damage: [] })
  })

  test('of which the end of a write comes again: what is missing of the write is noted as lost', async () => {
    const first = line(1, 'a', true)
    expect(await read([HEADER, first, line(1, 'b')])).toMatchObject({
      names: ['a'],
      lost: 1,
      kept: [
        { start: HEADER.length, end: HEADER.length + first.length },
        { lost: 1, sequence: 2 },
      ],
    })
  })

  test('that is sound: its events, and where it ends', async () => {
    const parts = [HEADER, line(1, 'a'), line(2, FOLDED), line(3, 'b', true), line(4, 'c')]
    const size = Buffer.concat(parts).length
    const folded = Buffer.concat(parts.slice(0, 3)).length
    expect(await read(parts)).toEqual({
      names: ['a', 'b', 'c'],
      events: 3,
      sequence: 4,
      end: size,
      foldedBytes: folded,
      torn: undefined,
      damage: [],
      lost: 0,
      lostBefore: 0,
      kept: [{ start: HEADER.length, end: size }],
    })
  })

  test('of which the last write was cut off, in a line or between two', async () => {
    const sound = Buffer.concat([HEADER, line(1, 'a')])
    for (const rest of [line(2, 'b').subarray(0, -1), line(2, 'b').subarray(0, 1)])
      expect(await read([sound, rest])).toMatchObject({
        names: ['a'],
        sequence: 1,
        end: sound.length,
        torn: { line: 3, bytes: rest.length },
        damage: [],
      })
    const begun = line(2, 'b', true)
    expect(await read([sound, begun])).toMatchObject({
      names: ['a'],
      sequence: 1,
      end: sound.length,
      torn: { line: 3, bytes: begun.length },
    })
    expect(await read([sound, begun, Buffer.from('x')])).toMatchObject({ torn: { line: 3, bytes: begun.length + 1 } })
  })

  test('with a bad line: the others are kept, and it is lost', async () => {
    const [first, second, third] = [line(1, 'a'), line(2, 'b'), line(3, 'c')]
    const start = HEADER.length
    const after = start + first.length + second.length
    expect(await read([HEADER, first, spoilt(second), third])).toMatchObject({
      names: ['a', 'c'],
      sequence: 3,
      damage: [{ line: 3, text: 'fails its checksum' }],
      lost: 1,
      kept: [
        { start, end: start + first.length },
        { lost: 1, sequence: 2 },
        { start: after, end: after + third.length },
      ],
    })
    // At the end its number is counted too.
    expect(await read([HEADER, first, spoilt(second)])).toMatchObject({
      names: ['a'],
      sequence: 2,
      lost: 1,
      torn: undefined,
    })
  })

  test('with a line that is missing, or comes again', async () => {
    expect(await read([HEADER, line(1, 'a'), line(4, 'b')])).toMatchObject({
      names: ['a', 'b'],
      damage: [{ line: 3, text: 'has number 4 where 2 was expected: 2 lines missing' }],
      lost: 2,
    })
    expect(await read([HEADER, line(1, 'a'), line(1, 'a'), line(2, 'b')])).toMatchObject({
      names: ['a', 'b'],
      damage: [{ line: 3, text: 'has number 1, which was there before' }],
      lost: 0,
      kept: [{ start: HEADER.length }, { start: HEADER.length + 2 * line(1, 'a').length }],
    })
    // One bad line had one of the numbers that are missing, not two.
    const bad = spoilt(line(2, 'x'))
    expect(await read([HEADER, line(1, 'a'), bad, line(3, 'b')])).toMatchObject({ damage: [{ line: 3 }], lost: 1 })
    expect(await read([HEADER, line(1, 'a'), bad, line(4, 'b')])).toMatchObject({
      damage: [{ line: 3 }, { line: 4, text: 'has number 4 where 2 was expected: 2 lines missing' }],
      lost: 2,
    })
  })

  test('of which a write is damaged in its middle: its beginning is kept, its end noted as lost', async () => {
    expect(await read([HEADER, line(1, 'a', true), spoilt(line(2, 'b'))])).toMatchObject({
      names: ['a'],
      sequence: 2,
      damage: [{ line: 3 }],
      lost: 1,
    })
  })

  test('that was repaired before says what was lost', async () => {
    expect(await read([HEADER, line(1, 'a'), line(4, lostText(3)), line(5, 'b')])).toMatchObject({
      names: ['a', 'b'],
      sequence: 5,
      damage: [],
      lost: 0,
      lostBefore: 3,
      foldedBytes: 0,
    })
  })

  test('with zeros before a sound line', async () => {
    expect(await read([HEADER, line(1, 'a'), Buffer.alloc(9), line(2, 'b')])).toMatchObject({
      names: ['a', 'b'],
      damage: [{ line: 3, text: 'fails its checksum' }],
      lost: 0,
      kept: [{ start: HEADER.length }, { start: HEADER.length + line(1, 'a').length + 9 }],
    })
  })

  test('with an event that cannot be replayed: that is damage, unless it ends the reading', async () => {
    const refuse = (event: unknown) => {
      if (event === 'b') throw new Error('no b')
    }
    const parts = [HEADER, line(1, 'a'), line(2, 'b'), line(3, 'c'), line(4, '{')]
    const found = await readJournal(pieces(9, ...parts), refuse)
    expect(found).toMatchObject({ events: 2, lost: 2 })
    expect(found.damage.map(({ line, text }) => [line, text.slice(0, 27)])).toEqual([
      [3, 'cannot be replayed: no b'],
      [5, expect.stringMatching(/^cannot be replayed: /)],
    ])
    const isStopped = (error: unknown) => (error as Error).message === 'no b'
    await expect(readJournal(pieces(9, ...parts), refuse, { isStopped })).rejects.toThrow('no b')
  })

  test('says how far it is, and is ended by who throws then', async () => {
    const parts = [HEADER, line(1, 'a')]
    const size = Buffer.concat(parts).length
    const told: number[] = []
    await readJournal(pieces(size - 1, ...parts), () => {}, { onRead: (bytes) => told.push(bytes) })
    expect(told).toEqual([size - 1, size])
    const onRead = () => {
      throw new Error('enough')
    }
    await expect(readJournal(pieces(9, ...parts), () => {}, { onRead })).rejects.toThrow('enough')
  })
})

describe('replayJournal', () => {
  const replayed = async (...parts: Buffer[]) => {
    const names: unknown[] = []
    const { events, torn } = await replayJournal('FILE', pieces(9, ...parts), (event) => names.push(event))
    return { names, events, torn }
  }

  test('gives the events up to the last whole write', async () => {
    expect(await replayed(HEADER, line(1, 'a'), line(2, 'b', true))).toEqual({
      names: ['a'],
      events: 1,
      torn: { line: 3, bytes: line(2, 'b', true).length },
    })
  })

  test('refuses what is damaged, or is no journal', async () => {
    await expect(replayed(HEADER, spoilt(line(1, 'a')), line(2, 'b'))).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      line: 2,
    })
    await expect(replayed(Buffer.from('x\n'))).rejects.toMatchObject({ code: 'NO_JOURNAL', file: 'FILE' })
    const stop = () => {
      throw new Error('enough')
    }
    await expect(replayJournal('FILE', pieces(9, HEADER), () => {}, { onRead: stop })).rejects.toThrow('enough')
  })
})

describe('the beginning of a file', () => {
  test('tells whether it is a journal: by its header, or by the line after a damaged one', () => {
    expect(HEAD_BYTES).toBe(HEADER.length * 2)
    const isHead = (...parts: (string | Buffer)[]) =>
      isJournalHead(Buffer.concat(parts.map((part) => Buffer.from(part))).subarray(0, HEAD_BYTES))
    expect(isHead(HEADER)).toBe(true)
    expect(isHead('{"format":"conversation-store journal","version":2}')).toBe(true)
    expect(isHead('damaged\n', line(1, 'a'))).toBe(true)
    expect(isHead('damaged\n', line(1, 'a', true))).toBe(true)
    expect(isHead('damaged\n', line(2, 'a'))).toBe(false)
    expect(isHead('damaged', line(1, 'a'))).toBe(false)
    expect(isHead('{"format":"other"}\n')).toBe(false)
    expect(isHead(' ', HEADER)).toBe(false)
    expect(isHead('')).toBe(false)
    // Only so many bytes are looked at.
    expect(isJournalHead(Buffer.concat([Buffer.from(`${'x'.repeat(HEAD_BYTES)}\n`), line(1, 'a')]))).toBe(false)
  })
})

describe('what was found, in words', () => {
  const damage = Array.from({ length: 7 }, (_, i) => ({ line: i + 2, text: 'is bad' }))
  const found = (count: number, more: Partial<Found> = {}) =>
    ({ damage: damage.slice(0, count), events: 1, torn: undefined, ...more }) as Found

  test('five lines are named, others counted, and the end that was cut off', () => {
    expect(listed(found(1))).toBe('line 2 is bad')
    expect(listed(found(5))).toBe([2, 3, 4, 5, 6].map((line) => `line ${line} is bad`).join('; '))
    expect(listed(found(7))).toMatch(/; line 6 is bad; and 2 more$/)
    expect(listed(found(0, { torn: { line: 9, bytes: 1 } }))).toBe('its last write, from line 9 on, was cut off')
  })

  test('as errors', () => {
    expect(damagedError('FILE', found(1))).toMatchObject({
      code: 'JOURNAL_DAMAGED',
      line: 2,
      message: 'FILE: it is damaged: line 2 is bad. Repairing it keeps a copy and every line that is sound (1 event).',
    })
    const of = (fault: HeaderFault['fault']) => headerError('FILE', new HeaderFault(fault))
    expect(of('foreign')).toMatchObject({
      code: 'NO_JOURNAL',
      message: 'FILE: it is not a journal. Name a new file, or one that a journal wrote.',
    })
    expect(of('compressed')).toMatchObject({
      code: 'NO_JOURNAL',
      message: 'FILE: it is compressed with gzip. Unpack it first: gunzip FILE.',
    })
    expect(of({ version: 2, known: 1 })).toMatchObject({
      code: 'JOURNAL_VERSION',
      message: 'FILE: it is a journal of version 2; this release reads version 1.',
    })
  })
})
