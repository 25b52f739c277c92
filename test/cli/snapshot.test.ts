/** Snapshots on the command line: `build`, `inspect`, and every command that reads files. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { crc32 } from '../../src/base/crc32.ts'
import { AgentState } from '../../src/http/index.ts'
import { type ConversationInput, ConversationStore } from '../../src/index.ts'
import { openJournal } from '../../src/node/index.ts'
import { buildCommand, Client, Serving } from '../node/serving.ts'
import { runHere } from './running.ts'

const ROWS: readonly ConversationInput[] = Array.from({ length: 60 }, (_, i) => ({
  id: i + 1,
  conversation_id: `c-${i}`,
  started_at: new Date(1_767_607_200_000 + i * 60_000).toISOString(),
  device: i % 2 === 0 ? 'mobile' : 'desktop',
  is_deleted: i === 7,
  metadata: { plan: i % 3 === 0 ? 'pro' : 'free', order: { total: i }, 'gen_ai.model': 'm' },
  messages: [
    { sender: 'end_user', content: `Where is order ${i * 7919}?` },
    { sender: 'agent', content: i % 4 === 0 ? 'A refund is on its way.' : 'It was sent.' },
  ],
}))

let command: string
let folder: string
let rows: string
let snap: string

const inFolder = (name: string) => join(folder, name)
const toNdjson = (some: readonly object[]) => some.map((row) => `${JSON.stringify(row)}\n`).join('')

/** Runs a command that must do what it is asked. */
async function done(...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await runHere(args)
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return stdout
}

/** The one line of a command that must fail, without the folder. */
async function failed(code: number, ...args: string[]): Promise<string> {
  const outcome = await runHere(args)
  expect({ stdout: outcome.stdout, code: outcome.code }).toEqual({ stdout: '', code })
  expect(outcome.stderr).toMatch(/^error: [^\n]+\n$/)
  return outcome.stderr.slice('error: '.length, -1).replaceAll(`${folder}/`, '')
}

const built = async (...args: string[]) => (await done('build', ...args)).replaceAll(`${folder}/`, '')
const idsOf = async (...args: string[]) =>
  (await done('query', ...args, '--all', '--include-deleted', '--ordering', 'id', '--format', 'ids'))
    .split('\n')
    .slice(0, -1)

beforeAll(async () => {
  command = await buildCommand('cli-snapshot')
})

