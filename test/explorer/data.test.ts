/** The pure parts of what the explorer opens: what a file is, what is left out of it, how much fits, what is told. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { kindOf } from '../../src/explorer/data/reading/kind.ts'
import { OpenFailure } from '../../src/explorer/data/reading/opening.ts'
import { readInto } from '../../src/explorer/data/reading/read-into.ts'
import { Room } from '../../src/explorer/data/reading/room.ts'
import { addRows } from '../../src/explorer/data/reading/rows.ts'
import { lineOf, plainMessage } from '../../src/explorer/data/reading/words.ts'
import { EventParser } from '../../src/explorer/data/sources/events.ts'
import { openFiles } from '../../src/explorer/data/sources/files.ts'
import { fileOf, nameOfFiles } from '../../src/explorer/data/sources/name.ts'
import { applyEvents } from '../../src/explorer/data/sources/served.ts'
import { filesOf } from '../../src/explorer/data/tab/picked.ts'
import { ownUrl } from '../../src/explorer/data/tab/start.ts'
import { OpeningState } from '../../src/explorer/data/worker/state.ts'
import { AgentState, createHandler } from '../../src/http/index.ts'
import { type ConversationInput, ConversationStore } from '../../src/index.ts'
import { openJournal } from '../../src/node/journal/index.ts'

const ROWS: ConversationInput[] = Array.from({ length: 20 }, (_, i) => ({
  id: i + 1,
  conversation_id: `c${i}`,
  started_at: `2026-01-${String(i + 1).padStart(2, '0')}T10:00:00Z`,
}))
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const bytes = (text: string) => new TextEncoder().encode(text)
const room = (size = 1e9) => new Room(size)

function opening(size?: number, onTell = () => {}) {
  return new OpeningState('files', 'some', new AbortController().signal, onTell, room(size))
}

const named = (files: Readonly<Record<string, string | Uint8Array>>) =>
  Object.entries(files).map(([name, content]) => ({ name, file: new File([content as BlobPart], name) }))
const openAll = async (files: Readonly<Record<string, string | Uint8Array>>, state = opening()) => {
  await openFiles(state, { kind: 'files', name: 'some', files: named(files) })
  return state
}

describe('what a file is', () => {
  const JOURNAL = '{"format":"conversation-store journal","version":1}\n'
  test.each([
    ['rows', '{"conversation_id":"a"}\n'],
    ['rows', 'whatever'],
    ['rows', '[]'],
    ['journal', JOURNAL],
    ['journal', 'damaged\n9ae0daaf 1 {"type":"ids_raised"}\n'],
    ['empty', ''],
    ['binary', 'PNG\0\0'],
  ] as const)('%s: %j, zipped too', async (kind, content) => {
    expect(await kindOf(bytes(content))).toBe(kind)
    // Nothing inside is for the loader to say.
    expect(await kindOf(gzipSync(content))).toBe(kind === 'empty' ? 'rows' : kind)
  })

  test('rows in UTF-16, which have zero bytes', async () => {
    const utf16 = Buffer.from('\ufeff{"a":1}', 'utf16le')
    expect(await kindOf(utf16)).toBe('rows')
    expect(await kindOf(utf16.subarray(2))).toBe('rows')
    expect(await kindOf(Buffer.from(utf16).swap16())).toBe('rows')
  })

  test('a snapshot, and damaged gzip is left to the loader', async () => {
    expect(await kindOf(new Uint8Array(await ConversationStore.from(ROWS).toSnapshot()))).toBe('snapshot')
    expect(await kindOf(Uint8Array.of(0x1f, 0x8b, 1, 2, 3))).toBe('rows')
  })
})

describe('files', () => {
  test('of every kind together: snapshots first, what is bad is noted, and counts are told', async () => {
    const snapshot = new Uint8Array(await ConversationStore.from(ROWS.slice(10, 12)).toSnapshot())
    const state = await openAll({
      'a.ndjson': `${lines(ROWS.slice(0, 3))}oops\n${lines([{ conversation_id: 'x' }])}`,
      'b.json': JSON.stringify(ROWS.slice(3, 5)),
      'c.gz': gzipSync(lines(ROWS.slice(5, 7))),
      'd.snap': snapshot,
      'e.snap.gz': gzipSync(new Uint8Array(await ConversationStore.from(ROWS.slice(12, 14)).toSnapshot())),
      'f.empty': '',
      'g.bin': Uint8Array.of(1, 0, 0, 2),
      'h.snap': snapshot.subarray(0, 200),
    })
    expect(Array.from(state.store, (row) => row.id).sort((x, y) => x - y)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14,
    ])
    const { faults, faultCount } = state.status
    expect(faults.map(({ file, line }) => `${file} ${line}`).sort()).toEqual([
      'a.ndjson 4',
      'a.ndjson 5',
      'f.empty null',
      'g.bin null',
      'h.snap null',
    ])
    expect(faultCount).toBe(5)
    expect(faults.find(({ line }) => line === 5)?.message).toMatch(/started_at/)
  })

  test('a document that breaks off keeps the rows before', async () => {
    const state = await openAll({ 'a.json': `${JSON.stringify(ROWS.slice(0, 4)).slice(0, -1)}, {"conv` })
    expect(state.store.size).toBe(4)
    expect(state.status.faults).toHaveLength(1)
    expect(state.status.faults[0]!.line).toBe(1)
  })

  test('a row that is there already is a fault of its line', async () => {
    const state = await openAll({ 'a.ndjson': lines([ROWS[0]!]), 'b.ndjson': lines([ROWS[1]!, ROWS[0]!]) })
    expect(state.store.size).toBe(2)
    expect(state.status.faults).toEqual([{ file: 'b.ndjson', line: 2, message: expect.stringContaining('c0') }])
  })

  test('the first hundred faults are listed, and all are counted', async () => {
    const state = await openAll({
      'a.ndjson': `${'oops\n'.repeat(60)}${lines(Array.from({ length: 450 }, () => ({})))}`,
    })
    expect([state.status.faults.length, state.status.faultCount]).toEqual([100, 510])
  })

  test('more rows than fit: those that fit are kept', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => ({ ...ROWS[0], id: i + 1, conversation_id: `r${i}` }))
    const one = JSON.stringify(rows[0]).length
    const state = await openAll({ 'a.ndjson': lines(rows), 'b.ndjson': lines(ROWS) }, opening(one * 900))
    expect(state.store.size).toBe(1_000)
    expect(state.status.limit).toEqual({ rows: 1_000, of: null })
  })

  test('no file at all is a failure that says what to do', async () => {
    await expect(openAll({})).rejects.toThrow(OpenFailure)
  })
})

test('the bytes of a snapshot are those of the store until that changes', async () => {
  const bytes = new Uint8Array(await ConversationStore.from(ROWS).toSnapshot())
  const state = await openAll({ 'a.snap': bytes })
  expect(state.bytes).toEqual(bytes)
  state.store.mark('c1')
  expect(state.bytes).toBe(undefined)
  expect(
    (await openAll({ 'a.snap': bytes, 'b.ndjson': lines([{ ...ROWS[0], id: 99, conversation_id: 'x' }]) })).bytes,
  ).toBe(undefined)
  expect((await openAll({ 'a.gz': gzipSync(bytes) })).bytes).toBe(undefined)
})

test('a journal is replayed up to where it is damaged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'explorer-'))
  try {
    const path = join(folder, 'a.journal')
    const state = new AgentState()
    const journal = await openJournal(path, state)
    const handler = createHandler({ agents: [{ id: 1, name: 'Shop', state, persistence: journal }] })
    const post = (to: string, body: object) =>
      handler(new Request(`http://localhost/api/${to}`, { method: 'POST', body: JSON.stringify(body) }))
    await post('conversations/', { conversation_id: 'a', timestamp: '2026-01-05T10:00:00Z' })
    await post('track/', { conversation_id: 'a', content: 'Hé', sender: 'end_user', timestamp: '2026-01-05T10:00:01Z' })
    await post('conversations/', { conversation_id: 'b', timestamp: '2026-01-06T10:00:00Z' })
    await journal.close()
    const file = readFileSync(path)

    const whole = await openAll({ 'a.journal': file, 'rows.ndjson': lines([ROWS[9]!]) })
    expect(Array.from(whole.store, (row) => row.conversation_id).sort()).toEqual(['a', 'b', 'c9'])
    expect(whole.store.get('a')?.messages[0]?.content).toBe('Hé')
    expect(whole.status.faultCount).toBe(0)
    expect((await openAll({ 'a.gz': gzipSync(file) })).store.size).toBe(2)

    const torn = await openAll({ 'a.journal': file.subarray(0, -20) })
    expect(torn.store.size).toBe(1)
    expect(torn.status.faults).toHaveLength(1)
    const damaged = Buffer.from(file)
    damaged[damaged.indexOf('"a"')! + 1] = 0x7a
    expect((await openAll({ 'a.journal': damaged })).status.faults[0]!.message).toMatch(/damaged/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('rows are added in steps between which others have their turn, and no more once it is ended', async () => {
  const ending = new AbortController()
  const state = new OpeningState('files', 'some', ending.signal, () => {}, room())
  const rows = Array.from({ length: 1_200 }, (_, i) => ({ ...ROWS[0], id: i + 1, conversation_id: `r${i}` }))
  const adding = addRows(state, 'a', rows as ConversationInput[])
  expect(state.store.size).toBe(1_000)
  ending.abort()
  await expect(adding).rejects.toThrow()
  expect(state.store.size).toBe(1_000)
})

test('the first rows are told at once, later ones together', async () => {
  vi.useFakeTimers()
  try {
    const onTell = vi.fn()
    const state = opening(undefined, onTell)
    state.tell(0)
    state.store.add(ROWS[0]!)
    state.tell(0.1)
    expect(onTell).toHaveBeenCalledTimes(2)
    expect([state.storeNumber, state.status.rows, state.status.phase]).toEqual([1, 1, 'loading'])
    state.store.add(ROWS[1]!)
    state.tell(0.2)
    state.tell(0.3)
    expect(onTell).toHaveBeenCalledTimes(2)
    vi.runAllTimers()
    expect(onTell).toHaveBeenCalledTimes(3)
    expect(state.status).toMatchObject({ rows: 2, progress: 0.3 })
    state.complete()
    state.ready()
    expect(state.status).toMatchObject({ phase: 'ready', progress: 1, ms: expect.any(Number) })
  } finally {
    vi.useRealTimers()
  }
})

test('messages for a person name no calls and no line twice', () => {
  expect(plainMessage(new Error('Line 3: started_at is missing.'))).toBe('started_at is missing.')
  expect(plainMessage(new Error('Line 3 (row 2) is no JSON. Use `maxRowBytes`. Try it.'))).toBe(
    'It is no JSON. Try it.',
  )
  expect(plainMessage(new Error('It is there. Call update() to change it.'))).toBe('It is there.')
  expect(plainMessage('gone')).toBe('Gone')
  expect([lineOf({ parameter: 'line 17' }), lineOf({ parameter: 'byte 3' }), lineOf(null)]).toEqual([17, null, null])
})

describe('events of a server', () => {
  const text =
    ': hello\n\nid: 4\nevent: row\ndata: {"a":1}\n\n:\n\nid: 5\nevent: gone\ndata: two\ndata: lines\n\nid: 6\nevent: row\ndata: half'
  const events = [
    { id: '4', event: 'row', data: '{"a":1}' },
    { id: '5', event: 'gone', data: 'two\nlines' },
  ]
  test.each([1, 3, 1_000])('come whole, in pieces of %d characters', (size) => {
    const parser = new EventParser()
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!
    expect(pieces.flatMap((piece) => parser.read(piece))).toEqual(events)
  })

  test('are applied in order, rows that follow each other as one write', () => {
    const store = ConversationStore.from(ROWS.slice(0, 3))
    const told = vi.fn()
    store.query().subscribe(told, { select: 'count' })
    told.mockClear()
    const row = (data: object) => ({ id: null, event: 'row', data: JSON.stringify(data) })
    const gone = (data: string) => ({ id: null, event: 'gone', data })
    applyEvents(store, [row({ ...ROWS[0], device: 'tv' }), row(ROWS[7]!), gone('c1'), gone('nobody'), row(ROWS[8]!)])
    expect(Array.from(store, (each) => each.conversation_id).sort()).toEqual(['c0', 'c2', 'c7', 'c8'])
    expect(store.get('c0')?.device).toBe('tv')
    expect(told.mock.calls.map(([{ count }]) => count)).toEqual([4, 3, 4])
  })
})

describe('what was picked', () => {
  const fileEntry = (path: string, content: string) => ({
    isDirectory: false,
    name: path.split('/').at(-1),
    fullPath: path,
    file: (give: (file: File) => void) => give(new File([content], path.split('/').at(-1)!)),
  })
  /** A folder whose entries come two at a time. */
  const folderEntry = (path: string, entries: readonly object[]) => ({
    isDirectory: true,
    name: path.split('/').at(-1),
    fullPath: path,
    createReader() {
      let from = 0
      return {
        readEntries: (give: (some: readonly object[]) => void) => {
          give(entries.slice(from, from + 2))
          from += 2
        },
      }
    },
  })

  test('all files of folders in folders, hidden ones aside, by their paths', async () => {
    const inner = folderEntry('/box/inner', [
      fileEntry('/box/inner/z.ndjson', 'z'),
      fileEntry('/box/inner/.DS_Store', ''),
    ])
    const folder = folderEntry('/box', [
      fileEntry('/box/b.ndjson', 'b'),
      inner,
      folderEntry('/box/.git', [fileEntry('/box/.git/HEAD', '')]),
      fileEntry('/box/a.ndjson', 'a'),
      fileEntry('/box/c.ndjson', 'c'),
    ])
    const picked = [folder, new File(['x'], 'single.json'), fileEntry('/.hidden.ndjson', 'h')]
    const files = await filesOf(picked as never)
    expect(files.map(({ name }) => name)).toEqual([
      '.hidden.ndjson',
      'box/a.ndjson',
      'box/b.ndjson',
      'box/c.ndjson',
      'box/inner/z.ndjson',
      'single.json',
    ])
    expect(await files[4]!.file.text()).toBe('z')
  })

  test('what cannot be read is there as a file of nothing', async () => {
    const broken = {
      ...fileEntry('/x.ndjson', ''),
      file: (_: unknown, fail: (error: Error) => void) => fail(new Error('gone')),
    }
    const [file] = await filesOf([broken] as never)
    expect([file!.name, file!.file.size]).toEqual(['x.ndjson', 0])
  })
})

