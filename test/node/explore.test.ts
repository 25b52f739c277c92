/** `conversation-store explore` as a process: what it serves, what it leaves out, and how it ends. */
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../src/cli/explore-session.ts'
import { ConversationStore } from '../../src/index.ts'
import { buildPackage, eventsOf, PAGE, type StubPackage } from './exploring.ts'
import { Client, Serving, type StartOptions } from './serving.ts'

const KEY = 'ags_00112233445566778899aabbccddeeff_001122'
const READ_KEY = 'ags_ffeeddccbbaa99887766554433221100_aabbcc'

let stub: StubPackage
let bare: StubPackage
let folder: string
let files = 0
const running: Serving[] = []
/** One server of a row for all tests that only look. */
let shared: Awaited<ReturnType<typeof explore>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-explore-'))
  stub = await buildPackage('explore-test')
  bare = await buildPackage('explore-bare-test', false)
  shared = await explore([write([row('a')])])
  running.length = 0
})

afterEach(async () => {
  for (const server of running.splice(0)) if (server.child.exitCode === null) await server.end('SIGKILL')
})

afterAll(async () => {
  await shared?.server.end()
  rmSync(folder, { recursive: true, force: true })
  stub.remove()
  bare.remove()
})

const row = (id: string, others: object = {}) => ({
  conversation_id: id,
  started_at: '2026-01-05T10:00:00Z',
  ...others,
})

const path = (name: string) => join(folder, name)

function write(contents: string | Uint8Array | readonly object[], name = `file-${++files}.ndjson`): string {
  const text = Array.isArray(contents) ? contents.map((each) => `${JSON.stringify(each)}\n`).join('') : contents
  mkdirSync(dirname(path(name)), { recursive: true })
  writeFileSync(path(name), text as string)
  return path(name)
}

function start(args: readonly string[], options: StartOptions = {}, { command } = stub): Serving {
  const server = new Serving(command, args, { name: 'explore', ...options })
  running.push(server)
  return server
}

/** A server of these arguments, and the URL of its page. */
async function explore(args: readonly string[], options: StartOptions = {}) {
  const server = start([...(args.includes('--port') ? [] : ['--port', '0']), ...args], options)
  const url = await server.listening()
  const get = (name: string, init?: RequestInit) => fetch(url + name, { redirect: 'manual', ...init })
  return {
    server,
    url,
    get,
    session: async (init?: RequestInit) => (await (await get('session.json', init)).json()) as Session,
    rows: async () =>
      (await (await get('data.ndjson')).text())
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    api: new Client(new URL(url).origin),
  }
}

/** What a command that does not start says, and its exit code. */
async function refused(args: readonly string[], options: StartOptions = {}, from = stub): Promise<string> {
  const server = start(args, options, from)
  expect(await server.exited).toEqual({ code: 2, signal: null })
  expect(server.stdout).toBe('')
  return server.stderr.replace(/^error: /, '')
}

