/** A sound journal from the kept lines of a damaged one, on files in memory. */
import { describe, expect, test } from 'vitest'
import type { FileLayer, OpenFile } from '../../../src/node/journal/files.ts'
import { encodeLine, HEADER, lostText } from '../../../src/node/journal/line.ts'
import { piecesOf } from '../../../src/node/journal/read.ts'
import { keepCopy, writeKept } from '../../../src/node/journal/repair.ts'

/** Files by path, and what was done with them. `fails` names the call that is refused. */
function disk(given: { readonly [path: string]: Buffer }, fails = '') {
  const files = new Map(Object.entries(given))
  const done: string[] = []
  const act = (call: string) => {
    done.push(call)
    if (call === fails) throw Object.assign(new Error(`${call} failed`), { code: 'EIO' })
  }
  const opened = (path: string) =>
    ({
      async read(into: Uint8Array, position: number) {
        const bytes = files.get(path)!.subarray(position, position + into.length)
        into.set(bytes)
        return bytes.length
      },
      async write(bytes: Uint8Array) {
        files.set(path, Buffer.concat([files.get(path)!, bytes]))
      },
      sync: async () => act(`sync ${path}`),
      lock: async (name: string) => act(`lock ${name}`),
      close: async () => act(`close ${path}`),
    }) as unknown as OpenFile
  const layer = {
    async create(path: string, like: string) {
      act(`create ${path} like ${like}`)
      if (files.has(path)) throw Object.assign(new Error('there is one'), { code: 'EEXIST' })
      files.set(path, Buffer.alloc(0))
      return opened(path)
    },
    syncDirectory: async (path: string) => act(`sync the folder of ${path}`),
  } as unknown as FileLayer
  return { files, done, layer, file: (path: string) => opened(path) }
}

const large = Buffer.from(Array.from({ length: 600_000 }, (_, i) => i % 251))

describe('the pieces of a file', () => {
  test.each([0, 1, 262_144, 600_000])('are all of its bytes: %i', async (size) => {
    const { file } = disk({ a: large.subarray(0, size) })
    const pieces: Buffer[] = []
    // Their memory is used again.
    for await (const piece of piecesOf(file('a'))) pieces.push(Buffer.from(piece))
    expect(Buffer.concat(pieces).equals(large.subarray(0, size))).toBe(true)
    expect(pieces.length).toBe(Math.ceil(size / 262_144))
  })
})

describe('a copy of the damaged file', () => {
  test('is whole, synced and beside it, under the first name that is free', async () => {
    const { files, done, layer, file } = disk({ a: large, 'a.damaged-1': Buffer.from('an older one') })
    expect(await keepCopy(layer, file('a'), 'a')).toBe('a.damaged-2')
    expect(files.get('a.damaged-2')!.equals(large)).toBe(true)
    expect(files.get('a.damaged-1')!.toString()).toBe('an older one')
    expect(done).toEqual([
      'create a.damaged-1 like a',
      'create a.damaged-2 like a',
      'sync a.damaged-2',
      'close a.damaged-2',
      'sync the folder of a.damaged-2',
    ])
  })

  test('that cannot be made or written is an error, and is closed', async () => {
    const refused = disk({ a: large }, 'create a.damaged-1 like a')
    await expect(keepCopy(refused.layer, refused.file('a'), 'a')).rejects.toThrow('create a.damaged-1 like a failed')
    expect(refused.done).toHaveLength(1)
    const full = disk({ a: large }, 'sync a.damaged-1')
    await expect(keepCopy(full.layer, full.file('a'), 'a')).rejects.toThrow('sync a.damaged-1 failed')
    expect(full.done.at(-1)).toBe('close a.damaged-1')
  })
})

describe('the new file', () => {
  const kept = [
    { start: 10, end: 300_000 },
    { lost: 2, sequence: 7 },
    { start: 400_000, end: 400_005 },
  ] as const

  test('has a header, the kept bytes, and a line for those that are lost', async () => {
    const { files, done, layer, file } = disk({ a: large })
    await writeKept(layer, file('a'), kept, { path: 'a.new', like: 'a' })
    const expected = Buffer.concat([
      HEADER,
      large.subarray(10, 300_000),
      encodeLine({ sequence: 7, text: lostText(2), hasMore: false }),
      large.subarray(400_000, 400_005),
    ])
    expect(files.get('a.new')!.equals(expected)).toBe(true)
    expect(done).toEqual(['create a.new like a', 'lock a.new', 'sync a.new'])
  })

  test('has no more than there is', async () => {
    const { files, layer, file } = disk({ a: large })
    await writeKept(layer, file('a'), [{ start: 599_990, end: 700_000 }], { path: 'a.new', like: 'a' })
    expect(files.get('a.new')!.equals(Buffer.concat([HEADER, large.subarray(599_990)]))).toBe(true)
  })

  test.each(['lock a.new', 'sync a.new'])('is closed where this fails: %s', async (call) => {
    const { done, layer, file } = disk({ a: large }, call)
    await expect(writeKept(layer, file('a'), kept, { path: 'a.new', like: 'a' })).rejects.toThrow(`${call} failed`)
    expect(done.at(-1)).toBe('close a.new')
  })
})
