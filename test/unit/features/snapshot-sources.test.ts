/** Where a snapshot is read from, and what is said of what is none. */
import { createReadStream, mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ConversationStoreError } from '../../../src/base/errors.ts'
import { ConversationStore } from '../../../src/index.ts'
import {
  compact,
  type ReadSnapshotOptions,
  readSnapshot,
  readSnapshotSync,
  type SnapshotSource,
  writeSnapshot,
  writeSnapshotStream,
} from '../../../src/snapshot.ts'
import { bodyStart, fileOf, headed, partNamed, partsOf } from '../../snapshot-files.ts'
import { answersOf, ROWS } from '../../snapshot-rows.ts'

const given = ConversationStore.from(ROWS)
const WRITTEN = { text: true, actions: true, metadata: ['plan', 'tags', 'nested.deep', 'nested."x.y"', 'zero'] }
const bytes = await writeSnapshot(given, { ...WRITTEN, blockBytes: 1 })
const right = answersOf(given)
const folder = mkdtempSync(join(tmpdir(), 'snapshots-'))
const path = join(folder, 'rows.snap')
writeFileSync(path, bytes)
afterAll(() => rmSync(folder, { recursive: true }))

/** The same bytes as a view that begins at so many bytes. */
function shifted(by: number): Uint8Array {
  const view = new Uint8Array(bytes.length + 16).subarray(by, by + bytes.length)
  view.set(bytes)
  return view
}

function shared(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  return buffer
}

const pooled = Buffer.concat([Buffer.from('x'), Buffer.from(bytes)]).subarray(1)
/** Chunks whose memory is used again for the next. */
function* reused(): Generator<Uint8Array> {
  const memory = new Uint8Array(1_000)
  for (let at = 0; at < bytes.length; at += memory.length) {
    const part = bytes.subarray(at, at + memory.length)
    memory.set(part)
    yield memory.subarray(0, part.length)
  }
}

const body = bytes as Uint8Array<ArrayBuffer>
const SOURCES: Readonly<Record<string, () => unknown>> = {
  bytes: () => bytes,
  'an ArrayBuffer': () => bytes.slice().buffer,
  'a SharedArrayBuffer': shared,
  'bytes of one': () => new Uint8Array(shared()),
  'an odd place': () => shifted(3),
  'a place at a multiple of 4': () => shifted(4),
  'a place at a multiple of 8': () => shifted(8),
  'a Buffer of a pool': () => pooled,
  'a DataView': () => new DataView(shifted(5).buffer, 5, bytes.length),
  'bytes of another realm': () => runInNewContext('(bytes) => Uint8Array.from(bytes)')(bytes),
  'a Blob': () => new Blob([body]),
  'a file': () => openAsBlob(path),
  'a stream of a file': () => createReadStream(path, { highWaterMark: 777 }),
  'a Response': () => new Response(body),
  'a ReadableStream': () => new Blob([body]).stream(),
  'a stream of the store': () => writeSnapshotStream(given, WRITTEN),
  'chunks that are used again': reused,
  'gzipped bytes': () => gzipSync(bytes),
  'a gzipped Response': () => new Response(gzipSync(bytes) as Uint8Array<ArrayBuffer>),
}

describe('a snapshot is read from', () => {
  test.each(Object.entries(SOURCES))('%s', async (_, make) => {
    const store = await readSnapshot((await make()) as SnapshotSource)
    expect(answersOf(store)).toEqual(right)
  })

  test('bytes that are there, at once', () => {
    for (const source of [bytes, bytes.slice().buffer, new Uint8Array(shared()), shifted(3), pooled])
      expect(answersOf(readSnapshotSync(source))).toEqual(right)
  })

  test('the same bytes twice, and neither store knows of the other; the bytes stay as they are', () => {
    const own = bytes.slice()
    const [one, two] = [readSnapshotSync(own), readSnapshotSync(own)]
    one.clear()
    one.addMany(ROWS.slice(0, 3))
    for (const { conversation_id } of ROWS) two.mark(conversation_id, false)
    for (let i = 0; i < 20; i++) two.add({ conversation_id: `new ${i}`, started_at: '2026-01-01' })
    two.warm()
    two.query().orderBy('ended_at').ids()
    expect(answersOf(readSnapshotSync(own))).toEqual(right)
    expect(own).toEqual(bytes)
    expect(one.size).toBe(3)
  })

  test('a URL, whose contents are checked in full', async () => {
    const parts = partsOf(bytes)
    partNamed(parts, 'index device').arrays[0]![1]! -= 1
    // As many letters in all, of two values of other names: not even the full check can know.
    expect((await readSnapshot(new Response(fileOf(parts) as typeof body))).size).toBe(12)
    partNamed(parts, 'rows').arrays[2]!.fill(7)
    const hostile = fileOf(parts) as typeof body
    await expect(readSnapshot(hostile)).resolves.toBeDefined()
    await expect(readSnapshot(new Response(hostile))).rejects.toThrow('ids are no ids, or twice')
    await expect(readSnapshot(new Response(hostile), { verify: 'checksums' })).resolves.toBeDefined()
  })
})