test('addresses of the own site alone are opened', () => {
  const base = 'http://127.0.0.1:8000/explore/'
  expect(ownUrl('rows.ndjson', base)).toBe('http://127.0.0.1:8000/explore/rows.ndjson')
  expect(ownUrl('/data/a%20b.snap?x=1', base)).toBe('http://127.0.0.1:8000/data/a%20b.snap?x=1')
  const others = [
    'https://127.0.0.1:8000/a',
    'http://127.0.0.1:8001/a',
    '//example.com/a',
    'javascript:alert(1)',
    'data:,x',
  ]
  for (const other of others) expect(ownUrl(other, base), other).toBe(null)
  expect(ownUrl('http://', base)).toBe(undefined)
})

test('sources have names', () => {
  expect(fileOf('http://host/a/b%20c.ndjson?x')).toBe('b c.ndjson')
  expect(fileOf('http://host/a/%E0')).toBe('%E0')
  expect(fileOf('http://host/')).toBe('http://host/')
  expect(nameOfFiles(['a'])).toBe('a')
  expect(nameOfFiles(['a', 'b', 'c'])).toBe('a, 2 more')
})

test('how much fits is counted by a sample of the rows', () => {
  const small = new Room(1_000)
  small.take(Array.from({ length: 10 }, () => ({ a: 'x'.repeat(20) })))
  expect(small.isFull).toBe(false)
  small.take(Array.from({ length: 30 }, () => ({ a: 'x'.repeat(20) })))
  expect(small.isFull).toBe(true)
  small.take([])
})

test('a stream that is left is ended', async () => {
  const cancelled = vi.fn()
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes('{"conversation_id":')),
    cancel: cancelled,
  })
  const ending = new AbortController()
  const state = new OpeningState('url', 'some', ending.signal, () => {}, room())
  const reading = readInto(state, { name: 'a', kind: 'rows', stream }, () => {})
  ending.abort()
  await expect(reading).rejects.toThrow()
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalled())
})