describe('the page', () => {
  test('stands at the one address that is printed, under a policy that lets nothing out', async () => {
    const { server, url, get } = await explore([write([row('a'), row('b')])])
    expect(server.stdout).toBe(`Exploring 2 conversations at ${url}\n`)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/explore\/$/)
    const page = await get('')
    expect(page.status).toBe(200)
    expect(await page.text()).toBe(PAGE['index.html'])
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
  })

  test.each([
    ['assets/index-abc123.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['assets/index-abc123.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['icon.svg', 'image/svg+xml', 'no-cache'],
  ] as const)('has %s', async (name, type, cache) => {
    const { get } = shared
    const answer = await get(name)
    expect(await answer.text()).toBe(PAGE[name])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': type,
      'cache-control': cache,
      // A worker has the policy of its own script.
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    const known = await get(name, { headers: { 'if-none-match': answer.headers.get('etag')! } })
    expect([known.status, await known.text()]).toEqual([304, ''])
    const head = await get(name, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(PAGE[name].length)])
  })

  test('is led to from / and from its address without a slash, with what the link asks', async () => {
    const { url, get } = shared
    for (const from of ['../?device=mobile', '../explore?device=mobile']) {
      const answer = await get(from)
      expect([answer.status, new URL(answer.headers.get('location')!, new URL(from, url)).href]).toEqual([
        302,
        `${url}?device=mobile`,
      ])
    }
  })

  test.each([
    'nothing.js',
    'assets',
    'assets/',
    '.hidden',
    'assets/..%2f..%2fpackage.json',
    '..%2fcli.mjs',
    '%2e%2e%2fcli.mjs',
    'assets//index-abc123.js',
    'constructor',
  ])('has no %s', async (name) => {
    const { url } = shared
    writeFileSync(join(dirname(stub.command), 'explorer/.hidden'), 'secret')
    // As it stands: `fetch` would tidy the path up.
    const status = await new Promise((resolve) => {
      const { port, pathname } = new URL(url)
      httpRequest({ port, path: pathname + name }, (answer) => resolve(answer.resume().statusCode)).end()
    })
    expect(status).toBe(404)
  })

  test('takes no writes', async () => {
    const { get } = shared
    for (const name of ['', 'session.json', 'data.snap']) {
      const answer = await get(name, { method: 'POST' })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
  })

  test('is missing where it was not built', async () => {
    expect(await refused([write([row('a')])], {}, bare)).toBe(
      'the page of the explorer is not built: dist/explorer/ has no index.html. Run npm run build.\n',
    )
  })
})

describe('the conversations', () => {
  test('come as rows, and as a snapshot', async () => {
    const [first, second] = [write([row('a', { device: 'mobile' })], 'one.ndjson'), write([row('b')], 'two.ndjson')]
    const { get, session, rows } = await explore([first, second])
    const told = await session()
    expect(told).toEqual({
      source: { kind: 'served', name: 'one.ndjson, 1 more' },
      rows: 2,
      isReadOnly: false,
      faults: [],
      faultCount: 0,
      api: '../',
      data: 'data.ndjson',
      sequence: expect.any(Number),
    })
    const answer = await get('data.snap')
    const store = await ConversationStore.fromSnapshot(new Uint8Array(await answer.arrayBuffer()))
    expect([...store]).toEqual(await rows())
    expect(store.query().device('mobile').count()).toBe(1)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'x-sequence': String(told.sequence),
      etag: `"${told.sequence}"`,
    })
    // It is at hand now, so a page that comes takes it.
    expect((await session()).data).toBe(`data.snap?as_of=${told.sequence}`)
    const known = await get('data.snap', { headers: { 'if-none-match': `"${told.sequence}"` } })
    expect([known.status, await known.text()]).toEqual([304, ''])
    const head = await get('data.snap', { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(answer.headers.get('content-length'))
  })

  test('are those of now: a write makes another snapshot, and the one before may be asked for', async () => {
    const { get, session, api } = await explore([write([row('a')])])
    const before = await get('data.snap')
    const bytes = Buffer.from(await before.arrayBuffer())
    await api.post('/api/conversations/1/mark/', { is_marked: true })
    const head = await get('data.snap', { method: 'HEAD' })
    expect([head.headers.get('content-length'), head.headers.get('etag')]).not.toEqual([
      null,
      before.headers.get('etag'),
    ])
    // Whoever follows the changes after it need not wait for another.
    const { data } = await session()
    const again = await get(data!)
    expect([Buffer.from(await again.arrayBuffer()), again.headers.get('x-sequence')]).toEqual([
      bytes,
      before.headers.get('x-sequence'),
    ])
    const now = await ConversationStore.fromSnapshot(new Uint8Array(await (await get('data.snap')).arrayBuffer()))
    expect(now.query().marked().count()).toBe(1)
  })

  test('of a snapshot are its own bytes', async () => {
    const bytes = await ConversationStore.from([row('a'), row('b')]).toSnapshot()
    const { get, session } = await explore([write(gzipSync(bytes), 'chats.snap')])
    expect(await session()).toMatchObject({ rows: 2, data: expect.stringMatching(/^data\.snap\?as_of=\d+$/) })
    expect(Buffer.from(await (await get('data.snap')).arrayBuffer())).toEqual(Buffer.from(bytes))
  })

  test('are none without files: the page makes its own', async () => {
    const { server, get, session } = await explore([])
    expect(server.stdout).toMatch(/^Exploring generated conversations at /)
    expect(await session()).toMatchObject({ source: { kind: 'generated' }, rows: 0, data: null, sequence: null })
    for (const name of ['data.snap', 'data.ndjson', 'changes']) expect((await get(name)).status).toBe(404)
  })

  test('come from standard input', async () => {
    const server = start(['-', '--port', '0'])
    server.child.stdin!.end(`${JSON.stringify(row('a'))}\n{"broken\n${JSON.stringify(row('b'))}\n`)
    const url = await server.listening()
    expect(await (await fetch(`${url}session.json`)).json()).toMatchObject({
      source: { name: 'standard input' },
      rows: 2,
      faults: [{ file: 'standard input', line: 2 }],
    })
  })
})