test('gzip of what is no snapshot, or does not end, is undone no further than it takes to know', async () => {
  // 400 MB of zeros.
  const zeros = gzipSync(new Uint8Array(4_000_000))
  const endless = Buffer.concat([gzipSync(bytes), ...Array.from({ length: 100 }, () => zeros)])
  expect(endless.length).toBeLessThan(500_000)
  await expect(readSnapshot(endless)).rejects.toThrow(/should end after .* but \d\d,\d{3} came/)
  await expect(readSnapshot(endless.subarray(gzipSync(bytes).length))).rejects.toThrow('begins with')
  await expect(readSnapshot(gzipSync(new Uint8Array(0)))).rejects.toThrow('it is empty')
})

/** What a stranger reads who gives something else. */
async function said(source: unknown, options?: ReadSnapshotOptions): Promise<string> {
  try {
    const store = await readSnapshot(source as SnapshotSource, options)
    return String([...store].length)
  } catch (error) {
    if (!(error instanceof ConversationStoreError)) throw error
    return `${error.code} ${error.parameter}: ${error.message}`
  }
}

const flipped = (at: number) => {
  const damaged = bytes.slice()
  damaged.set([damaged.at(at)! ^ 0x55], at < 0 ? damaged.length + at : at)
  return damaged
}
const rowsAs = (text: string) => new TextEncoder().encode(text)
const json = ROWS.map((row) => JSON.stringify(row))