afterAll(() => rmSync(command, { force: true }))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-snapshot-'))
  rows = inFolder('rows.ndjson')
  snap = inFolder('rows.snap')
  writeFileSync(rows, toNdjson(ROWS))
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('a snapshot that build wrote', () => {
  test('is read as the file that it was made of, by all that reads files', async () => {
    expect(await built(rows, '-o', snap)).toBe(
      `rows.snap: 60 conversations in ${statSync(snap).size.toLocaleString('en')} bytes\n`,
    )
    expect(readdirSync(folder).sort()).toEqual(['rows.ndjson', 'rows.snap'])
    for (const args of [
      ['--format', 'ndjson', '--all', '--include-deleted'],
      ['--format', 'json', '--message-contains', 'REFUND', '--page-size', '20'],
      ['--metadata', 'plan:pro', '--count'],
      ['--aggregate', 'sum metadata.order.total', '--by', 'device'],
    ]) {
      expect(await done('query', snap, ...args)).toBe(await done('query', rows, ...args))
    }
    const { bytes, totalBytes, ...counts } = JSON.parse(await done('stats', snap, '--format', 'json'))
    const { bytes: _, totalBytes: __, ...expected } = JSON.parse(await done('stats', rows, '--format', 'json'))
    expect(counts).toMatchObject({ ...expected, terms: expect.objectContaining(expected.terms) })
    expect(bytes.documents).toMatchObject({ resident: 0, dead: 0 })
    expect(totalBytes).toBeGreaterThan(0)
  })

  test('is read gzipped, beside other files in any order, and beside another one', async () => {
    await built(rows, '-o', snap)
    const zipped = inFolder('zipped')
    writeFileSync(zipped, gzipSync(readFileSync(snap)))
    const more = inFolder('more.ndjson.gz')
    writeFileSync(more, gzipSync(toNdjson([{ conversation_id: 'more', started_at: '2026-01-01' }])))
    const all = await idsOf(rows)
    expect(await idsOf(zipped)).toEqual(all)
    // The row without an id gets the next one, wherever its file stands.
    expect(await idsOf(more, snap)).toEqual([...all, '61'])
    expect(await idsOf(zipped, more)).toEqual([...all, '61'])

    const other = inFolder('other.snap')
    await built(more, '-o', other, '--no-text', '--no-metadata')
    expect(await failed(2, 'query', snap, other)).toMatch(
      /^other\.snap: A conversation with id 1 is already in the store/,
    )
    writeFileSync(more, toNdjson([{ id: 100, conversation_id: 'more', started_at: '2026-01-01' }]))
    await built(more, '-o', other)
    expect(await idsOf(other, snap)).toEqual([...all, '100'])
    expect(await failed(2, 'query', snap, snap)).toBe(
      'rows.snap: A conversation with conversation_id "c-0" is already in the store (its id is 1).',
    )
  })

  test('is read beside a journal', async () => {
    await built(rows, '-o', snap)
    const path = inFolder('state.journal')
    const state = new AgentState(
      ConversationStore.from([{ id: 99, conversation_id: 'recorded', started_at: '2026-01-05' }]),
    )
    await (await openJournal(path, state)).close()
    expect(await idsOf(path, snap)).toEqual([...(await idsOf(rows)), '99'])
  })

  test('of no conversations is one, alone and beside others', async () => {
    const [none, empty] = [inFolder('none.ndjson'), inFolder('none.snap')]
    writeFileSync(none, '')
    expect(await built(none, '-o', empty)).toMatch(/^none\.snap: 0 conversations in [\d,]+ bytes\n$/)
    expect(await done('query', empty, '--count')).toBe('0\n')
    expect(await done('inspect', empty, '--verify')).toMatch(/^conversations {2}0, 0 of them deleted$/m)
    await built(rows, '-o', snap)
    expect(await idsOf(empty, snap, none)).toEqual(await idsOf(rows))
  })

  test('is built anew from itself and newer rows, under its own name', async () => {
    await built(rows, '-o', snap)
    const newer = inFolder('newer.ndjson')
    writeFileSync(newer, toNdjson([{ conversation_id: 'newer', started_at: '2026-02-01' }]))
    chmodSync(snap, 0o640)
    const link = inFolder('link.snap')
    symlinkSync('rows.snap', link)
    await built(link, newer, '-o', link)
    expect(await idsOf(snap)).toHaveLength(61)
    // What was there keeps its mode, and a link leads where it led.
    expect(statSync(snap).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder).sort()).toEqual(['link.snap', 'newer.ndjson', 'rows.ndjson', 'rows.snap'])
  })

  test('has what its options say', async () => {
    const sections = async (...args: string[]) => {
      await built(rows, '-o', snap, ...args)
      const { sections, text } = JSON.parse(await done('inspect', snap, '--format', 'json'))
      const names: string[] = sections.map(({ name }: { name: string }) => name)
      const indexes = names.filter((name) => /^index (message|action|metadata:.*)$/.test(name))
      return { indexes, isIndexed: text.isIndexed }
    }
    const auto = ['index metadata:["plan"]', 'index metadata:["order","total"]', 'index metadata:["gen_ai.model"]']
    expect(await sections()).toEqual({ indexes: expect.arrayContaining(['index message', ...auto]), isIndexed: true })
    expect(await sections('--no-metadata')).toEqual({ indexes: ['index message'], isIndexed: true })
    expect(await sections('--no-text', '--no-metadata')).toEqual({ indexes: [], isIndexed: false })
    expect(await sections('--no-metadata', '--actions')).toEqual({
      indexes: ['index message', 'index action'],
      isIndexed: true,
    })
    const chosen = await sections('--no-text', '--metadata', 'plan,"gen_ai.model"', '--metadata', 'order.total')
    expect(chosen).toEqual({ indexes: [auto[0], auto[2], auto[1]], isIndexed: false })
    expect(await done('query', snap, '--message-contains', 'refund', '--count')).toBe('15\n')
  })
})