describe('changes', () => {
  test('by any client reach every reader, from the place where it left off', async () => {
    const { get, session, api } = await explore([write([row('a'), row('b')])])
    const { sequence } = await session()
    const reader = eventsOf(await get(`changes?after=${sequence}`))
    const next = async () => (await reader.next()).value!
    await api.post('/api/conversations/1/mark/', { is_marked: true })
    const first = await next()
    expect([first.event, JSON.parse(first.data)]).toEqual(['row', expect.objectContaining({ id: 1, is_marked: true })])
    await api.post('/api/conversations/', { conversation_id: 'c' })
    expect(JSON.parse((await next()).data)).toMatchObject({ conversation_id: 'c' })
    await reader.return()

    await api.send('PATCH', '/api/conversations/1/rename/', { name: 'Refund' })
    await api.send('DELETE', '/api/conversations/2/delete/')
    const again = eventsOf(await get(`changes?after=${first.id}`))
    const seen = [(await again.next()).value!, (await again.next()).value!, (await again.next()).value!]
    expect(seen.map(({ event, data }) => [event, JSON.parse(data)])).toEqual([
      ['row', expect.objectContaining({ conversation_id: 'c' })],
      ['row', expect.objectContaining({ conversation_id: 'a', name: 'Refund', is_marked: true })],
      ['row', expect.objectContaining({ conversation_id: 'b', is_deleted: true })],
    ])
    await again.return()
  })

  test.each([0, 9e15])('after a number of another server (%d) are not known: the page begins anew', async (after) => {
    const { get, session } = shared
    const { sequence } = await session()
    const events = []
    for await (const event of eventsOf(await get(`changes?after=${after}`))) events.push(event)
    expect(events).toEqual([{ id: String(sequence), event: 'reload', data: String(sequence) }])
  })

  test('need a number', async () => {
    const { get } = shared
    const answer = await get('changes?after=-1')
    expect([answer.status, await answer.json()]).toEqual([400, { after: ['Expected the number of a change.'] }])
  })

  test('are no reason to stay: a signal ends the streams and the process at once', async () => {
    const { server, get } = await explore([write([row('a')])])
    const answer = await get('changes')
    const ended = answer.text()
    expect(await server.end()).toEqual({ code: 0, signal: null })
    expect(await ended).toMatch(/^: changes after \d+\n\n$/)
  })
})