describe('what is said of', () => {
  test('something that is no snapshot', async () => {
    expect(await said(rowsAs(json.join('\n')))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it looks like JSON. Conversations in JSON or NDJSON are read by load()."`,
    )
    expect(await said(rowsAs(`\ufeff [${json.join()}]`))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it looks like JSON. Conversations in JSON or NDJSON are read by load()."`,
    )
    expect(await said(gzipSync(json.join('\n')))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it looks like JSON. Conversations in JSON or NDJSON are read by load()."`,
    )
    expect(await said(gzipSync(gzipSync(bytes)))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it looks like gzip, which readSnapshot() undoes, once. Conversations are read by load(), gzipped or not."`,
    )
    expect(await said(rowsAs('id,conversation_id'))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it begins with "id,conve". Snapshots are made by writeSnapshot(store)."`,
    )
    expect(await said(new Uint8Array(0))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it is empty."`,
    )
    expect(await said(new Response(null))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it is empty."`,
    )
    expect(await said(bytes.map((byte) => byte & 0x7f))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it was copied as text, or damaged. Copy the file as binary."`,
    )
  })

  test('something that is no source', async () => {
    expect(await said('/inbox.snap')).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: A snapshot is bytes, but a string came: "/inbox.snap". Read the file first."`,
    )
    expect(await said(undefined)).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is undefined. Expected bytes, a Response, a Blob, a ReadableStream, or chunks of bytes."`,
    )
    expect(await said({ path: 'x' })).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is {"path":"x"}. Expected bytes, a Response, a Blob, a ReadableStream, or chunks of bytes."`,
    )
    expect(await said(ROWS)).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The source is not a snapshot: it looks like JSON. Conversations in JSON or NDJSON are read by load()."`,
    )
    expect(await said(new Response('Not found', { status: 404 }))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The response has status 404, so it holds no conversations."`,
    )
    const used = new Response(body)
    await used.arrayBuffer()
    expect(await said(used)).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT source: The body of the response has been read already. Load from a clone() of it."`,
    )
    expect(() => readSnapshotSync('x' as never)).toThrowErrorMatchingInlineSnapshot(
      `[InvalidSourceError: readSnapshotSync takes a Uint8Array or an ArrayBuffer.]`,
    )
    expect(() => readSnapshotSync(gzipSync(bytes))).toThrowErrorMatchingInlineSnapshot(
      `[InvalidSourceError: The source is not a snapshot: it looks like gzip, which readSnapshot() undoes, once. Conversations are read by load(), gzipped or not.]`,
    )
  })

  test('a damaged one', async () => {
    expect(await said(bytes.subarray(0, 10_000))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT header: The snapshot is cut: 10,000 bytes came, and it should have 20,200. Was all of it copied?"`,
    )
    expect(await said(Buffer.concat([bytes, bytes]))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT header: The snapshot should end after 20,200 bytes, but 40,400 came."`,
    )
    expect(await said(flipped(17))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT header: The snapshot is damaged in its section "header", at byte 0: its checksum does not match. Nothing was opened. Copy the file again, or build it anew."`,
    )
    expect(await said(flipped(50))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT directory: The snapshot is damaged in its section "directory", at byte 32: its checksum does not match. Nothing was opened. Copy the file again, or build it anew."`,
    )
    expect(await said(flipped(bodyStart(bytes) + 100))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT index name: The snapshot is damaged in its section "index name", at byte 10,944: its checksum does not match. Nothing was opened. Copy the file again, or build it anew."`,
    )
    expect(await said(flipped(-30))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT documents[11]: The conversation "c4" (id 96) cannot be unpacked, since its block 11 is damaged: invalid distance too far back. Other rows, and all counts, are not affected."`,
    )
    expect(await said(gzipSync(bytes).subarray(0, 1_000))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT byte 1000: Byte 1,000: the gzip data ends here, inside the member that begins at byte 0."`,
    )
    expect(await said(gzipSync(bytes).fill(0, 900, 950))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT byte 0: Byte 0: the gzip data from here on is not a whole gzip member: invalid distance too far back."`,
    )
  })

  test('one of a later version', async () => {
    expect(await said(headed(rowsAs('{}'), new Uint8Array(0), [2, 1]))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT header: The snapshot is of format 2.1, and this version reads 1.x. Open it with a version of conversation-store that reads 2.x."`,
    )
    const parts = partsOf(bytes)
    parts.sections.push({ name: 'vectors', arrays: [] })
    expect(await said(fileOf(parts))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT vectors: The snapshot has a section "vectors", which this version does not know. Open it with a later version of conversation-store."`,
    )
  })

  test('one that someone made', async () => {
    const parts = partsOf(bytes)
    parts.facts.rows = '12'
    expect(await said(fileOf(parts))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT directory: The snapshot is damaged in its directory: rows is "12"."`,
    )
    expect(await said(headed(rowsAs('{'), new Uint8Array(0)))).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT directory: The snapshot is damaged in its section "directory", at byte 32: it is not JSON. Nothing was opened. Copy the file again, or build it anew."`,
    )
    const other = partsOf(bytes)
    partNamed(other, 'index device').arrays[4]![0] = 9
    expect(await said(fileOf(other), { verify: 'full' })).toMatchInlineSnapshot(
      `"INVALID_SNAPSHOT index device: The snapshot is damaged in its section "index device", at byte 8,824: terms do not ascend, or are none. Nothing was opened. Copy the file again, or build it anew."`,
    )
  })

  test('options', async () => {
    expect(await said(bytes, { verfy: 'full' } as never)).toMatchInlineSnapshot(
      `"UNKNOWN_PARAMETER verfy: readSnapshot has no option "verfy". Did you mean "verify"?"`,
    )
    expect(await said(bytes, { documents: 'memory' } as never)).toMatchInlineSnapshot(
      `"INVALID_VALUE documents: documents is "memory". Expected "packed" or "resident"."`,
    )
    expect(await said(bytes, { rowCache: -1 })).toMatchInlineSnapshot(
      `"INVALID_VALUE rowCache: rowCache is -1. Expected an integer from 0."`,
    )
    const written = (options: object) => writeSnapshot(given, options)
    await expect(written({ txt: true })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidQueryError: writeSnapshot has no option "txt". Did you mean "text"?]`,
    )
    await expect(written({ text: 'yes' })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidQueryError: text is "yes". Expected true or false.]`,
    )
    await expect(written({ metadata: 'plan' })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidQueryError: metadata is "plan". Expected "auto" or a list of paths.]`,
    )
    await expect(writeSnapshot({} as never)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidQueryError: store: expected a store: new ConversationStore(), got {}.]`,
    )
    await expect(compact([] as never)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[InvalidQueryError: store: expected a store: new ConversationStore(), got [].]`,
    )
  })
})