describe('inspect', () => {
  test('says what is in a snapshot', async () => {
    await built(rows, '-o', snap)
    const size = statSync(snap).size.toLocaleString('en')
    const lines = (await done('inspect', snap)).split('\n')
    expect(lines[0]).toBe(`file           ${snap}, a snapshot of format 1.0`)
    expect(lines[1]).toMatch(/^written {8}\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(lines.slice(2, 4)).toEqual(['conversations  60, 1 of them deleted', `bytes          ${size}`])
    expect(lines[4]).toMatch(/^documents {6}[\d,]+ bytes of JSON in [\d,]+, \d+\.\d times smaller$/)
    expect(lines.slice(5, 7)).toEqual(['pages          10 rows, at most 100', 'text           indexed'])
    expect(lines[7]).toMatch(/^text rules {5}cutting \d+, folding of Unicode [\d.]+$/)
    expect(lines[8]).toBe('checked        its table of contents; --verify checks all of it')
    expect(lines[10]).toMatch(/^section +distinct values +bytes +share$/)
    expect(lines.find((line) => line.startsWith('index device '))).toMatch(/ 2 +[\d,]+ +\d+\.\d %$/)
    expect((await done('inspect', snap, '--verify')).split('\n')[8]).toBe(
      'checked        all of it, and nothing is damaged',
    )
  })

  test('says it as JSON', async () => {
    await built(rows, '-o', snap)
    writeFileSync(inFolder('zipped'), gzipSync(readFileSync(snap)))
    const told = JSON.parse(await done('inspect', inFolder('zipped'), '--format', 'json', '--verify'))
    const { sections, documents, ...facts } = told
    const { size } = statSync(snap)
    expect(facts).toMatchObject({ file: inFolder('zipped'), format: '1.0', rows: 60, deleted: 1, bytes: size })
    expect(facts).toMatchObject({ pages: { defaultPageSize: 10, maxPageSize: 100 }, verified: true })
    expect(documents.ratio).toBeCloseTo(documents.jsonBytes / documents.bytes)
    expect(documents.jsonBytes).toBeGreaterThan(statSync(rows).size)
    const total = sections.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0)
    // The rest is the table of contents.
    expect(total).toBeLessThan(size)
    const device = sections.find(({ name }: { name: string }) => name === 'index device')
    expect(device).toEqual({ name: 'index device', bytes: device.bytes, share: device.bytes / size, terms: 2 })
  })

  test('finds damage: of an index always, of a document where all is checked', async () => {
    await built(rows, '-o', snap)
    const whole = readFileSync(snap)
    const flipped = (at: number) => {
      const bytes = Buffer.from(whole)
      bytes[at]! ^= 1
      writeFileSync(snap, bytes)
    }
    flipped(whole.length - 20)
    await done('inspect', snap)
    expect(await done('query', snap, '--count')).toBe('59\n')
    expect(await failed(2, 'inspect', snap, '--verify')).toMatch(
      /^rows\.snap: The conversation "c-\d+" \(id \d+\) cannot be unpacked, since its block \d+ is damaged/,
    )
    expect(await failed(2, 'query', snap, '--all')).toMatch(/^The conversation "c-\d+" \(id \d+\) cannot be unpacked/)
    flipped(40)
    const directory =
      'rows.snap: The snapshot is damaged in its section "directory", at byte 32: its checksum does not match. Nothing was opened. Copy the file again, or build it anew.'
    for (const name of ['inspect', 'query', 'stats']) expect(await failed(2, name, snap)).toBe(directory)
    writeFileSync(snap, whole.subarray(0, 5_000))
    const length = whole.length.toLocaleString('en-US')
    const cut = `rows.snap: The snapshot is cut: 5,000 bytes came, and it should have ${length}. Was all of it copied?`
    for (const name of ['inspect', 'query', 'stats']) expect(await failed(2, name, snap)).toBe(cut)
    writeFileSync(snap, whole.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    for (const name of ['inspect', 'query'])
      expect(await failed(2, name, snap)).toBe(
        'rows.snap: The source is not a snapshot: it was copied as text, or damaged. Copy the file as binary.',
      )
  })

  test('says what is no snapshot', async () => {
    expect(await failed(2, 'inspect', rows)).toBe('rows.ndjson: The source is not a snapshot: it looks like JSON.')
    expect(await failed(2, 'inspect', inFolder('none'))).toBe(
      'none: The file cannot be read: no such file or directory.',
    )
    expect(await failed(2, 'inspect', folder)).toBe(`${folder}: The file cannot be read: it is a directory.`)
    writeFileSync(snap, '')
    expect(await failed(2, 'inspect', snap)).toBe('rows.snap: The source is not a snapshot: it is empty.')
  })

  test.each<[directory: unknown, message: string]>([
    ['{', 'section "directory", at byte 32: it is not JSON'],
    ['null', 'section "directory", at byte 32: it has no list of sections'],
    ['{"facts":{},"sections":[{}]}', 'section "directory", at byte 32: {} is no section'],
    ['{"facts":{},"sections":[]}', 'directory: date is undefined'],
    ['{"facts":{"date":1,"text":"","rows":1,"deleted":0},"sections":[]}', 'directory: date is 1'],
  ])('of a file that someone made, with the directory %s', async (directory, message) => {
    writeFileSync(snap, withDirectory(directory as string))
    expect(await failed(2, 'inspect', snap)).toContain(`is damaged in its ${message}`)
  })

  test('lets no control character out of a file reach a terminal', async () => {
    const store = new ConversationStore({ baseUrl: 'http://a.example/\u202e' })
    store.add({ conversation_id: 'a\u001b[2J', started_at: '2026-01-05', metadata: { 'k\u001b[2J\u202e': 1 } })
    writeFileSync(snap, await store.toSnapshot())
    const texts = [await done('inspect', snap), await done('inspect', snap, '--format', 'json')]
    const damaged = readFileSync(snap)
    const { documents } = JSON.parse(texts[1]!)
    damaged[damaged.length - documents.bytes]! ^= 1
    writeFileSync(snap, damaged)
    texts.push(await failed(2, 'inspect', snap, '--verify'))
    for (const text of texts) {
      expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
      expect(text).toContain('\\u001b')
    }
  })
})

describe('in parts', () => {
  test('it is read through its manifest, and parts that are there are not written again', async () => {
    mkdirSync(inFolder('parts'))
    const manifest = inFolder('parts/rows.json')
    const [, parts, bytes] =
      /^parts\/rows\.json: 60 conversations in (\d+) parts of ([\d,]+) bytes, \2 of them new\n$/.exec(
        await built(rows, '-o', manifest, '--split', '8KiB'),
      )!
    const names = readdirSync(inFolder('parts')).filter((name) => name !== 'rows.json')
    expect(names).toHaveLength(Number(parts))
    for (const name of names) expect(statSync(inFolder(`parts/${name}`)).size).toBeLessThanOrEqual(8_192)
    expect(await idsOf(manifest)).toEqual(await idsOf(rows))
    expect(await done('inspect', manifest, '--verify')).toContain(`\nbytes          ${bytes}\n`)

    // The directory, which has the date, is new.
    const again = await built(rows, '-o', manifest, '--split', '8KiB')
    const fresh = Number(/([\d,]+) of them new/.exec(again)![1]!.replaceAll(',', ''))
    expect(fresh).toBeLessThan(Number(bytes!.replaceAll(',', '')) / 2)

    const { parts: listed } = JSON.parse(readFileSync(manifest, 'utf8'))
    const damaged = inFolder(`parts/${listed[1].name}`)
    const whole = readFileSync(damaged)
    writeFileSync(damaged, whole.subarray(1))
    expect(await failed(2, 'query', manifest)).toMatch(
      /^parts\/rows\.json: The part [0-9a-f]{64} of the snapshot should have \d+ bytes, but \d+ came\.$/,
    )
    rmSync(damaged)
    expect(await failed(2, 'query', manifest)).toMatch(/^parts\/[0-9a-f]{64}: The file cannot be read: no such file/)
    writeFileSync(damaged, whole.fill(0))
    await built(rows, '-o', manifest, '--split', '8KiB')
    await done('inspect', manifest, '--verify')
  })
})

describe('what cannot be built is one line', () => {
  test.each<[args: readonly string[], message: RegExp]>([
    [[], /^required option '-o, --output <file>' not specified$/],
    [['-o', ''], /^--output needs the name of a file: a snapshot is not written to standard output\.$/],
    [['-o', '-'], /^--output needs the name of a file/],
    [['-o', 'none/x.snap'], /^none\/x\.snap cannot be written: no such file or directory\.$/],
    [['-o', '.'], /^\. cannot be written: it is a directory\. Give the name of a file\.$/],
    [['-o', '/dev/null'], /^\/dev\/null cannot be written: it is no regular file\. Give the name of a file\.$/],
    [
      ['-o', 'x.snap', '--split', '24 parsecs'],
      /^option '--split <size>' argument .* Expected a size of at least 4KiB, such as 24MiB/,
    ],
    [['-o', 'x.snap', '--split', '4095'], /Expected a size of at least 4KiB/],
    [['-o', 'x.snap', '--metadata', 'a,"b'], /"b is no path\. Expected keys with dots between/],
    [['-o', 'x.snap', '--metadata', 'a,,b'], /A path is empty: leave it out\.$/],
    [['-o', 'x.snap', '--metadata', ''], /A path is empty: leave it out\.$/],
    [['-o', 'x.snap', '--texts'], /^unknown option '--texts'/],
  ])('%j', async (args, message) => {
    // The file is missing, so what is wrong with the options is said before any file is read.
    expect(await failed(2, 'build', 'missing.ndjson', ...args)).toMatch(message)
  })

  test('an invalid row, and a file that is missing; nothing is left', async () => {
    writeFileSync(rows, '{"conversation_id":"a"}\n')
    expect(await failed(2, 'build', rows, '-o', snap)).toMatch(/^rows\.ndjson: Line 1: started_at/)
    expect(await failed(2, 'build', inFolder('missing'), '-o', snap)).toMatch(/^missing: The file cannot be read/)
    expect(readdirSync(folder)).toEqual(['rows.ndjson'])
    const { stdout, stderr, code } = await runHere(['build', rows, '-o', snap, '--skip-invalid'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/: 0 conversations in/) })
    expect(stderr).toMatch(/^skipped: [^\n]*line 1: started_at[^\n]*\n$/)
  })

  test('a file that may grow no further; the one that was there stays', async () => {
    await built(rows, '-o', snap)
    const before = readFileSync(snap)
    const { stderr, code } = await ended(['build', rows, '-o', snap], { before: 'ulimit -f 1' })
    expect({ stderr, code }).toEqual({
      stderr: `error: ${snap} cannot be written: file too large. Nothing of it is kept.\n`,
      code: 1,
    })
    expect(readFileSync(snap)).toEqual(before)
    expect(readdirSync(folder).sort()).toEqual(['rows.ndjson', 'rows.snap'])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s while it reads; the file that was there stays', async (signal) => {
    await built(rows, '-o', snap)
    const before = readFileSync(snap)
    // It waits for standard input.
    const outcome = await ended(['build', '-o', snap], {
      during: async (child) => {
        while (readdirSync(folder).length < 3) await new Promise((resume) => setTimeout(resume, 5))
        child.kill(signal)
      },
    })
    expect(outcome).toEqual({ stdout: '', stderr: '', code: null, signal })
    expect(readFileSync(snap)).toEqual(before)
    expect(readdirSync(folder).sort()).toEqual(['rows.ndjson', 'rows.snap'])
  })

  test('a full disk under standard output, which says so; the file is whole', async () => {
    const { stderr, code } = await ended(['build', rows, '-o', snap], { before: 'exec >/dev/full' })
    expect({ stderr, code }).toEqual({
      stderr: 'error: standard output cannot be written: no space left on device.\n',
      code: 1,
    })
    await done('inspect', snap, '--verify')
  })
})

describe('serve', () => {
  let serving: Serving | undefined

  afterEach(async () => {
    await serving?.end()
    serving = undefined
  })

  async function served(...args: string[]): Promise<Client> {
    serving = new Serving(command, ['--port', '0', ...args])
    return new Client(await serving.listening())
  }

  test('of a snapshot answers without indexing, and takes writes', async () => {
    await built(rows, '-o', snap)
    const client = await served(snap)
    expect(serving!.stderr).not.toContain('Indexing')
    expect((await client.list('&message_contains=refund')).length).toBe(15)
    expect((await client.get('/api/conversations/metadata-keys/')).body.keys).toContain('order.total')
    const { status } = await client.post('/api/conversations/', {
      conversation_id: 'new',
      timestamp: '2026-01-06T10:00:00Z',
    })
    expect(status).toBe(201)
    expect(await client.list('&conversation_id=new')).toEqual(['new'])
    expect((await client.get('/api/conversations/61/')).body.conversation_id).toBe('new')
  })

  test('builds the indexes that a snapshot lacks', async () => {
    await built(rows, '-o', snap, '--no-text')
    const client = await served(snap)
    expect(serving!.stderr).toContain('Indexing: 100 %')
    expect((await client.list('&message_contains=refund')).length).toBe(15)
  })

  test('keeps writes in the journal of --save, which has all of the snapshot then', async () => {
    await built(rows, '-o', snap)
    const journal = inFolder('state.journal')
    let client = await served(snap, '--save', journal)
    await client.post('/api/conversations/', { conversation_id: 'new', timestamp: '2026-01-06T10:00:00Z' })
    await serving!.end()
    rmSync(snap)
    client = await served(snap, '--save', journal)
    expect(serving!.stderr).toContain(`${journal} exists, with 61 conversations: no FILE was read.`)
    expect((await client.get('/api/conversations/?full=false')).body.count).toBe(60)
    expect(await client.list('&conversation_id=new')).toEqual(['new'])
    expect(existsSync(snap)).toBe(false)
  })

  test('does not follow one with --watch, which says so', async () => {
    await built(rows, '-o', snap)
    expect(await failed(2, 'serve', snap, '--watch', '--port', '0')).toBe(
      'rows.snap is a snapshot, which --watch does not follow. Leave --watch out to read it once.',
    )
  })
})

/** A snapshot of nothing but a directory, with its checksums. */
function withDirectory(text: string): Uint8Array {
  const directory = Buffer.from(text)
  const bytes = Buffer.alloc(Math.ceil((32 + directory.length) / 8) * 8)
  Buffer.from([0x89, 0x43, 0x53, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a, 1, 0, 0, 0]).copy(bytes)
  directory.copy(bytes, 32)
  bytes.writeUInt32LE(crc32(directory), 12)
  bytes.writeBigUInt64LE(BigInt(bytes.length), 16)
  bytes.writeUInt32LE(directory.length, 24)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28)
  return bytes
}

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** How a process of the command ended. */
async function ended(
  args: readonly string[],
  { before = ':', during }: { before?: string; during?: (child: ReturnType<typeof spawn>) => Promise<void> },
): Promise<Ended> {
  const child = spawn('/bin/bash', ['-c', `${before}; exec "$@"`, 'test', process.execPath, command, ...args])
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const end = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ stdout, stderr, code, signal }))
  })
  await during?.(child)
  return end
}