describe('who may do what', () => {
  test('--read-only: nobody writes', async () => {
    const { session, api } = await explore([write([row('a')]), '--read-only'])
    expect(await session()).toMatchObject({ isReadOnly: true })
    expect(await api.post('/api/conversations/1/mark/', { is_marked: true })).toMatchObject({ status: 403 })
    expect(await api.get('/api/conversations/1/')).toMatchObject({ status: 200, body: { is_marked: false } })
  })

  test('with keys the page is open, and what it shows is not', async () => {
    const { get, session } = await explore([write([row('a')]), '--key', KEY, '--read-key', READ_KEY])
    const headers = (key: string) => ({ headers: { authorization: `Api-Key ${key}` } })
    expect((await get('')).status).toBe(200)
    for (const name of ['session.json', 'data.snap', 'data.ndjson', 'changes']) {
      expect((await get(name)).status).toBe(401)
      expect((await get(name, headers('other'))).status).toBe(401)
    }
    expect(await session(headers(KEY))).toMatchObject({ rows: 1, isReadOnly: false })
    expect(await session(headers(READ_KEY))).toMatchObject({ rows: 1, isReadOnly: true })
    expect(await (await get('data.ndjson', headers(READ_KEY))).text()).toContain('"conversation_id":"a"')
  })

  test.each([
    ['another host', { host: 'evil.example' }, 421],
    ['the page of another origin', { origin: 'https://evil.example' }, 403],
    ['a request of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['its own page', {}, 200],
  ])('%s', async (_, headers, expected) => {
    const { url } = shared
    for (const name of ['', 'session.json', 'data.snap', 'changes']) {
      const status = await new Promise((resolve) => {
        const sent = httpRequest(url + name, { headers }, (answer) => {
          resolve(answer.statusCode)
          answer.destroy()
        })
        sent.end()
      })
      expect([name, status]).toEqual([name, expected])
    }
  })

  test('an address that others reach needs a key', async () => {
    expect(await refused(['--host', '0.0.0.0'])).toMatch(
      /^--host 0\.0\.0\.0 can be reached from other machines, so it needs a key/,
    )
  })
})

describe('files that are not as they should be', () => {
  test('are read as far as they can be, and what is wrong is told with its line', async () => {
    const rows = write(
      `${JSON.stringify(row('a'))}\n{broken\n${JSON.stringify({ conversation_id: 'b' })}\n${JSON.stringify(row('c'))}\n`,
    )
    const json = write(`[${JSON.stringify(row('d'))},\n${JSON.stringify(row('e'))},\n{"conversation_id": nothing}]`)
    const zipped = gzipSync(Buffer.from([row('f'), row('g')].map((each) => JSON.stringify(each)).join('\n')))
    const cut = write(zipped.subarray(0, zipped.length - 4))
    const snapshot = write(Buffer.concat([Buffer.from('\x89CSN\r\n', 'latin1'), Buffer.alloc(200)]))
    const missing = path('nowhere.ndjson')
    const { server, session } = await explore([rows, json, cut, snapshot, missing])
    const { faults, faultCount, rows: count } = await session()
    // The last row of what was cut off is not whole.
    expect(count).toBe(5)
    expect(faultCount).toBe(6)
    expect(faults).toEqual([
      { file: missing, line: null, message: 'It cannot be read: no such file or directory.' },
      { file: snapshot, line: null, message: expect.stringMatching(/^\S/) },
      { file: rows, line: 2, message: expect.stringMatching(/JSON/) },
      { file: rows, line: 3, message: expect.stringMatching(/started_at/) },
      { file: json, line: 3, message: expect.stringMatching(/^the JSON is broken at byte/) },
      { file: cut, line: null, message: expect.stringMatching(/gzip/) },
    ])
    for (const { file, message } of faults)
      expect(server.stderr).toMatch(new RegExp(`left out: ${file}: .*${message.slice(0, 20).replace(/[^ \w]/g, '.')}`))
  })

  test('of a thousand bad rows the first hundred are listed, and ten printed', async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => (i === 500 ? JSON.stringify(row('a')) : '{broken'))
    const { server, session } = await explore([write(lines.join('\n'))])
    const { faults, faultCount, rows } = await session()
    expect([rows, faults.length, faultCount, faults[99]!.line]).toEqual([1, 100, 999, 100])
    expect(server.stderr.match(/left out: /g)).toHaveLength(11)
    expect(server.stderr).toContain('left out: and 989 more; the page lists the first 100 of all.\n')
  })

  test('conversations that were read before are one fault of each file', async () => {
    const all = Array.from({ length: 300 }, (_, i) => row(`c-${i}`, { id: i + 1 }))
    const [first, second] = [write(all), write(all.slice(1), 'copy.ndjson')]
    const third = write([row('new', { id: 7 })])
    const { session } = await explore([first, second, third])
    expect(await session()).toMatchObject({
      rows: 300,
      faultCount: 2,
      faults: [
        {
          file: second,
          line: 1,
          message: 'A conversation with conversation_id "c-1" was read before. So it is with 298 more of this file.',
        },
        { file: third, line: 1, message: 'A conversation with id 7 was read before.' },
      ],
    })
  })

  test('a journal gives what stands before its damage', async () => {
    const save = path('damaged.journal')
    const { server, api } = await explore(['--save', save])
    for (const id of ['a', 'b', 'c']) await api.post('/api/conversations/', { conversation_id: id })
    await server.end()
    const lines = readFileSync(save, 'utf8').split('\n')
    const damaged = lines.findIndex((line) => line.includes('"b"'))
    lines[damaged] = lines[damaged]!.replace('"b"', '"x"')
    const { rows, session } = await explore([write(lines.join('\n'), 'copy.journal'), write([row('other')])])
    expect((await rows()).map(({ conversation_id }) => conversation_id)).toEqual(expect.arrayContaining(['a', 'other']))
    expect((await session()).faults).toEqual([
      { file: path('copy.journal'), line: damaged + 1, message: expect.stringMatching(/damaged/) },
    ])
  })

  test('where there is nothing to look at it does not start', async () => {
    expect(await refused([path('nowhere.ndjson')])).toBe(
      `${path('nowhere.ndjson')}: It cannot be read: no such file or directory.\n`,
    )
    expect(await refused([path('nowhere.ndjson'), '--save', path('never.journal')])).toMatch(
      /nowhere\.ndjson: It cannot be read/,
    )
    mkdirSync(path('empty'), { recursive: true })
    expect(await refused([path('empty')])).toBe(`${path('empty')}: no file is in it.\n`)
    expect(existsSync(path('never.journal'))).toBe(false)
  })

  test('a folder gives what of it holds conversations, in the folders within it too', async () => {
    write([row('a')], 'pile/a.ndjson')
    write(gzipSync(JSON.stringify([row('b'), row('c')])), 'pile/deep/er/b.json.gz')
    write(await ConversationStore.from([row('d')]).toSnapshot(), 'pile/d.snap')
    write('# Notes\n', 'pile/README.md')
    write(Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'pile/deep/picture.png')
    write([row('hidden')], 'pile/.git/x.ndjson')
    write('', 'pile/empty.ndjson')
    const { rows, session } = await explore([path('pile')])
    expect((await rows()).map(({ conversation_id }) => conversation_id).sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(await session()).toMatchObject({
      source: { name: 'pile' },
      faults: [{ file: path('pile'), line: null, message: '2 files without conversations: README.md, picture.png.' }],
      faultCount: 1,
    })
  })

  test('names and rows that would drive a terminal or turn text round are shown as what they are', async () => {
    const hostile = write('{"\u001b[31m\u202e": 1}\n', 'bad\u001b]0;title\u0007\u202egnp.ndjson')
    const { server, session } = await explore([hostile, write([row('a')])])
    const { source, faults } = await session()
    expect(server.stderr).toContain('bad\\u001b]0;title\\u0007\\u202egnp.ndjson')
    const texts = [server.stderr, server.stdout, source.name, ...faults.flatMap(Object.values)]
    for (const text of texts) expect(String(text).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
    expect(source.name).toBe('bad\\u001b]0;title\\u0007\\u202egnp.ndjson, 1 more')
  })
})

describe('options', () => {
  test('--save keeps what is written, and is the truth from then on', async () => {
    const save = path('kept.journal')
    const first = await explore([write([row('a')]), '--save', save])
    await first.api.post('/api/conversations/1/mark/', { is_marked: true })
    expect(await first.server.end()).toEqual({ code: 0, signal: null })
    const second = await explore([write([row('z')]), '--save', save])
    expect(second.server.stderr).toContain('kept.journal exists, with 1 conversation: no FILE was read.')
    expect(await second.rows()).toMatchObject([{ conversation_id: 'a', is_marked: true }])
  })

  test.each([
    ['--read-only with --save', ['--read-only', '--save', 'x'], /--read-only and --save exclude each other/],
    ['an empty name', ['--save', ''], /--save needs the name of a file/],
    ['a port that is none', ['--port', 'x'], /--port.*from 0 to 65535/],
    ['an option that is none', ['--red-only'], /Did you mean --read-only\?/],
  ])('%s', async (_, args, text) => {
    expect(await refused(args)).toMatch(text)
  })

  test('a port that is taken is told, unless it is the default, beside which a free one does', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    expect(await refused(['--port', String(port)])).toMatch(`--port ${port} of 127.0.0.1 is taken`)
    taken.close()
    // Whoever has the default port, two of them cannot both.
    const urls = await Promise.all([0, 1].map(async () => start([]).listening()))
    expect(new Set(urls).size).toBe(2)
  })

  test('--open opens the page, and says so where it cannot', async () => {
    const bin = path('bin')
    mkdirSync(bin)
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open'
    writeFileSync(join(bin, opener), `#!/bin/sh\necho "$1" > "${path('opened')}"\n`)
    chmodSync(join(bin, opener), 0o755)
    const { url } = await explore(['--open'], { env: { PATH: `${bin}:${process.env.PATH}` } })
    while (!existsSync(path('opened')) || readFileSync(path('opened'), 'utf8') === '') await sleep(10)
    expect(readFileSync(path('opened'), 'utf8')).toBe(`${url}\n`)
    rmSync(join(bin, opener))
    const { server } = await explore(['--open'], { env: { PATH: bin } })
    await server.printed(() => server.stderr.includes('The browser cannot be opened'))
    expect(server.stderr).toMatch(/^The browser cannot be opened: .*\. Open the page yourself\.\n$/)
  })

  test('--log, --strict and --allow-host are those of serve', async () => {
    const { server, get, api, url } = await explore([
      write([row('a')]),
      '--log',
      '--strict',
      '--allow-host',
      'explore.test',
    ])
    expect(await api.get('/api/conversations/?devise=x')).toMatchObject({ status: 400 })
    await get('session.json')
    await server.printed(() => /GET \/explore\/session\.json 200 /.test(server.stderr))
    const status = await new Promise((resolve) => {
      httpRequest(url, { headers: { host: 'explore.test' } }, (answer) => resolve(answer.resume().statusCode)).end()
    })
    expect(status).toBe(200)
  })
})

