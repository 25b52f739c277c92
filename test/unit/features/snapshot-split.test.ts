/** A snapshot in parts: cut, named by contents, read back; and how much of it changes when rows are appended. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ConversationInput, ConversationStore } from '../../../src/index.ts'
import {
  readSnapshot,
  readSnapshotSync,
  type SnapshotManifest,
  type SnapshotPart,
  splitSnapshot,
  writeSnapshot,
} from '../../../src/snapshot.ts'

const WORDS = 'where is my order the refund was sent to another address please look it up again thank you bye'.split(
  ' ',
)

/** Row `i`, later than those before it. */
const row = (i: number): ConversationInput => ({
  id: i + 1,
  conversation_id: `c-${i}`,
  started_at: new Date(1_767_607_200_000 + i * 60_000).toISOString(),
  device: ['mobile', 'desktop', 'tablet'][i % 3]!,
  metadata: { plan: i % 5 === 0 ? 'pro' : 'free', order: { total: i % 977 } },
  messages: Array.from({ length: 4 }, (_, at) => ({
    sender: at % 2 === 0 ? 'end_user' : 'agent',
    content: Array.from({ length: 12 }, (_, k) => WORDS[(i * 7 + at * 5 + k * ((i % 11) + 1)) % WORDS.length]).join(
      ' ',
    ),
  })),
})

function bytesOf(rows: number): Promise<Uint8Array> {
  const store = ConversationStore.from(Array.from({ length: rows }, (_, i) => row(i)))
  return writeSnapshot(store)
}

let whole: Uint8Array
let manifest: SnapshotManifest
let parts: readonly SnapshotPart[]

beforeAll(async () => {
  whole = await bytesOf(3_000)
  ;({ manifest, parts } = await splitSnapshot(whole, { maxBytes: 50_000 }))
})

const part = (name: string) => parts.find((each) => each.name === name)?.bytes

describe('parts', () => {
  test('one after another are the snapshot, each no longer than asked for and named by its SHA-256', () => {
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(whole)).toBe(true)
    for (const { name, bytes } of parts) {
      expect(bytes.length).toBeLessThanOrEqual(50_000)
      expect(name).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
    const listed = parts.map(({ name, bytes }) => ({ name, bytes: bytes.length }))
    expect(manifest).toEqual({ format: 'conversation-store snapshot', version: 1, bytes: whole.length, parts: listed })
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest)
  })

  test.each([1_000, 1_000_000_000])('of any size are read back: %d bytes', async (maxBytes) => {
    const split = await splitSnapshot(whole, { maxBytes })
    expect(Math.max(...split.parts.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(maxBytes)
    const byName = new Map(split.parts.map(({ name, bytes }) => [name, bytes]))
    const store = await readSnapshot({ manifest: split.manifest, part: (name) => byName.get(name) })
    expect(store.size).toBe(3_000)
  })

  test.each<[what: string, source: () => Parameters<typeof readSnapshot>[0]]>([
    ['bytes', () => ({ manifest, part })],
    ['promises of bytes', () => ({ manifest: JSON.stringify(manifest), part: async (name) => part(name) })],
    [
      'memory, and a manifest in bytes',
      () => ({
        manifest: new TextEncoder().encode(JSON.stringify(manifest)),
        part: (name) => new Uint8Array(part(name)!).buffer,
      }),
    ],
    ['responses', () => ({ manifest, part: async (name) => new Response(new Uint8Array(part(name)!)) })],
    ['gzipped', () => ({ manifest, part: (name) => gzipSync(part(name)!) })],
  ])('are read as %s', async (_, source) => {
    const store = await readSnapshot(source(), { verify: 'full' })
    expect(store.query().device('mobile').messageContains('REFUND').count()).toBeGreaterThan(100)
    expect(store.get('c-2999')).toMatchObject(row(2_999))
  })

  test('are read at once where they are there', () => {
    const store = readSnapshotSync({ manifest, part: (name) => part(name)! })
    expect(store.query().metadata('plan', 'pro').count()).toBe(600)
  })

  test('are asked for once each', async () => {
    const asked: string[] = []
    const [first] = manifest.parts
    const twice = { ...manifest, parts: [first!, first!, ...manifest.parts.slice(1)] }
    const reading = readSnapshot({
      manifest: twice,
      part: (name) => {
        asked.push(name)
        return part(name)
      },
    })
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT' })
    expect(asked.toSorted()).toEqual([...new Set(asked)].sort())
  })
})

describe('parts that cannot be read are INVALID_SNAPSHOT', () => {
  const first = () => manifest.parts[0]!
  test.each<[what: string, source: () => object, message: () => string]>([
    ['missing', () => ({ manifest, part: () => null }), () => `The part ${first().name} of the snapshot is missing.`],
    [
      'missing, at last',
      () => ({ manifest, part: (name: string) => (name === parts.at(-1)!.name ? undefined : part(name)) }),
      () => `The part ${parts.at(-1)!.name} of the snapshot is missing.`,
    ],
    [
      'cut',
      () => ({ manifest, part: (name: string) => part(name)!.subarray(1) }),
      () =>
        `The part ${first().name} of the snapshot should have ${first().bytes} bytes, but ${first().bytes - 1} came.`,
    ],
    [
      'of no manifest',
      () => ({ manifest: {}, part }),
      () => 'The manifest is none of a snapshot. It is made by splitSnapshot().',
    ],
    ['of no JSON', () => ({ manifest: '{', part }), () => 'The manifest is no JSON.'],
    [
      'of a later version',
      () => ({ manifest: { ...manifest, version: 2 }, part }),
      () =>
        'The manifest is of version 2, and this version reads 1. Open it with another version of conversation-store.',
    ],
    [
      'named by a path',
      () => ({ manifest: { ...manifest, parts: [{ name: '../secret', bytes: 1 }] }, part }),
      () => 'The manifest is damaged: its parts are no list of names and bytes.',
    ],
    [
      'in no list',
      () => ({ manifest: { ...manifest, parts: {} }, part }),
      () => 'The manifest is damaged: its parts are no list of names and bytes.',
    ],
  ])('%s', async (_, source, message) => {
    const given = source() as Parameters<typeof readSnapshot>[0]
    await expect(readSnapshot(given)).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT', message: message() })
    expect(() => readSnapshotSync(given as Parameters<typeof readSnapshotSync>[0])).toThrow(message())
  })

  test('nothing but a snapshot is cut, and only with a size', async () => {
    await expect(splitSnapshot(new Uint8Array(9), { maxBytes: 9 })).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT' })
    await expect(splitSnapshot(whole, { maxBytes: 0 })).rejects.toMatchObject({ code: 'INVALID_VALUE' })
    await expect(splitSnapshot(whole, { maxByte: 9 } as never)).rejects.toMatchObject({ code: 'UNKNOWN_PARAMETER' })
  })
})

describe('newer rows', () => {
  test('leave the names of most parts: a hundredth more rows change less than a tenth of the bytes', async () => {
    const before = await splitSnapshot(await bytesOf(6_000), { maxBytes: 24 * 2 ** 20 })
    const after = await splitSnapshot(await bytesOf(6_060), { maxBytes: 24 * 2 ** 20 })
    const known = new Set(before.parts.map(({ name }) => name))
    const changed = after.parts.filter(({ name }) => !known.has(name))
    const bytes = changed.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(bytes / after.manifest.bytes).toBeLessThan(0.1)
  })
})