describe('serve', () => {
  test('links to the explorer at /, and has it with its own conversations and keys', async () => {
    const bytes = await ConversationStore.from([row('a')]).toSnapshot()
    const server = start([write(bytes, 'served.snap'), '--port', '0', '--key', KEY], { name: 'serve' })
    const url = await server.listening()
    expect(await (await fetch(url)).text()).toContain('<a href="/explore/">')
    expect(await (await fetch(`${url}/explore/`)).text()).toBe(PAGE['index.html'])
    expect((await fetch(`${url}/explore/session.json`)).status).toBe(401)
    const headers = { authorization: `Api-Key ${KEY}` }
    const session = (await (await fetch(`${url}/explore/session.json`, { headers })).json()) as Session
    expect(session).toMatchObject({ source: { kind: 'served', name: 'served.snap' }, rows: 1, isReadOnly: false })
    const data = await fetch(`${url}/explore/${session.data}`, { headers })
    expect(Buffer.from(await data.arrayBuffer())).toEqual(Buffer.from(bytes))
    const events = eventsOf(await fetch(`${url}/explore/changes?after=${session.sequence}`, { headers }))
    await new Client(url, KEY).post('/api/track/', { conversation_id: 'b', sender: 'end_user', content: 'Hello' })
    expect((await events.next()).value).toMatchObject({ event: 'row', data: expect.stringContaining('"Hello"') })
    expect(await server.end()).toEqual({ code: 0, signal: null })
  })

  test('goes without where the page is not built', async () => {
    const server = start(['--port', '0'], { name: 'serve' }, bare)
    const url = await server.listening()
    expect(await (await fetch(url)).text()).not.toContain('explore/')
    expect((await fetch(`${url}/explore/`)).status).toBe(404)
  })
})
